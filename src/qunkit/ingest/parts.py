"""What a snapshot must hold: every part of its manifest, to the last bit, and no Parquet file besides.

DuckDB does not look at the checksums of Parquet pages: half of all flipped bits would change an answer without an error. So every part is
read once and its sha256 compared with the manifest's. That a file was found good is remembered by its device, inode, size and times in the
user's cache folder (`qunkit/checked.json`, safe to delete; where it cannot be written, parts are read each time). Damage that leaves size and
times as they were, after a part was found good, is not seen by this; `qunkit check` and a build upon the part always read.
"""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from qunkit.errors import DatasetDamaged, reason
from qunkit.ingest import durable
from qunkit.words import Text

OTHER_SIZE = Text("its size is not the manifest's", "大小与清单不符")
OTHER_SHA256 = Text("its sha256 is not the manifest's", "sha256 与清单不符")
NO_FILE = Text("it is no plain file", "不是普通文件")
NO_FOLDER = Text("it is no plain folder", "不是普通文件夹")
MISSING = Text("it is missing", "文件缺失")
STRANGER = Text("the manifest does not know it", "清单中没有此文件")
_REMEMBERED = 4096
_READERS = 4


def check(snapshot: Path, parts: Mapping[str, Mapping[str, Any]]) -> None:
    """Look at every part.

    Raises:
        DatasetDamaged: a part is missing, changed or reached through a link, or there is a file too many.
    """
    marks = {part: mark(snapshot, part, facts["bytes"]) for part, facts in parts.items()}
    for path in sorted(snapshot.rglob("*.parquet")):
        if path.relative_to(snapshot).as_posix() not in parts:
            raise DatasetDamaged(path=path, why=STRANGER)
    known = _remembered()
    unknown = [part for part, facts in parts.items() if known.get(marks[part]) != facts["sha256"]]
    if unknown:
        with ThreadPoolExecutor(_READERS) as pool:
            for _ in pool.map(lambda part: compare(snapshot / part, parts[part]["sha256"]), unknown):
                pass
        _remember({marks[part]: parts[part]["sha256"] for part in parts} | known)


def mark(snapshot: Path, part: str, size: int) -> str:
    """What tells this state of a file from others.

    Raises:
        DatasetDamaged: there is no plain file of that size, or a link is on the way to it.
    """
    path = snapshot / part
    for depth in range(part.count("/") + 1):
        must_be_plain(path.parents[depth])
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        raise DatasetDamaged(path=path, why=MISSING) from None
    if not stat.S_ISREG(found.st_mode):
        raise DatasetDamaged(path=path, why=NO_FILE)
    if found.st_size != size:
        raise DatasetDamaged(path=path, why=OTHER_SIZE)
    return f"{found.st_dev}-{found.st_ino}-{found.st_size}-{found.st_mtime_ns}-{found.st_ctime_ns}"


def must_be_plain(folder: Path) -> None:
    """A link would lead readers and writers out of the dataset.

    Raises:
        DatasetDamaged: it is no folder.
    """
    with suppress(FileNotFoundError, NotADirectoryError):
        if not stat.S_ISDIR(folder.lstat().st_mode):
            raise DatasetDamaged(path=folder, why=NO_FOLDER)


def compare(path: Path, sha256: str) -> None:
    """Read a part.

    Raises:
        DatasetDamaged: it is not what was written.
    """
    try:
        found = durable.digest(path)
    except OSError as error:
        if error.errno in durable.NOT_THERE:
            raise DatasetDamaged(path=path, why=reason(error)) from None
        raise
    if found != sha256:
        raise DatasetDamaged(path=path, why=OTHER_SHA256)


def _cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("qunkit", appauthor=False) / "checked.json"


def _remembered() -> dict[str, str]:
    """Files that were found good: mark → sha256."""
    try:
        found = json.loads(_cache().read_bytes())
    except (OSError, ValueError, RuntimeError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(good: dict[str, str]) -> None:
    """Of several readers at once the last one is heard: the others read once more. Nothing depends on it."""
    with suppress(OSError, RuntimeError):
        path = _cache()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=durable.TEMPORARY, dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                json.dump(dict(list(good.items())[:_REMEMBERED]), file)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
