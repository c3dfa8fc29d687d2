"""Near-duplicates against datasketch, against sets, and against texts that were invented to be copies or not to be."""

from __future__ import annotations

import sys
from collections import defaultdict
from itertools import pairwise, product
from pathlib import Path
from random import Random

import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.methods import bigrams
from qunkit.methods import copies as module
from qunkit.methods.bigrams import Sets, Signs, hash_of
from qunkit.methods.copies import BANDS, ROWS, band_keys, copies, signature
from support.logs import EXAMPLES

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

import copies as bench

TEXTS = st.lists(st.text("加微信领红包v\U0001f9e7\ud800", min_size=2, max_size=40), min_size=1, max_size=12)


def parts(texts: list[str]) -> set[frozenset[str]]:
    """The texts of each copy."""
    found = defaultdict(set)
    for text, head in zip(texts, copies(texts).tolist(), strict=True):
        if head >= 0:
            found[texts[head]].add(text)
    return {frozenset(some) for some in found.values()}


def jaccard(a: str, b: str) -> float:
    one, other = ({text[at : at + 2] for at in range(len(text) - 1)} for text in (a, b))
    return len(one & other) / len(one | other)


@settings(max_examples=EXAMPLES, deadline=None)
@given(TEXTS)
def test_signatures_are_datasketchs(texts):
    found = signature(Signs.of(texts))
    for at, text in enumerate(texts):
        signs = [ord(sign) for sign in text]
        theirs = MinHash(BANDS * ROWS, seed=1, hashfunc=lambda pair: hash_of(*pair))
        theirs.update_batch(list(pairwise(signs)))
        assert found[:, at].tolist() == theirs.hashvalues.tolist()


def test_bands_are_datasketchs_best():
    lsh = MinHashLSH(threshold=0.4, num_perm=BANDS * ROWS)
    assert (lsh.b, lsh.r) == (BANDS, ROWS)


def test_candidates_are_datasketchs():
    """Texts share a key of a band where datasketch's index finds the one by the other."""
    dice = Random(4)
    texts = [bench.invented(dice, 12, 30) for _ in range(60)]
    texts += [bench.edited(dice, text, 0.3) for text in texts]
    hashes = signature(Signs.of(texts)).T
    theirs = [MinHash(hashvalues=row, scheme="affine32", seed=1) for row in hashes]
    index = MinHashLSH(threshold=0.4, num_perm=BANDS * ROWS)
    for at, one in enumerate(theirs):
        index.insert(at, one)
    keys = band_keys(texts)
    for at, one in enumerate(theirs):
        shared = np.flatnonzero((keys == keys[:, [at]]).any(axis=0))
        assert set(shared.tolist()) == set(index.query(one))


def test_the_length_of_blocks_changes_nothing(monkeypatch):
    dice = Random(5)
    texts = [bench.invented(dice, 12, 60) for _ in range(50)]
    whole = band_keys(texts)
    monkeypatch.setattr(module, "_BLOCK", 7)
    assert (band_keys(texts) == whole).all()


@settings(max_examples=EXAMPLES, deadline=None)
@given(TEXTS, st.integers(1, 100))
def test_near_is_half_of_the_bigrams(texts, room):
    left, right = (np.array(side) for side in zip(*((a, b) for a in range(len(texts)) for b in range(len(texts))), strict=True))  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bigrams, "_ROOM", room)
        found = Sets.of(texts).near(left, right)
    assert found.tolist() == [jaccard(texts[a], texts[b]) >= 0.5 for a, b in zip(left, right, strict=True)]


def test_exactly_half_is_near_and_less_is_not():
    """All texts of five signs of three: their sets share anything from nothing to all."""
    texts = ["".join(signs) for signs in product("abc", repeat=5)]
    left, right = np.divmod(np.arange(len(texts) ** 2), len(texts))
    sets = Sets.of(texts)
    wanted = [jaccard(texts[a], texts[b]) for a, b in zip(left, right, strict=True)]
    assert {0.4, 0.5} <= set(wanted)
    assert sets.near(left, right).tolist() == [share >= 0.5 for share in wanted]


def test_a_few_by_hand():
    texts = [
        "居家兼职日结三百，加我微信了解",  # 14 bigrams
        "居家兼职日结五百，加我微信了解",  # two of them differ: 12 of 16
        "今天下午四点东门自提，大家记得来",
        "居家兼职日结三百块",  # 9 signs: too short, though 7 of 15 are shared
        "加我微信了解，居家兼职日结三百",  # another order: 13 of 15
    ]
    found = copies(texts).tolist()
    assert found[3] == -1
    assert found[0] == found[1] == found[4] in (0, 1, 4)
    assert found[2] == 2


@settings(max_examples=EXAMPLES * 2, deadline=None)
@given(st.integers(0, 9999).map(Random), st.integers(1, 60), st.sampled_from([0.05, 0.2, 0.4]))
def test_the_order_of_texts_changes_nothing(dice, count, share):
    texts = ["加微信领红包，先到先得，送完为止", "".join(map(chr, range(0x4E00, 0x4E20)))]
    for _ in range(count):
        texts.append(bench.edited(dice, dice.choice(texts), share))
    texts = list(dict.fromkeys(texts))
    told = parts(texts)
    for _ in range(3):
        dice.shuffle(texts)
        assert parts(texts) == told


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 9999).map(Random), st.integers(1, 40), st.sampled_from([0.05, 0.2, 0.4]))
def test_every_text_is_near_its_head_and_heads_are_their_own(dice, count, share):
    texts = ["限时秒杀九块九包邮，点链接领券下单"]
    for _ in range(count):
        texts.append(bench.edited(dice, dice.choice(texts), share))
    found = copies(texts).tolist()
    for text, head in zip(texts, found, strict=True):
        assert (head < 0) == (len(text) < 12)
        assert head < 0 or (found[head] == head and jaccard(text, texts[head]) >= 0.5)


def test_what_reads_alike_at_all_is_one_copy():
    """Texts of the same bigrams share all bands, whatever else there is."""
    texts = ["买一送一" * 5, "买一送一" * 6, "卖二得三" * 5, "卖二得三" * 9]
    assert len(parts(texts)) == 2


def test_a_chain_is_no_copy():
    """A window that slides over a long text is near the next one, and the ends have nothing in common."""
    words, _ = bench.vocabulary()
    long = "".join(words[1000:1400])
    windows = [long[at : at + 40] for at in range(0, 600, 4)]
    assert all(jaccard(a, b) > 0.75 for a, b in pairwise(windows))
    found = copies(windows).tolist()
    for window, head in zip(windows, found, strict=True):
        assert jaccard(window, windows[head]) >= 0.5
    assert len(set(found)) >= 20  # one takes at most three on either side


def test_a_template_is_not_compared_each_with_each(monkeypatch):
    dice = Random(6)
    base = bench.invented(dice, 100, 100)
    texts = list({bench.edited(dice, base, 0.08) for _ in range(3000)})
    pairs = counting(monkeypatch)
    assert len(set(copies(texts).tolist())) <= 2
    assert sum(pairs) < 3 * len(texts)  # each with each would be 1,500 times


def test_a_full_bucket_has_an_end(monkeypatch):
    """Texts with the same keys in all bands, no two of them near: as somebody might write who knows the hashes."""
    dice = Random(7)
    texts = [bench.invented(dice, 20, 40) for _ in range(2000)]
    monkeypatch.setattr(module, "band_keys", lambda some: np.zeros((BANDS, len(some)), np.uint32))
    pairs = counting(monkeypatch)
    assert len(set(copies(texts).tolist())) == len(texts)
    assert sum(pairs) <= 9 * len(texts)


def counting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pairs are compared exactly, each time."""
    pairs: list[int] = []
    near = Sets.near

    def counted(self, left, right):
        pairs.append(len(left))
        return near(self, left, right)

    monkeypatch.setattr(Sets, "near", counted)
    return pairs


@pytest.mark.parametrize(("share", "least"), [(0.03, 0.99), (0.08, 0.95)])
def test_copies_are_found(share, least):
    assert bench.recall(Random(8), (25, 160), share, 1000) >= least


def test_what_has_nothing_in_common_is_no_copy():
    wrong, pairs = bench.false_pairs(Random(9), 4000)
    assert pairs > 7_000_000
    assert wrong <= pairs / 100_000


def test_nothing_and_next_to_nothing():
    assert copies([]).tolist() == []
    assert copies(["", "好", "好" * 11]).tolist() == [-1, -1, -1]
    assert copies(["好" * 12]).tolist() == [0]
    assert copies(["好" * 12, "好" * 13, "\ud800" * 12, "好" * 100_000]).tolist().count(2) == 1
