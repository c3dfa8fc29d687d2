"""``qunkit sources drop``: files taken out of the dataset again."""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.cli.expose import argument, option
from qunkit.cli.options import Output, Place
from qunkit.cli.sources_list import COLUMNS, row
from qunkit.results import Note, Result
from qunkit.words import Text

HELP = Text(
    """Take files out of the dataset that should not have been ingested, as if they never had been; their rejects go, too.

    SOURCE is a path as it was ingested (a folder or an archive stands for all in it), the name of a file, a glob, or the begin of an id of
    `qunkit sources list`. Messages that other files tell, too, stay. Without --yes it only shows what would go. To have a file back, ingest
    it again. To take a person or a group out for good, see `qunkit forget`.""",
    """从数据集中移除不该导入的文件，如同从未导入；其未识别的记录也一并移除。

    SOURCE 可以是导入时的路径（文件夹或压缩包代表其中全部文件）、文件名、通配符，或 `qunkit sources list` 中 id 的开头。其他文件中也有的消息会保留。
    不加 --yes 时只显示将移除的内容。需要恢复时再次导入即可。要彻底删除某人或某群，请用 `qunkit forget`。""",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Which files."""

    sources: tuple[str, ...] = argument(Text("path, name, glob or begin of an id", "路径、文件名、通配符或 id 开头"), "SOURCE...")  # fmt: skip
    yes: bool = option(False, Text("do it; else it is only shown", "执行移除；否则只显示"), "-y", "--yes")
    wait: float = option(10.0, Text("seconds to wait while another qunkit writes", "其他 qunkit 正在写入时等待的秒数"), metavar="SECONDS")  # fmt: skip


OPTIONS = (Params, Place, Output)
_TITLES = {False: Text("What would go", "将移除的来源"), True: Text("Taken out", "已移除的来源")}
_LEFT = Text(
    "messages and notices of the dataset: {before} before, {after} after; what other files tell stays",
    "数据集的消息和提示：移除前 {before} 条，移除后 {after} 条；其他文件中也有的予以保留",
)
_ADD_YES = Text("nothing was written; to take this out, add --yes", "没有写入任何内容；确认移除请加 --yes")


def run(params: Params, place: Place, output: Output) -> int:
    """Show what would go, or let it go."""
    from qunkit.cli.show import check, show

    check(output, place)
    dropped = place.open().drop(*params.sources, wait=params.wait, dry_run=not params.yes)
    notes = [Note(_LEFT, (("before", dropped.before), ("after", dropped.after)))]
    notes += [] if params.yes else [Note(_ADD_YES)]
    rows = [row(source) for source in dropped.sources]
    show(Result("sources drop", _TITLES[params.yes], COLUMNS, rows, notes), output, place)
    return 0
