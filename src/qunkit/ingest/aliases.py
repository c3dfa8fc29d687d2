"""Members who go by another name: what speaks for it, and what the owner of the dataset says to it.

Two exports of one chat tell the same message under two names if a member changed the name, or if one tool shows the remark and the other
the nickname. The merge then has the message twice. A pair of names is suggested if at `SUPPORT` moments or more the two stand against each
other (messages that would be one if the names were, no two of which any export has both of), and if `PURITY` of such moments of either are
with the other: one name that stands for two people of another export is no alias. It is only suggested: what is found depends on what was
ingested, and a wrong merge of two people is worse than a history told twice. What is accepted or rejected is kept in the dataset and counts
from then on, whatever is ingested later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from qunkit import scratch
from qunkit.ingest import build, merge, store
from qunkit.ingest.alike import CLASS, SAME
from qunkit.ingest.observed import observe
from qunkit.ingest.parquet import from_parts

SUPPORT, PURITY = 5, 0.9
_NEW = ("schema", "qunkit", "snapshot", "parts", "fingerprint")
"""What every commit says anew; the rest of the manifest stays."""

# What the merge compares: the second, or the minute where the group has such, the class, and what was typed. Of a minute a picture says too little.
_MOMENTS = f"""
CREATE OR REPLACE TEMP TABLE spoken AS
WITH told AS (
  SELECT group_key AS grp, message_id, sender_key AS who, sources, bool_or(time_quality = 'minute') OVER (PARTITION BY group_key) AS by_minute,
    epoch_ms(sent_at) // IF(by_minute, 60000, 1000) AS instant, {CLASS} || ':' || COALESCE({SAME}, '') AS said
  FROM meant
  WHERE kind NOT IN ('system', 'recall', 'pat') AND sender_key IS NOT NULL AND time_quality <> 'day'
  QUALIFY said <> 'text:' AND (kind = 'text' OR NOT by_minute)
)
SELECT grp, message_id, any_value(who) AS who, MIN(instant) AS instant, MIN(said) AS said, list_distinct(flatten(list(sources))) AS sources
FROM told GROUP BY grp, message_id;
INSERT INTO speakers SELECT DISTINCT grp, who, unnest(sources) FROM spoken;
INSERT INTO moments
WITH against AS (
  SELECT grp, instant, said FROM spoken GROUP BY ALL
  HAVING COUNT(*) > 1 AND COUNT(*) = COUNT(DISTINCT who) AND len(flatten(list(sources))) = len(list_distinct(flatten(list(sources))))
)
SELECT a.grp, a.who, b.who FROM spoken a JOIN against USING (grp, instant, said) JOIN spoken b USING (grp, instant, said) WHERE a.who < b.who
"""

# Rivals of a pair: who else stands against the one, in an export that shows the other. Of a pair the name is the alias of the id; of two of a
# kind the one that was last seen earlier.
_FOUND = """
WITH pairs AS (SELECT grp, a, b, COUNT(*) AS support FROM moments GROUP BY ALL),
sides AS (SELECT grp, a AS one, b AS other, support FROM pairs UNION ALL SELECT grp, b, a, support FROM pairs),
rivals AS (
  SELECT p.grp, p.one, p.other, SUM(r.support) AS n
  FROM sides p JOIN sides r ON r.grp = p.grp AND r.one = p.one AND r.other <> p.other
  WHERE EXISTS (SELECT 1 FROM speakers s JOIN speakers t USING (grp, src) WHERE s.grp = p.grp AND s.who = p.other AND t.who = r.other)
  GROUP BY ALL
), ranked AS (
  SELECT p.*, support / (support + greatest(COALESCE(x.n, 0), COALESCE(y.n, 0))) AS purity,
    (starts_with(p.a, 'name:'), COALESCE(-epoch_ms(k.last), 0), p.a) > (starts_with(p.b, 'name:'), COALESCE(-epoch_ms(l.last), 0), p.b) AS first
  FROM pairs p LEFT JOIN rivals x ON x.grp = p.grp AND x.one = p.a AND x.other = p.b
  LEFT JOIN rivals y ON y.grp = p.grp AND y.one = p.b AND y.other = p.a
  LEFT JOIN known k ON k.group_key = p.grp AND k.who = p.a LEFT JOIN known l ON l.group_key = p.grp AND l.who = p.b
)
SELECT grp, IF(first, a, b) AS alias, IF(first, b, a) AS member, support, purity FROM ranked
WHERE support >= $support AND purity >= $purity
  AND NOT EXISTS (SELECT 1 FROM said s WHERE s.verdict = 'different' AND s.alias IN (a, b) AND s.member IN (a, b))
"""

_KNOWN = """
CREATE TEMP TABLE known AS
SELECT group_key, sender_key AS who, MAX(last) AS last, arg_max(sender_name, COALESCE(last, TIMESTAMPTZ '1970-01-01')) AS name
FROM senders WHERE sender_key IS NOT NULL GROUP BY ALL
"""

_LISTED = """
WITH roster AS (
  SELECT DISTINCT group_key, unnest([nickname, group_nickname, remark]) AS name, member_id FROM known_members
), linked AS (
  SELECT DISTINCT s.group_key AS grp, 'name:' || s.sender_name AS alias, s.sender_key AS member,
    EXISTS (SELECT 1 FROM roster r WHERE r.group_key = s.group_key AND r.name = s.sender_name AND r.member_id = s.sender_key) AS listed
  FROM senders s WHERE s.sender_id IS NULL AND s.sender_name IS NOT NULL AND NOT starts_with(s.sender_key, 'name:')
    AND s.sender_name <> s.sender_key
)
SELECT grp, alias, member, 'suggested' AS status, 'messages' AS evidence, support, purity FROM found
UNION ALL SELECT group_key, alias, member, IF(verdict = 'same', 'accepted', 'rejected'), 'owner', NULL, NULL FROM said
UNION ALL SELECT grp, alias, member, 'linked', IF(listed, 'roster', 'name'), NULL, NULL FROM linked
  WHERE NOT EXISTS (SELECT 1 FROM said s WHERE s.group_key = grp AND s.alias = linked.alias)
"""

# A member's own name is none that is said to be an alias.
_SHOWN = """
WITH own AS (
  SELECT group_key, sender_key AS who, arg_max(sender_name, COALESCE(last, TIMESTAMPTZ '1970-01-01')) AS name
  FROM senders WHERE sender_key IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM said s WHERE s.verdict = 'same' AND (s.alias = sender_id OR (s.group_key = senders.group_key AND s.alias = 'name:' || sender_name))
  ) GROUP BY ALL
)
SELECT a.grp AS group_id, l.label AS group_name, a.alias, a.member, k.name AS member_name, status, evidence,
  CAST(support AS BIGINT) AS support, purity
FROM aliases_listed a LEFT JOIN group_labels l ON l.group_key = a.grp LEFT JOIN own k ON k.group_key = a.grp AND k.who = a.member
ORDER BY list_position(['suggested', 'accepted', 'rejected', 'linked'], status), group_id, alias, member
"""


@dataclass(frozen=True, slots=True)
class Alias:
    """A name or id (`alias`, a key) that is another's (`member`), or might be."""

    group_id: str | None
    """None for an id's alias: it counts in every group."""
    group_name: str | None
    alias: str
    member: str
    member_name: str | None
    status: str
    """suggested, accepted, rejected, or linked: found to be an id's name, which needs nobody's word."""
    evidence: str
    """messages told under both, roster, name (an export shows the id under it), or the owner of the dataset."""
    support: int | None
    """Moments at which the two stand against each other with the same words, or a picture or card each."""
    purity: float | None
    """Share of such moments that are theirs, and not with somebody else of the same exports."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the owner says: `alias` is `member` (``same``), or is not (``different``). `group_id` is None for ids."""

    group_id: str | None
    alias: str
    member: str
    verdict: str


def listed(dataset: Path, *, suggest: bool = True) -> list[Alias]:
    """Every alias that is suggested, accepted, rejected or linked; without `suggest` the messages are not read.

    Raises:
        NoDataset, DatasetDamaged, DatasetNewer: there is nothing to read.
    """
    with store.open_snapshot(dataset) as snapshot, _opened(snapshot) as connection:
        if suggest:
            for month in sorted(snapshot.path.glob("observations/month=*/part.parquet")):
                observe(connection, (), from_parts(month, ""))
                merge.compare(connection)
                connection.execute(_MOMENTS)
        connection.execute(f"CREATE TEMP TABLE found AS {_FOUND}", {"support": SUPPORT, "purity": PURITY})
        connection.execute(f"CREATE TEMP TABLE aliases_listed AS {_LISTED}")
        return [Alias(**row) for row in connection.sql(_SHOWN).to_arrow_table().to_pylist()]


def people(dataset: Path) -> dict[tuple[str, str], str | None]:
    """(group, member) of everybody whom an export or a roster shows, with the name last seen."""
    with store.open_snapshot(dataset) as snapshot, _opened(snapshot) as connection:
        query = """SELECT group_key, who, name FROM known
          UNION ALL SELECT DISTINCT group_key, member_id, COALESCE(group_nickname, nickname, remark) FROM known_members
          ANTI JOIN known ON known.group_key = known_members.group_key AND who = member_id"""
        return {(group, who): name for group, who, name in connection.sql(query).fetchall()}


def group_names(dataset: Path) -> dict[str, str | None]:
    """Name of every group of which a member is known, by its id."""
    with store.open_snapshot(dataset) as snapshot, _opened(snapshot) as connection:
        return dict(connection.sql("SELECT DISTINCT group_key, label FROM identity").fetchall())


def say(dataset: Path, verdicts: Iterable[Verdict], wait: float = 10.0) -> str | None:
    """Keep what the owner says; messages told twice become one. Returns the new snapshot's name; None if all that was said before.

    Raises:
        CannotCreate, DatasetLocked, DatasetDamaged, DatasetNewer: nothing was written.
    """
    with store.open_snapshot(dataset) as snapshot:
        tz = snapshot.tz
    with store.writing(dataset, tz, wait) as staging:
        old = staging.old_part(build.ALIASES)
        known = _read(old) if old else []
        told = known
        for verdict in verdicts:
            told = _with(told, verdict)
        if set(told) == set(known):
            store.confirm(dataset)
            return None
        rows = [{name: getattr(one, name) for name in build.ALIASES_SCHEMA.names} for one in told]
        table = pa.Table.from_pylist(rows, schema=build.ALIASES_SCHEMA)
        nobody = build.OBSERVED_MEMBERS.empty_table()
        built = build.build(staging, {}, nobody, [], build.MEMORY_LIMIT, None, aliases=table)
        facts = {name: fact for name, fact in staging.base.items() if name not in _NEW}
        return store.commit(staging, facts | {"fingerprint": built.fingerprint}, built.dropped)


@contextmanager
def _opened(snapshot: store.Snapshot) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that knows who is who."""
    with scratch.Folder() as folder:
        connection = build.connect(Path(folder), build.MEMORY_LIMIT, None)
        try:
            build.know(connection, lambda part: path if (path := snapshot.path / part).exists() else None)
            connection.execute(_KNOWN)
            connection.execute("CREATE TEMP TABLE moments (grp VARCHAR, a VARCHAR, b VARCHAR)")
            connection.execute("CREATE TEMP TABLE speakers (grp VARCHAR, who VARCHAR, src VARCHAR)")
            yield connection
        finally:
            connection.close()


def _read(path: Path) -> list[Verdict]:
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return [Verdict(**row) for row in rows]


def _with(told: list[Verdict], new: Verdict) -> list[Verdict]:
    """What was said, and now this: of two that speak of the same pair the new one counts. Of one reach (a group, or all) nobody is an alias of an
    alias; a name whose member is another's in all groups stays as it was said, for that may be taken back."""
    pair = {new.alias, new.member}
    others = [one for one in told if not (one.group_id == new.group_id and {one.alias, one.member} == pair)]
    if new.verdict != "same":
        return [*others, new]
    own = {(one.group_id, one.alias): one.member for one in others if one.verdict == "same"}
    member = own.get((new.group_id, new.member), new.member)
    moved = [
        Verdict(one.group_id, one.alias, member, "same")
        if one.verdict == "same" and one.member == new.alias and one.group_id == new.group_id
        else one
        for one in others
        if not (one.verdict == "same" and one.group_id == new.group_id and one.alias == new.alias)
    ]
    return [*moved, Verdict(new.group_id, new.alias, member, "same")]
