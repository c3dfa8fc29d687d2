"""Invented results for the renderers' tests: ordinary, empty, hostile, a map and a report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from qunkit.results import Cell, Column, Note, Report, Result, Section
from qunkit.words import Text

FACTS: dict[str, Cell] = {
    "as_of": datetime(2026, 5, 17, 23, 59, 59, 999000),
    "since": datetime(2026, 5, 11),
    "until": datetime(2026, 5, 18),
    "timezone": "Asia/Shanghai",
    "config": "e3b0c44298fc1c14",
    "first": datetime(2026, 1, 5, 9, 12, 30),
    "last": datetime(2026, 5, 17, 23, 58, 1),
    "days": 133,
    "holes": [date(2026, 2, 17), date(2026, 2, 18)],
    "messages": 20431,
    "groups": 14,
    "dataset": "3f9a1c0e77b24d51",
}

COLUMNS = (
    Column("member_name", "text", Text("member", "成员")),
    Column("group_name", "text", Text("group", "群")),
    Column("messages", "int", Text("messages", "消息数")),
    Column("message_share", "ratio", Text("share", "占比")),
    Column("change", "ratio", Text("vs last week", "较上周")),
    Column("reply_seconds", "seconds", Text("median reply", "回复中位时长")),
    Column("per_day", "float", Text("per day", "日均")),
    Column("last_seen", "date", Text("last seen", "最近发言")),
    Column("days", "series", Text("by day", "每日")),
    Column("official", "bool", Text("staff", "官方")),
)

ROWS: tuple[tuple[Cell, ...], ...] = (
    ("小满🐼", "阅读打卡①群", 1234, 0.4571, 0.12, 200.0, 176.285714285714, date(2026, 5, 17), [3, 5, 9, 1, 0, 8, 12], True),
    ("👨‍👩‍👧 幸福一家", "阅读打卡①群", 402, 0.1489, -0.305, 3725.0, 57.4285714, date(2026, 5, 16), [0, 0, 9, 1, 0, 8, 1], False),
    ("Ana Lindqvist", "Sunday Walkers & friends 🥾", 377, 0.1396, 0.0, 59.6, 53.857, date(2026, 5, 17), [9, 9, 9, 9, 9, 9, 9], False),
    ("请叫我产品部门里最爱跑马拉松的那位同学", "母婴好物团购·城西店", 9, 0.0033, None, None, 1.2857, date(2025, 12, 31), [1, None, 0, 0, 2, 0, 6], None),
    ("❤️阿秀", None, 1, 0.0004, 8.5, 0.4, 0.1428, None, [], False),
)  # fmt: skip

NOTES = [
    Note(Text("Shares are of {total} messages by people.", "占比的分母是 {total} 条成员消息。"), (("total", 2700),)),
    Note(Text("No reply time under 5 replies.", "回复不足 5 次时不给出时长。")),
]


def ordinary() -> Result:
    """Every type of column, wide names, nulls."""
    return Result("kol", Text("Key people", "关键成员"), COLUMNS, ROWS, list(NOTES), dict(FACTS))


def empty() -> Result:
    """No rows."""
    return Result("kol", Text("Key people", "关键成员"), COLUMNS, (), [], dict(FACTS))


HOSTILE = (
    "\x1b]0;owned\x07\x1b[2Jred",
    "\u202egpj.exe",
    "a\tb\r\nc\u2028d",
    '=HYPERLINK("http://evil.example","x")',
    "| a | b |\n|---|---|",
    "</td><script>alert(1)</script>",
    "[x](javascript:alert(1)) http://evil.example www.evil.example a@evil.example",
    "Z\u0335\u0321\u0322\u0327\u0328algo\u200b\u200d",
    "\ud83d lone",
    "שלום مرحبا",
    "",
    "\u3164",
)


def hostile(texts: tuple[str, ...] = HOSTILE) -> Result:
    """Chat content that would like to be something else, in cells, lists, notes and facts."""
    columns = (
        Column("name", "text", Text("name", "名称")),
        Column("names", "list", Text("names", "名单")),
        Column("n", "int", Text("count", "数量")),
    )
    rows = tuple((text, [text, text], -at) for at, text in enumerate(texts))
    notes = [Note(Text("Said by {who}.", "{who} 说的。"), (("who", text),)) for text in texts]
    return Result(
        "hostile", Text("Hostile", "恶意"), columns, rows, notes, {"as_of": date(2026, 5, 18), "groups": list(texts)}
    )


HOW = {how: Text(how, how) for how in ("quote", "mention", "inferred", "continuation")}
EDGES = (
    Column("group_id", "text", Text("group id", "群 id"), edge="group"),
    Column("group_name", "text", Text("group", "群"), edge="group_name"),
    Column("message_id", "text", Text("message id", "消息 id")),
    Column("sender_id", "text", Text("sender id", "发送者 id"), edge="source"),
    Column("name", "text", Text("sender", "发送者"), edge="source_name"),
    Column("to_id", "text", Text("to (id)", "回复对象 id"), edge="target"),
    Column("to_name", "text", Text("to", "回复对象"), edge="target_name"),
    Column("how", "text", Text("how", "依据"), words=HOW, edge="kind"),
    Column("p", "float", Text("p", "概率"), edge="weight"),
)


def edges(names: tuple[str, str, str] = ("小满🐼", 'Ana "<&>" Lindqvist', "=老K\x1b[31m")) -> Result:
    """Who answers whom: a and b of one group, a and another b of another; a row to oneself, and one to nobody."""
    a, b, other = names
    walk, book = ("1@chatroom", "周末徒步🥾"), ("2@chatroom", None)
    rows = (
        (*walk, "m1", "b", b, "a", a, "quote", 1.0),
        (*walk, "m2", "b", b, "b", b, "continuation", 1.0),
        (*walk, "m3", "a", a, "b", b, "mention", None),
        (*walk, "m4", "b", b, "a", a, "inferred", 0.75),
        (*walk, "m5", "b", b, "a", a, "inferred", 0.5),
        (*walk, "m6", "a", a, None, None, "quote", 1.0),
        (*book, "m7", "b", other, "a", None, "mention", None),
    )
    return Result("replies", Text("Replies", "回复关系"), EDGES, rows, [Note(Text("Said by {who}.", "{who} 说的。"), (("who", a),))], dict(FACTS))  # fmt: skip


def hours() -> Result:
    """Messages by weekday and hour: nothing observed on Sundays, nobody awake at night."""
    columns = (
        Column("weekday", "int", Text("weekday", "星期")),
        Column("hour", "int", Text("hour", "小时")),
        Column("messages", "int", Text("messages", "消息数")),
        Column("days_observed", "int", Text("days observed", "观察天数")),
        Column("mean_messages", "float", Text("messages per hour", "每小时消息数")),
        Column("posters", "int", Text("posters", "发言人数")),
    )
    rows = tuple((day, hour, *_hour(day, hour)) for day in range(1, 8) for hour in range(24))
    return Result("activity_hours", Text("Busy hours", "活跃时段"), columns, rows, [], dict(FACTS))


def _hour(day: int, hour: int) -> tuple[Cell, ...]:
    if day == 7:
        return (0, 0, None, 0)
    count = 0 if hour < 7 else (hour * 7 + day * 5) % 23 + (40 if hour in (12, 20, 21) else 0)
    return (count, 4, count / 4, min(count, 11))


CHAT = ("group_id", "group_name", "local_time", "time_quality", "sender_id", "sender_name", "kind", "text", "reply_to", "quote_sender", "quote_kind", "quote_text")  # fmt: skip


def chat(texts: tuple[str, ...] = ()) -> Result:
    """Messages of two groups and three days: namesakes, a notice, a relay, pictures, answers known and not; and posts of `texts`."""
    walk, book = ("1@chatroom", "周末徒步🥾"), ("name:读书", None)
    ann, kai, two = ("wxid_a", "阿岚"), ("wxid_k", "Kai Berg"), ("wxid_z", "阿岚")
    saturday, sunday = datetime(2026, 5, 16, 21, 3), datetime(2026, 5, 17, 8, 0, 59)
    none = (None, None, None, None)
    rows = [
        (*walk, saturday, "exact", *ann, "text", "明天七点东门集合，带够水和雨衣，山上下午可能有阵雨，走不动的早点说", *none),
        (*walk, saturday, "exact", *kai, "image", "", *none),
        (*walk, saturday, "exact", *kai, "quote", "好", "m1", "阿岚", "text", "明天七点东门集合"),
        (*walk, sunday, "exact", None, None, "system", '"阿岚"邀请"小满"加入了群聊', *none),
        (*walk, sunday, "exact", *two, "solitaire", "#接龙 拼车\n1. 阿岚 2位\n\n2. Kai 1位", *none),
        (*walk, sunday, "exact", *two, "quote", "在", None, None, None, None),
        (*walk, sunday, "day", *kai, "text", None, *none),
        (*book, sunday, "minute", "name:小满", "小满", "link", "书单 https://books.example", "m9", "Kai Berg", "image", ""),
        (*book, sunday, "minute", "name:小满", "小满", "recall", "", *none),
        *((*book, sunday, "minute", f"name:{text}", text, "quote", text, "m1", text, "text", text) for text in texts),
    ]  # fmt: skip
    kinds = {"local_time": "datetime"}
    columns = tuple(Column(name, kinds.get(name, "text"), Text(name, name)) for name in CHAT)
    return Result("messages", Text("Messages", "消息"), columns, rows, [], chat=True)


def weekly() -> Report:
    """A report: a summary of sentences, a table, a map, a section without anything to show."""
    summary = [
        Note(
            Text("{members} members spoke ({change}), {messages} messages in {groups} groups.",
                 "{members} 人发言（{change}），{groups} 个群共 {messages} 条消息。"),
            (("members", 1286), ("change", 0.082), ("messages", 20431), ("groups", 14)),
        ),
        Note(
            Text("Ads: {ad_share} of messages ({change}); most from “{who}”.", "广告占 {ad_share}（{change}），最多的是“{who}”。"),
            (("ad_share", 0.0312), ("change", -0.25), ("who", "加V❤️领福利\x1b[31m")),
        ),
        Note(
            Text("Questions wait {wait_seconds} for their first answer, half of them; {unanswered_share} get none.",
                 "提问等到首次回复的中位时长 {wait_seconds}，{unanswered_share} 无人回复。"),
            (("wait_seconds", 740.0), ("unanswered_share", 0.184)),
        ),
    ]  # fmt: skip
    return Report(
        "weekly",
        Note(Text("Week {week} of {year}", "{year} 年第 {week} 周"), (("week", 20), ("year", "2026"))),
        [
            Section("summary", Text("At a glance", "一屏概览"), summary),
            Section("kol", Text("Key people", "关键成员"), [], replace(ordinary(), facts={})),
            Section("hours", Text("Busy hours", "活跃时段"), [], replace(hours(), facts={})),
            Section("alerts", Text("Alerts", "预警"), [Note(Text("Nothing unusual.", "没有异常。"))]),
        ],
        dict(FACTS),
    )
