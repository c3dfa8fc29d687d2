"""`churn_cohorts` against figures worked out by hand and against sets in plain Python."""

from __future__ import annotations

from datetime import date, timedelta

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
    # 11 May: a, and d for the first time; staff for the first time
    {"at": "2026-05-11 09:00:00", "sender_id": "a"},
    {"at": "2026-05-12 09:00:00", "sender_id": "d"},
    {"at": "2026-05-13 09:00:00", "sender_id": "s"},
    # 18 May: a b c
    {"at": "2026-05-18 09:00:00", "sender_id": "a"},
    {"at": "2026-05-19 09:00:00", "sender_id": "c"},
    {"at": "2026-05-24 09:00:00", "sender_id": "b"},
    # 25 May: d, and e for the first time
    {"at": "2026-05-25 09:00:00", "sender_id": "d"},
    {"at": "2026-05-26 09:00:00", "sender_id": "e"},
    # 1 June, a Monday: the data ends
    {"at": "2026-06-01 09:00:00", "sender_id": "a"},
)
STAFF = Scope(staff=frozenset("s"))
MAY = {week: date(2026, 5, day) for week, day in enumerate((4, 11, 18, 25))}
SHOWN = ("cohort", "state", "size", "period", "retained", "retained_later", "share", "share_later")


def test_five_weeks_by_hand():
    rows = ask("churn_cohorts", FIVE_WEEKS, scope=STAFF, coverage=0.25)
    assert table(rows, *SHOWN) == [
        (MAY[0], "first", 3, 0, 3, 3, None, None),
        (MAY[0], "first", 3, 1, 1, 3, None, None),  # a; b and c come again later
        (MAY[0], "first", 3, 2, 3, 3, None, None),
        (MAY[0], "first", 3, 3, 0, 1, None, None),  # nobody; a comes again on 1 June
        (MAY[0], "first", 3, 4, None, None, None, None),  # the week of 1 June has not ended
        (MAY[1], "whole", 1, 0, 1, 1, None, None),
        (MAY[1], "whole", 1, 1, 0, 1, None, None),
        (MAY[1], "whole", 1, 2, 1, 1, None, None),
        (MAY[1], "whole", 1, 3, None, None, None, None),
        (MAY[3], "whole", 1, 0, 1, 1, None, None),
        (MAY[3], "whole", 1, 1, None, None, None, None),
    ]
    assert table(rows[3:5], "since") == [(date(2026, 5, 25),), (date(2026, 6, 1),)]


def test_shares_are_of_five_or_more():
    begin = moment("2026-05-04 09:00")
    rows = [{"at": begin + timedelta(days=n), "sender_id": "p0"} for n in range(14)]
    rows += [{"at": begin + timedelta(minutes=n), "sender_id": f"p{n}"} for n in range(1, 5)]
    rows += [{"at": begin + timedelta(days=9), "sender_id": "p1"}]
    assert table(ask("churn_cohorts", rows), "period", "retained", "share", "share_later") == [
        (0, 5, 1.0, 1.0),
        (1, 2, 0.4, 0.4),
    ]


def test_holes_are_null_and_the_window_chooses_cohorts():
    told = [row for row in FIVE_WEEKS if not "2026-05-18" <= row["at"] < "2026-05-25"]
    rows = ask("churn_cohorts", told, scope=STAFF, coverage=0.25)
    assert table(rows[:4], "period", "retained", "retained_later") == [(0, 3, 3), (1, 1, 1), (2, None, None), (3, 0, 1)]
    scope = Scope(staff=frozenset("s"), since=moment("2026-05-12"))
    late = ask("churn_cohorts", FIVE_WEEKS, scope=scope, coverage=0.25)
    assert late == ask("churn_cohorts", FIVE_WEEKS, scope=STAFF, coverage=0.25)[5:]


CAME = (
    # 4 May: a was there. 5 May: a invites b and c, who speak; d scans b's code and speaks on the day after; a's own join is told when they come back
    {"at": "2026-05-04 09:00:00", "sender_id": "a"},
    {"at": "2026-05-05 09:00:00", "event": "invited", "actor_id": "a", "target_ids": ["b", "c"]},
    {"at": "2026-05-05 10:00:00", "sender_id": "b"},
    {"at": "2026-05-05 11:00:00", "sender_id": "c"},
    {"at": "2026-05-06 09:00:00", "event": "joined_qr", "actor_id": "b", "target_ids": ["d"]},
    {"at": "2026-05-07 09:00:00", "sender_id": "d"},
    {"at": "2026-05-09 09:00:00", "event": "invited", "actor_id": "b", "target_ids": ["a"]},
    {"at": "2026-05-11 09:00:00", "sender_id": "b"},
    {"at": "2026-05-12 09:00:00", "sender_id": "d"},
    {"at": "2026-05-17 09:00:00", "sender_id": "a"},
)


def test_how_they_came_by_hand():
    rows = ask("churn_cohorts", CAME, by="source", coverage=0.25)
    assert table(rows, "source", "inviter_id", "size", "period", "retained") == [
        ("invite", None, 2, 0, 2),
        ("invite", None, 2, 1, 1),  # b
        ("qr", None, 1, 0, 1),
        ("qr", None, 1, 1, 1),
        ("unknown", None, 1, 0, 1),  # a spoke five days before they were invited: that was another time
        ("unknown", None, 1, 1, 1),
    ]
    rows = ask("churn_cohorts", CAME, by="inviter", coverage=0.25)
    assert table(rows, "source", "inviter_id", "inviter_name", "size", "period", "retained") == [
        (None, None, None, 1, 0, 1),
        (None, None, None, 1, 1, 1),
        (None, "a", "Name a", 2, 0, 2),
        (None, "a", "Name a", 2, 1, 1),
        (None, "b", "Name b", 1, 0, 1),
        (None, "b", "Name b", 1, 1, 1),
    ]


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), scopes(), st.sampled_from(["source", "inviter"]))
def test_parts_are_the_whole(rows, scope, by):
    whole = ask("churn_cohorts", rows, scope=scope, coverage=0.25)
    parts = {}
    for row in ask("churn_cohorts", rows, scope=scope, coverage=0.25, by=by):
        sums = parts.setdefault((row["group_id"], row["cohort"], row["period"]), [0, 0, 0])
        for n, name in enumerate(("size", "retained", "retained_later")):
            sums[n] += row[name] or 0
    keys = table(whole, "group_id", "cohort", "period")
    figures = [[count or 0 for count in row] for row in table(whole, "size", "retained", "retained_later")]
    assert dict(zip(keys, figures, strict=True)) == parts


def brute(rows, scope, per, coverage):
    """The same by sets: (group, cohort, n) → figures."""
    history, posts, day = seen(rows, scope)
    observed = {day(row) for row in history}
    if not posts:
        return {}
    last, all_days = (
        max(observed),
        [min(observed) + timedelta(days=n) for n in range((max(observed) - min(observed)).days + 1)],
    )
    begin = {
        "week": lambda d: d - timedelta(days=d.weekday()),
        "month": lambda d: d.replace(day=1),
        "28-days": lambda d: last - timedelta(days=(last - d).days // 28 * 28 + 27),
    }[per]
    length = lambda d: {"week": 7, "28-days": 28, "month": ((d + timedelta(31)).replace(day=1) - d).days}[per]  # noqa: E731

    def in_window(d):
        at = moment(f"{d} {scope.day_start:02}:00:00")
        return at < (scope.until or NEVER) and at + timedelta(days=1) > (scope.since or EVER)

    out = {}
    for group in {row["group_id"] for row in posts}:
        mine = [row for row in posts if row["group_id"] == group]
        born = min(map(day, mine))
        periods = sorted({begin(d) for d in all_days if d >= born})
        who = {
            period: {row["sender_id"] for row in mine if begin(day(row)) == period} - scope.staff for period in periods
        }
        held = {period: len([d for d in observed if d >= born and begin(d) == period]) for period in periods}
        known = {period: held[period] > 0 and held[period] >= coverage * length(period) for period in periods}
        over = {period: period + timedelta(days=length(period) - 1) <= last for period in periods}
        met = set()
        for k, cohort in enumerate(periods):
            fresh, met = who[cohort] - met, met | who[cohort]
            if not fresh or not any(in_window(d) for d in all_days if begin(d) == cohort):
                continue
            state = "first" if k == 0 else "unfinished" if not over[cohort] else "whole" if known[cohort] else "holes"
            for n, period in enumerate(periods[k:]):
                then = fresh & who[period]
                later = fresh & set().union(*(who[one] for one in periods[k + n :]))
                told = known[period] and over[period]
                out[group, cohort, n] = (
                    state,
                    len(fresh),
                    period,
                    len(then) if told else None,
                    len(later) if told else None,
                )
    return out


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), scopes(), st.sampled_from(["week", "month", "28-days"]), st.sampled_from([0.0, 0.25, 0.75]))
def test_sets_give_the_same(rows, scope, per, coverage):
    found = ask("churn_cohorts", rows, scope=scope, per=per, coverage=coverage)
    keys = table(found, "group_id", "cohort", "period")
    shown = table(found, "state", "size", "since", "retained", "retained_later")
    assert dict(zip(keys, shown, strict=True)) == brute(rows, scope, per, coverage)
    assert keys == sorted(keys)
    for row in found:
        if row["share"] is not None:
            assert row["retained"] <= row["retained_later"] <= row["size"]
            assert abs(row["share"] * row["size"] - row["retained"]) < 1e-9
            assert abs(row["share_later"] * row["size"] - row["retained_later"]) < 1e-9
