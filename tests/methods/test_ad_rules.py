"""The lists of qunkit.toml: what they allow and deny, and what nobody understands."""

from __future__ import annotations

import time

from qunkit.config import Ads
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


def test_patterns_see_the_text_as_it_was_sent():
    assert verdicts("ＶＩＰ群", deny_patterns=("ＶＩＰ",)) == (False, True)
    assert verdicts("VIP群", deny_patterns=("ＶＩＰ",)) == (False, False)
    assert verdicts("代购9折", deny_patterns=(r"\d折$",)) == (False, True)


def test_a_pattern_is_linear_in_the_text():
    """Python's own expressions would take for ever."""
    begin = time.process_time()
    assert verdicts("a" * 50_000 + "!", deny_patterns=(r"(a+)+$",)) == (False, False)
    assert time.process_time() - begin < 5


def test_a_pattern_that_nobody_understands_is_named():
    found = Rules(Ads(deny_patterns=("fine", "(open"))).wrong()
    assert found is not None
    assert found[0] == "(open"
    assert "missing )" in found[1]
    assert Rules(Ads(allow_patterns=(r"(?=ahead)",))).wrong() is not None  # RE2 looks at nothing that it does not take
    assert Rules().wrong() is None


def test_the_key_of_a_judge_changes_with_what_changes_scores():
    def key(**lists: object) -> str:
        return Judge(Written(), Rules(Ads(**lists))).key  # type: ignore[arg-type]

    assert key() == key(sales=("g",), alert=0.3)
    assert len({key(), key(allow=("a",)), key(deny=("a",)), key(templates=("a",)), key(deny_patterns=("a",))}) == 5
