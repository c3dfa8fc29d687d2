"""QQChatExporter's workbook: what its columns say, and the list of resources behind a text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from qunkit.formats import qce_xlsx
from qunkit.parsing.source import open_source

HEADER = ("序号", "时间", "发送者", "发送者QQ号", "消息类型", "消息内容", "是否撤回", "资源数量")


def row(text: str = "早", **more: Any) -> tuple[Any, ...]:
    told = {"序号": 1, "时间": "2024-12-01 00:00:01", "发送者": "Kevin", "发送者QQ号": "10002", "消息类型": "type_2"}
    told |= {"消息内容": text, "是否撤回": "否", "资源数量": 0} | more
    return tuple(told[name] for name in HEADER)


def read(
    folder: Path, *rows: tuple[Any, ...], header: tuple[str, ...] = HEADER
) -> tuple[list[dict[str, Any]], list[str]]:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "聊天记录"
    for one in (header, *rows):
        sheet.append(one)
    book.create_sheet("统计信息").append(("统计项目", "数值"))
    path = folder / "group_徒步群_770011223_20250109_120000.xlsx"
    book.save(path)
    source = open_source(path)
    assert qce_xlsx.sniff(source.head)
    batches = list(qce_xlsx.read(source))
    return (
        [one for batch in batches for one in batch.messages.to_pylist()],
        [reject.reason for batch in batches for reject in batch.rejects],
    )


@pytest.mark.parametrize(
    ("told", "kind", "text"),
    [
        (row(), "text", "早"),
        (row("[图片: a.jpg] [image: a.jpg]", 资源数量=1), "image", ""),
        (row("看[图片: a.jpg][图片: b.jpg] [image: a.jpg] [image: b.jpg]", 资源数量=2), "text", "看"),
        (row("[文件: 路线[1].pdf] [file: 路线[1].pdf]", 资源数量=1), "file", "路线[1].pdf"),
        (row("看 [image: a.jpg]"), "text", "看 [image: a.jpg]"),
        (row("[语音 5秒] [audio: v.silk]", 消息类型="type_6", 资源数量="1"), "voice", ""),
        (row("[无文本内容]", 消息类型="type_7"), "other", None),
        (row("好的[[微笑]]"), "text", "好的[微笑]"),
        (row("=1+1"), "text", "=1+1"),
        (row("[回复 Kevin: 早]\n好", 消息类型="type_9"), "quote", "好"),
    ],
)
def test_what_a_text_says(told: tuple[Any, ...], kind: str, text: str | None, tmp_path: Path) -> None:
    (found,), rejects = read(tmp_path, told)
    assert (found["kind"], found["text"], rejects) == (kind, text, [])


def test_who_speaks_and_what_was_recalled(tmp_path: Path) -> None:
    rows, _ = read(
        tmp_path,
        row(),
        row("小王 加入了群聊", 消息类型="type_5", 发送者="Alice", 发送者QQ号="1"),
        row(发送者QQ号="0", 是否撤回="是"),
        row(发送者QQ号=None),
    )
    assert [(one["sender_id"], one["sender_name"], one["kind"], one["extra"]) for one in rows] == [
        ("10002", "Kevin", "text", None),
        (None, None, "system", None),
        (None, "Kevin", "text", '{"recalled":true}'),
        (None, "Kevin", "text", None),
    ]
    assert {(one["group_id"], one["group_name"]) for one in rows} == {("770011223", "徒步群")}


def test_a_quoted_name_with_a_colon_is_cut_where_somebody_spoke(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, row(发送者="刘: 甲"), row("[回复 刘: 甲: 早]\n好"))
    assert (rows[1]["quote_sender"], rows[1]["quote_text"]) == ("刘: 甲", "早")


def test_bad_times_are_rejects(tmp_path: Path) -> None:
    rows, rejects = read(tmp_path, row(时间="昨天"), row(时间="1970-01-01 00:00:00"), row(时间="2024-12-01 08:00"))
    assert (len(rows), rejects) == (1, ["bad-time", "time-out-of-range"])


def test_columns_may_stand_in_any_order_but_none_may_be_missing(tmp_path: Path) -> None:
    backwards = tuple(reversed(HEADER))
    (found,), _ = read(tmp_path, tuple(reversed(row())), header=backwards)
    assert (found["sender_id"], found["text"]) == ("10002", "早")
    with pytest.raises(AssertionError):
        read(tmp_path, row()[:-1], header=HEADER[:-1])
