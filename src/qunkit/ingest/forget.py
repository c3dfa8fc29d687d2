"""A member or a group, forgotten: no byte of them stays in the dataset, and marks keep later exports from bringing them back.

One commit takes them out; then every older snapshot goes, whoever reads one is waited for. A run that is killed leaves the old state or the
new one, and the next one finishes: it clears the rest away even if the member is not known any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa

from qunkit import scratch
from qunkit.errors import OldStateRead, StillRead
from qunkit.ingest import build, extent, gone, keepout, learned, rejected, store, told, tombstones
from qunkit.ingest.extent import Forgotten
from qunkit.ingest.gone import Gone
from qunkit.ingest.harvest import REJECTS
from qunkit.ingest.parquet import from_parts
from qunkit.ingest.scrub import Said, Words
from qunkit.ingest.tombstones import FORGOTTEN, Shown, Tombstones
from qunkit.ingest.whom import State, Target

_NEW = ("schema", "qunkit", "snapshot", "parts", "fingerprint")
"""What every commit says anew; the rest of the manifest stays."""


def preview(dataset: Path, member: str | None, groups: Sequence[str] = ()) -> Forgotten:
    """What `forget` would take out.

    Raises:
        NoDataset, DatasetDamaged, DatasetNewer: there is nothing to read.
        NoSuchMember, SeveralMembers, NoSuchGroup, SeveralGroups: not exactly one member or group is meant.
        BadKey: others were forgotten before, and their key is not there.
    """
    with store.open_snapshot(dataset) as snapshot, scratch.Folder() as folder:
        state = partial(_in, snapshot.path, snapshot.manifest)
        with State(state, Path(folder)).opened() as known:
            target = known.find(member, groups, tombstones.load(state))
            if target is None:
                return Forgotten(before=True)
            return replace(extent.would(known, target, dataset), model=_model(state(learned.PART), target))


def forget(dataset: Path, member: str | None, groups: Sequence[str] = (), *, wait: float = 10.0) -> Forgotten:
    """Take a member out of every group, or a group out of the dataset, and clear every older state away.

    `member` is an id or a shown name; `groups` (names, ids, globs) tell members of one name apart, or are the one that goes. Without anything left to take out, what an
    earlier run could not clear away goes.

    Raises:
        NoDataset, DatasetLocked, DatasetDamaged, DatasetNewer, BadKey: nothing was written.
        NoSuchMember, SeveralMembers, NoSuchGroup, SeveralGroups: not exactly one member or group is meant.
        OldStateRead: it is done, but somebody still reads the state before; run again.
    """
    tz = store.zone(dataset)
    with store.writing(dataset, tz, wait) as staging:
        stones = tombstones.load(staging.old_part)
        with State(staging.old_part, staging.spool).opened() as known:
            target = known.find(member, groups, stones)
            done = extent.would(known, target, dataset) if target else Forgotten(before=True)
            if target:
                done.model = _model(staging.old_part(learned.PART), target)
                _commit(staging, known, target, stones, frozenset({learned.PART} if done.model else ()))
        told.drop(dataset)
        try:
            store.purge(dataset, wait)
        except StillRead as error:
            raise OldStateRead(**error.facts) from None
    return done


def _model(path: Path | None, target: Target) -> str | None:
    """The model that goes with them."""
    return learned.holding(path, target.whole, member=target.who is not None)


def _commit(staging: store.Staging, known: State, target: Target, stones: Tombstones, dropped: frozenset[str]) -> None:
    """The state without who is forgotten, and without the parts `dropped`, as the current one."""
    going = extent.going(known, target, stones)
    every = from_parts(known.observations, "")
    if every:
        gone.prepare(known.connection, every, going)
    else:
        gone.tell(known.connection, going)
    months = [from_parts(path, "") for path in known.observations]
    built = build.build(
        staging,
        {},
        build.OBSERVED_MEMBERS.empty_table(),
        [],
        build.MEMORY_LIMIT,
        None,
        revision=gone.revise(known.connection, months, staging.spool),
        aliases=extent.aliases_without(known, target),
    )
    rows = known.connection.sql(gone.BY_SOURCE.format(observed=every)).fetchall() if every else []
    counts = {source: Counter(message=messages, notice=notices) for source, messages, notices in rows}
    sources = [_source(facts, going, counts.get(facts["id"], Counter())) for facts in staging.base["sources"]]
    _write_rejects(staging, known, going)
    stones.write(staging)
    facts = {name: fact for name, fact in staging.base.items() if name not in _NEW}
    facts |= {"sources": sources, "fingerprint": built.fingerprint}
    store.commit(staging, facts, built.dropped | dropped, anew=True)


def _source(facts: dict[str, Any], going: list[Gone], went: Counter[str]) -> dict[str, Any]:
    """A source's facts without who is forgotten: records = new + known + forgotten + rejects, still."""
    shown = [(group[0], group[1]) for group in facts["groups"]]
    of = {(one.group_id, one.group_name): one for one in going}
    left = [group for group in shown if not (group in of and of[group].whole)]
    groups = [(group[0], of[group].label or group[1]) if group in of else group for group in left]
    told = keepout.without(facts, _words(going, shown), groups, whole=bool(shown) and not left)
    forgotten = Counter(facts.get(FORGOTTEN, {})) + went
    left = facts["records"]["message"] + facts["records"]["notice"] - forgotten.total()
    new = min(facts["new"], left)
    return told | {"new": new, "known": left - new} | ({FORGOTTEN: dict(forgotten)} if forgotten else {})


def _words(going: list[Gone], groups: list[Shown]) -> Words:
    """The words of some groups together; of a source that shows none, such as a list of contacts, those of all."""
    of = [one.words for one in going if not groups or (one.group_id, one.group_name) in groups]
    names, others = ({name for words in of for name in getattr(words, kind)} for kind in ("names", "others"))
    return Words({id_ for words in of for id_ in words.ids}, names, others - names)


def _write_rejects(staging: store.Staging, known: State, going: list[Gone]) -> None:
    path = staging.old_part(REJECTS)
    if path is None:
        return
    shown = {facts["id"]: [(group[0], group[1]) for group in facts["groups"]] for facts in staging.base["sources"]}
    whole = {(one.group_id, one.group_name) for one in going if one.whole}
    texts = Said(gone.said(known.connection) if known.observations else ())

    def left() -> Iterator[pa.RecordBatch]:
        for source, batches in groupby(rejected.by_source(path), itemgetter(0)):
            groups = shown.get(source, [])
            is_whole = bool(groups) and whole.issuperset(groups)
            yield from keepout.blanked((batch for _, batch in batches), _words(going, groups), texts, whole=is_whole)

    with staging.create(REJECTS) as file:
        rows = rejected.write(file, left())
    staging.finish(REJECTS, rows)


def _in(path: Path, manifest: dict[str, Any], part: str) -> Path | None:
    return path / part if part in manifest["parts"] else None
