"""The rules of a mailed chat, and every file against a slow reader. The samples are compared in test_wechat_truth.py."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qunkit.formats import wechat_mail_txt, wx_cli_txt
from support.reading import Row, read, sniffs

ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
DAY = "—————  2024-12-04  —————\n\n"


def said(tmp_path: Path, text: str) -> list[tuple[str, str, str | None]]:
    rows, reasons = read(wechat_mail_txt, tmp_path / "a.txt", text)
    assert reasons == []
    return [(f"{row['wall']:%d %H:%M}", row["sender_name"], row["text"]) for row in rows]


@pytest.mark.parametrize(
    ("title", "group"),
    [
        ('Dear:\n\n      微信群"读书会"的聊天记录如下:', "读书会"),
        ("微信群“读书会”的聊天记录如下：", "读书会"),
        ('微信群"一"和"二"的聊天记录如下:', '一"和"二'),
        ('      "小刘"和"阿岚"的聊天记录如下:', "小刘和阿岚"),
        ("读书会 微信群上的聊天记录如下，请查收。", "读书会"),
        ("小刘 和 阿岚 在微信上的聊天记录如下，请查收。", "小刘和阿岚"),
        ('"读书会"的聊天记录如下:\n导出时间：2024-12-06 10:00\n消息数：1', "读书会"),
    ],
)
def test_titles(tmp_path: Path, title: str, group: str) -> None:
    text = f"{title}\n\n{DAY}小刘 12:47\n\n早\n"
    assert sniffs(wechat_mail_txt, tmp_path / "a.txt", text) == ("导出时间" not in title)
    assert sniffs(wx_cli_txt, tmp_path / "a.txt", text) == ("导出时间" in title)
    rows, reasons = read(wechat_mail_txt, tmp_path / "a.txt", text)
    assert [(row["group_name"], row["text"]) for row in rows] == [(group, "早")]
    assert reasons == []


@pytest.mark.parametrize(
    "text",
    [
        "小刘 12:47\n\n早\n",
        '微信群"读书会"的聊天记录如下:\n\n明天见\n',
        "你好\n\n—————  2024-12-04  —————\n\n小刘 12:47\n\n早\n",
        "2024-12-04 12:47:00 小刘\n早\n",
    ],
)
def test_other_texts_are_not_taken(tmp_path: Path, text: str) -> None:
    assert not sniffs(wechat_mail_txt, tmp_path / "a.txt", text)
    assert not sniffs(wx_cli_txt, tmp_path / "a.txt", text)


@pytest.mark.parametrize(
    ("shown", "clock"),
    [
        ("12:47", "12:47"),
        ("4:02", "04:02"),
        ("上午12:00", "00:00"),
        ("上午11:59", "11:59"),
        ("下午12:00", "12:00"),
        ("下午5:08", "17:08"),
        ("PM 5:08", "17:08"),
        ("AM5:08", "05:08"),
    ],
)
def test_clocks(tmp_path: Path, shown: str, clock: str) -> None:
    assert said(tmp_path, f"{DAY}小刘 {shown}\n\n早\n") == [(f"04 {clock}", "小刘", "早")]


@pytest.mark.parametrize("shown", ["24:00", "12:60", "下午13:00", "上午0:10"])
def test_what_is_no_clock_is_no_header(tmp_path: Path, shown: str) -> None:
    text = f"{DAY}小刘 8:00\n\n早\n\n阿岚 {shown}\n\n好\n"
    assert said(tmp_path, text) == [("04 08:00", "小刘", f"早\n\n阿岚 {shown}\n\n好")]


@pytest.mark.parametrize("name", ["喵喵11:00-20:00", "喵喵 11:00", "小 刘", "上午9:00", "a 1", "12:47"])
def test_names_that_end_in_a_time_or_hold_blanks(tmp_path: Path, name: str) -> None:
    for gap in (" ", "  "):
        other = f"阿岚{gap}17:33\n\n好\n\n"
        assert said(tmp_path, f"{DAY}{other}{name}{gap}17:34\n\n早\n")[1] == ("04 17:34", name, "早")


def test_with_two_blanks_a_line_with_one_is_text(tmp_path: Path) -> None:
    text = f"{DAY}小刘  8:00\n\n早\n\n明天 20:00\n\n记得\n\n阿岚  8:01\n\n好\n"
    assert said(tmp_path, text) == [("04 08:00", "小刘", "早\n\n明天 20:00\n\n记得"), ("04 08:01", "阿岚", "好")]


def test_a_line_that_ends_in_a_time_is_text_unless_an_empty_line_is_before_it(tmp_path: Path) -> None:
    text = f"{DAY}小刘 8:00\n\n早\n集合 20:00\n\n带伞\n"
    assert said(tmp_path, text) == [("04 08:00", "小刘", "早\n集合 20:00\n\n带伞")]
    text = text.replace("早\n", "早\n\n")
    assert said(tmp_path, text) == [("04 08:00", "小刘", "早"), ("04 20:00", "集合", "带伞")]  # nothing can tell


def test_one_that_others_are_earlier_than_is_text(tmp_path: Path) -> None:
    others = "".join(f"阿岚 8:0{minute}\n\n好\n\n" for minute in (1, 2, 3))
    told = said(tmp_path, f"{DAY}小刘 8:00\n\n早\n\n集合 20:00\n\n带伞\n\n{others}")
    assert [name for _, name, _ in told] == ["小刘", "阿岚", "阿岚", "阿岚"]


def test_a_day_that_goes_back_is_text_unless_a_chat_begins(tmp_path: Path) -> None:
    back = DAY.replace("04", "03")
    first = f'微信群"一"的聊天记录如下:\n\n{DAY}小刘 8:00\n\n早\n\n'
    assert said(tmp_path, f"{first}{back}阿岚 7:00\n\n好\n")[0][2].startswith("早\n\n—————")
    assert said(tmp_path, f'{first}微信群"二"的聊天记录如下:\n\n{back}阿岚 7:00\n\n好\n')[1] == (
        "03 07:00",
        "阿岚",
        "好",
    )


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("图片1（可在附件中查看）", "image", ""),
        ("视频12（可在附件中查看）", "video", ""),
        ("[图片: 9e10.jpg(请在附件中查看)]", "image", ""),
        ("[视频: 9e10.mp4(请在附件中查看)]", "video", ""),
        ("[文件: 第三章.pdf(请在附件中查看)]", "file", "第三章.pdf"),
        ("[图片]", "image", ""),
        ("[文件] 第三章.pdf", "file", "第三章.pdf"),
        ("图片真好看", None, "图片真好看"),
        ("[图片: 一]\n二", None, "[图片: 一]\n二"),
        ("「阿岚：几点」\n- - - - - -\n七点", "quote", "七点"),
        ("七点\n「阿岚：几点」", "quote", "七点"),
        ("「阿岚：几点」", None, "「阿岚：几点」"),
    ],
)
def test_what_a_text_stands_for(tmp_path: Path, text: str, kind: str | None, words: str) -> None:
    rows, _ = read(wechat_mail_txt, tmp_path / "a.txt", f"{DAY}小刘 8:00\n\n{text}\n")
    assert [(row["kind"], row["text"]) for row in rows] == [(kind, words)]
    assert [(row["quote_sender"], row["quote_text"]) for row in rows] == [
        ("阿岚", "几点") if kind == "quote" else (None, None)
    ]


def test_there_are_no_finer_times(tmp_path: Path) -> None:
    from qunkit.parsing.source import open_source

    path = tmp_path / "a.txt"
    path.write_text(f"{DAY}小刘 8:00\n\n早\n", "utf-8")
    (batch,) = wechat_mail_txt.read(open_source(path))
    assert batch.messages.schema.metadata == {b"time_quality": b"minute"}


# -- a slow reader, line by line -----------------------------------------------------------------------------------------
def slow(text: str) -> list[tuple[str, str, str]]:
    """Headers follow an empty line, are followed by one, and never go back within a day."""
    found: list[tuple[datetime, str, list[str]]] = []
    day: date | None = None
    newest: datetime | None = None
    lines = text.split("\n")
    for at, line in enumerate(lines):
        banner = re.fullmatch(r"—————  (\d{4})-(\d\d)-(\d\d)  —————", line)
        if banner and (day is None or date(*map(int, banner.groups())) >= day):
            day, newest = date(*map(int, banner.groups())), None
            found.append((datetime(1, 1, 1), "", []))
            continue
        header = re.fullmatch(r"(.*\S) (\d\d):(\d\d)", line)
        free = lines[at - 1] == "" and lines[at + 1 : at + 2] == [""]
        if header and day and free and int(header[2]) < 24 and int(header[3]) < 60:
            time = datetime(day.year, day.month, day.day, int(header[2]), int(header[3]))
            if newest is None or time >= newest:
                newest = time
                found.append((time, header[1], []))
                continue
        if found:
            found[-1][2].append(line)
    told = [(time, name, "\n".join(body).strip("\n").rstrip()) for time, name, body in found if name]
    return [(f"{time:%d %H:%M}", name, body) for time, name, body in told]


LINES = st.sampled_from(
    [
        "早",
        "",
        "",
        "集合 00:10",
        "a 07:59",
        " 早",
        "—————  2024-01-01  —————",
        "喵 99:99",
        "\u2028",
        "明天\t",
        "好 9:5",
        "「a：b」",
    ]
)
RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["小刘", "喵喵11:00-20:00", "阿 岚", '"甲"、']), st.integers(0, 90), st.lists(LINES, max_size=6)
    ),
    min_size=1,
    max_size=12,
)


@settings(ANY, max_examples=150)
@given(st.lists(RECORDS, min_size=1, max_size=3), st.booleans())
@example([[("小刘", 0, ["早", "", "集合 00:10", "", "走"])]], False)
def test_agrees_with_the_slow_reader(tmp_path: Path, days: list[list[tuple[str, int, list[str]]]], crlf: bool) -> None:
    parts = []
    for number, records in enumerate(days):
        parts.append(f"—————  {date(2024, 12, 4) + timedelta(number)}  —————\n\n")
        time = datetime(2024, 12, 4, 8)
        for name, minutes, body in records:
            time = min(time + timedelta(minutes=minutes), datetime(2024, 12, 4, 23, 59))
            parts.append(f"{name} {time:%H:%M}\n\n" + "\n".join(["话", *body, "完"]) + "\n\n")
    text = "".join(parts)
    rows, reasons = read(wechat_mail_txt, tmp_path / "a.txt", text.replace("\n", "\r\n") if crlf else text)
    assert reasons == []
    got = [(f"{row['wall']:%d %H:%M}", row["sender_name"], _whole(row)) for row in rows]
    assert got == slow(text)
    assert len(got) == sum(map(len, days))


def _whole(row: Row) -> str:
    """The text with its quote put back."""
    assert row["kind"] is None
    return str(row["text"])


@pytest.mark.parametrize("line", ["a：：b  \n", "时间：10:00:00  \n", "  \t \n"])
def test_lines_that_may_be_read_in_many_ways_are_read_in_one(tmp_path: Path, line: str) -> None:
    """Above the title and below it; two ways for each of twenty lines are a million."""
    assert not sniffs(wechat_mail_txt, tmp_path / "a.txt", line * 400)
    rows, _ = read(wechat_mail_txt, tmp_path / "a.txt", f'微信群"读书会"的聊天记录如下:\n{line * 400}')
    assert rows == []
