"""Slack's workspace export: markup, threads, files, joins, and the lists beside the days."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qunkit import registry
from qunkit.chat.slack import plain, shown
from qunkit.exports import Batch
from qunkit.ingest.identify import said_yes
from qunkit.ingest.run import ingest
from qunkit.parsing.source import open_source
from support.staged import members, messages

SAID = {"type": "message", "user": "U1", "text": "早", "ts": "1733011200.000100"}
USERS = [
    {"id": "U1", "team_id": "T1", "name": "lan", "profile": {"display_name": "阿岚", "real_name": "Lan"}},
    {"id": "U2", "team_id": "T1", "name": "kevin", "profile": {"display_name": "", "real_name": "Kevin"}},
]
CHANNELS = [{"id": "C1", "name": "一", "created": 1, "members": ["U1", "U2"]}]


def batches(path: Path, told: object, name: str) -> list[Batch]:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=4), "utf-8")
    source = open_source(path)
    assert list(said_yes(source.head)) == [name]
    return list(registry.load("formats", name).read(source))


def row_of(folder: Path, *, beside: bool = True, **more: Any) -> dict[str, Any]:
    if beside:
        (folder / "users.json").write_text(json.dumps(USERS), "utf-8")
        (folder / "channels.json").write_text(json.dumps(CHANNELS), "utf-8")
    found = batches(folder / "一" / "2024-12-01.json", [{**SAID, **more}], "slack_json")
    (row,) = [row for batch in found for row in batch.messages.to_pylist()]
    return row


@pytest.mark.parametrize(
    ("text", "words", "called"),
    [
        ("早", "早", []),
        ("<@U1> 早", "@阿岚 早", ["U1"]),
        ("<@U9|he> 早", "@he 早", ["U9"]),
        ("<@U9> 早", "@U9 早", ["U9"]),
        ("<!here> <!channel|channel>", "@here @channel", ["notify@all"]),
        ("<!subteam^S1|@组> 早", "@组 早", []),
        ("<#C1|一> <#C2>", "#一 #C2", []),
        ("<https://a.example.invalid>", "https://a.example.invalid", []),
        ("<https://a.example.invalid/b|看>", "看 (https://a.example.invalid/b)", []),
        ("<https://a.example.invalid|a.example.invalid>", "https://a.example.invalid", []),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2", []),
        ("&amp;lt;", "&lt;", []),
        ("&lt;@U1&gt;", "<@U1>", []),  # somebody typed it
        ("< 没有 >", " 没有 ", []),
    ],
)
def test_markup(text: str, words: str, called: list[str]) -> None:
    assert plain(text, {"U1": "阿岚"}) == (words, called)


def test_a_message(tmp_path: Path) -> None:
    row = row_of(tmp_path, text="<@U2> 早")
    assert (row["group_id"], row["group_name"], row["native_id"]) == ("C1", "一", "1733011200.000100")
    assert (row["sender_id"], row["sender_name"], row["epoch"]) == ("U1", "阿岚", 1733011200000)
    assert (row["kind"], row["text"], row["mention_ids"]) == ("text", "@Kevin 早", ["U2"])


def test_a_day_without_its_export(tmp_path: Path) -> None:
    row = row_of(tmp_path, beside=False, user_profile={"display_name": "", "real_name": "Lan"})
    assert (row["group_id"], row["group_name"], row["sender_name"]) == (None, "一", "Lan")


def test_a_thread_answers_its_first_message(tmp_path: Path) -> None:
    row = row_of(tmp_path, thread_ts="1733011100.000100")
    assert (row["kind"], row["quote_id"]) == ("quote", "1733011100.000100")
    first = row_of(tmp_path, thread_ts=SAID["ts"])
    assert (first["kind"], first["quote_id"]) == ("text", None)


@pytest.mark.parametrize(
    ("more", "kind", "text"),
    [
        ({"files": [{"name": "a.png", "mimetype": "image/png"}]}, "image", "早"),
        ({"files": [{"name": "a.mp4", "mimetype": "video/mp4"}], "text": ""}, "video", ""),
        ({"files": [{"name": "a.m4a", "mimetype": "audio/mp4", "subtype": "slack_audio"}], "text": ""}, "voice", ""),
        ({"files": [{"name": "a.pdf", "mimetype": "application/pdf"}], "text": ""}, "file", "a.pdf"),
        ({"files": [{"mode": "tombstone"}], "text": ""}, "file", ""),
        ({"files": []}, "text", "早"),
        ({"subtype": "me_message"}, "text", "早"),
        ({"subtype": "bot_message", "user": None, "bot_id": "B1", "username": "天气"}, "text", "早"),
        ({"subtype": "channel_topic"}, "system", "早"),
    ],
)
def test_kinds(more: dict[str, Any], kind: str, text: str, tmp_path: Path) -> None:
    row = row_of(tmp_path, **more)
    assert (row["kind"], row["text"]) == (kind, text)
    assert row["sender_id"] == (None if kind == "system" else more.get("bot_id", "U1"))


def test_who_was_invited_and_by_whom(tmp_path: Path) -> None:
    row = row_of(tmp_path, subtype="channel_join", inviter="U2", text="<@U1> has joined the channel")
    notice = json.loads(row["extra"])["notice"]
    assert notice == {"action": "channel_join", "actor": ["Kevin", "U2"], "targets": [["阿岚", "U1"]]}
    assert (row["text"], row["mention_ids"]) == ("@阿岚 has joined the channel", None)
    alone = json.loads(row_of(tmp_path, subtype="channel_join")["extra"])["notice"]
    assert alone == {"action": "channel_join", "actor": ["阿岚", "U1"], "targets": []}


def test_people(tmp_path: Path) -> None:
    found = batches(
        tmp_path / "users.json",
        [*USERS, {"id": "U3", "team_id": "T1", "name": "he", "profile": None}],
        "slack_users_json",
    )
    rows = [row for batch in found for row in batch.members]
    assert [(row["member_id"], row["nickname"], row["account"], row["contact"]) for row in rows] == [
        ("U1", "阿岚", "lan", True),
        ("U2", "Kevin", "kevin", True),
        ("U3", "he", "he", True),
    ]
    assert shown({}) is None


@pytest.mark.parametrize("name", ["channels.json", "groups.json", "mpims.json"])
def test_channels(name: str, tmp_path: Path) -> None:
    found = batches(tmp_path / name, [*CHANNELS, {"id": "C2", "created": 1, "members": None}], "slack_channels_json")
    rows = [(row["group_id"], row["group_name"], row["member_id"]) for batch in found for row in batch.members]
    assert rows == [("C1", "一", "U1"), ("C1", "一", "U2")]


def test_a_list_of_nothing_is_no_complaint(tmp_path: Path) -> None:
    assert [
        row for batch in batches(tmp_path / "groups.json", [], "slack_channels_json") for row in batch.members
    ] == []


def test_people_who_never_spoke_are_named_in_every_channel(tmp_path: Path) -> None:
    row_of(tmp_path, text="早")
    summary = ingest([tmp_path], tmp_path / "data")
    assert summary.code == 0
    assert [row["sender_name"] for row in messages(tmp_path / "data")[0]] == ["阿岚"]
    assert {row["member_id"] for row in members(tmp_path / "data") if row["group_id"] == "C1"} == {"U1", "U2"}
