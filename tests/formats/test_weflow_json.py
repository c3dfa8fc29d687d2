"""WeFlow's builds, and what third parties make of its files. The real samples are compared in tests/ingest/test_truth.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qunkit.formats import weflow_json
from qunkit.ingest.identify import said_yes
from qunkit.parsing.source import open_source

SESSION = {"wxid": "1@chatroom", "nickname": "读书会", "remark": "", "displayName": "读书会", "type": "群聊"}
SAID = {
    "localId": 1,
    "createTime": 1732982302,
    "localType": 1,
    "type": "文本消息",
    "content": "早",
    "isSend": 0,
    "senderUsername": "wxid_a",
    "senderDisplayName": "小王",
}


def rows(tmp_path: Path, document: dict[str, Any]) -> list[dict[str, Any]]:
    path = tmp_path / "群.json"
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2), "utf-8")
    source = open_source(path)
    assert list(said_yes(source.head)) == ["weflow_json"]
    return [row for batch in weflow_json.read(source) for row in batch.messages.to_pylist()]


@pytest.mark.parametrize(
    "header",
    [
        {},  # 2026-01-17
        {
            "chatlab": {"version": "0.0.1", "exportedAt": 1},
            "meta": {"name": "读书会", "platform": "wechat"},
        },  # 2026-01-23
        {"weflow": {"version": "1.0.3", "exportedAt": 1, "generator": "WeFlow"}},  # since 2026-02
    ],
)
def test_every_build_says_the_same(tmp_path: Path, header: dict[str, Any]) -> None:
    (row,) = rows(tmp_path, {**header, "session": SESSION, "messages": [SAID]})
    assert (row["group_id"], row["group_name"], row["epoch"]) == ("1@chatroom", "读书会", 1732982302000)
    assert (row["sender_id"], row["sender_name"], row["kind"], row["text"]) == ("wxid_a", "小王", "text", "早")
    assert (row["native_id"], row["from_me"]) == (None, False)


@pytest.mark.parametrize(("flag", "own"), [(1, True), (0, False), (True, True), (False, False)])
def test_the_flag_of_own_messages_may_be_a_number_or_true(tmp_path: Path, flag: Any, own: bool) -> None:
    told = rows(tmp_path, {"weflow": {}, "session": SESSION, "messages": [SAID, {**SAID, "isSend": flag}]})
    assert [row["from_me"] for row in told] == [False, own]


def test_a_session_that_follows_the_messages_counts_too(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, {"weflow": {}, "messages": [SAID], "session": SESSION})
    assert row["group_id"] == "1@chatroom"


def test_the_siblings_files_are_not_taken(tmp_path: Path) -> None:
    for extra in ({"exportTime": 1}, {"exportInfo": {"generator": "CipherTalk"}}):
        path = tmp_path / "other.json"
        path.write_text(json.dumps({**extra, "session": SESSION, "messages": [SAID]}), "utf-8")
        assert not weflow_json.sniff(open_source(path).head)


@pytest.mark.parametrize(
    ("content", "fields", "text", "sender", "quoted"),
    [
        ("有[引用 阿岚：几点]", {}, "有", "阿岚", "几点"),
        ("有[引用 阿岚：几点]", {"quotedSender": "领队", "quotedContent": "几点"}, "有", "领队", "几点"),
        ("看[引用 甲：乙][引用 丙：丁]", {}, "看[引用 甲：乙]", "丙", "丁"),
        ("好[引用 甲：他说[引用 乙：丙]]", {"quotedContent": "他说[引用 乙：丙]"}, "好", "甲", "他说[引用 乙：丙]"),
        ("没有引用", {}, "没有引用", None, None),
    ],
)
def test_the_quote_is_taken_off_the_reply(
    tmp_path: Path, content: str, fields: dict[str, str], text: str, sender: str | None, quoted: str | None
) -> None:
    said = {**SAID, "localType": 57 << 32 | 49, "content": content, "replyToMessageId": "77", **fields}
    (row,) = rows(tmp_path, {"weflow": {}, "session": SESSION, "messages": [said]})
    assert (row["kind"], row["text"], row["quote_sender"], row["quote_text"]) == ("quote", text, sender, quoted)
    assert row["quote_id"] == "77"


def test_an_id_written_as_a_number_keeps_every_digit(tmp_path: Path) -> None:
    (row,) = rows(
        tmp_path, {"weflow": {}, "session": SESSION, "messages": [{**SAID, "platformMessageId": 2755705033944784198}]}
    )
    assert row["native_id"] == "2755705033944784198"
