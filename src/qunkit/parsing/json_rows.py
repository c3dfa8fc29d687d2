"""Whole JSON records as columns: pyarrow reads a block at once, Python's json the blocks that pyarrow refuses.

pyarrow refuses what is valid JSON and occurs in exports: a flag that is true here and 1 there, an id beyond 2^63, half a surrogate
pair, a key said twice. Such a block is read record by record, and numbers stay as they are written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as arrow_json

from qunkit.parsing.json_scan import Ints

RECORD = "{}"
"""The column of each record's own JSON, as bytes, for the few rows of which a format wants more: see `loads`."""

BAD_JSON, UNDECODABLE, BAD_RECORD = "bad-json", "undecodable", "bad-record"

_PARSE_BLOCK = 1 << 20
_FEW = 32
"""Python is faster with so many records."""
_SPAN = 512 << 10
_TYPES = {
    "string": pa.string(),
    "int64": pa.int64(),
    "double": pa.float64(),
    "bool": pa.bool_(),
    "list": pa.list_(pa.string()),
}
_SHORT_GAP = 64
_BLANKS = " \t\r\n"
_TAB, _LF, _CR, _BLANK = b"\t\n\r "
_LONE = re.compile("[\ud800-\udfff]")
_INTEGER = re.compile(r"-?\d{1,19}", re.ASCII)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", re.ASCII)
_MS_FROM = 1e11
"""A time above this is in milliseconds: as seconds it would be the year 5138."""

Value: TypeAlias = Any
"""A JSON value: None, bool, str, `Number`, list or dict."""


class Number(str):
    """A number as it is written, so that 64-bit ids keep every digit."""

    __slots__ = ()


_DECODER = json.JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=lambda _: None)


def loads(record: bytes, mixed: bool = False) -> Value:
    """The JSON value at the begin of `record`. Halves of surrogate pairs stay; `well_formed` repairs them.

    Args:
        record: UTF-8, or GB18030 if `mixed`; what follows the value is ignored.

    Raises:
        UnicodeDecodeError: neither encoding fits.
        ValueError: it is not JSON.
        RecursionError, MemoryError: it is too deep, too large.
    """
    value, _ = _DECODER.raw_decode(decoded(record, mixed))
    return value


def decoded(raw: bytes, mixed: bool) -> str:
    """UTF-8; in a file that is not UTF-8 as a whole, else GB18030, unless it is mostly UTF-8 with a little damage.

    Raises:
        UnicodeDecodeError: neither.
    """
    try:
        return raw.decode()
    except UnicodeDecodeError:
        readable = len(raw.decode("utf-8", "ignore").encode())
        if not mixed or 2 * (len(raw) - readable) < sum(byte >= 0x80 for byte in raw):
            raise
        return raw.decode("gb18030")


def well_formed(text: str) -> str:
    """`text` with the halves of surrogate pairs joined where they meet; a half on its own becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if _LONE.search(text) else text


def instants(times: pa.Array) -> pa.Array:
    """Seconds or milliseconds since 1970 (told apart by their size) as milliseconds. What is no number becomes null."""
    finite = pc.if_else(pc.is_finite(times), times, None)
    scaled = pc.if_else(pc.greater(pc.abs(finite), _MS_FROM), finite, pc.multiply(finite, 1000.0))
    bounded = pc.max_element_wise(pc.min_element_wise(scaled, 1e15, skip_nulls=False), -1e15, skip_nulls=False)
    return pc.round(bounded).cast(pa.int64())


@dataclass(slots=True)
class RowReader:
    """Reads the records of one file, block after block."""

    columns: Mapping[str, str]
    """Name and type of the wanted members: string, int64, double, bool or list (of strings); ``a.b`` is the member b of the member a.
    None: only `RECORD`, and nothing is checked."""
    mixed: bool = False
    """The file is not of one encoding."""
    _written: dict[str, pa.DataType] = field(init=False)
    """Which types the exporter writes: 1 for true, a number for an id. Learned from the blocks that pyarrow refuses."""

    def __post_init__(self) -> None:
        self._written = {name: _TYPES[type_] for name, type_ in self.columns.items()}

    def read(
        self, data: bytes, starts: Ints, ends: Ints, *, matched: bool = True
    ) -> tuple[pa.RecordBatch, dict[int, str]]:
        """The records at these places as rows; and why those that are missing are none.

        Args:
            data: the block.
            starts, ends: places of opening braces and behind closing ones.
            matched: the brackets between them are known to match; else each record is read on its own.
        """
        if not len(starts):
            return self.none(), {}
        if not self.columns:
            return self._batch([], data, starts, ends), {}
        columns = self._fast(data, starts, ends) if matched else None
        if columns is not None:
            return self._batch(columns, data, starts, ends), {}
        return self._slow(data, starts, ends)

    def none(self) -> pa.RecordBatch:
        """No rows."""
        columns = [pa.array([], _TYPES[type_]) for type_ in self.columns.values()]
        return pa.RecordBatch.from_arrays([*columns, pa.array([], pa.binary())], [*self.columns, RECORD])

    def _batch(self, columns: list[pa.Array], data: bytes, starts: Ints, ends: Ints) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays([*columns, _records(data, starts, ends)], [*self.columns, RECORD])

    def _fast(self, data: bytes, starts: Ints, ends: Ints) -> list[pa.Array] | None:
        """The columns as pyarrow reads them; None: it refuses, counts otherwise, or is not worth its while."""
        schema = _schema(self._written)
        lines = _lines(data, starts, ends) if schema and len(starts) > _FEW else None
        if lines is None:
            return None
        longest = int((ends - starts).max())
        block = max(min(_PARSE_BLOCK, len(lines)), longest) + 2
        reading = arrow_json.ReadOptions(block_size=block, use_threads=len(lines) > block)
        parsing = arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore")
        try:
            if self.mixed:
                data[int(starts[0]) : int(ends[-1])].decode()
            table = arrow_json.read_json(pa.BufferReader(pa.py_buffer(lines)), reading, parsing)
            if table.num_rows != len(starts):
                return None
            return [_member(table, name).cast(_TYPES[type_]) for name, type_ in self.columns.items()]
        except (pa.ArrowException, UnicodeDecodeError):
            return None

    def _slow(self, data: bytes, starts: Ints, ends: Ints) -> tuple[pa.RecordBatch, dict[int, str]]:
        records: list[dict[str, Value]] = []
        bad: dict[int, str] = {}
        for index, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            record = self._record(data[start:end])
            if isinstance(record, str):
                bad[index] = record
            else:
                records.append(record)
        columns = []
        for name, type_ in self.columns.items():
            values = [_value(record, name) for record in records]
            self._learn(name, values)
            columns.append(pa.array(map(_TO[type_], values), _TYPES[type_]))
        texts = [
            data[start:end] for index, (start, end) in enumerate(zip(starts, ends, strict=True)) if index not in bad
        ]
        return pa.RecordBatch.from_arrays([*columns, pa.array(texts, pa.binary())], [*self.columns, RECORD]), bad

    def _record(self, raw: bytes) -> dict[str, Value] | str:
        """One record, or why it is none."""
        try:
            text = decoded(raw, self.mixed)
            record, end = _DECODER.raw_decode(text)
            if text[end:].strip(_BLANKS):
                return BAD_JSON
        except UnicodeDecodeError:
            return UNDECODABLE
        except (ValueError, RecursionError, MemoryError):
            return BAD_JSON
        return record if isinstance(record, dict) else BAD_RECORD

    def _learn(self, name: str, values: Iterable[Value]) -> None:
        seen = {_written_as(value) for value in values if value is not None}
        if self.columns[name] == "double" and seen <= {"int64", "double"}:
            seen = {"double"}
        written = seen.pop() if len(seen) == 1 else None
        if written and not (written == "double" and self.columns[name] == "string"):  # 1.50 must not become 1.5
            self._written[name] = _TYPES[written]


def _lines(data: bytes, starts: Ints, ends: Ints) -> npt.NDArray[np.uint8] | None:
    """The records one a line: pyarrow then splits them among its threads. None: two touch each other.

    Line ends inside become tabs: blanks between tokens, and as forbidden in a string as they were.
    """
    gaps = starts[1:] - ends[:-1]
    if len(gaps) and gaps.min() < 1:
        return None
    begin, end = int(starts[0]), int(ends[-1])
    lines = np.frombuffer(data, np.uint8)[begin:end].copy()
    for byte in (_LF, _CR):
        if data.find(byte, begin, end) >= 0:
            for at in range(0, len(lines), _SPAN):
                part = lines[at : at + _SPAN]
                part[part == byte] = _TAB
    behind = ends[:-1] - begin
    if len(gaps) and gaps.max() == gaps.min() <= _SHORT_GAP:
        for place in range(int(gaps[0])):
            lines[behind + place] = _BLANK
    else:
        step = np.zeros(len(lines) + 1, np.int8)
        step[behind] += 1
        step[starts[1:] - begin] -= 1
        lines[np.cumsum(step, dtype=np.int8)[:-1] > 0] = _BLANK
    lines[behind] = _LF
    return lines


def _records(data: bytes, starts: Ints, ends: Ints) -> pa.Array:
    """Each record's JSON, perhaps with what separates it from the next. Nothing is copied."""
    edges = np.append(starts, ends[-1:]).astype(np.int32)
    buffers = [None, pa.py_buffer(edges), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.binary(), len(starts), buffers)


def _schema(columns: Mapping[str, pa.DataType]) -> pa.Schema | None:
    """The schema whose members these are; None if one is wanted both whole and in parts."""
    tree: dict[str, Any] = {}
    for name, type_ in columns.items():
        *outer, last = name.split(".")
        place = tree
        for one in outer:
            place = place.setdefault(one, {})
            if not isinstance(place, dict):
                return None
        if place.setdefault(last, type_) is not type_:
            return None
    return pa.schema(_fields(tree))


def _fields(tree: Mapping[str, Any]) -> list[pa.Field]:
    return [
        pa.field(name, pa.struct(_fields(below)) if isinstance(below, dict) else below) for name, below in tree.items()
    ]


def _member(table: pa.Table, name: str) -> pa.Array:
    first, *inner = name.split(".")
    column = table[first].combine_chunks()
    return pc.struct_field(column, inner) if inner else column


def _value(record: Mapping[str, Value], name: str) -> Value:
    value: Value = record
    for one in name.split("."):
        value = value.get(one) if isinstance(value, dict) else None
    return value


def _written_as(value: Value) -> str | None:
    if isinstance(value, Number):
        return "int64" if _INTEGER.fullmatch(value) else "double"
    return "bool" if isinstance(value, bool) else "string" if isinstance(value, str) else None


def _to_string(value: Value) -> str | None:
    if value is None or isinstance(value, str):
        return value if value is None else well_formed(str(value))
    return well_formed(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _to_double(value: Value) -> float | None:
    if isinstance(value, bool) or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        return float(value)
    return None


def _to_int(value: Value) -> int | None:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        number = int(value)
        return number if -(1 << 63) <= number < 1 << 63 else None
    number_ = _to_double(value)
    return int(number_) if number_ is not None and number_.is_integer() and abs(number_) < 1 << 62 else None


def _to_bool(value: Value) -> bool | None:
    return {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}.get(str(value).lower())


def _to_list(value: Value) -> list[str | None] | None:
    return [_to_string(one) for one in value] if isinstance(value, list) else None


_TO = {"string": _to_string, "int64": _to_int, "double": _to_double, "bool": _to_bool, "list": _to_list}
