"""Every command under everything that pipes, terminals, locales, limits and environments do to it.

`ARGUMENTS` has every command with arguments that work in the folder of `conftest.template`; a command that is not in it fails the first
test. The main cases are run for every command, the special ones for four that stand for the rest: a question, rows as they come, a report,
and a writer.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from qunkit.cli import mount
from qunkit.ink import width
from support.needs import ORDINARY
from support.worlds import PATIENCE, STOPPER, Ran, bash, names, on_a_terminal, places

World = Callable[[], Path]

ARGUMENTS = {
    "ingest": "new.csv",
    "roster": "members.json",
    "sources list": "",
    "sources drop": "known.csv --yes",
    "alias list": "",
    "alias accept": "--all",
    "alias reject": "阿岚",
    "alias add": "凯文 wxid_new01jia0022",
    "forget": "凯文 --yes",
    "report": "",
    "alerts": "",
    "messages": "",
    "sql": "'SELECT sender_name, count(*) AS n FROM messages GROUP BY ALL ORDER BY ALL'",
    "path": "",
    "check": "",
    "rejects list": "",
    "rejects show": "",
    "rejects retry": "",
    "formats": "",
    "demo": "demo --groups 1 --weeks 1",
    "ads": "",
    "ads audit": "--size 8",
    "ads copies": "",
    "ads domains": "",
    "ads learn": "labels.csv",
    "ads list": "--why --threshold 0.2",
    "ads offenders": "--threshold 0.1 --min-share 0 --min-messages 1",
    "ads score": "texts.txt",
    "calls": "--many 1",
    "calls people": "",
    "calls silent": "",
    "complaints": "",
    "complaints list": "",
    "churn": "--per week",
    "churn cohorts": "",
    "churn risk": "",
    "churn silent": "",
    "churn conflicts": "",
    "growth": "--per week",
    "growth invites": "",
    "growth inviters": "",
    "growth tree": "",
    "churn survival": "--silence 7 --at 7",
    "kol": "",
    "network": "",
    "network bridges": "",
    "network members": "",
    "kol rising": "",
    "replies": "",
    "activity": "--per day",
    "activity hours": "",
    "activity members": "",
    "activity replies": "",
    "activity sessions": "",
    "activity shares": "",
    "compare": "--week 2024-W48",
    "compare groups": "--week 2024-W48",
    "compare days": "--week 2024-W48",
    "compare periods": "--week 2024-W48",
    "groups": "",
    "lifecycle": "",
    "response": "",
    "response hours": "",
    "response questions": "--show all",
    "growth newcomers": "",
    "growth unanswered": "",
    "members": "--left in",
    "members stages": "--per week",
    "topics": "--min-senders 1 --top 5",
    "topics groups": "--min-senders 1",
}
REPRESENTATIVES = ("groups", "messages", "report", "ingest")
TELLS_NOTHING = ("alias accept", "alias reject", "alias add")
"""Commands that have nothing for standard output."""
DRAWS_NO_TABLE = (*TELLS_NOTHING, "path", "demo")
NARROW = 20
_ODD = {
    "LC_ALL": "C",
    "PYTHONIOENCODING": "gbk:strict",
    "PYTHONHASHSEED": "3",
    "TZ": "Asia/Kathmandu",
    "TERM": "dumb",
    "NO_COLOR": "1",
    "COLUMNS": "0",
    "TMPDIR": "/nonexistent",
    "XDG_CONFIG_HOME": "/nonexistent",
    "XDG_CACHE_HOME": "/nonexistent",
    "HOME": "/nonexistent",
}


def commands() -> list[str]:
    return sorted({*mount.COMMANDS, *mount.analyses()})


def line(command: str, *options: str) -> list[str]:
    return [sys.executable, *options, "-m", "qunkit", *command.split(), *shlex.split(ARGUMENTS[command])]


_usual: dict[str, Ran] = {}


def plain(world: World, command: str) -> Ran:
    """The command as it should run; it is run once a process of the tests."""
    if command not in _usual:
        _usual[command] = _checked(command, bash(world(), shlex.join(line(command))))
    return _usual[command]


def _checked(command: str, ran: Ran) -> Ran:
    assert ran.code == (3 if command == "rejects retry" else 0), ran.err.decode()
    assert bool(ran.out) != (command in TELLS_NOTHING)
    return ran


def test_every_command_has_arguments() -> None:
    assert sorted(ARGUMENTS) == commands()


# -- every command ---------------------------------------------------------------------------------------------------
TELLING = [command for command in ARGUMENTS if command not in TELLS_NOTHING]


@pytest.mark.parametrize("command", TELLING)
def test_nobody_reads(world: World, command: str) -> None:
    """The reader is gone before anything is written, or goes after the first line: 141, and not a word."""
    folder = world()
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(line(command), cwd=folder, env=places(folder), stdout=writer, stderr=subprocess.PIPE, timeout=PATIENCE, check=False)  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")
    head = bash(
        world(), f'{shlex.join(line(command))} 2>said | head -1 >/dev/null; echo "${{PIPESTATUS[0]}}"; cat said'
    )
    assert head.out.split(b"\n")[0] in (b"0", b"3", b"141")
    assert b"rror" not in head.out


@pytest.mark.parametrize("command", TELLING)
def test_nothing_can_be_written(world: World, command: str) -> None:
    words = shlex.join(line(command))
    full = bash(world(), f"{words} >/dev/full")
    assert (full.code, full.err) == (74, b"qunkit: error: Standard output: no space left on the device.\n")
    closed = bash(world(), f"{words} >&-")
    assert (closed.code, closed.err) == (74, b"qunkit: error: Standard output: it is closed.\n")
    folder = world()
    assert bash(folder, f"{words} <&- >&- 2>&-").code == 74
    assert all(b"qunkit: " not in file.read_bytes() for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize("command", ARGUMENTS)
def test_the_same_everywhere(world: World, command: str) -> None:
    """Without stdin, without stderr, and with everything odd at once: the same code and the same bytes."""
    usual = plain(world, command)
    words = shlex.join(line(command))
    for odd in (bash(world(), f"{words} <&-"), bash(world(), f"umask 000; {words}", _ODD)):
        assert (odd.code, odd.out, odd.err) == (usual.code, usual.out, usual.err)
    assert bash(world(), f"{words} 2>&-").out == usual.out


@pytest.mark.parametrize("command", ARGUMENTS)
def test_a_narrow_terminal(world: World, command: str) -> None:
    """No line of a table is wider than the terminal, nobody is asked anything, and no colour comes where none is wanted."""
    code, said = on_a_terminal(world(), line(command), NARROW, NO_COLOR="1")
    assert code in (0, 3), said
    assert "Traceback" not in said
    assert re.search(r"\x1b\[[0-9;]*m", said) is None
    if command not in DRAWS_NO_TABLE:
        drawn = re.sub(r"\x1b\[\??[0-9;]*[A-Za-z]", "", said).split("\n")
        told = [text for text in drawn if not text.startswith("qunkit: ") and "\r" not in text]
        assert max(width(text) for text in told) <= NARROW


# -- four commands that stand for all ----------------------------------------------------------------------------------
@pytest.mark.slow
@pytest.mark.parametrize("command", REPRESENTATIVES)
@pytest.mark.parametrize(
    "odd",
    [
        {"LANG": "C", "PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "zh_CN.GBK", "QUNKIT_LANG": "en"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "gbk"},
        {"NO_COLOR": "1"},
        {"TERM": "dumb"},
        {"COLUMNS": "0"},
        {"COLUMNS": "20"},
        {"COLUMNS": "wide"},
        {"HOME": "/nonexistent"},
        {"HOME": "/proc"},
        {"TMPDIR": "/nonexistent"},
        {"XDG_CONFIG_HOME": "/nonexistent", "XDG_CACHE_HOME": "/nonexistent", "XDG_DATA_HOME": "/nonexistent"},
        {"TZ": "America/St_Johns"},
        {"TZ": "nonsense"},
        {"PYTHONHASHSEED": "0"},
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "2"},
        {"OMP_NUM_THREADS": "1", "ARROW_IO_THREADS": "1"},
        {"SOURCE_DATE_EPOCH": "0"},
    ],
    ids=lambda odd: ",".join(f"{name}={value}" for name, value in odd.items()),
)
def test_an_odd_environment(world: World, command: str, odd: dict[str, str]) -> None:
    changed = [f"{name}={value}" for name, value in odd.items()]  # by env: bash itself would complain of the locale
    usual, ran = plain(world, command), bash(world(), shlex.join(["env", *changed, *line(command)]))
    assert (ran.code, ran.out, ran.err) == (usual.code, usual.out, usual.err)


@pytest.mark.slow
@pytest.mark.parametrize("command", REPRESENTATIVES)
@pytest.mark.parametrize("options", ["-O", "-OO", "-bb", "-X dev -W error", "-I", "-X utf8=0", "-W default"])
def test_an_odd_interpreter(world: World, command: str, options: str) -> None:
    usual, ran = plain(world, command), bash(world(), shlex.join(line(command, *options.split())))
    assert (ran.code, ran.out, ran.err) == (usual.code, usual.out, usual.err)


@pytest.mark.slow
@pytest.mark.parametrize("command", REPRESENTATIVES)
@pytest.mark.parametrize(
    "before",
    ["trap '' PIPE", "trap '' HUP", "umask 777", "ulimit -n 40", "ulimit -c unlimited", "exec setsid", "exec env -i QUNKIT_DATA=data"],
)  # fmt: skip
def test_an_odd_parent(world: World, command: str, before: str) -> None:
    start = f"{before} " if before.startswith("exec") else f"{before}; "
    usual, ran = plain(world, command), bash(world(), start + shlex.join(line(command)))
    assert (ran.code, ran.out, ran.err) == (usual.code, usual.out, usual.err)


@pytest.mark.slow
@pytest.mark.parametrize("command", REPRESENTATIVES)
def test_no_room(world: World, command: str) -> None:
    """Too little memory or too few files are told, and nothing hangs."""
    words = shlex.join(line(command))
    for limit in (600_000, 1_500_000, 2_400_000):
        ran = bash(world(), f"ulimit -v {limit}; {words}")
        assert (ran.code, ran.out) == (71, b"")
        assert ran.err.startswith(b"qunkit: error: Out of memory (`ulimit -v` is ")
    for files in (8, 10, 12, 14, 16, 20, 24, 32):
        ran = bash(world(), f"ulimit -n {files}; {words}")
        assert ran.code in (0, 71), (files, ran.err)
        assert b"Traceback" not in ran.err
        assert ran.code == 0 or ran.err.startswith(b"qunkit: error: Out of open files.\n")
    assert ran.code == 0


def test_reading_a_dataset_that_nobody_may_write(world: World) -> None:
    """A read-only folder answers; ingest into it is 77 or 73, and says where."""
    ordinary, folder = " ".join(ORDINARY), world()
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    usual = plain(world, "groups")
    ran = bash(folder, f"{ordinary} {shlex.join(line('groups'))}")
    assert (ran.code, ran.out) == (0, usual.out)
    ran = bash(folder, f"{ordinary} {shlex.join(line('ingest'))}")
    assert ran.code in (73, 77)
    assert b"permission denied" in ran.err.lower()


# -- signals -----------------------------------------------------------------------------------------------------------
def stopped(folder: Path, command: str, number: int, after: int) -> Ran:
    variables = {"AFTER": str(after), "SIGNAL": str(number), "TMPDIR": str(folder / "tmp")}
    (folder / "tmp").mkdir()
    words = [sys.executable, "-c", STOPPER, *command.split(), *shlex.split(ARGUMENTS[command])]
    return bash(folder, shlex.join(words), variables)


def whole_or_stopped(world: World, command: str, number: int, after: int) -> bool:
    """Whether the signal came in time: then it ends the program with its code and no word, and nothing stays behind."""
    folder = world()
    before, current = names(folder), (folder / "data/CURRENT").read_bytes()
    ran = stopped(folder, command, number, after)
    assert not list((folder / "tmp").iterdir())
    assert not [name for name in names(folder) if ".new-" in name or name.endswith(".tmp")]
    if ran.code in (0, 3):
        return False
    assert (ran.code, ran.err) == (128 + number, b""), (command, number, after)
    if command in ("ingest", "roster"):
        committed = (folder / "data/CURRENT").read_bytes() != current
        assert committed or before == names(folder) - {"tmp"}
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
@pytest.mark.parametrize("command", ["ingest", "report"])
def test_a_signal_half_way(world: World, command: str, number: int) -> None:
    assert whole_or_stopped(world, command, number, 1000)


@pytest.mark.slow
@pytest.mark.parametrize("command", [*REPRESENTATIVES, "forget", "alias accept", "rejects retry"])
def test_a_signal_at_any_time(world: World, command: str) -> None:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    came = [whole_or_stopped(world, command, numbers[n % 3], 1 << n) for n in range(17)]
    assert came == sorted(came, reverse=True)  # all up to the end, none after it
    assert sum(came) > 6


# -- terminals -----------------------------------------------------------------------------------------------------------
def test_ingest_does_not_wait_for_a_person_to_type_an_export(world: World) -> None:
    code, said = on_a_terminal(world(), [sys.executable, "-m", "qunkit", "ingest", "-"], 80)
    assert code == 2
    assert "Standard input is a terminal" in said
