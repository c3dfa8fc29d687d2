"""`churn` against figures worked out by hand and against sets in plain Python."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.dataset import Scope
from support.logs import EXAMPLES, logs, scopes, seen
from support.messages import EVER, NEVER, moment
from support.questions import ask, table

FIVE_WEEKS = (
    # Monday 4 May 2026: a b c
    {"at": "2026-05-04 09:00:00", "sender_id": "a"},
    {"at": "2026-05-05 09:00:00", "sender_id": "b"},
    {"at": "2026-05-06 09:00:00", "sender_id": "c"},
    # 11 May: a again, d for the first time; c is removed
    {"at": "2026-05-11 09:00:00", "sender_id": "a"},
    {"at": "2026-05-12 09:00:00", "sender_id": "d"},
    {"at": "2026-05-13 09:00:00", "event": "removed", "actor_id": "a", "target_ids": ["c"]},
    # 18 May: a, and b and c are back
    {"at": "2026-05-18 09:00:00", "sender_id": "a"},
    {"at": "2026-05-19 09:00:00", "sender_id": "c"},
    {"at": "2026-05-24 09:00:00", "sender_id": "b"},
    # 25 May: d is back, e is new
    {"at": "2026-05-25 09:00:00", "sender_id": "d"},
    {"at": "2026-05-26 09:00:00", "sender_id": "e"},
    # 1 June, a Monday: the data ends
    {"at": "2026-06-01 09:00:00", "sender_id": "a"},
)
FLOWS = ("speakers", "new", "retained", "resurrected", "lapsed", "speakers_before", "quick_ratio")
MAY = [date(2026, 5, day) for day in (4, 11, 18, 25)]


def weeks(rows=FIVE_WEEKS, **asked):
    return ask("churn", rows, **({"per": "week", "coverage": 0.25} | asked))  # two days of seven


def test_five_weeks_by_hand():
    rows = weeks()
    assert table(rows, "period", "state", "days") == [
        (MAY[0], "first", 3),
        (MAY[1], "whole", 3),
        (MAY[2], "whole", 3),
        (MAY[3], "whole", 2),
        (date(2026, 6, 1), "unfinished", 1),
    ]
    assert table(rows, *FLOWS) == [
        (3, None, None, None, None, None, None),
        (2, 1, 1, 0, 2, 3, 0.5),  # d came; b and c fell silent
        (3, 0, 1, 2, 1, 2, 2.0),  # b and c are back; d fell silent
        (2, 1, 0, 1, 3, 3, round(2 / 3, 12)),  # e came, d is back; a b c fell silent
        (1, 0, 0, 1, None, None, None),  # a is back; who falls silent is not known yet
    ]
    assert table(rows, "leaves_self", "leaves_removed") == [(None, None), (None, 1), *[(None, None)] * 3]
    assert {row["lapse_rate"] for row in rows} == {None}  # of fewer than 5


def test_the_rate_has_a_floor_of_five():
    def of(n):
        begin = moment("2026-05-04 09:00")
        rows = [{"at": begin + timedelta(days=day), "sender_id": "p0"} for day in range(14)]
        return weeks(rows + [{"at": begin, "sender_id": f"p{k}"} for k in range(1, n)])[1]["lapse_rate"]

    assert of(4) is None
    assert of(5) == 0.8


def test_a_month_and_blocks_that_count_back_from_the_end():
    months = ask("churn", FIVE_WEEKS, per="month", coverage=0.3)
    assert table(months, "period", "last_day", "state") == [
        (date(2026, 5, 1), date(2026, 5, 31), "first"),
        (date(2026, 6, 1), date(2026, 6, 30), "unfinished"),
    ]
    assert table(months, *FLOWS[:5]) == [(5, None, None, None, None), (1, 0, 1, 0, None)]  # 11 of 31 days hold data
    blocks = ask("churn", FIVE_WEEKS, coverage=0.0)  # 28 days to 1 June begin on 5 May, so that one day is left
    assert table(blocks, "period", "last_day", "days", "speakers", "new", "lapsed") == [
        (date(2026, 4, 7), date(2026, 5, 4), 1, 1, None, None),
        (date(2026, 5, 5), date(2026, 6, 1), 11, 5, 4, 0),  # all but a are new
    ]
    assert table(ask("churn", FIVE_WEEKS), "state", "new", "lapsed") == [("first", None, None), ("holes", None, None)]


def test_a_hole_is_no_silence():
    told = [row for row in FIVE_WEEKS if not "2026-05-11" <= row["at"] < "2026-05-18"]
    rows = weeks(told)
    assert table(rows, "state", *FLOWS[:5]) == [
        ("first", 3, None, None, None, None),
        ("holes", None, None, None, None, None),
        ("whole", 3, None, None, None, None),  # nothing is known of the week before
        ("whole", 2, 2, 0, 0, 3),
        ("unfinished", 1, 0, 0, 1, None),
    ]
    others = [{"at": f"2026-05-{day} 12:00:00", "group_id": "h", "sender_id": "x"} for day in (11, 12)]
    quiet = [row for row in weeks([*told, *others]) if row["group_id"] == "g"]
    assert table(quiet[1:3], "state", *FLOWS[:5]) == [("whole", 0, 0, 0, 0, 3), ("whole", 3, 0, 0, 3, 0)]


def test_a_group_that_is_heard_of_late_in_a_period_is_not_compared():
    late = [row for row in FIVE_WEEKS if row["at"] > "2026-05-06"]
    others = [{"at": f"2026-05-{day:02} 12:00:00", "group_id": "h", "sender_id": "x"} for day in (4, 5, 6, 7, 8)]
    rows = [row for row in weeks([*late, *others], coverage=0.5) if row["group_id"] == "g"]
    assert table(rows[:2], "state", "days", "new", "lapsed") == [("first", 3, None, None), ("holes", 3, None, None)]


def test_staff_are_apart_and_people_without_notice_are_not_gone():
    rows = [
        *FIVE_WEEKS,
        {"at": "2026-05-12 10:00:00", "sender_id": "s"},
        {"at": "2026-05-14 10:00:00", "event": "left", "actor_id": "b"},
        {"at": "2026-05-14 10:00:00", "event": "removed", "actor_id": "a", "target_ids": ["x", "s"]},
        {"at": "2026-05-14 10:00:00", "event": "removed", "actor_id": "a"},
    ]
    found = weeks(rows, scope=Scope(staff=frozenset("s")))
    assert table(found, "speakers") == [(3,), (2,), (3,), (2,), (1,)]
    assert table(found[1:3], "leaves_self", "leaves_removed") == [(1, 3), (None, None)]  # c, x, and one without a name


def roster(day, ids, **more):
    return [{"member_id": id, "seen_at": moment(f"2026-{day} 04:00:00"), **more} for id in ids]


def test_rosters_at_two_dates():
    members = roster("05-10", "abcx") + roster("05-17", "abdxx") + roster("05-18", "ab", complete=False)
    members += roster("05-24", "ad") + roster("06-05", "ad")
    rows = weeks(members=members)
    assert table(rows, "leaves_roster", "leaves_confirmed", "roster_since") == [
        (None, None, None),  # the first roster: compared with nothing
        (1, 1, date(2026, 5, 10)),  # c, whose removal is between the two
        (2, 0, date(2026, 5, 17)),  # b and x
        (None, None, None),
        (
            0,
            0,
            date(2026, 5, 24),
        ),  # nobody, and that is known; it is newer than the data, so it goes to the last period
    ]
    late = weeks(members=members, scope=Scope(as_of=moment("2026-05-20")))
    assert table(late[-1:], "leaves_roster") == [(None,)]
    assert table(weeks(members=members, scope=Scope(staff=frozenset("c"))), "leaves_roster")[1] == (0,)


def test_the_window_chooses_periods_and_cuts_none():
    scope = Scope(since=moment("2026-05-20"), until=moment("2026-05-27"))
    assert weeks(scope=scope) == [
        weeks()[2],
        {**weeks()[3], "state": "unfinished", "lapsed": None, "speakers_before": None, "quick_ratio": None},
    ]


def brute(rows, scope, per, coverage):
    """The same by sets of speakers: (group, period) → figures."""
    history, posts, day = seen(rows, scope)
    observed = {day(row) for row in history}
    if not posts:
        return {}
    first, last = min(observed), max(observed)

    def begin(d):
        if per == "28-days":
            return last - timedelta(days=(last - d).days // 28 * 28 + 27)
        return d - timedelta(days=d.weekday()) if per == "week" else d.replace(day=1)

    def end(d):
        if per == "month":
            return (d + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return d + timedelta(days=27 if per == "28-days" else 6)

    def in_window(d):
        at = moment(f"{d} {scope.day_start:02}:00:00")
        return at < (scope.until or NEVER) and at + timedelta(days=1) > (scope.since or EVER)

    out = {}
    for group in {row["group_id"] for row in posts}:
        mine = [row for row in posts if row["group_id"] == group]
        born = min(map(day, mine))
        life = [born + timedelta(days=n) for n in range((last - born).days + 1)]
        all_days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        past, before, good, told = set(), set(), False, []
        for period in sorted({begin(d) for d in life}):
            days = [d for d in life if begin(d) == period and d in observed]
            who = {row["sender_id"] for row in mine if begin(day(row)) == period} - scope.staff
            known = bool(days) and len(days) >= coverage * ((end(period) - period).days + 1)
            over = end(period) <= last
            followed, compared = good and bool(days) and (known or not over), good and known and over
            told.append(period)
            if any(in_window(d) for d in all_days if begin(d) == period):
                out[group, period] = {
                    "days": len(days),
                    "last_day": end(period),
                    "speakers": len(who) if days else None,
                    "new": len(who - past) if followed else None,
                    "retained": len(who & before) if followed else None,
                    "resurrected": len(who & past - before) if followed else None,
                    "lapsed": len(before - who) if compared else None,
                    "speakers_before": len(before) if compared else None,
                    "state": "first" if len(told) == 1 else "whole" if known and over else "holes" if over else "unfinished",
                }  # fmt: skip
            past, before, good = past | who, who, known
    return out


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), scopes(), st.sampled_from(["28-days", "week", "month"]), st.sampled_from([0.0, 0.25, 0.75]))
def test_sets_give_the_same_and_the_accounts_balance(rows, scope, per, coverage):
    found = ask("churn", rows, scope=scope, per=per, coverage=coverage)
    expected = brute(rows, scope, per, coverage)
    assert {
        (row["group_id"], row["period"]): {name: row[name] for name in told} for row, told in _beside(found, expected)
    } == expected
    assert table(found, "period", "group_id") == sorted(table(found, "period", "group_id"))
    for row in found:
        if row["new"] is not None:
            assert row["speakers"] == row["new"] + row["retained"] + row["resurrected"]
        if row["lapsed"] is not None:
            assert row["speakers_before"] + row["new"] + row["resurrected"] - row["lapsed"] == row["speakers"]
            assert row["quick_ratio"] == (
                pytest.approx((row["new"] + row["resurrected"]) / row["lapsed"], abs=1e-11) if row["lapsed"] else None
            )


def _beside(found, expected):
    return [(row, expected[row["group_id"], row["period"]]) for row in found]
