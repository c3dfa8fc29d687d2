"""The quickstart and the page about Python, run: every command and every block works on invented groups as it stands; the Chinese page shows the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qunkit import demo
from support.reader import Reader, blocks, half_width

DOCS = Path(__file__).parents[1] / "docs"
ENGLISH, CHINESE = DOCS / "quickstart.md", DOCS / "zh/quickstart.md"
LITTLE_TO_SAY = ("export ", "qunkit demo ", "qunkit rejects ")


def commands(page: Path) -> list[str]:
    """Every line of the shell blocks that is to be run, in order."""
    lines = [line for block in blocks(page, "sh") for line in block.split("\n") if line]
    return [line for line in lines if not line.startswith("pip install ")]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Somebody with a folder exports/."""
    folder = tmp_path_factory.mktemp("quickstart")
    demo.write(folder / "d", groups=2, weeks=5)
    (folder / "d" / "exports").rename(folder / "exports")
    return Reader(folder)


@pytest.mark.slow
def test_every_command_of_the_quickstart_works_and_then_python(reader: Reader) -> None:
    (settings,) = blocks(ENGLISH, "toml")
    for command in commands(ENGLISH):
        if command == "qunkit lifecycle":  # the settings stand before it
            (reader.folder / "groups/qunkit.toml").write_text(settings, "utf-8")
        small = " --groups 2" if command == "qunkit demo demo" else ""
        said = reader.types(command + small).stdout
        assert bool(said.strip()) != (" -o " in command) or command.startswith(LITTLE_TO_SAY), command
    ran = reader.python("\n".join([*blocks(DOCS / "python.md", "python"), *EXPECTED]))
    assert "No group matches" in ran.stdout


EXPECTED = (
    "assert len(kol) <= 3 and len(weekly) > 8 and {'figures', 'members'} <= set(tables) and page.startswith('<!DOCTYPE')",
    "assert set(waiting['group_name']) and 'already' in repr(ds.ingest('exports/'))",
)


def test_both_languages_show_the_same_commands() -> None:
    english, chinese = (
        [re.sub(r"-o \S+", "-o FILE", one) for one in commands(page) if "QUNKIT_LANG" not in one]
        for page in (ENGLISH, CHINESE)
    )
    assert len(english) > 15
    assert chinese == english
    assert [re.sub(r'"zh"', '"en"', block) for block in blocks(CHINESE, "toml")] == blocks(ENGLISH, "toml")


@pytest.mark.parametrize("page", sorted(DOCS.glob("zh/*.md")), ids=lambda page: page.name)
def test_chinese_has_chinese_punctuation(page: Path) -> None:
    assert half_width(page) == []
