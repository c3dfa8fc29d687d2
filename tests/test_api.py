"""The Python front door gives the same answers as the command line."""

from __future__ import annotations

import re
from dataclasses import fields
from html import unescape
from inspect import signature
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import qunkit
from qunkit import Dataset, open_dataset, registry
from qunkit.analyses import groups
from qunkit.answers import Answers, Asked
from qunkit.errors import BadOption, NoSuchGroup, UsageError
from qunkit.frames import of_report, to_frame
from qunkit.question import Filters
from qunkit.renderers import html
from qunkit.results import Chart, Column, Figure, Note, Report, Result, Section
from qunkit.schema import MESSAGES
from qunkit.words import Text
from support.datasets import make_dataset
from support.waits import QUESTIONS

SAMPLES = Path(__file__).parent / "samples"
ROWS = [
    {
        "at": "2024-11-25 09:00:00",
        "group_id": "A",
        "group_name": "甲",
        "sender_id": "a",
        "sender_name": "阿岚",
        "text": "早",
    },
    {"at": "2024-11-25 09:05:00", "group_id": "A", "group_name": "甲", "event": "joined", "text": "猫加入了群聊"},
    {
        "at": "2024-11-30 10:00:00",
        "group_id": "B",
        "group_name": "乙",
        "sender_id": "b",
        "sender_name": "阿岚",
        "kind": "image",
    },
    {
        "at": "2024-12-01 10:00:00",
        "group_id": "B",
        "group_name": "乙",
        "sender_id": "c",
        "sender_name": "狐",
        "text": "好",
    },
]


@pytest.fixture(scope="module")
def chats(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return open_dataset(make_dataset(tmp_path_factory.mktemp("api") / "data", ROWS))


def test_public_names() -> None:
    assert qunkit.open_dataset is open_dataset
    assert qunkit.Dataset is Dataset


def test_where_the_dataset_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUNKIT_DATA", raising=False)
    assert open_dataset().path == Path("qunkit-data")
    monkeypatch.setenv("QUNKIT_DATA", "/somewhere")
    assert open_dataset().path == Path("/somewhere")
    assert open_dataset("here").path == Path("here")


def test_an_analysis_with_filters_and_parameters(chats: Dataset) -> None:
    result = chats.analyze("activity", per="day", group="乙", since="2024-11-30")
    names = [column.name for column in result.columns]
    rows = [dict(zip(names, row, strict=True)) for row in result.rows()]
    assert [(f"{row['period']}", row["messages"]) for row in rows] == [("2024-11-30", 1), ("2024-12-01", 1)]
    assert result.facts["timezone"] == "Asia/Shanghai"


def test_a_method_per_analysis(chats: Dataset) -> None:
    assert set(registry.names("analyses")) <= set(dir(chats))
    assert_frame_equal(chats.groups(group="乙"), to_frame(chats.analyze("groups", group="乙")))
    with pytest.raises(AttributeError, match="nonsense"):
        chats.nonsense()  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", registry.names("analyses"))
def test_its_parameters_are_those_of_the_analysis(name: str) -> None:
    module = registry.load("analyses", name)
    expected = {one.name: one.default for one in fields(module.Params)} if hasattr(module, "Params") else {}
    told = signature(getattr(Answers, name)).parameters
    assert {one.name: one.default for one in told.values() if one.kind == one.KEYWORD_ONLY} == expected
    given: dict[str, object] = {}
    asked = SimpleNamespace(frame=lambda name, **more: given.update(more, name=name))
    getattr(Answers, name)(asked, week="last")
    assert given == {"name": name, "week": "last", **expected}


def test_filters_are_the_same_for_all() -> None:
    assert set(Asked.__annotations__) == {one.name for one in fields(Filters)} - {"unfinished"}


def test_a_parameter_reaches_the_analysis(chats: Dataset) -> None:
    months = chats.activity(per="month")
    assert months["messages"].tolist() == [1, 1, 0, 1]  # 甲 and 乙 each in November and December
    assert len(chats.activity_members()) == 3
    assert chats.activity_members(top=1)["group_name"].tolist() == ["甲", "乙"]
    with pytest.raises(TypeError, match="pear"):
        chats.groups(pear="day")  # type: ignore[call-arg]


def test_a_plugin_has_a_method_too(chats: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qunkit.api.registry.names", lambda shelf: ("of_another",))
    monkeypatch.setattr(Dataset, "frame", lambda self, name, **asked: (name, asked))
    assert chats.of_another(per="day") == ("of_another", {"per": "day"})  # type: ignore[attr-defined]


def test_what_is_no_parameter_is_an_error(chats: Dataset) -> None:
    with pytest.raises(TypeError, match="pear"):
        chats.analyze("activity", pear="day")
    with pytest.raises(TypeError, match="kindd"):
        chats.messages(kindd="text")
    with pytest.raises(LookupError):
        chats.analyze("nonsense")
    with pytest.raises(NoSuchGroup):
        chats.analyze("activity", group=["甲", "丙"])


def test_a_frame_has_pandas_own_types(chats: Dataset) -> None:
    frame = chats.frame("groups").set_index("group_id")
    assert frame.loc["B", "messages"] == 2
    assert str(frame["messages"].dtype) == "Int64"
    assert str(frame["last_post"].dtype).startswith("datetime64")
    assert frame["last_post"].max() == pd.Timestamp("2024-12-01 10:00")
    assert frame.attrs["dataset"] == "0123456789abcdef"
    assert (str(frame["group_name"].dtype), str(frame.index.dtype)) == ("string", "string")


def test_what_is_said_with_a_frame_is_said_in_the_language_of_the_dataset(
    chats: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QUNKIT_LANG", raising=False)
    en, zh = groups.TITLE.en, groups.TITLE.zh

    def titles() -> list[str]:
        (tmp_path / "zh.toml").write_text('lang = "zh"\n', "utf-8")
        told = [open_dataset(chats.path, lang=lang) for lang in (None, "en", "zh")]
        told.append(open_dataset(chats.path, settings=tmp_path / "zh.toml"))
        return [one.groups().attrs["title"] for one in told]

    assert titles() == [en, en, zh, zh]
    monkeypatch.setenv("QUNKIT_LANG", "zh")
    assert titles() == [zh, en, zh, zh]
    monkeypatch.setenv("QUNKIT_LANG", "en")
    assert titles() == [en, en, zh, en]
    noted = Result("x", Text("", ""), (), [], [Note(Text("{n} are out", "{n} 个未计"), (("n", 3),))])
    assert (to_frame(noted).attrs["notes"], to_frame(noted, "zh").attrs["notes"]) == (["3 are out"], ["3 个未计"])


def test_a_frame_keeps_nulls_and_needs_no_rows() -> None:
    columns = tuple(Column(kind, kind, Text("", "")) for kind in ("int", "float", "bool", "date", "text", "list"))  # type: ignore[arg-type]
    empty = to_frame(Result("x", Text("", ""), columns, []))
    nulls = to_frame(Result("x", Text("", ""), columns, [(None,) * 6]))
    assert list(empty.columns) == list(nulls.columns) == [column.name for column in columns]
    assert (len(empty), len(nulls)) == (0, 1)
    assert nulls.isna().all(axis=None)


def test_messages_are_streamed_in_order(chats: Dataset) -> None:
    table = chats.messages().read_all()
    assert tuple(table.column_names) == MESSAGES.names
    assert table["group_id"].to_pylist() == ["A", "A", "B", "B"]
    assert table["event"].to_pylist() == [None, "joined", None, None]


@pytest.mark.parametrize(
    ("asked", "texts"),
    [
        ({"kind": ["image"]}, [""]),
        ({"kind": ["image", "text"], "group": "乙"}, ["", "好"]),
        ({"sender": ["阿岚"]}, ["早", ""]),
        ({"sender": "阿岚", "kind": "text"}, ["早"]),
        ({"sender": ["c", "a"]}, ["早", "好"]),
        ({"since": "2024-11-30", "until": "2024-11-30"}, [""]),
        ({"last": "1d"}, ["好"]),
        ({"week": "2024-W40"}, []),
    ],
)
def test_messages_are_filtered(chats: Dataset, asked: dict[str, object], texts: list[str]) -> None:
    assert chats.messages(**asked).read_all()["text"].to_pylist() == texts  # type: ignore[arg-type]


def test_an_unknown_kind_is_an_error(chats: Dataset) -> None:
    with pytest.raises(BadOption, match="one of text, quote"):
        chats.messages(kind=["pictures"])


def test_sql_sees_the_filtered_views(chats: Dataset) -> None:
    rows = chats.sql("SELECT group_name, count(*) AS n FROM posts GROUP BY 1 ORDER BY 1", group="乙").read_all()
    assert rows.to_pylist() == [{"group_name": "乙", "n": 2}]
    assert chats.sql("SELECT '1'::INT + 1 AS n").read_all().to_pylist() == [{"n": 2}]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1; SELECT 2",
        "",
        "-- nothing",
        "SELEC 1",
        "SELECT nope FROM posts",
        "COPY messages TO '/tmp/qunkit-never.csv'",
        "CREATE TABLE t AS SELECT 1",
        "DROP VIEW messages",
        "SET threads = 1",
        "PRAGMA database_list",
        "ATTACH '/tmp/qunkit-never.db'",
        "INSTALL httpfs",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/etc/*')",
        "SELECT CAST(text AS INT) FROM posts",
        "SELECT error('now')",
        "SELECT $a",
    ],
)
def test_sql_is_one_select_on_the_views_and_nothing_else(chats: Dataset, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        chats.sql(text).read_all()
    assert "\n" not in caught.value.sentence("en")
    assert not Path("/tmp/qunkit-never.csv").exists()


def test_sql_cannot_write_even_where_it_may_read(chats: Dataset) -> None:
    part = next(chats.path.glob("v*/messages/*/*.parquet"))
    before = part.read_bytes()
    for text in (f"COPY (SELECT 1) TO '{part}'", f"EXPLAIN ANALYZE COPY (SELECT 1) TO '{part}'"):
        with pytest.raises(UsageError):
            chats.sql(text).read_all()
    assert part.read_bytes() == before


def test_the_snapshot_is_held_while_messages_are_read(chats: Dataset) -> None:
    import fcntl

    stream = chats.messages()
    with next(chats.path.glob("v*/manifest.json")).open("rb") as manifest:
        with pytest.raises(BlockingIOError):
            fcntl.flock(manifest, fcntl.LOCK_EX | fcntl.LOCK_NB)
        stream.read_all()
        fcntl.flock(manifest, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_ingest_then_ask(tmp_path: Path) -> None:
    chats = open_dataset(tmp_path / "data", threads=1, memory_limit="1GB")
    summary = chats.ingest(SAMPLES / "memotrace_v3")
    assert summary.code == 0
    assert chats.analyze("groups").facts["groups"] == 1
    assert chats.report().facts["week"] == "2024-W48"
    assert (
        repr(summary)
        == f"<IngestSummary files: {len(summary.files)} ingested; new: {sum(file.new for file in summary.files)}; code 0>"
    )
    assert summary.frame()["new"].tolist() == [file.new for file in summary.files]
    assert summary._repr_html_().startswith("<table")


def _section(name: str, *parts: str, below: tuple[Section, ...] = ()) -> Section:
    """With a table of its name, and charts whose data are called like them."""
    table, *charts = [Result(part, Text(part, part), (Column("a", "int", Text("a", "a")),), [(1,)]) for part in parts]
    drawn = [Chart(one.name, "ratios", one.title, Note(one.title), one, dict.fromkeys(("label", "value", "low", "high"), "a")) for one in charts]  # fmt: skip
    return Section(name, Text(name, name), result=table if table.name else None, charts=drawn, sections=list(below))


def test_the_frames_of_a_report_are_named_by_their_places() -> None:
    share = Column("share", "ratio", Text("share", "占比"))
    one, two = Figure(share, 0.5, before=0.25, n=4), Figure(Column("on", "date", Text("", "")), None)
    first = _section("first", "both", "drawn")
    first.figures = [one, two]
    told = Report("weekly", Note(Text("", "")), [first, _section("second", "", "alone"), _section("third", "", below=(_section("below", "t"),))])  # fmt: skip
    frames = of_report(told)
    assert {name: frame.attrs.get("title") for name, frame in frames.items()} == {
        "figures": None,
        "first": "both",
        "first.drawn": "drawn",
        "second": "alone",
        "third.below": "t",
    }
    rows = frames["figures"].astype(object).where(frames["figures"].notna(), None).to_numpy().tolist()
    assert rows == [["first", "share", "ratio", 0.5, 0.25, None, 8, 4], ["first", "on", "date", None, None, None, 8, None]]  # fmt: skip


def test_a_notebook_shows_the_report_as_its_page(chats: Dataset) -> None:
    report = open_dataset(chats.path, lang="zh").report("2024-W48")
    page, shown = StringIO(), report._repr_html_()
    html.write(report, page, "zh")
    assert report.to_html() == page.getvalue()
    assert report.to_markdown().startswith("# 社群周报 2024-W48")
    (found,) = re.findall(r'^<iframe sandbox srcdoc="([^"]*)" style="[^"]*"></iframe>$', shown)
    assert unescape(found) == page.getvalue()
    assert {"figures", "groups", "members"} <= set(report.frames())
    assert re.fullmatch(r"<WeeklyReport 2024-W48: summary, [a-z, ]+>", repr(report))


def test_the_report_of_data_of_less_than_a_week_is_of_that_week(tmp_path: Path) -> None:
    days = range(4, 9)  # Monday to Friday
    make_dataset(tmp_path / "data", [{"at": f"2024-11-{day:02} 09:00:00", "sender_id": "mint"} for day in days])
    chats = open_dataset(tmp_path / "data")
    report = chats.report()
    told = [line.say("en") for line in report.sections[0].lines]
    assert (report.facts["week"], report.facts["messages"]) == ("2024-W45", 5)
    assert told[-1] == "The data end on 2024-11-08 09:00:00: this week is not complete and is not compared."
    (early,) = chats.report("2024-W40").sections
    assert [line.say("en") for line in early.lines] == ["The dataset holds no data of this week."]
    (section,) = open_dataset(make_dataset(tmp_path / "none", [])).report().sections
    assert [line.say("en") for line in section.lines] == ["The dataset has no messages."]
    assert chats.activity(week="last").attrs["messages"] == 0  # no other table takes a week that is not over


def test_the_report_and_the_pages_ask_the_weeks_before_too(tmp_path: Path) -> None:
    """The median wait of three weeks by hand: 40, 20 and 20 s (`support.waits`)."""
    chats = open_dataset(make_dataset(tmp_path / "data", QUESTIONS))
    (wait,) = (one for one in chats.report("2026-W20").sections[0].figures if one.column.name == "first_response_s")
    assert (wait.value, wait.before, wait.usual, wait.weeks) == (20, 20, 30, 2)
    chats.pages(tmp_path / "pages", "2026-W20", lang="en")
    assert "median of 2 weeks (30 s)" in (tmp_path / "pages/index.html").read_text("utf-8")


def test_settings_are_read_from_the_dataset_and_from_a_file(tmp_path: Path) -> None:
    make_dataset(tmp_path / "data", ROWS)
    (tmp_path / "data" / "qunkit.toml").write_text('[tags]\nfun = ["乙"]\n', encoding="utf-8")
    (tmp_path / "more.toml").write_text('[tags]\nwork = ["甲"]\n', encoding="utf-8")
    assert open_dataset(tmp_path / "data").messages(tag="fun").read_all().num_rows == 2
    more = open_dataset(tmp_path / "data", settings=tmp_path / "more.toml")
    assert more.messages(tag="work").read_all().num_rows == 2
    with pytest.raises(BadOption, match="known: work"):
        more.messages(tag="fun")
