"""Observations → messages. The multiset union that loses nothing and doubles nothing.

``observations`` keeps what every source says, equal tellings once with the list of their sources. ``messages`` is a pure function of it:
any order, grouping or repetition of ingests gives the same table. Within a group two tellings are one message if they share the
native id (exactly; or as float64 within one second, because some exporters round; `_FALSE_IDS` are none), or, where one has no native id, if they share the second,
sender, class of kind, typed text (of a notice: what it reports) and the number of the occurrence: two equal "1" in one second stay two, and a third export adds none.

What stands for a card, a quote or a picture is the exporter's wording. Where a member sends several of a class in one second, those of equal words
and number are one; what is left is paired in order, but never two that one source tells (`crowded`). For any number of sources, and in any order.

Where tellings disagree on a field, the finest clock wins, then the smallest source id; what one leaves out another fills in, and an id goes before a name.

A message of exports whose times are minutes is the finer message of its minute with the same sender, class, text and number; so a minute
holds as many equal messages as the export that has the most of them. Exports that keep days only, which also join lines and mask words, count
on the days of which the group has nothing finer.

Nearly every telling is alone: no other has its id, or is of its group and second. It is a message as it stands. Only the others (``near``) are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from qunkit import schema
from qunkit.ingest import crowded, held, near
from qunkit.ingest.alike import COMPARED, CONTENT, CONTENT_OF_MINUTE, IS_NAMED, SAME, SECOND, WORDS
from qunkit.ingest.canon import ORDER, numbered
from qunkit.ingest.near import EXACT_ID

_NAMED = f"SELECT o.*, i.group_key, i.label, i.sender_key FROM observed o JOIN identity i ON {IS_NAMED}"

# Tellings that may be of one message: of one second, group and sender, or with one id, or with ids of one second that are one float64; of groups in
# which times to the minute or the day meet finer ones; and, where several sources tell a group, those of the minutes in which one begins, for
# `overlap`: another may end there with the same telling.
NEAR = f"""
CREATE OR REPLACE TEMP TABLE near AS
WITH told AS (
  SELECT telling, group_key, {SECOND.format("sent_at")} AS second, hash(group_key, second, {COMPARED[0]}) AS moment,
    IF(native_id IS NULL, NULL, hash(group_key, native_id)) AS id,
    IF(regexp_full_match(native_id, '{EXACT_ID}'), hash(group_key, second, TRY_CAST(native_id AS DOUBLE)), NULL) AS rounded, time_quality, sources
  FROM named
),
moments AS (SELECT moment FROM told GROUP BY moment HAVING COUNT(*) > 1),
ids AS (SELECT id FROM told WHERE id IS NOT NULL GROUP BY id HAVING COUNT(*) > 1),
numbers AS (SELECT rounded FROM told WHERE rounded IS NOT NULL GROUP BY rounded HAVING COUNT(*) > 1),
spans AS (SELECT group_key, time_quality, sources, MIN(second) // 60 AS first FROM told GROUP BY group_key, time_quality, sources),
mixed AS (
  SELECT group_key FROM spans GROUP BY group_key HAVING COUNT(DISTINCT IF(time_quality IN ('minute', 'day'), time_quality, 'finer')) > 1
),
begins AS (
  SELECT group_key, MIN(first) AS minute FROM (SELECT group_key, unnest(sources) AS src, first FROM spans) GROUP BY group_key, src
),
edges AS (FROM begins SEMI JOIN (SELECT group_key FROM begins GROUP BY group_key HAVING COUNT(*) > 1) USING (group_key))
SELECT telling FROM told WHERE moment IN (FROM moments) OR id IN (FROM ids) OR rounded IN (FROM numbers)
  OR group_key IN (FROM mixed) OR (group_key, second // 60) IN (SELECT (group_key, minute) FROM edges)
"""

_KEYED = f"""
CREATE OR REPLACE TEMP TABLE keyed AS
SELECT telling, group_key, sender_key, native_id, sent_at, local_time, time_quality, occurrence, seq, kind, sources,
  group_id, group_name, COALESCE(sender_id, 'name:' || sender_name) AS shown,
  time_quality = 'minute' AS coarse, false AS joined, {SECOND.format("sent_at")} AS second,
  {CONTENT} AS content,
  {CONTENT_OF_MINUTE} AS content_of_minute,
  COALESCE({WORDS.format("text")}, '') AS worded, IF({SAME} IS NULL, hash(worded), NULL) AS words
FROM {{rows}} WHERE telling IN (FROM near)
"""

# A source that shows one member under two names or ids numbers each apart, so two equal tellings of one moment may bear one number. Numbered
# through, in the order of names and numbers, a source's tellings count together; of several sources the highest number counts.
_TWO_NAMED = """
SELECT DISTINCT group_key, sender_key FROM (
  SELECT DISTINCT group_key, sender_key, unnest(sources) AS src, group_id, group_name, shown FROM keyed
) GROUP BY group_key, sender_key, src HAVING COUNT(*) > 1
"""
_KINDS = f"""
SELECT COUNT(native_id) > 0 AS ids, EXISTS ({_TWO_NAMED}) AS two_named, COALESCE(bool_or(coarse) AND NOT bool_and(coarse), false) AS mixed,
  COALESCE(bool_or(time_quality = 'day'), false) AS days,
  COUNT(native_id) > COUNT(DISTINCT IF(native_id IS NULL, NULL, (group_key, native_id)))
    OR COUNT(number) > COUNT(DISTINCT IF(number IS NULL, NULL, (group_key, second, number)))
    OR EXISTS (
      SELECT 1 FROM keyed GROUP BY content
      HAVING COUNT(native_id) < COUNT(*) AND (COUNT(native_id) > 0 OR COUNT(*) > COUNT(DISTINCT occurrence) OR MIN(words) <> MAX(words))
    ) AS alike
FROM (SELECT *, TRY_CAST(native_id AS DOUBLE) AS number FROM keyed)
"""
"""Whether there are ids, two-named members, times to the minute that may meet finer ones, and times to the day; and whether any two may be
one message, or have to be told apart by more than their occurrence."""
_TOGETHER = f"""
CREATE OR REPLACE TEMP TABLE keyed AS
WITH together AS (
  SELECT telling, MAX(place) AS occurrence FROM (
    SELECT telling, row_number() OVER (PARTITION BY src, content, words ORDER BY shown, group_id, group_name, occurrence) AS place FROM (
      SELECT k.telling, k.content, k.words, k.occurrence, unnest(k.sources) AS src, k.shown, k.group_id, k.group_name
      FROM keyed k JOIN ({_TWO_NAMED}) t ON t.group_key = k.group_key AND t.sender_key IS NOT DISTINCT FROM k.sender_key
    )
  ) GROUP BY telling
)
SELECT k.* REPLACE (CAST(COALESCE(t.occurrence, k.occurrence) AS INTEGER) AS occurrence) FROM keyed k LEFT JOIN together t USING (telling)
"""

# An id is a message's own if no source tells it of two seconds, if all tell it within a day, and, but for a minute, of the same typed words.
# Others are numbers of rows, or of another kind: their tellings are compared as if they had none.
_FALSE_IDS = """
CREATE OR REPLACE TEMP TABLE false_ids AS
WITH repeated AS (SELECT group_key, native_id FROM keyed WHERE native_id IS NOT NULL GROUP BY ALL HAVING MIN(second) < MAX(second)),
told AS (
  SELECT group_key, native_id, sent_at, second, sources, IF(kind = 'text', NULLIF(worded, ''), NULL) AS typed
  FROM keyed WHERE (group_key, native_id) IN (SELECT (group_key, native_id) FROM repeated)
)
SELECT group_key, native_id FROM told GROUP BY ALL HAVING MAX(sent_at) - MIN(sent_at) > INTERVAL 1 DAY
  OR MAX(sent_at) - MIN(sent_at) > INTERVAL 1 MINUTE AND COUNT(DISTINCT typed) > 1
UNION
SELECT group_key, native_id FROM (SELECT group_key, native_id, second, unnest(sources) AS src FROM told)
GROUP BY group_key, native_id, src HAVING MIN(second) < MAX(second)
"""
_WITHOUT_FALSE_IDS = """
CREATE OR REPLACE TEMP TABLE keyed AS
SELECT k.* REPLACE (IF(f.native_id IS NULL, k.native_id, NULL) AS native_id) FROM keyed k LEFT JOIN false_ids f USING (group_key, native_id)
"""

# Days of which a group has finer times: what exports with days only say of them is left out.
_WITHOUT_DAYS = """
CREATE OR REPLACE TEMP TABLE keyed AS
WITH days AS (SELECT telling, group_key, CAST(local_time AS DATE) AS day, time_quality FROM keyed)
SELECT * FROM keyed WHERE telling NOT IN (
  SELECT telling FROM days WHERE time_quality = 'day' AND (group_key, day) IN (SELECT (group_key, day) FROM days WHERE time_quality <> 'day')
)
"""

# Some exporters print ids as float64. Such an id stands for the one exact id of its group and second that rounds to it.
_DIGITS = "replace(split_part(CAST(TRY_CAST({0} AS DOUBLE) AS VARCHAR), 'e', 1), '.', '')"
IS_ROUNDED = f"""(regexp_full_match({{0}}, '[0-9]{{{{17,20}}}}') AND rtrim({{0}}, '0') = rtrim({_DIGITS}, '0'))"""

_EXACT_IDS = f"""
CREATE OR REPLACE TEMP TABLE exact_ids AS
WITH ids AS (SELECT DISTINCT group_key, second, native_id FROM keyed WHERE regexp_full_match(native_id, '[0-9]{{17,20}}')),
rounded AS (SELECT * FROM ids WHERE {IS_ROUNDED.format("native_id")})
SELECT r.group_key, r.second, r.native_id, MIN(e.native_id) AS id
FROM rounded r JOIN ids e ON e.group_key = r.group_key AND e.second = r.second AND e.native_id <> r.native_id
  AND TRY_CAST(e.native_id AS DOUBLE) = TRY_CAST(r.native_id AS DOUBLE)
GROUP BY ALL HAVING COUNT(*) = 1
"""

_NATIVE = """
CREATE OR REPLACE TEMP TABLE native AS
SELECT telling, group_key, joined, content, sent_at, seq, COALESCE(e.id, native_id) AS id
FROM keyed k LEFT JOIN exact_ids e USING (group_key, second, native_id) WHERE k.native_id IS NOT NULL
"""
_NO_NATIVE = """
CREATE OR REPLACE TEMP TABLE native AS SELECT telling, group_key, joined, content, sent_at, seq, native_id AS id FROM keyed LIMIT 0
"""

# The n-th equal telling without an id is the n-th message with an id of the same content; then the n-th equal telling of a minute is the
# n-th message of the same content in the minute.
_MESSAGE_OF = """
CREATE OR REPLACE TEMP TABLE message_of AS
WITH numbered AS (
  SELECT group_key, content, id, row_number() OVER (PARTITION BY group_key, content ORDER BY MIN((sent_at, seq)), id) AS occurrence
  FROM native GROUP BY group_key, content, id
)
SELECT telling, group_key, joined, id AS message_id, id AS native_id FROM native
UNION ALL
SELECT k.telling, k.group_key, k.joined, COALESCE(n.id, 'h:' || left(md5(k.content || k.occurrence), 20)), n.id
FROM keyed k LEFT JOIN numbered n USING (group_key, content, occurrence) WHERE k.native_id IS NULL
"""

_IN_MINUTES = """
CREATE OR REPLACE TEMP TABLE in_minutes AS
WITH fine AS (
  SELECT m.message_id, m.native_id, content_of_minute,
    row_number() OVER (PARTITION BY content_of_minute ORDER BY MIN((sent_at, seq)), m.native_id NULLS LAST, MIN(occurrence)) AS occurrence
  FROM message_of m JOIN keyed k USING (telling) WHERE NOT coarse
  GROUP BY m.message_id, m.native_id, content_of_minute
)
SELECT k.telling, f.message_id, f.native_id FROM keyed k JOIN fine f USING (content_of_minute, occurrence)
WHERE k.coarse AND k.native_id IS NULL AND k.telling NOT IN (SELECT telling FROM paired) UNION ALL FROM paired;
CREATE OR REPLACE TEMP TABLE message_of AS
SELECT m.* REPLACE (COALESCE(i.message_id, m.message_id) AS message_id, COALESCE(i.native_id, m.native_id) AS native_id)
FROM message_of m LEFT JOIN in_minutes i USING (telling)
"""

_NONE = """
CREATE OR REPLACE TEMP TABLE compared (telling BIGINT, message_id VARCHAR, native_id VARCHAR, joined BOOLEAN);
CREATE OR REPLACE TEMP TABLE message_of (telling BIGINT, group_key VARCHAR, joined BOOLEAN, message_id VARCHAR, native_id VARCHAR)
"""
_SEVERAL = """
CREATE OR REPLACE TEMP TABLE several AS
SELECT telling FROM message_of SEMI JOIN (SELECT group_key, message_id FROM message_of GROUP BY ALL HAVING COUNT(*) > 1) USING (group_key, message_id)
"""

# Every telling, and the message that it is of, in the order in which they are told. The hash joins hold what is small: names, and what was compared.
OWN_ID = f"'h:' || left(md5({CONTENT} || occurrence), 20)"
_COMPARED = """
CREATE OR REPLACE TEMP TABLE compared AS
SELECT near.telling, message_id, native_id, COALESCE(joined, false) AS joined FROM near LEFT JOIN message_of USING (telling)
"""
_MEANT = f"""
CREATE OR REPLACE TEMP VIEW meant AS
SELECT o.* EXCLUDE (native_id),
  CASE WHEN c.telling IS NULL THEN COALESCE(o.native_id, {OWN_ID}) ELSE c.message_id END AS message_id,
  IF(c.telling IS NULL, o.native_id, c.native_id) AS native_id, o.native_id AS own_id, COALESCE(c.joined, false) AS joined
FROM named o LEFT JOIN compared c ON c.telling = o.telling
WHERE c.telling IS NULL OR c.message_id IS NOT NULL
"""

_BY_NAME = "list_bool_or([COALESCE(starts_with(x, 'name:') OR x = 'me', false) for x in {}])"
_IDS_FIRST = f"IF({_BY_NAME}, '1', '0') || rank"
_FIRST = {
    "sender_name": "vague || rank",
    "text": "vague || IF(text = '', '1', '0') || rank",
    "event": "vague || rank",
    **dict.fromkeys(("actor_id", "actor_name"), f"vague || {_IDS_FIRST.format('[actor_id]')}"),
    **dict.fromkeys(("target_ids", "target_names"), f"vague || {_IDS_FIRST.format('target_ids')}"),
    **dict.fromkeys(("quote_id", "quote_time", "quote_sender", "quote_text"), "rank"),
    "mention_ids": _IDS_FIRST.format("mention_ids"),
    **dict.fromkeys(("from_me", "extra"), "rank"),
}
"""Fields, and whose telling of them is taken: the lowest that has any. Words go before none, ids before names."""
_ROWS = ", ".join(_FIRST)

_VAGUE = "CASE WHEN event = 'other' OR len(target_ids) > list_count(target_ids) THEN '1' ELSE '0' END"
"""Whether a notice was told without its names: ``"$username$"邀请"$names$"加入了群聊``. A telling that has them goes before it."""

_EARLIER = "IF(local_time < (SELECT date_trunc('month', MAX(local_time)) FROM observed), '1', '0')"
"""Whether a telling is of the month before, see `turns`."""

_JOINED = f"""
CREATE OR REPLACE TEMP TABLE joined AS
SELECT MIN(telling) AS message, arg_min(platform, rank) AS platform, group_key AS group_id, MIN(label) AS group_name, message_id, MIN(native_id) AS native_id,
  COALESCE(MAX(seq) FILTER (time_quality <> 'minute'), MAX(seq)) AS seq, arg_min(sent_at, rank) AS sent_at,
  arg_min(local_time, rank) AS local_time, arg_min(time_quality, rank) AS time_quality,
  arg_min(sender_key, {_IDS_FIRST.format("[sender_key]")}) AS sender_id,
  COALESCE(arg_min(NULLIF(kind, 'other'), rank), 'other') AS kind,
  {", ".join(f"arg_min({name}, {rank}) AS {name}" for name, rank in _FIRST.items())}, arg_min(sources[1], rank) AS source,
  list_distinct(flatten(list(sources))) AS sources
FROM (
  SELECT *, {_VAGUE} AS vague,
    {_EARLIER} || list_position({list(schema.TIME_QUALITIES)}, time_quality) || IF(joined, '1', '0') || sources[1] || lpad(CAST(seq AS VARCHAR), 9, '0')
      || COALESCE(own_id, '') AS rank
  FROM meant WHERE telling IN (FROM several)
) GROUP BY group_key, message_id
"""

_ALONE = f"""
SELECT telling AS message, platform, group_key AS group_id, label AS group_name, message_id, native_id, seq, sent_at, local_time, time_quality,
  sender_key AS sender_id, kind, {_ROWS}, sources[1] AS source, sources
FROM meant
"""
_TOLD = (
    *(
        "message",
        "platform",
        "group_id",
        "group_name",
        "message_id",
        "native_id",
        "seq",
        "sent_at",
        "local_time",
        "time_quality",
    ),
    *("sender_id", "kind", *_FIRST, "source", "sources"),
)
"""The columns of ``told``."""
_WITH_JOINED = f"{_ALONE} WHERE telling NOT IN (FROM several) UNION ALL FROM joined"

# Actors, targets and mentions that a source knew only by name, by an alias, or as itself, and the dataset knows by id.
_RELINKED = """
CREATE OR REPLACE TEMP TABLE relinked AS
SELECT message, field, list(COALESCE(o.id, i.sender_key, a.member, who) ORDER BY place) AS ids FROM (
  SELECT message, group_id, field, unnest(ids) AS who, generate_subscripts(ids, 1) AS place FROM (
    SELECT message, group_id, unnest([
      {{'field': 'actor', 'ids': [actor_id]}}, {{'field': 'targets', 'ids': target_ids}}, {{'field': 'mentions', 'ids': mention_ids}}
    ], recursive := true) FROM {told} WHERE event IS NOT NULL OR mention_ids IS NOT NULL
  ) WHERE list_bool_or([COALESCE(starts_with(x, 'name:') OR x = 'me', false) for x in ids])
    OR list_has_any(ids, (SELECT COALESCE(list(alias), []) FROM id_aliases))
) w LEFT JOIN id_aliases a ON a.alias = w.who LEFT JOIN (SELECT DISTINCT group_key, sender_name, sender_key FROM identity WHERE sender_id IS NULL) i
  ON i.group_key = w.group_id AND 'name:' || i.sender_name = w.who
LEFT JOIN owners o ON o.group_key = w.group_id AND w.who = 'me'
GROUP BY message, field;
"""

_RESOLVED = "CREATE OR REPLACE TEMP VIEW resolved AS FROM told"
_WITH_RELINKED = """
CREATE OR REPLACE TEMP VIEW resolved AS
SELECT r.* REPLACE (COALESCE(a.ids[1], actor_id) AS actor_id, COALESCE(t.ids, target_ids) AS target_ids,
  COALESCE(m.ids, mention_ids) AS mention_ids)
FROM told r LEFT JOIN (FROM relinked WHERE field = 'actor') a USING (message)
LEFT JOIN (FROM relinked WHERE field = 'targets') t USING (message)
LEFT JOIN (FROM relinked WHERE field = 'mentions') m USING (message)
"""

_TELLERS = "SELECT group_id, sources, COUNT(*) FROM told GROUP BY ALL"
_HELD = 1 << 17
"""Tellings of a month that are held once they are worked out; of more they are worked out whenever they are looked at."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The messages of a month."""

    tellers: list[tuple[str, list[str], int]]
    """Groups, sources, and how many messages these tell together."""
    several: bool
    """Whether there is a message of several tellings."""
    held: pa.Table | None
    """``told``, with the ``number`` that becomes its seq, in the canonical order; None if there are too many to hold."""

    @property
    def in_order(self) -> bool:
        """Whether ``resolved`` is in order if ``observed`` is: of one group, and none told twice."""
        return not self.several and len({group for group, _, _ in self.tellers}) == 1

    def new(self, run: Sequence[str]) -> dict[str, int]:
        """How many messages each source of this run brought; one that two of them bring counts for the first."""
        place = {source: number for number, source in enumerate(run)}
        new: dict[str, int] = {}
        for _, sources, messages in self.tellers:
            new |= {source: new.get(source, 0) for source in sources if source in place}
            if place.keys() >= set(sources):
                new[min(sources, key=place.__getitem__)] += messages
        return new

    def shared(self, run: Sequence[str]) -> list[str]:
        """Groups that several sources tell, one of them of this run."""
        found: dict[str, set[str]] = {}
        for group, sources, _ in self.tellers:
            found.setdefault(group, set()).update(sources)
        return [group for group, sources in found.items() if len(sources) > 1 and not sources.isdisjoint(run)]


def compare(connection: duckdb.DuckDBPyConnection) -> pa.Table | None:
    """From ``observed`` and ``identity`` make ``meant``: each telling and its message. It is the table that is returned, or a view if they are too many."""
    if count(connection, "observed") > _HELD:
        connection.execute(f"CREATE OR REPLACE TEMP VIEW named AS {_NAMED}")
        connection.execute(NEAR)
        _compare(connection, "named")
        connection.execute(_MEANT)
        return None
    named = connection.sql(_NAMED).to_arrow_table()
    show(connection, "named", named)
    rows, compared = near.find(named), None
    if len(rows):
        connection.register("rows", named.take(pa.array(rows)))
        connection.execute("CREATE OR REPLACE TEMP TABLE near AS SELECT telling FROM rows")
        if _compare(connection, "rows"):
            compared = connection.sql("FROM compared ORDER BY telling").to_arrow_table()
        connection.unregister("rows")
    own_ids = pa.array([], pa.string())
    if nameless := named["native_id"].null_count:
        nobody = named if nameless == len(named) else named.filter(pc.is_null(named["native_id"]))
        connection.register("nameless", nobody)
        own_ids = connection.sql(f"SELECT {OWN_ID} AS id FROM nameless").to_arrow_table()["id"]
        connection.unregister("nameless")
    meant = held.meant(named, own_ids, compared)
    show(connection, "meant", meant)
    return meant


def resolve(connection: duckdb.DuckDBPyConnection, *, in_order: bool) -> Resolved:
    """The same, and ``told``: one row a message, and ``resolved``: the same, where notices and mentions that show only a name have the id which the
    dataset knows for it. `in_order`: ``observed`` is.
    """
    meant = compare(connection)
    several = _several(connection, meant)
    drop(connection, "near", "native", "message_of")
    if several:
        connection.execute(_JOINED)
    if meant is None:
        connection.execute(f"CREATE OR REPLACE TEMP VIEW told AS {_WITH_JOINED if several else _ALONE}")
        connection.execute(_RELINKED.format(told="told"))
        connection.execute(_WITH_RELINKED if count(connection, "relinked") else _RESOLVED)
        return Resolved(connection.sql(_TELLERS).fetchall(), several, None)
    rows = held.told(meant, _TOLD, *_joined(connection) if several else (None, None))
    if several or not in_order or not held.is_one(rows["group_id"]):
        rows = rows.sort_by([(name, "ascending") for name in ORDER])
    rows = rows.append_column("number", pa.Table.from_batches(numbered(rows.to_batches()), rows.schema)["seq"])
    rows = _relinked(connection, rows)
    show(connection, "told", rows)
    return Resolved(held.tellers(rows), several, rows)


def _compare(connection: duckdb.DuckDBPyConnection, named: str) -> bool:
    """Make ``compared`` of the tellings ``near``, which `named` has: which messages they are, if not what each says itself; whether there are any."""
    connection.execute(_KEYED.format(rows=named))
    ids, two_named, mixed, days, alike = connection.sql(_KINDS).fetchall()[0]
    if not (two_named or mixed or days or alike):
        connection.execute(_NONE)
        return False
    if ids:
        connection.execute(_FALSE_IDS)
        if count(connection, "false_ids"):
            connection.execute(_WITHOUT_FALSE_IDS)
    for statement in (
        *([_TOGETHER] if two_named else []),
        *([_WITHOUT_DAYS] if days else []),
        *([_EXACT_IDS, _NATIVE] if ids else [_NO_NATIVE]),
    ):
        connection.execute(statement)
    crowded.seconds(connection)
    connection.execute(_MESSAGE_OF)
    if mixed:
        crowded.minutes(connection)
        connection.execute(_IN_MINUTES)
    connection.execute(_COMPARED)
    return True


def _several(connection: duckdb.DuckDBPyConnection, meant: pa.Table | None) -> bool:
    """Make ``several``: the tellings of messages that have several; whether there are any."""
    if meant is not None and not held.is_any_alike(meant):
        return False
    connection.execute(_SEVERAL)
    return count(connection, "several") > 0


def _joined(connection: duckdb.DuckDBPyConnection) -> tuple[pa.Array, pa.Table]:
    """``several`` and ``joined``."""
    several = connection.sql("FROM several").to_arrow_table()["telling"].combine_chunks()
    return several, connection.sql("FROM joined").to_arrow_table()


def _relinked(connection: duckdb.DuckDBPyConnection, told: pa.Table) -> pa.Table:
    unlinked = held.unlinked(told, count(connection, "id_aliases") > 0)
    if not len(unlinked):
        return told
    connection.register("unlinked", unlinked)
    connection.execute(_RELINKED.format(told="unlinked"))
    return held.linked(told, connection.sql("FROM relinked").to_arrow_table())


def clear(connection: duckdb.DuckDBPyConnection) -> None:
    """Before the next month: nothing of this one takes memory any more."""
    for name in ("held_named", "held_meant", "held_told", "unlinked", "held_quoting"):
        connection.unregister(name)
    drop(connection, "observed_rows", "numbered", "compared", "several", "joined", "relinked")


def show(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """A view of what is held."""
    connection.register(f"held_{name}", table)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS FROM held_{name}")


def drop(connection: duckdb.DuckDBPyConnection, *tables: str) -> None:
    """Take temporary tables away, those that there are."""
    connection.execute(";".join(f"DROP TABLE IF EXISTS temp.{table}" for table in tables))


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Rows of a table."""
    return int(connection.sql(f"SELECT COUNT(*) FROM {table}").fetchall()[0][0])
