"""``qunkit messages``: the filtered messages themselves."""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.cli.expose import option, told
from qunkit.cli.options import Engine, Groups, Machine, Now, Output, Place, Shown, When
from qunkit.words import Text

HELP = Text(
    """The messages that the filters let through, notices among them, by group and time.

    A terminal, Markdown and HTML show them as a chat; the other formats have every column (docs/reference/schema.md says what they mean).""",
    """输出符合条件的消息（含系统提示），按群和时间排列。

    终端、Markdown 和 HTML 按聊天记录的样子显示；其他格式含全部字段（含义见 docs/reference/schema.md）。""",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Which messages."""

    kind: tuple[str, ...] = option((), Text("only this kind (text, image, system, …); may be repeated", "只看此类消息（如 文本、图片、系统提示，或 text、image、system），可重复"), metavar="KIND")  # fmt: skip
    sender: tuple[str, ...] = option((), Text("only from this sender: id or shown name; may be repeated", "只看此人的消息：id 或显示名，可重复"), metavar="SENDER")  # fmt: skip


OPTIONS = (Params, Groups, When, Now, Shown, Place, Machine, Engine, Output)


def run(params: Params, groups: Groups, when: When, now: Now, shown: Shown, place: Place, machine: Machine, engine: Engine, output: Output) -> int:  # fmt: skip
    """Write the messages."""
    from qunkit.cli.show import FOR_PEOPLE, check, chosen, show
    from qunkit.cli.stream import as_result

    engine.must_be_here("messages")
    check(output)
    notes = shown.remarks()
    chat = chosen(output) in FOR_PEOPLE
    rows = place.open(machine).messages(params.kind, params.sender, answered=chat, **told(groups, when, now, shown))
    result = as_result("messages", Text("Messages", "消息"), rows)
    result.chat = chat
    result.notes += notes
    show(result, output, place)
    return 0
