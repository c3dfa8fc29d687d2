"""Nothing leaves the machine: every command, format and analysis runs without a network, and opens no socket of the internet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from qunkit import registry
from qunkit.cli import mount
from support.needs import need, works

SAMPLES = Path(__file__).parents[1] / "samples"
ALL = """
import json, sys
from qunkit.cli import streams
from qunkit.cli.main import run
streams.prepare()
codes = [run(args) for args in json.load(open(sys.argv[1], encoding="utf-8"))]
print(json.dumps(codes), file=sys.stderr)
"""
"""Many command lines in one process; their codes are the last line of stderr."""


def command_lines(folder: Path) -> list[list[str]]:
    """Ingest of every sample, in a folder, a zip and from a list; then every command that only reads, and every format of output."""
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for file in sorted((SAMPLES / "chatlog").rglob("*.csv")):
            archive.write(file, file.relative_to(SAMPLES))
    lists = [str(file) for file in sorted(SAMPLES.glob("made/roster_*/*"))]
    reading = [
        name.split()
        for name in (*mount.analyses(), "messages", "report", "path", "check", "rejects list", "alias list", "formats")
    ]
    asked = [args for args in reading if " ".join(args) in {*mount.COMMANDS, *mount.analyses()}]
    return [
        ["ingest", "all.zip"],
        ["ingest", str(SAMPLES), "--private", "--force"],
        *(["roster", file, "--group", "周末徒步"] for file in lists),
        *asked,
        ["sql", "SELECT count(*) FROM messages WHERE text LIKE '%http%'"],
        *([["groups", "--format", name, "-o", f"out.{name}"] for name in registry.names("renderers")]),
        *([["report", "--format", name, "-o", f"report.{name}"] for name in registry.names("renderers") if name != "parquet"]),  # a file of one table
        ["demo", "demo", "--groups", "1", "--weeks", "1"],
        ["--help"],
    ]  # fmt: skip


def run_all(folder: Path, *before: str) -> subprocess.CompletedProcess[bytes]:
    (folder / "lines.json").write_text(json.dumps(command_lines(folder)), "utf-8")
    surroundings = {"QUNKIT_DATA": "data", "QUNKIT_KEY": str(folder / "key"), "PATH": os.environ["PATH"]}
    words = [*before, sys.executable, "-c", ALL, "lines.json"]
    return subprocess.run(words, cwd=folder, env=surroundings, stdin=subprocess.DEVNULL, capture_output=True, timeout=600, check=False)  # fmt: skip


def codes(ran: subprocess.CompletedProcess[bytes], folder: Path) -> list[tuple[list[str], int]]:
    assert ran.returncode == 0, ran.stderr.decode()[-2000:]
    said = json.loads(ran.stderr.decode().strip().rsplit("\n", 1)[-1])
    lines = json.loads((folder / "lines.json").read_text("utf-8"))
    return list(zip(lines, said, strict=True))


@pytest.mark.slow
def test_everything_works_without_a_network(tmp_path: Path) -> None:
    need("the right to unshare a network", works("unshare", "-n", "true"), held_by="tests/cli/test_local_only.py::test_no_socket_of_the_internet_is_opened")  # fmt: skip
    for line, code in codes(run_all(tmp_path, "unshare", "-n"), tmp_path):
        assert code in ((0, 1, 3) if line[0] in ("ingest", "check", "roster") else (0,)), line


@pytest.mark.slow
def test_no_socket_of_the_internet_is_opened(tmp_path: Path) -> None:
    need("strace", works("strace", "-qq", "true"))
    trace = tmp_path / "trace"
    told = codes(run_all(tmp_path, "strace", "-f", "-qq", "-e", "trace=network,execve", "-o", str(trace)), tmp_path)
    assert [code for line, code in told if line[0] == "groups"]
    calls = trace.read_text("utf-8", "replace").splitlines()
    assert len([call for call in calls if "execve(" in call]) > 3  # the workers of workbooks, too
    assert [call for call in calls if "AF_INET" in call or "AF_NETLINK" in call] == []


def test_the_trace_would_show_it(tmp_path: Path) -> None:
    need("strace", works("strace", "-qq", "true"))
    trace = tmp_path / "trace"
    code = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()"
    subprocess.run(
        ["strace", "-f", "-qq", "-e", "trace=network", "-o", str(trace), sys.executable, "-c", code], check=True
    )
    assert "AF_INET" in trace.read_text("utf-8")
