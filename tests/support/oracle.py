"""The merge once more, slowly: plain Python over lists of tellings, written from decisions 1, 2 and 7 and not from the SQL.

A source is a list of tellings (`support.staged.telling`), as its export has them from top to bottom. `table` says which messages they are:

1.  Who is meant: an id, or the one id that the group's sources show with that name, else the name.
2.  In a source, equal tellings (group, second, sender, class, words; of a notice its event) are numbered: 1, 2, …
3.  Tellings with one native id are one message; but an id that a source tells of two seconds, that is told more than a day apart, or more than a minute
    apart of different texts, is none. An id that a float64 has rounded is the one exact id of its group and instant that rounds to it.
4.  Other tellings of one moment, of equal words and number, are a slot. A moment is group, second, sender and class, and the words where they were typed.
    A slot is the first message of its moment with an id that has its words and that none of its sources tells already; the slots that are left, those
    of the source that tells most (of those, the smallest) first, then by place, or, where all words of the moment are equal, by number: the first message
    that none of their sources tells already, else one of their own.
5.  Messages to the minute are, in the same way, the finer messages of their minute, or stay what they are.
6.  Days count on the days of which the group has nothing finer.
7.  Every field is told by the finest clock, then who was not paired with other words, then the smallest source, then the first in the source; what that leaves out the next one fills in.
    An id goes before a name, words before none, any kind before "other".
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

Telling = Mapping[str, Any]
FINEST_FIRST = ("exact", "local", "minute", "day", "guessed")
FIELDS = ("sender_name", "text", "mention_ids", "from_me", "extra")
COLUMNS = ("group_id", "native_id", "sent_at", "time_quality", "sender_id", "kind", "source", *FIELDS)
_OWN_CLASS = ("text", "system", "recall", "quote", "image", "voice", "video", "sticker", "call", "pat")
_WORDED = ("text", "system", "recall")


@dataclass(frozen=True, slots=True)
class Said:
    """What sources say in the same words: who is meant, which of equal ones, and where."""

    told: Telling
    group: str
    sender: str | None
    number: int
    place: int
    """Among the source's messages of its group and time; where several sources say it, the last."""
    sources: tuple[str, ...]
    """Who say it, the smallest first."""

    @property
    def words(self) -> str:
        """What is written."""
        return unicodedata.normalize("NFC", self.told["text"] or "").replace("\r\n", "\n").strip(" \t\r\n")

    def content(self, time: datetime) -> Hashable:
        """The moment in which it is compared with others."""
        kind = self.told["kind"]
        words = self.words if kind in _WORDED and self.told["text"] is not None else None
        event, targets = self.told.get("event"), self.told.get("target_names")
        if kind == "recall" and event == "recalled":
            words = event
        elif kind == "system" and event not in (None, "other"):
            about = sorted(targets) if targets else [self.told.get("actor_name") or ""]
            words = "\x1e".join([event, *(unicodedata.normalize("NFC", name) for name in about)])
        return self.group, time, self.sender if kind != "pat" else None, kind if kind in _OWN_CLASS else "card", words

    @property
    def exactly(self) -> Hashable:
        """Its second; or its minute, if it knows no better."""
        return self.content(self.told["sent_at"].replace(microsecond=0)), self.told["time_quality"] == "minute"

    @property
    def in_minute(self) -> Hashable:
        """Its minute."""
        return self.content(self.told["sent_at"].replace(second=0, microsecond=0))

    def rank(self, joined: bool) -> tuple[object, ...]:
        """The lowest is believed first."""
        clock, native = FINEST_FIRST.index(self.told["time_quality"]), self.told.get("native_id") or ""
        return clock, joined, self.sources[0], self.place, native


def table(sources: Mapping[str, Sequence[Telling]]) -> Counter[tuple[object, ...]]:
    """The messages, as rows of COLUMNS."""
    said = _without_false_ids(_without_days(_said(sources)))
    message_of, joined = _messages(said)
    together: dict[Hashable, list[tuple[tuple[object, ...], Said]]] = defaultdict(list)
    for number, one in enumerate(said):
        together[message_of[number]].append((one.rank(number in joined), one))
    ranked = {message: [one for _, one in sorted(found, key=lambda one: one[0])] for message, found in together.items()}
    return Counter(_row(message, tellings) for message, tellings in ranked.items())


def rows(messages: Iterable[Mapping[str, Any]]) -> Counter[tuple[object, ...]]:
    """The same of messages that a dataset holds."""
    return Counter(tuple(_plain(row[name]) for name in COLUMNS) for row in messages)


def _messages(said: Sequence[Said]) -> tuple[dict[int, Hashable], set[int]]:
    """Which message each telling is, and the tellings that were paired with other words."""
    exact, message_of, joined = _exact_ids(said), {}, set()
    ids: dict[Hashable, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    slots: dict[Hashable, dict[tuple[str, int], list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, one in enumerate(said):
        if native := one.told.get("native_id"):
            found = exact.get((one.group, one.told["sent_at"].replace(microsecond=0), native), native)
            message_of[number] = (one.group, "id", found)
            ids[one.exactly][found].append(number)
        else:
            slots[one.exactly][_digest(one.words), one.number].append(number)
    for moment, told in slots.items():

        def place(numbers: list[int]) -> list[tuple[Any, int]]:
            return sorted((said[number].told["sent_at"], said[number].place) for number in numbers)

        known = sorted(ids[moment], key=lambda id_: (place(ids[moment][id_])[0], id_))
        words = {said[number].words for numbers in (*told.values(), *ids[moment].values()) for number in numbers}
        left = sorted(told) if len(words) == 1 else sorted(told, key=lambda slot: (place(told[slot])[-1], slot))
        pairs = _paired(
            [_who_and_what(said, ids[moment][id_]) for id_ in known], [_who_and_what(said, told[slot]) for slot in left]
        )
        for slot, (at, other_words) in zip(left, pairs, strict=True):
            for number in told[slot]:
                group = said[number].group
                message_of[number] = (group, "id", known[at]) if at < len(known) else (group, moment, at)
                joined |= {number} if other_words else set()
    _to_finer(said, message_of)
    return message_of, joined


Item = tuple[set[str], set[str]]
"""Words, and sources."""


def _who_and_what(said: Sequence[Said], numbers: Iterable[int]) -> Item:
    return {said[number].words for number in numbers}, {source for number in numbers for source in said[number].sources}


def _digest(words: str) -> str:
    return hashlib.md5(words.encode(), usedforsecurity=False).hexdigest()


def _paired(known: Sequence[Item], told: Sequence[Item]) -> list[tuple[int, bool]]:
    """Which message of the moment each is, and whether it has joined one in spite of its words where there are several."""
    tellers = [set(sources) for _, sources in known]
    found: dict[int, tuple[int, bool]] = {}
    for item, (words, sources) in enumerate(told):
        free = [at for at, who in enumerate(tellers) if known[at][0] & words and not who & sources]
        if free:
            found[item] = (free[0], False)
            tellers[free[0]] |= sources
    counts = Counter(source for _, sources in [*known, *told] for source in sources)
    several = len(known) > 1 or max(counts.values()) > 1
    for item in sorted(
        set(range(len(told))) - set(found), key=lambda item: (min((-counts[s], s) for s in told[item][1]), item)
    ):
        free = [at for at, who in enumerate(tellers) if not who & told[item][1]]
        found[item] = (free[0], several) if free else (len(tellers), False)
        if not free:
            tellers.append(set())
        tellers[found[item][0]] |= told[item][1]
    return [found[item] for item in range(len(told))]


def _to_finer(said: Sequence[Said], message_of: dict[int, Hashable]) -> None:
    """Give messages to the minute the finer messages of it."""
    minutes: dict[Hashable, dict[Hashable, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, one in enumerate(said):
        minutes[one.in_minute][message_of[number]].append(number)
    for messages in minutes.values():
        fine: list[Any] = [
            m for m, them in messages.items() if any(said[n].told["time_quality"] != "minute" for n in them)
        ]
        coarse: list[Any] = [m for m in messages if m not in fine and m[1] != "id"]

        def first(message: Any, messages: Mapping[Any, list[int]] = messages) -> tuple[Any, ...]:
            _, how, number = message
            place = min((said[n].told["sent_at"], said[n].place) for n in messages[message])
            return (*place, how != "id", number)

        fine.sort(key=first)
        coarse.sort(key=lambda message: message[2])
        items = [[_who_and_what(said, messages[message]) for message in some] for some in (fine, coarse)]
        for message, (at, _) in zip(coarse, _paired(*items), strict=True):
            if at < len(fine):
                message_of |= dict.fromkeys(messages[message], fine[at])


def _said(sources: Mapping[str, Sequence[Telling]]) -> list[Said]:
    everything = [told for tellings in sources.values() for told in tellings]
    groups, members = _group_ids(everything), _member_ids(everything)
    united: dict[Hashable, Said] = {}
    for source in sorted(sources):
        numbers: Counter[Hashable] = Counter()
        places: Counter[Hashable] = Counter()
        for told in sources[source]:
            group = told["group_id"] or groups.get(_safe(told["group_name"])) or f"name:{told['group_name']}"
            one = Said(told, group, _sender(told, group, members), 0, places[group, told["sent_at"]], (source,))
            places[group, told["sent_at"]] += 1
            numbers[one.exactly, one.words] += 1
            number = numbers[one.exactly, one.words]
            key = (*((name, _plain(value)) for name, value in sorted(told.items())), number)
            first = united.get(key)
            place = max(one.place, first.place) if first else one.place
            united[key] = Said(told, group, one.sender, number, place, (*(first.sources if first else ()), source))
    return list(united.values())


def _group_ids(tellings: Iterable[Telling]) -> dict[str, str]:
    """Names that one group alone has."""
    found = defaultdict(set)
    for told in tellings:
        if told["group_id"]:
            found[_safe(told["group_name"])].add(told["group_id"])
    return {name: min(ids) for name, ids in found.items() if len(ids) == 1}


def _member_ids(tellings: Sequence[Telling]) -> dict[tuple[str, str], str]:
    """Names that one member alone of a group has."""
    groups, found = _group_ids(tellings), defaultdict(set)
    for told in tellings:
        if told.get("sender_id") and told.get("sender_name"):
            group = told["group_id"] or groups.get(_safe(told["group_name"])) or f"name:{told['group_name']}"
            found[group, _safe(told["sender_name"])].add(told["sender_id"])
    return {name: min(ids) for name, ids in found.items() if len(ids) == 1}


def _sender(told: Telling, group: str, members: Mapping[tuple[str, str], str]) -> str | None:
    name: str | None = told.get("sender_name")
    if told.get("sender_id") or name is None:
        return told.get("sender_id")
    return members.get((group, _safe(name))) or f"name:{name}"


def _without_days(said: list[Said]) -> list[Said]:
    finer = {(one.group, one.told["local_time"].date()) for one in said if one.told["time_quality"] != "day"}
    return [
        one
        for one in said
        if one.told["time_quality"] != "day" or (one.group, one.told["local_time"].date()) not in finer
    ]


def _without_false_ids(said: list[Said]) -> list[Said]:
    together: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for one in said:
        if native := one.told.get("native_id"):
            together[one.group, native].append(one)
    false = {key for key, told in together.items() if _is_false(told)}
    return [
        replace(one, told={**one.told, "native_id": None}) if (one.group, one.told.get("native_id")) in false else one
        for one in said
    ]


def _is_false(told: Sequence[Said]) -> bool:
    times = [one.told["sent_at"] for one in told]
    apart, texts = max(times) - min(times), {one.words for one in told if one.told["kind"] == "text"} - {""}
    seconds = {(source, one.told["sent_at"].replace(microsecond=0)) for one in told for source in one.sources}
    twice = len({source for source, _ in seconds}) < len(seconds)
    return twice or apart > timedelta(days=1) or (apart > timedelta(minutes=1) and len(texts) > 1)


def _exact_ids(said: Iterable[Said]) -> dict[tuple[str, datetime, str], str]:
    """Ids that look as JavaScript prints a float64 → the exact ones."""
    ids = defaultdict(set)
    for one in said:
        if re.fullmatch("[0-9]{17,20}", one.told.get("native_id") or ""):
            ids[one.group, one.told["sent_at"].replace(microsecond=0)].add(one.told["native_id"])
    exact = {}
    for (group, time), together in ids.items():
        for native in together:
            others = [other for other in together if other != native and float(other) == float(native)]
            if rounded(native) == native and len(others) == 1:
                exact[group, time, native] = others[0]
    return exact


def rounded(native: str) -> str:
    """An id as JavaScript prints it: the shortest digits of its float64, then zeros."""
    return str(int(Decimal(repr(float(native)))))


def _row(message: Hashable, ranked: Sequence[Said]) -> tuple[object, ...]:

    def first(values: Iterable[object], last: Callable[[Any], bool] = lambda value: False) -> object:
        """The first that is told; of those that go last, only if no other is."""
        told = [value for value in values if value is not None]
        return min(told, key=last, default=None)

    _, how, id_ = message  # type: ignore[misc]
    fields = {
        "group_id": ranked[0].group,
        "native_id": id_ if how == "id" else None,
        "sent_at": ranked[0].told["sent_at"],
        "time_quality": ranked[0].told["time_quality"],
        "sender_id": first((one.sender for one in ranked), lambda sender: sender.startswith("name:")),
        "kind": first((one.told["kind"] for one in ranked), lambda kind: kind == "other"),
        "source": ranked[0].sources[0],
        **{name: first((one.told.get(name) for one in ranked), lambda value: value == "") for name in FIELDS},
    }
    return tuple(_plain(fields[name]) for name in COLUMNS)


def _plain(value: object) -> Hashable:
    return tuple(value) if isinstance(value, list) else value  # type: ignore[return-value]


def _safe(name: str) -> str:
    return re.sub(r'[\\/:*?"<>|\s.]', "_", unicodedata.normalize("NFC", name.strip()))
