"""Tables of no known format, in every container, as --map or qunkit.toml say."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from qunkit import open_dataset, registry
from qunkit.demo.fleet import invent
from qunkit.demo.model import Chat
from qunkit.errors import UnreadableExport
from qunkit.ingest.run import Options, ingest
from qunkit.parsing.source import Source, open_source
from qunkit.schema import KINDS
from support.staged import messages

HEADER = ("when", "who", "said", "room")
ROWS = [("2024-12-01 08:03:10", "阿岚", "早,\n好", "读书会"), ("2024-12-01 08:04:10", "小刘", "=1+1", "读书会")]
COLUMNS = {"time": "when", "sender": "who", "text": "said", "group": "room"}
CALLBACK = {
    "TypeName": "AddMsg",
    "Data": {
        "FromUserName": {"string": "5@chatroom"},
        "ToUserName": {"string": "wxid_bot"},
        "MsgType": 1,
        "Content": {"string": "wxid_alan:\n早\n好"},
        "CreateTime": 1705043418,
        "NewMsgId": 7773749793478223190,
    },
    "Wxid": "wxid_bot",
}
GEWECHAT = {
    "time": "Data.CreateTime",
    "sender_id": "Data.FromUserName.string",
    "group_id": "Data.FromUserName.string",
    "text": "Data.Content.string",
    "id": "Data.NewMsgId",
    "kind": "Data.MsgType",
}


def as_csv(rows: list[tuple[str, ...]]) -> bytes:
    held = io.StringIO()
    csv.writer(held).writerows([HEADER, *rows])
    return held.getvalue().encode()


def as_lines(rows: list[tuple[str, ...]]) -> bytes:
    return "".join(json.dumps(dict(zip(HEADER, row, strict=True))) + "\n" for row in rows).encode()


def as_array(rows: list[tuple[str, ...]]) -> bytes:
    return json.dumps([dict(zip(HEADER, row, strict=True)) for row in rows], indent=1).encode()


def as_document(rows: list[tuple[str, ...]]) -> bytes:
    return json.dumps({"messages": [dict(zip(HEADER, row, strict=True)) for row in rows]}).encode()


def as_workbook(rows: list[tuple[str, ...]]) -> bytes:
    book, held = openpyxl.Workbook(), io.BytesIO()
    for row in [("导出",), HEADER, *rows]:
        book.active.append(row)
    book.save(held)
    return held.getvalue()


CONTAINERS: dict[str, Callable[[list[tuple[str, ...]]], bytes]] = {
    "a.csv": as_csv,
    "a.jsonl": as_lines,
    "a.json": as_array,
    "b.json": as_document,
    "a.xlsx": as_workbook,
}


def opened(tmp_path: Path, content: str | bytes, columns: Mapping[str, str], name: str = "a.csv") -> Source:
    (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return open_source(tmp_path / name, options={"map": json.dumps(columns)})


def rows(source: Source) -> list[dict[str, Any]]:
    batches = list(registry.load("formats", "mapped").read(source))
    return [row for batch in batches for row in batch.messages.to_pylist()]


def of(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_says_the_same(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(CONTAINERS[name](ROWS))
    summary = open_dataset(tmp_path / "data").ingest(path, map=COLUMNS)
    assert [(file.format, file.status, file.total) for file in summary.files] == [("mapped", "ingested", 2)]
    found = messages(tmp_path / "data")[0]
    names = ("sent_at", "time_quality", "group_id", "group_name", "sender_id", "kind", "text")
    at = datetime(2024, 12, 1, 0, 3, 10, tzinfo=UTC), datetime(2024, 12, 1, 0, 4, 10, tzinfo=UTC)
    assert [of(row, *names) for row in found] == [
        (at[0], "local", "name:读书会", "读书会", "name:阿岚", "text", "早,\n好"),
        (at[1], "local", "name:读书会", "读书会", "name:小刘", "text", "=1+1"),
    ]


@pytest.mark.parametrize("name", CONTAINERS)
@pytest.mark.parametrize("size", [127, 1009])
def test_where_blocks_end_does_not_matter(
    name: str, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [(f"2024-12-01 08:{n // 60:02}:{n % 60:02}", "阿岚", f"第{n}句", "读书会") for n in range(200)]
    whole = rows(opened(tmp_path, CONTAINERS[name](many), COLUMNS, name))
    assert [row["text"] for row in whole] == [f"第{n}句" for n in range(200)]
    blocks = Source.blocks
    monkeypatch.setattr(Source, "blocks", lambda self, _=0: blocks(self, size))
    assert rows(opened(tmp_path, CONTAINERS[name](many), COLUMNS, name)) == whole


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_column_that_is_not_there_is_named_with_those_that_are(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableExport) as raised:
        rows(opened(tmp_path, CONTAINERS[name](ROWS), COLUMNS | {"text": "sagte"}, name))
    assert raised.value.sentence("en").endswith("it has no column sagte")
    assert raised.value.hint("zh") == f"已有的列：{', '.join(HEADER)}。"


def test_without_a_map_it_says_how_to_give_one(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(as_csv(ROWS))
    summary = ingest([tmp_path / "a.csv"], tmp_path / "data", Options(format_in="mapped"))
    assert "--map" in (summary.files[0].error.hint("en") or "")  # type: ignore[union-attr]


def test_nothing_is_mapped_by_itself(tmp_path: Path) -> None:
    assert not registry.load("formats", "mapped").sniff(opened(tmp_path, as_csv(ROWS), COLUMNS).head)


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_the_callbacks_of_a_bot(name: str, tmp_path: Path) -> None:
    second = {**CALLBACK, "Data": {**CALLBACK["Data"], "NewMsgId": 7773749793478223191, "MsgType": 10000, "Content": {"string": '"甲"邀请"乙"加入了群聊'}}}  # type: ignore[dict-item]  # fmt: skip
    told = [CALLBACK, second]
    text = json.dumps(told) if name == "a.json" else "".join(json.dumps(one) + "\n" for one in told)
    (tmp_path / name).write_text(text, "utf-8")
    open_dataset(tmp_path / "data").ingest(tmp_path / name, map=GEWECHAT)
    found = sorted(messages(tmp_path / "data")[0], key=lambda row: row["native_id"])
    assert [of(row, "group_id", "sender_id", "text", "native_id", "time_quality") for row in found] == [
        ("5@chatroom", "wxid_alan", "早\n好", "7773749793478223190", "exact"),
        ("5@chatroom", None, '"甲"邀请"乙"加入了群聊', "7773749793478223191", "exact"),
    ]
    assert (found[1]["kind"], found[1]["event"], found[1]["actor_id"]) == ("system", "invited", "name:甲")


def test_somebody_who_talks_alone_is_who_the_column_says(tmp_path: Path) -> None:
    alone = {**CALLBACK, "Data": {**CALLBACK["Data"], "FromUserName": {"string": "wxid_alan"}, "Content": {"string": "在吗"}}}  # type: ignore[dict-item]  # fmt: skip
    (row,) = rows(opened(tmp_path, json.dumps(alone) + "\n", GEWECHAT, "a.jsonl"))
    assert of(row, "group_id", "sender_id", "text") == ("wxid_alan", "wxid_alan", "在吗")


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *((kind, kind) for kind in KINDS),
        *((label.zh, kind) for kind, label in KINDS.items()),
        ("IMAGE", "image"),
        ("3", "image"),
        ("47", "sticker"),
        ("10002", "system"),
        ("49", None),
        ("", None),
        ("新", None),
    ],
)
def test_kinds(word: str, kind: str | None, tmp_path: Path) -> None:
    text = f"when,who,said,what\n2024-12-01 08:03:10,阿岚,早,{word}\n"
    (row,) = rows(opened(tmp_path, text, {"time": "when", "sender": "who", "text": "said", "kind": "what"}))
    assert row["kind"] == kind
    assert row["sender_name"] == (None if kind in ("system", "recall", "pat") else "阿岚")


def test_replies_meet_what_they_answer(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("t,w,x,n,r\n1700000000,a,早,7,\n1700000001,b,好,8,7\n", "utf-8")
    columns = {"time": "t", "sender_id": "w", "text": "x", "id": "n", "reply_to": "r"}
    open_dataset(tmp_path / "data").ingest(tmp_path / "a.csv", map=columns)
    assert [of(row, "sender_id", "reply_to", "reply_how") for row in messages(tmp_path / "data")[0]] == [
        ("a", None, None),
        ("b", "7", "id"),
    ]


def test_times_of_every_sort_and_none(tmp_path: Path) -> None:
    texts = ["1700000000", "1700000000123", "2024-12-01 08:03:10", "2024-12-01T08:03:10+08:00", "bald", "12"]
    source = opened(
        tmp_path, "t,w,x\n" + "".join(f"{text},a,b\n" for text in texts), {"time": "t", "sender": "w", "text": "x"}
    )
    (batch,) = registry.load("formats", "mapped").read(source)
    assert batch.messages["epoch"].to_pylist() == [1700000000000, 1700000000123, None, 1733011390000]
    assert batch.messages["wall"].to_pylist() == [None, None, datetime(2024, 12, 1, 8, 3, 10), None]
    assert [one.reason for one in batch.rejects] == ["bad-time", "time-out-of-range"]


@pytest.mark.parametrize(
    ("dates", "months"),
    [(["3/4/2024 8:03", "31/12/2024 8:03"], [4, 12]), (["3/4/2024 8:03", "12/31/2024 8:03"], [3, 12])],
)
def test_dates_that_end_with_the_year(dates: list[str], months: list[int], tmp_path: Path) -> None:
    text = "t,w,x\n" + "".join(f"{one},a,b\n" for one in dates)
    found = rows(opened(tmp_path, text, {"time": "t", "sender": "w", "text": "x"}))
    assert [row["wall"].month for row in found] == months


def test_dates_that_might_be_either_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableExport, match="day or the month"):
        rows(opened(tmp_path, "t,w,x\n3/4/2024 8:03,a,b\n", {"time": "t", "sender": "w", "text": "x"}))


@pytest.mark.parametrize(
    ("text", "quality"), [("2024-12-01", "day"), ("2024-12-01 08:03", "minute"), ("1700000000", "exact")]
)
def test_how_fine_the_times_are(text: str, quality: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"t,w,x\n{text},a,b\n", "utf-8")
    open_dataset(tmp_path / "data").ingest(tmp_path / "a.csv", map={"time": "t", "sender": "w", "text": "x"})
    assert [row["time_quality"] for row in messages(tmp_path / "data")[0]] == [quality]


def test_files_are_mapped_by_name(tmp_path: Path) -> None:
    for name in ("log1.csv", "other.csv"):
        (tmp_path / name).write_bytes(as_csv(ROWS))
    lines = [f'{field} = "{column}"' for field, column in COLUMNS.items()]
    (tmp_path / "q.toml").write_text("\n".join(['[map."log*.csv"]', *lines]), "utf-8")
    dataset = open_dataset(tmp_path / "data", settings=tmp_path / "q.toml")
    summary = dataset.ingest(tmp_path / "log1.csv", tmp_path / "other.csv")
    assert [(file.format, file.status) for file in summary.files] == [("mapped", "ingested"), (None, "refused")]


def test_another_map_reads_the_same_file_again(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(as_csv(ROWS))
    dataset = open_dataset(tmp_path / "data")
    other = COLUMNS | {"group": "who", "sender": "room"}
    statuses = [
        dataset.ingest(tmp_path / "a.csv", map=columns).files[0].status for columns in (COLUMNS, COLUMNS, other)
    ]
    assert statuses == ["ingested", "already", "ingested"]


@pytest.fixture(scope="module")
def fleet() -> list[Chat]:
    return invent(seed=8, groups=2, weeks=1, plain=False, end=date(2026, 11, 15))


@pytest.mark.parametrize("name", CONTAINERS)
def test_an_invented_fleet_comes_back(name: str, fleet: list[Chat], tmp_path: Path) -> None:
    """Written with the names that members see, as anybody's own program would."""
    told = [(chat, message) for chat in fleet for message in chat.messages if message.kind == "text" and message.sender]
    written = [(str(message.ts), message.sender.person.id, message.text, chat.name) for chat, message in told]  # type: ignore[union-attr]
    (tmp_path / name).write_bytes(CONTAINERS[name](written))
    columns = {"time": "when", "sender_id": "who", "text": "said", "group": "room"}
    summary = open_dataset(tmp_path / "data").ingest(tmp_path / name, map=columns)
    assert (summary.code, summary.files[0].new) == (0, len(written))
    found = [
        (str(int(row["sent_at"].timestamp())), row["sender_id"], row["text"], row["group_name"])
        for row in messages(tmp_path / "data")[0]
    ]
    assert sorted(found) == sorted(written)
