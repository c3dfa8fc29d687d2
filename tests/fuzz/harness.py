"""A file read as ``ingest`` reads it, up to the commit, and what must hold whatever its bytes are.

Only `QunkitError` may be raised. What is read must be accounted for to the byte, of the declared types, and the same the next time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qunkit import schema
from qunkit.errors import QunkitError
from qunkit.ingest import identify, rejected
from qunkit.ingest.clock import Clock
from qunkit.ingest.ledger import counts, sizes
from qunkit.ingest.read import Reading, begin, observe, read
from qunkit.ingest.stage import MonthWriters, member_rows
from qunkit.parsing.source import Source, open_source
from qunkit.schema import EVENTS, KINDS, OBSERVATIONS, REASONS, TIME_QUALITIES
from qunkit.words import LANGS

CLOCK = Clock("America/New_York", "Asia/Shanghai")
"""With gaps and overlaps in its wall clock."""
_DAY = 86_400_000
_FIRST, _LAST = 915_148_800_000 - _DAY, 4_102_444_800_000 + _DAY
"""1999 to 2100, and a day for the zones."""
_MEMBERS = {field.name: field.type for field in schema.MEMBERS.arrow} | {"group_name": pa.string()}


def outcome(path: Path, spool: Path, options: Mapping[str, str], wanted: str | None) -> str:
    """What becomes of a file: the class of its error, or a hash of all that was read."""
    try:
        source = open_source(path, options=options, spool_dir=spool)
        return read_whole(source, spool, wanted)
    except QunkitError as error:
        return said(error)


def said(error: QunkitError) -> str:
    """The class of an error that can say what happened and what to do."""
    for lang in LANGS:
        assert error.sentence(lang)
        error.hint(lang)
    return type(error).__name__


def read_whole(source: Source, spool: Path, wanted: str | None) -> str:
    """Read a source to its end and check everything; a hash of what was read.

    Raises:
        QunkitError: it is refused.
    """
    for text in (source.head.text, *source.head.parts):
        text.encode()
    name, module = identify.identify(source, wanted)
    for _ in identify.listed(identify.Candidate(source.path, source.label, False), source, module):
        pass
    identity, batches = begin(source, name, module, None)
    reading = Reading(source, name, identity, spool / "fuzz.arrow")
    try:
        read(reading, batches, module, lambda label, done, size: None)
        return _checked(reading, spool)
    finally:
        reading.spool.unlink(missing_ok=True)
        reading.reject_spool.unlink(missing_ok=True)


def _checked(reading: Reading, spool: Path) -> str:
    digest = hashlib.sha256(reading.format.encode())
    staged: dict[str, list[Path]] = {}
    try:
        with MonthWriters(spool, reading.id, staged) as writers:
            for batch in observe(reading, CLOCK, None):
                _check_observations(batch, reading.source.size)
                digest.update(str(batch.to_pydict()).encode())
                writers.write(batch)
    finally:
        for path in (path for paths in staged.values() for path in paths):
            path.unlink()
    runs = reading.ledger.close(reading.source.size)
    _check_account(reading, runs)
    _check_members(reading)
    digest.update(str(runs.to_pydict()).encode())
    digest.update(str(_check_rejects(reading)).encode())
    return digest.hexdigest()[:16]


def _check_account(reading: Reading, runs: pa.Table) -> None:
    """Ranges tile the file (`Ledger.close` looks), and numbers agree."""
    records, bytes_ = counts(runs), sizes(runs)
    assert sum(bytes_.values()) == reading.source.size, bytes_
    assert records["message"] + records["notice"] == reading.messages, records
    assert records["reject"] == len(reading.rejects), records
    for reject in reading.rejects:
        assert 0 <= reject.start < reject.end <= reading.source.size, reject
        assert reject.reason in REASONS, reject
    assert reading.suspects >= 0
    assert reading.private >= 0


def _check_rejects(reading: Reading) -> list[dict[str, object]]:
    """Their rows, which have their ranges and bytes."""
    path, source = reading.reject_spool, reading.source
    rows = [row for batch in rejected.batches(path) for row in batch.to_pylist()] if reading.rejects else []
    assert [(row["start"], row["end"], row["reason"]) for row in rows] == [
        (reject.start, reject.end, reject.reason) for reject in reading.rejects
    ]
    raw = source.raw(0, source.size)
    for row in rows:
        assert row["raw"] == raw[row["start"] : row["end"]], row
        if source.encoding.startswith("utf-16"):
            assert row["line"] == 1 + raw[source.bom : row["start"]].decode(source.encoding, "replace").count("\n"), row
        else:
            assert row["line"] == 1 + raw.count(b"\n", 0, row["start"]), row
    return rows


def _check_observations(batch: pa.RecordBatch, size: int) -> None:
    batch.validate(full=True)
    wanted = {field.name: field for field in OBSERVATIONS.arrow}
    for name in batch.schema.names:
        column = batch.column(name)
        if name in ("row", "offset"):
            continue
        assert column.type == wanted[name].type, (name, column.type)
        assert wanted[name].nullable or not column.null_count, name
    offsets = batch.column("offset").to_numpy()
    assert (np.diff(offsets) > 0).all()
    assert not len(offsets) or (offsets[0] >= 0 and offsets[-1] < size)
    _check_words(batch)
    for name in ("sent_at", "quote_time"):
        times = pc.drop_null(batch.column(name).cast(pa.int64()))
        assert (
            name != "sent_at"
            or pc.all(pc.and_(pc.greater_equal(times, _FIRST), pc.less(times, _LAST))).as_py() is not False
        )


def _check_words(batch: pa.RecordBatch) -> None:
    """Closed lists, and an object in `extra`."""
    import json

    assert set(batch.column("kind").to_pylist()) <= set(KINDS)
    assert set(batch.column("event").to_pylist()) <= {*EVENTS, None}
    assert set(batch.column("time_quality").to_pylist()) <= set(TIME_QUALITIES)
    for told in batch.column("extra").drop_null().to_pylist():
        assert isinstance(json.loads(told), dict), told
    for row in zip(batch.column("target_ids").to_pylist(), batch.column("target_names").to_pylist(), strict=True):
        assert len(row[0] or ()) == len(row[1] or ()), row


def _check_members(reading: Reading) -> None:
    """Rows that the build takes."""
    rows = member_rows(reading, None, CLOCK)
    for row in rows:
        assert set(row) <= set(_MEMBERS), row
        assert row["member_id"], row
    pa.Table.from_pylist(rows, schema=pa.schema(list(_MEMBERS.items()))).validate(full=True)
