"""The planted adverts, found: the model has never seen them, for the demo's phrases are no templates of its training."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from qunkit import demo, open_dataset
from qunkit.methods.ad_model import shipped


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, taken in."""
    folder = tmp_path_factory.mktemp("fleet")
    demo.write(folder)
    open_dataset(folder / "data", settings=folder / "qunkit.toml").ingest(folder / "exports")
    return folder


def told(fleet: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    lines = (fleet / "truth/messages.jsonl").read_text("utf-8").splitlines()
    return json.loads((fleet / "truth/truth.json").read_text("utf-8")), [json.loads(line) for line in lines]


def test_most_planted_texts_are_flagged_and_little_talk_is(fleet: Path) -> None:
    truth, messages = told(fleet)
    ads = {ad for group in truth["groups"] for ad in group["ads"]}
    written = [
        message for message in messages if message["text"] and message["kind"] in ("text", "quote", "miniprogram")
    ]
    flagged = shipped().score([message["text"] for message in written]) >= 0.5
    planted = [yes for message, yes in zip(written, flagged, strict=True) if message["id"] in ads]
    talk = [
        yes
        for message, yes in zip(written, flagged, strict=True)
        if message["id"] not in ads and message["sender"] not in truth["staff"]
    ]
    assert sum(planted) / len(planted) >= 0.9
    assert sum(talk) / len(talk) <= 0.02


def test_the_flooded_group_stands_out_with_a_range_that_holds_the_truth(fleet: Path) -> None:
    truth, messages = told(fleet)
    rows = open_dataset(fleet / "data", settings=fleet / "qunkit.toml").frame("ads")
    [flooded] = [group for group in truth["groups"] if group["role"] == "ad-flooded"]
    people = [
        message
        for message in messages
        if message["group"] == flooded["id"] and message["sender"] not in (None, *truth["staff"])
    ]
    spoken = [message for message in people if message["kind"] not in ("pat", "recall", "system")]
    written = {message["id"] for message in spoken if message["kind"] != "image"}
    true = len(written.intersection(flooded["ads"])) / len(spoken)
    first, *others = rows.to_dict("records")
    assert first["group_name"] == flooded["name"]
    assert first["alarming"]
    assert first["ad_ratio_low"] - 0.02 <= true <= first["ad_ratio_high"] + 0.02
    assert max(row["ad_ratio"] for row in others if row["messages"]) < 0.05
    dataset = open_dataset(fleet / "data", settings=fleet / "qunkit.toml")
    senders = set(dataset.frame("ads_offenders", min_messages=1)["sender_id"])
    planted = {sender for group in truth["groups"] for sender in group["ad_senders"]}
    assert senders >= planted
    assert len(senders - planted) <= 3


def test_what_senders_did_flags_little_talk_and_spares_no_planted_ad(fleet: Path) -> None:
    truth, messages = told(fleet)
    ads = {ad for group in truth["groups"] for ad in group["ads"]}
    planted = Counter(
        (message["sender"], message["text"])
        for message in messages
        if message["id"] in ads and message["kind"] != "image"
    )
    rows = open_dataset(fleet / "data", settings=fleet / "qunkit.toml").frame("ads_list", top=0, since="2020-01-01")
    found = Counter(zip(rows["sender_id"], rows["text"], strict=True))
    assert planted - found == Counter()
    others = [(who, text) not in planted for who, text in zip(rows["sender_id"], rows["text"], strict=True)]
    assert sum(others) < 450
    assert rows[others]["text_p"].lt(0.5).sum() <= 10


def test_weeks_add_up_to_the_whole(fleet: Path) -> None:
    asked = open_dataset(fleet / "data", settings=fleet / "qunkit.toml")
    days = asked.sql("SELECT min(local_time) AS first, max(local_time) AS last FROM messages").read_all().to_pylist()[0]
    first, last = days["first"].date(), days["last"].date()
    whole = asked.frame("ads", since=str(first), until=str(last))["ads"].sum()
    ads = 0
    while first <= last:
        ads += asked.frame("ads", since=str(first), until=str(min(first + timedelta(days=6), last)))["ads"].sum()
        first += timedelta(days=7)
    assert ads == pytest.approx(whole, rel=0.01)
