"""What `qunkit alerts --since last-run` has told already: ``alerts.json`` beside the snapshots, small, without a name in it.

Of each group the marks of the alerts that held when it was last asked for, both as keyed hashes (`privacy.keyed`). Nothing but alerts depends on it: without it everything that
holds is told once more. It is replaced whole, under the writer's lock, when what it says has been told.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from qunkit.errors import CannotCreate, DatasetNewer, ToldDamaged
from qunkit.ingest import durable, locks, store
from qunkit.words import Text

FILE = "alerts.json"
FORMAT = 1
Told = dict[str, tuple[str, ...]]
"""Marks of alerts, by the mark of their group."""
_READ_ONLY = Text("the dataset cannot be written to", "数据集不可写")


def load(dataset: Path) -> Told:
    """What was told; nothing where there is no file.

    Raises:
        ToldDamaged: the file is not what was written.
        DatasetNewer: it was written by a newer qunkit.
    """
    path = dataset / FILE
    try:
        return _parsed(path, json.loads(durable.read(path)))
    except FileNotFoundError:
        return {}
    except OSError as error:
        if error.errno not in durable.NOT_THERE:
            raise
        raise ToldDamaged(path=path, why=error.strerror) from None
    except (ValueError, RecursionError) as error:
        raise ToldDamaged(path=path, why=type(error).__name__) from None


def must_be_writable(dataset: Path) -> None:
    """Say before anything is told that nobody could keep it.

    Raises:
        CannotCreate: the dataset is read-only.
        NoDataset: there is none.
    """
    store.zone(dataset)
    if not os.access(dataset, os.W_OK | os.X_OK):
        raise CannotCreate(path=dataset / FILE, why=_READ_ONLY)


def keep(dataset: Path, now: Mapping[str, tuple[str, ...]], asked: Callable[[str], bool], *, wait: float) -> None:
    """Make `now` what was told of the groups for which `asked` holds; what was told of others stays.

    Raises:
        DatasetLocked: another writer holds the dataset after `wait` seconds.
        ToldDamaged, DatasetNewer, CannotCreate: nothing was written.
    """
    with locks.writer(dataset, wait, partial(store.make_room, dataset)):
        left = {group: marks for group, marks in load(dataset).items() if not asked(group)}
        told = {group: sorted(marks) for group, marks in sorted((left | dict(now)).items()) if marks}
        body = json.dumps({"format": FORMAT, "told": told}, indent=1).encode() + b"\n"
        path = dataset / FILE
        with durable.placed(path):
            if not path.exists() or durable.read(path) != body:
                durable.replace(path, body)


def drop(dataset: Path) -> None:
    """Forget what was told, for the one writer: marks of who is forgotten go, too."""
    (dataset / FILE).unlink(missing_ok=True)


def _parsed(path: Path, told: Any) -> Told:
    match told:
        case {"format": int(found)} if found > FORMAT:
            raise DatasetNewer(path=path, found=found, known=FORMAT)
        case {"format": 1, "told": dict(groups)} if all(_are_marks(marks) for marks in groups.values()):
            return {group: tuple(marks) for group, marks in groups.items()}
    raise ToldDamaged(path=path, why=Text("it does not say what was told", "其中没有告警记录"))


def _are_marks(marks: object) -> bool:
    return isinstance(marks, list) and all(isinstance(mark, str) for mark in marks)
