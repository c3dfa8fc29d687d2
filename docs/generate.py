"""Write docs/reference, docs/formats, the READMEs' table of formats and the methods of a dataset from the code itself: ``python docs/generate.py``.

A test fails while they are out of date.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from qunkit import config, errors, registry, schema
from qunkit.config.keys import KEYS
from qunkit.errors import QunkitError
from qunkit.results import Column
from qunkit.words import Lang

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
import answer_methods  # noqa: E402
import coverage  # noqa: E402
import website  # noqa: E402

ROOT = HERE.parent
sys.path.append(str(ROOT / "benchmarks"))
import page as performance  # noqa: E402

WRITTEN = ("reference", "formats")
"""Folders in which every page is written."""
FIGURES = "<!-- figures: python docs/generate.py -->\n"
BEGIN, END = "<!-- formats: written by docs/generate.py -->\n", "<!-- end of formats -->"
HEADING = "<!-- written by docs/generate.py: do not edit -->\n"


def pages() -> dict[str, str]:
    """Every page: path below the root → text."""
    found = {
        "docs/reference/schema.md": schema_page(),
        "docs/reference/errors.md": errors_page(),
        "docs/reference/findings.md": findings_page(),
        "docs/reference/columns.md": columns_page(),
        "docs/cookbook.md": website.cookbook(ROOT / "examples"),
        "docs/reference/config.md": config_page(),
        "docs/formats/README.md": f"{HEADING}# Formats / 格式\n\n{coverage.table('en', '')}\n{coverage.table('zh', '')}",
        "README.md": with_formats("README.md", "en"),
        "README.zh.md": with_formats("README.zh.md", "zh"),
        "docs/reliability.md": with_figures("docs/reliability.md"),
        answer_methods.FILE: answer_methods.module(),
        "docs/performance.md": performance.filled(performance.PAGE.read_text("utf-8"), performance.read()),
    }
    found |= {f"docs/formats/{name}.md": format_page(name) for name in registry.names("formats")}
    found |= commands_pages()
    return found | {website.CONFIG: website.with_nav((ROOT / website.CONFIG).read_text("utf-8"), {*found, *by_hand()})}


def by_hand() -> list[str]:
    """The pages that nobody writes but people."""
    return [page.relative_to(ROOT).as_posix() for page in HERE.rglob("*.md") if page not in written()]


def with_formats(name: str, lang: Lang) -> str:
    """A README with what every format keeps."""
    before, begin, rest = (ROOT / name).read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{begin}{coverage.summary(lang, 'docs/formats/')}{end}{after}"


def with_figures(name: str) -> str:
    """The page of promises with what the last full run of `make torture` counted."""
    before, begin, rest = (ROOT / name).read_text("utf-8").partition(FIGURES)
    _, end, after = rest.partition("<!-- end -->")
    told = ROOT / "docs/torture.json"
    figures = json.loads(told.read_text("utf-8")) if told.exists() else {}
    rows = [(name, number) for name, number in figures.items() if isinstance(number, int)]
    rows += [
        (f"– {kind}", number)
        for number in figures.values()
        if isinstance(number, dict)
        for kind, number in number.items()
    ]
    head = (
        f"\nThe last full run without a violation, of version {figures['version']} as committed on {figures['date']}:\n\n"
        if figures
        else ""
    )
    table = "| | |\n| --- | --: |\n" + "".join(f"| {name} | {number:,} |\n" for name, number in rows)
    return f"{before}{begin}{head}{table if rows else ''}{end}{after}"


def schema_page() -> str:
    """Every table's columns, and the closed lists."""
    parts = [f"{HEADING}# Tables\n\nSchema version {schema.SCHEMA_VERSION}. Times are milliseconds.\n"]
    for table in schema.TABLES:
        rows = [
            f"| `{f.name}` | {f.type} | {'yes' if f.nullable else 'no'} | {_cell(f.meaning.en)} | {_cell(f.meaning.zh)} |"
            for f in table.fields
        ]
        head = "| column | type | null | meaning | 含义 |\n|---|---|---|---|---|\n"
        parts.append(f"## {table.name}\n\n{head}" + "\n".join(rows) + "\n")
    rows = [_feature(registry.load("features", name)) for name in registry.names("features")]
    head = "| feature | type | version | meaning | 含义 |\n|---|---|---|---|---|\n"
    parts.append(f"## features\n\nColumns of the view `features`, by text.\n\n{head}" + "\n".join(rows) + "\n")
    for title, words in (("Kinds", schema.KINDS), ("Events", schema.EVENTS), ("Reasons of rejects", schema.REASONS)):
        rows = [f"| `{name}` | {text.en} | {text.zh} |" for name, text in words.items()]
        parts.append(f"## {title}\n\n| value | meaning | 含义 |\n|---|---|---|\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def _feature(module: ModuleType) -> str:
    return (
        f"| `{module.COLUMN}` | {module.TYPE} | {module.VERSION} | {_cell(module.HELP.en)} | {_cell(module.HELP.zh)} |"
    )


def errors_page() -> str:
    """Every foreseen error with its exit code, sentence and way out."""
    found = [
        thing
        for thing in vars(errors).values()
        if inspect.isclass(thing) and issubclass(thing, QunkitError) and thing is not QunkitError
    ]
    rows = [
        f"| {e.code} | {e.__name__} | {_cell(e.SENTENCE.en)} | {_cell(e.HINT.en) if e.HINT else ''} |"
        for e in sorted(found, key=lambda e: (e.code, e.__name__))
    ]
    codes = [f"| {code} | {_cell(text.en)} | {_cell(text.zh)} |" for code, text in errors.CODES.items()]
    order = " > ".join(map(str, errors.WORST_FIRST))
    table = "| exit | meaning | 含义 |\n|---|---|---|\n" + "\n".join(codes)
    head = "| exit | error | sentence | way out |\n|---|---|---|---|\n"
    begin = f"{HEADING}# Errors and exit codes\n\n{_first(errors.__doc__, 2)}\n\n{table}\n\nWorst first: {order}.\n\n"
    return begin + head + "\n".join(rows) + "\n"


def findings_page() -> str:
    """Everything that `qunkit check` may find."""
    from qunkit.ingest.findings import CODES

    rows = [
        f"| `{name}` | {code.severity} | {_cell(code.meaning.en)} | {_cell(code.meaning.zh)} | {_cell(code.way_out.en)} |"
        for name, code in CODES.items()
    ]
    head = "| code | severity | meaning | 含义 | way out |\n|---|---|---|---|---|\n"
    first = "What `qunkit check` may find. Codes from `decoding` on are looked for by `qunkit check --read-data` only. Damage and warnings make exit code 1, notes alone 0."
    return f"{HEADING}# Findings\n\n{first}\n\n{head}" + "\n".join(rows) + "\n"


def config_page() -> str:
    """qunkit.toml and every key it may have."""
    rows = [f"| `{key}` | {_cell(text.en)} | {_cell(text.zh)} |" for key, text in KEYS.items()]
    head = "| key | meaning | 含义 |\n|---|---|---|\n"
    return f"{HEADING}# qunkit.toml\n\n{inspect.getdoc(config)}\n\n{head}" + "\n".join(rows) + "\n"


def columns_page() -> str:
    """Every column of every analysis."""
    parts = [
        f"{HEADING}# Columns / 输出列\n\nWhat every column of every analysis means; the formulas behind them are in the [metrics](../methods/README.md), in Chinese in [指标](../zh/metrics.md). Machine names are the headers of TSV, CSV, JSON and "
        "pandas frames.\n"
    ]
    for name in registry.names("analyses"):
        module = registry.load("analyses", name)
        rows = [
            f"| `{one.name}` | {one.type} | {_meaning(one, 'en')} | {_meaning(one, 'zh')} |" for one in module.COLUMNS
        ]
        title = (
            f"## {name.replace('_', ' ', 1).replace('_', '-')}\n\n{_cell(module.TITLE.en)} / {_cell(module.TITLE.zh)}"
        )
        parts.append(f"{title}\n\n| column | type | meaning | 含义 |\n|---|---|---|---|\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def _meaning(column: Column, lang: Lang) -> str:
    label = column.label.say(lang)
    return _cell(f"{label}{'：' if lang == 'zh' else ': '}{column.meaning.say(lang)}" if column.meaning else label)


def commands_pages() -> dict[str, str]:
    """`--help` of every command: a page for each first word, and a list of them."""
    pages: dict[str, list[str]] = {}
    rows = []
    for words in commands():
        text, page = help_of(words), website.page_of(words)
        pages.setdefault(page, []).append(f"## {' '.join(('qunkit', *words))}\n\n```text\n{text}\n```\n")
        said = re.split(r"(?<=\.) |$", " ".join(text.split("\n\n")[1].split()), maxsplit=1)[0]
        rows.append(
            f"| [`{' '.join(('qunkit', *words))}`](commands/{page}.md#{'-'.join(('qunkit', *words))}) | {_cell(said)} |"
        )
    listed = f"{HEADING}# Commands\n\n| command | |\n|---|---|\n" + "\n".join(rows) + "\n"
    found = {
        f"docs/reference/commands/{page}.md": "\n".join([f"{HEADING}# {website.title_of(page)}\n", *parts])
        for page, parts in pages.items()
    }
    return found | {"docs/reference/commands.md": listed}


def commands() -> list[tuple[str, ...]]:
    """Every command as its words, found by asking the program: whatever its help lists below a heading but Options."""
    found: list[tuple[str, ...]] = [()]
    for section in re.split(r"\n\n(?=[A-Z]\w*:\n)", help_of(()))[1:]:
        if not section.startswith("Options:"):
            found += [
                tuple(words.split(" ")) for words in re.findall(r"^  ([a-z]+(?: [a-z]+)*)", section, re.MULTILINE)
            ]
    return sorted(found)


def help_of(words: tuple[str, ...]) -> str:
    """The text of ``qunkit WORDS --help`` at 100 columns."""
    surroundings = {**os.environ, "COLUMNS": "100", "QUNKIT_LANG": "en", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "qunkit", *words, "--help"]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=surroundings).stdout.strip()


def format_page(name: str) -> str:
    """A format's titles, how it is made, and its docstring."""
    module = registry.load("formats", name)
    parts = (
        f"# {module.TITLE.en} / {module.TITLE.zh}",
        f"`{name}`",
        module.HOW.en,
        module.HOW.zh,
        inspect.getdoc(module),
    )
    return HEADING + "\n\n".join(map(str, parts)) + "\n"


def _first(text: str | None, paragraphs: int) -> str:
    return "\n\n".join((text or "").strip().split("\n\n")[:paragraphs])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> None:
    """Write every page, and remove pages of things that are gone."""
    wanted = pages()
    for path in written():
        if path.relative_to(ROOT).as_posix() not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def written() -> list[Path]:
    """Every page there is in the folders that are written."""
    return sorted(page for folder in WRITTEN for page in (HERE / folder).rglob("*.md"))


if __name__ == "__main__":
    main()
