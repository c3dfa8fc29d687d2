"""The most memory that a process of its own takes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from support.needs import need

# not `ru_maxrss`: it begins with that of the process that started this one
_PEAK = """
import re
from pathlib import Path
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def peak(code: str, *args: object) -> tuple[list[str], int]:
    """What a program prints, word by word, and its peak resident size in MiB.

    Raises:
        AssertionError: it failed.
    """
    need("/proc", Path("/proc/self/status").exists())
    command = [sys.executable, "-c", code + _PEAK, *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-1000:]
    *words, kib = re.findall(r"\S+", done.stdout)
    return words, int(kib) >> 10
