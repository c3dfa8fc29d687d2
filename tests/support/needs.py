"""What a test needs of the machine. Where it is missing the test is skipped, but fails under CI: nothing is silently unproved."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

ORDINARY = () if os.geteuid() else ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Words before a command for which modes of files shall count, although it is root who runs the tests."""


def need(what: str, there: object, held_by: str = "") -> None:
    """Go on if it is `there`. What a container may not do is only skipped: the promise has to be `held_by` another test."""
    if there:
        return
    if os.environ.get("CI") and not held_by:
        pytest.fail(f"CI lacks {what}")
    pytest.skip(f"needs {what}{held_by and f'; held by {held_by}'}")


def tool(name: str) -> str:
    """The path of an outside program."""
    found = shutil.which(name)
    need(name, found)
    return str(found)


def works(*command: object) -> bool:
    """Whether the machine lets us do it."""
    try:
        return subprocess.run([str(word) for word in command], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
