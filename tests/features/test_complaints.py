"""Words that complain, as a feature."""

from __future__ import annotations

import pyarrow as pa

from qunkit.features.complaints import compute


def test_words_of_each_text():
    texts = ["东西坏了，没人理", "明天去露营", "", None]
    assert compute(pa.record_batch({"text": pa.array(texts, pa.string())})).to_pylist() == [
        ["quality:坏了", "service:没人理"],
        [],
        None,
        None,
    ]
