"""What is planted in the membership: people who fall silent, people who come in, and a group that is renamed."""

from __future__ import annotations

from collections.abc import Iterator

from qunkit.demo import notices
from qunkit.demo.conversation import Conversation
from qunkit.demo.dice import Dice
from qunkit.demo.model import DAY, Chat, Member, Person
from qunkit.demo.phrases import everyday
from qunkit.demo.rhythm import Crowd
from qunkit.demo.talk import Voice, lines, words

_HELLO, _WELCOME = lines(everyday.HELLO), lines(everyday.WELCOME)
_REGULARS = (2, 9)
"""Ranks among the speakers from which leavers are taken: talkative enough to be missed."""


def leavers(chat: Chat, dice: Dice) -> None:
    """Some regulars stop for good, 50 to 72 % through, without a word."""
    if chat.role == "dying":
        return
    regulars = [m for m in chat.members[_REGULARS[0] : _REGULARS[1]] if m.role == "member"]
    for member in dice.some(regulars, 3 if chat.role == "lively" else 2):
        last_day = chat.days * dice.between(50, 72) // 100
        member.until = chat.start + DAY * last_day
        chat.facts.leavers.append(member)


def newcomers(chat: Chat, dice: Dice, talk: Conversation, pool: Iterator[Person]) -> None:
    """One to three people a week come in, by invitation or QR code, and are welcomed."""
    for week in range(chat.weeks):
        for _ in range(dice.between(0, 2) + (chat.role == "lively")):
            _arrival(chat, dice, talk, week, pool)


def _arrival(chat: Chat, dice: Dice, talk: Conversation, week: int, pool: Iterator[Person]) -> None:
    day = week * 7 + dice.between(0, 6)
    at = chat.start + day * DAY + talk.clock.moment()
    crowd = Crowd(dice, chat, day)
    host = crowd.one()
    guests = [Member(next(pool), weight=1 / dice.between(20, 45), since=at) for _ in range(dice.pick((1, 1, 1, 2, 3)))]
    if dice.chance(0.35):
        guests = guests[:1]
        notices.joined_by_code(chat, at, guests[0], host)
    else:
        notices.invited(chat, dice, at, host, guests)
    chat.members.extend(guests)
    _greet(dice, talk, at, guests[0], crowd)


def _greet(dice: Dice, talk: Conversation, at: int, guest: Member, crowd: Crowd) -> None:
    welcomed = None
    for member in crowd.several(dice.between(0, 3)):
        at += dice.between(10, 200)
        welcomed = talk.text(at, member, Voice(dice, {}).say(dice.pick(_WELCOME)))
    if dice.chance(0.6):
        hello = Voice(dice, words({})).say(dice.pick(_HELLO))
        talk.text(at + dice.between(20, 600), guest, hello, welcomed)


def rename(chat: Chat, dice: Dice) -> None:
    """The owner gives the group another name, three quarters through."""
    day = chat.days * 3 // 4
    name = chat.name + dice.pick(("·总群", "（官方）", "·2.0"))
    notices.renamed(chat, chat.start + day * DAY + 10 * 3600 + dice.between(0, 3599), chat.owner, name)
