"""``qunkit ingest``: exports in, a table of what became of every file out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qunkit import registry
from qunkit.cli.expose import argument, option
from qunkit.cli.failures import NOTE, say, tell
from qunkit.cli.options import Output, Place
from qunkit.cli.session import current
from qunkit.errors import BadOption
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.ingest.summary import IngestSummary

HELP = Text(
    """Read exported chats into the dataset, which is made if there is none.

    Give files, folders or - for standard input, in any order and as often as you like: only what is new is added. What cannot be
    read is kept, counted and named; nothing else is lost for it. Exit code 3: some of it could not be read.""",
    """将导出的聊天记录读入数据集；没有数据集时自动创建。

    可给出文件、文件夹，或用 - 读取标准输入；顺序不限，可重复导入，只会添加新内容。无法读取的部分会保留、计数并列出，
    不影响其余内容。退出码 3 表示有内容未能读取。""",
)


@dataclass(frozen=True, slots=True)
class Params:
    """What the exports do not say themselves."""

    exports: tuple[str, ...] = argument(Text("exported files or folders", "导出的文件或文件夹"), "EXPORT...")
    tz: str | None = option(None, Text("zone of the exporting machine, where the export has wall-clock times (default: the dataset's, Asia/Shanghai for a new one)", "导出机器的时区，用于只有本地时间的导出（默认为数据集时区，新建时为 Asia/Shanghai）"), metavar="ZONE")  # fmt: skip
    as_group: str | None = option(None, Text("group id of every record, instead of what the files say", "所有记录的群 id，代替文件中的群 id"), metavar="ID")  # fmt: skip
    format_in: str | None = option(None, Text("format of every file, instead of what it looks like; see `qunkit formats`", "指定文件格式，不自动识别；见 `qunkit formats`"), metavar="NAME")  # fmt: skip
    date: str | None = option(None, Text("day of the records, for exports that only have times of day", "记录的日期，用于只含时分秒的导出"), metavar="DATE")  # fmt: skip
    wait: float = option(10.0, Text("seconds to wait while another qunkit writes", "其他 qunkit 正在写入时等待的秒数"), metavar="SECONDS")  # fmt: skip
    each: bool = option(False, Text("commit after every file instead of once", "逐个文件提交，而非一次提交"))
    quiet: bool = option(False, Text("no progress bar and no notes", "不显示进度和提示"), "-q", "--quiet")


OPTIONS = (Params, Place, Output)


def run(params: Params, place: Place, output: Output) -> int:
    """Ingest; the exit code is the summary's."""
    from qunkit.cli.progress import progress
    from qunkit.cli.show import FOR_PEOPLE, check, chosen, show

    _must_be_known(params)
    check(output)
    dataset = place.open()
    with progress(hidden=params.quiet) as report:
        summary = dataset.ingest(
            *params.exports,
            wait=params.wait,
            each=params.each,
            progress=report,
            tz=params.tz,
            as_group=params.as_group,
            format_in=params.format_in,
            date=params.date,
        )
    result = summary.to_result()
    if chosen(output, result) in FOR_PEOPLE:
        result = summary.for_people(current.lang)
    result.notes = [] if params.quiet else result.notes
    show(result, output, place, [Path(name) for name in params.exports if name != "-"])
    _complain(summary, quiet=params.quiet)
    return summary.code


def _complain(summary: IngestSummary, *, quiet: bool) -> None:
    """What was refused and why; what was passed over in a folder is only a note."""
    for file in summary.files:
        if file.error and file.status == "refused":
            tell(file.error)
        elif file.error and not quiet:
            say(file.error.sentence(current.lang), label=NOTE)


def _must_be_known(params: Params) -> None:
    if params.format_in and params.format_in not in registry.names("formats"):
        names = ", ".join(registry.names("formats"))
        expected = Text(f"a known format: {names}", f"已知格式：{names}")
        raise BadOption(option="--format-in", value=params.format_in, expected=expected)
