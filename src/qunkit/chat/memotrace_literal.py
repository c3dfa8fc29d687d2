"""A message as MemoTrace 2 writes it for its web page, a literal of JavaScript, told as columns of RAW.

    { type:49, text: '有,还差2个',is_send:0,sub_type:57,refer_text:'阿岚：东门集合',timestamp:1732982408,is_chatroom:1,displayname:'Kevin_Zhao'}

Strings are escaped twice: for HTML, then for JavaScript.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from qunkit.chat.kinds import wechat_kind
from qunkit.chat.memotrace_record import TOLD, Told
from qunkit.chat.memotrace_wording import unescape_html
from qunkit.parsing.json_rows import well_formed

Literal = dict[str, str]
"""Names and values; strings without their escapes, all else as it is written."""

_PAIR = re.compile(
    r"""\s*+([A-Za-z_]\w*+)\s*+:\s*+(?:'([^'\\]*(?:\\.[^'\\]*)*)'|"([^"\\]*(?:\\.[^"\\]*)*)"|([\w.+-]*+))\s*+([,}])""",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)", re.DOTALL)
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "\n": ""}
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_NOTICE, _IMAGE, _VIDEO, _CARD = "0", "3", "43", "49"
_LOST_VIDEO = "视频丢失"
_MEDIA = ("image", "voice", "video", "sticker")
_FLAGS = {"1": True, "true": True, "True": True, "0": False, "false": False, "False": False}


def parsed(text: str) -> Literal | None:
    """The literal that `text` is; None if it is none (names are not in quotes, values are not nested)."""
    literal: Literal = {}
    at = 1
    while match := _PAIR.match(text, at):
        name, single, double, bare, end = match.groups()
        literal[name] = bare if bare is not None else _unescaped(double if single is None else single)
        at = match.end()
        if end == "}":
            return literal if at == len(text) else None
    return literal if literal and text[at:].strip() == "}" else None


def told_by(literal: Mapping[str, str]) -> Told:
    """`TOLD` of a literal."""
    kind = _kind(literal)
    told: Told = dict.fromkeys(TOLD) | {
        "sender_name": None if kind == "system" else literal.get("displayname") or None,
        "native_type": "/".join(filter(None, (literal.get("type"), literal.get("sub_type")))) or None,
        "kind": kind,
        "text": _words(kind, literal),
        "from_me": _FLAGS.get(literal.get("is_send", "")),
        "extra": _more(literal),
    }
    if kind == "quote":
        sender, found, words = literal.get("refer_text", "").partition("：")
        told |= {"quote_sender": sender, "quote_text": words} if found else {}
    return told


def _kind(literal: Mapping[str, str]) -> str | None:
    code, text = literal.get("type", ""), literal.get("text", "")
    if code == _NOTICE:
        return "system"
    if code == _CARD:
        sub = literal.get("sub_type", "")
        return wechat_kind(int(code), int(sub)) if _NUMBER.fullmatch(sub) else "other"
    if code in (_IMAGE, _VIDEO) and text == _LOST_VIDEO:
        return "video"
    if code == _IMAGE and "/emoji/" in text:  # stickers are shown as images of that folder
        return "sticker"
    return wechat_kind(int(code)) if _NUMBER.fullmatch(code) else None


def _words(kind: str | None, literal: Mapping[str, str]) -> str | None:
    if kind in _MEDIA:
        return literal.get("voice_to_text", "")
    title = literal.get("title") or literal.get("file_name")
    shown = "\n".join(filter(None, (title, literal.get("url")))) if title else literal.get("text")
    return shown if shown or kind in ("text", None) else None


def _more(literal: Mapping[str, str]) -> str | None:
    more = {"description": literal.get("description"), "app": literal.get("app_name")}
    said = {name: value for name, value in more.items() if value}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if said else None


def _unescaped(text: str) -> str:
    plain = _ESCAPED.sub(lambda found: _character(found[1]), text) if "\\" in text else text
    return unescape_html(well_formed(plain))


def _character(escape: str) -> str:
    return chr(int(escape[1:], 16)) if len(escape) > 1 else _CONTROLS.get(escape, escape)
