"""What chatlog writes around a message's words, in its CSV, its text and its JSON, taken off again.

A card is a label with what chatlog keeps of it, a reply follows the quoted lines:

    [链接|冬季徒步装备清单](https://mp.example.invalid/)      > 阿岚(wxid_me) 11-30 23:58:50
    ![图片](http://127.0.0.1:5030/image/0f34…)                > 本周路线
    [转账|发送 ￥35.00](车费)                                 有,还差2个
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from qunkit.chat.kinds import wechat_kind

MARKS = ("[", "![", "> ", "Type: ")
"""What every text with chatlog's wording begins with."""
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
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (wall clocks are naive)


@dataclass(frozen=True, slots=True)
class Wording:
    """A message without its wording, by the columns of RAW. `kind` None: there is no wording; `text` None: chatlog lost it."""

    kind: str | None
    text: str | None
    quote_sender: str | None = None
    quote_time: int | None = None
    quote_text: str | None = None
    extra: str | None = None


def undo(content: str, at: datetime) -> Wording:
    """A text without chatlog's wording; `at` is the wall clock when it was sent."""
    if content in _BARE:
        return Wording(*_BARE[content])
    return _quote(content, at) or _media(content) or _card(content) or _unknown(content) or Wording(None, content)


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
