"""Members who do not speak, 潜水与沉默成员: who never did, and who has not for N days; a list to go through and call.

    group_name  name      state   role    last_spoke           days_silent  active_days  beyond  joined
    妈妈群      小鹿      silent  member  2026-04-02 21:40:11           37           22  true    2025-11-03
    妈妈群      果果妈    never   member                                64            0

Those who were most active come first: they are the ones that the group lost. Days on which no group of the dataset has any data are not silence and
do not count. Who is gone is not listed: a notice, or the newest complete roster that does not have them, is later than all that shows them there. Who never spoke is known only where there is a complete
roster (`qunkit roster`). Staff and bots are left out. All history counts, also before `--since`.

`beyond`: silent beyond their own rhythm, (A ÷ (A + B))^(k-1) < 0.001: they spoke on k days; A is what the group's members said from their first day to their last, B what they said since, each member
counted once a day. Had the days fallen anywhere in that talk, so rarely would the others all lie before the silence. Where a group falls silent, that is nobody's own silence. Of fewer than 5 active
days nothing is said. It is a rule and no probability: people come in spells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.dataset import option
from qunkit.methods import gaps
from qunkit.methods.gone import GONE
from qunkit.methods.moves import MOVES, NAMED
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

TITLE = Text("Silent members: a list to call", "潜水与沉默成员")

LEAST = 5
"""Active days from which somebody has a rhythm."""
CHANCE = 1e-3
"""Of a silence: how rarely it would be so long, had somebody's days fallen anywhere."""

_STATES = {"silent": Text("fell silent", "沉默"), "never": Text("never spoke", "从未发言")}
_ROLES = {
    "owner": Text("owner", "群主"),
    "admin": Text("admin", "管理员"),
    "staff": Text("staff", "员工"),
    "member": Text("member", "成员"),
}
_NO_ROSTER = Text(
    "Who never spoke is known only with a complete roster: see `qunkit roster --help`.",
    "从未发言的成员需有完整名单才能列出：见 `qunkit roster --help`。",
)
COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id")),
    Column("group_name", "text", Text("group", "群")),
    Column("member_id", "text", Text("member id", "成员 id")),
    Column("name", "text", Text("name", "成员")),
    Column(
        "state",
        "text",
        Text("state", "状态"),
        Text("silent: spoke, and not for that long; never: on a complete roster and never spoke", "silent 曾发言，之后沉默；never 在完整名单中而从未发言"),
        words=_STATES,
    ),
    Column("role", "text", Text("role", "角色"), Text("by the roster; null: not known", "据名单；未知时为空"), words=_ROLES, spare=3),
    Column("last_spoke", "datetime", Text("last spoke", "最近发言"), Text("null: never in the group's log", "记录中从未发言时为空"), spare=2),
    Column(
        "days_silent",
        "int",
        Text("days silent", "沉默天数"),
        Text("days with data in any group after the last message; if they never spoke, after joining or the log's first day", "最近发言之后任一群有数据的天数；从未发言者从入群或群记录首日起算"),
    ),
    Column("active_days", "int", Text("active days", "发言天数"), Text("days on which they had spoken before", "此前有发言的天数")),
    Column(
        "beyond",
        "bool",
        Text("beyond rhythm", "超出自身规律"),
        Text("(A ÷ (A + B))^(k-1) < 0.001: they spoke on k days; A, B: how many members spoke on each day, added up, from their first to their last day, and since; null: fewer than 5 active days",
             "(A ÷ (A + B))^(k-1) < 0.001：k 为其发言天数；A、B 为其首次至最近发言期间及此后群内每日发言人数之和；发言不足 5 天时为空"),
        spare=1,
    ),
    Column("joined", "date", Text("joined", "入群日期"), Text("the latest time, by notice or roster; null: not known", "最近一次入群，据提示或名单；未知时为空"), spare=1),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """What `qunkit churn silent` can be told."""

    days: int = option(
        30,
        Text("who has not spoken for N days; who never spoke, or is silent beyond their own rhythm, is always listed",
             "列出 N 天未发言的成员；从未发言者及超出自身规律者均列出"),
        least=0,
    )  # fmt: skip


SQL = f"""
WITH {MOVES}, {GONE}, {NAMED}, heard AS (  -- how many days with data there are after a day
  SELECT day, SUM(CASE WHEN observed THEN 1 ELSE 0 END) OVER (ORDER BY day DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    - CASE WHEN observed THEN 1 ELSE 0 END AS days_after
  FROM days
), ends AS (
  SELECT MIN(day) AS first_day, MAX(day) AS last_day FROM days
), spoken AS (
  SELECT group_id, sender_id, MAX(last_spoke) AS last_spoke, MAX(day) AS last_day, COUNT(*) AS active_days,
    MAX(heard) - MIN(heard - that_day) AS talked, MAX(MAX(heard)) OVER (PARTITION BY group_id) - MAX(heard) AS talked_since
  FROM (  -- heard: how many members spoke on each day up to this one, added up
    SELECT group_id, sender_id, day, MAX(local_time) AS last_spoke, COUNT(*) OVER (PARTITION BY group_id ORDER BY day) AS heard,
      COUNT(*) OVER (PARTITION BY group_id, day) AS that_day
    FROM posts WHERE NOT official GROUP BY group_id, sender_id, day
  ) spoken_days
  GROUP BY group_id, sender_id
), people AS (
  SELECT members.group_id, COALESCE(named.group_name, members.group_id) AS group_name, members.member_id, members.name, members.role,
    spoken.last_spoke, COALESCE(spoken.active_days, 0) AS active_days,
    CASE WHEN spoken.active_days >= {LEAST} THEN POWER(spoken.talked / NULLIF(spoken.talked + spoken.talked_since, 0), spoken.active_days - 1) < {CHANCE:e} END AS beyond,
    CAST(presence.joined_at AS DATE) AS joined,
    COALESCE(spoken.last_day, LEAST(GREATEST(CAST(presence.joined_at AS DATE), named.first_day, ends.first_day), ends.last_day)) AS since
  FROM members CROSS JOIN ends
  LEFT JOIN named ON named.group_id = members.group_id
  LEFT JOIN spoken ON spoken.group_id = members.group_id AND spoken.sender_id = members.member_id
  LEFT JOIN presence ON presence.group_id = members.group_id AND presence.member_id = members.member_id
  WHERE NOT members.official AND NOT presence.gone
    AND (spoken.sender_id IS NOT NULL OR members.listed OR members.listed IS NOT NULL AND presence.here_at IS NOT NULL)
)
SELECT people.group_id, people.group_name, people.member_id, people.name,
  CASE WHEN people.last_spoke IS NULL THEN 'never' ELSE 'silent' END AS state,
  people.role, people.last_spoke, heard.days_after AS days_silent, people.active_days, people.beyond, people.joined
FROM people LEFT JOIN heard ON heard.day = people.since
WHERE people.last_spoke IS NULL OR heard.days_after >= :days OR people.beyond
ORDER BY people.active_days DESC, heard.days_after DESC, people.group_id, people.member_id
"""

remarks = gaps.unnarrowed


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """What has to be said where nobody who never spoke is listed."""
    return [] if (frame["state"] == "never").any() else [Note(_NO_ROSTER)]
