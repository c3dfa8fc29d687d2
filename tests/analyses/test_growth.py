"""`growth` against figures worked out by hand and against lists in plain Python."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.dataset import Scope
from qunkit.engines.duckdb import connect
from qunkit.methods.joins import JOINS as TOLD
from qunkit.methods.moves import MOVES
from support.logs import BEGIN, EXAMPLES, PEOPLE, logs, scopes, seen
from support.messages import EVER, NEVER, moment, write_snapshot
from support.questions import ask, notes, table

THREE_WEEKS = (
    # Monday 4 May 2026: a makes the group with b and c, and invites d
    {"at": "2026-05-04 09:00:00", "event": "invited", "actor_id": "a", "target_ids": ["b", "c"]},
    {"at": "2026-05-04 09:05:00", "sender_id": "a"},
    {"at": "2026-05-05 09:00:00", "event": "invited", "actor_id": "a", "target_ids": ["d"]},
    # 11 May: e by b's QR code, f and s (staff) by a, d leaves unseen and comes again, c is removed
    {"at": "2026-05-11 09:00:00", "event": "joined_qr", "actor_id": "b", "target_ids": ["e"]},
    {"at": "2026-05-12 09:00:00", "event": "invited", "actor_id": "a", "target_ids": ["f", "s"]},
    {"at": "2026-05-13 09:00:00", "event": "invited", "actor_id": "b", "target_ids": ["d"]},
    {"at": "2026-05-14 09:00:00", "event": "removed", "actor_id": "a", "target_ids": ["c"]},
    {"at": "2026-05-15 09:00:00", "event": "joined", "target_ids": ["g"]},
    {"at": "2026-05-15 10:00:00", "sender_id": "s"},
    # 18 May: nobody comes; Monday 25 May: the data ends with a guest whose name is lost
    {"at": "2026-05-18 09:00:00", "sender_id": "a"},
    {"at": "2026-05-20 09:00:00", "sender_id": "b"},
    {"at": "2026-05-25 09:00:00", "event": "invited", "actor_id": "a"},
)
STAFF = Scope(staff=frozenset("s"))
MAY = [date(2026, 5, day) for day in (4, 11, 18, 25)]
JOINS = ("joins", "joiners", "rejoins", "joins_invite", "joins_link", "joins_qr", "joins_other", "batch", "staff_joins")


def weeks(rows=THREE_WEEKS, **asked):
    return ask("growth", rows, **({"per": "week", "coverage": 0.25, "scope": STAFF} | asked))  # two days of seven


def test_three_weeks_by_hand():
    rows = weeks()
    assert table(rows, "period", "state") == list(zip(MAY, ("first", "whole", "whole", "unfinished"), strict=True))
    assert table(rows, *JOINS) == [
        (1, 1, 0, 1, None, 0, 0, 2, 0),  # d; b and c founded the group
        (4, 4, 1, 2, None, 1, 1, 0, 1),  # e f d g, of whom d for the second time; s is staff
        (0, 0, 0, 0, None, 0, 0, 0, 0),
        (1, 1, 0, 1, None, 0, 0, 0, 0),
    ]
    assert table(rows, "leaves_self", "leaves_removed", "net", "leave_rate") == [
        (None, None, None, None),
        (None, 1, None, None),  # that c was removed does not say that nobody left
        (None, None, None, None),
        (None, None, None, None),
    ]
    months = ask("growth", THREE_WEEKS, per="month", scope=STAFF)
    assert table(months, *JOINS) == [(6, 5, 1, 4, None, 1, 1, 2, 1)]  # six person-times of five persons: d twice


def test_invitations_without_names_are_a_lower_bound():
    assert [
        note for note in notes("growth", THREE_WEEKS) if note.startswith("1 invitations do not say whose")
    ]  # of 25 May
    named = THREE_WEEKS[:-1]
    assert not [note for note in notes("growth", named) if "invitations" in note]
    several = [*named, {"at": "2026-05-24 09:00:00", "event": "invited", "actor_id": "a", "target_ids": [None], "target_names": [None]}]  # fmt: skip
    assert table(weeks(several), "joins", "joiners", "joins_invite")[2] == (1, 1, 1)
    assert [note for note in notes("growth", several) if "joins are at least what is shown" in note]


def test_by_inviter():
    rows = weeks(by="inviter")
    assert table(rows, "period", "inviter_id", "inviter_name", *JOINS) == [
        (MAY[0], "a", "Name a", 1, 1, 0, 1, None, 0, 0, 2, 0),
        (MAY[1], "b", "Name b", 2, 2, 1, 1, None, 1, 0, 0, 0),
        (MAY[1], None, None, 1, 1, 0, 0, None, 0, 1, 0, 0),
        (MAY[1], "a", "Name a", 1, 1, 0, 1, None, 0, 0, 0, 1),
        (MAY[3], "a", "Name a", 1, 1, 0, 1, None, 0, 0, 0, 0),
    ]
    assert {row["leaves_removed"] for row in rows} == {None}


def test_nothing_is_not_none():
    posts = [{"at": f"2026-05-{day:02}", "sender_id": "a"} for day in (4, 5, 11, 12)]
    assert set(table(weeks(posts), *JOINS)) == {(None,) * len(JOINS)}  # an export without notices
    for event in ("other", "renamed"):  # a notice whose content is lost, or of something else, says nothing of joins
        told = [*posts, {"at": "2026-05-12 10:00:00", "event": event, "actor_id": "a"}]
        assert set(table(weeks(told), *JOINS)) == {(None,) * len(JOINS)}
        assert table(ask("growth_invites", told), "invited", "inviters", "k") == [(None, None, None)]
        for name in ("growth", "growth_invites"):
            assert [note for note in notes(name, told) if "1 groups hold no notice" in note]
    told = [*posts, {"at": "2026-05-12 10:00:00", "event": "removed", "actor_id": "a", "target_ids": ["b"]}]
    assert table(weeks(told), "joins", "joins_link", "net") == [(0, None, None)] * 2
    assert not [note for note in notes("growth", told) if "hold no notice" in note]
    hole = [row for row in THREE_WEEKS if not "2026-05-18" <= row["at"] < "2026-05-25"]
    assert table(weeks(hole), "state", "joins")[2] == ("holes", None)


def test_chat_programs_that_say_who_leaves():
    begin = {"at": "2026-05-04 08:00:00", "sender_id": "a"}
    rows = [
        begin,
        {"at": "2026-05-05 09:00:00", "event": "joined", "actor_id": "a", "target_ids": ["b"]},
        {"at": "2026-05-06 09:00:00", "event": "joined", "target_ids": ["c"]},
        {"at": "2026-05-07 09:00:00", "event": "left", "actor_id": "b"},
    ]
    of = ("joins", "joins_link", "joins_other", "leaves_self", "net", "net_how")
    assert table(weeks({**row, "platform": "telegram"} for row in rows), *of) == [(2, 1, 1, 1, 1, "notice")]
    assert table(weeks({**row, "platform": "line"} for row in rows), *of) == [(2, None, 2, 1, 1, "notice")]
    assert table(weeks(rows), *of) == [(2, None, 2, 1, None, None)]  # WeChat tells some, at most
    assert table(weeks({**row, "platform": "line"} for row in rows[:-1]), "net") == [(None,)]


def roster(day, ids, **more):
    return [{"member_id": id, "seen_at": moment(f"2026-{day} 04:00:00"), **more} for id in ids]


def test_rosters_at_two_dates():
    members = (
        roster("05-05", "abcds")
        + roster("05-12", "abefx")
        + roster("05-17", "abefgs")
        + roster("05-16", "a", complete=False)
    )
    rows = weeks(members=members)
    assert table(rows[:3], "joins_roster", "leaves_roster", "roster_since", "members_before", "members", "net", "net_how") == [
        (None, None, None, None, 4, None, None),  # a b c d; the first roster is compared with nothing
        (4, 3, date(2026, 5, 5), 4, 5, 1, "roster"),  # e f x came, c d went; then g came, x went
        (None, None, None, None, None, None, None),
    ]  # fmt: skip
    assert table(weeks(members=members), "leave_rate")[1] == (None,)  # of fewer than 5
    members = [*roster("05-05", ["t", *"abcds"]), *members[5:]]
    assert table(weeks(members=members), "leave_rate")[1] == (4 / 5,)  # c d t, then x


def test_dates_of_a_roster():
    posts = [{"at": f"2026-05-{day:02}", "sender_id": "a"} for day in (4, 5, 11, 12)]
    at = moment("2026-05-05 00:00:00")
    members = [
        {"member_id": "b", "joined_at": at, "invited_by": "a", "seen_at": moment("2026-06-01")},
        {"member_id": "c", "joined_at": at - timedelta(days=900), "seen_at": moment("2026-06-01")},
    ]
    rows = weeks(posts, members=members)
    assert table(rows, "state", "joins", "joins_invite", "batch", "members") == [
        ("before", 1, None, None, None),  # c, years before the log
        ("first", 1, 1, 0, None),
        ("unfinished", 0, 0, 0, 2),
    ]


def test_a_roster_that_says_how_tells_links_apart():
    posts = [{"at": f"2026-05-{day:02}", "sender_id": "a"} for day in (4, 5, 11, 12)]
    at = moment("2026-05-05 00:00:00")
    ways = {"b": "link", "c": "link", "d": "qr", "e": "invite", "f": None}
    members = [
        {"member_id": who, "joined_at": at, "join_source": way, "seen_at": moment("2026-06-01")} for who, way in ways.items()
    ]  # fmt: skip
    rows = weeks(posts, members=members)
    assert table(rows, "joins", "joins_invite", "joins_link", "joins_qr", "joins_other") == [(5, 1, 2, 1, 1), (0, 0, 0, 0, 0)]  # fmt: skip


def test_who_joined_before_the_first_message_is_counted():
    rows = [{"at": "2026-05-04 09:00:00", "event": "invited", "actor_id": "a", "target_ids": ["b"]}, *THREE_WEEKS[9:11]]
    assert table(weeks(rows), "period", "state", "joins") == [(MAY[0], "first", 1), (MAY[1], "holes", None), (MAY[2], "unfinished", 0)]  # fmt: skip
    assert table(weeks(rows[:1]), "state", "joins") == [("first", 1)]  # a group in which nobody has spoken


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), st.lists(st.tuples(st.sampled_from(PEOPLE), st.integers(-60, 60), st.sampled_from("gx")), max_size=6), st.sampled_from(["28-days", "week", "month"]))  # fmt: skip
def test_joins_of_all_periods_are_all_joins(tmp_path_factory, rows, listed, per):
    members = [
        {"member_id": who, "group_id": group, "joined_at": BEGIN + timedelta(days=n)} for who, n, group in listed
    ]
    with connect(write_snapshot(tmp_path_factory.mktemp("all"), rows, members), Scope(), threads=1) as engine:
        [all_] = engine.sql(f"WITH {MOVES}, {TOLD} SELECT COUNT(*) AS n FROM joins ORDER BY n")["n"].to_pylist()
    for by in ("group", "inviter"):
        found = ask("growth", rows, members=members, per=per, by=by)
        assert sum(row[name] or 0 for row in found for name in ("joins", "batch", "staff_joins")) == all_


def test_the_window_chooses_periods_and_cuts_none():
    scope = Scope(since=moment("2026-05-13"), until=moment("2026-05-20"), staff=frozenset("s"))
    assert weeks(scope=scope) == [weeks()[1], {**weeks()[2], "state": "unfinished", "days": 1}]


def brute(rows, scope, per):
    """The same by lists: (group, period) → figures."""
    history, posts, day = seen(rows, scope)
    if not history:
        return {}
    last = max(map(day, history))
    all_days = [min(map(day, history)) + timedelta(days=n) for n in range((last - min(map(day, history))).days + 1)]

    def begin(d):
        if per == "28-days":
            return last - timedelta(days=(last - d).days // 28 * 28 + 27)
        return d - timedelta(days=d.weekday()) if per == "week" else d.replace(day=1)

    def in_window(d):
        at = moment(f"{d} {scope.day_start:02}:00:00")
        return at < (scope.until or NEVER) and at + timedelta(days=1) > (scope.since or EVER)

    out = {}
    for group in {row["group_id"] for row in posts} | {
        row["group_id"] for row in history if row.get("event") == "invited"
    }:
        mine = [row for row in history if row["group_id"] == group]
        joins = [(row["at"], who) for row in mine if row.get("event") == "invited" for who in row["target_ids"]]
        first = min(joins, default=(None,))[0]
        born = min(
            [*(day(row) for row in posts if row["group_id"] == group), *(min(at.date(), last) for at, _ in joins)]
        )
        spoke = min((row["at"] for row in posts if row["group_id"] == group), default=NEVER)
        founders = [one for one in joins if first <= spoke and one[0] <= first + timedelta(seconds=60)]
        founders = founders if len(founders) > 1 else []
        staff = {row["sender_id"] for row in posts if row["group_id"] == group} & scope.staff
        notices = any("event" in row for row in mine)
        for period in sorted({begin(d) for d in all_days if d >= born}):
            if not any(in_window(d) for d in all_days if begin(d) == period):
                continue
            seen_days = [d for d in all_days if d >= born and begin(d) == period and d in set(map(day, history))]
            here = [one for one in joins if begin(min(one[0].date(), last)) == period and one[0].date() >= all_days[0]]
            own = [one for one in here if one not in founders and one[1] not in staff]
            times = Counter(who for _, who in own)
            told = notices and (bool(seen_days) or bool(here))
            out[group, period] = (
                len(own) if told else None,
                len(times) if told else None,
                sum(1 for at, who in own if any(one[1] == who and one[0] < at for one in joins)) if told else None,
                len([one for one in here if one in founders and one[1] not in staff]) if told else None,
                len([one for one in here if one[1] in staff]) if told else None,
            )
    return out


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), scopes(), st.sampled_from(["28-days", "week", "month"]))
def test_lists_give_the_same(rows, scope, per):
    unique = {(row["at"], row["group_id"], str(row.get("target_ids"))): row for row in rows if "event" in row}
    once = Counter((row["at"], row["group_id"], who) for row in unique.values() for who in row["target_ids"])
    doubled = {key[:2] for key, times in once.items() if times > 1}  # who comes twice in one instant comes in no order
    rows = [row for row in rows if "event" not in row or (row["at"], row["group_id"]) not in doubled]
    found = ask("growth", rows, scope=scope, per=per)
    keys = table(found, "group_id", "period")
    shown = table(found, "joins", "joiners", "rejoins", "batch", "staff_joins")
    assert dict(zip(keys, shown, strict=True)) == brute(rows, scope, per)
    assert table(found, "period", "group_id") == sorted(table(found, "period", "group_id"))
    for row in found:
        if row["joins"] is not None:
            assert row["joins"] == row["joins_invite"] + row["joins_qr"] + row["joins_other"]
            assert row["joiners"] <= row["joins"]
    by = ask("growth", rows, scope=scope, per=per, by="inviter")
    for name in ("joins", "batch", "staff_joins"):
        assert sum(row[name] or 0 for row in by) == sum(row[name] or 0 for row in found)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.sets(st.sampled_from(PEOPLE))), max_size=5),
    st.sampled_from(["28-days", "week"]),
)
def test_rosters_balance_and_agree_with_churn(made, per):
    rows = [{"at": BEGIN + timedelta(days=n), "sender_id": "p00"} for n in range(40)]
    members = [{"member_id": who, "seen_at": BEGIN + timedelta(days=n, hours=1)} for n, ids in made for who in ids]
    found, churn = (ask(name, rows, members=members, per=per) for name in ("growth", "churn"))
    assert table(found, "period", "leaves_roster", "roster_since") == table(
        churn, "period", "leaves_roster", "roster_since"
    )
    size = None
    for row in found:
        if row["members_before"] is not None:
            assert size is None or row["members_before"] == size  # two rosters may be of one period
            assert row["members_before"] + row["joins_roster"] - row["leaves_roster"] == row["members"]
            assert row["net"] == row["members"] - row["members_before"]
        size = row["members"] if row["members"] is not None else size
