"""Data with labels that `DATA` holds, and what of it was read. None of it is part of the project."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from pathlib import Path

LCCC = ("lccc/toy_train.txt", "lccc/toy_valid.txt", "lccc/toy_data.json")
MCQQ = "mcqq/train.txt"


@dataclass(frozen=True, slots=True)
class Chat:
    """Everyday talk without ads, in parts that share no text."""

    fit: list[str]
    threshold: list[str]
    test: list[str]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Messages of one group, and whether each is an ad."""

    texts: list[str]
    ads: list[bool]


def chat(data: Path) -> Chat:
    """The turns of LCCC: six tenths to fit on, two for the threshold, two to judge on. Which part a text is in, its hash says."""
    turns: dict[str, None] = {}
    for name in LCCC:
        text = (data / name).read_text("utf-8")
        if name.endswith(".json"):
            said = [turn for talks in json.loads(text).values() for talk in talks for turn in talk]
        else:
            said = [turn for line in text.splitlines() for turn in line.split("\t")]
        turns |= dict.fromkeys(turn.replace(" ", "") for turn in said)
    turns.pop("", None)
    parts: list[list[str]] = [[] for _ in range(10)]
    for turn in turns:
        parts[sha256(turn.encode()).digest()[0] % 10].append(turn)
    return Chat(*([*chain.from_iterable(some)] for some in (parts[:6], parts[6:8], parts[8:])))


def labelled(data: Path) -> Labelled:
    """The messages of a group of players: `text==label` a line."""
    rows = [line.rpartition("==") for line in (data / MCQQ).read_text("utf-8").splitlines()]
    rows = [row for row in rows if row[2].strip() in ("0", "1")]
    return Labelled([text for text, _, _ in rows], [label.strip() == "1" for _, _, label in rows])


def hashes(data: Path, names: tuple[str, ...]) -> dict[str, str]:
    """The sha256 of each file, by its name under `data`."""
    return {name: sha256((data / name).read_bytes()).hexdigest() for name in names}
