"""Which format an unknown file looks most like: by the keys or column names that the sample on its page has and others' have not."""

from __future__ import annotations

import inspect
import json
import re
from collections import Counter
from functools import cache
from itertools import chain

import numpy as np

from qunkit import registry
from qunkit.exports import Head

LIKE = 0.34
"""So much of a sample's names, rarer ones weighing more, a file must have; …"""
FEW = 3
"""… and so many."""
_LOOKED_AT = 8 << 10
_KEY = re.compile(r'"([^"\n]{1,40})"\s*:')


def nearest(head: Head) -> str | None:
    """Name of the format whose sample shares most names with the file; None if none shares enough.

    Formats of plain text have no names, and are never it.
    """
    names = _keys(head)
    shares = {format_: _share(sample, names) for format_, sample in _samples().items()}
    best = max(shares, key=lambda format_: (shares[format_], format_), default=None)
    return best if best and shares[best] >= LIKE else None


def _share(sample: frozenset[str], names: set[str]) -> float:
    rarity, common = _rarity(), sample & names
    if len(common) < FEW:
        return 0.0
    return sum(rarity[name] for name in common) / sum(rarity[name] for name in sample)


@cache
def _samples() -> dict[str, frozenset[str]]:
    """The names in the sample of each format's page."""
    pages = {name: inspect.getdoc(registry.load("formats", name)) or "" for name in registry.names("formats")}
    return {name: frozenset(_names(_indented(page))) for name, page in pages.items()}


@cache
def _rarity() -> dict[str, float]:
    """Inverse document frequency of every name of the samples (K. Spärck Jones, 1972)."""
    samples = _samples()
    counts = Counter(chain.from_iterable(samples.values()))
    return {name: float(np.log((1 + len(samples)) / count)) for name, count in counts.items()}


def _keys(head: Head) -> set[str]:
    rows = ["\t".join(row) for sheet in head.sheets.values() for row in sheet]
    first = json.dumps(head.first, ensure_ascii=False, default=str) if head.first else ""
    found = [_names(head.text[:_LOOKED_AT]), set(head.top), *map(_columns, rows), _names(first[:_LOOKED_AT])]
    return set(chain.from_iterable(found))


def _names(text: str) -> set[str]:
    """Keys of JSON, and the columns of a first line that names some."""
    return set(_KEY.findall(text)) | _columns(text.lstrip("\ufeff\n").partition("\n")[0])


def _columns(line: str) -> set[str]:
    columns = {name.strip(' "\r') for name in re.split("[,;\t]", line)} - {""}
    return columns if len(columns) >= FEW and "{" not in line else set()


def _indented(page: str) -> str:
    return "\n".join(line[4:] for line in page.split("\n") if line.startswith("    "))
