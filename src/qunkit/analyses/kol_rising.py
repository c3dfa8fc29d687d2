"""Who moves a group more than before, 上升中的 KOL: pull and answers of the last 4 weeks against the 4 weeks before. One row per group and member with turns in them.

    name   state    pull  pull_before  change   low  high      q  answers  answers_before  evidence  turns  turns_before
    小鹿   rising   1.92         0.71   +1.21  0.64  1.80  0.004    131.0            40.2  times        68            56
    阿珍   steady   0.80         0.93   -0.13 -0.51  0.22   0.71     33.1            41.0  times        41            44
    老K    few turns

The weeks end with the window (--until) or as-of, whichever is first, wherever the window begins. Both times are one log with one Hawkes process (`qunkit kol`), so
that nothing but the turns themselves can differ. Who is said to rise has more answers, and a pull that grew so much that the days dealt out to the two times by chance
would seldom show it (`q`). Where `qunkit kol` has no self-check that stands, quotes and mentions alone are asked, and all figures of the row are of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from qunkit.arrays import column
from qunkit.dataset import option
from qunkit.methods import ad_sql, gaps, kol_log
from qunkit.methods.kol_log import ADS, AGE, OUT_OR_IN, RED_PACKETS, hear, lines
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from qunkit.methods.hawkes import Fit
    from qunkit.methods.kol_log import Heard

    Floats = NDArray[np.float64]

TITLE = Text("Key people: who moves the group more than before", "上升中的 KOL")

STATES = {
    "rising": Text("rising", "上升"),
    "steady": Text("steady", "无明显上升"),
    "few_turns": Text("few turns", "发言不足"),
    "short": Text("short log", "记录不足"),
}

BY = {
    "times": Text("all answers", "全部回复"),
    "said": Text("quotes and mentions", "引用和@"),
}

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=14),
    Column("group_name", "text", Text("group", "群")),
    Column("member_id", "text", Text("member id", "成员 id"), spare=12),
    Column("name", "text", Text("name", "成员")),
    Column("official", "bool", Text("staff", "官方"), Text("staff by qunkit.toml", "qunkit.toml 中的官方人员"), spare=9),
    Column(
        "state", "text", Text("state", "状态"),
        Text("rising: q is 0.1 or less, and answers are more than before; steady: not so; few_turns: fewer than 20 turns in either time; short: the group's log begins less than 7 weeks before the end",
             "上升：q 不高于 0.1，且回复获得多于此前；无明显上升：不满足；发言不足：任一时段不足 20 轮；记录不足：群记录在截止前不满 7 周"),
        words=STATES,
    ),
    Column("pull", "float", Text("pull", "带动力"), Text("answers by others that one turn makes, last 4 weeks, shrunk to the group's by 10 turns; of those that `evidence` says; null: see state", "近 4 周每轮发言带来的他人回复数，按 10 轮向全群平均收缩；计入哪些回复见依据；为空时见状态")),
    Column("pull_before", "float", Text("pull before", "此前带动力"), Text("the same of the 4 weeks before", "之前 4 周的带动力"), spare=3),
    Column("change", "float", Text("change", "变化"), Text("pull less pull before", "近 4 周减之前 4 周")),
    Column("low", "float", Text("change from", "变化下限"), Text("of a 95 % interval, by drawing days anew; `state` goes by q", "95% 区间下限，按天自助抽样；状态以 q 为准")),
    Column("high", "float", Text("change to", "变化上限"), Text("its other end", "同一区间的上限")),
    Column("q", "float", Text("q", "q"), Text("share of chance findings among all of the group whose pull grew as surely (days are dealt out to the two times 1,999 times; Benjamini & Hochberg 1995)", "该群同等把握的上升发现中出于偶然的比例（按天随机分配两个时段 1999 次；Benjamini & Hochberg 1995）")),
    Column("answers", "float", Text("answers", "回复获得"), Text("answers by others in the last 4 weeks, of those that `evidence` says; expected number", "近 4 周他人回复数（期望值），计入哪些回复见依据"), spare=2),
    Column("answers_before", "float", Text("answers before", "此前回复"), Text("the same of the 4 weeks before", "之前 4 周的回复数"), spare=4),
    Column("evidence", "text", Text("by", "依据"), Text("which answers count in the row: all, inferred from times, too; or quotes and mentions alone, where the self-check of `qunkit kol` fails or there is none, or nobody of the group can be compared", "本行计入的回复：全部（含由时间推断的），或仅引用和@（`qunkit kol` 自检未通过或无法自检，或全群无人可比较时）"), words=BY, spare=6),
    Column("turns", "int", Text("turns", "发言轮次"), Text("in the last 4 weeks", "近 4 周"), spare=1),
    Column("turns_before", "int", Text("turns before", "此前轮次"), Text("in the 4 weeks before", "之前 4 周"), spare=5),
    Column("explicit", "ratio", Text("explicit", "明确占比"), Text("of the answers of both times, quotes and mentions; null where these alone count", "两个时段的回复中引用和@的占比；只计引用和@时为空"), spare=7),
    Column("since", "datetime", Text("from", "近 4 周起"), Text("when the last 4 weeks begin; the 4 before end there", "近 4 周的起点，也是之前 4 周的终点"), spare=11),
    Column("until", "datetime", Text("to", "至"), Text("when they end", "近 4 周的终点"), spare=12),
)  # fmt: skip

_WHOLE = 49
"""Days before the end at which a group's log must have begun."""
_SURE = ("pull", "pull_before", "change", "low", "high", "q")
"""What is told only where there is enough to tell."""


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit kol rising` can be told."""

    compared: bool = option(False, Text("only who has turns enough to be compared", "只列发言足够、可作比较的人"))
    ads: str = option("out", ADS, choices=OUT_OR_IN)
    red_packets: str = option("out", RED_PACKETS, choices=OUT_OR_IN)


FEATURES = ad_sql.FEATURES
KEPT = kol_log.KEPT
PYTHON = True
PART_SQL = lines(f"{AGE.replace('local_time', 'posts.local_time')} < 57")

_LAST = "LEAST(:until, :as_of)"
SQL = f"""
WITH named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name,
    (epoch_s({_LAST}) - epoch_s(MIN(local_time))) / 86400 AS days
  FROM posts GROUP BY group_id
), stated AS (
  SELECT parts.*, named.group_name, CASE WHEN named.days < {_WHOLE} THEN 'short' ELSE parts.told END AS state
  FROM parts JOIN named ON named.group_id = parts.part
), shown AS (
  SELECT part AS group_id, group_name, member_id, official, state, evidence, CASE state WHEN 'rising' THEN 0 WHEN 'steady' THEN 1 ELSE 2 END AS place,
    {", ".join(f"CASE WHEN state IN ('rising', 'steady') THEN {name} END AS {name}" for name in _SURE)}, answers, answers_before, turns, turns_before, explicit
  FROM stated WHERE state IN ('rising', 'steady') OR NOT :compared
)
SELECT shown.group_id, shown.group_name, shown.member_id, COALESCE(members.name, shown.member_id) AS name, shown.official, shown.state, shown.pull, shown.pull_before,
  shown.change, shown.low, shown.high, shown.q, shown.answers, shown.answers_before, shown.evidence, shown.turns, shown.turns_before, shown.explicit, {_LAST} - INTERVAL '28' DAY AS since, {_LAST} AS until
FROM shown LEFT JOIN members ON members.group_id = shown.group_id AND members.member_id = shown.member_id
ORDER BY shown.place, shown.change DESC, shown.answers DESC, shown.group_id, shown.member_id
"""


def per_group(table: pa.Table, params: Params) -> pa.Table:
    """Members of one group with turns in the eight weeks; figures are rounded, so that every engine gives the same."""
    import numpy as np
    import pyarrow as pa

    from qunkit.methods.discoveries import DISCOVERIES, discoveries
    from qunkit.methods.growth import DAYS, growth
    from qunkit.methods.hawkes import STRENGTH
    from qunkit.methods.influence import ENOUGH_TURNS

    heard = hear(table, ads=params.ads == "in", storms=params.red_packets == "in")
    log = heard.chat.log
    day = np.maximum(np.floor(heard.age), 0).astype(np.int64)

    def daily(values: Floats) -> Floats:
        """Of each member and day, the latest first."""
        inside = day < 2 * DAYS
        sums = np.bincount(log.who[inside] * 2 * DAYS + day[inside], values[inside], log.members * 2 * DAYS)
        return sums.astype(np.float64).reshape(log.members, 2 * DAYS)

    turns = daily(np.ones(len(log.who)))
    n, n_before = turns[:, :DAYS].sum(axis=1), turns[:, DAYS:].sum(axis=1)
    enough = np.flatnonzero(heard.somebody & (np.minimum(n, n_before) >= ENOUGH_TURNS))
    said = np.flatnonzero((log.known >= 0) & (log.who[log.known] != log.who))
    explicit = daily(np.bincount(log.known[said], minlength=len(log.who)).astype(np.float64))
    found = _by_times(heard) if len(enough) else None
    share = found.share if found else np.bincount(log.who[said], minlength=log.members) / max(len(said), 1)
    answers, exposed = daily(found.answers) if found else explicit, turns * (1 - share[:, None])
    now, before = answers[:, :DAYS].sum(axis=1), answers[:, DAYS:].sum(axis=1)
    prior = found.prior if found else float(answers.sum() / max(exposed.sum(), 1.0))
    grown = growth(answers[enough], exposed[enough], STRENGTH, prior)
    q = discoveries(grown.p, np.ones(len(enough), bool)).round(6)
    states = np.full(log.members, "few_turns", object)
    states[enough] = np.where((q <= DISCOVERIES) & (now.round(6) > before.round(6))[enough], "rising", "steady")
    with np.errstate(invalid="ignore", divide="ignore"):
        coverage = np.minimum(explicit.sum(axis=1) / (now + before), 1.0)
    sure = np.full((len(_SURE), log.members), np.nan)
    sure[:, enough] = (grown.now, grown.before, grown.now - grown.before, grown.low, grown.high, q)
    figures = {
        **dict(zip(_SURE, sure, strict=True)),
        "answers": now,
        "answers_before": before,
        "explicit": np.where(now + before > 0, coverage, np.nan) if found else np.full(log.members, np.nan),
    }
    kept = np.flatnonzero(heard.somebody & (n + n_before > 0))
    return pa.table(
        {
            "part": table["part"].slice(0, 1).take(column(np.zeros(len(kept), np.int64))),
            "member_id": heard.chat.people.take(column(kept)),
            "told": pa.array(states[kept].tolist(), pa.string()),
            "evidence": pa.array(["times" if found else "said"] * len(kept), pa.string()),
            "official": pa.array(heard.official[kept]),
            "turns": column(n[kept].astype(np.int64)),
            "turns_before": column(n_before[kept].astype(np.int64)),
            **{name: column(values[kept].round(6)) for name, values in figures.items()},
        }
    )


def _by_times(heard: Heard) -> Fit | None:
    """The process of a group whose self-check stands; it is not fitted where there is none."""
    from qunkit.methods.hawkes import fit
    from qunkit.methods.influence import checkable, self_check

    log = heard.chat.log
    if not checkable(log, heard.somebody):
        return None
    found = fit(log)
    check = self_check(log, heard.somebody, found)
    return found if check is not None and check.stands else None


def remarks(ask: gaps.Ask) -> list[Note]:
    """Which groups have no times of the day, and that a window changes nothing."""
    return gaps.untimed(ask) + gaps.unbegun(ask)


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """Which weeks, and how many could not be compared."""
    if not len(frame):
        return []
    since, until = frame["since"].iloc[0], frame["until"].iloc[0]
    few, short = ((frame["state"] == state).sum() for state in ("few_turns", "short"))
    told = [
        Note(
            _WEEKS,
            (
                ("before", f"{since - timedelta(days=28):%Y-%m-%d %H:%M}"),
                ("since", f"{since:%Y-%m-%d %H:%M}"),
                ("until", f"{until:%Y-%m-%d %H:%M}"),
            ),
        )
    ]
    told += [Note(_SAID)] if (frame["evidence"] == "said").any() else []
    told += [Note(_FEW, (("n", int(few)),))] if few else []
    return told + ([Note(_SHORT, (("n", int(short)),))] if short else [])


_WEEKS = Text(
    "Compared: {since} to {until} with {before} to {since}.",
    "对比时段：{since} 至 {until}，与 {before} 至 {since}。",
)
_SAID = Text(
    "Where the self-check of `qunkit kol` fails or there is none, quotes and mentions alone count (column evidence): figures of rows by all answers and by these are not comparable.",
    "`qunkit kol` 自检未通过或无法自检的群只计引用和@（见“依据”列），与按全部回复计算的行不可比。",
)
_FEW = Text(
    "Too few turns to compare: {n} members (20 in either time).", "{n} 人发言不足（两个时段各需 20 轮），未作比较。"
)
_SHORT = Text(
    "In groups whose log begins less than 7 weeks before the end: {n} members, not compared.",
    "{n} 人所在群的记录不满 7 周，未作比较。",
)
