"""The READMEs, run: every command in them works on the demo as it stands, and both languages say the same."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from qunkit import demo
from support.needs import need
from support.reader import Reader, blocks, half_width

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", "README.zh.md"]
SKIPPED = ("make demo", "make test", "pip install ")
"""Commands about the checkout itself; every other line is run."""
SUPPOSED = {
    "log.csv": "when,who,said\n2026-11-14 08:03:10,阿岚,早\n",
    "copied.txt": "阿岚:\n明天几点\n\n小刘:\n七点\n\n阿岚:\n好\n\n小刘:\n东门\n",
    "members.csv": "wxid,昵称\nwxid_alan,阿岚\nwxid_liu,小刘\n",
}
"""Files besides exports/ and exports.zip."""
MAY_FIND_NOTHING = ("qunkit check", "qunkit rejects", "qunkit alias")


def commands(page: str) -> list[str]:
    """Every line of the shell blocks that is to be run, in order."""
    lines = [line for block in blocks(ROOT / page, "sh") for line in block.split("\n")]
    return [line for line in lines if line and not line.startswith(SKIPPED)]


def said(page: str) -> list[str]:
    """The commands without comments, and without what only one language says."""
    told = [re.sub(r"\s+# .*", "", line) for line in commands(page)]
    return [re.sub(r"-o \S+", "-o FILE", line) for line in told if not line.startswith("export QUNKIT_LANG")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with exports/ and what else the READMEs suppose."""
    folder = tmp_path_factory.mktemp("readme")
    demo.write(folder / "d", groups=6)
    (folder / "d" / "exports").rename(folder / "exports")
    shutil.make_archive(str(folder / "exports"), "zip", folder, "exports")
    for name, text in SUPPOSED.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def test_a_page_has_commands() -> None:
    assert all(len(commands(page)) > 10 and blocks(ROOT / page, "python") for page in PAGES)


def test_every_command_works(folder: Path, tmp_path: Path) -> None:
    """Those of the Chinese page are the same."""
    page = PAGES[0]
    for name in ("exports", "exports.zip", *SUPPOSED):
        (tmp_path / name).symlink_to(folder / name)
    reader, unrun = Reader(tmp_path), []
    for command in commands(page):
        if "| jq " in command and not shutil.which("jq"):
            unrun.append(command)
            continue
        output = reader.types(command).stdout
        silent = command.startswith("export ") or (" -o " in command and " --all " not in command)
        assert bool(output.strip()) != silent, command
        header, *rows = output.rstrip("\n").split("\n")
        assert rows or "\t" not in header or command.startswith(MAY_FIND_NOTHING), f"{command}: a table without rows"
    for block in blocks(ROOT / page, "python"):
        reader.python(block + "\nassert len(weekly)")
    need(f"jq for {unrun}", not unrun)


def test_both_languages_show_the_same_commands() -> None:
    english, chinese = map(said, PAGES)
    assert chinese == english


@pytest.mark.parametrize("what", [r"^#+ ", r"^\|", r"^\* ", r"\]\((docs/[^)]*|examples/[^)]*|C[^)]*)\)"])
def test_both_languages_have_the_same_parts(what: str) -> None:
    english, chinese = (re.findall(what, (ROOT / page).read_text("utf-8"), re.MULTILINE) for page in PAGES)
    assert english
    assert chinese == english


def test_chinese_has_chinese_punctuation() -> None:
    assert half_width(ROOT / "README.zh.md") == []


@pytest.mark.parametrize("page", PAGES)
def test_the_columns_of_awk_are_those_that_are_meant(page: str) -> None:
    from qunkit.analyses import groups

    names = [column.name for column in groups.COLUMNS]
    (awk,) = (command for command in commands(page) if "awk" in command)
    assert [names[int(number) - 1] for number in re.findall(r"\$(\d+)", awk)] == ["days_silent", "group_name"]
