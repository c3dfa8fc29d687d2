"""Advertisers: they come in by QR code, post, and are seldom thrown out; one of them works several groups at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qunkit.demo import notices
from qunkit.demo.conversation import Conversation
from qunkit.demo.dice import Dice
from qunkit.demo.model import DAY, Chat, Member, Message, Person
from qunkit.demo.phrases import ads
from qunkit.demo.rhythm import Crowd
from qunkit.demo.talk import Voice, lines

Outsiders = Iterator[tuple[Person, tuple[str, ...]]]
"""Advertisers, each with the texts of its trade."""
_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CARDS, _GRUMBLES = lines(ads.CARDS), lines(ads.GRUMBLES)
_REMOVED = 0.25
_HOURS = (7, 23)


def flood(chat: Chat, dice: Dice, talk: Conversation, outsiders: Outsiders) -> None:
    """Every week brings more advertisers than the one before (at most twenty); one in four is removed."""
    careless = next(member for member in chat.members[12:] if member.role == "member")
    for week in range(chat.weeks):
        for _ in range(4 + 2 * min(week, 8)):
            day = week * 7 + dice.between(0, 6)
            at = chat.start + day * DAY + dice.between(_HOURS[0] * 3600, _HOURS[1] * 3600)
            sharer = careless if dice.chance(0.4) else Crowd(dice, chat, day).one()
            person, texts = next(outsiders)
            who = Member(person, since=at)
            _enter(chat, at, who, sharer)
            _work(chat, dice, talk, who, dice.some(texts, 2))


def _work(chat: Chat, dice: Dice, talk: Conversation, who: Member, phrases: Sequence[str]) -> None:
    """What becomes of one advertiser: a run of ads, and removal, or more runs on the days after."""
    at = _post(chat, dice, who.since + dice.between(40, 1500), who, phrases, dice.between(3, 7))
    if dice.chance(0.35):
        at = _grumble(chat, dice, talk, at)
    if dice.chance(_REMOVED):
        notices.removed(chat, at + dice.between(60, 5400), chat.owner, who)
        return
    for _ in range(dice.between(0, 3)):
        at = _post(chat, dice, at + dice.between(20, 60) * 3600, who, phrases, dice.between(2, 5))


def across(chats: Sequence[Chat], dice: Dice, outsider: tuple[Person, Sequence[str]]) -> None:
    """One advertiser posts the same text in several groups within minutes, late in the last week; most throw it out."""
    person, texts = outsider
    at = chats[0].end - 3 * DAY + 20 * 3600
    text = _copy(dice, dice.pick(texts))
    for number, chat in enumerate(chats):
        who = Member(person, since=at)
        sharer = Crowd(dice, chat, (at - chat.start) // DAY).one()
        _enter(chat, at - dice.between(600, 3000), who, sharer)
        for _ in range(2):
            at += dice.between(15, 70)
            _ad(chat, at, who, "text", text)
        if number:
            notices.removed(chat, at + dice.between(120, 2400), chat.owner, who)


def _enter(chat: Chat, at: int, who: Member, sharer: Member) -> None:
    notices.joined_by_code(chat, at, who, sharer)
    chat.members.append(who)
    chat.facts.ad_senders.append(who)


def _post(chat: Chat, dice: Dice, at: int, who: Member, phrases: Sequence[str], count: int) -> int:
    """A run of ads; returns the time of the last one. Nobody advertises after midnight."""
    if not _HOURS[0] * 3600 <= (at - chat.start) % DAY < _HOURS[1] * 3600:
        at += 10 * 3600
    for _ in range(count):
        at += dice.between(8, 150)
        if dice.chance(0.1):
            card = _ad(chat, at, who, "miniprogram", _copy(dice, dice.pick(_CARDS)))
            card.note = {"by": "拼购", "url": f"https://mini.example.invalid/{dice.token(_LETTERS, 8)}"}
        elif dice.chance(0.12):
            picture = _ad(chat, at, who, "image", "")
            picture.note = {"md5": dice.token("0123456789abcdef", 32), "length": "48211"}
        else:
            _ad(chat, at, who, "text", _copy(dice, dice.pick(phrases)))
    return at


def _ad(chat: Chat, at: int, who: Member, kind: str, text: str) -> Message:
    message = chat.say(at, who, kind, text)
    chat.facts.ads.append(message)
    return message


def _copy(dice: Dice, phrase: str) -> str:
    slots = {
        "good": tuple(ads.GOODS.split()),
        "price": ("9.9", "5.9", "1.9", "12.8", "19.9"),
        "was": ("39.9", "59", "69.9", "89", "128"),
        "code": (dice.token(_LETTERS, 11),),
        "url": (f"https://s.example.invalid/{dice.token(_LETTERS, 5)}",),
        "id": (
            f"{dice.pick(('vip', 'hao', 'fuli', 'kf', 'xiao'))}_{dice.token(_LETTERS[:23], 3)}{dice.between(10, 999)}",
        ),
    }
    return Voice(dice, slots).say(phrase)


def _grumble(chat: Chat, dice: Dice, talk: Conversation, at: int) -> int:
    last = chat.messages[-1]
    day = min(chat.days - 1, (at - chat.start) // DAY)
    for member in Crowd(dice, chat, day).several(dice.between(1, 3)):
        at += dice.between(20, 240)
        talk.text(at, member, Voice(dice, {}).say(dice.pick(_GRUMBLES)), last)
    return at
