"""A fleet of group chats over some weeks: who is in it, what they say, and what was planted."""

from __future__ import annotations

from datetime import date

from qunkit.demo import adverts, leaders, plants, rituals
from qunkit.demo.casting import Frame, cast, frame
from qunkit.demo.conversation import Conversation
from qunkit.demo.dice import Dice
from qunkit.demo.model import DAY, Chat
from qunkit.demo.people import advertisers
from qunkit.demo.rhythm import Crowd, quota

_UNHEARD = {"dying": 0.4, "ad-flooded": 0.25, "lively": 0.06}


def invent(*, seed: int, groups: int, weeks: int, plain: bool, end: date) -> list[Chat]:
    """The fleet that a seed stands for; `plain` plants nothing: steady groups in which nobody joins, leaves or sells."""
    dice, taken = Dice("qunkit", seed, plain), set[str]()
    common = frame(dice, taken, weeks, end)
    chats = cast(dice.fork("cast"), common, groups, plain)
    outsiders = advertisers(dice.fork("outsiders"), taken)
    for number, chat in enumerate(chats):
        _live(chat, dice.fork("life", number), common, None if plain else outsiders)
    ordinary = [chat for chat in chats if chat.role == "ordinary"]
    if not plain and ordinary:
        adverts.across(ordinary[:3], dice.fork("across"), next(outsiders))
    for number, chat in enumerate(chats):
        chat.tidy(dice.fork("ids", number))
    return chats


def _live(chat: Chat, dice: Dice, common: Frame, outsiders: adverts.Outsiders | None) -> None:
    """Fill one group with messages."""
    talk = Conversation(chat, dice.fork("talk"), _UNHEARD.get(chat.role, 0.1))
    if outsiders:
        _plant(chat, dice, talk, common, outsiders)
    chat.facts.themes = _themes(chat, dice.fork("themes"))
    for day in range(chat.days):
        _day(chat, dice.fork("day", day), talk, day)
    rituals.announcements(chat, dice.fork("announcements"), talk)
    rituals.red_packets(chat, dice.fork("packets"), talk)
    rituals.pats(chat, dice.fork("pats"), talk)
    rituals.recalls(chat, dice.fork("recalls"))


def _themes(chat: Chat, dice: Dice) -> list[str]:
    """A theme for every week; the last week's is new."""
    latest, *others = dice.some(list(chat.topic.themed), len(chat.topic.themed))
    return [*(others[week % len(others)] for week in range(chat.weeks - 1)), latest]


def _plant(chat: Chat, dice: Dice, talk: Conversation, common: Frame, outsiders: adverts.Outsiders) -> None:
    plants.leavers(chat, dice.fork("leavers"))
    plants.newcomers(chat, dice.fork("newcomers"), talk, common.pool)
    leaders.relays(chat, dice.fork("relays"))
    if chat.role == "kol-led":
        leaders.lead(chat, dice.fork("leader"), talk)
    if chat.role == "ad-flooded":
        adverts.flood(chat, dice.fork("ads"), talk, outsiders)
    if chat.role == "renamed":
        plants.rename(chat, dice.fork("name"))


def _day(chat: Chat, dice: Dice, talk: Conversation, day: int) -> None:
    """Sessions until the day's share of talk is used up."""
    begin = chat.start + day * DAY
    if begin >= chat.quiet_from:
        return
    crowd, left = Crowd(dice, chat, day), quota(dice, chat, day)
    theme = chat.facts.themes[day // 7]
    full = len(chat.messages) + left
    while len(chat.messages) < full:
        talk.session(begin + talk.clock.moment(), crowd, theme)
