"""Rows that share what they are compared by: numbers for the values of columns, and who has the same."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Integers: TypeAlias = npt.NDArray[np.int64]
Marks: TypeAlias = npt.NDArray[np.bool_]


def seconds(table: pa.Table) -> Integers:
    """Of each row's time, since 1970."""
    found: Integers = table["sent_at"].cast(pa.timestamp("ms", "UTC"), safe=False).cast(pa.int64()).to_numpy() // 1000
    return found


def codes(*columns: pa.ChunkedArray) -> Integers:
    """A number for each combination of the values of columns."""
    code = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
        code = code * (len(encoded.dictionary) + 1) + encoded.indices.to_numpy()
    return code


def places(*keys: Integers) -> Integers:
    """Of each row, how many before it have the same keys."""
    order = np.lexsort(keys[::-1])
    new = np.r_[True, np.any([key[order][1:] != key[order][:-1] for key in keys], axis=0)][: len(order)]
    starts = np.flatnonzero(new)
    found = np.empty(len(order), np.int64)
    found[order] = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    return found


def together(*keys: Integers) -> Integers:
    """Rows that share their keys with another."""
    order = np.lexsort(keys[::-1])
    same = np.all([key[order][1:] == key[order][:-1] for key in keys], axis=0)
    return np.sort(order[np.r_[False, same] | np.r_[same, False]]) if len(order) else order
