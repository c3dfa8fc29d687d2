"""LINE's text: days and times of every form, titles, quotes, what media are called, and a slow reader to compare with."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.exports import Batch
from qunkit.formats import line_txt
from qunkit.ingest.identify import said_yes
from qunkit.parsing.source import open_source

TITLE = "[LINE] 群的聊天記錄\n儲存日期：2024/12/05 10:00\n"


def batches(folder: Path, text: str, name: str = "a.txt") -> list[Batch]:
    path = folder / name
    path.write_text(text, "utf-8", newline="")
    source = open_source(path)
    assert list(said_yes(source.head)) == ["line_txt"]
    return list(line_txt.read(source))


def rows(folder: Path, text: str) -> list[dict[str, Any]]:
    return [row for batch in batches(folder, text) for row in batch.messages.to_pylist()]


@pytest.mark.parametrize(
    "day",
    [
        "2024/12/01（日）",
        "2024/12/01(日)",
        "2024/12/1（日）",
        "2024.12.01 星期日",
        "2024.12.01 週日",
        "2024.12.01 日曜日",
        "2024.12.01 Sunday",
        "2024/12/01 日",
        "2024年12月1日 星期日",
        "2024/12/01(Sun)",
        "Sun, 12/01/2024",
        "Sun, 1/12/2024",
    ],
)
def test_forms_of_days(day: str, tmp_path: Path) -> None:
    (row,) = rows(tmp_path, f"{TITLE}\n{day}\n08:05\t阿嵐\t早\n")
    assert (str(row["wall"]), row["sender_name"], row["text"]) == ("2024-12-01 08:05:00", "阿嵐", "早")


@pytest.mark.parametrize(
    ("time", "clock"),
    [
        ("08:05", "08:05"),
        ("8:05", "08:05"),
        ("上午08:05", "08:05"),
        ("上午 8:05", "08:05"),
        ("下午08:05", "20:05"),
        ("午前0:05", "00:05"),
        ("午後12:05", "12:05"),
        ("8:05 AM", "08:05"),
        ("12:05 AM", "00:05"),
        ("08:05PM", "20:05"),
    ],
)
def test_forms_of_times(time: str, clock: str, tmp_path: Path) -> None:
    (row,) = rows(tmp_path, f"{TITLE}\n2024/12/01（日）\n{time}\t阿嵐\t早\n")
    assert str(row["wall"]) == f"2024-12-01 {clock}:00"


def test_the_weekdays_of_the_file_say_what_comes_first(tmp_path: Path) -> None:
    text = (
        f"{TITLE}\nTue, 03/12/2024\n8:00\tAnn\tone\n\nWed, 04/12/2024\n8:00\tAnn\ttwo\n"  # 12 March was a Tuesday, too
    )
    assert [str(row["wall"])[:10] for row in rows(tmp_path, text)] == ["2024-12-03", "2024-12-04"]


@pytest.mark.parametrize(
    ("title", "group"),
    [
        ("[LINE] 周末的徒步的聊天記錄\n儲存日期：2024/12/05 10:00\n", "周末的徒步"),
        ("[LINE] 周末的聊天记录\n保存日期：2024/12/05 10:00\n", "周末"),
        ("[LINE] 與阿嵐的聊天記錄\n儲存日期：2024/12/05 10:00\n", "阿嵐"),
        ("[LINE] 読書会のトーク履歴\n保存日時：2024/12/05 10:00\n", "読書会"),
        ("[LINE] Chat history in Book club\nSaved on: 12/05/2024, 10:00\n", "Book club"),
        ("Chat history with Ann\r\nSaved on: 12/05/2024, 10:00\r\n", "Ann"),
    ],
)
def test_titles(title: str, group: str, tmp_path: Path) -> None:
    (row,) = rows(tmp_path, f"{title}\n2024/12/01（日）\n08:05\t阿嵐\t早\n")
    assert (row["group_name"], row["group_id"]) == (group, None)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("[貼圖]", "sticker", ""),
        ("[スタンプ]", "sticker", ""),
        ("[Photo]", "image", ""),
        ("[影片]", "video", ""),
        ("[語音訊息]", "voice", ""),
        ("[檔案]", "file", ""),
        ("[Location]", "location", ""),
        ("[連絡先]", "contact_card", ""),
        ("[Voice message]", "voice", ""),
        ("☎ 通話時間 1:23", "call", "☎ 通話時間 1:23"),
        ("已收回訊息", "recall", "已收回訊息"),
        ("メッセージの送信を取り消しました", "recall", "メッセージの送信を取り消しました"),
        ("[貼圖] 好", None, "[貼圖] 好"),
        ("[微笑]", None, "[微笑]"),
        ('"引號"', None, '"引號"'),
        ('"第一行\n第二行"', None, "第一行\n第二行"),
        ('"第一行 ""好""\n第二行"', None, '第一行 "好"\n第二行'),
        ('"第一行 "好"\n第二行"', None, '第一行 "好"\n第二行'),
        ("", None, ""),
        ("有\t製表", None, "有\t製表"),
    ],
)
def test_texts(text: str, kind: str | None, words: str, tmp_path: Path) -> None:
    (row,) = rows(tmp_path, f"{TITLE}\n2024/12/01（日）\n08:05\t阿嵐\t{text}\n")
    assert (row["kind"], row["text"]) == (kind, words)


@pytest.mark.parametrize("line", ["\t\t阿嵐已退出群組。", "\t阿嵐已退出群組。"])
def test_a_notice_has_no_name(line: str, tmp_path: Path) -> None:
    (row,) = rows(tmp_path, f"{TITLE}\n2024/12/01（日）\n08:05{line}\n")
    assert (row["sender_name"], row["kind"], row["text"]) == (None, "system", "阿嵐已退出群組。")


def test_a_day_in_a_text_is_text(tmp_path: Path) -> None:
    """No time is below it, or it lies before the day it stands in."""
    body = '"通知\n\n2024/12/25（三）\n19:00 東門"'
    pasted = '"看\n2024/11/30（六）\n08:00\t老丁\t舊話"'
    told = rows(tmp_path, f"{TITLE}\n2024/12/01（日）\n08:05\t阿嵐\t{body}\n08:06\t阿嵐\t{pasted}\n08:07\t老丁\t新話\n")
    assert told[0]["text"] == body[1:-1]
    assert [str(row["wall"])[:10] for row in told] == ["2024-12-01"] * len(told)
    assert told[-1]["text"] == "新話"


# -- a slow reader -----------------------------------------------------------------------------------------------------
words = st.text(alphabet=st.sampled_from("早好: -()[]/\u2028\u0085aB1,0"), max_size=12)
names = st.sampled_from(["阿嵐", "Kevin, Z.", "小刘🍉", "老 丁", '"甲、乙"加入了群聊'])
moments = st.lists(st.integers(0, 60 * 24 * 40), min_size=1, max_size=12).map(sorted)
_DAY = re.compile(r"(\d{4})/(\d\d)/(\d\d)（.）")
_TIME = re.compile(r"(\d\d):(\d\d)\t([^\t\n]*)\t(.*)", re.DOTALL)


def slow(text: str) -> list[tuple[datetime, str, str]]:
    """The same, line by line."""
    told: list[tuple[datetime, str, str]] = []
    day = datetime(2000, 1, 1)
    for line in text.split("\n")[3:-1]:
        if found := _DAY.fullmatch(line):
            day = datetime(*map(int, found.groups()))  # type: ignore[arg-type]
        elif found := _TIME.fullmatch(line):
            told.append((day + timedelta(hours=int(found[1]), minutes=int(found[2])), found[3], found[4]))
        elif line or not told[-1][2].endswith('"'):
            at, name, before = told[-1]
            told[-1] = (at, name, f"{before}\n{line}")
    return [(at, name, body[1:-1] if "\n" in body else body) for at, name, body in told]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments=moments, data=st.data())
def test_a_slow_reader_says_the_same(moments: list[int], data: st.DataObject, tmp_path: Path) -> None:
    text, last = TITLE, ""
    for moment in moments:
        at = datetime(2024, 1, 1) + timedelta(minutes=moment)
        day = f"{at:%Y/%m/%d}（{'一二三四五六日'[at.weekday()]}）"
        text += f"\n{day}\n" if day != last else ""
        lines = data.draw(st.lists(words, min_size=1, max_size=3))
        body = f'"{"x".join(("", *lines, ""))}"' if len(lines) == 1 else '"x' + "\nx".join(lines) + 'x"'
        text += f"{at:%H:%M}\t{data.draw(names)}\t{body}\n"
        last = day
    assert [(row["wall"], row["sender_name"], row["text"]) for row in rows(tmp_path, text)] == slow(text)
