"""WhatsApp's text: forms of dates and times, the order of their parts, wording of media, and a slow reader to compare with."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.chat.whatsapp import order_of, undo
from qunkit.errors import UnreadableExport
from qunkit.exports import Batch
from qunkit.formats import whatsapp_txt
from qunkit.ingest.identify import said_yes
from qunkit.parsing.source import open_source

NAME = "WhatsApp Chat with 群.txt"
L = "\u200e"


def batches(folder: Path, text: str, name: str = NAME, **options: str) -> list[Batch]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="")
    source = open_source(path, options=options)
    assert list(said_yes(source.head)) == ["whatsapp_txt"]
    return list(whatsapp_txt.read(source))


def rows(folder: Path, text: str, name: str = NAME, **options: str) -> list[dict[str, Any]]:
    return [row for batch in batches(folder, text, name, **options) for row in batch.messages.to_pylist()]


@pytest.mark.parametrize(
    ("stamp", "clock"),
    [
        ("31/12/2023, 21:05 - ", "2023-12-31 21:05:00"),
        ("12/31/23, 9:05 PM - ", "2023-12-31 21:05:00"),
        ("12/31/23, 9:05\u202fPM - ", "2023-12-31 21:05:00"),
        ("31/12/23, 9:05 p. m. - ", "2023-12-31 21:05:00"),
        ("31/12/23, 12:05 a.\u00a0m. - ", "2023-12-31 00:05:00"),
        ("31.12.23, 21:05 - ", "2023-12-31 21:05:00"),
        ("31-12-2023 21:05 - ", "2023-12-31 21:05:00"),
        ("31/12/2023 21.05 - ", "2023-12-31 21:05:00"),
        ("2023/12/31 下午9:05 - ", "2023-12-31 21:05:00"),
        ("2023/1/2 上午12:05 - ", "2023-01-02 00:05:00"),
        ("2023/1/2 中午12:05 - ", "2023-01-02 12:05:00"),
        ("2023/1/2 凌晨1:05 - ", "2023-01-02 01:05:00"),
        ("2023/1/2 晚上11:05 - ", "2023-01-02 23:05:00"),
        ("[31/12/2023, 21:05:33] ", "2023-12-31 21:05:33"),
        (f"{L}[12/31/23, 9:05:33\u202fPM] ", "2023-12-31 21:05:33"),
        ("[2023/12/31 下午9:05:33] ", "2023-12-31 21:05:33"),
        ("[2023-12-31, 21:05:33] ", "2023-12-31 21:05:33"),
        ("[31.12.23, 21:05:33] ", "2023-12-31 21:05:33"),
    ],
)
def test_forms_of_time(stamp: str, clock: str, tmp_path: Path) -> None:
    (row,) = rows(tmp_path, f"{stamp}阿岚: 早\n")
    assert (str(row["wall"]), row["sender_name"], row["text"]) == (clock, "阿岚", "早")


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["31/12/2023"], "dmy"),
        (["12/31/2023"], "mdy"),
        (["2023/12/31"], "ymd"),
        (["1/2/2023"], None),
        (["1/2/2023", "2/2/2023"], None),
        (["1/2/2023", "3/2/2023", "1/3/2023"], "dmy"),  # by the other order the last would go back
        (["1/2/2023", "1/3/2023", "2/1/2023"], "mdy"),
        (["1/2/2023"] * 3 + ["13/2/2023"], "dmy"),
        (["31/12/23"], "dmy"),
        (["23/12/30", "23/12/31", "24/1/1"], "ymd"),  # 30 December 2023 cannot be followed by 2001
        (["31/12/2023", "1/13/2024", "14/1/2024"], "dmy"),  # one that somebody pasted
    ],
)
def test_the_order_of_a_date(dates: list[str], order: str | None) -> None:
    assert order_of(dates, None) == order


def test_a_told_order_counts_where_the_year_does_not_decide() -> None:
    assert order_of(["1/2/2023"], "mdy") == "mdy"
    assert order_of(["23/2/1"], "ymd") == "ymd"
    assert order_of(["2023/2/1"], "dmy") == "ymd"


def test_it_is_asked_for_where_nothing_tells(tmp_path: Path) -> None:
    text = "03/04/2024, 08:00 - 阿岚: 早\n"
    with pytest.raises(UnreadableExport) as refused:
        batches(tmp_path, text)
    assert "03/04/2024" in refused.value.sentence("en")
    assert "--date-order" in (refused.value.hint("zh") or "")
    (row,) = rows(tmp_path, text, date_order="dmy")
    assert str(row["wall"]) == "2024-04-03 08:00:00"
    (row,) = rows(tmp_path, text, date_order="mdy")
    assert str(row["wall"]) == "2024-03-04 08:00:00"


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("WhatsApp Chat with 徒步: 东.txt", "徒步: 东"),
        ("與讀書會的 WhatsApp 對話.txt", "讀書會"),
        ("与“读书会”的 WhatsApp 聊天.txt", "读书会"),
        ("WhatsApp Chat - 读书会.zip/_chat.txt", "读书会"),
        ("读书会/_chat.txt", "读书会"),
        ("别的名字.txt", "别的名字"),
    ],
)
def test_the_group_is_in_the_name(name: str, group: str, tmp_path: Path) -> None:
    (row,) = rows(tmp_path, "31/12/2023, 21:05 - 阿岚: 早\n", name)
    assert (row["group_name"], row["group_id"]) == (group, None)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("<Media omitted>", "other", ""),
        ("<省略影音内容>", "other", ""),
        (f"{L}image omitted", "image", ""),
        (f"{L}video omitted", "video", ""),
        (f"{L}audio omitted", "voice", ""),
        (f"{L}GIF omitted", "sticker", ""),
        (f"{L}sticker omitted", "sticker", ""),
        (f"{L}Contact card omitted", "contact_card", ""),
        (f"书单.pdf • {L}3 pages {L}document omitted", "file", "书单.pdf"),
        (f"{L}图片已省略", "image", ""),
        (f"{L}<attached: 00000001-PHOTO-2023-12-31-21-05-33.jpg>", "image", ""),
        (f"{L}<附件：00000001-STICKER-2023-12-31-21-05-33.webp>", "sticker", ""),
        ("IMG-20231231-WA0001.jpg (file attached)\n山\n顶", "image", "山\n顶"),
        ("PTT-20231231-WA0001.opus (file attached)", "voice", ""),
        ("书单.docx (file attached)", "file", "书单.docx"),
        ("李经理.vcf (file attached)", "contact_card", "李经理.vcf"),
        ("This message was deleted", "recall", "This message was deleted"),
        ("You deleted this message.", "recall", "You deleted this message."),
        ("此消息已删除", "recall", "此消息已删除"),
        ("Location: https://maps.example.invalid/?q=1,2", "location", "https://maps.example.invalid/?q=1,2"),
        (f"{L}Missed voice call", "call", "Missed voice call"),
        ("未接语音通话", "call", "未接语音通话"),
        ("I omitted that", None, "I omitted that"),
        ("the image omitted here", None, "the image omitted here"),
        ("看 (file attached) 了吗", None, "看 (file attached) 了吗"),
        ("I deleted this message was deleted", None, "I deleted this message was deleted"),
    ],
)
def test_wording(text: str, kind: str | None, words: str) -> None:
    assert undo(text)[:2] == (kind, words)


def test_an_edited_text_loses_its_mark() -> None:
    for mark in (f"{L}<This message was edited>", "<此消息已编辑>"):
        assert undo(f"七点 {mark}") == (None, "七点", '{"edited":true}')


@pytest.mark.parametrize(
    ("line", "sender", "text"),
    [
        ("阿岚: 早", "阿岚", "早"),
        ("阿岚: 早: 好", "阿岚", "早: 好"),
        ("阿岚:", "阿岚", ""),
        ("~\u202f阿岚: 早", "~ 阿岚", "早"),
        ("\u202a+86\u00a0138\u00a00000\u00a00000\u202c: 早", "+86 138 0000 0000", "早"),
        ("阿岚 left", None, "阿岚 left"),
        ("\u2068阿岚\u2069 added \u202a+86\u00a0138\u202c", None, "阿岚 added +86 138"),
        ('阿岚 changed the subject to "东区: 二期"', None, '阿岚 changed the subject to "东区: 二期"'),
        ('Bob "the: builder: 早', 'Bob "the', "builder: 早"),  # no notice: the first colon ends the name
        ("阿岚: https://a.example.invalid", "阿岚", "https://a.example.invalid"),
    ],
)
def test_who_speaks(line: str, sender: str | None, text: str, tmp_path: Path) -> None:
    (row,) = rows(tmp_path, f"31/12/2023, 21:05 - {line}\n")
    assert (row["sender_name"], row["text"]) == (sender, text)
    assert row["kind"] == ("system" if sender is None else None)


def test_on_ios_the_group_speaks_for_the_program(tmp_path: Path) -> None:
    text = f"[31/12/2023, 21:05:00] 群: {L}Messages are encrypted.\n[31/12/2023, 21:05:01] 阿岚: {L}阿岚 left\n"
    told = rows(tmp_path, text + "[31/12/2023, 21:05:02] 群: 我也叫群\n[31/12/2023, 21:05:03] 阿岚: Bob left\n")
    assert [(row["sender_name"], row["kind"]) for row in told] == [
        (None, "system"),
        (None, "system"),
        ("群", None),
        ("阿岚", None),
    ]


def test_a_chat_pasted_into_a_message(tmp_path: Path) -> None:
    own = "[31/12/2023, 21:05:00] 阿岚: 看:\n[30/12/2023, 09:00:00] 老丁: 旧话\n[31/12/2023, 21:06:00] 老丁: 新话\n"
    told = batches(tmp_path, own)
    assert [row["text"] for batch in told for row in batch.messages.to_pylist()] == [
        "看:\n[30/12/2023, 09:00:00] 老丁: 旧话",
        "新话",
    ]
    assert sum(batch.suspects for batch in told) == 1


def test_the_other_systems_lines_are_text(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, "31/12/2023, 21:05 - 阿岚: 看:\n[31/12/2023, 21:06:00] 老丁: 复制的\n")
    assert row["text"] == "看:\n[31/12/2023, 21:06:00] 老丁: 复制的"


# -- a slow reader -----------------------------------------------------------------------------------------------------
words = st.text(alphabet=st.sampled_from('早好:- ,"()[]/\u2028\u0085aB1,0'), max_size=12).map(str.strip)
names = st.sampled_from(["阿岚", "Kevin, Z.", "~ 小刘🍉", "+86 138 0000 0000", '"甲、乙"加入了群聊'])
moments = st.lists(st.integers(0, 60 * 24 * 400), min_size=1, max_size=12).map(sorted)
_SLOW = re.compile(r"^(\d\d)/(\d\d)/(\d{4}), (\d\d):(\d\d) - (?:([^\n]{1,150}?): )?", re.MULTILINE)


def slow(text: str) -> list[tuple[datetime, str | None, str]]:
    """The same by a regular expression over the whole text."""
    found = list(_SLOW.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    told = []
    for match, end in zip(found, ends, strict=True):
        day, month, year, hour, minute = map(int, match.groups()[:5])
        body = text[match.end() : end]
        told.append((datetime(year, month, day, hour, minute), match[6], body[:-1]))
    return told


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments=moments, data=st.data())
def test_a_slow_reader_says_the_same(moments: list[int], data: st.DataObject, tmp_path: Path) -> None:
    text = "31/12/2022, 23:59 - 阿岚: 先说一句\n"
    for moment in moments:
        at = datetime.fromtimestamp(1672531200 + moment * 60).astimezone()  # any zone: only the clock is written
        body = "\n".join(data.draw(st.lists(words, min_size=1, max_size=3)))
        text += f"{at:%d/%m/%Y, %H:%M} - {data.draw(names)}: x{body}x\n"
    told = [(row["wall"], row["sender_name"], row["text"]) for row in rows(tmp_path, text)]
    assert told == slow(text)
    assert all(earlier <= later for (earlier, *_), (later, *_) in pairwise(told))
