"""Who moves on, 用户→粉丝→朋友 from week to week: of everybody in a stage at the end of a week, in which stage they are a week later.

    group_name  since       weeks  from  n    to_user  to_fan  to_friend  to_silent  user   fan    friend  silent
    妈妈群      2026-03-02     12  user  310      201      28          1         80  0.65   0.09   0.00    0.26
    妈妈群      2026-03-02     12  fan   160       31     109          6         14  0.19   0.68   0.04    0.09

Counts of a Markov chain, summed over the group's weeks or, with `--per week`, of each. A stage goes by the four weeks up to its end (docs/methods/members.md); ``new``: first spoke
in that week; ``silent``: spoke before, and not in those four weeks, whether they left or not. A change is told where all five weeks that it goes by have ended, hold data on
enough days, and lie within the group's log; else it is left out or, with `--per week`, null with its `state`. Staff are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.dataset import option
from qunkit.methods import orders
from qunkit.methods.periods import CALENDAR, SPOKEN, STATES
from qunkit.methods.stages import STAGES, STAGES_SAID
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

TITLE = Text("Stages: who moves on from week to week", "阶段转化：用户→粉丝→朋友")

FROM = {"new": Text("new", "新发言"), **STAGES_SAID}
_TO = tuple(STAGES_SAID)


def _count(stage: str) -> Column:
    said = STAGES_SAID[stage]
    null = Text("; null: no quote or mention in the group's exports, so nobody can be told to be one", "；群记录中无引用和@时为空（无法判断）") if stage == "friend" else Text("", "")  # fmt: skip
    return Column(f"to_{stage}", "int", Text(f"→ {said.en}", f"→{said.zh}"), Text(f"of these, {said.en} a week later{null.en}", f"其中一周后为{said.zh}的人数{null.zh}"))  # fmt: skip


def _share(stage: str) -> Column:
    said = STAGES_SAID[stage]
    return Column(f"{stage}_share", "ratio", Text(f"{said.en} %", f"{said.zh}占比"), Text(f"to_{stage} ÷ n; null below 5", f"to_{stage} ÷ n；不足 5 人时为空"), spare=2 + _TO.index(stage))  # fmt: skip


COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=9),
    Column("group_name", "text", Text("group", "群")),
    Column("since", "date", Text("from", "起始日期"), Text("Monday of the week, or of the first one that is counted", "该周的周一；合计时为第一个计入的周"), spare=8),
    Column("weeks", "int", Text("weeks", "周数"), Text("how many are counted", "计入的周数"), spare=1),
    Column("state", "text", Text("state", "状态"), Text("of the five weeks that a change goes by. first: they reach back before the group's first whole week; unfinished; holes: too few days hold data; whole", "所依据的五周：first 早于群记录的第一个完整周；unfinished 尚未结束；holes 有数据的天数不足；whole 完整"), words=STATES, spare=7),
    Column("stage", "text", Text("stage before", "原阶段"), Text("at the end of the week before; new: first spoke in this week", "上周末的阶段；新发言：本周首次发言"), words=FROM),
    Column("n", "int", Text("members", "人数"), Text("in that stage (member-weeks where several weeks are summed), without staff", "处于该阶段的人数（多周合计时为人次），不含官方人员")),
    *(_count(stage) for stage in _TO),
    *(_share(stage) for stage in _TO),
)  # fmt: skip
_FLOOR = 5


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit members stages` can be told."""

    per: str = option("all", Text("all: weeks are summed; week: each by itself", "all 各周合计；week 逐周列出"), choices=("all", "week"))  # fmt: skip
    coverage: float = option(
        0.75, Text("weeks of which this share of days holds data", "有数据的天数达到此比例的周才计算")
    )


PART_SQL = orders.LINES
_WEEKS = CALENDAR.replace(":per", "'week'")

SQL = f"""
WITH {_WEEKS}, {SPOKEN}, blocks AS (
  SELECT dated.day, spans.number AS block FROM dated JOIN spans ON spans.period = dated.period
), {STAGES}, flagged AS (
  SELECT group_id, group_name, period, number, in_window, ROW_NUMBER() OVER (PARTITION BY group_id ORDER BY number) AS nth,
    CASE WHEN finished THEN 0 ELSE 1 END AS unfinished, CASE WHEN known THEN 0 ELSE 1 END AS holes
  FROM held
), weeks AS (
  SELECT group_id, group_name, period, number, in_window,
    CASE WHEN nth <= 5 THEN 'first' WHEN unfinished = 1 THEN 'unfinished'
      WHEN SUM(holes) OVER (PARTITION BY group_id ORDER BY number ROWS BETWEEN 4 PRECEDING AND CURRENT ROW) > 0 THEN 'holes' ELSE 'whole' END AS state
  FROM flagged
), placed AS (
  SELECT group_id, member_id, block, stage, LAG(stage) OVER (PARTITION BY group_id, member_id ORDER BY block) AS stage_before,
    LAG(block) OVER (PARTITION BY group_id, member_id ORDER BY block) AS block_before
  FROM stages
), moved AS (
  SELECT group_id, block, CASE WHEN block_before IS NULL THEN 'new' WHEN block_before = block - 1 THEN stage_before ELSE 'silent' END AS stage, stage AS later, COUNT(*) AS n
  FROM placed
  GROUP BY group_id, block, CASE WHEN block_before IS NULL THEN 'new' WHEN block_before = block - 1 THEN stage_before ELSE 'silent' END, stage
), turnout AS (  -- how many were met for the first time, and how many of those met before have a row
  SELECT group_id, block, SUM(CASE WHEN stage = 'new' THEN n ELSE 0 END) AS fresh, SUM(CASE WHEN stage = 'new' THEN 0 ELSE n END) AS listed FROM moved GROUP BY group_id, block
), met AS (
  SELECT weeks.group_id, weeks.number, COALESCE(turnout.listed, 0) AS listed,
    SUM(COALESCE(turnout.fresh, 0)) OVER (PARTITION BY weeks.group_id ORDER BY weeks.number ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - COALESCE(turnout.fresh, 0) AS people
  FROM weeks LEFT JOIN turnout ON turnout.group_id = weeks.group_id AND turnout.block = weeks.number
), counted AS (
  SELECT group_id, block, stage, later, n FROM moved
  UNION ALL SELECT group_id, number, 'silent', 'silent', people - listed FROM met
)
SELECT weeks.group_id, weeks.group_name, weeks.period AS since, weeks.state, tellable.group_id IS NOT NULL AS tellable, counted.stage, counted.later, SUM(counted.n) AS n
FROM weeks
LEFT JOIN tellable ON tellable.group_id = weeks.group_id
LEFT JOIN counted ON counted.group_id = weeks.group_id AND counted.block = weeks.number
WHERE weeks.in_window
GROUP BY weeks.group_id, weeks.group_name, weeks.period, weeks.state, tellable.group_id, counted.stage, counted.later
ORDER BY weeks.group_id, weeks.period, counted.stage, counted.later
"""

per_group = orders.orders_of


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """The matrix of every group, or of every group and week."""
    import pandas as pd

    key = ["group_id", "since"] if params.per == "week" else ["group_id"]
    if params.per == "all":
        frame = frame[frame["state"] == "whole"]
    rows = []
    for _, told in frame.groupby(key, sort=False):
        first = told.iloc[0]
        whole = first["state"] == "whole"
        counts = told.groupby(["stage", "later"])["n"].sum()
        named = {"group_id": first["group_id"], "group_name": first["group_name"], "since": told["since"].min(), "state": first["state"]}  # fmt: skip
        if not whole:
            rows.append(named | {"weeks": 0})
            continue
        for stage in FROM:
            if stage == "friend" and not first["tellable"]:
                continue
            to = {later: int(counts.get((stage, later), 0)) for later in _TO}
            n = sum(to.values())
            row = {**named, "weeks": told["since"].nunique(), "stage": stage, "n": n}
            for later in _TO:
                known = later != "friend" or first["tellable"]
                row[f"to_{later}"] = to[later] if known else None
                row[f"{later}_share"] = to[later] / n if known and n >= _FLOOR else None
            rows.append(row)
    return pd.DataFrame(rows, columns=[column.name for column in COLUMNS], dtype=object)


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """Why there is nothing."""
    return [] if (frame["state"] == "whole").any() else [Note(_TOO_SHORT)]


_TOO_SHORT = Text(
    "No change of stage can be told: it takes six whole weeks of a group's log, the last five of them in a row and with data on enough days.",
    "无法判断阶段变化：需要某个群至少六个完整周的记录，且最近五周连续、有数据的天数足够。",
)
