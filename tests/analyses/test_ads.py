"""`ads`, `ads list`, `ads offenders` and `ads audit` by hand: scores are written into the texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from math import exp, log
from random import Random
from typing import Any
from zlib import crc32

import pandas as pd
import pytest
from numpy import array

from qunkit.analyses.ads_offenders import Params as OffendersParams
from qunkit.analyses.ads_offenders import notes as told_of_offenders
from qunkit.dataset import Scope
from qunkit.methods import shares
from qunkit.methods.ad_judge import Audit
from support.ad_words import written
from support.messages import moment
from support.questions import ask, table

WEEK = Scope(
    since=moment("2026-05-11"),
    until=moment("2026-05-18"),
    as_of=moment("2026-05-17 23:59:59"),
    staff=frozenset({"boss"}),
)
JOINED = {"at": "2026-05-11 08:00:00", "event": "joined_qr", "target_ids": ["new"]}
LOG = [
    {"at": "2026-01-01 00:00:00", "sender_id": "old", "text": "早"},
    {"at": "2026-05-04 10:00:00", "sender_id": "old", "text": "早.9"},  # the week before: 1 of 2
    {"at": "2026-05-04 11:00:00", "sender_id": "a", "text": "早"},
    JOINED,
    {"at": "2026-05-11 09:00:00", "sender_id": "new", "text": "加我.4"},  # 1 h after joining, the first message
    {"at": "2026-05-15 09:00:00", "sender_id": "new", "text": "加我.4"},  # on the fifth day
    {"at": "2026-05-15 10:00:00", "sender_id": "new", "text": "加我.9"},
    {"at": "2026-05-15 11:00:00", "sender_id": "old", "text": "十六个字的一条消息再加一个.9"},
    {"at": "2026-05-15 12:00:00", "sender_id": "old", "text": "好"},
    {"at": "2026-05-15 13:00:00", "sender_id": "a", "kind": "image"},
    {"at": "2026-05-15 14:00:00", "sender_id": "a", "kind": "solitaire", "text": "#接龙.9"},
    {"at": "2026-05-15 15:00:00", "sender_id": "boss", "text": "上新.9"},
    {"at": "2026-05-15 16:00:00", "sender_id": "boss", "text": "好"},
]


def odds(p: float) -> float:
    return log(p / (1 - p))


def sure(x: float) -> float:
    return 1 / (1 + exp(-x))


def asked(
    name: str, log_rows: list[dict[str, Any]], scope: Scope = WEEK, judge: Any = written, **params: Any
) -> list[dict[str, Any]]:
    return ask(name, log_rows, scope=scope, models=judge, **params)


def test_a_week_by_hand():
    [group] = asked("ads", LOG)
    # messages: new 3, old 2, a 2; staff apart. Ads: 加我.4 on the first day (and no more on the fifth), 加我.9, 十六…
    assert (group["messages"], group["ads"], group["ad_ratio"]) == (7, 3, pytest.approx(3 / 7))
    assert group["basis"] == "range"
    assert (group["ad_ratio_low"], group["ad_ratio_high"]) == pytest.approx(shares.counted(3, 7)[1:])
    assert group["ad_members"] == pytest.approx(1 / 3)  # new, 2 of 3; one of two, as with old, may be a mistake
    assert group["unread"] == 1  # the picture
    assert group["ad_accounts"] == 1  # new: 2 of 3
    assert group["ad_chars"] == pytest.approx((4 + 4 + 15) / (4 + 4 + 4 + 15 + 1 + 0 + 5))
    # screen: every text one line, but 15 characters are one too; a picture 8
    assert group["ad_screen"] == pytest.approx(3 / (3 + 1 + 1 + 8 + 1))
    assert group["official_ads"] == 1
    assert group["newcomer_share"] == 1 / 2  # of new's two, one within 72 hours; when old joined is not known
    assert group["change"] == pytest.approx(3 / 7 - 1 / 2)
    assert group["trend"] == pytest.approx([None] * 6 + [1 / 2, 3 / 7], nan_ok=True)
    assert group["alarming"] is True


def test_all_groups_together_by_hand():
    """spam is one person in both groups, the two x are not: 4 of 7 are ads, against 1 of 2 the week before."""
    rows = [
        {"at": at, "group_id": group, "sender_id": sender, "text": text}
        for at, group, sender, text in (
            ("2026-05-05 09:00:00", "g", "spam", "早.9"),
            ("2026-05-05 10:00:00", "g", "a", "早"),
            ("2026-05-11 09:00:00", "g", "spam", "早.9"),
            ("2026-05-12 09:00:00", "g", "spam", "早.9"),
            ("2026-05-12 10:00:00", "g", "a", "早"),
            ("2026-05-12 11:00:00", "g", "a", "好"),
            ("2026-05-12 12:00:00", "g", "name:x", "早.9"),
            ("2026-05-13 09:00:00", "h", "spam", "早.9"),
            ("2026-05-13 10:00:00", "h", "name:x", "早"),
        )
    ]
    g, h, together = asked("ads", rows, total=True)
    assert asked("ads", rows) == [g, h]
    assert (g["ad_accounts"], h["ad_accounts"]) == (0, 0)
    assert {name: together[name] for name in ("group_id", "group_name", "messages", "ads", "ad_accounts", "alarming", "basis")} == {
        "group_id": None, "group_name": None, "messages": 7, "ads": 4, "ad_accounts": 1, "alarming": None, "basis": "range",
    }  # fmt: skip
    low = (5 * shares.counted(3, 5)[1] + 2 * shares.counted(1, 2)[1]) / 7
    assert (together["ad_ratio"], together["ad_ratio_low"]) == (pytest.approx(4 / 7), pytest.approx(low))
    assert together["trend"] == pytest.approx([None] * 6 + [1 / 2, 4 / 7], nan_ok=True)
    # ads and messages of a, of x in g and in h, of spam
    turn = shares.change(array([[0, 2], [1, 1], [0, 1], [3, 3]]), array([[0, 1], [0, 0], [0, 0], [1, 1]]), crc32(b""))
    assert turn.ratio == pytest.approx(4 / 7 - 1 / 2)
    assert (together["change"], together["change_low"], together["change_high"]) == pytest.approx(turn)
    assert asked("ads", [], total=True) == []


def test_weeks_of_the_trend_end_with_the_window_whatever_as_of():
    """Monday 0:00 begins the last of them; a message a millisecond earlier is of the one before."""
    rows = [
        {"at": "2026-05-11 00:00:00", "text": "早.9"},
        {"at": "2026-05-10 23:59:59.999", "text": "早"},
        {"at": "2026-03-23 00:00:00", "text": "早"},
    ]
    for as_of in ("2026-05-17 23:59:59", "2026-06-30"):
        [group] = asked("ads", rows, replace(WEEK, as_of=moment(as_of)))
        assert group["trend"] == pytest.approx([0] + [None] * 5 + [0, 1], nan_ok=True)


def test_what_the_sender_did_counts():
    rows = asked("ads_list", LOG, why=True)
    assert table(rows, "text", "text_p") == [("十六个字的一条消息再加一个.9", 0.9), ("加我.9", 0.9), ("加我.4", 0.4)]
    assert rows[2]["p"] == pytest.approx(sure(odds(0.4) + 0.8))  # within a day; the first message, but it leads nowhere
    assert rows[0]["p"] == pytest.approx(sure(odds(0.9) + 0.8))  # two of old's three look like ads
    assert rows[1]["p"] == pytest.approx(0.9)  # one of new's three
    assert rows[2]["reasons"] == ["contact", "new_today"]
    assert rows[2]["evidence"] == [".4"]
    assert asked("ads_list", LOG)[0]["reasons"] is None
    assert len(asked("ads_list", LOG, top=1)) == 1


def test_answers_speak_against_an_ad():
    said = [
        {"at": "2026-05-12 09:00:00", "sender_id": "a", "text": "出一个.6", "message_id": "x"},
        {"at": "2026-05-12 09:01:00", "sender_id": "a", "text": "补充", "reply_to": "x"},  # the sender's own
    ]
    answer = {"at": "2026-05-12 09:02:00", "text": "多少钱", "reply_to": "x"}
    first = {"at": "2026-05-01 00:00:00", "sender_id": "a", "text": "早"}
    assert [row["p"] for row in asked("ads_list", [first, *said])] == pytest.approx([0.6])
    assert asked("ads_list", [first, *said, answer | {"sender_id": "b"}]) == []  # 0.405 - 0.7 < 0
    rows = asked("ads_list", [first, *said, answer | {"sender_id": "b"}, answer | {"sender_id": "c"}], threshold=0.2)
    assert rows[0]["p"] == pytest.approx(sure(odds(0.6) - 1.4))


TEXT = "一条够长的文本一共有十多个字.2"


def test_the_same_in_another_group_within_ten_minutes():
    old = [{"at": "2026-01-01 00:00:00", "sender_id": "s", "text": "早", "group_id": group} for group in "gh"]
    here = {"at": "2026-05-12 09:00:00", "sender_id": "s", "text": TEXT}
    soon, late = (
        here | {"group_id": "h", "at": "2026-05-12 09:10:00"},
        here | {"group_id": "h", "at": "2026-05-12 09:10:01"},
    )
    assert [row["p"] for row in asked("ads_list", [*old, here, soon])] == pytest.approx([sure(odds(0.2) + 1.4)] * 2)
    assert asked("ads_list", [*old, here, late]) == []
    begun = old[1] | {"sender_id": "t"}
    assert asked("ads_list", [*old, begun, here, soon | {"sender_id": "t"}]) == []


def test_a_filter_only_filters():
    old = [
        {"at": "2026-01-01 00:00:00", "sender_id": who, "text": "早", "group_id": group}
        for group in "gh"
        for who in "stuv"
    ]
    here = {"at": "2026-05-12 09:05:00", "sender_id": "s", "text": TEXT}
    there = here | {"at": "2026-05-12 09:00:00", "group_id": "h"}
    only = replace(WEEK, groups=("g",))
    assert table(asked("ads_list", [*old, there, here]), "group_id") == [("g",), ("h",)]
    assert table(asked("ads_list", [*old, there, here], scope=only), "group_id") == [("g",)]
    assert [group["ads"] for group in asked("ads", [*old, there, here], scope=only)] == [1]
    text = TEXT.replace(".2", ".4")
    copies = [there | {"sender_id": who, "text": text} for who in "tuv"]
    last = here | {"text": text}
    for rows, p in (([*copies, last], sure(odds(0.4) + 0.8)), ([*copies[1:], last], 0.4)):
        [told] = asked("ads_list", [*old, *rows], scope=only, threshold=0.3)
        assert told["p"] == pytest.approx(p)
    staff = replace(only, staff=frozenset("tuv"))  # what staff post is copied for them
    [told] = asked("ads_list", [*old, *copies, last], scope=staff, threshold=0.3)
    assert told["p"] == pytest.approx(0.4)


def test_others_post_the_same_three_times_in_the_week_before():
    old = [{"at": "2026-01-01 00:00:00", "sender_id": who, "text": "早"} for who in "st"]
    text = TEXT.replace(".2", ".4")
    ad = {"at": "2026-05-17 09:00:00", "sender_id": "s", "text": text}
    before = [ad | {"at": f"2026-05-10 09:00:0{n}", "sender_id": "t"} for n in range(3)]
    own = [ad | {"at": f"2026-05-16 09:00:0{n}"} for n in range(2)]
    rows = asked("ads_list", [*old, *before, ad], threshold=0.3, why=True)
    assert [row["p"] for row in rows] == pytest.approx([sure(odds(0.4) + 0.8)])
    assert rows[0]["reasons"][:2] == ["contact", "others"]
    late = [before[0] | {"at": "2026-05-10 08:59:59"}, *before[1:]]
    assert [row["p"] for row in asked("ads_list", [*old, *late, ad], threshold=0.3)] == pytest.approx([0.4])
    rows = asked("ads_list", [*old, *own, ad], threshold=0.3, why=True)
    assert sorted(row["p"] for row in rows) == pytest.approx([0.4, 0.4, sure(odds(0.4) + 0.8)])
    assert rows[0]["reasons"] == ["contact", "repeated"]  # the first two were not yet


def test_the_latest_join_before_the_message_counts():
    began = {"at": "2026-05-01 00:00:00", "sender_id": "z", "text": "早"}
    said = [began, {"at": "2026-05-02 00:00:00", "sender_id": "n", "text": "早"}]
    ad = {"at": "2026-05-13 09:00:00", "sender_id": "n", "text": "加我.4"}

    def p(joins: list[str], ad: dict[str, Any] = ad, event: str = "joined_qr", **more: Any) -> float:
        notices = [{"at": at, "event": event, "target_ids": ["n"]} for at in joins]
        [row] = asked("ads_list", [*said, *notices, ad], threshold=0.2, **more)
        return float(row["p"])

    today, new = sure(odds(0.4) + 0.8), sure(odds(0.4) + 0.4)
    assert p([]) == pytest.approx(0.4)
    assert p(["2026-05-11 08:00:00", "2026-05-13 08:00:00"]) == pytest.approx(today)
    assert p(["2026-05-13 08:00:00", "2026-05-14 08:00:00"]) == pytest.approx(today)  # thrown out, and back
    assert p(["2026-05-14 08:00:00"]) == pytest.approx(0.4)
    for event in ("invited", "joined"):
        assert p(["2026-05-13 08:00:00"], event=event) == pytest.approx(today)
    assert p(["2026-05-12 09:00:00"]) == pytest.approx(new)  # 24 hours
    assert p(["2026-05-10 09:00:01"]) == pytest.approx(new)
    assert p(["2026-05-10 09:00:00"]) == pytest.approx(0.4)  # 72
    listed = [
        {"member_id": "n", "joined_at": datetime.fromisoformat(f"2026-05-{day}T00:00:00+00:00")} for day in (12, 13, 14)
    ]  # 08:00 in Shanghai
    assert p([], members=listed) == pytest.approx(today)
    assert p(["2026-05-11 08:00:00"], members=listed[:1]) == pytest.approx(new)


def test_without_a_notice_the_first_message_is_joining_after_four_weeks_on_record():
    ad = {"at": "2026-05-12 09:00:00", "sender_id": "n", "text": "加我.4"}

    def p(began: str) -> float:
        [row] = asked("ads_list", [{"at": began, "sender_id": "z", "text": "早"}, ad], threshold=0.2)
        return float(row["p"])

    assert p("2026-04-14 09:00:00") == pytest.approx(sure(odds(0.4) + 0.8))
    assert p("2026-04-14 09:00:01") == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        ({"text": "加我.4"}, False),
        ({"text": "看 https://s.example.com/a 呀.4"}, True),
        ({"text": "电话13800001111。.4"}, True),
        ({"text": "好物.4", "kind": "miniprogram"}, True),
        ({"text": "好物.4", "kind": "file"}, False),
    ],
)
def test_a_first_message_counts_if_it_leads_elsewhere(row: dict[str, Any], counts: bool):
    began = {"at": "2026-05-11 00:00:00", "sender_id": "z", "text": "早"}
    at = {"at": "2026-05-12 09:00:00", "sender_id": "n"}
    [told] = asked("ads_list", [began, row | at], threshold=0.2, why=True)
    assert told["p"] == pytest.approx(sure(odds(0.4) + 0.8) if counts else 0.4)
    assert ("first" in told["reasons"]) is counts
    both = [began, row | at | {"text": f"一{row['text']}"}, row | at]  # of one second the first alone
    assert sorted(one["p"] for one in asked("ads_list", both, threshold=0.2))[0] == pytest.approx(0.4)


def test_a_name_card_is_as_suspicious_as_who_sends_it():
    began = {"at": "2026-05-01 00:00:00", "sender_id": "z", "text": "早"}
    card = {"at": "2026-05-12 09:00:00", "sender_id": "new", "kind": "contact_card", "text": "[名片].9"}
    [row] = asked("ads_list", [began, JOINED | {"at": "2026-05-12 08:00:00"}, card])
    assert (row["p"], row["text_p"]) == pytest.approx((sure(odds(0.3) + 1.4), 0.3))  # 0.8 + 0.8, and 1.4 at most
    assert asked("ads_list", [began, began | {"sender_id": "new"}, card]) == []


@pytest.mark.parametrize("kind", ["solitaire", "red_packet", "transfer"])
def test_sign_ups_and_money_are_no_ads(kind: str):
    assert asked("ads_list", [{"at": "2026-05-12 09:00:00", "text": "加我.9", "kind": kind}]) == []


def test_who_mostly_talks_is_believed_more():
    talk = [{"at": f"2026-01-12 08:00:{n:02}", "sender_id": "a", "text": f"早{n}"} for n in range(19)]
    ad = {"at": "2026-05-12 09:00:00", "sender_id": "a", "text": "出一个.7"}
    assert [row["p"] for row in asked("ads_list", [*talk[1:], ad])] == pytest.approx([0.7])  # the 19th message
    assert asked("ads_list", [*talk, ad]) == []  # the 20th, and the only one: 0.847 - 1.4 < 0
    second = ad | {"at": "2026-05-12 09:00:01", "text": "出两个.7"}
    assert len(asked("ads_list", [*talk, ad, second])) == 0  # 2 of 21
    third = ad | {"at": "2026-05-12 09:00:02", "text": "出三个.7"}
    assert table(asked("ads_list", [*talk, ad, second, third]), "text") == [("出三个.7",)]  # 3 of 22: no tenth


def test_behaviour_counts_by_its_bound_at_most():
    old = [{"at": "2026-01-01 00:00:00", "sender_id": "z", "text": "早", "group_id": group} for group in "gh"]
    text = "一条够长的文本一共有十多个字 https://s.example.com/a "
    rows = [
        {"at": f"2026-05-12 09:0{n}:00", "sender_id": "s", "text": f"{text}.19", "group_id": group}
        for n, group in enumerate("ghgh")
    ]
    joined = [JOINED | {"target_ids": ["s"], "group_id": group, "at": "2026-05-12 08:00:00"} for group in "gh"]
    assert asked("ads_list", [*old, *joined, *rows]) == []
    found = asked("ads_list", [*old, *joined, *[row | {"text": f"{text}.2"} for row in rows]])
    assert [row["p"] for row in found] == pytest.approx([sure(odds(0.2) + 1.4)] * 4)
    talk = [{"at": f"2026-01-12 08:00:{n:02}", "sender_id": "a", "text": f"早{n}"} for n in range(19)]
    ad = {"at": "2026-05-12 09:00:00", "sender_id": "a", "text": "出一个.9", "message_id": "x"}
    answers = [{"at": "2026-05-12 09:01:00", "sender_id": who, "text": "多少钱", "reply_to": "x"} for who in "bc"]
    assert [row["p"] for row in asked("ads_list", [*talk, ad, *answers])] == pytest.approx([sure(odds(0.9) - 1.4)])


def _random(seed: int) -> list[dict[str, Any]]:
    """Three groups, five people and few texts, eleven weeks long, with joins and answers."""
    dice = Random(seed)
    texts = [f"一条够长的文本一共有十多个字{word}.{dice.choice((3, 4, 6))}" for word in ("", "呀")]
    texts += ["早", "好", "加我.4", "出一个.7", "看 https://s.example.com/a .3"]
    rows: list[dict[str, Any]] = []
    for n in range(240):
        at = moment("2026-03-02") + timedelta(minutes=dice.choice((0, 3, 8)) + 60 * dice.randrange(77 * 24))
        group = dice.choice("ghi")
        if dice.random() < 0.06:
            rows.append({"at": at, "event": "joined", "target_ids": [dice.choice("abcde")], "group_id": group})
            continue
        who, text = dice.choice("abcde"), dice.choice(texts)
        row = {"at": at, "sender_id": who, "text": text, "group_id": group, "message_id": f"m{n}"}
        rows += [row, row | {"at": at + timedelta(minutes=4), "group_id": dice.choice("ghi"), "message_id": f"n{n}"}][
            : dice.choice((1, 1, 2))
        ]
        if dice.random() < 0.2:
            answer = {"sender_id": dice.choice("abcde"), "text": "好", "reply_to": f"m{n}", "group_id": group}
            rows.append(row | answer | {"at": at + timedelta(minutes=1), "message_id": f"a{n}"})
    return sorted(rows, key=lambda row: (row["at"], row["group_id"]))


@pytest.mark.parametrize("seed", range(3))
def test_neither_the_window_nor_a_filter_changes_what_a_message_is(seed: int):
    rows = _random(seed)

    def judged(since: str, until: str, **more: Any) -> dict[str, float]:
        scope = Scope(since=moment(since), until=moment(until), as_of=moment(until), **more)
        return {row["message_id"]: row["p"] for row in asked("ads_list", rows, scope=scope, threshold=0.0, top=0)}

    whole = judged("2026-03-01", "2026-06-01")
    groups = {row.get("message_id"): row["group_id"] for row in rows}
    assert len(whole) > 60
    one = judged("2026-03-01", "2026-06-01", groups=("g",))
    assert one == pytest.approx({id: p for id, p in whole.items() if groups[id] == "g"})
    parts = {day: judged(day, end) for day, end in pairwise(("2026-03-01", "2026-04-02", "2026-05-01", "2026-06-01"))}
    assert {id: p for part in parts.values() for id, p in part.items()} == pytest.approx(whole)


def test_the_time_before_counts_although_it_lies_before_the_eight_weeks():
    scope = replace(WEEK, since=moment("2026-02-07"))  # 100 days
    rows = [{"at": "2025-10-29 23:59:59", "sender_id": "a", "text": "加我.9"}]  # the time before begins a second later
    rows += [{"at": "2025-10-30 00:00:00", "sender_id": "a", "text": text} for text in ("加你.9", "早")]
    rows += [{"at": "2026-05-12 00:00:00", "sender_id": "a", "text": "早"}]
    [group] = asked("ads", rows, scope=scope)
    assert group["change"] == pytest.approx(0 - 1 / 2)


def test_lists_go_first():
    rows = [
        {"at": f"2026-05-12 09:00:0{n}", "text": text}
        for n, text in enumerate(["停水通知.9", "加薇", "【团】梨 9元.9", "代购9折.2"])
    ]
    assert len(asked("ads_list", rows)) == 2
    judge = partial(written, allow=("停水",), deny=("加微",), templates=("【团】*元*",), deny_patterns=(r"代购\d折",))
    found = asked("ads_list", rows, judge=judge)
    assert {row["text"]: row["p"] for row in found} == {"加薇": 1.0, "代购9折.2": 1.0}


def labels(group: str, day: str, **strata: tuple[int, int]) -> list[Audit]:
    """Labelled messages of a group: of each stratum, how many are ads and how many there are."""
    at = (moment(day) - moment("1970-01-01")).total_seconds()
    return [Audit(group, at, stratum, int(n < ads), 2.0) for stratum, (ads, of) in strata.items() for n in range(of)]


def test_an_audit_corrects_the_ratio():
    # 10 of 20 flagged are ads, 1 of 20 others: (3 × 10/20 + 2 × 1/20) ÷ 7; a sign-up never is one, and nobody has labelled pictures
    told = labels("g", "2026-05-12", flagged=(10, 20), passed=(1, 20), unread=(3, 9))
    [group] = asked("ads", LOG, judge=partial(written, audits=tuple(told)))
    assert group["basis"] == "audit"
    assert group["ad_ratio"] == pytest.approx((3 * 10 / 20 + 2 * 1 / 20) / 7)
    assert group["ad_ratio_low"] < group["ad_ratio"] < group["ad_ratio_high"]
    assert group["ads"] == 3
    # a tenth label of a picture, of which there is one: + 1 × 3/10 ÷ 7
    [seen] = asked("ads", LOG, judge=partial(written, audits=(*told, Audit("g", told[0].said_at, "unread", 0, 2.0))))
    assert seen["ad_ratio"] == pytest.approx((3 * 10 / 20 + 2 * 1 / 20 + 3 / 10) / 7)


def test_an_audit_is_of_its_group_its_time_and_its_cut():
    here = labels("g", "2026-05-12", flagged=(10, 10), passed=(1, 10))

    def basis(told: list[Audit], **params: Any) -> str:
        found: str = asked("ads", LOG, judge=partial(written, audits=tuple(told)), **params)[0]["basis"]
        return found

    assert basis(here) == "audit"
    assert basis(here[1:]) == "range"  # 19 labels
    assert basis(labels("h", "2026-05-12", flagged=(10, 10), passed=(1, 10))) == "range"
    assert basis(labels("g", "2026-05-05", flagged=(10, 10), passed=(1, 10))) == "range"  # the week before
    assert basis(here, threshold=0.6) == "range"


def test_labels_are_worth_what_they_stand_for():
    # of 20 labels one stands for 10 messages and is an ad: 10 of 29 messages; worth 29² ÷ (100 + 19) = 7.07 labels
    told = labels("g", "2026-05-12", passed=(1, 20))
    heavy = [one._replace(weight=10.0 if one.is_ad else 1.0) for one in told]
    [group] = asked("ads", LOG, judge=partial(written, audits=tuple(heavy)))
    assert group["ad_ratio"] == pytest.approx(2 / 7 * 10 / 29)


def test_groups_that_sell_have_another_line_but_the_same_number():
    selling = Scope(
        since=WEEK.since,
        until=WEEK.until,
        as_of=WEEK.as_of,
        staff=WEEK.staff,
        selling=frozenset({"g"}),
        alert=(0.2, 0.6),
    )
    usual, sales = asked("ads", LOG)[0], asked("ads", LOG, scope=selling)[0]
    assert (usual["alarming"], sales["alarming"]) == (True, False)
    assert usual["ad_ratio"] == sales["ad_ratio"]


def test_nothing_to_divide_is_null():
    rows = [*LOG, {"at": "2026-04-01 00:00:00", "group_id": "empty", "text": "早"}]
    empty = asked("ads", rows)[1]
    assert (empty["group_id"], empty["messages"], empty["ads"]) == ("empty", 0, 0)
    nothing = (
        "ad_ratio",
        "ad_ratio_low",
        "ad_ratio_high",
        "basis",
        "ad_members",
        "ad_chars",
        "newcomer_share",
        "change",
        "alarming",
    )
    assert {empty[name] for name in nothing} == {None}


def test_offenders_by_hand():
    more = [
        {"at": "2026-05-16 09:00:00", "sender_id": "new", "group_id": "h", "text": "加我.8"},
        {"at": "2026-05-17 09:00:00", "sender_id": "new", "group_id": "h", "text": "哈"},
        {"at": "2026-05-17 10:00:00", "sender_id": "new", "group_id": "i", "text": "哈"},
    ]
    rows = asked("ads_offenders", LOG + more, min_share=0.0, min_messages=2)
    assert table(rows, "sender_id", "messages", "ads", "groups") == [("new", 6, 3, 2), ("old", 2, 1, 1)]
    new, old = rows
    assert (new["first_ad"], new["last_ad"]) == (moment("2026-05-11 09:00"), moment("2026-05-16 09:00"))
    assert new["last_seen"] == moment("2026-05-17 10:00")
    assert new["hours_to_first_ad"] == 1.0
    assert new["group_names"] == ["Group g", "Group h"]
    assert new["example"] == "加我.9"
    assert old["hours_to_first_ad"] is None
    assert table(asked("ads_offenders", LOG + more, min_share=0.0), "sender_id") == [("new",)]
    assert len(asked("ads_offenders", LOG + more, min_ads=2)) == 1
    assert table(asked("ads_offenders", LOG + more, min_share=0.0, min_messages=2, top=1), "sender_id") == [("new",)]
    (note,) = told_of_offenders(pd.DataFrame(rows), OffendersParams())
    assert note.say("en") == "To paste (2): @Name new @Name old"
    assert told_of_offenders(pd.DataFrame(rows).head(0), OffendersParams()) == []
    assert table(asked("ads_offenders", LOG + more, min_share=0.51), "sender_id") == []


def test_the_first_ad_may_lie_before_the_window():
    rows = [
        {"at": "2026-05-01 08:00:00", "event": "joined_qr", "target_ids": ["new"]},
        {"at": "2026-05-01 09:00:00", "sender_id": "new", "text": "加我.9"},
        {"at": "2026-05-12 09:00:00", "sender_id": "new", "text": "加你.9"},
        {"at": "2026-05-12 09:00:00", "sender_id": "new", "text": "早", "group_id": "h"},
        {"at": "2026-05-02 09:00:00", "sender_id": "new", "text": "加他.9", "group_id": "h"},
    ]
    [row] = asked("ads_offenders", rows, min_messages=1)
    assert (row["first_ad"], row["hours_to_first_ad"]) == (moment("2026-05-01 09:00"), 1.0)
    assert (row["messages"], row["ads"], row["groups"]) == (2, 1, 1)
    assert (row["last_ad"], row["example"]) == (moment("2026-05-12 09:00"), "加你.9")


def test_what_people_post_where_they_are_staff_is_nobodys_offence():
    rows = [{"at": "2026-05-12 09:00:00", "sender_id": "n", "text": "加我.9", "group_id": group} for group in "ghh"]
    staff = replace(WEEK, staff=frozenset(), staff_of=frozenset({("h", "n")}))
    assert table(
        asked("ads_offenders", rows, scope=staff, min_messages=1), "sender_id", "messages", "ads", "groups"
    ) == [("n", 1, 1, 1)]
    assert asked("ads_offenders", rows, scope=replace(staff, staff=frozenset("n")), min_messages=1) == []


def test_other_ids_of_an_account_are_told():
    aliases = frozenset({("new", "neu"), ("new", "again"), ("a", "b")})
    rows = asked("ads_offenders", LOG, scope=replace(WEEK, aliases=aliases), min_share=0.0, min_messages=1)
    assert table(rows, "sender_id", "other_ids") == [("new", ["again", "neu"]), ("old", [])]


def test_an_audit_draws_from_both_halves():
    rows = [
        {"at": f"2026-05-12 09:{n:02}:00", "sender_id": "a", "text": f"早{n}", "message_id": f"x{n}"} for n in range(30)
    ]
    rows += [
        {"at": f"2026-05-12 10:{n:02}:00", "sender_id": "b", "text": f"加我{n}.9", "message_id": f"y{n}"}
        for n in range(8)
    ]
    rows += [
        {"at": "2026-05-12 11:00:00", "sender_id": "boss", "text": "上新.9"},
        {"at": "2026-05-12 12:00:00", "kind": "image", "message_id": "z"},
    ]
    drawn = asked("ads_audit", rows, size=10)
    # two fifths of 10 each of 8 flagged and of 30 others, and the one picture; staff are not asked about
    assert sorted(table(drawn, "flagged", "stands_for", "kind")) == [
        (False, 1.0, "image"), *[(False, 7.5, "text")] * 4, *[(True, 2.0, "text")] * 4
    ]  # fmt: skip
    assert {row["label"] for row in drawn} == {""}
    assert table(asked("ads_audit", rows[::-1], size=10), "text") == table(drawn, "text")
    assert len(asked("ads_audit", rows, size=40)) == 8 + 16 + 1
    early = Scope(since=moment("2026-05-12 10:00"), until=moment("2026-05-12 10:04"))
    assert len(asked("ads_audit", rows, scope=early)) == 4
    nothing = [row | {"kind": kind} for row, kind in zip(rows, ("solitaire", "red_packet", "transfer"), strict=False)]
    assert asked("ads_audit", nothing) == []


def test_more_messages_tell_more():
    def told(messages: int, labels: int) -> shares.Interval:
        strata = [shares.Stratum(messages, share * labels, labels) for share in (0.8, 0.1)]
        return shares.audited(strata, 2 * messages)

    assert told(10, 10) == told(1000, 10)  # the ratio is of the sample, not of the chat
    wide, narrow = told(10, 10), told(10, 1000)
    ends = [wide.low, narrow.low, 0.45, narrow.high, wide.high]
    assert ends == sorted(ends, key=lambda end: end or 0)
