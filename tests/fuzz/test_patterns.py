"""Every pattern of the readers on texts that are made from the pattern itself: pieces of what it matches, repeated so that it must fail late.

A pattern that tries again from every place, or in every way, needs the square of the length, and hangs on a megabyte.
"""

from __future__ import annotations

import ast
import pkgutil
import re
import re._constants as ops  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import signal
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import qunkit

LENGTH, NOTHING, RATIO = 8_000, 0.002, 9
"""Characters of an attack; seconds of the processor that are not worth a second look; and of four times the length, where 16 is quadratic."""
LONGEST_PIECE = 24
LIMIT = 2
"""Seconds of the processor that no text may take: some patterns need for ever, not only the square."""
BOUND = 64
"""Repetitions that are no more than so many cost a fixed time from each place."""
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
    for bad in (
        r"<img\b[^>]*>",
        r"[ \t]*\r?\n",
        r"<!--.*?-->",
        r"(?:【[^【】]*】)*(.*)\(\d{4}\)x",
        r"(\w+@)+x",
        r"(?:a?[ab]*\n)*x",
    ):
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
    if not _repeats(_tree(pattern)):
        return None
    found = {"search" if use in _SEARCHING else use for use in uses if use in {*_SEARCHING, "match", "fullmatch"}}
    for before, piece in _attacks(pattern):
        for call in sorted(found) or ["match"]:
            if _is_quadratic(getattr(pattern, call), before, piece, binary=isinstance(pattern.pattern, bytes)):
                return before + piece * 9
    return None


def _is_quadratic(call: Any, before: str, piece: str, *, binary: bool) -> bool:
    def text(length: int) -> Any:
        told = before + piece * (length // len(piece)) + "\0"
        return told.encode() if binary else told

    if not NOTHING < (first := _seconds(call, text(LENGTH))) < LIMIT:
        return first >= LIMIT
    once, fourfold = (min(_seconds(call, text(length)) for _ in range(3)) for length in (LENGTH, 4 * LENGTH))
    return fourfold >= LIMIT or (once > NOTHING and fourfold > RATIO * once)


def _seconds(call: Any, text: str | bytes) -> float:
    """Of the processor; `LIMIT` if it takes as long as that."""
    signal.signal(signal.SIGPROF, _too_long)
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    begin = time.process_time()
    try:
        call(text)
        return time.process_time() - begin
    except TimeoutError:
        return LIMIT
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _too_long(*_: object) -> None:
    raise TimeoutError


def _attacks(pattern: re.Pattern[Any]) -> list[tuple[str, str]]:
    """Beginnings of an example, and a piece of it that is to be repeated behind."""
    whole = _example(_tree(pattern))[:120]
    places = range(len(whole)) if len(whole) <= 40 else range(0, len(whole), 3)
    return sorted(
        {
            (before, whole[begin:end])
            for begin in places
            for end in range(begin + 1, min(len(whole), begin + LONGEST_PIECE) + 1)
            for before in ("", whole[:begin])
        }
    )


def _tree(pattern: re.Pattern[Any]) -> Any:
    if isinstance(pattern.pattern, bytes):
        return parser.parse(pattern.pattern.decode(), pattern.flags & ~re.UNICODE)
    return parser.parse(pattern.pattern, pattern.flags)


def _repeats(tree: Any) -> bool:
    """Whether something in it may be repeated without a bound."""
    if isinstance(tree, parser.SubPattern | list | tuple):
        if len(tree) == 3 and isinstance(tree[1], int) and tree[1] > BOUND and isinstance(tree[2], parser.SubPattern):
            return True
        return any(map(_repeats, tree))
    return False


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
