"""Months that are held: their messages put together by columns, where `merge` says the same in SQL of months that are not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qunkit import schema
from qunkit.ingest.keys import Integers, codes, together

_RENAMED = {"telling": "message", "group_key": "group_id", "label": "group_name", "sender_key": "sender_id"}
_LISTED = {"actor": "actor_id", "targets": "target_ids", "mentions": "mention_ids"}
_QUOTED = ("quote_id", "quote_time", "quote_sender", "quote_text")
_AND = "\x1f"


def meant(named: pa.Table, own_ids: pa.Array, compared: pa.Table | None) -> pa.Table:
    """The tellings, and the message that each is of. `own_ids` of those without an id; `compared`: telling, message_id, native_id, joined."""
    ids = named["native_id"]
    message_ids = put(ids, np.flatnonzero(pc.is_null(ids).to_numpy()), own_ids)
    joined = pa.chunked_array([np.zeros(len(named), bool)])
    table = named.append_column("own_id", ids)
    if compared:
        rows = pc.index_in(compared["telling"], named["telling"].combine_chunks()).to_numpy()
        message_ids = put(message_ids, rows, compared["message_id"])
        joined = put(joined, rows, compared["joined"])
        table = table.set_column(
            table.schema.get_field_index("native_id"), "native_id", put(ids, rows, compared["native_id"])
        )
    table = table.append_column("message_id", message_ids).append_column("joined", joined)
    return table.filter(pc.is_valid(message_ids)) if compared else table


def is_any_alike(meant: pa.Table) -> bool:
    """Whether any message has several tellings."""
    return len(together(codes(meant["group_key"]), codes(meant["message_id"]))) > 0


def told(meant: pa.Table, names: Sequence[str], several: pa.Array | None, joined: pa.Table | None) -> pa.Table:
    """One row a message, with the columns `names`: tellings that are alone as they are, and `joined` for those of `several`."""
    alone = meant.filter(pc.invert(pc.is_in(meant["telling"], several))) if several else meant
    columns = [name for name in alone.schema.names if name not in ("group_id", "group_name", "sender_id")]
    alone = alone.select(columns).rename_columns([_RENAMED.get(name, name) for name in columns])
    alone = alone.append_column("source", pc.list_element(alone["sources"], 0)).select(list(names))
    return pa.concat_tables([alone, joined.select(list(names)).cast(alone.schema)]) if joined else alone


def unlinked(told: pa.Table, aliases: bool) -> pa.Table:
    """Messages that show somebody by name only, as the exporting account, or (where there are `aliases`) by whatever id."""
    found = np.zeros(len(told), bool)
    if aliases:
        found = pc.or_(pc.is_valid(told["event"]), pc.is_valid(told["mention_ids"])).to_numpy()
    for name in _LISTED.values() if not aliases else ():
        who = told[name].combine_chunks()
        rows = np.arange(len(who)) if name == "actor_id" else pc.list_parent_indices(who).to_numpy()
        who = who if name == "actor_id" else pc.list_flatten(who)
        by_name = pc.fill_null(pc.or_(pc.starts_with(who, "name:"), pc.equal(who, "me")), False)
        found[rows[by_name.to_numpy(zero_copy_only=False)]] = True
    return told.filter(pa.array(found)).select(["message", "group_id", "event", *_LISTED.values()])


def linked(told: pa.Table, relinked: pa.Table) -> pa.Table:
    """… with the ids of `relinked` (message, field, ids) in the place of the names."""
    for field, name in _LISTED.items():
        ids = relinked.filter(pc.equal(relinked["field"], field))
        if len(ids):
            rows = pc.index_in(ids["message"], told["message"].combine_chunks()).to_numpy()
            values = ids["ids"] if name != "actor_id" else pc.list_element(ids["ids"], 0)
            told = told.set_column(told.schema.get_field_index(name), name, put(told[name], rows, values))
    return told


def quoting(told: pa.Table) -> pa.Table:
    """Messages that quote another."""
    found = pc.equal(told["kind"], "quote")
    for name in _QUOTED:
        found = pc.or_(found, pc.is_valid(told[name]))
    return told.filter(found)


def written(told: pa.Table, linked: pa.Table | None) -> pa.Table:
    """The rows of the part, in one piece: numbered, with what replies reply to (message, reply_to, reply_how)."""
    nothing = pa.chunked_array([pa.nulls(len(told), pa.string())])
    for name in ("reply_to", "reply_how"):
        column = nothing
        if linked:
            rows = pc.index_in(linked["message"], told["message"].combine_chunks()).to_numpy()
            column = put(nothing, rows, linked[name])
        told = told.append_column(name, column)
    told = told.set_column(told.schema.get_field_index("seq"), "seq", told["number"])
    return told.select(schema.MESSAGES.names).combine_chunks()


def tellers(told: pa.Table) -> list[tuple[str, list[str], int]]:
    """Groups, sources, and how many messages these tell together."""
    said = told.select(["group_id"]).append_column("sources", pc.binary_join(told["sources"], _AND))
    counted = said.group_by(["group_id", "sources"], use_threads=False).aggregate([([], "count_all")])
    return [(row["group_id"], row["sources"].split(_AND), row["count_all"]) for row in counted.to_pylist()]


def is_one(groups: pa.ChunkedArray) -> bool:
    """Whether all are of one group."""
    return not codes(groups).any()


def put(column: pa.ChunkedArray, rows: Integers, values: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    """The column with other values in some rows."""
    if not len(rows):
        return column
    others = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    both = pa.concat_arrays([*column.chunks, *(other.cast(column.type) for other in others)])
    places = np.arange(len(column))
    places[rows] = np.arange(len(column), len(both))
    return pa.chunked_array([both.take(pa.array(places))])
