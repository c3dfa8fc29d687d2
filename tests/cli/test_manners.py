"""How the program behaves among other programs: pipes, full disks, closed streams, odd locales, no home."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Shell = Callable[..., Any]


def test_a_closed_pipe_ends_quietly(shell: Shell) -> None:
    ran = shell('$Q sql "SELECT range FROM range(3000000)" | head -1; echo "${PIPESTATUS[0]}"')
    assert (ran.out, ran.err) == ("range\n141\n", "")


ROWS_THEN_WORK = "SELECT range FROM range(1000000000000) WHERE range < 200000 OR hash(range) = 7"
"""First some rows, then nothing for hours."""


def test_a_closed_pipe_ends_a_query_that_works_on(shell: Shell) -> None:
    ran = shell('$Q sql "$QUERY" | head -1; echo "${PIPESTATUS[0]}"', QUERY=ROWS_THEN_WORK)
    assert (ran.out, ran.err) == ("range\n141\n", "")


def test_a_signal_ends_a_query_whose_rows_nobody_takes(dataset: Path) -> None:
    command = [sys.executable, "-m", "qunkit", "sql", f"SELECT range FROM range(200000) UNION ALL {ENDLESS}"]
    with subprocess.Popen(
        command, env=surroundings(dataset), stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=hear_signals
    ) as process:
        work_for(process, 2.5)
        _, err = stopped(process, signal.SIGTERM)
    assert (process.returncode, err.decode()) == (143, "")


def test_a_pipe_closed_before_anything_is_written(shell: Shell) -> None:
    ran = shell('$Q groups | true; echo "${PIPESTATUS[0]}"')
    assert ran.err == ""
    assert ran.out in ("141\n", "0\n")


@pytest.mark.parametrize("command", ["groups", "--help", "--version", "path", "messages --format json", "formats"])
def test_a_full_disk_is_said_and_is_74(shell: Shell, command: str) -> None:
    ran = shell(f"$Q {command} >/dev/full")
    assert ran.code == 74
    assert ran.err == "qunkit: error: Standard output: no space left on the device.\n"


@pytest.mark.parametrize("command", ["groups", "--help"])
def test_a_closed_stdout_is_said_and_is_74(shell: Shell, command: str) -> None:
    ran = shell(f"$Q {command} >&-")
    assert (ran.code, ran.err) == (74, "qunkit: error: Standard output: it is closed.\n")


def test_closed_stderr_changes_nothing(shell: Shell) -> None:
    assert shell("$Q groups 2>&-").out == shell("$Q groups").out
    assert shell("$Q nonsense 2>&-").code == 2
    assert shell("$Q groups >&- 2>&-").code == 74


def test_closed_descriptors_are_never_taken_by_files(shell: Shell, tmp_path: Path) -> None:
    """With 1 and 2 closed, the first files opened would get these numbers, and messages would go into them."""
    ran = shell(f"$Q nonsense -o {tmp_path}/x.csv <&- >&- 2>&-; echo $?; ls -A {tmp_path}")
    assert ran.out == "2\n"


def test_a_file_that_cannot_be_written_is_named(shell: Shell) -> None:
    ran = shell("$Q groups --format tsv -o /dev/full")
    assert ran.code == 74
    assert ran.err.startswith("qunkit: error: /dev/full: no space left on the device.\n")


@pytest.mark.parametrize(
    "surroundings",
    [
        {"LANG": "C", "PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONIOENCODING": "gbk:strict"},
        {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "POSIX"},
        {"TZ": "Asia/Kathmandu", "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "0"},
        {"LANG": "zh_CN.UTF-8", "PYTHONHASHSEED": "7", "QUNKIT_LANG": "en"},
        {"PYTHONOPTIMIZE": "2", "HOME": "/nonexistent"},
    ],
    ids=lambda surroundings: "-".join(surroundings),
)
def test_the_same_bytes_everywhere(shell: Shell, surroundings: dict[str, str]) -> None:
    usual = shell("$Q messages --format jsonl; $Q messages; $Q groups --format terminal", HOME="/root")
    odd = shell("$Q messages --format jsonl; $Q messages; $Q groups --format terminal", **surroundings)
    assert (odd.code, odd.err, usual.code) == (0, "", 0)
    if surroundings.get("COLUMNS") is None:
        assert odd.out == usual.out
    assert "薄荷" in odd.out


def test_an_isolated_interpreter(shell: Shell) -> None:
    assert shell(f"{sys.executable} -O -I -m qunkit groups").out == shell("$Q groups").out


def test_nothing_is_drawn_in_a_pipe(shell: Shell) -> None:
    ran = shell("$Q groups --format terminal; $Q messages", FORCE_COLOR="1", TERM="xterm-256color")
    assert "\x1b" not in ran.out
    assert "\\x1b[31m" in ran.out


def test_a_terminal_gets_a_table_of_its_width(dataset: Path) -> None:
    out = on_a_terminal(dataset, "groups", COLUMNS="40")
    assert "\x1b[1m" in out
    assert "group_id\t" not in out
    assert "周末徒步" in out


def test_no_color_and_a_very_narrow_terminal(dataset: Path) -> None:
    out = on_a_terminal(dataset, "groups", COLUMNS="20", NO_COLOR="1")
    assert "\x1b" not in out
    assert "\n" in out


def test_a_terminal_that_cannot_show_chinese_shows_escapes(dataset: Path) -> None:
    out = on_a_terminal(dataset, "groups", PYTHONIOENCODING="ascii", NO_COLOR="1", COLUMNS="120")
    assert "\\u5468\\u672b" in out
    assert out.isascii()


ENDLESS = "SELECT count(*) FROM range(4000000) a, range(400000) b WHERE a.range * b.range = 7"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_signals_end_quietly_with_their_code(dataset: Path, number: signal.Signals, code: int) -> None:
    command = [sys.executable, "-m", "qunkit", "sql", ENDLESS]
    with subprocess.Popen(
        command, env=surroundings(dataset), stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=hear_signals
    ) as process:
        work_for(process, 2.5)
        _, err = stopped(process, number)
    assert (process.returncode, err.decode()) == (code, "")


RECKONING = """
import sys, time
from qunkit.analyses import kol

def long(table, params):
    print("begun", file=sys.stderr, flush=True)
    time.sleep(600)

kol.per_group = long
from qunkit.cli.main import main
sys.argv = ["qunkit", "kol"]
main()
"""


def test_a_signal_ends_what_a_thread_still_reckons(dataset: Path) -> None:
    command = [sys.executable, "-c", RECKONING]
    with subprocess.Popen(command, env=surroundings(dataset), stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=hear_signals) as process:  # fmt: skip
        assert process.stderr
        assert process.stderr.readline() == b"begun\n"
        _, err = stopped(process, signal.SIGTERM)
    assert (process.returncode, err.replace(b"begun\n", b"")) == (143, b"")


def test_nohup_is_respected(shell: Shell) -> None:
    line = "trap '' HUP; $Q sql 'SELECT count(*) FROM range(30000000) t WHERE hash(range) % 7 = 1' & sleep 0.5; kill -HUP $!; wait $!; echo $?"
    ran = shell(line)
    assert ran.lines[-1] == "0"


def surroundings(dataset: Path, **variables: str) -> dict[str, str]:
    return {"QUNKIT_DATA": str(dataset), "PATH": os.defpath, "TERM": "xterm-256color", **variables}


def work_for(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait until it has used so much CPU time: then it has started, and asks."""
    for _ in range(1200):
        used = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        if (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK") > seconds:
            return
        time.sleep(0.05)
    raise TimeoutError


def hear_signals() -> None:
    """Undo what the tests' own parents may ignore: cron and nohup do, and children inherit it."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


def stopped(process: subprocess.Popen[bytes], number: signal.Signals) -> tuple[bytes, bytes]:
    """What a process said that was sent a signal; killed if it does not end."""
    process.send_signal(number)
    try:
        return process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def on_a_terminal(dataset: Path, *args: str, **variables: str) -> str:
    """What the program writes to a pseudo-terminal, with plain line ends."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "qunkit", *args],
        env=surroundings(dataset, **variables),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            piece = os.read(ours, 1 << 16)
        except OSError:  # Linux: the other side is closed
            break
        if not piece:
            break
        said += piece
    os.close(ours)
    assert process.wait(60) == 0
    return said.decode().replace("\r\n", "\n")


def test_a_terminal_sees_progress_and_a_pipe_does_not(dataset: Path, shell: Shell, tmp_path: Path) -> None:
    export = next((Path(__file__).parents[1] / "samples").glob("memotrace_v3/*/*/*.csv"))
    seen = on_a_terminal(dataset, "ingest", str(export), "--data", str(tmp_path / "a"), COLUMNS="100")
    assert "\x1b[?25l" in seen  # the cursor is hidden while the bar is drawn
    assert export.name[:4] in seen
    ran = shell(f"$Q ingest '{export}' --data {tmp_path}/b")
    assert "\x1b" not in ran.out + ran.err


def test_a_killed_ingest_leaves_nothing_half_made(dataset: Path, shell: Shell, tmp_path: Path) -> None:
    assert shell(f"$Q demo {tmp_path}/demo --groups 4 --weeks 12").code == 0
    data = tmp_path / "data"
    command = [
        sys.executable,
        "-m",
        "qunkit",
        "ingest",
        *map(str, (tmp_path / "demo" / "exports").rglob("*.csv")),
        "--data",
        str(data),
    ]
    with subprocess.Popen(
        command, env=surroundings(dataset), stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=hear_signals
    ) as process:
        while not list(data.glob(".new-*/spool/*")) and process.poll() is None:
            time.sleep(0.01)
        out, err = stopped(process, signal.SIGTERM)
    assert (process.returncode, out, err.decode()) == (143, b"", "")
    assert not list(data.glob(".new-*"))
    assert shell(f"$Q groups --data {data}").code == 66
