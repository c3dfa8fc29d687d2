"""Demo fleets that were ingested, and what is true of the questions in them.

`python -m support.demo_worlds` prints the tables of docs/methods/response.md.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from qunkit import demo
from qunkit.api import Dataset, open_dataset

EVIDENCES = ("quote", "mention", "rule", "next")


def world(folder: Path, **of: Any) -> tuple[Dataset, dict[str, Any]]:
    """A dataset of a demo, and what is true of it."""
    demo.write(folder / "demo", **of)
    dataset = open_dataset(folder / "data", settings=folder / "demo" / "qunkit.toml")
    dataset.ingest(folder / "demo" / "exports")
    return dataset, json.loads((folder / "demo" / "truth" / "truth.json").read_text("utf-8"))


def rows(dataset: Dataset, name: str) -> list[dict[str, Any]]:
    """The rows of an analysis, as dicts."""
    result = dataset.analyze(name)
    names = [column.name for column in result.columns]
    return [dict(zip(names, row, strict=True)) for row in result.rows()]


def answered(folder: Path, dataset: Dataset, truth: dict[str, Any]) -> Counter[tuple[bool, str | None, bool, bool]]:
    """Questions by: whether somebody else truly answered within a day, by which evidence qunkit says so (None: it does not), the same of staff: truly, and as said."""
    groups = {group["known_as"]: group["id"] for group in truth["groups"]}
    said = [json.loads(line) for line in (folder / "demo" / "truth" / "messages.jsonl").read_text("utf-8").splitlines()]
    logs, answers, found = defaultdict(list), defaultdict(list), Counter()
    for message in sorted(said, key=lambda message: message["ts"]):
        logs[message["group"]].append(message)
        answers[message["group"], message["answers"]].append(message)
    places = {(m["group"], m["time"], m["text"], m["sender"]): n for log in logs.values() for n, m in enumerate(log)}
    senders = {member["shown"]: member["id"] for group in truth["groups"] for member in group["members"]}
    for row in rows(dataset, "response_questions"):
        group = groups[row["group_id"]]
        log, who = logs[group], row["member_id"]
        known = [who, senders.get(who.removeprefix("name:"))]
        at = next(places[key] for one in known if (key := (group, str(row["asked_at"])[:19], row["text"], one)) in places)  # fmt: skip
        turn = _turn(log, at)
        true = [a for m in turn for a in answers[group, m["id"]] if a["sender"] != m["sender"] and a["ts"] - log[at]["ts"] <= 86400]  # fmt: skip
        staff = any(a["sender"] in truth["staff"] for a in true)
        found[bool(true), row["evidence"], staff, row["staff_s"] is not None] += 1
    return found


def _turn(log: list[dict[str, Any]], at: int) -> list[dict[str, Any]]:
    """The lines of the turn of one."""
    first = last = at
    while first and log[first - 1]["sender"] == log[at]["sender"] and log[first]["ts"] - log[first - 1]["ts"] <= 120:
        first -= 1
    while last + 1 < len(log) and log[last + 1]["sender"] == log[at]["sender"] and log[last + 1]["ts"] - log[last]["ts"] <= 120:  # fmt: skip
        last += 1
    return log[first : last + 1]


def share(found: Counter[Any], some: Any, of: Any) -> float:
    """Of what `of` holds, the share of which `some` holds."""
    whole = sum(n for key, n in found.items() if of(*key))
    return sum(n for key, n in found.items() if of(*key) and some(*key)) / whole if whole else 0.0


def main() -> None:
    found: Counter[Any] = Counter()
    for seed in (1, 2, 3):
        with TemporaryDirectory() as folder:
            found += answered(Path(folder), *world(Path(folder), seed=seed, groups=5))
    lines = ["| first response by | questions | truly answered |", "| --- | --: | --: |"]
    for code in (*EVIDENCES, None):
        one = Counter({key: n for key, n in found.items() if key[1] == code})
        lines.append(f"| {code or 'nobody'} | {one.total():,} | {share(one, lambda true, *_: true, lambda *_: True):.2f} |")  # fmt: skip
    told = {
        "said to be answered, of those that were": share(found, lambda true, how, *_: how, lambda true, *_: true),
        "answered, of those said to be": share(found, lambda true, *_: true, lambda true, how, *_: how),
        "said to be answered by staff, of those that were": share(found, lambda t, h, staff, said: said, lambda t, h, staff, said: staff),
        "answered by staff, of those said to be": share(found, lambda t, h, staff, said: staff, lambda t, h, staff, said: said),
    }  # fmt: skip
    lines += ["", "| of questions | share |", "| --- | --: |", *(f"| {name} | {value:.2f} |" for name, value in told.items())]  # fmt: skip
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
