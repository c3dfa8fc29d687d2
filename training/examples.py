"""What a model is fitted on: composed ads and talk, real talk, as they are and as people cut and type them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

import compose
import disguise
from grammar import Family

SEED = 20260
ADS, TALK = 500, 3000
"""Messages of a family, at most."""
_CUT_TO = 12
"""Signs that a cut leaves, at least."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts, and whether each is an ad."""

    texts: list[str]
    ads: list[bool]

    def __add__(self, other: Examples) -> Examples:
        return Examples(self.texts + other.texts, self.ads + other.ads)


def composed(ads: Iterable[Family], talk: Iterable[Family], chat: Sequence[str], seed: int = SEED) -> Examples:
    """Of these families, and this real talk."""
    dice = Random(seed)
    for_ = [_as_posted(text, dice) for family in ads for text in compose.ads(family, ADS, seed)]
    against = [text for family in talk for text in compose.chat(family, TALK, seed)]
    against += chat
    against += [_with_names(text, dice) for text in chat if dice.random() < 0.2]
    against = [_as_typed(text, dice) for text in against]
    return Examples(for_ + against, [True] * len(for_) + [False] * len(against))


def apart(family: Family, seed: int = SEED + 1) -> list[str]:
    """Messages of a family to judge on: as composed, whole."""
    return compose.ads(family, ADS, seed)


def _as_posted(text: str, dice: Random) -> str:
    if dice.random() < 0.2:
        text = _cut(text, dice)
    if dice.random() < 0.3:
        text = disguise.disguised(text, dice, disguise.FIT)
    return disguise.unpunctuated(text, dice) if dice.random() < 0.5 else text


def _as_typed(text: str, dice: Random) -> str:
    if dice.random() < 0.03:
        text = disguise.disguised(text, dice, disguise.FIT)
    return disguise.unpunctuated(text, dice) if dice.random() < 0.5 else text


def _with_names(text: str, dice: Random) -> str:
    """Talk has numbers, names and Latin words, too; that of LCCC has lost most."""
    at = int(dice.random() * (len(text) + 1))
    word = compose.word(dice)
    return text[:at] + word + text[at:]


def _cut(text: str, dice: Random) -> str:
    """A part of a long message: people quote, exports cut, and lists of words hold parts."""
    if len(text) < _CUT_TO + 6:
        return text
    size = _CUT_TO + int(dice.random() * (len(text) - _CUT_TO))
    start = int(dice.random() * (len(text) - size + 1))
    return text[start : start + size]
