"""The writers against what the exporters' own writers made of the same group: tests/samples, byte for byte."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from qunkit.demo.model import FOREVER, Chat, Member, Message, Person
from qunkit.demo.talk import TOPICS
from qunkit.demo.writers import Writer, chatlab_jsonl, chatlog_csv, memotrace_v2_csv, memotrace_v3_csv, weflow_json
from qunkit.demo.writers.rows import go_row, python_row

SAMPLES = Path(__file__).parents[1] / "samples"
NAME = "周末徒步·拼车群(东区)"
ROOM = "58192034417@chatroom"
NOTES = {
    "3916313051433206757": {"md5": "0f343b0931126a20f133d67c2b018a3b", "length": "48211"},
    "4221410370780772767": {"ms": "5240", "length": "9001"},
    "7888760859512406850": {
        "md5": "9e107d9d372bb6826bd81d3542a419d6",
        "rawmd5": "e4d909c290d0fb1ca068ffaddf22cbd0",
        "seconds": "15",
        "length": "1048576",
    },
    "2490078788383527401": {
        "md5": "d41d8cd98f00b204e9800998ecf8427e",
        "url": "http://emoji.example.invalid/mmemoji/abc/0",
    },
    "3538235857305402948": {"by": "三层穿衣法", "url": "https://mp.example.invalid/s?__biz=AA==&mid=1&idx=1"},
    "8186952541948866371": {"md5": "900150983cd24fb0d6963f7d28e17f72", "mb": "0.20"},
    "1730468823473966358": {"by": "拼车小程序", "url": "https://mini.example.invalid/"},
    "6916669769477290029": {"form": "card"},
    "5867450307573445688": {"form": "card"},
}
"""What the cards of the sample group say beyond their text, read from the samples."""
NOT_WRITTEN = {"forward", "transfer", "location", "contact_card", "call", "channels"}
HISTORY_SHARED = "1906251732876854498"
"""An invitation that shares the history: the demo has none."""
FIRST_RELAY = "6916669769477290029"
"""In MemoTrace 3 it carries one more key than the second relay does."""
FILE = "8186952541948866371"
FROM_OPENIM = "5039686636636712769"
BY_STRANGER = "1421444213659364602"
QUOTES_UNKNOWN = "1592985514973166947"
WITH_COLON_LINE = {"2793538709238718621", "1497349127327071368"}
"""Own texts with a line that ends in a colon: chatlog takes what is before it for the sender."""


@pytest.fixture(scope="module")
def chat() -> Chat:
    meta, *lines = map(json.loads, (SAMPLES / "truth.jsonl").read_text("utf-8").rstrip("\n").split("\n"))
    members = {id_: _member(id_, **names) for id_, names in meta["members"].items()}
    members["wxid_gone9left022"] = Member(Person("wxid_gone9left022", "wxid_gone9left022"))
    chat = Chat(
        ROOM,
        NAME,
        TOPICS[2],
        "ordinary",
        members[meta["me"]],
        members[meta["me"]],
        0,
        1,
        1.0,
        FOREVER,
        [*members.values()],
    )
    stranger = Member(Person("wxid_gone9left022", "走了的人"))
    by_id = {
        "7391820345619280001": Message(1732895890, stranger, "text", "一条不在导出范围内的消息", "7391820345619280001")
    }
    for line in lines:
        message = chat.say(line["ts"], members.get(line["sender"] or ""), line["type"], line["text"])
        message.id = line["server_id"]
        message.reply_to = by_id.get(line["reply_to"] or "")
        message.note = NOTES.get(message.id, {})
        by_id[message.id] = message
    kevin, liu, newcomer = (members[id_] for id_ in ("wxid_k3vv01zhao22", "wxid_liu88abcde22", "wxid_new01jia0022"))
    invitation, own = by_id["1684890937195552307"], by_id["1290834381852820927"]
    invitation.event, invitation.actor, invitation.targets = "invited", kevin, (liu, newcomer)
    own.event, own.actor, own.targets = "invited", chat.me, (members["wxid_wang5wu00022"],)
    invitation.structured = True
    for id_, structured in (("6172475867462243454", True), ("5532012885167012617", False)):
        by_id[id_].event, by_id[id_].structured = "patted", structured
    return chat


def _member(id_: str, nickname: str, remark: str, group_nickname: str, alias: str) -> Member:
    return Member(Person(id_, nickname, remark), group_nickname)


def _written(chat: Chat, *but: str) -> Iterator[tuple[int, Message]]:
    """Messages of a kind that the demo writes, with their place, without `but`."""
    written = [
        (number, message)
        for number, message in enumerate(chat.messages, 1)
        if message.kind not in NOT_WRITTEN and message.id not in {HISTORY_SHARED, *but}
    ]
    assert len(written) >= 38
    yield from written


def _sample(pattern: str) -> str:
    (path,) = SAMPLES.glob(pattern)
    return path.read_bytes().decode("utf-8")


def test_weflow_json_records(chat: Chat) -> None:
    sample = _sample("weflow/json/*.json")
    for number, message in _written(chat, FROM_OPENIM, FILE):
        record = json.dumps(weflow_json.record(chat, NAME, number, message), ensure_ascii=False, indent=2)
        assert textwrap.indent(record, "    ", lambda line: True) in sample


def test_weflow_json_file(chat: Chat, tmp_path: Path) -> None:
    text = weflow_json.write(chat, chat.messages[:18], tmp_path).read_bytes().decode("utf-8")
    sample = _sample("weflow/json/*.json")
    head, _, first = sample.partition('"messages": [\n')
    mine, _, messages = text.partition('"messages": [\n')
    assert [line.split(":")[0] for line in mine.split("\n")] == [line.split(":")[0] for line in head.split("\n")]
    assert first.startswith(messages[: messages.index('"localId": 2')])
    assert text.endswith(sample[-10:])


def test_chatlab_jsonl_records(chat: Chat) -> None:
    lines = _sample("weflow/chatlab-jsonl/*.jsonl").split("\n")
    for _, message in _written(chat, FROM_OPENIM, FILE):
        assert chatlab_jsonl._line(chatlab_jsonl.record(chat, NAME, message)) in lines


def test_chatlab_jsonl_file(chat: Chat, tmp_path: Path) -> None:
    mine = chatlab_jsonl.write(chat, chat.messages, tmp_path).read_bytes().decode("utf-8")
    sample = _sample("weflow/chatlab-jsonl/*.jsonl")
    header, sample_header = (json.loads(text.split("\n")[0]) for text in (mine, sample))
    header["chatlab"]["exportedAt"] = sample_header["chatlab"]["exportedAt"]
    assert chatlab_jsonl._line(header) == sample.split("\n")[0]
    assert mine.split("\n")[1:11] == sample.split("\n")[1:11]  # the members
    assert not mine.endswith("\n")
    assert not sample.endswith("\n")


def test_chatlog_csv_records(chat: Chat) -> None:
    sample = _sample("chatlog/2024-11-30*/*.csv")
    for _, message in _written(chat, BY_STRANGER, *WITH_COLON_LINE):
        assert go_row(chatlog_csv.record(chat, NAME, message)) in sample


def test_chatlog_csv_file(chat: Chat, tmp_path: Path) -> None:
    path = chatlog_csv.write(chat, chat.messages, tmp_path)
    (sample,) = (SAMPLES / "chatlog").glob("2024-11-30*/*.csv")
    assert path.name == sample.name
    mine, theirs = path.read_bytes(), sample.read_bytes()
    assert mine[:60] == theirs[:60]
    assert b"\r" not in mine + theirs


@pytest.mark.parametrize("version", [2, 3])
def test_memotrace_csv_records(chat: Chat, version: int) -> None:
    sample = _sample(f"memotrace_v{version}/*/*/*.csv")
    for number, message in _written(chat, *([FIRST_RELAY, QUOTES_UNKNOWN] if version == 3 else [])):
        if version == 2:
            record: tuple[object, ...] = memotrace_v2_csv.record(chat, number, message)
        else:
            record = memotrace_v3_csv.record(chat, NAME, message)
        assert python_row(record) in sample


@pytest.mark.parametrize(("version", "writer"), [(2, memotrace_v2_csv), (3, memotrace_v3_csv)])
def test_memotrace_csv_file(chat: Chat, tmp_path: Path, version: int, writer: Writer) -> None:
    path = writer.write(chat, chat.messages[:18], tmp_path)
    (sample,) = (SAMPLES / f"memotrace_v{version}").glob("*/*/*.csv")
    assert path.relative_to(tmp_path).parts[1:] == sample.relative_to(SAMPLES).parts[1:]
    mine, theirs = path.read_bytes(), sample.read_bytes()
    header = mine.index(b"\n") + 1
    assert mine[:header] == theirs[:header]
    assert mine.startswith(b"\xef\xbb\xbf")
    assert mine.endswith(b"\r\n")


def test_rows_are_what_csv_reads() -> None:
    fields = ["a", "", 'say "hi"', "a,b", "two\nlines", " blank", "尾\r\n"]
    for row in (python_row(fields), go_row(fields)):
        assert next(csv.reader(io.StringIO(row, newline=""))) == fields
    out = io.StringIO(newline="")
    csv.writer(out).writerow(fields)
    assert python_row(fields) == out.getvalue()
    assert go_row([" x", "y "]) == '" x",y \n'
