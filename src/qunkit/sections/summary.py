"""The week in short: headline figures against the week before and what is usual, and messages by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from statistics import median

from qunkit.headlines import ad_ratio, first_response, leaves, stages
from qunkit.results import Chart, Column, Figure, Note, Result, Role, Section
from qunkit.week import Row, Week, note
from qunkit.words import Text

PLACE = 10
TITLE = Text("The week in short", "本周概况")

_PEOPLE = Text(
    "First-time posters {new_posters}; posted the week before and stayed silent in this one {lapsed_posters}.",
    "首次发言 {new_posters} 人；上周发言、本周沉默 {lapsed_posters} 人。",
)
_MOVES = Text("Whoever leaves alone leaves no notice.", "自行退群不会有提示。")
_PARTIAL = Text(
    "The data end on {last}: this week is not complete and is not compared.",
    "数据截至 {last}，本周尚未结束，不作对比。",
)
_HOLES = Text(
    "{holes} days of the two weeks hold no data in any group: not exported, not silent.",
    "两周内有 {holes} 天全部群均无数据：属于未导出，并非沉默。",
)
_NOTHING = Text("No messages this week.", "本周没有消息。")
_NO_BASELINE = Text(
    "The dataset holds no data of the week before: there is nothing to compare with.",
    "数据集中没有上一周的数据，无法对比。",
)
_DAILY = Text("Messages a day", "每日消息数")
_DAILY_ABOUT = Text("Most in {days} days: {top} on {top_day}.", "近 {days} 天中 {top_day} 最多，为 {top} 条。")
_MARKED_ABOUT = Text(
    "Most in {days} days: {top} on {top_day}. Marked: {events}.",
    "近 {days} 天中 {top_day} 最多，为 {top} 条。已标注：{events}。",
)
_EVENT = Column(
    "event", "text", Text("event", "事件"), Text("of qunkit.toml or events.csv", "来自 qunkit.toml 或 events.csv")
)
_STAGES = Text(
    "Groups by stage: {stages}; newly so this week: {fresh}.", "各阶段群数：{stages}；本周新进入的：{fresh} 个。"
)
_UNJUDGED = Text("not judged yet", "尚无法判断")
_STAGE = Text("{stage} {n}", "{stage} {n}")
_FIGURES = ("messages", "posters", "groups", "joins", "removed")


def section(week: Week) -> Section:
    """Figures, and what has to be known to read them."""
    return Section(
        "summary",
        TITLE,
        _lines(week),
        figures=[*_figures(week), *_more_figures(week)],
        charts=_daily(week.result("compare_days"), week),
    )


def _more_figures(week: Week) -> list[Figure]:
    """What needs messages to be told."""
    return [*leaves(week), *(ad_ratio(week) if week.this["messages"] else []), *first_response(week)]


def _lines(week: Week) -> list[Note]:
    this, before = week.this, week.before
    notes = [] if this["messages"] else [Note(_NOTHING)]
    if not before["data_days"]:
        notes.append(Note(_NO_BASELINE))
    elif this["messages"]:
        notes.append(note(_PEOPLE, {name: this[name] for name in ("new_posters", "lapsed_posters")}))
    notes += _stages(week)
    if holes := this["hole_days"] + before["hole_days"]:
        notes.append(note(_HOLES, {"holes": holes}))
    if not week.is_whole:
        notes.append(note(_PARTIAL, {"last": week.facts["last"]}))
    return notes


def _stages(week: Week) -> list[Note]:
    """How many groups are in each stage, and how many came to theirs this week."""
    rows = week.rows("lifecycle")
    if week.group or not rows:
        return []
    words = next(column.words for column in week.result("lifecycle").columns if column.name == "stage") or {}
    told = [note(_STAGE, {"stage": words.get(stage or "", _UNJUDGED), "n": n}) for stage, n in stages(rows).items()]
    fresh = sum(row["since"] is not None and row["since"] >= week.monday for row in rows)
    return [note(_STAGES, {"stages": told, "fresh": fresh})]


def _figures(week: Week) -> list[Figure]:
    """Each against the week before, and the median of the weeks before that have no holes. A week that is not over is not compared."""
    columns = {column.name: column for column in week.result("compare_periods").columns}
    full = [row for row in week.rows("compare_periods")[:-1] if not row["hole_days"]] if week.is_whole else []
    return [
        Figure(
            columns[name],
            week.this[name],
            week.before[name] if week.is_whole else None,
            float(median(row[name] for row in full)) if full else None,
            len(full) or 8,
            note=Note(_MOVES) if name == "removed" else None,
        )
        for name in _FIGURES
        if not (week.group and name == "groups")
    ]


def _daily(days: Result, week: Week) -> list[Chart]:
    """With those of the week before as a ghost, and what the owner of the dataset says happened."""
    known = [row for row in week.rows("compare_days") if row["messages"] is not None]
    if not known:
        return []
    top = max(known, key=lambda row: row["messages"])
    facts: Row = {"days": len(known), "top_day": top["day"], "top": top["messages"]}
    roles: dict[Role, str] = {"x": "day", "y": "messages", "ghost": "messages_before"}
    labels = _labels(week, {row["day"] for row in week.rows("compare_days")})
    if not labels:
        return [Chart("daily", "trend", _DAILY, note(_DAILY_ABOUT, facts), days, roles)]
    cells = [(*row.values(), labels.get(row["day"])) for row in week.rows("compare_days")]
    marked = replace(days, columns=(*days.columns, _EVENT), cells=cells)
    facts["events"] = [f"{day} {label}" for day, label in sorted(labels.items())]
    return [Chart("daily", "trend", _DAILY, note(_MARKED_ABOUT, facts), marked, {**roles, "event": "event"})]


def _labels(week: Week, days: set[date]) -> dict[date, str]:
    """What happened on the days of the chart; several events of a day are one label."""
    found: dict[date, str] = {}
    for day, label in week.scope.events:
        if day in days:
            found[day] = f"{found[day]} / {label}" if day in found else label
    return found
