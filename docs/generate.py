"""Write docs/reference from the code itself: ``python docs/generate.py``. A test fails while it is out of date."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

from qunkit import config, errors, registry, schema
from qunkit.errors import QunkitError

HERE = Path(__file__).parent / "reference"
HEADING = "<!-- written by docs/generate.py: do not edit -->\n"


def pages() -> dict[str, str]:
    """Every page: path below docs/reference → text."""
    found = {
        "schema.md": schema_page(),
        "errors.md": errors_page(),
        "commands.md": commands_page(),
        "config.md": config_page(),
    }
    names = registry.names("formats")
    found["formats/README.md"] = formats_index(names)
    return found | {f"formats/{name}.md": format_page(name) for name in names}


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
    for title, words in (("Kinds", schema.KINDS), ("Events", schema.EVENTS), ("Reasons of rejects", schema.REASONS)):
        rows = [f"| `{name}` | {text.en} | {text.zh} |" for name, text in words.items()]
        parts.append(f"## {title}\n\n| value | meaning | 含义 |\n|---|---|---|\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


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
    head = "| exit | error | sentence | way out |\n|---|---|---|---|\n"
    return f"{HEADING}# Errors and exit codes\n\n{_first(errors.__doc__, 2)}\n\n{head}" + "\n".join(rows) + "\n"


def config_page() -> str:
    """qunkit.toml and every key it may have."""
    rows = [f"| `{key}` | {_cell(text.en)} | {_cell(text.zh)} |" for key, text in config.KEYS.items()]
    head = "| key | meaning | 含义 |\n|---|---|---|\n"
    return f"{HEADING}# qunkit.toml\n\n{inspect.getdoc(config)}\n\n{head}" + "\n".join(rows) + "\n"


def commands_page() -> str:
    """`--help` of every command."""
    parts = [f"{HEADING}# Commands\n"]
    for words in commands():
        parts.append(f"## qunkit {' '.join(words)}".rstrip() + f"\n\n```text\n{help_of(words)}\n```\n")
    return "\n".join(parts)


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


def formats_index(names: tuple[str, ...]) -> str:
    """One line a format."""
    rows = [
        f"| [`{n}`]({n}.md) | {registry.load('formats', n).TITLE.en} | {registry.load('formats', n).TITLE.zh} |"
        for n in names
    ]
    return f"{HEADING}# Formats\n\n| name | export | 导出 |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def format_page(name: str) -> str:
    """A format's own docstring."""
    module = registry.load("formats", name)
    return f"{HEADING}# {module.TITLE.en} / {module.TITLE.zh}\n\n`{name}`\n\n{inspect.getdoc(module)}\n"


def _first(text: str | None, paragraphs: int) -> str:
    return "\n\n".join((text or "").strip().split("\n\n")[:paragraphs])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> None:
    """Write every page, and remove pages of things that are gone."""
    wanted = pages()
    for path in HERE.rglob("*.md"):
        if str(path.relative_to(HERE)) not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = HERE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
