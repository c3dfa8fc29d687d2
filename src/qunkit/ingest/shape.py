"""What an unknown file is, without a word of what is in it: its shape goes into errors, and errors into logs."""

from __future__ import annotations

import json
import re

from qunkit.parsing.source import HEAD_BYTES, Source
from qunkit.parsing.tables import rows_of
from qunkit.words import Text

_DOCUMENT = Text("an old Office document (DOC, XLS, PPT)", "旧式 Office 文档（DOC、XLS、PPT）")
_KNOWN = (
    (rb"\xff\xd8\xff", Text("a picture (JPEG)", "图片 (JPEG)")),
    (rb"\x89PNG\r\n", Text("a picture (PNG)", "图片 (PNG)")),
    (rb"GIF8[79]a", Text("a picture (GIF)", "图片 (GIF)")),
    (rb"RIFF.{4}WEBP", Text("a picture (WebP)", "图片 (WebP)")),
    (rb".{4}ftyp(?:heic|heix|mif1|avif)", Text("a picture (HEIC)", "图片 (HEIC)")),
    (rb".{4}ftyp", Text("a video or sound (MP4)", "视频或音频 (MP4)")),
    (rb"ID3[\x02-\x04]|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]", Text("a sound (MP3)", "音频 (MP3)")),
    (rb"\x02?#!SILK_V3|#!AMR", Text("a voice message (SILK or AMR)", "语音（SILK 或 AMR）")),
    (rb"%PDF-", Text("a PDF document", " PDF 文档")),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _DOCUMENT),
    (rb"PK\x03\x04.*?word/", Text("a Word document (DOCX)", " Word 文档 (DOCX)")),
    (rb"PK\x03\x04.*?ppt/", Text("a PowerPoint document (PPTX)", " PowerPoint 文档 (PPTX)")),
    (rb"SQLite format 3\0", Text("a database (SQLite)", "数据库 (SQLite)")),
)
"""How files begin that people keep beside exports."""
_LOOKED_AT = 4 << 10
_JSON = re.compile(r'\{\s*"(?:[^"\\\n]|\\.)*"\s*:|\[\s*[\[{]')
"""How nothing but JSON begins."""
_BLANKS = re.compile(r"\s*")
_BINARY = re.compile("[\0-\x08\x0e-\x1a\ufffd]")
_WORKBOOK = Text("is a workbook", "是工作簿")
_OBJECT, _ARRAY = Text("is a JSON object", "是 JSON 对象"), Text("is a JSON array", "是 JSON 数组")
_LINES = Text("is lines of JSON", "是逐行的 JSON")
_CUT = Text("is JSON, but incomplete or damaged", "是 JSON，但不完整或已损坏")
_PLAIN, _NO_TEXT = Text("is plain text", "是纯文本"), Text("is no text", "不是文本")


def of_kind(source: Source) -> Text | None:
    """What people keep beside exports; None if it is none of that."""
    raw = source.raw(0, _LOOKED_AT)
    return next((what for begin, what in _KNOWN if re.match(begin, raw, re.DOTALL)), None)


def of_text(source: Source) -> Text:
    """What another file is."""
    text = source.head.text
    if source.head.sheets:
        return _WORKBOOK
    if told := _json(source):
        return told
    if _BINARY.search(text):
        return _NO_TEXT
    if rows := rows_of(text):
        count = len(rows[0])
        return Text(f"is a table of {count} columns", f"是 {count} 列的表格")
    return _PLAIN


def is_cut(source: Source) -> bool:
    """Whether it is JSON that ends before its end."""
    return _json(source) is _CUT


def _json(source: Source) -> Text | None:
    """Which JSON it is; None if it is none."""
    head = source.head.text
    text = head.strip()
    if not text.startswith(("{", "[")):
        return None
    begins = bool(_JSON.match(text))
    if len(head.encode("utf-8", "replace")) < HEAD_BYTES:
        count = _values(text)
    else:  # more than the head is not parsed
        tail = source.raw(max(0, source.size - _LOOKED_AT), source.size).rstrip(b"\0 \t\r\n")
        count = int(begins and tail.endswith((b"}", b"]")))
    if not count:
        return _CUT if begins else None
    return _LINES if count > 1 else _OBJECT if text.startswith("{") else _ARRAY


def _values(text: str) -> int:
    """How many values of JSON stand one behind the other; 0 if it is not all JSON."""
    decoder, count, at = json.JSONDecoder(strict=False), 0, 0
    while at < len(text):
        try:
            _, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return 0
        count, at = count + 1, _BLANKS.match(text, at).end()  # type: ignore[union-attr]
    return count
