"""wechat-decrypt CSV: one file for each database that holds part of the chat.

It writes `export/<chat>/message_N.db.csv`, and `.info` with the chat's id:

    时间,发送者,消息类型,内容,server_id
    2024-11-30 23:58:22,凯文,文本,早,2755705033944784198
    2024-11-30 23:58:30,小刘,图片,[图片],2755705033944784199

Kept: message ids, names, texts, the group's id where `.info` is there. Times are those of the exporting computer's clock.

Lost: sender ids, what a reply quotes, and of cards all that does not stand in the first 200 characters of their XML: long relays,
announcements. The JSON that the same run writes beside it keeps everything; given both, qunkit joins them.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.parsing.csv_walk import columns_of
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("wechat-decrypt CSV", "wechat-decrypt CSV")
HOW = Text(
    "In wechat-decrypt (ylytdeng/wechat-decrypt and its forks) run `export_messages.py`. Give the folder "
    "`export/<chat>` whole, and keep its name: it is the group's.",
    "在 wechat-decrypt（ylytdeng/wechat-decrypt 及其分支）中运行 `export_messages.py`。导入整个 `export/<群名>` "
    "文件夹，不要改名：它就是群名。",
)

_COLUMNS = ("时间", "发送者", "消息类型", "内容", "server_id")
_STARTS = re.compile(rb'"?\d{4}[-/]\d\d?[-/]\d\d? \d\d?:\d\d(?::\d\d)?"?[,;\t]', re.ASCII)
_INFO = ".info"
_USERNAME = re.compile(r"^username:[ \t]*(\S+)[ \t\r]*$", re.MULTILINE)
_SELF = "我"
_LABELS = {
    "文本": "text",
    "图片": "image",
    "语音": "voice",
    "名片": "contact_card",
    "视频": "video",
    "表情": "sticker",
    "表情包": "sticker",
    "位置": "location",
    "通话": "call",
    "系统": "system",
    "系统消息": "system",
}
_NUMBERED = re.compile(r"未知\((\d{1,18})\)", re.ASCII)
_MARKS = {"名片": "contact_card", "位置": "location", "分享": "link", "系统": "system"}
_MARK = re.compile(r"\[(名片|位置|分享|系统): (.*)\]", re.DOTALL)
_TITLE = re.compile(
    r"<title>(?:<!\[CDATA\[(?P<plain>(?:(?!\]\]>|<title>).)*+)\]\]>|(?P<escaped>[^<]*))</title>", re.DOTALL
)
_TITLED = ("quote", "link", "file", "miniprogram", "solitaire", "forward", "music", "live", "note", "pat")
"""Kinds of cards whose title is what they say."""


def sniff(head: Head) -> bool:
    """The header names the columns."""
    return set(columns_of(head.text)).issuperset(_COLUMNS)


def read(source: Source) -> Iterator[Batch]:
    """The messages. Sender ids are null: the file has none."""
    from qunkit.parsing.csv import read_records

    group_id = _group_id(source)
    for records in read_records(source, columns=_COLUMNS, starts_record=_STARTS):
        yield _batch(records, group_id, source.parts[-2] if len(source.parts) > 1 else None)


def _group_id(source: Source) -> str | None:
    """The chat's id, which the exporter writes into a file beside this one."""
    found = _USERNAME.search((source.beside(_INFO) or b"").decode("utf-8", "replace"))
    return found[1] if found else None


def _batch(records: Records, group_id: str | None, group_name: str | None) -> Batch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.parsing.csv import filled, wall_clock

    records, wall = records.timed(wall_clock(records["时间"]))
    kind, text = _undone(records)
    mine = pc.equal(records["发送者"], _SELF)
    silent = pc.or_(mine, pc.fill_null(pc.equal(kind, "system"), False))
    nothing = pa.scalar(None, pa.string())
    native = pc.match_substring_regex(records["server_id"], r"^[1-9]\d*$")  # a spreadsheet makes 2.75571E+18 of it
    return records.batch(
        wall=wall,
        group_id=group_id,
        group_name=group_name,
        native_id=pc.if_else(native, records["server_id"], nothing),
        native_type=filled(records["消息类型"]),
        sender_name=pc.if_else(silent, nothing, filled(records["发送者"])),
        from_me=mine,
        kind=kind,
        text=text,
    )


def _undone(records: Records) -> tuple[pa.Array, pa.Array]:
    """Kinds, and texts without the exporter's wording; Python sees those that are no plain text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.columns import put

    label, text = records["消息类型"], records["内容"]
    rows = pc.indices_nonzero(pc.and_(pc.not_equal(label, "文本"), pc.is_valid(text)))
    found = [_undo(*row) for row in zip(label.take(rows).to_pylist(), text.take(rows).to_pylist(), strict=True)]
    kind = pa.repeat(pa.scalar("text"), len(label))
    return put(kind, rows, [kind for kind, _ in found]), put(text, rows, [text for _, text in found])


def _undo(label: str, text: str) -> tuple[str | None, str | None]:
    """Kind and text of a message by its label and wording."""
    from qunkit.chat.kinds import wechat_kind

    if number := _NUMBERED.fullmatch(label):
        kind = wechat_kind(int(number[1]))
        return kind, text if "<" not in text else _title(text) if kind in _TITLED else None
    told, mark = _LABELS.get(label), _MARK.fullmatch(text)
    if mark and told in (None, _MARKS[mark[1]]):
        return _MARKS[mark[1]], mark[2]
    return told, text


def _title(xml: str) -> str | None:
    """The title of a card, of whose XML only the begin is left; None if the title is cut off."""
    found = _TITLE.search(xml)
    return (found["plain"] or unescape(found["escaped"] or "")) if found else None
