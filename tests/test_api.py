"""The Python front door gives the same answers as the command line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import qunkit
from qunkit import Dataset, open_dataset, registry
from qunkit.api import to_frame
from qunkit.errors import BadOption, NoSuchGroup, UsageError
from qunkit.results import Column, Result
from qunkit.schema import MESSAGES
from qunkit.words import Text
from support.datasets import make_dataset

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
    assert list(chats.groups().rows()) == list(chats.analyze("groups").rows())
    with pytest.raises(AttributeError, match="nonsense"):
        chats.nonsense()


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
    assert chats.activity(week="last").facts["messages"] == 0  # no other table takes a week that is not over


def test_settings_are_read_from_the_dataset_and_from_a_file(tmp_path: Path) -> None:
    make_dataset(tmp_path / "data", ROWS)
    (tmp_path / "data" / "qunkit.toml").write_text('[tags]\nfun = ["乙"]\n', encoding="utf-8")
    (tmp_path / "more.toml").write_text('[tags]\nwork = ["甲"]\n', encoding="utf-8")
    assert open_dataset(tmp_path / "data").messages(tag="fun").read_all().num_rows == 2
    more = open_dataset(tmp_path / "data", settings=tmp_path / "more.toml")
    assert more.messages(tag="work").read_all().num_rows == 2
    with pytest.raises(BadOption, match="known: work"):
        more.messages(tag="fun")
