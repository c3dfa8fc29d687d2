"""``qunkit report``: the weekly report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qunkit.cli.expose import option, told
from qunkit.cli.options import Engine, Groups, Machine, Now, Output, Place, Shown
from qunkit.cli.session import current
from qunkit.errors import BadOption, UsageError
from qunkit.words import Text

HELP = Text(
    "The weekly report: what happened in an ISO week, against the week before.",
    "社群周报：一周（周一至周日）的情况，与前一周对比。",
)


_NO_FOLDER = Text(
    "--all writes a folder of pages: say where with -o DIR.", "--all 会写出一个网页文件夹：请用 -o 目录 指定位置。"
)
_HTML = Text("html: the pages of --all are HTML", "html（--all 写出的是 HTML 网页）")


@dataclass(frozen=True, slots=True)
class Params:
    """Which week, and what of it."""

    week: str = option("last", Text("an ISO week such as 2026-W20, or last: the last complete one, and while there is none the one that has begun", "ISO 周，如 2026-W20；last 为最近一个完整的周，尚无完整周时为已开始的一周"), metavar="WEEK")  # fmt: skip
    all: bool = option(False, Text("HTML pages: index.html for all groups and one page a group, in the folder -o DIR", "HTML 网页：在 -o 指定的文件夹中写出全部群的 index.html 和每个群一页"))  # fmt: skip
    quiet: bool = option(False, Text("no progress bar", "不显示进度"), "-q", "--quiet")


OPTIONS = (Params, Groups, Now, Shown, Place, Machine, Engine, Output)


def run(params: Params, groups: Groups, now: Now, shown: Shown, place: Place, machine: Machine, engine: Engine, output: Output) -> int:  # fmt: skip
    """Write the report, or all of them."""
    from qunkit.cli.progress import progress
    from qunkit.cli.show import check, show

    asked = told(groups, now, shown)
    if params.all:
        return _all(params, _folder(output), asked, shown, place, machine, engine)
    check(output)
    shown.remarks()
    dataset = place.open(machine, engine)
    with progress(hidden=params.quiet, steps=True) as seen:
        report = dataset.report(params.week, progress=_in_words(seen), **asked)
    show(report, output, place)
    return 0


def _all(params: Params, folder: str, asked: dict[str, Any], shown: Shown, place: Place, machine: Machine, engine: Engine) -> int:  # fmt: skip
    """Write the pages; the path of the index goes to stdout."""
    from qunkit import ink
    from qunkit.cli import streams
    from qunkit.cli.failures import NOTE, say
    from qunkit.cli.progress import progress
    from qunkit.pages import INDEX

    engine.must_be_here("report --all")
    dataset = place.open(machine, engine)
    shown.remarks()
    with progress(hidden=params.quiet, steps=True) as seen:
        left_out = dataset.pages(folder, params.week, lang=current.lang, progress=_in_words(seen), **asked)
    for said in left_out:
        say(said, label=NOTE)
    with streams.output() as out:
        out.write(ink.term(f"{Path(folder) / INDEX}") + "\n")
    return 0


def _folder(output: Output) -> str:
    """Where pages go.

    Raises:
        UsageError: that is not said.
        BadOption: another format is.
    """
    if output.format not in (None, "html"):
        raise BadOption(option="--format", value=output.format, expected=_HTML)
    if output.output in (None, "-"):
        raise UsageError(what=_NO_FOLDER)
    return str(output.output)


def _in_words(seen: Callable[[str, int, int], None]) -> Callable[[Text | str, int, int], None]:
    """The bar takes words in the language of the run."""
    return lambda done, steps, of: seen(done.say(current.lang) if isinstance(done, Text) else done, steps, of)
