"""MemoTrace's files that hold no messages to read: contacts, and training data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qunkit.errors import UnreadableExport
from qunkit.exports import Head
from qunkit.formats import memotrace_contacts_csv, memotrace_train_json
from qunkit.ingest.run import ingest
from qunkit.parsing.source import open_source
from support.reading import sniffs
from support.truth.base import SAMPLES
from support.truth.memotrace_made import CONTACTS, TRAIN


def test_people_of_the_contacts_are_contacts_groups_and_public_accounts_are_not() -> None:
    batches = list(memotrace_contacts_csv.read(open_source(SAMPLES / CONTACTS)))
    assert sum(len(batch.messages) + len(batch.rejects) for batch in batches) == 0
    common = {"contact": True, "complete": False}
    assert [member for batch in batches for member in batch.members] == [
        common | {"member_id": "wxid_shuchong001", "account": "shuchong", "remark": None, "nickname": "书虫"},
        common | {"member_id": "wxid_azhen00001", "account": None, "remark": "阿珍(读书)", "nickname": "阿珍"},
    ]


def test_contacts_with_a_wrong_number_of_columns_are_rejects(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_bytes((SAMPLES / CONTACTS).read_bytes() + b"wxid_x0001,x,3\r\n")
    batches = list(memotrace_contacts_csv.read(open_source(path)))
    assert [reject.reason for batch in batches for reject in batch.rejects] == ["bad-columns"]
    assert sum(len(batch.members) for batch in batches) == 2


def test_contacts_are_told_by_their_header() -> None:
    header = (SAMPLES / CONTACTS).read_text("utf-8-sig").split("\n")[0]
    assert memotrace_contacts_csv.sniff(Head(header, ("x.csv",)))
    assert memotrace_contacts_csv.sniff(Head(header.replace(",", ";"), ("x.csv",)))
    for other in (
        "wxid,微信号,类型,群昵称,昵称",
        "UserName,Alias,Remark,NickName",
        "localId,TalkerId,Remark,NickName",
        "",
    ):
        assert not memotrace_contacts_csv.sniff(Head(other, ("contacts.csv",)))


def test_training_data_are_refused_with_the_way_out(tmp_path: Path) -> None:
    (file,) = ingest([SAMPLES / TRAIN], tmp_path / "d").files
    assert (file.format, type(file.error)) == ("memotrace_train_json", UnreadableExport)
    assert file.error is not None
    assert "training data" in file.error.sentence("en")
    assert "训练数据" in file.error.sentence("zh")
    assert "CSV" in (file.error.hint("en") or "")
    assert "CSV" in (file.error.hint("zh") or "")


TURNS = [{"role": "user", "content": "在吗"}, {"role": "assistant", "content": "在"}]


@pytest.mark.parametrize(
    "data",
    [
        [{"messages": TURNS}],
        {"messages": [TURNS, TURNS]},
        [{"conversations": TURNS}],
        [{"id": 1, "messages": [{"content": "在吗", "role": "user"}]}],
    ],
    ids=["list", "two-arrays", "conversations", "content-first"],
)
def test_every_form_of_training_data_is_known(data: object, tmp_path: Path) -> None:
    assert sniffs(memotrace_train_json, tmp_path / "群_dev.json", json.dumps(data, ensure_ascii=False, indent=4))


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"messages": []},
        {"messages": [{"sender": "a", "content": "x"}]},
        [
            {
                "type": "1",
                "server_id": "1",
                "display_name": "role",
                "xml_dict": {},
                "text": '"messages": [{"role": "user"',
            }
        ],
    ],
)
def test_other_json_is_not_training_data(data: object, tmp_path: Path) -> None:
    assert not sniffs(memotrace_train_json, tmp_path / "x.json", json.dumps(data, ensure_ascii=False))
