"""Nothing leaves the machine: every command, analysis and format runs without a network, and opens no socket of the internet.

The commands are those of `test_matrix`, which knows arguments for all of them.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from importlib import import_module
from pathlib import Path

import pytest

from cli.test_matrix import ARGUMENTS
from qunkit.cli import mount
from qunkit.cli.options import Shown
from support.needs import need, works
from support.shelves import GRAPHS, REPORTS, TABLES

SAMPLES = Path(__file__).parents[1] / "samples"
ALL = """
import json, os, sys
from qunkit.cli import streams
from qunkit.cli.main import run
streams.prepare()
codes = []
for folder, args in json.load(open(sys.argv[1], encoding="utf-8")):
    os.chdir(folder)
    codes.append(run(args))
print(json.dumps(codes), file=sys.stderr)
"""
"""Many command lines in one process, each in its folder; their codes are the last line of stderr."""
STRACE = ("strace", "-f", "--seccomp-bpf", "-qq")

Line = tuple[str, list[str]]
"""A folder, and a command line to be run there."""


def every_command(template: Path, folder: Path) -> list[Line]:
    """Each in a copy of the template, and with pseudonyms if it takes the option."""
    lines: list[Line] = []
    for number, (command, arguments) in enumerate(ARGUMENTS.items()):
        place = str(shutil.copytree(template, folder / f"world{number}"))
        args = [*command.split(), *shlex.split(arguments)]
        lines += [(place, args)] + ([(place, [*args, "--pseudonymise"])] if shows(command) else [])
    return lines


def shows(command: str) -> bool:
    """Whether it takes the options of what shows messages and members."""
    return command in mount.analyses() or Shown in import_module(f"qunkit.cli.{command.replace(' ', '_')}").OPTIONS


def every_format(folder: Path) -> list[Line]:
    """Ingest of every sample, in a folder, a zip and from a list; then every format of output."""
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for file in sorted((SAMPLES / "chatlog").rglob("*.csv")):
            archive.write(file, file.relative_to(SAMPLES))
    lists = [str(file) for file in sorted(SAMPLES.glob("made/roster_*/*"))]
    return [(str(folder), args) for args in (
        ["ingest", "all.zip"],
        ["ingest", str(SAMPLES), "--private", "--force"],
        *(["roster", file, "--group", "周末徒步"] for file in lists),
        ["sql", "SELECT count(*) FROM messages WHERE text LIKE '%http%'"],
        *([["groups", "--format", name, "-o", f"out.{name}"] for name in TABLES]),
        *([["replies", "--format", name, "-o", f"replies.{name}"] for name in GRAPHS]),
        *([["report", "--format", name, "-o", f"report.{name}"] for name in REPORTS]),
        ["--help"],
    )]  # fmt: skip


def run_all(template: Path, folder: Path, *before: str) -> subprocess.CompletedProcess[bytes]:
    lines = [*every_command(template, folder), *every_format(folder)]
    (folder / "lines.json").write_text(json.dumps(lines), "utf-8")
    surroundings = {"QUNKIT_DATA": "data", "QUNKIT_KEY": str(folder / "key"), "PATH": os.environ["PATH"]}
    words = [*before, sys.executable, "-c", ALL, "lines.json"]
    return subprocess.run(words, cwd=folder, env=surroundings, stdin=subprocess.DEVNULL, capture_output=True, timeout=600, check=False)  # fmt: skip


def codes(ran: subprocess.CompletedProcess[bytes], folder: Path) -> list[tuple[list[str], int]]:
    assert ran.returncode == 0, ran.stderr.decode()[-2000:]
    said = json.loads(ran.stderr.decode().strip().rsplit("\n", 1)[-1])
    lines = json.loads((folder / "lines.json").read_text("utf-8"))
    return [(args, code) for (_, args), code in zip(lines, said, strict=True)]


def test_every_command_is_run(template: Path, tmp_path: Path) -> None:
    told = [" ".join(args) for _, args in every_command(template, tmp_path)]
    for command in (*mount.COMMANDS, *mount.analyses()):
        assert [line for line in told if line == command or line.startswith(f"{command} ")], command
    hidden = [line for line in told if line.endswith(" --pseudonymise")]
    assert len(hidden) == len(mount.analyses()) + 4  # messages, sql, report, alerts


@pytest.mark.slow
def test_everything_works_without_a_network(template: Path, tmp_path: Path) -> None:
    need("the right to unshare a network", works("unshare", "-n", "true"), held_by="tests/cli/test_local_only.py::test_no_socket_of_the_internet_is_opened")  # fmt: skip
    for line, code in codes(run_all(template, tmp_path, "unshare", "-n"), tmp_path):
        assert code in ((0, 3) if line[0] in ("ingest", "roster", "rejects") else (0,)), line


@pytest.mark.slow
def test_no_socket_of_the_internet_is_opened(template: Path, tmp_path: Path) -> None:
    need("strace", works("strace", "-qq", "true"))
    trace = tmp_path / "trace"
    told = codes(run_all(template, tmp_path, *STRACE, "-e", "trace=network,execve", "-o", str(trace)), tmp_path)
    assert [line for line, code in told if code not in (0, 3)] == []
    calls = trace.read_text("utf-8", "replace").splitlines()
    assert len([call for call in calls if "execve(" in call]) > 3  # the workers of workbooks, too
    assert [call for call in calls if "AF_INET" in call or "AF_NETLINK" in call] == []


def test_the_trace_would_show_it(tmp_path: Path) -> None:
    need("strace", works("strace", "-qq", "true"))
    trace = tmp_path / "trace"
    code = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()"
    subprocess.run([*STRACE, "-e", "trace=network", "-o", str(trace), sys.executable, "-c", code], check=True)
    assert "AF_INET" in trace.read_text("utf-8")
