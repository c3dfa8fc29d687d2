"""`topics` against figures worked out by hand, against counting, and against words that were planted."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import timedelta
from math import exp, log
from pathlib import Path
from typing import Any

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
    camp, fun = ask("topics", LOG, scope=WEEK, min_senders=1)  # 下雪: 1 of 2.7 expected, which is nothing new
    assert table([camp, fun], "word", "senders", "groups", "senders_before", "example", "trend") == [
        (
            "露营",
            3,
            2,
            1,
            "去露营",
            [0, 0, 0, 0, 0, 0, 1, 3],
        ),  # 露营好玩 is longer; 露营 alone is a forward, or too late
        ("好玩", 1, 1, 0, "露营好玩", [0, 0, 0, 0, 0, 0, 0, 1]),
    ]
    assert (camp["group_id"], camp["group_name"], camp["share"]) == (None, None, 3 / 4)  # a b c d
    assert camp["expected"] == pytest.approx(1 * 4 / 3)
    mean = 4 / 3 + 0.3
    chance = 1 - exp(-mean) * (1 + mean + mean**2 / 2)
    assert camp["surprise"] == pytest.approx(-log(chance))
    assert camp["q"] == pytest.approx(chance, abs=5e-5)  # the only word of three people
    assert fun["surprise"] == pytest.approx(-log(1 - exp(-0.3)))
    assert fun["q"] is None


def test_each_group_by_itself():
    # in g: a and c of a c d say 露营; before, a and b are three people-weeks and one says it. In h there is nothing before
    found = ask("topics", LOG, scope=WEEK, min_senders=1, by="group")
    assert table(found, "group_id", "group_name", "word", "senders", "groups", "senders_before", "trend") == [
        ("g", "Group g", "露营", 2, 2, 1, [0, 0, 0, 0, 0, 0, 1, 2]),
        ("h", "Group h", "好玩", 1, 1, None, [0, 0, 0, 0, 0, 0, 0, 1]),
        ("h", "Group h", "露营", 1, 2, None, [0, 0, 0, 0, 0, 0, 0, 1]),
    ]
    assert found[0]["expected"] == pytest.approx(1 * 3 / 3)
    assert found[0]["share"] == pytest.approx(2 / 3)
    assert found[1]["surprise"] is None
    assert [row["word"] for row in ask("topics", LOG, scope=WEEK, min_senders=1, by="group", top=1)] == ["露营", "好玩"]


def test_somebody_in_two_groups_is_one_sender():
    rows = [{"at": "2026-05-12 09:00:00", "sender_id": "a", "group_id": group, "text": "露营"} for group in "gh"]
    assert table(ask("topics", rows, min_senders=1), "senders", "groups", "share") == [(1, 2, 1.0)]


def test_who_is_few_is_left_out_and_only_the_first_are_shown():
    assert [row["word"] for row in ask("topics", LOG, scope=WEEK)] == ["露营"]
    assert [row["word"] for row in ask("topics", LOG, scope=WEEK, min_senders=1, top=1)] == ["露营"]


def test_q_does_not_depend_on_what_is_shown():
    rows = [{"at": f"2026-05-{day:02} 09:00:00", "sender_id": who, "text": "下雪" if day < 11 else text}
            for day, who, text in [(5, "a", ""), *((12, one, "羽毛球") for one in "abcd"), *((13, one, "露营") for one in "abc"), (14, "d", "爬山")]]  # fmt: skip
    told = {
        least: {row["word"]: row["q"] for row in ask("topics", rows, scope=WEEK, min_senders=least)}
        for least in (1, 3, 4)
    }
    three, four = (
        1 - exp(-0.3) * sum(0.3**k / f for k, f in zip(range(n), (1, 1, 2, 6), strict=False)) for n in (3, 4)
    )
    assert told[3] == {
        "羽毛球": pytest.approx(four * 2, abs=5e-5),
        "露营": pytest.approx(three, abs=5e-5),
    }  # Benjamini & Hochberg of two
    assert told[4] == {"羽毛球": pytest.approx(four * 2, abs=5e-5)}
    assert told[1] == {**told[3], "爬山": None}


def test_without_a_window_the_last_week_is_asked_about():
    day = "2026-05-{:02} 09:00:00".format
    rows = [{"at": day(n), "sender_id": f"p{n}", "text": text} for n, text in [(1, "下雪"), (3, "露营"), (11, "露营"), (12, "露营")]]  # fmt: skip
    found = ask(
        "topics", rows, min_senders=1
    )  # to the 12th, 09:00; the first week is of the 28th of April to the 5th of May
    assert table(found, "word", "senders", "senders_before", "trend") == [("露营", 2, 1, [0, 0, 0, 0, 0, 0, 1, 2])]
    short = ask("topics", rows[-2:], min_senders=1)
    assert table(short, "word", "senders", "senders_before", "surprise") == [("露营", 2, None, None)]


def test_it_is_said_which_time_is_asked_about(tmp_path: Path):
    dataset = open_dataset(make_dataset(tmp_path / "data", LOG))
    said = [[note.say("en")[:24] for note in dataset.analyze("topics", since=since).notes] for since in (None, "2026-03-01", "2026-05-11")]  # fmt: skip
    assert said == [["The window begins with t"], ["The window begins with t"], []]


@pytest.mark.parametrize("name", ["topics", "topics_groups"])
def test_nobody_and_nothing_needs_a_name(name):
    assert ask(name, []) == []
    bare = {"at": "2026-05-12 09:00:00", "sender_name": None, "group_name": None, "text": "露营", "sender_id": "name:"}
    others = [bare | {"group_id": "name:h", "text": f"下雪 {word}"} for word in ("爬山", "羽毛球")]
    by = {"by": "group"} if name == "topics" else {}
    found = ask(name, [bare, *others], min_senders=1, **by)
    assert ("g", "g", "露营") in table(found, "group_id", "group_name", "word")
    assert ask(name, [bare | {"text": None}], min_senders=1) == []


def test_ads_are_left_out_but_not_those_of_staff():
    ad = "手机兼职刷单，日结300元，宝妈学生都可做，加V信：hao_xyz12 看 https://s.example.invalid/x"
    rows = [{"at": f"2026-05-12 09:0{n}:00", "sender_id": f"p{n}", "text": ad} for n in range(3)]
    assert ask("topics", rows) == []
    assert "兼职" in {row["word"] for row in ask("topics", rows, ads="in")}
    staff = Scope(staff=frozenset({"p0", "p1", "p2"}))
    assert "兼职" in {row["word"] for row in ask("topics", rows, scope=staff)}


def test_words_of_ones_own_and_those_that_are_none():
    rows = [{"at": "2026-05-12 09:00:00", "sender_name": "满减", "text": "有满减券WOW吗，今天下雪问题大"}]
    plain = {row["word"] for row in ask("topics", rows, min_senders=1)}
    assert "下雪" in plain
    assert not {"满减券wow", "满减", "问题"} & plain
    scope = Scope(own_words=("满减券WOW", "问题", "满减", "露营"), stop_words=("下雪",))
    own = {row["word"] for row in ask("topics", rows, scope=scope, min_senders=1)}
    assert {"满减券wow", "问题", "满减"} <= own  # neither a stop-word nor a name is one of one's own
    assert not {"下雪", "露营"} & own
    assert "下雪" not in {row["word"] for row in ask("topics", rows, scope=Scope(own_words=("下雪",), stop_words=("下雪",)), min_senders=1)}  # fmt: skip


def test_names_are_no_topics_where_one_member_has_them():
    rows = [
        {"at": f"2026-05-12 09:0{n}:00", "sender_id": f"p{n}", "sender_name": name, "text": "小鹿 可可 妈妈 露营 kevin"}
        for n, name in enumerate(["妈妈-小鹿🍓", "妈妈-豆豆", "Kevin"])
    ]
    told = [{"group_id": "g", "member_id": "p9", "nickname": "可可", "seen_at": moment("2026-05-12")}]
    # 小鹿: the last part of one name; 妈妈: of two; kevin: a whole one; 可可: of the roster
    assert {row["word"] for row in ask("topics", rows, members=told)} == {"妈妈", "露营"}


SAYINGS = ("去露营", "露营 露营", "下雪了，下雪", "好", "羽毛球和露营", "Hiking 羽毛球", "", "我们 hiking")


@settings(max_examples=EXAMPLES // 2, deadline=None)
@given(logs(), st.randoms(use_true_random=False), st.sampled_from(["fleet", "group"]))
def test_counting_gives_the_same(rows, dice, by):
    for row in rows:
        row |= {"text": dice.choice(SAYINGS), "kind": dice.choice(["text", "text", "quote", "image"])} if "event" not in row else {}  # fmt: skip
    since = sorted(moment(row["at"]) for row in rows)[len(rows) // 2]
    length = timedelta(days=dice.choice([1, 2, 7]))
    scope = Scope(since=since, until=since + length)
    _, posts, _ = seen(rows, scope)
    if since <= min(moment(row["at"]) for row in rows):
        length = timedelta(days=7)
        since = scope.until - length
    who: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    said: defaultdict[tuple[str, str, int], set[str]] = defaultdict(set)
    where: defaultdict[str, set[str]] = defaultdict(set)
    shortest: dict[tuple[str, str], tuple[bool, int, str]] = {}
    for row in posts:
        k = next((k for k in range(8) if row["at"] >= since - k * length), 8)
        if row["kind"] == "image" or not row["text"] or k == 8:
            continue
        part, words = row["group_id"] if by == "group" else "", tokens.words(row["text"])
        who[part, k].add(row["sender_id"])
        for word in words:
            said[part, word, k].add(row["sender_id"])
            if k == 0:
                where[word].add(row["group_id"])
                example = (len(words) < 2, len(row["text"]), row["text"])
                shortest[part, word] = min(shortest.get((part, word), example), example)
    expected: dict[tuple[str, str], Any] = {}
    for (part, word), (_, _, example) in shortest.items():
        trend = [len(said[part, word, k]) for k in range(7, -1, -1)]
        before, here = sum(len(who[part, k]) for k in range(1, 8)), len(who[part, 0])
        usual = sum(trend[:7]) * here / before if before else None
        if len(word) > 1 and word != "我们" and (usual is None or usual < trend[7]):
            expected[part, word] = (trend[7], trend[7] / here, len(where[word]), sum(trend[:7]) if before else None, usual, example, trend)  # fmt: skip
    found = ask("topics", rows, scope=scope, min_senders=1, top=0, by=by)
    assert len(found) == len(expected)
    for row in found:
        told = table([row], "senders", "share", "groups", "senders_before", "expected", "example", "trend")[0]
        wanted = expected[row["group_id"] or "", row["word"]]
        assert told == tuple(pytest.approx(cell) if isinstance(cell, float) else cell for cell in wanted)
    for part in {row["group_id"] for row in found}:
        order = [row["surprise"] for row in found if row["group_id"] == part and row["surprise"] is not None]
        assert order == sorted(order, reverse=True)


PLANTED, FLOODS, SEEDS = 20, 5, max(3, EXAMPLES // 10)


def eight_weeks(seed: int) -> list[dict[str, Any]]:
    """The talk of eighty people in two groups: twenty words that several take up in the last week, five that one person repeats, the rest as ever."""
    dice = random.Random(seed)
    known = [f"w{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(400)]
    usual = known[PLANTED + FLOODS :]
    weight = [1 / (n + 1) for n in range(len(usual))]
    rows: list[dict[str, Any]] = []
    for week in range(8):
        for n in range(600):
            at = moment("2026-03-23") + timedelta(weeks=week, minutes=16 * n)
            said = dice.choices(usual, weight, k=5)
            said += dice.sample(known[:PLANTED], 1) if dice.random() < (0.3 if week == 7 else 0.03) else []
            rows.append({"at": at, "sender_id": f"p{dice.randrange(80)}", "text": " ".join(said), "group_id": dice.choice("gh")})  # fmt: skip
    last = moment("2026-05-13")
    return rows + [{"at": last, "sender_id": f"p{n}", "text": f"{known[PLANTED + n]} {k}"} for n in range(FLOODS) for k in range(60)]  # fmt: skip


def test_planted_words_are_found_and_floods_are_not():
    """Of what was planted at least 0.8 are among the first 20, of the floods at most 0.05: of the fifteen of three seeds none."""
    recalled = admitted = 0
    for seed in range(SEEDS):
        first = [row["word"] for row in ask("topics", eight_weeks(seed), scope=WEEK, min_senders=1)]
        known = [f"wa{chr(97 + n)}" for n in range(PLANTED + FLOODS)]
        recalled += len({*first} & {*known[:PLANTED]})
        admitted += len({*first} & {*known[PLANTED:]})
    assert recalled / (SEEDS * PLANTED) >= 0.8
    assert admitted / (SEEDS * FLOODS) <= 0.05


def test_where_nothing_is_new_hardly_a_word_is_below_one_in_ten():
    quiet = Scope(since=moment("2026-05-04"), until=moment("2026-05-11"), as_of=moment("2026-05-10 23:59:59"))
    for seed in range(SEEDS):
        rows = [row for row in eight_weeks(seed) if row["at"] < quiet.until]
        found = [row["q"] for row in ask("topics", rows, scope=quiet, top=0)]
        assert sum(q <= 0.1 for q in found if q is not None) <= 1


def test_names_are_no_words_under_pseudonyms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "key"))
    rows = [
        {"at": f"2026-05-04 09:{n:02}:00", "sender_id": f"wxid_p{n}", "sender_name": f"Kevin{n}{n}", "text": f"Kevin{9 - n}{9 - n} 去露营 电话13812345678"}
        for n in range(10)
    ]  # fmt: skip
    dataset = open_dataset(make_dataset(tmp_path / "data", rows))
    for name in ("topics", "topics_groups"):
        masked = dataset.analyze(name, pseudonymise=True, min_senders=1)
        assert "Kevin" not in str(list(masked.rows()))
    masked = dataset.analyze("topics", pseudonymise=True, min_senders=1)
    assert [(row[2], row[3]) for row in masked.rows()] == [("电话", 10), ("露营", 10)]
    assert not (tmp_path / "data/features").exists()
    plain = [
        row[2] for row in dataset.analyze("topics", min_senders=1, ads="in").rows()
    ]  # a number in the text makes it one
    assert sorted(plain) == ["电话", "露营"]
    assert (tmp_path / "data/features").exists()
