"""Tiny invented worlds for the merge: a chat of some seconds, and what exporters of several manners make of cuts of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Any

from support.oracle import rounded
from support.staged import START, telling

PEOPLE = {"w1": "凯文", "w2": "小刘", "w3": "新人:甲"}
WORDS = ("1", "1", "好", "好 ", "+1")
Look = tuple[tuple[int, str, str], str]
"""Minute, member and class; and the words, without what an exporter puts around them."""
SOURCES = tuple(letter * 16 for letter in "abcd")


@dataclass(frozen=True, slots=True)
class Happened:
    """One message of the truth."""

    second: int
    who: str
    kind: str
    text: str | None
    id: str


@dataclass(frozen=True, slots=True)
class Manner:
    """What an exporter does to messages."""

    ids: str = "none"
    """exact, rounded or none"""
    time: str = "exact"
    """exact, minute or day"""
    named: bool = False
    """Senders by name only; the group, too."""
    names: bool = True
    """False: senders by id only."""
    pictures: bool = True
    """False: only what was typed is exported."""
    says_mine: bool = False
    """Whether it says what the owner (w1) sent."""
    cards: str | None = "[链接] {}"
    """How it words a card or a quote; None: not at all."""

    def keeps(self, one: Happened) -> bool:
        """Whether it exports this message."""
        return self.pictures or one.kind == "text"


@dataclass(frozen=True, slots=True)
class World:
    """What happened, and exports of it: from which message, up to which, in what manner."""

    happened: Sequence[Happened]
    exports: Mapping[str, tuple[int, int, Manner]]
    known: bool = True
    """Whether some message says who is called what; if not, a name and an id stay two people where no message id joins them."""

    def sources(self, group: str = "g1") -> dict[str, list[dict[str, Any]]]:
        """What the exports tell; and, if people are known, one message of everybody weeks later."""
        told = {}
        for source, (first, last, manner) in self.exports.items():
            kept = [tell(one, group, manner) for one in self.happened[first:last] if manner.keeps(one)]
            told |= {source: kept} if kept else {}
        return told | {"e" * 16: _everybody(group)} if self.known else told

    def truth(self) -> Counter[Look]:
        """The messages that at least one export holds. A card that none of them words has no words."""
        found: Counter[Look] = Counter()
        for at, one in enumerate(self.happened):
            manners = [how for first, last, how in self.exports.values() if first <= at < last and how.keeps(one)]
            if manners:
                said = one.text if one.kind == "text" or any(how.cards for how in manners) else ""
                found[_look((one.second - 10) // 60, one.who, one.kind, said)] += 1
        return found


def looks(rows: Iterable[Mapping[str, Any]]) -> Counter[Look]:
    """The same of messages of a dataset, but for those that `World.sources` adds."""
    seconds = (((row["sent_at"] - START).total_seconds(), row) for row in rows)
    return Counter(
        _look(int(second - 10) // 60, row["sender_id"], row["kind"], row["text"])
        for second, row in seconds
        if second < 86400
    )


def _look(minute: int, who: str, kind: str, text: str | None) -> Look:
    sort = kind if kind in ("text", "quote", "image") else "card"
    return (minute, who, sort), (text or "").removeprefix("[链接]").strip()


def tell(one: Happened, group: str, manner: Manner) -> dict[str, Any]:
    """A message in an exporter's manner. `support.staged.START` is ten seconds before a minute, a day and a month."""
    unit = {"exact": 1, "minute": 60, "day": 86400}[manner.time]
    second = (one.second - 10) // unit * unit + 10
    text = one.text if one.kind in ("text", "image") else manner.cards and manner.cards.format(one.text)
    columns: dict[str, Any] = {"kind": one.kind, "text": text, "time_quality": manner.time}
    columns |= {"group_id": None if manner.named else group, "group_name": f"群{group}"}
    columns |= {
        "sender_id": None if manner.named else one.who,
        "sender_name": PEOPLE[one.who] if manner.named or manner.names else None,
    }
    if manner.ids != "none":
        columns["native_id"] = one.id if manner.ids == "exact" else rounded(one.id)
    if manner.says_mine:
        columns["from_me"] = one.who == "w1"
    return telling(second, **columns)


def happenings(dice: Random, count: int) -> list[Happened]:
    """A chat in which the same is said again and again: bursts in one second, waves, pauses. No two ids have one float64."""
    gaps = [dice.choice((0, 0, 0, 1, 3, 20, 65)) for _ in range(count)]
    found = []
    for number, second in enumerate(accumulate(gaps)):
        kind = dice.choice(("text", "text", "text", "image", "quote", "link", "link", "other"))
        text = "" if kind == "image" else dice.choice(WORDS)
        native = str(2755705033944784198 + number * 4097)
        found.append(Happened(second, dice.choice(list(PEOPLE)), kind, text, native))
    return found


def manner(dice: Random, *, days: bool) -> Manner:
    """One of them."""
    time = dice.choice(("exact", "exact", "minute", "day") if days else ("exact", "exact", "minute"))
    ids = dice.choice(("none", "none", "exact", "rounded")) if time == "exact" else "none"
    cards = dice.choice(("[链接] {}", "[链接] {}", "{}", "", None))
    return Manner(ids, time, *(dice.random() < share for share in (0.3, 0.8, 0.8, 0.3)), cards)


def world(dice: Random, *, days: bool = True, known: bool = True) -> World:
    """Up to ten messages, and up to four exports of cuts of them."""
    happened = happenings(dice, dice.randrange(1, 11))
    exports = {}
    for source in dice.sample(SOURCES, dice.randrange(1, 5)):
        first, last = sorted(dice.choices(range(len(happened) + 1), k=2))
        exports[source] = (first, last, manner(dice, days=days))
    return World(happened, exports, known)


def worlds(seed: int, count: int) -> Iterator[tuple[str, World]]:
    """Worlds that can live in one dataset: each is a group of its own. In one of three nobody is known."""
    dice = Random(seed)
    for number in range(count):
        yield f"g{number}", world(dice, known=number % 3 > 0)


def together(told: Sequence[Mapping[str, Sequence[dict[str, Any]]]]) -> dict[str, list[dict[str, Any]]]:
    """The sources of several worlds, those of one name as one."""
    names = sorted({source for sources in told for source in sources})
    return {name: [row for sources in told for row in sources.get(name, ())] for name in names}


def _everybody(group: str) -> list[dict[str, Any]]:
    return [
        telling(40 * 86400 + at, group_id=group, group_name=f"群{group}", sender_id=who, sender_name=name, text="在")
        for at, (who, name) in enumerate(PEOPLE.items())
    ]
