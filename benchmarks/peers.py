"""Other readers of exports on the same WhatsApp text: they parse it into memory; qunkit ingests it into a dataset. Each is installed into a venv of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from functools import partial
from pathlib import Path

import exports
from asked import Asked, Row
from exports import Chat
from process import Measured, best, measured

FORMAT = "whatsapp_txt"
PEERS = {
    "whatstk": "from whatstk import df_from_whatsapp as read; rows = len(read(path, hformat='%d/%m/%Y, %H:%M - %name:', max_size=None))",
    "chat-miner": "from chatminer.chatparsers import WhatsAppParser as P; p = P(path); p.parse_file(); rows = len(p.parsed_messages.get_df())",
}
_PROGRAM = r"""
import re, sys, time
path = sys.argv[1]
begin, cpu = time.perf_counter(), time.process_time()
{work}
print(time.perf_counter() - begin, time.process_time() - cpu, int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) / 1024, rows)
"""


def rows(asked: Asked) -> list[Row]:
    """One row a tool, qunkit last; one that cannot be had says why."""
    chat = Chat(asked.messages)
    path, out = exports.made(chat, [FORMAT])[FORMAT], exports.CACHE / "out"
    shown = exports.shown(chat, FORMAT)
    works = {"qunkit": partial(measured, "ingest.whole", path, out, shown)}
    missing: dict[str, str] = {}
    for name, work in PEERS.items():
        python, why = _installed(name)
        if python:
            works[name] = partial(_run, python, work, path)
        else:
            missing[name] = why
    took = best(asked.rounds, works)
    shutil.rmtree(out)
    ours = took.pop("qunkit")
    told: list[Row] = [
        {"tool": name, "messages": int(one.answer), "s": one.seconds, "messages/s": int(one.answer / one.seconds),
         "÷ qunkit": one.seconds / ours.seconds, "peak MB": one.peak}
        for name, one in took.items()
    ]  # fmt: skip
    told += [{"tool": f"{name}: {why}"} for name, why in missing.items()]
    return [
        *told,
        {
            "tool": "qunkit",
            "messages": shown,
            "s": ours.seconds,
            "messages/s": int(shown / ours.seconds),
            "÷ qunkit": 1.0,
            "peak MB": ours.peak,
        },
    ]


def _run(python: Path, work: str, path: Path) -> Measured:
    command = [python, "-c", _PROGRAM.format(work=work), path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, cpu, peak, count = map(float, done.stdout.splitlines()[-1].split())
    return Measured(seconds, cpu, peak, 0, count)


def _installed(name: str) -> tuple[Path | None, str]:
    """The Python that has it, or why there is none."""
    folder = exports.CACHE / "peers" / name
    python = folder / "bin/python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", name], capture_output=True, text=True
    )
    return (python, "") if done.returncode == 0 else (None, done.stderr.strip().splitlines()[-1][:200])


if __name__ == "__main__":
    print(*map(_installed, sys.argv[1:]), sep="\n")
