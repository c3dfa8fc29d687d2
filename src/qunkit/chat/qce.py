"""QQChatExporter's records and wording: what they mean, in its JSON, its chunks, its text and its workbook alike.

In every container `content` is one text, in which what is not words stands in brackets:

    [回复 阿岚: 东门集合]⏎还差2个      [图片: A1B2.jpg]      [语音 5秒]      [卡片消息: [QQ小程序]拼车]      好的[[微笑]]

JSON adds elements, which say what a message is made of. The member `type` numbers differently in every version, and is not asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat.columns import put
from qunkit.chat.mentions import EVERYONE
from qunkit.parsing.json_array import outlined
from qunkit.parsing.json_rows import RECORD, instants
from qunkit.parsing.values import as_object, as_text

if TYPE_CHECKING:
    from qunkit.exports import Batch
    from qunkit.parsing.csv import Records

PLATFORM = {"platform": "qq"}
COLUMNS = {"timestamp": "double"}
"""What is read of a record by column; the rest is nested."""

_FILE = re.compile(r"group_(?:(?P<name>.+)_)?(?P<id>\d{5,12})_\d{8}_\d{6}")
_NOTHING = re.compile(r"\s*|\[无文本内容\]|\[UNKNOWN_\d{1,4}消息\]", re.ASCII)
_FACE = re.compile(r"\[\[([^\[\]\n]{1,16})\]\]")
_MEDIA = re.compile(r"\[(图片|语音|视频)(?:[:：] ?[^\[\]\n]*| \d{1,5}秒)?\]")
_PICTURE = re.compile(r"\[图片[:：] ?[^\[\]\n]*\]")
"""A picture with its name, between words: of these only the words are kept."""
_BARE_PICTURE = "[图片]"
_MEDIA_KINDS = {"图片": "image", "语音": "voice", "视频": "video"}
_CARDS = (
    ("file", re.compile(r"\[文件[:：] ?([^\n]*)\]")),
    ("forward", re.compile(r"\[(?:合并转发|转发消息|聊天记录)(?:[:：] ?(.*))?\]", re.DOTALL)),
    ("location", re.compile(r"\[位置[:：] ?(.*)\]", re.DOTALL)),
    ("link", re.compile(r"\[(?:卡片消息|JSON消息)[:：] ?(.*)\]", re.DOTALL)),
)
_PROMPT = re.compile(r"\[(QQ小程序|分享|聊天记录|位置|群公告)\](.*)", re.DOTALL)
_PROMPT_KINDS = {
    "QQ小程序": "miniprogram",
    "分享": "link",
    "聊天记录": "forward",
    "位置": "location",
    "群公告": "announcement",
}
_NO_TIME = 1e15
"""No time is so late, in milliseconds either; doubles hold all whole numbers below."""
_REPLY = "[回复 "
_BRACKET = re.compile(r"[\[\]]")

_ELEMENTS = {
    "market_face": "sticker",
    "audio": "voice",
    "video": "video",
    "file": "file",
    "json": "link",
    "forward": "forward",
    "location": "location",
}
"""What is a message of its own; texts, pictures, faces, mentions and replies go together."""
_SAID = {
    "market_face": ("name",),
    "file": ("filename",),
    "json": ("title", "description", "url"),
    "forward": ("title", "summary"),
    "location": ("title", "name", "address"),
}
"""The members of an element's data that hold its words."""
_NO_CONTENT, _NO_SENDER = "bad-record", "no-sender"
_ROLES = ("owner", "admin", "member")
_MD5 = re.compile(r"[0-9a-fA-F]{32}")


class Told(NamedTuple):
    """Columns of RAW of one record."""

    native_id: str | None
    sender_id: str | None
    sender_name: str | None
    native_type: str | None
    kind: str | None
    text: str | None
    quote_id: str | None
    quote_time: int | None
    quote_sender: str | None
    quote_text: str | None
    mention_ids: list[str] | None
    from_me: bool
    extra: str | None


_TYPES: dict[str, pa.DataType] = dict.fromkeys(Told._fields, pa.string()) | {
    "quote_time": pa.int64(),
    "mention_ids": pa.list_(pa.string()),
    "from_me": pa.bool_(),
}


class Chat:
    """One export: its group, whose it is, and who spoke so far."""

    def __init__(self, parts: Sequence[str], about: Mapping[str, Any]) -> None:
        """
        Args:
            parts: path of the file; names of the tool hold the group's number.
            about: the document's members ``chatInfo`` and so on.
        """
        info = as_object(about.get("chatInfo"))
        self.group_id, name = group_of(parts)
        self.group_name = as_text(info.get("name")) or name
        self._me = {known for known in (_id(info.get("selfUid")), _id(info.get("selfUin"))) if known}
        self._uins: dict[str, str] = {}
        self._members: dict[str, dict[str, object]] = {}

    def batch(self, records: Records) -> Batch:
        """The messages of records with `COLUMNS`."""
        records, epoch = records.timed(_times(records))
        told = [self._told(_loaded(raw, records)) for raw in records[RECORD].to_pylist()]
        why = np.array([one if isinstance(one, str) else "" for one in told], np.str_)
        records = records.without(why == _NO_CONTENT, _NO_CONTENT)
        records = records.without(why[why != _NO_CONTENT] == _NO_SENDER, _NO_SENDER)
        epoch = epoch.filter(pa.array(why == ""))
        columns = list(zip(*(one for one in told if not isinstance(one, str)), strict=True)) or [()] * len(Told._fields)
        arrays = {name: pa.array(values, _TYPES[name]) for name, values in zip(Told._fields, columns, strict=True)}
        batch = records.batch(epoch=epoch, group_id=self.group_id, group_name=self.group_name, **arrays)
        batch.messages = batch.messages.replace_schema_metadata(PLATFORM)
        return batch

    def members(self) -> list[dict[str, object]]:
        """Rows of MEMBERS: who spoke, by the last names they had."""
        return list(self._members.values())

    def _told(self, record: Mapping[str, Any]) -> Told | str:
        """The columns of a record, or why it has none."""
        content = record.get("content")
        if not isinstance(content, Mapping):
            return _NO_CONTENT
        elements = _elements(content)
        notice = True in (record.get("system"), record.get("isSystemMessage")) or [*elements] == ["system"]
        sender_id, sender_name, mine = (None, None, False) if notice else self._sender(record)
        if not notice and not sender_id and not sender_name:
            return _NO_SENDER
        reply = elements.get("reply") or as_object(content.get("reply"))
        text = as_text(content.get("text")) or as_text(elements.get("system", {}).get("text")) or ""
        told = Wording("system", text) if notice else _message(text, elements, reply)
        return Told(
            native_id=_id(record.get("id")) or _id(record.get("messageId")),
            sender_id=sender_id,
            sender_name=sender_name,
            native_type=_id(record.get("type")) or _id(record.get("messageType")),
            kind=told.kind,
            text=told.text,
            quote_id=_id(reply.get("referencedMessageId")) or _id(reply.get("messageId")),
            quote_time=_milliseconds(reply.get("timestamp")),
            quote_sender=_id(reply.get("senderUin")) or as_text(reply.get("senderName")) or told.quote_sender,
            quote_text=as_text(reply.get("content")) or told.quote_text,
            mention_ids=self._mentioned(content),
            from_me=mine,
            extra=_extra(record, elements),
        )

    def _sender(self, record: Mapping[str, Any]) -> tuple[str | None, str | None, bool]:
        """Number (else uid), shown name, and whether it is the exporting account; learns who it is."""
        sender = as_object(record.get("sender"))
        uid, uin = _id(sender.get("uid")), _id(sender.get("uin"))
        card, nickname = as_text(sender.get("groupCard")), as_text(sender.get("nickname"))
        member, mine = uin or uid, uid in self._me or uin in self._me
        if uid and uin:
            self._uins[uid] = uin
        if member:
            role = sender.get("role")
            self._members[member] = {
                "member_id": member,
                "group_nickname": card,
                "nickname": nickname,
                "remark": as_text(sender.get("remark")),
                "role": role if role in _ROLES else None,
                "complete": False,
            }
        return member, as_text(sender.get("name")) or card or nickname, mine

    def _mentioned(self, content: Mapping[str, Any]) -> list[str] | None:
        """Ids of those who are listed as mentioned; ``name:…`` of who has not spoken yet."""
        found: dict[str, None] = {}
        for one in map(as_object, _listed(content.get("mentions"))):
            uid, name = _id(one.get("uid")), as_text(one.get("name"))
            if one.get("type") == "all" or uid == "all":
                found[EVERYONE] = None
            elif known := _id(one.get("uin")) or self._uins.get(uid or ""):
                found[known] = None
            elif name:
                found[f"name:{name.removeprefix('@')}"] = None
        return list(found) or None


class Wording(NamedTuple):
    """What a text of the exporter says."""

    kind: str | None
    text: str | None
    quote_sender: str | None = None
    quote_text: str | None = None


def undo(text: str, names: Collection[str]) -> Wording:
    """A text without the exporter's wording; `names` are of people known to speak. The kind is never null."""
    if "[" not in text and text.strip():
        return Wording("text", text)
    if cut := quoted(text, names):
        rest, sender, words = cut
        return Wording("quote", _words(rest)[1], sender, _words(words)[1])
    kind, text_ = _words(text)
    return Wording(kind or "text", text_)


def told(text: pa.Array, names: Collection[str]) -> dict[str, pa.Array]:
    """The columns that texts say, without the exporter's wording (see `undo`); texts without a bracket cost nothing."""
    nothing = pa.nulls(len(text), pa.string())
    columns = {"kind": pc.fill_null(nothing, "text"), "text": text, "quote_sender": nothing, "quote_text": nothing}
    rows = pc.indices_nonzero(pc.match_substring_regex(text, r"^\s*$|\["))
    texts = text.take(rows).dictionary_encode()
    different = [undo(words, names) for words in texts.dictionary.to_pylist()]
    found = [different[code] for code in texts.indices.to_pylist()]
    return {name: put(columns[name], rows, [getattr(wording, name) for wording in found]) for name in Wording._fields}


def quoted(text: str, names: Collection[str]) -> tuple[str, str, str] | None:
    """(words, quoted sender, quoted words) of ``[回复 name: quoted]⏎words``; None: the text is no reply."""
    end = _closing(text) if text.startswith(_REPLY) else -1
    inside = text[len(_REPLY) : end]
    cuts = [place.start() for place in re.finditer(": ", inside)]
    if end < 0 or not cuts:
        return None
    cut = next((cut for cut in cuts if inside[:cut] in names), cuts[0])
    return text[end + 1 :].removeprefix("\n"), inside[:cut], inside[cut + 2 :]


def group_of(parts: Sequence[str]) -> tuple[str | None, str | None]:
    """Number and name of the group: ``group_徒步群_770011223_20250109_120000.json``, or a folder of that name."""
    found = next(filter(None, map(_FILE.match, reversed(parts))), None)
    return (found["id"], found["name"]) if found else (None, None)


def is_record(record: Mapping[str, object] | None) -> bool:
    """Whether a JSON object is a message of QQChatExporter's."""
    if not record or not isinstance(record.get("sender"), Mapping) or "timestamp" not in record:
        return False
    content = record.get("content")
    return isinstance(content, Mapping) and bool({"elements", "resources"} & content.keys())


def is_tool(top: Mapping[str, object]) -> bool:
    """Whether the members of a document name the tool."""
    name = as_object(top.get("metadata")).get("name")
    return isinstance(name, str) and name.startswith("QQChatExporter")


def _message(text: str, elements: Mapping[str, Mapping[str, Any]], reply: Mapping[str, Any]) -> Wording:
    """What somebody's message says: its elements decide, where there are any, then its wording."""
    name = as_text(reply.get("senderName"))
    told = undo(text, {name} if name else ())
    if "image" in elements and _BARE_PICTURE in (told.text or ""):
        told = told._replace(text=str(told.text).replace(_BARE_PICTURE, "").strip())
    if reply:
        return told._replace(kind="quote")
    kind = next(filter(None, map(_ELEMENTS.get, elements)), None)
    if not kind:
        return told._replace(kind="image", text="") if told.text is None and "image" in elements else told
    element = next(type_ for type_ in elements if type_ in _ELEMENTS)
    said = [as_text(elements[element].get(member)) for member in _SAID.get(element, ())]
    words = "\n".join(dict.fromkeys(filter(None, said)))
    if kind == "sticker":
        return Wording(kind, f"[{words.strip('[]')}]" if words else "")
    if kind == "link" and told.kind in _PROMPT_KINDS.values():
        kind = str(told.kind)
    if element in _SAID:
        return Wording(kind, words or (told.text if told.kind == kind else None))
    return Wording(kind, "")


def _words(text: str) -> tuple[str | None, str | None]:
    """(kind, text) without brackets of the exporter's; no kind: it is what somebody typed."""
    if _NOTHING.fullmatch(text):
        return "other", None
    for kind, pattern in _CARDS:
        if found := pattern.fullmatch(text):
            return _prompted(found[1]) if kind == "link" else (kind, found[1] or None)
    media = _MEDIA.findall(text)
    if media and not _MEDIA.sub("", text).strip():
        return _MEDIA_KINDS[media[0]], ""
    words = _PICTURE.sub("", text)
    words = words if words == text else words.strip()
    return None, _FACE.sub(r"[\1]", _MEDIA.sub(r"[\1]", words))


def _prompted(prompt: str) -> tuple[str, str | None]:
    """Kind and words of a card, from the line that QQ's list of chats shows of it."""
    found = _PROMPT.fullmatch(prompt)
    kind, words = (_PROMPT_KINDS[found[1]], found[2]) if found else ("link", prompt)
    return kind, words.strip() or None


def _closing(text: str) -> int:
    """The bracket that closes the first one and ends a line; where brackets do not match, the first that ends a line; or -1."""
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth += 1 if bracket[0] == "[" else -1
        if not depth and text[bracket.end() : bracket.end() + 1] in ("", "\n"):
            return bracket.start()
    return text.find("]\n")


def _elements(content: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Type → data of the first element of that type; resources count as elements in files that have none."""
    elements = [
        (as_object(one).get("type"), as_object(as_object(one).get("data"))) for one in _listed(content.get("elements"))
    ]
    resources = [(as_object(one).get("type"), as_object(one)) for one in _listed(content.get("resources"))]
    found: dict[str, Mapping[str, Any]] = {}
    for type_, data in chain(elements, resources):
        if isinstance(type_, str):
            found.setdefault(type_, data)
    return found


def _extra(record: Mapping[str, Any], elements: Mapping[str, Mapping[str, Any]]) -> str | None:
    md5 = next((data["md5"] for data in elements.values() if _is_md5(data.get("md5"))), None)
    recalled = True in (record.get("recalled"), record.get("isRecalled"))
    if not md5 and not recalled:
        return None
    extra = ({"md5": md5} if md5 else {}) | ({"recalled": True} if recalled else {})
    return json.dumps(extra, separators=(",", ":"))


def _is_md5(value: object) -> bool:
    return isinstance(value, str) and _MD5.fullmatch(value) is not None


def _times(records: Records) -> pa.Array:
    """Instants, from numbers; in older files from ISO times with a zone."""
    epoch = instants(records["timestamp"])
    if not epoch.null_count:
        return epoch
    raws, known = records[RECORD].to_pylist(), epoch.to_pylist()
    return pa.array(
        [_iso(raw, records) if one is None else one for raw, one in zip(raws, known, strict=True)], pa.int64()
    )


def _iso(raw: bytes, records: Records) -> int | None:
    try:
        moment = datetime.fromisoformat(str(_loaded(raw, records).get("timestamp")))
    except ValueError:
        return None
    return round(moment.timestamp() * 1000) if moment.tzinfo else None


def _loaded(raw: bytes, records: Records) -> Mapping[str, Any]:
    try:
        return as_object(outlined(raw, records.source))
    except (ValueError, RecursionError):
        return {}


def _milliseconds(value: object) -> int | None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < _NO_TIME:
        return None
    told: int | None = instants(pa.array([float(value)], pa.float64()))[0].as_py()
    return told


def _id(value: object) -> str | None:
    """A number or a string as an id; 0 stands for none."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return str(value) if str(value) not in ("", "0") else None


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
