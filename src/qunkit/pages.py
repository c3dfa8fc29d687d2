"""A folder of pages for a browser: ``index.html`` for the whole fleet, and one page a group, which lead to each other.

Every file appears whole, the index after the pages that it leads to; pages of an earlier run that are not made again go at the end. ``.qunkit-pages`` in the folder
says which files are ours: where there are others, nothing is written.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from hashlib import sha256
from io import StringIO
from pathlib import Path
from tempfile import mkstemp

from qunkit.engines import _pool
from qunkit.errors import CannotCreate
from qunkit.renderers import html
from qunkit.results import Report
from qunkit.words import LANGS, Lang, Text

INDEX = "index.html"
_OURS = ".qunkit-pages"
_UNFINISHED = (".qunkit-page-", ".tmp")
_NO_FOLDER = Text("it is no folder", "它不是文件夹")
_INSIDE = Text("it would lie inside the dataset", "位于数据集内部")
_NOWHERE = Text("there is no folder {folder}", "没有文件夹 {folder}")
_FOREIGN = Text("it holds other files: {name}", "其中有其他文件：{name}")
_MANY = 30
"""Pages that take longer than it takes to start processes."""
_BYTES = 80
"""Of a group's name in the name of its file."""


def file_names(groups: Mapping[str, str]) -> dict[str, str]:
    """A file for each group, by its id; `groups`: names by ids.

    A file is called after its group, as far as any file system takes that, and by a hash of the id: so it stays the same whatever other groups there are, and
    groups of one name, or of names that differ in case only, have files of their own.
    """
    return {
        id_: f"{_plain(name)}-{sha256(id_.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}.html"
        for id_, name in groups.items()
    }


def write(
    folder: Path,
    index: Report,
    groups: Iterable[tuple[str, Report]],
    files: Mapping[str, str],
    lang: Lang,
    workers: int = 1,
) -> list[str]:
    """Write a page for each of `groups` (id and report), by so many processes if they are many, then `index`; returns what the index leaves out, in `lang`.

    `files`: see `file_names`; the names of groups in tables lead there. The folder is made if it is not there, private.

    Raises:
        CannotCreate: it is no folder, or holds files that are not ours.
        OSError: the disk refuses.
    """
    if not folder.exists() and not folder.is_symlink():
        folder.mkdir(mode=0o700)
    before = _must_be_ours(folder)
    wanted = {INDEX, *files.values()}
    _put(folder, _OURS, "".join(f"{name}\n" for name in sorted(before | wanted)))
    written = {INDEX}
    pages = ((files[id_], report) for id_, report in groups)
    drawn = partial(_group, folder, lang)
    spread = workers > 1 and len(files) >= _MANY
    written.update(_pool.spread(drawn, pages, workers) if spread else map(drawn, pages))
    said = _page(folder, INDEX, index, lang, {id_: name for id_, name in files.items() if name in written}, None)
    for name in before - written:
        (folder / name).unlink(missing_ok=True)
    _put(folder, _OURS, "".join(f"{name}\n" for name in sorted(written)))
    return said


def must_be_possible(folder: Path, dataset: Path | None = None) -> None:
    """Refuse a folder that `write` would refuse, and one inside `dataset`.

    Raises:
        CannotCreate: it is no folder, lies inside the dataset, or holds files that are not ours.
    """
    real = folder.resolve()
    if dataset and any(_same(one, dataset) for one in (real, *real.parents)):
        raise CannotCreate(path=folder, why=_INSIDE)
    if not real.parent.is_dir():
        raise CannotCreate(path=folder, why=Text(*(_NOWHERE.say(lang, folder=folder.parent) for lang in LANGS)))
    if folder.exists() or folder.is_symlink():
        _must_be_ours(folder)


def _same(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same folder."""
    with suppress(OSError):
        return one.samefile(other)
    return False


def _must_be_ours(folder: Path) -> set[str]:
    """Files of an earlier run; what a killed one left half written goes."""
    if not folder.is_dir():
        raise CannotCreate(path=folder, why=_NO_FOLDER)
    ours: set[str] = set()
    with suppress(FileNotFoundError):
        ours = {
            name
            for name in (folder / _OURS).read_text("utf-8").split("\n")
            if name.endswith(".html") and "/" not in name
        }
    found = sorted(unicodedata.normalize("NFC", name) for name in os.listdir(folder))  # some file systems decompose
    foreign = [name for name in found if name not in ours and name != _OURS and not _is_unfinished(name)]
    if foreign:
        raise CannotCreate(path=folder, why=Text(*(_FOREIGN.say(lang, name=foreign[0]) for lang in LANGS)))
    for name in filter(_is_unfinished, found):
        (folder / name).unlink(missing_ok=True)
    return ours


def _is_unfinished(name: str) -> bool:
    return name.startswith(_UNFINISHED[0]) and name.endswith(_UNFINISHED[1])


def _group(folder: Path, lang: Lang, named: tuple[str, Report]) -> str:
    name, report = named
    _page(folder, name, report, lang, {}, INDEX)
    return name


def _page(folder: Path, name: str, report: Report, lang: Lang, links: Mapping[str, str], up: str | None) -> list[str]:
    page = StringIO()
    said = html.write(report, page, lang, links=links, up=up)
    _put(folder, name, page.getvalue())
    return said


def _put(folder: Path, name: str, text: str) -> None:
    """A file that is there whole or not at all."""
    number, temporary = mkstemp(prefix=_UNFINISHED[0], suffix=_UNFINISHED[1], dir=folder)
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="\n") as out:
            out.write(text)
            out.flush()
            os.fsync(number)
        os.replace(temporary, folder / name)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def _plain(name: str) -> str:
    """Letters and digits of a name; what else there is becomes one dash."""
    composed = unicodedata.normalize("NFC", name)
    kept = "".join(sign if unicodedata.category(sign)[0] in "LN" else " " for sign in composed)
    cut = "-".join(kept.split()).encode("utf-8")[:_BYTES].decode("utf-8", "ignore").strip("-")
    return unicodedata.normalize("NFC", cut) or "group"
