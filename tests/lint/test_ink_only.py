"""One way from data to ink: only ink, renderers and cli write, they write what went through ink, and few modules make files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import qunkit
from support.inked import Module

SOURCE = Path(qunkit.__file__).parent
MAY_WRITE = ("ink", "renderers", "cli")
WORKERS = ("parsing/_workbook_worker.py",)
"""Their streams are pipes to the process that started them."""
STREAMS = ("stdout", "stderr", "__stdout__", "__stderr__")


def writes(tree: ast.AST) -> Iterator[str]:
    """Ways to the screen in a module: print, the standard streams, descriptors 1 and 2, Rich, logging, warnings."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id="print" | "breakpoint"):
                yield f"{node.lineno}: {node.id}"
            case ast.Attribute(value=ast.Name(id="sys"), attr=attr) if attr in STREAMS:
                yield f"{node.lineno}: sys.{attr}"
            case ast.Attribute(value=ast.Name(id="warnings"), attr="warn"):
                yield f"{node.lineno}: warnings.warn"
            case ast.ImportFrom(module="warnings", names=names) if "warn" in {name.name for name in names}:
                yield f"{node.lineno}: warnings.warn"
            case ast.ImportFrom(module="sys", names=names) if {name.name for name in names} & {*STREAMS}:
                yield f"{node.lineno}: from sys import"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="os"), attr="write" | "fdopen"), args=[number, *_]):
                if isinstance(number, ast.Constant) and number.value in (1, 2):
                    yield f"{node.lineno}: os.{node.func.attr}"  # type: ignore[attr-defined]
            case ast.Import(names=names):
                yield from (f"{node.lineno}: {name.name}" for name in names if _writes(name.name))
            case ast.ImportFrom(module=str(module), level=0) if _writes(module):
                yield f"{node.lineno}: {module}"


def _writes(module: str) -> bool:
    return module.partition(".")[0] in ("rich", "logging", "curses", "pprint", "tqdm")


def _modules() -> list[str]:
    found = (path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py"))
    return sorted(name for name in found if name.partition("/")[0] not in MAY_WRITE and name not in WORKERS)


@pytest.mark.parametrize("name", _modules())
def test_nothing_else_writes_to_the_screen(name: str) -> None:
    assert list(writes(ast.parse((SOURCE / name).read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "code",
    [
        "print(name)",
        "say = print",
        "import sys\nsys.stdout.write(name)",
        "import sys\nsys.__stderr__.write(name)",
        "from sys import stdout",
        "import os\nos.write(1, name)",
        "import rich.console",
        "def f():\n    from rich.table import Table",
        "import logging",
        "from warnings import warn",
        "import warnings\nwarnings.warn(name)",
    ],
)
def test_it_bites(code: str) -> None:
    assert len(list(writes(ast.parse(code)))) == 1


@pytest.mark.parametrize(
    "code", ["import os\nos.write(number, name)", "blueprint(name)", "out.write(name)", "import sys\nsys.argv"]
)
def test_it_bites_nothing_else(code: str) -> None:
    assert list(writes(ast.parse(code))) == []


# -- and what they write went through ink ------------------------------------------------------------------------------
AS_IT_IS = {
    ("cli/demo.py", "run"): "paths that the user gave, for the next program",
    ("cli/failures.py", "tell"): "places in the program, without what the error says",
    ("cli/main.py", "_say"): "the version and the help: the program's own words",
    ("cli/path.py", "run"): "the path of the dataset, for the next program",
    (
        "cli/rejects_show.py",
        "_write",
    ): "bytes as they were exported, to a file or a pipe: `files.writing` refuses a terminal",
}
"""Functions that write what no `ink` function returned, and why that is right."""


def _writers() -> list[str]:
    return sorted(path.relative_to(SOURCE).as_posix() for room in ("renderers", "cli") for path in (SOURCE / room).glob("*.py"))  # fmt: skip


@pytest.mark.parametrize("name", _writers())
def test_what_is_written_went_through_ink(name: str) -> None:
    faults = Module((SOURCE / name).read_text(encoding="utf-8")).faults()
    assert [fault for fault in faults if (name, fault.partition(":")[0]) not in AS_IT_IS] == []


def test_the_list_of_exceptions_is_not_longer_than_needed() -> None:
    found = {
        (name, fault.partition(":")[0])
        for name in {name for name, _ in AS_IT_IS}
        if (SOURCE / name).exists()
        for fault in Module((SOURCE / name).read_text(encoding="utf-8")).faults()
    }
    assert {place for place in AS_IT_IS if (SOURCE / place[0]).exists()} <= found


@pytest.mark.parametrize(
    "body",
    [
        "out.write(result.name)",
        "out.write(f'<h1>{result.title}</h1>')",
        "out.write('<td>' + cell + '</td>')",
        "out.write(ink.html(cell) + cell)",
        "out.write('%s' % cell)",
        "out.write('{}'.format(cell))",
        "out.write(', '.join(row))",
        "out.write(' '.join(str(cell) for cell in row))",
        "out.writelines(f'{cell}\\n' for cell in row)",
        "out.write(ink.show(cell, column, lang))",
        "out.write(json.dumps(cell))",
        "said = cell\nout.write(said)",
        "said = ink.md(cell)\nsaid += cell\nout.write(said)",
        "said = []\nsaid.append(cell)\nout.writelines(said)",
        "for one in row:\n    out.write(one)",
        "def line(cells): return ' | '.join(cells)\nout.write(line([ink.md('a'), cell]))",
        "def line(cell): return cell\nout.write(line(cell))",
        "def lines(rows):\n    for row in rows:\n        yield row[0]\nout.writelines(lines(result.rows()))",
        "out.write(section.title.say(lang))",
        "TITLE = Text('{who}', '{who}')\nout.write(TITLE.say(lang, who=name))",
        "out.write(cell if bold else ink.md(cell))",
        "writer.writerow([ink.csv_cell(first), second])",
        "writer.writerows(map(machine, row))",
        "print('x')",
        "typer.echo(name)",
        "paper.say(name)",
        "grid.add_row(ink.term(name), name)",
        "styled((name, 'bold'))",
    ],
)
def test_it_bites_what_is_not_inked(body: str) -> None:
    function = "def write(out, result, row, cell, name, lang, column, bold):\n    " + body.replace("\n", "\n    ")
    assert len(list(Module(function).faults())) == 1


@pytest.mark.parametrize(
    "body",
    [
        "out.write('# x\\n')",
        "out.write(f'<h1>{ink.html(result.title)}</h1>')",
        "out.write(', '.join(map(ink.md, row)))",
        "out.write(' '.join(ink.md(cell) for cell in row))",
        "cells = (ink.tsv_cell(cell) for cell in row)\nout.write('\\t'.join(cells))",
        "def line(cells): return ' | '.join(cells)\nout.write(line([ink.md('a'), ink.md(cell)]))",
        "def lines(rows):\n    for row in rows:\n        yield f'{ink.md(row)}'\nout.writelines(lines(result.rows()))",
        "TITLE = Text('hour', '时')\nout.write(TITLE.say(lang))",
        "for cell, kind in zip(map(ink.html, row), ['', 'n']):\n    out.write(f'<td{kind}>{cell}</td>')",
        "drawn = io.StringIO()\nout.write(drawn.getvalue())",
        "registry.load('renderers', name).write(result, out, lang)",
        "section.title.say(lang)",
    ],
)
def test_it_bites_nothing_that_is_inked(body: str) -> None:
    function = "def write(out, result, row, cell, name, lang):\n    " + body.replace("\n", "\n    ")
    assert list(Module(function).faults()) == []


# -- files ------------------------------------------------------------------------------------------------------------
MAKES_FILES = {
    "ingest/": "the dataset, and what is staged beside it or in a private temporary folder",
    "demo/": "invented exports, into a new or empty folder",
    "parsing/source.py": "a spool that has no name",
    "privacy.py": "the key, in the user's own folder for settings",
    "methods/ad_model.py": "weights, to a file that the caller names",
    "cli/files.py": "-o",
    "pages.py": "a folder of pages that the user named",
    "cli/streams.py": "/dev/null, and the standard streams",
    "scratch.py": "private temporary folders",
    "engines/_derived.py": "features, in the dataset or where queries spill",
    "engines/_spark_spread.py": "what workers are to do, in the staging folder",
}
"""Where files may be made or opened for writing, and which."""
_MAKING = frozenset(
    {
        *(
            "write_text",
            "write_bytes",
            "touch",
            "mkdir",
            "makedirs",
            "mkfifo",
            "rename",
            "renames",
            "symlink",
            "symlink_to",
        ),
        *("link", "hardlink_to", "mkstemp", "mkdtemp", "NamedTemporaryFile", "TemporaryDirectory", "TemporaryFile"),
        *("SpooledTemporaryFile", "extract", "extractall", "copy2", "copyfile", "copytree"),
    }
)


def makes_files(tree: ast.AST) -> Iterator[str]:
    """Ways to a new or changed file in a module."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=attr) | ast.Name(id=attr)) if attr in _MAKING:
                yield f"{node.lineno}: {attr}"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="os"), attr="replace")):
                yield f"{node.lineno}: os.replace"
            case ast.Call(func=ast.Attribute(value=owner, attr="open"), args=args, keywords=words):
                at = 1 if ast.unparse(owner) in ("io", "gzip", "bz2", "lzma", "codecs") else 0
                if ast.unparse(owner) == "os" or _writing(args[at:], words):
                    yield f"{node.lineno}: open"
            case ast.Call(func=ast.Name(id="open"), args=args, keywords=words) if _writing(args[1:], words):
                yield f"{node.lineno}: open"


def _writing(args: list[ast.expr], words: list[ast.keyword]) -> bool:
    modes = [*args[:1], *(word.value for word in words if word.arg == "mode")]
    return any(isinstance(mode, ast.Constant) and isinstance(mode.value, str) and set(mode.value) & set("wax+") and set(mode.value) <= set("rwaxbt+") for mode in modes)  # fmt: skip


@pytest.mark.parametrize("name", sorted(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py")))
def test_P30_nothing_else_makes_files(name: str) -> None:
    if not name.startswith(tuple(MAKES_FILES)):
        assert list(makes_files(ast.parse((SOURCE / name).read_text(encoding="utf-8")))) == []


def test_every_maker_of_files_makes_some() -> None:
    for room in MAKES_FILES:
        files = [SOURCE / room] if room.endswith(".py") else list((SOURCE / room).rglob("*.py"))
        assert any(list(makes_files(ast.parse(path.read_text(encoding="utf-8")))) for path in files), room


@pytest.mark.parametrize(
    "code",
    [
        "open(name, 'w')",
        "open(name, mode='ab')",
        "Path(name).open('x')",
        "path.open('r+b')",
        "path.write_text(name)",
        "os.open(name, os.O_CREAT)",
        "os.replace(a, b)",
        "gzip.open(name, 'wb')",
        "tempfile.mkstemp()",
        "archive.extractall(folder)",
        "shutil.copyfile(a, b)",
        "(folder / name).mkdir()",
    ],
)
def test_it_bites_makers_of_files(code: str) -> None:
    assert len(list(makes_files(ast.parse(code)))) == 1


@pytest.mark.parametrize("code", ["open(name)", "path.open('rb')", "archive.open('member')", "text.replace(a, b)", "gzip.open(name)"])  # fmt: skip
def test_it_bites_no_readers(code: str) -> None:
    assert list(makes_files(ast.parse(code))) == []
