"""Tab-separated values for pipes: a header of machine names, one line a row. The same in every language.

A report is its tables one after another, an empty line between them, each under lines that begin with ``# ``: name and
title of the section, then its sentences. Headline figures are a table of their own. Charts are not in it: JSON has their data.
"""

from __future__ import annotations

from typing import TextIO

from qunkit import ink
from qunkit.results import Report, Result
from qunkit.words import Lang, Text

TITLE = Text("tab-separated values", "制表符分隔文本")
SUFFIX = ".tsv"


def write(thing: Result | Report, out: TextIO, lang: Lang) -> None:
    """Write `thing` row by row; `lang` changes nothing. See `ink.tsv_cell` for what cells look like."""
    if isinstance(thing, Result):
        _table(thing, out)
        return
    for at, (_, section) in enumerate(thing.walk()):
        said = [f"{section.name}: {section.title.say('en')}", *(ink.sentence(note, "en") for note in section.lines)]
        out.write("\n" if at else "")
        out.writelines(f"# {ink.tsv_text(text)}\n" for text in said)
        if section.figures:
            _table(ink.figures_table(section.name, section.title, section.figures), out)
        if section.figures and section.result:
            out.write("\n")
        if section.result:
            _table(section.result, out)


def _table(result: Result, out: TextIO) -> None:
    out.write("\t".join(ink.tsv_text(column.name) for column in result.columns) + "\n")
    for row in result.rows():
        out.write("\t".join(map(ink.tsv_cell, row)) + "\n")
