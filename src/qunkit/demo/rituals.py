"""What happens in every group: announcements, red packets, pats, and messages taken back."""

from __future__ import annotations

from qunkit.demo import notices
from qunkit.demo.conversation import AT, Conversation
from qunkit.demo.dice import Dice
from qunkit.demo.model import DAY, Chat, Message
from qunkit.demo.phrases import everyday
from qunkit.demo.rhythm import Crowd
from qunkit.demo.talk import Voice, lines

_ROGER, _THANKS, _NICE = lines(everyday.ROGER), lines(everyday.THANKS), lines(everyday.NICE)
_CALLS = lines(everyday.CALLS)
_RECALLED = 0.006


def announcements(chat: Chat, dice: Dice, talk: Conversation) -> None:
    """The owner posts an announcement a week, sometimes an @所有人 after it, and a few say that they have seen it."""
    for week in range(chat.weeks):
        day = week * 7 + dice.pick((0, 0, 3))
        at = chat.start + day * DAY + 9 * 3600 + dice.between(0, 5400)
        text = Voice(dice, chat.topic.slots).say(dice.pick(chat.topic.notices))
        post = chat.say(at, chat.owner, "announcement", text)
        if dice.chance(0.4):
            at += dice.between(10, 60)
            call = talk.text(at, chat.owner, f"@所有人{AT}{Voice(dice, {}).say(dice.pick(_CALLS))}")
            call.note = {"all": "1"}
        for member in Crowd(dice, chat, day).several(dice.between(2, 7), chat.owner):
            at += dice.between(15, 300)
            talk.text(at, member, dice.pick(_ROGER), post)


def red_packets(chat: Chat, dice: Dice, talk: Conversation) -> None:
    """One or two a week, with thanks."""
    for week in range(chat.weeks):
        for _ in range(dice.between(0, 2)):
            day = week * 7 + dice.between(0, 6)
            at = chat.start + day * DAY + talk.clock.moment()
            _red_packet(chat, dice, talk, at, Crowd(dice, chat, day))


def _red_packet(chat: Chat, dice: Dice, talk: Conversation, at: int, crowd: Crowd) -> None:
    giver = chat.owner if dice.chance(0.3) else crowd.one()
    packet = chat.say(at, giver, "red_packet", dice.pick(everyday.BLESSINGS.split()))
    if giver is not chat.me and dice.chance(0.4):
        notices.took_packet(chat, at + dice.between(2, 20), chat.me, giver)
    for member in crowd.several(dice.between(2, 6), giver):
        at += dice.between(3, 40)
        if giver is chat.me:
            notices.took_packet(chat, at, member, giver)
        if dice.chance(0.6):
            talk.text(at + 2, member, Voice(dice, {}).say(dice.pick(_THANKS)), packet)


def pats(chat: Chat, dice: Dice, talk: Conversation) -> None:
    """One in two hundred and fifty lines or so."""
    for day in range(chat.days):
        if not dice.chance(chat.daily / 250):
            continue
        crowd = Crowd(dice, chat, day)
        by = crowd.one()
        where = dice.pick(_NICE) if dice.chance(0.5) else ""
        notices.pat(chat, dice, chat.start + day * DAY + talk.clock.moment(), by, crowd.one(by, chat.me), where)


def recalls(chat: Chat, dice: Dice) -> None:
    """Some texts that nobody responded to are taken back: only the notice stays."""
    kept: set[Message | None] = {m for message in chat.messages for m in (message.reply_to, message.answers)}
    kept.update(chat.facts.ads)
    for message in chat.messages:
        if message.kind == "text" and message not in kept and dice.chance(_RECALLED):
            notices.recall(chat, message)
