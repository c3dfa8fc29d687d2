"""The p of texts as a column."""

from __future__ import annotations

import pickle

import pyarrow as pa

from qunkit.features.ads import COLUMN, TYPE, compute
from support.tiny_ads import ADS, TEXTS, tiny


def of(*texts: str | None) -> pa.Array:
    return compute(pa.record_batch({"text": pa.array(texts, pa.string())}), tiny())


def test_it_is_what_the_model_says() -> None:
    found = of(*TEXTS)
    assert found.to_pylist() == tiny().score(TEXTS).tolist()
    assert (COLUMN, str(found.type)) == ("ads", TYPE)


def test_no_text_has_none() -> None:
    assert [p is None for p in of("", None, ADS[0], None).to_pylist()] == [True, True, False, True]
    assert of().to_pylist() == []
    assert of(None).to_pylist() == [None]


def test_it_is_of_the_text_alone() -> None:
    texts = [*TEXTS, "\x00\u200b🏕️", "好" * 3000, None, ""]
    whole = of(*texts).to_pylist()
    assert whole == [of(text).to_pylist()[0] for text in texts]
    assert whole[::-1] == of(*texts[::-1]).to_pylist()


def test_a_model_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(tiny())).score(TEXTS).tolist() == tiny().score(TEXTS).tolist()
