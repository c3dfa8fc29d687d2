"""What MemoTrace (WeChatMsg) writes around a message's words, taken off again.

MemoTrace 3 uses the same wording in CSV, XLSX and TXT; CSV and XLSX also say the kind in a column:

    有,还差2个                                  【分享链接】
    引用：阿岚: 本周路线                        标题：冬季徒步装备清单
                                                描述：三层穿衣法
    【文件】路线图.pdf 0.20 MB  pdf 9001…      链接: https://mp.example.invalid/
                                                应用：None

MemoTrace 2 has its own, in TXT: a quote is ``引用:阿岚:本周路线`` or ``引用:未知``, a link four indented lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qunkit.chat.appmsg import from_repr
from qunkit.chat.people import file_safe

LABELS = {
    "文本": "text",
    "图片": "image",
    "视频": "video",
    "语音": "voice",
    "表情包": "sticker",
    "音视频通话": "call",
    "文件": "file",
    "位置分享": "location",
    "分享链接": "link",
    "红包": "red_packet",
    "转账": "transfer",
    "引用消息": "quote",
    "合并转发的聊天记录": "forward",
    "小程序": "miniprogram",
    "视频号": "channels",
    "音乐分享": "music",
    "收藏笔记": "note",
    "个人/公众号名片": "contact_card",
    "企业微信名片": "contact_card",
    "系统消息": "system",
    "拍一拍": "pat",
    "未知类型": "other",
}
"""The kind that each label of the column 类型 means."""

_FOLDER = re.compile(r"(.*)\(([0-9A-Za-z_-]+@chatroom)\)", re.DOTALL)
_PAT = re.compile(r'(?:"(.+)" |(我))拍了拍(?:自己| ?".*)')
_LINK_2 = tuple(" " * 12 + name for name in ("[链接]:title:", "description:", "url:", "name:"))
_WORDLESS = ("image", "video", "sticker")
_FILE = re.compile(r" (\d{1,6}(?:\.\d{1,3})? ?[KMGT]?B) {1,2}(\S{0,20}) ?([0-9a-f]{32})?\s?\Z", re.ASCII)
_FILE_TAIL = 120
_NOT_FOUND = re.compile(r"\S{1,64}@chatroom: 无效的消息", re.ASCII)
_HTML = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&"))
_ESCAPED = re.compile(r"\\([\\'\"nrt])")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Wording:
    """A message without its wording. `kind` None: the text does not say."""

    kind: str | None
    text: str
    quote_sender: str | None = None
    quote_text: str | None = None
    extra: str | None = None
    """What else the wording says, a JSON object."""


def group_of(parts: Sequence[str], *endings: str) -> tuple[str | None, str | None]:
    """Id and name of the group, from the name of the folder; else its name alone, from that of the file without these endings."""
    folder = _FOLDER.fullmatch(parts[-2]) if len(parts) > 1 else None
    if folder:
        return folder[2], folder[1]
    name = parts[-1] if parts else ""
    for ending in endings:
        name = name.removesuffix(ending)
    return None, name or None


def undo(label: str | None, text: str) -> Wording:
    """A text of MemoTrace 3 without its wording.

    `label` is the row's 类型; None where the file has none (TXT): then a text that does not follow the wording exactly is left
    as it is, with kind None.
    """
    kind = LABELS.get(label, "other") if label is not None else None
    if kind in ("text", "system", "pat"):
        return Wording(kind, text)
    if kind in (None, "quote") and (quote := _quote(text, "\n引用：", ": ")):
        return quote
    if kind in (None, "other") and (unknown := _unknown(text)):
        return unknown
    for mark, (marked, parse) in _MARKED.items() if text.startswith(_ANY_MARK) else ():
        if text.startswith(mark) and (found := parse(text[len(mark) :])):
            return Wording(kind if kind in _SAME.get(marked, ()) else marked, *found)
    return Wording(kind, "" if kind in _WORDLESS else text)


def undo_2(text: str) -> Wording:
    """A text of MemoTrace 2 (TXT) without its wording; kind None if there is none."""
    if fields := _fields(text, _LINK_2):
        title, description, url, app = map(unescape_html, fields)
        return Wording("link", _lines(title, url), extra=_extra(description=description, app=app))
    return _quote(text, "\n引用:", ":") or Wording(None, text)


def quoted(reply: str, quote: str, colon: str = ": ") -> Wording | None:
    """A reply to ``sender: words``; nothing is known of a quoted message that the exporter did not find. None: it is no quote."""
    if quote == "未知" or _NOT_FOUND.fullmatch(quote):
        return Wording("quote", reply)
    sender, found, words = quote.partition(colon)
    if not found or "\n" in sender:
        return None
    return Wording("quote", reply, sender, words)


def is_pat(text: str, sender: str) -> bool:
    """Version 3 gives a pat to the member who patted: its sentence names the sender, perhaps as file names would spell it."""
    found = _PAT.fullmatch(text)
    return bool(found and (found[2] or file_safe(found[1]) == file_safe(sender)))


def unescape_html(text: str) -> str:
    """Undo what MemoTrace 2 does to links: five entities, nothing else."""
    for entity, char in _HTML if "&" in text else ():
        text = text.replace(entity, char)
    return text


def unescape_name(name: str) -> str:
    """Undo what MemoTrace 2 does to names: backslashes as in JavaScript, then HTML."""
    if "\\" in name:
        name = _ESCAPED.sub(lambda found: _CONTROLS.get(found[1], found[1]), name)
    return unescape_html(name)


def _quote(text: str, mark: str, colon: str) -> Wording | None:
    """``reply\\n引用：sender: quoted``."""
    reply, found, quote = text.partition(mark)
    return quoted(reply, quote, colon) if found else None


def _unknown(text: str) -> Wording | None:
    """``227633266737\\n{'msg': {'appmsg': …``: a type MemoTrace does not know, as Python writes its parsed XML."""
    message = from_repr(text)
    return Wording(message.kind, message.text, extra=_extra(**message.more)) if message else None


_Found = tuple[str, None, None, str | None]


def _found(text: str, **more: str) -> _Found:
    return text, None, None, _extra(**more)


def _link(text: str) -> _Found | None:
    fields = _fields(text, ("\n标题：", "描述：", "链接: ", "应用："))
    if fields is None:
        return None
    title, description, url, app = fields
    return _found(_lines(title, url), description=description, app=app)


def _file(text: str) -> _Found | None:
    tail = _FILE.search(text[-_FILE_TAIL:])
    if tail is None:
        return None
    name = text[: len(text) - len(tail[0])]
    return _found(name, size=tail[1], md5=tail[3] or "")


def _location(text: str) -> _Found | None:
    fields = _fields(text, ("\n坐标: ", "名称: ", "标签: "))
    if fields is None:
        return None
    place, name, label = fields
    x, _, y = place.strip("()").partition(",")
    return _found(name or label, label=label if name else "", x=x, y=y)


def _contact(text: str) -> _Found | None:
    fields = _fields(text, ("\n微信号:", "昵称: ", "签名: ", "性别: ", "地区: "))
    if fields is None:
        return None
    account, nickname, signature, gender, region = fields
    return _found(nickname, account=account, signature=signature, gender=gender, region=region)


def _channels(text: str) -> _Found | None:
    fields = _fields(text, ("\n描述: ", "发布者: "))
    return _found(fields[0], author=fields[1]) if fields else None


def _transfer(text: str) -> _Found | None:
    fields = _fields(text, (":", "备注: "))
    return _found(fields[0], memo=fields[1]) if fields else None


def _forward(text: str) -> _Found | None:
    return _found(text.strip("\n")) if text.startswith("\n") else None


def _call(text: str) -> _Found | None:
    return _found(text.strip()) if text.startswith("\n") else None


def _red_packet(text: str) -> _Found | None:
    return _found(text[2:]) if text.startswith(": ") else None


def _voice(text: str) -> _Found | None:
    return _found(text.strip())


def _sticker(text: str) -> _Found | None:
    return _found("", description=text.strip())


_MARKED: dict[str, tuple[str, Callable[[str], _Found | None]]] = {
    "【分享链接】": ("link", _link),
    "【音乐分享】": ("music", _link),
    "【文件】": ("file", _file),
    "【位置分享】": ("location", _location),
    "【名片】": ("contact_card", _contact),
    "【视频号】": ("channels", _channels),
    "【发起转账】": ("transfer", _transfer),
    "【合并转发的聊天记录】": ("forward", _forward),
    "【音视频通话】": ("call", _call),
    "【红包】": ("red_packet", _red_packet),
    "【语音】": ("voice", _voice),
    "【表情包】": ("sticker", _sticker),
}
_ANY_MARK = tuple(_MARKED)
_SAME = {"link": ("miniprogram", "music", "note", "link")}
"""Kinds that are written with the mark of another."""


def _fields(text: str, names: Sequence[str]) -> list[str] | None:
    """The values of fields that follow each other, each on a new line; None if one is missing. A value may have several lines."""
    if not text.startswith(names[0]):
        return None
    values, rest = [], text[len(names[0]) :]
    for name in names[1:]:
        value, found, rest = rest.partition("\n" + name)
        if not found:
            return None
        values.append(value)
    return ["" if value == "None" else value for value in (*values, rest.rstrip("\n ").rstrip())]


def _lines(*parts: str) -> str:
    return "\n".join(filter(None, parts))


def _extra(**more: str) -> str | None:
    said = {key: value for key, value in more.items() if value}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if said else None
