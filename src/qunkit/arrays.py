"""Between Arrow and NumPy, by the buffers that both know: Arrow's own ways import pandas, a quarter of a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


def numbers(column: pa.Array | pa.ChunkedArray) -> NDArray[Any]:
    """The values of a column of doubles or whole numbers; where it is null, NaN in doubles and anything in others."""
    import numpy as np
    import pyarrow as pa

    whole: pa.Array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    validity, stored = whole.buffers()
    values = np.frombuffer(stored or b"", str(whole.type))[whole.offset :][: len(whole)]
    return np.where(_bits(validity, whole), values, np.nan) if whole.null_count and values.dtype == float else values


def known(column: pa.Array) -> NDArray[np.bool_]:
    """Where it is not null."""
    import numpy as np

    return _bits(column.buffers()[0], column) if column.null_count else np.ones(len(column), bool)


def flags(column: pa.Array | pa.ChunkedArray) -> NDArray[np.bool_]:
    """A column of yes and no; no where it is null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return numbers(pc.fill_null(column, False).cast(pa.int8())) > 0


def places(wanted: pa.Array | pa.ChunkedArray, among: pa.Array | pa.ChunkedArray) -> NDArray[np.int64]:
    """Where each value first is among others; -1: nowhere, or null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    values = among.combine_chunks() if isinstance(among, pa.ChunkedArray) else among
    found = pc.index_in(wanted.cast(pa.string()), value_set=values.cast(pa.string()), skip_nulls=True)
    return numbers(pc.fill_null(found, -1)).astype("int64")


def column(values: NDArray[Any]) -> pa.Array:
    """The values as a column of Arrow's; null for NaN."""
    import numpy as np
    import pyarrow as pa

    missing = np.isnan(values)
    valid = pa.py_buffer(np.packbits(~missing, bitorder="little")) if missing.any() else None
    buffers = [valid, pa.py_buffer(np.ascontiguousarray(values))]
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), buffers)


def _bits(validity: pa.Buffer, column: pa.Array) -> NDArray[np.bool_]:
    import numpy as np

    bits = np.unpackbits(np.frombuffer(validity, np.uint8), bitorder="little")
    return bits[column.offset :][: len(column)].astype(bool)
