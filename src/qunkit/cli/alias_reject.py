"""``qunkit alias reject``: a name that is not the member's."""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.cli.expose import argument, option
from qunkit.cli.failures import NOTE, say
from qunkit.cli.options import Place
from qunkit.cli.session import current
from qunkit.words import Text

HELP = Text(
    """Say that a name is not the member's: of a suggestion, of what you accepted, or of a name that was linked to an id.

    It is not suggested again, and holds for whatever is ingested later. An alias that `qunkit alias add` or `accept` made is taken back so:
    give the alias, or the member.""",
    """声明某个名字不属于该成员：可用于建议、已接受的别名，或自动关联到 id 的名字。

    之后不再建议，对后续导入的内容同样有效。用 `qunkit alias add` 或 `accept` 指定的别名也以此撤回：给出别名或该成员均可。""",
)
_PARTED = Text("{alias} is not {member}", "{alias} 不是 {member}")
_BEFORE = Text("{alias} was rejected already: it is not {member}", "{alias} 此前已拒绝：不是 {member}")


@dataclass(frozen=True, slots=True)
class Params:
    """Which name."""

    name: str = argument(Text("the alias: a name or id", "别名：名字或 id"), "NAME")
    group: tuple[str, ...] = option((), Text("the name's group, where several have it: name, id or glob", "名字所在的群（多个群都有此名字时）：群名、id 或通配符"), metavar="GROUP")  # fmt: skip
    wait: float = option(10.0, Text("seconds to wait while another qunkit writes", "其他 qunkit 正在写入时等待的秒数"), metavar="SECONDS")  # fmt: skip
    quiet: bool = option(False, Text("no notes", "不显示提示"), "-q", "--quiet")


OPTIONS = (Params, Place)


def run(params: Params, place: Place) -> int:
    """Reject; says what on stderr."""
    found = place.open().alias_reject(params.name, params.group, wait=params.wait)
    if not params.quiet:
        name = found.alias.removeprefix("name:")
        said = _BEFORE if found.status == "rejected" else _PARTED
        say(said.say(current.lang, alias=name, member=found.member.removeprefix("name:")), label=NOTE)
    return 0
