"""A chat that WhatsApp for Android or iOS exported.

Android writes `WhatsApp Chat with <group>.txt`, iOS a zip with `_chat.txt`, which can be read as it is. Lines of either:

    31/12/2023, 21:05 - Ann added Bob
    31/12/2023, 21:06 - Ann: 早,
    第二行
    31/12/2023, 21:07 - +86 138 0000 0000: <Media omitted>

    [31/12/2023, 9:05:33 PM] Ann: image omitted
    [2023/12/31 下午9:05:40] 阿岚: 早

Kept: shown names (a telephone number where the exporting phone had no name), texts, kinds and names of attached files, deleted and
edited marks, who was added or removed, joined or left. Times are the phone's clock; those of Android have no seconds.

Lost: ids of members and messages, what a message answers, reactions, polls, where media were left out on Android their kind.

Which part of a date is the day: any date with a part above 12 says it, else that the dates do not go back. If both orders
are possible, the file is refused: say which with `--date-order dmy`, `mdy` or `ymd`. A colon decides what a sender's name is, so that of a
name with ``: `` in it only the begin is kept. On iOS a line with an earlier time than the last message is text: a chat pasted into a message.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from qunkit.errors import UnreadableExport
from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.headed import Headed
    from qunkit.parsing.source import Source

TITLE = Text("WhatsApp text (Android, iOS)", "WhatsApp TXT（Android、iOS）")
HOW = Text(
    "In WhatsApp open the group → ⋮ → More → Export chat (Android), or the group's name → Export chat (iOS). Keep the "
    "file's name, or the zip's: only it names the group.",
    "在 WhatsApp 中打开群组 → ⋮ → 更多 → 导出聊天记录（Android），或点群名 → 导出聊天（iOS）。不要改文件名（或 zip "
    "名）：只有它说明是哪个群。",
)

_DATE = r"(?P<date>\d{1,4}(?P<mark>[-/.])\d{1,2}(?P=mark)\d{1,4})\.?"
_HALF = "[AaPp]\\.? ?[Mm]\\.?|[AaPp]\\.(?:\u00a0|\u202f)[Mm]\\.|上午|下午|凌晨|清晨|早上|中午|晚上|午前|午後"
_BLANK = "(?: |\u00a0|\u202f)"
_CLOCK = (
    rf"(?:(?P<before>{_HALF}){_BLANK}?)?(?P<hour>\d{{1,2}})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d))?"
    rf"(?:{_BLANK}?(?P<after>{_HALF}))?"
)
_STAMP = rf"{_DATE},?{_BLANK}{_CLOCK}"
_NAME = r"(?:(?P<name>[^\n]{1,150}?):(?: |(?=\r?\n|\Z)))?"
_MARKS = "(?:\u200e|\u200f)*"
_HEADERS = {
    "ios": rf"{_MARKS}\[{_STAMP}\] {_NAME}",
    "android": rf"{_MARKS}{_STAMP} - {_NAME}",
}
_FILE = re.compile(
    r"(?:WhatsApp Chat (?:with|-) (?P<a>.+)|(?:与|與) ?[“「]?(?P<b>.+?)[”」]? ?的 ?WhatsApp ?(?:聊天|对话|對話)(?:记录|紀錄|記錄)?"
    r"|WhatsApp ?(?:聊天|对话|對話)(?:记录|紀錄|記錄)? ?- ?(?P<c>.+))",
    re.DOTALL,
)
_NAMELESS = ("_chat",)
_OPTION = "date_order"
_UNSURE = Text(
    "its dates do not say whether the day or the month comes first ({date})",
    "日期无法判断日与月的先后（{date}）",
)
_CHOOSE = Text(
    "Say which: --date-order dmy, mdy or ymd (d: day, m: month, y: year).",
    "请用 --date-order dmy、mdy 或 ymd 指定（d：日，m：月，y：年）。",
)


def sniff(head: Head) -> bool:
    """Begins with a header line, of which there are more in the same form."""
    return _style(head.text.lstrip("\r\n")[:1000]) is not None


def read(source: Source) -> Iterator[Batch]:
    """The messages. Ids are null: the file has none."""
    from qunkit.chat.whatsapp import shown
    from qunkit.parsing.headed import Layout, headed

    style = _style(source.head_text.lstrip("\r\n")) or "android"
    header = re.compile(rf"(?m)^{_HEADERS[style]}".encode())
    order, quality = _survey(source, header)
    layout = Layout(header=header, time=_timer(order), ascending=style == "ios", whole_line=False)
    group = shown(_group(source.parts))
    for records in headed(source, layout):
        messages = _messages(records, group).replace_schema_metadata({"platform": "whatsapp", **quality})
        yield Batch(messages, records.rejects, records.framing, suspects=records.refused)


def _style(text: str) -> str | None:
    """Which of the two programs wrote a text that begins so."""
    raw = text.encode()
    return next((style for style, header in _HEADERS.items() if re.match(header.encode(), raw)), None)


def _group(parts: tuple[str, ...]) -> str:
    """The group's name, from that of the file, or of the zip or folder it lies in."""
    name = parts[-1].removesuffix(".txt") if parts else ""
    if name in _NAMELESS and len(parts) > 1:
        name = parts[-2].removesuffix(".zip")
    found = _FILE.fullmatch(name)
    return next(filter(None, found.groups())) if found else name


def _survey(source: Source, header: re.Pattern[bytes]) -> tuple[str, dict[str, str]]:
    """The order of the dates' parts, and whether times have seconds: decided over the whole file.

    Raises:
        UnreadableExport: both orders are possible.
    """
    from qunkit.chat.whatsapp import order_of
    from qunkit.parsing.survey import matches

    dates: dict[str, None] = {}
    seconds = False
    for match in matches(source, header):
        dates[match["date"].decode().replace(match["mark"].decode(), "/")] = None
        seconds = seconds or match["second"] is not None
    order = order_of(list(dates), source.options.get(_OPTION))
    if order is None and dates:
        date = next(iter(dates))
        why = Text(_UNSURE.en.format(date=date), _UNSURE.zh.format(date=date))
        raise UnreadableExport(path=source.label, why=why, hint=_CHOOSE)
    return order or "dmy", {} if seconds else {"time_quality": "minute"}


def _timer(order: str) -> Callable[[re.Match[bytes], object], int | None]:
    from qunkit.chat.whatsapp import day_of
    from qunkit.parsing.half_days import minutes_of

    @cache
    def day(date: bytes, mark: bytes) -> int | None:
        found = day_of(tuple(map(int, date.split(mark))), order)
        return int(found.timestamp()) if found else None

    def time(header: re.Match[bytes], _: object) -> int | None:
        half = header["before"] or header["after"]
        minutes = minutes_of(int(header["hour"]), int(header["minute"]), half.decode() if half else None)
        begin = day(header["date"], header["mark"])
        second = int(header["second"] or 0)
        if begin is None or minutes is None or second > 59:
            return None
        return (begin + minutes * 60 + second) * 1000

    return time


def _messages(records: Headed, group: str) -> pa.RecordBatch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.parsing.places import raw_batch

    name, text = _cut_apart(records.group("name"), records.text())
    notice = _notices(name, text, group)
    nothing = pa.scalar(None, pa.string())
    columns = {
        "kind": pc.if_else(notice, "system", nothing),
        "text": pc.if_else(notice, _shown(text), text),
        "extra": pa.nulls(len(text), pa.string()),
    }
    _undo(columns, pc.invert(notice))
    columns["text"] = pc.replace_substring_regex(columns["text"], "@\u2068([^\u2068\u2069\n]*)\u2069", "@\\1")
    sender = pc.if_else(notice, nothing, name)
    return raw_batch(records.offset, wall=records.wall, group_name=group, sender_name=sender, **columns)


def _cut_apart(name: pa.Array, text: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Names and texts. In a notice, the colon may be one of a group's name: ``Ann changed the subject to "Hike: East"``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.columns import put
    from qunkit.chat.notices import looks_like_notice
    from qunkit.chat.whatsapp import shown

    name = _shown(name)
    rows = pc.indices_nonzero(pc.fill_null(pc.match_substring_regex(name, '["“”「]'), False))
    whole = [": ".join(one) for one in zip(name.take(rows).to_pylist(), text.take(rows).to_pylist(), strict=True)]
    told = [looks_like_notice(shown(one), "whatsapp") for one in whole]
    rows, whole = (
        rows.filter(pa.array(told, pa.bool_())),
        [one for one, is_told in zip(whole, told, strict=True) if is_told],
    )
    return put(name, rows, [None] * len(rows)), put(text, rows, whole)


def _shown(texts: pa.Array) -> pa.Array:
    """Names and notices without the marks that the program puts around them."""
    import pyarrow as pa

    from qunkit.chat.whatsapp import shown

    encoded = texts.dictionary_encode()
    return pa.array(map(shown, encoded.dictionary.to_pylist()), pa.string()).take(encoded.indices)


def _notices(name: pa.Array, text: pa.Array, group: str) -> pa.Array:
    """Where the program speaks: nobody is named, or on iOS the group, or a member of whom it speaks."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.columns import put
    from qunkit.chat.notices import looks_like_notice
    from qunkit.chat.whatsapp import MARK, shown

    marked = pc.starts_with(text, MARK)
    notice = pc.or_(pc.is_null(name), pc.and_(marked, pc.fill_null(pc.equal(name, group), False)))
    rows = pc.indices_nonzero(pc.and_(marked, pc.invert(notice)))
    found = [looks_like_notice(shown(one), "whatsapp") for one in text.take(rows).to_pylist()]
    return put(notice, rows, pa.array(found, pa.bool_()))


def _undo(columns: dict[str, pa.Array], spoken: pa.Array) -> None:
    """Take the program's wording off texts that may have any."""
    import pyarrow.compute as pc

    from qunkit.chat.columns import put
    from qunkit.chat.whatsapp import HINTS, MARK, undo

    hinted = pc.match_substring_regex(columns["text"], "|".join((MARK, *HINTS)))
    rows = pc.indices_nonzero(pc.and_(spoken, hinted))
    found = [undo(text) for text in columns["text"].take(rows).to_pylist()]
    for name in ("kind", "text", "extra"):
        columns[name] = put(columns[name], rows, [getattr(wording, name) for wording in found])
