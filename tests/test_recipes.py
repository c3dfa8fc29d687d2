"""The recipes for data, run as they stand: what the page says that a command says, it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = (Path(__file__).parents[1] / "docs/recipes.md").read_text("utf-8").partition("# Recipes for data")[2]
PAIRS = re.findall(r"^```sh\n(.*?)^```\n\n```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_every_command_says_what_the_page_says(tmp_path: Path) -> None:
    assert len(PAIRS) == PAGE.count("```sh") >= 5
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUNKIT_")}
    tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    for commands, said in PAIRS:
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=tmp_path,
            env={**kept, "PATH": tools},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ran.returncode, ran.stdout) == (0, said), ran.stderr
