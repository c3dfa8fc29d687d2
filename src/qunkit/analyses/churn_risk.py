"""Who is likely to say nothing for the next days, 流失风险: P(no message in the next H days) of everybody seen in the last 90, and why.

    group_name  name  p_silent  reasons                                                                       base   by_silence  by_activity  by_tenure  basis
    妈妈群      小鹿      0.80  12 天未发言（+2.1）、活跃 3 天（-1.2）、已知 40 天（+0.5）  -0.08        2.12        -1.17       0.49  shipped

It is a risk, 风险: that somebody left is never seen. A logistic of three terms: the log-odds of `p_silent` are base + by_silence + by_activity + by_tenure, so each
member's reasons can be read off. More silence never lowers it, more active days never raise it. Days on which no group of the dataset has any data do not count.

Basis. Coefficients are shipped for 7, 14 and 30 days (from English IRC). 90 days with data and 200 snapshots: they are fitted anew on rolling origins, days H apart
in the past at which it is known by now who spoke in the H days after. 45 days and 50 snapshots: the shipped ones are scaled so (Platt). Else they are as shipped,
not calibrated (未校准): go by the order, not by the number. All chosen groups are one log, so a member's
risk depends on --group. Staff, bots and who is gone, by a notice or the newest complete roster, are left out.

`--left` asks another question: who has already left for good, whatever the next days bring? `p_left` is 1 - P(alive) of the modified beta-geometric model
(MBG/NBD; Batislam et al. 2007), fitted to the active days of everybody who ever posted. WeChat shows no line when somebody leaves, so nothing in a log can check it.
The two models do not know of each other: who has left is silent, yet `p_left` may come out above `p_silent`. A note says of how many it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.dataset import option
from qunkit.methods import gaps, mbg, silence
from qunkit.methods.gone import GONE
from qunkit.methods.moves import MOVES, NAMED
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

    from qunkit.methods.mbg import Vector

TITLE = Text("Churn risk: who is likely to fall silent", "流失风险")

_BASES = {
    "fitted": Text("calibrated (fitted)", "已校准（拟合）"),
    "scaled": Text("calibrated (scaled)", "已校准（缩放）"),
    "shipped": Text("not calibrated", "未校准"),
}
_UNCALIBRATED = Text(
    "Not calibrated: the log is too short to check the probabilities. Go by the order, not by the number.",
    "未校准：记录太短，无法校验概率；请看排序，勿看数值。",
)
_FEW = Text(
    f"Who has left cannot be told of fewer than {mbg.LEAST} members.",
    f"成员不足 {mbg.LEAST} 人，无法估计已离开的概率。",
)
_TWO_MODELS = Text(
    "risk (no message in the next {days} days) and has left are of two models: of {n} members the second is above the first, and then one of the two is wrong. Compare members by one of them, not one with the other.",
    "流失风险（未来 {days} 天不发言）与已离开概率出自两个模型：{n} 人的后者高于前者，其中必有一项不准；请只按其中一项比较成员，勿将两项相减。",
)
COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id")),
    Column("group_name", "text", Text("group", "群")),
    Column("member_id", "text", Text("member id", "成员 id")),
    Column("name", "text", Text("name", "成员")),
    Column("p_silent", "ratio", Text("risk", "流失风险"), Text("probability of no message in the next `--horizon` days", "未来 `--horizon` 天内不发言的概率")),
    Column("days_silent", "int", Text("days silent", "沉默天数"), Text("days with data in any group after the last day of posting", "最近发言日之后任一群有数据的天数")),
    Column("active_days", "int", Text("active days", "发言天数"), Text("days with a message, in all history", "全部历史中有发言的天数")),
    Column("days_known", "int", Text("days known", "已知天数"), Text("days with data in any group after the first day of posting", "首次发言日之后任一群有数据的天数"), spare=2),
    Column("base", "float", Text("base", "基准"), Text("log-odds, the same for all", "对数几率，人人相同"), spare=6),
    Column("by_silence", "float", Text("by silence", "因沉默"), Text("what days silent add to the log-odds", "沉默天数对对数几率的贡献"), spare=3),
    Column("by_activity", "float", Text("by activity", "因活跃"), Text("what active days add to the log-odds", "发言天数对对数几率的贡献"), spare=4),
    Column("by_tenure", "float", Text("by time known", "因资历"), Text("what days known add to the log-odds", "已知天数对对数几率的贡献"), spare=5),
    Column(
        "reasons",
        "list",
        Text("why", "原因"),
        Text("days of each term and what they add to the log-odds, the weightiest first", "各项天数及其对对数几率的贡献，按权重排列"),
        words=silence.Reasons(),
    ),
    Column(
        "p_left",
        "ratio",
        Text("has left", "已离开概率"),
        Text("probability of having left for good (MBG/NBD); null without --left, or with too few members", "已永久离开的概率（MBG/NBD）；未加 --left 或成员过少时为空"),
        spare=1,
    ),
    Column("last_spoke", "datetime", Text("last spoke", "最近发言"), spare=4),
    Column(
        "basis",
        "text",
        Text("basis", "依据"),
        Text("fitted to this log; scaled to it; shipped: not calibrated", "fitted 按本记录拟合；scaled 按本记录缩放；shipped 未校准"),
        words=_BASES,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit churn risk` can be told."""

    horizon: str = option(
        "14",
        Text(
            "days ahead; one model is of all chosen groups, so risks depend on --group",
            "预测未来多少天；所选各群共用一个模型，风险随 --group 而变",
        ),
        choices=tuple(map(str, silence.SHIPPED)),
    )
    min_days: int = option(1, Text("only members with N active days or more", "只列至少发言 N 天的成员"), least=0)
    top: int = option(0, Text("only the N at most risk; 0: all", "只列风险最高的 N 人；0 为全部"), least=0)
    left: bool = option(False, Text("also how likely each has already left for good", "同时估计每人已永久离开的概率"))


SQL = f"""
WITH {MOVES}, {GONE}, {NAMED}, ends AS (
  SELECT MAX(day) AS last_day, CAST(:horizon AS INTEGER) AS ahead FROM days
), clock AS (  -- it stands still where the exports have a hole
  SELECT day, SUM(CASE WHEN observed THEN 1 ELSE 0 END) OVER (ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS t FROM days
), origins AS (  -- the end of the data, and up to 24 days before it of which is known what came after
  SELECT clock.day, clock.t, ends.ahead, days_between(clock.day, ends.last_day) AS ago
  FROM clock CROSS JOIN ends LEFT JOIN clock later ON later.day = clock.day + ends.ahead
  WHERE days_between(clock.day, ends.last_day) % ends.ahead = 0 AND days_between(clock.day, ends.last_day) <= 24 * ends.ahead
    AND (clock.day = ends.last_day OR clock.t >= 14 AND 4 * (later.t - clock.t) >= 3 * ends.ahead)
), spoken AS (
  SELECT group_id, sender_id, day, MAX(local_time) AS last_spoke FROM posts WHERE NOT official GROUP BY group_id, sender_id, day
), timed AS (
  SELECT spoken.group_id, spoken.sender_id, spoken.day, spoken.last_spoke, clock.t FROM spoken JOIN clock ON clock.day = spoken.day
), snapshots AS (
  SELECT timed.group_id, timed.sender_id, origins.ago, origins.day, origins.t,
    COUNT(CASE WHEN timed.day <= origins.day THEN 1 END) AS active_days,
    MIN(CASE WHEN timed.day <= origins.day THEN timed.t END) AS first_t,
    MAX(CASE WHEN timed.day <= origins.day THEN timed.t END) AS last_t,
    MAX(CASE WHEN timed.day <= origins.day THEN timed.day END) AS last_day,
    COUNT(CASE WHEN timed.day > origins.day THEN 1 END) AS after, MAX(timed.last_spoke) AS last_spoke
  FROM timed CROSS JOIN origins WHERE timed.day <= origins.day + origins.ahead
  GROUP BY timed.group_id, timed.sender_id, origins.ago, origins.day, origins.t
)
SELECT s.group_id, named.group_name, s.sender_id AS member_id, members.name, s.ago, s.t - s.last_t AS days_silent, s.active_days, s.t - s.first_t AS days_known,
  CASE WHEN s.after = 0 THEN 1 ELSE 0 END AS silent, s.last_spoke, s.t AS log_days,
  s.t - s.last_t <= 90 AND (s.ago > 0 OR NOT presence.gone) AS here
FROM snapshots s
JOIN named ON named.group_id = s.group_id
LEFT JOIN members ON members.group_id = s.group_id AND members.member_id = s.sender_id
JOIN presence ON presence.group_id = s.group_id AND presence.member_id = s.sender_id
WHERE s.active_days > 0 AND (s.ago = 0 OR s.t - s.last_t <= 90)  -- who has left is told by all who ever came
ORDER BY s.group_id, s.sender_id, s.ago
"""


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Everybody's risk at the end of the data, by a model that the days before it are asked for."""
    from scipy.special import expit

    numbers = ["days_silent", "active_days", "days_known", "silent", "log_days"]
    frame[numbers] = frame[numbers].astype(float)
    past, told = frame[frame["ago"] > 0], frame[frame["ago"] == 0].copy()
    told["p_left"] = _left(told) if params.left else float("nan")
    told = told[told["here"].astype(bool)].copy()
    x = silence.terms(*(past[name].to_numpy() for name in numbers[:3]))
    log_days = int(told["log_days"].max()) if len(told) else 0
    model = silence.model(int(params.horizon), log_days, x, past["silent"].to_numpy())
    parts = model.parts(*(told[name].to_numpy() for name in numbers[:3]))
    told[["base", "by_silence", "by_activity", "by_tenure"]] = parts
    told["p_silent"] = expit(parts.sum(axis=1))
    told["reasons"] = [*map(silence.reasons, told[numbers[:3]].to_numpy().tolist(), parts[:, 1:].tolist())]
    told["basis"] = model.basis
    told = told[told["active_days"] >= params.min_days]
    told = told.sort_values(
        ["p_silent", "active_days", "group_id", "member_id"], ascending=[False, False, True, True], kind="stable"
    )
    told = told[[column.name for column in COLUMNS]]
    return told.head(params.top) if params.top else told


def _left(frame: pd.DataFrame) -> Vector | float:
    """How likely everybody who ever posted has left; not a number: they are too few."""
    silent, active, known = (frame[name].to_numpy() for name in ("days_silent", "active_days", "days_known"))
    met = (active - 1, known - silent, known)
    return mbg.fit(*met).left(*met) if len(frame) >= mbg.LEAST else float("nan")


remarks = gaps.unnarrowed


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """What has to be said where the probabilities could not be checked."""
    few = params.left and frame["p_left"].isna().all()
    said = [Note(_UNCALIBRATED)] * bool((frame["basis"] == "shipped").any()) + [Note(_FEW)] * bool(few and len(frame))
    above = int((frame["p_left"] > frame["p_silent"]).sum()) if params.left else 0
    return said + [Note(_TWO_MODELS, (("days", int(params.horizon)), ("n", above)))] * bool(above)
