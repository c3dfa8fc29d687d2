"""Every pattern of the readers on texts that are made from the pattern itself: pieces of what it matches, repeated so that it must fail late.

A pattern that tries again from every place, or in every way, needs the square of the length, and hangs on a megabyte.
"""

from __future__ import annotations

import ast
import pkgutil
import re
import re._constants as ops  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import qunkit

LENGTH, NOTHING, RATIO = 8_000, 0.002, 9
"""Characters of an attack; seconds of the processor that are not worth a second look; and of four times the length, where 16 is quadratic."""
LONGEST_PIECE = 24
ROOMS = ("formats", "chat", "parsing", "ingest")
_CATEGORY = {ops.CATEGORY_DIGIT: "1", ops.CATEGORY_SPACE: " ", ops.CATEGORY_WORD: "a", ops.CATEGORY_NOT_SPACE: "a", ops.CATEGORY_NOT_DIGIT: "a", ops.CATEGORY_NOT_WORD: "-"}  # fmt: skip
_SEARCHING = {"search", "sub", "subn", "finditer", "findall", "split"}


def _modules() -> list[str]:
    found = [
        one.name
        for room in ROOMS
        for one in pkgutil.iter_modules([str(Path(str(qunkit.__file__)).parent / room)], f"qunkit.{room}.")
    ]
    return [name for name in found if _patterns(name)]


def _patterns(module: str) -> dict[str, re.Pattern[Any]]:
    return {name: one for name, one in vars(import_module(module)).items() if isinstance(one, re.Pattern)}


MODULES = _modules()


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_no_pattern_needs_the_square_of_the_length(module: str) -> None:
    used = _uses(module)
    slow = [
        f"{name}: {attack[:60]!r}…"
        for name, one in _patterns(module).items()
        if (attack := _slow(one, used.get(name, set())))
    ]
    assert not slow, slow


def test_it_finds_patterns_that_do() -> None:
    for bad in (r"<img\b[^>]*>", r"[ \t]*\r?\n", r"<!--.*?-->", r"(?:【[^【】]*】)*(.*)\(\d{4}\)x", r"(\w+@)+x"):
        assert _slow(re.compile(bad, re.DOTALL), {"search", "fullmatch"}), bad
    for good in (r"<img\b[^<>]*>", r"(?<![ \t])[ \t]*+\r?\n", r"\d{4}-\d\d-\d\d", r"(?<![^,])[^,]*,"):
        assert not _slow(re.compile(good, re.DOTALL), {"search", "fullmatch"}), good


def _uses(module: str) -> dict[str, set[str]]:
    """How the module calls each of its patterns; nothing is known of those that are handed on."""
    tree = ast.parse(Path(str(import_module(module).__file__)).read_text(encoding="utf-8"))
    used: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            used.setdefault(node.value.id, set()).add(node.attr)
    return used


def _slow(pattern: re.Pattern[Any], uses: set[str]) -> str | None:
    """An attack that takes too long, if there is one."""
    found = {"search" if use in _SEARCHING else use for use in uses if use in {*_SEARCHING, "match", "fullmatch"}}
    for before, piece in _attacks(pattern):
        for call in sorted(found) or ["match"]:
            if _is_quadratic(getattr(pattern, call), before, piece, binary=isinstance(pattern.pattern, bytes)):
                return before + piece * 9
    return None


def _is_quadratic(call: Any, before: str, piece: str, *, binary: bool) -> bool:
    short, long = (before + piece * (length // len(piece)) + "\0" for length in (LENGTH, 4 * LENGTH))
    texts: list[Any] = [short.encode(), long.encode()] if binary else [short, long]
    if _seconds(call, texts[0]) < NOTHING:
        return False
    once, fourfold = (min(_seconds(call, text) for _ in range(3)) for text in texts)
    return once > NOTHING and fourfold > RATIO * once


def _seconds(call: Any, text: str | bytes) -> float:
    begin = time.process_time()
    call(text)
    return time.process_time() - begin


def _attacks(pattern: re.Pattern[Any]) -> list[tuple[str, str]]:
    """Beginnings of an example, and a piece of it that is to be repeated behind."""
    source = pattern.pattern.decode() if isinstance(pattern.pattern, bytes) else pattern.pattern
    whole = _example(
        parser.parse(source, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags)
    )[:120]
    places = range(len(whole)) if len(whole) <= 40 else range(0, len(whole), 3)
    found = []
    for begin in places:
        for end in range(begin + 1, min(len(whole), begin + LONGEST_PIECE) + 1):
            found += [(before, whole[begin:end]) for before in sorted({"", whole[:begin]})]
    return found


def _example(tree: Any) -> str:
    """Something that the pattern matches, each optional part once."""
    return "".join(_one(op, value) for op, value in tree)


def _one(op: Any, value: Any) -> str:
    if op is ops.LITERAL:
        return chr(value)
    if op in (ops.ANY, ops.NOT_LITERAL):
        return "a"
    if op is ops.IN:
        return _of_set(value)
    if op is ops.BRANCH:
        return _example(value[1][0])
    if op is ops.SUBPATTERN:
        return _example(value[3])
    if op is ops.ATOMIC_GROUP:
        return _example(value)
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
        return _example(value[2]) * max(min(value[0], 20), 1 if value[1] else 0)
    return ""


def _of_set(items: Any) -> str:
    if items[0][0] is ops.NEGATE:
        return "a"
    op, value = items[0]
    if op is ops.LITERAL:
        return chr(value)
    return chr(value[0]) if op is ops.RANGE else _CATEGORY.get(value, "a")
