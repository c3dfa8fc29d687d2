"""The table of MemoTrace 3, in CSV and in XLSX alike: one row a message, its wording taken off."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat.columns import put
from qunkit.chat.memotrace_wording import LABELS, undo
from qunkit.parsing.csv import Records

COLUMNS = ("消息ID", "类型", "发送人", "时间", "内容")
_WORDLESS_LABELS = ("文本", "系统消息")


def columns(records: Records) -> dict[str, pa.Array]:
    """Columns of RAW, but for the group and the time, of records that have `COLUMNS`."""
    label, text = records["类型"], records["内容"]
    nothing = pa.scalar(None, pa.string())
    kinds = pa.array(LABELS.values(), pa.string())
    kind = pc.fill_null(kinds.take(pc.index_in(label, value_set=pa.array(LABELS, pa.string()))), "other")
    native = pc.match_substring_regex(records["消息ID"], r"^[1-9]\d*$")  # a spreadsheet makes 2.75571E+18 of it
    told = {
        "kind": kind,
        "text": pc.if_else(pc.and_(pc.equal(kind, "pat"), pc.equal(text, "")), nothing, text),
        "sender_name": pc.if_else(pc.equal(kind, "system"), nothing, records["发送人"]),
        "native_id": pc.if_else(native, records["消息ID"], nothing),
        "native_type": label,
    }
    _take_off_wording(told)
    return told


def _take_off_wording(told: dict[str, pa.Array]) -> None:
    """Undo the exporter's wording in the rows that can have any."""
    label, text = told["native_type"], told["text"]
    plain = pc.or_(pc.is_in(label, value_set=pa.array(_WORDLESS_LABELS)), pc.is_null(text))
    rows = pc.indices_nonzero(pc.invert(plain))
    said = list(zip(label.take(rows).to_pylist(), text.take(rows).to_pylist(), strict=True))
    wordings = {one: undo(*one) for one in set(said)}  # chats are full of the same placeholders
    found = [wordings[one] for one in said]
    for name in ("kind", "text", "quote_sender", "quote_text", "extra"):
        column = told.get(name, pa.nulls(len(text), pa.string()))
        told[name] = put(column, rows, [getattr(wording, name) for wording in found])
