"""What a model is fitted on: composed ads and talk, real talk, as they are and as people cut, type and disguise them.

Each part has random numbers of its own, so that it is the same whichever others there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import compose
import disguise
from grammar import Family

SEED = 20260
ADS, TALK = 500, 3000
"""Messages of a family, at most."""
NOISE = 9000
"""Of what is hardly a sentence: rare in the talk that there is, common in groups."""
_CUT_TO = 12
"""Signs that a cut leaves, at least."""
_CUT, _DISGUISED, _FRIENDS, _TYPED, _NAMED = 0.1, 0.3, 0.03, 0.5, 0.2
"""Shares: of ads cut and disguised, of talk disguised, of both typed without signs, of real talk with names put in."""


@dataclass(frozen=True, slots=True)
class Part:
    """Texts of one kind."""

    name: str
    texts: list[str]
    ads: list[bool]


def advertised(family: Family) -> Part:
    """Ads of a family."""
    dice = Random(f"{SEED}:posted:{family.name}")
    texts = [_as_posted(text, dice) for text in compose.ads(family, ADS, SEED)]
    return Part(family.name, texts, [True] * len(texts))


def talked(family: Family) -> Part:
    """Composed talk."""
    dice = Random(f"{SEED}:typed:{family.name}")
    count = NOISE if family.name == "noise" else TALK
    texts = [_as_typed(text, dice) for text in compose.chat(family, count, SEED)]
    return Part(family.name, texts, [False] * len(texts))


def overheard(chat: Sequence[str]) -> Part:
    """Real talk, some of it a second time with a number or a name put in: what was published has lost most."""
    dice = Random(f"{SEED}:overheard")
    texts = [*chat, *(_with_name(text, dice) for text in chat if dice.random() < _NAMED)]
    texts = [_as_typed(text, dice) for text in texts]
    return Part("overheard", texts, [False] * len(texts))


def held_apart(family: Family) -> list[str]:
    """Ads of a family to judge on, others than those fitted on, as composed."""
    return compose.ads(family, ADS, SEED + 1)


def held_apart_talk(family: Family) -> list[str]:
    """The same of talk."""
    return compose.chat(family, ADS, SEED + 1)


def _as_posted(text: str, dice: Random) -> str:
    if dice.random() < _CUT:
        text = _cut(text, dice)
    if dice.random() < _DISGUISED:
        text = disguise.disguised(text, dice, disguise.FIT)
    return _typed(text, dice)


def _as_typed(text: str, dice: Random) -> str:
    if dice.random() < _FRIENDS:
        text = disguise.disguised(text, dice, disguise.FIT)
    return _typed(text, dice)


def _typed(text: str, dice: Random) -> str:
    return disguise.unpunctuated(text, dice) if dice.random() < _TYPED else text


def _with_name(text: str, dice: Random) -> str:
    at = int(dice.random() * (len(text) + 1))
    return text[:at] + compose.word(dice) + text[at:]


def _cut(text: str, dice: Random) -> str:
    """A part of a long message: people quote, and exports cut."""
    if len(text) < _CUT_TO + 6:
        return text
    size = _CUT_TO + int(dice.random() * (len(text) - _CUT_TO))
    start = int(dice.random() * (len(text) - size + 1))
    return text[start : start + size]
