"""People who make others answer: a 团长 with offers, and 接龙 lists that everybody sends on."""

from __future__ import annotations

from collections.abc import Sequence

from qunkit.demo.conversation import Conversation
from qunkit.demo.dice import Dice
from qunkit.demo.model import DAY, Chat, Member, Message
from qunkit.demo.phrases import promo
from qunkit.demo.rhythm import Crowd
from qunkit.demo.talk import Voice, lines, words

_SLOTS = words(promo.SLOTS)
_POSTS, _BUYS = lines(promo.POSTS), lines(promo.BUYS)
_ASKS, _ANSWERS = lines(promo.ASKS), lines(promo.ANSWERS)
_KOL_NAMES = ("小曼🍓", "阿珍", "笑笑姐", "禾苗妈", "老K")
_SLOT_HOURS = ((10, 11), (12, 13), (20, 21))


def lead(chat: Chat, dice: Dice, talk: Conversation) -> None:
    """One member, the 团长, makes an offer almost every day; each sets off a burst of orders and questions."""
    kol = chat.members[1]
    kol.card, kol.role, kol.weight = "团长·" + dice.pick(_KOL_NAMES), "admin", 1 / 25
    chat.facts.kol = kol
    for day in range(chat.days):
        crowd = Crowd(dice, chat, day)
        for first, last in dice.some(_SLOT_HOURS, dice.pick((0, 1, 1, 1, 2))):
            at = chat.start + day * DAY + dice.between(first * 3600, last * 3600)
            _offer(chat, dice, talk, at, kol, crowd)


def _offer(chat: Chat, dice: Dice, talk: Conversation, at: int, kol: Member, crowd: Crowd) -> None:
    voice = Voice(dice, _SLOTS)
    for _ in range(dice.between(1, 3)):
        talk.picture(at, kol)
        at += dice.between(2, 6)
    post = talk.text(at, kol, voice.say(dice.pick(_POSTS)))
    chat.facts.kol_posts.append(post)
    at = _burst(dice, talk, post, kol, crowd.several(dice.between(9, 22), kol))
    if dice.chance(0.5):
        head = voice.say("{item} ¥{price}/份⏎{when}到，{spot}自提，{cut}截单")
        buyers = crowd.several(dice.between(7, 18), kol)
        relay(chat, dice, at + dice.between(60, 300), kol, head, "{1|1|1|2|2|3}份", buyers)


def _burst(dice: Dice, talk: Conversation, post: Message, kol: Member, buyers: Sequence[Member]) -> int:
    """Orders and questions, dense at first; returns the time of the last line."""
    at = post.ts
    for number, buyer in enumerate(buyers):
        at += dice.between(3, 25 + 6 * number)
        asks = dice.chance(0.25)
        text = Voice(dice, {}).say(dice.pick(_ASKS if asks else _BUYS))
        say = dice.pick((talk.text, talk.text, talk.text, talk.quote, talk.mention))
        line = say(at, buyer, text, post)
        if asks and dice.chance(0.7):
            at += dice.between(5, 40)
            talk.quote(at, kol, Voice(dice, {}).say(dice.pick(_ANSWERS)), line)
    return at


def relay(chat: Chat, dice: Dice, at: int, starter: Member, head: str, entry: str, joiners: Sequence[Member]) -> None:
    """A 接龙: everybody who joins sends the whole list again with one line more, quickly at first, then slowly.

    Most are the client's own cards; some were begun as plain text and stay plain text.
    """
    form = "text" if dice.chance(0.4) else "card"
    versions: list[Message] = []
    text = f"#接龙\n{head}\n"
    for number, member in enumerate((starter, *joiners), 1):
        text += f"\n{number}. {member.name} {Voice(dice, chat.topic.slots).say(entry)}"
        version = chat.say(at, member, "solitaire", text)
        version.note = {"form": form}
        version.answers = versions[0] if versions else None
        versions.append(version)
        at += dice.between(15, 60 + 40 * number)
    chat.facts.relays.append(versions)


def relays(chat: Chat, dice: Dice) -> None:
    """About one 接龙 in two weeks, by anybody."""
    for week in range(chat.weeks):
        if not dice.chance(0.55):
            continue
        day = week * 7 + dice.between(0, 6)
        crowd = Crowd(dice, chat, day)
        head, _, entry = dice.pick(chat.topic.relays).partition("‖")
        at = chat.start + day * DAY + dice.between(9 * 3600, 19 * 3600)
        starter = crowd.one()
        head = Voice(dice, chat.topic.slots).say(head)
        relay(chat, dice, at, starter, head, entry, crowd.several(dice.between(3, 9), starter))
