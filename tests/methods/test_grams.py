"""Hashed n-grams, against a count by hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.chat import characters, normal
from qunkit.methods import grams


def made(*texts: str) -> tuple[grams.Grams, grams.Grams]:
    found = normal.batch(texts)
    return grams.of_characters(found), grams.of_syllables(found)


def test_how_many_there_are() -> None:
    """“加我vx” is 加我微信: 4 + 3 + 2 characters in a row, as many syllables; each counts 3/√9 = 1. “ok 好” has 4 + 3 + 2, and one syllable."""
    of_characters, of_syllables = made("加我vx", "ok 好", "")
    assert (of_characters.columns < grams.WIDTH).sum() == 9 + 9
    assert (of_syllables.columns < grams.WIDTH).sum() == 9 + 1
    assert of_characters.scale.tolist() == [1.0, 1.0, 0.0]
    assert of_syllables.scale.tolist() == [1.0, 3.0, 0.0]


def test_each_kind_has_its_columns() -> None:
    of_characters, of_syllables = made("加微信领券", "日入三百")
    assert of_characters.columns.min() >= 0
    assert {*of_characters.columns[of_characters.columns < grams.WIDTH] // grams.SIZE} == {0}
    assert {*of_syllables.columns[of_syllables.columns < grams.WIDTH] // grams.SIZE} == {1}


def test_what_sounds_the_same_is_the_same() -> None:
    same, other, apart = made("兼职", "尖直", "坚 持 直")[1].columns.T[[0, 3, 6]].tolist()
    assert same == other  # jian zhi
    assert apart[0] == same[0]
    assert apart[1] != same[1]
    _, of_syllables = made("兼，职")
    assert of_syllables.columns[1, 0] == same[1]  # whatever stands between


def test_digits_are_all_the_same() -> None:
    [columns] = made("9.9元")[0].columns.reshape(3, 1, -1)[1]
    [others] = made("8.5元")[0].columns.reshape(3, 1, -1)[1]
    assert columns.tolist() == others.tolist()


def test_columns_stay_what_they_are() -> None:
    """Weights of a file are of these columns: another number here is another VERSION of the model."""
    of_characters, of_syllables = made("加微")
    assert of_characters.columns.T.tolist() == GOLDEN[0]
    assert of_syllables.columns.T.tolist() == GOLDEN[1]


GOLDEN = [
    [[42921, 22923, 131072], [8160, 131072, 131072], [131072, 131072, 131072]],
    [[78546, 105256, 131072], [114661, 131072, 131072], [131072, 131072, 131072]],
]
"""By place, the columns of one, two and three signs; `grams.WIDTH` for none. The last place is the end."""


def test_hashing_spreads() -> None:
    """8,000 pairs of 20,000 characters in 65,536 columns: by chance 7,530 of them are in use; a bad hash has far fewer."""
    signs = [chr(0x4E00 + (place * 7919) % 20000) for place in range(16000)]
    pairs = {first + second for first, second in zip(signs[::2], signs[1::2], strict=True)}
    columns = made(*pairs)[0].columns[1]
    assert len(np.unique(columns)) > 0.97 * 65536 * (1 - np.exp(-len(pairs) / 65536))


TEXTS = st.lists(st.text(st.sampled_from("加微信兼职好a1 。\u200b🔥"), max_size=12), max_size=6)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_the_matrix_says_what_the_sum_says(texts: list[str]) -> None:
    kinds = made(*texts)
    weights = np.append(np.random.default_rng(1).normal(size=grams.WIDTH).astype(np.float16).astype(float), 0.0)
    added = sum(grams.summed(kind, weights) for kind in kinds)
    assert np.allclose(grams.matrix(kinds) @ weights[:-1], added, atol=1e-12)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_counted_one_by_one(texts: list[str]) -> None:
    """The same, sign by sign: as many of each column as there are places where it begins."""
    whole = grams.matrix(made(*texts)) if texts else None
    for row, text in enumerate(normal.normalise_all(texts)):
        assert whole is not None
        spoken = [sign for sign in text if characters.spoken()[ord(sign)]]
        for first, signs in ((0, list(text)), (grams.SIZE, spoken)):
            several = [tuple(signs[at : at + n]) for n in (1, 2, 3) for at in range(len(signs) - n + 1)]
            values = whole[row, first : first + grams.SIZE]
            assert np.isclose(values.sum(), 3 * len(several) / np.sqrt(len(several) or 1))
            assert values.nnz <= len(Counter(several))
