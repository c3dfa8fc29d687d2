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


Kind = Literal["trend", "heat", "cohorts", "ratios", "network"]
Role = Literal[
    "x",
    "y",
    "ghost",
    "low",
    "high",
    "event",
    "alarm",
    "weekday",
    "hour",
    "cohort",
    "age",
    "value",
    "n",
    "label",
    "before",
]
ROLES: Mapping[Kind, tuple[tuple[Role, ...], tuple[Role, ...]]] = {
    "trend": (("x", "y"), ("ghost", "low", "high", "event", "alarm")),
    "heat": (("weekday", "hour", "value"), ()),
    "cohorts": (("cohort", "age", "value"), ("n",)),
    "ratios": (("label", "value", "low", "high"), ("n", "before")),
    "network": ((), ()),
}
"""The roles that a kind of chart needs, and those that it knows beside them."""


@dataclass(slots=True)
class Chart:
    """What a renderer that draws may draw of a result, and what it says to those who do not see it.

    * ``trend``: a row a day or week in order, `x` (date or text) and `y`; `ghost` is the same place in the period before, `low` and `high` the limits of
      what is usual, `event` a text where something happened, `alarm` true where `y` is out of the limits. A null `y` is a gap: not observed.
    * ``heat``: `value` by `weekday` (1 to 7) and `hour` (0 to 23).
    * ``cohorts``: a share `value` of each `cohort` (its first week) by `age` (weeks since); `n` is how many the cohort began with.
    * ``ratios``: a share `value` of each `label` within its interval from `low` to `high`, of `n`; `before` is that of the period before.
    * ``network``: rows that are edges: the columns say it themselves (`Column.edge`).
    """

    name: str
    kind: Kind
    title: Text
    about: Note
    """What the chart shows, in a sentence with its figures: the text in its place."""
    result: Result
    roles: Mapping[Role, str] = field(default_factory=dict)
    """The column of `result` that plays each role."""

    def __post_init__(self) -> None:
        """A chart whose columns do not fit is a mistake of the program's.

        Raises:
            ValueError: a role is missing, is not one of its kind, or has no column.
        """
        needed, known = ROLES[self.kind]
        names = {column.name for column in self.result.columns}
        wrong = ({*needed} - {*self.roles}) | ({*self.roles} - {*needed, *known}) | ({*self.roles.values()} - names)
        if self.kind == "network":
            wrong |= {"source", "target"} - {str(column.edge) for column in self.result.columns}
        if wrong:
            raise ValueError(f"{self.name}: {sorted(wrong)}")

    def at(self, role: Role) -> int | None:
        """Where in a row the cell of a role stands; None: no column plays it."""
        name = self.roles.get(role)
        return next((at for at, column in enumerate(self.result.columns) if column.name == name), None)

    def column(self, role: Role) -> Column:
        """The column of a role that is played."""
        return next(column for column in self.result.columns if column.name == self.roles[role])


@dataclass(frozen=True, slots=True)
class Figure:
    """A headline: one value against the week before, and against what is usual for itself."""

    column: Column
    """Its name, label, type and meaning."""
    value: Cell
    before: float | None = None
    """In the week before; null where there are no data of it."""
    usual: float | None = None
    """The median of the `weeks` weeks before this one."""
    weeks: int = 8
    n: int | None = None
    """Of how many, for a share or a median."""
    note: Note | None = None
    """What has to be known beside it: which evidence there is, and why there is no value."""
    compared: bool = True
    """Whether it is said how it stands against other weeks, if only that nothing is known of them."""


@dataclass(slots=True)
class Section:
    """A heading, a sentence or two, headline figures, charts, a table (each or none), and what belongs below."""

    name: str
    title: Text
    lines: list[Note] = field(default_factory=list)
    result: Result | None = None
    figures: list[Figure] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """Results in order, against last week."""

    name: str
    title: Note
    sections: list[Section]
    facts: dict[str, Cell] = field(default_factory=dict)

    def walk(self) -> Iterator[tuple[int, Section]]:
        """All sections as they are read, each with how deep it lies: 0 for those of the report itself."""
        return _walk(self.sections, 0)


def _walk(sections: Iterable[Section], depth: int) -> Iterator[tuple[int, Section]]:
    for section in sections:
        yield depth, section
        yield from _walk(section.sections, depth + 1)
