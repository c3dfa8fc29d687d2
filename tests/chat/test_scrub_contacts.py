"""Contacts and links that the features would read are taken out of texts, whatever their dress; what the glance passes over holds none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.chat.contacts import codes, named
from qunkit.chat.links import LINK, plain
from qunkit.chat.normal import normalise
from qunkit.chat.scrub import Known, Scrubber
from qunkit.chat.scrub_contacts import _dots, _runs, places
from qunkit.features.contacts import contacts
from qunkit.features.links import hosts

G = "1@chatroom"


@pytest.fixture(scope="module")
def scrubber() -> Scrubber:
    known = Known()
    known.add_id("lu_known88", "m-" + "a" * 16)
    known.add_name(G, "静静➕薇jing_520", "m-" + "b" * 16)
    known.add_name(G, "小甲", "m-" + "c" * 16)
    return Scrubber(lambda: known)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("想做的➕薇：fuli_jww584", "想做的➕薇：[account]"),
        ("➕Ｖ.❤：ａｂｃ①③⑧ 秒过", "➕Ｖ.❤：[account] 秒过"),
        ("加V：a b c 1 2 3，来", "加V：[account]，来"),
        ("加V：🅰🅱🅲⑫3", "加V：[account]"),
        ("加扣扣1２3４5６７", "加扣扣[account]"),
        ("电话①③⑧⓪⓪⓪⓪①①①①", "电话[phone]"),
        ("€ⒶⒷⒸ123ⓓⓔ45€复制", "[code]复制"),
        ("看 ⓐⓑⓒ.ⓒⓞⓜ/ｘ 吧", "看 [link] 吧"),
        ("➕薇：lu_known88", "➕薇：m-" + "a" * 16),
        ("静静➕薇jing_520在吗", "m-" + "b" * 16 + "在吗"),
        ("➕薇：小甲abc_de123", "➕薇：m-" + "c" * 16 + "abc_de123"),  # a name stands between: that is no contact
        ("iPhone_15 今天到，2024 年", "iPhone_15 今天到，2024 年"),
        ("一共三百二十一，9.9 元", "一共三百二十一，9.9 元"),
    ],
)
def test_what_is_shown(scrubber: Scrubber, text: str, shown: str) -> None:
    assert scrubber.scrub(G, "text", text) == shown


DRESSED = "加➕伽+微薇❤信V√vｖx扣q企鹅群号：: .·_-~/￥€¥（）()0①１一幺三八零壹⑫ⓐaＡb🅱wid小甲\u200b\u0301\n元静静，@"
WORDS = (
    "加V：",
    "➕薇",
    "扣扣",
    "QQ群号：",
    "wxid_",
    "13800001111",
    "fuli_jww",
    "一三八零",
    "€aB1cD2eF3€",
    "https://",
    "a.com/x",
    "小甲",
)
texts = st.lists(st.sampled_from([*DRESSED, *WORDS]), max_size=24).map("".join)


@settings(max_examples=600, deadline=None)
@given(texts)
def test_nothing_is_left_that_the_features_would_read(scrubber: Scrubber, text: str) -> None:
    shown = scrubber.scrub(G, "text", text)
    assert contacts(shown) == []
    assert hosts(shown) == []


@settings(max_examples=600, deadline=None)
@given(texts)
def test_what_the_glance_passes_over_holds_none(text: str) -> None:
    if any(True for _ in named(normalise(text))) or any(True for _ in codes(plain(text))):
        assert _runs().search(text)
    if LINK.search(plain(text)):
        assert _dots().search(text)


@settings(max_examples=300, deadline=None)
@given(texts)
def test_places_stand_in_order_and_apart(text: str) -> None:
    found = places(text)
    ends = [0, *(end for _, end, _ in found)]
    assert all(before <= start < end <= len(text) for before, (start, end, _) in zip(ends, found, strict=False))


def test_most_texts_are_passed_over() -> None:
    assert not _runs().search("明天早上八点半在老地方集合，记得带水，一共12个人 ok")
    assert not _dots().search("好的，收到。")


def test_the_glance_is_linear() -> None:
    begin = time.process_time()
    for text in ("a" + " " * 200_000, "a  " * 66_000 + "，", "1-" * 3 + "\u200b" * 200_000):
        _runs().search(text)
    assert time.process_time() - begin < 2
