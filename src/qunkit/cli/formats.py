"""``qunkit formats``: what can be read, and what a file is."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from qunkit import registry
from qunkit.cli.expose import argument
from qunkit.cli.options import Output
from qunkit.cli.session import current
from qunkit.errors import QunkitError
from qunkit.results import Column, Result
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.ingest.identify import Candidate

    Row = tuple[Any, ...]
    """Of cells; a Text among them is said in the end."""

HELP = Text(
    "List the exports that can be read and how to make them; with FILE, say what that file is and why.",
    "列出支持的导出格式及导出方法；给出 FILE 时，说明该文件是什么格式、依据是什么。",
)

_NAME = Column("format", "text", Text("name", "名称"), Text("what --format-in takes", "用于 --format-in"))
_TITLE = Column("title", "text", Text("export", "导出"))
_HOW = Column(
    "how", "text", Text("how to make it", "说明"), Text("first paragraph of the format's own page", "格式说明的首段")
)
_FILE = Column("file", "text", Text("file", "文件"))
_BEGINS = Column("begins", "text", Text("begins", "开头"), Text("what the file begins with", "文件开头的内容"))
_ENCODING = Column("encoding", "text", Text("encoding", "编码"))
_SHOWN = 60
"""Characters of the file that are shown."""
_SIZE = Column("bytes", "int", Text("bytes", "字节"))


@dataclass(frozen=True, slots=True)
class Params:
    """Which file."""

    file: str | None = argument(Text("a file to identify", "要识别的文件"), "[FILE]", default=None)


OPTIONS = (Params, Output)


def run(params: Params, output: Output) -> int:
    """Write the list, or what the file is."""
    from qunkit.cli.show import check, chosen, show

    check(output)
    result = _identified(Path(params.file)) if params.file else _list()
    lang = current.lang if chosen(output, result) in ("terminal", "markdown") else "en"
    result.cells = [tuple(cell.say(lang) if isinstance(cell, Text) else cell for cell in row) for row in result.cells]
    show(result, output)
    return 0


def _list() -> Result:
    modules = {name: registry.load("formats", name) for name in registry.names("formats")}
    rows = [(name, module.TITLE, _about(module)) for name, module in modules.items()]
    return Result("formats", Text("Formats", "格式"), (_NAME, _TITLE, _HOW), rows)


def _identified(path: Path) -> Result:
    """What a file is, or what the files in an archive are, and what that rests on.

    Raises:
        MissingInput, NoMessages: there is no such file, or nothing is in it.
        UnknownFormat, AmbiguousFormat: no format, or more than one, says yes.
        UnreadableExport: an archive or workbook that cannot be used.
    """
    from tempfile import TemporaryDirectory

    from qunkit.ingest.identify import Candidate, members

    candidate = Candidate(path, str(path), False)
    inside = members(candidate)
    with TemporaryDirectory() as folder:
        if inside is None:
            rows = [_row(candidate, Path(folder))]
        else:
            rows = [_row_if_known(member, Path(folder)) for member in inside]
    return Result("format", Text("Format", "格式"), (_FILE, _NAME, _TITLE, _ENCODING, _SIZE, _BEGINS, _HOW), rows)


def _row(candidate: Candidate, folder: Path) -> Row:
    from qunkit.ingest.identify import beginning, identify, opened

    with opened(candidate, folder) as source:
        name, module = identify(source.head, source.label)
        begins = beginning(source.head).lstrip()[:_SHOWN].replace("\n", " ")
        return (source.label, name, module.TITLE, source.encoding, source.size, begins, _about(module))


def _row_if_known(member: Candidate, folder: Path) -> Row:
    """The same, with the reason as title where it is no export."""
    try:
        return _row(member, folder)
    except QunkitError as error:
        why = Text(error.sentence("en"), error.sentence("zh"))
        return (member.label, None, why, None, None, None, None)


def _about(module: ModuleType) -> str:
    """The first paragraph of the module's page, as one line."""
    return " ".join((inspect.getdoc(module) or "").partition("\n\n")[0].split())
