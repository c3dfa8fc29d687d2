"""``qunkit demo``: invented exports."""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.cli.expose import argument, option
from qunkit.words import Text

HELP = Text(
    """Write exports of invented groups into DIR, in several formats, to try qunkit on.

    The same seed gives the same bytes.""",
    """在 DIR 中生成虚构群聊的导出文件（多种格式），供试用。

    种子相同，生成的内容逐字节相同。""",
)


@dataclass(frozen=True, slots=True)
class Params:
    """What to invent."""

    folder: str = argument(Text("a new or empty folder", "新的或空的文件夹"), "DIR")
    seed: int = option(1, Text("another seed, another world", "随机种子"), metavar="N")
    weeks: int | None = option(None, Text("weeks of history", "历史周数"), metavar="N")
    groups: int | None = option(None, Text("number of groups", "群的数量"), metavar="N")
    plain: bool = option(False, Text("without the awkward cases", "不含刁钻的特殊情况"))


OPTIONS = (Params,)


def run(params: Params) -> int:
    """Write the exports."""
    raise NotImplementedError
