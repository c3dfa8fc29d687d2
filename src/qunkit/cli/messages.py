"""``qunkit messages``: the filtered messages themselves."""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.cli.expose import option, told
from qunkit.cli.options import Groups, Machine, Now, Output, Place, Shown, When
from qunkit.words import Text

HELP = Text(
    """The messages that the filters let through, notices among them: every column, by group and time.

    docs/reference/schema.md says what the columns mean.""",
    """输出符合条件的消息（含系统提示）及其全部字段，按群和时间排列。

    字段含义见 docs/reference/schema.md。""",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Which messages."""

    kind: tuple[str, ...] = option((), Text("only this kind (text, image, system, …); may be repeated", "只看此类消息（text、image、system 等），可重复"), metavar="KIND")  # fmt: skip
    sender: tuple[str, ...] = option((), Text("only from this sender: id or shown name; may be repeated", "只看此人的消息：id 或显示名，可重复"), metavar="SENDER")  # fmt: skip


OPTIONS = (Params, Groups, When, Now, Shown, Place, Machine, Output)


def run(params: Params, groups: Groups, when: When, now: Now, shown: Shown, place: Place, machine: Machine, output: Output) -> int:  # fmt: skip
    """Write the messages."""
    from qunkit.cli.show import check, show
    from qunkit.cli.stream import as_result

    check(output)
    notes = shown.remarks()
    rows = place.open(machine).messages(params.kind, params.sender, **told(groups, when, now, shown))
    result = as_result("messages", Text("Messages", "消息"), rows)
    result.notes += notes
    show(result, output, place)
    return 0
