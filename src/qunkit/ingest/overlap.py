"""Do two exports of one group say the same where both have something to say? A rename, a wrong zone or other wording shows here.

    match rate = messages that both tell, less than a minute apart ÷ messages of the smaller one, over the hours that lie inside both exports

Exports of one chat that overlap match nearly everywhere: 1 for clean ones, above 0.98 with recalls, 0.8 to 0.97 after renames, below
0.001 where a clock is off. Only hours that both cover count, and their first and last are left out. Of several known exports the one that
matches best counts: a bad neighbour does not make a good export suspicious. Of two new ones the later is judged.

What no rule can know is counted too: a moment that two exports both cut may hold a message each that look the same, or cards that each words in its
own way. A moment is a second; where an export has minutes, the minute; where it has days only, the day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from qunkit.ingest import namesakes
from qunkit.ingest.alike import COMPARED, IS_NAMED, SECOND, WORDS
from qunkit.words import Text

SILENT, GOOD, REFUSED = 0.995, 0.98, 0.5
ENOUGH, SOME = 50, 10
"""Messages of the smaller side below which nothing is refused; and below which nothing is concluded. Between them little agreement is doubtful."""
RENAMED = Text(
    "most of the others have the same time and words under another name: members who changed theirs",
    "其余大多时间和内容相同而名字不同：成员改过名",
)
SHARED_NAMES = Text(
    "most of the others are told by a name that several members have",
    "其余大多只有名字，而群里有多名成员同名",
)
_LIKELY = 0.8
"""Share of what does not match that a diagnosis must explain."""
_SAMPLE = 2000
_HALF_HOURS = range(-52, 53)
"""By how much two clocks can differ: zones are from 12 hours behind UTC to 14 ahead."""

_TABLES = """
CREATE TABLE overlap_hours (grp VARCHAR, hour BIGINT, src VARCHAR, n BIGINT);
CREATE TABLE overlap_both (grp VARCHAR, hour BIGINT, a VARCHAR, b VARCHAR, n BIGINT);
CREATE TABLE overlap_doubtful (grp VARCHAR, src VARCHAR);
CREATE TABLE overlap_alone (grp VARCHAR, src VARCHAR, sent_at BIGINT, who VARCHAR, said VARCHAR);
CREATE TABLE overlap_edges (grp VARCHAR, src VARCHAR, first BIGINT, last BIGINT);
CREATE TABLE overlap_seams (grp VARCHAR, moment BIGINT, unit BIGINT, same VARCHAR, src VARCHAR, n BIGINT, merged BIGINT, reworded BIGINT, unsure BOOLEAN);
CREATE TABLE overlap_days (grp VARCHAR, day DATE, n BIGINT);
"""

_SHARED = "CREATE OR REPLACE TEMP TABLE shared AS SELECT unnest($groups) AS grp"

_TOLD = f"""
CREATE OR REPLACE TEMP TABLE overlap_told AS
SELECT group_key AS grp, message_id, unnest(sources) AS src, {SECOND.format("sent_at")} * 1000 AS sent_at,
  time_quality = 'minute' AS coarse, time_quality = 'day' AS daily, sender_key AS who, telling, own_id IS NULL AS anonymous
FROM meant WHERE group_key IN (FROM shared)
"""

_COUNTED = """
INSERT INTO overlap_hours SELECT grp, sent_at // 3600000, src, COUNT(DISTINCT message_id) FROM overlap_told WHERE NOT daily GROUP BY ALL;
INSERT INTO overlap_both
SELECT a.grp, a.sent_at // 3600000, a.src, b.src, COUNT(DISTINCT a.message_id)
FROM overlap_told a JOIN overlap_told b
  ON b.grp = a.grp AND b.message_id = a.message_id AND b.src <> a.src AND abs(b.sent_at - a.sent_at) < 60000
WHERE a.src IN (SELECT unnest($run)) AND NOT a.daily AND NOT b.daily GROUP BY ALL;
INSERT INTO overlap_edges SELECT grp, src, MIN(sent_at), MAX(sent_at) FROM overlap_told GROUP BY ALL;
INSERT INTO overlap_seams
WITH edges AS (
  SELECT grp, unnest([MIN(sent_at), MAX(sent_at)]) // 60000 AS minute FROM overlap_told GROUP BY grp, src
), near AS (
  SELECT t.*, content, content_of_minute, NULLIF(words, hash('')) AS words,
    content_of_minute IS NOT NULL AND bool_or(t.coarse) OVER (PARTITION BY grp, content_of_minute) AS by_minute
  FROM overlap_told t JOIN keyed USING (telling) WHERE (grp, t.sent_at // 60000) IN (SELECT (grp, minute) FROM edges)
), equal AS (
  SELECT grp, src, message_id, anonymous, words, IF(by_minute, content_of_minute, content) AS same, IF(by_minute, 60000, 1) AS unit, sent_at // unit AS moment
  FROM near
), merged AS (
  SELECT grp, same, unit, moment, COUNT(*) AS merged, COUNT(*) FILTER (unsure AND differing) AS reworded, bool_or(unsure) AS unsure FROM (
    SELECT grp, same, unit, moment, message_id, bool_or(anonymous) AS unsure, MIN(words) <> MAX(words) AS differing FROM equal GROUP BY ALL
  ) GROUP BY ALL
)
SELECT grp, moment, unit, same, src, COUNT(DISTINCT message_id), any_value(merged), any_value(reworded), any_value(unsure)
FROM equal JOIN merged USING (grp, same, unit, moment) GROUP BY ALL;
"""

# What sources say that do not match, month by month, until there is enough to see why: of a row of observations, which need not be merged for it.
_SAID = f"""
INSERT INTO overlap_alone
SELECT grp, src, sent_at, who, said FROM (
  SELECT i.group_key AS grp, unnest(o.sources) AS src, {SECOND.format("o.sent_at")} * 1000 AS sent_at, i.sender_key AS who,
    left({WORDS.format("o.text")}, 200) AS said
  FROM {{observations}} o JOIN identity i ON {IS_NAMED}
  WHERE o.kind = 'text' AND o.time_quality <> 'day' AND o.text IS NOT NULL AND list_has_any(o.sources, $sources)
) t WHERE (grp, src) IN (SELECT (grp, src) FROM overlap_doubtful)
  AND (SELECT COUNT(*) FROM overlap_alone o WHERE o.grp = t.grp AND o.src = t.src) < $sample
QUALIFY row_number() OVER (PARTITION BY grp, src ORDER BY sent_at, said) <= $sample
"""

# What exports with days only say of days of which the group has finer times is left out, and may be more than the finer ones have: counted where
# the run tells anything of the day.
_LEFT_OUT = f"""
INSERT INTO overlap_days
WITH told AS (
  SELECT i.group_key AS grp, CAST(o.local_time AS DATE) AS day, hash({", ".join(COMPARED)}) AS same, m.message_id, o.sources
  FROM observed o JOIN identity i ON {IS_NAMED}
  LEFT JOIN (SELECT telling, message_id FROM meant) m ON m.telling = o.telling
), daily AS (
  SELECT grp, day, same, MAX(n) AS n FROM (
    SELECT grp, day, same, src, COUNT(*) AS n FROM (SELECT *, unnest(sources) AS src FROM told WHERE message_id IS NULL) GROUP BY grp, day, same, src
  ) WHERE (grp, day) IN (SELECT (grp, day) FROM told WHERE list_has_any(sources, $run)) GROUP BY ALL
), finer AS (SELECT grp, day, same, COUNT(DISTINCT message_id) AS n FROM told SEMI JOIN daily USING (grp, day, same) GROUP BY ALL)
SELECT grp, day, SUM(d.n - COALESCE(f.n, 0)) FROM daily d LEFT JOIN finer f USING (grp, day, same) WHERE d.n > COALESCE(f.n, 0) GROUP BY ALL
"""

_RATES = """
WITH range AS (
  SELECT grp, src, MIN(hour) AS first, MAX(hour) AS last, COALESCE(list_position($run, src), 0) AS place FROM overlap_hours GROUP BY grp, src
), pairs AS (
  SELECT a.grp, a.src AS a, b.src AS b, greatest(a.first, b.first) AS begin, least(a.last, b.last) AS stop
  FROM range a JOIN range b ON b.grp = a.grp AND b.src <> a.src
  WHERE a.place > b.place AND least(a.last, b.last) - greatest(a.first, b.first) > 1
), counted AS (
  SELECT p.grp, p.a, p.b,
    SUM(h.n) FILTER (h.src = p.a) AS of_a, SUM(h.n) FILTER (h.src = p.b) AS of_b
  FROM pairs p JOIN overlap_hours h ON h.grp = p.grp AND h.src IN (p.a, p.b) AND h.hour > p.begin AND h.hour < p.stop GROUP BY ALL
), matched AS (
  SELECT p.grp, p.a, p.b, SUM(o.n) AS n
  FROM pairs p JOIN overlap_both o ON o.grp = p.grp AND o.a = p.a AND o.b = p.b AND o.hour > p.begin AND o.hour < p.stop GROUP BY ALL
)
SELECT c.grp, c.a, c.b, CAST(least(c.of_a, c.of_b) AS BIGINT), CAST(COALESCE(m.n, 0) AS BIGINT)
FROM counted c LEFT JOIN matched m USING (grp, a, b) WHERE least(c.of_a, c.of_b) >= $enough
ORDER BY ALL
"""

# Exports that begin in one moment hold what came last in it, the longer one all that the shorter one holds; so do those that end in it with
# what came first. What one of either kind says may be the same as what the other says, or not: at most all of it is different. An export
# that neither begins nor ends in the moment knows. Where any export is cut, cards that were paired in spite of their words may be two.
_AMBIGUOUS = """
WITH range AS (SELECT grp, src, MIN(first) AS first, MAX(last) AS last FROM overlap_edges GROUP BY ALL),
told AS (SELECT s.*, moment = first // unit AS begins, moment = last // unit AS ends FROM overlap_seams s JOIN range USING (grp, src)),
sides AS (
  SELECT grp, moment, same, any_value(merged) AS merged, MAX(n) AS n, bool_and(begins OR ends) AND bool_or(unsure) AS ambiguous,
    IF(bool_or(begins OR ends), any_value(reworded), 0) AS reworded,
    CASE WHEN begins AND ends THEN src WHEN begins THEN 'begin' ELSE 'end' END AS side
  FROM told GROUP BY ALL
)
SELECT COUNT(DISTINCT (grp, moment)), CAST(COALESCE(SUM(missing), 0) AS BIGINT) FROM (
  SELECT grp, moment, greatest(IF(bool_and(ambiguous), SUM(n) - any_value(merged), 0), MAX(reworded)) AS missing FROM sides GROUP BY grp, moment, same
) WHERE missing > 0
"""

_SHIFTED = """
SELECT COUNT(DISTINCT (a.sent_at, a.said)), MIN(a.sent_at) FROM overlap_alone a JOIN overlap_alone b
  ON b.grp = a.grp AND b.said = a.said AND b.sent_at = a.sent_at + $shift
WHERE a.grp = $grp AND a.src = $a AND b.src = $b AND (NOT $named OR a.who = b.who)
"""


@dataclass(frozen=True, slots=True)
class Shift:
    """A clock that is off."""

    minutes: int
    """How far it is behind; ahead if less than 0."""
    at: int
    """A time that it shows, in milliseconds since 1970."""


@dataclass(frozen=True, slots=True)
class Match:
    """How far a source of this run agrees with the known export that it agrees with best."""

    source: str
    group: str
    of: int
    """Messages of the smaller side in the overlap."""
    matched: int
    cause: Text | None = None
    shift: Shift | None = None
    """What the cause is, if it is a clock."""
    namesakes: tuple[namesakes.Namesakes, ...] = ()
    """Members of one name of whom it, or what it met, tells by name only."""

    @property
    def rate(self) -> float:
        """Of the smaller side's messages, the share that both tell."""
        return self.matched / self.of

    @property
    def cause_said(self) -> Text | str:
        """The cause as the end of a sentence."""
        return Text(f"; {self.cause.en}", f"；{self.cause.zh}") if self.cause else ""

    @property
    def refused(self) -> bool:
        """So little that the source must not go in."""
        return self.rate < REFUSED and self.of >= ENOUGH


@dataclass(frozen=True, slots=True)
class Seams:
    """Moments at which several exports are cut, and how many messages there may be one or two; and what exports without times may have more."""

    count: int = 0
    ambiguous: int = 0
    days: int = 0
    left_out: int = 0
    """Messages of exports that keep days only, on days of which others are finer and do not have them."""


def start(connection: duckdb.DuckDBPyConnection) -> None:
    """Before the first month."""
    connection.execute(_TABLES)
    connection.execute(namesakes.TABLE)


def observe(connection: duckdb.DuckDBPyConnection, run: Sequence[str], shared: Sequence[str]) -> None:
    """After a month was resolved: count what its sources say alike of groups that several tell, one of them of this run."""
    if connection.sql("SELECT 1 FROM observed WHERE time_quality = 'day' LIMIT 1").fetchall():
        connection.execute(_LEFT_OUT, {"run": list(run)})
    if shared:
        connection.execute(_SHARED, {"groups": list(shared)})
        connection.execute(_TOLD)
        for statement in _COUNTED.split(";\n"):
            if statement.strip():
                connection.execute(statement, {"run": list(run)} if "$run" in statement else {})
        namesakes.observe(connection, run)


def judge(
    connection: duckdb.DuckDBPyConnection, run: Sequence[str], observations: Sequence[str] = ()
) -> tuple[list[Match], Seams]:
    """After the last month: every source of the run that overlaps enough with another, and what stays ambiguous.

    `observations` are FROM items of the months, in order: what does not match is looked up there.
    """
    most: dict[tuple[str, str], tuple[bool, float, int, int, str]] = {}
    for group, a, b, of, matched in connection.execute(_RATES, {"run": list(run), "enough": SOME}).fetchall():
        found = (of >= ENOUGH, matched / of, of, matched, b)
        most[a, group] = max(most.get((a, group), found), found)
    best: dict[str, dict[str, Sequence[Any]]] = {}
    for (source, group), told in most.items():
        if told[0] or told[1] < REFUSED:
            best.setdefault(source, {})[group] = told[1:]
    matches = [_match(connection, source, best[source]) for source in run if source in best]
    doubtful = [(match, best[match.source][match.group]) for match in matches if match.rate < GOOD]
    _look_up(connection, doubtful, observations)
    explained = {match.source: _explained(connection, match, *told[1:]) for match, told in doubtful}
    matches = [explained.get(match.source, match) for match in matches]
    seams = connection.execute(_AMBIGUOUS).fetchall()[0]
    days = connection.sql("SELECT COUNT(*), CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM overlap_days").fetchall()[0]
    return matches, Seams(*seams, *days)


def _match(connection: duckdb.DuckDBPyConnection, source: str, found: Mapping[str, Sequence[Any]]) -> Match:
    """All groups of a source together; the one with most misses is named."""
    of, matched = sum(told[1] for told in found.values()), sum(told[2] for told in found.values())
    group = max(found, key=lambda group: (found[group][1] - found[group][2], group))
    return Match(source, group, of, matched, namesakes=namesakes.of(connection, source))


def _look_up(
    connection: duckdb.DuckDBPyConnection, doubtful: Sequence[tuple[Match, Sequence[Any]]], observations: Sequence[str]
) -> None:
    """Make ``overlap_alone`` of the sources that do not match, and of those that they ought to match."""
    sides = sorted({(match.group, source) for match, told in doubtful for source in (match.source, str(told[3]))})
    if not sides:
        return
    connection.executemany("INSERT INTO overlap_doubtful VALUES (?, ?)", sides)
    for month in observations:
        told = {"sources": [source for _, source in sides], "sample": _SAMPLE}
        connection.execute(_SAID.format(observations=month), told)


def _explained(connection: duckdb.DuckDBPyConnection, match: Match, of: int, matched: int, other: str) -> Match:
    """With the cause, if there is a likely one; `of` and `matched` are those of its group."""
    cause, shift = _cause(connection, match.group, match.source, other, of - matched)
    shared = sum(one.messages for one in match.namesakes)
    if cause in (None, RENAMED) and shared * 2 > match.of - match.matched:
        cause = SHARED_NAMES
    return replace(match, cause=cause, shift=shift)


def _cause(
    connection: duckdb.DuckDBPyConnection, group: str, a: str, b: str, missing: int
) -> tuple[Text | None, Shift | None]:
    """What most likely keeps the messages of two exports apart."""
    first: dict[int, int] = {}

    def alike(minutes: int, *, named: bool) -> int:
        told = {"grp": group, "a": a, "b": b, "shift": minutes * 60_000, "named": named}
        ((count, first[minutes]),) = connection.execute(_SHIFTED, told).fetchall()
        return int(count)

    here = alike(0, named=True)
    shifts = {half * 30: alike(half * 30, named=False) for half in _HALF_HOURS if half}
    minutes = max(shifts, key=lambda shift: (shifts[shift], -abs(shift)))
    if shifts[minutes] > max(alike(0, named=False), _LIKELY * min(missing, _SAMPLE) / 2):
        hours, shift = f"{abs(minutes) / 60:g}", Shift(minutes, first[minutes])
        if minutes > 0:
            return Text(f"its clock is {hours} h behind theirs", f"它的时间比已有数据慢 {hours} 小时"), shift
        return Text(f"its clock is {hours} h ahead of theirs", f"它的时间比已有数据快 {hours} 小时"), shift
    renamed = alike(0, named=False) - here
    if renamed * 2 > min(missing, _SAMPLE):
        return RENAMED, None
    return None, None
