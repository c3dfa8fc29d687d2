"""What people see: nothing is lost at any width, signs without colour, ASCII where nothing else can be shown."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date, datetime
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from qunkit import ink, registry
from qunkit.renderers import terminal
from qunkit.results import Column, Result
from qunkit.words import Lang, Text

steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _write(thing: Any, lang: Lang = "zh", **options: Any) -> str:
    out = io.StringIO()
    terminal.write(thing, out, lang, **options)
    return out.getvalue()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("thing", ["ordinary", "empty", "hours", "hostile", "weekly"])
@pytest.mark.parametrize("width", [*range(20, 60, 3), 80, 100, 120, 160, 200])
def test_no_line_is_wider_than_the_terminal(sample: ModuleType, thing: str, lang: Lang, width: int) -> None:
    lines = _write(getattr(sample, thing)(), lang, width=width).split("\n")
    assert [line for line in lines if cell_len(line) > width] == []
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 160, 200])
def test_every_value_is_shown_at_every_width(sample: ModuleType, width: int) -> None:
    written = re.sub(r"\s", "", _write(sample.ordinary(), "en", width=width))
    for row in sample.ordinary().rows():
        for cell, column in zip(row[2:], sample.COLUMNS[2:], strict=True):
            assert re.sub(r"\s", "", ink.show(cell, column, "en", 2026)) in written
    for column in sample.COLUMNS:
        assert all(word in written for word in column.label.say("en").split())


def test_a_report_says_once_what_it_is_about(sample: ModuleType) -> None:
    written = _write(sample.weekly(), "en", width=120)
    assert written.count("time zone Asia/Shanghai") == 1
    assert "2026-05-17" in written.split("\n\n")[0]
    assert (
        re.search("[0-9] 05-17 ", written) or "  05-17  " in written
    )  # in the tables the year of as-of goes without saying
    assert " 2025-12-31 " in written
    assert [line for line in written.split("\n") if line.startswith("── ")] == [
        f"── {title} " + "─" * (96 - len(title)) for title in ("At a glance", "Key people", "Busy hours", "Alerts")
    ]


def test_it_says_how_it_gave_way(sample: ModuleType) -> None:
    assert "45.7% ████████" in _write(sample.ordinary(), width=160)
    assert re.search("45.7% +▲", _write(sample.ordinary(), width=100))  # the bars went
    assert "太窄" not in _write(sample.ordinary(), width=100)
    assert "窗口太窄（60），放不下 10 列，改为每行一张卡片。" in _write(sample.ordinary(), width=60)
    assert "放不下 10 列，改为每行一张" in _write(sample.ordinary(), width=40).replace("\n  ", "")
    assert "Long texts cut (…): 2" in _write(_texts("x" * 300, "y" * 299, "z" * 160), "en", width=40)


def test_the_day_stands_above_the_hour_before_there_are_cards() -> None:
    at = Column("at", "datetime", Text("last post", ""))
    name = Column("name", "text", Text("name", ""))
    result = Result(
        "r", Text("r", ""), (name, at), [("n" * 14, datetime(2026, 5, 7, 9, 30))], [], {"as_of": date(2026, 5, 8)}
    )
    assert _write(result, "en", width=26).endswith(
        "name           last post\n" + "─" * 26 + "\nnnnnnnnnnnnnnn 05-07 09:30\n"
    )
    assert _write(result, "en", width=20).endswith(
        "               last\nname           post\n" + "─" * 20 + "\nnnnnnnnnnnnnnn 05-07\n               09:30\n"
    )


def test_of_a_last_time_the_day_is_enough_before_there_are_cards() -> None:
    columns = (Column("name", "text", Text("name", "")), Column("last_post", "datetime", Text("last post", "")))
    rows = [("n" * 14, datetime(2026, 5, 7, 9, 30)), ("Ana", None)]
    result = Result("r", Text("r", ""), columns, rows, [], {"as_of": date(2026, 5, 8)})
    assert "05-07 09:30" in _write(result, "en", width=26)
    assert "days only" not in _write(result, "en", width=26)
    narrow = _write(result, "en", width=20)
    assert "\nnnnnnnnnnnnnnn 05-07\nAna            –\n" in narrow
    assert "09:30" not in narrow
    assert "· Too narrow (20)" in narrow
    assert "days only." in narrow


def test_headings_fold_so_that_numbers_stay_narrow() -> None:
    labels = [Text("messages, no staff", ""), Text("posters before", ""), Text("day by day", "")]
    columns = (Column("g", "text", Text("group", "")), *(Column(f"n{at}", "int", one) for at, one in enumerate(labels)))
    result = Result("r", Text("r", ""), columns, [("周末去爬山东线", 1, 2, 3)])
    assert _write(result, "en", width=44).endswith(
        "                messages,  posters  day by\n"
        "group            no staff   before     day\n" + "─" * 42 + "\n周末去爬山东线          1        2       3\n"
    )


def _texts(*texts: str) -> Result:
    column = Column("text", "text", Text("text", "内容"))
    return Result("r", Text("Texts", "内容"), (column,), [(text,) for text in texts])


def test_a_table_by_hand() -> None:
    columns = (
        Column("name", "text", Text("member", "成员")),
        Column("n", "int", Text("messages", "消息数")),
        Column("share", "ratio", Text("share", "占比")),
    )
    result = Result("r", Text("Few", "少数"), columns, [("小满", 1234, 0.5), ("Ana", 9, 0.25), ("阿秀", None, None)])
    assert _write(result, width=80) == (
        "少数\n"
        "\n"
        "成员  消息数  占比\n"
        "────────────────────────────\n"
        "小满   1,234  50.0% ████████\n"
        "Ana        9  25.0% ████\n"
        "阿秀       –      –\n"
    )
    assert re.search("\x1b\\[2m *–", _write(result, width=80, color=True))
    assert "50.0% \x1b[36m████████\x1b[0m" in _write(result, width=80, color=True)


def test_what_can_be_spared_gives_way_before_there_are_cards() -> None:
    names = (("group", 0), ("member", 0), ("messages", 0), ("first", 9), ("turns", 3), ("replies", 3))
    columns = tuple(
        Column(name, "text" if at < 2 else "int", Text(name, ""), spare=spare) for at, (name, spare) in enumerate(names)
    )
    rows = [("徒步", f"w{at}", 9 - at, 5, at, at) for at in range(3)]
    result = Result("r", Text("r", ""), columns, rows)
    whole = "group  member  messages  first  turns  replies\n"
    assert whole in _write(result, "en", width=46)
    assert "narrow" not in _write(result, "en", width=46)
    # what says the same everywhere goes first, and says so; it is not lost, so nothing is left out
    assert "member  messages  turns  replies\n" in _write(result, "en", width=37)
    assert "· The same in every row: group 徒步, first 5." in _write(result, "en", width=37).replace("\n  ", " ")
    # of rows that are not drawn it is not said
    out = io.StringIO()
    more = Result("r", Text("r", ""), columns, [*rows, ("读书", "w3", 6, 9, 3, 3)])
    terminal.write(more, out, "en", width=37, limit=3)
    assert "· The same in every row shown: group 徒步, first 5." in out.getvalue().replace("\n  ", " ")
    out = io.StringIO()
    left_out = terminal.write(result, out, "en", width=22)
    assert "member messages turns\n" in out.getvalue()  # of equals the last goes
    assert left_out == ["Too narrow (22) for: replies; a wider window shows them, --format tsv gives all."]
    assert re.sub(r"\s+", " ", out.getvalue()).endswith(left_out[0] + " ")
    two = replace(result, cells=rows[:2])  # two rows may well say the same
    assert "group  member  messages  turns\n" in _write(two, "en", width=33)


CELLS: dict[str, Any] = {
    "text": "周末去爬山（东线）（官方）", "int": 12345, "float": 12.345, "ratio": 0.1234, "seconds": 3725.0, "bool": True,
    "date": date(2026, 5, 7), "datetime": datetime(2026, 5, 7, 9, 30), "series": [1, 2, 3, 4, 5, 6, 7] * 4, "list": ["周末去爬山", "团购群"],
}  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_analysis_is_a_table_at_80_columns(lang: Lang) -> None:
    """… though no two rows say the same, and names and numbers are long."""
    for name in registry.names("analyses"):
        columns = registry.load("analyses", name).COLUMNS
        rows = [
            tuple(f"{CELLS['text']}{at}" if column.type == "text" else CELLS[column.type] for column in columns)
            for at in range(2)
        ]
        shown = _write(Result(name, Text("r", "r"), columns, rows, [], {"as_of": date(2026, 5, 8)}), lang, width=80)
        assert "放不下" not in shown
        assert "one card a row" not in shown
        kept = [column.label.say(lang) for column in columns if column.name == "messages" and not column.spare]
        assert all(label[:2] in shown.split("──")[0] for label in kept), name


def test_cards_by_hand() -> None:
    columns = tuple(Column(name, "int", Text(name * 12, "")) for name in "abc")
    result = Result("r", Text("Cards", ""), columns, [(1, 2, 3), (4, None, 6)])
    assert _write(result, "en", width=20) == (
        "Cards\n"
        "\n"
        "aaaaaaaa  1\n"
        "aaaa\n"
        "bbbbbbbb  2\n"
        "bbbb\n"
        "cccccccc  3\n"
        "cccc\n"
        "\n"
        "aaaaaaaa  4\n"
        "aaaa\n"
        "bbbbbbbb  –\n"
        "bbbb\n"
        "cccccccc  6\n"
        "cccc\n"
        "\n"
        "· Too narrow (20)\n"
        "  for 3 columns side\n"
        "  by side: one card\n"
        "  a row.\n"
    )


def test_a_map_by_hand(sample: ModuleType) -> None:
    lines = _write(sample.hours(), "en", width=80).split("\n")
    top = next(at for at, line in enumerate(lines) if line.startswith("     0     3"))
    assert [line[:3] for line in lines[top + 1 : top + 8]] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    thursday = lines[top + 4]
    assert thursday[5 + 2 * 20 : 7 + 2 * 20] == "██"  # the peak, 15.5 an hour
    assert thursday[5 + 2 * 3 : 7 + 2 * 3] == "· "  # nobody at 3
    assert lines[top + 7] == "Sun"  # not observed
    assert "· Highest: Thu 20:00, 15.5." in lines
    assert "blank: not observed" in "\n".join(lines)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colour_only_where_it_is_wanted(sample: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def coloured(out: io.StringIO, **options: Any) -> bool:
        terminal.write(sample.weekly(), out, "en", width=80, **options)
        return "\x1b[" in out.getvalue()

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert coloured(_Terminal())
    assert not coloured(io.StringIO())
    assert not coloured(_Terminal(), color=False)
    assert coloured(io.StringIO(), color=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not coloured(_Terminal())
    monkeypatch.setenv("NO_COLOR", "")
    assert coloured(_Terminal())
    monkeypatch.setenv("TERM", "dumb")
    assert not coloured(_Terminal())


@pytest.mark.parametrize("thing", ["ordinary", "hours", "weekly"])
def test_colour_adds_nothing_but_colour(sample: ModuleType, thing: str) -> None:
    plain = _write(getattr(sample, thing)(), width=100)
    coloured = _write(getattr(sample, thing)(), width=100, color=True)
    assert re.sub("\x1b\\[[0-9]*m", "", coloured) == plain
    assert coloured.count("\x1b[") == 2 * coloured.count("\x1b[0m")
    assert not re.search("\x1b\\[[1-9][0-9]*m *\x1b", coloured)


def test_places_of_a_text_are_coloured_where_they_stand_in_what_is_shown() -> None:
    columns = (
        Column("text", "text", Text("text", "内容"), places="spans"),
        Column("spans", "list", Text("where", "位置")),
    )
    cells = [("早\u200b加V：abc，领券", ["2:8", "9:11"]), ("好", None), ("<b>", ["0:2:3", "x", "7:9"])]
    shown = _write(Result("n", Text("", ""), columns, cells), color=True)
    # the invisible sign is shown in eight, so that the places begin later
    assert "早\\u{200b}\x1b[1;33m加V：abc\x1b[0m，\x1b[1;33m领券\x1b[0m" in shown
    assert shown.count("\x1b[1;33m") == 2
    assert "where" not in shown


def test_width_comes_from_the_terminal(sample: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "61")
    assert _write(sample.ordinary()) == _write(sample.ordinary(), width=61)
    monkeypatch.setenv("COLUMNS", "3")
    assert _write(sample.ordinary()) == _write(sample.ordinary(), width=20)


def test_the_environment_changes_nothing(sample: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, coloured = _write(sample.weekly(), width=90), _write(sample.weekly(), width=90, color=True)
    for name, value in {
        "COLUMNS": "33",
        "LINES": "3",
        "TERM": "dumb",
        "FORCE_COLOR": "1",
        "COLORTERM": "truecolor",
        "NO_COLOR": "1",
        "TTY_COMPATIBLE": "1",
        "TTY_INTERACTIVE": "1",
        "JUPYTER_COLUMNS": "44",
    }.items():
        monkeypatch.setenv(name, value)
    assert _write(sample.weekly(), width=90) == plain
    assert _write(sample.weekly(), width=90, color=True) == coloured


def test_brackets_are_no_markup_and_colons_no_emoji() -> None:
    assert "[bold]x[/bold] :smile: [link=http://a.example]" in _write(
        _texts("[bold]x[/bold] :smile: [link=http://a.example]"), width=80, color=True
    )


def test_ascii_where_nothing_else_can_be_shown(sample: ModuleType) -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii", errors="backslashreplace", newline="\n")
    terminal.write(sample.hours(), out, "en", width=80)
    out.flush()
    shown = raw.getvalue().decode("ascii")
    assert "\\u" not in shown
    assert "- Highest" not in shown
    assert "* Highest: Thu 20:00, 15.5." in shown or ". Highest: Thu 20:00, 15.5." in shown
    assert [len(line) for line in shown.split("\n")] == [
        cell_len(line) for line in _write(sample.hours(), "en", width=80).split("\n")
    ]


def test_a_gbk_terminal_gets_ascii_for_what_it_lacks(sample: ModuleType) -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="gbk", errors="backslashreplace", newline="\n")
    terminal.write(sample.ordinary(), out, "zh", width=160)
    out.flush()
    assert "成员" in raw.getvalue().decode("gbk")


@steady
@given(st.lists(st.text(st.characters(exclude_categories=())), min_size=1, max_size=4), st.integers(20, 90))
def test_any_text_keeps_the_table_whole(texts: list[str], width: int) -> None:
    columns = (Column("text", "text", Text("text", "")), Column("n", "int", Text("n", "")))
    rows = [(text, 1000 + at) for at, text in enumerate(texts)]
    lines = _write(Result("r", Text("r", ""), columns, rows), "en", width=width).split("\n")
    assert all(cell_len(line) <= width for line in lines)
    assert [at for at in range(len(texts)) if not any(f"{1000 + at:,}" in line for line in lines)] == []
