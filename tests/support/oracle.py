"""The merge once more, slowly: plain Python over lists of tellings, written from decisions 1, 2 and 7 and not from the SQL.

A source is a list of tellings (`support.staged.telling`), as its export has them from top to bottom. `table` says which messages they are:

1.  Who is meant: an id, or the one id that the group's sources show with that name, else the name.
2.  In a source, equal tellings (group, second, sender, class, words; of a notice its event) are numbered: 1, 2, …
3.  Tellings with one native id are one message. An id that a float64 has rounded is the one exact id of its group and instant that rounds to it.
4.  The n-th telling without an id is the n-th message with an id of the same content, else the n-th without.
5.  The n-th telling to the minute is the n-th finer message of its minute, else as in 4.
6.  Days count on the days of which the group has nothing finer.
7.  Every field is told by the finest clock, then the smallest source, then the first in the source; what that leaves out the next one fills in.
    An id goes before a name, words before none, any kind before "other".
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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
    source: str
    """The smallest of those that say it."""

    def content(self, time: datetime) -> Hashable:
        """By what it is compared with others."""
        kind, text = self.told["kind"], self.told["text"]
        words = None
        if kind in _WORDED and text is not None:
            words = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip(" \t\r\n")
        event, targets = self.told.get("event"), self.told.get("target_names")
        if kind == "recall" and event == "recalled":
            words = event
        elif kind == "system" and event not in (None, "other"):
            about = sorted(targets) if targets else [self.told.get("actor_name") or ""]
            words = "\x1e".join([event, *(unicodedata.normalize("NFC", name) for name in about)])
        return self.group, time, self.sender if kind != "pat" else None, kind if kind in _OWN_CLASS else "card", words

    @property
    def exactly(self) -> Hashable:
        """Content at its time."""
        return self.content(self.told["sent_at"].replace(microsecond=0))

    @property
    def in_minute(self) -> Hashable:
        """Content in its minute."""
        return self.content(self.told["sent_at"].replace(second=0, microsecond=0))

    @property
    def rank(self) -> tuple[object, ...]:
        """The lowest is believed first."""
        return FINEST_FIRST.index(self.told["time_quality"]), self.source, self.place, self.told.get("native_id") or ""


def table(sources: Mapping[str, Sequence[Telling]]) -> Counter[tuple[object, ...]]:
    """The messages, as rows of COLUMNS."""
    return Counter(_row(message, tellings) for message, tellings in _messages(sources).items())


def rows(messages: Iterable[Mapping[str, Any]]) -> Counter[tuple[object, ...]]:
    """The same of messages that a dataset holds."""
    return Counter(tuple(_plain(row[name]) for name in COLUMNS) for row in messages)


def _messages(sources: Mapping[str, Sequence[Telling]]) -> dict[Hashable, list[Said]]:
    said = _without_days(_said(sources))
    message_of: dict[int, Hashable] = {}
    exact = _exact_ids(said)
    ids: dict[Hashable, dict[str, tuple[Any, int]]] = defaultdict(dict)
    for number, one in enumerate(said):
        if native := one.told.get("native_id"):
            found = exact.get((one.group, one.told["sent_at"].replace(microsecond=0), native), native)
            message_of[number] = (one.group, "id", found)
            known, first = ids[one.exactly], (one.told["sent_at"], one.place)
            known[found] = min(known.get(found, first), first)
    for number, one in enumerate(said):
        if number not in message_of:
            order = sorted(ids[one.exactly], key=lambda id_: (ids[one.exactly][id_], id_))
            own = (one.group, one.exactly, one.number)
            message_of[number] = (one.group, "id", order[one.number - 1]) if one.number <= len(order) else own
    _to_finer(said, message_of)
    messages = defaultdict(list)
    for number, one in enumerate(said):
        messages[message_of[number]].append(one)
    return messages


def _to_finer(said: Sequence[Said], message_of: dict[int, Hashable]) -> None:
    """Give tellings to the minute the finer messages of it."""
    finer: dict[Hashable, dict[Hashable, tuple[Any, ...]]] = defaultdict(dict)
    for number, one in enumerate(said):
        if one.told["time_quality"] != "minute":
            first = (one.told["sent_at"], one.place)
            known = finer[one.in_minute]
            known[message_of[number]] = min(known.get(message_of[number], first), first)
    for number, one in enumerate(said):
        if one.told["time_quality"] == "minute" and not one.told.get("native_id"):
            known = finer[one.in_minute]
            order = sorted(known, key=lambda message: (known[message], str(message)))
            if one.number <= len(order):
                message_of[number] = order[one.number - 1]


def _said(sources: Mapping[str, Sequence[Telling]]) -> list[Said]:
    everything = [told for tellings in sources.values() for told in tellings]
    groups, members = _group_ids(everything), _member_ids(everything)
    united: dict[Hashable, Said] = {}
    for source in sorted(sources):
        numbers: Counter[Hashable] = Counter()
        places: Counter[Hashable] = Counter()
        for told in sources[source]:
            group = told["group_id"] or groups.get(_safe(told["group_name"])) or f"name:{told['group_name']}"
            one = Said(told, group, _sender(told, group, members), 0, places[group, told["sent_at"]], source)
            places[group, told["sent_at"]] += 1
            numbers[one.exactly] += 1
            key = (*((name, _plain(value)) for name, value in sorted(told.items())), numbers[one.exactly])
            first = united.get(key)
            place = max(one.place, first.place) if first else one.place
            smallest = first.source if first else source
            united[key] = Said(told, group, one.sender, numbers[one.exactly], place, smallest)
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


def _row(message: Hashable, tellings: Sequence[Said]) -> tuple[object, ...]:
    ranked = sorted(tellings, key=lambda one: one.rank)

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
        "source": ranked[0].source,
        **{name: first((one.told.get(name) for one in ranked), lambda value: value == "") for name in FIELDS},
    }
    return tuple(_plain(fields[name]) for name in COLUMNS)


def _plain(value: object) -> Hashable:
    return tuple(value) if isinstance(value, list) else value  # type: ignore[return-value]


def _safe(name: str) -> str:
    return re.sub(r'[\\/:*?"<>|\s.]', "_", unicodedata.normalize("NFC", name.strip()))
