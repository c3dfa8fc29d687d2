"""A question's filters, worked out against what the dataset holds, and an engine that shows exactly that.

--group takes a group's id, its name or a glob (``*``, ``?``, ``[…]``; case does not matter); an exact id or name goes
before a glob. Several --group are any of them, several --tag too; --group with --tag are the groups that both let through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from qunkit import registry, window
from qunkit.config.tables import ENGINES, NAMES, Config, People
from qunkit.dataset import Scope, matching, same
from qunkit.errors import BadOption, NoCommonGroup, NoSuchGroup, NoSuchMember, UsageError
from qunkit.methods.member_tags import check
from qunkit.privacy import NOTE as PSEUDONYMISED
from qunkit.privacy import Pseudonyms, load_key
from qunkit.results import Cell, Note
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.analyze import Engine, Models
    from qunkit.engines._pool import Spread
    from qunkit.engines.duckdb import Engine as DuckDB
    from qunkit.enrich import Model
    from qunkit.ingest.store import Snapshot

E = TypeVar("E", bound="Engine", covariant=True)
_NO_PSEUDONYMS = Text(
    "Pseudonyms are made on this machine alone, for their key must not travel: leave out --pseudonymise, or add --engine duckdb.",
    "化名只在本机生成（密钥不得外传）：请去掉 --pseudonymise，或加上 --engine duckdb。",
)
_NOT_SPARK = Text(
    "--spark-url says where Spark is: add --engine spark.", "--spark-url 用于指定 Spark 的地址：请加上 --engine spark。"
)
_CATALOGUE = """
SELECT group_id, max(group_name) AS name, min(local_time) AS first, max(local_time) AS last
FROM messages GROUP BY group_id ORDER BY group_id
"""
_SENT = (
    "SELECT 1 AS one FROM messages WHERE list_contains(:names, sender_id) OR list_contains(:names, sender_name) LIMIT 1"
)
_GROUPS = "SELECT DISTINCT group_id FROM messages UNION SELECT group_id FROM members"
_NAMED = """
SELECT DISTINCT group_id, sender_id, sender_name AS name FROM messages WHERE sender_id IS NOT NULL AND sender_name IS NOT NULL
UNION SELECT group_id, member_id, name FROM members WHERE name IS NOT NULL
ORDER BY group_id, sender_id, name
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a question is about, as typed."""

    group: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    last: str | None = None
    week: str | None = None
    as_of: str | None = None
    day_start: int | None = None
    unfinished: bool = False
    """Whether the week "last", while none is complete, is the one that has begun."""
    names: str | None = None
    """Which name of a member to show, one of `config.tables.NAMES`; None: as qunkit.toml says."""
    pseudonymise: bool = False
    """Show pseudonyms in the place of all people and groups; filters still mean the true ones."""


@dataclass(frozen=True, slots=True)
class Machine:
    """The query engine, and how much it may use; None: as much as there is."""

    memory_limit: str | None = None
    threads: int | None = None
    engine: str | None = None
    """One of `config.tables.ENGINES`; None: as qunkit.toml says, else DuckDB."""
    spark_url: str | None = None


@dataclass(frozen=True, slots=True)
class Question(Generic[E]):
    """An engine, and what it shows."""

    engine: E
    scope: Scope
    facts: dict[str, Cell]
    snapshot: Path
    files: tuple[Path, ...]
    """The Parquet files of the snapshot."""
    empty: bool
    """Whether the dataset has no messages, whatever the filters let through."""
    models: Models
    """The model that a feature goes by."""
    within: Callable[[Scope], AbstractContextManager[E]]
    """An engine that shows the same state in another window."""
    notes: tuple[Note, ...] = ()
    """What has to be said with every answer."""

    def people(self: Question[DuckDB], typed: Sequence[str]) -> list[str]:
        """Ids or names as typed, and under pseudonyms those who are meant.

        Raises:
            NoSuchMember: no message of the dataset is of somebody called so.
        """
        scrubber = self.engine.scrubber
        meant = {name: [name, *sorted(scrubber.called(name) if scrubber else ())] for name in typed}
        for name, shown in meant.items():
            if not self.engine.sql(_SENT, names=shown).num_rows and not self._elsewhere(name):
                raise NoSuchMember(name=name)
        return [one for shown in meant.values() for one in shown]

    def _elsewhere(self, name: str) -> bool:
        """Whether a message that the filters leave out is of somebody called so."""
        from qunkit.engines import duckdb

        with duckdb.connect(self.snapshot, Scope(timezone=self.scope.timezone), files=self.files) as engine:
            return bool(engine.sql(_SENT, names=[name]).num_rows)

    @property
    def window(self) -> dict[str, object]:
        """The parameters :since, :until and :as_of."""
        return {"since": self.scope.since, "until": self.scope.until, "as_of": self.scope.as_of}


@contextmanager
def ask(dataset: Path, settings: Config, filters: Filters, machine: Machine = Machine()) -> Iterator[Question[Engine]]:
    """The dataset's current snapshot through `filters`, on the engine that `machine` or else `settings` name, held until the end of the block.

    Raises:
        NoDataset, DatasetDamaged, DatasetNewer: there is nothing to read.
        NoSuchGroup, BadOption, UsageError: a filter that means nothing, or no such engine.
        BadKey: there is no key for pseudonyms, and none can be made.
        SparkMissing, NoJava, SparkUnreachable: Spark cannot be used.
    """
    name, url = _engine(machine, settings)
    if name == "duckdb":
        with ask_here(dataset, settings, filters, machine) as question:
            yield question
        return
    if filters.pseudonymise:
        raise UsageError(what=_NO_PSEUDONYMS)
    from qunkit.engines import spark
    from qunkit.engines._spark_session import opened
    from qunkit.ingest.store import open_snapshot

    another = partial(opened, url, memory_limit=machine.memory_limit, threads=machine.threads)

    @contextmanager
    def apart(*asked: Any, **more: Any) -> Iterator[spark.Engine]:
        """A session has one set of views."""
        with another() as session, spark.connect(session, *asked, **more) as engine:
            yield engine

    with (
        open_snapshot(dataset) as snapshot,
        another() as session,
        _asked(snapshot, settings, filters, partial(spark.connect, session), apart) as told,
    ):
        yield told


@contextmanager
def ask_here(
    dataset: Path, settings: Config, filters: Filters, machine: Machine = Machine()
) -> Iterator[Question[DuckDB]]:
    """The same on DuckDB, whatever engine is named: it alone streams rows and hears a person's own SQL."""
    from qunkit.engines import duckdb
    from qunkit.engines._pool import Workers
    from qunkit.ingest.store import open_snapshot

    with open_snapshot(dataset) as snapshot, Workers() as crew:
        kept = None if filters.pseudonymise else snapshot.features  # of true texts alone
        connect = partial(
            duckdb.connect, memory_limit=machine.memory_limit, threads=machine.threads, kept=kept, crew=crew
        )
        with _asked(snapshot, settings, filters, connect) as question:
            yield question


@contextmanager
def _asked(
    snapshot: Snapshot,
    settings: Config,
    filters: Filters,
    connect: Callable[..., AbstractContextManager[E]],
    apart: Callable[..., AbstractContextManager[E]] | None = None,
) -> Iterator[Question[E]]:
    """`apart` connects beside an engine that `connect` gave (None: as it does)."""
    from qunkit.analyze import coverage

    parts = snapshot.manifest["parts"]
    files = tuple(snapshot.path / part for part in sorted(parts) if part.endswith(".parquet"))
    empty = not any(facts["rows"] for part, facts in parts.items() if part.startswith("messages/"))
    whole = Scope(timezone=snapshot.tz, aliases=_aliases(snapshot))
    # sees true names, and is closed before anything is shown
    with connect(snapshot.path, whole, files=files) as engine:
        scope = scoped(filters, settings, whole, engine)
        pseudonyms = Pseudonyms(load_key(create=True)) if filters.pseudonymise else None
        scope = _masked(scope, pseudonyms, engine) if pseudonyms else scope
    masks = {"pseudonyms": pseudonyms} if pseudonyms else {}
    with connect(snapshot.path, scope, files=files, **masks) as engine:
        # every answer needs the days, and to find them all times are read
        engine.table("days", engine.sql("SELECT * FROM days"))
        facts = _facts(scope, settings) | coverage(engine, scope.since) | {"dataset": snapshot.fingerprint}
        if pseudonyms:
            facts["config"] = pseudonyms.settings(settings.hash)
        notes = (Note(PSEUDONYMISED),) if pseudonyms else ()
        model = partial(_model, snapshot, settings, pseudonyms)
        within = partial(_within, partial(apart or connect, snapshot.path, files=files, **masks))
        yield Question(engine, scope, facts, snapshot.path, files, empty, model, within, notes)


@contextmanager
def _within(connect: Callable[..., AbstractContextManager[E]], scope: Scope) -> Iterator[E]:
    with connect(scope) as engine:
        engine.table("days", engine.sql("SELECT * FROM days"))
        yield engine


def _model(
    snapshot: Snapshot, settings: Config, pseudonyms: Pseudonyms | None, feature: str, params: object
) -> Model | None:
    """What says what is an ad: the model that was learnt for the dataset or, if --model says so, the one that came with the program; and the lists of qunkit.toml.

    Raises:
        BadConfig: a pattern that nobody understands.
    """
    if feature != "ads":
        return None
    from qunkit.models import judge

    found = judge(snapshot, settings, shipped_one=getattr(params, "model", "") == "shipped")
    if pseudonyms is None:
        return found
    audits = tuple(one._replace(group_id=pseudonyms.group(one.group_id)) for one in found.audits)
    return replace(found, audits=audits, quotes=False)


@contextmanager
def readers(machine: Machine, settings: Config) -> Iterator[Spread | None]:
    """Who reads exports: the cluster that `machine` or else `settings` name, or None, which is this machine.

    Raises:
        BadOption, UsageError: no such engine.
    """
    name, url = _engine(machine, settings)
    if name == "duckdb":
        yield None
        return
    from qunkit.engines._spark_spread import spreading

    with spreading(url, machine.threads) as spread:
        yield spread


def _engine(machine: Machine, settings: Config) -> tuple[str, str | None]:
    """Name of the engine, and where Spark is."""
    name = machine.engine or settings.engine or "duckdb"
    if name not in ENGINES:
        known = ", ".join(ENGINES)
        raise BadOption(option="--engine", value=name, expected=Text(f"one of {known}", f"以下之一：{known}"))
    if machine.spark_url and name != "spark":
        raise UsageError(what=_NOT_SPARK)
    return name, machine.spark_url or settings.spark_url


def scoped(filters: Filters, settings: Config, whole: Scope, engine: Engine) -> Scope:
    """The scope that `filters` mean; `engine` shows the whole dataset, as `whole` says."""
    if any(isinstance(rule, str) for rule in settings.members.tags.values()):
        check(settings.members.tags, registry.load("analyses", "members").COLUMNS, settings.members.file)
    rows = engine.sql(_CATALOGUE).to_pylist()
    groups = {str(row["group_id"]): row["name"] for row in rows}
    day_start = settings.day_start if filters.day_start is None else _hour(filters.day_start)
    times = (filters.since, filters.until, filters.last, filters.week, filters.as_of)
    asked = window.Asked(*times, unfinished=filters.unfinished)
    begin, end = min((row["first"] for row in rows), default=None), max((row["last"] for row in rows), default=None)
    seen = window.resolve(asked, end, day_start, data_begin=begin)
    people = _People(settings, groups, engine)
    return replace(
        whole,
        groups=choose(filters, settings.tags, groups),
        since=seen.since,
        until=seen.until,
        as_of=seen.as_of,
        day_start=day_start,
        staff=people.everywhere(settings.staff),
        staff_of=people.in_groups(settings.staff_of),
        bots=people.everywhere(settings.bots),
        selling=frozenset(matching(settings.ads.sales, groups)),
        alert=(settings.ads.alert, settings.ads.alert_sales),
        conventions=settings.conventions,
        member_tags=tuple(settings.members.tags.items()),
        exempt=settings.response.exempt,
        own_words=settings.topics.own,
        stop_words=settings.topics.stop,
        complaint_words=(settings.complaints.own, settings.complaints.stop),
        events=settings.events,
        names=_chosen(filters.names or settings.names),
        data=(begin, end) if begin and end else None,
    )


def _masked(scope: Scope, pseudonyms: Pseudonyms, engine: Engine) -> Scope:
    """The scope in pseudonyms; those known by name alone are somebody else in every group."""
    groups = engine.sql(_GROUPS)["group_id"].to_pylist()
    return replace(
        scope,
        groups=tuple(pseudonyms.group(group) for group in scope.groups),
        selling=frozenset(pseudonyms.group(group) for group in scope.selling),
        staff=frozenset(pseudonyms.member(group, id) for group in groups for id in scope.staff),
        staff_of=frozenset((pseudonyms.group(group), pseudonyms.member(group, id)) for group, id in scope.staff_of),
        bots=frozenset(pseudonyms.member(group, id) for group in groups for id in scope.bots),
        events=tuple((day, f"event {n}") for n, (day, _) in enumerate(scope.events, 1)),
        member_tags=tuple((f"tag {n}", words) for n, (_, words) in enumerate(scope.member_tags, 1)),
        aliases=frozenset(
            (pseudonyms.member(group, id), pseudonyms.member(group, alias))
            for group in groups
            for id, alias in scope.aliases
        ),
    )


def _aliases(snapshot: Snapshot) -> frozenset[tuple[str, str]]:
    """Ids, each with another one that the owner of the dataset said is the same member's."""
    from qunkit.ingest.build import ALIASES

    if not snapshot.manifest["parts"].get(ALIASES, {}).get("rows"):
        return frozenset()
    import pyarrow.parquet as pq

    said = pq.read_table(snapshot.path / ALIASES).to_pylist()
    return frozenset(
        (row["member"], row["alias"])
        for row in said
        if row["verdict"] == "same" and not row["alias"].startswith("name:")
    )


def _chosen(names: str | None) -> str | None:
    if names in (None, *NAMES):
        return names
    known = ", ".join(NAMES)
    raise BadOption(option="--names", value=names, expected=Text(f"one of {known}", f"以下之一：{known}"))


def choose(filters: Filters, tags: Mapping[str, tuple[str, ...]], groups: Mapping[str, str | None]) -> tuple[str, ...]:
    """Ids of the groups (id → name) that --group and --tag let through; empty: all.

    Raises:
        NoSuchGroup: a pattern or a tag lets nothing through.
        NoCommonGroup: each lets something through, but both together nothing.
        BadOption: a tag that qunkit.toml does not have.
    """
    named = {id for pattern in filters.group for id in _some(pattern, matching([pattern], groups))}
    meant = {tag: _tag(tag, tags, secret=filters.pseudonymise) for tag in filters.tag}
    tagged = {id for tag, patterns in meant.items() for id in _some(tag, matching(patterns, groups))}
    if filters.group and filters.tag:
        if not named & tagged:
            raise NoCommonGroup(pattern=", ".join(filters.group), tag=", ".join(filters.tag))
        return tuple(sorted(named & tagged))
    return tuple(sorted(named | tagged))


def _some(pattern: str, found: set[str]) -> set[str]:
    if not found:
        raise NoSuchGroup(pattern=pattern)
    return found


def _tag(tag: str, tags: Mapping[str, tuple[str, ...]], *, secret: bool) -> tuple[str, ...]:
    """The patterns of a tag; with `secret` an unknown one is told no others, for they may be named after people."""
    if tag not in tags:
        known = "…" if secret else ", ".join(tags) or "-"
        expected = Text(f"a tag of qunkit.toml (known: {known})", f"qunkit.toml 中的标签（已有：{known}）")
        raise BadOption(option="--tag", value=tag, expected=expected)
    return tags[tag]


@dataclass
class _People:
    """Member ids of the people that qunkit.toml means: names are looked up where they are used, and only if there are any."""

    settings: Config
    groups: Mapping[str, str | None]
    engine: Engine

    def everywhere(self, people: People) -> frozenset[str]:
        """Ids that count in every group."""
        return frozenset(people.ids) | {id for names in self._ids.values() for id in _called(names, people)}

    def in_groups(self, staff_of: Mapping[str, People]) -> frozenset[tuple[str, str]]:
        """(group id, member id) of those who count in the groups that match."""
        return frozenset(
            (group, id)
            for pattern, people in staff_of.items()
            for group in matching([pattern], self.groups)
            for id in {*people.ids, *_called(self._ids.get(group, {}), people)}
        )

    @cached_property
    def _ids(self) -> dict[str, dict[str, set[str]]]:
        """Group id → shown name → ids."""
        known: dict[str, dict[str, set[str]]] = {}
        everyone = (self.settings.staff, self.settings.bots, *self.settings.staff_of.values())
        if any(people.names for people in everyone):
            for row in self.engine.sql(_NAMED).to_pylist():
                known.setdefault(row["group_id"], {}).setdefault(same(row["name"]), set()).add(row["sender_id"])
        return known


def _called(names: Mapping[str, set[str]], people: People) -> set[str]:
    return {id for name in people.names for id in names.get(same(name), ())}


def _hour(value: int) -> int:
    if 0 <= value <= 23:
        return value
    raise BadOption(option="--day-start", value=value, expected=Text("an hour from 0 to 23", "0 到 23 的整点"))


def _facts(scope: Scope, settings: Config) -> dict[str, Cell]:
    """What every result says of itself."""
    return {
        "as_of": scope.as_of,
        "since": scope.since,
        "until": scope.until,
        "timezone": scope.timezone,
        "config": settings.hash,
    }
