"""chatlog's groups: their names and owners."""

from __future__ import annotations

from pathlib import Path

import pytest

from qunkit.exports import Head
from qunkit.formats.chatlog_chatrooms_csv import read, sniff
from qunkit.ingest.run import ingest
from qunkit.parsing.source import open_source
from support.staged import members

SAMPLES = Path(__file__).parents[1] / "samples"
SAMPLE = SAMPLES / "made/chatlog_chatrooms_csv/chatroom.csv"


def test_owners_of_groups_that_have_one() -> None:
    (batch,) = read(open_source(SAMPLE))
    assert batch.members == [
        {"group_id": "58192034417@chatroom", "group_name": "周末徒步·拼车群(东区)", "member_id": "wxid_k3vv01zhao22", "role": "owner"},
        {"group_id": "58192034418@chatroom", "group_name": "读书会", "member_id": "wxid_me0001aaaa11", "role": "owner"},
    ]  # fmt: skip
    assert (len(batch.messages), batch.rejects) == (0, [])


def test_the_owner_is_in_the_dataset(tmp_path: Path) -> None:
    ingest([next(SAMPLES.glob("chatlog/2024-06*/*01.csv")), SAMPLE], tmp_path)
    owners = [(row["group_id"], row["member_id"]) for row in members(tmp_path) if row["role"] == "owner"]
    assert ("58192034417@chatroom", "wxid_k3vv01zhao22") in owners


@pytest.mark.parametrize(
    ("header", "said"),
    [("Name,Remark,NickName,Owner,UserCount", True), ("Name,Remark,NickName,Owner", False), ("Name,Owner", False)],
)
def test_sniffs_its_own_header_only(header: str, said: bool) -> None:
    assert sniff(Head(f"{header}\n", ("x.csv",))) is said
