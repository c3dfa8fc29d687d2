"""What a format is shown, and what it gives back: the contract of the shelf ``formats``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Head:
    """What `sniff` may look at: the first 64 KiB as text, the file's name, and a bounded skim of a JSON top level."""

    text: str
    """First 64 KiB, decoded, without a byte order mark; CRLF kept."""
    parts: tuple[str, ...]
    """Last components of the path, file name last; NFC."""
    top: Mapping[str, object] = field(default_factory=dict)
    """JSON object: its top-level members, the record array left out; scalars and small objects only; of
    a large object that holds arrays, its own small members, and the arrays as empty lists. Else empty."""
    first: Mapping[str, object] | None = None
    """JSON: the first record of the record array (or of a top-level array, or the first line of JSONL). Else None."""
    sheets: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """Workbook: the first 16 rows of each sheet that are not empty; `text` is empty then. Else empty."""

    @property
    def name(self) -> str:
        """The file name."""
        return self.parts[-1] if self.parts else ""

    @property
    def first_line(self) -> str:
        """The first line without its line end."""
        return self.text.partition("\n")[0].rstrip("\r")


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that could not be read: a range of the original bytes, which `Source.raw` gives, and why.

    It may be of any length: `ingest.rejected` tells one of more than 16 MiB as several."""

    start: int
    end: int
    reason: str


@dataclass(slots=True)
class Batch:
    """Some records of one file, in file order.

    Ranges are bytes of the original file. A message begins at its `offset` and reaches to the next start of
    anything (message, reject, framing) or the end of the file; rejects and framing say both ends. Over all batches of a file the
    ranges must tile [0, size): `ingest.ledger` checks it.
    """

    messages: pa.RecordBatch
    """Schema `schema.RAW`, offsets ascending. Its metadata may name the "platform" (else wechat) and the "time_quality" of
    times no finer than a "minute" or "day"."""
    rejects: list[Reject] = field(default_factory=list)
    framing: list[tuple[int, int]] = field(default_factory=list)
    """Header, markup, separators, byte order mark: bytes that are no record."""
    members: list[dict[str, object]] = field(default_factory=list)
    """Rows of `schema.MEMBERS` without `source`; group_id may be left out where the file has one group. A row of a contact list has
    "contact": True instead, for its names count in every group."""
    suspects: int = 0
    """Lines that look like the begin of a record and were taken as text: chats pasted into a message."""
    private: int = 0
    """Private chats that were left out, for nobody asked for them: their bytes are framing."""
