"""The progress bar: on stderr, and only where somebody watches."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Report = Callable[[str, int, int], None]
"""Called with (label, bytes or steps done, and in all)."""


@contextmanager
def progress(*, hidden: bool, steps: bool = False) -> Iterator[Report]:
    """A bar of bytes, or of `steps`, for as long as the block lasts; nothing if `hidden`, and nothing where stderr is no terminal."""
    if hidden or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda label, done, size: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from qunkit import ink

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn() if steps else DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def report(label: str, done: int, size: int) -> None:
            bar.update(task, description=escape(ink.clip(ink.term(label), 40)), completed=done, total=size)

        yield report
