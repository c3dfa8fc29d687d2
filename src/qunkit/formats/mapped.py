"""Any table: CSV, JSON lines, a JSON array or a workbook, in columns of whatever names.

Of JSON, ``a.b`` is the member b of the member a. A CSV file for the options above:

    when,who,said
    2024-12-01 08:03:10,阿岚,早

Fields are time, text and sender (or sender_id, sender_name), which are needed, and group (or group_id, group_name), id, reply_to and kind. A column whose
name holds a comma stands in double quotes with its field: `--map '"text=said, as typed",time=when,sender=who'`.

Times are seconds or milliseconds since 1970, ISO 8601 with a zone, or wall clocks in any usual spelling. Dates such as 3/4/2024 are
read if the column says somewhere whether the day or the month comes first.

Kept: what the columns say. A sender who is a group, as bots of WeChat are told it, is the member whose id stands before the text. A kind
that is neither a name of qunkit's nor a type number of WeChat's is decided from the text, and a row without a sender is a notice.

Lost: every other column.

A record of a table in text may have 1 MiB, one in JSON 16 MiB: a longer one is rejected. A workbook may have 64 sheets,
and a sheet 1,048,576 rows, 16,384 columns and 32,767 characters a cell; its XML, and the text in it, 2 GiB each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from qunkit.config.columns import lacking
from qunkit.errors import UnreadableExport
from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source
    from qunkit.parsing.times import Order

TITLE = Text("Any table, with --map", "任意表格，配合 --map")
HOW = Text(
    "Say which column is what: `qunkit ingest log.csv --map time=when,sender=who,text=said`, or a table `[map.FILES]` "
    "in qunkit.toml.",
    "说明各列的含义：`qunkit ingest log.csv --map time=when,sender=who,text=said`，或在 qunkit.toml 中写 "
    "`[map.文件名]` 表。",
)

UNMAPPED = Text("nothing says which column is what", "没有说明各列的含义")
MAP_IT = Text(
    "Give --map time=COLUMN,sender=COLUMN,text=COLUMN, or a table [map.FILES] in qunkit.toml.",
    "请给出 `--map time=列名,sender=列名,text=列名`，或在 qunkit.toml 中写 [map.文件名] 表。",
)
LOOK = Text("`qunkit formats FILE` shows how it begins.", "用 `qunkit formats 文件` 查看其开头。")
ORDERLESS = Text("no date says whether the day or the month comes first", "日期无法判断日与月的先后")
ORDER_IT = Text("Write the year first, as in 2024-04-03.", "请改为年份在前，如 2024-04-03。")
_FIRST = 1000
"""Rows that show what the times are like."""
_IS_WALL = "is wall"
_LONGEST_NUMBER = 19
_SHOWN = 60
"""Columns that an error lists."""
_NOTICES = ("system", "recall", "pat")
_PREFIX = r"^\s*(?P<who>[A-Za-z0-9_@.-]{1,128}):\n(?s:(?P<said>.*))$"


def sniff(head: Head) -> bool:
    """Never by itself."""
    return False


def read(source: Source) -> Iterator[Batch]:
    """The rows."""
    from qunkit.parsing.tables import read_rows

    columns = _columns(source)
    order, quality = _times(source, columns["time"])
    for records in read_rows(source, list(columns.values())):
        batch = _batch(records, columns, order)
        if quality:
            batch.messages = batch.messages.replace_schema_metadata({"time_quality": quality})
        yield batch


def _columns(source: Source) -> Mapping[str, str]:
    """Column by field.

    Raises:
        UnreadableExport: no columns are said, or the file has no such column.
    """
    import json

    from qunkit.parsing.tables import header, names

    columns: dict[str, str] = json.loads(source.options.get("map", "{}"))
    if lacking(columns):
        raise UnreadableExport(path=source.label, why=UNMAPPED, hint=MAP_IT)
    known = names(source, columns.values())
    missing = ", ".join(column for column in columns.values() if column not in known)
    if missing:
        listed = ", ".join(header(source, columns.values())[:_SHOWN])
        why = Text(f"it has no column {missing}", f"没有列 {missing}")
        hint = Text(f"It has: {listed}.", f"已有的列：{listed}。") if listed else LOOK
        raise UnreadableExport(path=source.label, why=why, hint=hint)
    for name in ("sender", "group"):
        if name in columns:
            columns.setdefault(f"{name}_name", columns.pop(name))
    return columns


def _times(source: Source, column: str) -> tuple[Order | None, str | None]:
    """What comes first in dates that end with their year, and how coarse the times are.

    Raises:
        UnreadableExport: there are such dates, and not one in the whole file says what comes first.
    """
    from itertools import chain, islice

    from qunkit.parsing.tables import read_rows
    from qunkit.parsing.times import coarse, needs_order, order_of

    def texts() -> Iterator[str | None]:
        return chain.from_iterable(records[column].to_pylist() for records in read_rows(source, [column]))

    first = list(islice(texts(), _FIRST))
    order = order_of(texts()) if needs_order(first) else None
    if needs_order(first) and not order:
        raise UnreadableExport(path=source.label, why=ORDERLESS, hint=ORDER_IT)
    return order, coarse(first)


def _batch(records: Records, columns: Mapping[str, str], order: Order | None) -> Batch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.parsing.times import read_times

    times = read_times(records[columns["time"]], order)
    records.rows = records.rows.append_column(_IS_WALL, times.is_wall)
    records, time = records.timed(times.milliseconds)
    said = {field: records[column] for field, column in columns.items()}
    kind = _kinds(said.get("kind"), len(time))
    group_id, sender_id = (_filled(said.get(name), len(time)) for name in ("group_id", "sender_id"))
    sender_name = _filled(said.get("sender_name"), len(time))
    sender_id, text = _behind_room(sender_id, group_id, said["text"])
    speaks = pc.invert(pc.fill_null(pc.is_in(kind, value_set=pa.array(_NOTICES)), False))
    told = {
        "group_id": group_id,
        "group_name": _filled(said.get("group_name"), len(time)),
        "native_id": _filled(said.get("id"), len(time)),
        "native_type": _filled(said.get("kind"), len(time)),
        "quote_id": _filled(said.get("reply_to"), len(time)),
    }
    is_wall = records[_IS_WALL]
    return records.batch(
        epoch=pc.if_else(is_wall, None, time),
        wall=pc.if_else(is_wall, time, None).cast(pa.timestamp("ms")),
        sender_id=pc.if_else(speaks, sender_id, None),
        sender_name=pc.if_else(speaks, sender_name, None),
        kind=kind,
        text=text,
        **told,
    )


def _filled(column: pa.Array | None, length: int) -> pa.Array:
    """The same, empty strings as null; null where nothing was mapped."""
    import pyarrow as pa

    from qunkit.parsing.csv import filled

    return pa.nulls(length, pa.string()) if column is None else filled(column)


def _kinds(told: pa.Array | None, length: int) -> pa.Array:
    """The kinds that names and type numbers mean; null where they mean none."""
    import pyarrow as pa

    if told is None:
        return pa.nulls(length, pa.string())
    words = told.dictionary_encode()
    kinds = pa.array([_kind(word) for word in words.dictionary.to_pylist()], pa.string())
    return kinds.take(words.indices)


def _kind(word: str) -> str | None:
    from qunkit.chat.kinds import wechat_kind
    from qunkit.schema import KINDS

    word = word.strip().lower()
    if word.isascii() and word.isdigit() and len(word) < _LONGEST_NUMBER:
        kind = wechat_kind(int(word))
        return None if kind == "other" else kind
    return next((kind for kind, label in KINDS.items() if word in (kind, label.zh)), None)


def _behind_room(sender: pa.Array, group: pa.Array, text: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Senders and texts where a group "sent" what begins with the id of the member who did."""
    import pyarrow.compute as pc

    from qunkit.chat.columns import put

    room = pc.ends_with(sender, "@chatroom")
    rows = pc.indices_nonzero(pc.fill_null(pc.or_kleene(room, pc.equal(sender, group)), False))
    old_sender = pc.if_else(room, None, sender).take(rows)
    parts = pc.extract_regex(text.take(rows), _PREFIX)
    who = pc.coalesce(pc.struct_field(parts, "who"), old_sender)
    said = pc.coalesce(pc.struct_field(parts, "said"), text.take(rows))
    return put(sender, rows, who), put(text, rows, said)
