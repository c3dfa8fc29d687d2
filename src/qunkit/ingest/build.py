"""Staged observations → the parts of the next snapshot, month by month, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from qunkit import schema
from qunkit.engines._quiet import quiet
from qunkit.engines._reasons import failed
from qunkit.ingest import identity, memory, merge, overlap, turns
from qunkit.ingest.months import Months, State, observations, write
from qunkit.ingest.parquet import ROW_GROUP, from_parts
from qunkit.ingest.revision import Revision
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


def build(
    staging: Staging,
    staged: Mapping[str, Sequence[Path]],
    members: pa.Table,
    run: Sequence[str],
    memory_limit: str,
    threads: int | None,
    *,
    lists: Sequence[Path] = (),
    revision: Revision | None = None,
    aliases: pa.Table | None = None,
) -> Built:
    """Write every part that the staged observations, the revision of old ones and new aliases change.

    `staged` maps a month (YYYY-MM) to files of observations with ``src`` and ``row``; `members` has the schema OBSERVED_MEMBERS, and so have the files `lists`; `run`
    are the ids of this run's sources in order; `aliases` (ALIASES_SCHEMA) takes the place of those that were known.
    """
    memory.give_back()  # what reading took: DuckDB has its own
    connection = connect(staging.spool, memory_limit, threads)
    try:
        if revision:
            revision.prepare(connection)
        state = State(staging, revision)
        work = _Work(connection, state, staged)
        work.learn_names(members, lists, aliases)
        months = Months(connection, state, staged, run, work.revised_months())
        with work.writing_members():
            months.build(work.changed_months(months.revised), threads)
        built = Built(months.new, dropped=frozenset(state.dropped))
        for part in {*staging.parts, *built.dropped}:
            state.old_part(part)  # that it was damaged must not go unsaid because another takes its place
        built.fingerprint = _fingerprint(staging, built.dropped)
        said = [path for month in months.done if (path := state.part(observations(month)))]
        built.matches, built.seams = overlap.judge(connection, run, [from_parts(path, "") for path in said])
        return built
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        raise failed(error, staging.dataset) from error
    finally:
        connection.close()


def rebuild(staging: Staging, memory_limit: str, threads: int | None) -> None:
    """Write every part that the old observations determine, whatever it was: names, messages, members. For those who check them."""
    connection = connect(staging.spool, memory_limit, threads)
    try:
        state = State(staging, Revision("SELECT * FROM {old}", "FROM {old}"))
        work = _Work(connection, state, {})
        work.learn_names(OBSERVED_MEMBERS.empty_table(), (), None)
        with work.writing_members():
            Months(connection, state).build(sorted(state.months), threads)
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        raise failed(error, staging.dataset) from error
    finally:
        connection.close()


@dataclass(slots=True)
class _Work:
    """Names and members of one build, and which months it changes."""

    connection: duckdb.DuckDBPyConnection
    state: State
    staged: Mapping[str, Sequence[Path]]

    def learn_names(self, members: pa.Table, lists: Sequence[Path], aliases: pa.Table | None) -> None:
        """The tables names, observed_members, aliases and identity, and old_identity: what names stood for before this run."""
        connection = self.connection
        know(connection, self.state.staging.old_part)
        connection.register("held_members", members)
        told = ["FROM held_members", *([f"FROM {from_parts(lists, '')}"] if lists else [])]
        connection.execute("CREATE TABLE old_identity AS SELECT * FROM identity")
        connection.execute(
            f"""CREATE OR REPLACE TABLE names AS
            SELECT platform, group_id, group_name, sender_id, sender_name, MAX(last) AS last, bool_or(mine) AS mine
            FROM ({" UNION ALL ".join(["SELECT * FROM names WHERE false", *self._names()])}) GROUP BY ALL"""
        )
        revision = self.state.revision
        known = revision.members.format(old="observed_members") if revision else "FROM observed_members"
        connection.execute(
            f"CREATE OR REPLACE TABLE observed_members AS SELECT * FROM ({known}) UNION SELECT * FROM ({' UNION ALL '.join(told)})"
        )
        if aliases is not None:
            connection.register("new_aliases", aliases)
            connection.execute("CREATE OR REPLACE TABLE aliases AS SELECT * FROM new_aliases")
        identity.build(connection)
        self._write(connection, NAMES, "SELECT * FROM names ORDER BY ALL", NAMES_SCHEMA)
        self._write(connection, ALIASES, "SELECT * FROM aliases ORDER BY ALL", ALIASES_SCHEMA)

    def _names(self) -> list[str]:
        """Queries that together have every name there is."""
        files = [path for paths in self.staged.values() for path in paths]
        fresh = [identity.NAMES_OF.format(observed=from_parts(files, ""))] if files else []
        if not self.state.revision:
            return ["SELECT * FROM names", *fresh]
        state = self.state
        return [identity.NAMES_OF.format(observed=state.left(month)) for month in state.months] + fresh

    def changed_months(self, revised: frozenset[str]) -> list[str]:
        """Every month that anything changes, the earlier first: quotes point backwards."""
        changed = {*revised, *self._renamed_months(), *self.staged}
        changed |= self._turned_months(changed)
        built: list[str] = []
        for month in sorted(self.state.months | set(self.staged)):
            if month in changed or not self.state.quoted(month).isdisjoint(built):
                built.append(month)
        return built

    def revised_months(self) -> frozenset[str]:
        """Months of which the revision leaves something else."""
        state = self.state
        if not state.revision:
            return frozenset()
        months = [(month, state.left(month), state.known(month)) for month in state.months]
        return frozenset(
            month
            for month, left, all_ in months
            if self.connection.sql(f"SELECT 1 FROM (FROM {all_} EXCEPT ALL FROM {left}) LIMIT 1").fetchall()
        )

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
            for month in self.state.months - set(self.staged)
            if self.connection.sql(
                shown.format(names=identity.NAMES_OF.format(observed=self.state.known(month)))
            ).fetchall()
        }

    def _turned_months(self, changed: set[str]) -> set[str]:
        """Months next to changed ones that tell ids of theirs."""
        months, state = self.state.months | set(self.staged), self.state
        pairs = [(month, after) for month in months if (after := turns.following(month)) in months]
        near = [pair for pair in pairs if len(changed.intersection(pair)) == 1]
        said = {month: state.said(month, state.known, self.staged.get(month, ())) for pair in near for month in pair}
        return {
            month
            for before, after in near
            if turns.meet(self.connection, said[before], said[after], after)
            for month in (before, after)
        }

    @contextmanager
    def writing_members(self) -> Iterator[None]:
        """Months do not ask for what the rosters say: it is put in order and written meanwhile."""
        with closing(self.connection.cursor()) as cursor, ThreadPoolExecutor(1) as pool:
            written = pool.submit(self._write_members, cursor)
            try:
                yield
            except BaseException:
                cursor.interrupt()
                raise
            written.result()

    def _write_members(self, connection: duckdb.DuckDBPyConnection) -> None:
        """As they say it, and under the ids that members go by now."""
        self._write(connection, MEMBERS, "SELECT * FROM observed_members ORDER BY ALL", OBSERVED_MEMBERS)
        columns = ", ".join(f"group_key AS {name}" if name == "group_id" else name for name in schema.MEMBERS.names)
        query = f"SELECT DISTINCT {columns} FROM known_members WHERE member_id <> group_key ORDER BY ALL"
        self._write(connection, "members/part.parquet", query, schema.MEMBERS.arrow)

    def _write(self, connection: duckdb.DuckDBPyConnection, part: str, query: str, table: pa.Schema) -> None:
        write(self.state.staging, part, table, connection.sql(query).to_arrow_reader(ROW_GROUP))


def know(connection: duckdb.DuckDBPyConnection, part: Callable[[str], Path | None]) -> None:
    """The tables names, observed_members, aliases and what `identity` makes of them; `part` says where a part of the state lies."""
    for name, path, columns in (
        ("names", NAMES, NAMES_SCHEMA),
        ("observed_members", MEMBERS, OBSERVED_MEMBERS),
        ("aliases", ALIASES, ALIASES_SCHEMA),
    ):
        connection.register("nothing", columns.empty_table())
        stored = from_parts(part(path), "nothing")  # which may be of an older schema, with fewer columns
        connection.execute(f"CREATE TABLE {name} AS FROM nothing UNION ALL BY NAME FROM {stored}")
    identity.build(connection)


def connect(folder: Path, memory_limit: str, threads: int | None) -> duckdb.DuckDBPyConnection:
    """DuckDB as the merge uses it; it spills into `folder`."""
    connection = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    quiet(connection)
    connection.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = true")
    connection.execute(f"SET temp_directory = '{str(folder).replace(chr(39), chr(39) * 2)}'")
    connection.execute(f"SET memory_limit = '{memory_limit}'")
    if threads:
        connection.execute(f"SET threads = {threads}")
    return connection


def _fingerprint(staging: Staging, dropped: frozenset[str]) -> str:
    parts = staging.base["parts"] | staging.parts
    return fingerprint({part: facts for part, facts in parts.items() if part not in dropped})


def fingerprint(parts: Mapping[str, Mapping[str, Any]]) -> str:
    """Of all messages, from the digests in a manifest's parts."""
    import hashlib

    told = [f"{part}={parts[part]['digest']}" for part in sorted(parts) if part.startswith("messages/")]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
