"""``qunkit check``: whether the dataset is sound. Never repairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from qunkit.cli.expose import option
from qunkit.cli.options import Machine, Output, Place
from qunkit.cli.session import current
from qunkit.ingest.findings import CODES, NOTE, SEVERITIES
from qunkit.results import Cell, Column, Note, Result
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.ingest.findings import Checked, Finding

HELP = Text(
    """Check that the dataset is what was written: CURRENT, manifests, every part's bytes, and who may read it.

    With --read-data also that it is what the exports say: every part is decoded, every sum made again, and the messages are built anew from
    the observations and compared. Nothing is ever repaired. Exit code 1: there is damage or a warning; notes alone are 0. docs/reference/findings.md lists what may be found.""",
    """检查数据集是否与写入时一致：CURRENT、清单、每个数据文件的内容，以及读写权限。

    加 --read-data 还会检查内容是否与导出文件一致：解码每个文件，重算所有合计，并由原始观察重新生成消息逐条比较。绝不自动修复。
    退出码 1 表示发现损坏或警告，仅有提示时为 0；可能发现的全部问题见 docs/reference/findings.md。""",
)


@dataclass(frozen=True, slots=True)
class Params:
    """How deep."""

    read_data: bool = option(False, Text("also decode every part, and build the messages anew", "同时解码全部数据并重新生成消息"))  # fmt: skip


OPTIONS = (Params, Place, Machine, Output)
COLUMNS = (
    Column(
        "severity",
        "text",
        Text("severity", "级别"),
        Text("damage, warning or note", "damage 损坏，warning 警告，note 提示"),
        words=SEVERITIES,
    ),
    Column("code", "text", Text("code", "代码"), Text("from the closed list of findings", "问题代码（封闭列表）")),
    Column("path", "text", Text("path", "路径")),
    Column("what", "text", Text("what", "问题")),
    Column("next", "text", Text("next step", "处理办法")),
)
SOUND = Text("nothing found", "未发现问题")
CHECKED = Text("checked {parts} parts, {bytes} bytes", "已检查 {parts} 个数据文件，{bytes} 字节")
READ = Text(
    "checked {parts} parts, {bytes} bytes, {rows} rows of {sources} sources",
    "已检查 {parts} 个数据文件，{bytes} 字节，{sources} 个来源的 {rows} 行",
)
FORGOTTEN = Text(
    "records of forgotten members and groups: {count}; they are in the accounts, and nowhere else",
    "已删除成员和群的记录：{count} 条；仅计入账目，数据已不存在",
)


def run(params: Params, place: Place, machine: Machine, output: Output) -> int:
    """Write what is found as it is found; 1 if any of it is worse than a note."""
    from qunkit.cli.show import FOR_PEOPLE, check, chosen, show
    from qunkit.ingest.check import check as look
    from qunkit.ingest.findings import Checked

    check(output)
    limits = machine.checked()
    checked = Checked()
    result = Result("check", Text("Check", "检查"), COLUMNS, (), empty=SOUND)
    findings = _begun(look(place.path, checked, read_data=params.read_data, **limits))
    rows = _Rows(findings, checked, result, deep=params.read_data, words=chosen(output) in FOR_PEOPLE)
    result.cells = iter(rows)
    show(result, output, place)
    return 1 if rows.grave else 0


def _begun(findings: Iterator[Finding]) -> Iterator[Finding]:
    """The same, the first one found already: what cannot be checked at all is said before any output."""
    first = next(findings, None)
    return chain([] if first is None else [first], findings)


@dataclass(slots=True)
class _Rows:
    """Findings as rows; when all have gone by, the result gets its note."""

    findings: Iterator[Finding]
    checked: Checked
    result: Result
    deep: bool
    words: bool
    grave: bool = False
    """Whether there was more than notes."""

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        for finding in self.findings:
            self.grave |= CODES[finding.code].severity != NOTE
            yield self._cells(finding)
        facts = tuple((name, getattr(self.checked, name)) for name in ("parts", "bytes", "rows", "sources"))
        self.result.notes.append(Note(READ if self.deep else CHECKED, facts))
        if self.checked.forgotten:
            self.result.notes.append(Note(FORGOTTEN, (("count", self.checked.forgotten),)))

    def _cells(self, finding: Finding) -> tuple[Cell, ...]:
        code, lang = CODES[finding.code], current.lang if self.words else "en"
        what = (
            f"{code.meaning.say(lang)}: {finding.what.say(lang)}"
            if lang == "en"
            else f"{code.meaning.zh}：{finding.what.zh}"
        )
        return code.severity, finding.code, finding.path, what, code.way_out.say(lang)
