"""Messages of the templates: ads by family, and everyday talk that is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from random import Random

import grammar
from grammar import Family, Skeleton

TEMPLATES = Path(__file__).parent / "templates"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"
_CAPITALS = _LETTERS.upper()
_EMOJI = "🔥🎁💰❤🌹👇👉✅📣🎉💥🧧⭐😘🍀📢🆕💯🌟🔔😊👍💪🙏✨🎈🏠🚗📱🍓🍊"
_SYLLABLES = "星辰大海云梦清风明月天空幻想龙城东方长安江南青山绿水阳光彩虹雪域晨曦星河极光永恒国际时代未来小熊糖果可乐阿强小美老王浩然子涵一诺"
_ENDINGS = ("com", "cn", "top", "xyz", "vip", "net", "cc", "club", "me", "com.cn")


def _drawn(signs: str, least: int, most: int, dice: Random) -> str:
    return "".join(signs[int(dice.random() * len(signs))] for _ in range(_between(least, most, dice)))


def _between(least: int, most: int, dice: Random) -> int:
    return least + int(dice.random() * (most - least + 1))


def _wechat(dice: Random) -> str:
    middle = _drawn(_LETTERS, 1, 8, dice)
    return _drawn(_LETTERS, 1, 2, dice) + middle + ("_" if dice.random() < 0.2 else "") + _drawn(_DIGITS, 2, 8, dice)


def _address(dice: Random) -> str:
    host = _host(dice)
    scheme = ("https://", "http://", "", "www.")[int(dice.random() * 4)]
    path = "" if dice.random() < 0.3 else "/" + _drawn(_LETTERS + _CAPITALS + _DIGITS, 3, 9, dice)
    return scheme + host + path


def _host(dice: Random) -> str:
    return f"{_drawn(_LETTERS + _DIGITS, 2, 9, dice)}.{_ENDINGS[int(dice.random() * len(_ENDINGS))]}"


def _password(dice: Random) -> str:
    """What a shop's app reads from the clipboard: eleven signs between two of one kind."""
    mark = "￥€$₴₤(《¢"[int(dice.random() * 8)]
    close = {"(": ")", "《": "》"}.get(mark, mark)
    return mark + _drawn(_LETTERS + _CAPITALS + _DIGITS, 11, 11, dice) + close


def _price(dice: Random) -> str:
    whole = _between(1, 300, dice)
    return (f"{whole}", f"{whole}.9", f"{whole % 100}.{_between(1, 99, dice)}", f"{whole}元", f"{whole}块", f"{whole}r", f"¥{whole}")[int(dice.random() * 7)]  # fmt: skip


def _round(dice: Random) -> str:
    return f"{_between(1, 50, dice)}" + ("万", "w", "0000", "000", "千", "k")[int(dice.random() * 6)]


MADE: Mapping[str, Callable[[Random], str]] = {
    "wx": _wechat,
    "qq": lambda dice: _drawn("123456789", 1, 1, dice) + _drawn(_DIGITS, 5, 9, dice),
    "tel": lambda dice: "1" + _drawn("3456789", 1, 1, dice) + _drawn(_DIGITS, 9, 9, dice),
    "url": _address,
    "host": _host,
    "tkl": _password,
    "code": lambda dice: _drawn(_LETTERS + _CAPITALS + _DIGITS, 4, 9, dice),
    "n": lambda dice: str(_between(1, 99, dice)),
    "nn": lambda dice: str(_between(1, 99, dice) * (10, 100, 1)[int(dice.random() * 3)] + 100),
    "price": _price,
    "big": _round,
    "emoji": lambda dice: _drawn(_EMOJI, 1, 1, dice),
    "nick": lambda dice: _drawn(_SYLLABLES, 2, 4, dice),
}
"""Slots filled by the machine. Nobody's numbers: drawn at random."""


def _of_all() -> dict[str, Skeleton]:
    """The shared slots, and those of every family of ads under its name (`{loans.loan}`): talk is of the same things as ads are."""
    paths = sorted((TEMPLATES / "ads").glob("*.txt"))
    theirs = {f"{path.stem}.{name}": slot for path in paths for name, slot in grammar.read(path).slots.items()}
    return {**grammar.read(TEMPLATES / "words.txt").slots, **theirs}


SHARED = _of_all()


def templates() -> str:
    """The sha256 of all templates, one after the other."""
    whole = sha256()
    for path in sorted(TEMPLATES.rglob("*.txt")):
        whole.update(path.relative_to(TEMPLATES).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


def families(folder: str) -> list[Family]:
    """Those of `ads` or of `chat`, by name."""
    return [grammar.read(path) for path in sorted((TEMPLATES / folder).glob("*.txt"))]


def ads(family: Family, count: int, seed: int) -> list[str]:
    """Distinct messages of a family, from a word or two to many lines."""
    return _distinct(lambda dice: _ad(family, dice), count, Random(f"{seed}:{family.name}"))


def chat(family: Family, count: int, seed: int) -> list[str]:
    """Distinct messages that are no ads: mostly one line, at times two that follow each other."""
    return _distinct(lambda dice: _talk(family, dice), count, Random(f"{seed}:{family.name}"))


def _distinct(make: Callable[[Random], str], count: int, dice: Random) -> list[str]:
    """As many as can be found in ten times as many draws."""
    found: dict[str, None] = {}
    for _ in range(10 * count):
        if len(found) == count:
            break
        if text := make(dice).strip():
            found[text] = None
    return list(found)


def _said(family: Family, pieces: Skeleton, dice: Random) -> str:
    return grammar.fill(pieces, {**SHARED, **family.slots}, MADE, dice)


def _line(family: Family, section: str, dice: Random) -> str:
    lines = family.sections[section]
    return _said(family, lines[int(dice.random() * len(lines))], dice)


_JOINTS = (" ", " ", "，", "，", "！", "\n", "", "。", "~", "、", "；", "|", "❗")


def _ad(family: Family, dice: Random) -> str:
    """A whole one, a lead alone, or a lead with what it offers and how to come by it."""
    plan = dice.random()
    if plan < 0.4:
        text = _line(family, "whole", dice)
    elif plan < 0.6:
        text = _line(family, "lead", dice)
    else:
        parts = [_line(family, "lead", dice)]
        parts += [_line(family, "body", dice) for _ in range((0, 1, 1, 2, 3, 4)[int(dice.random() * 6)])]
        if len(parts) == 1 or dice.random() < 0.6:
            parts.append(_said(family, SHARED["tail"], dice))
        joint = _JOINTS[int(dice.random() * len(_JOINTS))]
        text = joint.join(parts)
    if dice.random() < 0.12:
        text = _said(family, SHARED["hey"], dice) + text
    return _dressed(text, dice)


def _dressed(text: str, dice: Random) -> str:
    """Emoji before, behind or as bullets, on some."""
    if dice.random() < 0.85:
        return text
    sign = _drawn(_EMOJI, 1, 1, dice)
    return (sign + text, text + sign, sign * 3 + text + sign * 3, text.replace("\n", "\n" + sign), text.replace("，", sign))[int(dice.random() * 5)]  # fmt: skip


def _talk(family: Family, dice: Random) -> str:
    text = _line(family, "lines", dice)
    if dice.random() < 0.15:
        text += _JOINTS[int(dice.random() * 4)] + _line(family, "lines", dice)
    if dice.random() < 0.08:
        text = f"@{_drawn(_SYLLABLES, 2, 3, dice)} {text}"
    if dice.random() < 0.1:
        text += ("啊", "吧", "呢", "哈哈", "。。。", "？", "！", "~", "呀", "了")[int(dice.random() * 10)]
    return text


def word(dice: Random) -> str:
    """A number, a name or a Latin word, such as stands in any talk."""
    name = ("n", "nn", "n", "nick", "code", "qq", "en", "en", "en")[int(dice.random() * 9)]
    return _drawn(_LETTERS, 2, 6, dice) if name == "en" else MADE[name](dice)
