"""A run of `states` in a process of its own: ``python runner.py PROGRAM DATASET [BUG]``; what is done, it says on stdout."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.dont_write_bytecode = True

from torture import bugs, states  # noqa: E402

program, dataset, bug = sys.argv[1:4]
if bug:
    bugs.seed(bug)
states.run(program, Path(dataset), lambda number: os.write(1, f"done {number}\n".encode()) and None)
