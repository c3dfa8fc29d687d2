"""Annotated channels that `DATA` holds (Kummerfeld et al., ACL 2019; CC-BY-4.0): who answered what. None of it is part of the project.

A message is a line ``[hh:mm] <nick> text``; all other lines (who came, who left) answer nothing, and are no part of the chat. A name at the start of a message addresses who has it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qunkit.methods.evidence import Lines
from qunkit.methods.turns import Turns, turns

Ints = NDArray[np.int64]
Edges = set[tuple[int, int]]
"""Lines of a file: what is answered and what answers it; a line that starts a thread stands twice."""

PARTS = {"train": 1000, "dev": 1000, "channel-two": 0}
"""Folders, and the line from which their files are annotated."""
_MESSAGE = re.compile(r"\[(\d\d):(\d\d)\] <([^>]+)> ?(.*)")
_RENAMED = re.compile(r"=== (\S+) is now known as (\S+)")
_NAME = re.compile(r"@?([^\s:,;>]{3,})(?:\s?[:,;>]|\s|$)")
_ASKS = re.compile(r"[?？]\s*$")


@dataclass(frozen=True)
class Document:
    """One file. Its messages are the lines of a chat, by number."""

    name: str
    place: Ints
    """Of each message, its line in the file."""
    who: Ints
    at: NDArray[np.float64]
    """Seconds."""
    named: tuple[tuple[int, int], ...]
    """Messages that begin with a name, and who has it."""
    text: tuple[str, ...]
    """Without that name."""
    start: int
    """The line from which it is annotated."""
    size: int
    """How many lines there are."""
    gold: Edges

    @cached_property
    def turns(self) -> Turns:
        return turns(self.who, self.at)

    @cached_property
    def lines(self) -> Lines:
        """Who is named; nobody quotes here."""
        naming = np.array(self.named, np.int64).reshape(-1, 2)
        return Lines(np.full(len(self.who), -1), naming[:, 0], naming[:, 1])

    @cached_property
    def links(self) -> Edges:
        """Of the truth, what is of messages, by their numbers."""
        number = {line: message for message, line in enumerate(self.place.tolist())}
        return {(number[to], number[by]) for to, by in self.gold if to in number and by in number}

    @cached_property
    def asks(self) -> NDArray[np.bool_]:
        return np.array([bool(_ASKS.search(text)) for text in self.text])

    @property
    def annotated(self) -> Ints:
        """Messages within the range that is annotated."""
        found: Ints = np.flatnonzero(self.place >= self.start)
        return found

    @property
    def others(self) -> Edges:
        """Lines of that range that are no messages: they answer nothing."""
        return {(line, line) for line in range(self.start, self.size)} - {(line, line) for line in self.place.tolist()}

    def edges(self, parents: Iterable[int]) -> Edges:
        """What `parents` of the annotated messages say (-1: it starts a thread), as lines of the file."""
        told = zip(self.annotated.tolist(), parents, strict=True)
        return self.others | {
            (int(self.place[parent if parent >= 0 else one]), int(self.place[one])) for one, parent in told
        }

    def answered(self, edges: Edges) -> Counter[int]:
        """How many messages by others answer everybody."""
        sender = dict(zip(self.place.tolist(), self.who.tolist(), strict=True))
        return Counter(
            sender[to] for to, by in edges if sender.get(to, -1) != sender.get(by, -1) and to in sender and by in sender
        )

    def anonymous(self) -> Document:
        """The same, had nobody begun with a name."""
        return Document(self.name, self.place, self.who, self.at, (), self.text, self.start, self.size, self.gold)


def read(data: Path, part: str) -> list[Document]:
    """The files of a part, by name."""
    return [_read(file, PARTS[part]) for file in sorted((data / "irc" / part).glob("*.ascii.txt"))]


def names(data: Path, part: str) -> tuple[str, ...]:
    """The files of a part, below `data`."""
    return tuple(str(file.relative_to(data)) for file in sorted((data / "irc" / part).glob("*.txt")))


def f1(found: Iterable[Edges], gold: Iterable[Edges]) -> float:
    """Of links, and of starts: twice what both have over all that either has, in all files together."""
    pairs = list(zip(found, gold, strict=True))
    both = sum(len(mine & theirs) for mine, theirs in pairs)
    return 2 * both / sum(len(mine) + len(theirs) for mine, theirs in pairs)


def _read(file: Path, start: int) -> Document:
    lines = file.read_text("latin-1").split("\n")[:-1]
    said = [(line, found) for line, text in enumerate(lines) if (found := _MESSAGE.fullmatch(text))]
    ids = _people(lines, [found[3] for _, found in said])
    who = [ids[found[3]] for _, found in said]
    known = {nick.lower(): one for nick, one in ids.items()}
    named, texts = [], []
    for number, (_, found) in enumerate(said):
        text, name = found[4], _NAME.match(found[4])
        to = known.get(name[1].lower(), -1) if name else -1
        if name and to >= 0 and to != who[number]:
            named.append((number, to))
            text = text[name.end() :].strip()
        texts.append(text)
    return Document(
        file.name.removesuffix(".ascii.txt"),
        np.array([line for line, _ in said]),
        np.array(who),
        np.array([*_seconds((int(found[1]), int(found[2])) for _, found in said)]),
        tuple(named),
        tuple(texts),
        start,
        len(lines),
        {*_gold(file.with_name(file.name.replace(".ascii.", ".annotation.")), start)},
    )


def _gold(file: Path, start: int) -> Iterator[tuple[int, int]]:
    for line in file.read_text("ascii").splitlines():
        if line.strip():
            first, second = sorted(int(number) for number in line.split()[:2])
            if second >= start:
                yield first, second


def _people(lines: list[str], nicks: list[str]) -> dict[str, int]:
    """A number for every nick; who takes another one keeps it."""
    same: dict[str, str] = {}

    def first(nick: str) -> str:
        while nick in same:
            nick = same[nick]
        return nick

    for line in lines:
        if (found := _RENAMED.match(line)) and first(found[1]) != first(found[2]):
            same[first(found[2])] = first(found[1])
    numbers: dict[str, int] = defaultdict(lambda: len(numbers))
    return {nick: numbers[first(nick)] for nick in nicks}


def _seconds(clock: Iterable[tuple[int, int]]) -> Iterator[float]:
    """Minutes of a day that go on after midnight."""
    last = day = 0
    for hours, minutes in clock:
        now = hours * 60 + minutes
        day += now < last - 720
        last = now
        yield 60.0 * (1440 * day + now)
