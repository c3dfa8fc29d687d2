"""What becomes of newcomers, 新人漏斗: joined → spoke → were answered → came back → ordered, in that order, for each group.

    group_name  basis  joined  spoke  answered  returned  spoke_share  answered_share  returned_share  median_wait_s  activation  retention_d7  retention_d30
    妈妈群      join       86     41        18        11         0.48            0.44            0.61            310        0.44          0.29           0.17

Newcomers are those whose first join is known and lies in the window, without staff and who came with the making of the group. Where a group's exports tell of no join, they
are who first posted 60 days or more after the group's first message, and `basis` says ``post``: how many joined is not known then. Answered: quoted by somebody else, or
mentioned, after they first spoke; null where the exports hold neither. `qunkit growth unanswered` lists who was not. Definitions: docs/methods/members.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qunkit.dataset import option
from qunkit.methods import gaps
from qunkit.methods.joins import JOINS, UNTOLD
from qunkit.methods.moves import MOVES
from qunkit.methods.newcomers import BASES, NEWCOMERS
from qunkit.methods.orders import LINES, SHEETLESS, orders_of
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

TITLE = Text("Newcomers: from joining to coming back", "新人漏斗")

SOURCES = {
    "invite": Text("invited", "邀请"),
    "qr": Text("QR code", "扫码"),
    "link": Text("link", "链接"),
    "other": Text("joined", "加入"),
}
COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=20),
    Column("group_name", "text", Text("group", "群")),
    Column("source", "text", Text("source", "来源"), Text("with --by source: how they came; null: all, or not known", "加 --by source 时为入群方式；为空表示全部或未知"), words=SOURCES, spare=9),
    Column("basis", "text", Text("counted by", "依据"), Text("join: known joins; post: no join is known, so who first posted 60 days or more after the group did", "入群：已知的入群记录；首次发言：无入群记录，取晚于该群首条消息 60 天后首次发言者"), words=BASES, spare=6),
    Column("joined", "int", Text("joined", "入群"), Text("newcomers in the window; null: not known", "期内新人；未知时为空")),
    Column("untold", "int", Text("not told apart", "无法对应"), Text("of these, who cannot be found among posters: no name, a name that two have, or ids on one side only; the other columns are of the rest", "其中无法与发言者对应的：无姓名、重名，或仅一侧有 id；其余各列不含这些人"), spare=1),
    Column("spoke", "int", Text("spoke", "发言"), Text("of the others, who posted; null: nobody can be found", "其余人中发过言的；均无法对应时为空")),
    Column("answered", "int", Text("answered", "获回复"), Text("of those, quoted by somebody else or mentioned since; null: the group's exports hold no quote or mention", "其中此后被他人引用或@的；群记录中无引用和@时为空")),
    Column("returned", "int", Text("came back", "再次发言"), Text("of those, who posted on a later day than that of the answer", "其中在获回复之后的日子再次发言的")),
    Column("ordered", "int", Text("ordered", "下单"), Text("of those, who since they came joined a sign-up list (接龙) or ordered in words; null: the group has no list, or instead of 0 where texts of its lists are lost", "其中来群后跟过接龙或有下单措辞的；群内无接龙时为空；接龙丢失正文时为下限，0 记为空"), spare=2),
    Column("spoke_share", "ratio", Text("spoke %", "发言率"), Text("spoke ÷ joined without those not told apart; shares of fewer than 5 are null", "发言 ÷ 入群（不含无法对应者）；分母不足 5 时为空，下同"), spare=3),
    Column("answered_share", "ratio", Text("answered %", "获回复率"), Text("answered ÷ spoke", "获回复 ÷ 发言"), spare=2),
    Column("returned_share", "ratio", Text("came back %", "再次发言率"), Text("came back ÷ answered", "再次发言 ÷ 获回复"), spare=4),
    Column("unanswered_back_share", "ratio", Text("back unanswered", "未获回复再次发言率"), Text("who spoke, was not answered, and posted on a later day than the first ÷ who spoke and was not answered", "发言未获回复者中，首次发言之后的日子再次发言的占比"), spare=12),
    Column("answered_day", "ratio", Text("in a day", "一天内获回复率"), Text("answered within 24 hours of the first message ÷ who first posted a day or more before the end", "首条消息后 24 小时内获回复 ÷ 首次发言距截止满一天的人数"), spare=6),
    Column("median_wait_s", "seconds", Text("first reply", "首次响应时长"), Text("median from the first message to the first answer by somebody else, of the same; waiting ends after 24 hours: null where half or more were not answered by then", "同一批人从首条消息到他人首次回复的中位时长，最多等 24 小时；半数以上此时仍未获回复时为空"), spare=1),
    Column("activation_n", "int", Text("7 days old", "满 7 天"), Text("who joined 7 days or more before the end, with data on 5 of the 7", "入群满 7 天且其中至少 5 天有数据的人数"), spare=10),
    Column("activation", "ratio", Text("activated", "激活率"), Text("of these, posted within 7 days", "其中 7 天内发言的占比"), spare=5),
    Column("d7_n", "int", Text("14 days old", "满 14 天"), Text("whose days 7 to 13 are over, with data on 5 of them", "第 7–13 天已过且其中至少 5 天有数据的人数"), spare=13),
    Column("retention_d7", "ratio", Text("day 7", "7 日留存率"), Text("of these, posted on a day from the 7th to the 13th after coming", "其中在第 7–13 天发言的占比"), spare=7),
    Column("d30_n", "int", Text("37 days old", "满 37 天"), Text("whose days 30 to 36 are over, with data on 5 of them", "第 30–36 天已过且其中至少 5 天有数据的人数"), spare=14),
    Column("retention_d30", "ratio", Text("day 30", "30 日留存率"), Text("of these, posted on a day from the 30th to the 36th", "其中在第 30–36 天发言的占比"), spare=8),
    Column("recent", "int", Text("recent", "近 7 天"), Text("of the newcomers, who came in the last 7 days and had little time", "新人中近 7 天才来的"), spare=11),
)  # fmt: skip
FLOOR = 5
_DAY = 86400


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit growth newcomers` can be told."""

    by: str = option("group", Text("one row a group, or a group and source", "每群一行，或每群每种来源一行"), choices=("group", "source"))  # fmt: skip


PART_SQL = LINES
per_group = orders_of
SQL = f"""
WITH {MOVES}, {JOINS}, {NEWCOMERS}, {SHEETLESS}, bought AS (
  SELECT newcomers.group_id, newcomers.member_id
  FROM newcomers JOIN parts ON parts.part = newcomers.group_id AND parts.member_id = newcomers.member_id AND parts.day >= newcomers.came_day
  GROUP BY newcomers.group_id, newcomers.member_id
), listing AS (
  SELECT group_id FROM posts WHERE kind = 'solitaire' GROUP BY group_id
), said AS (
  SELECT DISTINCT posts.group_id, posts.sender_id AS member_id, posts.day
  FROM posts WHERE (posts.group_id, posts.sender_id) IN (SELECT group_id, member_id FROM newcomers WHERE member_id IS NOT NULL)
), lived AS (  -- days with data after coming, and on which they posted
  SELECT newcomers.group_id, newcomers.member_id,
    COUNT(CASE WHEN days_between(newcomers.came_day, days.day) <= 6 THEN 1 END) AS held_0,
    COUNT(CASE WHEN days_between(newcomers.came_day, days.day) BETWEEN 7 AND 13 THEN 1 END) AS held_7,
    COUNT(CASE WHEN days_between(newcomers.came_day, days.day) BETWEEN 30 AND 36 THEN 1 END) AS held_30,
    COUNT(CASE WHEN days_between(newcomers.came_day, days.day) BETWEEN 7 AND 13 AND said.day IS NOT NULL THEN 1 END) AS said_7,
    COUNT(CASE WHEN days_between(newcomers.came_day, days.day) BETWEEN 30 AND 36 AND said.day IS NOT NULL THEN 1 END) AS said_30
  FROM newcomers JOIN days ON days.day >= newcomers.came_day AND days.day <= newcomers.came_day + 36
  LEFT JOIN said ON said.group_id = newcomers.group_id AND said.member_id = newcomers.member_id AND said.day = days.day
  WHERE days.observed GROUP BY newcomers.group_id, newcomers.member_id
), final AS (
  SELECT MAX(day) AS last_day FROM days
)
SELECT newcomers.group_id, COALESCE(named.group_name, newcomers.group_id) AS group_name, newcomers.member_id, newcomers.basis, newcomers.source, newcomers.findable,
  CASE WHEN newcomers.spoke_at IS NOT NULL THEN 1 ELSE 0 END AS spoke,
  CASE WHEN tellable.group_id IS NOT NULL THEN 1 ELSE 0 END AS tellable,
  CASE WHEN newcomers.spoke_at IS NOT NULL AND answered.member_id IS NOT NULL THEN 1 ELSE 0 END AS answered,
  CASE WHEN newcomers.last_day > answered.day THEN 1 ELSE 0 END AS returned,
  CASE WHEN bought.member_id IS NOT NULL THEN 1 ELSE 0 END AS ordered, CASE WHEN listing.group_id IS NOT NULL THEN 1 ELSE 0 END AS lists, CASE WHEN sheetless.group_id IS NOT NULL THEN 1 ELSE 0 END AS sheetless,
  CASE WHEN newcomers.last_day > newcomers.first_day THEN 1 ELSE 0 END AS back,
  epoch_s(answered.answered_at) - epoch_s(newcomers.sent_at) AS wait_s, epoch_s(:as_of) - epoch_s(newcomers.spoke_at) AS seen_s,
  days_between(newcomers.came_day, final.last_day) AS age, CASE WHEN newcomers.spoke_at < newcomers.came_at + INTERVAL '7' DAY THEN 1 ELSE 0 END AS soon,
  COALESCE(lived.held_0, 0) AS held_0, COALESCE(lived.held_7, 0) AS held_7, COALESCE(lived.held_30, 0) AS held_30,
  COALESCE(lived.said_7, 0) AS said_7, COALESCE(lived.said_30, 0) AS said_30
FROM newcomers CROSS JOIN final
LEFT JOIN named ON named.group_id = newcomers.group_id
LEFT JOIN tellable ON tellable.group_id = newcomers.group_id
LEFT JOIN answered ON answered.group_id = newcomers.group_id AND answered.member_id = newcomers.member_id
LEFT JOIN bought ON bought.group_id = newcomers.group_id AND bought.member_id = newcomers.member_id
LEFT JOIN sheetless ON sheetless.group_id = newcomers.group_id
LEFT JOIN listing ON listing.group_id = newcomers.group_id
LEFT JOIN lived ON lived.group_id = newcomers.group_id AND lived.member_id = newcomers.member_id
ORDER BY newcomers.group_id, newcomers.source, newcomers.member_id
"""

remarks = gaps.lost_orders


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """One row a group, or a group and source."""
    import pandas as pd

    key = ["group_id", "source"] if params.by == "source" else ["group_id"]
    rows = [
        _funnel(told, with_source=params.by == "source") for _, told in frame.groupby(key, sort=False, dropna=False)
    ]
    told = pd.DataFrame(rows, columns=[column.name for column in COLUMNS], dtype=object)
    return told.sort_values(["group_id", "source"], kind="stable") if len(told) else told


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """Where joins are not known, and that the last ones had little time."""
    guessed = frame[frame["basis"] == "post"]
    told = [Note(_NO_JOINS, (("n", guessed["group_id"].nunique()),))] if len(guessed) else []
    recent, untold = (int(frame[name].sum()) if len(frame) else 0 for name in ("recent", "untold"))
    told += [Note(UNTOLD, (("n", untold),))] if untold else []
    return [*told, *([Note(_RECENT, (("n", recent),))] if recent else [])]


_NO_JOINS = Text(
    "No join is known in {n} groups: their newcomers are who first posted 60 days or more after the group did.",
    "{n} 个群无入群记录：新人取晚于该群首条消息 60 天后首次发言者。",
)
_RECENT = Text(
    "{n} newcomers came in the last 7 days: they had little time to speak, be answered or come back.",
    "{n} 名新人近 7 天才来，发言、获回复、再次发言的时间尚短。",
)


def _funnel(told: pd.DataFrame, *, with_source: bool) -> dict[str, Any]:
    """The figures of some newcomers of one group."""
    first, everybody = told.iloc[0], told
    by_join, tellable = first["basis"] == "join", bool(first["tellable"])
    told = told[told["findable"].astype(bool)]
    counts = {"joined": len(everybody) if by_join else None, "untold": len(everybody) - len(told) if by_join else None, "recent": int((everybody["age"] < 7).sum())}  # fmt: skip
    names = {"group_id": first["group_id"], "group_name": first["group_name"], "source": first["source"] if with_source else None, "basis": first["basis"]}  # fmt: skip
    if told.empty:  # nobody can be found: nothing is known, which is not none
        return names | counts
    spoke = told[told["spoke"] == 1]
    answered = spoke[spoke["answered"] == 1]
    left = spoke[spoke["answered"] == 0]
    old = told[(told["age"] >= 7) & (told["held_0"] >= 5)]
    week, month = (told[(told["age"] >= n + 6) & (told[f"held_{n}"] >= 5)] for n in (7, 30))
    soon, wait = _waits(spoke) if tellable else (None, None)
    ordered = int((answered["returned"] * answered["ordered"]).sum())
    return {
        **names,
        **counts,
        "spoke": len(spoke),
        "answered": len(answered) if tellable else None,
        "returned": int(answered["returned"].sum()) if tellable else None,
        "ordered": ordered if tellable and first["lists"] and (ordered or not first["sheetless"]) else None,
        "spoke_share": _share(len(spoke), len(told)) if by_join else None,
        "answered_share": _share(len(answered), len(spoke)) if tellable else None,
        "returned_share": _share(int(answered["returned"].sum()), len(answered)) if tellable else None,
        "unanswered_back_share": _share(int(left["back"].sum()), len(left)) if tellable else None,
        "answered_day": soon,
        "median_wait_s": wait,
        "activation_n": len(old) if by_join else None,
        "activation": _share(int(old["soon"].sum()), len(old)) if by_join else None,
        "d7_n": len(week),
        "retention_d7": _share(int((week["said_7"] > 0).sum()), len(week)),
        "d30_n": len(month),
        "retention_d30": _share(int((month["said_30"] > 0).sum()), len(month)),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole >= FLOOR else None


def _waits(spoke: pd.DataFrame) -> tuple[float | None, float | None]:
    """Share of those who were answered within a day, and the median wait; of those who first posted a day or more ago."""
    import numpy as np

    waits = spoke.loc[spoke["seen_s"] >= _DAY, "wait_s"].astype(float)
    waits = waits.where(waits <= _DAY, np.inf)
    middle = float(waits.median()) if len(waits) >= FLOOR else np.inf
    return _share(int(np.isfinite(waits).sum()), len(waits)), middle if np.isfinite(middle) else None
