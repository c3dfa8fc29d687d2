"""What is surprising, and what is a name."""

from __future__ import annotations

from math import exp, log

import pytest
from scipy.stats import poisson

from qunkit.methods.topics import log_odds, of_names, stopwords, surprise


def test_the_surprise_of_many():
    assert surprise(0, 0.0) == pytest.approx(0, abs=1e-12)
    assert surprise(3, None) is None
    assert surprise(3, float("nan")) is None
    assert surprise(10, 0.0) == pytest.approx(-log(0.3**10 * exp(-0.3) / 3628800) - 0.3 / 11, abs=1e-3)
    assert surprise(20_000, 100.0) > 80_000


@pytest.mark.parametrize("senders", [1, 3, 12, 60])
@pytest.mark.parametrize("expected", [0.0, 0.5, 4.0, 30.0])
def test_the_surprise_is_poissons(senders, expected):
    assert surprise(senders, expected) == pytest.approx(
        -poisson.logsf(senders - 1, expected + 0.3), rel=1e-9, abs=1e-12
    )


def test_log_odds_by_hand():
    # f = 10 of 100, α = 50: ln(58 / (40 + 500 - 58)) - ln(52 / (60 + 500 - 52)), by √(1/58 + 1/52)
    assert log_odds(8, 2, 40, 60) == pytest.approx((log(58 / 482) - log(52 / 508)) / (1 / 58 + 1 / 52) ** 0.5)
    assert log_odds(2, 8, 60, 40) == pytest.approx(-log_odds(8, 2, 40, 60))
    assert log_odds(3, 0, 3, 0) is None  # nobody to compare with
    assert log_odds(3, 2, 3, 2) is None  # nobody says anything else
    assert log_odds(0, 0, 3, 2) is None


def test_names_and_their_ends():
    names = [
        ("a", "妈妈-小鹿🍓"),
        ("b", "妈妈-豆豆"),
        ("c", "Kevin"),
        ("d", "王阿岚"),
        ("e", "campfire queen"),
        ("f", "A·B·C"),
        ("g", "🍓"),
    ]
    words = {"妈妈", "小鹿", "豆豆", "kevin", "阿岚", "王阿", "阿", "camp", "queen", "露营", "ab", "abc", "b"}
    assert of_names(words, names) == {"小鹿", "豆豆", "kevin", "阿岚", "王阿", "queen", "abc"}
    assert of_names({"小鹿"}, [("a", "小鹿团长"), ("a", "妈妈-小鹿")]) == {"小鹿"}  # two names of one member
    assert of_names({"小鹿"}, [("a", "小鹿团长"), ("b", "妈妈-小鹿")]) == set()
    assert of_names({"小鹿"}, [("a", "小鹿"), ("b", "妈妈-小鹿")]) == {"小鹿"}  # whole


def test_words_that_every_chat_is_full_of():
    assert len(stopwords()) > 400
    assert all(word == word.lower() and len(word) > 1 for word in stopwords())
