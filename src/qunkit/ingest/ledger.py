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
    """A format's ranges do not tile its file: a bug in the format. Says where."""


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
        if not self.starts:
            raise LedgerBroken(f"no range for {size} bytes")
        start = np.concatenate(self.starts)
        order = np.argsort(start, kind="stable")
        start, end, kind = start[order], np.concatenate(self.ends)[order], np.concatenate(self.kinds)[order]
        kind[(kind == _MESSAGE) & np.isin(start, notices)] = _NOTICE
        _check(start, end, size)
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


def _check(start: npt.NDArray[np.int64], end: npt.NDArray[np.int64], size: int) -> None:
    following = np.r_[start[1:], size]
    if start[0] != 0:
        raise LedgerBroken(f"nothing accounts for bytes 0 to {start[0]}")
    bad = np.flatnonzero((following <= start) | ((end >= 0) & (end != following)))
    if len(bad):
        at = bad[0]
        raise LedgerBroken(f"the range from {start[at]} ends at {end[at]}, the next begins at {following[at]}")
