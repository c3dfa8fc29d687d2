"""WeFlow's CSV for WeClone: types and words, notices, ids, times; and an independent slow reader."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.exports import Head
from qunkit.formats import weclone_csv
from qunkit.parsing.source import Source, open_source

HEADER = ["id", "MsgSvrID", "type_name", "is_sender", "talker", "msg", "src", "CreateTime"]
SAID = dict(
    zip(HEADER, ["1", "2755705033944784198", "text", "0", "小王", "早", "", "2024-11-30T15:58:22.000Z"], strict=True)
)
Row = dict[str, Any]
Write = Callable[..., Source]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(*said: dict[str, str]) -> Source:
        path = tmp_path / "读书会.csv"
        text = io.StringIO()
        csv.DictWriter(text, HEADER).writerows(
            [dict(zip(HEADER, HEADER, strict=True)), *({**SAID, **one} for one in said)]
        )
        path.write_bytes(text.getvalue().encode("utf-8-sig"))
        return open_source(path)

    return _write


def rows(source: Source) -> list[Row]:
    return [row for batch in weclone_csv.read(source) for row in batch.messages.to_pylist()]


@pytest.mark.parametrize(
    ("type_", "words", "kind", "text"),
    [
        ("text", "早", None, "早"),
        ("text", "\n[链接] 我打的", "text", "\n[链接] 我打的"),
        ("text", "", None, None),  # a card without words: that of a contact
        ("text", "[链接] 书评", "link", "书评"),
        ("text", "[接龙] #接龙", "solitaire", None),
        ("text", "当前版本不支持展示该内容，请升级至最新版本。", "channels", None),
        ("text", "微信红包", "red_packet", None),
        ("text", "好[引用 甲：几点]", "quote", "好"),
        ("text", '你邀请"乙"加入了群聊 你邀请"乙"加入了群聊 invite 撤销wxid_b', None, '你邀请"乙"加入了群聊'),
        ("text", '"甲"邀请"乙"加入了群聊  "甲"邀请"乙"加入了群聊 invite 撤销', None, '"甲"邀请"乙"加入了群聊'),
        ("text", "甲 乙 invite 撤销", None, "甲 乙 invite 撤销"),
        ("image", "", "image", ""),
        ("image", "images/1.jpg", "image", "images/1.jpg"),
        ("sticker", "[表情包]", "sticker", ""),
        ("voice", "", "voice", ""),
        ("file", "[文件] 路线 &quot;1&quot;.pdf", "file", '路线 "1".pdf'),
        ("location", "[位置] 东门 大道1号 (31.2,121.4)", "location", "东门"),
        ("other", "[转账] ￥1.00", "transfer", "￥1.00"),
    ],
)
def test_types_and_words(write: Write, type_: str, words: str, kind: str | None, text: str | None) -> None:
    (row,) = rows(write({"type_name": type_, "msg": words}))
    assert (row["kind"], row["text"], row["native_type"]) == (kind, text, type_)


def test_what_else_a_row_says(write: Write) -> None:
    told = rows(write({"talker": "读书会"}, {"is_sender": "1"}, {"MsgSvrID": "2.75571E+18"}, {"MsgSvrID": ""}))
    assert [row["sender_name"] for row in told] == ["读书会", "小王", "小王", "小王"]
    assert [row["from_me"] for row in told] == [False, True, False, False]
    assert [row["native_id"] for row in told] == [SAID["MsgSvrID"]] * 2 + [None] * 2
    assert {(row["group_id"], row["group_name"], row["sender_id"]) for row in told} == {(None, "读书会", None)}


@pytest.mark.parametrize(
    ("time", "epoch"),
    [
        ("2024-11-30T15:58:22.000Z", 1732982302000),
        ("2024-11-30T15:58:22Z", 1732982302000),
        ("2024-11-30T15:58:22.250Z", 1732982302250),
        ("2024-11-30T23:58:22+08:00", 1732982302000),
        ("2024-11-30T15:58:22", None),
        ("2024-02-30T15:58:22Z", None),
        ("", None),
        ("bald", None),
    ],
)
@pytest.mark.parametrize("others", [0, 2])
def test_times(write: Write, time: str, epoch: int | None, others: int) -> None:
    source = write({"CreateTime": time}, *[{}] * others)
    batches = list(weclone_csv.read(source))
    told = [row["epoch"] for batch in batches for row in batch.messages.to_pylist()]
    assert told == [*([epoch] if epoch else []), *[1732982302000] * others]
    assert [reject.reason for batch in batches for reject in batch.rejects] == ([] if epoch else ["bad-time"])


@pytest.mark.parametrize(
    ("columns", "answer"),
    [
        (HEADER, True),
        (HEADER[::-1], True),
        ([*HEADER, "more"], True),
        ([*HEADER[:5], "room_name", *HEADER[5:]], False),
        (HEADER[:-1], False),
        (["localId", *HEADER[2:]], False),
    ],
)
def test_a_room_is_of_pywxdump(columns: list[str], answer: bool) -> None:
    assert weclone_csv.sniff(Head(",".join(columns) + "\r\n", ("a.csv",))) is answer


TEXT = st.text(st.sampled_from("ab早🍉\",; \n\t'\u2028="), max_size=20)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.lists(st.tuples(TEXT, TEXT, st.integers(0, 10**9)), min_size=1, max_size=8))
def test_agrees_with_a_slow_reader(write: Write, said: list[tuple[str, str, int]]) -> None:
    source = write(
        *(
            {
                "talker": name,
                "msg": words or "x",
                "CreateTime": datetime.fromtimestamp(10**9 + at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            }
            for name, words, at in said
        )
    )
    text = source.path.read_bytes().decode("utf-8-sig")
    slow = list(csv.DictReader(io.StringIO(text, newline="")))
    told = [(row["sender_name"], row["text"], row["epoch"]) for row in rows(source)]
    assert told == [
        (row["talker"], row["msg"], int(datetime.fromisoformat(row["CreateTime"]).timestamp() * 1000)) for row in slow
    ]
