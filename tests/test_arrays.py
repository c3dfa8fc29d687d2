"""Between Arrow and NumPy."""

import numpy as np
import pyarrow as pa

from qunkit.arrays import column, known, numbers


def test_numbers_of_slices_and_chunks():
    one, other = pa.array([9.0, 1.5, None, 2.5])[1:], pa.array([3.5])
    assert numbers(one)[[0, 2]].tolist() == [1.5, 2.5]
    assert np.isnan(numbers(one)[1])
    assert numbers(pa.chunked_array([one[2:], other])).tolist() == [2.5, 3.5]
    assert numbers(pa.chunked_array([], pa.float64())).tolist() == []
    assert numbers(pa.array([7, 8, 9], pa.int32())[1:]).tolist() == [8, 9]


def test_what_is_known_of_a_slice():
    assert known(pa.array([None, 1, None, 2])[1:]).tolist() == [True, False, True]
    assert known(pa.array([1, 2])).tolist() == [True, True]


def test_columns_and_back():
    assert column(np.array([1.5, np.nan, 2.5])).to_pylist() == [1.5, None, 2.5]
    assert column(np.arange(3)).to_pylist() == [0, 1, 2]
    assert column(np.zeros(0)).to_pylist() == []
    assert column(np.arange(6.0)[::2]).to_pylist() == [0.0, 2.0, 4.0]
