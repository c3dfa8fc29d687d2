"""What sources say → observations; observations → messages. The multiset union that loses nothing and doubles nothing.

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
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from qunkit import schema
from qunkit.ingest import crowded
from qunkit.ingest.crowded import WORDS

_PAYLOAD = ", ".join(name for name in schema.OBSERVATIONS.names if name not in ("seq", "sources"))
_TOLD = ", ".join(name for name in schema.OBSERVATIONS.names if name not in ("seq", "sources", "occurrence"))

_WORDED = "kind IN ('text', 'system', 'recall')"
_CLASS = f"CASE WHEN {_WORDED} OR kind IN ('quote', 'image', 'voice', 'video', 'sticker', 'call', 'pat') THEN kind ELSE 'card' END"
"""The kind by which tellings are compared: exporters disagree on what kind of card a card is."""
_SUBJECT = "COALESCE(array_to_string(list_sort(list_transform(target_names, lambda n: nfc_normalize(n))), chr(30)), nfc_normalize(actor_name), '')"
_SAME = f"""CASE WHEN kind = 'recall' AND event = 'recalled' THEN event
  WHEN kind = 'system' AND event <> 'other' THEN event || chr(30) || {_SUBJECT}
  WHEN {_WORDED} THEN {WORDS.format("text")} END"""
"""The text by which tellings are compared: what a member typed, but for blanks and line ends and the spelling of accents; of a notice what it
reports of whom, for each phone words it as it sees it (你邀请…, "凯文"邀请…). What stands for a card, a quote or a picture is the exporter's own
wording, or lost: it counts only where there are several, see `crowded`."""

_SECOND = "date_trunc('second', {})"
"""Some exporters keep fractions of a second; most do not."""

_BY = "CASE WHEN kind <> 'pat' THEN {} END"
"""The sender by which tellings are compared: only some exporters say who patted."""

ALIKE = f"""group_id, group_name, {_SECOND.format("sent_at")}, {_BY.format("COALESCE(sender_id, 'name:' || sender_name)")}, {_CLASS}, COALESCE({_SAME}, {WORDS.format("text")}, '')"""
"""What equal tellings of one source share; they are numbered in their order."""

# Windows over every row are dear; only rows that share group and instant with another need numbers other than the first.
_FRESH = f"""
CREATE OR REPLACE TEMP TABLE numbered AS
WITH crowded AS (
  SELECT hash(src, group_id, group_name, {_SECOND.format("sent_at")}) AS instant FROM {{staged}} GROUP BY instant HAVING COUNT(*) > 1
)
SELECT row, src,
  CAST(row_number() OVER (PARTITION BY src, {ALIKE} ORDER BY row) AS INTEGER) AS occurrence,
  CAST(row_number() OVER (PARTITION BY src, group_id, group_name, sent_at ORDER BY row) - 1 AS INTEGER) AS seq
FROM {{staged}} WHERE hash(src, group_id, group_name, {_SECOND.format("sent_at")}) IN (SELECT instant FROM crowded);
CREATE OR REPLACE TEMP VIEW fresh AS
SELECT {_TOLD}, s.src, COALESCE(n.occurrence, 1) AS occurrence, COALESCE(n.seq, 0) AS seq
FROM {{staged}} s LEFT JOIN numbered n ON n.row = s.row AND n.src = s.src;
"""

_UNION = f"""
CREATE OR REPLACE TEMP TABLE observed AS
SELECT {_PAYLOAD}, MAX(seq) AS seq, list_sort(list_distinct(flatten(list(sources)))) AS sources FROM ({{rows}}) GROUP BY ALL
"""
_OLD = f"SELECT {_PAYLOAD}, seq, sources FROM {{old}}"
_FRESH_ROWS = f"SELECT {_PAYLOAD}, seq, [src] AS sources FROM fresh"

_ALONE = f"CREATE OR REPLACE TEMP TABLE observed AS SELECT {_PAYLOAD}, seq, [src] AS sources FROM fresh"

CONTENT = (_BY.format("i.sender_key"), _CLASS, _SAME)
"""Whose, of which class, and in which words: of ``observed`` and ``identity`` i. What is equal in these and in time is compared."""

_CONTENT = f"""md5(concat_ws(chr(31), i.group_key, CAST(epoch_ms({{time}}) AS VARCHAR),
    COALESCE({_BY.format("i.sender_key")}, ''), {_CLASS}, COALESCE({_SAME}, chr(0)){{more}}))"""

_KEYED = f"""
CREATE OR REPLACE TEMP TABLE keyed AS
SELECT o.rowid AS telling, i.group_key, i.label, i.sender_key, o.native_id, o.sent_at, o.occurrence, o.seq,
  o.time_quality = 'minute' AS coarse, false AS joined,
  {_SECOND.format("o.sent_at")} AS second,
  CASE WHEN {{compared}} THEN {_CONTENT.format(time=_SECOND.format("o.sent_at"), more=", IF(coarse, 'minute', NULL)")} END AS content,
  CASE WHEN {{mixed}} THEN {_CONTENT.format(time="date_trunc('minute', o.sent_at)", more="")} END AS content_of_minute,
  CASE WHEN {{compared}} AND {_SAME} IS NULL THEN hash(COALESCE({WORDS.format("o.text")}, '')) END AS words
FROM observed o JOIN identity i ON o.platform = i.platform AND o.group_id IS NOT DISTINCT FROM i.group_id AND o.group_name IS NOT DISTINCT FROM i.group_name
  AND o.sender_id IS NOT DISTINCT FROM i.sender_id AND o.sender_name IS NOT DISTINCT FROM i.sender_name
"""

# A source that shows one member under two names or ids numbers each apart, so two equal tellings of one moment may bear one number. Numbered
# through, in the order of names and numbers, a source's tellings count together; of several sources the highest number counts.
_TWO_NAMED = """
CREATE OR REPLACE TEMP TABLE two_named AS
SELECT DISTINCT group_key, sender_key FROM (
  SELECT DISTINCT i.group_key, i.sender_key, unnest(o.sources) AS src, o.group_id, o.group_name, COALESCE(o.sender_id, 'name:' || o.sender_name) AS shown
  FROM (SELECT DISTINCT platform, group_id, group_name, sender_id, sender_name, sources FROM observed) o
  JOIN identity i ON o.platform = i.platform AND o.group_id IS NOT DISTINCT FROM i.group_id AND o.group_name IS NOT DISTINCT FROM i.group_name
    AND o.sender_id IS NOT DISTINCT FROM i.sender_id AND o.sender_name IS NOT DISTINCT FROM i.sender_name
) GROUP BY group_key, sender_key, src HAVING COUNT(*) > 1
"""
_TOGETHER = """
CREATE OR REPLACE TEMP TABLE keyed AS
WITH together AS (
  SELECT telling, MAX(place) AS occurrence FROM (
    SELECT telling, row_number() OVER (PARTITION BY src, content, words ORDER BY shown, group_id, group_name, occurrence) AS place FROM (
      SELECT k.telling, k.content, k.words, k.occurrence, unnest(o.sources) AS src, COALESCE(o.sender_id, 'name:' || o.sender_name) AS shown,
        o.group_id, o.group_name
      FROM keyed k JOIN observed o ON o.rowid = k.telling
      JOIN two_named t ON t.group_key = k.group_key AND t.sender_key IS NOT DISTINCT FROM k.sender_key WHERE k.content IS NOT NULL
    )
  ) GROUP BY telling
)
SELECT k.* REPLACE (CAST(COALESCE(t.occurrence, k.occurrence) AS INTEGER) AS occurrence) FROM keyed k LEFT JOIN together t USING (telling)
"""

# An id is a message's own if no source tells it of two seconds, if all tell it within a day, and, but for a minute, of the same typed words.
# Others are numbers of rows, or of another kind: their tellings are compared as if they had none.
_FALSE_IDS = f"""
CREATE OR REPLACE TEMP TABLE false_ids AS
WITH repeated AS (SELECT group_key, native_id FROM keyed WHERE native_id IS NOT NULL GROUP BY ALL HAVING MIN(second) < MAX(second)),
told AS (
  SELECT k.group_key, k.native_id, k.sent_at, k.second, o.sources, IF(o.kind = 'text', NULLIF({WORDS.format("o.text")}, ''), NULL) AS typed
  FROM keyed k JOIN observed o ON o.rowid = k.telling WHERE (k.group_key, k.native_id) IN (SELECT (group_key, native_id) FROM repeated)
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
WITH days AS (SELECT k.telling, k.group_key, CAST(o.local_time AS DATE) AS day, o.time_quality FROM keyed k JOIN observed o ON o.rowid = k.telling)
SELECT * FROM keyed WHERE telling NOT IN (
  SELECT telling FROM days WHERE time_quality = 'day' AND (group_key, day) IN (SELECT (group_key, day) FROM days WHERE time_quality <> 'day')
)
"""

_COMPARED = "SELECT COUNT(native_id) < COUNT(*) OR COUNT(DISTINCT native_id) < COUNT(*) FROM observed"
"""Whether the month has anything to compare by content; where every telling has an id of its own it has not."""

_MIXED = (
    "SELECT COALESCE(bool_or(time_quality = 'minute') AND NOT bool_and(time_quality = 'minute'), false) FROM observed"
)
"""Whether times to the minute and finer ones meet in the month."""

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
SELECT k.*, COALESCE(e.id, k.native_id) AS id
FROM keyed k LEFT JOIN exact_ids e USING (group_key, second, native_id) WHERE k.native_id IS NOT NULL
"""

# The n-th equal telling without an id is the n-th message with an id of the same content; then the n-th equal telling of a minute is the
# n-th message of the same content in the minute.
_MESSAGE_OF = """
CREATE OR REPLACE TEMP TABLE message_of AS
WITH numbered AS (
  SELECT group_key, content, id, row_number() OVER (PARTITION BY group_key, content ORDER BY MIN((sent_at, seq)), id) AS occurrence
  FROM native GROUP BY group_key, content, id
)
SELECT telling, group_key, label, sender_key, content, joined, id AS message_id, id AS native_id FROM native
UNION ALL
SELECT k.telling, k.group_key, k.label, k.sender_key, k.content, k.joined,
  COALESCE(n.id, 'h:' || left(md5(k.content || k.occurrence), 20)), n.id
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

_RESOLVED = f"""
CREATE OR REPLACE TEMP TABLE several AS SELECT group_key, message_id FROM message_of GROUP BY ALL HAVING COUNT(*) > 1;
CREATE OR REPLACE TEMP TABLE resolved AS
SELECT platform, m.group_key AS group_id, label AS group_name, m.message_id, m.native_id, seq, sent_at, local_time, time_quality,
  sender_key AS sender_id, kind, {_ROWS}, sources[1] AS source
FROM observed o JOIN (FROM message_of ANTI JOIN several USING (group_key, message_id)) m ON m.telling = o.rowid
"""

_VAGUE = "CASE WHEN event = 'other' OR len(target_ids) > list_count(target_ids) THEN '1' ELSE '0' END"
"""Whether a notice was told without its names: ``"$username$"邀请"$names$"加入了群聊``. A telling that has them goes before it."""

_EARLIER = "IF(local_time < (SELECT date_trunc('month', MAX(local_time)) FROM observed), '1', '0')"
"""Whether a telling is of the month before, see `turns`."""

_JOINED = f"""
INSERT INTO resolved
SELECT arg_min(platform, rank), group_key, MIN(label), message_id, MIN(native_id),
  COALESCE(MAX(seq) FILTER (time_quality <> 'minute'), MAX(seq)), arg_min(sent_at, rank),
  arg_min(local_time, rank), arg_min(time_quality, rank),
  arg_min(sender_key, {_IDS_FIRST.format("[sender_key]")}),
  COALESCE(arg_min(NULLIF(kind, 'other'), rank), 'other'),
  {", ".join(f"arg_min({name}, {rank})" for name, rank in _FIRST.items())}, arg_min(sources[1], rank)
FROM (
  SELECT o.* EXCLUDE (native_id), m.*, {_VAGUE} AS vague,
    {_EARLIER} || list_position({list(schema.TIME_QUALITIES)}, time_quality) || IF(joined, '1', '0') || sources[1] || lpad(CAST(seq AS VARCHAR), 9, '0')
      || COALESCE(o.native_id, '') AS rank
  FROM observed o JOIN (FROM message_of SEMI JOIN several USING (group_key, message_id)) m ON m.telling = o.rowid
) GROUP BY group_key, message_id
"""

# Actors, targets and mentions that a source knew only by name, by an alias, or as itself, and the dataset knows by id.
_RELINKED = """
CREATE OR REPLACE TEMP TABLE relinked AS
SELECT message, field, list(COALESCE(o.id, i.sender_key, a.member, who) ORDER BY place) AS ids FROM (
  SELECT rowid AS message, group_id, field, unnest(ids) AS who, generate_subscripts(ids, 1) AS place FROM (
    SELECT rowid, group_id, unnest([
      {'field': 'actor', 'ids': [actor_id]}, {'field': 'targets', 'ids': target_ids}, {'field': 'mentions', 'ids': mention_ids}
    ], recursive := true) FROM resolved WHERE event IS NOT NULL OR mention_ids IS NOT NULL
  ) WHERE list_bool_or([COALESCE(starts_with(x, 'name:') OR x = 'me', false) for x in ids])
    OR list_has_any(ids, (SELECT COALESCE(list(alias), []) FROM id_aliases))
) w LEFT JOIN id_aliases a ON a.alias = w.who LEFT JOIN (SELECT DISTINCT group_key, sender_name, sender_key FROM identity WHERE sender_id IS NULL) i
  ON i.group_key = w.group_id AND 'name:' || i.sender_name = w.who
LEFT JOIN owners o ON o.group_key = w.group_id AND w.who = 'me'
GROUP BY message, field;
"""

_WITH_RELINKED = """
CREATE OR REPLACE TEMP TABLE resolved AS
SELECT r.* REPLACE (COALESCE(a.ids[1], actor_id) AS actor_id, COALESCE(t.ids, target_ids) AS target_ids,
  COALESCE(m.ids, mention_ids) AS mention_ids)
FROM resolved r LEFT JOIN relinked a ON a.message = r.rowid AND a.field = 'actor'
LEFT JOIN relinked t ON t.message = r.rowid AND t.field = 'targets'
LEFT JOIN relinked m ON m.message = r.rowid AND m.field = 'mentions';
"""

_NEW = """
SELECT src, COUNT(*) FILTER (credited) AS new
FROM (
  SELECT src, place = MIN(place) OVER (PARTITION BY group_key, message_id)
    AND NOT bool_or(place = 0) OVER (PARTITION BY group_key, message_id) AS credited
  FROM (
    SELECT DISTINCT group_key, message_id, src, COALESCE(list_position($run, src), 0) AS place
    FROM (SELECT m.group_key, m.message_id, unnest(o.sources) AS src FROM observed o JOIN message_of m ON m.telling = o.rowid)
  )
) WHERE src IN (SELECT unnest($run)) GROUP BY src
"""


def observe(
    connection: duckdb.DuckDBPyConnection, staged: str | None, old: str | None, *, revised: bool = False
) -> None:
    """Make ``observed`` of one month: the multiset union of what is staged and what was known (each a FROM item).

    Of what was known no two rows say the same, unless it was `revised`.
    """
    alone = False
    if staged:
        connection.execute(_FRESH.format(staged=staged))
        alone = not old and connection.sql(f"SELECT COUNT(DISTINCT src) FROM {staged}").fetchall()[0][0] == 1
    rows = ([_OLD.format(old=old)] if old else []) + ([_FRESH_ROWS] if staged else [])
    if alone:
        connection.execute(_ALONE)
    elif staged or revised:
        connection.execute(_UNION.format(rows=" UNION ALL ".join(rows)))
    else:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE observed AS SELECT * FROM {old}")


def resolve(connection: duckdb.DuckDBPyConnection) -> None:
    """From ``observed`` and ``identity`` make ``resolved``: one row a message, replies still as quotes.

    Notices and mentions that show only a name get the id which the dataset knows for it.
    """
    compared, mixed = (connection.sql(question).fetchall()[0][0] for question in (_COMPARED, _MIXED))
    days = count(connection, "(SELECT 1 FROM observed WHERE time_quality = 'day')")
    connection.execute(_KEYED.format(compared=compared, mixed=mixed))
    if compared:
        connection.execute(_FALSE_IDS)
    for statement in (
        *([_WITHOUT_FALSE_IDS] if compared and count(connection, "false_ids") else []),
        *([_TOGETHER] if compared and _two_named(connection) else []),
        *([_WITHOUT_DAYS] if days else []),
        _EXACT_IDS,
        _NATIVE,
    ):
        connection.execute(statement)
    crowded.seconds(connection)
    connection.execute(_MESSAGE_OF)
    if mixed:
        crowded.minutes(connection)
        connection.execute(_IN_MINUTES)
    for statement in (_RESOLVED, _JOINED, _RELINKED):
        connection.execute(statement)
    if count(connection, "relinked"):
        connection.execute(_WITH_RELINKED)


def new_messages(connection: duckdb.DuckDBPyConnection, run: Sequence[str]) -> dict[str, int]:
    """How many messages of the resolved month each source of this run brought; one that two of them bring counts for the first."""
    said = connection.sql("SELECT DISTINCT unnest(sources) FROM (SELECT DISTINCT sources FROM observed)").fetchall()
    if len(said) == 1:
        return {said[0][0]: count(connection, "resolved")}
    return dict(connection.execute(_NEW, {"run": list(run)}).fetchall())


def _two_named(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether a source of the month shows one member under two names or ids."""
    connection.execute(_TWO_NAMED)
    return count(connection, "two_named") > 0


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Rows of a table."""
    return int(connection.sql(f"SELECT COUNT(*) FROM {table}").fetchall()[0][0])
