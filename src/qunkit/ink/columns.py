"""Cutting and folding by the columns that a terminal shows, as Rich measures them.

Rich folds at spaces only, which Chinese has none of, and begins lines with closing punctuation; hence `breaks`.
"""

from __future__ import annotations

# Closing punctuation does not begin a line; an opening bracket, and the sign of a change, do not end one.
_NOT_FIRST = frozenset("，。、；：！？）」』】》〉”’…—～,.;:!?)]}%")
_NOT_LAST = frozenset("（「『【《〈“‘([{▲▼±")


def clip(text: str, columns: int) -> str:
    """`text` cut to at most `columns` columns, with … where something was cut off; no picture is cut in two."""
    from rich.cells import cell_len, set_cell_size

    if columns <= 0:
        return ""
    if cell_len(text) <= columns:
        return text
    return set_cell_size(text, columns - 1).rstrip(" ") + "…"


def width(text: str) -> int:
    """The columns that `text`, already cleaned, takes on a terminal."""
    from rich.cells import cell_len

    return cell_len(text)


def middle(text: str, columns: int) -> str:
    """`text` in at most `columns` columns, with … where its middle was cut out: of the name of a file the ending stays."""
    from rich.cells import split_graphemes

    if width(text) <= columns:
        return text
    pieces = [(text[start:end], wide) for start, end, wide in split_graphemes(text)[0]]
    tail, used = "", 0
    while pieces and used + pieces[-1][1] <= (columns - 1) // 2:
        piece, wide = pieces.pop()
        tail, used = piece + tail, used + wide
    return clip("".join(piece for piece, _ in pieces), columns - used) + tail


def breaks(text: str, columns: int) -> list[int]:
    """Where in `text` its second and further lines begin, if none may be wider than `columns` but for spaces at its end.

    A line breaks behind a space, or between two characters of which one is wide (Chinese), or, in a word that is too
    long, anywhere. Where that can be helped, closing punctuation does not begin a line and an opening bracket does not end one.
    No picture is cut in two.
    """
    from rich.cells import cell_len, split_graphemes

    if cell_len(text) <= columns:
        return []
    pieces = [(text[start:end], wide) for start, end, wide in split_graphemes(text)[0]]
    lines = [0]
    used = 0
    for at, (piece, wide) in enumerate(pieces):
        used += wide
        while used > columns and at > lines[-1] and piece != " ":
            lines.append(_break_at(pieces, lines[-1], at))
            used = sum(width for _, width in pieces[lines[-1] : at + 1])
    offsets = [0]
    for piece, _ in pieces:
        offsets.append(offsets[-1] + len(piece))
    return [offsets[line] for line in lines[1:]]


def _break_at(pieces: list[tuple[str, int]], first: int, last: int) -> int:
    """Where to break the line from `first`, on which `last` did not fit: at the last good place, else before `last`."""
    return next((at for at in range(last, first, -1) if _may_break(pieces, at)), last)


def _may_break(pieces: list[tuple[str, int]], at: int) -> bool:
    (before, left), (after, right) = pieces[at - 1], pieces[at]
    if before == " ":
        return after != " " and (at < 2 or pieces[at - 2][0] not in _NOT_LAST)
    return 2 in (left, right) and after != " " and after not in _NOT_FIRST and before not in _NOT_LAST
