"""Who moves a group, 关键意见领袖: how many answers everybody gets, and how many one turn of theirs pulls. One row per group and member who posted in the window.

    name         labels       volume  pull  low   high  reach  ignited  turns  explicit  confidence
    团长·小曼🍓  KOL, leader    1204  3.10  2.41  3.98   0.83    990.5    388      0.44  high

Volume goes with how much one writes; pull does not. Both are of a Hawkes process of rank one (Hawkes 1971; EM: Lewis & Mohler 2011), in which quotes and mentions are known answers and the
rest goes by times: see docs/methods/kol.md. Times alone tell little of pull in a real chat, so `explicit` says how much of a volume people said themselves, and
half of the people's quotes and mentions are hidden to see whether the rest would have told them: where that fails, no pull is shown; where there are too few to see it, a pull says so
in `confidence`, and no label goes by it. Labels are conventions (`[kol]` in qunkit.toml).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qunkit.arrays import column, places
from qunkit.dataset import option
from qunkit.methods import ad_sql, gaps, kol_log
from qunkit.methods.kol_log import ADS, OUT_OR_IN, RED_PACKETS, hear, lines
from qunkit.methods.relays import DAYS_OPEN
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    from collections.abc import Hashable

    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from qunkit.methods.influence import Check
    from qunkit.methods.kol_log import Heard

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

CONFIDENCE = {
    "high": Text("high", "高"),
    "medium": Text("medium", "中"),
    "low": Text("low", "推断·低可信"),
    "unchecked": Text("unchecked", "未自检·低可信"),
    "few_turns": Text("few turns", "发言不足"),
    "failed": Text("failed", "自检未通过"),
}

TITLE = Text("Key people: who moves the group", "KOL 影响力")

LABELS = {
    "kol": Text("KOL", "KOL"),
    "koc": Text("KOC", "KOC"),
    "leader": Text("group-buy leader", "团长"),
    "card": Text("name card", "名片人员"),
    "rising": Text("rising", "上升"),
}

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=20),
    Column("group_name", "text", Text("group", "群"), Text("null with --people", "加 --people 时为空")),
    Column("groups", "int", Text("groups", "群数"), Text("in how many groups they posted in the window; 1 without --people", "期内发言的群数；未加 --people 时为 1"), spare=15),
    Column("member_id", "text", Text("member id", "成员 id"), spare=19),
    Column("name", "text", Text("name", "成员")),
    Column("official", "bool", Text("staff", "官方"), Text("staff by qunkit.toml", "qunkit.toml 中的官方人员"), spare=14),
    Column(
        "labels", "list", Text("labels", "标签"),
        Text("conventions ([kol] in qunkit.toml). kol: no staff, pull above the group's (false discoveries: one in ten; by quotes and mentions a turn, as for koc, where the self-check fails or there is none), volume at least twice "
             "an equal share. koc: no staff, no kol, pull at the group's median or more, less than 10 % ads, 3 answered turns about products in the last 28 days. leader: opened 3 sign-up lists that others joined, or 10 orders in answer, by 5 people. card: 2 people "
             "passed their name card on. rising: see `qunkit kol rising`",
             "均为约定，可在 qunkit.toml 的 [kol] 中修改。KOL：非官方，带动力高于全群（错误发现率 10%；自检未通过或无法自检时按每轮获得的引用和@，KOC 同此），回复获得不低于人均的 2 倍。KOC：非官方且非 KOL，带动力不低于群中位数，广告占比低于 10%，近 28 天有 3 轮产品或体验发言获得回复。"
             "团长：发起 3 个有人跟接的接龙，或其发言带来 10 次下单，且涉及 5 人。名片人员：2 人转发过其名片。上升：见 `qunkit kol rising`"),
        words=LABELS,
    ),
    Column("volume", "float", Text("volume", "回复获得"), Text("answers by others to what they wrote in the window, expected number; with --half-life weighted by age", "他人对其所选时间内发言的回复数（期望值）；加 --half-life 时按时间加权")),
    Column(
        "pull", "float", Text("pull", "带动力"),
        Text("answers by others that one turn makes, shrunk to the group's by 10 turns; null: see confidence", "每轮发言带来的他人回复数，按 10 轮向全群平均收缩；为空时见可信度"),
    ),
    Column("low", "float", Text("pull from", "带动力下限"), Text("of a 95 % interval under the model: of how days differ, and of what times leave open (docs/methods/kol.md)", "模型下 95% 区间的下限，含各天差异和时间推断的不确定（docs/methods/kol.md）")),
    Column("high", "float", Text("pull to", "带动力上限"), Text("its other end", "同一区间的上限")),
    Column("reach", "ratio", Text("reach", "覆盖"), Text("different people who answered (said, or p of 0.5 or more) ÷ all others who posted in the window", "回复过其发言的人数（明确回复或概率不低于 0.5）÷ 期内发过言的其他全部人数"), spare=3),
    Column("ignited", "float", Text("ignited", "引爆"), Text("root credit: others' turns that go back to threads they began, expected number", "由其发起的话题带来的他人发言轮次（期望值）"), spare=4),
    Column("turns", "int", Text("turns", "发言轮次"), Text("runs of one person's messages at most 2 minutes apart that begin in the window; without ads and what is written within 5 minutes of a red packet to nobody in particular (--ads, --red-packets): who wrote nothing else has 0", "同一人连续发言（间隔不超过 2 分钟）计一轮，按期内开始的计；不含广告，也不含红包后 5 分钟内未引用或@他人的发言（见 --ads、--red-packets），只发过这些的人为 0"), spare=1),
    Column("ad_share", "ratio", Text("ads", "广告占比"), Text("ads ÷ their messages in the window; null for staff, who are not judged", "广告数 ÷ 期内其消息数；官方人员不判定，为空"), spare=8),
    Column("lists", "int", Text("lists", "发起接龙"), Text("sign-up lists that they opened in the window and others joined; where texts of the group's lists are lost, or messages of neither known kind nor text may be lists, a lower bound, and null instead of 0", "期内由其发起且有人跟接的接龙数；该群有接龙丢失正文、或有类型和正文均未知的消息时为下限，0 记为空"), spare=10),
    Column("orders", "int", Text("orders", "带来下单"), Text("orders in answer to their turns (by their wording)", "其发言带来的下单数（按措辞判断）"), spare=11),
    Column("tips", "int", Text("tips", "体验发言"), Text("turns about products, by their wording, that others answered in the last 28 days", "近 28 天获得回复的产品或体验发言轮次（按措辞判断）"), spare=12),
    Column("cards", "int", Text("cards", "名片转发"), Text("different people who passed their name card on in the group", "在群内转发过其名片的人数"), spare=13),
    Column("explicit", "ratio", Text("explicit", "明确占比"), Text("of the volume, quotes and mentions; the rest is inferred", "回复获得中引用和@的占比，其余为推断"), spare=2),
    Column(
        "confidence", "text", Text("confidence", "可信度"),
        Text("high: self-check .4 or more; medium: .2 or more; low: less than 10 % of the group's answers are explicit; unchecked: too few quotes and mentions, or members, for a self-check, less sure than any other; "
             "no pull: fewer than 20 turns (by their weight with --half-life), or self-check below .2 or with an interval that reaches below .1",
             "高：自检不低于 0.4；中：不低于 0.2；低：全群回复中明确回复不足 10%；未自检：引用和@或成员过少，可信度最低；不显示带动力：不足 20 轮（加 --half-life 时按权重），或自检低于 0.2 或其区间下限低于 0.1"),
        words=CONFIDENCE,
    ),
    Column("self_check", "float", Text("self-check", "自检 ρ"), Text("of the group: rank correlation of pull with the quotes and mentions a turn of that half of the people which was hidden; null: too few to tell; with --people the least of their groups", "全群：带动力与被隐藏的一半成员的引用和@（每轮）的秩相关；过少无法自检时为空；加 --people 时取其各群最低值"), spare=18),
    Column("q", "float", Text("q", "q"), Text("share of chance findings among those of the group who pull as surely more than it (kol: 0.1 or less); null with fewer than 20 turns; with --people the least of their groups", "本群中同等把握地高于全群带动力者里出于偶然的比例（KOL 须不超过 0.1）；不足 20 轮时为空；加 --people 时取各群最小值"), spare=16),
    Column("pagerank", "ratio", Text("position: PageRank", "网络位置·PageRank"), Text("with --position: as in `qunkit network members`; where somebody stands, not what they move; null without, and with --people", "加 --position 时给出，同 `qunkit network members`；只表示位置，不代表影响力；未加或加 --people 时为空"), spare=22),
    Column("core", "int", Text("position: core", "网络位置·k-核"), Text("the same: largest k such that they belong to a part of the group in which each has ties with k others of it", "同上：所属 k-核的最大 k，其中每人都与其中至少 k 人有联系"), spare=21),
)  # fmt: skip

EXPLICIT = 0.1
GOOD = 0.4


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit kol` can be told."""

    top: int = option(0, Text("only the N of the greatest volume of each group; 0: all", "每群只列回复获得最多的 N 人；0 为全部"), least=0)  # fmt: skip
    half_life: float = option(0.0, Text("days after which a turn counts half, back from as-of; 0: all count alike", "发言权重每隔多少天减半（从截至时间往前算）；0 为不加权"), least=0)  # fmt: skip
    people: bool = option(False, Text("one row a person over all groups", "同一人跨群合并为一行"))
    ads: str = option("out", ADS, choices=OUT_OR_IN)
    red_packets: str = option("out", RED_PACKETS, choices=OUT_OR_IN)
    position: bool = option(False, Text("also PageRank and k-core, by quotes and mentions", "另给出网络位置：按引用和@计算的 PageRank 与 k-核"))  # fmt: skip
    official: str = option("in", Text("rows of staff: listed (in) or not (out)", "官方人员：in 列出，out 不列"), choices=("in", "out"))  # fmt: skip


USES = ("kol_rising",)
FEATURES = ad_sql.FEATURES
KEPT = kol_log.KEPT
PYTHON = True
PART_SQL = lines(
    "posts.local_time >= :since - INTERVAL '1' DAY", f"posts.local_time >= :since - INTERVAL '{DAYS_OPEN}' DAY"
)

SQL = """
WITH named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name FROM posts GROUP BY group_id
), called AS (
  SELECT group_id, name, MIN(member_id) AS member_id
  FROM (
    SELECT group_id, member_id, name FROM members
    UNION SELECT group_id, member_id, nickname FROM rosters WHERE nickname IS NOT NULL
  ) names GROUP BY group_id, name HAVING COUNT(DISTINCT member_id) = 1
), cards AS (
  SELECT called.group_id, called.member_id, COUNT(DISTINCT passed.sender_id) AS passed_by
  FROM (
    SELECT group_id, sender_id, TRIM(REPLACE(REPLACE(text, '[名片]', ''), '【名片】', '')) AS name FROM posts WHERE kind = 'contact_card' AND in_window
  ) passed JOIN called ON called.group_id = passed.group_id AND called.name = passed.name
  WHERE passed.sender_id <> called.member_id
  GROUP BY called.group_id, called.member_id
)
SELECT parts.part AS group_id, named.group_name, parts.member_id, COALESCE(members.name, parts.member_id) AS name, parts.official,
  parts.volume, parts.pull, parts.low, parts.high, parts.repliers, parts.others, parts.ignited, parts.turns, parts.messages, parts.ads, parts.lists, parts.orders, parts.tips,
  COALESCE(cards.passed_by, 0) AS cards, parts.said, parts.confidence, parts.self_check, parts.q, parts.pagerank, parts.core,
  conventions.kol > 0 AND parts.leads AND parts.shares >= conventions.kol_shares AS is_kol,
  conventions.koc > 0 AND NOT parts.official AND parts.halfway AND parts.tips >= conventions.koc_tips
    AND parts.ads < conventions.koc_ads * parts.messages AND NOT (parts.leads AND parts.shares >= conventions.kol_shares) AS is_koc,
  conventions.leader > 0 AND (COALESCE(parts.lists, 0) >= conventions.leader_lists AND parts.joiners >= conventions.leader_people
    OR parts.orders >= conventions.leader_orders AND parts.buyers >= conventions.leader_people) AS is_leader,
  conventions.card > 0 AND COALESCE(cards.passed_by, 0) >= conventions.card_people AS is_card,
  conventions.rising > 0 AND COALESCE(kol_rising.state = 'rising', FALSE) AS is_rising
FROM parts
JOIN named ON named.group_id = parts.part
LEFT JOIN members ON members.group_id = parts.part AND members.member_id = parts.member_id
LEFT JOIN cards ON cards.group_id = parts.part AND cards.member_id = parts.member_id
LEFT JOIN kol_rising ON kol_rising.group_id = parts.part AND kol_rising.member_id = parts.member_id
CROSS JOIN conventions
ORDER BY parts.part, parts.volume DESC, parts.member_id
"""


def per_group(table: pa.Table, params: Params) -> pa.Table:
    """Members of one group who posted in the window; figures are rounded, so that every engine gives the same."""
    import numpy as np
    import pyarrow as pa

    from qunkit.methods.discoveries import DISCOVERIES, discoveries
    from qunkit.methods.habits import habits, lost, parents, repliers
    from qunkit.methods.hawkes import fit
    from qunkit.methods.influence import ENOUGH_TURNS, ignited, self_check, spread

    heard = hear(table, ads=params.ads == "in", storms=params.red_packets == "in")
    chat = heard.chat
    log, n = chat.log, chat.log.members
    found = fit(log)
    check = self_check(log, heard.somebody, found)
    inside = chat.in_window[chat.turns.first].astype(np.float64)
    weight = inside * (2 ** (-heard.age / params.half_life) if params.half_life > 0 else 1.0)

    def sums(values: Floats) -> Floats:
        return np.bincount(log.who, values * weight, n).astype(np.float64)

    said = np.flatnonzero((log.known >= 0) & (log.who[log.known] != log.who))
    answered = np.bincount(log.known[said], minlength=len(log.who)).astype(np.float64)
    turns, volume = np.bincount(log.who, inside, n), sums(found.answers)
    sure = spread(log, found, weight=weight)
    active = (turns > 0) & heard.somebody
    enough = active & (sums(np.ones(len(log.who))) >= ENOUGH_TURNS)
    shown = enough & (check is None or check.stands) & (found.answers.sum() > 0)
    told = (
        sure if check is not None and check.stands else spread(log, found, answered, weight)
    )  # no label by times alone
    explicit_share = float(len(said) / found.caused.sum()) if found.caused.sum() else 0.0
    parent = parents(heard, found)
    everybody, kept = len(heard.people), np.flatnonzero(heard.posted & ~(heard.official & (params.official == "out")))

    def listed(values: NDArray[Any], beyond: float = 0) -> NDArray[Any]:
        """Of those who are listed; `beyond` of who has nothing in the log."""
        return np.pad(values, (0, everybody - n), constant_values=beyond)[kept]

    q = discoveries(told.p, enough).round(6)
    middle = float(np.median(told.pull[enough])) if enough.any() else np.nan
    yes = {
        "leads": listed(q <= DISCOVERIES) & ~heard.official[kept],
        "halfway": listed(enough & (told.pull >= middle) & (told.pull > 0)),
        "official": heard.official[kept],
    }
    whole = {"turns": listed(turns), "others": np.full(len(kept), heard.posted.sum() - 1)}
    whole |= {name: counts[kept] for name, counts in {"repliers": repliers(heard, parent), **habits(heard, parent)}.items()}  # fmt: skip
    pagerank, core = _position(heard, kept, asked=params.position)
    figures = {
        "volume": listed(volume),
        "pull": listed(np.where(shown, sure.pull, np.nan), np.nan),
        "low": listed(np.where(shown, sure.low, np.nan), np.nan),
        "high": listed(np.where(shown, sure.high, np.nan), np.nan),
        "ignited": listed(sums(ignited(log, found))),
        "said": listed(np.minimum(sums(answered), volume)),
        "self_check": np.full(len(kept), np.nan if check is None else round(check.rho, 2)),
        "shares": listed(volume * active.sum() / max(float(volume[active].sum()), 1e-9)),
        "q": listed(q, np.nan),
        "pagerank": pagerank,
    }
    lists = whole.pop("lists")
    return pa.table(
        {
            "part": table["part"].slice(0, 1).take(column(np.zeros(len(kept), np.int64))),
            "member_id": heard.people.take(column(kept)),
            "confidence": pa.array([_confidence(bool(one), check, explicit_share) for one in listed(enough)], pa.string()),
            "lists": pa.array(lists, pa.int64(), mask=(lists == 0) & lost(heard)),
            "core": core,
            **{name: pa.array(values) for name, values in yes.items()},
            **{name: column(values.astype(np.int64)) for name, values in whole.items()},
            **{name: column(values.round(6)) for name, values in figures.items()},
        }
    )  # fmt: skip


def _position(heard: Heard, kept: Ints, *, asked: bool) -> tuple[Floats, pa.Array]:
    """PageRank and core of those who are listed; nothing if they are not asked for."""
    import numpy as np
    import pyarrow as pa

    from qunkit.methods import cohesion

    if not asked:
        return np.full(len(kept), np.nan), pa.nulls(len(kept), pa.int64())
    group = cohesion.read(heard.table)
    place = places(heard.people.take(column(kept)), group.ids)
    rank = cohesion.positions(group.by, group.to, len(group)) if len(group.by) else np.full(len(group), np.nan)
    return rank[place], pa.array(cohesion.cores(cohesion.ties(group.by, group.to, len(group)))[place], pa.int64())


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Labels as a list, ratios, and with --people one row a person."""
    import numpy as np
    import pandas as pd

    names = [f"is_{label}" for label in LABELS]
    frame[names] = frame[names].astype(bool)
    checks = _checks(frame)
    frame["groups"] = 1
    key = "group_id"
    if params.people:
        frame, key = _people(frame), "groups"
    told = frame.assign(
        labels=pd.Series(
            [[label for label, yes in zip(LABELS, row, strict=True) if yes] for row in frame[names].to_numpy()],
            frame.index,
            object,
        ),
        reach=frame["repliers"] / frame["others"].where(frame["others"] > 0),
        explicit=frame["said"] / frame["volume"].where(frame["volume"] > 0),
        ad_share=(frame["ads"] / frame["messages"].where(frame["messages"] > 0)).where(~frame["official"].astype(bool)),
    )
    if params.top:
        place = np.arange(len(told)) if params.people else told.groupby(key, sort=False).cumcount().to_numpy()
        told = told[place < params.top]
    told = told[[column.name for column in COLUMNS]]
    told.attrs = checks
    return told


def _checks(frame: pd.DataFrame) -> dict[Hashable | None, Any]:
    """What the self-checks of the groups said, for the notes."""
    groups = frame.groupby("group_id").agg(
        group_name=("group_name", "first"),
        self_check=("self_check", "first"),
        failed=("confidence", lambda told: (told == "failed").any()),
    )
    checked, failed = groups["self_check"].dropna(), groups["failed"].astype(bool)
    return {
        "checked": checked.tolist(),
        "unchecked": len(groups) - len(checked),
        "failed": groups.loc[failed, "group_name"].tolist(),
    }


_SUMS = ("volume", "repliers", "others", "ignited", "turns", "messages", "ads", "lists", "orders", "tips", "cards", "said")  # fmt: skip


def _people(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a person: what is counted is summed, pulls are weighed by turns, the rest is of the group of the most turns. Who is known by name alone is somebody of one group."""
    alone = frame["member_id"].str.startswith("name:")
    person = frame["member_id"].where(~alone, frame["group_id"] + "\x1f" + frame["member_id"])
    most = frame.assign(person=person).sort_values(["turns", "volume"], ascending=False, kind="stable")
    rows = most.groupby("person", sort=False)
    told = rows.first()
    sums = ["groups", *_SUMS]
    told[sums] = rows[sums].sum()
    told["lists"] = told["lists"].where((told["lists"] > 0) | (rows["lists"].count() == rows.size()))
    yes = ["official", *(f"is_{label}" for label in LABELS)]
    told[yes] = rows[yes].any()
    told["is_koc"] &= ~told["is_kol"]
    checked = most["pull"].notna() & (most["confidence"] != "unchecked")
    shown = most[checked | most["pull"].notna() & ~checked.groupby(most["person"]).transform("any")]
    for name in ("pull", "low", "high"):
        weighed = (shown[name] * shown["turns"]).groupby(shown["person"]).sum()
        told[name] = weighed / shown["turns"].groupby(shown["person"]).sum()
    told["confidence"] = shown.groupby("person")["confidence"].first().reindex(told.index).fillna(told["confidence"])
    told["group_id"] = told["group_name"] = None
    told["pagerank"] = told["core"] = None
    told[["self_check", "q"]] = rows[["self_check", "q"]].min()
    told = told.reset_index(drop=True)
    return told.sort_values(["volume", "member_id"], ascending=[False, True], kind="stable")


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """What the self-check said, and how much is explicit."""
    if not len(frame):
        return []
    volume = frame["volume"].sum()
    share = (frame["volume"] * frame["explicit"].fillna(0)).sum() / volume if volume else 0.0
    evidence = Note(_EVIDENCE, (("share", f"{share:.0%}"),))
    told = [Note(_PEOPLE)] if params.people else []
    checked, unchecked, failed = (frame.attrs[name] for name in ("checked", "unchecked", "failed"))
    if checked:
        low, high = f"{min(checked):.2f}", f"{max(checked):.2f}"
        rho = low if low == high else Text(f"{low} to {high}", f"{low} 至 {high}")
        told.append(Note(_CHECKED, (("rho", rho), ("n", len(checked)))))
    if unchecked:
        told.append(Note(_UNCHECKED, (("n", unchecked),)))
    if failed:
        told.append(Note(_HIDDEN, (("groups", gaps.named(failed)), ("n", len(failed)))))
    return [*told, evidence]


def remarks(ask: gaps.Ask) -> list[Note]:
    """What the exports do not tell."""
    return gaps.untimed(ask) + gaps.lost_lists(ask)


_CHECKED = Text(
    "Self-check, quotes and mentions of half of the people hidden: rank correlation {rho} (groups: {n}).",
    "自检（隐藏一半成员的引用和@后重新推断）：秩相关 {rho}（{n} 个群）。",
)
_UNCHECKED = Text(
    "No self-check (groups: {n}), for want of quotes and mentions, or of members with 20 turns: pulls are less sure there than any other, and no label goes by them.",
    "{n} 个群的引用和@过少，或满 20 轮发言的成员过少，无法自检：其带动力可信度最低，也不据此给标签。",
)
_HIDDEN = Text(
    "Pull is hidden where the self-check is below 0.2 or its interval reaches below 0.1 (groups: {n}): {groups}.",
    "{n} 个群自检低于 0.2 或其区间下限低于 0.1，不显示带动力：{groups}。",
)
_PEOPLE = Text(
    "One row a person: pulls of several groups are weighed by turns, those without a self-check only where there are no others; confidence is that of the group of the most turns whose pull is shown, and the self-check the least of their groups.",
    "同一人合并为一行：多个群的带动力按发言轮次加权，仅在没有其他群时才用未自检的群；可信度取显示带动力的群中发言最多的一个，自检取其各群最低值。",
)
_EVIDENCE = Text(
    "Of all volume listed, {share} is explicit (quotes and mentions); the rest is inferred from times.",
    "所列回复获得中 {share} 为明确回复（引用和@），其余由时间推断。",
)


def _confidence(enough: bool, check: Check | None, explicit: float) -> str:
    if not enough:
        return "few_turns"
    if check is None:
        return "unchecked"
    if not check.stands:
        return "failed"
    if explicit < EXPLICIT:
        return "low"
    return "high" if check.rho >= GOOD else "medium"
