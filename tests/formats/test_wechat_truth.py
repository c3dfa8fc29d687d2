"""The samples of WeChat's own outputs and of exporters that cannot be run here, message by message against what was written into them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qunkit.ingest.run import ingest
from support.staged import messages
from support.truth import wechat, wechat_tools
from support.truth.base import SAMPLES

ROOM = "90817263541@chatroom"
CHEN, LAN, YU = "wxid_chenmo0021122", "wxid_lan0000001122", "xiaoyu_reads"
_CHEN, _LAN, _YU, _CAT = "name:陈墨", "name:阿岚", "name:小雨🌧", "name:喵喵11:00-20:00"
WELCOME, CHAPTER = "欢迎！今晚读第三章[微笑]", "提醒:\n第三章讲“等待”"
ASKED = f"{CHAPTER}\n\n@小雨🌧 你来领读?"
LINK = "第三章导读：等待与抵达\nhttps://read.example.invalid/3"
GROUP = "周三读书会(共读)"

Row = tuple[str, str | None, str, str | None, dict[str, Any]]
"""Wall clock, sender, kind, text, and what else is to be said of it. ``answers`` is the number of the row that it answers."""

DECRYPT_0: list[Row] = [
    (
        "2024-12-04 19:30:00",
        None,
        "system",
        '"陈墨"邀请"小雨🌧"加入了群聊',
        {"event": "invited", "actor_id": CHEN, "target_ids": [YU], "native_id": "7304118820563394021"},
    ),
    ("2024-12-04 19:30:05", CHEN, "text", WELCOME, {"native_id": "2755705033944784198", "sender_name": "陈墨"}),
    ("2024-12-04 19:30:30", LAN, "text", ASKED, {"mention_ids": [YU], "from_me": True, "sender_name": None}),
    ("2024-12-04 19:31:02", YU, "quote", "好的，我准备一下", {"answers": 2, "reply_how": "id"}),
    ("2024-12-04 19:31:02", YU, "image", "", {"extra": '{"md5":"9e107d9d372bb6826bd81d3542a419d6"}'}),
    ("2024-12-04 19:31:10", LAN, "voice", "", {"from_me": True}),
    ("2024-12-04 19:31:20", CHEN, "contact_card", "编辑老何", {}),
    ("2024-12-04 19:31:30", CHEN, "link", LINK, {}),
]
DECRYPT_1: list[Row] = [
    ("2024-12-05 10:30:10", YU, "location", "角落书店", {}),
    ("2024-12-05 10:31:40", LAN, "solitaire", "#接龙\n周三到场\n\n1. 阿岚\n2. 陈墨 带点心", {"from_me": True}),
    ("2024-12-05 10:32:00", None, "recall", '"小雨🌧" 撤回了一条消息', {"event": "recalled"}),
]
DECRYPT_CSV: list[Row] = [
    ("2024-12-04 19:30:05", _CHEN, "text", WELCOME, {"native_id": "2755705033944784198"}),
    ("2024-12-04 19:30:30", "me", "text", ASKED, {"mention_ids": [_YU], "from_me": True}),
    (
        "2024-12-04 19:31:02",
        _YU,
        "quote",
        "好的，我准备一下",
        {"reply_how": "unknown", "native_id": "6611223344556677889"},
    ),
    ("2024-12-04 19:31:02", _YU, "image", "", {}),
    ("2024-12-04 19:31:10", "me", "voice", "", {}),
    ("2024-12-04 19:31:20", _CHEN, "contact_card", "编辑老何", {}),
    ("2024-12-04 19:31:30", _CHEN, "link", "第三章导读：等待与抵达", {}),
    ("2024-12-05 10:30:10", _YU, "location", "角落书店", {}),
    ("2024-12-05 10:31:40", "me", "announcement", None, {}),  # behind the 200 characters that are kept
    ("2024-12-05 10:32:00", None, "recall", '"小雨🌧" 撤回了一条消息', {"event": "recalled", "actor_id": _YU}),
]
WX_CLI: list[Row] = [
    ("2024-12-04 19:30:00", None, "system", '"陈墨"邀请"小雨🌧"加入了群聊', {"event": "invited", "target_ids": [YU]}),
    ("2024-12-04 19:30:05", CHEN, "text", WELCOME, {"native_id": "2755705033944784198"}),
    ("2024-12-04 19:30:30", LAN, "text", ASKED, {"mention_ids": [YU]}),
    ("2024-12-04 19:31:02", YU, "quote", "好的，我准备一下", {"reply_how": "unknown"}),
    ("2024-12-04 19:31:02", YU, "image", "", {}),
    ("2024-12-05 10:32:00", None, "recall", '"小雨🌧" 撤回了一条消息', {"event": "recalled", "actor_id": YU}),
]
WX_CLI_TXT: list[Row] = [
    ("2024-12-04 19:30:00", _CHEN, "text", WELCOME, {}),
    ("2024-12-04 19:30:00", _LAN, "text", CHAPTER, {}),
    ("2024-12-04 19:31:00", _YU, "image", "", {}),
    ("2024-12-05 10:32:00", _YU, "text", "早", {}),
]
DUMP: list[Row] = [
    ("2015-03-08 12:40:00", None, "system", '"陈墨"邀请"小雨🌧"加入了群聊', {"event": "invited", "actor_id": _CHEN}),
    ("2015-03-08 12:47:05", _CHEN, "text", WELCOME, {}),
    ("2015-03-08 12:48:11", "me", "text", f"{CHAPTER}\n\n1. 带书", {"from_me": True}),
    ("2015-03-08 12:49:00", _YU, "image", "", {"extra": '{"img":"th_5eb63bbbe01eeed093cb22bb8f5acdc3"}'}),
    ("2015-03-08 12:50:30", _CHEN, "link", "第三章导读\nhttps://read.example.invalid/3", {}),
    ("2015-03-08 12:51:00", "name:新人:甲", "text", "好", {}),
]
EXPORTER_TXT: list[Row] = [
    ("2024-12-04 19:30:05", _CHEN, "text", WELCOME, {}),
    ("2024-12-04 19:30:05", None, "system", '"陈墨"邀请"小雨🌧"加入了群聊', {"event": "invited", "target_ids": [_YU]}),
    ("2024-12-04 19:30:30", _LAN, "text", f"{CHAPTER}\n\n先看红包封面", {}),
    ("2024-12-04 19:30:30", None, "quote", "好的，我准备一下", {"answers": 2}),  # whose, the file does not say
    ("2024-12-04 19:31:02", _YU, "image", "", {}),
    ("2024-12-04 19:31:20", "name:新人 (1)", "text", "大家好", {}),
    ("2024-12-04 19:31:40", _CHEN, "quote", "这句带着时间", {"reply_how": "unknown"}),
    ("2024-12-04 19:31:40", None, "recall", '"小雨🌧" 撤回了一条消息', {"event": "recalled", "actor_id": _YU}),
]
EXPORTER_HTML: list[Row] = [
    ("2024-12-04 19:30:05", CHEN, "text", WELCOME, {"sender_name": "陈墨", "from_me": False}),
    ("2024-12-04 19:30:05", None, "system", '"陈墨"邀请"小雨🌧"加入了群聊', {"event": "invited", "target_ids": [YU]}),
    ("2024-12-04 19:30:30", LAN, "text", f"{CHAPTER} <上>\n\n先看 & 再说", {"from_me": True}),
    ("2024-12-04 19:31:02", YU, "image", "", {}),
    ("2024-12-04 19:31:20", YU, "quote", "七点", {"reply_how": "unknown"}),
]
IOS: list[Row] = [
    ("2024-12-04 19:30:00", _CHEN, "text", WELCOME, {}),
    ("2024-12-04 19:30:00", _LAN, "text", f"{CHAPTER}\n\n集合 8:30", {}),
    ("2024-12-04 19:31:00", _YU, "image", "", {}),
    ("2024-12-04 19:34:00", _CAT, "quote", "收到", {"answers": 0, "reply_how": "text"}),
    ("2024-12-05 04:02:00", _YU, "text", "早", {}),
]
IOS_12: list[Row] = [
    ("2016-04-13 00:08:00", _CHEN, "text", "在吗", {}),
    ("2016-04-13 17:08:00", _YU, "text", "刚看到", {}),
    ("2016-04-14 12:00:00", _CHEN, "text", "没事了", {}),
]
ANDROID: list[Row] = [
    ("2024-12-04 19:30:00", _CHEN, "text", WELCOME, {}),
    ("2024-12-04 19:34:00", _CAT, "image", "", {}),
    ("2024-12-04 19:35:00", _LAN, "text", "明天 20:00\n\n记得", {}),
    ("2024-12-05 04:02:00", _YU, "video", "", {}),
]
HTML_MAIL: list[Row] = [
    ("2024-12-04 19:30:00", _CHEN, "text", WELCOME, {}),
    ("2024-12-04 19:30:00", _LAN, "text", f"{CHAPTER} <上>", {}),
    ("2024-12-04 19:31:00", _YU, "image", "", {}),
    ("2024-12-05 04:02:00", _YU, "text", "早", {}),
]
_PLAN = f"{CHAPTER}\n\n活动时间 2024年12月11日 19:30"
COPY: list[Row] = [
    ("2024-12-04 19:30:00", _CHEN, "text", WELCOME, {}),
    ("2024-12-04 19:30:00", _LAN, "text", _PLAN, {}),
    ("2024-12-04 19:31:00", _YU, "quote", "好的，我准备一下", {"answers": 1}),
    ("2024-12-04 19:31:00", _YU, "image", "", {}),
    ("2024-12-04 19:31:00", _LAN, "voice", "", {}),
    ("2024-12-04 19:31:00", _CHEN, "link", LINK, {}),
    ("2024-12-04 19:32:00", _CHEN, "file", "第三章.pdf", {}),
    ("2024-12-05 10:31:00", _LAN, "text", "·陈墨\n2024年12月04日 19:30\n欢迎！", {}),
    ("2024-12-05 10:32:00", _YU, "quote", "来晚了", {"reply_how": "unknown"}),
    ("2024-12-05 10:33:00", _CHEN, "red_packet", "", {}),
]
MAC: list[Row] = [
    ("2024-12-04 19:30:00", _CHEN, "image", "", {}),
    ("2024-12-04 19:31:00", _YU, "miniprogram", "书店地图", {}),
    ("2024-12-04 19:31:00", _LAN, "video", "", {}),
    ("2024-12-04 19:31:00", _LAN, "text", "[Photo] 是上周拍的", {}),
]
PC_COPY: list[Row] = [
    ("2024-12-04 00:00:00", _CHEN, "text", WELCOME, {}),
    ("2024-12-04 00:00:00", _LAN, "text", "第三章讲“等待”\n7:30 开始", {}),
    ("2024-12-04 00:00:00", _YU, "image", "", {}),
    ("2024-12-04 00:00:00", _CHEN, "quote", "不见不散", {"answers": 1}),
]

TRUTH: dict[str, tuple[str | None, str, str, list[Row]]] = {
    f"made/wechat_decrypt_json/{GROUP}/message_0.db.json": (ROOM, GROUP, "exact", DECRYPT_0),
    f"made/wechat_decrypt_json/{GROUP}/message_1.db.json": (ROOM, GROUP, "exact", DECRYPT_1),
    f"made/wechat_decrypt_csv/{GROUP}/message_0.db.csv": (ROOM, GROUP, "local", DECRYPT_CSV),
    f"made/wx_cli_json/{GROUP}.json": (ROOM, GROUP, "exact", WX_CLI),
    f"made/wx_cli_txt/{GROUP}.txt": (None, GROUP, "minute", WX_CLI_TXT),
    "made/wechat_dump_txt/周三读书会.txt": (None, "周三读书会", "local", DUMP),
    f"made/wechatexporter_txt/{GROUP}.txt": (None, GROUP, "local", EXPORTER_TXT),
    "made/wechatexporter_html/周三读书会.html": (None, GROUP, "local", EXPORTER_HTML),
    "made/wechat_mail_txt/ios.txt": (None, GROUP, "minute", IOS),
    "made/wechat_mail_txt/ios_12_hours.txt": (None, "陈墨和小雨🌧", "minute", IOS_12),
    "made/wechat_mail_txt/android.txt": (None, GROUP, "minute", ANDROID),
    "made/wechat_mail_eml/base64.eml": (None, GROUP, "minute", IOS),
    "made/wechat_mail_eml/html.eml": (None, GROUP, "minute", HTML_MAIL),
    "made/wechat_copy/周三读书会.txt": (None, "周三读书会", "minute", COPY),
    "made/wechat_copy/mac.txt": (None, "mac", "minute", MAC),
    "made/wechat_pc_copy/周三读书会 2024-12-04.txt": (None, "周三读书会", "day", PC_COPY),
}
"""Sample → id and name of its group, quality of its times, its messages."""


def test_every_sample_has_a_truth() -> None:
    assert set(TRUTH) == set(wechat.BELONGS) | set(wechat_tools.BELONGS)


@pytest.mark.parametrize("sample", TRUTH)
def test_every_message_is_as_it_was_said(sample: str, tmp_path: Path) -> None:
    room, name, quality, told = TRUTH[sample]
    summary = ingest([SAMPLES / sample], tmp_path / "data")
    assert [(file.status, file.rejected) for file in summary.files] == [("ingested", 0)]
    found = sorted(messages(tmp_path / "data")[0], key=lambda row: (row["sent_at"], row["seq"]))
    assert {row["group_id"] for row in found} == {room or f"name:{name}"}
    assert {row["group_name"] for row in found} == {name}
    assert {row["time_quality"] for row in found} == {quality}
    assert [_said(row) for row in found] == [row[:4] for row in told]
    for row, (*_, more) in zip(found, told, strict=True):
        assert (row["reply_to"] is not None) == ("answers" in more)
        if "answers" in more:
            assert row["reply_to"] == found[more["answers"]]["message_id"]
        wanted = {key: value for key, value in more.items() if key != "answers"}
        assert {key: row[key] for key in wanted} == wanted
        assert "event" in more or row["event"] is None


def _said(row: dict[str, Any]) -> tuple[Any, ...]:
    return str(row["local_time"]), row["sender_id"], row["kind"], row["text"]


def test_the_files_of_one_chat_are_one_group(tmp_path: Path) -> None:
    """The shards of a chat, and its CSV beside them, which says less of the same messages."""
    ingest([SAMPLES / "made/wechat_decrypt_json", SAMPLES / "made/wechat_decrypt_csv"], tmp_path / "data")
    rows = messages(tmp_path / "data")[0]
    assert {row["group_id"] for row in rows} == {ROOM}
    own = [row for row in rows if row["from_me"]]
    assert {row["sender_id"] for row in own if row["native_id"] == "5120938471120938475"} == {LAN}
    only_in_csv = [row["native_id"] for row in rows if row["native_id"] == "9900112233445566770"]
    assert len(only_in_csv) == 1
    assert len(rows) == len(DECRYPT_0) + len(DECRYPT_1) + len(only_in_csv)
