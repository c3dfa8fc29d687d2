"""wx-cli's JSON by hand. The sample is compared in test_wechat_truth.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qunkit.formats import wx_cli_json
from support.reading import read, sniffs

CHAT = {"talker": "1@chatroom", "display_name": "读书会", "type": "group", "message_count": 1}
SAID = {
    "server_id": "7",
    "create_time": 1733311800,
    "sender": "wxid_aaa",
    "sender_name": "小刘",
    "type": "text",
    "content": "早",
}


def document(*items: dict[str, Any], **changed: Any) -> str:
    return json.dumps(
        {"export_info": {"version": "1"}, "conversation": CHAT, "items": items, **changed}, ensure_ascii=False
    )


def told(tmp_path: Path, **changed: Any) -> dict[str, Any]:
    (row,), reasons = read(wx_cli_json, tmp_path / "a.json", document({**SAID, **changed}))
    assert reasons == []
    return row


@pytest.mark.parametrize(
    ("text", "answer"),
    [(document(SAID), True), (document(), True), (document(SAID).replace("export_info", "x"), False), ("[]", False)],
)
def test_sniff(tmp_path: Path, text: str, answer: bool) -> None:
    assert sniffs(wx_cli_json, tmp_path / "a.json", text) == answer


def test_an_item(tmp_path: Path) -> None:
    row = told(tmp_path)
    assert (row["group_id"], row["group_name"], row["epoch"]) == ("1@chatroom", "读书会", 1733311800000)
    assert (row["sender_id"], row["sender_name"], row["kind"], row["text"], row["native_id"]) == (
        "wxid_aaa",
        "小刘",
        "text",
        "早",
        "7",
    )


@pytest.mark.parametrize(
    ("changed", "epoch"),
    [
        ({"create_time": None, "timestamp": 1733311800}, 1733311800000),
        ({"create_time": "1733311800"}, 1733311800000),
        ({"create_time": 1733311800123}, 1733311800123),
        ({"create_time": None, "time": "2024-12-04T19:30:00+08:00"}, 1733311800000),
        ({"create_time": None, "time": "2024-12-04T11:30:00.5Z"}, 1733311800500),
    ],
)
def test_times(tmp_path: Path, changed: dict[str, Any], epoch: int) -> None:
    assert told(tmp_path, **changed)["epoch"] == epoch


@pytest.mark.parametrize("time", ["2024-12-04 19:30:00", "早上", "", None, "inf", "1e30"])
def test_what_is_no_instant_is_rejected(tmp_path: Path, time: str | None) -> None:
    rows, reasons = read(wx_cli_json, tmp_path / "a.json", document({**SAID, "create_time": time}))
    assert (rows, reasons) == ([], ["bad-time"])


@pytest.mark.parametrize(
    ("changed", "sender", "name", "kind"),
    [
        ({"sender": "1@chatroom"}, None, None, "text"),
        ({"sender": "1@chatroom", "type": None}, None, None, "system"),
        ({"sender": "wxid_aaa", "type": "system"}, None, None, "system"),
        ({"sender": "小刘", "sender_name": None}, None, "小刘", "text"),
        ({"sender": None, "sender_id": "wxid_bbb"}, "wxid_bbb", "小刘", "text"),
        ({"sender": "123@openim", "sender_name": ""}, "123@openim", "123@openim", "text"),
        ({"type": 244813135921}, "wxid_aaa", "小刘", "quote"),
        ({"type": "聊天"}, "wxid_aaa", "小刘", None),
    ],
)
def test_who_and_what(
    tmp_path: Path, changed: dict[str, Any], sender: str | None, name: str | None, kind: str | None
) -> None:
    row = told(tmp_path, **changed)
    assert (row["sender_id"], row["sender_name"], row["kind"]) == (sender, name, kind)


def test_a_conversation_behind_the_items_counts_too(tmp_path: Path) -> None:
    text = json.dumps({"export_info": {}, "items": [SAID], "conversation": CHAT}, ensure_ascii=False)
    (row,), _ = read(wx_cli_json, tmp_path / "a.json", text)
    assert row["group_id"] == "1@chatroom"
