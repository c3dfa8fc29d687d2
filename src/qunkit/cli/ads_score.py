"""``qunkit ads score``: any texts, a line each."""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from qunkit import scratch
from qunkit.cli.expose import argument, option
from qunkit.cli.options import Output, Place
from qunkit.errors import MissingInput, NoTexts, reason
from qunkit.methods.ad_judge import words
from qunkit.results import Cell, Column, Note, Result
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.methods.ad_judge import Judge
    from qunkit.parsing.source import Source

HELP = Text(
    """Score texts: how likely each is an ad, and why.

    FILE has a text a line, in UTF-8, UTF-16 or GB18030; - is standard input. By the dataset's own model and lists if there is a dataset, else by what came with qunkit.""",
    """给任意文本打分：多大可能是广告，以及原因。

    FILE 每行一条文本，可为 UTF-8、UTF-16 或 GB18030；- 为标准输入。有数据集时使用其模型和名单，否则使用自带模型。""",
)
TITLE = Text("Scores of texts", "文本得分")
COLUMNS = (
    Column("p", "ratio", Text("score", "得分")),
    Column("ad", "bool", Text("ad", "广告")),
    Column("text", "text", Text("text", "文本"), places="spans"),
    Column("reasons", "list", Text("why", "原因"), words=words(), spare=1),
    Column("evidence", "list", Text("places", "依据"), spare=2),
    Column("spans", "list", Text("where", "位置"), spare=3),
)
_READ_AS = Text("read as {encoding}", "按 {encoding} 编码读取")
_BATCH = 1 << 12


@dataclass(frozen=True, slots=True)
class Params:
    """Which texts."""

    file: str = argument(Text("a text a line; -: standard input", "每行一条文本；- 为标准输入"), "FILE")
    threshold: float = option(
        0.5, Text("a text of this score or more is an ad", "得分达到此值即为广告"), metavar="P", least=0, most=1
    )
    model: str = option("dataset", Text("dataset or shipped", "dataset 或 shipped"), choices=("dataset", "shipped"))


OPTIONS = (Params, Output, Place)


def run(params: Params, output: Output, place: Place) -> int:
    """One row a text, in order, as they come."""
    from qunkit.cli.show import check, show

    inputs = [] if params.file == "-" else [Path(params.file)]
    check(output, place, inputs)
    judge = place.open().judge(shipped=params.model == "shipped", needed=place.data is not None)
    with _opened(params.file) as source:
        rows = _scored(_lines(source), judge, params.threshold)
        notes = [] if source.encoding.startswith("utf-8") else [Note(_READ_AS, (("encoding", source.encoding),))]
        show(Result("ads_score", TITLE, COLUMNS, rows, notes, {"model": judge.name}), output, place, inputs)
    return 0


@contextmanager
def _opened(name: str) -> Iterator[Source]:
    """The file, its encoding known; standard input and pipes are kept in a folder meanwhile, for the whole of the bytes says which it is."""
    from qunkit.parsing.source import open_source

    with scratch.Folder() as folder:
        path, label = Path(name), name
        if name == "-" or path.is_fifo():
            path = _spooled(name, Path(folder))
        source = open_source(path, label=label, spool_dir=Path(folder))
        if source.encoding in ("mixed", "xlsx"):
            raise NoTexts(path=label, line=_first_wrong(path))
        yield source


def _spooled(name: str, folder: Path) -> Path:
    if name == "-":
        return scratch.kept(sys.stdin.buffer, folder)
    try:
        with open(name, "rb") as pipe:
            return scratch.kept(pipe, folder)
    except OSError as error:
        raise MissingInput(path=name, why=reason(error)) from None


def _first_wrong(path: Path) -> int:
    """The first line that is not UTF-8; the first one of all if it has no lines."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def _lines(source: Source) -> Iterator[str]:
    """Lines without their ends, however those are written; a cut last character is U+FFFD."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")("replace"), translate=True)
    begun: list[str] = []
    for _, block in source.blocks():
        first, *rest = decoder.decode(block).split("\n")
        begun.append(first)
        for line in rest:
            yield "".join(begun)
            begun = [line]
    *more, last = ("".join(begun) + decoder.decode(b"", final=True)).split("\n")
    yield from more
    if last:
        yield last


def _scored(lines: Iterator[str], judge: Judge, threshold: float) -> Iterator[tuple[Cell, ...]]:
    while texts := list(islice(lines, _BATCH)):
        for text, p in zip(texts, judge.score(texts).tolist(), strict=True):
            yield (p, p >= threshold, text, *judge.why(text))
