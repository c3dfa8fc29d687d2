"""Words that exporters write where a message has none: ``[图片]``, ``【语音】``, ``[Video]``.

Only a whole text is a placeholder: an emoji inside a text, ``好的[微笑]``, and one alone, ``[微笑]``, are text. A bare word such as
``图片`` is what one exporter writes, but also what people write: it counts only where the exporter says the kind.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat.columns import put

_KINDS = {
    "image": "[图片] 【图片】 [Photo] [Image] <省略影音内容>",
    "voice": "[语音] [语音消息] 【语音】 [Voice]",
    "video": "[视频] 【视频】 [Video]",
    "sticker": "[动画表情] [表情包] 【表情包】 [表情] [Sticker]",
    "link": "[链接] 【分享链接】 [分享] [Link]",
    "file": "[文件] 【文件】 [File]",
    "location": "[位置] 【位置分享】 [Location]",
    "contact_card": "[名片] 【名片】",
    "red_packet": "[红包] [微信红包] 【红包】",
    "transfer": "[转账] [微信转账] 【发起转账】",
    "miniprogram": "[小程序]",
    "forward": "[聊天记录] [转发的聊天记录] 【合并转发的聊天记录】",
    "call": "[语音通话] [视频通话] 【音视频通话】",
    "other": "[其他消息]",
}
EXACT = {word: kind for kind, words in _KINDS.items() for word in words.split()} | {"[Mini Program]": "miniprogram"}
"""Whole texts that are placeholders, and their kinds."""

BARE = {"图片": "image", "视频": "video", "表情": "sticker", "未知": "other"}
"""Whole texts that are placeholders only where the kind is known to be this."""

PATTERNS = (
    ("image", r"!\[图片\]\([^()\s]*\)"),
    ("video", r"!\[视频\]\([^()\s]*\)"),
    ("sticker", r"!\[动画表情\]\([^()\s]*\)"),
    ("sticker", r"\[表情[:：][^\[\]\n]*\]"),
    ("voice", r"\[语音\]\([^()\s]*\)"),
    ("voice", r"\[语音\] ?\d{1,3}(?:\"|″|''|秒|s)"),
    ("video", r"\[视频\] ?\d{1,5}(?:\"|″|''|秒|s)"),
    ("link", r"\[链接\|[^\n\[\]]*\](?:\([^()\s]*\))?"),
    ("forward", r"\[合并转发\|[^\n\[\]]*\]"),
)
"""Placeholders that carry a length, an address or a title."""

_PAYLOAD = re.compile(r"\[(?:链接|合并转发)\|(?P<title>[^\n\[\]]*)\](?:\((?P<url>[^()\s]*)\))?")
_ANY = "^(?:" + "|".join([*map(re.escape, EXACT), *(pattern for _, pattern in PATTERNS)]) + ")$"
_LENGTH = r"^语音时长[:：]\d{1,5}(?:\.\d{1,3})?秒$"
_COMPILED = tuple((kind, re.compile(pattern, re.ASCII)) for kind, pattern in PATTERNS)
_OPEN = ("", "text", "other")
_STARTS = ("[", "【", "!", "<")
_BLANK = " \t\r\n"


def read(text: str) -> tuple[str, str] | None:
    """(kind, text) of a placeholder, None if `text` is words. The text is empty unless the placeholder carries a title."""
    text = text.strip(_BLANK)
    if text in EXACT:
        return EXACT[text], ""
    kind = next((kind for kind, pattern in _COMPILED if pattern.fullmatch(text)), None)
    return (kind, _payload(text)) if kind else None


def undo(kind: pa.Array, text: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Columns `kind` and `text` without placeholders.

    A placeholder counts where the kind is open (null, text or other), which it then decides, and where it says the same.
    """
    starts = pc.is_in(pc.utf8_slice_codeunits(pc.ascii_ltrim(text, characters=_BLANK), 0, 1), pa.array(_STARTS))
    rows = pc.indices_nonzero(pc.fill_null(starts, False))
    trimmed = pc.ascii_trim(text.take(rows), characters=_BLANK)
    rows = rows.filter(pc.match_substring_regex(trimmed, _ANY))
    kind, text = _replaced(kind, text, rows)
    bare = _bare(kind, text)
    return kind, put(text, bare, [""] * len(bare))


def _replaced(kind: pa.Array, text: pa.Array, rows: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The columns with the placeholders at `rows` undone. Python sees each distinct placeholder once."""
    if not len(rows):
        return kind, text
    placeholders = text.take(rows).dictionary_encode()
    known = [read(word) or (None, word) for word in placeholders.dictionary.to_pylist()]
    found = pa.array([kind for kind, _ in known], pa.string()).take(placeholders.indices)
    said = pc.fill_null(kind.take(rows), "")
    fits = pc.or_(pc.is_in(said, pa.array(_OPEN)), pc.fill_null(pc.equal(said, found), False))
    applies = pc.and_(fits, pc.is_valid(found))
    rows, found = rows.filter(applies), found.filter(applies)
    words = pa.array([words for _, words in known], pa.string()).take(placeholders.indices).filter(applies)
    return put(kind, rows, found), put(text, rows, words)


def _bare(kind: pa.Array, text: pa.Array) -> pa.Array:
    """Rows where a bare word, or the length of a voice message, stands for the message."""
    kinds = pa.array(list(BARE.values()), pa.string())
    rows = pc.indices_nonzero(pc.fill_null(pc.is_in(kind, pa.array([*BARE.values(), "voice"])), False))
    kind, text = kind.take(rows), text.take(rows)
    word = kinds.take(pc.index_in(text, value_set=pa.array(list(BARE), pa.string())))
    length = pc.and_(pc.equal(kind, "voice"), pc.match_substring_regex(text, _LENGTH))
    return rows.filter(pc.fill_null(pc.or_kleene(pc.equal(kind, word), length), False))


def _payload(text: str) -> str:
    """Title, and address on a line of its own, of ``[链接|title](address)``."""
    match = _PAYLOAD.fullmatch(text)
    return "\n".join(filter(None, match.group("title", "url"))) if match else ""
