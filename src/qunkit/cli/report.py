"""``qunkit report``: the weekly report."""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.cli.expose import option, told
from qunkit.cli.options import Engine, Groups, Machine, Now, Output, Place, Shown
from qunkit.words import Text

HELP = Text(
    "The weekly report: what happened in an ISO week, against the week before.",
    "社群周报：一周（周一至周日）的情况，与前一周对比。",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Which week."""

    week: str = option("last", Text("an ISO week such as 2026-W20, or last: the last complete one, and while there is none the one that has begun", "ISO 周，如 2026-W20；last 为最近一个完整的周，尚无完整周时为已开始的一周"), metavar="WEEK")  # fmt: skip


OPTIONS = (Params, Groups, Now, Shown, Place, Machine, Engine, Output)


def run(params: Params, groups: Groups, now: Now, shown: Shown, place: Place, machine: Machine, engine: Engine, output: Output) -> int:  # fmt: skip
    """Write the report."""
    from qunkit.cli.show import check, show

    check(output)
    shown.remarks()
    report = place.open(machine, engine).report(params.week, **told(groups, now, shown))
    show(report, output, place)
    return 0
