"""`topics groups` against figures worked out by hand and against counting."""

from __future__ import annotations

from collections import defaultdict
from math import log, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.api import open_dataset
from qunkit.dataset import Scope
from qunkit.features import tokens
from support.datasets import make_dataset
from support.logs import EXAMPLES, logs, seen
from support.messages import moment
from support.questions import ask, table

TWO_WEEKS = Scope(since=moment("2026-05-04"), until=moment("2026-05-18"), as_of=moment("2026-05-17 23:59:59"))
LOG = [
    {"at": "2026-05-03 23:59:59", "sender_id": "z", "text": "辅食"},  # before the window
    {"at": "2026-05-04 00:00:00", "sender_id": "a", "text": "买辅食"},
    {"at": "2026-05-10 23:59:59", "sender_id": "a", "text": "辅食 辅食"},  # the same week
    {"at": "2026-05-11 00:00:00", "sender_id": "a", "text": "辅食"},  # the next: a second sender-week
    {"at": "2026-05-12 00:00:00", "sender_id": "b", "text": "辅食 下雪"},
    {"at": "2026-05-12 00:00:01", "sender_id": "c", "text": "露营", "kind": "quote"},
    {"at": "2026-05-12 00:00:02", "sender_id": "c", "text": "露营", "kind": "image"},
    {"at": "2026-05-12 00:00:03", "event": "renamed", "text": "辅食"},
    {"at": "2026-05-05 00:00:00", "sender_id": "c", "text": "露营", "group_id": "h"},
    {"at": "2026-05-12 00:00:00", "sender_id": "d", "text": "露营 下雪", "group_id": "h"},
    {"at": "2026-05-12 00:00:00", "sender_id": "e", "text": "辅食", "group_id": "h"},
    {"at": "2026-05-13 00:00:00", "sender_id": "e", "text": "1", "group_id": "h"},
]


def z(here: int, there: int, all_here: int, all_there: int) -> float:
    prior = 500 * (here + there) / (all_here + all_there)
    odds = log((here + prior) / (all_here + 500 - here - prior)) - log(
        (there + prior) / (all_there + 500 - there - prior)
    )
    return odds / sqrt(1 / (here + prior) + 1 / (there + prior))


def test_two_weeks_by_hand():
    # sender-weeks in g: 买 1, 辅食 3 (a twice, b), 下雪 1, 露营 1: 6; in h: 露营 2, 下雪 1, 辅食 1: 4
    found = ask("topics_groups", LOG, scope=TWO_WEEKS, min_senders=1)
    assert table(
        found, "group_id", "group_name", "word", "senders", "sender_weeks", "elsewhere", "groups", "example"
    ) == [
        ("g", "Group g", "辅食", 2, 3, 1, 2, "买辅食"),
        ("h", "Group h", "露营", 2, 2, 1, 2, "露营 下雪"),
        ("h", "Group h", "下雪", 1, 1, 1, 2, "露营 下雪"),
    ]
    assert [row["share"] for row in found] == pytest.approx([2 / 3, 2 / 3, 1 / 3])  # a b c; c d e
    assert [row["log_odds"] for row in found] == pytest.approx([z(3, 1, 6, 4), z(2, 1, 4, 6), z(1, 1, 4, 6)])
    assert [row["word"] for row in ask("topics_groups", LOG, scope=TWO_WEEKS, min_senders=2)] == ["辅食", "露营"]
    assert [row["word"] for row in ask("topics_groups", LOG, scope=TWO_WEEKS, min_senders=1, top=1)] == ["辅食", "露营"]


def test_a_filter_does_not_hide_what_others_say():
    chosen = Scope(("h",), TWO_WEEKS.since, TWO_WEEKS.until, TWO_WEEKS.as_of)
    whole = ask("topics_groups", LOG, scope=TWO_WEEKS, min_senders=1)
    assert ask("topics_groups", LOG, scope=chosen, min_senders=1) == [row for row in whole if row["group_id"] == "h"]


def test_a_group_alone_has_no_words_of_its_own(tmp_path):
    rows = [row for row in LOG if "group_id" not in row]
    found = open_dataset(make_dataset(tmp_path / "data", rows)).analyze("topics_groups", min_senders=1)
    assert list(found.rows()) == []
    assert "other groups" in found.notes[0].say("en")


SAYINGS = ("去露营", "露营 露营", "下雪了，下雪", "好", "羽毛球和露营", "Hiking 羽毛球", "", "我们 hiking")


@settings(max_examples=EXAMPLES // 2, deadline=None)
@given(logs(), st.randoms(use_true_random=False), st.booleans())
def test_counting_gives_the_same(rows, dice, all_time):
    for row in rows:
        row |= {"text": dice.choice(SAYINGS), "kind": dice.choice(["text", "text", "quote", "image"])} if "event" not in row else {}  # fmt: skip
    first, last = min(moment(row["at"]) for row in rows), max(moment(row["at"]) for row in rows)
    until = last if all_time else last + (last - first) / 2
    scope = Scope(since=first, until=until)
    weeks: defaultdict[str, defaultdict[str, set[tuple[str, int]]]] = defaultdict(lambda: defaultdict(set))
    who: defaultdict[str, set[str]] = defaultdict(set)
    for row in seen(rows, scope)[1]:
        if row["kind"] != "image" and row["text"]:
            who[row["group_id"]].add(row["sender_id"])
            for word in tokens.words(row["text"]):
                weeks[row["group_id"]][word].add((row["sender_id"], int((until - row["at"]).total_seconds() // 604800)))
    expected = {}
    totals = {group: sum(map(len, words.values())) for group, words in weeks.items()}
    for group, words in weeks.items():
        other = "h" if group == "g" else "g"
        for word, some in words.items():
            people, here, there = len({one for one, _ in some}), len(some), len(weeks.get(other, {}).get(word, ()))
            if len(word) > 1 and word != "我们" and totals.get(other):
                score = z(here, there, totals[group], totals[other])
                if score > 1e-9:
                    expected[group, word] = (people, people / len(who[group]), here, there, 1 + bool(there), score)
    found = ask("topics_groups", rows, scope=scope, min_senders=1, top=0)
    told = {
        (row["group_id"], row["word"]): table(
            [row], "senders", "share", "sender_weeks", "elsewhere", "groups", "log_odds"
        )[0]
        for row in found
        if row["log_odds"] > 1e-9
    }
    assert told == {key: pytest.approx(cells) for key, cells in expected.items()}
