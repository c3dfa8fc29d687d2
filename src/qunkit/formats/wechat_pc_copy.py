"""Messages copied from WeChat 2 or 3 on a computer, without their times.

Old versions copy names and words only:

    小刘:
    明天几点

    阿岚:
    七点

It can be read where one date holds for all of it: with --date 2024-12-01, or in a file whose name says it, such as
`读书会 2024-12-01.txt`. A copy of several days has to be cut into one file a day. Without a date it is refused; WeChat 4
copies times as well.

Kept: shown names, texts, kinds of media, the order.

Lost: times (all messages are at 00:00 of the day), ids, and the group's name: it is taken from the file's. A
paragraph whose first line ends in a colon looks like a name, and is taken for one.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from qunkit.errors import UnreadableExport
from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("WeChat, messages copied without times", "旧版微信复制的聊天记录（无时间）")
HOW = Text(
    "In WeChat 2 or 3 on a computer: 多选 → select messages → 复制. Paste into a text file, one for each day, with "
    "the date in its name.",
    "在电脑版微信 2 或 3 中：多选 → 勾选消息 → 复制。粘贴到文本文件，每天一个，文件名里写上日期。",
)

_HEADER = r"^(?P<name>[^\n]{0,119}[^\s:]):[ \t]*\r?\n"
_BEGIN = _HEADER + r"(?=\S)"
_PARAGRAPH = re.compile(r"(?<![ \t])(?:[ \t]*+\r?\n){2,}")
_SAYS_TIMES = re.compile(r"^[^\n]{0,40}\d\d?:\d\d(?::\d\d)?[ \t]*\r?$", re.MULTILINE)
_FEW, _MOST, _LONGEST = 3, 0.6, 40
_DATE = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)", re.ASCII)
_WHY = Text("it says who wrote what, but not when", "内容只有姓名和文字，没有时间")
_HINT = Text(
    "Give the day with --date YYYY-MM-DD, one file a day; or copy again with WeChat 4, which adds times.",
    "请用 --date YYYY-MM-DD 指定日期（每天一个文件）；或用微信 4 重新复制，会带上时间。",
)


def sniff(head: Head) -> bool:
    """Names with a colon begin the text and most of its paragraphs, some of them twice, and what follows is not indented, as in YAML."""
    text = head.text.strip()
    if not re.match(_BEGIN, text):
        return False
    paragraphs = _PARAGRAPH.split(text)
    found = [re.match(_BEGIN, paragraph) for paragraph in paragraphs]
    names = [match["name"] for match in found if match and len(match["name"]) <= _LONGEST]
    often = len(names) >= max(_FEW, _MOST * len(paragraphs)) and len(set(names)) < len(names)
    return often and len(_SAYS_TIMES.findall(head.text)) < len(names)


def read(source: Source) -> Iterator[Batch]:
    """The messages of a day. Ids are null: the file has none.

    Raises:
        UnreadableExport: nothing says which day it is.
    """
    import pyarrow as pa

    from qunkit.chat import wechat_shown, written_quotes
    from qunkit.parsing.headed import Layout, headed
    from qunkit.parsing.places import raw_batch

    midnight = _midnight(source)
    layout = Layout(re.compile(rf"(?m){_HEADER}".encode()), lambda header, section: midnight, after_blank=True, gap=2)
    for records in headed(source, layout):
        columns = {"kind": pa.nulls(len(records), pa.string()), "text": records.text()}
        wechat_shown.undo(columns)
        written_quotes.undo(columns)
        columns |= {"sender_name": records.group("name"), "group_name": _group(source.parts)}
        batch = raw_batch(records.offset, wall=records.wall, **columns)
        batch = batch.replace_schema_metadata({"time_quality": "day"})
        yield Batch(batch, records.rejects, records.framing, suspects=records.refused)


def _group(parts: tuple[str, ...]) -> str | None:
    """The file's name without the day, so that the files of a chat are one group."""
    stem = parts[-1].removesuffix(".txt") if parts else ""
    return _DATE.sub("", stem).strip(" _-") or stem or None


def _midnight(source: Source) -> int:
    """The day that the command line or the file's name says, in milliseconds of the wall clock."""
    found = _DATE.search(source.options.get("date") or (source.parts[-1] if source.parts else ""))
    try:
        day = datetime.fromisoformat(found[0]).replace(tzinfo=UTC) if found else None
    except ValueError:
        day = None
    if day is None:
        raise UnreadableExport(path=source.label, why=_WHY, hint=_HINT)
    return int(day.timestamp()) * 1000
