"""Quotes that WeChat itself writes into a text, where a chat is copied, mailed or exported as it is shown.

「阿岚：几点集合」                回复
- - - - - - - - -       or      「阿岚：几点集合」
七点
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat.columns import put
from qunkit.chat.documents import Columns

_ABOVE = re.compile(r"「(?P<who>[^：\n]{1,64})：(?P<said>.*?)」\n(?:- ?){5,}\n(?P<text>.*)", re.DOTALL)
_BELOW = re.compile(r"(?P<text>.+?)\n「(?P<who>[^：\n]{1,64})：(?P<said>.*)", re.DOTALL)
_MARK = "」"


def undo(columns: Columns) -> None:
    """Take the quotes out of the column ``text`` where ``kind`` is open, in place: `quote_sender`, `quote_text`, and what is left."""
    told = pc.and_(pc.is_null(columns["kind"]), pc.match_substring(columns["text"], _MARK))
    rows = pc.indices_nonzero(pc.fill_null(told, False))
    matches = [read(text) for text in columns["text"].take(rows).to_pylist()]
    rows, found = rows.filter(pa.array([one is not None for one in matches], pa.bool_())), list(filter(None, matches))
    columns["kind"] = put(columns["kind"], rows, ["quote"] * len(found))
    for place, name in enumerate(("text", "quote_sender", "quote_text")):
        column = columns.get(name, pa.nulls(len(columns["kind"]), pa.string()))
        columns[name] = put(column, rows, [one[place] for one in found])


def read(text: str) -> tuple[str, str, str] | None:
    """(answer, who is quoted, what is quoted) of a text that quotes, else None."""
    match = _BELOW.fullmatch(text.removesuffix(_MARK)) if text.endswith(_MARK) else None
    match = _ABOVE.fullmatch(text) or match
    return (match["text"], match["who"], match["said"]) if match else None
