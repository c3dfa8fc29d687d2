"""What PyWxDump writes of a message in its CSV, its JSON and its `data.js`: a name of the type, and words around what it keeps.

    引用回复                                            (分享)卡片式链接
    有,还差2个                                          冬季徒步装备清单
                                                        三层穿衣法
    [引用](2024-11-30 23:58:50)阿岚:本周路线
                                                        <a href="https://mp.example.invalid/" target="_blank">点击查看详情</a>

Of most cards it writes the name of the type once more, and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat.appmsg import forwarded
from qunkit.chat.columns import put
from qunkit.chat.markup import children, literal_tree
from qunkit.exports import Batch
from qunkit.parsing.csv import Records, wall_clock
from qunkit.parsing.json_rows import RECORD, loads

LABELS = {
    "文本": "text",
    "图片": "image",
    "语音": "voice",
    "添加好友": "other",
    "推荐公众号": "contact_card",
    "视频": "video",
    "动画表情": "sticker",
    "位置": "location",
    "文件": "file",
    "粘贴的文本": "link",
    "(分享)音乐": "music",
    "(分享)卡片式链接": "link",
    "游戏相关": "other",
    "用户上传的GIF表情": "sticker",
    "位置共享": "location",
    "合并转发的聊天记录": "forward",
    "(分享)笔记": "note",
    "(分享)小程序": "miniprogram",
    "(分享)收藏夹": "note",
    "(分享)小说": "link",
    "(分享)视频号名片": "channels",
    "(分享)视频号视频": "channels",
    "接龙": "solitaire",
    "引用回复": "quote",
    "视频号直播或直播回放": "live",
    "视频号直播或直播回放等": "live",
    "群公告": "announcement",
    "转账": "transfer",
    "赠送红包封面": "red_packet",
    "语音通话": "call",
    "企业微信打招呼": "contact_card",
    "企业微信添加好友": "contact_card",
    "系统通知": "system",
    "拍一拍": "pat",
    "邀请加群": "system",
}
"""The kind that each name of a type means. There are more: ``消息撤回`` with a number, ``未知``, and any with ``(猜)`` behind it."""

_NOBODY = ("未知", "系统")
"""Who spoke where PyWxDump found nobody: in notices, and in what public accounts send."""
_ME = "我"
"""Who spoke where it was not told the id of the exporting account."""
_NATIVE = r"^[1-9]\d{0,19}$"
"""A message id: 0 is none, and a spreadsheet makes 2.75571E+18 of it."""
_RECALL = "消息撤回"
_GUESSED = "(猜)"
_WORDLESS = ("text", "system", "recall", "pat")
_MEDIA = ("image", "video", "sticker")
_QUOTED = re.compile(r"\n\n\[引用\]\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\)([^:\n]*):", re.ASCII)
_VOICE = re.compile(r"语音时长：(\d{1,5}(?:\.\d{1,3})?)秒(?:\n翻译结果：(.*))?", re.DOTALL | re.ASCII)
_LINK = re.compile(r'\n\n<a href="([^"\n]*)"[^>\n]*>点击查看详情</a>\Z')
_TRANSFER = re.compile(r"转账：(?=.*\n转账时间：[^\n]*\n?\Z)(.*)\n转账说明：(.*)\n转账时间：[^\n]*\n?\Z", re.DOTALL)
_PLACE = re.compile(r"纬度:【([-\d.]*)】 经度:【([-\d.]*)】\n位置：([^\n]*)(?:\n其他信息：.*)?", re.DOTALL | re.ASCII)
_CALL = re.compile(r"语音/视频通话\[(.*)\]", re.DOTALL)
_ATTRIBUTES = ("datatype",)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (wall clocks are naive)


COLUMNS = {
    "MsgSvrID": "string",
    "type_name": "string",
    "is_sender": "int64",
    "talker": "string",
    "room_name": "string",
    "CreateTime": "string",
}
"""The members of a record in JSON, but for those that hold what was said."""
_WORDS = ("msg", "content.msg")


@dataclass(frozen=True, slots=True)
class Wording:
    """A message without its wording, by the columns of RAW. `text` None: PyWxDump lost it."""

    kind: str
    text: str | None
    quote_sender: str | None = None
    quote_time: int | None = None
    quote_text: str | None = None
    extra: str | None = None


def kind_of(label: str) -> str:
    """The kind of a name of a type."""
    return "recall" if label.startswith(_RECALL) else LABELS.get(label.removesuffix(_GUESSED), "other")


def asked(record: Mapping[str, object]) -> dict[str, str]:
    """Members to ask for where the records are like this: until August 2024 `msg` and `src` were inside `content`."""
    return {**COLUMNS, _WORDS["content" in record]: "string"}


def batch(records: Records, owner: str | None = None, groups: Mapping[str, str] = MappingProxyType({})) -> Batch:
    """The batch of records in JSON with the columns of `asked`; `owner` is the id of the exporting account, `groups` has names by id."""
    records.rows = records.rows.rename_columns(
        ["msg" if name in _WORDS else name for name in records.rows.schema.names]
    )
    records, wall = records.timed(wall_clock(records["CreateTime"]))
    raw, mixed = records[RECORD], records.source.encoding == "mixed"

    def sources(rows: pa.Array) -> list[object]:
        said = [loads(record, mixed) for record in raw.take(rows).to_pylist()]
        return [(one.get("content") if isinstance(one.get("content"), dict) else one).get("src") for one in said]

    from_me = pc.not_equal(records["is_sender"], 0)
    told = columns(records.rows, sources)
    if owner:
        own = pc.and_(pc.fill_null(from_me, False), pc.is_valid(told["sender_name"]))
        told["sender_id"] = pc.if_else(own, owner, told["sender_id"])
        told["sender_name"] = pc.if_else(own, pa.scalar(None, pa.string()), told["sender_name"])
    found = pc.index_in(told["group_id"], pa.array(list(groups), pa.string()), skip_nulls=True)
    named = pa.array(list(groups.values()), pa.string()).take(found)
    return records.batch(wall=wall, from_me=from_me, group_name=named, **told)


def columns(rows: pa.RecordBatch, sources: Callable[[pa.Array], list[object]]) -> dict[str, pa.Array]:
    """Columns of RAW, but for offset, times and from_me.

    Args:
        rows: MsgSvrID, type_name, talker, room_name and msg, as strings.
        sources: what stands in `src` in the rows of these numbers.
    """
    label, text, talker, native = (rows[name] for name in ("type_name", "msg", "talker", "MsgSvrID"))
    nothing = pa.scalar(None, pa.string())
    nobody = pc.is_in(talker, value_set=pa.array([*_NOBODY, _ME, "", None]))
    told = {
        "group_id": pc.if_else(pc.not_equal(rows["room_name"], ""), rows["room_name"], nothing),
        "native_id": pc.if_else(pc.match_substring_regex(native, _NATIVE), native, nothing),
        "sender_id": pc.if_else(nobody, nothing, talker),
        "sender_name": pc.if_else(pc.equal(talker, _ME), talker, nothing),
        "native_type": label,
        "kind": _kinds(label),
        "text": text,
    }
    wordless = pc.is_in(told["kind"], value_set=pa.array(_WORDLESS))
    at = pc.indices_nonzero(pc.invert(wordless))
    found = [undo(*row) for row in zip(label.take(at).to_pylist(), text.take(at).to_pylist(), sources(at), strict=True)]
    for name in ("kind", "text", "quote_sender", "quote_time", "quote_text", "extra"):
        column = told.get(name, pa.nulls(len(text), pa.int64() if name == "quote_time" else pa.string()))
        told[name] = put(column, at, [getattr(wording, name) for wording in found])
    return told


def _kinds(labels: pa.Array) -> pa.Array:
    encoded = labels.dictionary_encode()
    found = [kind_of(label) for label in encoded.dictionary.to_pylist()]
    return pa.array(found, pa.string()).take(encoded.indices)


def undo(label: str | None, text: str | None, source: object = None) -> Wording:
    """A message without PyWxDump's wording; `source` is what stands in `src`."""
    label, text = label or "", text or ""
    kind = kind_of(label)
    if kind in _MEDIA:
        url = source if kind == "sticker" and isinstance(source, str) else ""
        return Wording(kind, "", extra=_extra(url=url))
    if text in (label, label.removesuffix(_GUESSED), ""):
        return Wording(kind, None)
    parse = _PARSERS.get(kind)
    return (parse and parse(text, source)) or Wording(kind, text)


def _quote(text: str, _: object) -> Wording | None:
    found = _QUOTED.search(text)
    if not found:
        return None
    try:
        time = (datetime.fromisoformat(found[1]) - _EPOCH) // timedelta(milliseconds=1)
    except ValueError:
        return None
    return Wording("quote", text[: found.start()], found[2] or None, time if time > 0 else None, text[found.end() :])


def _voice(text: str, _: object) -> Wording | None:
    found = _VOICE.fullmatch(text)
    return Wording("voice", (found[2] or "").strip(), extra=_extra(seconds=found[1])) if found else None


def _link(text: str, _: object) -> Wording | None:
    found = _LINK.search(text)
    if not found:
        return None
    title, _, description = text[: found.start()].partition("\n")
    return Wording("link", "\n".join(filter(None, (title, found[1]))) or None, extra=_extra(description=description))


def _forward(text: str, source: object) -> Wording:
    """The title, and the lines that are in `src`, as Python or JSON writes WeChat's XML."""
    record = literal_tree(source) if isinstance(source, str) else source
    items = [_attributed(item) for item in children(record, "datalist", "dataitem") if isinstance(item, Mapping)]
    return Wording("forward", forwarded(text.partition("\n")[0], items) if items else text)


def _attributed(item: Mapping[str, object]) -> dict[str, object]:
    return {f"@{name}" if name in _ATTRIBUTES else name: value for name, value in item.items()}


def _transfer(text: str, _: object) -> Wording | None:
    found = _TRANSFER.fullmatch(text)
    return Wording("transfer", found[1], extra=_extra(memo=found[2])) if found else None


def _place(text: str, _: object) -> Wording | None:
    found = _PLACE.fullmatch(text)
    return Wording("location", found[3].strip() or None, extra=_extra(x=found[1], y=found[2])) if found else None


def _call(text: str, _: object) -> Wording | None:
    found = _CALL.fullmatch(text)
    return Wording("call", found[1]) if found else None


_PARSERS = {
    "quote": _quote,
    "voice": _voice,
    "link": _link,
    "forward": _forward,
    "transfer": _transfer,
    "location": _place,
    "call": _call,
}


def _extra(**more: str) -> str | None:
    said = {key: value for key, value in more.items() if value}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if said else None
