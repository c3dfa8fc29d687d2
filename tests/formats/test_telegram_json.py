"""Telegram's JSON: kinds, texts in parts, services, and what tells its documents from others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qunkit.exports import Batch
from qunkit.formats import telegram_json
from qunkit.ingest.identify import said_yes
from qunkit.parsing.source import open_source

SAID = {"id": 1, "type": "message", "date": "2024-12-01T08:00:00", "date_unixtime": "1733011200"}
SAID |= {"from": "阿岚", "from_id": "user1", "text": ""}
DONE = {"id": 2, "type": "service", "date": "2024-12-01T08:00:00", "date_unixtime": "1733011200"}
DONE |= {"actor": "阿岚", "actor_id": "user1", "text": ""}


def batches(folder: Path, *messages: dict[str, Any], **chat: Any) -> list[Batch]:
    path = folder / "result.json"
    document = {"name": "群", "type": "private_supergroup", "id": 7, **chat, "messages": list(messages)}
    path.write_text(json.dumps(document), "utf-8")
    source = open_source(path)
    assert list(said_yes(source.head)) == ["telegram_json"]
    return list(telegram_json.read(source))


def row_of(folder: Path, *messages: dict[str, Any]) -> dict[str, Any]:
    (row,) = [row for batch in batches(folder, *messages) for row in batch.messages.to_pylist()]
    return row


@pytest.mark.parametrize(
    ("more", "kind", "text"),
    [
        ({"photo": "a.jpg"}, "image", ""),
        ({"photo": "a.jpg", "text": "山"}, "image", "山"),
        ({"file": "a", "media_type": "sticker"}, "sticker", ""),
        ({"file": "a", "media_type": "animation"}, "sticker", ""),
        ({"file": "a", "media_type": "voice_message"}, "voice", ""),
        ({"file": "a", "media_type": "video_message"}, "video", ""),
        ({"file": "a", "media_type": "video_file"}, "video", ""),
        ({"file": "a", "media_type": "audio_file"}, "music", ""),
        ({"file": "a", "file_name": "书单.pdf"}, "file", "书单.pdf"),
        ({"file": "a", "file_name": "书单.pdf", "text": "看"}, "file", "看\n书单.pdf"),
        ({"file": "a"}, "file", ""),
        ({"location_information": {"latitude": 1.5, "longitude": 2}}, "location", ""),
        ({"location_information": {"latitude": 1.5}, "place_name": "东门", "address": "1号"}, "location", "东门\n1号"),
        ({"contact_information": {"first_name": "李", "last_name": ""}}, "contact_card", "李"),
        ({"poll": {"question": "几点？", "answers": []}}, "other", "几点？"),
        ({"text": "早", "reply_to_message_id": 9}, "quote", "早"),
        ({"text": "早", "reply_to_message_id": 9, "photo": "a"}, "image", "早"),
        ({"text": "早"}, "text", "早"),
    ],
)
def test_kinds(more: dict[str, Any], kind: str, text: str, tmp_path: Path) -> None:
    row = row_of(tmp_path, {**SAID, **more})
    assert (row["kind"], row["text"]) == (kind, text)
    assert row["quote_id"] == ("9" if "reply_to_message_id" in more else None)


@pytest.mark.parametrize(
    ("text", "words", "mentions"),
    [
        (["早 ", {"type": "link", "text": "https://a.example.invalid"}], "早 https://a.example.invalid", None),
        ([{"type": "mention_name", "text": "小禾", "user_id": 3}, " 早"], "小禾 早", ["user3"]),
        ([{"type": "mention", "text": "@he"}], "@he", None),
        ('["早"]', '["早"]', None),  # somebody typed it
        ([], "", None),
        (["\ud83d\ude00", 5, None, {"text": 5}], "😀55", None),  # numbers are written out
    ],
)
def test_texts_in_parts(text: object, words: str, mentions: list[str] | None, tmp_path: Path) -> None:
    row = row_of(tmp_path, {**SAID, "text": text})
    assert (row["text"], row["mention_ids"]) == (words, mentions)


def test_a_service_has_no_sender_but_tells_who(tmp_path: Path) -> None:
    done = {**DONE, "action": "invite_members", "members": ["小禾", None, 5]}
    (batch,) = [batch for batch in batches(tmp_path, done) if len(batch.messages)]
    (row,) = batch.messages.to_pylist()
    assert (row["kind"], row["sender_id"], row["sender_name"], row["text"]) == ("system", None, None, None)
    assert json.loads(row["extra"])["notice"] == {
        "action": "invite_members",
        "actor": ["阿岚", "user1"],
        "targets": [["小禾", None], [None, None], ["5", None]],
    }
    assert batch.members == [{"group_id": "7", "group_name": "群", "member_id": "user1", "nickname": "阿岚"}]


def test_whose_link_it_was(tmp_path: Path) -> None:
    row = row_of(tmp_path, {**DONE, "action": "join_group_by_link", "inviter": "小禾"})
    assert json.loads(row["extra"])["notice"] == {
        "action": "join_group_by_link",
        "actor": ["小禾", None],
        "targets": [["阿岚", "user1"]],
    }


def test_a_call_is_somebodys(tmp_path: Path) -> None:
    row = row_of(tmp_path, {**DONE, "action": "phone_call"})
    assert (row["kind"], row["sender_id"], row["text"]) == ("call", "user1", "")


def test_what_else_a_message_says(tmp_path: Path) -> None:
    row = row_of(tmp_path, {**SAID, "text": "早", "forwarded_from": "山友报", "via_bot": "@gif"})
    assert json.loads(row["extra"]) == {"forwarded_from": "山友报", "via_bot": "@gif"}
    assert row_of(tmp_path, {**SAID, "forwarded_from": None})["extra"] is None


def test_an_id_beyond_64_bits_keeps_its_digits(tmp_path: Path) -> None:
    row = row_of(tmp_path, {**SAID, "id": 123456789012345678901, "reply_to_message_id": 12345678901234567890})
    assert (row["native_id"], row["quote_id"]) == ("123456789012345678901", "12345678901234567890")


@pytest.mark.parametrize(
    "head",
    [
        {"name": "群", "type": "群聊", "id": 7},  # not a type of Telegram's
        {"about": "all the data", "chats": ["list"]},  # another program's
    ],
)
def test_others_are_left_alone(head: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(json.dumps({**head, "messages": [SAID]}), "utf-8")
    assert "telegram_json" not in said_yes(open_source(path).head)


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("count", [0, 1, 40_000], ids=["none", "small", "beyond the skim"])
@pytest.mark.parametrize(
    "before",
    [
        {},
        {"about": "Вот запрошенные данные."},
        {"contacts": {"about": "", "list": [{"first_name": "甲" * 9, "id": n} for n in range(20_000)]}},
    ],
    ids=["alone", "another language", "contacts"],
)
def test_all_chats_are_known_by_their_list(
    before: dict[str, Any], count: int, indent: int | None, tmp_path: Path
) -> None:
    said = [{**SAID, "id": n, "text": "早" * 40} for n in range(count)]
    chat = {"name": "群", "type": "private_supergroup", "id": 7, "messages": said}
    path = tmp_path / "result.json"
    path.write_text(json.dumps({**before, "chats": {"list": [chat]}}, indent=indent), "utf-8")
    source = open_source(path)
    assert list(said_yes(source.head)) == ["telegram_json"]
    found = list(telegram_json.read(source))
    assert sum(len(batch.messages) for batch in found) == count
    assert not any(batch.rejects for batch in found)
