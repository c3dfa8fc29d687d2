"""DiscordChatExporter's JSON and CSV: types, files, mentions, notices, times."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qunkit import registry
from qunkit.chat.discord import file_name, kind_of
from qunkit.ingest.identify import said_yes
from qunkit.parsing.source import open_source

LAN = {"id": "801000000000000001", "name": "lan", "nickname": "阿岚", "isBot": False}
KEVIN = {"id": "801000000000000002", "name": "kevin", "nickname": None, "isBot": False}
SAID = {"id": "1", "type": "Default", "timestamp": "2024-12-01T00:00:00.123+00:00", "content": "早", "author": LAN}
SAID |= {"attachments": [], "stickers": [], "mentions": []}
HEADER = "AuthorID,Author,Date,Content,Attachments,Reactions\r\n"


def rows(path: Path, text: str, name: str) -> list[dict[str, Any]]:
    path.write_text(text, "utf-8", newline="")
    source = open_source(path)
    assert list(said_yes(source.head)) == [name]
    return [row for batch in registry.load("formats", name).read(source) for row in batch.messages.to_pylist()]


def row_of(folder: Path, **more: Any) -> dict[str, Any]:
    document = {
        "guild": {"id": "1", "name": "会"},
        "channel": {"id": "2", "name": "一"},
        "messages": [{**SAID, **more}],
    }
    (row,) = rows(folder / "a.json", json.dumps(document), "discord_json")
    return row


def from_csv(folder: Path, *fields: str) -> dict[str, Any]:
    line = ",".join('"' + field.replace('"', '""') + '"' for field in fields)
    (row,) = rows(folder / "会 - 一 [871000000000000001].csv", f"{HEADER}{line}\r\n", "discord_csv")
    return row


@pytest.mark.parametrize(
    ("more", "kind", "text"),
    [
        ({}, "text", "早"),
        ({"attachments": [{"fileName": "a.PNG"}]}, "image", "早"),
        ({"attachments": [{"fileName": "a.png"}, {"fileName": "b.jpg"}], "content": ""}, "image", ""),
        ({"attachments": [{"fileName": "a.png"}, {"fileName": "b.pdf"}], "content": ""}, "file", "a.png\nb.pdf"),
        ({"attachments": [{"fileName": "voice-message.ogg"}], "content": ""}, "voice", ""),
        ({"attachments": [{"fileName": "a.zip"}]}, "file", "早\na.zip"),
        ({"stickers": [{"name": "wave"}], "content": ""}, "sticker", ""),
        (
            {"type": "Call", "content": "Started a call that lasted 3 minutes."},
            "call",
            "Started a call that lasted 3 minutes.",
        ),
        ({"type": "20"}, "text", "早"),
        ({"type": "ThreadCreated", "content": "Started a thread."}, "system", "Started a thread."),
        ({"type": "8", "content": ""}, "system", ""),
    ],
)
def test_kinds(more: dict[str, Any], kind: str, text: str, tmp_path: Path) -> None:
    row = row_of(tmp_path, **more)
    assert (row["kind"], row["text"]) == (kind, text)
    assert (row["sender_id"] is None) == (kind == "system")


def test_an_answer_says_to_what(tmp_path: Path) -> None:
    row = row_of(tmp_path, type="Reply", reference={"messageId": "9"})
    assert (row["kind"], row["quote_id"]) == ("quote", "9")
    pin = row_of(tmp_path, type="ChannelPinnedMessage", reference={"messageId": "9"})
    assert (pin["kind"], pin["quote_id"]) == ("system", None)


def test_who_is_mentioned(tmp_path: Path) -> None:
    assert row_of(tmp_path, mentions=[KEVIN])["mention_ids"] == [KEVIN["id"]]
    assert row_of(tmp_path, mentions=[KEVIN], content="@here")["mention_ids"] == [KEVIN["id"], "notify@all"]
    assert row_of(tmp_path, content="to a@everyone.example")["mention_ids"] is None
    assert row_of(tmp_path, content="@everyoneelse")["mention_ids"] is None


def test_names(tmp_path: Path) -> None:
    row = row_of(tmp_path)
    assert (row["sender_name"], row["group_id"], row["group_name"]) == ("阿岚", "2", "会 - 一")
    assert row_of(tmp_path, author=KEVIN)["sender_name"] == "kevin"
    assert row_of(tmp_path, author={**LAN, "nickname": ""})["sender_name"] == "lan"
    assert json.loads(row_of(tmp_path, author={**LAN, "isBot": True})["extra"]) == {"bot": True}


def test_a_notice_tells_who_did_what_to_whom(tmp_path: Path) -> None:
    row = row_of(tmp_path, type="RecipientAdd", content="Added kevin to the group.", mentions=[KEVIN])
    told = json.loads(row["extra"])["notice"]
    assert told == {"action": "RecipientAdd", "actor": ["阿岚", LAN["id"]], "targets": [["kevin", KEVIN["id"]]]}
    assert (row["mention_ids"], row["text"]) == (None, "Added kevin to the group.")


@pytest.mark.parametrize(
    ("timestamp", "epoch"),
    [
        ("2024-12-01T00:00:00+00:00", 1733011200000),
        ("2024-12-01T08:00:00.1234567+08:00", 1733011200123),
        ("2024-12-01T00:00:00.5Z", 1733011200500),
    ],
)
def test_times(timestamp: str, epoch: int, tmp_path: Path) -> None:
    assert row_of(tmp_path, timestamp=timestamp)["epoch"] == epoch
    assert from_csv(tmp_path, "801000000000000001", "lan", timestamp, "早", "", "")["epoch"] == epoch


def test_a_csv_with_a_wall_clock(tmp_path: Path) -> None:
    row = from_csv(tmp_path, "801000000000000001", "lan", "2024-12-01 08:00:00", "早", "", "")
    assert (row["epoch"], str(row["wall"])) == (None, "2024-12-01 08:00:00")


def test_a_csv_row(tmp_path: Path) -> None:
    row = from_csv(tmp_path, "801000000000000001", "lan", "2024-12-01T00:00:00Z", '=1+1 "好"\n、', "", "👍 (2)")
    assert (row["text"], row["sender_id"], row["sender_name"]) == ('=1+1 "好"\n、', "801000000000000001", "lan")
    assert (row["group_id"], row["group_name"]) == ("871000000000000001", "会 - 一")


def test_a_csv_notice(tmp_path: Path) -> None:
    row = from_csv(tmp_path, "801000000000000001", "lan", "2024-12-01T00:00:00Z", "Joined the server.", "", "")
    assert (row["kind"], row["sender_id"]) == ("system", None)
    assert json.loads(row["extra"])["notice"]["actor"] == ["lan", "801000000000000001"]


def test_files() -> None:
    assert file_name("https://cdn.example.invalid/1/2/书单.pdf?ex=1&is=2") == "书单.pdf"
    assert file_name("media/a.png") == "a.png"
    assert kind_of(["a.mp4"]) == "video"
    assert kind_of(["noextension"]) == "file"
