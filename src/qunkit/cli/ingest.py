"""``qunkit ingest``: exports in, a table of what became of every file out."""

from __future__ import annotations

import csv
import re
import shutil
import sys
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from qunkit import registry
from qunkit.cli.expose import argument, option
from qunkit.cli.failures import NOTE, say, tell
from qunkit.cli.options import Engine, Output, Place
from qunkit.cli.session import current
from qunkit.config.columns import FIELDS, lacking
from qunkit.errors import BadOption, NoMessages, UsageError
from qunkit.words import LANGS, Text

if TYPE_CHECKING:
    from qunkit.ingest.summary import IngestSummary

HELP = Text(
    """Read exported chats into the dataset, which is made if there is none.

    Give files, folders, zip or gzip archives or - for standard input, in any order and as often as you like: only what is new is
    added. What cannot be read is kept, counted and named; nothing else is lost for it. Exit code 3: some of it could not be read.
    A known file with another --tz is read again in that zone; `qunkit sources drop` takes a file out again.
    With --engine spark a cluster reads the files, to the same result (docs/scale.md).""",
    """将导出的聊天记录读入数据集；没有数据集时自动创建。

    可给出文件、文件夹、zip 或 gzip 压缩包，或用 - 读取标准输入；顺序不限，可重复导入，只会添加新内容。无法读取的部分会保留、计数并列出，
    不影响其余内容。退出码 3 表示有内容未能读取。
    已导入的文件换一个 --tz 会按新时区重新读取；用 `qunkit sources drop` 可移除文件。
    加上 --engine spark 则由集群读取文件，结果相同（见 docs/scale.md）。""",
)


@dataclass(frozen=True, slots=True)
class Params:
    """What the exports do not say themselves."""

    exports: tuple[str, ...] = argument(Text("exported files or folders", "导出的文件或文件夹"), "EXPORT...")
    tz: str | None = option(None, Text("zone of the exporting machine, where the export has wall-clock times (default: the dataset's, Asia/Shanghai for a new one)", "导出机器的时区，用于只有本地时间的导出（默认为数据集时区，新建时为 Asia/Shanghai）"), metavar="ZONE")  # fmt: skip
    as_group: str | None = option(None, Text("group of every record, by its id or name, instead of what the files say", "所有记录的群（id 或群名），代替文件中的群"), metavar="GROUP")  # fmt: skip
    format_in: str | None = option(None, Text("format of every file, instead of what it looks like; see `qunkit formats`", "指定文件格式，不自动识别；见 `qunkit formats`"), metavar="NAME")  # fmt: skip
    date: str | None = option(None, Text("day of the records, or first and last day, for exports that only have times of day", "记录的日期或首末日期，用于只含时分秒的导出"), metavar="DATE[~DATE]")  # fmt: skip
    map: str | None = option(None, Text("columns of tables of no known format, such as time=when,sender=who,text=said,group=room; `qunkit formats mapped` has them all", "其他表格的列，如 time=when,sender=who,text=said,group=room；全部字段见 `qunkit formats mapped`"), metavar="FIELD=COLUMN,...")  # fmt: skip
    date_order: str | None = option(None, Text("order of day, month and year, for WhatsApp exports whose dates do not show it: dmy, mdy or ymd", "日、月、年的先后，用于日期无法自行判断的 WhatsApp 导出：dmy、mdy 或 ymd"), metavar="ORDER")  # fmt: skip
    private: bool = option(False, Text("also take private chats, of exports that mix them with groups", "同时导入私聊，用于混有群聊和私聊的导出"))  # fmt: skip
    wait: float = option(10.0, Text("seconds to wait while another qunkit writes", "其他 qunkit 正在写入时等待的秒数"), metavar="SECONDS")  # fmt: skip
    each: bool = option(False, Text("commit after every file instead of once", "逐个文件提交，而非一次提交"))
    force: bool = option(False, Text("also take an export that contradicts what the dataset has of the same group and time", "与数据集中同群、同时段的内容不一致的导出也照样导入"))  # fmt: skip
    again: bool = option(False, Text("read files anew that were read before, with the options of today: what they say now takes the place of what they said then", "按现在的选项重新读取已导入过的文件，取代当时的结果"))  # fmt: skip
    dry_run: bool = option(False, Text("write nothing, only show what would go in", "试运行：只显示结果，不写入任何内容"))  # fmt: skip
    quiet: bool = option(False, Text("no progress bar and no notes", "不显示进度和提示"), "-q", "--quiet")


OPTIONS = (Params, Place, Engine, Output)
_ORDERS = ("dmy", "mdy", "ymd")
_DAY = r"\d{4}-\d\d-\d\d"
_CLOSEST = 3
_NARROWEST = 20
"""Columns; no table is drawn narrower."""
_TERMINAL = Text(
    "Standard input is a terminal: give the name of the export, or pass it in with `qunkit ingest - < EXPORT`.",
    "标准输入是终端：请给出导出文件名，或用 `qunkit ingest - < 导出文件` 传入。",
)
_ONLY_UNKNOWN = Text("no known export among {count} files", "{count} 个文件中没有已知的导出")


def run(params: Params, place: Place, engine: Engine, output: Output) -> int:
    """Ingest; the exit code is the summary's."""
    from qunkit.cli.progress import progress
    from qunkit.cli.show import FOR_PEOPLE, check, chosen, show

    _must_be_known(params)
    inputs = [Path(name) for name in params.exports if name != "-"]
    check(output, place, inputs)
    dataset = place.open(engine=engine)
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
            date_order=params.date_order,
            private=params.private,
            force=params.force,
            again=params.again,
            dry_run=params.dry_run,
            map=_mapping(params.map) if params.map is not None else None,
        )
    result = summary.to_result()
    style = chosen(output, result)
    if style in FOR_PEOPLE:
        width = max(_NARROWEST, shutil.get_terminal_size().columns) if style == "terminal" else None
        result = summary.for_people(current.lang, width)
    result.notes = [] if params.quiet else result.notes
    show(result, output, place, inputs)
    _complain(summary, params)
    return summary.code


def _complain(summary: IngestSummary, params: Params) -> None:
    """What was refused and why; what was passed over in a folder is only a note, and of unknown files there is one already."""
    for file in summary.files:
        if file.error and file.status == "refused":
            tell(file.error)
        elif file.error and not file.unlike and not params.quiet:
            say(file.error.sentence(current.lang), label=NOTE)
    if summary.files and all(file.status == "skipped" for file in summary.files):
        why = Text(*(_ONLY_UNKNOWN.say(lang, count=len(summary.files)) for lang in LANGS))
        tell(NoMessages(path=" ".join(params.exports), why=why))
    from qunkit import ink

    for note in summary.warnings() if params.quiet else ():
        say(ink.sentence(note, current.lang), label=NOTE)


def _mapping(said: str) -> dict[str, str]:
    """Columns by field, from ``FIELD=COLUMN,…``; what holds a comma stands in double quotes.

    Raises:
        BadOption: it is not of that form, names an unknown field, or lacks one.
    """
    try:
        items = next(csv.reader([said], skipinitialspace=True), [])
    except csv.Error:  # a line end outside quotes
        items = [said]
    pairs = [item.partition("=") for item in items]
    columns = {field.strip(): column for field, _, column in pairs}
    strange = [field for field, column in columns.items() if field not in FIELDS or not column or "\n" in column]
    if strange or len(columns) < len(items):
        names = ", ".join(FIELDS)
        expected = Text(
            f"FIELD=COLUMN,… with each field once, of {names}", f"“字段=列名，…”，每个字段一次，可用字段：{names}"
        )
        raise BadOption(option="--map", value=said, expected=expected)
    if why := lacking(columns):
        raise BadOption(option="--map", value=said, expected=Text(f"complete: it {why.en}", f"完整的映射：{why.zh}"))
    return columns


def _must_be_known(params: Params) -> None:
    if "-" in params.exports and sys.stdin.isatty():
        raise UsageError(what=_TERMINAL)
    if params.date_order not in (None, *_ORDERS):
        expected = Text(f"one of {', '.join(_ORDERS)}", f"以下之一：{'、'.join(_ORDERS)}")
        raise BadOption(option="--date-order", value=params.date_order, expected=expected)
    if params.format_in and params.format_in not in registry.names("formats"):
        names = ", ".join(get_close_matches(params.format_in, registry.names("formats"), _CLOSEST, cutoff=0))
        expected = Text(
            f"a known format (closest: {names}; `qunkit formats` lists all)",
            f"已知格式（最接近：{names}；全部格式见 `qunkit formats`）",
        )
        raise BadOption(option="--format-in", value=params.format_in, expected=expected)
    if params.date is not None and not _is_days(params.date):
        expected = Text(
            "a date YYYY-MM-DD or a range YYYY-MM-DD~YYYY-MM-DD", "日期 YYYY-MM-DD 或范围 YYYY-MM-DD~YYYY-MM-DD"
        )
        raise BadOption(option="--date", value=params.date, expected=expected)


def _is_days(said: str) -> bool:
    """Whether these are days that there are, the first not after the last."""
    if not re.fullmatch(f"{_DAY}(~{_DAY})?", said, re.ASCII):
        return False
    try:
        days = [date.fromisoformat(day) for day in said.split("~")]
    except ValueError:
        return False
    return days == sorted(days)
