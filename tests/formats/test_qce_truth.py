"""Each export of QQChatExporter alone in a dataset, message by message against what was really said; and all of them together."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from qunkit.ingest.run import ingest
from support.staged import members, messages
from support.truth.base import SAMPLES, Lines
from support.truth.qq import CHUNKS, JSON, MANIFEST, TXT, XLSX

TOLD = [json.loads(line) for line in (SAMPLES / "qce_v5/truth.jsonl").read_text(encoding="utf-8").split("\n") if line]
NUMBERS = {told["id"]: number for number, told in enumerate(TOLD, 1)}
GROUP, NAME = "770011223", "周末徒步·QQ群"
ALAN, KEVIN, LIU, AD = "120034501", "120034502", "120034503", "120034504"
KINDS = {"text+face": "text", "reply": "quote", "ark": "miniprogram"}
JOIN = 1

LOST: Lines = {
    JOIN: {"text": "[1]", "event": "other"},  # the sentence: nothing but a number is left of it
    12: {"kind": "other", "text": None},  # a video: no element, no text
    14: {"kind": "other", "text": None},  # a sticker: [UNKNOWN_37消息]
    15: {"text": "拼车"},  # more than the truth: what the card shows
    18: {
        "text": "第二年第一条\n时间: 2025-01-09 10:00:00\n内容: 假的"
    },  # more than the truth: what the exporter was given
}
BY_NAME = {ALAN: "name:领队-阿岚", KEVIN: "name:Kevin Zhao", LIU: "name:刘(东区): 甲", AD: "name:优惠券助手"}
LOST_TXT: Lines = {
    JOIN: {"sender": "name:Alice", "kind": "text", "text": "[1]", "event": None},  # notices look like messages
    17: {"recalled": None},
}
EXPECTED: dict[str, tuple[dict[str, str], tuple[Lines, ...]]] = {
    JSON: ({}, (LOST,)),
    MANIFEST: ({}, (LOST,)),
    XLSX: ({}, (LOST,)),
    TXT: (BY_NAME, (LOST, LOST_TXT)),
}
"""Sample → how it shows people, and what is lost; a later table goes before."""


def as_told(number: int, names: dict[str, str]) -> dict[str, Any]:
    told = TOLD[number - 1]
    mentions = ["notify@all" if one == "all" else one for one in told.get("mentions", [])]
    return {
        "ts": told["ts"],
        "sender": names.get(told["sender_uin"], told["sender_uin"]),
        "kind": KINDS.get(told["type"], told["type"]),
        "text": told["text"],
        "reply_to": told.get("reply_to"),
        "mentions": [names.get(one, one) for one in mentions],
        "event": "joined" if number == JOIN else None,
        "recalled": told.get("recalled"),
    }


def said(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "ts": int(row["sent_at"].timestamp()),
        "sender": row["sender_id"],
        "kind": row["kind"],
        "text": row["text"],
        "reply_to": row["reply_to"],
        "mentions": row["mention_ids"] or [],
        "event": row["event"],
        "recalled": json.loads(row["extra"] or "{}").get("recalled"),
    }


def expected(sample: str) -> Lines:
    """Each message as the file allows it to be known. A line that says what the truth says is idle, and a mistake."""
    names, tables = EXPECTED[sample]
    lines = {number: as_told(number, names) for number in range(1, len(TOLD) + 1)}
    for table in tables:
        for number, losses in table.items():
            assert losses.items().isdisjoint(as_told(number, names).items()), number
            lines[number] |= losses
    return lines


def in_order(dataset: Path) -> list[dict[str, Any]]:
    return sorted(messages(dataset)[0], key=lambda row: (row["sent_at"], row["seq"]))


@pytest.mark.parametrize("sample", EXPECTED)
def test_every_message_is_as_it_was_said(sample: str, tmp_path: Path) -> None:
    summary = ingest([SAMPLES / sample], tmp_path / "dataset")
    assert {(file.status, file.rejected) for file in summary.files} == {("ingested", 0)}
    rows = in_order(tmp_path / "dataset")
    assert {(row["platform"], row["group_id"], row["group_name"]) for row in rows} == {("qq", GROUP, NAME)}
    ids = {row["message_id"]: told["id"] for row, told in zip(rows, TOLD, strict=True)}
    found = {number: said(row) for number, row in enumerate(rows, 1)}
    for line in found.values():
        line["reply_to"] = ids.get(line["reply_to"], line["reply_to"])
    assert found == expected(sample)


@pytest.mark.parametrize("sample", [JSON, MANIFEST])
def test_ids_and_whose_export_it_is_are_kept(sample: str, tmp_path: Path) -> None:
    ingest([SAMPLES / sample], tmp_path / "dataset")
    rows = in_order(tmp_path / "dataset")
    assert [row["native_id"] for row in rows] == list(NUMBERS)
    assert {row["sender_id"] for row in rows if row["from_me"]} == {ALAN}
    listed = {
        row["member_id"]: (row["group_nickname"], row["nickname"], row["remark"])
        for row in members(tmp_path / "dataset")
    }
    assert listed == {
        ALAN: ("领队-阿岚", "阿岚", None),
        KEVIN: (None, "Kevin Zhao", None),
        LIU: ("刘(东区): 甲", "小刘🍉", "刘同事"),
        AD: (None, "优惠券助手", None),
    }


def test_all_exports_together_are_one_chat_in_any_order(tmp_path: Path) -> None:
    """Only the notice that the text shows as Alice's message is there twice: nothing in the text says that it is none."""
    samples = [SAMPLES / sample for sample in (JSON, *CHUNKS, XLSX, TXT)]
    ingest(samples, tmp_path / "forwards")
    ingest(samples[::-1], tmp_path / "backwards", each=True)
    rows, fingerprint = messages(tmp_path / "forwards")
    assert messages(tmp_path / "backwards") == (rows, fingerprint)
    alone = [row for row in rows if row["native_id"] is None]
    assert [(row["sender_id"], row["kind"], row["text"]) for row in alone] == [("name:Alice", "text", "[1]")]
    found = {NUMBERS[row["native_id"]]: said(row) for row in rows if row["native_id"]}
    assert found == expected(JSON)


def test_a_folder_is_its_manifest_is_its_chunks(tmp_path: Path) -> None:
    folder = (SAMPLES / MANIFEST).parent
    given = {
        "manifest": [folder / "manifest.json"],
        "folder": [folder],
        "chunks": [SAMPLES / chunk for chunk in CHUNKS],
    }
    told = {name: ingest(paths, tmp_path / name) and messages(tmp_path / name) for name, paths in given.items()}
    assert told["manifest"] == told["folder"] == told["chunks"]
    assert len(told["folder"][0]) == len(TOLD)


def test_a_chunk_without_its_manifest_knows_the_group_by_the_folder(tmp_path: Path) -> None:
    chunk = tmp_path / CHUNKS[0]
    chunk.parent.mkdir(parents=True)
    shutil.copyfile(SAMPLES / CHUNKS[0], chunk)
    ingest([chunk], tmp_path / "dataset")
    rows = in_order(tmp_path / "dataset")
    assert {(row["group_id"], row["group_name"]) for row in rows} == {(GROUP, NAME)}
    assert not any(row["from_me"] for row in rows)
