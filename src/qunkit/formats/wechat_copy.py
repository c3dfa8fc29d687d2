"""Messages copied from WeChat 4 on a computer, or a new one on an iPhone, with their times.

    ·小刘
    2026年07月16日 17:08
    明天几点

    ·阿岚
    2026年07月16日 17:09
    七点
    「小刘：明天几点」

Kept: shown names, texts, the words of what a reply quotes, kinds of media, names of files, titles and addresses of
links, and the minute of every message, by the computer's clock.

Lost: seconds, ids, notices, pictures, and the group's name: it is taken from the file's.

The line with the time is what a message is known by, the line before it is the name. Such a pair is text if no empty
line is before it (where the file has them), or if its time is before that of the message it stands in.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.headed import Headed
    from qunkit.parsing.source import Source

TITLE = Text("WeChat, messages copied with their times", "微信多选复制的聊天记录")
HOW = Text(
    "In WeChat 4 on a computer, or a new one on an iPhone: 多选 → select messages → 复制. Paste into a text file, and "
    "save it under the group's name.",
    "在电脑版微信 4 或新版 iPhone 微信中：多选 → 勾选消息 → 复制。粘贴到文本文件，用群名作文件名保存。",
)

_PAIR = (
    r"^(?:·)?(?P<name>[^\n]*\S)[ \t]*\r?\n"
    r"(?P<year>\d{4})年(?P<month>\d\d?)月(?P<day>\d\d?)日 (?P<half>上午|下午)?(?P<hour>\d\d?):(?P<minute>\d\d)[ \t]*\r?(?:\n|\Z)"
)
_FOUND = re.compile(rf"(?P<blank>(?:\A|^[ \t]*\r?\n))?{_PAIR}", re.MULTILINE)


def sniff(head: Head) -> bool:
    """Begins with a name and, below it, a date as WeChat writes it."""
    return re.match(_PAIR, head.text.lstrip("\r\n")) is not None


def read(source: Source) -> Iterator[Batch]:
    """The messages. Ids are null: the file has none."""
    from qunkit.parsing.headed import Layout, headed

    pairs = list(_FOUND.finditer(source.head_text))
    apart = 2 * sum(pair["blank"] is not None for pair in pairs) > len(pairs)
    layout = Layout(header=re.compile(rf"(?m){_PAIR}".encode()), time=_time, after_blank=apart, gap=2)
    for records in headed(source, layout):
        yield Batch(_messages(records), records.rejects, records.framing, suspects=records.refused)


def _time(header: re.Match[bytes], section: None) -> int | None:
    hour = int(header["hour"])
    if half := header["half"]:
        hour = hour % 12 + 12 * (half.decode() == "下午") if 1 <= hour <= 12 else 24
    year, month, day, minute = (int(header[name]) for name in ("year", "month", "day", "minute"))
    try:
        told = datetime(year, month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        return None
    return int(told.timestamp()) * 1000


def _messages(records: Headed) -> pa.RecordBatch:
    import pyarrow as pa

    from qunkit.chat import wechat_shown, written_quotes
    from qunkit.parsing.places import raw_batch

    text = records.text()
    columns = {"kind": pa.nulls(len(text), pa.string()), "text": text}
    wechat_shown.undo(columns)
    written_quotes.undo(columns)
    batch = raw_batch(records.offset, wall=records.wall, sender_name=records.group("name"), **columns)
    return batch.replace_schema_metadata({"time_quality": "minute"})
