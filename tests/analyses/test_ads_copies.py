"""`ads copies` against figures worked out by hand, and against counting."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import partial
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.api import open_dataset
from qunkit.chat.normal import normalise
from qunkit.dataset import Scope
from qunkit.methods.copies import copies
from support.ad_words import written
from support.datasets import make_dataset
from support.logs import EXAMPLES, logs, seen
from support.messages import moment
from support.questions import ask, table

DAY = Scope(since=moment("2026-05-04"), until=moment("2026-05-05"), staff=frozenset({"s"}))
JOB, JOB2 = "居家兼职日结三百，加我了解一下", "居家兼职日结五百，加我了解一下"
DRESSED = "居家兼职日结三百，加我了解一下\u200b"
"""The same once it is made plain: another version."""
FRUIT = "现摘蓝莓今晚九点截单，要的接龙"

LOG = [
    {"at": "2026-05-03 23:59:59", "sender_id": "a", "text": JOB},  # before the window
    {"at": "2026-05-04 09:00:00", "sender_id": "a", "text": JOB},  # m1
    {"at": "2026-05-04 09:01:00", "sender_id": "a", "text": JOB2, "group_id": "h"},
    {"at": "2026-05-04 09:02:00", "sender_id": "b", "text": JOB, "sender_name": "静静"},
    {"at": "2026-05-04 09:03:00", "sender_id": "a", "text": DRESSED, "kind": "quote"},
    {"at": "2026-05-04 09:04:00", "sender_id": "c", "text": "又来了", "kind": "quote", "reply_to": "m1"},
    {"at": "2026-05-04 09:05:00", "sender_id": "a", "text": "我发的", "kind": "quote", "reply_to": "m1"},  # his own
    {"at": "2026-05-04 09:06:00", "sender_id": "d", "text": "好的收到"},
    {"at": "2026-05-04 09:07:00", "sender_id": "e", "text": "好的收到"},  # short
    {"at": "2026-05-04 10:00:00", "sender_id": "s", "text": FRUIT},  # m9
    {"at": "2026-05-04 10:05:00", "sender_id": "d", "text": "#接龙\n蓝莓\n1. 小鹿 两份要甜的谢谢", "kind": "solitaire"},
    {"at": "2026-05-04 10:06:00", "sender_id": "e", "text": "#接龙\n蓝莓\n1. 小鹿 两份要甜的谢谢\n2. 阿明", "kind": "solitaire"},
    {"at": "2026-05-04 10:07:00", "sender_id": "s", "text": "#接龙\n蓝莓\n1. 小鹿 两份要甜的谢谢\n2. 阿明 一份", "kind": "solitaire"},  # her own
    {"at": "2026-05-04 10:08:00", "sender_id": "d", "text": "#接龙\n蓝莓\n1. 小鹿 三份要甜的谢谢", "kind": "solitaire", "group_id": "h"},
    {"at": "2026-05-04 10:20:00", "sender_id": "s", "text": FRUIT},
    {"at": "2026-05-04 10:50:00", "sender_id": "e", "text": "#接龙 蓝莓", "kind": "solitaire"},  # 30 minutes after the second
    {"at": "2026-05-04 10:50:01", "sender_id": "d", "text": "#接龙 蓝莓", "kind": "solitaire"},  # a second too late
    {"at": "2026-05-04 11:00:00", "sender_id": "f", "text": "谁知道附近哪里可以修自行车呀"},  # once
    {"at": "2026-05-04 11:01:00", "sender_id": "f", "text": "", "kind": "image"},
    {"at": "2026-05-05 00:00:00", "sender_id": "b", "text": JOB},  # after it
]  # fmt: skip


def test_a_day_by_hand():
    job, fruit = ask("ads_copies", LOG, scope=DAY, models=partial(written, deny=("日结三百", "蓝莓")))
    # in the window: a 09:00, a 09:01 in h, b 09:02, a 09:03; three texts, of which JOB stands twice; all but JOB2 are denied
    assert job == {
        "text": JOB, "times": 4, "reposts": 2, "versions": 3, "ads": 3, "members": 2, "groups": 2, "sender_id": "a", "sender_name": "Name a", "sender_share": 3 / 4,
        "official_share": 0.0, "all_compared": True, "replies": 1, "signups": 0, "first_at": moment("2026-05-04 09:00:00"), "last_at": moment("2026-05-04 09:03:00"),
    }  # fmt: skip
    assert fruit["ads"] == 0  # staff's
    # relays: d and e after the first, e after the second; not s herself, not in h, not the one after 30 minutes
    assert table(
        [fruit], "text", "times", "versions", "sender_id", "sender_share", "official_share", "replies", "signups"
    ) == [(FRUIT, 2, 1, "s", 1.0, 1.0, 0, 3)]


def test_what_occurs_less_often_is_left_out_and_only_the_first_are_shown():
    assert table(ask("ads_copies", LOG, scope=DAY, min_times=3), "times") == [(4,)]
    assert table(ask("ads_copies", LOG, scope=DAY, top=1), "times", "signups") == [(4, 0)]
    assert table(ask("ads_copies", LOG, scope=DAY, top=0, min_times=0), "times") == [(4,), (2,)]


def test_of_too_many_texts_those_posted_most_often_and_the_latest_are_compared():
    # five texts of 12 signs or more; JOB and FRUIT, which stand twice each, come first
    rows = ask("ads_copies", LOG, scope=DAY, most=2)
    assert table(rows, "text", "times", "versions", "all_compared") == [(FRUIT, 2, 1, False), (JOB, 2, 1, False)]
    assert table(ask("ads_copies", LOG, scope=DAY, most=5), "times", "all_compared") == [(4, True), (2, True)]
    # of those posted once the latest comes first: f's bicycle of 11:00, then a's DRESSED of 09:03
    assert table(ask("ads_copies", LOG, scope=DAY, most=3), "times") == [(2,), (2,)]
    assert table(ask("ads_copies", LOG, scope=DAY, most=4), "times") == [(3,), (2,)]


def test_without_replies_in_the_exports_nobody_knows():
    rows = [row for row in LOG if "reply_to" not in row] + [
        {"at": "2026-05-04 12:00:00", "group_id": "z", "sender_id": "c", "text": "好", "reply_to": "m1"}
    ]
    assert table(ask("ads_copies", rows, scope=DAY), "times", "replies") == [(4, None), (2, None)]


def test_a_relay_counts_once_for_the_copy_right_before_it():
    other = "三号楼的快递柜今天坏了请到门卫取件"
    rows = [
        {"at": "2026-05-04 10:00:00", "sender_id": "a", "text": FRUIT},
        {"at": "2026-05-04 10:01:00", "sender_id": "a", "text": FRUIT},
        {"at": "2026-05-04 10:02:00", "sender_id": "b", "text": other},
        {"at": "2026-05-04 10:03:00", "sender_id": "b", "text": other},
        {
            "at": "2026-05-04 10:03:00",
            "sender_id": "c",
            "text": "#接龙 蓝莓",
            "kind": "solitaire",
        },  # the same second, behind
        {
            "at": "2026-05-04 10:04:00",
            "sender_id": "b",
            "text": "#接龙 蓝莓",
            "kind": "solitaire",
        },  # not of her own text
    ]
    assert sorted(table(ask("ads_copies", rows), "text", "signups")) == sorted([(FRUIT, 1), (other, 1)])


SAYINGS = (JOB, JOB2, DRESSED, FRUIT, f"【{FRUIT}】", "好的收到", "", "ＡＢＣ def 今天团购蓝莓", "abc DEF今天团购蓝莓!")


@settings(max_examples=EXAMPLES // 2, deadline=None)
@given(logs(), st.randoms(use_true_random=False))
def test_counting_gives_the_same(rows, dice):
    for row in rows:
        row |= {"text": dice.choice(SAYINGS), "kind": dice.choice(["text", "text", "link", "file", "solitaire"])} if "event" not in row else {}  # fmt: skip
    since = sorted(moment(row["at"]) for row in rows)[len(rows) // 2]
    scope = Scope(since=since, staff=frozenset({"p00"}))
    _, posts, _ = seen(rows, scope)
    told = [
        row for row in posts if row["at"] >= since and row["kind"] in ("text", "link") and len(normalise(row["text"])) >= 12
    ]  # fmt: skip
    plain = list(dict.fromkeys(normalise(row["text"]) for row in told))
    heads = dict(zip(plain, copies(plain).tolist(), strict=True))
    of = defaultdict(list)
    for row in told:
        of[heads[normalise(row["text"])]].append(row)
    expected = [some for some in of.values() if len(some) > 1]
    found = ask("ads_copies", rows, scope=scope, top=0)
    order = [(len(some) - len({row["sender_id"] for row in some}), len(some)) for some in expected]
    assert table(found, "reposts", "times") == sorted(order, reverse=True)
    by_text = {row["text"]: row for row in found}
    for some in expected:
        versions = Counter(row["text"] for row in some)
        row = by_text[min(versions, key=lambda text: (-versions[text], len(text), text))]
        people = Counter(row["sender_id"] for row in some)
        assert (row["versions"], row["members"]) == (len(versions), len(people))
        assert row["groups"] == len({row["group_id"] for row in some})
        assert row["sender_share"] == pytest.approx(max(people.values()) / len(some))
        assert people[row["sender_id"]] == max(people.values())
        assert row["official_share"] == pytest.approx(people["p00"] / len(some))
        assert (row["first_at"], row["last_at"]) == (some[0]["at"], some[-1]["at"])


def test_pseudonyms_make_no_copies_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "key"))
    dice = Random(3)
    rows = [
        {"at": f"2026-05-04 09:{n:02}:00", "sender_id": f"wxid_p{n}", "text": f"{'日结三百居家可做想了解的' if n % 2 else '车位出租带充电桩月付即可'}，电话138{dice.randrange(10**8):08}"}
        for n in range(10)
    ]  # fmt: skip
    dataset = open_dataset(make_dataset(tmp_path / "data", rows))
    masked = list(dataset.analyze("ads_copies", pseudonymise=True).rows())
    assert [(row[0][-7:], row[1], row[3]) for row in masked] == [("[phone]", 5, 1)] * 2
    assert [(row[1], row[3]) for row in dataset.analyze("ads_copies").rows()] == [(5, 5)] * 2
