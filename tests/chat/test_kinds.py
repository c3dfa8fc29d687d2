from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.chat.kinds import wechat_kind, wechat_kinds
from qunkit.schema import KINDS

KNOWN = {
    "text": [(1, 0)],
    "image": [(3, 0)],
    "voice": [(34, 0)],
    "video": [(43, 0), (62, 0)],
    "sticker": [(47, 0), (49, 8)],
    "location": [(48, 0), (49, 15), (49, 17)],
    "call": [(50, 0)],
    "contact_card": [(42, 0), (65, 0), (66, 0)],
    "system": [(10000, 0), (10002, 0), (10000, 8000), (10000, 1)],
    "pat": [(10000, 4), (49, 62)],
    "link": [(49, 1), (49, 4), (49, 5)],
    "music": [(49, 3), (49, 92)],
    "file": [(49, 6), (49, 74)],
    "forward": [(49, 19)],
    "note": [(49, 24)],
    "miniprogram": [(49, 33), (49, 36)],
    "channels": [(49, 50), (49, 51)],
    "solitaire": [(49, 53)],
    "quote": [(49, 57)],
    "live": [(49, 63), (49, 88)],
    "announcement": [(49, 87)],
    "transfer": [(49, 2000)],
    "red_packet": [(49, 2001), (49, 2003)],
    "other": [(37, 0), (11000, 0), (49, 0), (49, 40), (49, 999999), (9999, 0), (-1, 0), (1 << 62, 7)],
}
CASES = [(kind, base, sub) for kind, pairs in KNOWN.items() for base, sub in pairs]


@pytest.mark.parametrize(("kind", "base", "sub"), CASES)
def test_known_numbers(kind: str, base: int, sub: int) -> None:
    assert wechat_kind(base, sub) == kind


@pytest.mark.parametrize(
    ("packed", "kind"),
    [(244813135921, "quote"), (227633266737, "solitaire"), (8594229559345, "red_packet"), (266287972401, "pat")],
)
def test_numbers_of_wechat_4_hold_both(packed: int, kind: str) -> None:
    assert wechat_kind(packed) == kind
    assert wechat_kinds(pa.array([packed]), pa.array([0])).to_pylist() == [kind]


def test_every_kind_is_in_the_closed_list() -> None:
    assert set(KNOWN) <= set(KINDS)
    assert {wechat_kind(base, sub) for base in range(12000) for sub in (0, 4)} <= set(KINDS)


numbers = st.one_of(
    st.sampled_from([1, 3, 34, 49, 62, 10000, (57 << 32) | 49, (4 << 32) | 10000, (1 << 63) - 1, -(1 << 63)]),
    st.integers(-(1 << 63), (1 << 63) - 1),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.none() | numbers, st.none() | st.sampled_from([0, 4, 57, 2001, 8000]) | numbers)))
def test_column_equals_number_by_number(pairs: list[tuple[int | None, int | None]]) -> None:
    base = pa.array([base for base, _ in pairs], pa.int64())
    sub = pa.array([sub for _, sub in pairs], pa.int64())
    expected = [None if base is None else wechat_kind(base, sub or 0) for base, sub in pairs]
    assert wechat_kinds(base, sub).to_pylist() == expected
