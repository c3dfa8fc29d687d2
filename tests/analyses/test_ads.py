"""`ads`, `ads list`, `ads offenders` and `ads audit` by hand: scores are written into the texts."""

from __future__ import annotations

from functools import partial
from math import exp, log
from typing import Any

import pytest

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


def test_what_the_sender_did_counts():
    rows = asked("ads_list", LOG, why=True)
    assert table(rows, "text", "text_p") == [("十六个字的一条消息再加一个.9", 0.9), ("加我.9", 0.9), ("加我.4", 0.4)]
    assert rows[2]["p"] == pytest.approx(sure(odds(0.4) + 1.5 + 0.7))  # within a day, the first message
    assert rows[0]["p"] == pytest.approx(sure(odds(0.9) + 1.0))  # two of old's three look like ads
    assert rows[1]["p"] == pytest.approx(0.9)  # one of new's three
    assert rows[2]["reasons"] == ["new_today", "contact", "first"]
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
    assert [row["p"] for row in asked("ads_list", [*old, here, soon], why=True)] == pytest.approx(
        [sure(odds(0.2) + 2.5)] * 2
    )
    assert asked("ads_list", [*old, here, late]) == []
    other = soon | {"sender_id": "t"}
    begun = old[1] | {"sender_id": "t"}
    assert asked("ads_list", [*old, begun, here, other]) == []  # others post it: 1.0 - 1.386 < 0
    thrice = [here | {"at": f"2026-05-12 1{n}:00:00"} for n in range(3)]
    rows = asked("ads_list", [*old, begun, *thrice, other], threshold=0.3, why=True)
    assert rows[0]["p"] == pytest.approx(sure(odds(0.2) + 1.0 + 0.8))
    assert rows[0]["reasons"][:3] == ["contact", "others", "repeated"]


def test_who_mostly_talks_is_believed_more():
    talk = [{"at": f"2026-05-12 08:00:{n:02}", "sender_id": "a", "text": f"早{n}"} for n in range(19)]
    first = {"at": "2026-01-01 00:00:00", "sender_id": "a", "text": "早"}
    ad = {"at": "2026-05-12 09:00:00", "sender_id": "a", "text": "出一个.7"}
    assert [row["p"] for row in asked("ads_list", [first, *talk[1:], ad])] == pytest.approx(
        [0.7]
    )  # 19 messages in the 8 weeks
    assert asked("ads_list", [first, *talk, ad]) == []  # 20, and one of them: 0.847 - 1.5 < 0
    second = ad | {"at": "2026-05-12 09:00:01", "text": "出两个.7"}
    assert len(asked("ads_list", [first, *talk, ad, second])) == 0  # 2 of 21
    third = ad | {"at": "2026-05-12 09:00:02", "text": "出三个.7"}
    assert len(asked("ads_list", [first, *talk, ad, second, third])) == 3  # 3 of 22: no tenth


def test_behaviour_never_makes_a_harmless_text_an_ad():
    old = [{"at": "2026-01-01 00:00:00", "sender_id": "z", "text": "早", "group_id": group} for group in "gh"]
    text = "一条够长的文本一共有十多个字"
    rows = [
        {"at": f"2026-05-12 09:0{n}:00", "sender_id": "s", "text": f"{text}.04", "group_id": group}
        for n, group in enumerate("ghgh")
    ]
    assert asked("ads_list", [*old, JOINED | {"target_ids": ["s"]}, *rows]) == []
    assert len(asked("ads_list", [*old, *[row | {"text": f"{text}.06"} for row in rows]])) == 4


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
    rows = asked("ads_offenders", LOG + more, min_share=0.0)
    assert table(rows, "sender_id", "messages", "ads", "groups") == [("new", 6, 3, 2), ("old", 2, 1, 1)]
    new, old = rows
    assert (new["first_ad"], new["last_ad"]) == (moment("2026-05-11 09:00"), moment("2026-05-16 09:00"))
    assert new["last_seen"] == moment("2026-05-17 10:00")
    assert new["hours_to_first_ad"] == 1.0
    assert new["group_names"] == ["Group g", "Group h"]
    assert new["example"] == "加我.9"
    assert old["hours_to_first_ad"] is None
    assert len(asked("ads_offenders", LOG + more, min_ads=2)) == 1
    assert table(asked("ads_offenders", LOG + more, min_share=0.51), "sender_id") == []


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
