"""Who moves a group, 关键意见领袖: how many answers everybody gets, and how many one turn of theirs pulls. One row per group and member who posted in the window.

    name         label  volume  pull  low   high  reach  ignited  turns  explicit  confidence
    团长·小曼🍓  KOL      1204  3.10  2.71  3.55   0.83    990.5    388      0.44  high

Volume goes with how much one writes; pull does not. Both are of a Hawkes process of rank one (Hawkes 1971; EM: Lewis & Mohler 2011), in which quotes and mentions are known answers and the
rest goes by times: see `qunkit.methods.hawkes`. Times alone tell little of pull in a real chat, so `explicit` says how much of a volume people said themselves, and
half of their quotes and mentions is hidden to see whether the rest would have told it: where the rank correlation is below .2, no pull is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.arrays import column
from qunkit.dataset import option
from qunkit.methods.reply_log import LINES, Chat, read
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from qunkit.methods.hawkes import Fit

    Floats = NDArray[np.float64]

CONFIDENCE = {
    "high": Text("high", "高"),
    "medium": Text("medium", "中"),
    "low": Text("inferred, low", "推断·低可信"),
    "few_turns": Text("too few turns", "发言不足"),
    "failed": Text("self-check failed", "自检未通过"),
}

TITLE = Text("Key people: who moves the group", "KOL 影响力")

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=12),
    Column("group_name", "text", Text("group", "群")),
    Column("member_id", "text", Text("member id", "成员 id"), spare=11),
    Column("name", "text", Text("name", "成员")),
    Column("official", "bool", Text("staff", "官方"), Text("staff by qunkit.toml", "qunkit.toml 中的官方人员"), spare=10),
    Column(
        "label", "text", Text("label", "标签"),
        Text("KOL: no staff, pull above the group's (false discoveries: one in ten; by quotes and mentions a turn where the self-check fails or there is none), volume at least twice an equal share; the last is a convention",
             "KOL：非官方，带动力高于全群（错误发现率 10%；自检未通过或无法自检时按每轮获得的引用和@），回复获得不低于人均的 2 倍（约定）"),
        words={"kol": Text("KOL", "KOL")},
    ),
    Column("volume", "float", Text("volume", "回复获得"), Text("answers by others to what they wrote in the window, expected number", "他人对其所选时间内发言的回复数（期望值）")),
    Column(
        "pull", "float", Text("pull", "带动力"),
        Text("answers by others that one turn makes, shrunk to the group's by 10 turns; null: see confidence", "每轮发言带来的他人回复数，按 10 轮向全群平均收缩；为空时见可信度"),
    ),
    Column("low", "float", Text("pull from", "带动力下限"), Text("of a 95 % interval by how days differ; it does not hold what times cannot tell", "按各天差异估计的 95% 区间下限，不含时间推断本身的误差"), spare=5),
    Column("high", "float", Text("pull to", "带动力上限"), Text("its other end", "同一区间的上限"), spare=6),
    Column("reach", "ratio", Text("reach", "覆盖"), Text("different people who answered (said, or p of 0.5 or more) ÷ others who posted in the window", "回复过其发言的人数（明确回复或概率不低于 0.5）÷ 期内其他发言人数"), spare=3),
    Column("ignited", "float", Text("ignited", "引爆"), Text("root credit: others' turns that go back to threads they began, expected number", "由其发起的话题带来的他人发言轮次（期望值）"), spare=4),
    Column("turns", "int", Text("turns", "发言轮次"), Text("runs of one person's messages at most 2 minutes apart", "同一人连续发言（间隔不超过 2 分钟）计一轮"), spare=2),
    Column("explicit", "ratio", Text("explicit", "明确占比"), Text("of the volume, quotes and mentions; the rest is inferred", "回复获得中引用和@的占比，其余为推断"), spare=1),
    Column(
        "confidence", "text", Text("confidence", "可信度"),
        Text("high: self-check .4 or more; medium: .2 or more; low: no self-check, or less than 10 % of the group's answers are explicit; no pull: fewer than 20 turns, or self-check below .2",
             "高：自检不低于 0.4；中：不低于 0.2；低：无法自检，或全群回复中明确回复不足 10%；不显示带动力：不足 20 轮，或自检低于 0.2"),
        words=CONFIDENCE,
    ),
    Column("self_check", "float", Text("self-check", "自检 ρ"), Text("of the group: rank correlation of pull with the hidden half of quotes and mentions a turn", "全群：带动力与隐藏的一半引用和@（每轮）的秩相关"), spare=9),
)  # fmt: skip

DISCOVERIES = 0.1
SHARES = 2.0
EXPLICIT = 0.1
FAILED, GOOD = 0.2, 0.4


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit kol` can be told."""

    top: int = option(0, Text("only the N of the greatest volume of each group; 0: all", "每群只列回复获得最多的 N 人；0 为全部"))  # fmt: skip


PART_SQL = LINES

SQL = """
WITH named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM posts GROUP BY group_id
), ranked AS (
  SELECT parts.*, ROW_NUMBER() OVER (PARTITION BY part ORDER BY volume DESC, member_id) AS place FROM parts
)
SELECT ranked.part AS group_id, named.group_name, ranked.member_id, COALESCE(members.name, ranked.member_id) AS name, ranked.official, ranked.label,
  ranked.volume, ranked.pull, ranked.low, ranked.high, ranked.reach, ranked.ignited, ranked.turns, ranked.explicit, ranked.confidence, ranked.self_check
FROM ranked
JOIN named ON named.group_id = ranked.part
LEFT JOIN members ON members.group_id = ranked.part AND members.member_id = ranked.member_id
WHERE :top = 0 OR place <= :top
ORDER BY ranked.part, place
"""


def per_group(table: pa.Table, params: Params) -> pa.Table:
    """Members of one group who posted in the window; figures are rounded, so that every engine gives the same."""
    import numpy as np
    import pyarrow as pa

    from qunkit.methods.hawkes import fit
    from qunkit.methods.influence import ENOUGH_TURNS, ignited, self_check, spread

    chat = read(table)
    log, n = chat.log, chat.log.members
    found, check = fit(log), self_check(log)
    inside = chat.in_window[chat.turns.first].astype(np.float64)

    def sums(values: Floats) -> Floats:
        return np.bincount(log.who, values * inside, n).astype(np.float64)

    turns, volume = sums(np.ones(len(log.who))), sums(found.answers)
    said = np.flatnonzero((log.known >= 0) & (log.who[log.known] != log.who))
    answered = np.bincount(log.known[said], minlength=len(log.who)).astype(np.float64)
    explicit = sums(answered)
    sure = spread(log, found)
    enough = turns >= ENOUGH_TURNS
    shown = enough & (check is None or check >= FAILED)
    official = np.zeros(n, bool)
    official[log.who] = _official(table, chat)
    active = turns > 0
    chance = sure.p if check is not None and check >= FAILED else _said(chat, found, answered)  # never by times alone
    leads = _above(chance, enough) & ~official & (volume >= SHARES * volume.sum() / max(int(active.sum()), 1))
    explicit_share = float(len(said) / found.caused.sum()) if found.caused.sum() else 0.0
    kept = np.flatnonzero(active)
    with np.errstate(invalid="ignore", divide="ignore"):
        of_volume = np.where(volume > 0, np.minimum(explicit / volume, 1.0), np.nan)
        reach = _repliers(chat, found) / (active.sum() - active)
    figures = {
        "volume": volume,
        "pull": np.where(shown, found.pull, np.nan),
        "low": np.where(shown, sure.low, np.nan),
        "high": np.where(shown, sure.high, np.nan),
        "reach": np.where(np.isfinite(reach), reach, np.nan),
        "ignited": sums(ignited(log, found)),
        "explicit": of_volume,
        "self_check": np.full(n, np.nan if check is None else round(check, 2)),
    }
    who = column(kept)
    return pa.table(
        {
            "part": table["part"].slice(0, 1).take(column(np.zeros(len(kept), np.int64))),
            "member_id": chat.people.take(who),
            "official": pa.array(official[kept]),
            "label": pa.array(["kol" if leads[one] else None for one in kept], pa.string()),
            "turns": column(turns[kept].astype(np.int64)),
            "confidence": pa.array(
                [_confidence(bool(enough[one]), check, explicit_share) for one in kept], pa.string()
            ),
            **{name: column(values[kept].round(6)) for name, values in figures.items()},
        }
    )


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """What the self-check said, and how much is explicit."""
    if not len(frame):
        return []
    groups = frame.groupby("group_id", sort=False)[["group_name", "self_check"]].first()
    checked = groups["self_check"].dropna()
    failed = groups[groups["self_check"] < FAILED]
    told = []
    if len(checked):
        rho = f"{checked.iloc[0]:.2f}" if len(checked) == 1 else f"{checked.min():.2f}–{checked.max():.2f}"
        told.append(Note(_CHECKED, (("rho", rho), ("n", len(checked)))))
    if len(groups) > len(checked):
        told.append(Note(_UNCHECKED, (("n", len(groups) - len(checked)),)))
    if len(failed):
        told.append(Note(_HIDDEN, (("groups", ", ".join(failed["group_name"][:_MOST])), ("n", len(failed)))))
    volume = frame["volume"].sum()
    share = (frame["volume"] * frame["explicit"].fillna(0)).sum() / volume if volume else 0.0
    return [*told, Note(_EVIDENCE, (("share", f"{share:.0%}"),))]


_MOST = 5
_CHECKED = Text(
    "Self-check, half of the quotes and mentions hidden: rank correlation {rho} (groups: {n}).",
    "自检（隐藏一半引用和@后重新推断）：秩相关 {rho}（{n} 个群）。",
)
_UNCHECKED = Text(
    "No self-check (groups: {n}), for want of quotes and mentions, or of members with 20 turns: pulls go by times there and are little sure.",
    "{n} 个群的引用和@过少，或满 20 轮发言的成员过少，无法自检：带动力主要由时间推断，可信度低。",
)
_HIDDEN = Text(
    "Pull is hidden where the self-check is below 0.2 (groups: {n}): {groups}.",
    "{n} 个群自检低于 0.2，不显示带动力：{groups}。",
)
_EVIDENCE = Text(
    "Of all volume listed, {share} is explicit (quotes and mentions); the rest is inferred from times.",
    "所列回复获得中 {share} 为明确回复（引用和@），其余由时间推断。",
)


def _confidence(enough: bool, check: float | None, explicit: float) -> str:
    if not enough:
        return "few_turns"
    if check is None:
        return "low"
    if check < FAILED:
        return "failed"
    if explicit < EXPLICIT:
        return "low"
    return "high" if check >= GOOD else "medium"


def _above(p: Floats, asked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Who of those that are asked about has more pull than the group (Benjamini & Hochberg 1995)."""
    import numpy as np
    from scipy.stats import false_discovery_control

    found = np.zeros(len(p), bool)
    if asked.any():
        found[asked] = false_discovery_control(p[asked]) <= DISCOVERIES
    return found


def _said(chat: Chat, found: Fit, answered: Floats) -> Floats:
    """How often chance would give somebody as many quotes and mentions a turn, if all got alike."""
    from dataclasses import replace

    from qunkit.methods.influence import spread

    exposed = (1 - found.share[chat.log.who]).sum()
    return spread(chat.log, replace(found, answers=answered, prior=float(answered.sum() / max(exposed, 1.0)))).p


def _official(table: pa.Table, chat: Chat) -> NDArray[np.bool_]:
    """Of each turn, whether staff wrote it."""
    from qunkit.arrays import numbers

    staff: NDArray[np.bool_] = numbers(table["official"].cast("int8"))[chat.turns.first] > 0
    return staff


def _repliers(chat: Chat, found: Fit) -> Floats:
    """How many different people answered each member in the window, as far as that is said or likely."""
    import numpy as np

    from qunkit.methods.influence import likeliest

    log = chat.log
    by, p = likeliest(log, found)
    parent = np.where(log.known >= 0, log.known, np.where(p >= 0.5, by, -1))
    child = np.flatnonzero((parent >= 0) & chat.in_window[chat.turns.first])
    pairs = np.unique(log.who[parent[child]] * log.members + log.who[child])
    answered, answering = np.divmod(pairs, max(log.members, 1))
    return np.bincount(answered[answered != answering], minlength=log.members).astype(np.float64)
