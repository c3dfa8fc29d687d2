"""`churn_silent` against figures worked out by hand and against plain Python."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.analyze import analyze
from qunkit.dataset import Scope
from qunkit.engines.duckdb import connect
from support.logs import EXAMPLES, logs, scopes, seen
from support.messages import moment, write_snapshot
from support.questions import ask, table

TWELVE = (
    {"at": "2026-05-01 09:00:00", "sender_id": "a"},
    {"at": "2026-05-01 10:00:00", "sender_id": "b"},
    {"at": "2026-05-01 11:00:00", "sender_id": "c"},
    {"at": "2026-05-02 09:00:00", "sender_id": "b"},
    {"at": "2026-05-02 23:30:00", "sender_id": "b"},
    {"at": "2026-05-03 09:00:00", "event": "invited", "actor_id": "a", "target_ids": ["d", "n"]},
    {"at": "2026-05-04 09:00:00", "sender_id": "d"},
    {"at": "2026-05-05 09:00:00", "event": "removed", "actor_id": "a", "target_ids": ["c"]},
    # 6 to 8 May: nothing in any group
    {"at": "2026-05-09 09:00:00", "sender_id": "a"},
    {"at": "2026-05-10 09:00:00", "sender_id": "s"},
    {"at": "2026-05-11 09:00:00", "sender_id": "a"},
    {"at": "2026-05-12 09:00:00", "sender_id": "a"},
)
SEEN = moment("2026-05-12 00:00")
ROSTER = [
    {"member_id": "a", "seen_at": SEEN, "role": "owner"},
    {"member_id": "d", "seen_at": SEEN, "role": "member", "joined_at": moment("2026-05-03 01:00")},
    {"member_id": "n", "seen_at": SEEN},
    {"member_id": "o", "seen_at": SEEN, "joined_at": moment("2025-03-01 01:00")},
]
SHOWN = ("member_id", "state", "last_spoke", "days_silent", "active_days", "joined", "role")


def test_twelve_rows_by_hand():
    # Days with data: 1 2 3 4 5, 9 10 11 12. b: 3 4 5 9 10 11 12; d: 5 9 10 11 12. c was removed, n never spoke: there is no roster.
    rows = ask("churn_silent", TWELVE, scope=Scope(staff=frozenset("s")), days=5)
    assert table(rows, *SHOWN) == [
        ("b", "silent", moment("2026-05-02 23:30:00"), 7, 2, None, None),
        ("d", "silent", moment("2026-05-04 09:00:00"), 5, 1, date(2026, 5, 3), None),
    ]
    assert [row["member_id"] for row in ask("churn_silent", TWELVE, days=6)] == ["b"]
    assert ask("churn_silent", TWELVE) == []


def test_with_a_roster_who_never_spoke_is_known_and_who_is_gone():
    rows = ask("churn_silent", TWELVE, members=ROSTER, scope=Scope(staff=frozenset("s")), days=5)
    # b is not on the roster. n joined on the 3rd: 4 5 9 10 11 12; o before the log, which begins on the 1st: 8 days after it.
    assert table(rows, *SHOWN) == [
        ("d", "silent", moment("2026-05-04 09:00:00"), 5, 1, date(2026, 5, 3), "member"),
        ("o", "never", None, 8, 0, date(2025, 3, 1), None),
        ("n", "never", None, 6, 0, date(2026, 5, 3), None),
    ]
    staff = ask("churn_silent", TWELVE, members=ROSTER, scope=Scope(staff=frozenset("so")), days=99)
    assert [row["member_id"] for row in staff] == ["n"]


def test_an_incomplete_list_tells_of_nobody_who_never_spoke():
    rows = ask("churn_silent", TWELVE, members=[{**row, "complete": False} for row in ROSTER], days=5)
    assert [row["member_id"] for row in rows] == ["b", "d"]
    assert rows[1]["role"] == "member"


def test_who_left_is_no_more_to_be_called_unless_they_are_back():
    def silent(*more, members=()):
        rows = ask("churn_silent", [*TWELVE, *more], members=members, days=5)
        return [row["member_id"] for row in rows]

    gone = {"at": "2026-05-10 10:00:00", "event": "left", "actor_id": "b"}
    back = {"at": "2026-05-10 11:00:00", "event": "joined_qr", "target_ids": ["b"]}
    assert silent(gone) == ["d"]
    assert silent(gone, back) == ["b", "d"]
    removed = {"at": "2026-05-12 08:30:00", "event": "removed", "target_ids": ["n"]}  # after the roster of 08:00
    assert silent(removed, members=ROSTER) == ["d", "o"]
    before = {"at": "2026-05-12 07:30:00", "event": "removed", "target_ids": ["n"]}
    assert silent(before, members=ROSTER) == ["d", "o", "n"]


def beyond(spoke, others, **more):
    """Whether a is silent beyond their rhythm, who spoke on the first `spoke` of days on all of which b did; None: it is not said."""
    log = [{"at": f"2026-{1 + n // 28:02}-{1 + n % 28:02} 09:00:00", "sender_id": "b"} for n in range(others)]
    log += [{"at": f"2026-{1 + n // 28:02}-{1 + n % 28:02} 08:00:00", "sender_id": "a"} for n in range(spoke)]
    return next(
        row["beyond"]
        for row in ask("churn_silent", [*log, *more.pop("log", ())], days=0, **more)
        if row["member_id"] == "a"
    )


def test_silence_beyond_ones_own_rhythm_by_hand():
    # of two members: A = 2k, B = r. (10/56)^4 = 0.00102, (10/57)^4 = 0.00095; (20/43)^9 = 0.00102, (20/44)^9 = 0.00083; (60/76)^29 = 0.00105, (60/77)^29 = 0.00072
    assert [beyond(5, 5 + r) for r in (0, 46, 47)] == [False, False, True]
    assert [beyond(10, 10 + r) for r in (23, 24)] == [False, True]
    assert [beyond(30, 30 + r) for r in (16, 17)] == [False, True]
    assert beyond(4, 84) is None
    # 11 days of the first 19, for they spoke again on the 19th: A = 30; (30/59)^10 = 0.00115, (30/60)^10 = 0.00098
    again = [{"at": "2026-01-19 08:00:00", "sender_id": "a"}]
    assert [beyond(10, 19 + r, log=again) for r in (29, 30)] == [False, True]


def test_where_members_do_not_talk_nobody_is_silent():
    # b spoke on 23 days since. Then the staff's alone, another group's, and a hole.
    later = [{"at": "2026-03-10 09:00:00", "sender_id": "s"}, {"at": "2026-03-12 09:00:00", "sender_id": "b", "group_id": "h"}]  # fmt: skip
    scope = Scope(staff=frozenset("s"))
    assert beyond(10, 33, log=later, scope=scope) is False
    flood = [{"at": f"2026-03-10 09:00:{n:02}", "sender_id": "b", "group_id": "h"} for n in range(9)]
    assert beyond(10, 33, log=flood, scope=scope) is False
    # two members on one day are as much talk as one on two
    more = [{"at": "2026-02-05 10:00:00", "sender_id": "c"}, *later]
    assert beyond(10, 33, log=more, scope=scope) is True


def test_who_is_beyond_is_listed_however_short_the_silence():
    log = [{"at": f"2026-01-{1 + n:02} 09:00:00", "sender_id": "a" if n < 10 else "b"} for n in range(22)]
    assert [(row["member_id"], row["days_silent"], row["beyond"]) for row in ask("churn_silent", log)] == [
        ("a", 12, True)
    ]
    assert ask("churn_silent", log[:-1]) == []


def test_the_note_says_what_is_missing():
    def notes(members):
        with TemporaryDirectory() as folder, connect(write_snapshot(Path(folder), TWELVE, members), Scope()) as engine:
            return [note.say("en") for note in analyze(engine, "churn_silent", scope=Scope()).notes]

    assert [text[:21] for text in notes([])] == ["Who never spoke is kn"]
    assert notes(ROSTER) == []


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), scopes(), st.sampled_from([0, 1, 5, 20]))
def test_plain_python_gives_the_same(rows, scope, days):
    history, posts, day = seen(rows, scope)
    observed = {day(row) for row in history}
    expected = {}
    for key in {(row["group_id"], row["sender_id"]) for row in posts if row["sender_id"] not in scope.staff}:
        group, who = key
        mine = [row for row in posts if (row["group_id"], row["sender_id"]) == key]
        last = max(row["at"] for row in mine)
        events = [row for row in history if row["group_id"] == group and who in row.get("target_ids", ())]
        gone = max((row["at"] for row in events if row["event"] == "removed"), default=None)
        joined = max((row["at"] for row in events if row["event"] == "invited"), default=None)
        silent = len([d for d in observed if d > day({"at": last})])
        talk = {(day(row), row["sender_id"]) for row in posts if row["group_id"] == group and row["sender_id"] not in scope.staff}  # fmt: skip
        spoke = {day(row) for row in mine}
        before, since = len([d for d, _ in talk if min(spoke) <= d <= max(spoke)]), len([d for d, _ in talk if d > max(spoke)])  # fmt: skip
        beyond = (before / (before + since)) ** (len(spoke) - 1) < 0.001 if len(spoke) >= 5 else None
        if (silent >= days or beyond) and not (gone and gone > max(filter(None, (last, joined)))):
            expected[key] = (last, silent, len(spoke), beyond, joined and joined.date())
    found = ask("churn_silent", rows, scope=scope, days=days)
    shown = table(found, "last_spoke", "days_silent", "active_days", "beyond", "joined")
    assert dict(zip(table(found, "group_id", "member_id"), shown, strict=True)) == expected
    order = [(-row["active_days"], -row["days_silent"], row["group_id"], row["member_id"]) for row in found]
    assert order == sorted(order)
