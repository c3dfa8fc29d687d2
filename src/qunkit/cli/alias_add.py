"""``qunkit alias add``: two names or ids are one member, on your word alone."""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.cli.expose import argument, option
from qunkit.cli.failures import NOTE, say
from qunkit.cli.options import Place
from qunkit.cli.session import current
from qunkit.words import Text

HELP = Text(
    """Say that a name or id is another member's: of somebody who changed the name or the account.

    MEMBER is the id, or the name to go by. A name that exports show without an id counts in its group. Any other name stands for its id,
    and an id counts in every group. `qunkit alias reject` takes it back.""",
    """声明某个名字或 id 属于另一成员，例如改名或换号的成员。

    MEMBER 为 id 或应使用的名字。导出中没有 id 的名字只在所属群内有效；其他名字代表其 id，id 对所有群有效。用 `qunkit alias reject` 可撤回。""",
)
_ADDED = Text("{alias} is {member} now", "{alias} 现为 {member}")
_EVERYWHERE = Text("{alias} is {member} now, in every group", "{alias} 现为 {member}，对所有群有效")


@dataclass(frozen=True, slots=True)
class Params:
    """Who is who."""

    name: str = argument(Text("the alias: a name or id", "别名：名字或 id"), "NAME")
    member: str = argument(Text("whose it is: an id, or a name", "归属的成员：id 或名字"), "MEMBER")
    group: tuple[str, ...] = option((), Text("the name's group, where several have it: name, id or glob", "名字所在的群（多个群都有此名字时）：群名、id 或通配符"), metavar="GROUP")  # fmt: skip
    wait: float = option(10.0, Text("seconds to wait while another qunkit writes", "其他 qunkit 正在写入时等待的秒数"), metavar="SECONDS")  # fmt: skip
    quiet: bool = option(False, Text("no notes", "不显示提示"), "-q", "--quiet")


OPTIONS = (Params, Place)


def run(params: Params, place: Place) -> int:
    """Add; says what on stderr."""
    alias, member = place.open().alias_add(params.name, params.member, params.group, wait=params.wait)
    if not params.quiet:
        said = _ADDED if alias.startswith("name:") else _EVERYWHERE
        say(said.say(current.lang, alias=alias.removeprefix("name:"), member=member.removeprefix("name:")), label=NOTE)
    return 0
