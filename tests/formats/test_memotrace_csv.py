"""MemoTrace's CSV of all versions against the truth of the samples, against cuts and re-saves."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.api import Dataset, open_dataset
from qunkit.exports import Head, Reject
from qunkit.formats.memotrace_csv import read, sniff
from qunkit.ingest.run import ingest
from qunkit.parsing.source import Source, open_source
from qunkit.schema import KINDS, RAW
from support.staged import messages as stored

SAMPLES = Path(__file__).parents[1] / "samples"
(VERSION_2,) = (SAMPLES / "memotrace_v2").glob("*/*/*.csv")
(VERSION_3,) = (SAMPLES / "memotrace_v3").glob("*/*/*.csv")
META, *TRUTH = [json.loads(line) for line in (SAMPLES / "truth.jsonl").read_text(encoding="utf-8").split("\n") if line]
HEADER_2 = "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender\r\n"
HEADER_3 = "消息ID,类型,发送人,时间,内容,备注,昵称,更多信息\r\n"
Row = dict[str, Any]


def messages(path: Path) -> tuple[list[Row], list[Reject]]:
    return messages_of(open_source(path))


def messages_of(source: Source) -> tuple[list[Row], list[Reject]]:
    """The messages without nulls; checks schema and tiling on the way."""
    rows: list[Row] = []
    rejects: list[Reject] = []
    ranges: list[tuple[int, int | None]] = []
    for batch in read(source):
        assert batch.messages.schema == RAW.arrow
        rows += batch.messages.to_pylist()
        rejects += batch.rejects
        ranges += [(offset, None) for offset in batch.messages.column("offset").to_pylist()]
        ranges += [(reject.start, reject.end) for reject in batch.rejects] + list(batch.framing)
    ranges.sort(key=lambda one: one[0])
    assert [begin for begin, _ in ranges][:1] == [0]
    for (begin, end), (following, _) in zip(ranges, [*ranges[1:], (source.size, None)], strict=True):
        assert begin < following
        assert end in (None, following)
    return [{key: value for key, value in row.items() if value is not None} for row in rows], rejects


def saved(folder: Path, text: str, name: str = "x.csv") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8-sig"))
    return path


def without_offset(row: Row) -> Row:
    return {key: value for key, value in row.items() if key != "offset"}


# -- version 2 -----------------------------------------------------------------------------------------------------
TYPES_2 = {
    "text": "1/0",
    "image": "3/0",
    "voice": "34/0",
    "video": "43/0",
    "sticker": "47/0",
    "location": "48/0",
    "contact_card": "42/0",
    "call": "50/0",
    "link": "49/5",
    "file": "49/6",
    "forward": "49/19",
    "miniprogram": "49/33",
    "channels": "49/51",
    "solitaire": "49/53",
    "quote": "49/57",
    "announcement": "49/87",
    "transfer": "49/2000",
    "red_packet": "49/2001",
    "pat": "10000/4",
    "system": "10000/0",
    "recall": "10000/0",
}
KEPT_AS_XML = {
    "image": 'md5="0f343b0931126a20f133d67c2b018a3b"',
    "voice": 'voicelength="5240"',
    "video": 'playlength="15"',
    "sticker": 'md5="d41d8cd98f00b204e9800998ecf8427e"',
    "location": 'poiname="东门停车场"',
    "contact_card": 'nickname="司机老周"',
    "call": "<![CDATA[通话时长 02:15]]>",
}


def expected_2(truth: Row) -> Row:
    member = META["members"].get(truth["sender"])
    row = {
        "group_name": META["room_name"],
        "sender_id": truth["sender"],
        "sender_name": member["nickname"] if member else truth["sender"],  # people not in the contacts: the id
        "epoch": truth["ts"] * 1000,
        "native_type": TYPES_2[truth["type"]],
        "kind": "system" if truth["type"] == "recall" else truth["type"],
        "text": truth["text"],
        "from_me": truth["sender"] == META["me"],
        "extra": '{"remark":"刘同事"}' if truth["sender"] == "wxid_liu88abcde22" else None,
    }
    if row["native_type"].startswith("49/"):
        row["text"] = None
    if truth["server_id"] in ("1290834381852820927", "1906251732876854498"):
        row["native_type"] = "10000/8000"
    if truth["server_id"] == "1290834381852820927":
        row["text"] += "  "
    return {key: value for key, value in row.items() if value is not None}


def test_the_sample_of_version_2_says_what_it_keeps_of_the_truth() -> None:
    got, rejects = messages(VERSION_2)
    assert not rejects
    assert len(got) == len(TRUTH) == 51
    for row, truth in zip(got, TRUTH, strict=True):
        want = expected_2(truth)
        if truth["type"] in KEPT_AS_XML:
            assert KEPT_AS_XML[truth["type"]] in row.pop("text")
            del want["text"]
        assert without_offset(row) == want


def test_the_nine_columns_of_november_2023_do_not_say_who_spoke(tmp_path: Path) -> None:
    header = "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime\r\n"
    (row, own), _ = messages(
        saved(tmp_path, header + "1,3,1,0,0,1700000000,2,早,2023-11-14\r\n2,3,1,0,1,1700000001,2,好,\r\n", "读书会.csv")
    )
    assert without_offset(row) == {
        "group_name": "读书会",
        "epoch": 1700000000000,
        "native_type": "1/0",
        "kind": "text",
        "text": "早",
        "from_me": False,
    }
    assert own["from_me"] is True


def test_a_notice_with_the_sender_of_the_row_before_has_none(tmp_path: Path) -> None:
    rows = "1,3,10000,0,0,1700000000,2,甲撤回了一条消息,,甲,甲,wxid_jia01\r\n2,3,10000,4,0,1700000001,2,拍,,甲,甲,wxid_jia01\r\n"
    (notice, pat), _ = messages(saved(tmp_path, HEADER_2 + rows))
    assert "sender_id" not in notice
    assert "sender_name" not in notice
    assert (pat["kind"], pat["sender_id"]) == ("pat", "wxid_jia01")


# -- names of members -----------------------------------------------------------------------------------------------
LIU = "wxid_liu88abcde22"
OWN, OTHER = "刘同事", "小刘🍉"
"""What the owner of the dataset calls a member, and what the member does."""


def test_version_2_tells_each_sender_once_with_nickname_and_remark(tmp_path: Path) -> None:
    listed = [row for batch in read(open_source(VERSION_2)) for row in batch.members]
    assert len(listed) == len({row["member_id"] for row in listed}) == 8  # not who is no contact: there is only an id
    remarks = [row for row in listed if row["remark"]]
    assert remarks == [{"member_id": LIU, "nickname": OTHER, "remark": OWN, "complete": False}]
    notices = "1,3,10000,4,0,1700000001,2,拍,,甲,甲,wxid_jia01\r\n2,3,1,0,0,1700000002,2,早,,,,wxid_yi001\r\n"
    assert not [row for batch in read(open_source(saved(tmp_path, HEADER_2 + notices))) for row in batch.members]


def test_an_export_of_all_chats_has_names_of_chats_and_lists_nobody(tmp_path: Path) -> None:
    rows = "1,3,1,0,0,1700000000,2,早,,备注名,徒步群,阿甲\r\n2,3,1,0,1,1700000001,2,好,,备注名,徒步群,我\r\n"
    path = saved(tmp_path, HEADER_2 + rows, "messages.csv")
    assert not [row for batch in read(open_source(path)) for row in batch.members]


@pytest.fixture
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "key"))
    dataset = open_dataset(tmp_path / "data")
    (file,) = dataset.ingest(VERSION_2).files
    assert (file.members, file.told) == (0, 51)  # a file with messages is no list of members
    return dataset


@pytest.mark.parametrize(("names", "shown"), [(None, OTHER), ("group", OTHER), ("nickname", OTHER), ("remark", OWN)])
def test_names_shows_what_message_rows_carry(dataset: Dataset, names: str | None, shown: str) -> None:
    table = dataset.frame("activity_members", names=names)
    assert {shown} == set(table[table["member_id"] == LIU]["name"])
    assert set(table["name"]) & {OWN, OTHER} == {shown}
    told = dataset.messages(sender=LIU, names=names).read_all()
    assert set(told["sender_name"].to_pylist()) == {shown}


def test_a_remark_is_a_name_of_no_notice(tmp_path: Path) -> None:
    """The group does not see it: a pat that names ids is told with the nickname, as it was without remarks."""
    pat = (
        '"<sysmsg type=""pat""><pat><fromusername>wxid_yi001</fromusername><pattedusername>wxid_jia01</pattedusername>'
    )
    pat += '<template><![CDATA[""${wxid_yi001}"" 拍了拍 ""${wxid_jia01}""]]></template></pat></sysmsg>"'
    rows = [
        "1,3,1,0,0,1700000000,2,早,,甲总,阿甲,wxid_jia01",
        "2,3,1,0,0,1700000001,2,好,,阿乙,阿乙,wxid_yi001",
        f"3,3,10000,4,0,1700000002,2,{pat},,,,",
    ]
    ingest([saved(tmp_path, HEADER_2 + "".join(f"{row}\r\n" for row in rows), "读书会.csv")], tmp_path / "data")
    *_, told = stored(tmp_path / "data")[0]
    assert (told["text"], told["target_names"]) == ('"阿乙" 拍了拍 "阿甲"', ["阿甲"])


def test_a_name_that_only_the_remark_explains_is_the_members(tmp_path: Path, dataset: Dataset) -> None:
    """Version 3 shows remarks, and no ids of members (decision 2)."""
    assert dataset.ingest(VERSION_3, as_group=META["room_name"]).code == 0
    ids = {row["sender_id"] for row in stored(dataset.path)[0]}
    assert f"name:{OWN}" not in ids
    assert LIU in ids


def test_pseudonyms_stand_for_remarks_too(dataset: Dataset) -> None:
    said = dataset.frame("activity_members", names="remark", pseudonymise=True).to_string()
    said += str(dataset.messages(names="remark", pseudonymise=True).read_all().to_pylist())
    assert OWN not in said
    assert OTHER not in said


def test_who_is_forgotten_leaves_no_remark_and_no_export_brings_it_back(dataset: Dataset) -> None:
    dataset.forget(LIU)
    dataset.ingest(VERSION_2, again=True)
    parts = [pq.read_table(path, partitioning=None) for path in dataset.path.glob("v*/**/*.parquet")]
    assert parts
    assert not any(word in str(part.to_pylist()) for part in parts for word in (OWN, OTHER, LIU))


def test_a_sender_that_may_be_cut_is_no_sender(tmp_path: Path) -> None:
    rows = "1,3,1,0,0,1700000000,2,早,,甲,甲,wxid_jia01\r\n2,3,1,0,0,1700000001,2,好,,甲,甲,wxid_jia"
    (row,), (reject,) = messages(saved(tmp_path, HEADER_2 + rows))
    assert row["text"] == "早"
    assert reject.reason == "truncated-tail"


def test_what_version_2_does_not_say_stays_null(tmp_path: Path) -> None:
    rows = "1,3,x,,,1700000000,2,早,,,,\r\n2,3,1,0,7,1700000000123,2,,,备注,,wxid_b0001\r\n3,3,49,5,0,1700000002,2,<msg/>,,,,\r\n"
    got, rejects = messages(saved(tmp_path, HEADER_2 + rows))
    assert not rejects
    assert [without_offset(row) for row in got] == [
        {"group_name": "x", "epoch": 1700000000000, "native_type": "x/", "text": "早"},
        {
            "group_name": "x",
            "sender_id": "wxid_b0001",
            "sender_name": "备注",
            "epoch": 1700000000123,
            "native_type": "1/0",
            "kind": "text",
            "text": "",
            "extra": '{"remark":"备注"}',
        },
        {
            "group_name": "x",
            "epoch": 1700000002000,
            "native_type": "49/5",
            "kind": "link",
            "text": "<msg/>",
            "from_me": False,
        },
    ]


def test_bad_times_of_version_2_are_rejects(tmp_path: Path) -> None:
    rows = "1,3,1,0,0,x,2,a,,,,\r\n2,3,1,0,0,0,2,b,,,,\r\n3,3,1,0,0,99999999999999999999,2,c,,,,\r\n"
    got, rejects = messages(saved(tmp_path, HEADER_2 + rows))
    assert got == []
    assert [reject.reason for reject in rejects] == ["bad-time", "time-out-of-range", "bad-time"]


EVERY_CHAT = (
    "1,3,1,0,0,1700000000,2,早,,读书会_一群,读书会·一群,张三\r\n"
    "2,3,1,0,1,1700000001,2,好,,读书会_一群,读书会·一群,我\r\n"
    '3,3,10000,0,0,1700000002,2,"""张三"" 撤回了一条消息",,读书会_一群,读书会·一群,张三\r\n'
    "4,7,1,0,0,1700000003,2,在吗,,阿珍,,阿珍\r\n"
)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_export_of_all_chats_says_the_chat_of_every_row(delimiter: str, tmp_path: Path) -> None:
    got, rejects = messages(saved(tmp_path, (HEADER_2 + EVERY_CHAT).replace(",", delimiter), "messages.csv"))
    assert not rejects
    room = {"group_name": "读书会·一群", "native_type": "1/0", "kind": "text"}
    assert [without_offset(row) for row in got] == [
        room | {"epoch": 1700000000000, "sender_name": "张三", "text": "早", "from_me": False},
        room | {"epoch": 1700000001000, "text": "好", "from_me": True},
        room
        | {
            "epoch": 1700000002000,
            "native_type": "10000/0",
            "kind": "system",
            "text": '"张三" 撤回了一条消息',
            "from_me": False,
        },
        room | {"epoch": 1700000003000, "group_name": "阿珍", "sender_name": "阿珍", "text": "在吗", "from_me": False},
    ]


@pytest.mark.parametrize(
    ("senders", "every_chat"),
    [
        (("张三", "我"), True),
        (("wxid_a0001", "我"), True),
        (("张三", "李四"), True),
        (("wxid_a0001", "李四"), False),
        (("2598498214356@openim",), False),
        (("", ""), False),
    ],
)
def test_ids_tell_the_export_of_one_chat_from_that_of_all(
    senders: tuple[str, ...], every_chat: bool, tmp_path: Path
) -> None:
    rows = "".join(f"{n},{n},1,0,0,1700000000,2,早,,名,名,{name}\r\n" for n, name in enumerate(senders))
    got, _ = messages(saved(tmp_path, HEADER_2 + rows, "群.csv"))
    assert {row["group_name"] for row in got} == {"名" if every_chat else "群"}


def test_all_chats_of_an_account_become_groups_of_one_dataset(tmp_path: Path) -> None:
    ingest([saved(tmp_path, HEADER_2 + EVERY_CHAT, "messages.csv")], tmp_path / "d")
    rows, _ = stored(tmp_path / "d")
    assert [(row["group_id"], row["sender_id"], row["event"]) for row in rows] == [
        ("name:读书会·一群", "name:张三", None),
        ("name:读书会·一群", "me", None),
        ("name:读书会·一群", None, "recalled"),
        ("name:阿珍", "name:阿珍", None),
    ]


def test_the_first_versions_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    header = ",用户名,消息内容,发送时间,发送状态,消息类型,isSend,msgId\r\n"
    rows = (
        '0,1@chatroom,"wxid_a0001:\n早",1697000000000,3,1,0,11\r\n'
        "1,1@chatroom,好,1697000001000,3,1,1,12\r\n"
        "2,1@chatroom,甲邀请乙加入了群聊,1697000002000,3,10000,0,13\r\n"
        "3,wxid_b0001,在,2023-10-11 12:53:23,3,1,0,14\r\n"
    )
    got, rejects = messages(saved(tmp_path, header + rows, "群.csv"))
    assert not rejects
    room = {"group_id": "1@chatroom", "group_name": "群", "native_type": "1", "kind": "text"}
    assert [without_offset(row) for row in got] == [
        room | {"sender_id": "wxid_a0001", "text": "早", "epoch": 1697000000000, "from_me": False},
        room | {"text": "好", "epoch": 1697000001000, "from_me": True},
        room
        | {
            "text": "甲邀请乙加入了群聊",
            "epoch": 1697000002000,
            "from_me": False,
            "native_type": "10000",
            "kind": "system",
        },
        {
            "group_name": "群",
            "sender_id": "wxid_b0001",
            "wall": datetime(2023, 10, 11, 12, 53, 23),
            "native_type": "1",
            "kind": "text",
            "text": "在",
            "from_me": False,
        },
    ]


# -- version 3 -----------------------------------------------------------------------------------------------------
LABELS_3 = {
    "text": "文本",
    "image": "图片",
    "voice": "语音",
    "video": "视频",
    "sticker": "表情包",
    "link": "分享链接",
    "file": "文件",
    "miniprogram": "小程序",
    "solitaire": "未知类型",
    "announcement": "未知类型",
    "forward": "合并转发的聊天记录",
    "red_packet": "红包",
    "transfer": "转账",
    "quote": "引用消息",
    "pat": "拍一拍",
    "recall": "系统消息",
    "system": "系统消息",
    "location": "位置分享",
    "contact_card": "个人/公众号名片",
    "call": "音视频通话",
    "channels": "视频号",
}
WORDING_3: dict[str, Row] = {
    "1695560838454876846": {
        "quote_sender": "阿岚-领队",
        "quote_text": "本周路线:\n东门集合 -> 鹰嘴岩\n\n备选: 下雨就改室内攀岩\n费用AA, 约￥35/人",
    },
    "8415349170796940176": {"quote_sender": "刘同事", "quote_text": "【图片】"},
    "3538235857305402948": {
        "text": "冬季徒步装备清单(2024版)\nhttps://mp.example.invalid/s?__biz=AA==&mid=1&idx=1",
        "extra": '{"description":"三层穿衣法"}',
    },
    "8186952541948866371": {"extra": '{"md5":"900150983cd24fb0d6963f7d28e17f72","size":"0.20 MB"}'},
    "1730468823473966358": {
        "text": "拼车接龙-东门\nhttps://mini.example.invalid/",
        "extra": '{"app":"拼车小程序"}',
    },
    "2986903530269150250": {
        "text": "- 2024-11-30 18:02:11 老陈: 山上有雪\n注意防滑\n- 2024-11-30 18:03:00 小高: 【图片】"
    },
    "2622966931663238475": {"extra": '{"memo":"车费"}'},
    "7069521048648257212": {"extra": '{"label":"东区大道1号","x":"31.230416","y":"121.473701"}'},
    "3787267344323239003": {"extra": '{"account":"laozhou","gender":"男","region":"上海 浦东"}'},
    "5532012885167012617": {"text": None},
    "5042943937913661622": {"extra": '{"author":"山野频道"}'},
}
"""What the file says of a message beyond, or instead of, its true text."""
STRUCTURED = {
    "1684890937195552307": ["wxid_k3vv01zhao22", "小刘🍉", "新人:甲"],
    "1290834381852820927": ["wxid_wang5wu00022", '你邀请"王五 Wang"加入了群聊'],
    "1906251732876854498": ["25984982143567890@openim", "李经理"],
}
"""Notices that stay XML, and what is in it."""


def shown_3(sender: str | None) -> str | None:
    if sender is None:
        return None
    member = META["members"].get(sender)
    name = member["group_nickname"] or member["remark"] or member["nickname"] if member else sender
    return name if member and member["group_nickname"] else re.sub(r'[\\/:*?"<>|\s.]', "_", name)


def expected_3(truth: Row) -> Row:
    row = {
        "group_id": META["room"],
        "group_name": META["room_name"],
        "native_id": truth["server_id"],
        "sender_name": shown_3(truth["sender"]),
        "wall": datetime(1970, 1, 1) + timedelta(seconds=truth["ts"] + 8 * 3600),
        "native_type": LABELS_3[truth["type"]],
        "kind": "system" if truth["type"] == "recall" else truth["type"],
        "text": truth["text"],
    }
    row |= WORDING_3.get(truth["server_id"], {})
    return {key: value for key, value in row.items() if value is not None}


def test_the_sample_of_version_3_says_what_it_keeps_of_the_truth() -> None:
    got, rejects = messages(VERSION_3)
    assert not rejects
    assert len(got) == 51
    for row, truth in zip(got, TRUTH, strict=True):
        want = expected_3(truth)
        for part in STRUCTURED.get(truth["server_id"], ()):
            assert part in row["text"]
            want["text"] = row["text"]
        assert without_offset(row) == want


def test_every_label_has_a_kind(tmp_path: Path) -> None:
    labels = ["收藏笔记", "音乐分享", "企业微信名片", "新类型"]
    rows = "".join(f"{n},{label},甲,2024-12-01 00:00:00,x,甲,甲,more\r\n" for n, label in enumerate(labels))
    got, _ = messages(saved(tmp_path, HEADER_3 + rows))
    assert [row["kind"] for row in got] == ["note", "music", "contact_card", "other"]
    assert {row["kind"] for row in got} <= set(KINDS)


def test_the_group_is_in_the_folders_name(tmp_path: Path) -> None:
    text = HEADER_3 + "1,文本,甲,2024-12-01 00:00:00,x,甲,甲,more\r\n"
    for name, want in {
        "群(1)(77@chatroom)/群.csv": ("77@chatroom", "群(1)"),
        "群(77@chatroom)/群(1).csv": ("77@chatroom", "群"),
        "张三(wxid_a0001)/张三.csv": (None, "张三"),
        "下载/周末群.csv": (None, "周末群"),
    }.items():
        (row,), _ = messages(saved(tmp_path, text, name))
        assert (row.get("group_id"), row["group_name"]) == want


def test_ids_that_a_spreadsheet_rounded_are_no_ids(tmp_path: Path) -> None:
    text = HEADER_3 + "2.75571E+18,文本,甲,2024/12/1 0:03,x,甲,甲,more\r\n"
    (row,), rejects = messages(saved(tmp_path, text))
    assert not rejects
    assert "native_id" not in row
    assert row["wall"] == datetime(2024, 12, 1, 0, 3)


# -- every version -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("sample", [VERSION_2, VERSION_3], ids=["2", "3"])
def test_a_sample_cut_here_and_there_loses_only_its_last_message(sample: Path, tmp_path: Path) -> None:
    """At every byte: tests/formats/test_contract.py."""
    content = sample.read_bytes()
    source = open_source(sample)
    whole, _ = messages_of(source)
    ends = [row["offset"] for row in whole[1:]] + [len(content)]
    path = tmp_path / sample.parent.name / sample.name
    path.parent.mkdir()
    for cut in range(1, len(content), 23):
        path.write_bytes(content[:cut])
        got, rejects = messages_of(replace(source, path=path, size=cut) if cut > source.bom else open_source(path))
        sound = sum(end <= cut for end in ends)
        assert got[:sound] == whole[:sound]
        assert len(got) - sound + len(rejects) <= 1
        assert {reject.reason for reject in rejects} <= {"truncated-tail"}


@pytest.mark.parametrize("sample", [VERSION_2, VERSION_3], ids=["2", "3"])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_sample_saved_again_says_the_same(sample: Path, encoding: str, delimiter: str, tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(sample.read_text(encoding="utf-8-sig"), newline="")))
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    path = tmp_path / sample.parent.name / sample.name
    path.parent.mkdir()
    path.write_bytes(text.getvalue().encode(encoding))
    assert sniff(open_source(path).head)
    got, rejects = messages(path)
    assert not rejects
    assert [without_offset(row) for row in got] == [without_offset(row) for row in messages(sample)[0]]


@pytest.mark.parametrize("sample", [VERSION_2, VERSION_3], ids=["2", "3"])
def test_an_unclosed_quote_costs_its_own_message(sample: Path, tmp_path: Path) -> None:
    content = sample.read_bytes()
    damaged = content.replace('过时不候",'.encode(), "过时不候,".encode())
    assert len(damaged) == len(content) - 1
    path = tmp_path / sample.parent.name / sample.name
    path.parent.mkdir()
    path.write_bytes(damaged)
    got, rejects = messages(path)
    whole, _ = messages(sample)
    assert [without_offset(row) for row in got] == [
        without_offset(row) for row in whole if "过时不候" not in row.get("text", "")
    ]
    assert [reject.reason for reject in rejects] == ["unclosed-quote"]
    assert "过时不候".encode() in damaged[rejects[0].start : rejects[0].end]


TEXTS = st.text(
    st.sampled_from("\",\n 'a中😀") | st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=20
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(915_148_800, 4_102_444_799), TEXTS, TEXTS.filter(bool)), min_size=1, max_size=20))
def test_what_a_writer_of_version_2_writes_is_read_back(rows: list[tuple[int, str, str]]) -> None:
    import tempfile

    text = io.StringIO()
    writer = csv.writer(text)
    for number, (time, words, name) in enumerate(rows):
        writer.writerow([number, 3, 1, 0, 0, time, 2, words, "", "", name, "wxid_someone01"])
    with tempfile.TemporaryDirectory() as folder:
        got, rejects = messages(saved(Path(folder), HEADER_2 + text.getvalue()))
    assert not rejects
    assert [(row["epoch"], row["text"], row["sender_name"]) for row in got] == [(t * 1000, w, n) for t, w, n in rows]


def test_sniffs_the_headers_of_its_versions_only() -> None:
    for header in (
        HEADER_2,
        "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime\r\n",
        ",用户名,消息内容,发送时间,发送状态,消息类型,isSend,msgId\r\n",
        HEADER_3,
        HEADER_3.replace(",", ";"),
    ):
        assert sniff(Head(header, ("x.csv",)))
    for header in (
        "Time,SenderName,Sender,TalkerName,Talker,Content\n",
        "id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime\n",
        "id,MsgSvrID,type_name,is_sender,talker,msg,src,CreateTime\n",
        "id,MsgSvrID,type_name,is_sender,talker,room_name,content,CreateTime\n",
        "时间,发送者,消息类型,内容,server_id\n",
        "AuthorID,Author,Date,Content,Attachments,Reactions\n",
        "UserName,Alias,Type,Remark,NickName,PYInitial,RemarkPYInitial,smallHeadImgUrl,bigHeadImgUrl,label,gender,"
        "telephone,signature,country/region,province,city\n",
        "wxid,微信号,类型,群昵称,昵称,头像地址\n",
        "2024-11-30 23:58:22 凯文\n欢迎\n",
        "",
    ):
        assert not sniff(Head(header, ("contacts.csv",)))
