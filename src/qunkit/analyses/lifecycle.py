"""Which groups are alive, 群生命周期: the stage of each, since when, why, and what to do next.

    group_name    stage      since       reason      speakers  before  change  peak  days_silent  limit  ad_share  next
    妈妈群        mature     2026-03-02  steady          31.2    30.1   +0.04  36.0            0      7      0.09  keep the rhythm
    老乡二手群    ad-ridden  2026-04-27  ads              0.5     2.0           19.5            4      7      0.93  remove the ad accounts
    业主群        dead       2026-04-12  silent           0.0     1.3           12.8           48      9            close it

Ordinary members' messages count: no staff, no bots, no ads (as `qunkit ads` tells them). Weeks are seven days back from the last day of the data or --as-of, wherever the window
begins. Stages go by the group's own history, and percentages are conventions (`[lifecycle]` in qunkit.toml); a group is silent for too long by its own rhythm
(docs/methods/lifecycle.md). Days without data in any group of the dataset are holes in the exports, not silence.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from qunkit.methods import ad_sql
from qunkit.methods.lifecycle import LEAST_MESSAGES, SILENCE_DAYS, USUAL, WEEK_DAYS, Life, told_rule, verdict
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd

TITLE = Text("Lifecycle: the stage of every group", "群生命周期")

STAGES = {
    "ad_ridden": Text("ad-ridden, dead", "广告化死群"),
    "suspected": Text("suspected dead", "疑似死群"),
    "dead": Text("dead", "死群"),
    "dormant": Text("dormant", "沉寂"),
    "declining": Text("declining", "衰退"),
    "starting": Text("starting", "启动"),
    "growing": Text("growing", "成长"),
    "mature": Text("mature", "成熟"),
}
"""Stages, those that need somebody first."""
REASONS = {
    "ads": Text("ads and staff alone", "几乎只剩广告和官方"),
    "silent": Text("silent too long", "沉默过久"),
    "far_below_peak": Text("far below its peak", "远低于峰值"),
    "below_peak": Text("below half its peak", "不及峰值一半"),
    "down": Text("fewer speakers", "发言人数减少"),
    "young": Text("just made", "建群不久"),
    "up": Text("more speakers", "发言人数增加"),
    "steady": Text("steady", "发言人数平稳"),
    "dip": Text("fewer speakers, once", "仅低于前 4 周"),
    "short": Text("log too short", "记录太短"),
    "few": Text("too few speakers", "发言人数过少"),
    "holes": Text("data missing", "数据缺失"),
    "no_posts": Text("no messages", "无消息"),
}
NEXT = {
    "clean": Text("remove ad accounts (ads offenders), or close it", "移出广告号（ads offenders）或解散"),
    "check": Text("is the export whole? then ask there", "核对导出后到群里发起话题"),
    "close": Text("close it, or move who is left", "解散，或将成员并入活跃群"),
    "revive": Text("one event; if nobody answers, merge", "做一次活动，无人响应则并群"),
    "win_back": Text("write to the silent (churn silent)", "联系沉默成员（churn silent）"),
    "welcome": Text("answer newcomers (growth unanswered)", "逐一回应新人（growth unanswered）"),
    "nurture": Text("answer questions (response)", "及时答疑（response）"),
    "keep": Text("keep the rhythm", "保持节奏"),
    "watch": Text("watch next week", "下周继续观察"),
    "start": Text("begin talk: too few speak", "先带动发言"),
    "wait": Text("export more weeks", "继续积累数据"),
    "export": Text("export what is missing", "补齐导出"),
}
_NEXT_OF = {
    "ad_ridden": "clean", "suspected": "check", "dead": "close", "dormant": "revive", "declining": "win_back", "starting": "welcome", "growing": "nurture",
    "mature": "keep", "dip": "watch", "short": "wait", "few": "start", "holes": "export", "no_posts": "export",
}  # fmt: skip
"""By reason, else by stage."""

WEEKS = 12
"""Of the trend."""
FLOOR = 5.0
"""Fewer speakers a week before than this: no change is told."""

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=12),
    Column("group_name", "text", Text("group", "群")),
    Column(
        "stage", "text", Text("stage", "阶段"),
        Text("ad_ridden: at least 80 % ads and staff in 4 weeks, and in each at most 1 other who spoke; dead: silent beyond its limit, and 30 days; suspected: beyond its limit; dormant: below 20 % of its peak; "
             "growing: at least 1.1 times the 4 weeks before; declining: below 0.9 times both four weeks before, or below half its peak; starting: made less than 4 weeks ago; mature: none of these. The first that holds, but "
             "starting before all that goes by means. null: see reason",
             "广告化死群：4 周内广告与官方消息至少占 80%，且每周其他发言者至多 1 人；死群：沉默超过自身上限且满 30 天；疑似死群：沉默超过自身上限；沉寂：低于峰值 20%；成长：不低于前 4 周的 1.1 倍；衰退：低于之前两个 4 周各自的 0.9 倍，或不及峰值一半；"
             "启动：建群不满 4 周；成熟：以上皆非。按此顺序取先成立者，但启动先于按均值判断的各项。为空时见原因"),
        words=STAGES,
    ),
    Column("since", "date", Text("since", "起始"), Text("first day of the week at whose end the stage first was this one and has been since; of a silence, its first day", "该阶段持续至今的首周起始日；沉默则为首个无发言日"), spare=5),
    Column(
        "reason", "text", Text("reason", "原因"),
        Text("silent: beyond its limit; up, down, dip: speakers against the 4 weeks before (dip: not against those before them, which is no decline yet); short: too few weeks to compare; few: never 3 speakers a week; holes: "
             "too few known weeks in the last 4",
             "silent：沉默超过上限；up、down、dip：与之前 4 周相比（dip：仅低于前一个 4 周，尚不算衰退）；short：可比的周数不足；few：每周发言从未达到 3 人；holes：近 4 周数据缺失"),
        words=REASONS, spare=4,
    ),
    Column("speakers", "float", Text("speakers a week", "周发言人数"), Text("mean of the last 4 weeks, of those that are known; without staff and ads", "近 4 周（数据完整的周）均值，不含官方人员和广告"), spare=1),
    Column("speakers_before", "float", Text("before", "前 4 周"), Text("the same of the 4 weeks before", "之前 4 周的均值"), spare=8),
    Column("change", "ratio", Text("change", "变化"), Text("(speakers - before) ÷ before; null if before is below 5", "（近 4 周 - 前 4 周）÷ 前 4 周；前 4 周不足 5 人时为空"), spare=6),
    Column("peak", "float", Text("peak", "峰值"), Text("the greatest mean of 4 weeks so far", "迄今 4 周均值的最大值"), spare=7),
    Column("days_silent", "int", Text("days silent", "沉默天数"), Text("days with data since the last ordinary message", "距最近一条普通消息、有数据的天数"), spare=2),
    Column(
        "silence_limit", "int", Text("limit", "沉默上限"),
        Text("days of silence that are too long by the group's own 56 days before; null: fewer than 28 days are known", "按该群此前 56 天自身节奏，沉默多少天算过长；已知不足 28 天时为空"), spare=3,
    ),
    Column("ad_share", "ratio", Text("ads and staff", "广告与官方占比"), Text("their messages ÷ messages of the last 4 weeks; null below 5 messages", "近 4 周广告与官方消息 ÷ 全部消息；不足 5 条时为空"), spare=9),
    Column("messages_4w", "int", Text("messages, 4 weeks", "4 周消息数"), Text("everybody's: what `ad_share` is of", "全部成员的消息数，即占比的分母"), spare=10),
    Column("weeks", "int", Text("weeks", "已知周数"), Text("weeks since the group's first message of which 5 days or more hold data", "自首条消息起、至少 5 天有数据的周数"), spare=11),
    Column("next", "text", Text("next step", "下一步"), words=NEXT),
    Column("trend", "series", Text("12 weeks", "12 周趋势"), Text("speakers of each week up to the end; null: not known", "截至最后一周各周发言人数；数据不全的周为空"), spare=1),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """`qunkit lifecycle` has no options of its own: its thresholds are in qunkit.toml."""


FEATURES = ad_sql.FEATURES
KEPT = ad_sql.KEPT
_THRESHOLD = 0.5
_RULE = ", ".join(f"conventions.lifecycle_{name}" for name in asdict(USUAL))

SQL = f"""
WITH {ad_sql.FLAGGED.replace(":threshold", f"{_THRESHOLD:e}")}, numbered AS (  -- days by how many hold data so far
  SELECT day, observed, SUM(CASE WHEN observed THEN 1 ELSE 0 END) OVER (ORDER BY day) AS nth, MAX(day) OVER () AS last_day FROM days
), marked AS (
  SELECT posts.group_id, numbered.nth, CAST(FLOOR(days_between(posts.day, numbered.last_day) / 7) AS INTEGER) AS week,
    CASE WHEN NOT posts.official AND flagged.seq IS NULL THEN posts.sender_id END AS speaker, posts.day
  FROM posts LEFT JOIN flagged ON flagged.group_id = posts.group_id AND flagged.sent_at = posts.sent_at AND flagged.seq = posts.seq
  JOIN numbered ON numbered.day = posts.day
), counted AS (  -- a row a week, and a row a day on which somebody ordinary spoke
  SELECT group_id, week, nth, COUNT(*) AS messages, COUNT(speaker) AS ordinary, COUNT(DISTINCT speaker) AS speakers, MIN(day) AS first_day, MIN(nth) AS first_nth
  FROM marked GROUP BY GROUPING SETS ((group_id, week), (group_id, nth))
  HAVING GROUPING(nth) = 1 OR COUNT(speaker) > 0
), placed AS (
  SELECT counted.*, MAX(nth) OVER (PARTITION BY group_id) AS last_nth FROM counted
), told AS (
  SELECT * FROM placed WHERE nth IS NULL OR nth > last_nth - {SILENCE_DAYS}
), named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name,
    COALESCE(MIN(CASE WHEN event = 'invited' AND size(target_ids) > 1 THEN epoch_s(sent_at) END) <= MIN(epoch_s(sent_at)), FALSE) AS founded
  FROM messages GROUP BY group_id
), ends AS (
  SELECT MAX(day) AS last_day, MAX(nth) AS end_nth FROM numbered
)
SELECT named.group_id, named.group_name, named.founded, told.week, told.nth, told.messages, told.ordinary, told.speakers, told.first_day, told.first_nth,
  ends.last_day, ends.end_nth, {_RULE}
FROM named LEFT JOIN told ON told.group_id = named.group_id CROSS JOIN ends CROSS JOIN conventions
UNION ALL  -- holes
SELECT NULL, NULL, FALSE, NULL, NULL, NULL, NULL, NULL, numbered.day, NULL, ends.last_day, NULL, {_RULE}
FROM numbered CROSS JOIN ends CROSS JOIN conventions WHERE NOT numbered.observed
ORDER BY group_id, week, nth, first_day
"""


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """One row a group, those that need somebody first."""
    import pandas as pd

    holes = [_date(day) for day in frame[frame["group_id"].isna()]["first_day"]]
    rows = [_row(part, holes) for _, part in frame.groupby("group_id", sort=True)]
    places = {stage: place for place, stage in enumerate([*STAGES, None])}
    rows.sort(key=lambda row: (places[row[2]], -(row[8] or 0.0), row[0]))
    return pd.DataFrame(rows, columns=[column.name for column in COLUMNS])


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """How many groups could not be judged."""
    none = int(frame["stage"].isna().sum())
    return [Note(_NOT_JUDGED, (("n", none),))] if none else []


_NOT_JUDGED = Text(
    "Groups without a stage: {n}; the reason stands beside them. A log that begins after the group was made does not say that it is starting.",
    "{n} 个群无法判断阶段，原因见表。记录晚于建群开始的，不视为启动期。",
)


def _row(part: pd.DataFrame, holes: Sequence[date]) -> list[Any]:
    first = part.iloc[0]
    names = [first["group_id"], first["group_name"]]
    weeks = part[part["week"].notna()]
    if not len(weeks):
        return [*names, None, None, "no_posts", *[None] * 9, _NEXT_OF["no_posts"], [None] * WEEKS]
    life = _life(part, weeks, holes)
    found = verdict(life, told_rule(first.to_dict()))
    last = _date(first["last_day"])
    begun = last - timedelta(days=life.age - 1)
    since: date | None = None
    if found.weeks:
        since = max(last - timedelta(days=7 * found.weeks - 1), begun)
    elif found.stage:
        since = _silent_since(last, found.silence.days, holes)
    told, aside = (int(values[-4:].sum()) for values in (life.messages, life.aside))
    change = (found.now - found.before) / found.before if found.before >= FLOOR else None
    recent = [None if week != week else float(week) for week in life.speakers[-WEEKS:]]
    return [
        *names, found.stage, since, found.reason, _known(found.now), _known(found.before), _known(change), _known(found.peak), found.silence.days, found.silence.limit,
        aside / told if told >= LEAST_MESSAGES else None, told, int((life.speakers == life.speakers).sum()), _NEXT_OF[found.reason if found.reason in _NEXT_OF else str(found.stage)],
        [*[None] * (WEEKS - len(recent)), *recent],
    ]  # fmt: skip


def _life(part: pd.DataFrame, weeks: pd.DataFrame, holes: Sequence[date]) -> Life:
    import numpy as np

    last, begun = _date(part.iloc[0]["last_day"]), _date(weeks["first_day"].min())
    age = (last - begun).days + 1
    n = -(-age // 7)
    held = np.full(n, 7.0)
    held[0] = age - 7 * (n - 1)
    for hole in holes:
        if begun <= hole:
            held[n - 1 - (last - hole).days // 7] -= 1
    told = np.zeros((3, n))
    for row, name in enumerate(("speakers", "messages", "ordinary")):
        told[row, n - 1 - weeks["week"].to_numpy(int)] = weeks[name].to_numpy(float)
    speakers, messages, ordinary = told
    spoken = part["nth"].dropna().to_numpy(int)
    end, first = int(part.iloc[0]["end_nth"]), int(weeks["first_nth"].min())
    start = max(first, spoken.max() - SILENCE_DAYS + 1) if len(spoken) else first
    days = np.zeros(end - start + 1, bool)
    days[spoken - start] = True
    return Life(
        np.where(held >= WEEK_DAYS, speakers, np.nan), messages, messages - ordinary, days, age, bool(part.iloc[0]["founded"])
    )  # fmt: skip


def _silent_since(last: date, days: int, holes: Sequence[date]) -> date:
    """The first of so many days with data up to the last."""
    known, day = set(holes), last
    while True:
        days -= day not in known
        if days <= 0:
            return day
        day -= timedelta(days=1)


def _date(cell: Any) -> date:
    """A day, as engines and pandas give it."""
    found: date = cell.date() if hasattr(cell, "date") else cell
    return found


def _known(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)
