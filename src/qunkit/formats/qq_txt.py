"""The message manager of QQ before QQNT, text.

A file holds one chat, or all chats, each under its own lines 消息分组 and 消息对象:

    消息记录（此消息记录为文本格式，不支持重新导入）

    ================================================================
    消息分组:我的群聊
    ================================================================
    消息对象:读书会
    ================================================================

    2019-07-16 8:15:05 【管理员】小王(10001)
    早

    2019-07-16 8:16:00 土豆<t@example.invalid>
    [图片]

    2019-07-16 8:16:20 系统消息(10000)
    老陈加入本群。

Kept: the chat's name, accounts where QQ shows them (a number, or the address of a mail account), names, times to the second (of the exporting
computer's clock; hours of 12 with AM and PM too), texts, notices.

Lost by QQ: the group's number, message ids, what a reply answers, pictures and faces (`[图片]`, `[表情]`), titles such as 【管理员】, which are taken
off. Members of a 讨论组 and of private chats have no account.

Private chats (under 我的好友) are left out; with --private each counts as a group of its own, chats of the same name as one.
A line that looks like a message's first line is text if no empty line is before it, or if its time is before that of the last message: a chat pasted into a message.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.headed import Headed
    from qunkit.parsing.source import Source

TITLE = Text("QQ message manager, text", "QQ 消息管理器 TXT")
HOW = Text(
    "In QQ (before QQNT) open 消息管理器, right-click the group, choose 导出消息记录 and the file type "
    "文本文件(*.txt).",
    "在旧版 QQ（QQNT 之前）中打开消息管理器，右键点击群 → 导出消息记录，保存类型选“文本文件（*.txt）”。",
)

_FIRST_LINE = re.compile(r"消息记录[（(]此消息记录为文本格式")
_RULE = r"={20,}[ \t]*\r?\n"
_BANNER = re.compile(
    rf"(?m)^(?:\r?\n){{0,20}}+{_RULE}(?:消息分组:(?P<group>[^\r\n]*)\r?\n{_RULE})?消息对象:(?P<chat>[^\r\n]*)\r?\n{_RULE}(?:\r?\n)*".encode()
)
_PREAMBLE = re.compile(r"消息记录[^\n]*(?:\r?\n)*".encode())
_HEADER = re.compile(
    rb"(?m)^(?P<day>\d{4}-\d\d?-\d\d?) (?P<clock>\d\d?:\d\d:\d\d)(?P<half> [AP]M)? (?P<who>[^\r\n]*)\r?$"
)
_GAP = 3
"""Behind a body; one more at the end of a chat."""


class _Chat(NamedTuple):
    group: str | None = None
    """Of the exporter's chats, such as 我的好友."""
    name: str = ""


def sniff(head: Head) -> bool:
    """The first line says what it is; or the file begins with a chat's lines."""
    return bool(_FIRST_LINE.match(head.text) or _BANNER.match(head.text.lstrip().encode()))


def read(source: Source) -> Iterator[Batch]:
    """The messages of every chat."""
    from qunkit.chat.qq_manager import is_left_out
    from qunkit.parsing.headed import Layout, headed

    private: list[_Chat] = []

    def left_out(chat: _Chat | None) -> bool:
        return chat is not None and is_left_out(chat.group, source.options)

    def opened(match: re.Match[bytes], before: _Chat | None) -> _Chat:
        chat = _opened(match, before)
        if left_out(chat):
            private.append(chat)
        return chat

    layout = Layout(
        _HEADER, _time, banner=_BANNER, preamble=_PREAMBLE, open=opened, left_out=left_out, after_blank=True, gap=_GAP
    )
    name = source.parts[-1].rpartition(".")[0] if source.parts else ""
    for records in headed(source, layout):
        yield Batch(
            _messages(records, name), records.rejects, records.framing, suspects=records.refused, private=len(private)
        )
        private.clear()


def _opened(match: re.Match[bytes], before: _Chat | None) -> _Chat:
    """The chat, of the same group as the one before if its lines do not say it; the file's first line says none."""
    if match.re is not _BANNER:
        return before or _Chat()
    group, name = (told.decode("utf-8", "replace").strip() if told is not None else None for told in match.groups())
    return _Chat(group or (before.group if before else None), name or "")


def _time(match: re.Match[bytes], _: _Chat | None) -> int | None:
    from qunkit.chat.qq_manager import wall

    day = [int(number) for number in match["day"].split(b"-")]
    return wall(day, match["clock"].decode(), (match["half"] or b"").decode())


def _messages(records: Headed, name: str) -> pa.RecordBatch:
    from qunkit.chat.qq_manager import PLATFORM, senders
    from qunkit.parsing.places import raw_batch

    return raw_batch(
        records.offset,
        wall=records.wall,
        group_name=records.of_section(lambda chat: (chat and chat.name) or name or None),
        text=records.text(),
        **senders(records.group("who")),
    ).replace_schema_metadata(PLATFORM)
