"""What a run of the benchmarks is asked for, and what each of them answers."""

from __future__ import annotations

from dataclasses import dataclass

Row = dict[str, str | int | float | None]
"""Heading → figure, one line of a table."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How much, and how often."""

    messages: int = 1_000_000
    rounds: int = 3
    formats: tuple[str, ...] = ()
    """Those of exports.MAIN that are measured; none: all. For ten gigabytes one is enough."""
