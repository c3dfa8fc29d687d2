"""`words` against figures worked out by hand, against counting, and against words that were planted."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from math import exp, log, sqrt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.analyses import words
from qunkit.api import open_dataset
from qunkit.dataset import Scope
from qunkit.features import tokens
from support.datasets import make_dataset
from support.logs import EXAMPLES, logs, seen
from support.messages import EVER, moment
from support.questions import ask, table

WEEK = Scope(since=moment("2026-05-11"), until=moment("2026-05-18"), as_of=moment("2026-05-17 23:59:59"))

LOG = [
    {"at": "2026-03-22 23:59:59", "sender_id": "z", "text": "露营"},  # in the eighth week before: too old
    {"at": "2026-03-23 00:00:00", "sender_id": "a", "text": "下雪"},  # the seventh week before begins
    {"at": "2026-05-04 00:00:00", "sender_id": "a", "text": "露营"},
    {"at": "2026-05-10 23:59:59", "sender_id": "b", "text": "下雪了"},
    {"at": "2026-05-11 00:00:00", "sender_id": "a", "text": "去露营"},
    {"at": "2026-05-12 00:00:00", "sender_id": "b", "text": "露营好玩", "group_id": "h"},
    {"at": "2026-05-13 00:00:00", "sender_id": "c", "text": "露营 露营", "kind": "quote"},
    {"at": "2026-05-13 00:01:00", "sender_id": "c", "text": "露营 露营", "kind": "quote"},
    {"at": "2026-05-14 00:00:00", "sender_id": "d", "text": "下雪"},
    {"at": "2026-05-14 00:00:01", "sender_id": "e", "text": "露营", "kind": "forward"},  # words of others
    {"at": "2026-05-14 00:00:02", "event": "renamed", "text": "露营"},
    {"at": "2026-05-18 00:00:00", "sender_id": "f", "text": "露营"},
]


def test_a_week_by_hand():
    # who said it in which week: 去 1, 露营 3 (a b c), 好玩 1, 下雪 1 in this one; 露营 1, 下雪 2, 了 1 before, by three people-weeks
    camp, fun, snow = ask("words", LOG, scope=WEEK, min_members=1)
    assert table([camp, snow, fun], "word", "members", "uses", "members_before") == [
        ("露营", 3, 6, 1),
        ("下雪", 1, 1, 2),
        ("好玩", 1, 1, 0),
    ]
    assert (camp["share"], snow["share"]) == (3 / 4, 1 / 4)  # a b c d
    assert camp["expected"] == pytest.approx(1 * 4 / 3)
    mean = 4 / 3 + 0.3
    assert camp["surprise"] == pytest.approx(-log(1 - exp(-mean) * (1 + mean + mean**2 / 2)))
    assert fun["surprise"] == pytest.approx(-log(1 - exp(-0.3)))
    prior = 500 * 4 / 10
    odds = log((3 + prior) / (6 + 500 - 3 - prior)) - log((1 + prior) / (4 + 500 - 1 - prior))
    assert camp["log_odds"] == pytest.approx(odds / sqrt(1 / (3 + prior) + 1 / (1 + prior)))
    assert snow["log_odds"] < 0 < camp["log_odds"]


def test_who_is_few_is_left_out_and_only_the_first_are_shown():
    assert [row["word"] for row in ask("words", LOG, scope=WEEK)] == ["露营"]
    assert [row["word"] for row in ask("words", LOG, scope=WEEK, min_members=1, top=2)] == ["露营", "好玩"]


def test_without_a_time_before_the_words_of_most_people_come_first():
    found = ask("words", LOG, scope=Scope(), min_members=1)
    assert table(found, "word", "members", "members_before", "expected", "surprise", "log_odds") == [
        ("露营", 5, None, None, None, None),  # z a b c f
        ("下雪", 3, None, None, None, None),
        ("好玩", 1, None, None, None, None),
    ]


def test_words_that_every_chat_is_full_of_are_left_out():
    said = ["我们觉得可以", "谢谢 收到 哈哈哈", "the people of ok", "露营"]
    rows = [{"at": "2026-05-04 09:00:00", "text": text} for text in said]
    assert [row["word"] for row in ask("words", rows, min_members=1)] == ["people", "露营"]
    assert len(words.stopwords()) > 400
    assert all(word == word.lower() and len(word) > 1 for word in words.stopwords())


def test_the_surprise_of_many():
    assert words.surprise(0, 0.0) == pytest.approx(0, abs=1e-12)
    assert words.surprise(3, None) is None
    assert words.surprise(10, 0.0) == pytest.approx(-log(0.3**10 * exp(-0.3) / 3628800) - 0.3 / 11, abs=1e-3)
    assert words.surprise(5000, 5000.0) == pytest.approx(log(2), abs=0.02)  # about as many as expected: even odds
    assert words.surprise(20_000, 100.0) > 80_000


SAYINGS = ("去露营", "露营 露营", "下雪了，下雪", "好", "羽毛球和露营", "Hiking 羽毛球", "", "我们 hiking")


@settings(max_examples=EXAMPLES // 2, deadline=None)
@given(logs(), st.randoms(use_true_random=False))
def test_counting_gives_the_same(rows, dice):
    for row in rows:
        row |= {"text": dice.choice(SAYINGS), "kind": dice.choice(["text", "text", "quote", "image"])} if "event" not in row else {}  # fmt: skip
    since = sorted(moment(row["at"]) for row in rows)[len(rows) // 2]
    length = timedelta(days=dice.choice([1, 2, 7]))
    scope = Scope(since=since, until=since + length)
    _, posts, _ = seen(rows, scope)
    said = [row for row in posts if row["kind"] in ("text", "quote") and row["text"]]
    periods = {0: [row for row in said if row["at"] >= since]}
    for k in range(1, 8):
        periods[k] = [row for row in said if since - k * length <= row["at"] < since - (k - 1) * length]
    assert periods[1] or periods[0] or min(row["at"] for row in rows) > EVER
    who: Counter[str] = Counter()
    before: Counter[str] = Counter()
    uses: Counter[str] = Counter()
    for k, some in periods.items():
        pairs = {(word, row["sender_id"]) for row in some for word in tokens.words(row["text"])}
        (before if k else who).update(word for word, _ in pairs)
        if k == 0:
            uses.update(word for row in some for word in tokens.words(row["text"]))
    here = len({row["sender_id"] for row in periods[0]})
    then = sum(len({row["sender_id"] for row in periods[k]}) for k in range(1, 8))
    found = ask("words", rows, scope=scope, min_members=1)
    assert {row["word"] for row in found} == {word for word in who if len(word) > 1 and word != "我们"}
    for row in found:
        word = row["word"]
        assert (row["members"], row["uses"]) == (who[word], uses[word])
        assert row["share"] == pytest.approx(who[word] / here)
        assert row["members_before"] == (before[word] if then else None)
        assert row["expected"] == (pytest.approx(before[word] * here / then) if then else None)
        assert row["log_odds"] == (pytest.approx(_z(word, who, before), abs=1e-9) if then else None)


def _z(word: str, who: Counter[str], before: Counter[str]) -> float | None:
    total, earlier = who.total(), before.total()
    prior = 500 * (who[word] + before[word]) / (total + earlier)
    rest, rest_before = total + 500 - who[word] - prior, earlier + 500 - before[word] - prior
    if not rest or not rest_before:
        return None
    odds = log((who[word] + prior) / rest) - log((before[word] + prior) / rest_before)
    return odds / sqrt(1 / (who[word] + prior) + 1 / (before[word] + prior))


def test_planted_words_are_found_and_floods_are_not():
    """Twenty words that several people take up and five that one person repeats, in the talk of eight weeks: of the first 20 at least 16 are
    planted, and none is a flood."""
    dice = random.Random(20261122)
    known = [f"w{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(400)]
    planted, floods, usual = known[:20], known[20:25], known[25:]
    weight = [1 / (n + 1) for n in range(len(usual))]
    rows: list[dict[str, Any]] = []
    begin = moment("2026-03-23")
    for week in range(8):
        for n in range(600):
            at = begin + timedelta(weeks=week, minutes=16 * n)
            said = dice.choices(usual, weight, k=5)
            said += dice.sample(planted, 1) if dice.random() < (0.3 if week == 7 else 0.03) else []
            rows.append({"at": at, "sender_id": f"p{dice.randrange(80)}", "text": " ".join(said)})
        if week == 7:
            rows += [{"at": at, "sender_id": f"p{n}", "text": f"{floods[n]} {k}"} for n in range(5) for k in range(60)]
    found = [row["word"] for row in ask("words", rows, scope=WEEK, top=20, min_members=1)]
    assert len(set(found) & set(planted)) >= 16
    assert not set(found) & set(floods)


def test_names_are_no_words_under_pseudonyms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "key"))
    rows = [
        {"at": f"2026-05-04 09:{n:02}:00", "sender_id": f"wxid_p{n}", "sender_name": f"Kevin{n}{n}", "text": f"Kevin{9 - n}{9 - n} 去露营 电话13812345678"}
        for n in range(10)
    ]  # fmt: skip
    dataset = open_dataset(make_dataset(tmp_path / "data", rows))
    masked = dataset.analyze("words", pseudonymise=True, min_members=1)
    assert [(row[0], row[1]) for row in masked.rows()] == [("电话", 10), ("露营", 10)]
    assert not (tmp_path / "data/features").exists()
    plain = [row[0] for row in dataset.analyze("words", min_members=1).rows()]
    assert {"kevin00", "13812345678"} & set(plain) == {"kevin00"}
    assert (tmp_path / "data/features").exists()
