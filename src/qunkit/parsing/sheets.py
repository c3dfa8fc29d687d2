"""Tables in the transcript of a workbook (see `workbook`), as records with exact ranges of the transcript."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from qunkit.errors import UnreadableExport
from qunkit.parsing.csv import BLOCK, Records
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

FIRST = 16
"""Rows of each sheet that `sniff` may look at."""
_NO_WORKBOOK = Text("is no workbook, or a damaged one", "不是工作簿，或已损坏")
_SAVE_AGAIN = Text(
    "Export it again, or open it in a spreadsheet and save it as .xlsx.", "请重新导出，或用表格软件另存为 .xlsx。"
)


def read_table(
    source: Source, header: Sequence[str], *, columns: Sequence[str] = (), block: int = BLOCK
) -> Iterator[Records]:
    """The rows below the first row that holds all of `header` as cells, up to the end of its sheet; in batches of about `block` bytes.

    The table's other columns, the rows above it and the other sheets are framing. A cell that its row lacks is "".

    Args:
        source: a workbook.
        header: names that must be there.
        columns: all columns that are wanted, where some may be missing: those are null. Else `header`.
        block: bytes to read at once.
    """
    wanted = tuple(columns or header)
    table: _Table | None = None
    for base, lines in _blocks(source, block):
        ends = np.cumsum([base, *map(len, lines)])
        first = 0
        if table is None:
            first = next(
                (n for n, line in enumerate(lines, 1) if set(header) <= set(json.loads(line)[2:])), len(lines) + 1
            )
            if first <= len(lines):
                table = _Table(lines[first - 1], wanted)
        ours = np.zeros(len(lines), np.bool_)
        if table is not None:
            ours[first:] = [line.startswith(table.sheet) for line in lines[first:]]
        rows = [table.row(line) for line, is_row in zip(lines, ours, strict=True) if is_row] if table else []
        yield Records(source, _batch(rows, wanted), ends[:-1][ours], ends[1:][ours], [], _runs(ends, ~ours))


def rows(source: Source, sheet: str) -> list[list[str]]:
    """The rows of a small sheet that are not empty."""
    begins = _begin_of(sheet)
    return [json.loads(line)[2:] for _, lines in _blocks(source, BLOCK) for line in lines if line.startswith(begins)]


def first_rows(source: Source) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The first rows of each sheet."""
    found: dict[str, list[tuple[str, ...]]] = {}
    begins, count = b"\0", FIRST
    for _, lines in _blocks(source, BLOCK):
        for line in lines:
            if line.startswith(begins) and count == FIRST:
                continue
            sheet, _, *cells = json.loads(line)
            begins = _begin_of(sheet)
            found.setdefault(sheet, []).append(tuple(cells))
            count = len(found[sheet])
    return {sheet: tuple(told) for sheet, told in found.items()}


class _Table:
    """Where the wanted columns are."""

    def __init__(self, header: bytes, wanted: Sequence[str]) -> None:
        sheet, _, *cells = json.loads(header)
        self.sheet = _begin_of(sheet)
        self.places = [cells.index(name) + 2 if name in cells else None for name in wanted]
        self._width = max((place for place in self.places if place), default=0) + 1

    def row(self, line: bytes) -> list[str | None]:
        """The wanted cells."""
        cells = json.loads(line)
        cells += [""] * (self._width - len(cells))
        return [None if place is None else cells[place] for place in self.places]


def _batch(rows: list[list[str | None]], wanted: Sequence[str]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else [()] * len(wanted)
    return pa.RecordBatch.from_arrays([pa.array(column, pa.string()) for column in columns], list(wanted))


def _runs(ends: np.ndarray, framing: np.ndarray) -> list[tuple[int, int]]:
    """The ranges of neighbouring lines that are framing."""
    edges = np.flatnonzero(np.diff(np.r_[False, framing, False].astype(np.int8)))
    return [(int(ends[begin]), int(ends[end])) for begin, end in edges.reshape(-1, 2)]


def _begin_of(sheet: str) -> bytes:
    """How every line of a sheet begins."""
    return json.dumps([sheet], ensure_ascii=False)[:-1].encode() + b","


def _blocks(source: Source, size: int) -> Iterator[tuple[int, list[bytes]]]:
    """Whole lines with their line ends, and where they begin."""
    if source.encoding != "xlsx":
        raise UnreadableExport(path=source.label, why=_NO_WORKBOOK, hint=_SAVE_AGAIN)
    rest, base = b"", 0
    for _, block in source.blocks(size):
        data = rest + block
        cut = data.rfind(b"\n") + 1
        if cut:
            yield base, data[:cut].splitlines(keepends=True)
        rest, base = data[cut:], base + cut
