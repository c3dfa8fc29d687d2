"""Sketches by hand, and against a naive loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunkit.methods import sketches as made
from qunkit.methods.sketches import BITS, sketches


def cells(text):
    """The cells of one text, by the words of MurmurHash3's end on each pair."""
    found = set()
    for first, second in zip(text.lower(), text.lower()[1:], strict=False):
        h = (ord(first) * 0x9E3779B1 + ord(second)) & 0xFFFFFFFF
        h = ((h ^ h >> 16) * 0x85EBCA6B) & 0xFFFFFFFF
        h = ((h ^ h >> 13) * 0xC2B2AE35) & 0xFFFFFFFF
        found.add((h ^ h >> 16) >> 24)
    return found


def taken(row):
    return {cell for cell in range(BITS) if int(row[cell // 64]) >> cell % 64 & 1}


def test_capitals_are_small_and_one_character_is_no_pair():
    same, other, one, none = sketches(["阳光玫瑰 OK", "阳光玫瑰 ok", "好", ""])
    assert same.tolist() == other.tolist()
    assert taken(same) == cells("阳光玫瑰 ok")
    assert len(taken(same)) == 6  # 阳光 光玫 玫瑰 瑰_ _o ok
    assert not one.any()
    assert not none.any()


def test_no_texts_no_rows():
    assert sketches([]).shape == (0, BITS // 64)


@given(st.lists(st.text(max_size=12) | st.sampled_from(["\n", "a\nb", "\ud800x", "İİ", "ok\x00ok"]), max_size=9))
def test_a_naive_loop_gives_the_same_in_whatever_chunks(texts):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made, "_CHUNK", 4)
        found = sketches(texts)
    assert found.dtype == np.uint64
    assert [*map(taken, found)] == [*map(cells, texts)]
