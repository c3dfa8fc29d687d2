"""``qunkit sources drop``: files taken out of the dataset again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.cli import consent
from qunkit.cli.expose import argument, option
from qunkit.cli.options import Output, Place
from qunkit.cli.sources_list import COLUMNS, row
from qunkit.results import Note, Result
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.ingest.sources import Dropped

HELP = Text(
    f"""Take files out of the dataset that should not have been ingested, as if they never had been; their rejects go, too.

    SOURCE is a path as it was ingested (a folder or an archive stands for all in it), the name of a file, a glob, or the begin of an id of
    `qunkit sources list`. Messages that other files tell, too, stay. To have a file back, ingest it again. To take a person or a group
    out for good, see `qunkit forget`. {consent.WITHOUT_YES.en}""",
    f"""从数据集中移除不该导入的文件，如同从未导入；其未识别的记录也一并移除。

    SOURCE 可以是导入时的路径（文件夹或压缩包代表其中全部文件）、文件名、通配符，或 `qunkit sources list` 中 id 的开头。其他文件中也有的消息会保留。
    需要恢复时再次导入即可。要彻底删除某人或某群，请用 `qunkit forget`。{consent.WITHOUT_YES.zh}""",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Which files."""

    sources: tuple[str, ...] = argument(Text("path, name, glob or begin of an id", "路径、文件名、通配符或 id 开头"), "SOURCE...")  # fmt: skip
    yes: bool = consent.yes()
    wait: float = option(10.0, Text("seconds to wait while another qunkit writes", "其他 qunkit 正在写入时等待的秒数"), metavar="SECONDS")  # fmt: skip


OPTIONS = (Params, Place, Output)
_TITLES = {False: Text("What would go", "将移除的来源"), True: Text("Taken out", "已移除的来源")}
_LEFT = Text(
    "messages and notices of the dataset: {before} before, {after} after; what other files tell stays",
    "数据集的消息和提示：移除前 {before} 条，移除后 {after} 条；其他文件中也有的予以保留",
)
_ADD_YES = Text("Nothing was done. To take all this out, add --yes.", "未作任何改动。确认移除请加 --yes。")
_ASK = Text("Take all this out?", "确认移除？")


def run(params: Params, place: Place, output: Output) -> int:
    """Show what would go, ask, and take it out."""
    from qunkit.cli.show import check, show

    check(output, place)
    dataset = place.open()
    if not params.yes:
        show(_table(dataset.drop(*params.sources, dry_run=True), done=False), output, place)
        consent.ask(_ASK, _ADD_YES)
    show(_table(dataset.drop(*params.sources, wait=params.wait), done=True), output, place)
    return 0


def _table(dropped: Dropped, *, done: bool) -> Result:
    notes = [Note(_LEFT, (("before", dropped.before), ("after", dropped.after)))]
    return Result("sources drop", _TITLES[done], COLUMNS, [row(source) for source in dropped.sources], notes)
