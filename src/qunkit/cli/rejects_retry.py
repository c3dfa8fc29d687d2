"""``qunkit rejects retry``: files of which something could not be read, read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qunkit.cli.expose import argument, option
from qunkit.cli.failures import tell
from qunkit.cli.options import Machine, Output, Place
from qunkit.cli.rejects_list import FILE, NONE, SOURCE
from qunkit.cli.session import current
from qunkit.results import Cell, Column, Note, Result
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.ingest.retry import Retried

HELP = Text(
    """Read the files that have rejects again, with the parsers of today and the options of then.

    Each is looked for where it lay; if it is elsewhere now, give it, or the folder or archive that holds it. It must be the same file,
    byte for byte. What it says now takes the place of what it said then, as if it had been read so from the first. A file that is gone
    changes nothing.""",
    """用当前版本按当时的选项重新读取含未识别记录的文件。

    默认在原处查找；如已移动，请给出文件，或其所在的文件夹或压缩包。内容必须与当时逐字节相同。新的结果取代当时的结果，如同一开始就这样读取。
    找不到的文件不会改变任何内容。""",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Where the files are."""

    files: tuple[str, ...] = argument(Text("where the files are now, if not where they lay", "文件现在的位置；在原处则不必给出"), "[FILE]...", ())  # fmt: skip
    wait: float = option(10.0, Text("seconds to wait while another qunkit writes", "其他 qunkit 正在写入时等待的秒数"), metavar="SECONDS")  # fmt: skip
    quiet: bool = option(False, Text("no progress bar and no notes", "不显示进度和提示"), "-q", "--quiet")


OPTIONS = (Params, Place, Machine, Output)
COLUMNS = (
    FILE,
    Column(
        "status",
        "text",
        Text("status", "状态"),
        Text("read, refused or missing", "read 已读取，refused 已拒绝，missing 缺失"),
    ),
    Column("rejected_before", "int", Text("rejected before", "原未识别")),
    Column("rejected", "int", Text("rejected", "未识别")),
    Column("messages_before", "int", Text("messages before", "原消息"), Text("messages and notices", "消息和提示")),
    Column("messages", "int", Text("messages", "消息"), Text("messages and notices", "消息和提示")),
    SOURCE,
)
MISSING = 66
"""Exit code of what is not there."""
STATUSES = {
    "read": Text("read again", "已重新读取"),
    "refused": Text("refused", "已拒绝"),
    "missing": Text("missing", "缺失"),
}
ALL = Text(
    "files read again: {read} of {of}; rejects left of these files: {rejected}",
    "{of} 个文件中重新读取了 {read} 个，这些文件仍有 {rejected} 条未识别",
)


def run(params: Params, place: Place, machine: Machine, output: Output) -> int:
    """Read again; the exit code is that of an ingest of these files."""
    from qunkit.cli.progress import progress
    from qunkit.cli.show import FOR_PEOPLE, check, chosen, show

    inputs = [Path(name) for name in params.files]
    check(output, place, inputs)
    dataset = place.open(machine)
    with progress(hidden=params.quiet) as report:
        retrial = dataset.retry(*params.files, wait=params.wait, progress=report)
    result = Result("rejects retry", Text("Read again", "重新读取"), COLUMNS, (), empty=NONE)
    words = chosen(output, result) in FOR_PEOPLE
    result.cells = rows = [_cells(one, words=words) for one in retrial.tried]
    if rows and not params.quiet:
        read = sum(one.file.error is None for one in retrial.tried)
        left = sum(one.rejected for one in retrial.tried)
        facts = (("read", read), ("of", len(rows)), ("rejected", left))
        result.notes.append(Note(ALL, facts))
    show(result, output, place, inputs)
    for one in retrial.tried:
        if one.file.error:
            tell(one.file.error)
    return retrial.code


def _cells(one: Retried, *, words: bool) -> tuple[Cell, ...]:
    status = "read" if one.file.error is None else "missing" if one.file.error.code == MISSING else "refused"
    said = STATUSES[status].say(current.lang) if words else status
    before = one.before or {"id": None, "records": {}}
    counts = before["records"].get("reject"), one.rejected, _told(before["records"]), _told(one.records)
    return (one.file.label, said, *counts, before["id"])


def _told(records: Mapping[str, int]) -> int | None:
    """Messages and notices; None of a file that is no source."""
    return records["message"] + records["notice"] if records else None
