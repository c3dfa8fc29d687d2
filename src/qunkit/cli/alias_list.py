"""``qunkit alias list``: names that may be, are or are not a member's."""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.cli.expose import option
from qunkit.cli.options import Groups, Output, Place
from qunkit.words import Text

HELP = Text(
    """Names that may be a member's other name, with the evidence, and what you said of them.

    A member who changed the name, or whom two tools show under two names, is told twice. Nothing is merged before you accept it.""",
    """列出可能是同一成员的其他名字及其依据，以及你已作出的决定。

    成员改名，或两种工具显示的名字不同时，同一条消息会出现两次。在你接受之前不会合并任何内容。""",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Which names."""

    linked: bool = option(False, Text("also the names that are linked to an id without a word of yours", "同时列出已自动关联到 id 的名字"))  # fmt: skip


OPTIONS = (Params, Groups, Place, Output)


def run(params: Params, groups: Groups, place: Place, output: Output) -> int:
    """Write the table."""
    from qunkit.cli.show import check, show

    check(output)
    show(place.open().alias_list(groups.group, linked=params.linked), output, place)
    return 0
