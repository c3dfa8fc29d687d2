"""Shelves: one file = one thing. Look in the folder, then in the entry points ``qunkit.<shelf>``; keep no list."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType


@cache
def names(shelf: str) -> tuple[str, ...]:
    """Names of everything on `shelf`, sorted: modules of the folder and entry points of the group."""
    own = {name for name in _modules(Path(__file__).parent / shelf) if not name.startswith("_")}
    return tuple(sorted(own | set(_plugins(shelf))))


@cache
def load(shelf: str, name: str) -> ModuleType:
    """The module `name` of `shelf`.

    Raises:
        LookupError: neither the folder nor an entry point has that name.
    """
    if name not in names(shelf):
        raise LookupError(f"no {name!r} on the shelf {shelf!r}")
    plugin = _plugins(shelf).get(name)
    return import_module(plugin if plugin else f"qunkit.{shelf}.{name}")


def _modules(folder: Path) -> list[str]:
    """Modules in a folder; it may lie in a zip, for so Spark's workers have this package."""
    try:
        return [entry.name.removesuffix(".py") for entry in os.scandir(folder) if entry.name.endswith(".py")]
    except NotADirectoryError:
        from pkgutil import iter_modules

        return [module.name for module in iter_modules([str(folder)])]


@cache
def _plugins(shelf: str) -> dict[str, str]:
    """Entry points of other packages: name -> module."""
    if not _is_extended():
        return {}
    from importlib.metadata import entry_points

    return {point.name: point.value for point in entry_points(group=f"qunkit.{shelf}")}


@cache
def _is_extended() -> bool:
    """Whether any installed package has entry points for us: a look at the files, for to ask importlib.metadata costs a fifth
    of the start of the program."""
    for folder in sys.path:
        with suppress(OSError), os.scandir(folder or ".") as entries:
            for entry in entries:
                if entry.name.endswith((".dist-info", ".egg-info")) and _names_us(entry.path):
                    return True
    return False


def _names_us(package: str) -> bool:
    with suppress(OSError), open(os.path.join(package, "entry_points.txt"), "rb") as file:
        return b"[qunkit." in file.read()
    return False
