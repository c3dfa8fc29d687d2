"""What of the site is written from the rest: the cookbook from examples/, and in mkdocs.yml the pages of which there are many."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from qunkit import registry

CONFIG = "mkdocs.yml"
_HEADING = "<!-- written by docs/generate.py: do not edit -->\n"
_LISTED = re.compile(r"(?m)^( *)# (\w+): written by docs/generate.py\n(?:(?!\1# end).*\n)*")


def page_of(words: tuple[str, ...]) -> str:
    """The page of a command: that of its first word."""
    return words[0] if words else "qunkit"


def title_of(page: str) -> str:
    """How that page is called."""
    return page if page == "qunkit" else f"qunkit {page}"


def cookbook(examples: Path) -> str:
    """The README of the examples, and each script whole."""
    text = (examples / "README.md").read_text("utf-8").replace("# Examples", "# Cookbook", 1)
    text = text.replace("](../docs/", "](")
    scripts = sorted(path for path in examples.iterdir() if path.suffix in (".sh", ".ipynb"))
    for path in scripts:
        text = text.replace(f"]({path.name})", f"](#{path.name.replace('.', '')})")
    parts = [f"## {path.name}\n\n{_shown(path)}" for path in scripts]
    return _HEADING + "\n".join([text, *parts])


def _shown(path: Path) -> str:
    if path.suffix == ".sh":
        return f"```sh\n{path.read_text('utf-8').rstrip()}\n```\n"
    import json

    cells = json.loads(path.read_text("utf-8"))["cells"]
    told = (("".join(cell["source"]), cell["cell_type"] == "code") for cell in cells)
    return (
        "\n\n".join(
            f"```python\n{text}\n```" if code else re.sub("(?m)^#+ (.*)$", r"**\1**", text) for text, code in told
        )
        + "\n"
    )


def with_nav(config: str, pages: Iterable[str]) -> str:
    """mkdocs.yml with the pages of formats, commands and decisions, each between its marks."""
    names = sorted(
        (page.removeprefix("docs/") for page in pages if page.startswith("docs/")),
        key=lambda name: (not name.endswith("/qunkit.md"), name),
    )
    listed = {folder: [name for name in names if name.startswith(f"{folder}/")] for folder in _FOLDERS}
    entries = {
        key: [f"{_title(name)}: {name}" for name in listed[folder] if not name.endswith("README.md")]
        for folder, key in _FOLDERS.items()
    }
    return _LISTED.sub(
        lambda found: (
            f"{found[1]}# {found[2]}: written by docs/generate.py\n"
            + "".join(f"{found[1]}- {entry}\n" for entry in entries[found[2]])
        ),
        config,
    )


_FOLDERS = {"formats": "formats", "reference/commands": "commands", "decisions": "decisions"}


def _title(page: str) -> str:
    """As the menu has it, quoted for YAML."""
    name = Path(page).stem
    if page.startswith("formats/"):
        told = registry.load("formats", name).TITLE.en
    elif page.startswith("decisions/"):
        number, _, rest = name.partition("-")
        told = f"{int(number)}. {rest.replace('-', ' ').capitalize()}"
    else:
        told = title_of(name)
    return '"' + told.replace('"', "'") + '"'
