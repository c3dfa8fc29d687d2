"""qunkit itself as one file, so that the Python of Spark's workers has its functions."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile, ZipInfo

from qunkit import registry, scratch
from qunkit.engines._spark_session import is_remote

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def ship(session: SparkSession) -> None:
    """Give the workers of a session this package."""
    zip = str(packed())
    if is_remote(session):
        session.addArtifacts(zip, pyfile=True)
    else:
        session.sparkContext.addPyFile(zip)


def packed() -> Path:
    """A zip of the package, made once a process: a driver takes a file of one name from one place only."""
    return pack(Path(_folder().name))


@cache
def _folder() -> scratch.Folder:
    return scratch.Folder()


@cache
def pack(folder: Path) -> Path:
    """A zip of the package in `folder`; the same content has the same name."""
    root = Path(registry.__file__).parent
    files = {file.relative_to(root.parent): file.read_bytes() for file in sorted(root.rglob("*")) if _belongs(file)}
    mark = sha256(b"".join(str(name).encode() + b"\0" + sha256(body).digest() for name, body in files.items()))
    path = folder / f"qunkit-{mark.hexdigest()[:16]}.zip"
    with ZipFile(path, "w") as zip:
        for name, body in files.items():
            zip.writestr(ZipInfo(str(name)), body)
    return path


def _belongs(file: Path) -> bool:
    return file.is_file() and file.suffix != ".pyc" and ".mypy_cache" not in file.parts
