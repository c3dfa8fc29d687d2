"""``qunkit rejects show``: what could not be read, itself."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from qunkit.cli.expose import option
from qunkit.cli.options import Output, Place
from qunkit.cli.rejects_list import FILE, SOURCE, Which
from qunkit.cli.session import current
from qunkit.errors import BadOption
from qunkit.results import Cell, Column, Note, Result
from qunkit.schema import REASONS
from qunkit.words import Text

HELP = Text(
    """Show every reject: where it stands in its file, why it could not be read, and the bytes.

    On a terminal long ones are cut; --format jsonl has them whole, in base64 where they are no text; --raw writes the bytes themselves,
    one reject after the other.""",
    """逐条显示未识别的记录：在文件中的位置、原因和原文。

    终端中过长的会截断；--format jsonl 给出全文，不是文字的以 base64 表示；--raw 依次输出原始字节。""",
)


@dataclass(frozen=True, slots=True)
class Params:
    """How."""

    raw: bool = option(False, Text("write nothing but the bytes, as they were", "只输出原始字节"))


OPTIONS = (Which, Params, Place, Output)
_START = Column("start", "int", Text("from byte", "起始字节"))
_WHY = Column("why", "text", Text("why", "原因"))
_TEXT = Column(
    "text",
    "text",
    Text("text", "原文"),
    Text("empty where the bytes are no text: see base64", "无法解码时为空，见 base64"),
)
FOR_MACHINES = (
    SOURCE,
    FILE,
    Column("line", "int", Text("line", "行")),
    _START,
    Column("end", "int", Text("to byte", "结束字节"), Text("the byte after the last", "末字节之后")),
    Column("reason", "text", Text("reason", "原因"), Text("from the closed list of reasons", "原因（封闭列表）")),
    _WHY,
    _TEXT,
    Column(
        "base64", "text", Text("base64", "base64"), Text("the bytes where they are no text", "无法解码时的原始字节")
    ),
)
FOR_PEOPLE = (FILE, Column("line", "int", Text("line", "行")), _START, _WHY, _TEXT)
_SHOWN = 160
"""Characters that people see of a reject."""
_CUT = Text("Long texts cut (…): {count}; --raw gives all.", "{count} 处长文本已截断（…），--raw 可得到全部。")


def run(which: Which, params: Params, place: Place, output: Output) -> int:
    """Write the rejects as they are read."""
    from qunkit.cli import show
    from qunkit.ingest.rejects import Chosen, each
    from qunkit.ingest.store import open_snapshot

    if not params.raw:
        show.check(output)
    elif output.output in (None, "-") and sys.stdout.isatty():
        expected = Text(
            "for a terminal: write them to a file with -o FILE", "可在终端显示的内容，请用 -o 文件 写入文件"
        )
        raise BadOption(option="--raw", value="bytes", expected=expected)
    dataset = place.open()
    with open_snapshot(dataset.path) as snapshot:
        which.must_be_known(snapshot)
        rows = each(snapshot, Chosen(which.reason, which.source))
        if params.raw:
            _write(rows, output, place)
            return 0
        result = Result(
            "rejects show", Text("Rejects", "未识别的记录"), FOR_MACHINES, map(_cells, rows), empty=which.empty
        )
        if show.chosen(output, result) in show.FOR_PEOPLE:
            result.columns, result.cells = FOR_PEOPLE, _cells_for_people(rows, result.notes)
        show.show(result, output, place)
    return 0


def _write(rows: Iterator[dict[str, Any]], output: Output, place: Place) -> None:
    from qunkit.cli.files import writing

    with writing(output.output, place.path, binary=True) as out:
        for row in rows:
            out.write(row["raw"])


def _cells(row: dict[str, Any]) -> tuple[Cell, ...]:
    why = REASONS[row["reason"]].say("en")
    return tuple((row | {"file": row["path"], "why": why})[column.name] for column in FOR_MACHINES)


def _cells_for_people(rows: Iterable[dict[str, Any]], notes: list[Note]) -> Iterator[tuple[Cell, ...]]:
    """Rows with the begin of each text; when all have gone by, `notes` say how many were cut."""
    cut = 0
    for row in rows:
        text = (row["text"] if row["text"] is not None else row["raw"].decode("utf-8", "backslashreplace")).strip()
        shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
        cut += shown != text
        yield row["path"], row["line"], row["start"], REASONS[row["reason"]].say(current.lang), shown
    if cut:
        notes.append(Note(_CUT, (("count", cut),)))
