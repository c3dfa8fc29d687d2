"""Running the program in a folder of its own, under what shells, terminals and signals do to it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 60


@dataclass(frozen=True)
class Ran:
    """What a run left."""

    code: int
    out: bytes
    err: bytes


def places(folder: Path) -> dict[str, str]:
    """The least that the program is told: the dataset and the key, both in the folder where it runs."""
    return {"QUNKIT_DATA": "data", "QUNKIT_KEY": str(folder / "key"), "PATH": os.defpath}


def bash(folder: Path, text: str, variables: Mapping[str, str] = {}) -> Ran:
    """Run a line of bash there, in an environment of next to nothing; the folder's own name is taken out of what is written."""
    done = subprocess.run(
        ["/bin/bash", "-c", text],
        cwd=folder,
        env={**places(folder), **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    here = str(folder).encode()
    return Ran(done.returncode, done.stdout.replace(here, b"."), done.stderr.replace(here, b"."))


STOPPER = """
import os, signal, sys
from qunkit.cli import streams
left = int(os.environ["AFTER"])

def count(frame, event, arg):
    global left
    if event == "call" and "/qunkit/" in frame.f_code.co_filename:
        left -= 1
        if left == 0:
            sys.setprofile(None)
            os.kill(os.getpid(), int(os.environ["SIGNAL"]))

def prepared(prepare=streams.prepare):
    prepare()
    sys.setprofile(count)

streams.prepare = prepared
from qunkit.cli.main import main
main()
"""
"""The program, which sends itself a signal at its AFTER-th call of a function of its own."""


def names(folder: Path) -> set[str]:
    """Every file and folder below."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def on_a_terminal(folder: Path, words: Sequence[str], columns: int, **variables: str) -> tuple[int, str]:
    """The code, and what is written to a terminal of that width, from which the program reads, too."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    surroundings = {**places(folder), "TERM": "xterm-256color", "PYTHONUTF8": "1", **variables}
    process = subprocess.Popen(words, cwd=folder, env=surroundings, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)  # fmt: skip
    os.close(theirs)
    said, deadline = b"", time.monotonic() + PATIENCE
    try:
        while time.monotonic() < deadline and select.select([ours], [], [], PATIENCE)[0]:
            try:
                piece = os.read(ours, 1 << 16)
            except OSError:  # Linux: the other side is closed
                break
            said += piece
            if not piece:
                break
        code = process.wait(PATIENCE)
    finally:
        process.kill()
        os.close(ours)
    return code, said.decode().replace("\r\n", "\n")
