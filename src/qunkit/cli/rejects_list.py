"""``qunkit rejects list``: what could not be read, by file and reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.cli.expose import option
from qunkit.cli.options import Output, Place
from qunkit.errors import BadOption, NoSuchSource
from qunkit.results import Column, Note, Result
from qunkit.schema import REASONS
from qunkit.words import Text, counted

if TYPE_CHECKING:
    from qunkit.ingest.store import Snapshot

HELP = Text(
    """List what could not be read, by file and reason: how many records, how many bytes, and the line of the first.

    The bytes are kept: `qunkit rejects show` shows them, `qunkit rejects retry` reads the files again. Of a file that has since been exported anew
    and better, `qunkit sources drop` puts them away, and the old file with them.""",
    """按文件和原因列出未能识别的记录：条数、字节数、首条所在行。

    原始字节都已保留：用 `qunkit rejects show` 查看，用 `qunkit rejects retry` 重新读取。文件已重新完整导出的，可用 `qunkit sources drop` 将旧文件连同
    其未识别的记录一并移除。""",
)


NONE = Text("no rejects: every record was read", "没有未识别的记录")


@dataclass(frozen=True, slots=True)
class Which:
    """Which rejects."""

    reason: tuple[str, ...] = option((), Text("only rejects for this reason; may be repeated", "只看此原因，可重复"), metavar="REASON")  # fmt: skip
    source: tuple[str, ...] = option((), Text("only rejects of this source: name of the file, glob, or begin of its id; may be repeated", "只看此来源：文件名、通配符或 id 开头，可重复"), metavar="SOURCE")  # fmt: skip

    @property
    def empty(self) -> Text | None:
        """What it means that there are none."""
        return None if self.reason or self.source else NONE

    def must_be_known(self, snapshot: Snapshot) -> None:
        """Refuse what is no reason, or no source of the dataset.

        Raises:
            BadOption: it is no reason.
            NoSuchSource: it is no source.
        """
        from qunkit.ingest.rejects import Chosen

        for pattern in self.source:
            one_of = Chosen(sources=(pattern,))
            if not any(one_of.source(known["id"], known["name"]) for known in snapshot.manifest["sources"]):
                raise NoSuchSource(pattern=pattern)
        for one in self.reason:
            if one not in REASONS:
                names = ", ".join(REASONS)
                expected = Text(f"one of {names}", f"以下之一：{names}")
                raise BadOption(option="--reason", value=one, expected=expected)


OPTIONS = (Which, Place, Output)
FILE = Column("file", "text", Text("file", "文件"))
SOURCE = Column(
    "source", "text", Text("source", "来源"), Text("id of the source: begin of a sha256", "来源 id"), spare=9
)
COLUMNS = (
    FILE,
    Column("format", "text", Text("format", "格式")),
    Column(
        "reason",
        "text",
        Text("reason", "原因"),
        Text("from the closed list of reasons", "原因（封闭列表）"),
        words=REASONS,
    ),
    Column("count", "int", Text("count", "条数")),
    Column("bytes", "int", Text("bytes", "字节"), spare=8),
    Column("line", "int", Text("first line", "首行"), Text("line of the first one, from 1", "首条所在行，从 1 起")),
    SOURCE,
)
ALL = Text("{count} of {files}, {bytes}", "{files}共 {count}未识别，{bytes}")


def run(which: Which, place: Place, output: Output) -> int:
    """Write the table."""
    from qunkit.cli.show import check, show
    from qunkit.ingest.rejects import Chosen, kinds
    from qunkit.ingest.store import open_snapshot

    check(output)
    dataset = place.open()
    with open_snapshot(dataset.path) as snapshot:
        which.must_be_known(snapshot)
        found = kinds(snapshot, Chosen(which.reason, which.source))
    result = Result("rejects list", Text("Rejects", "未识别的记录"), COLUMNS, (), empty=which.empty)
    result.cells = [(one.path, one.format, one.reason, one.count, one.bytes, one.line, one.source) for one in found]
    if found:
        count = counted(sum(one.count for one in found), "reject", "条")
        files = counted(len({one.source for one in found}), "file", "个文件")
        size = counted(sum(one.bytes for one in found), "byte", "字节")
        result.notes.append(Note(ALL, (("count", count), ("files", files), ("bytes", size))))
    show(result, output, place)
    return 0
