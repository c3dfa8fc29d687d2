"""``qunkit demo``: invented exports."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path

from qunkit import demo
from qunkit.cli import streams
from qunkit.cli.expose import argument, option
from qunkit.cli.failures import NOTE, say
from qunkit.cli.session import current
from qunkit.errors import BadOption, CannotCreate
from qunkit.words import Text

HELP = Text(
    """Write exports of invented group chats into DIR/exports, in the formats of several exporters, to try qunkit on.

    DIR/truth says what is true of them, DIR/qunkit.toml who is staff. The same seed gives the same bytes.""",
    """在 DIR/exports 中生成虚构群聊的导出文件（多种导出工具的格式），供试用。

    DIR/truth 记录真实答案，DIR/qunkit.toml 记录工作人员。种子相同，生成的内容逐字节相同。""",
)
_NEXT = Text(
    "next: qunkit ingest {folder}/exports --data {folder}/dataset, then qunkit report --data {folder}/dataset --config {folder}/qunkit.toml",
    "下一步：qunkit ingest {folder}/exports --data {folder}/dataset，然后 qunkit report --data {folder}/dataset --config {folder}/qunkit.toml",
)
_USUAL = {name: parameter.default for name, parameter in inspect.signature(demo.write).parameters.items()}


@dataclass(frozen=True, slots=True)
class Params:
    """What to invent."""

    folder: str = argument(Text("a new or empty folder", "新的或空的文件夹"), "DIR")
    seed: int = option(_USUAL["seed"], Text("another seed, another world", "随机种子"), metavar="N")
    groups: int = option(_USUAL["groups"], Text("number of groups", "群的数量"), metavar="N")
    weeks: int = option(_USUAL["weeks"], Text("weeks of history", "历史周数"), metavar="N")
    plain: bool = option(
        False, Text("plant nothing: no dying group, no advertisers", "不埋设特殊情况：没有衰落的群，没有广告号")
    )


OPTIONS = (Params,)


def run(params: Params) -> int:
    """Write the exports and print their paths."""
    from qunkit.demo.truth import shown

    folder = Path(params.folder)
    _must_be_possible(params, folder)
    written = demo.write(folder, seed=params.seed, groups=params.groups, weeks=params.weeks, plain=params.plain)
    with streams.output() as out:
        out.writelines(f"{shown(path)}\n" for path in written)
    say(_NEXT.say(current.lang, folder=folder), label=NOTE)
    return 0


def _must_be_possible(params: Params, folder: Path) -> None:
    for name in ("groups", "weeks"):
        if getattr(params, name) < 1:
            raise BadOption(
                option=f"--{name}", value=getattr(params, name), expected=Text("1 or more", "大于等于 1 的整数")
            )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CannotCreate(path=folder, why=Text("it is there and not an empty folder", "已存在且不是空文件夹"))
