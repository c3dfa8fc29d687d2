"""PyWxDump's users.json: names for ids, and what a group tells of its members."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qunkit.exports import Head
from qunkit.formats.pywxdump_users_json import read, sniff
from qunkit.ingest.run import ingest
from qunkit.parsing.source import open_source
from support.staged import messages
from support.truth.base import KEVIN, LIU, ROOM, ZHANG

SAMPLES = Path(__file__).parents[1] / "samples"
FOLDER = SAMPLES / "pywxdump/csv" / ROOM


def members(path: Path) -> list[dict[str, Any]]:
    batches = list(read(open_source(path)))
    assert not any(len(batch.messages) for batch in batches)
    return [row for batch in batches for row in batch.members]


def test_everybody_of_the_sample() -> None:
    found = {row["member_id"]: row for row in members(FOLDER / "users.json")}
    assert len(found) == 8
    assert found[LIU] == {
        "contact": True,
        "member_id": LIU,
        "nickname": "小刘🍉",
        "remark": "刘同事",
        "account": "liu88",
    }
    assert found[KEVIN] == {
        "contact": True,
        "member_id": KEVIN,
        "nickname": "Kevin Zhao",
        "remark": None,
        "account": None,
    }


def test_with_its_csv_notices_name_ids(tmp_path: Path) -> None:
    ingest([FOLDER / f"{ROOM}_0_52.csv"], tmp_path / "alone")
    ingest([FOLDER], tmp_path / "both")
    for dataset, said in (("alone", ["name:小刘🍉", "name:张大嘴"]), ("both", [LIU, ZHANG])):
        rows = [row for row in messages(tmp_path / dataset)[0] if row["event"] in ("red_packet_taken", "joined_qr")]
        assert [row["actor_id"] for row in rows] == said


def test_a_group_tells_its_owner_and_nicknames(tmp_path: Path) -> None:
    told = {"wxid_a": {"roomNickname": "凯"}, "wxid_b": {"roomNickname": ""}, "wxid_c": None, "": {"roomNickname": "x"}}
    room = {
        "wxid": ROOM,
        "nickname": "群",
        "remark": "",
        "account": "",
        "extra": {"owner": "wxid_o", "wxid2userinfo": told},
    }
    path = tmp_path / "users.json"
    path.write_text(json.dumps({ROOM: room, "gh_1": {"nickname": "周刊"}}), encoding="utf-8")
    group = {"group_id": ROOM, "group_name": "群"}
    assert members(path) == [
        {**group, "member_id": "wxid_a", "group_nickname": "凯", "role": None},
        {**group, "member_id": "wxid_b", "group_nickname": None, "role": None},
        {**group, "member_id": "wxid_o", "group_nickname": None, "role": "owner"},
    ]


@pytest.mark.parametrize("extra", [None, [], "x", {}, {"owner": 5, "wxid2userinfo": []}])
def test_a_group_without_a_list_tells_nobody(extra: object, tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    path.write_text(json.dumps({ROOM: {"wxid": ROOM, "nickname": "群", "extra": extra}, "wxid_a": 5}), encoding="utf-8")
    assert [row["member_id"] for row in members(path)] == ["wxid_a"]


@pytest.mark.parametrize(
    ("top", "said"),
    [
        ({"wxid_a": {"wxid": "wxid_a", "nickname": "", "remark": "", "account": ""}}, True),
        ({"wxid_a": {"wxid": "wxid_b", "nickname": "", "remark": "", "account": ""}}, False),
        ({"wxid_a": {"wxid": "wxid_a", "nickname": ""}}, False),
        ({"session": {"wxid": "1@chatroom", "nickname": "", "remark": "", "account": ""}}, False),
        ({"a": 1}, False),
        ({}, False),
    ],
)
def test_sniffs_people_under_their_ids(top: dict[str, Any], said: bool) -> None:
    assert sniff(Head("{", ("users.json",), top)) is said
