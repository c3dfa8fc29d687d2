"""chatlog (sjzar/chatlog) text.

A message is a line with its sender and its time, then its words, then an empty line:

    凯文(wxid_aaa) 11-30 23:58:22
    欢迎新朋友

    阿岚(我) 11-30 23:59:59
    7:30 东门

    系统消息 12-01 08:01:10
    你将"甲"移出了群聊

    凯文(wxid_aaa) 12-01 00:00:08
    > 阿岚(wxid_me) 11-30 23:58:50
    > 本周路线
    有,还差2个

Times are full where the range that was asked for reaches over New Year, have no year within one, and no date within one day: then year
and day are those of the file's name, or of --date 2024-12-01. Without either the file is refused. Where several chats were asked
for, each header says which one: `凯文(wxid_aaa) [周末群(58192034417@chatroom)] 11-30 23:58:22`.

Kept: ids of members (but not the owner's) and, in the header or the file's name, of groups; what a reply quotes and when that was sent, ids in most
lines about who joined. Times are those of the exporting computer's clock.

Lost: message ids, relays, announcements, titles of mini programs, who patted whom in WeChat 4, and the words of red packets and contact
cards. Such a pat is an empty message; nothing else is. Of the owner's own messages, a first line that ends in a colon is missing; their sender
is a bare 我.

A line that looks like a header is text if no empty line is before it, if its time is written otherwise than that of the first header, or if it is
before that of the last message: a chat pasted into a message.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from qunkit.errors import UnreadableExport
from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.headed import Headed
    from qunkit.parsing.source import Source

TITLE = Text("chatlog text", "chatlog 文本")
HOW = Text(
    "With `chatlog server` running, open "
    "`http://127.0.0.1:5030/api/v1/chatlog?time=2024-11-30~2024-12-01&talker=58192034417@chatroom` and save the page "
    "as `58192034417@chatroom_2024-11-30_2024-12-01.txt`: group and year stand nowhere else. Rather add "
    "`&format=json` and save that: it keeps more.",
    "运行 `chatlog server`，打开 "
    "`http://127.0.0.1:5030/api/v1/chatlog?time=2024-11-30~2024-12-01&talker=58192034417@chatroom`，把页面存为 "
    "`58192034417@chatroom_2024-11-30_2024-12-01.txt`：群和年份只在文件名里。最好加上 `&format=json` 再保存，"
    "保留的内容更多。",
)

_EPOCH = date(1970, 1, 1).toordinal()
_NOTICE, _ME = "系统消息", "我"
_ID = r"[A-Za-z][-_A-Za-z0-9]{4,63}|[^()\s]{1,64}@(?:chatroom|openim)"
_WHO = rf"(?:(?P<name>[^\n]{{0,800}}?)\((?P<id>[^()\s]{{1,128}})\)|(?P<bare>{_ID}|{_ME}|{_NOTICE}))"
_ROOM = r" \[(?P<room>[^\n]{0,800})\((?P<room_id>[^()\s]{1,128})\)\]"
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?=\r?$)"
_TIMES = (
    rf" (?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d) {_CLOCK}",
    rf" (?P<month>\d\d)-(?P<day>\d\d) {_CLOCK}",
    rf" {_CLOCK}",
)
"""The three ways in which chatlog writes a time."""
_FORMS = tuple((room, time) for room in (_ROOM, "") for time in _TIMES)
_SURE = re.compile(rb"wxid_[-\w]+|[^()\s]{1,64}@(?:chatroom|openim)")
_RANGE = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d)(?:[_~](\d{4}-\d\d-\d\d))?(?!\d)", re.ASCII)
_GROUP = re.compile(r"\d{1,20}@chatroom", re.ASCII)
_WHY = Text("nothing says of which year, or of which day, its times are", "无法得知其中的时间属于哪一年或哪一天")
_HINT = Text(
    "Say the day of its first message: --date 2024-12-01. Or export it as JSON, whose times are complete.",
    "请用 --date 2024-12-01 指定第一条消息的日期；或导出为 JSON，其中的时间是完整的。",
)

_Times = tuple[date, date]
"""The first and the last day that were asked for."""


def sniff(head: Head) -> bool:
    """Begins with a header, and a header of the same form has a sender's id."""
    text = head.text.lstrip("\r\n").encode("utf-8", "replace")
    found = next((header for form in _FORMS if (header := _header(form)).match(text)), None)
    return found is not None and any(map(_is_sure, found.finditer(text)))


def read(source: Source) -> Iterator[Batch]:
    """The messages, of every chat in the file. Messages of the owner have no sender id.

    Raises:
        UnreadableExport: the times have no year or no day, and nothing else says them.
    """
    from qunkit.parsing.headed import Layout, headed

    form = _form(source.head.text)
    many = form[0] == _ROOM
    layout = Layout(_header(form), _clock(source, form[1]), after_blank=True, ascending=not many, gap=2)
    found = _GROUP.search(source.parts[-1]) if source.parts else None
    for records in headed(source, layout):
        group = {} if many else {"group_id": found[0] if found else None}
        yield Batch(_messages(records, **group), records.rejects, records.framing, suspects=records.refused)


def _form(text: str) -> tuple[str, str]:
    """How the headers of a text are written: as the one it begins with, or, of a part of an export, the first that is surely one."""
    raw = text.lstrip("\r\n").encode("utf-8", "replace")
    begins = [form for form in _FORMS if _header(form).match(raw)]
    sure = [(match.start(), form) for form in _FORMS for match in filter(_is_sure, _header(form).finditer(raw))]
    return begins[0] if begins else min(sure, default=(0, ("", _TIMES[0])))[1]


def _is_sure(header: re.Match[bytes]) -> bool:
    """Whether the sender of a header has an id that WeChat gives."""
    return _SURE.fullmatch(header["id"] or header["bare"]) is not None


@cache
def _header(form: tuple[str, str]) -> re.Pattern[bytes]:
    """A header of this form. That the line ends so is asked first: then no line is tried in many ways."""
    room, time = form
    ends = re.sub(r"\?P<\w+>", "?:", (r"\([^()\s]{1,128}\)\]" if room else "") + time)
    return re.compile(rf"(?m)^(?!> )(?=[^\n]*{ends}){_WHO}{room}{time}".encode())


def _clock(source: Source, time: str) -> Callable[[re.Match[bytes], Any], int | None]:
    """What time a header says, in milliseconds of the wall clock."""
    day_of = cache(_full if time is _TIMES[0] else _days(source, has_day=time is _TIMES[1]))

    def read(match: re.Match[bytes], _: Any) -> int | None:
        said = match.groupdict()
        day = day_of(said.get("year"), said.get("month"), said.get("day"))
        hour, minute, second = (int(said[name]) for name in ("hour", "minute", "second"))
        if day is None or hour > 23 or minute > 59 or second > 59:
            return None
        return ((day.toordinal() - _EPOCH) * 86400 + hour * 3600 + minute * 60 + second) * 1000

    return read


def _full(year: bytes, month: bytes, day: bytes) -> date | None:
    return _date(int(year), month, day)


def _days(source: Source, *, has_day: bool) -> Callable[..., date | None]:
    """Which day a header's month and day are, or which day all times are of."""
    first, last = _asked(source)
    if not has_day:
        if (last - first).days > 1:
            raise UnreadableExport(path=source.label, why=_WHY, hint=_HINT)
        return lambda year, month, day: first

    def of_range(_: None, month: bytes, day: bytes) -> date | None:
        found = [_date(year, month, day) for year in range(first.year, last.year + 1)]
        return next((one for one in found if one and first <= one <= last), found[0])

    return of_range


def _asked(source: Source) -> _Times:
    """The days that --date says, else the file's name."""
    said = _RANGE.search(source.options.get("date") or (source.parts[-1] if source.parts else ""))
    try:
        first = date.fromisoformat(said[1]) if said else None
        last = date.fromisoformat(said[2]) if said and said[2] else first
    except ValueError:
        first = last = None
    if first is None or last is None or not first <= last:
        raise UnreadableExport(path=source.label, why=_WHY, hint=_HINT)
    return first, last


def _date(year: int, month: bytes, day: bytes) -> date | None:
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None


def _messages(records: Headed, **group: str | None) -> pa.RecordBatch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.chatlog_wording import NOTICE, take_off
    from qunkit.parsing.csv import filled
    from qunkit.parsing.places import raw_batch

    nothing = pa.scalar(None, pa.string())
    said = pc.coalesce(records.group("id"), records.group("bare"))
    notice, own = pc.equal(said, NOTICE), pc.equal(said, _ME)
    columns = {"kind": pc.if_else(notice, "system", nothing), "text": records.text()}
    take_off(columns, records.wall, notice)
    return raw_batch(
        records.offset,
        wall=records.wall,
        sender_id=pc.if_else(pc.or_(notice, own), nothing, said),
        sender_name=filled(records.group("name")),
        from_me=own,
        **(group or {"group_id": records.group("room_id"), "group_name": filled(records.group("room"))}),
        **columns,
    )
