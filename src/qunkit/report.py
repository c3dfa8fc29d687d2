"""The weekly report: what happened this week against the week before. Results in order; renderers draw them.

Every sentence is made of figures that stand in a result; nothing is counted here that an analysis does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from qunkit.analyze import Engine, analyze
from qunkit.dataset import Scope
from qunkit.results import Cell, Note, Report, Result, Section
from qunkit.words import Text

TOP_MEMBERS = 10
QUIET_DAYS = 7
"""Full days without a post after which a group is listed as silent: a whole week."""

TITLE = Text("Weekly report {week}", "社群周报 {week}")

_SUMMARY = Text("The week in short", "本周概况")
_VOLUME = Text(
    "Messages {messages} ({messages_change}), people posting {posters} ({posters_change}), groups with messages {groups} ({groups_change}); in brackets against the week before.",
    "消息 {messages} 条（环比 {messages_change}），发言 {posters} 人（环比 {posters_change}），有消息的群 {groups} 个（环比 {groups_change}）。",
)
_VOLUME_ALONE = Text(
    "Messages {messages}, people posting {posters}, groups with messages {groups}.",
    "消息 {messages} 条，发言 {posters} 人，有消息的群 {groups} 个。",
)
"""Of a week with no data before it."""
_PEOPLE = Text(
    "First-time posters {new_posters}; posted the week before and stayed silent in this one {lapsed_posters}.",
    "首次发言 {new_posters} 人；上周发言、本周沉默 {lapsed_posters} 人。",
)
_MOVES = Text(
    "Announced joins {joins}, removals {removed}. Whoever leaves alone leaves no notice.",
    "系统提示入群 {joins} 人次，移出 {removed} 人次。自行退群不会有提示。",
)
_PARTIAL = Text(
    "The data end on {last}: this week is not complete, so changes compare unequal weeks.",
    "数据截至 {last}，本周尚未结束，环比仅供参考。",
)
_PARTIAL_ALONE = Text("The data end on {last}: this week is not complete.", "数据截至 {last}，本周尚未结束。")
_HOLES = Text(
    "{holes} days of the two weeks hold no data in any group: not exported, not silent.",
    "两周内有 {holes} 天全部群均无数据：属于未导出，并非沉默。",
)
_NOTHING = Text("No messages this week.", "本周没有消息。")
_EMPTY_TITLE = Text("Weekly report", "社群周报")
_EMPTY = Text("The dataset has no messages.", "数据集中没有消息。")
_NO_DATA = Text("The dataset holds no data of this week.", "数据集中没有本周的数据。")
_NO_BASELINE = Text(
    "It holds no data of the week before: there is nothing to compare with.", "数据集中没有上一周的数据，无法对比。"
)

_SILENT = Text("Groups that fell silent", "沉默的群")
_FELL = Text(
    "{name}: {messages_before} messages the week before, none this week; last post {last_post}.",
    "{name}：上周 {messages_before} 条，本周 0 条；最后发言 {last_post}。",
)
_STILL = Text("{name}: silent for {days} days.", "{name}：已沉默 {days} 天。")
_NONE_SILENT = Text("None: every group spoke this week.", "没有：本周每个群都有消息。")
_GROUPS = Text("Groups", "各群情况")
_MEMBERS = Text("Top members", "发言最多的成员")
_HOURS = Text("Busiest hours", "活跃时段")

_GROUP_COLUMNS = (
    "group_name",
    "messages",
    "change",
    "posters",
    "posters_before",
    "joins",
    "removed",
    "days",
    "last_post",
)
_MEMBER_COLUMNS = ("name", "group_name", "messages", "share", "active_days", "replies_got")


def weekly(engine: Engine, scope: Scope, facts: Mapping[str, Cell], *, empty: bool) -> Report:
    """The report of the week that `scope` opens; `facts` are told with it. `empty`: the dataset has no messages at all.

    `scope.since` and `scope.until` must be set: seven days, or up to as-of in a week that is not over.
    """
    ask = partial(analyze, engine, scope=scope)
    this, before = _records(ask("compare"))
    week = f"{scope.since:%G-W%V}" if scope.since else ""
    title, told = Note(TITLE, (("week", week),)), {"week": week, **facts}
    if empty:
        told = {**facts, "week": None, "since": None, "until": None, "as_of": None}
        return Report("weekly", Note(_EMPTY_TITLE), [Section("summary", _SUMMARY, [Note(_EMPTY)])], told)
    if not this["data_days"]:
        return Report("weekly", title, [Section("summary", _SUMMARY, [Note(_NO_DATA)])], told)
    groups = ask("compare_groups")
    rows = _records(groups)
    sections = [
        Section("summary", _SUMMARY, _summary(this, before, scope, facts)),
        Section("silent", _SILENT, _silent(rows)),
        Section("groups", _GROUPS, result=_only(groups, _GROUP_COLUMNS)),
    ]
    if this["messages"]:
        members = _only(ask("activity_members"), _MEMBER_COLUMNS, TOP_MEMBERS)
        sections += [
            Section("members", _MEMBERS, result=members),
            Section("hours", _HOURS, result=ask("activity_hours")),
        ]
    return Report("weekly", title, sections, told)


def _summary(this: dict[str, Any], before: dict[str, Any], scope: Scope, facts: Mapping[str, Cell]) -> list[Note]:
    if not this["messages"]:
        notes = [Note(_NOTHING)]
    elif not before["data_days"]:
        notes = [_note(_VOLUME_ALONE, this), _note(_MOVES, this)]
    else:
        changes = {f"{name}_change": _change(this[name], before[name]) for name in ("messages", "posters")}
        groups = {"groups_change": this["groups"] - before["groups"]}
        notes = [_note(_VOLUME, this | changes | groups), _note(_PEOPLE, this), _note(_MOVES, this)]
    if not before["data_days"]:
        notes.append(Note(_NO_BASELINE))
    if holes := this["hole_days"] + before["hole_days"]:
        notes.append(Note(_HOLES, (("holes", holes),)))
    last = facts.get("last")
    if scope.since and last is not None and last < scope.since + timedelta(days=6):  # type: ignore[operator]
        notes.append(Note(_PARTIAL if before["data_days"] else _PARTIAL_ALONE, (("last", last),)))
    return notes


def _silent(rows: list[dict[str, Any]]) -> list[Note]:
    silent = [row for row in rows if not row["messages"] and row["last_post"] is not None]
    fell = [row for row in silent if row["messages_before"]]
    still = [row for row in silent if not row["messages_before"] and (row["days_silent"] or 0) >= QUIET_DAYS]
    notes = [_note(_FELL, row | {"name": _name(row)}) for row in fell]
    notes += [Note(_STILL, (("name", _name(row)), ("days", row["days_silent"]))) for row in still]
    return notes or [Note(_NONE_SILENT)]


def _change(now: int, before: int | None) -> float | None:
    """Growth as a share of 1; null from nothing."""
    return (now - before) / before if before else None


def _name(row: dict[str, Any]) -> str:
    return str(row["group_name"])


def _note(text: Text, facts: Mapping[str, Any]) -> Note:
    return Note(text, tuple(facts.items()))


def _records(result: Result) -> list[dict[str, Any]]:
    """Rows as dicts; the result can still be read."""
    result.cells = list(result.rows())
    names = [column.name for column in result.columns]
    return [dict(zip(names, row, strict=True)) for row in result.cells]


def _only(result: Result, columns: tuple[str, ...], most: int | None = None) -> Result:
    """A result with fewer columns and rows."""
    at = [next(i for i, column in enumerate(result.columns) if column.name == name) for name in columns]
    rows = list(result.rows())[:most]
    chosen: Callable[[tuple[Cell, ...]], tuple[Cell, ...]] = lambda row: tuple(row[i] for i in at)  # noqa: E731
    return replace(result, columns=tuple(result.columns[i] for i in at), cells=[chosen(row) for row in rows])
