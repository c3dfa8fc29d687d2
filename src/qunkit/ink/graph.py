"""Rows that are edges (`Column.edge`), summed into a graph: nodes are members of groups, an edge is all rows from one of them to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from qunkit.errors import BadOption
from qunkit.ink.cells import is_missing, machine, number
from qunkit.ink.sentences import sentence
from qunkit.results import Cell, Column, End, Report, Result
from qunkit.words import Lang, Text

_LEFT_OUT = Text(
    "Rows that are no edges: {own} lead from members to themselves, {open} have one end only; --format tsv gives all.",
    "未计入网络图：{own} 行为成员对自己，{open} 行缺少一端；--format tsv 可得到全部。",
)


_NAMED: dict[End, str] = {"kind": "string", "weight": "double"}


@dataclass(frozen=True, slots=True)
class Node:
    """A member of a group."""

    name: str
    member: str
    group: str
    group_name: str


@dataclass(slots=True)
class Edge:
    """All rows from one node to another."""

    source: int
    target: int
    kinds: Counter[str] = field(default_factory=Counter)
    """How many rows there are of each kind."""
    known: int = 0
    """Rows that say how much they count, and the sum of that."""
    total: float = 0.0

    @property
    def count(self) -> int:
        """How many rows."""
        return self.kinds.total()

    @property
    def weight(self) -> float:
        """How much they count; a row that does not say it counts as 1."""
        return self.total + self.count - self.known

    @property
    def mean(self) -> float | None:
        """How much those that say so count on average."""
        return self.total / self.known if self.known else None


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and edges in the order in which they first come."""

    nodes: list[Node]
    edges: list[Edge]
    names: Mapping[End, str]
    """Names of the columns."""
    kinds: list[str]
    """Kinds that there are, in the order of the column's words."""
    own: int
    """Rows from a node to itself."""
    open: int
    """Rows with one end only."""
    about: list[str]
    """What it is, what was left out, and the notes of the result, in English."""

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What there is to say of an edge beside its weight: names, and types as GEXF calls them."""
        of_kind = [(kind, "integer") for kind in self.kinds]
        named = [(self.names[end], type_) for end, type_ in _NAMED.items() if end in self.names]
        return [("count", "integer"), *of_kind, *named]

    def values(self, edge: Edge) -> list[Cell]:
        """These of one edge."""
        first = next((kind for kind in self.kinds if edge.kinds[kind]), None)
        told: dict[End, Cell] = {"kind": first, "weight": edge.mean}
        return [
            edge.count,
            *(edge.kinds[kind] for kind in self.kinds),
            *(told[end] for end in _NAMED if end in self.names),
        ]

    def missing(self, lang: Lang) -> list[str]:
        """What was left out."""
        return [_LEFT_OUT.say(lang, own=number(self.own), open=number(self.open))] if self.own + self.open else []


def must_have_edges(columns: Iterable[Column], format_: str) -> None:
    """Refuse a graph of what is none.

    Raises:
        BadOption: no columns say from whom to whom an edge leads.
    """
    if not {"source", "target"} <= {column.edge for column in columns}:
        raise _no_graph(format_)


def graph(thing: Result | Report, format_: str) -> Graph:
    """The graph of a result's rows, which are read once; memory goes with nodes and edges, not with rows.

    Raises:
        BadOption: it is none.
    """
    if isinstance(thing, Report):
        raise _no_graph(format_)
    must_have_edges(thing.columns, format_)
    place = {column.edge: at for at, column in enumerate(thing.columns) if column.edge}
    nodes: dict[tuple[str, str], int] = {}
    people: list[Node] = []
    edges: dict[tuple[int, int], Edge] = {}
    own = open_ = 0
    for row in thing.rows():
        ends = []
        for one in (_node(row, place, "source", "source_name"), _node(row, place, "target", "target_name")):
            if one:
                ends.append(nodes.setdefault((one.group, one.member), len(people)))
                people += [one] if ends[-1] == len(people) else []
        if len(set(ends)) == 2:
            _count(edges.setdefault((ends[0], ends[1]), Edge(ends[0], ends[1])), row, place)
        own, open_ = own + (len(ends) == 2 and ends[0] == ends[1]), open_ + (len(ends) < 2)
    made = Graph(
        people, list(edges.values()), _names(thing.columns), _kinds(thing.columns, edges.values()), own, open_, []
    )
    made.about.extend(
        [*_about(thing.title.say("en"), made), *made.missing("en"), *(sentence(note, "en") for note in thing.notes)]
    )
    return made


# -- helpers -----------------------------------------------------------------------------------------------------------
def _no_graph(format_: str) -> BadOption:
    expected = Text(
        f"a format for tables: `qunkit replies --format {format_}` gives a graph, csv gives any table",
        f"可用于表格的格式：网络图请用 `qunkit replies --format {format_}`，表格可用 csv",
    )
    return BadOption(option="--format", value=format_, expected=expected)


def _about(title: str, made: Graph) -> Iterator[str]:
    names = made.names
    yield f"{title}. Nodes are members of groups. An edge goes from {names['source']} to {names['target']} of the table; count: its rows."
    if "weight" in names:
        yield f"weight: the sum of {names['weight']} over its rows, where a row without {names['weight']} counts as 1; {names['weight']}: the mean of the rows that have it."
    else:
        yield "weight: its rows."
    if "kind" in names and made.kinds:
        yield f"{names['kind']}: the first kind that an edge has, of {', '.join(made.kinds)}; each of these: how many of its rows are of that kind."


def _node(row: Sequence[Cell], place: Mapping[End, int], end: End, name: End) -> Node | None:
    member = _text(row, place, end)
    if not member:
        return None
    group = _text(row, place, "group")
    return Node(_text(row, place, name) or member, member, group, _text(row, place, "group_name") or group)


def _count(edge: Edge, row: Sequence[Cell], place: Mapping[End, int]) -> None:
    edge.kinds[_text(row, place, "kind")] += 1
    weight = row[place["weight"]] if "weight" in place else None
    if isinstance(weight, int | float) and not is_missing(weight):
        edge.known, edge.total = edge.known + 1, edge.total + weight


def _text(row: Sequence[Cell], place: Mapping[End, int], end: End) -> str:
    return machine(row[place[end]]) if end in place else ""


def _names(columns: Sequence[Column]) -> dict[End, str]:
    return {column.edge: column.name for column in columns if column.edge}


def _kinds(columns: Sequence[Column], edges: Iterable[Edge]) -> list[str]:
    found = {kind for edge in edges for kind in edge.kinds} - {""}
    known = [kind for column in columns if column.edge == "kind" for kind in column.words or ()]
    return [kind for kind in known if kind in found] + sorted(found - {*known})
