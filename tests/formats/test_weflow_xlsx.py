"""WeFlow's workbooks: every variant of columns, what labels and words say, whose they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from qunkit.ingest.run import ingest
from support.staged import members, messages

FULL = ("序号", "时间", "发送者昵称", "发送者微信ID", "发送者备注", "发送者身份", "消息类型", "内容")
GROUP = (*FULL[:5], "群昵称", *FULL[5:])
COMPACT = ("序号", "时间", "发送者身份", "消息类型", "内容")
ROOM = ("微信ID", "1@chatroom", "", "昵称", "读书会", "备注")
SAID = {
    "发送者昵称": "小王",
    "发送者微信ID": "wxid_a",
    "发送者备注": "老王",
    "群昵称": "王",
    "发送者身份": "老王",
    "消息类型": "文本消息",
    "内容": "早",
}
NOTICE = {
    **SAID,
    "发送者昵称": "读书会",
    "发送者微信ID": "1@chatroom",
    "发送者备注": "",
    "群昵称": "",
    "发送者身份": "读书会",
}


def ingested(
    folder: Path,
    header: tuple[str, ...],
    *said: dict[str, str],
    facts: tuple[str, ...] = ROOM,
    name: str = "读书会.xlsx",
) -> list[dict[str, Any]]:
    """The messages of a workbook with these rows, a minute apart."""
    book = openpyxl.Workbook()
    book.active.title = "聊天记录"
    for row in (("会话信息",), facts, ("导出工具", "WeFlow", "导出版本", "0.0.2"), header):
        book.active.append(row)
    for minute, one in enumerate(said):
        told = {**SAID, "序号": minute, "时间": f"2024-12-01 08:{minute:02d}:00", **one}
        book.active.append([told[column] for column in header])
    book.save(folder / name)
    summary = ingest([folder / name], folder / "data")
    assert [(file.format, file.rejected) for file in summary.files] == [("weflow_xlsx", 0)]
    return messages(folder / "data")[0]


@pytest.mark.parametrize(
    ("header", "sender", "shown"),
    [(GROUP, "wxid_a", "王"), (FULL, "wxid_a", "小王"), (COMPACT, "name:老王", "老王")],
)
def test_every_variant(tmp_path: Path, header: tuple[str, ...], sender: str, shown: str) -> None:
    (row,) = ingested(tmp_path, header, {})
    assert (row["sender_id"], row["sender_name"], row["kind"], row["text"]) == (sender, shown, "text", "早")
    assert (row["group_id"], row["group_name"], str(row["local_time"])) == (
        "1@chatroom",
        "读书会",
        "2024-12-01 08:00:00",
    )
    assert (row["native_id"], row["from_me"], row["time_quality"]) == (None, None, "local")
    names = [
        (one["member_id"], one["nickname"], one["remark"], one["group_nickname"]) for one in members(tmp_path / "data")
    ]
    card = "王" if header == GROUP else None
    assert names == ([] if header == COMPACT else [("wxid_a", "小王", "老王", card)])


@pytest.mark.parametrize("header", [GROUP, FULL, COMPACT])
@pytest.mark.parametrize(
    ("label", "words", "event"),
    [
        ("系统消息", '"老王"邀请"乙"加入了群聊', "invited"),
        ("其他消息", '"老王" 拍了拍 "乙"', "patted"),
        ("系统消息", "新的提示", "other"),
    ],
)
def test_notices_are_nobodys(tmp_path: Path, header: tuple[str, ...], label: str, words: str, event: str) -> None:
    row, _ = ingested(tmp_path, header, {**NOTICE, "消息类型": label, "内容": words}, {})
    assert (row["sender_id"], row["event"], row["text"]) == (None, event, words)
    assert row["actor_id"] == (None if event == "other" else "name:老王" if header == COMPACT else "wxid_a")


@pytest.mark.parametrize(
    ("label", "words", "kind", "text"),
    [
        ("图片消息", "[图片]", "image", ""),
        ("语音消息", "[其他消息]", "voice", ""),
        ("语音消息", "明天见", "voice", "明天见"),
        ("其他消息", "[其他消息]", "other", None),
        ("其他消息", "[链接]#接龙\n1. 甲", "solitaire", "#接龙\n1. 甲"),
        ("其他消息", "[红包]微信红包", "red_packet", None),
        ("其他消息", "[链接]当前版本不支持展示该内容，请升级至最新版本。", "channels", None),
        ("引用消息", "好[引用 甲：几点]", "quote", "好"),
        ("文件消息", "[文件]路线.pdf", "file", "路线.pdf"),
        ("文本消息", "[文件]路线.pdf", "text", "[文件]路线.pdf"),
        ("文本消息", "=1+1", "text", "=1+1"),
    ],
)
def test_labels_and_words(tmp_path: Path, label: str, words: str, kind: str, text: str | None) -> None:
    (row,) = ingested(tmp_path, COMPACT, {"消息类型": label, "内容": words})
    assert (row["kind"], row["text"]) == (kind, text)


def test_a_private_chat(tmp_path: Path) -> None:
    own = {**SAID, "发送者昵称": "阿岚", "发送者微信ID": "wxid_me", "发送者备注": "", "发送者身份": "我"}
    told = ingested(
        tmp_path, FULL, {}, own, {"消息类型": "系统消息", "内容": "以上是打招呼的内容"}, facts=("微信ID", "wxid_a", "", "昵称", "wxid_a"),
        name="私聊_老王.xlsx",
    )  # fmt: skip
    assert [(row["sender_id"], row["from_me"], row["kind"]) for row in told] == [
        ("wxid_a", None, "text"),
        ("wxid_me", True, "text"),
        (None, None, "system"),
    ]
    assert {(row["group_id"], row["group_name"]) for row in told} == {("wxid_a", "老王")}
