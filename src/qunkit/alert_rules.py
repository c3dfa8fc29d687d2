"""What may be an alert, 告警规则: rules over figures that analyses give, on whole days alone; nothing is counted here.

A rule says which analyses it needs, in which window, and judges their rows (docs/methods/alerts.md). Thresholds are in `[alerts]` of qunkit.toml, and those of a stage or a share of ads
where they are for the analysis itself. What nobody can know is no alert: a rule gives the number of groups that it could not judge.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any, Literal, NamedTuple

from qunkit.analyses.lifecycle import NEXT as NEXT_OF_STAGE
from qunkit.config.tables import Config, Response
from qunkit.words import Text

Row = Mapping[str, Any]
Window = Literal["week", "before", "past", "month", "now"]
WEEK, BEFORE, PAST, MONTH = 7, 56, 70, 28
"""Days: the last whole ones; those before them, in which key people showed themselves; those that say what is usual; those of newcomers."""
_DAY = timedelta(days=1)
LEAST_NEWCOMERS = 5
"""Who spoke, for a share of them."""
ALONE_S = 3600
"""Seconds in which nobody wrote anything: sooner, it may have been an answer."""
_LEAST_WEEKS = 4
"""Whole weeks before, without which nobody knows what is usual."""

REASONS = {
    "many_ads": Text("share of ads reaches its line", "广告占比达到告警线"),
    "ad_ridden": Text("almost only ads and staff: their share", "几乎只剩广告和官方（占比）"),
    "dead": Text("dead: days silent", "死群：沉默天数"),
    "suspected": Text("silent beyond its own rhythm: days", "沉默超过自身上限（天）"),
    "far_below_peak": Text("speakers a week far below its peak", "周发言人数远低于峰值"),
    "below_peak": Text("speakers a week below half its peak", "周发言人数不及峰值一半"),
    "down": Text("fewer speakers a week", "周发言人数减少"),
    "kol_silent": Text("a key person silent: days", "KOL 未发言天数"),
    "unanswered": Text("questions that wait too long", "超时未响应的提问数"),
    "newcomers": Text("share of newcomers left alone", "新人发言无人理会的占比"),
    "spike": Text("messages of a day above its limits", "单日消息数超出正常上限"),
    "drop": Text("messages of 7 days below its limits", "7 天消息数低于正常下限"),
    "leaves_notice": Text("left or removed in a week, by notice", "一周退群和移出人次（提示）"),
    "leaves_roster": Text("gone in a week, by rosters", "一周离群人次（名单）"),
    "joins": Text("joined in a week", "一周入群人次"),
}
"""Why, and what `value` and `threshold` are."""
NEXT = {
    **NEXT_OF_STAGE,
    "remove": Text("remove ad accounts (ads offenders)", "移出广告号（ads offenders）"),
    "ask": Text("write to them; agree on a topic", "私聊问候，约定话题"),
    "answer": Text("answer them (response questions)", "逐一答复（response questions）"),
    "read": Text("read what happened (messages)", "查看当日消息（messages）"),
    "conflicts": Text("who went, and after what (churn conflicts)", "查看谁离群及其缘由（churn conflicts）"),
    "sources": Text("see who brought them (growth inviters)", "查看入群来源（growth inviters）"),
}


class Need(NamedTuple):
    """The rows of an analysis in a window."""

    window: Window
    analysis: str


class Alert(NamedTuple):
    """What fired: `value` is beyond `threshold`. `episode` tells apart what may fire of the same rule and group."""

    rule: str
    level: str
    group_id: str
    group_name: str | None
    since: date | None
    value: float
    threshold: float | None
    reason: str
    next: str
    member_id: str | None = None
    name: str | None = None
    episode: str = ""


class Found(NamedTuple):
    """What a rule says: alerts, and how many groups it could not judge."""

    alerts: list[Alert]
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules judge by."""

    told: Mapping[Need, Sequence[Row]]
    """The rows that they need."""
    settings: Config
    until: datetime
    """Where the last whole day ends."""
    now: datetime
    """As-of, or the end of the data where that is earlier."""
    selling: frozenset[str] = frozenset()
    """Ids of groups that are there to sell."""
    holes: frozenset[date] = frozenset()
    """Days without data in any group."""
    begin: datetime | None = None
    """Of the data."""

    def rows(self, need: Need) -> Sequence[Row]:
        """The rows of an analysis."""
        return self.told[need]

    @property
    def last_day(self) -> date:
        """The last whole day."""
        return (self.until - _DAY).date()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what it is called, what it needs, and how it judges."""

    title: Text
    needs: tuple[Need, ...]
    judge: Callable[[Facts], Found]
    unknown: Text | None = None
    """What is said of ``n`` groups that could not be judged."""


ADS, STAGES, SILENT = Need("week", "ads"), Need("week", "lifecycle"), Need("week", "churn_silent")
KEY_PEOPLE, THEIR_DAYS = Need("before", "kol"), Need("before", "activity_members")
DAILY, WEEKLY = Need("past", "activity"), Need("past", "growth")
QUESTIONS = Need("now", "response_questions")
NEWCOMERS, WAITING = Need("month", "growth_newcomers"), Need("month", "growth_unanswered")


# -- ads, stages -------------------------------------------------------------------------------------------------------
def ads(facts: Facts) -> Found:
    """Groups whose share of ads in the last seven whole days is alarming; critical if even the lower end of its interval is."""
    found, unknown = [], 0
    for row in facts.rows(ADS):
        line = facts.settings.ads.alert_sales if row["group_id"] in facts.selling else facts.settings.ads.alert
        if row["alarming"] is None or row["messages"] < facts.settings.alerts.ads_messages:
            unknown += 1
        elif row["alarming"]:
            level = "critical" if (row["ad_ratio_low"] or 0.0) >= line else "warning"
            since = facts.last_day - (WEEK - 1) * _DAY
            found.append(_alert("ads", row, since, row["ad_ratio"], line, "many_ads", "remove", level=level))
    return Found(found, unknown)


def dead(facts: Facts) -> Found:
    """Groups that died lately, or in which little more than ads is left."""
    return _staged(facts, "dead", ("dead", "ad_ridden"))


def silent(facts: Facts) -> Found:
    """Groups silent beyond their own rhythm."""
    return _staged(facts, "silent", ("suspected",))


def decline(facts: Facts) -> Found:
    """Groups with fewer speakers than they had."""
    return _staged(facts, "decline", ("dormant", "declining"))


def _staged(facts: Facts, rule: str, stages: Sequence[str]) -> Found:
    """Groups that came to a stage within the last `stage_days`."""
    found, unknown = [], 0
    for row in facts.rows(STAGES):
        unknown += row["stage"] is None and row["reason"] != "few"
        if row["stage"] in stages:
            reason, value, line, age = _stage(facts, row)
            if 0 <= age < facts.settings.alerts.stage_days:
                level = "critical" if rule == "dead" else "warning"
                found.append(_alert(rule, row, row["since"], value, line, reason, row["next"], level=level, episode=row["stage"]))  # fmt: skip
    return Found(found, unknown)


def _stage(facts: Facts, row: Row) -> tuple[str, float, float | None, float]:
    """Reason, value and threshold of a stage, and for how many days it is so."""
    rules, stage = facts.settings.lifecycle, row["stage"]
    if stage in ("dead", "suspected"):
        limit = row["silence_limit"]
        limit = max(limit or rules.dead_days, rules.dead_days) if stage == "dead" else limit
        return stage, row["days_silent"], limit, row["days_silent"] - limit
    age = (facts.last_day - row["since"]).days - (
        WEEK - 1
    )  # `since` is the first day of the week at whose end it began
    if stage == "ad_ridden":
        return "ad_ridden", row["ad_share"], rules.ad_share, age
    of = {
        "far_below_peak": (rules.dormant, "peak"),
        "below_peak": (rules.half, "peak"),
        "down": (rules.declining, "speakers_before"),
    }
    factor, name = of[row["reason"]]
    return row["reason"], row["speakers"], factor * row[name], age


# -- people ------------------------------------------------------------------------------------------------------------
def kol_silent(facts: Facts) -> Found:
    """Key people of the eight weeks before who have said nothing for `kol_days`, and longer than they are used to."""
    days = {(row["group_id"], row["member_id"]): row["active_days"] for row in facts.rows(THEIR_DAYS)}
    quiet = {(row["group_id"], row["member_id"]): row for row in facts.rows(SILENT) if row["state"] == "silent"}
    found = []
    for row in facts.rows(KEY_PEOPLE):
        who = (row["group_id"], row["member_id"])
        if who in quiet and {"kol", "leader"} & set(row["labels"]):
            limit = _own_silence(facts, days.get(who, 0))
            silence = quiet[who]["days_silent"]
            if silence >= limit:
                since = quiet[who]["last_spoke"].date() + _DAY
                found.append(_alert("kol_silent", row, since, silence, limit, "kol_silent", "ask", person=row))
    return Found(found)


def _own_silence(facts: Facts, active: int) -> float:
    """Days of silence that are too long for somebody with so many active days: `kol_days`, and at most `silence_chance` likely (docs/methods/lifecycle.md)."""
    least = facts.settings.alerts.kol_days
    end = facts.last_day - (WEEK - 1) * _DAY
    begin = max(end - BEFORE * _DAY, facts.begin.date() if facts.begin else date.min)
    known = (end - begin).days - sum(begin <= hole < end for hole in facts.holes)
    if not 0 < active < known:
        return least if active else math.inf
    usual = math.ceil(math.log(facts.settings.lifecycle.silence_chance) / math.log(1 - active / known) - 1e-9)
    return max(least, usual)


def unanswered(facts: Facts) -> Found:
    """Groups in which, of members' questions of the last seven days that are `unanswered_hours` old in working hours, too many wait still."""
    rules = facts.settings.alerts
    due: dict[str, list[Row]] = {}
    for row in facts.rows(QUESTIONS):
        if working_hours(row["asked_at"], facts.now, facts.settings.response) >= rules.unanswered_hours:
            due.setdefault(row["group_id"], []).append(row)
    found = []
    for rows in due.values():
        waiting = [row for row in rows if row["responder_id"] is None]
        line = max(rules.unanswered_questions, rules.unanswered_share * len(rows))
        if len(waiting) >= line:
            since = min(row["asked_at"] for row in waiting).date()
            found.append(_alert("unanswered", rows[0], since, len(waiting), line, "unanswered", "answer"))
    return Found(found)


def working_hours(begin: datetime, end: datetime, rules: Response) -> float:
    """Working hours from one time to another."""
    first, last = (timedelta(minutes=minutes) for minutes in rules.hours)
    last += _DAY if last <= first else timedelta()
    day, found = datetime.combine(begin.date(), time()) - _DAY, timedelta()
    while day < end:
        if day.isoweekday() in rules.days:
            found += max(min(end, day + last) - max(begin, day + first), timedelta())
        day += _DAY
    return found / timedelta(hours=1)


def newcomers(facts: Facts) -> Found:
    """Groups that leave newcomers alone: of the last 28 days' who spoke a day ago or more, and not with ads, too many were never quoted or mentioned, and nobody wrote for an hour."""
    line = facts.settings.alerts.newcomers_share
    waiting, alone = Counter[str](), Counter[str]()
    for row in facts.rows(WAITING):
        if row["days_waiting"] >= 1:
            waiting[row["group_id"]] += 1
            alone[row["group_id"]] += row["next_s"] is None or row["next_s"] >= ALONE_S
    found, unknown = [], 0
    for row in facts.rows(NEWCOMERS):
        spoke = (row["answered"] or 0) + waiting[row["group_id"]]
        if row["answered"] is None or spoke < LEAST_NEWCOMERS:
            unknown += 1
        elif alone[row["group_id"]] >= line * spoke:
            since = facts.last_day - (MONTH - 1) * _DAY
            found.append(_alert("newcomers", row, since, alone[row["group_id"]] / spoke, line, "newcomers", "welcome"))
    return Found(found, unknown)


# -- out of limits -----------------------------------------------------------------------------------------------------
def spike(facts: Facts) -> Found:
    """Groups with more messages on the last whole day than their control limits allow."""
    from qunkit.methods import limits

    found, unknown = [], 0
    for row, counts, weekday in _series(facts):
        told = limits.days(counts, weekday, facts.settings.alerts.limit_chance)
        value, line = float(told.counted[0, -1]), float(told.high[0, -1])
        unknown += value != value or line != line
        if value > line and value >= facts.settings.alerts.limit_messages:
            found.append(_alert("spike", row, facts.last_day, value, line, "spike", "read", episode=f"{facts.last_day}"))  # fmt: skip
    return Found(found, unknown)


def drop(facts: Facts) -> Found:
    """Groups with fewer messages in the last seven whole days than their control limits allow; without any it is silence, by their own rhythm."""
    from qunkit.methods import limits

    found, unknown = [], 0
    for row, counts, weekday in _series(facts):
        told = limits.weeks(counts, weekday, facts.settings.alerts.limit_chance)
        value, line = float(told.counted[0, -1]), float(told.low[0, -1])
        unknown += value != value or line != line
        if 0 < value < line and told.expected[0, -1] >= facts.settings.alerts.limit_messages:
            found.append(_alert("drop", row, facts.last_day - (WEEK - 1) * _DAY, value, line, "drop", "win_back"))
    return Found(found, unknown)


def _series(facts: Facts) -> Iterator[tuple[Row, Any, int]]:
    """Of each group a row, its messages by day up to the last whole one (NaN: not known), and the weekday of the first."""
    import numpy as np

    first = facts.last_day - (PAST - 1) * _DAY
    groups: dict[str, list[Row]] = {}
    for row in facts.rows(DAILY):
        groups.setdefault(row["group_id"], []).append(row)
    for rows in groups.values():
        counts = np.full((1, PAST), np.nan)
        for row in rows:
            at = (row["period"] - first).days
            if 0 <= at < PAST and row["messages"] is not None:
                counts[0, at] = row["messages"]
        yield rows[-1], counts, first.weekday()


# -- coming and going --------------------------------------------------------------------------------------------------
def leaves(facts: Facts) -> Found:
    """Groups that more members left in the last whole week than usual, by notices or by rosters."""
    rules = facts.settings.alerts
    by_notice = _unusual(facts, "leaves", "leaves_notice", "conflicts", _noticed, rules.leaves_least, rules.leaves_times)  # fmt: skip
    by_roster = _unusual(
        facts,
        "leaves",
        "leaves_roster",
        "conflicts",
        lambda row: row["leaves_roster"],
        rules.leaves_least,
        rules.leaves_times,
    )
    seen = {one.group_id for one in by_notice.alerts}
    more = [one for one in by_roster.alerts if one.group_id not in seen]
    return Found(by_notice.alerts + more, min(by_notice.unknown, by_roster.unknown))


def joins(facts: Facts) -> Found:
    """Groups that more people joined in the last whole week than usual."""
    rules = facts.settings.alerts
    return _unusual(facts, "joins", "joins", "sources", lambda row: row["joins"], rules.joins_least, rules.joins_times)


def _noticed(row: Row) -> int | None:
    """Who left and who was removed; None: there is no notice of either."""
    told = [row[name] for name in ("leaves_self", "leaves_removed") if row[name] is not None]
    return sum(told) if told else None


def _unusual(
    facts: Facts, rule: str, reason: str, next_: str, count: Callable[[Row], int | None], least: float, times: float
) -> Found:
    """Groups whose last whole week has `least` or more, and `times` the median of the whole weeks before, at least."""
    groups: dict[str, list[Row]] = {}
    for row in facts.rows(WEEKLY):
        if row["state"] == "whole":
            groups.setdefault(row["group_id"], []).append(row)
    found, unknown = [], 0
    for rows in groups.values():
        *before, last = sorted(rows, key=lambda row: row["period"])
        usual = [told for told in map(count, before) if told is not None]
        value = count(last)
        if (facts.last_day - last["last_day"]).days >= WEEK or value is None or len(usual) < _LEAST_WEEKS:
            unknown += 1
            continue
        line = max(least, times * median(usual))
        if value >= line:
            found.append(_alert(rule, last, last["period"], value, line, reason, next_, episode=f"{last['period']}"))
    return Found(found, unknown)


def _alert(
    rule: str, row: Row, since: date | None, value: float, threshold: float | None, reason: str, next_: str, *,
    level: str = "warning", person: Row | None = None, episode: str = "",
) -> Alert:  # fmt: skip
    """An alert of the group of a row, and of the member where it is about one."""
    who, name = (person["member_id"], person["name"]) if person else (None, None)
    limit = None if threshold is None else float(threshold)
    return Alert(rule, level, row["group_id"], row["group_name"], since, float(value), limit, reason, next_, who, name, episode)  # fmt: skip


RULES: dict[str, Rule] = {
    "ads": Rule(
        Text("ads", "广告"), (ADS,), ads,
        Text("Ads: too few messages to judge by (groups: {n}).", "广告：{n} 个群消息过少，未作判断。"),
    ),
    "dead": Rule(Text("dead", "死群"), (STAGES,), dead),
    "silent": Rule(Text("silent", "沉默"), (STAGES,), silent),
    "decline": Rule(
        Text("decline", "衰退"), (STAGES,), decline,
        Text("Stages: too little is known, `qunkit lifecycle` says of what (groups: {n}).", "阶段：{n} 个群无法判断（原因见 `qunkit lifecycle`）。"),
    ),
    "kol_silent": Rule(Text("key person silent", "KOL 沉默"), (KEY_PEOPLE, THEIR_DAYS, SILENT), kol_silent),
    "unanswered": Rule(Text("unanswered", "未响应"), (QUESTIONS,), unanswered),
    "newcomers": Rule(Text("newcomers", "新人"), (NEWCOMERS, WAITING), newcomers),
    "spike": Rule(
        Text("spike", "骤增"), (DAILY,), spike,
        Text("Limits of messages: fewer than 28 days before are known, or the day is not (groups: {n}).", "消息数控制限：{n} 个群此前已知不足 28 天或当日无数据，未作判断。"),
    ),
    "drop": Rule(Text("drop", "骤降"), (DAILY,), drop),
    "leaves": Rule(
        Text("leaves", "退群"), (WEEKLY,), leaves,
        Text("Leaves: nothing tells of them, or not for long enough, which is no evidence of none (groups: {n}).", "退群：{n} 个群没有或缺少足够的依据，未作判断，不代表无人退群。"),
    ),
    "joins": Rule(
        Text("joins", "入群"), (WEEKLY,), joins,
        Text("Joins: nothing tells of them, or not for long enough (groups: {n}).", "入群：{n} 个群没有或缺少足够的依据，未作判断。"),
    ),
}  # fmt: skip
"""Every rule, under the key that turns it on and off, in the order in which people are told."""
