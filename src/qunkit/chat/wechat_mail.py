"""A chat in the form of WeChat's own "send by e-mail": days as banners, and below them who wrote at which minute.

    微信群"读书会"的聊天记录如下:

    —————  2018-09-03  —————


    小刘  12:47

    明天几点

iOS writes one blank before the time and no zeros (``—————2016-4-13—————``), Android two blanks; with a 12-hour clock it is
``小刘 下午5:08``. A name may end in a time itself. wx-cli writes the same, below lines of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat import wechat_shown, written_quotes
from qunkit.chat.columns import put
from qunkit.exports import Batch
from qunkit.parsing.headed import Headed, Layout, headed
from qunkit.parsing.places import raw_batch

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

_TITLES = (
    r'微信群(?:"|“)(?P<group>[^\n]{1,300})(?:"|”)的聊天记录如下(?:：|:)',
    r'(?:"|“)(?P<one>[^\n]{1,300})(?:"|”)和(?:"|“)(?P<other>[^\n]{1,300})(?:"|”)的聊天记录如下(?:：|:)',
    r'(?:"|“)(?P<plain>[^\n]{1,300})(?:"|”)的聊天记录如下(?:：|:)',
    r"(?P<android>[^\n]{1,300}) 微信群上的聊天记录如下，请查收。",
    r"(?P<left>[^\n]{1,300}?) 和 (?P<right>[^\n]{1,300}) 在微信上的聊天记录如下，请查收。",
)
_END = r"[ \t]*\r?(?:\n|\Z)"
_BLANK = r"[ \t]*\r?\n"
_DAY = rf"[ \t]*—————[ \t]*(?P<year>\d{{4}})-(?P<month>\d\d?)-(?P<day>\d\d?)[ \t]*—————{_END}"
_ABOVE = r"(?>(?:[^\n\d:]{1,40}(?:：|:)[^\n]*|[ \t]*\r?)\n){0,20}?"
"""What may stand before the first title: empty lines, ``Dear:``, and the mail's own lines, such as 发件人：… A line is never tried in
another way: twenty that are would take for ever."""
_TITLE = rf"(?:[ \t]*Dear:?{_BLANK}(?:{_BLANK})*)?[ \t]*(?:{'|'.join(_TITLES)}){_BLANK}"
_FACTS = r"(?>(?:[^\n]{1,60}?(?:：|:)[^\n]*|[ \t]*\r?)\n){0,12}?"
"""What may stand between the title and the first day: empty lines, and lines such as 消息数：12."""
_TIME = r"(?P<half>上午|下午|AM ?|PM ?)?(?P<hour>\d\d?):(?P<minute>\d\d)"
_SHOWN = re.compile(
    rf"^[ \t]*\r?\n[^\n]*?[^\s](?P<gap> {{1,2}}){_TIME}[ \t]*\r?\n(?P<blank>[ \t]*\r?\n)?", re.MULTILINE
)
_MINUTE = 60_000
_KINDS = {"图片": "image", "视频": "video", "语音": "voice", "文件": "file"}
_ATTACHED = re.compile(
    r"(?P<bare>图片|视频|语音|文件)\d*（可在附件中查看）"
    r"|\[(?P<kind>图片|视频|语音|文件)(?:: (?P<name>[^\n]*?))?(?:\(请在附件中查看\))?\]"
)


class _Section(NamedTuple):
    group: str | None
    day: int
    """Midnight, in milliseconds of the wall clock."""


TITLE = re.compile(rf"\A{_ABOVE}{_TITLE}")
"""How the text begins."""
DAY = re.compile(rf"^{_DAY}", re.MULTILINE)
"""A banner that opens a day."""


def read(source: Source) -> Iterator[Batch]:
    """The messages of a text of this form. The group's name is that of the title, if there is one."""
    for records in headed(source, _layout(source.head_text)):
        yield Batch(_messages(records), records.rejects, records.framing, suspects=records.refused)


def _layout(head: str) -> Layout:
    """One file is of one writer: whether names end in two blanks, and an empty line follows them, is seen at its begin."""
    shown = list(_SHOWN.finditer(head))
    wide = 2 * sum(match["gap"] == "  " for match in shown) > len(shown)
    airy = 2 * sum(match["blank"] is not None for match in shown) > len(shown)
    follows = _END if airy else ""
    header = rf"^(?P<name>[^\n]*?\S) {{{2 if wide else 1},2}}{_TIME}{_END}{follows}"
    return Layout(
        header=re.compile(rf"(?m){header}".encode()),
        time=_time,
        banner=re.compile(rf"(?m)^(?:(?:\A{_ABOVE})?{_TITLE}{_FACTS})?{_DAY}".encode()),
        open=_open,
        after_blank=True,
    )


def _open(banner: re.Match[bytes], before: _Section | None) -> _Section | None:
    """The day of a banner. One that goes back stands in a text: only a new title begins earlier."""
    try:
        day = datetime(int(banner["year"]), int(banner["month"]), int(banner["day"]), tzinfo=UTC)
    except ValueError:
        return None
    midnight = int(day.timestamp()) * 1000
    group = _group(banner)
    if before and group is None:
        return _Section(before.group, midnight) if midnight >= before.day else None
    return _Section(group, midnight)


def _group(banner: re.Match[bytes]) -> str | None:
    """The chat that a banner names; of a private one, both people."""
    told = {name: part.decode("utf-8", "replace") for name, part in banner.groupdict().items() if part}
    pair = told.get("one") or told.get("left"), told.get("other") or told.get("right")
    if pair[0] and pair[1]:
        return f"{pair[0]}和{pair[1]}"
    return told.get("group") or told.get("plain") or told.get("android")


def _time(header: re.Match[bytes], section: _Section | None) -> int | None:
    hour, minute = int(header["hour"]), int(header["minute"])
    if half := header["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (half.decode().strip() in ("下午", "PM"))
    if section is None or hour > 23 or minute > 59:
        return None
    return section.day + (hour * 60 + minute) * _MINUTE


def _messages(records: Headed) -> pa.RecordBatch:
    text = pc.utf8_rtrim(pc.utf8_ltrim(records.text(), characters="\n"), characters="\n \t")
    columns = {"kind": pa.nulls(len(text), pa.string()), "text": text}
    _attached(columns)
    wechat_shown.undo(columns)
    written_quotes.undo(columns)
    batch = raw_batch(
        records.offset,
        wall=records.wall,
        group_name=records.of_section(lambda section: section.group if section else None),
        sender_name=records.group("name"),
        **columns,
    )
    return batch.replace_schema_metadata({"time_quality": "minute"})


def _attached(columns: dict[str, pa.Array]) -> None:
    """Media are files beside the text, of which it keeps a word, and a file's name."""
    rows = pc.indices_nonzero(pc.match_substring_regex(columns["text"], r"^(?:\[|图片|视频|语音|文件)[^\n]*(?:）|\])$"))
    matches = [_ATTACHED.fullmatch(text) for text in columns["text"].take(rows).to_pylist()]
    rows, found = rows.filter(pa.array([one is not None for one in matches], pa.bool_())), list(filter(None, matches))
    kinds = [_KINDS[match["bare"] or match["kind"]] for match in found]
    words = [(match["name"] or "") if kind == "file" else "" for kind, match in zip(kinds, found, strict=True)]
    columns["kind"] = put(columns["kind"], rows, kinds)
    columns["text"] = put(columns["text"], rows, words)
