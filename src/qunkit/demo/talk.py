"""How people talk: topics, small scenes, and phrases that never come out quite the same twice.

Phrases are written in a small notation: ``{a|b|}`` is one of the alternatives, ``{3~9}`` a number, ``{fruit}`` a word
from the topic's SLOTS that stays the same for a whole scene (``{fruit2}`` is another one), ``⏎`` a line break. A slot
that begins ``@book`` takes the word at the place where the slot ``book`` took its own: the author fits the book.

A scene is a block of lines. The first word says who speaks: 问 a question, 说 a remark, 图 a picture and a remark;
答 somebody else, 追 the first speaker again. ``题 name`` before them: only said in a week whose theme is that name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from qunkit.demo.dice import Dice
from qunkit.demo.phrases import community, everyday, groupbuy, hiking, parenting, pets, reading

_INNERMOST = re.compile(r"\{([^{}]*)\}")
_NICKS = "阿木 小满 大白 老周 阿澈 橙子 青禾 山月 南风 阿雅 Kiki 小鹿 七月 团子 木子 大宇 阿杰 米粒 小夏 拾光 云朵 北北 Leo 阿宽"
_SURNAMES = "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 马 朱 胡 林 郭 何 高 罗 郑 梁 谢 宋 唐 许 邓 冯 韩 曹"
SHARED_SLOTS = {"nick": _NICKS, "surname": _SURNAMES}


class Bank(Protocol):
    """What a module of `phrases` that is a topic holds."""

    GROUPS: str
    CARDS: str
    HOURS: tuple[int, ...]
    WEEK: tuple[int, ...]
    SLOTS: dict[str, str]
    SCENES: str
    NOTICES: str
    LINKS: str
    FILES: str
    RELAYS: str
    THEMES: str


@dataclass(frozen=True, slots=True)
class Scene:
    """A small conversation: who begins and how, what others answer, what the first speaker adds."""

    mark: str
    opener: str
    answers: tuple[tuple[str, str], ...]
    after: tuple[str, ...]
    theme: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """What groups of one sort are called, when they talk and what about."""

    name: str
    groups: tuple[str, ...]
    cards: tuple[str, ...]
    hours: tuple[int, ...]
    """Weight of each hour of the day."""
    week: tuple[int, ...]
    """Per cent of the usual volume, Monday first."""
    slots: Mapping[str, tuple[str, ...]]
    scenes: tuple[Scene, ...]
    themed: Mapping[str, tuple[Scene, ...]]
    notices: tuple[str, ...]
    links: tuple[str, ...]
    files: tuple[str, ...]
    relays: tuple[str, ...]


class Voice:
    """Fills phrases. One voice remembers its slots, so that a scene keeps to one fruit."""

    def __init__(self, dice: Dice, slots: Mapping[str, Sequence[str]]) -> None:
        self._dice = dice
        self._slots = slots
        self._said: dict[str, str] = {}

    def say(self, phrase: str) -> str:
        """`phrase` with every choice made."""
        while "{" in phrase:
            phrase = _INNERMOST.sub(self._choose, phrase)
        return phrase.replace("⏎", "\n")

    def _choose(self, match: re.Match[str]) -> str:
        inner: str = match[1]
        if "|" in inner:
            return self._dice.pick(inner.split("|"))
        low, tilde, high = inner.partition("~")
        return str(self._dice.between(int(low), int(high))) if tilde else self._slot(inner)

    def _slot(self, name: str) -> str:
        if name not in self._said:
            self._said[name] = self._word(self._slots[name.rstrip("0123456789")])
        return self._said[name]

    def _word(self, words: Sequence[str]) -> str:
        if words[0].startswith("@"):
            guide = words[0][1:]
            return words[1 + self._slots[guide].index(self._slot(guide))]
        taken = self._said.values()
        return self._dice.pick([word for word in words if word not in taken])


def lines(text: str) -> tuple[str, ...]:
    """The phrases of a bank, one a line."""
    return tuple(line for line in text.split("\n") if line)


def words(slots: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Slots as lists of words, with the slots that every bank may use."""
    return {name: tuple(text.split()) for name, text in {**SHARED_SLOTS, **slots}.items()}


def scenes(text: str) -> tuple[Scene, ...]:
    """The scenes of a bank."""
    return tuple(_scene(block) for block in text.strip().split("\n\n"))


def _scene(block: str) -> Scene:
    marked = [(line[0], line[2:]) for line in block.split("\n")]
    theme = marked.pop(0)[1] if marked[0][0] == "题" else ""
    (mark, opener), rest = marked[0], marked[1:]
    return Scene(
        mark,
        opener,
        tuple(line for line in rest if line[0] in "答图"),
        tuple(phrase for who, phrase in rest if who == "追"),
        theme,
    )


def _topic(name: str, bank: Bank) -> Topic:
    every = scenes(bank.SCENES)
    return Topic(
        name,
        lines(bank.GROUPS),
        lines(bank.CARDS),
        bank.HOURS,
        bank.WEEK,
        words(bank.SLOTS),
        tuple(scene for scene in every if not scene.theme),
        {theme: tuple(scene for scene in every if scene.theme == theme) for theme in bank.THEMES.split()},
        lines(bank.NOTICES),
        lines(bank.LINKS),
        lines(bank.FILES),
        lines(bank.RELAYS),
    )


TOPICS = (
    _topic("团购", groupbuy),
    _topic("妈妈群", parenting),
    _topic("徒步", hiking),
    _topic("读书会", reading),
    _topic("宠物", pets),
    _topic("社区", community),
)
EVERYDAY = scenes(everyday.SCENES)
EVERYDAY_SLOTS = words(everyday.SLOTS)
REACTIONS = lines(everyday.REACTIONS)
