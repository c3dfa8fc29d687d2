"""WechatExporter HTML: a page a chat.

With 异步加载 (loading on scrolling) messages are not in the page but in `Files/Data/msg-*.js`: such a page is refused. A page is read
whole and may have 256 MiB.

A message in the page:

    <div class="msg chat left" msgid="12" msgtype="1"><span class="dspname" wxId="wxid_aaa">陈墨</span> 2024-12-04 19:30:05
      <pre>欢迎！今晚读第三章</pre></div>

Kept: sender ids and names, which messages are the owner's, types, texts, and the time to the second by the clock of
the exporting computer. Notices have no time there: they are at that of the message before. The group's name is the
page's title, else the file's name.

Lost: message ids (the page has running numbers), what a reply quotes where the page does not show it as text, and the
parts of cards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from typing import TYPE_CHECKING, Any

from qunkit.errors import UnreadableExport
from qunkit.exports import Batch, Head, Reject
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.source import Source

TITLE = Text("WechatExporter HTML", "WechatExporter HTML")
HOW = Text(
    "With WechatExporter (BlueMatthew/WechatExporter), from iTunes backups of an iPhone: choose the chat, 导出格式 "
    "HTML, and turn off 异步加载 (loading on scrolling).",
    "用 WechatExporter（BlueMatthew/WechatExporter，读取 iPhone 的 iTunes 备份）选择聊天，导出格式选 HTML，"
    "并关闭异步加载。",
)

_LIMIT = 256 << 20
_TOO_LARGE = Text("the page is larger than 256 MiB", "网页大于 256 MiB")
_EXPORT_TEXT = Text("Export the chat as TXT.", "请改用 TXT 格式导出。")
_ELSEWHERE = Text(
    "its messages are not in the page but in Files/Data/msg-*.js", "消息不在网页中，而在 Files/Data/msg-*.js 中"
)
_EXPORT_WHOLE = Text(
    "Export the chat again without 异步加载 (async: loading on scrolling), or as TXT.",
    "请关闭异步加载后重新导出，或改用 TXT 格式导出。",
)
_ROWS = 4096
_FIRST_YEAR, _BEYOND = 1999, 2100
_MESSAGE = re.compile(rb'<div\b(?=[^<>]*+>)[^<>]*\bclass="msg [^"<>]*"[^<>]*>')
_DIV = re.compile(rb"<(/?)div\b[^<>]*>")
_ASYNC = re.compile(r"<script\b(?:(?!</?script).)*?\bData/msg-", re.DOTALL)
_HEADING = re.compile(r"<title>((?:(?!<title>).)*?)</title>", re.DOTALL)
_SUFFIX = " - 微信聊天记录"
_ATTRIBUTE = re.compile(r'(?<![A-Za-z])([A-Za-z]++)="([^"]*)"')
_NAME = re.compile(
    r'<span\b(?=[^<>]*+>)(?P<tag>[^<>]*\bclass="dspname"[^<>]*)>(?P<name>(?:(?!class="dspname").)*?)</span>(?P<behind>[^<]*)',
    re.DOTALL,
)
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?", re.ASCII)
_WORDS = re.compile(r"<pre\b[^<>]*>((?:(?!<pre\b).)*?)</pre>", re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>")
_EMOJI = re.compile(r'<img\b(?=[^<>]*+>)[^<>]*\balt="([^"]*)"[^<>]*>')
_TAG = re.compile(r"<[^<>]*>")
_MEDIA = ("image", "voice", "video", "sticker")


def sniff(head: Head) -> bool:
    """A page with messages and names in the exporter's classes, or a script that loads them."""
    page = head.text.lstrip()[:200].lower().startswith(("<!doctype html", "<html"))
    here = 'class="msg chat' in head.text and "dspname" in head.text
    return page and (here or _ASYNC.search(head.text) is not None)


def read(source: Source) -> Iterator[Batch]:
    """The messages. The page is read whole.

    Raises:
        UnreadableExport: it is larger than 256 MiB, or its messages are elsewhere.
    """
    import numpy as np

    if source.size > _LIMIT:
        raise UnreadableExport(path=source.label, why=_TOO_LARGE, hint=_EXPORT_TEXT)
    page = b"".join(block for _, block in source.blocks())
    starts = [found.start() for found in _MESSAGE.finditer(page)]
    ends = [_end(page, at, to) for at, to in zip(starts, [*starts[1:], len(page)], strict=False)]
    places = source.original(np.array([place for pair in zip(starts, ends, strict=True) for place in pair], np.int64))
    opening = page[: starts[0] if starts else len(page)].decode("utf-8", "replace")
    if _ASYNC.search(opening) or (ends and _ASYNC.search(page[ends[-1] :].decode("utf-8", "replace"))):
        raise UnreadableExport(path=source.label, why=_ELSEWHERE, hint=_EXPORT_WHOLE)
    group = _group(opening)
    done, time = 0, None
    for at in range(0, len(starts), _ROWS):
        rows: list[dict[str, Any]] = []
        batch = Batch(_batch([]))
        for number in range(at, min(at + _ROWS, len(starts))):
            start, end = places[2 * number : 2 * number + 2].tolist()
            if done < start:
                batch.framing.append((done, start))
            done = end
            html = page[starts[number] : ends[number]].decode("utf-8", "replace")
            cut = ends[number] == len(page) and not html.rstrip().endswith("</div>")
            row = "truncated-tail" if cut else _row(html, time)
            if not isinstance(row, str) and not _FIRST_YEAR <= row["wall"].year < _BEYOND:
                row = "time-out-of-range"
            if isinstance(row, str):
                batch.rejects.append(Reject(start, end, row))
            else:
                time = row["wall"]
                rows.append({"offset": start, "group_name": group, **row})
        batch.messages = _batch(rows)
        yield batch
    if done < source.size:
        yield Batch(_batch([]), framing=[(done, source.size)])


def _batch(rows: list[dict[str, Any]]) -> pa.RecordBatch:
    """The rows as columns, quotes taken out of their texts."""
    import pyarrow as pa

    from qunkit.chat import written_quotes
    from qunkit.schema import RAW

    table = pa.RecordBatch.from_pylist(rows, RAW.arrow)
    columns = {name: table.column(name) for name in RAW.names}
    written_quotes.undo(columns)
    return pa.RecordBatch.from_pydict(columns, RAW.arrow)


def _end(page: bytes, start: int, limit: int) -> int:
    """Behind the closing tag of the message that begins at `start`; `limit` if it is not closed."""
    depth = 0
    for tag in _DIV.finditer(page, start, limit):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.end()
    return limit


def _group(opening: str) -> str | None:
    """The chat that the page's title names."""
    heading = _HEADING.search(opening)
    return _plain(heading[1]).removesuffix(_SUFFIX) or None if heading else None


def _row(html: str, before: datetime | None) -> dict[str, Any] | str:
    """Columns of a message, or why it is none. A notice is at the time of the message before."""
    from qunkit.chat.kinds import wechat_kind

    tag, _, inner = html.partition(">")
    outer = dict(_ATTRIBUTE.findall(tag))
    number, classes = outer.get("msgtype", ""), outer.get("class", "").split()
    name = _NAME.search(inner)
    time = _time(name["behind"] if name else _plain(inner))
    if "chat" not in classes:
        time = time or before
        return {"wall": time, "kind": "system", "text": _TIME.sub("", _plain(inner)).strip()} if time else "bad-time"
    if name is None or time is None:
        return "bad-record" if name is None else "bad-time"
    kind = wechat_kind(int(number)) if number.isdecimal() and len(number) < 10 else "other"
    words = _WORDS.search(inner)
    return {
        "wall": time,
        "native_type": number or None,
        "kind": None if kind in ("other", "text") else kind,
        "sender_id": dict(_ATTRIBUTE.findall(name["tag"])).get("wxId") or None,
        "sender_name": _plain(name["name"]) or None,
        "from_me": "right" in classes,
        "text": "" if kind in _MEDIA else _plain(words[1] if words else inner[name.end() :]),
    }


def _time(text: str) -> datetime | None:
    found = _TIME.search(text)
    try:
        return datetime.fromisoformat(found[0]) if found else None
    except ValueError:
        return None


def _plain(html: str) -> str:
    """What a reader sees: line breaks and names of emoji kept, tags gone."""
    return unescape(_TAG.sub("", _EMOJI.sub(r"\1", _BREAK.sub("\n", html)))).strip("\r\n\t ").replace("\r\n", "\n")
