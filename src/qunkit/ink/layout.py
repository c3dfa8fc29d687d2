"""Columns of text side by side: which widths fit, and what gives way first when they do not.

Own work, not Rich's tables: those measure joined emoji differently from one Rich to the next (13.9 and 15 give other
bytes for the same table) and squeeze columns to one letter where qunkit rather turns rows into cards.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from qunkit.ink.columns import clip, fold, width

GAP = 2
BAR = 8
LINES = 3
"""A cell that is folded takes at most so many lines."""


@dataclass(frozen=True, slots=True)
class Strip:
    """One column made ready: cleaned texts, and what the column may do to become narrower."""

    label: str
    cells: list[str]
    right: bool
    """Numbers: at the right side, and never folded."""
    bars: list[str] = field(default_factory=list)
    """A bar behind each cell, or nothing."""
    style: str = ""
    """Style of the cells: "bar" for what is drawn, not read."""

    @property
    def body(self) -> int:
        """Columns that the widest cell needs, without its bar."""
        return max(map(width, self.cells), default=0)


@dataclass(frozen=True, slots=True)
class Plan:
    """How wide each of the first columns is, and whether bars are drawn. Columns without a width stand below the row."""

    widths: list[int]
    bars: bool
    room: int


def plan(strips: list[Strip], room: int) -> Plan | None:
    """Widths that fit into `room` columns, or None where not even half of the columns fit side by side.

    First long texts give way down to 24 columns, then bars go, then headings fold and texts give way down to 12, then
    the last columns move below the row.
    """
    for bars, text, headings in ((True, 24, False), (False, 16, False), (False, 12, True)):
        if planned := _side_by_side(strips, room, text, bars=bars, headings=headings):
            return planned
    for count in range(len(strips) - 1, (len(strips) - 1) // 2, -1):
        if planned := _side_by_side(strips[:count], room, 16, bars=False, headings=True):
            return planned
    return None


def _side_by_side(strips: list[Strip], room: int, text: int, *, bars: bool, headings: bool) -> Plan | None:
    natural, floors = [], []
    for strip in strips:
        label = max(map(width, heading(strip.label, 0))) if headings else width(strip.label)
        body = strip.body + (1 + BAR if bars and strip.bars else 0)
        natural.append(max(label, body))
        floors.append(max(label, body if strip.right else min(body, text)))
    fitted = fit(natural, floors, room - GAP * (len(strips) - 1))
    return Plan(fitted, bars, room) if fitted else None


def heading(label: str, columns: int) -> list[str]:
    """`label` on one line if it fits into `columns`, else on two of about the same length; no word is cut."""
    whole = width(label)
    if whole <= columns:
        return [label]
    word = max((width(word) for word in label.split() if word.isascii()), default=1)
    folds = (fold(label, narrow) for narrow in range(max(word, (whole + 1) // 2), whole))
    return next((lines for lines in folds if len(lines) <= 2), [label])


def fit(natural: list[int], floors: list[int], room: int) -> list[int] | None:
    """Widths between `floors` and `natural` that fit into `room`: the widest give way first, down to one common width."""
    if sum(floors) > room:
        return None
    if sum(natural) <= room:
        return list(natural)
    cap = max(natural)
    while sum(_capped(natural, floors, cap)) > room:
        cap -= 1
    fitted = _capped(natural, floors, cap)
    for at, most in enumerate(natural):
        if sum(fitted) < room and fitted[at] == cap < most:
            fitted[at] += 1
    return fitted


def _capped(natural: list[int], floors: list[int], cap: int) -> list[int]:
    return [max(floor, min(most, cap)) for most, floor in zip(natural, floors, strict=True)]


def folded(text: str, columns: int, lines: int = LINES) -> tuple[list[str], bool]:
    """`text` folded into at most `lines` lines, and whether something had to be left out (shown by …)."""
    lead = clip(text, (columns + 1) * lines)  # what cannot be shown need not be folded
    shown = fold(lead, columns)
    if len(shown) <= lines:
        return shown, lead != text
    last = shown[lines - 1].rstrip("…")
    return [*shown[: lines - 1], last + "…" if width(last) < columns else clip(last + "…", columns)], True
