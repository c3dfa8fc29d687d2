"""Weeks of which analyses say what a test tells them to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qunkit import registry
from qunkit.dataset import Scope
from qunkit.results import Result
from qunkit.week import Week


def week(**told: list[dict[str, Any]]) -> Week:
    """A week in which analyses say `told`: rows with some of their columns, the others null."""

    def ask(name: str, params: Mapping[str, object]) -> Result:
        module = registry.load("analyses", name)
        cells = [tuple(row.get(column.name) for column in module.COLUMNS) for row in told[name]]
        return Result(name, module.TITLE, module.COLUMNS, cells)

    return Week(ask, Scope(), {})


def dicts(result: Result | None) -> list[dict[str, Any]]:
    """The rows of a result, by the names of its columns."""
    names = [column.name for column in result.columns] if result else []
    return [dict(zip(names, row, strict=True)) for row in result.rows()] if result else []
