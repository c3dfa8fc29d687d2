"""The message manager of QQ before QQNT, web page: a chat and its pictures in one file.

The page is a table; rows say the chat and the day, then come messages:

    From: <Save by Tencent MsgMgr>
    Subject: Tencent IM Message
    …
    <tr><td><div style=padding-left:10px;>消息分组:我的群聊</div></td></tr>
    <tr><td><div style=padding-left:10px;>消息对象:读书会</div></td></tr>
    <tr><td style=border-bottom-width:1px;…>日期: 2019-7-16</td></tr>
    <tr><td><div style=color:#006EFE;padding-left:10px;><div style=float:left;margin-right:6px;>小王(10001)</div>8:15:05</div>
    <div style=padding-left:20px;><font style="…" color='000000'>早<br>几点?</font></div></td></tr>

Kept: the chat's name, accounts where QQ shows them, names, times to the second (of the exporting computer's clock), texts, notices.

Lost by QQ: the group's number, message ids, what a reply answers. Not taken: pictures and faces, which are pictures here too (`[图片]`), fonts and
colours, titles such as 【管理员】.

Private chats (under 我的好友) are left out unless --private asks for them, as from the text.
The page is read whole and may have 256 MiB; the pictures behind it may have any size.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from qunkit.errors import UnreadableExport
from qunkit.exports import Batch, Head, Reject
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.source import Source

TITLE = Text("QQ message manager, MHT", "QQ 消息管理器 MHT")
HOW = Text(
    "In QQ (before QQNT) open 消息管理器, right-click the group, choose 导出消息记录 and the file type "
    "网页格式(*.mht).",
    "在旧版 QQ（QQNT 之前）中打开消息管理器，右键点击群 → 导出消息记录，保存类型选“网页格式（*.mht）”。",
)

LIMIT = 256 << 20
"""Bytes of the page."""
_BATCH = 20_000
"""Rows of the table in a batch."""
_HEADERS = 4 << 10
"""Bytes in which the headers of the mail are."""

_SUBJECT = re.compile(r"(?mi)^Subject:[ \t]*Tencent IM Message")
_ROW = re.compile(rb"(?i)<tr\b")
_ROW_END = re.compile(rb"(?i)</tr\s*>")
_MESSAGE = re.compile(
    r"(?is)(?><tr[^>]*>\s*<td[^>]*>\s*<div style=[\"']?color:[^>]*>\s*<div[^>]*>(?P<who>.*?)</div>\s*"
    r"(?P<clock>\d\d?:\d\d:\d\d)(?P<half>\s?[AP]M)?\s*</div>)(?P<body>.*)</td>",
)
_DAY = re.compile(r"日期[:：]\s*(\d{4})-(\d\d?)-(\d\d?)")
_CHAT = re.compile(r"消息对象[:：](.*)", re.DOTALL)
_GROUP = re.compile(r"消息分组[:：](.*)", re.DOTALL)
_HEADING = re.compile(r"消息记录.*|", re.DOTALL)
_BREAK = re.compile(r"(?i)<br\s*/?>|</div>\s*<div[^<>]*>|</p>\s*<p[^<>]*>")
_PICTURE = re.compile(r"(?i)<img\b[^<>]*>")
_TAG = re.compile(r"<[^<>]*>")
_LINE_END = re.compile(r"(?<![ \t])[ \t]*+\r?\n[ \t]*+")
_IMAGE = "[图片]"
_EARLIEST = 915_148_800_000
"""1999, in milliseconds."""

_TOO_LONG = Text("the page in it is larger than 256 MiB", "其中的网页超过 256 MiB")
_BY_PARTS = Text("Export the chat in parts, or as TXT.", "请分段导出，或导出为 TXT。")


class _Message(NamedTuple):
    offset: int
    wall: int
    chat: str | None
    who: str
    text: str
    wordless: bool
    """A picture and nothing else."""


@dataclass(slots=True)
class _Table:
    """Reads the table row by row."""

    source: Source
    name: str
    """Of the chat, where the table does not say it."""
    group: str | None = None
    """Of the exporter's chats, such as 我的好友."""
    left_out: bool = False
    """Whether the chat is private, and such were not asked for."""
    private: int = 0
    """Chats left out since the last batch."""
    chat: str | None = None
    day: tuple[int, ...] | None = None
    messages: list[_Message] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    framing: list[tuple[int, int]] = field(default_factory=list)

    def take(self, raw: bytes, start: int, end: int) -> None:
        """A row, and its range in the file."""
        from qunkit.parsing.json_rows import decoded

        try:
            row = decoded(raw, mixed=True)
        except UnicodeDecodeError:
            self._refuse(start, end, "undecodable")
            return
        if message := _MESSAGE.match(row):
            self._message(message, start, end)
        elif not self._heading(_words(row).strip()):
            self._refuse(start, end, "bad-record" if _ROW_END.search(raw) else "truncated-tail")
        else:
            self.framing.append((start, end))

    def batch(self) -> Batch:
        """What was read since the last batch."""
        framing = [(at, to) for at, to in self.framing if at < to]
        batch = Batch(_columns(self.messages), self.rejects, framing, private=self.private)
        self.messages, self.rejects, self.framing, self.private = [], [], [], 0
        return batch

    def _message(self, found: re.Match[str], start: int, end: int) -> None:
        from qunkit.chat.qq_manager import wall

        time = wall(self.day, found["clock"], found["half"]) if self.day else None
        if self.left_out:
            self.framing.append((start, end))
        elif time is None:
            self._refuse(start, end, "bad-time")
        elif time < _EARLIEST:
            self._refuse(start, end, "time-out-of-range")
        else:
            text = _words(found["body"])
            wordless = _IMAGE in text and not text.replace(_IMAGE, "").strip()
            chat = self.name if self.chat is None else self.chat
            self.messages.append(_Message(start, time, chat or None, _words(found["who"]), text, wordless))

    def _heading(self, text: str) -> bool:
        """Whether a row's text says the group, the chat, the day or nothing; takes note of it."""
        from qunkit.chat.qq_manager import is_left_out

        if group := _GROUP.fullmatch(text):
            self.group = group[1].strip()
        elif chat := _CHAT.fullmatch(text):
            self.chat, self.day = chat[1].strip(), None
            self.left_out = is_left_out(self.group, self.source.options)
            self.private += self.left_out
        elif day := _DAY.fullmatch(text):
            self.day = tuple(map(int, day.groups()))
        else:
            return _HEADING.fullmatch(text) is not None
        return True

    def _refuse(self, start: int, end: int, reason: str) -> None:
        if self.left_out:
            self.framing.append((start, end))
            return
        self.rejects.append(Reject(start, end, reason))


def sniff(head: Head) -> bool:
    """A mail of QQ's making."""
    return _SUBJECT.search(head.text[:_HEADERS]) is not None


def read(source: Source) -> Iterator[Batch]:
    """The messages of every chat.

    Raises:
        UnreadableExport: the page is larger than 256 MiB.
    """
    import numpy as np

    from qunkit.parsing.mht import first_part

    page = first_part(source, LIMIT)
    if page is None:
        raise UnreadableExport(path=source.label, why=_TOO_LONG, hint=_BY_PARTS)
    starts = [row.start() for row in _ROW.finditer(page.data, page.begin)]
    ends = [row.end() for row in _ROW_END.finditer(page.data, starts[-1])] if starts else []
    edges = [*starts, ends[-1] if ends else len(page.data)]
    bounds = source.original(page.places(np.array(edges, np.int64))).tolist()
    table = _Table(source, source.parts[-1].rpartition(".")[0] if source.parts else "", framing=[(0, bounds[0])])
    for row in range(len(starts)):
        table.take(page.data[edges[row] : edges[row + 1]], bounds[row], bounds[row + 1])
        if not (row + 1) % _BATCH:
            yield table.batch()
    table.framing.append((bounds[-1], source.size))
    yield table.batch()


def _words(markup: str) -> str:
    """What people read of HTML."""
    text = _BREAK.sub("\n", _PICTURE.sub(_IMAGE, _LINE_END.sub(" ", markup)))
    return html.unescape(_TAG.sub("", text).replace("&get;", "&gt;")).replace("\xa0", " ")


def _columns(messages: list[_Message]) -> pa.RecordBatch:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.qq_manager import PLATFORM, senders
    from qunkit.parsing.places import raw_batch

    told = senders(pa.array([message.who for message in messages], pa.string()))
    wordless = pa.array([message.wordless for message in messages], pa.bool_())
    return raw_batch(
        np.array([message.offset for message in messages], np.int64),
        wall=pa.array([message.wall for message in messages], pa.timestamp("ms")),
        group_name=pa.array([message.chat for message in messages], pa.string()),
        text=pc.if_else(wordless, "", pa.array([message.text for message in messages], pa.string())),
        **told | {"kind": pc.if_else(wordless, "image", told["kind"])},
    ).replace_schema_metadata(PLATFORM)
