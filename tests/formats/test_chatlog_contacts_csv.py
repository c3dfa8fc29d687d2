"""chatlog's contacts: names for ids, in every group."""

from __future__ import annotations

from pathlib import Path

import pytest

from qunkit.exports import Head
from qunkit.formats.chatlog_contacts_csv import read, sniff
from qunkit.ingest.run import ingest
from qunkit.parsing.source import open_source
from support.staged import messages

SAMPLES = Path(__file__).parents[1] / "samples"
SAMPLE = SAMPLES / "made/chatlog_contacts_csv/contact.csv"


def test_people_and_nobody_else() -> None:
    source = open_source(SAMPLE)
    (batch,) = read(source)
    assert batch.members == [
        {"contact": True, "member_id": "wxid_liu88abcde22", "account": "liu88", "remark": "刘同事", "nickname": "小刘🍉"},
        {"contact": True, "member_id": "wxid_k3vv01zhao22", "account": None, "remark": None, "nickname": "Kevin Zhao"},
        {"contact": True, "member_id": "wxid_wang5wu00022", "account": None, "remark": "老王, 东区", "nickname": "王五 Wang"},
    ]  # fmt: skip
    assert (len(batch.messages), batch.rejects) == (0, [])


def test_names_of_notices_find_their_ids(tmp_path: Path) -> None:
    """小刘🍉 is her nickname; in the text of a chat she goes by a remark."""
    chat = next(SAMPLES.glob("chatlog/2024-06*/*01.txt"))
    ingest([chat], tmp_path / "alone")
    ingest([chat, SAMPLE], tmp_path / "both")
    for dataset, liu in (("alone", "name:小刘🍉"), ("both", "wxid_liu88abcde22")):
        taken = [row for row in messages(tmp_path / dataset)[0] if row["event"] == "red_packet_taken"]
        assert [row["actor_id"] for row in taken] == [liu]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("UserName,Alias,Remark,NickName", True),
        ('"UserName";"Alias";"Remark";"NickName"', True),
        ("UserName,Alias,Remark,NickName,PYInitial,RemarkPYInitial", False),
        ("UserName,Alias,NickName", False),
        ("Name,Remark,NickName,Owner,UserCount", False),
    ],
)
def test_sniffs_its_own_header_only(header: str, said: bool) -> None:
    assert sniff(Head(f"{header}\n", ("x.csv",))) is said
