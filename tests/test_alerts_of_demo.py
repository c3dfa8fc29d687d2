"""Alerts of an invented fleet: what was planted fires, and where nothing was, nothing does.

`python -m test_alerts_of_demo SEED…`, with `tests` as the folder and on PYTHONPATH, prints the table of docs/methods/alerts.md.
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from qunkit import open_dataset
from support.datasets import make_dataset
from support.demo_worlds import world


def told(dataset, **asked):
    """The alerts, as dicts."""
    found = dataset.alerts(**asked)
    names = [column.name for column in found.columns]
    return [dict(zip(names, row, strict=True)) for row in found.rows()]


@pytest.mark.slow
def test_what_was_planted_fires(tmp_path):
    dataset, truth = world(tmp_path, seed=1, groups=5)
    of = {group["role"]: group for group in truth["groups"]}
    fired = {(row["rule"], row["group_id"]) for row in told(dataset)}
    assert {("ads", of["ad-flooded"]["known_as"]), ("silent", of["dying"]["known_as"])} == fired
    # and the key person of one group falls silent for the last nine days
    led, end = of["kol-led"], date.fromisoformat(truth["last_day"])
    rows = dataset.messages(group=led["known_as"]).read_all().to_pylist()
    kept = [
        row for row in rows if row["sender_id"] != led["kol"] or row["local_time"].date() <= end - timedelta(days=9)
    ]
    assert 0 < len(rows) - len(kept) < len(rows) / 4
    silent = make_dataset(tmp_path / "silent", [{**row, "at": row["local_time"]} for row in kept])
    found = [row for row in told(open_dataset(silent)) if row["rule"] == "kol_silent"]
    # the last day is not whole: eight days
    assert [(row["member_id"], row["value"], row["threshold"]) for row in found] == [(led["kol"], 8, 7)]


@pytest.mark.slow
def test_where_nothing_was_planted_nothing_fires(tmp_path):
    dataset, _ = world(tmp_path, seed=1, groups=5, plain=True)
    assert told(dataset) == []


def main() -> None:
    days = 7
    for plain in (False, True):
        for seed in map(int, sys.argv[1:]):
            with TemporaryDirectory() as folder:
                dataset, truth = world(Path(folder), seed=seed, groups=12, plain=plain)
                roles = {group["known_as"]: group["role"] for group in truth["groups"]}
                end, found = date.fromisoformat(truth["last_day"]), Counter()
                for back in range(days):
                    rows = told(dataset, as_of=f"{end - timedelta(days=back)}")
                    found.update((row["rule"], roles[row["group_id"]]) for row in rows)
                line = ", ".join(f"{rule} of {role}: {n}" for (rule, role), n in sorted(found.items()))
                sys.stdout.write(f"{'plain' if plain else 'planted'}, seed {seed}, {len(roles)} groups, {days} days: {line or 'none'}\n")  # fmt: skip


if __name__ == "__main__":
    main()
