"""WeFlow's own words around what a message says, and the way back. All its exports use them, and so do CipherTalk and echotrace.

有,还差2个[引用 阿岚：东门集合]      [链接] 标题\nhttps://…      [文件] 路线图.pdf      [转账] (甲 转账给 乙) ￥35.00 车费

Exports that are read by people (text, spreadsheet, SQL, HTML) write them a little differently: no blank behind the mark, ``[链接]``
before every card that has no mark of its own, ``[其他消息]`` for what they have no words for.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat.columns import put
from qunkit.chat.kinds import wechat_kinds

_MEDIA = ("image", "voice", "video", "sticker")
_NOTICES = ("system", "pat", "recall")
_ROOM = "@chatroom"
_LABELS = {
    "文本消息": "text",
    "图片消息": "image",
    "语音消息": "voice",
    "名片消息": "contact_card",
    "视频消息": "video",
    "动画表情": "sticker",
    "位置消息": "location",
    "链接消息": "link",
    "通话消息": "call",
    "系统消息": "system",
    "引用消息": "quote",
    "音乐消息": "music",
    "群公告": "announcement",
    "转账消息": "transfer",
    "文件消息": "file",
    "聊天记录": "forward",
    "小程序消息": "miniprogram",
}
"""Kinds of the Chinese labels: all that a spreadsheet has, and what rewritten files have left that lost the type's number."""
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
    "[红包]": "red_packet",
    "微信红包": "red_packet",
    "当前版本不支持展示该内容": "channels",
}
_LOST = ("[接龙]", "微信红包", "当前版本不支持展示该内容")
"""Standing phrases: what the message said is lost."""
_LINK_MARK, _RED_PACKET, _UNSUPPORTED, _NO_WORDS = "[链接]", "微信红包", "当前版本不支持展示该内容", "[其他消息]"
_BEHIND_LINK = ("solitaire", "channels", "music", "live", "note")
"""Cards that exports for people call a link."""
_ANY_MARK = tuple(_MARKS)
_CARDS = tuple(mark for mark, kind in _MARKS.items() if kind not in _MEDIA and mark != _RED_PACKET)
_QUOTE = re.compile(r"\[引用 (?=([^：]{0,200})：)")
_BRACKET = re.compile(r"[\[\]]")
_LINK = re.compile(r"\[(.*)\]\((https?://(?:(?!\]\()\S)+)\)", re.DOTALL)
_TRANSFER = re.compile(r"(?:\(((?:(?! 转账给 ).)*+) 转账给 (.*?)\) ?)?([￥¥]\S{1,40})(?: (.*))?", re.DOTALL)
_LOCATION = re.compile(r"(.*?) ?(?<!\S)(\S*+) \((-?[\d.]+,-?[\d.]+)\)", re.ASCII | re.DOTALL)
_FLATTENED = re.compile(r"(\S.{0,299}?) ++\1 *+invite ++撤销\S*")
"""A structured notice whose XML was only stripped of its tags: the sentence twice, the button and the ids."""
_ROOM_FIRST = r"^\d+@chatroom[\d:]*\s*"
"""What CipherTalk leaves of a notice's XML before its sentence, or of all of it: the room and the numbers of messages."""
_MAY_BE_WORDING = r"^\[|\]$|^(?:微信红包|当前版本不支持)|invite +撤销"
_NOT_IN_FILE_NAMES = re.compile(r'[<>:"/\\|?*]')
_FILE_NAME = re.compile(r"(?:群聊_|私聊_|公众号_|曾经的好友_)?(.+?)(?:_\d{8}-\d{8}|_全部时间)?\.\w+", re.DOTALL)


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
    inner = body.removeprefix(_LINK_MARK).lstrip()
    if inner != body and (kind in _BEHIND_LINK or inner.startswith(_UNSUPPORTED)):
        text = body = inner
    if body == _NO_WORDS:
        return Wording(kind or "other", "" if kind in _MEDIA else None)
    if kind in (None, "other") and (link := _LINK.fullmatch(body)):
        return Wording("link", f"{link[1]}\n{link[2]}")
    mark = next((mark for mark in _MARKS if body.startswith(mark)), None) if body.startswith(_ANY_MARK) else None
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
    said = html.unescape(body.removeprefix(mark)).strip()
    return _card(kind, "" if said == _RED_PACKET else said, description)


def undo_untold(text: str) -> Wording:
    """What a message of an export without types says: all that is not WeFlow's wording is left to be read as any text.

    Text behind a line end is somebody's own: the line end is what is left of the id that WeChat keeps before it.
    """
    if text.startswith("\n"):
        return Wording("text", text)
    if flattened := _FLATTENED.fullmatch(text):
        return Wording(None, flattened[1])
    reply = _quote(text, None, None)
    if reply.quote_sender is not None:
        return reply
    if text == _NO_WORDS:  # in text: a voice message that was not transcribed, for cards it knows nothing of are [链接]
        return Wording("voice", "")
    return undo(None, text) if text.startswith(_CARDS) or text == _RED_PACKET else Wording(None, text)


def kinds(code: pa.Array, label: pa.Array) -> pa.Array:
    """Kinds by the type's number (int64); where that says nothing, by its label."""
    at = pc.index_in(label, value_set=pa.array(list(_LABELS)))
    labelled = pa.array(list(_LABELS.values())).take(at)
    kind = wechat_kinds(code, pa.nulls(len(code), pa.int64()))
    return pc.coalesce(pc.if_else(pc.equal(kind, "other"), labelled, kind), labelled, kind)


def notices(kind: pa.Array, sender_id: pa.Array, room: pa.Array | str | None) -> pa.Array:
    """Where nobody speaks: the room does; or a notice is nobody's or, in a private chat, said to be "sent" by the other person."""
    other = pc.or_kleene(pc.is_null(sender_id), pc.equal(sender_id, "" if room is None else room))
    is_notice = pc.is_in(kind, value_set=pa.array(_NOTICES))
    return pc.fill_null(pc.or_kleene(pc.ends_with(sender_id, _ROOM), pc.and_(other, is_notice)), False)


def told(kind: pa.Array, text: pa.Array, *more: pa.Array) -> dict[str, pa.Array]:
    """The columns of `Wording` for messages whose kinds are known. Ordinary texts and plain media cost nothing.

    Args:
        kind, text: of each message.
        more: columns for the other arguments of `undo`.
    """
    empty = pc.fill_null(pc.and_(pc.is_in(kind, value_set=pa.array(_MEDIA)), pc.is_null(text)), False)
    plain = pc.or_(empty, pc.is_in(kind, value_set=pa.array(("text", "system"))))
    rows = pc.indices_nonzero(pc.invert(plain))
    records = list(zip(*(column.take(rows).to_pylist() for column in (kind, text, *more)), strict=True))
    wordings = {record: undo(*record) for record in set(records)}  # chats are full of the same placeholders
    return _put(kind, pc.if_else(empty, "", text), rows, [wordings[record] for record in records])


def untold(text: pa.Array) -> dict[str, pa.Array]:
    """The columns of `Wording` for messages of which only the text is known: kind is null where it is left open."""
    own_words = pc.starts_with(text, "\n")
    rows = pc.indices_nonzero(pc.and_not(pc.match_substring_regex(text, _MAY_BE_WORDING), own_words))
    kind = pc.if_else(own_words, "text", pa.scalar(None, pa.string()))
    return _put(kind, text, rows, [undo_untold(one) for one in text.take(rows).to_pylist()])


def sentences(text: pa.Array) -> pa.Array:
    """Notices of which CipherTalk kept what stood between the tags of their XML: the sentence; null where none is left."""
    sentence = pc.replace_substring_regex(text, _ROOM_FIRST, "", max_replacements=1)
    return pc.if_else(pc.not_equal(sentence, ""), sentence, pa.scalar(None, pa.string()))


def chat_of(file_name: str) -> str:
    """Name of the chat, as file names can spell it, from the name that WeFlow gives a file: ``群聊_读书会_20240101-20240201.txt``."""
    found = _FILE_NAME.fullmatch(file_name)
    return found[1] if found else file_name


def senders(shown: pa.Array, chat: str) -> pa.Array:
    """Shown names; the chat's own, under which notices stand, is spelled as `chat_of` does, so that it can be known again."""
    names = shown.dictionary_encode()
    spelled = [chat if _spelled(name) == chat else name for name in names.dictionary.to_pylist()]
    return pa.array(spelled, pa.string()).take(names.indices)


def _spelled(name: str) -> str:
    return _NOT_IN_FILE_NAMES.sub("_", unicodedata.normalize("NFC", name)).strip().rstrip(". ")


def _put(kind: pa.Array, text: pa.Array, rows: pa.Array, found: list[Wording]) -> dict[str, pa.Array]:
    columns = {"kind": kind, "text": text}
    for name in Wording._fields:
        column = columns.get(name, pa.nulls(len(kind), pa.string()))
        columns[name] = put(column, rows, [getattr(wording, name) for wording in found])
    return columns


def _card(kind: str, body: str, description: str | None) -> Wording:
    if kind == "transfer" and (found := _TRANSFER.fullmatch(body)):
        return Wording(kind, found[3], extra=_extra(payer=found[1], payee=found[2], memo=found[4]))
    if kind == "location" and (found := _LOCATION.fullmatch(body)):
        return Wording(kind, found[1], extra=_extra(label=found[2], coordinates=found[3]))
    return Wording(kind, body or None, extra=_extra(description=description))


def _quote(text: str | None, sender: str | None, quoted: str | None) -> Wording:
    """``<reply>[引用 <name>：<words>]``: the known words say which mark; else it is the one whose bracket ends the text, or the last."""
    known = f"[引用 {sender}：{quoted}]"
    if text is not None and text.endswith(known):
        return Wording("quote", text.removesuffix(known), sender, quoted)
    if text is None or not text.endswith("]"):
        return Wording("quote", text, sender, quoted)
    found = list(_QUOTE.finditer(text))
    opening = _opening(text) if found else -1
    marks = [mark for mark in found if "]" not in mark[1] or opening <= mark.start()]
    if not marks:
        return Wording("quote", text, sender, quoted)
    mark = next((mark for mark in marks if text[mark.end(1) + 1 : -1] == quoted), None)
    mark = mark or next((mark for mark in marks if mark.start() == opening), marks[-1])
    return Wording("quote", text[: mark.start()], sender or mark[1], quoted or text[mark.end(1) + 1 : -1])


def _opening(text: str) -> int:
    """Where the bracket opens that the last character closes; -1 if none does."""
    depth = 0
    for bracket in reversed(list(_BRACKET.finditer(text))):
        depth += 1 if bracket[0] == "]" else -1
        if not depth:
            return bracket.start()
    return -1


def _extra(**facts: str | None) -> str | None:
    told = {name: fact for name, fact in sorted(facts.items()) if fact}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) if told else None
