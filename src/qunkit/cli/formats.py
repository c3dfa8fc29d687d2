"""``qunkit formats``: what can be read, what a format is, and what a file is."""

from __future__ import annotations

import difflib
import inspect
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from qunkit import registry
from qunkit.cli.expose import argument
from qunkit.cli.options import Output
from qunkit.cli.session import current
from qunkit.errors import NoSuchFormat, QunkitError
from qunkit.results import Column, Note, Report, Result, Section
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.ingest.identify import Candidate

    Row = tuple[Any, ...]
    """Of cells; a Text among them is said in the end."""

HELP = Text(
    "List the exports that can be read and how to make them; with FILE, say what that file is, why, and what it keeps; with "
    "the NAME of a format, show its page.",
    "列出支持的导出格式及导出方法；给出 FILE 时，说明该文件是什么格式、依据是什么、保留了哪些内容；给出格式名称 NAME 时，显示该格式的说明。",
)

_NAME = Column("format", "text", Text("name", "名称"), Text("what --format-in takes", "用于 --format-in"))
_TITLE = Column("title", "text", Text("export", "导出"))
_HOW = Column("how", "text", Text("how to make it", "导出方法"))
_FILE = Column("file", "text", Text("file", "文件"))
_BEGINS = Column("begins", "text", Text("begins", "开头"), Text("what the file begins with", "文件开头的内容"))
_ENCODING = Column("encoding", "text", Text("encoding", "编码"))
_SHOWN = 60
"""Characters of the file that are shown."""
_SIZE = Column("bytes", "int", Text("bytes", "字节"))
_WHY = Column("why", "text", Text("why", "依据"), Text("what the format is known by", "识别该格式的依据"))
_KEPT = Column("kept", "text", Text("kept", "保留"), Text("what such a file still says", "文件中保留的内容"))
_LOST = Column("lost", "text", Text("lost", "缺失"), Text("what the exporter left out", "导出时丢失的内容"))
_COLUMNS = (_FILE, _NAME, _TITLE, _ENCODING, _SIZE, _BEGINS)
"""What a file is."""
_ABOUT = (_WHY, _KEPT, _LOST, _HOW)
"""What its format is."""
_PAGE = Column(
    "page", "text", Text("page", "说明（英文）"), Text("all that is known of the format", "该格式的完整说明")
)
_CLOSE, _SOME = 0.6, 3
"""How like a word a format's name must be, and how many such are named."""
_NEAR = Text(
    "Formats of a similar name: {names}. `qunkit formats` lists them all.",
    "名称相近的格式：{names}。用 `qunkit formats` 查看全部格式。",
)
_NONE_NEAR = Text(
    "Check the name of the file; `qunkit formats` lists the formats.",
    "请检查文件名；用 `qunkit formats` 查看全部格式。",
)
_FACT = Text("{label}: {value}", "{label}：{value}")


@dataclass(frozen=True, slots=True)
class Params:
    """Which file, or which format."""

    file: str | None = argument(Text("a file to identify, or the name of a format", "要识别的文件，或格式名称"), "[FILE|NAME]", default=None)  # fmt: skip


OPTIONS = (Params, Output)


def run(params: Params, output: Output) -> int:
    """Write the list, or what the file or format is."""
    from qunkit.cli.show import FOR_PEOPLE, check, chosen, show

    check(output)
    result = _asked(params.file) if params.file else _list()
    for_people = chosen(output, result) in FOR_PEOPLE
    lang = current.lang if for_people else "en"
    result.cells = [tuple(cell.say(lang) if isinstance(cell, Text) else cell for cell in row) for row in result.cells]
    show(_page(result) if for_people and result.name == "format" else result, output)
    return 0


def _list() -> Result:
    modules = {name: registry.load("formats", name) for name in registry.names("formats")}
    rows = [(name, module.TITLE, module.HOW) for name, module in modules.items()]
    return Result("formats", Text("Formats", "格式"), (_NAME, _TITLE, _HOW), rows)


def _asked(word: str) -> Result:
    """What a file is; or the page of a format, where no file has its name.

    Raises:
        NoSuchFormat: it is neither.
    """
    if os.path.lexists(word):
        return _identified(Path(word))
    if word in registry.names("formats"):
        module = registry.load("formats", word)
        row = (word, module.TITLE, *_facts(module), inspect.getdoc(module) or "")
        return Result("format", Text("Format", "格式"), (_NAME, _TITLE, *_ABOUT, _PAGE), [row])
    raise NoSuchFormat(name=word, near=_near(word))


def _near(word: str) -> Text:
    """The formats whose names or titles are like a word that is no path."""
    if re.search(r"[./\\]", word):
        return _NONE_NEAR
    spelt, names = word.casefold().replace("-", "_"), registry.names("formats")
    titles = {name: registry.load("formats", name).TITLE for name in names}
    holding = [name for name in names if spelt in f"{name} {titles[name].en} {titles[name].zh}".casefold()]
    alike = difflib.get_close_matches(spelt, names, _SOME, _CLOSE)
    near = list(dict.fromkeys([*alike, *holding]))[:_SOME]
    if not near:
        return _NONE_NEAR
    return Text(_NEAR.say("en", names=", ".join(near)), _NEAR.say("zh", names="、".join(near)))


def _facts(module: ModuleType) -> Row:
    """A format's `_ABOUT`."""
    page = inspect.getdoc(module) or ""
    why = _line((inspect.getdoc(module.sniff) or "").partition("\n\n")[0])
    return why, _told(page, "Kept"), _told(page, "Lost"), module.HOW


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
            row, module = _row(candidate, Path(folder))
            return Result("format", Text("Format", "格式"), (*_COLUMNS, *_ABOUT), [(*row, *_facts(module))])
        rows = [_row_if_known(member, Path(folder)) for member in inside]
    return Result("formats", Text("Formats", "格式"), (*_COLUMNS, _HOW), rows)


def _row(candidate: Candidate, folder: Path) -> tuple[Row, ModuleType]:
    """The file's `_COLUMNS`, and its format."""
    from qunkit.ingest.identify import beginning, identify, opened

    with opened(candidate, folder) as source:
        name, module = identify(source, shown=True)
        begins = " ".join(beginning(source.head).split())[:_SHOWN]
        return (source.label, name, module.TITLE, source.encoding, source.size, begins), module


def _row_if_known(member: Candidate, folder: Path) -> Row:
    """The same and how it is made, or as title the reason why it is no export."""
    try:
        row, module = _row(member, folder)
    except QunkitError as error:
        why = Text(error.sentence("en"), error.sentence("zh"))
        return (member.label, None, why, None, None, None, None)
    return (*row, module.HOW)


def _told(page: str, what: str) -> str:
    """The paragraphs of a format's page that begin with Kept or Lost, without that word (and by whom)."""
    found = re.findall(rf"(?ms)^{what}[^:\n]*: (.*?)(?=\n\n|\Z)", page)
    return _line(" ".join(found))


def _line(text: str) -> str:
    return " ".join(text.replace("``", "`").split())


def _page(result: Result) -> Report:
    """One row for people: a line for each cell, of any length."""
    [row] = result.cells
    facts = dict(zip(result.columns, row, strict=True))
    title, page = str(facts.pop(_TITLE)), str(facts.pop(_PAGE, ""))
    label = str(facts.pop(_FILE, None) or facts[_NAME])
    lines = [Note(_FACT, (("label", column.label), ("value", value))) for column, value in facts.items() if value]
    sections = [Section("format", Text(title, title), lines)]
    if page:
        sections.append(Section("page", _PAGE.label, [Note(Text(line, line)) for line in _lines(page)]))
    return Report("format", Note(Text(label, label)), sections)


def _lines(page: str) -> Iterator[str]:
    """The paragraphs of a page that are not told elsewhere, each on a line; samples and lists as they are."""
    for paragraph in page.split("\n\n"):
        if paragraph.startswith(("    ", "* ")):
            yield from (line.removeprefix("* ") for line in paragraph.split("\n"))
        elif not re.match("Kept|Lost", paragraph):
            yield _line(paragraph)
