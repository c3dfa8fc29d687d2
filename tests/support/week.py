"""A week of an invented fleet, as reports that look like real ones, with every kind of chart; `names` puts others in the place of everybody's name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from qunkit.results import Cell, Chart, Column, Figure, Note, Report, Result, Section
from qunkit.words import Text

MONDAY = date(2026, 11, 16)
FACTS: dict[str, Cell] = {
    "since": MONDAY, "until": MONDAY + timedelta(days=7), "as_of": datetime(2026, 11, 22, 23, 59, 59, 999000), "timezone": "Asia/Shanghai",
    "first": datetime(2026, 8, 3, 7, 12), "last": datetime(2026, 11, 22, 23, 41), "holes": [date(2026, 10, 1)], "dataset": "3f9a1c0e77b24d51",
}  # fmt: skip
GROUPS = (
    "周末徒步🥾",
    "阅读打卡①群",
    "母婴好物团购·城西店",
    "云朵猫猫互助会",
    "Sunday Walkers & friends",
    "老友记英语角",
    "上海桌游局",
)
PEOPLE = (
    "小满🐼", "阿岚", "Kai Berg", "请叫我产品部门里最爱跑马拉松的那位同学", "老K", "Ana Lindqvist", "青团", "👨‍👩‍👧 幸福一家", "大白", "木子李", "Momo", "栗子", "南风知我意", "Ziv",
)  # fmt: skip


def _column(name: str, type_: str, en: str, zh: str, **more: object) -> Column:
    return Column(name, type_, Text(en, zh), **more)  # type: ignore[arg-type]


GROUP_ID = _column("group_id", "text", "group id", "群 id")
GROUP = _column("group_name", "text", "group", "群")
MESSAGES = _column("messages", "int", "messages", "消息数")
DAY = _column("day", "date", "day", "日期")


def fleet(names: Sequence[str] = (*GROUPS, *PEOPLE), groups: int = 14) -> Report:
    """The page of the whole fleet."""
    dice = Random(20)
    name = lambda at: names[at % len(names)] if at < len(names) else f"{names[at % len(names)]} {at}"  # noqa: E731
    rows = [
        (f"{at}@chatroom", name(at), round(2400 / (at + 1) ** 0.8), (0.12, -0.305, None, 0.0)[at % 4], 40 - at, dice.randrange(9), dice.randrange(4), MONDAY + timedelta(days=at % 7))
        for at in range(groups)
    ]  # fmt: skip
    columns = (
        GROUP_ID, GROUP, MESSAGES, _column("change", "ratio", "vs week before", "较上周"), _column("posters", "int", "people posting", "发言人数"),
        _column("joins", "int", "joins", "入群"), _column("leaves", "int", "leaves seen", "退群（有据）"), _column("last_post", "date", "last post", "最后发言"),
    )  # fmt: skip
    attention = (
        GROUP_ID, GROUP, _column("reason", "text", "why", "原因"), _column("next_step", "text", "next step", "建议"),
    )  # fmt: skip
    needing = [
        ("2@chatroom", name(2), "广告占 31.0%（n=412），8 周前为 2.0%", "移出 3 个广告账号，开启入群验证"),
        ("5@chatroom", name(5), "连续 9 天无人发言，此前每周约 120 条", "由群主发起一次打卡，3 天后复查"),
        ("1@chatroom", name(1), f"KOL“{name(8)}”一周未发言", "私聊问候，约定本周话题"),
    ]
    sections = [
        Section(
            "summary", Text("The week in short", "本周概况"), _summary(name), figures=headlines(), charts=[trend(dice)]
        ),
        Section(
            "attention",
            Text("Groups needing attention", "需要关注的群"),
            result=_result("attention", attention, needing),
        ),
        Section("ads", Text("Ads", "广告"), charts=[ratios(names)]),
        Section("hours", Text("When people talk", "活跃时段"), charts=[heat(dice), waits(dice)]),
        Section("groups", Text("All groups", "各群情况"), result=_result("groups", columns, rows)),
    ]
    return Report(
        "weekly", Note(Text("Weekly report {week}", "社群周报 {week}"), (("week", "2026-W47"),)), sections, dict(FACTS)
    )


def group(names: Sequence[str] = (*GROUPS, *PEOPLE), at: int = 0) -> Report:
    """The page of one group."""
    dice = Random(at)
    people = names[len(GROUPS) :] if len(names) == len(GROUPS) + len(PEOPLE) else names
    columns = (
        _column("name", "text", "member", "成员"), MESSAGES, _column("share", "ratio", "share", "占比"), _column("replies_got", "int", "replies got", "收到回复"),
        _column("reply_seconds", "seconds", "median reply", "回复中位时长"), _column("days", "series", "by day", "每日"),
    )  # fmt: skip
    rows = [
        (
            one,
            300 // (nth + 1),
            0.3 / (nth + 1),
            40 - nth,
            65.0 * 3**nth % 90_000,
            [dice.randrange(30) for _ in range(7)],
        )
        for nth, one in enumerate(people)
    ]
    sections = [
        Section("activity", Text("Activity", "活跃"), [Note(Text("No roster: leaves are a lower bound.", "没有成员名单：退群人数为下限。"))], figures=headlines(), charts=[trend(dice), heat(dice)]),
        Section("kol", Text("Key people and their pull", "KOL 与影响力"), charts=[network(people)], result=_result("kol", columns, rows)),
        Section("churn", Text("Staying and leaving", "留存与流失"), charts=[cohorts()], sections=[
            Section("risk", Text("At risk", "流失风险名单"), result=_result("risk", columns[:3], [row[:3] for row in rows[:4]])),
        ]),
        Section("ads", Text("Ads", "广告"), charts=[ratios(people)]),
        Section("topics", Text("New topics", "新话题"), [Note(Text("Nothing new this week.", "本周没有新话题。"))]),
    ]  # fmt: skip
    title = Note(
        Text("{group} · {week}", "{group} · {week}"), (("group", names[at % len(names)]), ("week", "2026-W47"))
    )
    return Report("weekly_group", title, sections, dict(FACTS))


def headlines() -> list[Figure]:
    """Cards: counts, a share, a duration, one that is not known."""
    return [
        Figure(MESSAGES, 20431, 18882, 19750.0),
        Figure(_column("posters", "int", "people posting", "发言人数"), 1286, 1301, 1290.0, weeks=5),
        Figure(_column("ad_share", "ratio", "ad share", "广告占比"), 0.0312, 0.0416, 0.021, n=20431),
        Figure(_column("wait_seconds", "seconds", "wait for an answer, median", "首次回复中位时长"), 740.0, 1100.0, 810.0, n=318),
        Figure(_column("joins", "int", "joins", "入群"), 87, None, None),
        Figure(_column("leaves", "int", "leaves", "退群"), None, note=Note(Text("No roster and no notices: not known.", "没有名单和系统提示：未知。"))),
    ]  # fmt: skip


def _summary(name: object) -> list[Note]:
    return [
        Note(
            Text("Messages {messages} ({messages_change}), people posting {posters}.", "消息 {messages} 条（环比 {messages_change}），发言 {posters} 人。"),
            (("messages", 20431), ("messages_change", 0.082), ("posters", 1286)),
        ),
        Note(Text("Most ads came from “{who}”.", "广告最多的是“{who}”。"), (("who", name(9)),)),  # type: ignore[operator]
    ]  # fmt: skip


def _result(
    name: str, columns: tuple[Column, ...], rows: Sequence[tuple[Cell, ...]], en: str = "", zh: str = ""
) -> Result:
    return Result(name, Text(en or name, zh or name), columns, list(rows))


def trend(dice: Random, days: int = 28) -> Chart:
    """Messages by day: the four weeks before as a ghost, limits, an alarm, two events, a day without data."""
    columns = (
        DAY, MESSAGES, _column("messages_before", "int", "four weeks earlier", "四周前"), _column("low", "float", "usual limits", "正常范围"),
        _column("high", "float", "usual limits", "正常范围"), _column("event", "text", "event", "事件"), _column("alarm", "bool", "out of the limits", "超出范围"),
    )  # fmt: skip
    rows = []
    for at in range(days):
        day = MONDAY - timedelta(days=days - 7 - at)
        usual = 2300 + (900 if day.isoweekday() > 5 else 0)
        value = None if at == 9 else round(usual * (0.85 + dice.random() * 0.3)) if at != days - 3 else 6900
        event = {days - 3: "双十一返场直播", 6: "换群公告：每晚八点打卡"}.get(at)
        rows.append(
            (day, value, round(usual * (0.8 + dice.random() * 0.3)), usual * 0.6, usual * 1.5, event, at == days - 3)
        )
    return Chart(
        "messages", "trend", Text("Messages a day", "每日消息数"),
        Note(Text("Messages a day over {days} days: highest 6,900 on 11-20, out of the limits.", "{days} 天每日消息数：11-20 最高，为 6,900 条，超出正常范围。"), (("days", days),)),
        _result("messages_by_day", columns, rows, "Messages a day", "每日消息数"),
        {"x": "day", "y": "messages", "ghost": "messages_before", "low": "low", "high": "high", "event": "event", "alarm": "alarm"},
    )  # fmt: skip


def waits(dice: Random) -> Chart:
    """Durations by week."""
    columns = (_column("week", "date", "week", "周"), _column("wait_seconds", "seconds", "median wait", "等待中位时长"))
    rows = [(MONDAY - timedelta(weeks=8 - at), 300.0 + 500 * dice.random()) for at in range(9)]
    return Chart(
        "waits", "trend", Text("Wait for the first answer", "首次回复等待时长"), Note(Text("Between 5 and 13 minutes.", "5 至 13 分钟之间。")),
        _result("waits", columns, rows), {"x": "week", "y": "wait_seconds"},
    )  # fmt: skip


def heat(dice: Random) -> Chart:
    """Hours and weekdays; Sunday morning was not observed."""
    columns = (
        _column("weekday", "int", "weekday", "星期"), _column("hour", "int", "hour", "小时"), _column("mean_messages", "float", "messages an hour", "每小时消息数"),
    )  # fmt: skip
    rows = [
        (
            day,
            hour,
            None
            if day == 7 and hour < 7
            else 0.0
            if hour < 7
            else round(dice.random() * 20 + (60 if hour in (12, 20, 21) else 0), 1),
        )
        for day in range(1, 8)
        for hour in range(24)
    ]
    return Chart(
        "hours", "heat", Text("Messages by hour and weekday", "各时段消息数"), Note(Text("Busiest at 12, 20 and 21 o'clock.", "12 点、20 点和 21 点最活跃。")),
        _result("activity_hours", columns, rows), {"weekday": "weekday", "hour": "hour", "value": "mean_messages"},
    )  # fmt: skip


def cohorts(weeks: int = 9) -> Chart:
    """Who came in a week, and who still speaks."""
    columns = (
        _column("cohort", "date", "first week", "入群周"), _column("age", "int", "weeks since", "第几周"), _column("kept", "ratio", "still posting", "仍在发言"),
        _column("members", "int", "newcomers", "新成员"),
    )  # fmt: skip
    rows = [
        (MONDAY - timedelta(weeks=weeks - 1 - at), age, round((0.55 + 0.03 * at) ** age, 3), 12 + 7 * at % 31)
        for at in range(weeks)
        for age in range(weeks - at)
    ]
    return Chart(
        "cohorts", "cohorts", Text("Newcomers who still post, %, by weeks since they came", "新成员留存（%）：入群后第几周仍在发言"),
        Note(Text("Half of the newcomers fall silent after a week.", "一半新成员一周后不再发言。")), _result("cohorts", columns, rows),
        {"cohort": "cohort", "age": "age", "value": "kept", "n": "members"},
    )  # fmt: skip


def ratios(names: Sequence[str]) -> Chart:
    """Ad shares with their intervals; one is of too few."""
    columns = (
        GROUP, _column("ad_share", "ratio", "ad share", "广告占比"), _column("low", "ratio", "95% interval", "95% 区间"), _column("high", "ratio", "95% interval", "95% 区间"),
        MESSAGES, _column("ad_share_before", "ratio", "week before", "上周"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (name, 0.31 / (at + 1), 0.25 / (at + 1), 0.37 / (at + 1), 2412 // (at + 1), 0.02 + 0.28 / (at + 2))
        for at, name in enumerate(names[:9])
    ]
    rows.append((names[-1], None, None, None, 7, None))
    return Chart(
        "ads", "ratios", Text("Ads among messages", "广告占比"), Note(Text("Highest 31.0%.", "最高 31.0%。")), _result("ads", columns, rows),
        {"label": "group_name", "value": "ad_share", "low": "low", "high": "high", "n": "messages", "before": "ad_share_before"},
    )  # fmt: skip


def network(names: Sequence[str], members: int = 20) -> Chart:
    """Who answers whom: the first most of all."""
    columns = (
        _column("group_id", "text", "group id", "群 id", edge="group"), _column("sender_id", "text", "sender id", "发送者 id", edge="source"),
        _column("name", "text", "sender", "发送者", edge="source_name"), _column("to_id", "text", "to (id)", "回复对象 id", edge="target"),
        _column("to_name", "text", "to", "回复对象", edge="target_name"), _column("replies", "int", "replies", "回复", edge="weight"),
    )  # fmt: skip
    name = lambda at: names[at % len(names)]  # noqa: E731
    rows = [
        ("1@chatroom", f"m{one}", name(one), f"m{other}", name(other), 60 // (one + other + 1))
        for one in range(members)
        for other in range(members)
        if one != other and (one * 7 + other * 3) % 5 < 2 and one + other < 20
    ]
    return Chart("replies", "network", Text("Who answers whom", "谁回复谁"), Note(Text("Most replies go to the first.", "回复最多的是第一位。")), _result("replies", columns, rows))  # fmt: skip
