"""What the weekly report of a demo fleet names, against what was planted in it.

`python -m support.planted 1 20` says it of these seeds, a row each: planted and missed, and named though nothing was planted.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from qunkit.results import Report
from support.demo_worlds import world

GROUPS = 5
KINDS = ("dying", "ads", "kol", "leavers", "complaints")
SPOILT = "坏果"
"""The theme of a week in which people complain of what they bought: every fleet has it, a plain one, too."""
_TOP = 5
"""Ad accounts that must all have been planted: the first of the list."""


class Outcome(NamedTuple):
    """Of one kind: whom the report should name and does not, and whom it names and should not."""

    planted: set[Any]
    missed: set[Any]
    wrong: set[Any]


def outcomes(folder: Path, seed: int, plain: bool = False) -> dict[str, Outcome]:
    """Of each kind, in a fleet of one seed; in a `plain` one nothing is planted but what a week is about."""
    dataset, truth = world(folder, seed=seed, groups=GROUPS, plain=plain)
    report = dataset.report()
    names = {(group["name"], member["id"]): member["shown"] for group in truth["groups"] for member in group["members"]}

    def people(group: dict[str, Any], ids: list[str]) -> set[Any]:
        return {(group["name"], names[group["name"], one]) for one in ids}

    attention = told(report, "attention")
    planted: dict[str, set[Any]] = {
        "dying": {group["known_as"] for group in truth["groups"] if group["role"] == "dying"},
        "ads": {group["known_as"] for group in truth["groups"] if group["role"] == "ad-flooded"},
        "kol": set().union(*(people(group, [group["kol"]]) for group in truth["groups"] if group["kol"])),
        "leavers": set().union(*(people(g, [one["id"] for one in g["leavers"]]) for g in truth["groups"])),
        "complaints": {g["known_as"] for g in truth["groups"] if g["themes"][-1] == SPOILT and g["role"] != "dying"},
    }
    found = {
        "dying": {row["group_id"] for row in attention if row["stage"] == "suspected"},
        "ads": {row["group_id"] for row in attention if row["next"] == "remove"},
        "kol": {(row["group_name"], row["name"]) for row in told(report, "kol")},
        "leavers": {(row["group_name"], row["name"]) for row in told(report, "leavers")},
        "complaints": {row["group_id"] for row in told(report, "complaints")},
    }
    wrong = {kind: found[kind] - planted[kind] for kind in KINDS}
    if not plain:
        wrong["kol"] = set()  # others get replies, too: only in a plain fleet is nobody pulled along
    wrong["dying"] |= {row["group_id"] for row in attention} - found["dying"] - found["ads"]
    sellers = {names.get((g["name"], one), one) for g in truth["groups"] for one in g["ad_senders"]}
    wrong["ads"] |= {row["sender_name"] for row in told(report, "offenders")[:_TOP]} - sellers
    return {kind: Outcome(planted[kind], planted[kind] - found[kind], wrong[kind]) for kind in KINDS}


def told(report: Report, name: str) -> list[dict[str, Any]]:
    """The rows of a section's table, as dicts."""
    result = next((section.result for section in report.sections if section.name == name), None)
    columns = [column.name for column in result.columns] if result else []
    return [dict(zip(columns, row, strict=True)) for row in result.rows()] if result else []


def main(first: int, last: int) -> None:
    lines = [
        f"| seed | {' | '.join(KINDS)} | plain: {' | plain: '.join(KINDS)} |",
        f"| --: {'| --- ' * 2 * len(KINDS)}|",
    ]
    for seed in range(first, last + 1):
        cells = []
        for plain in (False, True):
            with TemporaryDirectory() as folder:
                found = outcomes(Path(folder), seed, plain)
            for kind in KINDS:
                one = found[kind]
                named = f"{len(one.planted - one.missed)} of {len(one.planted)}" if one.planted else "–"
                cells.append(named + (f", wrong: {len(one.wrong)}" if one.wrong else ""))
        lines.append(f"| {seed} | {' | '.join(cells)} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
