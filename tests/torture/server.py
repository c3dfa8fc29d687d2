"""A process that forks: one child a fault, from a small parent that has imported everything (`python server.py states|ingest`).

It reads jobs as lines of JSON and answers each with a line of JSON: how the child ended, what it acknowledged, what it said. The child of
"states" runs a program of `states`, after seeding a bug if one is named; that of "ingest" is the command line itself.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

PATIENCE = 20.0
"""Seconds that a child may take."""


def serve(kind: str) -> None:
    """Answer until nobody asks. A job that can neither kill nor change this process may run in it: forking takes most of the time."""
    child = _of_states() if kind == "states" else _of_ingest()
    gc.freeze()
    for line in sys.stdin:
        job = json.loads(line)
        print(json.dumps(_here(child, job) if job.get("here") else _fork(child, job)), flush=True)


def _here(child: Any, job: dict[str, Any]) -> dict[str, Any]:
    before = os.listdir("/proc/self/fd")
    reader, writer = os.pipe()
    signal.alarm(int(PATIENCE))
    code = child(job, writer)
    signal.alarm(0)
    os.close(writer)
    said = os.read(reader, 1 << 16).decode(errors="replace")
    os.close(reader)
    if leaked := len(os.listdir("/proc/self/fd")) - len(before):
        code, said = 70, f"{said}{leaked} files left open"
    return {"said": said, "hung": False, "code": code}


def _fork(child: Any, job: dict[str, Any]) -> dict[str, Any]:
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reader)
        code = 70
        try:
            code = child(job, writer)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writer)
    said, hung = _drain(reader, pid)
    status = os.waitpid(pid, 0)[1]
    return {"said": said, "hung": hung, "code": os.waitstatus_to_exitcode(status)}


def _drain(reader: int, pid: int) -> tuple[str, bool]:
    said, hung, end = b"", False, time.monotonic() + PATIENCE
    while True:
        ready = select.select([reader], [], [], max(0.0, end - time.monotonic()))[0]
        if not ready:
            os.kill(pid, signal.SIGKILL)
            hung, end = True, end + PATIENCE
            continue
        piece = os.read(reader, 1 << 16)
        if not piece:
            break
        said += piece
    os.close(reader)
    return said.decode(errors="replace"), hung


def _of_states() -> Any:
    from qunkit.cli import failures
    from torture import bugs, states

    def child(job: dict[str, Any], out: int) -> int:
        try:
            if job.get("bug"):
                bugs.seed(job["bug"])
            states.run(job["program"], Path(job["dataset"]), lambda number: _say(out, f"done {number}\n"))
        except BaseException as error:
            code = failures.code_of(error)
            _say(out, f"{type(error).__name__}: {error}\n")
            return code
        return 0

    return child


def _of_ingest() -> Any:
    import qunkit.ingest.run  # noqa: F401
    from qunkit import registry
    from qunkit.cli import failures, ingest, main, mount, progress, show  # noqa: F401

    for shelf in ("formats", "renderers", "analyses"):  # what a child would have to load by itself
        for name in registry.names(shelf):
            registry.load(shelf, name)

    def child(job: dict[str, Any], out: int) -> int:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.close(out)
        sys.stdin, sys.stdout, sys.stderr = (open(n, "w" if n else "r", closefd=False) for n in range(3))  # noqa: SIM115
        sys.argv = ["qunkit", *job["args"]]
        try:
            main.main()
        except SystemExit as leaving:
            sys.stdout.flush()
            return int(leaving.code or 0)
        return 0

    return child


def _say(out: int, text: str) -> None:
    os.write(out, text.encode())


if __name__ == "__main__":
    serve(sys.argv[1])
    os._exit(0)  # what DuckDB would say of its leaks is not of interest
