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
_MARKED = re.compile(
    r"\[(?P<mark>图片|Photo|视频|Video|语音|Audio|链接|Link|文件|File|动画表情|Sticker|微信红包|微信转账|小程序|Mini Program|位置|Location)\]"
    r"(?: (?P<rest>.*))?",
    re.DOTALL,
)
_KINDS = {
    "图片": "image",
    "Photo": "image",
    "视频": "video",
    "Video": "video",
    "语音": "voice",
    "Audio": "voice",
    "链接": "link",
    "Link": "link",
    "文件": "file",
    "File": "file",
    "动画表情": "sticker",
    "Sticker": "sticker",
    "微信红包": "red_packet",
    "微信转账": "transfer",
    "小程序": "miniprogram",
    "Mini Program": "miniprogram",
    "位置": "location",
    "Location": "location",
}
_WORDLESS = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|heic|mp4|mov)|\d{1,5}(?:\"|″|'')", re.IGNORECASE)
"""What stands behind the mark of a medium: its file's name, or how long it is. Anything else somebody typed."""
_MEDIA = ("image", "video", "voice", "sticker")
_LINK = re.compile(r"(?P<title>.*) (?P<url>https?://\S+)", re.DOTALL)


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

    from qunkit.chat import written_quotes
    from qunkit.parsing.places import raw_batch

    text = records.text()
    columns = {"kind": pa.nulls(len(text), pa.string()), "text": text}
    _undo(columns)
    written_quotes.undo(columns)
    batch = raw_batch(records.offset, wall=records.wall, sender_name=records.group("name"), **columns)
    return batch.replace_schema_metadata({"time_quality": "minute"})


def _undo(columns: dict[str, pa.Array]) -> None:
    """What a mark stands for, and what is behind it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.columns import put

    rows = pc.indices_nonzero(pc.starts_with(columns["text"], "["))
    found = [_marked(text) for text in columns["text"].take(rows).to_pylist()]
    rows, told = rows.filter(pa.array([one is not None for one in found], pa.bool_())), list(filter(None, found))
    columns["kind"] = put(columns["kind"], rows, [kind for kind, _ in told])
    columns["text"] = put(columns["text"], rows, [text for _, text in told])


def _marked(text: str) -> tuple[str, str] | None:
    """(kind, text) of a message that is no text."""
    match = _MARKED.fullmatch(text)
    if match is None:
        return None
    kind, rest = _KINDS[match["mark"]], match["rest"] or ""
    if kind in _MEDIA:
        return (kind, "") if not rest or _WORDLESS.fullmatch(rest) else None
    link = _LINK.fullmatch(rest) if kind in ("link", "miniprogram") else None
    return kind, f"{link['title']}\n{link['url']}" if link else rest
