"""What there is to say of one file of a run, beside its row: what was left out or guessed, and how it agrees with what was known."""

from __future__ import annotations

from qunkit import schema
from qunkit.ingest.clock import behind
from qunkit.ingest.overlap import RENAMED as OTHER_NAMES
from qunkit.ingest.overlap import Match, Shift
from qunkit.ingest.read import Reading
from qunkit.results import Note
from qunkit.words import Text

LISTED = Text("members listed: {count}", "名单，共 {count} 名成员")
"""For machines; people see it in the row."""
_WAYS_OUT = {
    "truncated-tail": Text(
        "; the file is incomplete, perhaps not downloaded to the end: export it again",
        "；文件不完整，可能没有下载完：请重新导出",
    ),
}
"""What to do where records were rejected for a reason."""
_REJECTED = Text("{count} rejected: {why}, first at {first}{out}", "{count} 条未识别：{why}，首个位于{first}{out}")
_PRIVATE = Text(
    "private chats left out: {count}; --private takes them", "略过 {count} 个私聊；如需导入，请加 --private"
)
_FORGOTTEN = Text("messages of forgotten members left out: {count}", "略去已遗忘成员的 {count} 条消息")
_SUSPECTS = Text(
    "lines that look like the header of a message but are older than it, taken as quoted text: {count}",
    "{count} 行像消息头，但时间早于所在消息：按引用的文字处理",
)
_DAYS_ONLY = Text(
    "the export keeps days, not times: its messages stand at 00:00, count in no hour, session or reply, and only on days of which "
    "the group has nothing finer",
    "该导出只有日期，没有时刻：消息都记在 00:00，不计入小时、会话和回复，且只在该群没有更精确数据的日子计入",
)
_ENCODING = Text("read as {encoding}: the file does not say its encoding", "按 {encoding} 读取：文件未注明编码")
OTHER_OPTIONS = Text(
    "it was read as {before} and with other options, and stays so; to read it as {zone}, give those options again beside --tz",
    "此前按 {before} 和其他选项读取，保持不变；如需按 {zone} 读取，请在 --tz 之外再次给出当时的选项",
)
RENAMED = Text("the same export was ingested before as {name}", "同一导出此前已以 {name} 导入")
FORGOTTEN = Text("the same export was ingested before; its group is forgotten", "同一导出此前已导入；其中的群已遗忘")
MAP_UNUSED = Text(
    "its format is known, so --map was not used; with --format-in mapped it is",
    "其格式已知，故未使用 --map；如需使用，请加 --format-in mapped",
)
_AGREES = Text(
    "{matched} of {of} messages are those that the dataset has of the same group ({group}) and hours{cause}",
    "与数据集中同一群（{group}）、同一时段的消息相比，{of} 条中有 {matched} 条一致{cause}",
)
_WHO = Text("`qunkit alias list` shows who changed the name", "用 `qunkit alias list` 查看是谁改过名")
_NAMESAKES = Text(
    "{members} members are called {called}; messages told by that name only, which could not be told apart from theirs and stand twice: {count}",
    "有 {members} 名成员都叫“{called}”，只有名字的消息无法分辨是谁发的，重复计入 {count} 条",
)
_MORE_NAMESAKES = Text(
    "other names that several members have: {names}; messages told by them only, which stand twice: {count}",
    "另有 {names} 个名字也是多名成员同名，重复计入 {count} 条",
)
_WITHOUT_IDS = Text(
    "where an export with ids covers the same time, take the one without ids out: `qunkit sources drop FILE`",
    "同一时段已有带 id 的导出时，可移除没有 id 的导出：`qunkit sources drop 文件`",
)
_NAMED = 3
"""So many names that several members have are named."""
_SLIP = Text(
    ": ingest it with --tz {zone}; if the earlier exports are those of the wrong zone, ingest them again with the right --tz",
    "：请用 --tz {zone} 导入；若是此前的导出用错了时区，请加正确的 --tz 再次导入它们",
)
_NO_SLIP = Text(
    ", and no --tz changes that, for it says itself which instants its times are; if the earlier exports were read in the wrong zone, "
    "ingest them again with --tz {zone}",
    "，且导出中写明了确切的时间，--tz 对其无效；若是此前的导出用错了时区，请用 --tz {zone} 再次导入它们",
)
_SOME_ZONE = Text("ZONE", "时区")


def of_reading(reading: Reading, forgotten: int, members: int) -> list[Note]:
    """What was left out, rejected or guessed."""
    reasons = [reject.reason for reject in reading.rejects]
    notes = [_rejected(reading, reasons, reason) for reason in sorted(set(reasons))]
    counts = (_PRIVATE, reading.private), (_FORGOTTEN, forgotten), (LISTED, members), (_SUSPECTS, reading.suspects)
    notes += [Note(text, (("count", count),)) for text, count in counts if count]
    notes += [Note(_DAYS_ONLY)] if reading.time_quality == "day" else []
    encoding = reading.source.encoding
    return notes + ([Note(_ENCODING, (("encoding", encoding),))] if encoding in ("gb18030", "mixed") else [])


def _rejected(reading: Reading, reasons: list[str], reason: str) -> Note:
    first, out = _place(reasons.index(reason), reading), _WAYS_OUT.get(reason, "")
    facts = (("count", reasons.count(reason)), ("why", schema.REASONS[reason]), ("first", first), ("out", out))
    return Note(_REJECTED, facts)


def _place(index: int, reading: Reading) -> Text:
    """Where a reject begins: its line, in a text that has lines."""
    line, start = reading.lines[index], reading.rejects[index].start
    if line > 1 and reading.source.encoding in ("utf-8", "utf-8-sig", "gb18030", "mixed"):
        return Text(f"line {line:,}", f"第 {line:,} 行")
    return Text(f"byte {start:,}", f"字节 {start:,}")


def of_match(match: Match, zone: str | None, calendar: str) -> dict[str, object]:
    """The facts of a match; of a clock that is off the zone that would be right. `zone`: in which wall clocks were read, if there are any."""
    cause = match.cause_said
    if match.shift and isinstance(cause, Text):
        out = _way_out(match.shift, zone, calendar)
        cause = Text(cause.en + out.en, cause.zh + out.zh)
    return {"matched": match.matched, "of": match.of, "group": match.group, "cause": cause}


def _way_out(shift: Shift, zone: str | None, calendar: str) -> Text:
    minutes, text = (shift.minutes, _SLIP) if zone else (-shift.minutes, _NO_SLIP)
    right = behind(zone or calendar, minutes, shift.at, calendar)
    return Text(text.say("en", zone=right or _SOME_ZONE.en), text.say("zh", zone=right or _SOME_ZONE.zh))


def doubts(match: Match, facts: dict[str, object]) -> list[Note]:
    """Of an export that went in though it does not agree wholly."""
    return [Note(_AGREES, tuple(facts.items())), *([Note(_WHO)] if match.cause == OTHER_NAMES else []), *_shared(match)]


def _shared(match: Match) -> list[Note]:
    """Of names that several members have."""
    first, rest = match.namesakes[:_NAMED], match.namesakes[_NAMED:]
    told = [(("members", one.members), ("called", one.name), ("count", one.messages)) for one in first]
    notes = [Note(_NAMESAKES, facts) for facts in told]
    if rest:
        facts = (("names", len(rest)), ("count", sum(one.messages for one in rest)))
        notes.append(Note(_MORE_NAMESAKES, facts))
    return [*notes, Note(_WITHOUT_IDS)] if notes else []
