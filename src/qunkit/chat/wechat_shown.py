"""What WeChat itself shows of a message that is no text, where a chat is copied, mailed or exported as it is shown.

[图片] 微信图片_1.jpg      [语音] 5"      [链接] 标题 https://…      [文件] 路线图.pdf      [微信红包]
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat.columns import put
from qunkit.chat.documents import Columns

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
_MARKED = re.compile(rf"\[(?P<mark>{'|'.join(_KINDS)})\](?: (?P<rest>.*))?", re.DOTALL)
_MEDIA = ("image", "video", "voice", "sticker")
_WORDLESS = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|heic|mp4|mov)|\d{1,5}(?:\"|″|'')", re.IGNORECASE)
"""What stands behind the mark of a medium: its file's name, or how long it is. Anything else somebody typed."""
_LINK = re.compile(r"(?P<title>.*) (?P<url>https?://\S+)", re.DOTALL)


def undo(columns: Columns) -> None:
    """Set ``kind``, and leave in ``text`` what is behind the mark, where ``kind`` is open, in place."""
    marked = pc.and_(pc.is_null(columns["kind"]), pc.starts_with(columns["text"], "["))
    rows = pc.indices_nonzero(pc.fill_null(marked, False))
    found = [read(text) for text in columns["text"].take(rows).to_pylist()]
    rows, told = rows.filter(pa.array([one is not None for one in found], pa.bool_())), list(filter(None, found))
    columns["kind"] = put(columns["kind"], rows, [kind for kind, _ in told])
    columns["text"] = put(columns["text"], rows, [text for _, text in told])


def read(text: str) -> tuple[str, str] | None:
    """(kind, text) of a message that is no text; of a link, its address on a line of its own."""
    match = _MARKED.fullmatch(text)
    if match is None:
        return None
    kind, rest = _KINDS[match["mark"]], match["rest"] or ""
    if kind in _MEDIA:
        return (kind, "") if not rest or _WORDLESS.fullmatch(rest) else None
    link = _LINK.fullmatch(rest) if kind in ("link", "miniprogram") else None
    return kind, f"{link['title']}\n{link['url']}" if link else rest
