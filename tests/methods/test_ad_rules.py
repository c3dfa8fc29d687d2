"""The lists of qunkit.toml: what they allow and deny, and what nobody understands."""

from __future__ import annotations

import time
from fnmatch import fnmatchcase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.config.tables import Ads
from qunkit.methods.ad_judge import Judge
from qunkit.methods.ad_rules import Rules
from support.ad_words import Written


def verdicts(text: str, **lists: tuple[str, ...]) -> tuple[bool, bool]:
    allowed, denied = Rules(Ads(**lists)).verdicts([text])  # type: ignore[arg-type]
    return bool(allowed[0]), bool(denied[0])


def test_words_are_found_in_any_dress():
    assert verdicts("加 薇 信：abc", deny=("加微信",)) == (False, True)
    assert verdicts("今天停水", allow=("停水",), deny=("今天",)) == (True, False)
    assert verdicts("今天停电", allow=("停水",)) == (False, False)
    assert verdicts("1+1=2", deny=("1+1",)) == (False, True)  # a word, no pattern
    assert verdicts("任何", deny=("",), allow=("\u200b",)) == (False, False)  # nothing is left of them


def test_templates_are_whole_texts():
    lists = {"templates": ("【今日团】*元*",)}
    assert verdicts("【今日团】红薯 9.9元\n手慢无", **lists) == (True, False)
    assert verdicts("看【今日团】红薯 9.9元", **lists) == (False, False)
    assert verdicts("【今日团】红薯", **lists) == (False, False)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("满*减*元", "满100减20元"),
        ("今日*元*斤*起", "今日 9.9 元一斤，三斤起"),
        ("【团】* * *", "【团】红薯 9.9 手慢无"),
        ("加V*领*", "➕Ｖ：abc_12345 领券"),
        ("➕V*领券*", "➕Vabc_12345领券啦"),
        ("*", "任何"),
    ],
)
def test_a_star_stands_for_anything_wherever_it_stands(template, text):
    assert verdicts(text, templates=(template,)) == (True, False)


PLAIN = "满减团购元斤起今日"
"""Their plain form is their own, whatever their company."""


@settings(max_examples=300, deadline=None)
@given(st.text(PLAIN + "*", min_size=1, max_size=8), st.text(PLAIN, min_size=1, max_size=10))
def test_templates_are_those_of_a_shell(template, text):
    assert verdicts(text, templates=(template,)) == (fnmatchcase(text, template), False)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(PLAIN + "加➕Ｖ薇① .\n-三", max_size=4), min_size=1, max_size=4), st.data())
def test_what_is_written_by_a_template_is_allowed_whatever_its_dress(pieces, data):
    filled = [data.draw(st.text(PLAIN + "abc 12", max_size=4)) for _ in pieces[1:]]
    text = pieces[0] + "".join(fill + piece for fill, piece in zip(filled, pieces[1:], strict=True))
    assert verdicts(text, templates=("*".join(pieces),)) == (bool("*".join(pieces)), False)


@pytest.mark.parametrize("template", ["*", "**", "* *", "*\u200b*"])
def test_a_template_of_everything_is_named(template):
    found = Rules(Ads(templates=("满*元", template))).wrong()
    assert found is not None
    assert found[0] == template
    assert "nothing would be an ad" in found[1].en
    assert Rules(Ads(templates=("满*元", ""))).wrong() is None


def test_patterns_see_the_text_as_it_was_sent():
    assert verdicts("ＶＩＰ群", deny_patterns=("ＶＩＰ",)) == (False, True)
    assert verdicts("VIP群", deny_patterns=("ＶＩＰ",)) == (False, False)
    assert verdicts("代购9折", deny_patterns=(r"\d折$",)) == (False, True)


def test_a_pattern_is_linear_in_the_text():
    """Python's own expressions would take for ever."""
    begin = time.process_time()
    assert verdicts("a" * 50_000 + "!", deny_patterns=(r"(a+)+$",)) == (False, False)
    assert time.process_time() - begin < 5


def test_entries_that_meet_nothing_are_told():
    lists = Ads(allow=("團長", "停电"), deny=("加薇",), deny_patterns=(r"\d折$", "^x"), templates=("今日*元", "满*减"))
    said = Rules(lists).idle(["团长说", "加微", "代购9折", "今日9元"])
    assert said == [("ads.allow", "停电"), ("ads.templates", "满*减"), ("ads.deny_patterns", "^x")]
    assert Rules(lists).idle([])[0] == ("ads.allow", "團長")
    assert Rules().idle(["团长说"]) == []


def test_the_key_of_a_judge_changes_with_what_changes_scores():
    def key(**lists: object) -> str:
        return Judge(Written(), Rules(Ads(**lists))).key  # type: ignore[arg-type]

    assert key() == key(sales=("g",), alert=0.3)
    assert len({key(), key(allow=("a",)), key(deny=("a",)), key(templates=("a",)), key(deny_patterns=("a",))}) == 5
