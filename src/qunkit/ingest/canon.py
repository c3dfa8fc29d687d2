"""The canonical form of the message table: its order within an instant, and its fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

ORDER = ("group_id", "sent_at", "seq", "sender_id", "kind", "message_id")
"""By what messages are sorted."""
_SAID = ("group_id", "message_id", "sender_id", "kind", "text", "event", "reply_to", "reply_how")


class Digest:
    """sha256 of what messages say, in their canonical order; however they come in batches, it is the same."""

    def __init__(self) -> None:
        self.lengths = {name: hashlib.sha256() for name in _SAID}
        self.bytes = {name: hashlib.sha256() for name in _SAID}
        self.times = hashlib.sha256()

    def add(self, batch: pa.RecordBatch) -> None:
        """The next rows."""
        self.times.update(_milliseconds(batch.column("sent_at")).tobytes())
        for name in _SAID:
            lengths, data = _contents(batch.column(name))
            self.lengths[name].update(lengths.tobytes())
            self.bytes[name].update(data)

    def added(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The same batches, which are added as they go by."""
        for batch in batches:
            self.add(batch)
            yield batch

    def close(self) -> str:
        """16 hexadecimal digits."""
        told = b"".join(h.digest() for h in (self.times, *self.lengths.values(), *self.bytes.values()))
        return hashlib.sha256(told).hexdigest()[:16]


def numbered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Number seq anew: 0, 1, … among messages of the same group and instant, in the order they come.

    Raises:
        AssertionError: within a group a time comes before an earlier one: this is no canonical order.
    """
    last: tuple[str, int] | None = None
    count = 0
    for batch in batches:
        groups = batch.column("group_id").dictionary_encode()
        times = _milliseconds(batch.column("sent_at"))
        codes = groups.indices.to_numpy()
        other = codes[1:] != codes[:-1]
        if not (other | (times[1:] >= times[:-1])).all():
            raise AssertionError("messages are out of order")
        first = np.r_[True, other | (times[1:] != times[:-1])]
        starts = np.flatnonzero(first)
        seq = np.arange(len(codes)) - np.repeat(starts, np.diff(np.r_[starts, len(codes)]))
        if last == (groups.dictionary[int(codes[0])].as_py(), int(times[0])):
            seq[: starts[1] if len(starts) > 1 else None] += count
        last = (groups.dictionary[int(codes[-1])].as_py(), int(times[-1]))
        count = int(seq[-1]) + 1
        at = batch.schema.get_field_index("seq")
        yield batch.set_column(at, "seq", pa.array(seq, pa.int32()))


def _milliseconds(times: pa.Array) -> npt.NDArray[np.int64]:
    values: npt.NDArray[np.int64] = times.cast(pa.timestamp("ms", "UTC"), safe=False).cast(pa.int64()).to_numpy()
    return values


def _contents(strings: pa.Array) -> tuple[npt.NDArray[np.int32], memoryview]:
    """Length of each string in bytes (-1: null), and the bytes of all."""
    lengths = pc.fill_null(pc.binary_length(strings), -1).to_numpy().astype("<i4")
    _, offsets, data = strings.buffers()
    ends = np.frombuffer(offsets, np.int32)[strings.offset : strings.offset + len(strings) + 1]
    # nothing lies where nulls are: the bytes are there as they are wanted
    if ends[-1] - ends[0] == lengths.clip(0).sum():
        return lengths, memoryview(data or b"")[ends[0] : ends[-1]]
    joined = pc.binary_join(pa.LargeListArray.from_arrays([0, len(strings)], pc.fill_null(strings, "")), "")
    return lengths, memoryview(joined[0].as_buffer())
