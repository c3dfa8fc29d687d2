"""Ids as people need them: none where a name says who or what is meant; behind a name that several have, in brackets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qunkit.results import Cell, Column, Report

_NAMED = {
    "group_id": "group_name",
    "member_id": "name",
    "member": "member_name",
    "sender_id": "sender_name",
    "starter_id": "starter_name",
    "inviter_id": "inviter_name",
    "root_id": "root",
}
"""Ids, and the column that says for people who or what is meant. A member's name is one in its group."""
_KEYS = ("alias", "member")
"""Columns of ids and of names marked as such."""
_GROUP = ("group_id", "group_name")
_MARK = "name:"


def named(
    columns: Sequence[Column], rows: Iterable[tuple[Cell, ...]]
) -> tuple[list[Column], list[tuple[Cell, ...]], bool]:
    """Columns and rows without the ids that have a name beside them, and whether there were such.

    Names that stand for several ids have the id behind them; an id without a name stands in its place. Rows of which none is about a group say nothing of groups.
    """
    rows = [_unmarked(columns, row) for row in rows]
    place = {column.name: at for at, column in enumerate(columns)}
    if rows and place.keys() >= {*_GROUP} and all(row[place[name]] is None for name in _GROUP for row in rows):
        kept = [at for at, column in enumerate(columns) if column.name not in _GROUP]
        columns, rows = [columns[at] for at in kept], [tuple(row[at] for at in kept) for row in rows]
        place = {column.name: at for at, column in enumerate(columns)}
    pairs = [(place[id_], place[name]) for id_, name in _NAMED.items() if id_ in place and name in place]
    for pair in pairs:
        rows = _told_apart(rows, pair, place.get("group_id"))
    spans = {column.places for column in columns}
    kept = [at for at, column in enumerate(columns) if at not in {id_ for id_, _ in pairs} and column.name not in spans]
    return [columns[at] for at in kept], [tuple(row[at] for at in kept) for row in rows], bool(pairs)


def leaves_ids(report: Report) -> bool:
    """Whether a table of a report has ids that people are not shown."""
    return any(section.result and named(section.result.columns, ())[2] for _, section in report.walk())


def group_ids(columns: Sequence[Column], rows: Iterable[tuple[Cell, ...]]) -> list[str]:
    """The id of the group that each row is about; empty where none is said."""
    at = next((at for at, column in enumerate(columns) if column.name == "group_id"), None)
    return [str(row[at] or "") if at is not None else "" for row in rows]


def _unmarked(columns: Sequence[Column], row: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """``name:小满`` is 小满 to people."""
    if not any(column.name in _KEYS for column in columns):
        return row
    pairs = zip(columns, row, strict=True)
    return tuple(_name(cell) if column.name in _KEYS else cell for column, cell in pairs)


def _name(cell: Cell) -> Cell:
    return cell.removeprefix(_MARK) if isinstance(cell, str) else cell


def _told_apart(rows: list[tuple[Cell, ...]], pair: tuple[int, int], group: int | None) -> list[tuple[Cell, ...]]:
    """The rows with names that each mean one id, within a group where there are groups."""
    id_, name = pair
    meant: dict[tuple[Cell, Cell], set[Cell]] = {}
    scopes = [row[group] if group is not None and group != id_ else None for row in rows]
    for scope, row in zip(scopes, rows, strict=True):
        meant.setdefault((scope, row[name]), set()).add(row[id_])
    return [
        (*row[:name], _said(row[id_], row[name], several=len(meant[scope, row[name]]) > 1), *row[name + 1 :])
        for scope, row in zip(scopes, rows, strict=True)
    ]


def _said(id_: Cell, name: Cell, *, several: bool) -> Cell:
    if not name:
        return _name(id_)
    return f"{name} ({id_})" if several and id_ is not None and id_ != f"{_MARK}{name}" else name
