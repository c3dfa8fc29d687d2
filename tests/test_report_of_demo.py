"""The report of an invented fleet names what was planted, and of a fleet in which nothing is, nobody.

`QUNKIT_DEMO_SEEDS=1-20` tries other seeds; `python -m support.planted 1 20` in this folder says of each what was found.
"""

from __future__ import annotations

import os

import pytest

from support.planted import KINDS, outcomes

_FIRST, *_LAST = map(int, os.environ.get("QUNKIT_DEMO_SEEDS", "0").split("-"))
SEEDS = range(_FIRST, _LAST[0] + 1) if _LAST else (1, 4, 5)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_planted_is_named(tmp_path, seed):
    found = outcomes(tmp_path, seed)
    assert [len(found[kind].planted) for kind in KINDS[:4]] == [1, 1, 1, 9]
    assert {kind: one.missed for kind, one in found.items()} == {kind: set() for kind in KINDS}
    assert {kind: one.wrong for kind, one in found.items()} == {kind: set() for kind in KINDS}


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_where_nothing_was_planted_nobody_is_named(tmp_path, seed):
    found = outcomes(tmp_path, seed, plain=True)
    assert {kind: one.wrong for kind, one in found.items()} == {kind: set() for kind in KINDS}
