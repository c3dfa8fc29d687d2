"""The reasons of a judge: in order, few, and places that do not overlap."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.config.tables import Ads
from qunkit.methods.ad_judge import Judge, _with_whole_numbers, words
from qunkit.methods.ad_model import shipped
from qunkit.methods.ad_rules import Rules
from support.tiny_ads import TEXTS, tiny


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.sampled_from(TEXTS), st.text(st.sampled_from("加➕薇❤. 兼职①a1\n日入"), max_size=60)))
def test_places_are_few_short_and_apart(text: str) -> None:
    _, places, spans = Judge(tiny()).why(text)
    assert len(places) == len(spans) <= 5
    for place, span in zip(places, spans, strict=True):
        start, end = map(int, span.split(":"))
        assert text[start:end] == place or text[start:end].startswith(place.removesuffix("…"))
    assert all(0 < len(place) <= 40 for place in places)
    assert all(place.removesuffix("…") in text for place in places)


def test_what_overlaps_or_touches_is_one_place() -> None:
    _, places, _ = Judge(tiny()).why("今天好呀，宝妈➕ 薇.❤：abc_12345，明天日入３００")
    assert sum("薇" in place for place in places) == 1
    assert any("➕ 薇.❤：abc_12345" in place for place in places)


def test_a_long_place_is_cut() -> None:
    _, places, spans = Judge(tiny()).why("加微信兼职" * 40)
    assert places[0] == ("加微信兼职" * 40)[:39] + "…"
    assert spans[0] == "0:200"


def test_a_number_is_no_place_by_halves() -> None:
    numbers = [(2, 4), (6, 10)]  # 提现16 原价89.9 8
    assert _with_whole_numbers(0, 3, numbers) == (0, 4)
    assert _with_whole_numbers(3, 7, numbers) == (2, 10)
    assert _with_whole_numbers(4, 6, numbers) == (4, 6)
    assert _with_whole_numbers(0, 2, numbers) == (0, 2)
    assert _with_whole_numbers(7, 8, numbers) == (6, 10)


def test_a_pseudonym_is_no_account() -> None:
    judge, name = Judge(shipped()), "m-abcdefghij234567"
    said = f"@{name} 明天的会几点开始"
    assert judge.score([said]).tolist() == judge.score([said.replace(name, " " * len(name))]).tolist()
    assert judge.score([f"加微 {name}x"]) != judge.score([f"加微 {name}"])  # this is none
    for place, span in zip(*judge.why(f"{name} 加微信 abc_12345 领券")[1:], strict=True):
        start, end = map(int, span.split(":"))
        assert f"{name} 加微信 abc_12345 领券"[start:end] == place


@pytest.mark.parametrize(
    ("lists", "text", "code", "en", "zh"),
    [
        (Ads(allow=("团长",)), "團長 说", "ads.allow:团长", "allowed by ads.allow: 团长", "由 ads.allow 放行：团长"),
        (Ads(deny=("加薇",)), "➕ 薇", "ads.deny:加薇", "denied by ads.deny: 加薇", "由 ads.deny 判为广告：加薇"),
        (Ads(allow_patterns=("^物业:",)), "物业:a", "ads.allow_patterns:^物业:", "allowed by ads.allow_patterns: ^物业:", "由 ads.allow_patterns 放行：^物业:"),
        (Ads(deny_patterns=("a{2}",)), "caab", "ads.deny_patterns:a{2}", "denied by ads.deny_patterns: a{2}", "由 ads.deny_patterns 判为广告：a{2}"),
        (Ads(templates=("今日团*元",), deny=("团",)), "今日团 5元", "ads.templates:今日团*元", "allowed by ads.templates: 今日团*元", "由 ads.templates 放行：今日团*元"),
    ],
)  # fmt: skip
def test_a_list_that_decides_is_the_reason(lists: Ads, text: str, code: str, en: str, zh: str) -> None:
    judge = Judge(tiny(), Rules(lists))
    assert judge.why(text, [(2.5, "elsewhere")]) == ([code], [], [])
    assert judge.score([text]).tolist() == [0.0 if en.startswith("allowed") else 1.0]
    assert (words()[code].en, words()[code].zh, code in words()) == (en, zh, True)
    assert Judge(tiny(), Rules(lists), quotes=False).why(text) == ([code.partition(":")[0]], [], [])
    assert judge.why("嗯嗯")[0] != [code]


def test_words_of_reasons_are_those_of_people() -> None:
    assert words()["size_9"].en == "short text of 9 to 12 characters"
    assert words()["size_9"].zh == "短文本（9 至 12 字）"
    assert words()["size_0"].en == "short text of at most 2 characters"
    assert words()["size_61"].zh == "长文本（61 字以上）"
    assert words()["-talk"].en == "speaks against: everyday talk"
    assert words()["-talk"].zh == "不像广告：日常闲聊"
    assert "nothing" not in words()
