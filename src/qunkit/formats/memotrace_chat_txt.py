"""MemoTrace (WeChatMsg) text for language models, versions 2.x and 3.x.

Versions 2.x and 3.x write `聊天记录/<chat>/<chat>_chat.txt`, version 3 into a folder that has the group's id in its name. What somebody says
in a row is one piece of text:

    ********************2024-11-30********************

    Kevin_Zhao:欢迎新朋友[微笑][强]
    阿岚:本周路线:
    东门集合 -> 鹰嘴岩

Take this file only if there is no other export of the chat: all its messages stand at 00:00 of their day, in order, and do not
match those of other exports.

Kept: days (of the exporting computer's clock), shown names, texts in order.

Lost: times, ids, what was sent as image, voice, video or sticker, where one message ends and the sender's next one begins; accounts and
addresses (``[account xxx]``). Version 2 leaves out notices, version 3 gives them to the group, several as one. In version 2 a line with a colon
below a line that ends in a blank, in version 3 one below an empty line, cannot be told from a new sender.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.headed import Headed
    from qunkit.parsing.source import Source

TITLE = Text(
    "MemoTrace (WeChatMsg) text for language models, days only", "留痕 MemoTrace（WeChatMsg）AI 对话 TXT，仅有日期"
)
HOW = Text(
    "In MemoTrace (留痕, also called WeChatMsg): 打开群聊 → 导出 → AI 对话 (for language models). It keeps days, but "
    "no times.",
    "在留痕（MemoTrace，又名 WeChatMsg）中打开群聊 → 导出 → AI 对话（供大语言模型用）。它只有日期，没有时间。",
)

_STARS = rb"\*{20}"
_BANNER = re.compile(rb"(?m)^" + _STARS + rb"(\d{4})-(\d\d)-(\d\d)" + _STARS + rb"\r?\n\s*", re.ASCII)
_FIRST = re.compile(r"\s*\*{20}\d{4}-\d\d-\d\d\*{20}\r?\n", re.ASCII)
_NAME = rb"(?![^:\r\n]*(?:\d{4}-\d\d-\d\d \d\d:|https?://))(?P<name>[^:\r\n]{1,192}):"
"""Neither a time nor an address is the name of a sender."""
_HEADER_2 = re.compile(rb"(?m)^(?:\A|(?<= \n)|(?<= \r\n)|(?<=\*\n\n)|(?<=\*\r\n\r\n))" + _NAME)
_HEADER_3 = re.compile(rb"(?m)^" + _NAME + rb"(?=[^ ])")
_END_2 = re.compile(r" \r?\n(?:[^:\s][^:\n]*:|\r?\n\*)")
_END_3 = re.compile(r"[^\s*]\r?\n\r?\n(?:[^:\s][^:\n]*:[^ ]|\*)")


def sniff(head: Head) -> bool:
    """Begins with a day between stars."""
    return _FIRST.match(head.text) is not None


def read(source: Source) -> Iterator[Batch]:
    """The pieces of text, each at midnight of its day."""
    from qunkit.chat.memotrace_wording import group_of
    from qunkit.parsing.headed import Layout, headed

    group_id, group_name = group_of(source.parts, "_chat.txt", ".txt")
    version_2 = _is_version_2(source.head.text)
    layout = Layout(
        header=_HEADER_2 if version_2 else _HEADER_3,
        time=lambda match, day: day,
        banner=_BANNER,
        open=lambda match, before: _midnight(match),
        after_blank=not version_2,
        ascending=False,
        gap=2,
        whole_line=False,
    )
    for records in headed(source, layout):
        yield _batch(records, group_id, group_name)


def _is_version_2(head: str) -> bool:
    """Version 2 ends what somebody says with a blank, version 3 with an empty line."""
    return len(_END_2.findall(head)) >= len(_END_3.findall(head))


def _midnight(match: re.Match[bytes]) -> int | None:
    """The begin of a banner's day in milliseconds of the wall clock; None: there is no such day."""
    import datetime as dt

    try:
        year, month, day = map(int, match.groups())
        return int(dt.datetime(year, month, day, tzinfo=dt.UTC).timestamp() * 1000)
    except ValueError:
        return None


def _batch(records: Headed, group_id: str | None, group_name: str | None) -> Batch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.parsing.places import raw_batch

    nothing = pa.scalar(None, pa.string())
    name = records.group("name")
    notice = pc.equal(name, group_name or "")
    messages = raw_batch(
        records.offset,
        wall=records.wall,
        group_id=group_id,
        group_name=group_name,
        sender_name=pc.if_else(notice, nothing, name),
        kind=pc.if_else(notice, "system", nothing),
        text=pc.utf8_rtrim(records.text(), characters=" \n"),
    )
    messages = messages.replace_schema_metadata({"time_quality": "day"})
    return Batch(messages, records.rejects, records.framing, suspects=records.refused)
