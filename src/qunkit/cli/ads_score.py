"""``qunkit ads score``: any texts, a line each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from qunkit.cli.expose import argument, option
from qunkit.cli.options import Output, Place
from qunkit.errors import MissingInput
from qunkit.methods.ad_judge import words
from qunkit.results import Cell, Column, Result
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.methods.ad_judge import Judge

HELP = Text(
    """Score texts: how likely each is an ad, and why.

    FILE has a text a line, UTF-8; - is standard input. By the dataset's own model and lists if there is a dataset, else by what came with qunkit.""",
    """给任意文本打分：多大可能是广告，以及原因。

    FILE 每行一条文本，UTF-8；- 为标准输入。有数据集时使用其模型和名单，否则使用自带模型。""",
)
TITLE = Text("Scores of texts", "文本得分")
COLUMNS = (
    Column("p", "ratio", Text("score", "得分")),
    Column("ad", "bool", Text("ad", "广告")),
    Column("text", "text", Text("text", "文本")),
    Column("reasons", "list", Text("why", "原因"), words=words(), spare=1),
    Column("evidence", "list", Text("places", "依据"), spare=2),
)
_BATCH = 1 << 12


@dataclass(frozen=True, slots=True)
class Params:
    """Which texts."""

    file: str = argument(Text("a text a line; -: standard input", "每行一条文本；- 为标准输入"), "FILE")
    threshold: float = option(0.5, Text("a text of this score or more is an ad", "得分达到此值即为广告"), metavar="P")
    model: str = option("dataset", Text("dataset or shipped", "dataset 或 shipped"), metavar="dataset|shipped")


OPTIONS = (Params, Output, Place)


def run(params: Params, output: Output, place: Place) -> int:
    """One row a text, in order, as they come."""
    from qunkit.cli.show import check, show

    inputs = [] if params.file == "-" else [Path(params.file)]
    check(output, place, inputs)
    judge = place.open().judge(shipped=params.model == "shipped")
    with _opened(params.file) as lines:
        show(
            Result("ads_score", TITLE, COLUMNS, _scored(lines, judge, params.threshold), facts={"model": judge.name}),
            output,
            place,
            inputs,
        )
    return 0


@contextmanager
def _opened(name: str) -> Iterator[TextIO]:
    if name == "-":
        yield sys.stdin
        return
    try:
        file = open(name, encoding="utf-8-sig", errors="replace", newline="")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise MissingInput(path=name, why=error.strerror) from None
    with file:
        yield file


def _scored(lines: TextIO, judge: Judge, threshold: float) -> Iterator[tuple[Cell, ...]]:
    while texts := [line.rstrip("\r\n") for line in islice(lines, _BATCH)]:
        for text, p in zip(texts, judge.score(texts).tolist(), strict=True):
            yield (p, p >= threshold, text, *judge.why(text))
