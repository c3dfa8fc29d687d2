"""A message as MemoTrace 3 writes it for its own web page, told as columns of RAW.

    {"type": "244813135921", "is_send": false, "timestamp": 1732982408, "server_id": "1695560838454876846",
     "display_name": "凯文", "xml_dict": {"msg": {"appmsg": {"title": "有", "refermsg": {"svrid": "2793…"}}}},
     "text": "有", "quote_server_id": "2793…", "quote_text": "阿岚: 本周路线"}

`xml_dict` is the message's whole XML: what it says goes before what the exporter made of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from qunkit.chat.appmsg import AppMsg, from_tree
from qunkit.chat.kinds import wechat_kind
from qunkit.parsing.json_rows import Number, well_formed
from qunkit.parsing.values import as_text

_TYPE = re.compile(r"\d{1,18}", re.ASCII)
_MEDIA = ("image", "voice", "video", "sticker")
_WORDS = {
    "voice": ("voice_to_text",),
    "link": ("title", "url"),
    "music": ("title", "url"),
    "note": ("title", "url"),
    "miniprogram": ("title",),
    "file": ("file_name",),
    "forward": ("title",),
    "channels": ("title",),
    "contact_card": ("nickname",),
    "transfer": ("fee_desc",),
    "call": ("display_content",),
}
"""Members of a record that hold a card's words, each a line; else `text`."""

Told = dict[str, Any]
TOLD = (
    *("native_id", "sender_id", "sender_name", "native_type", "kind", "text", "from_me"),
    *("quote_id", "quote_time", "quote_sender", "quote_text", "extra"),
)
"""The columns of RAW that a record tells."""


def told_by(record: Mapping[str, Any]) -> Told:
    """`TOLD` of a record as `json_rows.loads` reads it."""
    code = record.get("type")
    kind = _kind(code)
    # a pat has a bare number for its type; the types of all other notices are strings
    if kind == "system" and isinstance(code, Number):
        kind = "pat"
    tree = record.get("xml_dict")
    message = from_tree(tree) if isinstance(tree, dict) else None
    notice = kind == "system"
    told: Told = dict.fromkeys(TOLD) | {
        "native_id": _id(record.get("server_id")),
        "native_type": as_text(code),
        "sender_name": None if notice else as_text(record.get("display_name")),
        "from_me": record.get("is_send") if isinstance(record.get("is_send"), bool) else None,
        "kind": kind,
        "text": _own_words(kind, record),
    }
    told |= _quote(record, message)
    if message and kind not in ("text", "system"):
        told |= _of_document(told, message)
    return {name: well_formed(value) if isinstance(value, str) else value for name, value in told.items()}


def _kind(code: object) -> str | None:
    return wechat_kind(int(code)) if isinstance(code, str) and _TYPE.fullmatch(code) else None


def _of_document(told: Told, message: AppMsg) -> Told:
    """What the XML says: the kind where the number says none, the words, the patter's id, and more."""
    found: Told = {"kind": message.kind if told["kind"] in (None, "other") else told["kind"]}
    if message.text:
        found["text"] = message.text
    if message.pat:
        found["sender_id"] = message.pat[0] or None
    if message.more:
        found["extra"] = json.dumps(dict(message.more), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return found


def _own_words(kind: str | None, record: Mapping[str, Any]) -> str | None:
    """What the exporter itself shows of the message; "" for media, None where it shows nothing."""
    if kind == "location":
        return as_text(record.get("poiname")) or as_text(record.get("label"))
    words = [as_text(record.get(name)) for name in _WORDS.get(kind or "", ("text",))]
    shown = "\n".join(filter(None, words))
    if shown or kind in _MEDIA:
        return shown
    text = record.get("text")
    return text if isinstance(text, str) and kind == "text" else None


def _quote(record: Mapping[str, Any], message: AppMsg | None) -> Told:
    """The quoted message: as the XML has it, else as the exporter found it."""
    if message and message.refer:
        refer = message.refer
        return {
            "quote_id": refer.svrid or None,
            "quote_time": refer.createtime * 1000 if refer.createtime else None,
            "quote_sender": refer.chatusr or refer.displayname or None,
            "quote_text": refer.content or None,
        }
    quote_id = _id(record.get("quote_server_id"))
    sender, found, text = (as_text(record.get("quote_text")) or "").partition(": ")
    if quote_id is None:
        return {}
    return {"quote_id": quote_id, "quote_sender": sender if found else None, "quote_text": text if found else None}


def _id(value: object) -> str | None:
    return as_text(value) if value != "0" else None
