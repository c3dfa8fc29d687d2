"""The made-up exports of EchoTrace, row by row, and what tells them from those of WeFlow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qunkit.exports import Head
from qunkit.formats import echotrace_json, echotrace_xlsx, weflow_json, weflow_xlsx
from qunkit.ingest.run import ingest
from qunkit.parsing.source import open_source
from support.staged import members, messages

MADE = Path(__file__).parents[1] / "samples/made"
(JSON,), (XLSX,) = ((MADE / name).iterdir() for name in ("echotrace_json", "echotrace_xlsx"))
BEGIN = 1733310000
SHU, YU, CHEN = "wxid_shu0000000011", "wxid_yu00000000022", "chen_laoshi"
SAID: list[tuple[Any, ...]] = [
    (None, "system", '"雨"邀请"陈老师"加入了群聊', "invited", YU, [CHEN]),
    (SHU, "text", "今晚读第三章\n@陈老师\u2005来领读", None, None, None),
    (CHEN, "text", "好[微笑]", None, None, None),
    (YU, "image", "", None, None, None),
    (CHEN, "quote", "是这一页吗", None, None, None),
    (YU, "sticker", "", None, None, None),
    (SHU, "link", "书评", None, None, None),
    (SHU, "file", "第三章.pdf", None, None, None),
    (YU, "voice", "", None, None, None),
    (None, "recall", '"雨" 撤回了一条消息', "recalled", YU, None),
]


@pytest.mark.parametrize("path", [JSON, XLSX])
def test_every_message_is_as_it_was_written(path: Path, tmp_path: Path) -> None:
    ingest([path], tmp_path)
    rows = messages(tmp_path)[0]
    told = ("sender_id", "kind", "text", "event", "actor_id", "target_ids")
    assert [tuple(row[name] for name in told) for row in rows] == SAID
    assert [int(row["sent_at"].timestamp()) for row in rows] == [BEGIN + 60 * n for n in range(1, 11)]
    assert {(row["group_id"], row["group_name"], row["native_id"]) for row in rows} == {
        ("70000000001@chatroom", "周三读书会", None)
    }
    assert [row["from_me"] for row in rows if row["sender_id"] == SHU] == [True] * 3
    assert not any(row["from_me"] for row in rows if row["sender_id"] != SHU)
    assert rows[1]["mention_ids"] == [CHEN]


@pytest.mark.parametrize(("path", "complete", "account"), [(JSON, True, "shu11"), (XLSX, False, None)])
def test_members_have_all_their_names(path: Path, complete: bool, account: str | None, tmp_path: Path) -> None:
    ingest([path], tmp_path)
    told = [(row["member_id"], row["nickname"], row["remark"], row["complete"]) for row in members(tmp_path)]
    assert sorted(told) == [
        (CHEN, "陈老师", None, complete),
        (SHU, "小舒", None, complete),
        (YU, "小雨", "雨", complete),
    ]
    assert [row["account"] for row in members(tmp_path) if row["member_id"] == SHU] == [account]


def test_both_exports_are_one_chat(tmp_path: Path) -> None:
    ingest([JSON, XLSX], tmp_path)
    assert len(messages(tmp_path)[0]) == len(SAID)


def test_the_time_of_the_export_tells_the_json_from_that_of_weflow(tmp_path: Path) -> None:
    document = json.loads(JSON.read_text("utf-8"))
    assert not weflow_json.sniff(open_source(JSON).head)
    path = tmp_path / "a.json"
    path.write_text(json.dumps({**document, "messages": document["messages"][1:], "exportTime": None}), "utf-8")
    assert echotrace_json.sniff(open_source(path).head)
    del document["exportTime"]
    path.write_text(json.dumps({**document, "messages": document["messages"][1:]}), "utf-8")
    assert not echotrace_json.sniff(open_source(path).head)
    assert weflow_json.sniff(open_source(path).head)


FULL = ("序号", "时间", "发送者昵称", "发送者微信ID", "发送者备注", "发送者身份", "消息类型", "内容")
GROUP = (*FULL[:5], "群昵称", *FULL[5:])
COMPACT = ("序号", "时间", "发送者身份", "消息类型", "内容")


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        ((("导出工具", "WeFlow", "导出版本"), GROUP), "weflow"),
        ((("导出工具", "WeFlow", "导出版本"), FULL), "weflow"),
        ((("导出工具", "WeFlow", "导出版本"), COMPACT), "weflow"),
        ((GROUP,), "weflow"),
        ((COMPACT,), "weflow"),
        ((("会话信息",), FULL), "echotrace"),
        ((FULL, ("导出工具", "WeFlow")), "echotrace"),
        ((("导出工具", "WeFlow"), FULL[1:4]), None),
        ((), None),
    ],
)
def test_a_workbook_is_of_one_of_them(rows: tuple[tuple[str, ...], ...], answer: str | None) -> None:
    head = Head("", ("a.xlsx",), sheets={"别的": (("x",),), "聊天记录": rows})
    assert (weflow_xlsx.sniff(head), echotrace_xlsx.sniff(head)) == (answer == "weflow", answer == "echotrace")
