"""Changing a few rows of a column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa


def put(column: pa.Array, rows: pa.Array, values: pa.Array | Sequence[object]) -> pa.Array:
    """`column` with ``values[i]`` at ``rows[i]``; rows distinct. The column itself if there are none."""
    if not len(rows):
        return column
    if not isinstance(values, pa.Array):
        values = pa.array(values, column.type)
    order = np.arange(len(column), dtype=np.int64)
    order[np.asarray(rows)] = np.arange(len(column), len(column) + len(values))
    return pa.concat_arrays([column, values.cast(column.type)]).take(pa.array(order))
