"""WeFlow's own words around what a message says, and the way back. Its JSON and its ChatLab files use them, and so does CipherTalk.

有,还差2个[引用 阿岚：东门集合]      [链接] 标题\nhttps://…      [文件] 路线图.pdf      [转账] (甲 转账给 乙) ￥35.00 车费
"""

from __future__ import annotations

import html
import json
import re
from typing import NamedTuple

_MEDIA = ("image", "voice", "video", "sticker")
_MARKS = {
    "[链接]": "link",
    "[音乐]": "music",
    "[文件]": "file",
    "[小程序]": "miniprogram",
    "[群公告]": "announcement",
    "[转发的聊天记录]": "forward",
    "[聊天记录]": "forward",
    "[转账]": "transfer",
    "[位置]": "location",
    "[语音通话]": "call",
    "[视频通话]": "call",
    "[通话]": "call",
    "[名片]": "contact_card",
    "[表情包]": "sticker",
    "[表情：": "sticker",
    "[动画表情]": "sticker",
    "[图片]": "image",
    "[视频]": "video",
    "[语音消息]": "voice",
    "[接龙]": "solitaire",
    "微信红包": "red_packet",
    "当前版本不支持展示该内容": "channels",
}
_LOST = ("[接龙]", "微信红包", "当前版本不支持展示该内容")
"""Standing phrases: what the message said is lost."""
_QUOTE = re.compile(r"\[引用 ([^：\]]*)：")
_LINK = re.compile(r"\[(.*)\]\((https?://\S+)\)", re.DOTALL)
_TRANSFER = re.compile(r"(?:\((.*?) 转账给 (.*?)\) )?([￥¥]\S+)(?: (.*))?", re.DOTALL)
_LOCATION = re.compile(r"(.*?) ?(\S*) \((-?[\d.]+,-?[\d.]+)\)", re.ASCII | re.DOTALL)


class Wording(NamedTuple):
    """A text without the exporter's words, and what those said."""

    kind: str | None
    text: str | None
    quote_sender: str | None = None
    quote_text: str | None = None
    extra: str | None = None


def undo(
    kind: str | None,
    text: str | None,
    quote_sender: str | None = None,
    quote_text: str | None = None,
    description: str | None = None,
) -> Wording:
    """What a message of `kind` says.

    Args:
        kind: what the type says; None or "other": the mark at the begin of the text decides, if there is one.
        text: as exported; None: there was none, or it is lost.
        quote_sender, quote_text: as the export says them in fields of their own.
        description: of a card.
    """
    if kind == "quote":
        return _quote(text, quote_sender, quote_text)
    body = (text or "").lstrip()
    if kind in (None, "other") and (link := _LINK.fullmatch(body)):
        return Wording("link", f"{link[1]}\n{link[2]}")
    mark = next((mark for mark in _MARKS if body.startswith(mark)), None)
    if kind in (None, "other"):
        kind = _MARKS[mark] if mark else kind
    if kind in _MEDIA:
        return Wording(kind, "" if mark or not body else text)
    if mark in _LOST and kind == "channels":
        return Wording(kind, description)
    if mark in _LOST:
        return Wording(kind, None, extra=_extra(description=description))
    if mark is None or _MARKS[mark] != kind:
        return Wording(kind, text)
    return _card(kind, html.unescape(body.removeprefix(mark)).strip(), description)


def _card(kind: str, body: str, description: str | None) -> Wording:
    if kind == "transfer" and (found := _TRANSFER.fullmatch(body)):
        return Wording(kind, found[3], extra=_extra(payer=found[1], payee=found[2], memo=found[4]))
    if kind == "location" and (found := _LOCATION.fullmatch(body)):
        return Wording(kind, found[1], extra=_extra(label=found[2], coordinates=found[3]))
    return Wording(kind, body or None, extra=_extra(description=description))


def _quote(text: str | None, sender: str | None, quoted: str | None) -> Wording:
    """``<reply>[引用 <name>：<words>]``: the bracket that closes the text; the known words say which, else the last."""
    known = f"[引用 {sender}：{quoted}]"
    if text is not None and text.endswith(known):
        return Wording("quote", text.removesuffix(known), sender, quoted)
    marks = list(_QUOTE.finditer(text)) if text and text.endswith("]") else []
    if text is None or not marks:
        return Wording("quote", text, sender, quoted)
    mark = next((mark for mark in marks if text[mark.end() : -1] == quoted), marks[-1])
    return Wording("quote", text[: mark.start()], sender or mark[1], quoted or text[mark.end() : -1])


def _extra(**facts: str | None) -> str | None:
    told = {name: fact for name, fact in sorted(facts.items()) if fact}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) if told else None
