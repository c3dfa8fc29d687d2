"""``qunkit alerts``: what the rules of qunkit.toml have to tell, for cron."""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.api import LAST_RUN
from qunkit.cli.expose import option, told
from qunkit.cli.options import Engine, Groups, Machine, Now, Output, Place, Shown
from qunkit.words import Text

HELP = Text(
    """What needs somebody now: groups full of ads, dead or silent, key people who fell silent, questions that wait, days out of the ordinary.

    Rules and thresholds are in [alerts] of qunkit.toml; docs/methods/alerts.md defines them. Only whole days are judged: both --as-of and the data must reach their end.
    With --since last-run only what had not been told by the last such run; an alert that ended and fires again is told again. What was told is kept in the dataset once the
    output has been written. Exit code 1: something is told; 0: nothing.""",
    """需要关注的情况：广告泛滥、死群或沉默、KOL 沉默、提问无人响应、异常波动等。

    规则和告警线在 qunkit.toml 的 [alerts] 中设置，定义见 docs/methods/alerts.md。只判断完整的日子：--as-of 和数据都须覆盖到当日结束。
    加 --since last-run 只报告上次同样运行之后的新告警；结束后再次触发的会再次报告。输出写完后，才在数据集中记下已报告的内容。
    退出码 1 表示有告警，0 表示没有。""",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Which of them."""

    since: str | None = option(None, Text("last-run: only what the last run with this option had not told", "last-run：只报告上次带此选项运行时尚未报告的"), metavar=LAST_RUN)  # fmt: skip
    wait: float = option(10.0, Text("with --since: seconds to wait for another writer", "与 --since 同用：等待其他写入者的秒数"), metavar="SECONDS")  # fmt: skip


OPTIONS = (Params, Groups, Now, Shown, Place, Machine, Engine, Output)


def run(params: Params, groups: Groups, now: Now, shown: Shown, place: Place, machine: Machine, engine: Engine, output: Output) -> int:  # fmt: skip
    """Write the alerts, then keep what was told; 1 if there are any."""
    from qunkit.cli.show import check, show

    check(output, place)
    shown.remarks()
    dataset = place.open(machine, engine)
    found = dataset.alerts(params.since, **told(groups, now, shown))
    rows = list(found.rows())
    found.cells = rows
    show(found, output, place)
    if params.since:
        dataset.keep_alerts(found, wait=params.wait)
    return 1 if rows else 0
