"""A group that talks in bursts, exported again and again with cuts at any message: what the merge loses, doubles and says about it.

    python -m torture.merge_world 1000        (in tests/: 1,000 runs of 10,000 messages)

Each run is a group of thirty with stock phrases, waves of "+1" and cards in one second, and six exports of it: "all so far" from a begin that varies, often exactly where the
last one stopped. Each export has seconds or minutes, with or without ids. The table is compared with the truth (what is missing, what is doubled),
with a multiset union in plain Python (but for cards and quotes: `support.oracle` has their rule), and with the table of the same exports taken one by one in another order.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from support.staged import TOLD, commit_tables, messages

SIZE, EXPORTS, PEOPLE = 10_000, 6, 30
REORDERED = 10
"""Of so many runs one is ingested in another order, too."""
_EPOCH = int(datetime(2024, 11, 30, 4, tzinfo=UTC).timestamp())
_STOCK = ("哈哈", "+1", "图片", "好的", "收到", "?", "1")
_KINDS = {"图": "image", "卡": "link", "引": "quote"}
"""Of texts that begin so; the others are typed."""
Said = tuple[int, int, str]
"""Second, member, text."""


@dataclass(frozen=True, slots=True)
class Export:
    """Messages from `first` to before `last`."""

    first: int
    last: int
    minutes: bool
    ids: bool


@dataclass(slots=True)
class Found:
    """Of all runs."""

    runs: int = 0
    messages: int = 0
    tellings: int = 0
    lost: int = 0
    phantom: int = 0
    bound: int = 0
    violations: list[int] = field(default_factory=list)
    """Seeds where more is missing than is said, or anything is doubled."""
    unlike_oracle: list[int] = field(default_factory=list)
    unordered: list[int] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """As a line of a report."""
        per = max(self.messages, 1) / 1e6
        rates = {
            "lost_ppm": round(self.lost / per, 2),
            "phantom_ppm": round(self.phantom / per, 2),
            "bound_ppm": round(self.bound / per, 2),
        }
        return {name: getattr(self, name) for name in self.__slots__} | rates


def run(seeds: Iterable[int], size: int = SIZE, folder: Path | None = None) -> dict[str, Any]:
    """One run a seed; what all of them found."""
    found = Found()
    for seed in seeds:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            _run(Random(seed), seed, size, Path(place), found)
    return found.told()


def _run(dice: Random, seed: int, size: int, folder: Path, found: Found) -> None:
    chat = list(_chat(dice, size))
    exports = {f"{dice.getrandbits(64):016x}": export for export in _exports(dice, size)}
    platform = dice.choice(("wechat", "qq"))
    tables = {source: _table(chat, export, platform) for source, export in exports.items()}
    bound = commit_tables(folder / "one", tables).seams.ambiguous
    rows, fingerprint = messages(folder / "one")
    table = Counter(_minute(int(row["sent_at"].timestamp()) - _EPOCH, row["sender_id"], row["text"]) for row in rows)
    covered = {place for export in exports.values() for place in range(export.first, export.last)}
    truth = Counter(_minute(second, f"w{who}", text) for second, who, text in (chat[place] for place in covered))
    lost, phantom = (truth - table).total(), (_wordless(table) - _wordless(truth)).total()
    found.runs += 1
    found.messages += len(chat)
    found.tellings += sum(export.last - export.first for export in exports.values())
    found.lost, found.phantom, found.bound = found.lost + lost, found.phantom + phantom, found.bound + bound
    if lost > bound or phantom:
        found.violations.append(seed)
    if _typed(table) != _typed(_union(chat, exports)):
        found.unlike_oracle.append(seed)
    if seed % REORDERED == 0 and not _same_one_by_one(dice, tables, folder / "other", (rows, fingerprint)):
        found.unordered.append(seed)


def _chat(dice: Random, size: int) -> Iterator[Said]:
    """Bursts with pauses of an hour or two between; one message in five says what everybody says, and some start a wave."""
    second, told = 0, 0
    while told < size:
        second += int(dice.expovariate(1 / 7000))
        for _ in range(1 + int(dice.expovariate(1 / 8))):
            second += int(dice.expovariate(1 / 12))
            who = dice.randrange(PEOPLE)
            text = dice.choice(_STOCK) if dice.random() < 0.2 else f"第{told}条"
            cards = dice.choice("卡引") if dice.random() < 0.05 else None
            wave = dice.randrange(2, 6) if cards or dice.random() < 0.03 else 0
            for number in range(1 + wave):
                if told == size:
                    return
                second += dice.randrange(2 if cards else 6) if number else 0
                said = f"{cards}{dice.randrange(3)}" if cards else text
                yield second, who if cards or not number or dice.random() < 0.4 else dice.randrange(PEOPLE), said
                told += 1


def _exports(dice: Random, size: int) -> Iterator[Export]:
    """As people do it: up to now, from somewhere before the last one's end; three in ten times exactly from there."""
    manners = [(dice.random() < 0.4, dice.random() < 0.3) for _ in range(EXPORTS)]
    if dice.random() < 0.3:
        manners = [manners[0]] * EXPORTS
    before = 0
    for (minutes, ids), last in zip(
        manners, [*sorted(dice.sample(range(size // 10, size), EXPORTS - 1)), size], strict=True
    ):
        back = max(0, before - int(dice.expovariate(20 / size)))
        first = dice.choices((before, 0, back), weights=(30, 15, 55))[0]
        yield Export(first, last, minutes, ids and not minutes)
        before = last


def _table(chat: list[Said], export: Export, platform: str) -> pa.Table:
    """The export's tellings."""
    said = chat[export.first : export.last]
    unit = 60 if export.minutes else 1
    times = pa.array([(_EPOCH + second) // unit * unit * 1000 for second, _, _ in said], pa.int64())
    local = pc.add(times, 8 * 3_600_000).cast(pa.timestamp("ms"))
    count = len(said)
    columns = {
        "platform": [platform] * count,
        "group_id": ["g1"] * count,
        "group_name": ["徒步"] * count,
        "native_id": [str(2755705033944784198 + 4097 * number) for number in range(export.first, export.last)]
        if export.ids
        else [None] * count,
        "sent_at": times.cast(pa.timestamp("ms", "UTC")),
        "local_time": local,
        "time_quality": ["minute" if export.minutes else "exact"] * count,
        "sender_id": [f"w{who}" for _, who, _ in said],
        "kind": [_KINDS.get(text[:1], "text") for _, _, text in said],
        "text": [text for _, _, text in said],
    }
    return pa.table([columns.get(name, pa.nulls(count)) for name in TOLD.names], names=TOLD.names).cast(TOLD)


def _minute(second: int, who: str, text: str) -> tuple[int, str, str]:
    return (_EPOCH + second) // 60, who, text


def _typed(table: Counter[tuple[int, str, str]]) -> Counter[tuple[int, str, str]]:
    return Counter({one: count for one, count in table.items() if not one[2].startswith(("卡", "引"))})


def _wordless(table: Counter[tuple[int, str, str]]) -> Counter[tuple[int, str, str]]:
    """Cards and quotes by their class: where exports are cut, one may bear another's words, but none is there twice."""
    found: Counter[tuple[int, str, str]] = Counter()
    for (minute, who, text), count in table.items():
        found[minute, who, text[:1] if text.startswith(("卡", "引")) else text] += count
    return found


def _union(chat: list[Said], exports: Mapping[str, Export]) -> Counter[tuple[int, str, str]]:
    """How many equal messages every minute has: per second the most ids or the most of an export without; per minute the most of one to the minute."""
    ids: dict[Said, set[int]] = defaultdict(set)
    fine: Counter[Said] = Counter()
    coarse: Counter[tuple[int, str, str]] = Counter()
    for export in exports.values():
        places = range(export.first, export.last)
        if export.minutes:
            coarse |= Counter(_minute(chat[at][0], f"w{chat[at][1]}", chat[at][2]) for at in places)
        elif export.ids:
            for at in places:
                ids[chat[at]].add(at)
        else:
            fine |= Counter(chat[at] for at in places)
    fine |= Counter({said: len(known) for said, known in ids.items()})
    minutes: Counter[tuple[int, str, str]] = Counter()
    for (second, who, text), count in fine.items():
        minutes[_minute(second, f"w{who}", text)] += count
    return minutes | coarse


def _same_one_by_one(dice: Random, tables: Mapping[str, pa.Table], dataset: Path, wanted: object) -> bool:
    order = dice.sample(list(tables), len(tables))
    for source in [*order, order[0]]:
        commit_tables(dataset, {source: tables[source]})
    return bool(messages(dataset) == wanted)


if __name__ == "__main__":
    print(json.dumps(run(range(int(sys.argv[1]))), ensure_ascii=False))
