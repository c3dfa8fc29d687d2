"""Moments in which one member sends several cards: which telling is of which message, where exporters word them differently.

A moment is a second, or the minute where an export knows no better; only rows of one group, sender and class meet here.

1.  Messages with an id come first, in their order. Tellings with equal words and number (the n-th of a source) are one slot.
2.  A slot is the first message with an id that has its words and that no source of the slot tells besides.
3.  Slots that are left, those of the source that tells most first (of several such, of the smallest), in its order: each is the first message
    that none of its sources tells besides, whatever its words; else it is a message of its own.

So what one source tells apart stays apart, equal words meet, and the rest is paired in order. It is a function of the set of all tellings, for any
number of sources. A telling that was paired with other words is asked last for its fields.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

import duckdb
import pyarrow as pa

_BATCH = 10_000
_PAIRED = pa.schema([("telling", pa.int64()), ("message_id", pa.string()), ("native_id", pa.string())])

_SECONDS = """
WITH crowded AS (
  SELECT content FROM (
    SELECT k.content, n.id, unnest(k.sources) AS src FROM keyed k LEFT JOIN native n ON n.telling = k.telling
    WHERE k.content IN (SELECT content FROM keyed WHERE words IS NOT NULL GROUP BY content HAVING MIN(words) <> MAX(words))
  ) GROUP BY content HAVING COUNT(*) > COUNT(DISTINCT src) OR COUNT(DISTINCT id) > 1
), told AS (
  SELECT k.content, n.id, md5(k.worded) AS words, k.occurrence, k.telling, k.sources, (k.sent_at, k.seq) AS place
  FROM keyed k LEFT JOIN native n ON n.telling = k.telling WHERE k.content IN (FROM crowded)
)
SELECT content, id IS NOT NULL AS known, list(telling), list(DISTINCT words), list_distinct(flatten(list(sources)))
FROM told GROUP BY content, id, IF(id IS NULL, words, NULL), IF(id IS NULL, occurrence, NULL)
ORDER BY content, known DESC, IF(known, MIN(place), MAX(place)), id, MIN(words), MIN(occurrence)
"""
"""Slots and messages with an id, of seconds in which a source tells several cards of different words."""

_MINUTES = """
WITH crowded AS (
  SELECT content_of_minute FROM message_of m JOIN keyed k USING (telling) WHERE words IS NOT NULL
  GROUP BY content_of_minute HAVING MIN(words) <> MAX(words) AND COUNT(DISTINCT message_id) > 2 AND bool_or(coarse) AND NOT bool_and(coarse)
)
SELECT content_of_minute, NOT bool_and(coarse) AS known, list(telling), list(DISTINCT md5(k.worded)),
  list_distinct(flatten(list(k.sources))), (m.message_id, m.native_id)
FROM message_of m JOIN keyed k USING (telling) WHERE content_of_minute IN (FROM crowded)
GROUP BY content_of_minute, m.message_id, m.native_id HAVING known OR m.native_id IS NULL
ORDER BY content_of_minute, known DESC, IF(known, MIN((k.sent_at, k.seq)), NULL), m.native_id NULLS LAST, MIN(k.occurrence)
"""
"""Messages of minutes in which exports to the minute and finer ones meet, and more than one of each class: the finer are known."""


class _Told(NamedTuple):
    """A slot or a message: its tellings, words and sources."""

    moment: str
    known: bool
    """Whether it is a message by itself; those come first."""
    tellings: list[int]
    words: list[str]
    sources: list[str]
    message: tuple[str, str | None] | None = None
    """Its id, and its native one."""


@dataclass(slots=True)
class _Moment:
    """Which messages of a moment each source tells, so far."""

    tells: dict[str, set[int]] = field(default_factory=dict)
    full: Counter[str] = field(default_factory=Counter)
    """Of every source: the first message that it does not tell."""

    def put(self, number: int, sources: Iterable[str]) -> int:
        """These sources tell that message."""
        for source in sources:
            told = self.tells.setdefault(source, set())
            told.add(number)
            while self.full[source] in told:
                self.full[source] += 1
        return number

    def free(self, number: int, sources: Iterable[str]) -> bool:
        """Whether none of these sources tells that message yet."""
        return not any(number in self.tells.get(source, ()) for source in sources)

    def worded(self, known: Sequence[_Told], row: _Told) -> int | None:
        """The first known message that has the words."""
        alike = (number for number, one in enumerate(known) if not set(one.words).isdisjoint(row.words))
        return next((number for number in alike if self.free(number, row.sources)), None)

    def first(self, sources: Sequence[str]) -> int:
        """The first message that none of these sources tells."""
        number = max(self.full[source] for source in sources)
        while not self.free(number, sources):
            number += 1
        return number


def _places(rows: Sequence[_Told]) -> list[tuple[int, bool]]:
    """Of every row of a moment: which message it is (from 0), and whether it joins one that was told in other words."""
    moment, found = _Moment(), {}
    known = [row for row in rows if row.known]
    for number, row in enumerate(known):
        found[row.tellings[0]] = (moment.put(number, row.sources), False)
    for row in rows[len(known) :]:
        if (alike := moment.worded(known, row)) is not None:
            found[row.tellings[0]] = (moment.put(alike, row.sources), False)
    tells = Counter(source for row in rows for source in row.sources)
    count = len(known)
    for row in sorted(rows, key=lambda row: min((-tells[source], source) for source in row.sources)):
        if row.tellings[0] not in found:
            number = moment.first(row.sources)
            found[row.tellings[0]] = (moment.put(number, row.sources), number < count)
            count = max(count, number + 1)
    return [found[row.tellings[0]] for row in rows]


def seconds(connection: duckdb.DuckDBPyConnection) -> None:
    """Number the tellings in ``keyed`` of crowded seconds."""
    numbered = [
        {"telling": telling, "number": number + 1, "joined": joined}
        for rows in _moments(connection, _SECONDS)
        for row, (number, joined) in zip(rows, _places(rows), strict=True)
        for telling in row.tellings
    ]
    if numbered:
        connection.register("numbers", pa.Table.from_pylist(numbered))
        connection.execute(
            "UPDATE keyed SET occurrence = number, joined = n.joined FROM numbers n WHERE n.telling = keyed.telling"
        )
        connection.unregister("numbers")


def minutes(connection: duckdb.DuckDBPyConnection) -> None:
    """Make ``paired`` of crowded minutes: the tellings to the minute, and which finer message each is, if any."""
    paired = []
    for rows in _moments(connection, _MINUTES):
        finer = [row.message for row in rows if row.known]
        for row, (number, _) in zip(rows, _places(rows), strict=True):
            if not row.known:
                message = finer[number] if number < len(finer) else None
                paired += [(telling, *(message or (None, None))) for telling in row.tellings]
    columns = zip(*paired, strict=True) if paired else ([], [], [])
    table = pa.table([pa.array(values, type_) for values, type_ in zip(columns, _PAIRED.types, strict=True)], _PAIRED)
    connection.register("pairs", table)
    connection.execute("CREATE OR REPLACE TEMP TABLE paired AS FROM pairs")
    connection.unregister("pairs")


def _moments(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[list[_Told]]:
    """What is told, moment by moment."""
    connection.execute(query)
    rows = (_Told(*row) for batch in iter(lambda: connection.fetchmany(_BATCH), []) for row in batch)
    return (list(together) for _, together in groupby(rows, key=lambda row: row.moment))
