"""``qunkit alias accept``: take a suggestion, or all."""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.cli.expose import argument, option
from qunkit.cli.failures import NOTE, say
from qunkit.cli.options import Place
from qunkit.cli.session import current
from qunkit.errors import UsageError
from qunkit.words import Text

HELP = Text(
    """Take a suggestion of `qunkit alias list`: what was told under both names becomes one.

    It also holds for whatever is ingested later. `qunkit alias reject` takes it back.""",
    """接受 `qunkit alias list` 的建议：两个名字下的重复消息合并为一条。

    对之后导入的内容同样有效；用 `qunkit alias reject` 可撤回。""",
)
_NEITHER = Text("Give one NAME, or --all.", "请给出一个名字，或用 --all。")
_TAKEN = Text("{alias} is {member} now", "{alias} 现为 {member}")
_NONE = Text("nothing is suggested", "没有建议")


@dataclass(frozen=True, slots=True)
class Params:
    """Which suggestion."""

    name: tuple[str, ...] = argument(Text("the alias: a name or id", "别名：名字或 id"), "[NAME]", ())
    all: bool = option(False, Text("every suggestion", "接受全部建议"))
    group: tuple[str, ...] = option((), Text("the name's group, where several have it: name, id or glob", "名字所在的群（多个群都有此名字时）：群名、id 或通配符"), metavar="GROUP")  # fmt: skip
    wait: float = option(10.0, Text("seconds to wait while another qunkit writes", "其他 qunkit 正在写入时等待的秒数"), metavar="SECONDS")  # fmt: skip
    quiet: bool = option(False, Text("no notes", "不显示提示"), "-q", "--quiet")


OPTIONS = (Params, Place)


def run(params: Params, place: Place) -> int:
    """Accept; says what on stderr."""
    if len(params.name) + params.all != 1:
        raise UsageError(what=_NEITHER)
    dataset = place.open()
    taken = dataset.alias_accept(params.name[0] if params.name else None, params.group, wait=params.wait)
    lines = [
        _TAKEN.say(current.lang, alias=one.alias.removeprefix("name:"), member=one.member.removeprefix("name:"))
        for one in taken
    ]
    for line in [] if params.quiet else lines or [_NONE.say(current.lang)]:
        say(line, label=NOTE)
    return 0
