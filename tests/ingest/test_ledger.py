"""Ranges tile the file, or the format has a bug and the ledger says where."""

import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit import schema
from qunkit.exports import Batch, Reject
from qunkit.ingest.ledger import KINDS, LedgerBroken, counts, sizes
from support.reading import runs

NONE = np.array([], np.int64)


def batch(messages, rejects=(), framing=()):
    rows = pa.Table.from_pylist([{"offset": o} for o in messages], schema=schema.RAW.arrow)
    records = rows.to_batches()[0] if messages else pa.RecordBatch.from_pylist([], schema=schema.RAW.arrow)
    return Batch(records, [Reject(a, b, "bad-record") for a, b in rejects], list(framing))


def closed(size, *batches, notices=NONE):
    return runs(batches, size, notices)


def test_runs_counts_and_sizes_worked_out_by_hand():
    # 0-3 framing | 3 m | 10 m | 17-20 reject | 20 m (a notice) | 25 m | 30-32 framing
    found = closed(32, batch([3, 10], [(17, 20)], [(0, 3)]), batch([20, 25], (), [(30, 32)]), notices=np.array([20]))
    assert found.to_pylist() == [
        {"kind": "framing", "start": 0, "end": 3, "count": 1},
        {"kind": "message", "start": 3, "end": 17, "count": 2},
        {"kind": "reject", "start": 17, "end": 20, "count": 1},
        {"kind": "notice", "start": 20, "end": 25, "count": 1},
        {"kind": "message", "start": 25, "end": 30, "count": 1},
        {"kind": "framing", "start": 30, "end": 32, "count": 1},
    ]
    assert counts(found) == {"message": 3, "notice": 1, "reject": 1, "framing": 2}
    assert sizes(found) == {"message": 19, "notice": 5, "reject": 3, "framing": 5}


@pytest.mark.parametrize(
    "broken",
    [
        [batch([5])],  # nothing accounts for 0 to 5
        [batch([0], [(4, 6)]), batch([8])],  # a hole from 6 to 8
        [batch([0, 3], [(3, 6)])],  # two begin at 3
        [batch([0], [(4, 12)])],  # a reject beyond the end
        [batch([0, 20])],  # a message that begins beyond the end
        [batch([0], [(4, -1)])],  # a reject that ends before it begins
        [batch([], [(0, 10), (10, 10)])],  # an empty one at the end
        [batch([])],  # nothing at all, in a batch
        [],
    ],
)
def test_gaps_and_overlaps_are_found(broken):
    with pytest.raises(LedgerBroken):
        closed(10, *broken)


def test_a_gap_is_told_with_its_place():
    with pytest.raises(LedgerBroken, match=r"^the range from 4 is up to 6, the next begins at 8$") as caught:
        closed(10, batch([0], [(4, 6)]), batch([8]))
    assert caught.value.at == 4
    with pytest.raises(LedgerBroken, match=r"^the range from 3 is open, the next begins at 3$"):
        closed(10, batch([0, 3], [(3, 6)]))


PIECES = st.lists(st.tuples(st.sampled_from("mnrf"), st.integers(1, 50)), min_size=1, max_size=40)
"""A file from its begin to its end: kind and length of each range."""


def told(pieces):
    """The ranges as a format tells them, one batch a range; the offsets of the notices; the size."""
    at, batches, notices = 0, [], []
    for kind, length in pieces:
        span = (at, at + length)
        batches.append(
            batch([at] if kind in "mn" else [], [span] if kind == "r" else [], [span] if kind == "f" else [])
        )
        notices += [at] if kind == "n" else []
        at += length
    return batches, np.array(notices, np.int64), at


def split(pieces, cuts):
    """The same ranges in batches that end at `cuts`."""
    ends = [*sorted({cut % (len(pieces) + 1) for cut in cuts}), len(pieces)]
    at, done, batches = 0, 0, []
    for end in ends:
        mine = {"m": [], "r": [], "f": []}
        for kind, length in pieces[done:end]:
            mine["m" if kind == "n" else kind].append(at if kind in "mn" else (at, at + length))
            at += length
        batches.append(batch(mine["m"], mine["r"], mine["f"]))
        done = end
    return batches


@settings(deadline=None)
@given(PIECES, st.lists(st.integers(0, 40), max_size=5))
def test_any_tiling_adds_up_to_the_file_however_it_comes_in_batches(pieces, cuts):
    one_by_one, notices, size = told(pieces)
    found = closed(size, *one_by_one, notices=notices)
    assert closed(size, *split(pieces, cuts), notices=notices).equals(found)
    assert sizes(found) == {name: sum(length for kind, length in pieces if kind == name[0]) for name in KINDS}
    assert counts(found) == {name: sum(kind == name[0] for kind, _ in pieces) for name in KINDS}
    rows = found.to_pylist()
    assert [row["start"] for row in rows] == [0, *(row["end"] for row in rows[:-1])]
    assert rows[-1]["end"] == size
    assert all(a["kind"] != b["kind"] for a, b in itertools.pairwise(rows))


@settings(deadline=None)
@given(PIECES, st.data())
def test_any_byte_that_is_told_twice_or_not_at_all_is_found(pieces, data):
    batches, notices, size = told(pieces)
    at = data.draw(st.integers(0, len(pieces) - 1))
    kind, length = pieces[at]
    start = sum(length for _, length in pieces[:at])
    shift = data.draw(st.integers(-60, 60).filter(bool))
    closes = kind in "rf"
    fixed = closes and (not at or pieces[at - 1][0] in "rf")  # a message before it would reach to wherever it begins
    harms = ["twice", "beyond", *(["longer"] if closes else []), *(["begins elsewhere"] if fixed else [])]
    harm = data.draw(st.sampled_from(harms))
    if harm == "twice":
        batches.append(batches[at])
    elif harm == "beyond":
        batches.append(batch([size + abs(shift) - 1]))
    elif harm == "longer":
        batches[at] = batch([], [(start, start + length + shift)])
    else:
        batches[at] = batch([], [(start + shift, start + length)])
    with pytest.raises(LedgerBroken):
        closed(size, *batches, notices=notices)


@settings(deadline=None)
@given(PIECES)
def test_a_file_whose_first_or_closed_range_is_left_out_does_not_add_up(pieces):
    batches, notices, size = told(pieces)
    for at in range(len(pieces)):
        before = pieces[at - 1][0] if at else "r"
        if before in "rf":  # a message would reach over the hole
            with pytest.raises(LedgerBroken):
                closed(size, *batches[:at], *batches[at + 1 :], notices=notices)


@pytest.mark.parametrize(("ranges", "at"), [([batch([5])], 0), ([batch([0], [(4, 6)]), batch([8])], 4), ([], 0)])
def test_the_error_says_from_which_byte_on(ranges, at):
    with pytest.raises(LedgerBroken) as caught:
        closed(10, *ranges)
    assert caught.value.at == at
