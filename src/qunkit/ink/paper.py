"""What is drawn on: a Rich console that asks the environment nothing, and what Rich lacks.

Texts come in clean (see `term`) and as `rich.text.Text`; none is ever read as markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from qunkit.ink.columns import breaks

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.measure import Measurement
    from rich.segment import Segment
    from rich.table import Table
    from rich.text import Text

Run = tuple[str, str]
"""Text, already cleaned, and its Rich style."""

_READABLE = 100
"""Rules and sentences grow no wider than this."""
_SIGNS = {"▲": "cyan", "▼": "yellow", "–": "dim"}


def style_of(text: str) -> str:
    """The style that a cell or a fact has by its sign: a rise, a fall, nothing known."""
    return _SIGNS.get(text[:1], "") if text[:1] != "–" or text == "–" else ""


def styled(*runs: Run) -> Text:
    """Runs as one text."""
    from rich.text import Text

    return Text.assemble(*runs)


@dataclass(frozen=True, slots=True)
class Folded:
    """Text that folds between Chinese characters too (see `breaks`) and should have `least` columns to do so; each line behind `mark`."""

    text: Text
    least: int = 12
    mark: str = ""

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        from rich.measure import Measurement

        whole = self.text.cell_len + len(self.mark)
        return Measurement(min(whole, self.least), whole).with_maximum(options.max_width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        for line in self.text.divide(breaks(self.text.plain, options.max_width - len(self.mark))):
            line.rstrip()
            yield styled((self.mark, "dim")).append_text(line) if self.mark else line


@dataclass(frozen=True, slots=True)
class _Trimmed:
    """Anything without the spaces at the ends of its lines (what is copied from a terminal should not carry them), and
    without the styles of spaces, which nobody sees."""

    thing: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        from rich.segment import Segment

        for line in console.render_lines(self.thing, options, pad=False):
            while line and not line[-1].text.strip(" "):
                line.pop()
            yield from (segment if segment.text.strip(" ") else Segment(segment.text) for segment in line[:-1])
            yield from (Segment(last.text.rstrip(" "), last.style) for last in line[-1:])
            yield Segment.line()


class Paper:
    """A page of `width` columns on `out`."""

    def __init__(self, out: TextIO, width: int, *, color: bool) -> None:
        from rich.console import Console

        self.width = width
        self.readable = min(width, _READABLE)
        self.console = Console(
            file=out,
            width=width,
            height=25,
            color_system="standard" if color else None,
            no_color=not color,
            force_terminal=color,
            force_jupyter=False,
            force_interactive=False,
            legacy_windows=False,
            markup=False,
            emoji=False,
            highlight=False,
            _environ={},
        )

    def draw(self, thing: RenderableType = "", *, prose: bool = False) -> None:
        """Draw something, by default an empty line; `prose` is kept to a width that reads well."""
        self.console.print(_Trimmed(thing), width=self.readable if prose else self.width)

    def say(self, text: str, style: str = "dim") -> None:
        """A paragraph."""
        self.draw(Folded(styled((text, style))), prose=True)

    def head(self, title: str) -> None:
        """A rule that begins a section."""
        from rich.rule import Rule

        self.draw()
        self.draw(Rule(styled(("── ", "dim"), (title, "bold")), align="left", style="dim"), prose=True)

    def flow(self, items: Sequence[str]) -> None:
        """Items one after another with dots between, on lines that break between items where they can."""
        lines: list[str] = []
        for item in items:
            longer = f"{lines[-1]} · {item}" if lines else item
            if lines and styled((longer, "")).cell_len <= self.readable:
                lines[-1] = longer
            else:
                lines.append(item)
        for line in lines:
            self.say(line)

    def bullets(self, mark: str, items: Sequence[Text]) -> None:
        """Paragraphs with a mark before each."""
        listed = grid(1)
        for item in items:
            listed.add_row(styled((mark, "dim")), Folded(item))
        if items:
            self.draw(listed, prose=True)

    def talk(self, said: Sequence[tuple[str, Sequence[Text], Text]]) -> None:
        """Messages: the time, beside it lines, and what they answer, if it is anything."""
        drawn = grid(1)
        for time, lines, answered in said:
            for nth, line in enumerate(lines):
                drawn.add_row(styled(("" if nth else time, "dim")), Folded(line))
            if answered.plain:
                drawn.add_row("", Folded(answered, mark="┃ "))
        self.draw(drawn, prose=True)


def grid(gap: int) -> Table:
    """A Rich table without heading and lines, `gap` columns between its columns."""
    from rich.table import Table

    return Table.grid(padding=(0, gap, 0, 0))
