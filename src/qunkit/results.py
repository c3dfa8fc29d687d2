"""What an analysis gives and a renderer takes: columns with labels, units and types, and rows of plain cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from qunkit.words import Lang, Text

Cell = str | int | float | bool | date | datetime | Sequence[object] | None
Type = Literal["text", "int", "float", "ratio", "date", "datetime", "seconds", "bool", "list", "series"]
"""`ratio` is a share of 1 (shown as per cent on a terminal), `series` a short run of numbers (shown as a sparkline)."""
End = Literal["group", "group_name", "source", "source_name", "target", "target_name", "kind", "weight"]
"""What a column is to an edge: the id and name of its group, ids and names of whom it leads from and to, its kind, and how much the row counts (null: 1)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result: its machine name, the label people read, its type, unit and meaning."""

    name: str
    type: Type
    label: Text
    meaning: Text | None = None
    """Definition with unit and denominator, for the docs and `--explain`; None where the label says it all."""
    words: Mapping[str, Text] | None = field(default=None, hash=False)
    """What people read for each code of a closed list; programs read the codes."""
    spare: int = 0
    """How soon it gives way where a terminal has no room: the highest first, 0 never."""
    places: str | None = None
    """Of a text: the column that says where its telling places stand, as ``3:7``. Where people see them marked in the text, they do not see that column."""
    edge: End | None = None
    """For rows that are edges of a graph: what of the edge it is. `source` and `target` make a result a graph."""


@dataclass(frozen=True, slots=True)
class Note:
    """A remark that belongs to a result: shown below a table on a terminal, on stderr in a pipe, in JSON as text."""

    text: Text
    facts: tuple[tuple[str, object], ...] = ()

    def say(self, lang: Lang) -> str:
        """The remark in `lang`; facts that are phrases themselves are said in it too."""
        facts = {key: fact.say(lang) if isinstance(fact, Text | Note) else fact for key, fact in self.facts}
        return self.text.say(lang, **facts)


@dataclass(slots=True)
class Result:
    """A small table and what is needed to read it honestly."""

    name: str
    title: Text
    columns: tuple[Column, ...]
    cells: Iterable[tuple[Cell, ...]]
    notes: list[Note] = field(default_factory=list)
    facts: dict[str, Cell] = field(default_factory=dict)
    """as_of, since, until, timezone, coverage, dataset fingerprint, config hash: the same keys in every result."""
    empty: Text | None = None
    """What it means that there are no rows; None: that nothing matches."""
    chat: bool = False
    """The rows are messages in order (columns of `schema.MESSAGES`): people read them as a chat, programs as a table."""

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Rows of plain cells, one value a column, in order. A streamed result can be read once."""
        return iter(self.cells)


def rest(rows: Iterator[tuple[Cell, ...]]) -> int:
    """How many rows there are still; a stream of batches, which has a `rest` of its own, counts without making them."""
    counted = getattr(rows, "rest", None)
    return counted() if counted else sum(1 for _ in rows)


@dataclass(slots=True)
class Section:
    """A heading, a sentence or two, and a table (or none)."""

    name: str
    title: Text
    lines: list[Note] = field(default_factory=list)
    result: Result | None = None


@dataclass(slots=True)
class Report:
    """Results in order, against last week."""

    name: str
    title: Note
    sections: list[Section]
    facts: dict[str, Cell] = field(default_factory=dict)
