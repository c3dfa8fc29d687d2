"""Ranges tile the file, or the format has a bug and the ledger says where."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunkit import schema
from qunkit.exports import Batch, Reject
from qunkit.ingest.ledger import Ledger, LedgerBroken, counts, sizes

NONE = np.array([], np.int64)


def batch(messages, rejects=(), framing=()):
    rows = pa.Table.from_pylist([{"offset": o} for o in messages], schema=schema.RAW.arrow)
    records = rows.to_batches()[0] if messages else pa.RecordBatch.from_pylist([], schema=schema.RAW.arrow)
    return Batch(records, [Reject(a, b, "bad-record", b"") for a, b in rejects], list(framing))


def closed(size, *batches, notices=NONE):
    ledger = Ledger()
    for one in batches:
        ledger.add(one)
    return ledger.close(size, notices)


def test_runs_counts_and_sizes_worked_out_by_hand():
    # 0-3 framing | 3 m | 10 m | 17-20 reject | 20 m (a notice) | 25 m | 30-32 framing
    runs = closed(32, batch([3, 10], [(17, 20)], [(0, 3)]), batch([20, 25], (), [(30, 32)]), notices=np.array([20]))
    assert runs.to_pylist() == [
        {"kind": "framing", "start": 0, "end": 3, "count": 1},
        {"kind": "message", "start": 3, "end": 17, "count": 2},
        {"kind": "reject", "start": 17, "end": 20, "count": 1},
        {"kind": "notice", "start": 20, "end": 25, "count": 1},
        {"kind": "message", "start": 25, "end": 30, "count": 1},
        {"kind": "framing", "start": 30, "end": 32, "count": 1},
    ]
    assert counts(runs) == {"message": 3, "notice": 1, "reject": 1, "framing": 2}
    assert sizes(runs) == {"message": 19, "notice": 5, "reject": 3, "framing": 5}


@pytest.mark.parametrize(
    "broken",
    [
        [batch([5])],  # nothing accounts for 0 to 5
        [batch([0], [(4, 6)]), batch([8])],  # a hole from 6 to 8
        [batch([0, 3], [(3, 6)])],  # two begin at 3
        [batch([0], [(4, 12)])],  # a reject beyond the end
        [batch([0, 20])],  # a message that begins beyond the end
        [],
    ],
)
def test_gaps_and_overlaps_are_found(broken):
    with pytest.raises(LedgerBroken):
        closed(10, *broken)


@given(st.lists(st.tuples(st.sampled_from("mrfn"), st.integers(1, 50)), min_size=1))
def test_any_tiling_adds_up_to_the_file(pieces):
    at, told, notices = 0, [], []
    for kind, length in pieces:
        span = (at, at + length)
        told.append(batch([at] if kind in "mn" else [], [span] if kind == "r" else [], [span] if kind == "f" else []))
        notices += [at] if kind == "n" else []
        at += length
    runs = closed(at, *told, notices=np.array(notices, np.int64))
    assert sum(sizes(runs).values()) == at
    assert counts(runs) == {
        name: sum(kind == letter for kind, _ in pieces)
        for letter, name in (("m", "message"), ("n", "notice"), ("r", "reject"), ("f", "framing"))
    }
    assert [a["kind"] for a in runs.to_pylist()] != []
    assert all(a["kind"] != b["kind"] for a, b in zip(runs.to_pylist(), runs.to_pylist()[1:], strict=False))
