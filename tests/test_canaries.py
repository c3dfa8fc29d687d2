"""P27: with --pseudonymise no output holds anything of anybody, to the last byte: 1,700 canaries, every command, every format."""

from __future__ import annotations

from hashlib import sha256
from itertools import cycle

import pytest

from qunkit import registry
from qunkit.cli.mount import COMMANDS, analyses
from qunkit.cli.options import Shown
from qunkit.privacy import load_key
from support.canaries import Canaries, build, readings
from support.shelves import GRAPHS, REPORTS, TABLES

FILES_ONLY = {
    "ingest", "roster", "sources list", "sources drop", "path", "check", "formats", "demo", "rejects list", "rejects show", "rejects retry", "forget",
    "alias list", "alias accept", "alias reject", "alias add", "ads score", "ads learn",
}  # fmt: skip
"""Commands about files, or about true names on purpose: docs/privacy.md says that their output is not for sharing."""
ASKED = {
    "messages": [[], ["--kind", "system"], ["--names", "remark"]],
    "sql": [["FROM messages"], ["FROM posts"], ["FROM members"], ["SELECT * FROM days"]],
    "report": [["--week", "2026-W19"], ["--week", "2026-W20"]],
    "alerts": [[]],
    **{name: [[]] for name in analyses()},
    "topics": [["--min-senders", "1", "--top", "0"], ["--min-senders", "1", "--by", "group"]],
    "topics groups": [["--min-senders", "1", "--top", "0"]],
}
TEXT = ("terminal", "tsv", "csv", "json", "jsonl", "markdown")
FORMATS = registry.names("renderers")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The dataset, and its canaries."""
    return build(tmp_path_factory.mktemp("canaries"))


@pytest.fixture
def said(world, monkeypatch, capsys, tmp_path):
    """Runs a command line on the dataset; gives every byte that it leaves behind."""
    from qunkit.cli.main import run

    (tmp_path / "key").write_bytes(
        sha256(b"canaries").digest()
    )  # always the same: short numbers occur in marks by chance
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "key"))
    monkeypatch.setenv("QUNKIT_DATA", str(world[0]))
    monkeypatch.setenv("COLUMNS", "400")

    def call(*args: str) -> list[bytes]:
        capsys.readouterr()
        code = run(args)
        left = [text.encode("utf-8", "surrogatepass") for text in capsys.readouterr()]
        assert code == 0 or (code, args[0]) == (1, "alerts"), left[1].decode()
        files = [file.read_bytes() for file in tmp_path.glob("out*")]
        for file in tmp_path.glob("out*"):
            file.unlink()
        return [*left, *files]

    call.folder = tmp_path
    return call


def _check(said, world, command, asked, format_, lang):
    own = ["--format", format_, "--lang", lang, "--threads", "1"]
    own += [] if format_ in TEXT and lang == "en" else ["-o", str(said.folder / f"out.{format_}")]
    left = said(*command.split(), *asked, *own, "--pseudonymise")
    key = load_key(create=False)
    canaries: Canaries = world[1]
    for seen in left:
        assert not canaries.found(seen)
        assert key not in seen
        assert key.hex().encode() not in seen
    assert sum(map(len, left)) > 200


def test_every_command_is_about_files_or_takes_the_option():
    for name in COMMANDS:
        module = registry_of(name)
        assert (name in FILES_ONLY) != (Shown in module.OPTIONS), name
    assert set(ASKED) == {name for name in COMMANDS if name not in FILES_ONLY} | set(analyses())


def registry_of(command: str):
    """The module of a hand-written command."""
    from importlib import import_module

    return import_module(f"qunkit.cli.{command.replace(' ', '_')}")


def test_there_are_enough_canaries_and_without_the_option_they_are_seen(said, world):
    canaries: Canaries = world[1]
    assert len(set(canaries)) == len(list(canaries)) > 1000
    seen = set()
    for command, asked in (("messages", []), ("sql", ["FROM members"]), ("sql", ["FROM messages"])):
        for left in said(command, *asked, "--format", "json"):
            seen |= canaries.found(left)
    left_out = {"file name", "remark", "account", "reject", "WeCom id", "WeCom name", "alias"}
    for what, some in canaries.made.items():
        if what not in left_out:
            assert not set(some) - seen, what
    texts = b"".join(said("messages", "--names", "remark"))
    assert len(canaries.found(texts) & set(canaries.made["remark"])) == 60


@pytest.mark.parametrize("format_", FORMATS)
def test_the_formats_show_the_canaries_to_this_test(said, world, format_):
    """Whatever the coding or the packing: else a leak in that format would not be found."""
    out = said.folder / f"out.{format_}"
    found = set()
    for left in said(
        *(["replies"] if format_ in GRAPHS else ["activity", "members"]), "--format", format_, "-o", str(out)
    ):
        found |= world[1].found(left)
    assert len(found & set(world[1].made["group nickname"])) > 40


@pytest.mark.parametrize("command", sorted(ASKED))
def test_no_canary_leaves_a_command(said, world, command):
    """In JSON, which shows all that there is."""
    for asked in ASKED[command]:
        _check(said, world, command, asked, "json", "en")


@pytest.mark.parametrize(("format_", "lang"), list(zip(FORMATS, cycle(("zh", "en")), strict=False)))
def test_no_canary_leaves_in_a_format(said, world, format_, lang):
    """One table and several, in every format; the languages take turns."""
    fitting = {"messages": TABLES, "report": REPORTS, "replies": GRAPHS}
    for command, asked in (("messages", []), ("report", ["--week", "2026-W19"]), ("replies", [])):
        if format_ in fitting[command]:
            _check(said, world, command, asked, format_, lang)


def test_filters_by_true_names_say_none(said, world):
    canaries: Canaries = world[1]
    group, card = canaries.made["group name"][0], canaries.made["group nickname"][7]
    for args in (["--group", group], ["--tag", "all"], ["--group", group, "--sender", card]):
        left = said("messages", *args, "--pseudonymise", "--format", "tsv")
        assert left[0].count(b"\n") > 3
        assert not any(canaries.found(seen) for seen in left)


def test_an_error_says_what_was_typed_and_nothing_more(world, monkeypatch, capsys, tmp_path):
    from qunkit.cli.main import run

    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "key"))
    monkeypatch.setenv("QUNKIT_DATA", str(world[0]))
    group = world[1].made["group name"][0]
    for args in (
        ["messages", "--group", group + "?!"],
        ["sql", "SELECT CAST(sender_name AS INTEGER) FROM messages"],
        ["sql", "SELECT nonsense FROM messages"],
        ["sql", "FROM read_parquet('x')"],
        ["sql", "SELECT error(sender_id || text) FROM messages"],
    ):
        assert run([*args, "--pseudonymise"]) == 2
        assert world[1].found("".join(capsys.readouterr()).encode()) <= {group}


def test_the_test_reads_what_outputs_may_hide():
    for seen in (b'"\\u74c1\\u785a"', b"&#x74c1;&#x785a;", "瓁硚".encode(), b"%E7%93%81%E7%A1%9A"):
        assert any("瓁硚" in text for text in readings(seen))
