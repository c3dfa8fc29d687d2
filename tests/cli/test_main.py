"""One except: every error becomes a sentence, a way out and a code; languages; help."""

from __future__ import annotations

import errno
import pickle
from collections.abc import Callable
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from qunkit import __version__, errors, registry
from qunkit.cli import failures, main, mount, session
from qunkit.errors import QunkitError
from qunkit.words import LANGS, Text

Run = Callable[..., Any]


def raised(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """The next run fails with `error` from its midst."""

    def fail(args: list[str]) -> int:
        raise error

    monkeypatch.setattr(main, "_invoke", fail)


def test_version(qunkit: Run) -> None:
    assert qunkit("--version").out == f"qunkit {__version__}\n"


def test_no_command_is_help(qunkit: Run) -> None:
    ran = qunkit()
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == qunkit("--help").out == qunkit("--debug").out
    for name in (*mount.COMMANDS, *mount.analyses()):
        assert f"\n  {name} " in ran.out


@pytest.mark.parametrize("lang", LANGS)
def test_every_command_has_help(qunkit: Run, lang: str) -> None:
    for name in (*mount.COMMANDS, *mount.analyses()):
        ran = qunkit("--lang", lang, *name.split(), "--help")
        assert (ran.code, ran.err) == (0, ""), name
        assert f"qunkit {name} " in ran.out.split("\n", 1)[0]
        assert "None" not in ran.out
        assert all(len(line) <= 80 for line in ran.lines), name
        if lang == "zh":
            assert not any(word in ran.out for word in ("Usage", "Options", "Show this", "[default")), name


def test_titles_are_read_as_the_modules_say_them() -> None:
    for module in registry.names("analyses"):
        assert mount.title(module) == registry.load("analyses", module).TITLE


@pytest.mark.parametrize(("lang", "usage"), [("en", "Usage: qunkit alias COMMAND"), ("zh", "用法：qunkit alias 命令")])
def test_the_first_word_of_several_commands_lists_them(qunkit: Run, lang: str, usage: str) -> None:
    for family in {name.split()[0] for name in mount.COMMANDS if " " in name} - set(mount.analyses()):
        ran = qunkit(family, "--help", "--lang", lang)
        assert (ran.code, ran.err) == (0, "")
        alone = qunkit(family, "--lang", lang)
        assert (alone.code, alone.out) == (2, "")
        for name, title in mount.COMMANDS.items():
            assert any(line.split("  ")[1:2] == [name] and line.endswith(title.say(lang)) for line in ran.lines) == (name.split()[0] == family)  # fmt: skip
            assert (name in alone.err) == (name.split()[0] == family and " " in name)
    assert qunkit("--lang", lang, "alias", "--help").out.startswith(usage)


@pytest.mark.parametrize("name", ["ads", "ads list", "ads score"])
def test_one_of_several_commands_names_the_others(qunkit: Run, name: str) -> None:
    told = " ".join(qunkit(*name.split(), "--help").out.split())
    named = told.partition("See also: ")[2].split(", ")
    assert set(named) | {f"qunkit {name}"} == {f"qunkit {other}" for other in (*mount.analyses(), *mount.COMMANDS) if other.split()[0] == "ads"}  # fmt: skip


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["actvity"], "No such command: actvity; did you mean activity?"),
        (["activity", "mebmers"], "No such command: activity mebmers; did you mean activity members?"),
        (["groups", "now"], "extra argument"),
        (["alias", "lst"], "No such command: alias lst; did you mean alias list?"),
        (["alias", "--xyzzy"], "No such option: --xyzzy"),
        (["xyzzy"], "No such command: xyzzy."),
        (["--xyzzy"], "No such option: --xyzzy"),
        (["activity", "--pre", "day"], "No such option: --pre"),
        (["activity", "--per", "year"], "--per: 'year' is not one of day, week, month."),
        (["activity", "--per"], "requires an argument"),
        (["groups", "--threads", "x"], "--threads"),
        (["groups", "--threads", "0"], "--threads: 0 is not 1 or more."),
        (["groups", "--memory-limit", "lots"], "--memory-limit: 'lots' is not a size"),
        (["groups", "--format", "xls"], "--format: 'xls' is not one of csv, gexf, graphml, html, json, jsonl, md, parquet, terminal, tsv, xlsx."),
        (["groups", "-o", "x.xls"], "-o: 'x.xls' is not a name that ends in .csv,"),
        (["groups", "--week", "2024-W53"], "--week: '2024-W53' is not an ISO week, 2024-W01 to 2024-W52."),
        (["groups", "--week", "2024-W48", "--last", "7d"], "--week + --last: give one of them."),
        (["groups", "--group", "nope"], "No group matches 'nope'."),
        (["groups", "--tag", "nope"], "--tag: 'nope' is not a tag of qunkit.toml (known: -)."),
        (["messages", "--kind", "nope"], "--kind: 'nope' is not one of text, quote"),
        (["ingest"], "Missing argument"),
        (["ingest", "x", "--format-in", "nope"], "--format-in: 'nope' is not a known format"),
        (["--lang", "fr", "groups"], "--lang: 'fr' is not en or zh."),
        (["demo", "x", "--weeks", "0"], "--weeks: 0 is not 1 or more."),
    ],
)  # fmt: skip
def test_usage_errors_are_2_and_say_which(qunkit: Run, args: list[str], says: str) -> None:
    ran = qunkit(*args)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("qunkit: error: ")
    assert says in ran.err


def test_typers_complaints_in_chinese(qunkit: Run) -> None:
    said = {
        ("groups", "--lsat", "7d"): "没有选项 --lsat，是否想用",
        ("ingest",): "缺少参数",
        ("groups", "now"): "多余的参数：now。",
        ("groups", "--threads", "x"): "--threads：不是有效的数值。",
        ("groups", "--since"): "选项 --since 需要一个值。",
        ("xyzzy",): "没有命令 xyzzy。",
    }
    for args, says in said.items():
        assert says in qunkit(*args, "--lang", "zh").err or says in qunkit("--lang", "zh", *args).err, args


def test_where_the_language_comes_from(
    qunkit: Run, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chinese, english = "没有数据", "nothing found"
    config = tmp_path / "zh.toml"
    config.write_text('lang = "zh"', encoding="utf-8")
    ask = ("groups", "--week", "2024-W01", "--format", "md")
    assert english in qunkit(*ask[:1], "--format", "md", "--data", str(empty(tmp_path))).out
    asked = (*ask[:1], "--format", "md", "--data", str(tmp_path / "empty"))
    assert chinese in qunkit(*asked, "--config", str(config)).out
    assert english in qunkit(*asked, "--config", str(config), "--lang", "en").out
    monkeypatch.setenv("QUNKIT_LANG", "zh")
    assert chinese in qunkit(*asked).out
    assert english in qunkit("--lang=en", *asked).out
    monkeypatch.setenv("QUNKIT_LANG", "fr")
    assert "$QUNKIT_LANG: 'fr' is not en or zh." in qunkit(*asked).err


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        ({}, False),
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_TW"}, True),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "C"}, False),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "zh_CN", "LC_ALL": "POSIX"}, False),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, True),  # set to nothing is not set
        ({"LC_ALL": "de_DE.UTF-8"}, False),
        ({"LC_ALL": "ZH"}, True),
    ],
    ids=str,
)
def test_the_locale_says_which_language(
    qunkit: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: dict[str, str], chinese: bool
) -> None:
    """Where nobody says it: settings, the variable and the option go before."""
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    assert ("目录" in qunkit("report", "--all").err) == chinese
    config = tmp_path / "en.toml"
    config.write_text('lang = "en"', encoding="utf-8")
    ask = ("groups", "--format", "md", "--config", str(config))
    assert "messages" in qunkit(*ask).out
    assert "消息" in qunkit("--lang", "zh", *ask).out


def empty(folder: Path) -> Path:
    """A dataset without messages."""
    from support.datasets import make_dataset

    return make_dataset(folder / "empty", [])


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/data/x"), 74, "/data/x: no space left on the device."),
        (OSError(errno.EIO, "Input/output error"), 74, "a file: the device failed."),
        (PermissionError(errno.EACCES, "Permission denied", "/data"), 77, "/data: permission denied."),
        (OSError(errno.EMFILE, "Too many open files"), 71, "Out of open files."),
        (MemoryError(), 71, "Out of memory."),
        (KeyboardInterrupt(), 130, ""),
        (errors.DatasetLocked(path="/d", holder="pid 7"), 75, "another qunkit is writing (pid 7)"),
        (errors.DatasetNewer(path="/d", found=9, known=1), 76, "written by a newer qunkit"),
        (errors.DatasetDamaged(path="/d", why=Text("cut", "断")), 20, "damaged (cut)"),
        (errors.UnknownTimeZone(tz="Mars"), 78, "'Mars' is not a time zone"),
    ],
)
def test_errors_have_their_code_and_sentence(
    qunkit: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, says: str
) -> None:
    raised(monkeypatch, error)
    ran = qunkit("groups")
    assert ran.code == code
    assert says in ran.err
    assert bool(ran.err) is bool(says)


def test_a_bug_tells_nothing_of_the_chats(qunkit: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        secret = "阿岚的秘密 wxid_mint"
        raise ValueError(secret)

    monkeypatch.setattr(session, "begins", broken)
    ran = qunkit("groups", "--week", "2024-W48")
    assert ran.code == 70
    assert "ValueError at qunkit.cli.main:" in ran.err
    assert "report" in ran.err
    assert "秘密" not in ran.err
    assert "Traceback" not in ran.err
    traced = qunkit("groups", "--debug").err
    assert 'main.py", line' in traced
    assert "秘密" not in traced


def test_messages_cannot_steer_the_terminal(qunkit: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    raised(monkeypatch, errors.MissingInput(path="a\x1b]0;owned\x07\u202eb\nqunkit: error: c", why="gone"))
    err = qunkit("groups").err
    assert "a\\x1b]0;owned\\x07\\u{202e}b⏎qunkit: error: c: gone." in err
    assert err.count("\n") == 2  # the sentence and the hint


def test_every_error_is_said_in_both_languages_and_survives_a_worker() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, QunkitError)]
    assert len(kinds) > 20
    texts = [text for kind in kinds for text in (kind.SENTENCE, kind.HINT) if text]
    facts = {name: "x" for text in texts for _, name, _, _ in Formatter().parse(text.en + text.zh) if name}
    for kind in kinds:
        error = pickle.loads(pickle.dumps(kind(**facts)))
        assert failures.code_of(error) == kind.code
        for lang in LANGS:
            assert error.sentence(lang)
            assert "{" not in error.sentence(lang) + (error.hint(lang) or "")
