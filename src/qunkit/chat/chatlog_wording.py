"""What chatlog writes around a message's words, in its CSV, its text and its JSON, taken off again.

In CSV and text a card is a label with what chatlog keeps of it, a reply follows the quoted lines:

    [链接|冬季徒步装备清单](https://mp.example.invalid/)      > 阿岚(wxid_me) 11-30 23:58:50
    ![图片](http://127.0.0.1:5030/image/0f34…)                > 本周路线
    [转账|发送 ￥35.00](车费)                                 有,还差2个

A pat of WeChat 4 has neither words nor a label: it is the one message that is empty.

In JSON the same stands in the member `contents`: ``{"title": "冬季徒步装备清单", "url": "https://mp.example.invalid/"}``.

chatlog cuts the owner's own messages at the first line that ends in a colon, and takes what is before it for the sender.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat.appmsg import forwarded
from qunkit.chat.columns import put
from qunkit.chat.kinds import wechat_kind
from qunkit.schema import KINDS

NOTICE = "系统消息"
"""The sender of notices."""
TOLD = {"kind": pa.string(), "text": pa.string(), "quote_time": pa.int64()} | dict.fromkeys(
    ("quote_sender", "quote_text", "extra"), pa.string()
)
"""The columns of RAW that a `Wording` fills."""
MARKS = ("[", "![", "> ", "Type: ")
"""What every text with chatlog's wording begins with, but for pats."""
_BARE = {
    "[图片]": ("image", ""),
    "[视频]": ("video", ""),
    "[语音]": ("voice", ""),
    "[动画表情]": ("sticker", ""),
    "[GIF表情]": ("sticker", ""),
    "[链接]": ("link", None),
    "[文件]": ("file", None),
    "[小程序]": ("miniprogram", None),
    "[视频号]": ("channels", None),
    "[音乐]": ("music", None),
    "[合并转发]": ("forward", None),
    "[群公告]": ("announcement", None),
    "[红包]": ("red_packet", None),
    "[红包封面]": ("red_packet", None),
    "[转账]": ("transfer", None),
    "[位置]": ("location", None),
    "[位置共享]": ("location", None),
    "[名片]": ("contact_card", None),
    "[语音通话]": ("call", None),
    "[引用]": ("quote", None),
    "[分享]": ("other", None),  # a relay, or a card that chatlog does not know
}
_MEDIA = re.compile(r"!?\[(图片|视频|语音|动画表情)\]\((\S*)\)")
_MEDIA_KINDS = {"图片": "image", "视频": "video", "语音": "voice", "动画表情": "sticker"}
_TITLED = {"链接": "link", "文件": "file", "小程序": "miniprogram", "视频号": "channels", "音乐": "music"}
_UNKNOWN = re.compile(r"Type: (\d{1,18}) Content: (.*)", re.DOTALL | re.ASCII)
_MD5 = re.compile(r"[0-9a-f]{32}")
_QUOTED = re.compile(
    r"(?:.*\((?P<id>[^()\s]+)\)|(?P<bare>\S+)) (?:(?:(?P<year>\d{4})-)?(?P<day>\d\d-\d\d) )?(?P<time>\d\d:\d\d:\d\d)",
    re.ASCII,
)
_NO_QUOTED = "[引用]"
_ID = re.compile(r"[A-Za-z][-_A-Za-z0-9]{4,}|.*@(?:openim|chatroom)", re.ASCII)
_MEDIA_MEMBERS = {"image": "md5", "voice": "voice", "video": "md5", "sticker": "cdnurl"}
"""The member of `contents` that says which file it was."""
_RECORD_MEMBERS = {
    "@datatype": "DataType",
    "sourcename": "SourceName",
    "sourcetime": "SourceTime",
    "datadesc": "DataDesc",
    "datatitle": "DataTitle",
}
"""What WeChat's XML calls the members of a message in a forwarded chat, and chatlog."""
_LONGEST_NUMBER = 19
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (wall clocks are naive)
_UTC_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wording:
    """A message without its wording, by the columns of RAW. `kind` None: there is no wording; `text` None: chatlog lost it."""

    kind: str | None
    text: str | None
    quote_sender: str | None = None
    quote_time: int | None = None
    quote_text: str | None = None
    extra: str | None = None


def is_cut(senders: pa.Array) -> pa.Array:
    """Whether each sender cannot be an id: it is the first line of a message of the owner's."""
    encoded = senders.dictionary_encode()
    cut = [bool(name) and name != NOTICE and not _ID.fullmatch(name) for name in encoded.dictionary.to_pylist()]
    return pa.array(cut, pa.bool_()).take(encoded.indices)


def take_off(columns: dict[str, pa.Array], wall: pa.Array, left: pa.Array) -> None:
    """Undo chatlog's wording in the column `text` where it has any and `left` is false; `wall` is when each was sent."""
    text = columns["text"]
    marked = pc.equal(text, "")
    for mark in MARKS:
        marked = pc.or_(marked, pc.starts_with(text, mark))
    rows = pc.indices_nonzero(pc.and_not(marked, left))
    found = [undo(*row) for row in zip(text.take(rows).to_pylist(), wall.take(rows).to_pylist(), strict=True)]
    for name, type_ in TOLD.items():
        columns[name] = put(columns.get(name, pa.nulls(len(text), type_)), rows, [getattr(one, name) for one in found])


def undo(content: str, at: datetime) -> Wording:
    """A text without chatlog's wording; `at` is the wall clock when it was sent."""
    if not content:
        return Wording("pat", None)
    if content in _BARE:
        return Wording(*_BARE[content])
    return _quote(content, at) or _media(content) or _card(content) or _unknown(content) or Wording(None, content)


def from_contents(kind: str, content: str | None, contents: object) -> Wording:
    """What a message of JSON says in `content` and `contents`; `quote_time` is an instant."""
    contents = contents if isinstance(contents, Mapping) else {}
    title, url = _said(contents, "title"), _said(contents, "url")
    if kind in _MEDIA_MEMBERS:
        name = _MEDIA_MEMBERS[kind]
        return Wording(kind, "", extra=_extra(**{"url" if name == "cdnurl" else name: _said(contents, name)}))
    if kind == "quote":
        return _referred(content, contents.get("refer"))
    if kind == "transfer" and (found := _card(content or "")):
        return found
    if kind == "forward":
        return Wording(kind, _record(title, contents.get("recordInfo")) or None)
    if kind == "location":
        city, x, y = (_said(contents, name) for name in ("cityname", "x", "y"))
        return Wording(kind, _said(contents, "label") or None, extra=_extra(city=city, x=x, y=y))
    if kind == "miniprogram":  # the title is the name of the program
        return Wording(kind, None, extra=_extra(app=title, url=url))
    if kind == "announcement":  # the title is 群公告
        return Wording(kind, content or None)
    if kind in ("link", "music"):
        return Wording(kind, _lines(title, url) or None, extra=_extra(description=_said(contents, "desc")))
    return Wording(kind, title or content or None, extra=_extra(md5=_said(contents, "md5"), url=url))


def instant(time: str) -> int | None:
    """Milliseconds since 1970 UTC of a time with a zone; None: it is none."""
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        return None
    return (moment - _UTC_EPOCH) // timedelta(milliseconds=1) if moment.tzinfo else None


def _said(contents: Mapping[str, Any], name: str) -> str:
    value = contents.get(name)
    return str(value) if isinstance(value, str) else ""


def _referred(reply: str | None, refer: object) -> Wording:
    """A reply; `refer` is the quoted message, in the form of a message."""
    if not isinstance(refer, Mapping):
        return Wording("quote", reply)
    kind = wechat_kind(_number(refer, "type"), _number(refer, "subType"))
    contents = refer.get("contents")
    words = _said(refer, "content") or _said(contents if isinstance(contents, Mapping) else {}, "title")
    shown = words or ("" if kind in ("text", "other") else f"[{KINDS[kind].zh}]")
    who = _said(refer, "sender") or _said(refer, "senderName")
    time = instant(_said(refer, "time"))
    return Wording("quote", reply, who or None, time if time and time > 0 else None, shown)  # not known: the year 1


def _number(message: Mapping[str, Any], name: str) -> int:
    value = str(message.get(name))
    return int(value) if value.isdecimal() and len(value) < _LONGEST_NUMBER else 0


def _record(title: str, record: object) -> str:
    """A forwarded chat: its title and a line for each message, from the members of a Go structure."""
    listed: Any = record
    for name in ("DataList", "DataItems"):
        listed = listed.get(name) if isinstance(listed, Mapping) else None
    items = [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []
    return forwarded(title, [{xml: item.get(go) for xml, go in _RECORD_MEMBERS.items()} for item in items])


def _quote(content: str, at: datetime) -> Wording | None:
    """Lines ``> name(id) 11-30 23:58:50`` and ``> quoted words``, then the reply."""
    lines = content.split("\n")
    quoted = next((place for place, line in enumerate(lines) if not line.startswith("> ")), len(lines))
    if not quoted:
        return None
    head, reply = lines[0][2:], "\n".join(lines[quoted:])
    if head == _NO_QUOTED:
        return Wording("quote", reply)
    found = _QUOTED.fullmatch(head)
    if not found:
        return None
    words = "\n".join(line[2:] for line in lines[1:quoted])
    return Wording("quote", reply, found["id"] or found["bare"], _quoted_time(found, at), words)


def _quoted_time(found: re.Match[str], at: datetime) -> int | None:
    """Milliseconds of the wall clock. What the line leaves out, year or day, is the latest that is not after `at`."""
    day, time = found["day"], found["time"]
    years = [found["year"]] if found["year"] else [f"{at.year - ago:04}" for ago in range(9)]
    if day:
        moments = [_moment(f"{year}-{day} {time}") for year in years]
    else:
        moments = [_moment(f"{at - timedelta(days=ago):%Y-%m-%d} {time}") for ago in range(2)]
    moment = next((moment for moment in moments if moment and (moment <= at or found["year"])), None)
    return (moment - _EPOCH) // timedelta(milliseconds=1) if moment else None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _media(content: str) -> Wording | None:
    found = _MEDIA.fullmatch(content)
    if not found:
        return None
    kind, url = _MEDIA_KINDS[found[1]], found[2]
    if kind == "voice":
        return Wording(kind, "", extra=_extra(voice=url.rpartition("/")[2]))
    return Wording(kind, "", extra=_extra(url=url) if kind == "sticker" else _extra(md5=_md5(url)))


def _card(content: str) -> Wording | None:
    """``[label|…](…)``: the words of the card, and what else it says."""
    label, bar, rest = content[1:].partition("|")
    if not bar or not content.startswith("["):
        return None
    if kind := _TITLED.get(label):
        return _titled(kind, rest)
    parse = {"合并转发": _forward, "转账": _transfer, "位置": _location}.get(label)
    return parse(rest) if parse else None


def _forward(rest: str) -> Wording | None:
    title, _, lines = rest.partition("\n")
    return Wording("forward", _lines(title[:-1], lines.rstrip("\n"))) if title.endswith("]") else None


def _transfer(rest: str) -> Wording | None:
    shown, closing, memo = rest.partition("]")
    if not closing or (memo and not (memo.startswith("(") and memo.endswith(")"))):
        return None
    action, _, amount = shown.rpartition(" ")
    return Wording("transfer", amount, extra=_extra(action=action, memo=memo[1:-1]))


def _location(rest: str) -> Wording | None:
    parts = rest.removesuffix("]").rsplit("|", 3)
    if len(parts) < 4 or not rest.endswith("]"):
        return None
    label, city, x, y = parts
    return Wording("location", label, extra=_extra(city=city, x=x, y=y))


def _titled(kind: str, rest: str) -> Wording | None:
    title, between, url = rest.removesuffix(")").rpartition("](")
    if not between or not rest.endswith(")") or "\n" in url:
        return None
    if kind == "file":
        return Wording(kind, title, extra=_extra(md5=_md5(url)))
    if kind == "miniprogram":  # chatlog writes the name of the program, not the title of the card
        return Wording(kind, None, extra=_extra(app=title, url=url))
    if kind == "channels":
        return Wording(kind, title, extra=_extra(url=url))
    return Wording(kind, _lines(title, url))


def _unknown(content: str) -> Wording | None:
    """A type that chatlog does not know: its number, and what WeChat stored, cut off at 120 bytes."""
    found = _UNKNOWN.fullmatch(content)
    return Wording(wechat_kind(int(found[1])), found[2]) if found else None


def _md5(url: str) -> str | None:
    found = _MD5.search(url)
    return found[0] if found else None


def _lines(*parts: str) -> str:
    return "\n".join(filter(None, parts))


def _extra(**more: str | None) -> str | None:
    said = {key: value for key, value in more.items() if value}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if said else None
