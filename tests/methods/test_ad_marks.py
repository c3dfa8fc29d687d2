"""Marks: each is found where it is, and not where it is not."""

from __future__ import annotations

import re
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.chat import normal
from qunkit.methods.ad_marks import MARKS, flags, texts_of
from support.tiny_ads import CHATS, TEXTS

FOUND = [
    ("account", "加Ｖ：a b c 1 2 3 4", "微:abc1234"),
    ("account", "QQ群 123456789", "qq群 123456789"),
    ("phone", "电话138-0000-1111 或13800001111。", "13800001111"),
    ("phone", "400-800-1234", "400-800-1234"),
    ("contact", "有意➕薇", "加微"),
    ("short_link", "看https://m.tb.cn/h.5x", "m.tb.cn"),
    ("passcode", "￥a1B2c3D4e5￥", "¥a1b2c3d4e5¥"),
    ("passcode", "复·制·这段话，打开手淘", "复制这段话,打开"),
    ("code", "扫 码 进群", "扫码"),
    ("price", "券后9.9元起", "9.9元"),
    ("price", "￥5一斤", "¥5"),
    ("bargain", "全场特價", "特价"),
    ("gift", "优惠劵", "优惠券"),
    ("recruiting", "招聘.兼-职", "兼职"),
    ("brushing", "刷单的来", "刷单"),
    ("finance", "当天下款", "下款"),
    ("gambling", "娱乐城注册送", "娱乐城"),
    ("beauty", "一个月减肥", "减肥"),
    ("trade", "低价出号", "低价出"),
    ("adult", "附近约炮", "约炮"),
    ("papers", "代开發票", "发票"),
    ("course", "免费试听", "试听"),
    ("fission", "帮我砍一刀", "帮我砍"),
    ("wares", "一件代发", "一件代发"),
    ("app", "下载注册", "下载"),
    ("urge", "手慢无", "手慢无"),
    ("trust", "正规平台", "正规"),
    ("wage", "日入③⓪⓪", "日入3"),
    ("asks", "多少钱", "多少钱"),
    ("orders", "我要两份", "我要"),
    ("talk", "哈哈哈", "哈哈"),
    ("about_ads", "又是广告", "广告"),
    ("sticker", "好[捂脸]", "[捂脸]"),
    ("link", "点 ｈttps://a.example.invalid/x。", "https://a.example.invalid/x"),
    ("pictures", "🔥🔥特价🎉", "🔥🔥"),
    ("signs", "★★清仓★★", "★★"),
    ("digits", "找我123456789", "123456789"),
    ("again", "低价出号低价出号", "低价出号低价出号"),
    ("again", "冲冲冲冲", "冲冲冲冲"),
    ("lines", "一行\n二行\n三行", "一行\n二行\n三行"),
    *((f"size_{fewest}", "天" * fewest, "天" * fewest) for fewest in (0, 3, 4, 6, 9, 13, 19, 26, 41, 61)),
    *((f"size_{fewest}", "天" * most, "天" * most) for fewest, most in ((0, 2), (4, 5), (26, 40), (61, 5000))),
]
NOT_FOUND = [
    ("account", "我加了微信，明天说"),
    ("phone", "订单 213800001111222"),
    ("contact", "连衣裙"),
    ("passcode", "(something) ¥100"),
    ("price", "他9岁了"),
    ("link", "今天3.5分 v1.2"),
    ("pictures", "🔥好的呀我们明天去看🎉"),
    ("signs", "好的~我们明天去看吧~"),
    ("digits", "123"),
    ("again", "哈哈哈哈哈哈啊啊啊啊"),
    ("again", "111111"),
    ("lines", "一行\n二行"),
    ("size_3", "天地"),
    ("size_3", "天地人和"),
    ("size_41", "天" * 40),
]


def spans(code: str, text: str) -> list[str]:
    """What a mark finds in one text."""
    found = normal.batch([text])
    [mark] = [mark for mark in MARKS if mark.code == code]
    return [found.joined[first:last] for first, last in mark.find(found)]


@pytest.mark.parametrize(("code", "text", "said"), FOUND)
def test_it_is_found(code: str, text: str, said: str) -> None:
    assert said in spans(code, text)


@pytest.mark.parametrize(("code", "text"), NOT_FOUND)
def test_it_is_not_found(code: str, text: str) -> None:
    assert spans(code, text) == []


def test_every_mark_has_an_example_and_words() -> None:
    codes = [mark.code for mark in MARKS]
    assert len(codes) == len(set(codes))
    assert {code for code, _, _ in FOUND} == set(codes)
    assert len({mark.words for mark in MARKS}) == len(MARKS)
    assert all(re.fullmatch("[a-z_0-9]+", code) for code in codes)


def test_every_text_has_one_size() -> None:
    sizes = [mark.code.startswith("size_") for mark in MARKS]
    assert flags(normal.batch([*TEXTS, "", "\u200b", "好" * 999]))[:, sizes].sum(axis=1).tolist() == [1] * (
        len(TEXTS) + 3
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.one_of(st.sampled_from(TEXTS), st.text(st.sampled_from("加微信1a.好🔥★\n兼职扫码元 "), max_size=30)),
        max_size=8,
    )
)
def test_company_changes_nothing(texts: list[str]) -> None:
    whole = flags(normal.batch(texts))
    assert whole.shape == (len(texts), len(MARKS))
    for row, text in zip(whole, texts, strict=True):
        assert np.array_equal(row, flags(normal.batch([text]))[0])


def test_no_span_reaches_into_the_next_text() -> None:
    found = normal.batch([text for text in TEXTS + CHATS for _ in range(2)])
    for mark in MARKS:
        places = mark.find(found)
        assert np.array_equal(
            texts_of(found, places[:, 0]), texts_of(found, np.maximum(places[:, 1] - 1, places[:, 0]))
        ), mark.code


@pytest.mark.parametrize(
    "piece",
    ["加我加我", "复制", "@", "¥a1", "1.", "a.b.", "扫码", "识别", "微信:a_", "欢迎", "投", "[好", "冲", "0123456789-"],
)
def test_a_hostile_text_costs_what_another_costs(piece: str) -> None:
    """Eight times as long takes no more than about eight times as long; a square would take 64 times."""
    short, long = (_cost(piece * (size // len(piece))) for size in (10_000, 80_000))
    assert long < 24 * short + 0.05


def _cost(text: str) -> float:
    found, costs = normal.batch([text]), []
    for _ in range(2):
        began = time.process_time()
        flags(found)
        costs.append(time.process_time() - began)
    return min(costs)
