"""Staged observations → the parts of the next snapshot, month by month, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from qunkit import schema
from qunkit.engines._reasons import failed
from qunkit.ingest import identity, merge, overlap, replies, turns
from qunkit.ingest import observed as seen
from qunkit.ingest.canon import Digest, numbered
from qunkit.ingest.parquet import ROW_GROUP, from_parts, writer
from qunkit.ingest.revision import Revision
from qunkit.ingest.stage import is_ready
from qunkit.ingest.store import Staging

NAMES = "observations/names.parquet"
MEMBERS = "observations/members.parquet"
ALIASES = "observations/aliases.parquet"
_MEMBERS_TOLD = [*schema.MEMBERS.arrow, pa.field("group_name", pa.string())]
_NAMES_TOLD = [
    pa.field(name, pa.string()) for name in ("platform", "group_id", "group_name", "sender_id", "sender_name")
]
OBSERVED_MEMBERS = pa.schema([field_.with_nullable(True) for field_ in _MEMBERS_TOLD])
NAMES_SCHEMA = pa.schema([*_NAMES_TOLD, pa.field("last", pa.timestamp("ms", "UTC")), pa.field("mine", pa.bool_())])
ALIASES_SCHEMA = pa.schema([pa.field(name, pa.string(), name == "group_id") for name in identity.ALIASES])
"""What the owner of the dataset said of names, as `identity` reads it."""
MEMORY_LIMIT = "384MB"


@dataclass(slots=True)
class Built:
    """What the run did to the messages."""

    new: dict[str, int] = field(default_factory=dict)
    """New messages per source of the run."""
    fingerprint: str = ""
    matches: list[overlap.Match] = field(default_factory=list)
    """How well each source of the run agrees with what was known, where they overlap."""
    seams: overlap.Seams = field(default_factory=overlap.Seams)
    dropped: frozenset[str] = frozenset()
    """Parts of months of which nothing is left."""


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
    *,
    revision: Revision | None = None,
    aliases: pa.Table | None = None,
) -> Built:
    """Write every part that the staged observations, the revision of old ones and new aliases change.

    `staged` maps a month (YYYY-MM) to files of observations with ``src`` and ``row``; `members` has the schema OBSERVED_MEMBERS; `run`
    are the ids of this run's sources in order; `aliases` (ALIASES_SCHEMA) takes the place of those that were known.
    """
    pa.default_memory_pool().release_unused()  # what reading took: DuckDB has its own
    connection = connect(staging.spool, memory_limit, threads)
    try:
        if revision:
            revision.prepare(connection)
        work = _Work(connection, staging, staged, run, revision)
        work.learn_names(members, aliases)
        work.build_months()
        work.write_members()
        built = work.built
        for part in {*staging.parts, *built.dropped}:
            work._old_part(part)  # that it was damaged must not go unsaid because another takes its place
        built.fingerprint = _fingerprint(staging, built.dropped)
        built.matches, built.seams = overlap.judge(connection, run)
        return built
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        raise failed(error, staging.dataset) from error
    finally:
        connection.close()


def rebuild(staging: Staging, memory_limit: str, threads: int | None) -> None:
    """Write every part that the old observations determine, whatever it was: names, messages, members. For those who check them."""
    connection = connect(staging.spool, memory_limit, threads)
    try:
        work = _Work(connection, staging, {}, (), Revision("SELECT * FROM {old}", "FROM {old}"))
        work.learn_names(OBSERVED_MEMBERS.empty_table(), None)
        overlap.start(connection)
        for month in sorted(_months(staging)):
            work._build_month(month, revised=False)
        work.write_members()
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        raise failed(error, staging.dataset) from error
    finally:
        connection.close()


@dataclass(slots=True)
class _Work:
    """One build."""

    connection: duckdb.DuckDBPyConnection
    staging: Staging
    staged: Mapping[str, Sequence[Path]]
    run: Sequence[str]
    revision: Revision | None
    built: Built = field(default_factory=Built)
    compared: dict[str, Path | None] = field(default_factory=dict)
    """Parts of the old state that were found to be what they were."""

    def learn_names(self, members: pa.Table, aliases: pa.Table | None) -> None:
        """The tables names, observed_members, aliases and identity, and old_identity: what names stood for before this run."""
        connection = self.connection
        know(connection, self.staging.old_part)
        connection.register("new_members", members)
        connection.execute("CREATE TEMP TABLE old_identity AS SELECT * FROM identity")
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE names AS
            SELECT platform, group_id, group_name, sender_id, sender_name, MAX(last) AS last, bool_or(mine) AS mine
            FROM ({" UNION ALL ".join(["SELECT * FROM names WHERE false", *self._names()])}) GROUP BY ALL"""
        )
        known = self.revision.members.format(old="observed_members") if self.revision else "FROM observed_members"
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE observed_members AS SELECT * FROM ({known}) UNION SELECT * FROM new_members"
        )
        if aliases is not None:
            connection.register("new_aliases", aliases)
            connection.execute("CREATE OR REPLACE TEMP TABLE aliases AS SELECT * FROM new_aliases")
        identity.build(connection)
        self._write(NAMES, "SELECT * FROM names ORDER BY ALL", NAMES_SCHEMA)
        self._write(MEMBERS, "SELECT * FROM observed_members ORDER BY ALL", OBSERVED_MEMBERS)
        self._write(ALIASES, "SELECT * FROM aliases ORDER BY ALL", ALIASES_SCHEMA)

    def _names(self) -> list[str]:
        """Queries that together have every name there is."""
        files = [path for paths in self.staged.values() for path in paths]
        fresh = [identity.NAMES_OF.format(observed=from_parts(files, ""))] if files else []
        if not self.revision:
            return ["SELECT * FROM names", *fresh]
        return [identity.NAMES_OF.format(observed=self._old(month)) for month in _months(self.staging)] + fresh

    def build_months(self) -> None:
        """Every month that anything changes, the earlier first: quotes point backwards."""
        revised = self._revised_months()
        changed = revised | self._renamed_months() | set(self.staged)
        changed |= self._turned_months(changed)
        overlap.start(self.connection)
        rebuilt: set[str] = set()
        for month in sorted(_months(self.staging) | set(self.staged)):
            if month in changed or rebuilt & _quoted(self.staging, month):
                self._build_month(month, revised=month in revised)
                rebuilt.add(month)

    def _revised_months(self) -> set[str]:
        """Months of which the revision leaves something else."""
        if not self.revision:
            return set()
        months = [(month, self._old(month), self._known(month)) for month in _months(self.staging)]
        return {
            month
            for month, left, all_ in months
            if self.connection.sql(f"SELECT 1 FROM (FROM {all_} EXCEPT ALL FROM {left}) LIMIT 1").fetchall()
        }

    def _renamed_months(self) -> set[str]:
        """Months of the old state in which a name now stands for something else."""
        self.connection.execute(f"CREATE TEMP TABLE changed AS {identity.CHANGED}")
        if not merge.count(self.connection, "changed"):
            return set()
        shown = """SELECT 1 FROM ({names}) n JOIN changed c
          ON n.platform = c.platform AND n.group_id IS NOT DISTINCT FROM c.group_id AND n.group_name IS NOT DISTINCT FROM c.group_name
          AND n.sender_id IS NOT DISTINCT FROM c.sender_id AND n.sender_name IS NOT DISTINCT FROM c.sender_name LIMIT 1"""
        return {
            month
            for month in _months(self.staging) - set(self.staged)
            if self.connection.sql(shown.format(names=identity.NAMES_OF.format(observed=self._known(month)))).fetchall()
        }

    def _turned_months(self, changed: set[str]) -> set[str]:
        """Months next to changed ones that tell ids of theirs."""
        months = _months(self.staging) | set(self.staged)
        pairs = [(month, after) for month in months if (after := turns.following(month)) in months]
        near = [pair for pair in pairs if len(changed.intersection(pair)) == 1]
        said = {month: self._said(month, self._known) for pair in near for month in pair}
        return {
            month
            for before, after in near
            if turns.meet(self.connection, said[before], said[after], after)
            for month in (before, after)
        }

    def _said(self, month: str, old_rows: Callable[[str], str]) -> str:
        """What is known of a month and what this run adds, as a FROM item; a row may be there twice."""
        columns = "platform, group_id, group_name, native_id, local_time, kind, text"
        said = [f"SELECT {columns}, sources FROM {old_rows(month)}"] if month in _months(self.staging) else []
        if files := self.staged.get(month):
            said.append(f"SELECT {columns}, sources FROM {from_parts(files, '')}")
        return f"({' UNION ALL '.join(said)})"

    def _turn(self, month: str) -> bool:
        """Hand over what ``observed`` has of the next month's messages, and take what the one before has of its own; whether there is anything."""
        known, turned = _months(self.staging) | set(self.staged), False
        if (after := turns.following(month)) in known:
            turned = turns.give(self.connection, self._said(after, self._old), after)
        before = next((other for other in known if turns.following(other) == month), None)
        if before and (path := self._part(observations(before))):
            turned |= turns.take(self.connection, from_parts(path, ""), month)
        return turned

    def _build_month(self, month: str, *, revised: bool) -> None:
        """One month's observations and messages. Earlier months are built already."""
        connection, ready = self.connection, self._adopted(month)
        if not ready and not self._observed(month, revised=revised):
            self.built.dropped |= {observations(month), messages(month)}
            return
        turned = self._turn(month)
        merge.resolve(connection)
        overlap.observe(connection, self.run)
        for source, new in merge.new_messages(connection, self.run).items():
            self.built.new[source] = self.built.new.get(source, 0) + new
        self._write_messages(month, in_order=ready and not turned and merge.in_order(connection))

    def _adopted(self, month: str) -> bool:
        """Make ``observed`` and its part of a file that is the month's as it stands; whether there is one."""
        files = self.staged.get(month, ())
        if len(files) != 1 or not is_ready(files[0]) or month in _months(self.staging):
            return False
        part = observations(month)
        self.staging.adopt(part, files[0], rows=pq.read_metadata(files[0]).num_rows)
        seen.show(self.connection, self.staging.path / part)
        return True

    def _observed(self, month: str, *, revised: bool) -> bool:
        """Make ``observed``, and its part if it is another than before; whether there is anything."""
        files = self.staged.get(month, ())
        old = self._old(month) if month in _months(self.staging) else None
        seen.observe(self.connection, files, old, revised=revised)
        if not merge.count(self.connection, "observed"):
            return False
        if files or revised:
            query = f"SELECT {', '.join(schema.OBSERVATIONS.names)} FROM observed ORDER BY sent_at, seq"
            self._write(observations(month), query, schema.OBSERVATIONS.arrow)
        return True

    def _write_messages(self, month: str, *, in_order: bool) -> None:
        """… with replies linked. `in_order`: ``resolved`` is in the order of the part."""
        quoted = replies.quoted_months(self.connection)
        earlier = [path for other in quoted if other < month and (path := self._part(messages(other)))]
        replies.link(self.connection, [str(path) for path in earlier])
        columns = ", ".join(_column(name) for name in schema.MESSAGES.names)
        order = "" if in_order else "ORDER BY r.group_id, r.sent_at, r.seq, r.sender_id, r.kind, r.message_id"
        query = f"SELECT {columns} FROM resolved r LEFT JOIN linked l USING (message) {order}"
        if in_order:
            self.connection.execute(
                "SET disabled_optimizers = 'join_order,build_side_probe_side'"
            )  # they may turn a join round, and its rows
        self._write(messages(month), query, schema.MESSAGES.arrow, Digest(), quoted_months=quoted)
        self.connection.execute("RESET disabled_optimizers")

    def write_members(self) -> None:
        """What the rosters say, under the ids that members go by now."""
        columns = ", ".join(f"group_key AS {name}" if name == "group_id" else name for name in schema.MEMBERS.names)
        query = f"SELECT DISTINCT {columns} FROM known_members WHERE member_id <> group_key ORDER BY ALL"
        self._write("members/part.parquet", query, schema.MEMBERS.arrow)

    def _part(self, part: str) -> Path | None:
        """A part of an earlier month: as this run built it, else as it was; None if there is none."""
        if part in self.built.dropped:
            return None
        return self.staging.path / part if part in self.staging.parts else self._old_part(part)

    def _old_part(self, part: str) -> Path | None:
        """A part as it was; its sha256 is compared once."""
        if part not in self.compared:
            self.compared[part] = self.staging.old_part(part)
        return self.compared[part]

    def _known(self, month: str) -> str:
        """The observations of a month before this run, as a FROM item."""
        return from_parts(self._old_part(observations(month)), "")

    def _old(self, month: str) -> str:
        """What the revision leaves of them."""
        known = self._known(month)
        return f"({self.revision.observations.format(old=known)})" if self.revision else known

    def _write(self, part: str, query: str, table: pa.Schema, digest: Digest | None = None, **facts: object) -> None:
        """Stream a query into a part; with a digest, number its seq anew and keep the digest with the part."""
        rows = 0
        reader = self.connection.sql(query).to_arrow_reader(ROW_GROUP)
        with self.staging.create(part) as file, writer(file, table) as parquet:
            for batch in numbered(reader) if digest else reader:
                rows += len(batch)
                if digest:
                    digest.add(batch)
                parquet.write_table(
                    pa.Table.from_batches([batch]).select(table.names).cast(table), row_group_size=ROW_GROUP
                )
        if digest:
            facts["digest"] = digest.close()
        self.staging.finish(part, rows, **facts)


def know(connection: duckdb.DuckDBPyConnection, part: Callable[[str], Path | None]) -> None:
    """The tables names, observed_members, aliases and what `identity` makes of them; `part` says where a part of the state lies."""
    for name, path, columns in (
        ("names", NAMES, NAMES_SCHEMA),
        ("observed_members", MEMBERS, OBSERVED_MEMBERS),
        ("aliases", ALIASES, ALIASES_SCHEMA),
    ):
        connection.register("nothing", columns.empty_table())
        connection.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM {from_parts(part(path), 'nothing')}")
    identity.build(connection)


def connect(folder: Path, memory_limit: str, threads: int | None) -> duckdb.DuckDBPyConnection:
    """DuckDB as the merge uses it; it spills into `folder`."""
    connection = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false; SET preserve_insertion_order = true")
    connection.execute(f"SET temp_directory = '{str(folder).replace(chr(39), chr(39) * 2)}'")
    connection.execute(f"SET memory_limit = '{memory_limit}'")
    if threads:
        connection.execute(f"SET threads = {threads}")
    return connection


def _quoted(staging: Staging, month: str) -> set[str]:
    return set(staging.base["parts"][messages(month)]["quoted_months"])


def _column(name: str) -> str:
    return f"l.{name}" if name in ("reply_to", "reply_how") else f"r.{name}"


def _months(staging: Staging) -> set[str]:
    return {part.split("month=")[1][:7] for part in staging.base["parts"] if part.startswith("observations/month=")}


def _fingerprint(staging: Staging, dropped: frozenset[str]) -> str:
    parts = staging.base["parts"] | staging.parts
    return fingerprint({part: facts for part, facts in parts.items() if part not in dropped})


def fingerprint(parts: Mapping[str, Mapping[str, Any]]) -> str:
    """Of all messages, from the digests in a manifest's parts."""
    import hashlib

    told = [f"{part}={parts[part]['digest']}" for part in sorted(parts) if part.startswith("messages/")]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
