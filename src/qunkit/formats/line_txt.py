"""A chat that LINE for Android or iOS exported, in Chinese, Japanese or English.

    [LINE] 周末徒步的聊天記錄
    儲存日期：2024/12/05 10:00

    2024/12/01（日）
    08:00	阿嵐	大家早
    08:01	小禾	"第一行
    第二行"
    08:02		阿嵐邀請老丁加入群組。
    下午09:05	小禾	[貼圖]

Days stand on lines of their own, also as `2024.12.01 Sunday` and `Sun, 12/01/2024`, where the weekdays say whether the day or the
month comes first.

Kept: shown names, times to the minute (of the phone's clock), texts, kinds of media, who joined, was invited, removed or left.

Lost: ids of members and messages, what a message answers, names of files. LINE for computers writes blanks instead of tabs, so
that names and texts cannot be told apart: such files are not read.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.headed import Headed
    from qunkit.parsing.source import Source

TITLE = Text("LINE text (zh, ja, en)", "LINE TXT（中、日、英）")
HOW = Text(
    "In LINE (Android, iOS) open the group → ☰ → Settings (設定) → Export chat history (傳送聊天記錄) and save the "
    "text file.",
    "在 LINE（Android、iOS）中打开群组 → ☰ → 设置（設定）→ 导出聊天记录（傳送聊天記錄），保存文本文件。",
)

_HALF = "上午|下午|午前|午後|[AaPp][Mm]"
_TIME = rf"(?:(?P<before>{_HALF}) ?)?(?P<hour>\d{{1,2}}):(?P<minute>\d\d)(?: ?(?P<after>{_HALF}))?\t"
_TIME_AHEAD = rf"(?=(?:(?:{_HALF}) ?)?\d{{1,2}}:\d\d(?: ?(?:{_HALF}))?\t)"
_EAST = "(?:月|火|水|木|金|土|日|一|二|三|四|五|六|天)"
_WEST = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_DAY = (
    r"(?:(?P<year>\d{4})(?:[/.-]|年)(?P<month>\d{1,2})(?:[/.-]|月)(?P<day>\d{1,2})(?:日)?,? ?"
    rf"(?:（{_EAST}）|\({_EAST}\)|(?:星期|週|周){_EAST}|{_EAST}曜日|{_EAST}|{_WEST}[a-z]*\.?|\({_WEST}[a-z]*\.?\))"
    rf"|(?P<weekday>{_WEST})[a-z]*\.?, ?(?P<a>\d{{1,2}})[/.](?P<b>\d{{1,2}})[/.](?P<last>\d{{4}}))"
)
_BANNER = rf"(?m)^(?:[ \t]*\r?\n){{0,3}}{_DAY}[ \t]*\r?\n{_TIME_AHEAD}"
_HEADER = rf"(?m)^{_TIME}(?:(?P<name>[^\t\n]*)\t)?"
_PREAMBLE = r"(?:\[LINE\] ?)?(?P<title>[^\n\r]{1,600})\r?\n[^\n\r]{0,20}(?:保存|儲存|储存|Saved)[^\n\r]{0,60}\r?\n(?:[ \t]*\r?\n)*"
_TITLE = re.compile(
    r"(?:\[LINE\] ?)?(?:Chat history (?:in|with) (?P<a>.+)|(?P<b>.+)のトーク履歴|[與与](?P<c>.+)的聊天[記记紀纪][錄录]|(?P<d>.+)的聊天[記记紀纪][錄录])"
)
_ENGLISH = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_PLACEHOLDERS = {
    "image": "[照片] [圖片] [图片] [写真] [画像] [Photo] [Photos] [相簿] [アルバム] [Album]",
    "video": "[影片] [视频] [動画] [Video]",
    "sticker": "[貼圖] [贴图] [スタンプ] [Sticker]",
    "voice": "[語音訊息] [语音消息] [ボイスメッセージ] [Voice message] [Audio]",
    "file": "[檔案] [文件] [ファイル] [File]",
    "location": "[位置資訊] [位置信息] [位置情報] [Location]",
    "contact_card": "[聯絡資訊] [联系方式] [連絡先] [Contact]",
    "note": "[記事本] [记事本] [ノート] [Note] [Notes]",
}
_KINDS = {f"[{word}": kind for kind, words in _PLACEHOLDERS.items() for word in words.split("[")[1:]}
_KINDS = {word.strip(): kind for word, kind in _KINDS.items()}
_UNSENT = (
    "已收回訊息",
    "收回了訊息",
    "已收回讯息",
    "メッセージの送信を取り消しました",
    "unsent a message",
    "Message unsent",
)
_CALL = "☎"

_Section = tuple[str | None, int | None]
"""Name of the group, and midnight in milliseconds."""


def sniff(head: Head) -> bool:
    """LINE's title and, below it, when it was saved; or a day, and lines that begin with a time and a tab."""
    begin = head.text.lstrip("\r\n")[:4000]
    return re.match(_PREAMBLE, begin) is not None and re.search(_BANNER, begin) is not None


def read(source: Source) -> Iterator[Batch]:
    """The messages. Ids are null: the file has none."""
    from qunkit.parsing.headed import Layout, headed

    layout = Layout(
        header=re.compile(_HEADER.encode()),
        time=_time,
        banner=re.compile(_BANNER.encode()),
        preamble=re.compile(rf"(?:\r?\n)*{_PREAMBLE}".encode()),
        open=_opener(_day_first(source)),
        whole_line=False,
    )
    for records in headed(source, layout):
        messages = _messages(records, _named(source.parts[-1].removesuffix(".txt")))
        messages = messages.replace_schema_metadata({"platform": "line", "time_quality": "minute"})
        yield Batch(messages, records.rejects, records.framing, suspects=records.refused)


def _day_first(source: Source) -> bool:
    """Whether dates such as ``Tue, 03/12/2024`` begin with the day: their weekdays say it, over the whole file."""
    from qunkit.parsing.survey import matches

    fitting = [0, 0]
    for match in matches(source, re.compile(rf"(?m)^{_DAY}[ \t]*\r?$".encode())):
        for day_first in (False, True) if match["weekday"] else ():
            day = _day_of(match, day_first)
            fitting[day_first] += day is not None and _ENGLISH[day.weekday()] == match["weekday"].decode()
    return fitting[True] > fitting[False]


def _opener(day_first: bool) -> Callable[[re.Match[bytes], _Section | None], _Section | None]:
    def open_(match: re.Match[bytes], before: _Section | None) -> _Section | None:
        """What a title or a day opens. A day before the last one is text: somebody pasted it."""
        if "title" in match.re.groupindex:
            return _named(match["title"].decode("utf-8", "replace")), None
        name, last = before or (None, None)
        day = _day_of(match, day_first)
        midnight = int(day.timestamp()) * 1000 if day else None
        return (name, midnight) if midnight is not None and (last is None or midnight >= last) else None

    return open_


def _named(title: str) -> str:
    """The group's name in a title, or in a file's name."""
    found = _TITLE.fullmatch(title.strip())
    return next(filter(None, found.groups())) if found else title.strip()


def _day_of(match: re.Match[bytes], day_first: bool) -> datetime | None:
    """Midnight of a day; None: there is no such day."""
    western = ("last", "b", "a") if day_first else ("last", "a", "b")
    year, month, day = (int(match[name]) for name in (("year", "month", "day") if match["year"] else western))
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _time(header: re.Match[bytes], section: _Section | None) -> int | None:
    from qunkit.parsing.half_days import minutes_of

    half = header["before"] or header["after"]
    minutes = minutes_of(int(header["hour"]), int(header["minute"]), half.decode() if half else None)
    day = section[1] if section else None
    return None if day is None or minutes is None else day + minutes * 60_000


def _messages(records: Headed, file_name: str) -> pa.RecordBatch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.parsing.csv import filled
    from qunkit.parsing.places import raw_batch

    name, text = filled(records.group("name")), _unquoted(records.text())
    nothing = pa.scalar(None, pa.string())
    called = pc.if_else(pc.starts_with(text, _CALL), "call", nothing)
    unsent = pc.if_else(pc.is_in(pc.utf8_rtrim(text, ".。"), value_set=pa.array(_UNSENT)), "recall", nothing)
    held = pa.array(list(_KINDS.values())).take(pc.index_in(text, value_set=pa.array(list(_KINDS))))
    columns = {
        "kind": pc.if_else(pc.is_null(name), "system", pc.coalesce(held, called, unsent)),
        "text": pc.if_else(pc.and_(pc.is_valid(name), pc.is_valid(held)), "", text),
    }
    groups = records.of_section(lambda section: section[0] if section and section[0] else file_name)
    return raw_batch(records.offset, wall=records.wall, group_name=groups, sender_name=name, **columns)


def _unquoted(text: pa.Array) -> pa.Array:
    """Texts of several lines stand in quotes."""
    import pyarrow.compute as pc

    from qunkit.chat.columns import put

    quoted = pc.and_(pc.starts_with(text, '"'), pc.and_(pc.ends_with(text, '"'), pc.match_substring(text, "\n")))
    rows = pc.indices_nonzero(quoted)
    inner = [one[1:-1] for one in text.take(rows).to_pylist()]
    return put(text, rows, [one.replace('""', '"') if one.count('"') == 2 * one.count('""') else one for one in inner])
