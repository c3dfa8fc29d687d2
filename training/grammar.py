"""Sentence skeletons with slots: read them from files, and compose messages of them.

A file has slots (`@name one|other`) and sections (`== lead`) of skeletons, one a line. In a skeleton (a|b) is one of the two, [a] stands there
or not, {name} is a slot, \\n a line break. What is made with the same random numbers is the same on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

Skeleton = tuple["str | Slot | Choice", ...]
"""Pieces in order: text, slots, choices."""


@dataclass(frozen=True, slots=True)
class Slot:
    """To be filled with what its name says."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    of: tuple[Skeleton, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """What one file says."""

    name: str
    slots: Mapping[str, Skeleton]
    sections: Mapping[str, tuple[Skeleton, ...]]


_SIGN = re.compile(r"[()\[\]|]|\{([\w.]+)\}")


def skeleton(text: str) -> Skeleton:
    """The pieces of a written skeleton."""
    pieces, end = _pieces(text.replace("\\n", "\n"), 0, "")
    if end != len(text.replace("\\n", "\n")):
        raise ValueError(f"a bracket too many: {text}")
    return pieces


def _pieces(text: str, at: int, closing: str) -> tuple[Skeleton, int]:
    """Pieces from `at` to the sign that closes them; "|" between them makes a choice."""
    branches: list[list[str | Slot | Choice]] = [[]]
    while found := _SIGN.search(text, at):
        if found.start() > at:
            branches[-1].append(text[at : found.start()])
        at = found.end()
        sign = found[0]
        if found[1]:
            branches[-1].append(Slot(found[1]))
        elif sign == "|":
            branches.append([])
        elif sign in "([":
            inner, at = _pieces(text, at, ")" if sign == "(" else "]")
            branches[-1].append(Choice((inner, ())) if sign == "[" else Choice((inner,)))
        elif sign == closing:
            return _joined(branches), at
        else:
            raise ValueError(f"a bracket too many: {text}")
    if closing:
        raise ValueError(f"a bracket too few: {text}")
    if at < len(text):
        branches[-1].append(text[at:])
    return _joined(branches), len(text)


def _joined(branches: list[list[str | Slot | Choice]]) -> Skeleton:
    if len(branches) == 1:
        return tuple(branches[0])
    return (Choice(tuple(tuple(branch) for branch in branches)),)


def read(path: Path) -> Family:
    """The slots and sections of a file; a line that starts with "# " is a comment."""
    slots: dict[str, Skeleton] = {}
    sections: dict[str, list[Skeleton]] = {}
    section: list[Skeleton] = []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("# ") or not line:
            continue
        if line.startswith("== "):
            section = sections.setdefault(line[3:], [])
        elif found := re.fullmatch(r"@([a-z]\w*) (.+)", line):
            slots[found[1]] = skeleton(found[2])
        else:
            section.append(skeleton(line))
    return Family(path.stem, slots, {name: tuple(lines) for name, lines in sections.items()})


def fill(
    pieces: Skeleton, slots: Mapping[str, Skeleton], made: Mapping[str, Callable[[Random], str]], dice: Random
) -> str:
    """One text of a skeleton: every choice and every slot drawn anew."""
    out: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            out.append(piece)
        elif isinstance(piece, Choice):
            out.append(fill(piece.of[int(dice.random() * len(piece.of))], slots, made, dice))
        elif piece.name in made:
            out.append(made[piece.name](dice))
        else:
            out.append(fill(slots[piece.name], slots, made, dice))
    return "".join(out)
