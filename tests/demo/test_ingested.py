"""The demo goes through the real parsers, and what comes out is what was invented, as far as each export keeps it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from qunkit import demo, open_dataset

Row = dict[str, Any]
Groups = dict[str, tuple[Row, list[Row], list[Row]]]

KEEPS_IDS = {"WeFlow", "WeFlow (ChatLab)", "MemoTrace 3"}
"""Tools whose exports hold message ids."""
KEEPS_QUOTED_IDS = {"WeFlow", "WeFlow (ChatLab)"}
LOSES_QUOTES = {"MemoTrace 2"}
KEEPS_ALL_KINDS = {"MemoTrace 2", "MemoTrace 3"}
VAGUE = {"solitaire", "announcement", "red_packet", "sticker", "pat", "text", "other", "link"}
"""Kinds that some tools mix up: chatlog's [分享], the one type 7 that WeFlow gives to every card in ChatLab's format."""


@pytest.fixture(scope="session")
def groups(tmp_path_factory: pytest.TempPathFactory) -> Groups:
    """Group id: what the truth says of it, its true messages, and its messages in a dataset."""
    folder = tmp_path_factory.mktemp("ingested")
    demo.write(folder, groups=8, weeks=4)
    dataset = open_dataset(folder / "data")
    summary = dataset.ingest(folder / "exports")
    assert summary.code == 0
    truth = json.loads((folder / "truth/truth.json").read_text("utf-8"))
    rows = dataset.messages().read_all().to_pylist()
    said, found = _by_group(_lines(folder / "truth/messages.jsonl"), "group"), _by_group(rows, "group_id")
    assert found.keys() == {group["known_as"] for group in truth["groups"]}
    return {group["id"]: (group, said[group["id"]], found[group["known_as"]]) for group in truth["groups"]}


def _lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").rstrip("\n").split("\n")]


def _by_group(rows: list[Row], key: str) -> dict[str, list[Row]]:
    groups = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def test_every_message_once_at_its_time(groups: Groups) -> None:
    for _, said, found in groups.values():
        assert Counter(row["ts"] for row in said) == Counter(int(row["sent_at"].timestamp()) for row in found)


def test_names_and_ids(groups: Groups) -> None:
    for group, said, found in groups.values():
        assert {row["group_name"] for row in found} == {group["name"]}
        if group["tool"] in KEEPS_IDS:
            assert [row["id"] for row in said] == [row["native_id"] for row in found]


def test_texts(groups: Groups) -> None:
    for group, said, found in groups.values():
        kinds = ("text",) if group["tool"] in LOSES_QUOTES else ("text", "quote")
        truth = Counter((row["ts"], row["text"]) for row in said if row["kind"] in kinds)
        assert truth <= Counter((int(row["sent_at"].timestamp()), row["text"]) for row in found)


def test_kinds(groups: Groups) -> None:
    for group, said, found in groups.values():
        truth, seen = (Counter(row["kind"] for row in rows) for rows in (said, found))
        if group["tool"] in KEEPS_ALL_KINDS:
            assert truth == seen
        for kind in VAGUE:
            del truth[kind], seen[kind]
        assert truth == seen


def test_replies(groups: Groups) -> None:
    for group, said, found in groups.values():
        truth = Counter((row["ts"], row["reply_to"]) for row in said if row["reply_to"])
        assert truth
        seen = [row for row in found if row["kind"] == "quote"]
        assert len(seen) == truth.total()
        replies = Counter((int(row["sent_at"].timestamp()), row["reply_to"]) for row in seen)
        if group["tool"] in KEEPS_QUOTED_IDS:
            assert replies == truth
        elif group["tool"] not in LOSES_QUOTES:
            assert sum(row["reply_to"] is not None for row in seen) > 0.95 * len(seen)


def test_events(groups: Groups) -> None:
    kinds = ("invited", "joined_qr", "removed", "renamed", "recalled", "red_packet_taken")
    for _, said, found in groups.values():
        truth, seen = (Counter(row["event"] for row in rows if row["event"] in kinds) for rows in (said, found))
        assert truth == seen
