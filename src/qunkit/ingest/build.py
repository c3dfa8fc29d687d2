"""Staged observations → the parts of the next snapshot, month by month, in bounded memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from qunkit import schema
from qunkit.errors import OutOfResources, ReadWriteFailed
from qunkit.ingest import identity, merge, overlap, replies
from qunkit.ingest.canon import Digest, numbered
from qunkit.ingest.store import Staging
from qunkit.words import Text

NAMES = "observations/names.parquet"
MEMBERS = "observations/members.parquet"
_MEMBERS_TOLD = [*schema.MEMBERS.arrow, pa.field("group_name", pa.string())]
_NAMES_TOLD = [
    pa.field(name, pa.string()) for name in ("platform", "group_id", "group_name", "sender_id", "sender_name")
]
OBSERVED_MEMBERS = pa.schema([field_.with_nullable(True) for field_ in _MEMBERS_TOLD])
_NAMES_SCHEMA = pa.schema([*_NAMES_TOLD, pa.field("last", pa.timestamp("ms", "UTC")), pa.field("mine", pa.bool_())])
_ROW_GROUP = 1 << 17
_UNIQUE = ("text", "message_id", "native_id", "quote_id", "quote_text", "reply_to", "extra", "sent_at", "local_time")


@dataclass(slots=True)
class Built:
    """What the run did to the messages."""

    new: dict[str, int] = field(default_factory=dict)
    """New messages per source of the run."""
    fingerprint: str = ""
    matches: list[overlap.Match] = field(default_factory=list)
    """How well each source of the run agrees with what was known, where they overlap."""
    seams: overlap.Seams = field(default_factory=overlap.Seams)


def observations(month: str) -> str:
    """The part that holds a month's observations."""
    return f"observations/month={month}/part.parquet"


def messages(month: str) -> str:
    """The part that holds a month's messages."""
    return f"messages/month={month}/part.parquet"


def build(
    staging: Staging,
    staged: Mapping[str, Sequence[Path]],
    members: pa.Table,
    run: Sequence[str],
    memory_limit: str,
    threads: int | None,
) -> Built:
    """Write every part that the staged observations change.

    `staged` maps a month (YYYY-MM) to files of observations with ``src`` and ``row``; `members` has the schema OBSERVED_MEMBERS; `run`
    are the ids of this run's sources in order.
    """
    connection = _connect(staging, memory_limit, threads)
    try:
        _learn_names(connection, staging, staged, members)
        renamed = _renamed_months(connection, staging, set(staged))
        overlap.start(connection)
        built = Built()
        rebuilt: set[str] = set()
        for month in sorted(_months(staging) | set(staged)):
            if month in staged or month in renamed or rebuilt & _quoted(staging, month):
                _build_month(connection, staging, month, staged.get(month, ()), run, built)
                rebuilt.add(month)
        _write_members(connection, staging)
        built.fingerprint = _fingerprint(staging)
        built.matches, built.seams = overlap.judge(connection, run)
        return built
    except duckdb.OutOfMemoryException as error:
        raise OutOfResources(what=Text("memory", "内存")) from error
    except duckdb.IOException as error:
        raise ReadWriteFailed(path=staging.dataset, why=str(error).partition("\n")[0]) from error
    finally:
        connection.close()


def _connect(staging: Staging, memory_limit: str, threads: int | None) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false; SET preserve_insertion_order = true")
    connection.execute(f"SET temp_directory = '{str(staging.spool).replace(chr(39), chr(39) * 2)}'")
    connection.execute(f"SET memory_limit = '{memory_limit}'")
    if threads:
        connection.execute(f"SET threads = {threads}")
    return connection


def _learn_names(
    connection: duckdb.DuckDBPyConnection, staging: Staging, staged: Mapping[str, Sequence[Path]], members: pa.Table
) -> None:
    """The tables names, observed_members, identity, and old_identity: what names stood for before this run."""
    old_names, old_members = staging.old_part(NAMES), staging.old_part(MEMBERS)
    connection.register("no_names", _NAMES_SCHEMA.empty_table())
    connection.register("no_members", OBSERVED_MEMBERS.empty_table())
    connection.register("new_members", members)
    connection.execute(f"CREATE TEMP TABLE names AS SELECT * FROM {_from(old_names, 'no_names')}")
    connection.execute(f"CREATE TEMP TABLE observed_members AS SELECT * FROM {_from(old_members, 'no_members')}")
    identity.build(connection)
    connection.execute("CREATE TEMP TABLE old_identity AS SELECT * FROM identity")
    files = [path for paths in staged.values() for path in paths]
    fresh = identity.NAMES_OF.format(observed=_from(files, "")) if files else "SELECT * FROM no_names"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE names AS
        SELECT platform, group_id, group_name, sender_id, sender_name, MAX(last) AS last, bool_or(mine) AS mine
        FROM (SELECT * FROM names UNION ALL {fresh}) GROUP BY ALL"""
    )
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE observed_members AS
        SELECT * FROM observed_members UNION SELECT * FROM new_members"""
    )
    identity.build(connection)
    _write(connection, staging, NAMES, "SELECT * FROM names ORDER BY ALL", _NAMES_SCHEMA)
    _write(connection, staging, MEMBERS, "SELECT * FROM observed_members ORDER BY ALL", OBSERVED_MEMBERS)


def _renamed_months(connection: duckdb.DuckDBPyConnection, staging: Staging, staged: set[str]) -> set[str]:
    """Months of the old state in which a name now stands for something else."""
    connection.execute(f"CREATE TEMP TABLE changed AS {identity.CHANGED}")
    if not connection.sql("SELECT COUNT(*) FROM changed").fetchall()[0][0]:
        return set()
    found = set()
    for month in _months(staging) - staged:
        path = staging.old_part(observations(month))
        names = identity.NAMES_OF.format(observed=_from(path, ""))
        shown = f"""SELECT 1 FROM ({names}) n JOIN changed c
          ON n.platform = c.platform AND n.group_id IS NOT DISTINCT FROM c.group_id AND n.group_name IS NOT DISTINCT FROM c.group_name
          AND n.sender_id IS NOT DISTINCT FROM c.sender_id AND n.sender_name IS NOT DISTINCT FROM c.sender_name LIMIT 1"""
        if connection.sql(shown).fetchall():
            found.add(month)
    return found


def _build_month(
    connection: duckdb.DuckDBPyConnection,
    staging: Staging,
    month: str,
    files: Sequence[Path],
    run: Sequence[str],
    built: Built,
) -> None:
    """One month's observations and messages. Earlier months are built already: quotes point backwards."""
    old = staging.old_part(observations(month))
    merge.observe(connection, _from(list(files), "") if files else None, _from(old, "") if old else None)
    if files:
        query = "SELECT * FROM observed ORDER BY sent_at, seq"
        _write(connection, staging, observations(month), query, schema.OBSERVATIONS.arrow)
    merge.resolve(connection)
    overlap.observe(connection, run)
    for source, new in merge.new_messages(connection, run).items():
        built.new[source] = built.new.get(source, 0) + new
    _link_replies(connection, staging, month)


def _link_replies(connection: duckdb.DuckDBPyConnection, staging: Staging, month: str) -> None:
    quoted = replies.quoted_months(connection)
    replies.link(connection, [str(path) for other in quoted if other < month and (path := _known(staging, other))])
    query = f"""SELECT {", ".join(_column(name) for name in schema.MESSAGES.names)}
      FROM resolved r LEFT JOIN linked l ON l.message = r.rowid
      ORDER BY r.group_id, r.sent_at, r.seq, r.sender_id, r.kind, r.message_id"""
    digest = Digest()
    _write(connection, staging, messages(month), query, schema.MESSAGES.arrow, digest, quoted_months=quoted)


def _quoted(staging: Staging, month: str) -> set[str]:
    return set(staging.base["parts"][messages(month)]["quoted_months"])


def _column(name: str) -> str:
    return f"l.{name}" if name in ("reply_to", "reply_how") else f"r.{name}"


def _known(staging: Staging, month: str) -> Path | None:
    """Messages of an earlier month: as this run built them, else as they were."""
    return staging.path / messages(month) if messages(month) in staging.parts else staging.old_part(messages(month))


def _months(staging: Staging) -> set[str]:
    return {part.split("month=")[1][:7] for part in staging.base["parts"] if part.startswith("messages/")}


def _write_members(connection: duckdb.DuckDBPyConnection, staging: Staging) -> None:
    columns = ", ".join(f"group_key AS {name}" if name == "group_id" else name for name in schema.MEMBERS.names)
    query = f"SELECT DISTINCT {columns} FROM known_members WHERE member_id <> group_key ORDER BY ALL"
    _write(connection, staging, "members/part.parquet", query, schema.MEMBERS.arrow)


def _fingerprint(staging: Staging) -> str:
    import hashlib

    parts = staging.base["parts"] | staging.parts
    told = [f"{part}={parts[part]['digest']}" for part in sorted(parts) if part.startswith("messages/")]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def _write(
    connection: duckdb.DuckDBPyConnection,
    staging: Staging,
    part: str,
    query: str,
    table: pa.Schema,
    digest: Digest | None = None,
    **facts: object,
) -> None:
    """Stream a query into a part; with a digest, number its seq anew and keep the digest with the part."""
    rows = 0
    reader = connection.sql(query).to_arrow_reader(_ROW_GROUP)
    with staging.create(part) as file, writer(file, table) as parquet:
        for batch in numbered(reader) if digest else reader:
            rows += len(batch)
            if digest:
                digest.add(batch)
            parquet.write_table(
                pa.Table.from_batches([batch]).select(table.names).cast(table), row_group_size=_ROW_GROUP
            )
    if digest:
        facts["digest"] = digest.close()
    staging.finish(part, rows, **facts)


def writer(file: object, table: pa.Schema) -> pq.ParquetWriter:
    """A Parquet writer as every part is written: zstd, with page checksums, dictionaries where values repeat."""
    repeating = [name for name in table.names if name not in _UNIQUE]
    return pq.ParquetWriter(file, table, compression="zstd", write_page_checksum=True, use_dictionary=repeating)


def _from(paths: Path | list[Path] | None, empty: str) -> str:
    """A FROM item for Parquet files, or `empty` if there are none."""
    if not paths:
        return empty
    quoted = ", ".join("'" + str(p).replace("'", "''") + "'" for p in ([paths] if isinstance(paths, Path) else paths))
    return f"read_parquet([{quoted}], hive_partitioning = false)"
