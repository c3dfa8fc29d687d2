"""MemoTrace text: the two samples row by row, cut, in every encoding; and a round trip against a slow reader."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qunkit import schema
from qunkit.exports import Head
from qunkit.formats import memotrace_txt
from qunkit.parsing.source import Source, open_source

SAMPLES = Path(__file__).parents[1] / "samples"
(V2,) = [path for path in SAMPLES.glob("memotrace_v2/**/*.txt") if not path.name.endswith("_chat.txt")]
(V3,) = [path for path in SAMPLES.glob("memotrace_v3/**/*.txt") if not path.name.endswith("_chat.txt")]
TRUTH = [json.loads(line) for line in (SAMPLES / "truth.jsonl").read_text("utf-8").split("\n")[1:] if line]
ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

Row = dict[str, Any]
Write = Callable[[bytes], Source]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(content: bytes) -> Source:
        path = tmp_path / "群.txt"
        path.write_bytes(content)
        return open_source(path)

    return _write


def rows(source: Source) -> list[Row]:
    """Every row, without what is null; the ranges are checked to tile the file."""
    found: list[Row] = []
    begins, spans = [], []
    for batch in memotrace_txt.read(source):
        assert batch.messages.schema.equals(schema.RAW.arrow)
        found += [{key: value for key, value in row.items() if value is not None} for row in batch.messages.to_pylist()]
        begins += batch.messages["offset"].to_pylist()
        spans += [(reject.start, reject.end) for reject in batch.rejects] + batch.framing
        assert all(reject.reason in schema.REASONS and reject.start < reject.end for reject in batch.rejects)
    edges = [*sorted([*begins, *(start for start, _ in spans)]), source.size]
    assert edges[0] == 0
    assert all(start < end for start, end in pairwise(edges)) or source.size == 0
    assert all(edges[edges.index(start) + 1] == end for start, end in spans)
    return found


def said(row: Row) -> Row:
    """What a row says, without where it is and of which group."""
    return {key: value for key, value in row.items() if key not in ("offset", "group_id", "group_name")}


# -- the samples ---------------------------------------------------------------------------------------------------
# What each version shows as a sender: 2 the remark or nickname, fit for a file name; 3 the name in the group, else the same.
NAMES = {
    "wxid_me0001aaaa11": ("阿岚", "阿岚-领队"),
    "wxid_k3vv01zhao22": ("Kevin_Zhao", "凯文"),
    "wxid_liu88abcde22": ("刘同事", "刘同事"),
    "zhangdazui_1990": ("张大嘴", "张大嘴"),
    "wxid_ad777yhqzs22": ("优惠券小助手【9_9包邮】", "优惠券小助手【9_9包邮】"),
    "wxid_new01jia0022": ("新人_甲", "新人_甲"),
    "wxid_wang5wu00022": ("王五_Wang", "王 五"),
    "25984982143567890@openim": ("李经理", "李经理"),
    "wxid_gone9left022": ("wxid_gone9left022", "wxid_gone9left022"),
}
NOTICES = (1, 24, 27, 28, 32, 33, 43, 44, 45, 46)
"""Numbers of messages in the truth (from 1) that are notices in both versions."""
NOT_IN_2 = (18, 19, 20, 21, 22, 23, 25, 40, 41, 42, 50)
"""Mini program, relays, announcement, forward, red packet, transfer, location, card, call, channels: left out by version 2."""
QUOTED = TRUTH[2]["text"]
ODD_2: dict[int, Row] = {
    10: {"kind": "quote", "quote_sender": "阿岚-领队", "quote_text": QUOTED},
    11: {"text": "[图片]"},
    12: {"kind": "quote"},  # 引用:未知
    13: {"text": "[语音]"},
    14: {"text": "[视频]"},
    15: {"text": "[表情包]"},
    16: {
        "kind": "link",
        "text": "冬季徒步装备清单(2024版)\nhttps://mp.example.invalid/s?__biz=AA==&mid=1&idx=1",
        "extra": '{"description":"三层穿衣法"}',
    },
    17: {"text": "[文件]"},
    26: {"kind": "system", "sender_name": None},
    45: {"text": '你邀请"王五 Wang"加入了群聊  '},
    47: {"kind": "system", "sender_name": None},
    49: {"kind": "quote", "quote_sender": "走了的人", "quote_text": "一条不在导出范围内的消息"},
}
ODD_3: dict[int, Row] = {
    1: {"text": "58192034417@chatroom:\n<sysmsg type="},  # structured notices: raw XML, of which the begin is compared
    10: {"kind": "quote", "quote_sender": "阿岚-领队", "quote_text": QUOTED},
    11: {"text": "【图片】"},
    12: {"kind": "quote", "quote_sender": "刘同事", "quote_text": "【图片】"},
    13: {"kind": "voice", "text": ""},
    14: {"text": "【视频】"},
    15: {"kind": "sticker", "text": ""},
    16: ODD_2[16],
    17: {"kind": "file", "extra": '{"md5":"900150983cd24fb0d6963f7d28e17f72","size":"0.20 MB"}'},
    18: {
        "kind": "link",
        "text": "拼车接龙-东门\nhttps://mini.example.invalid/",
        "extra": '{"app":"拼车小程序"}',
    },  # as a link
    19: {"kind": "solitaire"},
    20: {"kind": "solitaire"},
    21: {"kind": "announcement"},
    22: {
        "kind": "forward",
        "text": "- 2024-11-30 18:02:11 老陈: 山上有雪\n注意防滑\n- 2024-11-30 18:03:00 小高: 【图片】",
    },
    23: {"kind": "red_packet"},
    25: {"kind": "transfer", "extra": '{"memo":"车费"}'},
    26: {"kind": "pat"},
    40: {"kind": "location", "extra": '{"label":"东区大道1号","x":"31.230416","y":"121.473701"}'},
    41: {"kind": "contact_card", "extra": '{"account":"laozhou","gender":"男","region":"上海 浦东"}'},
    42: {"kind": "call"},
    45: {"text": "58192034417@chatroom:\n<sysmsg type="},
    46: {"text": "58192034417@chatroom:\n<sysmsg type="},
    47: {"text": ""},  # the pat's sentence is lost
    49: {"kind": "quote"},  # 无效的消息
    50: {"kind": "channels", "extra": '{"author":"山野频道"}'},
}


def expected(version: int) -> list[Row]:
    """By hand: the truth, with what this version shows in its own way."""
    odd = (ODD_2, ODD_3)[version - 2]
    kept = [(n, message) for n, message in enumerate(TRUTH, 1) if not (version == 2 and n in NOT_IN_2)]
    found = []
    for number, message in kept:
        wall = dt.datetime.fromtimestamp(message["ts"] + 8 * 3600, dt.UTC).replace(tzinfo=None)
        row: Row = {"wall": wall, "text": message["text"]}
        if number in NOTICES:
            row["kind"] = "system"
        else:
            row["sender_name"] = NAMES[message["sender"]][version - 2]
        row |= odd.get(number, {})
        found.append({key: value for key, value in row.items() if value is not None})
    return found


@pytest.mark.parametrize(("path", "version", "number"), [(V2, 2, 40), (V3, 3, 51)])
def test_sample_row_by_row(path: Path, version: int, number: int) -> None:
    found = [said(row) for row in rows(open_source(path))]
    for row in found:
        if "<sysmsg" in row["text"]:
            row["text"] = row["text"][: row["text"].index("type=") + 5]
    assert len(found) == number
    for row, should in zip(found, expected(version), strict=True):
        assert row == should


def test_group_is_taken_from_the_folder() -> None:
    assert {(row["group_id"], row["group_name"]) for row in rows(open_source(V3))} == {
        ("58192034417@chatroom", "周末徒步·拼车群(东区)")
    }
    assert {(row.get("group_id"), row["group_name"]) for row in rows(open_source(V2))} == {
        (None, "周末徒步·拼车群(东区)")
    }


def test_pasted_headers_are_counted() -> None:
    for path in (V2, V3):
        assert sum(batch.suspects for batch in memotrace_txt.read(open_source(path))) == 2


@pytest.mark.parametrize("path", [V2, V3])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_sample_in_other_encodings_and_line_ends(write: Write, path: Path, encoding: str, line_end: str) -> None:
    content = path.read_bytes().decode()
    source = write(content.replace("\n", line_end).encode(encoding))
    assert [said(row) for row in rows(source)] == [said(row) for row in rows(open_source(path))]


@pytest.mark.parametrize(
    ("path", "encoding"), [(V2, "utf-8"), (V3, "utf-8"), (V2, "gb18030"), (V2, "utf-16"), (V2, "utf-16-be")]
)
def test_sample_cut_here_and_there(tmp_path: Path, path: Path, encoding: str) -> None:
    """What is read of a cut file is what is read of the whole one, but for the last message. At every byte: test_contract.py."""
    content = path.read_bytes().decode().encode(encoding)
    cut = tmp_path / path.name
    cut.write_bytes(content)
    whole = rows(open_source(cut))
    for size in range(len(content) - 1, 0, -17):
        os.truncate(cut, size)
        source = open_source(cut)
        if source.encoding != "utf-8" and size < 300:
            continue  # too short to tell the encoding
        found = rows(source)
        assert found[:-1] == whole[: max(len(found) - 1, 0)], size
        assert len(found) >= len([row for row in whole if row["offset"] < size]) - 1


# -- which files are these -----------------------------------------------------------------------------------------
def test_sniff_says_yes_to_these_samples_only() -> None:
    yes = set()
    for path in SAMPLES.glob("**/*.*"):
        text = path.read_bytes()[: 64 << 10].decode("utf-8", "ignore").removeprefix("\ufeff")
        if memotrace_txt.sniff(Head(text, path.parts[-4:])):
            yes.add(path)
    assert yes == {V2, V3}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", False),
        ("2024-12-01 00:00:08 K", True),
        ("\n\n2024-12-01 00:00:08 K\nhi\n\n", True),
        ("2024-12-01 00:00:08\r\n你邀请K加入了群聊\r\n\r\n2024-12-01 00:00:09 K\r\nhi\r\n", True),
        ("2024-12-01 00:00:08 'K'\nhi\n\n", False),  # WeFlow
        ("2024-12-01 00:00:08 'K'\nhi\n\n2024-12-01 00:00:09 K\nhi\n\n2024-12-01 00:00:10 K\nhi\n\n", True),
        (
            "2024-12-01 00:00:08 INFO start\n2024-12-01 00:00:09 INFO go\n2024-12-01 00:00:10 INFO stop\n",
            False,
        ),  # a log
        ("消息记录（此消息记录为文本格式，不支持重新导入）\n\n2019-07-16 18:15:05 小王(10001)\n早\n", False),  # QQ
        ("2024-12-01T00:00:08 K\nhi\n", False),
        ("２024-12-01 00:00:08 K\nhi\n", False),
        ("********************2024-11-30********************\n\nK:\nhi\n", False),
        ("凯文(wxid_a) 00:00:01\n早\n\n", False),
    ],
)
def test_sniff(text: str, answer: bool) -> None:
    assert memotrace_txt.sniff(Head(text, ("a.txt",))) is answer


# -- worked out by hand --------------------------------------------------------------------------------------------
def test_one_line_records_of_version_2(write: Write) -> None:
    content = (
        "2024-12-01 08:00:00 阿岚\n\n"  # nobody of that name has spoken: a notice
        "2024-12-01 08:00:01 凯文\n早\n\n"
        "2024-12-01 08:00:02 凯文\n\n"  # has spoken: an empty message
        "2024-12-01 08:00:03 小刘\n\n\n"  # one more line: an empty message
        '2024-12-01 08:00:04 "凯文"邀请"小刘"加入了群聊\n\n'
        '2024-12-01 08:00:05 "凯文"邀请"小王"加入了群聊\n\n\n'
        "2024-12-01 08:00:06 \n没有名字\n\n"
    )
    assert [(row.get("kind"), row.get("sender_name"), row["text"]) for row in rows(write(content.encode()))] == [
        ("system", None, "阿岚"),
        (None, "凯文", "早"),
        (None, "凯文", ""),
        (None, "小刘", ""),
        ("system", None, '"凯文"邀请"小刘"加入了群聊'),
        ("system", None, '"凯文"邀请"小王"加入了群聊'),
        (None, "", "没有名字"),
    ]


def test_who_has_spoken_is_remembered_from_block_to_block(write: Write) -> None:
    spoken = "".join(f"2024-12-01 08:00:00 成员{n}\n早\n\n" for n in range(300_000))
    source = write((spoken + "2024-12-01 08:00:01 成员7\n\n").encode())
    batches = list(memotrace_txt.read(source))
    assert len(batches) > 1
    assert batches[-1].messages["sender_name"][-1].as_py() == "成员7"


def test_a_pat_of_version_3_is_one_only_if_it_names_its_sender(write: Write) -> None:
    content = (
        '2024-12-01 08:00:00 王.五\n"王 五" 拍了拍 "凯文"\n\n2024-12-01 08:00:01 凯文\n"王 五" 拍了拍 "凯文"\n\n'
        '2024-12-01 08:00:02 凯文\n我拍了拍 "王 五" 的肩膀\n\n2024-12-01 08:00:03 凯文\n他拍了拍我\n\n'
        '2024-12-01 08:00:04 凯文\n"凯文" 拍了拍自己\n'
    )
    assert [row.get("kind") for row in rows(write(content.encode()))] == ["pat", None, "pat", None, "pat"]


def test_a_notice_keeps_its_words(write: Write) -> None:
    content = '2024-12-01 08:00:00\n"A" 拍了拍 "B"\n\n'.encode()
    content += "2024-12-01 08:00:01\n【红包】: 恭喜\n\n".encode()
    assert [said(row) | {"wall": None} for row in rows(write(content))] == [
        {"wall": None, "kind": "system", "text": '"A" 拍了拍 "B"'},
        {"wall": None, "kind": "system", "text": "【红包】: 恭喜"},
    ]


def test_names_of_version_2_are_unescaped(write: Write) -> None:
    found = rows(write(b"2024-12-01 08:00:00 O\\'Neil &amp; \\\\ &lt;3\nhi\n\n"))
    assert found[0]["sender_name"] == "O'Neil & \\ <3"


def test_records_that_cannot_be_read_are_rejected_and_the_others_kept(write: Write) -> None:
    content = b"1970-01-01 00:00:00 A\nhi\n\n2024-12-01 08:00:00 A\n\xe6\x97\xa9\n\n2024-12-01 08:00:01 B\n\xff\n\n2024-12-01 08:0"
    source = write(content)
    found = [reject for batch in memotrace_txt.read(source) for reject in batch.rejects]
    assert sorted((reject.start, reject.reason, source.raw(reject.start, reject.end)) for reject in found) == [
        (0, "time-out-of-range", content[:26]),
        (53, "undecodable", b"2024-12-01 08:00:01 B\n\xff\n\n"),
        (78, "truncated-tail", b"2024-12-01 08:0"),
    ]
    assert [row["text"] for row in rows(source)] == ["早"]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n\n", b"x", b"2024", b"2024-12-01 08:00:00"])
def test_files_without_messages_give_none(write: Write, content: bytes) -> None:
    assert rows(write(content)) == []


# -- round trip ----------------------------------------------------------------------------------------------------
NAME = st.text(st.sampled_from("ab凯文🍉 '.&<\\\"_:"), min_size=1, max_size=8)
WORDS = st.text(st.sampled_from("ab早好🍉 \n\t引用：:【】{'2024-\u2028\x85\x0b\x1c0"), max_size=30)
NOTICE = st.sampled_from(['"凯文"邀请"小刘"加入了群聊', '"小刘" 撤回了一条消息', '你将"小刘"移出了群聊'])
MESSAGE = st.tuples(st.integers(0, 100), st.one_of(st.tuples(NAME, WORDS), st.tuples(st.none(), NOTICE)))


def write_2(messages: list[tuple[dt.datetime, str | None, str]]) -> str:
    """As version 2 writes: names escaped as in JavaScript after HTML, notices on the header line."""
    records = []
    for time, name, words in messages:
        if name is None:
            records.append(f"{time} {words}\n\n")
            continue
        for char, escaped in (("&", "&amp;"), ("<", "&lt;"), ("\\", "\\\\"), ("'", "\\'"), ('"', '\\"')):
            name = name.replace(char, escaped)
        records.append(f"{time} {name}\n{words}\n\n")
    return "".join(records)


def write_3(messages: list[tuple[dt.datetime, str | None, str]]) -> str:
    """As version 3 writes: records joined by an empty line, notices below a lone time."""
    return "\n\n".join(
        f"{time}\n{words}" if name is None else f"{time} {name}\n{words}" for time, name, words in messages
    )


@settings(ANY, max_examples=150)
@given(
    st.lists(MESSAGE, min_size=1, max_size=12),
    st.sampled_from([write_2, write_3]),
    st.sampled_from(["utf-8", "gb18030"]),
)
@example([(0, ("a", "x\n引用：b: c")), (1, ("a", ""))], write_3, "utf-8")
def test_round_trip(
    write: Write,
    told: list[tuple[int, tuple[str | None, str]]],
    writer: Callable[[list[tuple[dt.datetime, str | None, str]]], str],
    encoding: str,
) -> None:
    time = dt.datetime.fromisoformat("2024-12-01 00:00:00")
    messages = []
    for seconds, (name, words) in told:
        time += dt.timedelta(seconds=seconds)
        if name is not None and writer is write_3:
            name = re.sub(r"[\\&]", "", name) or "x"  # version 3 escapes nothing
        messages.append((time, name, words))
    messages.append((time, "z", "end"))
    found = rows(write(writer(messages).encode(encoding)))
    assert [(row["wall"], row.get("sender_name")) for row in found] == [(time, name) for time, name, _ in messages]
    for row, (_, name, words) in zip(found, messages, strict=True):
        if name is None:
            assert (row["kind"], row["text"]) == ("system", words)
        elif row.get("kind") == "quote":
            mark, colon = ("\n引用：", ": ") if "quote_sender" not in row or "\n引用：" in words else ("\n引用:", ":")
            rest = f"{mark}{row['quote_sender']}{colon}{row['quote_text']}" if "quote_sender" in row else None
            assert words.startswith(row["text"] + "\n引用")
            assert rest is None or row["text"] + rest == words
        else:
            assert row["text"] == words


# -- a slow reader: line by line, with a regular expression --------------------------------------------------------
_SLOW = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})( .*)?")


def slow(text: str) -> list[tuple[str, str | None, str]]:
    """(time, sender, text) of every message; for files whose times have no far future and no damage."""
    records: list[tuple[str, str, list[str]]] = []
    before = ""
    for line in text.replace("\r\n", "\n").split("\n"):
        match = _SLOW.fullmatch(line)
        if match and not before and (not records or match[1] >= records[-1][0]):
            records.append((match[1], match[2] or "", []))
        elif records:
            records[-1][2].append(line)
        before = line
    found: list[tuple[str, str | None, str]] = []
    spoken = set()
    for number, (time, head, body) in enumerate(records, 1):
        words = "".join(line + "\n" for line in body) if number < len(records) else "\n".join(body)
        blank = 0
        while blank < 2 and words.endswith("\n"):
            words, blank = words[:-1], blank + 1
        if not head:
            found.append((time, None, words))
        elif not words and blank < 2 and head[1:] not in spoken:
            found.append((time, None, head[1:]))
        else:
            found.append((time, head[1:], words))
            if words:
                spoken.add(head[1:])
    return found


BASE = dt.datetime.fromisoformat("2024-11-30 23:59:30")
LINE = st.one_of(
    st.tuples(st.integers(0, 9), st.sampled_from(["", " 凯文", " 阿岚", " ", "x"])),
    st.sampled_from(["早", "", " ", "x\u2028y", "2023-01-01 00:00:00 旧"]),
)


@settings(ANY, max_examples=200)
@given(st.lists(st.tuples(LINE, st.sampled_from(["\n", "\n\n", "\n\n\n"])), max_size=20), st.booleans())
def test_agrees_with_slow_reader(write: Write, lines: list[tuple[str | tuple[int, str], str]], crlf: bool) -> None:
    text, time = f"{BASE} 凯文\n早\n\n", BASE
    for line, end in lines:
        if isinstance(line, tuple):
            time += dt.timedelta(seconds=line[0])
            line = f"{time}{line[1]}"
        text += line + end
    text += "\n"
    source = write((text.replace("\n", "\r\n") if crlf else text).encode())
    assert [(str(row["wall"]), row.get("sender_name"), row["text"]) for row in rows(source)] == slow(text)
