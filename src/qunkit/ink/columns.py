"""How wide a terminal shows a string, and cutting, padding and folding by that width.

Widths come from wcwidth, one code point at a time; what joins into one picture (flags, skin tones, joined emoji,
keycaps, combining marks) is measured as one here, so that the same bytes come out under every version of wcwidth.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_JOINER = "\u200d"
_EMOJI_SHAPE = "\ufe0f"
# Closing punctuation does not begin a line.
_NOT_FIRST = frozenset("，。、；：！？）」』】》〉”’…—～,.;:!?)]}%")


@lru_cache(maxsize=1 << 14)
def _columns(character: str) -> int:
    from wcwidth import wcwidth

    columns = max(0, wcwidth(character))
    return columns or (1 if unicodedata.category(character) == "Mc" else 0)


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _joins(before: str, character: str) -> bool:
    """Whether `character` becomes part of the picture that ends in `before`."""
    if before == _JOINER or _columns(character) == 0:
        return True
    return "\U0001f3fb" <= character <= "\U0001f3ff" and (_columns(before) == 2 or before == _EMOJI_SHAPE)


def clusters(text: str) -> Iterator[str]:
    """`text` in pieces that are shown as one: a character with its marks, a flag, a joined emoji."""
    start, end = 0, len(text)
    while start < end:
        stop = start + 1
        if stop < end and _is_flag_half(text[start]) and _is_flag_half(text[stop]):
            stop += 1
        while stop < end and _joins(text[stop - 1], text[stop]):
            stop += 1
        yield text[start:stop]
        start = stop


def _cluster_width(cluster: str) -> int:
    if len(cluster) > 1 and (_EMOJI_SHAPE in cluster or _is_flag_half(cluster[1])):
        return 2
    return _columns(cluster[0])


def width(text: str) -> int:
    """Columns that `text` takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(map(_cluster_width, clusters(text)))


def clip(text: str, columns: int) -> str:
    """`text` cut to at most `columns` columns, with … where something was cut off; no picture is cut in two."""
    if columns <= 0:
        return ""
    if width(text) <= columns:
        return text
    return _take(text, columns - 1).rstrip(" ") + "…"


def _take(text: str, columns: int) -> str:
    taken, used = [], 0
    for cluster in clusters(text):
        used += _cluster_width(cluster)
        if used > columns:
            break
        taken.append(cluster)
    return "".join(taken)


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """`text` filled with spaces to `columns` columns; `right` puts it at the right side. Wider text stays as it is."""
    space = " " * max(0, columns - width(text))
    return space + text if right else text + space


def fold(text: str, columns: int) -> list[str]:
    """`text` as lines of at most `columns` columns (at least one picture each), nothing lost but spaces at a fold.

    A line breaks at a space, or between two characters of which one is wide (Chinese), or, in a word that is too long,
    anywhere; closing punctuation does not begin a line where that can be helped.
    """
    lines: list[str] = []
    line: list[str] = []
    used = 0
    for cluster in clusters(text):
        used += _cluster_width(cluster)
        line.append(cluster)
        while used > columns and len(line) > 1:
            at = _break_at(line)
            lines.append("".join(line[:at]).rstrip(" "))
            line = line[at:] if line[at] != " " else line[at + 1 :]
            used = sum(map(_cluster_width, line))
    return [*lines, "".join(line).rstrip(" ")]


def _break_at(line: list[str]) -> int:
    """Where to break `line`, whose last cluster is the one that did not fit: the last good place, else before it."""
    for at in range(len(line) - 1, 0, -1):
        before, after = line[at - 1], line[at]
        if " " in (before, after) or (
            (_columns(before[0]) == 2 or _columns(after[0]) == 2) and after not in _NOT_FIRST
        ):
            return at
    return len(line) - 1
