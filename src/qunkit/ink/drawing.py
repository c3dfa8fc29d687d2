"""Strips drawn as lines of styled runs: a table with a heading and a rule, cards, and folded sentences."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, zip_longest

from qunkit.ink.columns import fold, pad, width
from qunkit.ink.layout import BAR, GAP, Plan, Strip, folded, heading

Run = tuple[str, str]
"""Text, already cleaned, and its style: "", bold, dim, bar, up, down; cut: the last line of a cell that was cut."""
Line = list[Run]

_SIGNS = {"▲": "up", "▼": "down", "–": "dim"}
_CARD_LINES = 8


def style_of(text: str) -> str:
    """The style that a cell or a fact has by its sign: a rise, a fall, nothing known."""
    return _SIGNS.get(text[:1], "") if text[:1] != "–" or text == "–" else ""


def grid(strips: list[Strip], plan: Plan) -> Iterator[Line]:
    """A table: headings, a rule, rows. Texts fold into at most three lines, and end in … where that is not enough."""
    shown = strips[: len(plan.widths)]
    whole = max(sum(plan.widths) + GAP * (len(plan.widths) - 1), plan.room if len(shown) < len(strips) else 0)
    yield from _headings(shown, plan)
    yield [("─" * whole, "dim")]
    for at in range(len(strips[0].cells)):
        yield from _row(shown, plan, at)
        yield from _below(strips[len(shown) :], at, whole)


def _headings(strips: list[Strip], plan: Plan) -> Iterator[Line]:
    """Labels over their columns, the short ones at the bottom."""
    labels = [heading(strip.label, wide) for strip, wide in zip(strips, plan.widths, strict=True)]
    depth = max(map(len, labels))
    for at in range(depth):
        cells: list[Line] = []
        for strip, wide, lines in zip(strips, plan.widths, labels, strict=True):
            nth = at - depth + len(lines)
            right = strip.right and not (plan.bars and strip.bars)
            cells.append([(pad(lines[nth] if nth >= 0 else "", wide, right=right), "bold")])
        yield _beside(cells)


def _below(strips: list[Strip], at: int, columns: int) -> Iterator[Line]:
    """What did not fit side by side, named, under its row."""
    if strips:
        fields = [f"{strip.label} {strip.cells[at]}".rstrip(" ") for strip in strips]
        for line in flow(fields, columns - 2):
            yield [("  " + line, "dim")]


def flow(items: list[str], columns: int) -> list[str]:
    """Items one after another with a dot between, on lines of at most `columns` columns; an item breaks only if it must."""
    lines: list[str] = []
    for item in items:
        if lines and width(lines[-1]) + 3 + width(item) <= columns:
            lines[-1] += " · " + item
        else:
            lines += fold(item, columns)
    return lines


def _row(strips: list[Strip], plan: Plan, at: int) -> Iterator[Line]:
    """One row of a table, on as many lines as its tallest cell."""
    cells = [_cell(strip, wide, at, bars=plan.bars) for strip, wide in zip(strips, plan.widths, strict=True)]
    empty = [[(" " * wide, "")] for wide in plan.widths]
    for lines in zip_longest(*cells):
        yield _beside([line or blank for line, blank in zip(lines, empty, strict=True)])


def _cell(strip: Strip, wide: int, at: int, *, bars: bool) -> list[Line]:
    text = strip.cells[at]
    if bars and strip.bars:
        return [
            [
                (pad(text, strip.body, right=True) + " ", style_of(text)),
                (pad(strip.bars[at], wide - strip.body - 1), "bar"),
            ]
        ]
    lines, cut = folded(text, wide)
    style = strip.style or style_of(text)
    drawn: list[Line] = [[(pad(line, wide, right=strip.right), style)] for line in lines]
    return [*drawn[:-1], [(drawn[-1][0][0], "cut")]] if cut else drawn


def _beside(cells: list[Line]) -> Line:
    """Cells of one line with gaps between."""
    line: Line = []
    for cell in cells:
        line += [(" " * GAP, ""), *cell] if line else cell
    return line


def trimmed(line: Line) -> Line:
    """`line` without the spaces at its end."""
    kept = list(line)
    while kept and not kept[-1][0].strip(" "):
        kept.pop()
    return [*kept[:-1], (kept[-1][0].rstrip(" "), kept[-1][1])] if kept else kept


def cards(strips: list[Strip], columns: int) -> Iterator[Line]:
    """Rows one below the other: a line (or more) for each column, label and value; an empty line between rows."""
    margin = min(max(width(strip.label) for strip in strips), columns // 2 - GAP)
    for at in range(len(strips[0].cells)):
        if at:
            yield []
        for nth, strip in enumerate(strips):
            yield from _field(strip, at, margin, columns - margin - GAP, first=nth == 0)


def _field(strip: Strip, at: int, margin: int, room: int, *, first: bool) -> Iterator[Line]:
    labels = fold(strip.label, margin)
    values, cut = folded(strip.cells[at], room, _CARD_LINES)
    style = "bold" if first else strip.style or style_of(strip.cells[at])
    bar = strip.bars[at] if strip.bars and room > width(values[0]) + BAR else ""
    for nth, (label, value) in enumerate(zip_longest(labels, values, fillvalue="")):
        last = cut and nth == len(values) - 1
        line: Line = [(pad(label, margin) + " " * GAP, "dim"), (value, "cut" if last else style)]
        yield [*line, (" " + bar, "bar")] if bar and nth == 0 else line


def fold_runs(runs: list[Run], columns: int) -> Iterator[Line]:
    """Styled text as lines of at most `columns` columns; see `fold`."""
    text = "".join(words for words, _ in runs)
    styles = [style for words, style in runs for _ in words]
    at = 0
    for line in fold(text, columns):
        at = text.index(line, at)
        pairs = zip(line, styles[at : at + len(line)], strict=True)
        yield [
            ("".join(letter for letter, _ in same), style) for style, same in groupby(pairs, key=lambda pair: pair[1])
        ]
        at += len(line)
