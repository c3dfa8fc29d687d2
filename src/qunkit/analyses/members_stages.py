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
        0.75, Text("weeks of which this share of days holds data", "有数据的天数达到此比例的周才计算"), least=0, most=1
    )


PART_SQL = orders.LINES
_WEEKS = CALENDAR.replace(":per", "'week'")

_WEEK = "CAST(FLOOR(days_between(DATE '1970-01-05', {0}) / 7) AS BIGINT)"
"""Weeks from Monday, by number."""

SQL = f"""
WITH {_WEEKS}, {SPOKEN}, dated_posts AS (
  SELECT group_id, sender_id, reply_to, mention_ids, day, {_WEEK.format("day")} AS block FROM posts WHERE NOT official
), bought AS (
  SELECT part AS group_id, member_id, {_WEEK.format("day")} AS block, orders FROM parts
), {STAGES}, weeks AS (
  SELECT group_id, group_name, period, finished, known, in_window, {_WEEK.format("period")} AS block FROM held
), placed AS (
  SELECT group_id, member_id, block, stage, LAG(stage) OVER (PARTITION BY group_id, member_id ORDER BY block) AS stage_before,
    LAG(block) OVER (PARTITION BY group_id, member_id ORDER BY block) AS block_before
  FROM stages
), moved AS (
  SELECT group_id, block, CASE WHEN block_before IS NULL THEN 'new' WHEN block_before = block - 1 THEN stage_before ELSE 'silent' END AS stage, stage AS later, COUNT(*) AS n
  FROM placed
  GROUP BY group_id, block, CASE WHEN block_before IS NULL THEN 'new' WHEN block_before = block - 1 THEN stage_before ELSE 'silent' END, stage
)
SELECT weeks.group_id, weeks.group_name, weeks.period AS since, weeks.finished, weeks.known, weeks.in_window, tellable.group_id IS NOT NULL AS tellable,
  moved.stage, moved.later, COALESCE(moved.n, 0) AS n
FROM weeks
LEFT JOIN tellable ON tellable.group_id = weeks.group_id
LEFT JOIN moved ON moved.group_id = weeks.group_id AND moved.block = weeks.block
ORDER BY weeks.group_id, weeks.period, moved.stage, moved.later
"""

per_group = orders.orders_of


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """The matrix of every group, or of every group and week."""
    import pandas as pd

    key = ["group_id", "since"] if params.per == "week" else ["group_id"]
    frame = _stated(frame)
    frame = frame[frame["in_window"].astype(bool)]
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


def _stated(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with the `state` of every group's week, and a row for those who were silent and are."""
    import pandas as pd

    weeks = frame.drop_duplicates(["group_id", "since"]).reset_index(drop=True)
    number = weeks.groupby("group_id", sort=False).cumcount() + 1
    holes = (~weeks["known"].astype(bool)).astype(int)
    rolled = holes.groupby(weeks["group_id"], sort=False).rolling(5, min_periods=1).sum().droplevel(0)
    weeks["state"] = "whole"
    weeks.loc[rolled.reindex(weeks.index) > 0, "state"] = "holes"
    weeks.loc[~weeks["finished"].astype(bool), "state"] = "unfinished"
    weeks.loc[number <= 5, "state"] = "first"
    told = frame.merge(weeks[["group_id", "since", "state"]], on=["group_id", "since"], how="left")
    fresh = _counted(frame, frame["stage"] == "new", weeks)
    listed = _counted(frame, frame["stage"].notna() & (frame["stage"] != "new"), weeks)
    met = fresh.groupby(weeks["group_id"], sort=False).cumsum() - fresh
    still = weeks.assign(stage="silent", later="silent", n=met - listed)
    return pd.concat([told, still], ignore_index=True).sort_values(["group_id", "since"], kind="stable")


def _counted(frame: pd.DataFrame, which: pd.Series[bool], weeks: pd.DataFrame) -> pd.Series[int]:
    """How many of the rows `which` there are in each of `weeks`."""
    import pandas as pd

    n = frame[which].groupby(["group_id", "since"])["n"].sum()
    found = n.reindex(pd.MultiIndex.from_frame(weeks[["group_id", "since"]])).fillna(0)
    return pd.Series(found.to_numpy(int), weeks.index)


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """Why there is nothing."""
    return [] if (frame["state"] == "whole").any() else [Note(_TOO_SHORT)]


_TOO_SHORT = Text(
    "No change of stage can be told: it takes six whole weeks of a group's log, the last five of them in a row and with data on enough days.",
    "无法判断阶段变化：需要某个群至少六个完整周的记录，且最近五周连续、有数据的天数足够。",
)
