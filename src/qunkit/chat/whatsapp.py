"""What WhatsApp writes into an exported chat in place of what is no text, in English and Chinese; and the form of its dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

MARK = "\u200e"
"""Stands before what the program itself says."""
ORDERS = ("dmy", "mdy", "ymd")
_NOT_SHOWN = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BLANKS = str.maketrans("\u00a0\u202f", "  ")
_FOUNDED = 2009
"""No WhatsApp message is older."""

_OMITTED = {
    "image": ("image", "photo", "图片", "图像", "圖片", "相片", "照片"),
    "video": ("video", "video note", "视频", "影片"),
    "voice": ("audio", "voice message", "音频", "语音", "音訊", "語音訊息"),
    "sticker": ("sticker", "GIF", "贴图", "表情", "貼圖"),
    "file": ("document", "文档", "文件"),
    "contact_card": ("Contact card", "contact card", "名片", "联系人名片", "聯絡人資訊卡"),
}
_WORDS = {word: kind for kind, words in _OMITTED.items() for word in words}
_ANY_WORD = "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
_LEFT_OUT = re.compile(
    rf"(?:(?P<name>[^\n]{{1,200}}?) ?[•·] ?[^\n]{{0,60}} ?{MARK}?)?"
    rf"(?:(?P<a>{_ANY_WORD}) omitted|(?:已)?(?:省略|忽略|略過|略过)(?P<b>{_ANY_WORD})|(?P<c>{_ANY_WORD})(?:已省略|已忽略|已略過|省略))"
)
_MEDIA = re.compile(
    r"<(?:Media omitted|省略影音内容|省略多媒體檔案|省略多媒体文件|媒体文件已省略|已省略媒体文件|忽略多媒體檔)>"
)
_ATTACHED = re.compile(
    r"(?:<(?:attached|附件|已附加)[:：] ?(?P<a>[^<>\n]{1,300})>|(?P<b>[^\n]{1,300}) [(（](?:file attached|文件附件|已附加文件|檔案已附加|附件檔案)[)）])"
    r"(?:\n(?P<words>.*))?",
    re.DOTALL,
)
_DELETED = re.compile(
    r"(?:This message was deleted(?: by admin [^\n]{1,100})?|You deleted this message(?: as admin)?"
    r"|(?:此消息已被?删除|您删除了此消息|你删除了此消息|此訊息已刪除|你已刪除此訊息|您已刪除此訊息))[.。]?"
)
_EDITED = re.compile(
    rf"(?<!\s)\s*+{MARK}?<(?:This message was edited|此消息已编辑|此消息已被编辑|此訊息已編輯|此訊息已被編輯)>$"
)
_PLACE = re.compile(r"(?:Location|location|位置)[:：] ?(?P<url>https?://\S+)")
_CALL = re.compile(
    r"(?:Missed (?:group )?(?:voice|video) call|(?:Voice|Video) call|未接(?:语音|视频|語音|視訊)(?:通话|通話|来电|來電))\b[^\n]{0,60}"
)
_EXTENSIONS = {
    "image": "jpg jpeg png heic gif",
    "video": "mp4 mov 3gp m4v",
    "voice": "opus ogg m4a aac mp3 amr",
    "sticker": "webp was",
    "contact_card": "vcf",
}
_BY_EXTENSION = {extension: kind for kind, known in _EXTENSIONS.items() for extension in known.split()}
HINTS = (
    "omitted",
    "省略",
    "忽略",
    "略過",
    "略过",
    "attached",
    "附",
    "delet",
    "删除",
    "刪除",
    "edited",
    "编辑",
    "編輯",
    "ocation",
    "位置",
    "call",
    "通",
    "来电",
    "來電",
)
"""A text with none of these holds no wording of the program."""


class Wording(NamedTuple):
    """A text without the program's wording."""

    kind: str | None
    """None: it is words."""
    text: str
    extra: str | None = None


def shown(name: str) -> str:
    """A name, or what the program says, without the marks of writing direction around numbers and names; plain blanks."""
    return _NOT_SHOWN.sub("", name).translate(_BLANKS).strip()


def undo(text: str) -> Wording:
    """What a text stands for."""
    text = text.removeprefix(MARK)
    edited = _EDITED.search(text)
    extra = '{"edited":true}' if edited else None
    text = text[: edited.start()] if edited else text
    if _MEDIA.fullmatch(text):
        return Wording("other", "", extra)
    if left_out := _LEFT_OUT.fullmatch(text):
        return Wording(_WORDS[left_out["a"] or left_out["b"] or left_out["c"]], left_out["name"] or "", extra)
    if attached := _ATTACHED.fullmatch(text):
        return Wording(*_attached((attached["a"] or attached["b"]).strip(MARK), attached["words"] or ""), extra)
    if _DELETED.fullmatch(text):
        return Wording("recall", text, extra)
    if place := _PLACE.fullmatch(text):
        return Wording("location", place["url"], extra)
    if _CALL.fullmatch(text):
        return Wording("call", text, extra)
    return Wording(None, text, extra)


def _attached(name: str, words: str) -> tuple[str, str]:
    """Kind and text of a message with a file: its caption, and of a document the name."""
    kind = _BY_EXTENSION.get(name.rpartition(".")[2].lower(), "file")
    if "STICKER" in name or name.startswith("STK-"):
        kind = "sticker"
    return kind, "\n".join(filter(None, [name if kind in ("file", "contact_card") else "", words]))


def order_of(dates: Sequence[str], given: str | None) -> str | None:
    """The order of the parts of these dates (``31/12/2023``, in the order of the file); None: it cannot be told.

    A year of four digits is where it is. Else `given` counts, else the order with the fewest dates that no calendar has, and of
    equals the one with the fewest that go back in time. Years of two digits come first only if nothing else is as good.
    """
    parts = [date.split("/") for date in dates]
    if 2 * sum(len(one[0]) == len("2023") for one in parts) > len(parts):
        return "ymd"
    if given in ORDERS:
        return given
    known = [tuple(map(int, one)) for one in parts]
    scores = {order: _score(known, order) for order in ORDERS}
    if scores["ymd"] < min(scores["dmy"], scores["mdy"]):
        return "ymd"
    if scores["dmy"] == scores["mdy"]:
        return None
    return min(("dmy", "mdy"), key=scores.__getitem__)


def _score(dates: list[tuple[int, ...]], order: str) -> tuple[int, int]:
    days = [day_of(date, order) for date in dates]
    known = [day for day in days if day is not None]
    return len(days) - len(known), sum(later < earlier for earlier, later in pairwise(known))


def day_of(date: tuple[int, ...], order: str) -> datetime | None:
    """Midnight of a date whose parts stand in this order; None: there is no such day."""
    year, month, day = (date[order.index(part)] for part in "ymd")
    try:
        found = datetime(year + 2000 if year < 100 else year, month, day, tzinfo=UTC)
    except ValueError:
        return None
    return found if found.year >= _FOUNDED else None
