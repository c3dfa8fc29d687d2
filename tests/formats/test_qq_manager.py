"""The text and the MHT of QQ's message manager: the samples by hand, what each form of line says, and a slow reader of the whole text."""

from __future__ import annotations

import quopri
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.errors import UnreadableExport
from qunkit.formats import qq_mht, qq_txt
from qunkit.ingest.run import Options, ingest
from qunkit.parsing.source import Source, open_source
from support.staged import messages
from support.truth.base import SAMPLES

MADE = SAMPLES / "made"
FIRST = "消息记录（此消息记录为文本格式，不支持重新导入）\r\n\r\n"
RULE = "=" * 64 + "\r\n"
PRIVATE = {"private": "yes"}
START = datetime(2019, 7, 16, 9, 59, 50)


def rows_of(source: Source) -> list[dict[str, Any]]:
    module = qq_txt if source.parts[-1].endswith(".txt") else qq_mht
    assert module.sniff(source.head)
    return [row for batch in module.read(source) for row in batch.messages.to_pylist()]


def told(dataset: Path) -> list[tuple[Any, ...]]:
    rows = sorted(messages(dataset)[0], key=lambda row: (row["group_name"], row["sent_at"], row["seq"]))
    assert {row["platform"] for row in rows} == {"qq"}
    assert {row["time_quality"] for row in rows} == {"local"}
    return [
        (
            row["group_id"],
            f"{row['local_time']:%m-%d %H:%M:%S}",
            row["sender_id"],
            row["kind"],
            row["text"],
            row["event"],
            row["target_ids"],
        )
        for row in rows
    ]


READERS, HIKERS, FRIEND = "name:周三读书会", "name:徒步、拼车", "name:老陈"
MORNING = [
    (READERS, "07-16 08:15:05", "120034501", "text", "早", None, None),
    (READERS, "07-16 08:15:05", "120034502", "text", "早", None, None),
    (READERS, "07-16 08:16:00", "tudou@example.invalid", "image", "", None, None),
    (READERS, "07-16 08:16:20", None, "system", "刘(东区): 甲加入本群。", "joined", ["120034503"]),
]
PASTED = "大家好[表情]\n\n第二段\n2019-07-15 9:00:00 阿岚(120034501)\n昨天说的:几点?"
IN_TEXT = [
    *MORNING,
    (READERS, "07-16 08:17:00", "120034503", "text", PASTED, None, None),
    (READERS, "07-16 08:18:00", None, "system", "阿岚邀请老陈加入了本群。", "invited", ["120034505"]),
    (READERS, "07-16 12:00:01", "120034505", "text", "@阿岚 今天读哪一章", None, None),
    (HIKERS, "07-15 23:59:59", "name:Kevin Zhao", "text", "走吗", None, None),
    (HIKERS, "07-16 00:00:01", "name:【小】王", "text", "走", None, None),
    (FRIEND, "01-02 03:04:05", "name:老陈", "text", "在吗", None, None),
    (FRIEND, "01-02 13:04:06", "name:阿岚", "text", "在\n====", None, None),
]
IN_MHT = [
    *MORNING,
    (READERS, "07-16 08:17:00", "120034503", "text", "大家好[图片]\n<b> & 日期: 2019-7-15 吗?", None, None),
    (READERS, "07-17 00:00:01", "120034505", "text", "@阿岚 今天读哪一章", None, None),
]
HALF_DAYS = [
    (READERS, "08-03 11:59:59", "120034501", "text", "上午", None, None),
    (READERS, "08-03 12:00:00", "120034502", "text", "中午", None, None),
    (READERS, "08-03 20:43:38", "tudou@example.invalid", "text", "晚上", None, None),
    (READERS, "08-04 00:00:00", "120034501", "text", "零点", None, None),
]


@pytest.mark.parametrize(
    ("sample", "wanted"),
    [
        ("qq_txt/全部消息记录.txt", IN_TEXT),
        ("qq_txt/周三读书会.txt", HALF_DAYS),
        ("qq_mht/全部消息记录.mht", [*IN_MHT, (FRIEND, "01-02 13:04:05", "name:老陈", "text", "在吗", None, None)]),
        ("qq_mht/周三读书会.mht", IN_MHT),
    ],
)
def test_a_sample(sample: str, wanted: list[tuple[Any, ...]], tmp_path: Path) -> None:
    summary = ingest([MADE / sample], tmp_path / "data", Options(facts=tuple(PRIVATE.items())))
    assert [(file.status, file.rejected) for file in summary.files] == [("ingested", 0)]
    assert told(tmp_path / "data") == wanted


def test_both_of_one_chat_are_one_but_for_faces(tmp_path: Path) -> None:
    """A face is [表情] in the text and a picture in the MHT: only that message is there twice."""
    files = [MADE / "qq_txt/全部消息记录.txt", MADE / "qq_mht/全部消息记录.mht"]
    ingest(files, tmp_path / "data", Options(facts=tuple(PRIVATE.items())))
    twice = [row for row in told(tmp_path / "data") if row[:2] == (READERS, "07-16 08:17:00")]
    assert len(twice) == 2
    assert len(told(tmp_path / "data")) == len(IN_TEXT) + 3  # that one, one of the next day, one of the private chat


@pytest.mark.parametrize("name", ["qq_txt/全部消息记录.txt", "qq_mht/全部消息记录.mht"])
def test_private_chats_are_left_out(name: str, tmp_path: Path) -> None:
    """They are counted, and none of their bytes is in the dataset; asked for later, they come in."""
    data = tmp_path / "data"
    (file,) = ingest([MADE / name], data).files
    assert (file.status, file.rejected) == ("ingested", 0)
    assert [row for row in told(data) if row[0] == FRIEND] == []
    assert [dict(note.facts) for note in file.notes if "--private" in note.text.en] == [{"count": 1}]
    (again,) = ingest([MADE / name], data, Options(facts=tuple(PRIVATE.items()))).files
    assert again.status == "ingested"
    assert again.new == len([row for row in told(data) if row[0] == FRIEND]) > 0


@pytest.mark.parametrize("ending", ["", "2019-07-16 9:00:00 老", "没有人说的话\r\n", "x" * 3_000_000])
def test_nothing_of_a_private_chat_is_rejected(ending: str, tmp_path: Path) -> None:
    private = (
        f"{RULE}消息分组:我的好友\r\n{RULE}消息对象:老陈\r\n{RULE}\r\n2019-07-16 8:15:05 老陈\r\n在吗\r\n\r\n{ending}"
    )
    path = tmp_path / "a.txt"
    path.write_bytes((text_of(("2019-07-16 8:15:05", "小王(10001)", "早")) + private).encode())
    batches = list(qq_txt.read(open_source(path)))
    assert [row["text"] for batch in batches for row in batch.messages.to_pylist()] == ["早"]
    assert [batch.rejects for batch in batches if batch.rejects] == []
    assert sum(batch.private for batch in batches) == 1
    (file,) = ingest([path], tmp_path / "data").files  # the ledger tiles
    assert file.rejected == 0


def test_only_private_chats(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text_of(("2019-07-16 8:15:05", "小王", "早")).replace("我的群聊", "我的好友").encode())
    (file,) = ingest([path], tmp_path / "data").files
    assert "--private" in file.error.sentence("en")


# -- text ----------------------------------------------------------------------------------------------------------
def text_of(*lines: tuple[str, str, str]) -> str:
    said = "".join(f"{time} {who}\r\n{words}\r\n\r\n" for time, who, words in lines)
    return f"{FIRST}{RULE}消息分组:我的群聊\r\n{RULE}消息对象:读书会\r\n{RULE}\r\n{said}"


def read_text(path: Path, text: str) -> list[dict[str, Any]]:
    path.write_bytes(text.encode())
    return rows_of(open_source(path))


@pytest.mark.parametrize(
    ("who", "account", "name"),
    [
        ("小王(10001)", "10001", "小王"),
        ("【管理员】小王(10001)", "10001", "小王"),
        ("【管理员】【冒泡】小王(10001)", "10001", "小王"),
        ("小(王)(10001)", "10001", "小(王)"),
        ("土豆<t@example.invalid>", "t@example.invalid", "土豆"),
        ("【活跃】土豆<t@example.invalid>", "t@example.invalid", "土豆"),
        ("(10001)", "10001", None),
        ("老陈", None, "老陈"),
        ("【小】王", None, "【小】王"),
        ("老陈(2019)", None, "老陈(2019)"),
        ("小王(010001)", None, "小王(010001)"),
        ("a<b>", None, "a<b>"),
        ("系统消息(10000)", None, None),
        ("系统消息(1000000)", None, None),
    ],
)
def test_who_speaks(who: str, account: str | None, name: str | None, tmp_path: Path) -> None:
    (row,) = read_text(tmp_path / "a.txt", text_of(("2019-07-16 8:15:05", who, "早")))
    assert (row["sender_id"], row["sender_name"]) == (account, name)
    assert row["kind"] == ("system" if name is account is None else "text")


@pytest.mark.parametrize(
    ("time", "wall"),
    [
        ("2019-07-16 8:15:05", datetime(2019, 7, 16, 8, 15, 5)),
        ("2019-7-6 18:15:05", datetime(2019, 7, 6, 18, 15, 5)),
        ("2019-07-16 12:00:00 AM", datetime(2019, 7, 16)),
        ("2019-07-16 12:00:00 PM", datetime(2019, 7, 16, 12)),
        ("2019-07-16 1:00:00 PM", datetime(2019, 7, 16, 13)),
    ],
)
def test_times(time: str, wall: datetime, tmp_path: Path) -> None:
    (row,) = read_text(tmp_path / "a.txt", text_of((time, "小王(10001)", "早")))
    assert (row["wall"], row["epoch"]) == (wall, None)


@pytest.mark.parametrize(
    "time", ["2019-07-16 24:00:00", "2019-07-16 8:60:00", "2019-07-16 8:00:60", "2019-02-30 1:00:00"]
)
def test_no_time_is_no_header(time: str, tmp_path: Path) -> None:
    (row,) = read_text(
        tmp_path / "a.txt", text_of(("2019-07-16 8:15:05", "小王(10001)", "早"), (time, "小王(10001)", "好"))
    )
    assert row["text"] == f"早\n\n{time} 小王(10001)\n好"


def test_a_header_stands_behind_an_empty_line(tmp_path: Path) -> None:
    words = "看:\r\n2019-07-16 9:00:00 小王(10001)\r\n好"
    (row,) = read_text(tmp_path / "a.txt", text_of(("2019-07-16 8:15:05", "小王(10001)", words)))
    assert row["text"] == words.replace("\r\n", "\n")


LINES = st.sampled_from(["早", "", "2019-07-16 8:15:05", "=" * 64, "消息对象:甲", "\u2028", "\t好 ", "(10001)"])
PASTED_LINES = st.integers(1, 60).map(lambda minute: f"\n{START - timedelta(minutes=minute)} 甲(10009)\n昨天")
NAMES = st.text(st.sampled_from("甲a ()<>【】,\u202e"), min_size=1, max_size=6).filter(
    lambda name: name.strip() == name
)
TEXTS = (
    st.lists(LINES | PASTED_LINES, min_size=1, max_size=5).map("\n".join).filter(lambda text: not text.endswith("\n"))
)
MESSAGES = st.lists(st.tuples(st.integers(0, 3), NAMES, TEXTS), min_size=1, max_size=12)


def slowly(text: str) -> list[tuple[datetime, str]]:
    """Headers in the whole text, those before the last one's time left out; what is between them."""
    header = re.compile(r"(?<=\n\n)(\d{4}-\d\d-\d\d) (\d\d?:\d\d:\d\d) ([^\n]*)\n")
    found: list[tuple[datetime, int, int]] = []
    for match in header.finditer(text):
        time = datetime.fromisoformat(f"{match[1]} {match[2]:0>8}")
        if not found or time >= found[-1][0]:
            found.append((time, match.start(), match.end()))
    ends = [start for _, start, _ in found[1:]] + [len(text)]
    bodies = [text[start:end] for (_, _, start), end in zip(found, ends, strict=True)]
    return [(time, re.sub(r"\n{1,3}\Z", "", body)) for (time, *_), body in zip(found, bodies, strict=True)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=MESSAGES)
def test_it_reads_what_a_slow_reader_reads(said: list[tuple[int, str, str]], tmp_path: Path) -> None:
    time, lines = START, []
    for step, name, words in said:
        time += timedelta(seconds=step)
        lines.append((f"{time:%Y-%m-%d} {time.hour}:{time:%M:%S}", name, words))
    text = text_of(*lines)
    rows = read_text(tmp_path / "a.txt", text)
    assert [(row["wall"], row["text"]) for row in rows] == slowly(text.replace("\r\n", "\n"))
    assert {row["group_name"] for row in rows} == {"读书会"}


# -- MHT -----------------------------------------------------------------------------------------------------------
SAID = (MADE / "qq_mht/全部消息记录.mht").read_bytes()


def page_with(body: str) -> bytes:
    begin, end = SAID.index(b"<tr><td><div style=color"), SAID.rindex(b"</table>")
    who = "<tr><td><div style=color:#006EFE;padding-left:10px;><div style=float:left;margin-right:6px;>甲(10001)</div>8:00:00</div>"
    return SAID[:begin] + f"{who}<div style=padding-left:20px;>{body}</div></td></tr>".encode() + SAID[end:]


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("<font color='000000'>早</font>", "text", "早"),
        ("<font>早<br>好</font><br/><font>吗</font>", "text", "早\n好\n吗"),
        ("<font>a&lt;b&gt;&amp;&nbsp;&quot;c&get;&#39;</font>", "text", "a<b>& \"c>'"),
        ('<IMG src="{A}.dat">', "image", ""),
        ('<IMG src="{A}.dat"><img src="{B}.dat"/> ', "image", ""),
        ('<font>看</font><IMG src="{A}.dat"><font>吧</font>', "text", "看[图片]吧"),
        ("<div>早</div><div>好</div>", "text", "早\n好"),
        ("<font>&lt;tr&gt;日期: 2019-7-1</font>", "text", "<tr>日期: 2019-7-1"),
        ("", "text", ""),
    ],
)
def test_what_markup_says(body: str, kind: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.mht"
    path.write_bytes(page_with(body))
    (row,) = rows_of(open_source(path))
    assert (row["kind"], row["text"], row["wall"]) == (kind, text, datetime(2019, 7, 16, 8))


@pytest.mark.parametrize("coding", ["quoted-printable", "8bit"])
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_codings_and_charsets_and_exact_ranges(coding: str, charset: str, tmp_path: Path) -> None:
    """Each message's range begins with its row, whatever the page is written in."""
    begin, end = SAID.index(b"<html"), SAID.index(b"\r\n\r\n------=_NextPart", SAID.index(b"</html"))
    page = SAID[begin:end].decode().encode(charset)
    written = (
        quopri.encodestring(page).replace(b"\n", b"\r\n").replace(b"<tr>", b"=3Ctr>") if coding[0] == "q" else page
    )
    path = tmp_path / "a.mht"
    path.write_bytes(SAID[:begin].replace(b":7bit", b":" + coding.encode()) + written + SAID[end:])
    source = open_source(path, options=PRIVATE)
    rows = rows_of(source)
    whole = rows_of(open_source(MADE / "qq_mht/全部消息记录.mht", options=PRIVATE))
    assert [row | {"offset": 0} for row in rows] == [row | {"offset": 0} for row in whole]
    first = b"=3Ctr>" if coding[0] == "q" else b"<tr>"
    assert {source.raw(row["offset"], row["offset"] + len(first)) for row in rows} == {first}
    who = [source.raw(row["offset"], row["offset"] + 60) for row in rows]
    assert all(b"color:#006EFE" in quopri.decodestring(raw) for raw in who)


def test_the_day_of_one_chat_is_not_that_of_the_next(tmp_path: Path) -> None:
    path = tmp_path / "a.mht"
    path.write_bytes(SAID.replace("日期: 2018-1-2".encode(), "日期: 2018-1-".encode()))
    source = open_source(path, options=PRIVATE)
    reasons = [reject.reason for batch in qq_mht.read(source) for reject in batch.rejects]
    assert reasons == ["bad-record", "bad-time"]


def test_only_the_page_is_held_to_the_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(qq_mht, "LIMIT", len(SAID) + 1000)
    path = tmp_path / "a.mht"
    path.write_bytes(SAID + b"x" * 9_000_000)
    assert len(rows_of(open_source(path))) == len(IN_MHT)
    path.write_bytes(SAID.replace(b"<body>", b"<body>" + b" " * 9_000_000))
    with pytest.raises(UnreadableExport):
        rows_of(open_source(path))
