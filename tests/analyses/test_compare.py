"""`compare` and `compare groups` against figures worked out by hand and against counting."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given, settings

from qunkit.dataset import Scope
from support.logs import EXAMPLES, logs, seen
from support.messages import moment
from support.questions import ask, table

WEEK = Scope(since=moment("2026-05-11"), until=moment("2026-05-18"), as_of=moment("2026-05-17 23:59:59"))

# Week of 27 April (earlier), of 4 May (before), of 11 May (this). Nobody posts on the 13th and 14th in any group: holes.
LOG = [
    {"at": "2026-05-01 10:00:00", "sender_id": "old"},
    {"at": "2026-05-04 00:00:00", "sender_id": "a"},
    {"at": "2026-05-05 10:00:00", "sender_id": "b"},
    {"at": "2026-05-05 10:00:00", "group_id": "h", "sender_id": "b"},
    {"at": "2026-05-10 23:59:59", "sender_id": "c"},
    {"at": "2026-05-10 23:59:59", "event": "removed", "target_ids": ["x"]},
    {"at": "2026-05-11 00:00:00", "sender_id": "a"},
    {"at": "2026-05-12 09:00:00", "sender_id": "a"},
    {"at": "2026-05-12 09:01:00", "sender_id": "new"},
    {"at": "2026-05-12 09:02:00", "event": "invited", "target_ids": ["p", "q", None]},
    {"at": "2026-05-15 09:00:00", "event": "joined_qr"},
    {"at": "2026-05-16 09:00:00", "event": "renamed"},
    {"at": "2026-05-17 09:00:00", "sender_id": "a"},
    {"at": "2026-05-18 00:00:00", "sender_id": "late"},
]


def test_two_weeks_by_hand():
    this, before = ask("compare", LOG, scope=WEEK)
    assert this == {
        "period": "this",
        "messages": 4,  # a a new a
        "posters": 2,
        "groups": 1,  # h is silent
        "new_posters": 1,  # new; late is after the window
        "lapsed_posters": 2,  # b c
        "joins": 4,  # p, q, one unknown, and the QR code
        "removed": 0,
        "data_days": 5,
        "hole_days": 2,  # the 13th and the 14th
    }
    assert before == {
        "period": "before",
        "messages": 4,  # a b b c
        "posters": 3,
        "groups": 2,
        "new_posters": 3,
        "lapsed_posters": 1,  # old
        "joins": 0,
        "removed": 1,
        "data_days": 3,  # 4, 5, 10 May
        "hole_days": 4,  # 6, 7, 8, 9 May
    }


def test_groups_by_hand():
    rows = [*LOG, *({"at": f"2026-05-05 1{n}:00:00", "sender_id": "b"} for n in range(7))]
    g, h = ask("compare_groups", rows, scope=WEEK)
    assert (g["group_id"], g["messages"], g["messages_before"], g["change"]) == ("g", 4, 10, -0.6)  # (4 - 10) / 10
    assert (g["posters"], g["posters_before"], g["joins"], g["removed"]) == (2, 3, 4, 0)
    assert g["days"] == [1, 2, None, None, 0, 0, 1]  # 11 to 17 May: the 13th and 14th are holes
    assert (h["messages"], h["messages_before"], h["change"], h["days_silent"]) == (0, 1, None, 12)
    assert h["days"] == [0, 0, None, None, 0, 0, 0]


def test_no_messages_at_all():
    assert table(ask("compare", [], scope=WEEK), "period", "messages") == [("this", None), ("before", None)]
    assert ask("compare_groups", [], scope=WEEK) == []


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs())
def test_counting_gives_the_same(rows):
    if not rows:
        return
    middle = sorted(moment(row["at"]) for row in rows)[len(rows) // 2]
    since = datetime(middle.year, middle.month, middle.day)
    length = timedelta(days=2)
    scope = Scope(since=since, until=since + length, as_of=since + length)
    _, posts, _ = seen(rows, scope)
    spans = {"this": (since, since + length), "before": (since - length, since)}
    found = {row["period"]: row for row in ask("compare", rows, scope=scope)}
    history, _, _ = seen(rows, scope)
    days = {period: any(start <= row["at"] < end for row in history) for period, (start, end) in spans.items()}
    days["earlier"] = any(since - 2 * length <= row["at"] < since - length for row in history)
    for (period, (start, end)), earlier in zip(spans.items(), ("before", "earlier"), strict=True):
        if not days[period]:
            assert found[period]["messages"] is None
            continue
        mine = [row for row in posts if start <= row["at"] < end]
        last = {row["sender_id"] for row in posts if start - length <= row["at"] < start}
        ever = {row["sender_id"] for row in posts if row["at"] < start}
        who = {row["sender_id"] for row in mine}
        assert found[period]["messages"] == len(mine)
        assert found[period]["posters"] == len(who)
        assert found[period]["groups"] == len({row["group_id"] for row in mine})
        assert found[period]["new_posters"] == (len(who - ever) if days[earlier] else None)
        assert found[period]["lapsed_posters"] == (len(last - who) if days[earlier] else None)


def test_a_period_without_any_data_is_not_known_rather_than_empty():
    after = Scope(since=moment("2026-05-18"), until=moment("2026-05-25"), as_of=moment("2026-05-24 23:59:59"))
    this, before = ask("compare", LOG[:-1], scope=after)
    assert (this["messages"], this["data_days"], before["messages"]) == (None, 0, 4)
    first = Scope(since=moment("2026-04-27"), until=moment("2026-05-04"), as_of=moment("2026-05-03 23:59:59"))
    this, before = ask("compare", LOG, scope=first)
    assert (this["messages"], this["new_posters"], this["lapsed_posters"], before["posters"]) == (1, None, None, None)


def test_periods_by_hand():
    rows = ask("compare_periods", LOG, scope=WEEK)
    # data begin on 1 May: the week of 27 April is not whole and is left out
    assert rows == [
        {"since": date(2026, 5, 4), "messages": 4, "posters": 3, "groups": 2, "joins": 0, "removed": 1, "data_days": 3, "hole_days": 4},
        {"since": date(2026, 5, 11), "messages": 4, "posters": 2, "groups": 1, "joins": 4, "removed": 0, "data_days": 5, "hole_days": 2},
    ]  # fmt: skip
    assert [row["since"] for row in ask("compare_periods", LOG, before=1, scope=WEEK)] == [date(2026, 5, 4), date(2026, 5, 11)]  # fmt: skip
    assert ask("compare_periods", [], scope=WEEK) == []


def test_a_period_in_a_hole_is_not_known():
    log = [{"at": "2026-05-01 10:00:00"}, {"at": "2026-05-12 10:00:00"}]
    scope = Scope(since=moment("2026-05-11"), until=moment("2026-05-14"), as_of=moment("2026-05-13 23:59:59"))
    found = table(ask("compare_periods", log, scope=scope), "since", "messages", "data_days", "hole_days")
    # periods of three days back from 11 May: 8, 5, 2 May; the one before would begin on 29 April, before the data
    assert found == [(date(2026, 5, 2), None, 0, 3), (date(2026, 5, 5), None, 0, 3), (date(2026, 5, 8), None, 0, 3), (date(2026, 5, 11), 1, 1, 1)]  # fmt: skip


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs())
def test_periods_are_those_of_compare(rows):
    if not rows:
        return
    middle = sorted(moment(row["at"]) for row in rows)[len(rows) // 2]
    since = datetime(middle.year, middle.month, middle.day)
    length = timedelta(days=2)
    scope = Scope(since=since, until=since + length, as_of=since + length)
    found = {row["since"]: row for row in ask("compare_periods", rows, scope=scope)}
    shared = ("messages", "posters", "groups", "joins", "removed")
    for back, expected in enumerate(ask("compare", rows, scope=scope)):
        if row := found.get((since - back * length).date()):
            assert [row[name] for name in shared] == [expected[name] for name in shared]


def test_days_by_hand():
    rows = ask("compare_days", LOG, days=8, scope=WEEK)
    found = [(row["day"].day, row["messages"], row["posters"], row["messages_before"]) for row in rows]
    # 3 May holds nothing; on the 4th a; on the 5th b, twice; the 12th against the 5th; the 17th against the 10th
    assert found == [
        (10, 1, 1, None), (11, 1, 1, 1), (12, 2, 2, 2), (13, None, None, None), (14, None, None, None), (15, 0, 0, None), (16, 0, 0, None), (17, 1, 1, 1),
    ]  # fmt: skip
    assert ask("compare_days", [], scope=WEEK) == []
