"""Questions, and how long they wait for a first response 首次响应: what several analyses read of a group's log.

A question is a turn whose last text, without what is exempt (谢谢, OK …), ends as questions do. It is a member's own: staff's and ads are none. Its first response is the first line by somebody
else that answers it, by the surest sign that there is (`qunkit.methods.evidence`): ``quote``; ``mention`` of who asked, which answers their latest question;
``rule``, which a small model infers; else ``next``: who writes first, within `SOON`, and neither asks nor answers something else. Ads are no response.

Waiting ends at the response, after `DAY`, or with the data, whichever is first. Shares and quantiles are Kaplan & Meier's (1958), who let a question count for as long as
it was seen: the mean wait of those that were answered leaves out the ones that went badly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.arrays import numbers
from qunkit.dataset import SIGNS
from qunkit.methods import evidence
from qunkit.methods.links import before
from qunkit.methods.reply_log import SPOKEN, read, ruled
from qunkit.methods.survival import Lives, kaplan_meier
from qunkit.words import Text

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

EVIDENCE = {
    "quote": Text("quote", "引用"),
    "mention": Text("mention", "@"),
    "rule": Text("inferred", "推断"),
    "next": Text("wrote next", "紧接发言"),
}
"""What tells that a line is a response."""
DAY = 86400.0
SOON = 60.0
"""Seconds within which who writes next, to nobody in particular, is taken to answer."""
NEXT = 5
"""`Questions.how`, beside those of `qunkit.methods.evidence`."""
FLOOR = 5
"""Fewer questions than this: no share and no quantile."""
_AD = 0.5
_MINUTE = "FLOOR(epoch_s(local_time) / 60) - 1440 * FLOOR(epoch_s(local_time) / 86400)"
_DAYS = " ".join(f"WHEN {day} THEN conventions.response_day_{day}" for day in range(1, 8))

LINES = SPOKEN.replace(
    "SELECT ",
    f"""WITH judged AS (
  SELECT posts.*, COALESCE(features.ads >= {_AD:e}, FALSE) AND NOT posts.official AS ad, exempt.word IS NOT NULL AS is_exempt,
    {_MINUTE} AS minute_of_day
  FROM posts LEFT JOIN features ON features.text = posts.text LEFT JOIN exempt ON exempt.word = LOWER(TRANSLATE(posts.text, '{SIGNS}', ''))
)
SELECT ad, is_exempt, LEAST(epoch_s(:until), epoch_s(:as_of)) - epoch_s(local_time) AS seen_for, iso_dow(CAST(local_time AS DATE)) AS weekday,
  CASE iso_dow(CAST(local_time AS DATE)) {_DAYS} END > 0 AND CASE WHEN conventions.response_begin < conventions.response_end
    THEN minute_of_day >= conventions.response_begin AND minute_of_day < conventions.response_end
    ELSE minute_of_day >= conventions.response_begin OR minute_of_day < conventions.response_end END AS working,
  """,
    1,
).replace("FROM posts WHERE", "FROM judged CROSS JOIN conventions WHERE")
"""``PART_SQL``: the lines of `reply_log.SPOKEN`, and of each ``ad``, ``is_exempt``, ``seen_for`` (seconds until the data ends), ``weekday``, ``working`` (in working hours)."""


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of a group that were asked in the window, in order; one value a question."""

    line: Ints
    """Where it stands in the log."""
    wait: Floats
    """Seconds that it was seen waiting for anybody, at most `DAY`."""
    answered: Flags
    by: Ints
    """The line of the first response; -1: none."""
    how: Ints
    """Its evidence: `evidence.QUOTE`, `MENTION`, `RULE`, or `NEXT`."""
    p: Floats
    """How likely it is by the rule; NaN: not by the rule."""
    staff_wait: Floats
    """The same of the first response by staff."""
    staff_answered: Flags
    staff_by: Ints
    sure_wait: Floats
    """The same of the first response that is not by `NEXT`."""
    sure_answered: Flags
    people: Ints
    """How many people responded within `DAY`: not by `NEXT`, and by a mention only while who asked had said nothing since."""


def questions(table: pa.Table) -> Questions:
    """Those of one part of `LINES`."""
    import numpy as np

    chat = read(table)
    told, turns = ruled(table, chat), chat.turns
    n = table.num_rows
    at = column_of(table, "t")
    ad, official = flags_of(table, "ad"), flags_of(table, "official")
    asking = _asking(table, turns.of_line, ~flags_of(table, "is_exempt"))
    asked = np.full(len(turns), -1)
    asked[turns.of_line[asking]] = asking
    who = turns.who[turns.of_line]

    parent, how = told.line_parent, told.line_how.copy()
    of = np.where(parent >= 0, asked[turns.of_line[parent]], -1)
    meant = of.copy()
    named = np.flatnonzero(how == evidence.MENTION)
    of[named] = before(who[asking], asking, who[parent[named]], named)
    free = turns.first[(how[turns.first] == evidence.SOFT) & ~(flags_of(table, "asks") | ad)[turns.first]]
    latest = _latest_of_others(asking, who, free)
    soon = (latest >= 0) & (at[free] - at[latest] <= SOON)
    of[free[soon]], how[free[soon]] = latest[soon], NEXT
    replies = np.flatnonzero((of >= 0) & (how != evidence.START) & ~ad)
    replies = replies[(who[replies] != who[of[replies]]) & (of[replies] < replies)]

    chosen = asking[chat.in_window[asking] & ~ad[asking] & ~official[asking]]
    half = np.where(flags_of(table, "by_minute"), 30.0, 0.0)
    seen = np.clip(column_of(table, "seen_for")[chosen], 0, DAY)

    def first(replies: Ints) -> tuple[Floats, Flags, Ints]:
        by = np.full(n + 1, -1)
        by[of[replies[::-1]]] = replies[::-1]  # the first is written last
        found = by[chosen]
        delay = np.where(found >= 0, np.maximum(at[found] - at[chosen], 0) + half[chosen], np.inf)
        answered = delay <= DAY
        return np.where(answered, delay, seen), answered, np.where(answered, found, -1)

    wait, answered, by = first(replies)
    sure = first(replies[how[replies] != NEXT])[:2]
    closely = replies[meant[replies] == of[replies]]
    in_time = np.maximum(at[closely] - at[of[closely]], 0) + half[of[closely]] <= DAY
    pairs = np.unique(np.c_[of[closely], who[closely]][in_time], axis=0)
    people = np.bincount(pairs[:, 0], minlength=n)
    p = np.where(answered & (how[by] == evidence.RULE), told.p[by], np.nan)
    return Questions(chosen, wait, answered, by, how[by], p, *first(replies[official[replies]]), *sure, people[chosen])


def _latest_of_others(asking: Ints, who: Ints, lines: Ints) -> Ints:
    """The last question before each of `lines`, if it is somebody else's; -1: there is none."""
    import numpy as np

    if not len(asking):
        return np.full(len(lines), -1)
    place = np.searchsorted(asking, lines) - 1
    found = asking[np.maximum(place, 0)]
    return np.where((place >= 0) & (who[found] != who[lines]), found, -1)


def answered_within(wait: Floats, answered: Flags, seconds: float) -> float | None:
    """The share of questions that are answered so soon; None below `FLOOR` questions."""
    if len(wait) < FLOOR:
        return None
    curve = kaplan_meier(_lives(wait, answered))
    place = curve.at(seconds)
    return 0.0 if place < 0 else float(1 - curve.survival[place])


def quantile(wait: Floats, answered: Flags, share: float) -> float | None:
    """Seconds after which so many are answered; None where that does not come about in a day, and below `FLOOR` questions."""
    if len(wait) < FLOOR:
        return None
    curve = kaplan_meier(_lives(wait, answered))
    there = (curve.survival <= 1 - share + 1e-12).nonzero()[0]
    return float(curve.days[there[0]]) if len(there) else None


def _lives(wait: Floats, answered: Flags) -> Lives:
    """All watched from before the first moment: who is answered in the same second was there, too."""
    import numpy as np

    return Lives(np.full(len(wait), -1.0), wait, answered)


def _asking(table: pa.Table, of_line: Ints, counts: Flags) -> Ints:
    """The lines that make their turns questions: of each turn the last text that counts, if it asks."""
    import numpy as np
    import pyarrow as pa

    said = numbers(table["said"].is_valid().cast(pa.int8())) > 0
    telling = np.flatnonzero(said & counts)
    last = telling[np.r_[np.diff(of_line[telling]) > 0, True][: len(telling)]]
    found: Ints = last[flags_of(table, "asks")[last]]
    return found


def column_of(table: pa.Table, name: str) -> Floats:
    values: Floats = numbers(table[name].cast("double"))
    return values


def flags_of(table: pa.Table, name: str) -> Flags:
    values: Flags = numbers(table[name].cast("int8")) > 0
    return values
