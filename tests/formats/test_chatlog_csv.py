"""chatlog's CSV against the truth of the sample, against cuts and re-saves, and against its wording."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from qunkit.chat.chatlog_wording import undo
from qunkit.exports import Head, Reject
from qunkit.formats.chatlog_csv import read, sniff
from qunkit.parsing.source import Source, open_source
from qunkit.schema import KINDS, RAW

SAMPLES = Path(__file__).parents[1] / "samples"
FILES = sorted((SAMPLES / "chatlog").glob("*/*.csv"))
WHOLE = SAMPLES / "chatlog" / "2024-06-01~2025-06-01" / "58192034417@chatroom_2024-06-01_2025-06-01.csv"
META, *TRUTH = [json.loads(line) for line in (SAMPLES / "truth.jsonl").read_text(encoding="utf-8").split("\n") if line]
OWNER = "wxid_me0001aaaa11"
CUT_AT_A_COLON = ("2793538709238718621", "1497349127327071368")
"""The owner's messages whose first line ends in a colon."""
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


def shown(sender: str | None) -> str | None:
    """The name chatlog shows; none for people whom the owner has not in the contacts."""
    member = META["members"].get(sender)
    return member and (member["group_nickname"] or member["remark"] or member["nickname"])


WORDING: dict[str, Row] = {
    "1684890937195552307": {
        "text": '"凯文(wxid_k3vv01zhao22)"邀请"小刘🍉(wxid_liu88abcde22)、新人:甲(wxid_new01jia0022)"加入了群聊'
    },
    "1695560838454876846": {
        "kind": "quote",
        "text": "有,还差2个",
        "quote_sender": OWNER,
        "quote_time": 1733011130000,  # 2024-11-30 23:58:50 as if it were UTC
        "quote_text": "本周路线:\n东门集合 -> 鹰嘴岩\n备选: 下雨就改室内攀岩\n费用AA, 约￥35/人",
    },
    "3916313051433206757": {"text": "", "extra": '{"md5":"0f343b0931126a20f133d67c2b018a3b"}'},
    "8415349170796940176": {
        "kind": "quote",
        "text": "这是去年的吧",
        "quote_sender": "wxid_liu88abcde22",
        "quote_time": 1733011230000,  # 2024-12-01 00:00:30
        "quote_text": "![图片](http://127.0.0.1:5030/image/0f343b0931126a20f133d67c2b018a3b)",
    },
    "4221410370780772767": {"text": "", "extra": '{"voice":"4221410370780772767"}'},
    "7888760859512406850": {"text": "", "extra": '{"md5":"9e107d9d372bb6826bd81d3542a419d6"}'},
    "2490078788383527401": {"text": "", "extra": '{"url":"http://emoji.example.invalid/mmemoji/abc/0"}'},
    "3538235857305402948": {"text": "冬季徒步装备清单(2024版)\nhttps://mp.example.invalid/s?__biz=AA==&mid=1&idx=1"},
    "8186952541948866371": {
        "text": '路线图,v2 "最终".pdf',
        "extra": '{"md5":"900150983cd24fb0d6963f7d28e17f72"}',
    },
    "1730468823473966358": {"text": None, "extra": '{"app":"拼车小程序","url":"https://mini.example.invalid/"}'},
    "6916669769477290029": {"kind": "other", "text": None},
    "5867450307573445688": {"kind": "other", "text": None},
    "4714878852225120039": {"text": None},
    "2986903530269150250": {
        "text": "群聊的聊天记录\n  老陈 2024-11-30 18:02:11\n  山上有雪\n  注意防滑\n\n  小高 2024-11-30 18:03:00\n"
        "  ![图片](http://127.0.0.1:5030/image/c4ca4238a0b923820dcc509a6f75849b)"
    },
    "3003273145529662129": {"text": None},
    "2622966931663238475": {"text": "￥35.00", "extra": '{"action":"发送","memo":"车费"}'},
    "7069521048648257212": {"text": "东区大道1号", "extra": '{"x":"31.230416","y":"121.473701"}'},
    "3787267344323239003": {"text": None},
    "2042068361122177614": {"text": None},
    "1290834381852820927": {"text": '你邀请"王五 Wang"加入了群聊  '},
    "1906251732876854498": {"text": '你邀请"李经理(25984982143567890@openim)"加入了群聊，并分享了聊天记录  撤销'},
    "5532012885167012617": {"kind": "pat", "text": None},
    "1592985514973166947": {
        "kind": "quote",
        "text": "同意",
        "quote_sender": "wxid_gone9left022",
        "quote_time": 1732924690000,  # 2024-11-29 23:58:10
        "quote_text": "一条不在导出范围内的消息",
    },
    "5042943937913661622": {"text": "鹰嘴岩日出 太美了", "extra": '{"url":"https://finder.example.invalid/v"}'},
}
"""What the file says of a message where that is not its true text."""


def expected(truth: Row) -> Row:
    kind = {"text": None, "pat": None, "recall": "system"}.get(truth["type"], truth["type"])
    row = {
        "group_id": META["room"],
        "group_name": META["room_name"],
        "wall": datetime(1970, 1, 1) + timedelta(seconds=truth["ts"] + 8 * 3600),
        "sender_id": truth["sender"],
        "sender_name": shown(truth["sender"]),
        "kind": kind,
        "text": truth["text"],
    }
    if truth["server_id"] in CUT_AT_A_COLON:
        row |= {"sender_id": None, "sender_name": None, "from_me": True}
    row |= WORDING.get(truth["server_id"], {})
    return {key: value for key, value in row.items() if value is not None}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_the_samples_say_what_chatlog_keeps_of_the_truth(path: Path) -> None:
    got, rejects = messages(path)
    assert not rejects
    first = {"2024-12-01": 8}.get(path.parent.name, 0)  # that one begins at midnight
    assert [without_offset(row) for row in got] == [expected(truth) for truth in TRUTH[first:]]
    assert {row["kind"] for row in got if "kind" in row} <= set(KINDS)


def without_offset(row: Row) -> Row:
    return {key: value for key, value in row.items() if key != "offset"}


def test_the_sample_cut_here_and_there_loses_only_its_last_message(tmp_path: Path) -> None:
    """At every byte: tests/formats/test_contract.py."""
    content = WHOLE.read_bytes()
    source = open_source(WHOLE)
    whole, _ = messages_of(source)
    ends = [row["offset"] for row in whole[1:]] + [len(content)]
    path = tmp_path / "x.csv"
    for cut in range(1, len(content), 23):
        path.write_bytes(content[:cut])
        got, rejects = messages_of(replace(source, path=path, size=cut))
        sound = sum(end <= cut for end in ends)
        assert got[:sound] == whole[:sound]
        assert len(got) - sound + len(rejects) <= 1
        assert {reject.reason for reject in rejects} <= {"truncated-tail"}


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_sample_saved_again_says_the_same(encoding: str, line_end: str, tmp_path: Path) -> None:
    """Line ends inside texts stay: programs that save CSV again change those between records."""
    text = (
        WHOLE.read_text(encoding="utf-8")
        .replace("\n2024-", f"{line_end}2024-")
        .replace("\r\n2024-12-01 08:00", "\n2024-12-01 08:00")
    )
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode(encoding))
    got, rejects = messages(path)
    assert not rejects
    assert [without_offset(row) for row in got] == [without_offset(row) for row in messages(WHOLE)[0]]


def test_a_spreadsheet_changes_times_and_delimiters(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    header = "Time;SenderName;Sender;TalkerName;Talker;Content\r\n"
    path.write_bytes((header + "2024/12/1 8:03;凯文;wxid_aaa1;群;1@chatroom;早, 好\r\n").encode("gb18030"))
    (row,), rejects = messages(path)
    assert not rejects
    assert (row["wall"], row["text"]) == (datetime(2024, 12, 1, 8, 3), "早, 好")


def test_an_unclosed_quote_costs_its_own_message(tmp_path: Path) -> None:
    content = WHOLE.read_text(encoding="utf-8")
    damaged = content.replace('过时不候"\n', "过时不候\n")
    path = tmp_path / "x.csv"
    path.write_bytes(damaged.encode())
    got, rejects = messages(path)
    whole, _ = messages(WHOLE)
    assert [row["text"] for row in got if "text" in row] == [
        row["text"] for row in whole if "text" in row and "过时不候" not in row["text"]
    ]
    assert [(reject.reason, damaged.encode()[reject.start : reject.end].decode()[:19]) for reject in rejects] == [
        ("unclosed-quote", "2024-11-30 23:59:59")
    ]


def test_bad_times_are_rejects(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    header = "Time,SenderName,Sender,TalkerName,Talker,Content\n"
    path.write_text(
        header + "x,,wxid_aaa1,,1@chatroom,a\n1970-01-01 08:00:00,,wxid_aaa1,,1@chatroom,b\n", encoding="utf-8"
    )
    got, rejects = messages(path)
    assert got == []
    assert [reject.reason for reject in rejects] == ["bad-time", "time-out-of-range"]


@pytest.mark.parametrize(
    ("sender", "content", "said"),
    [
        ("提醒", "带水", {"text": "提醒:\n带水", "from_me": True}),
        ("[链接|假]", "x", {"text": "[链接|假]:\nx", "from_me": True}),
        ('<?xml version="1.0"?>\n<msg><appmsg><title>提醒', "[分享]", {"kind": "other", "from_me": True}),
        (
            "25984982143567890@openim",
            "早",
            {"sender_id": "25984982143567890@openim", "sender_name": "名", "text": "早"},
        ),
        ("1@chatroom", "早", {"text": "早"}),
        ("系统消息", "[红包]", {"kind": "system", "text": "[红包]"}),
        ("wxid_aaa1", "", {"kind": "pat", "sender_id": "wxid_aaa1", "sender_name": "名"}),
        ("系统消息", "", {"kind": "system", "text": ""}),
        ("提醒", "", {"text": "提醒:\n", "from_me": True}),
    ],
)
def test_senders(sender: str, content: str, said: Row, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    doubled = sender.replace('"', '""')
    text = (
        f'Time,SenderName,Sender,TalkerName,Talker,Content\n2024-12-01 00:00:00,名,"{doubled}",,1@chatroom,{content}\n'
    )
    path.write_text(text, encoding="utf-8")
    (row,), _ = messages(path)
    assert {key: row[key] for key in row if key not in ("offset", "wall", "group_id")} == said


def ms(*at: int) -> int:
    return int((datetime(*at) - datetime(1970, 1, 1)).total_seconds() * 1000)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "at", "sender", "time"),
    [
        ("凯文(wxid_a) 11-30 23:58:50", (2024, 12, 1), "wxid_a", ms(2024, 11, 30, 23, 58, 50)),
        ("凯文(wxid_a) 12-31 23:58:50", (2024, 1, 1), "wxid_a", ms(2023, 12, 31, 23, 58, 50)),
        ("凯文(wxid_a) 02-29 10:00:00", (2027, 1, 1), "wxid_a", ms(2024, 2, 29, 10)),
        ("凯文(wxid_a) 12-01 00:00:00", (2024, 12, 1), "wxid_a", ms(2024, 12, 1)),
        ("凯文(wxid_a) 2022-11-30 23:58:50", (2024, 12, 1), "wxid_a", ms(2022, 11, 30, 23, 58, 50)),
        ("凯文(wxid_a) 23:58:50", (2024, 12, 1), "wxid_a", ms(2024, 11, 30, 23, 58, 50)),
        ("a (b) (c)(我) 11-30 00:00:00", (2024, 12, 1), "我", ms(2024, 11, 30)),
        ("wxid_gone 11-30 00:00:00", (2024, 12, 1), "wxid_gone", ms(2024, 11, 30)),
        ("凯文(wxid_a) 13-45 00:00:00", (2024, 12, 1), "wxid_a", None),
    ],
)
def test_the_time_of_a_quoted_message_is_the_latest_that_is_not_after_the_reply(
    line: str, at: tuple[int, int, int], sender: str, time: int | None
) -> None:
    found = undo(f"> {line}\n> 一\n> 二\n好\n> 的", datetime(*at))
    assert (found.kind, found.quote_sender, found.quote_time) == ("quote", sender, time)
    assert (found.quote_text, found.text) == ("一\n二", "好\n> 的")


@pytest.mark.parametrize(
    ("content", "kind", "text", "extra"),
    [
        ("早", None, "早", None),
        ("[微笑]早", None, "[微笑]早", None),
        ("> 不是引用", None, "> 不是引用", None),
        ("[链接|", None, "[链接|", None),
        ("[链接|a](b)c", None, "[链接|a](b)c", None),
        ("[链接|a](b](c)", "link", "a](b\nc", None),
        ("[链接|](u)", "link", "u", None),
        ("[音乐|歌](u)", "music", "歌\nu", None),
        ("[语音]", "voice", "", None),
        ("[GIF表情]", "sticker", "", None),
        ("[小程序]", "miniprogram", None, None),
        ("[合并转发|甲和乙的聊天记录]", "forward", "甲和乙的聊天记录", None),
        ("[合并转发|甲", None, "[合并转发|甲", None),
        ("[转账]", "transfer", None, None),
        ("[转账|￥1.00]", "transfer", "￥1.00", None),
        ("[转账|已收款 ￥1.00](a](b\nc)", "transfer", "￥1.00", '{"action":"已收款","memo":"a](b\\nc"}'),
        ("[转账|￥1.00]x", None, "[转账|￥1.00]x", None),
        ("[位置|a|b|市|1|2]", "location", "a|b", '{"city":"市","x":"1","y":"2"}'),
        ("[位置|a]", None, "[位置|a]", None),
        ("> [引用]\n好", "quote", "好", None),
        ("Type: 66 Content: <msg/>", "contact_card", "<msg/>", None),
        ("Type: 244813135921 Content: x", "quote", "x", None),
        ("Type: 12345 Content: x", "other", "x", None),
    ],
)
def test_wording(content: str, kind: str | None, text: str | None, extra: str | None) -> None:
    found = undo(content, datetime(2024, 12, 1))
    assert (found.kind, found.text, found.extra) == (kind, text, extra)


def test_hostile_wording_takes_linear_time() -> None:
    for content in (
        "[链接|" + "](" * 300_000,
        "[转账|" + "](" * 300_000,
        "> " + "(" * 300_000,
        "[位置" + "|" * 300_000,
    ):
        undo(content, datetime(2024, 12, 1))


def test_sniffs_its_own_header_only() -> None:
    for header in (
        "Time,SenderName,Sender,TalkerName,Talker,Content\n",
        'sep=;\r\n"Time";"SenderName";"Sender";"TalkerName";"Talker";"Content"\r\n',
    ):
        assert sniff(Head(header, ("x.csv",)))
    for header in (
        "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender\n",
        "消息ID,类型,发送人,时间,内容,备注,昵称,更多信息\n",
        "id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime\n",
        "id,MsgSvrID,type_name,is_sender,talker,msg,src,CreateTime\n",
        "时间,发送者,消息类型,内容,server_id\n",
        "AuthorID,Author,Date,Content,Attachments,Reactions\n",
        "UserName,Alias,Remark,NickName\n",
        "Name,Remark,NickName,Owner,UserCount\n",
        "2024-11-30 23:58:22 凯文\n",
        '{"Time": 1}',
        "",
    ):
        assert not sniff(Head(header, ("x.csv",)))
