"""The account of one source: which byte is what. Ranges tile the file exactly, and the counts add up.

Kinds of range: ``message``, ``notice``, ``reject``, ``framing`` (header, markup, separators, byte order mark). A message or a
notice reaches from its first byte to the next start of anything; neighbours of one kind are stored as one run.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from qunkit.exports import Batch

KINDS = ("message", "notice", "reject", "framing")
_MESSAGE, _NOTICE, _REJECT, _FRAMING = range(4)


class LedgerBroken(Exception):
    """A format's ranges do not tile its file from byte `at` on: a bug in the format."""

    def __init__(self, at: int, what: str) -> None:
        self.at = at
        super().__init__(what)


@dataclass(slots=True)
class Ledger:
    """Collects the ranges of one source, batch by batch, and closes into runs."""

    starts: list[npt.NDArray[np.int64]] = field(default_factory=list)
    ends: list[npt.NDArray[np.int64]] = field(default_factory=list)
    kinds: list[npt.NDArray[np.int8]] = field(default_factory=list)

    def add(self, batch: Batch) -> None:
        """Take over the ranges of `batch`; messages count as messages until `close` is told which are notices."""
        offsets = batch.messages.column("offset").to_numpy()
        self._put(offsets, np.full(len(offsets), -1, np.int64), _MESSAGE)
        for ranges, kind in (([(r.start, r.end) for r in batch.rejects], _REJECT), (batch.framing, _FRAMING)):
            if ranges:
                pairs = np.asarray(ranges, np.int64)
                self._put(pairs[:, 0], pairs[:, 1], kind)

    def close(self, size: int, notices: npt.NDArray[np.int64]) -> pa.Table:
        """The runs (kind, start, end, count), in order; `notices` are offsets of messages that are notices.

        Raises:
            LedgerBroken: a gap, an overlap, or a range outside [0, size).
        """
        start = np.concatenate(self.starts) if self.starts else np.empty(0, np.int64)
        if not len(start):
            raise LedgerBroken(0, f"no range for {size} bytes")
        order = np.argsort(start, kind="stable")
        start, end, kind = start[order], np.concatenate(self.ends)[order], np.concatenate(self.kinds)[order]
        kind[(kind == _MESSAGE) & np.isin(start, notices)] = _NOTICE
        _check(start, end, kind <= _NOTICE, size)
        first = np.flatnonzero(np.r_[True, kind[1:] != kind[:-1]])
        return pa.table(
            {
                "kind": pa.array(np.array(KINDS)[kind[first]], pa.string()),
                "start": start[first],
                "end": np.r_[start[first[1:]], size],
                "count": np.diff(np.r_[first, len(kind)]),
            }
        )

    def _put(self, start: npt.NDArray[np.int64], end: npt.NDArray[np.int64], kind: int) -> None:
        self.starts.append(start)
        self.ends.append(end)
        self.kinds.append(np.full(len(start), kind, np.int8))


def counts(runs: pa.Table) -> dict[str, int]:
    """Records per kind, zero included."""
    return {kind: _total(runs, kind, "count") for kind in KINDS}


def sizes(runs: pa.Table) -> dict[str, int]:
    """Bytes per kind, zero included; they add up to the size of the file."""
    return {kind: _total(runs, kind, "end") - _total(runs, kind, "start") for kind in KINDS}


def _total(runs: pa.Table, kind: str, column: str) -> int:
    import pyarrow.compute as pc

    chosen = runs.filter(pc.equal(runs["kind"], kind))
    return int(pc.sum(chosen[column]).as_py() or 0)


def _check(start: npt.NDArray[np.int64], end: npt.NDArray[np.int64], is_open: npt.NDArray[np.bool_], size: int) -> None:
    """Ranges that are open reach to the next one; the others must end there."""
    if start[0] != 0:
        raise LedgerBroken(0, f"the first range begins at {start[0]}")
    following = np.r_[start[1:], size]
    bad = np.flatnonzero((following <= start) | (~is_open & (end != following)))
    if len(bad):
        at = bad[0]
        upto = "open" if is_open[at] else f"up to {end[at]}"
        raise LedgerBroken(int(start[at]), f"the range from {start[at]} is {upto}, the next begins at {following[at]}")
