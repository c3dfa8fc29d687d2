"""A week that is reported: what sections ask of it. An analysis is asked once, whoever needs it, and for the pages of all groups, too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from qunkit import registry
from qunkit.dataset import Scope
from qunkit.results import Cell, Note, Result
from qunkit.words import Text

Row = dict[str, Any]
Ask = Callable[[str, Mapping[str, object]], Result]
"""The result of an analysis with such parameters, and the defaults of the others."""
Past = Ask
"""… in this week and the `WEEKS` before it together."""
WEEKS = 8


@dataclass(slots=True)
class Week:
    """The week that `scope` opens, or as much of it as there is."""

    ask: Ask
    """The result of an analysis in the week."""
    scope: Scope
    facts: Mapping[str, Cell]
    group: str | None = None
    """Id of the group, where the week is that of one group on a page of its own."""
    fleet: Week | None = None
    """… and the same week of all groups."""
    past: Past | None = None
    """None: nobody can ask."""
    kept: dict[str, Result] = field(default_factory=dict)
    parted: dict[str, dict[Cell, list[tuple[Cell, ...]]]] = field(default_factory=dict)
    """Rows of the results that tell groups apart, by group."""

    def result(self, name: str, **params: object) -> Result:
        """The result of an analysis; its rows can be read again and again."""
        key = _key(name, params)
        if key not in self.kept:
            found = self.ask(name, params)
            self.kept[key] = replace(found, cells=list(found.rows()))
        return self.kept[key]

    def rows(self, name: str, **params: object) -> list[Row]:
        """… its rows by the names of columns."""
        return self.rows_of(self.result(name, **params))

    def over_weeks(self, name: str, params: Mapping[str, object]) -> Result:
        """The result of an analysis in this week and those before it."""
        if self.past is None:
            raise LookupError(name)
        key = _key(f"{name} over weeks", params)
        if key not in self.kept:
            found = self.past(name, params)
            self.kept[key] = replace(found, cells=list(found.rows()))
        return self.kept[key]

    @staticmethod
    def rows_of(result: Result) -> list[Row]:
        """Rows by the names of columns."""
        names = [column.name for column in result.columns]
        return [dict(zip(names, row, strict=True)) for row in result.rows()]

    def of_group(self, group: str, ask: Ask) -> Week:
        """The same week of one group: its rows of what was asked for all; what does not tell groups apart, `ask` answers."""
        past = partial(self._past_part, group) if self.past else None
        return Week(partial(self._part, group, ask), self.scope, self.facts, group, self, past)

    def _part(self, group: str, ask: Ask, name: str, params: Mapping[str, object]) -> Result:
        if "group_id" not in [column.name for column in registry.load("analyses", name).COLUMNS]:
            return ask(name, params)
        return self._dealt(group, _key(name, params), self.result(name, **params))

    def _past_part(self, group: str, name: str, params: Mapping[str, object]) -> Result:
        return self._dealt(group, _key(f"{name} over weeks", params), self.over_weeks(name, params))

    def _dealt(self, group: str, key: str, found: Result) -> Result:
        at = [column.name for column in found.columns].index("group_id")
        if key not in self.parted:
            parts = self.parted.setdefault(key, {})
            for row in found.rows():
                parts.setdefault(row[at], []).append(row)
        return replace(found, cells=self.parted[key].get(group, []), notes=[])

    @property
    def monday(self) -> date:
        """Its first day.

        Raises:
            ValueError: the scope has no begin, and so is no week.
        """
        return monday(self.scope).date()

    @property
    def name(self) -> str:
        """As ISO 8601 has it: 2026-W46; empty if the scope has no begin."""
        return f"{self.scope.since:%G-W%V}" if self.scope.since else ""

    @property
    def this(self) -> Row:
        """The figures of the week."""
        return self.rows("compare")[0]

    @property
    def before(self) -> Row:
        """… and of the one before."""
        return self.rows("compare")[1]

    @property
    def is_whole(self) -> bool:
        """Whether the data reach the week's last day."""
        last = self.facts.get("last")
        return not (self.scope.since and last is not None and last < self.scope.since + timedelta(days=6))  # type: ignore[operator]


def _key(name: str, params: Mapping[str, object]) -> str:
    return " ".join([name, *(f"{key}={params[key]}" for key in sorted(params))])


def monday(scope: Scope) -> datetime:
    """When a week begins.

    Raises:
        ValueError: the scope has no begin, and so is no week.
    """
    if scope.since is None:
        raise ValueError(scope)
    return scope.since


def only(result: Result, names: Iterable[str], most: int | None = None) -> Result:
    """A result with fewer columns, in the order of `names`, and fewer rows."""
    at = [next(i for i, column in enumerate(result.columns) if column.name == name) for name in names]
    cells = [tuple(row[i] for i in at) for row in list(result.rows())[:most]]
    return replace(result, columns=tuple(result.columns[i] for i in at), cells=cells)


def note(text: Text, facts: Mapping[str, Any]) -> Note:
    """A sentence with its figures."""
    return Note(text, tuple(facts.items()))


def name(row: Row) -> str:
    """A group as people call it."""
    return str(row["group_name"])
