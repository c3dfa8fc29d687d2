"""WechatExporter text.

    周三读书会 - 微信聊天记录

    陈墨 (2024-12-04 19:30:05):欢迎！今晚读第三章
    "陈墨"邀请"小雨"加入了群聊
    阿岚 (2024-12-04 19:30:30):提醒:
    第三章讲“等待”

Kept: group name, shown names, texts, notices, the words of what a reply quotes, and the time to the second by the
clock of the exporting computer.

Lost: ids of members and messages. Notices and replies that quote (`「陈墨：…」`, a line of dashes, the answer) have no
time in the file: they are at that of the message before them. Such replies have no sender either. A line in a message
that reads like a notice is taken for one.

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

TITLE = Text("WechatExporter text", "WechatExporter TXT")
HOW = Text(
    "With WechatExporter (BlueMatthew/WechatExporter), which reads iTunes backups of an iPhone: choose the chat, "
    "导出格式 TXT.",
    "用 WechatExporter（BlueMatthew/WechatExporter，读取 iPhone 的 iTunes 备份）选择聊天，导出格式选 TXT。",
)

_TITLE = r"(?P<group>[^\n]+) - 微信聊天记录[ \t]*\r?(?:\n|\Z)"
_SAID = r"(?P<name>[^\n]*) \((?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\):"
_WORDS = "加入|移出|邀请|撤回|收回|拍了拍|修改群|红包|新群主|解散|退出|群聊|group chat|recalled|tickled|group name"
_ALONE = rf"(?=(?P<quote>「)[^\n]*(?:\n[^\n]*){{0,20}}?\n- - - - -|(?P<notice>[^\n]*(?:{_WORDS})[^\n]*))"
"""Where a record may begin that has no header: its text is all it has."""
_BEFORE = re.compile(_SAID.encode())
_FAR = 1000
"""Lines that are looked through for the message before."""


def sniff(head: Head) -> bool:
    """The title, and a message with its time below."""
    title = re.match(_TITLE, head.text.lstrip("\r\n"))
    return title is not None and re.search(rf"(?m)^{_SAID}", head.text) is not None


def read(source: Source) -> Iterator[Batch]:
    """The messages. Ids are null: the file has none."""
    from qunkit.parsing.headed import Layout, headed

    layout = Layout(
        header=re.compile(rf"(?m)^(?:{_SAID}|{_ALONE})".encode()),
        time=_time,
        banner=re.compile(rf"\A(?:[ \t]*\r?\n)*{_TITLE}".encode()),
        open=lambda title, section: title["group"].decode("utf-8", "replace"),
        gap=2,
        whole_line=False,
    )
    for records in headed(source, layout):
        yield Batch(_messages(records), records.rejects, records.framing, suspects=records.refused)


def _time(header: re.Match[bytes], section: str | None) -> int | None:
    from qunkit.chat.notices import looks_like_notice

    if header["time"]:
        return _instant(header)
    if header["notice"] and not looks_like_notice(header["notice"].decode("utf-8", "replace")):
        return None
    return _time_before(header.string, header.start())


def _time_before(data: bytes, at: int) -> int | None:
    """The time of the last message that begins before a place."""
    for _ in range(_FAR):
        at = data.rfind(b"\n", 0, max(at - 1, 0)) + 1
        if found := _BEFORE.match(data, at):
            return _instant(found)
        if at == 0:
            break
    return None


def _instant(header: re.Match[bytes]) -> int | None:
    try:
        told = datetime.fromisoformat(header["time"].decode()).replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(told.timestamp()) * 1000


def _messages(records: Headed) -> pa.RecordBatch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat import wechat_shown, written_quotes
    from qunkit.parsing.places import raw_batch

    notice, nothing = pc.is_valid(records.group("notice")), pa.scalar(None, pa.string())
    columns = {"kind": pc.if_else(notice, "system", nothing), "text": records.text()}
    wechat_shown.undo(columns)
    written_quotes.undo(columns)
    return raw_batch(
        records.offset,
        wall=records.wall,
        group_name=records.of_section(lambda section: section),
        sender_name=records.group("name"),
        **columns,
    )
