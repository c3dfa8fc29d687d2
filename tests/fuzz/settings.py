"""A dataset's own small files, qunkit.toml, and what is typed: each is understood or refused, and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

from fuzz.exports import folder
from fuzz.harness import said
from qunkit import config as settings
from qunkit.cli.options import Machine
from qunkit.errors import BadConfig, DatasetDamaged, DatasetNewer, NoDataset, UsageError
from qunkit.ingest import store
from qunkit.window import Asked, resolve
from support.datasets import make_dataset
from support.messages import TWELVE

FILES = ("CURRENT", "dataset.json", "manifest.json", "manifest.json sealed")
"""What the first line of a dataset's input may name. ``sealed``: CURRENT names the digest of what is there."""


def dataset(data: bytes) -> str:
    """The rest replaces one file of a dataset."""
    head, _, body = data.partition(b"\n")
    name = head.decode("utf-8", "replace")
    place, originals = _dataset()
    if name not in FILES:
        return "none"
    sealed, name = name.endswith(" sealed"), name.removesuffix(" sealed")
    path = place / originals["snapshot"].decode() / name if name == "manifest.json" else place / name
    try:
        path.write_bytes(body)
        if sealed:
            digest = hashlib.sha256(body).hexdigest().encode()
            (place / "CURRENT").write_bytes(originals["snapshot"] + b" " + digest + b"\n")
        with store.open_snapshot(place) as snapshot:
            assert snapshot.id == originals["snapshot"].decode()
            assert isinstance(snapshot.manifest, dict)
            return f"{snapshot.tz} {snapshot.fingerprint}"
    except (DatasetDamaged, DatasetNewer, NoDataset) as error:
        return said(error)
    finally:
        for known, was in originals.items():
            if known != "snapshot":
                (place / known).write_bytes(was)


def dataset_seeds() -> Iterator[bytes]:
    """Each file as it is, and a newer one."""
    _, originals = _dataset()
    for known, was in originals.items():
        if known != "snapshot":
            yield known.rpartition("/")[2].encode() + b"\n" + was
            yield b"manifest.json sealed\n" + was
    yield b'dataset.json\n{"schema": 99, "tz": "Asia/Shanghai"}'


def config(data: bytes) -> str:
    """qunkit.toml."""
    path = folder() / settings.FILE
    path.write_bytes(data)
    try:
        return settings.load(folder()).hash
    except BadConfig as error:
        return said(error)


def config_seeds() -> Iterator[bytes]:
    """The example of its docstring, and what is wrong with others."""
    told = (settings.__doc__ or "").partition("\n\n")[2].rpartition("\n\n")[0]
    yield "\n".join(line[4:] for line in told.split("\n")).encode()
    yield b'lang = "fr"\nday_start = 24\n[staff]\nids = [1]\n[tags]\na = "b"\n[map.x]\ntime = ""\n'
    yield b"\xef\xbb\xbflang = 'zh'\n\"staff\".groups.'*'.names = ['a']\n[bots]\nids = []\n"
    yield b"day_start = true\n" + b"a = [" * 20


def window(data: bytes) -> str:
    """Lines are the options; the last ones are limits of the machine."""
    told: list[str | None] = [line or None for line in data.decode("utf-8", "replace").split("\n")[:8]]
    since, until, last, week, as_of, hour, memory, threads = (told + [None] * 8)[:8]
    try:
        Machine(memory, int(threads) if threads and threads.isascii() and threads.isdigit() else None).checked()
        found = resolve(Asked(since, until, last, week, as_of), datetime(2026, 5, 11, 12), len(hour or "") % 24)
    except UsageError as error:
        return said(error)
    assert found.since is None or found.since <= found.until
    return repr(found)


def window_seeds() -> Iterator[bytes]:
    """Options as they are typed."""
    yield b"2026-05-01\n2026-05-11\n\n\n2026-05-12\nxxxx\n512MB\n2"
    yield b"2026-05-01T08:30\n2026-05-11 09:00:59"
    yield b"\n\n7d\n\n2100-12-31\nx"
    yield b"\n\n99999m\n\n1999-01-01\n"
    yield b"\n\n\n2026-W20\n2026-05-01"
    yield b"\n\n\nlast\n1999-01-01T00:00\nxxxxxxxxx"
    yield b"\n\n\n2020-W53\n\n\n1.5GiB\n0"


@cache
def _dataset() -> tuple[Path, dict[str, bytes]]:
    place = make_dataset(folder() / "dataset", TWELVE)
    snapshot = (place / "CURRENT").read_text().split()[0]
    names = ("CURRENT", "dataset.json", f"{snapshot}/manifest.json")
    assert json.loads((place / "dataset.json").read_bytes())
    return place, {name: (place / name).read_bytes() for name in names} | {"snapshot": snapshot.encode()}
