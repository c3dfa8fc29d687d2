"""Who is in which group, and what is going to become of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from qunkit.demo.dice import Dice
from qunkit.demo.model import DAY, Chat, Member, Person, midnight
from qunkit.demo.people import people
from qunkit.demo.talk import TOPICS, Topic, Voice

ROLES = ("lively", "dying", "ad-flooded", "kol-led", "renamed")
"""What is planted, one group each; the other groups are ``ordinary``."""
_SIZES = {"lively": (104, 120), "dying": (48, 56), "ad-flooded": (58, 68), "kol-led": (88, 100), "renamed": (70, 84)}
_DAILY = {"lively": 104.0, "dying": 44.0, "ad-flooded": 26.0, "kol-led": 27.0, "renamed": 46.0}
_KOL_TOPIC = TOPICS[0]


@dataclass(frozen=True, slots=True)
class Frame:
    """What all groups have in common."""

    last: date
    """The last day."""
    weeks: int
    me: Person
    """The exporting account."""
    colleague: Person
    pool: Iterator[Person]
    shared: list[Person]
    """People who turn up in more than one group."""


def frame(dice: Dice, taken: set[str], weeks: int, last: date) -> Frame:
    """The two operators of the fleet and the people to choose from."""
    pool = people(dice.fork("people"), taken)
    me, colleague = (Person(next(pool).id, name) for name in ("小满·群助手", "运营-阿宁"))
    return Frame(last, weeks, me, colleague, pool, [next(pool) for _ in range(24)])


def cast(dice: Dice, common: Frame, groups: int, plain: bool) -> list[Chat]:
    """The groups with their members, still silent."""
    roles = () if plain else ROLES[:groups]
    order = dice.some([*roles, *["ordinary"] * (groups - len(roles))], groups)
    deck = [TOPICS[(3 + i) % len(TOPICS)] for i in range(groups)]
    used: dict[str, int] = {}
    chats = []
    for number, role in enumerate(order):
        topic = _KOL_TOPIC if role == "kol-led" else deck.pop(0)
        turn = used[topic.name] = used.get(topic.name, 0) + 1
        chats.append(_chat(dice.fork("group", number), common, topic, role, _name(topic, turn)))
    return chats


def _name(topic: Topic, turn: int) -> str:
    round_, place = divmod(turn - 1, len(topic.groups))
    return topic.groups[place] + (f"·{round_ + 1}群" if round_ else "")


def _chat(dice: Dice, common: Frame, topic: Topic, role: str, name: str) -> Chat:
    days = common.weeks * 7
    start = midnight(common.last - timedelta(days=days - 1))
    me, colleague = Member(common.me), Member(common.colleague)
    owner, deputy = dice.some((me, colleague), 2)
    owner.role, deputy.role = "owner", "admin"
    quiet = start + DAY * (days - min(max(16, days // 4), days // 2)) if role == "dying" else start + DAY * days
    daily = dice.around(_DAILY.get(role, 26.0), 0.06 if role in _DAILY else 0.25)
    room = dice.token("123456789", 1) + dice.token("0123456789", 10)
    chat = Chat(f"{room}@chatroom", name, topic, role, me, owner, start, days, daily, quiet)
    chat.members = _members(dice, common, topic, _SIZES.get(role, (44, 70)), (owner, deputy))
    return chat


def _members(dice: Dice, common: Frame, topic: Topic, size: tuple[int, int], staff: Sequence[Member]) -> list[Member]:
    """Staff and members. The r-th of them speaks in proportion to 1 / (r + 2)."""
    count = dice.between(*size)
    guests = [Member(person) for person in dice.some(common.shared, 5)]
    crowd = [Member(next(common.pool)) for _ in range(count - len(guests))]
    crowd = dice.some([*crowd, *guests], count)
    places = dice.some(range(6, 16), 2)
    for rank, member in zip(sorted(places), staff, strict=True):
        crowd.insert(rank, member)
    names = {member.person.nickname for member in crowd}
    for rank, member in enumerate(crowd):
        member.weight = 1 / (rank + 2)
        if member not in staff and not member.person.remark and dice.chance(0.35):
            _give_card(dice, member, topic, names)
    return crowd


def _give_card(dice: Dice, member: Member, topic: Topic, names: set[str]) -> None:
    card = Voice(dice, topic.slots).say(dice.pick(topic.cards))
    if card not in names:
        names.add(card)
        member.card = card
