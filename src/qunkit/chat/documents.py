"""Message XML and Python literals in text columns, told as what they say: kind, text, quote, extra."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat import appmsg
from qunkit.chat.columns import put
from qunkit.schema import NOT_POSTS

Columns = dict[str, pa.Array]

_TOLD = ("kind", "text", "quote_id", "quote_time", "quote_sender", "quote_text", "extra")
_READ = ("epoch", *_TOLD)
_BLANK = " \t\r\n"
_WORDS = pa.array(["text", *NOT_POSTS])
"""Kinds whose text is what people typed, or a notice's own document."""


def read(columns: Columns) -> None:
    """Replace, in place, the texts that are documents. What the export itself says of kind and quote stays."""
    rows = pc.indices_nonzero(pc.and_(pc.invert(pc.is_in(columns["kind"], _WORDS)), pc.is_valid(columns["text"])))
    text = columns["text"].take(rows)
    opens = pc.starts_with(pc.ascii_ltrim(text, characters=_BLANK), "<")
    rows = rows.filter(pc.or_(opens, pc.match_substring(text, "\n{")))
    found = [appmsg.from_xml(text) or appmsg.from_repr(text) for text in columns["text"].take(rows).to_pylist()]
    rows = rows.filter(pa.array([message is not None for message in found], pa.bool_()))
    known = pa.Table.from_pydict({name: columns[name].take(rows) for name in _READ}).to_pylist()
    told = [_told(record, message) for record, message in zip(known, filter(None, found), strict=True)]
    for name in _TOLD:
        columns[name] = put(columns[name], rows, [record[name] for record in told])


def _told(record: dict[str, object], message: appmsg.AppMsg) -> dict[str, object]:
    """The record with what its document says."""
    is_open = record["kind"] in (None, "other")
    told = record | {"kind": message.kind if is_open else record["kind"], "text": message.text}
    if message.more:
        told["extra"] = _merged(record["extra"], message.more)
    refer = message.refer
    if refer is not None:
        # The quoted instant is absolute; a row that only has a wall clock is on another one.
        instant = refer.createtime * 1000 if refer.createtime and record["epoch"] is not None else None
        sender = refer.displayname if refer.chatusr.endswith("@chatroom") else refer.chatusr or refer.displayname
        quote = {"id": refer.svrid, "time": instant, "sender": sender, "text": refer.content}
        told |= {f"quote_{name}": _first(record[f"quote_{name}"], value) for name, value in quote.items()}
    return told


def _first(known: object, found: object) -> object:
    """What the export said, else what the document says; nothing said is null."""
    return known if known not in (None, "") else found or None


def _merged(extra: object, more: Mapping[str, str]) -> str:
    """The JSON object `extra` with what it does not say yet."""
    try:
        known = json.loads(extra) if isinstance(extra, str) else {}
    except ValueError:
        known = {}
    merged = {**more, **known} if isinstance(known, dict) else dict(more)
    return json.dumps(merged, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
