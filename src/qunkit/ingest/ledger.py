"""The account of one source: which byte is what. Ranges tile the file exactly, and the counts add up.

Kinds of range: ``message``, ``notice``, ``reject``, ``framing`` (header, markup, separators, byte order mark). A message or a
notice reaches from its first byte to the next start of anything; neighbours of one kind are stored as one run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from qunkit.exports import Batch

KINDS = ("message", "notice", "reject", "framing")
_MESSAGE, _NOTICE, _REJECT, _FRAMING = range(4)
_OPEN = -(1 << 63)
_NO_OFFSET = np.empty(0, np.int64)


class LedgerBroken(Exception):
    """A format's ranges do not tile its file from byte `at` on: a bug in the format."""

    def __init__(self, at: int, what: str) -> None:
        self.at = at
        super().__init__(what)


class _Runs(NamedTuple):
    """Ranges of one kind with no other between them: first bytes of the first and of the last, the last one's end (or `_OPEN`), how many, which."""

    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    many: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int8]


@dataclass(slots=True)
class Ledger:
    """Collects the ranges of one source and closes into runs; it holds runs only, however many records there are."""

    closed: list[_Runs] = field(default_factory=list)
    """Rejects and framing."""
    records: list[_Runs] = field(default_factory=list)
    between: npt.NDArray[np.int64] | None = None
    """Where the closed ones begin, in order, once all are known."""

    def add(self, batch: Batch) -> None:
        """Take over the rejects and the framing of `batch`."""
        for ranges, kind in (([(r.start, r.end) for r in batch.rejects], _REJECT), (batch.framing, _FRAMING)):
            if ranges:
                start, end = np.asarray(ranges, np.int64).T
                once, kinds = np.ones(len(start), np.int64), np.full(len(start), kind, np.int8)
                self.closed.append(_Runs(start, start, end, once, kinds))

    def add_records(self, start: npt.NDArray[np.int64], is_notice: npt.NDArray[np.bool_]) -> None:
        """The next messages and notices, by their first bytes; after every `add`."""
        if self.between is None:
            self.between = np.sort(np.concatenate([_NO_OFFSET, *(runs.first for runs in self.closed)]))
        kind, passed = np.where(is_notice, _NOTICE, _MESSAGE), np.searchsorted(self.between, start, "right")
        goes_on = (kind[1:] == kind[:-1]) & (passed[1:] == passed[:-1]) & (start[1:] > start[:-1])
        first = np.flatnonzero(np.r_[True, ~goes_on][: len(start)])
        last = start[np.r_[first[1:], len(start)] - 1] if len(first) else _NO_OFFSET
        many = np.diff(np.r_[first, len(start)])[: len(first)]
        open_ = np.broadcast_to(np.int64(_OPEN), len(first))
        self.records.append(_Runs(start[first], last, open_, many, kind[first].astype(np.int8)))

    def close(self, size: int) -> pa.Table:
        """The runs (kind, start, end, count), in order; there may be a million, so each column is put in order by itself.

        Raises:
            LedgerBroken: a gap, an overlap, or a range outside [0, size).
        """
        if not any(len(runs.first) for runs in (*self.records, *self.closed)):
            raise LedgerBroken(0, f"no range for {size} bytes")
        columns: list[Sequence[npt.NDArray[Any]]] = [*zip(*self.records, *self.closed, strict=True)]
        order = np.argsort(np.concatenate(columns[0]), kind="stable")
        runs = _Runs(*(np.take(np.concatenate(column), order) for column in columns))
        _check(runs, size)
        begins = np.flatnonzero(np.r_[True, runs.kind[1:] != runs.kind[:-1]])
        start = runs.first[begins]
        return pa.table(
            {
                "kind": pa.DictionaryArray.from_arrays(runs.kind[begins].astype(np.int32), KINDS),
                "start": start,
                "end": np.r_[start[1:], size],
                "count": np.add.reduceat(runs.many, begins),
            }
        )


def counts(runs: pa.Table) -> dict[str, int]:
    """Records per kind, zero included."""
    return _totals(runs, runs["count"].to_numpy())


def sizes(runs: pa.Table) -> dict[str, int]:
    """Bytes per kind, zero included; they add up to the size of the file."""
    return _totals(runs, runs["end"].to_numpy() - runs["start"].to_numpy())


def _totals(runs: pa.Table, sizes: npt.NDArray[np.int64]) -> dict[str, int]:
    kinds = runs["kind"].combine_chunks()
    codes = kinds.indices.to_numpy()
    names = kinds.dictionary.to_pylist()
    return {kind: int(sizes[codes == names.index(kind)].sum()) for kind in KINDS}


def _check(runs: _Runs, size: int) -> None:
    """Ranges that are open reach to the next one; the others must end there."""
    if runs.first[0] != 0:
        raise LedgerBroken(0, f"the first range begins at {runs.first[0]}")
    following = np.r_[runs.first[1:], size]
    bad = np.flatnonzero((following <= runs.last) | (runs.end != _OPEN) & (runs.end != following))
    if len(bad):
        at = bad[0]
        start, end = runs.last[at], runs.end[at]
        upto = "open" if end == _OPEN else f"up to {end}"
        raise LedgerBroken(int(start), f"the range from {start} is {upto}, the next begins at {following[at]}")
