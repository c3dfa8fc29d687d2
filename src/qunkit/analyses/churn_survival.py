"""How long members go on speaking, and who goes on longer, 生存分析: Kaplan & Meier's curve by how they came and by their first week.

    by           stratum  from_day  members  lapsed  at_risk  survival  low   high  median_days  silence_days
    all                          0      412     301      190      0.47  0.42  0.52           24            30
    source       invite          0      120      71       66      0.58  0.48  0.66           41            30
    first_reply  yes             7      103      58       70      0.74  0.64  0.81           66            30

`survival` at `--at` days is the share of members who posted that many days after they began, or later (Kaplan & Meier 1958). They begin by joining, as a notice or roster says,
or else by posting first; who joined and never posted lapses on the first day. Nobody sees anybody leave: a lapse is a silence of `silence_days`, dated at the last post.
That is 30 days, or three times the gap between active days which 95 % of all gaps do not exceed; `--silence` sets it. Days on which no group has data do not count.

Who is followed. In the last `silence_days` of the data nobody can be seen to lapse, so everybody is followed up to there and no further. Who joined before the group's log counts from its
first day on (left truncation); whose first post lies in its first `silence_days`, with no join that is known, may be older than it: they are left out. With `--since`, lives before it are history.

`first_reply`: was the first message, in the first week, answered within 30 minutes, by a quote or an @ of another member? `week1`: active days in it. Both are known after the first week
only, so they are compared among those who lasted it (a landmark at day 7); otherwise who left at once could not have been active. Members of several groups count in each.

`--cox` adds hazard ratios (Cox 1972, by lifelines), all characteristics at once, from day 7 on: 2 is to lapse twice as fast as the reference, the largest stratum of its kind, which has 1 and no interval. It says what goes
with lapsing, not what brings it about. Members of a group are alike, so intervals are too narrow rather than too wide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qunkit.dataset import option
from qunkit.methods import survival
from qunkit.methods.joins import FINDABLE, JOINS, UNTOLD
from qunkit.methods.moves import MOVES
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from qunkit.methods.survival import Flags, Lives

TITLE = Text("Survival: how long members go on speaking", "成员生存分析")

AT = 28
"""Days after which shares are told, where members were followed so long."""
LANDMARK, FEW = 7, 5
"""Days that a first week has; members of a stratum below which nothing is told of it, and lapses below which no hazard."""
_BY = {
    "all": Text("all members", "全体成员"),
    "source": Text("how they joined", "入群方式"),
    "inviter": Text("who invited", "邀请人"),
    "first_reply": Text("first answered", "首条获回应"),
    "week1": Text("days in week 1", "首周天数"),
}
_STRATA = {
    "invite": Text("invited, or by link", "邀请或链接"),
    "qr": Text("QR code", "二维码"),
    "link": Text("link", "链接"),
    "other": Text("joined, not known how", "入群方式不明"),
    "inviter": Text("by one member", "由该成员邀请"),
    "unknown": Text("not known", "未知"),
    "yes": Text("within 30 min", "30 分钟内有"),
    "no": Text("not within 30 min", "30 分钟内没有"),
    "silent": Text("said nothing in week 1", "首周未发言"),
    **{days: Text(f"{days} d", f"{days} 天") for days in ("0", "1", "2-3", "4-7")},
}
_ORDER = {by: number for number, by in enumerate(_BY)}
_NOBODY = Text(
    "Nobody can be followed: the log must be longer than the silence that counts as a lapse (30 days or more; see --silence).",
    "没有可追踪的成员：记录须长于判定流失的沉默天数（至少 30 天，见 --silence）。",
)
_TOO_FAR = Text(
    "Nobody was followed for {days} days after they began: ask for fewer with --at, or for a shorter --silence.",
    "没有成员被追踪满 {days} 天：可用 --at 缩短天数，或用 --silence 缩短判定天数。",
)
_NEARER = Text(
    "Shares are of {days} days after they began: fewer than {few} members were followed for {usual}. --at sets the days.",
    "比例按开始后 {days} 天计算：追踪满 {usual} 天的成员不足 {few} 人。可用 --at 指定天数。",
)
_NO_HAZARD = Text(
    "No hazard ratios: no two strata of a kind have 5 lapses after the first week, or strata of two kinds hold the same people.",
    "无风险比：没有两个同类组别在首周之后各有 5 人沉默，或两类分组实为同一批人。",
)
COLUMNS = (
    Column("by", "text", Text("by", "分组依据"), words=_BY),
    Column("stratum", "text", Text("stratum", "组别"), words=_STRATA),
    Column("inviter_id", "text", Text("inviter id", "邀请人 id"), spare=11),
    Column("inviter_name", "text", Text("inviter", "邀请人"), Text("null but with --by inviter", "仅 --by inviter 时有值"), spare=10),
    Column("from_day", "int", Text("from day", "起算日"), Text("members who lasted so many days are compared", "只比较至少持续到此日的成员"), spare=7),
    Column("members", "int", Text("members", "人数"), Text("who were followed, once a group", "被追踪的成员，每群各计一次")),
    Column("left_out", "int", Text("left out", "未计入"), Text("who cannot be followed: perhaps older than the log, began too late, or lapsed before `from_day`", "无法追踪：可能早于记录、加入过晚，或在起算日前已沉默"), spare=9),
    Column("lapsed", "int", Text("lapsed", "已沉默"), Text("who fell silent for `silence_days`", "沉默达到判定天数的人数"), spare=3),
    Column("at_risk", "int", Text("followed so long", "追踪至该日"), Text("who were followed for more than `--at` days", "追踪超过 `--at` 天的人数"), spare=5),
    Column("survival", "ratio", Text("still speak", "仍发言比例"), Text("who posted `--at` days after they began, or later (Kaplan-Meier); null below 5 members, or where nobody was followed so long", "开始 `--at` 天或更久之后仍发过言的比例（Kaplan-Meier）；不足 5 人或无人追踪至该日时为空")),
    Column("low", "ratio", Text("from", "下限"), Text("95 % interval of `survival`", "仍发言比例的 95% 置信区间"), spare=2),
    Column("high", "ratio", Text("to", "上限"), Text("95 % interval of `survival`", "仍发言比例的 95% 置信区间"), spare=2),
    Column("median_days", "int", Text("half gone after, d", "半数流失天数"), Text("days after which half, or fewer, still speak; null: more do", "仍发言者降至半数的天数；始终过半时为空")),
    Column("curve", "series", Text("by week", "每周"), Text("`survival` at 0, 7, 14 … days, up to a year, as long as somebody was followed", "第 0、7、14……天的仍发言比例，至多一年"), spare=6),
    Column("hazard_ratio", "float", Text("hazard", "风险比"), Text("how many times as fast as the reference they lapse, all else equal (Cox); null without --cox, or below 5 lapses", "其他条件相同时，流失快慢相对参照组的倍数（Cox）；未加 --cox 或流失不足 5 人时为空"), spare=1),
    Column("hazard_low", "float", Text("hazard from", "风险比下限"), Text("95 % interval of `hazard_ratio`", "风险比的 95% 置信区间"), spare=1),
    Column("hazard_high", "float", Text("hazard to", "风险比上限"), Text("95 % interval of `hazard_ratio`", "风险比的 95% 置信区间"), spare=1),
    Column("silence_days", "int", Text("silence, d", "判定天数"), Text("days of silence that count as a lapse", "沉默多少天视为流失"), spare=8),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit churn survival` can be told."""

    by: str = option(
        "all",
        Text("all: everybody, by source, first reply and week 1; or one of these, or by inviter", "all：全体，以及按入群方式、首条回应、首周天数；也可只选一种，或按邀请人"),
        choices=tuple(_BY),
    )  # fmt: skip
    at: int = option(0, Text("tell the share after N days; 0: 28, or fewer whole weeks where 5 members were not followed so long", "计算 N 天后的比例；0 为 28 天，追踪满 28 天者不足 5 人时缩短整周"), least=0)  # fmt: skip
    silence: int = option(0, Text("N days of silence are a lapse; 0: by the gaps in the data", "沉默 N 天视为流失；0 为按数据中的发言间隔"), least=0)  # fmt: skip
    cox: bool = option(False, Text("also hazard ratios; needs lifelines", "同时计算风险比，需安装 lifelines"))


SQL = f"""
WITH {MOVES}, {JOINS}, {FINDABLE}, clock AS (  -- it stands still where the exports have a hole
  SELECT day, in_window AND observed AS in_window, SUM(CASE WHEN observed THEN 1 ELSE 0 END) OVER (ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS t FROM days
), ends AS (
  SELECT MIN(day) AS first_day, MAX(day) AS last_day, MAX(t) AS end_t, MIN(CASE WHEN in_window THEN t END) AS since FROM clock
), arrived AS (
  SELECT group_id, member_id, CAST(joined_at AS DATE) AS day, source, inviter_id, CASE WHEN sent_at IS NULL THEN 0 ELSE 1 END AS noticed
  FROM joiners WHERE nth = 1 AND findable
), untold AS (
  SELECT COUNT(CASE WHEN NOT findable AND NOT batch THEN 1 END) AS untold FROM joiners
), acts AS (  -- a row for each active day, and one for the first join
  SELECT spoken.group_id, spoken.sender_id AS member_id, clock.t, NULL AS joined_t, NULL AS source, NULL AS inviter_id, NULL AS noticed
  FROM (SELECT DISTINCT group_id, sender_id, day FROM posts WHERE NOT official) spoken JOIN clock ON clock.day = spoken.day
  UNION ALL
  SELECT arrived.group_id, arrived.member_id, NULL, COALESCE(clock.t, 1 - days_between(arrived.day, ends.first_day)), arrived.source, arrived.inviter_id, arrived.noticed
  FROM arrived CROSS JOIN ends LEFT JOIN clock ON clock.day = arrived.day
  WHERE arrived.day <= ends.last_day
), marked AS (
  SELECT acts.*, MIN(t) OVER w AS first_t, MAX(joined_t) OVER w AS arrived_t, t - LAG(t) OVER (PARTITION BY group_id, member_id ORDER BY t) AS gap
  FROM acts WINDOW w AS (PARTITION BY group_id, member_id)
), dated AS (  -- a join long after the first post is another one
  SELECT marked.*, first_t IS NULL OR COALESCE(arrived_t <= first_t + 1, FALSE) AS dated FROM marked
), begun AS (
  SELECT dated.*, CASE WHEN dated THEN LEAST(arrived_t, COALESCE(first_t, arrived_t)) ELSE first_t END AS start_t FROM dated
), people AS (
  SELECT group_id, member_id, dated, start_t, MAX(t) AS last_t, COUNT(CASE WHEN t < start_t + 7 THEN 1 END) AS week_days,
    MAX(CASE WHEN dated THEN source END) AS source, MAX(CASE WHEN dated THEN inviter_id END) AS inviter_id, MIN(CASE WHEN noticed = 1 THEN joined_t END) AS noticed_t
  FROM begun GROUP BY group_id, member_id, dated, start_t
), gaps AS (
  SELECT PERCENTILE_CONT(95e-2) WITHIN GROUP (ORDER BY gap) AS usual FROM marked WHERE gap IS NOT NULL
), firsts AS (
  SELECT group_id, sender_id, MIN(sent_at) AS first_at FROM posts WHERE NOT official GROUP BY group_id, sender_id
), answers AS (  -- `said_at`: of the message that is quoted; an @ names none
  SELECT said.group_id, said.sender_id AS member_id, said.sent_at AS said_at, answer.sender_id AS by_id, answer.sent_at
  FROM posts answer JOIN posts said ON said.group_id = answer.group_id AND said.message_id = answer.reply_to
  UNION ALL
  SELECT group_id, explode(mention_ids), NULL, sender_id, sent_at FROM posts WHERE size(mention_ids) > 0
), answered AS (
  SELECT firsts.group_id, firsts.sender_id, COUNT(*) AS answers
  FROM firsts JOIN answers ON answers.group_id = firsts.group_id AND answers.member_id = firsts.sender_id AND answers.by_id <> firsts.sender_id
    AND answers.sent_at >= firsts.first_at AND epoch_s(answers.sent_at) - epoch_s(firsts.first_at) <= 1800
    AND COALESCE(answers.said_at = firsts.first_at, TRUE)
  GROUP BY firsts.group_id, firsts.sender_id
), logs AS (
  SELECT told.group_id, clock.t AS log_t, told.named
  FROM (
    SELECT group_id, MIN(day) AS day, COUNT(CASE WHEN reply_to IS NOT NULL OR size(mention_ids) > 0 THEN 1 END) AS named FROM posts GROUP BY group_id
  ) told JOIN clock ON clock.day = told.day
)
SELECT people.group_id, people.member_id, people.dated, people.start_t, COALESCE(people.last_t, people.start_t) AS last_t, people.week_days,
  people.source, people.inviter_id, inviters.name AS inviter_name, people.noticed_t, logs.log_t, ends.end_t, ends.since, gaps.usual, untold.untold,
  CASE WHEN people.week_days = 0 THEN 'silent' WHEN answered.answers > 0 THEN 'yes' WHEN logs.named > 0 THEN 'no' ELSE 'unknown' END AS first_reply
FROM people CROSS JOIN ends CROSS JOIN gaps CROSS JOIN untold
LEFT JOIN logs ON logs.group_id = people.group_id
LEFT JOIN answered ON answered.group_id = people.group_id AND answered.sender_id = people.member_id
LEFT JOIN members ON members.group_id = people.group_id AND members.member_id = people.member_id
LEFT JOIN members inviters ON inviters.group_id = people.group_id AND inviters.member_id = people.inviter_id
WHERE NOT COALESCE(members.official, FALSE)
ORDER BY people.group_id, people.member_id
"""


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """A row for each stratum."""
    import numpy as np
    import pandas as pd

    numbers = ["start_t", "last_t", "week_days", "noticed_t", "log_t", "end_t", "since", "usual"]
    frame[numbers] = frame[numbers].astype(float)
    days = params.silence or max(survival.LEAST, int(np.ceil(survival.GAPS * np.nan_to_num(frame["usual"].max()))))
    lives, frame = _lives(frame, days)
    at = params.at or _reach(lives)
    rows = [row for by in _chosen(params.by) for row in _rows(frame, lives, by, at)]
    table = pd.DataFrame(rows, columns=[column.name for column in COLUMNS]).assign(silence_days=days)
    if params.cox:
        _hazards(table, frame, lives, params.by)
    biggest = [table["by"].map(_ORDER), -table["members"], table["stratum"].fillna(""), table["inviter_id"].fillna("")]
    order = pd.concat(biggest, axis=1, keys=range(4)).sort_values([*range(4)], kind="stable").index
    told = table.loc[order].reset_index(drop=True)
    told.attrs["at"] = at
    told.attrs["untold"] = int(frame["untold"].max()) if len(frame) else 0
    return told


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """What has to be said where the log is too short."""
    untold = frame.attrs.get("untold", 0)
    apart = [Note(UNTOLD, (("n", untold),))] if untold else []
    if not frame["members"].any():
        return [Note(_NOBODY), *apart]
    at = frame.attrs.get("at", params.at)
    far = [Note(_TOO_FAR, (("days", at),))] if frame["survival"].isna().all() else []
    if not far and not params.at and at < AT:
        far = [Note(_NEARER, (("days", at), ("usual", AT), ("few", FEW)))]
    return apart + far + [Note(_NO_HAZARD)] * bool(params.cox and frame["hazard_ratio"].isna().all())


def _lives(frame: pd.DataFrame, days: int) -> tuple[Lives, pd.DataFrame]:
    """The lives of members, and what is known of their first week."""
    import numpy as np

    began = frame[["group_id", "log_t", "noticed_t"]].groupby("group_id").transform("min").min(axis=1)
    began = began.fillna(frame["start_t"])  # a group of which only rosters tell
    old = ~frame["dated"].astype(bool) & (frame["start_t"] - began < days)
    start = frame["start_t"].mask(old)  # of whom it is not known has no life
    watched, until = np.maximum(began.to_numpy(), frame["since"].to_numpy()), float((frame["end_t"] - days).max())
    lives = survival.lives(start.to_numpy(), frame["last_t"].to_numpy(), watched, until)
    week = np.array(["0", "1", "2-3", "4-7"])[np.searchsorted([1, 2, 4], frame["week_days"], side="right")]
    untold = (frame["start_t"] < began).to_numpy()
    told = frame.assign(
        all=None,
        source=frame["source"].where(frame["source"].notna(), "unknown"),
        inviter_key=frame["inviter_id"].where(~frame["inviter_id"].fillna("").str.startswith("name:"), frame["group_id"] + "\x1f" + frame["inviter_id"]),
        first_reply=frame["first_reply"].mask(untold, "unknown"),
        week1=np.where(untold, "unknown", week),
    )  # fmt: skip
    return lives, told


def _reach(lives: Lives) -> int:
    """The most whole weeks, up to four, for which enough members were followed; four where it is not even one."""
    for days in range(AT, 0, -7):
        if int(((lives.entry <= days) & (lives.end > days)).sum()) >= FEW:
            return days
    return AT


def _chosen(by: str) -> tuple[str, ...]:
    return ("all", "source", "first_reply", "week1") if by == "all" else (by,)


def _landmark(by: str) -> int:
    return LANDMARK if by in ("first_reply", "week1") else 0


def _strata(frame: pd.DataFrame, by: str) -> pd.Series[Any]:
    """The stratum of each member: a code, of inviters an id."""
    return frame["inviter_key" if by == "inviter" else by].fillna("")


def _rows(frame: pd.DataFrame, lives: Lives, by: str, at: int) -> Iterator[dict[str, Any]]:
    lives = lives.landmark(_landmark(by))
    strata = _strata(frame, by)
    for stratum in sorted(strata.unique()):
        chosen = (strata == stratum).to_numpy()
        some = lives.take(chosen)
        if by == "inviter" and stratum and not some.seen.any():
            continue
        first = frame[chosen].iloc[0]
        code = stratum or None
        if by == "inviter":
            code = "inviter" if stratum else "unknown"
        yield {
            "by": by,
            "stratum": code,
            "inviter_id": first["inviter_id"] if by == "inviter" and stratum else None,
            "inviter_name": _name(first) if by == "inviter" and stratum else None,
            "from_day": _landmark(by),
            "members": int(some.seen.sum()),
            "left_out": int((~some.seen).sum()),
            **_told(some.take(some.seen), at),
        }


def _name(row: pd.Series[Any]) -> Any:
    """What an inviter is called."""
    return row["inviter_name"] if isinstance(row["inviter_name"], str) else row["inviter_id"]


def _told(some: Lives, at: int) -> dict[str, Any]:
    """What the curve of one stratum says."""
    lapsed = int(some.lapsed.sum())
    if len(some.end) < FEW:
        return {"lapsed": lapsed}
    curve = survival.kaplan_meier(some)
    longest = float(some.end.max()) if not some.lapsed[some.end == some.end.max()].all() else float("inf")

    def share(day: int) -> float:
        return float(curve.survival[place]) if (place := curve.at(day)) >= 0 else 1.0

    told: dict[str, Any] = {"lapsed": lapsed, "at_risk": int(((some.entry <= at) & (some.end > at)).sum())}
    if at < longest:
        place = curve.at(at)
        ends = (float(curve.low[place]), float(curve.high[place])) if place >= 0 else (None, None)
        told |= {"survival": share(at), "low": ends[0], "high": ends[1]}
    weeks = range(0, min(364, int(some.end.max()) - 1) + 1, 7)
    return told | {"median_days": curve.median(), "curve": [share(week) for week in weeks]}


def _hazards(table: pd.DataFrame, frame: pd.DataFrame, lives: Lives, by: str) -> None:
    """Hazard ratios of all characteristics at once, from the landmark on, into the rows that tell of them."""
    import numpy as np
    import pandas as pd

    asked = ("inviter", "first_reply", "week1") if by == "inviter" else ("source", "first_reply", "week1")
    late = lives.landmark(LANDMARK)
    known = late.seen & (frame["week1"] != "unknown").to_numpy() & (frame["first_reply"] != "unknown").to_numpy()
    strata = {kind: _strata(frame, kind) for kind in asked}
    strata["first_reply"] = strata["first_reply"].mask(frame["first_reply"] == "silent", "no")
    known, enough = _compared(strata, late.lapsed, known)
    columns: dict[tuple[str, str], Any] = {}
    biggest = {}
    for kind, names in enough.items():
        counts = strata[kind][known].value_counts()
        biggest[kind] = max(names, key=lambda name: (counts[name], name))
        columns |= {(kind, name): (strata[kind] == name).astype(float) for name in names if name != biggest[kind]}
    if not columns:
        return
    found = survival.cox(late.take(known), pd.DataFrame({f"{n}": column[known] for n, column in enumerate(columns.values())}))  # fmt: skip
    if found is None:
        return
    ratios = dict(zip(columns, np.exp(found[["coef", "low", "high"]].to_numpy()).tolist(), strict=True))
    for row in table.index:
        kind = str(table.at[row, "by"])
        name = str(table.at[row, "inviter_id"] or "") if kind == "inviter" else str(table.at[row, "stratum"])
        if kind in biggest:
            told = ratios.get((kind, name), [1.0, None, None] if name == biggest[kind] else [None] * 3)
            table.loc[row, ["hazard_ratio", "hazard_low", "hazard_high"]] = told


def _compared(strata: dict[str, pd.Series[Any]], lapsed: Flags, known: Flags) -> tuple[Flags, dict[str, list[str]]]:
    """Of `known`, the members of strata with enough lapses, and these strata by kind; whom one kind leaves out is missing in the others, so until nothing changes."""
    while True:
        enough = {
            kind: [name for name in sorted(of[known].unique()) if lapsed[known & (of == name).to_numpy()].sum() >= FEW]
            for kind, of in strata.items()
        }
        enough = {kind: names for kind, names in enough.items() if len(names) > 1}
        left = known.copy()
        for kind, names in enough.items():
            left &= strata[kind].isin(names).to_numpy()
        if (left == known).all():
            return known, enough
        known = left
