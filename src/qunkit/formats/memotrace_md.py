"""MemoTrace (WeChatMsg) Markdown, version 3.x.

It writes `聊天记录/<chat>(<room id>)/<chat>.md`: headings for year, month and day, the sender in bold, what is quoted as a
quotation, and notices as quotations that begin with a time:

    ## 2024
    ### 2024-11
    #### 2024-11-30
    > 23:58:10 "凯文"邀请"小刘"加入了群聊

    **23:58:22 凯文**: 欢迎新朋友

    **23:58:50 阿岚**: 有\\,还差2个
    > 凯文: 还有空位吗

Kept: times to the second (of the exporting computer's clock), shown names, texts, quoted words, notices.

Lost: ids of members and messages, what was sent as image, voice, video or sticker, and all messages of types it does not know (relays,
announcements, …). The export as CSV keeps more.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.headed import Headed
    from qunkit.parsing.source import Source

TITLE = Text("MemoTrace (WeChatMsg) 3.x Markdown", "留痕 MemoTrace（WeChatMsg）3.x Markdown")
HOW = Text(
    "In MemoTrace 3 (留痕): 打开群聊 → 导出 → Markdown. Keep the folder it writes: only its name has the group's id.",
    "在留痕（MemoTrace）3 中打开群聊 → 导出 → Markdown。保留它写出的文件夹：只有文件夹名里有群 id。",
)

_HEADING = re.compile(rb"(?m)^#{1,4} ([^\r\n]*)\r?\n\s*", re.ASCII)
_DAY = re.compile(rb"\d{4}-\d\d-\d\d", re.ASCII)
_PERIOD = re.compile(rb"\d{4}(?:-\d\d)?", re.ASCII)
_TIME = rb"(?:(\d{4}-\d\d-\d\d) )?(\d\d):(\d\d):(\d\d)"
_HEADER = re.compile(rb"(?m)^(?:\*\*" + _TIME + rb" (?P<name>[^\n]{0,256}?)\*\*: ?|> " + _TIME + rb"(?: |$))", re.ASCII)
_SPEAKS = re.compile(r"(?m)^\*\*\d\d:\d\d:\d\d .*\*\*:", re.ASCII)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_QUOTED = "\n> "
_MARKS = ("【", "拍了拍")


def sniff(head: Head) -> bool:
    """A heading of a day, and a time and a name in bold."""
    day = any(_DAY.fullmatch(found[1].encode()) for found in re.finditer(r"(?m)^#### (.*?)\r?$", head.text, re.ASCII))
    return day and _SPEAKS.search(head.text) is not None


def read(source: Source) -> Iterator[Batch]:
    """The messages."""
    from qunkit.chat.memotrace_wording import group_of
    from qunkit.parsing.headed import Layout, headed

    group_id, group_name = group_of(source.parts, ".md")
    layout = Layout(header=_HEADER, time=_time, banner=_HEADING, open=_section, gap=2, whole_line=False)
    for records in headed(source, layout):
        messages = _messages(records, group_id=group_id, group_name=group_name)
        yield Batch(messages, records.rejects, records.framing, suspects=records.refused)


def _section(match: re.Match[bytes], before: object) -> object:
    """The day of a heading; "" above the first day. None: it is a line of text."""
    if _DAY.fullmatch(match[1]):
        return match[1].decode()
    if _PERIOD.fullmatch(match[1]):
        return before or ""
    return "" if before is None else None


def _time(match: re.Match[bytes], day: object) -> int | None:
    import datetime as dt

    own, hour, minute, second = match.groups()[:4] if match["name"] is not None else match.groups()[5:]
    told = own.decode() if own else day
    try:
        start = dt.datetime.strptime(f"{told}", "%Y-%m-%d").replace(tzinfo=dt.UTC)
        at = start.replace(hour=int(hour), minute=int(minute), second=int(second))
    except ValueError:
        return None
    return int(at.timestamp() * 1000)


def _messages(records: Headed, **group: str | None) -> pa.RecordBatch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.columns import put
    from qunkit.parsing.places import raw_batch

    name, text = records.group("name"), records.text()
    notice = pc.is_null(name)
    columns = {
        "sender_name": _plain(name),
        "kind": pc.if_else(notice, "system", pa.scalar(None, pa.string())),
        "text": _plain(text),
    }
    worded = pc.match_substring(text, _QUOTED)
    for mark in _MARKS:
        worded = pc.or_(worded, pc.match_substring(text, mark))
    rows = pc.indices_nonzero(pc.and_(worded, pc.invert(notice)))
    told = zip(text.take(rows).to_pylist(), columns["sender_name"].take(rows).to_pylist(), strict=True)
    found = [_undo(*one) for one in told]
    for column in ("kind", "text", "quote_sender", "quote_text", "extra"):
        known = columns.get(column, pa.nulls(len(text), pa.string()))
        columns[column] = put(known, rows, [one[column] for one in found])
    return raw_batch(records.offset, wall=records.wall, **group, **columns)


def _plain(texts: pa.Array) -> pa.Array:
    """Without Markdown's backslashes."""
    import pyarrow.compute as pc

    return pc.replace_substring_regex(texts, r"\\([!-/:-@\[-`{-~])", r"\1")


def _undo(text: str, sender: str) -> dict[str, str | None]:
    """A text without the exporter's wording: what it quotes begins at the first line with an own ``> ``."""
    from qunkit.chat.memotrace_wording import Wording, is_pat, quoted, undo

    reply, found, quote = text.partition(_QUOTED)
    reply, quote = (_ESCAPED.sub(r"\1", part) for part in (reply, quote.replace(_QUOTED, "\n")))
    quote = quote.removeprefix("引用：")
    wording = (quoted(reply, quote) or Wording("quote", reply, None, quote)) if found else undo(None, reply)
    pat = wording.kind is None and is_pat(reply, sender)
    return {
        "kind": "pat" if pat else wording.kind,
        "text": wording.text,
        "quote_sender": wording.quote_sender,
        "quote_text": wording.quote_text,
        "extra": wording.extra,
    }
