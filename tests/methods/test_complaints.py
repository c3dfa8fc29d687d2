"""Which words complain, and what speaks against them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.chat.normal import normalise
from qunkit.methods import complaints
from qunkit.methods.complaints import FAMILIES, hits, places
from support.complaint_talk import COMPLAIN, OTHER, flagged


def said(text: str) -> list[str]:
    return complaints.complaints([text])[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("到手坏了两个，客服不回消息", "quality:坏了 service:客服不回"),
        ("一直不发货", "logistics:一直不发"),
        ("給我退貨！這家是騙子", "refund:退货 price:骗子"),
        ("吃了你家的虾，全家拉肚子", "health:吃了你家的虾,全家拉肚子"),
        ("我要打１２３１５", "grave:12315"),
        ("没人理没人理", "service:没人理"),
        ("物流没动了，催了两天", "logistics:物流没动 logistics:催了两天"),
        ("物流，没动", ""),  # … ends with a clause
        ("吃了你家今天早上才刚送到小区门口的鲜虾拉肚子", ""),  # seventeen signs between
        ("吃了你家今天早上才送到小区门口的鲜虾拉肚子", "health:吃了你家今天早上才送到小区门口的鲜虾拉肚子"),  # sixteen
    ],
)
def test_words_that_complain(text, expected):
    assert said(text) == expected.split()


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("今天累坏了", "今天坏了"),
        ("过敏体质吃了没事", None),
        ("不是质量问题", "是质量问题"),
        ("没有一个坏的", "有一个坏的"),
        ("没有哪一天坏了", None),
        ("坏的都没有", "坏的都在"),
        ("是假货吗", "是假货吧"),
        ("请问怎么退货", "我要退货"),
        ("如果坏了，再说", "已经坏了，再说"),
        ("支持退货", "我要退货"),
        ("退款成功", "没见退款"),
        ("申请的退款，昨天收到退款", "申请的退款，昨天没见到钱"),
    ],
)
def test_what_speaks_against_a_word(text, instead):
    if text == "没有哪一天坏了":  # three signs between: too far
        assert said(text) == ["quality:坏了"]
        return
    assert said(text) == []
    assert instead is None or said(instead)


def test_what_is_settled_settles_deliveries_and_refunds_alone():
    assert said("退款成功，东西坏了") == ["quality:坏了"]


def test_a_question_of_another_clause_takes_nothing_back():
    assert said("在吗，东西坏了") == ["quality:坏了"]


def test_places_are_those_of_the_text_as_it_was_sent():
    text = "１．  到手【壞了】，缺斤少两  WOW"
    found = places(text, ["quality:坏了", "own:wow"])
    assert [text[start:end] for start, end in found] == ["壞了", "WOW"]
    assert places(text, ["price:骗子"]) == []


def test_every_family_has_a_name_and_words():
    rules = complaints._rules()
    assert {*rules.words.groupindex, "own"} == {*FAMILIES}


@settings(deadline=None)
@given(st.text(st.sampled_from("坏了没收到不退款吗，。吃过敏骗子是有人理 a1!\n谢谢怕"), max_size=40))
def test_what_is_looked_at_holds_all_that_complain(text):
    normal = normalise(text)
    words = [f"{hit.family}:{hit.word}" for hit in hits(normal)]
    assert said(text) == list(dict.fromkeys(words))
    found = places(text, words)
    assert len(found) == len(words)
    assert all(0 <= start < end <= len(text) for start, end in found)


@pytest.mark.parametrize("family", COMPLAIN)
def test_complaints_are_found(family):
    seen, held = COMPLAIN[family]
    assert flagged(seen)[0] == 1
    assert flagged(held, family)[1] >= (0.65 if family == "grave" else 0.8)


@pytest.mark.parametrize("kind", OTHER)
def test_what_is_none_is_mostly_let_be(kind):
    seen, held = OTHER[kind]
    assert flagged(seen)[0] == 0
    assert flagged(held)[0] <= 0.34
