"""Alerts, 告警: what `alert_rules` say of the last whole days, as one table; and what of it was not told before.

    rule        level     group_name  name    since       value  threshold  reason                       next
    dead        critical  业主群              2026-04-12     31         30  dead: days silent            close it
    ads         warning   老乡二手群          2026-05-04   0.31        0.2  share of ads reaches its line  remove ad accounts
    kol_silent  warning   妈妈群      小曼    2026-05-02      9          7  a key person silent: days    write to them

A day counts if both as-of and the data reach its end. An alert that held when alerts were last told is known by a keyed mark (`ingest.told`); one that has ended and fires again is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from qunkit import registry
from qunkit.alert_rules import (
    BEFORE,
    MONTH,
    NEXT,
    PAST,
    REASONS,
    RULES,
    SILENT,
    WEEK,
    Alert,
    Facts,
    Need,
    Row,
    Window,
)
from qunkit.analyze import Models, Within, analyze
from qunkit.config.tables import Config
from qunkit.dataset import Scope
from qunkit.privacy import Pseudonyms, keyed
from qunkit.results import Cell, Column, Note, Result
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.ingest.told import Told

TITLE = Text("Alerts", "告警")
LEVELS = {"critical": Text("critical", "严重"), "warning": Text("warning", "警告")}
COLUMNS = (
    Column("rule", "text", Text("rule", "规则"), Text("which rule fired; `[alerts]` in qunkit.toml turns each on and off", "触发的规则，可在 qunkit.toml 的 [alerts] 中开关"), words={name: rule.title for name, rule in RULES.items()}),
    Column("level", "text", Text("level", "级别"), Text("critical: a group dead or ad-ridden, or ads surely above the line; else warning", "严重：死群、广告化死群，或广告占比的下限也达到告警线；其余为警告"), words=LEVELS, spare=4),
    Column("group_id", "text", Text("group id", "群 id"), spare=8),
    Column("group_name", "text", Text("group", "群")),
    Column("member_id", "text", Text("member id", "成员 id"), Text("whom it is about; null: the group", "所涉成员；为空表示针对全群"), spare=9),
    Column("name", "text", Text("member", "成员"), Text("whom it is about; null: the group", "所涉成员；为空表示针对全群"), spare=2),
    Column("since", "date", Text("since", "起始"), Text("first day of what was judged, or since when it is so", "判断时段的首日，或该状态的起始日"), spare=7),
    Column("value", "float", Text("value", "数值"), Text("what the reason counts", "见原因所述的数值")),
    Column("threshold", "float", Text("line", "告警线"), Text("what it reached, or is beyond", "达到或超出的界限"), spare=5),
    Column("reason", "text", Text("reason", "原因"), words=REASONS),
    Column("next", "text", Text("next step", "下一步"), words=NEXT, spare=1),
)  # fmt: skip
_NONE = Text("No rule fired.", "没有触发任何规则。")
_NOTHING_NEW = Text("Nothing new since the last run.", "自上次运行以来没有新告警。")
_NO_DAY = Text("No day of the data is whole yet: nothing could be judged.", "数据中尚无完整的一天，无法判断。")
_JUDGED = Text(
    "Judged are whole days, up to {day}; questions up to {now}.", "按完整的日子判断，截至 {day}；提问截至 {now}。"
)
_TOLD = Text("Told before, and holding still: {n}.", "{n} 条仍在持续的告警此前已报告。")
_TICK, _DAY = timedelta(milliseconds=1), timedelta(days=1)
_ALMOST = timedelta(seconds=1)
"""Times in exports have whole seconds: a day is over at its last one."""


@dataclass(slots=True)
class Alerts(Result):
    """The alerts that are told, and the marks of all that hold: to be kept once they have been told (`Dataset.keep_alerts`)."""

    marks: Told | None = None
    """Of groups, marks of what holds now; None: it was not asked for with `since`, or no day was whole, and nothing is to be kept."""
    chosen: frozenset[str] = frozenset()
    """Marks of the groups that were asked for; empty: all."""

    def asked(self, group: str) -> bool:
        """Whether the group with that mark was asked for: what was told of others still counts."""
        return not self.chosen or group in self.chosen


def alerts(
    within: Within,
    scope: Scope,
    settings: Config,
    facts: Mapping[str, Cell],
    *,
    models: Models,
) -> tuple[list[Alert] | None, Alerts]:
    """What fires, the worst first, and the table of it; None where no day is whole."""
    if scope.data is None or scope.as_of is None:
        return None, Alerts("alerts", TITLE, COLUMNS, [], [], dict(facts), empty=_NONE)
    now = min(scope.as_of, scope.data[1])
    until = _whole(now, scope.day_start)
    if until <= scope.data[0]:
        return None, Alerts("alerts", TITLE, COLUMNS, [], [Note(_NO_DAY)], dict(facts), empty=_NONE)
    rules = {name: rule for name, rule in RULES.items() if getattr(settings.alerts, name)}
    holes = facts.get("holes")
    known = Facts(
        _answers({need for rule in rules.values() for need in rule.needs}, within, scope, settings, until, now, models),
        settings,
        until,
        now,
        scope.selling,
        frozenset(holes) if isinstance(holes, list) else frozenset(),
        scope.data[0],
    )
    day = known.last_day
    notes = [Note(_JUDGED, (("day", day), ("now", f"{now:%Y-%m-%d %H:%M:%S}")))]
    found: list[Alert] = []
    for rule in rules.values():
        told, unknown = rule.judge(known)
        found += told
        notes += [Note(rule.unknown, (("n", unknown),))] if rule.unknown and unknown else []
    found.sort(key=_place)
    judged: dict[str, Cell] = {**facts, "until": until, "since": until - WEEK * _DAY}
    return found, Alerts("alerts", TITLE, COLUMNS, list(map(_cells, found)), notes, judged, empty=_NONE)


def untold(
    found: list[Alert], table: Alerts, before: Told, key: bytes, groups: Iterable[str], *, masked: bool
) -> Alerts:
    """The table without what `before` says was told, and with the marks of what holds; `groups` are those that were asked for (none: all), ids are `masked` if they are pseudonyms already."""
    marked = _Marks(key, masked)
    now: dict[str, tuple[str, ...]] = {}
    new: list[Alert] = []
    for alert in found:
        group, mark = marked.group(alert.group_id), marked.alert(alert)
        now[group] = (*now.get(group, ()), mark)
        if mark not in before.get(group, ()):
            new.append(alert)
    notes = [*table.notes, *([Note(_TOLD, (("n", len(found) - len(new)),))] if len(new) < len(found) else [])]
    return replace(
        table,
        cells=list(map(_cells, new)),
        notes=notes,
        marks=now,
        chosen=frozenset(map(marked.group, groups)),
        empty=_NOTHING_NEW,
    )


@dataclass(frozen=True, slots=True)
class _Marks:
    """What stands for groups and alerts: pseudonyms first, so that a run that shows them and one that does not mean the same."""

    key: bytes
    masked: bool

    def group(self, id: str) -> str:
        return keyed(self.key, "alerts", id if self.masked else Pseudonyms(self.key).group(id))

    def alert(self, alert: Alert) -> str:
        person = alert.member_id or ""
        if person and not self.masked:
            person = Pseudonyms(self.key).member(alert.group_id, person)
        return keyed(self.key, "alerts", "\0".join((alert.rule, alert.reason, self.group(alert.group_id), person, alert.episode)))  # fmt: skip


def _whole(now: datetime, day_start: int) -> datetime:
    """Where the last day ends that is over at `now`."""
    over = now + _ALMOST - timedelta(hours=day_start)
    return datetime.combine(over.date(), time()) + timedelta(hours=day_start)


def _answers(
    needs: set[Need], within: Within, scope: Scope, settings: Config, until: datetime, now: datetime, models: Models
) -> dict[Need, list[Row]]:
    """The rows that rules need, a window after the other."""
    found: dict[Need, list[Row]] = {}
    for window, seen in _windows(scope, until, now).items():
        asked = sorted(need for need in needs if need.window == window)
        if asked:
            with within(seen) as engine:
                for need in asked:
                    params = _params(need, settings)
                    found[need] = _rows(analyze(engine, need.analysis, params, scope=seen, models=models))
    return found


def _windows(scope: Scope, until: datetime, now: datetime) -> dict[Window, Scope]:
    def days(count: int, end: datetime) -> Scope:
        return replace(scope, since=end - count * _DAY, until=end, as_of=end - _TICK)

    return {
        "week": days(WEEK, until),
        "before": days(BEFORE, until - WEEK * _DAY),
        "past": days(PAST, until),
        "month": days(MONTH, until),
        "now": replace(scope, since=now - WEEK * _DAY, until=now + _TICK, as_of=now),
    }


def _params(need: Need, settings: Config) -> Any:
    """What an analysis is told where its defaults are not meant."""
    asked: dict[str, dict[str, Any]] = {
        SILENT.analysis: {"days": int(settings.alerts.kol_days)},
        "activity": {"per": "day"},
        "growth": {"per": "week"},
    }
    return registry.load("analyses", need.analysis).Params(**asked.get(need.analysis, {}))


def _rows(result: Result) -> list[Row]:
    names = [column.name for column in result.columns]
    return [dict(zip(names, row, strict=True)) for row in result.rows()]


def _place(alert: Alert) -> tuple[Any, ...]:
    levels, rules = list(LEVELS), list(RULES)
    return (
        levels.index(alert.level), rules.index(alert.rule), alert.group_name or "", alert.group_id, alert.member_id or "", alert.since or date.min, alert.reason,
    )  # fmt: skip


def _cells(alert: Alert) -> tuple[Cell, ...]:
    cells = alert._asdict()
    return tuple(cells[column.name] for column in COLUMNS)
