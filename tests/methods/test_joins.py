"""`joins` against lists made by hand and against a plain walk through everything that says that somebody joined."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.dataset import Scope
from qunkit.engines.duckdb import connect
from qunkit.methods.joins import JOINS
from qunkit.methods.moves import MOVES
from support.logs import BEGIN, EXAMPLES
from support.messages import moment, write_snapshot

SHOWN = "group_id, member_id, CAST(joined_at AS VARCHAR) AS joined_at, inviter_id, source, batch, nth"


def joins(folder, rows, members=(), shown=SHOWN):
    with connect(write_snapshot(folder, rows, members), Scope(), threads=1) as engine:
        found = engine.sql(
            f"WITH {MOVES}, {JOINS} SELECT {shown} FROM joins ORDER BY group_id, joined_at, member_id, source"
        )
        return [tuple(row.values()) for row in found.to_pylist()]


def told(at, event, actor, *targets, **more):
    return {"at": f"2026-05-{at}", "event": event, "actor_id": actor, "target_ids": list(targets) or None, **more}


def listed(member, joined=None, inviter=None, day="30"):
    seen = moment(f"2026-05-{day} 04:00:00")
    at = moment(f"2026-05-{joined}") - timedelta(hours=8) if joined else None
    return {"member_id": member, "joined_at": at, "invited_by": inviter, "seen_at": seen}


def test_how_somebody_came(tmp_path):
    rows = [
        {"at": "2026-05-01 09:00:00"},
        told("02 09:00:00", "invited", "a", "b", "c"),
        told("03 09:00:00", "joined_qr", "b", "d"),
        told("04 09:00:00", "joined_qr", None, "e"),
        told("05 09:00:00", "joined", None, "f"),
        told("06 09:00:00", "joined", "a", "g"),  # who reported it is not who invited
        told("07 09:00:00", "joined", "h"),
        told("08 09:00:00", "invited", "a"),  # nobody knows whom
        told("09 09:00:00", "joined", "a", "i", platform="telegram"),
        told("10 09:00:00", "joined", None, "j", platform="telegram"),
        told("11 09:00:00", "invited", "a", "b"),  # for the second time
        told("12 09:00:00", "removed", "a", "b"),
    ]
    assert joins(tmp_path, rows, shown="member_id, inviter_id, source, batch, nth") == [
        ("b", "a", "invite", False, 1),
        ("c", "a", "invite", False, 1),
        ("d", "b", "qr", False, 1),
        ("e", None, "qr", False, 1),
        ("f", None, "other", False, 1),
        ("g", None, "other", False, 1),
        ("h", None, "other", False, 1),
        (None, "a", "invite", False, None),
        ("i", "a", "link", False, 1),
        ("j", None, "other", False, 1),
        ("b", "a", "invite", False, 2),
    ]


def test_a_roster_says_how_somebody_came(tmp_path):
    """Its own word goes before what follows from an inviter: links have one as well."""
    members = [
        listed("b", "10 00:00:00", "a") | {"join_source": "link"},
        listed("c", "11 00:00:00", "a"),
        listed("d", "12 00:00:00") | {"join_source": "qr"},
        listed("e", "13 00:00:00"),
    ]
    assert joins(tmp_path, [{"at": "2026-05-01 09:00:00"}], members, "member_id, inviter_id, source") == [
        ("b", "a", "link"),
        ("c", "a", "invite"),
        ("d", None, "qr"),
        ("e", None, "other"),
    ]


def test_a_roster_counts_where_no_notice_is_near(tmp_path):
    rows = [{"at": "2026-05-01 09:00:00"}, told("10 09:00:00", "invited", "a", "b")]
    members = [
        listed("b", "10 00:00:00", "x"),  # nine hours before the notice
        listed("b", "20 00:00:00", "x"),
        listed("b", "20 13:00:00", "y", day="31"),  # the same join, told by another roster
        listed("c", "12 00:00:00"),
        listed("c", "12 00:00:00", "a", day="31"),  # of the same hour, the one that knows the inviter
        listed("d"),
        listed("e", "11 09:00:01", "e"),
    ]
    assert joins(tmp_path, rows, members, "member_id, CAST(joined_at AS VARCHAR) AS t, sent_at IS NULL AS rostered, inviter_id, source, nth") == [
        ("b", "2026-05-10 09:00:00", False, "a", "invite", 1),
        ("e", "2026-05-11 09:00:01", True, None, "other", 1),
        ("c", "2026-05-12 00:00:00", True, "a", "invite", 1),
        ("b", "2026-05-20 00:00:00", True, "x", "invite", 2),
    ]  # fmt: skip


def test_the_creation_batch(tmp_path):
    made = told("01 09:00:00", "invited", "a", "b", "c")
    later = [
        told("01 09:00:30", "invited", "a", "d"),
        told("01 09:00:40", "joined_qr", "a", "e"),
        told("01 09:01:01", "invited", "a", "f"),
    ]
    spoken = {"at": "2026-05-01 09:00:10"}

    def batch(rows, members=()):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        return [member for member, batch in joins(folder, rows, members, "member_id, batch") if batch]

    assert batch([made, spoken, *later]) == ["b", "c", "d"]
    assert batch([{"at": "2026-05-01 08:59:59"}, made, *later]) == []  # the group lived before
    assert batch([told("01 09:00:00", "invited", "a", "b"), spoken]) == []  # one guest makes no group
    assert batch([told("01 09:00:00", "joined_qr", "a", "b", "c"), spoken]) == []
    assert batch([spoken], [listed("a", "01 08:00:00"), listed("b", "01 08:00:20"), listed("c", "01 09:00:00")]) == ["a", "b"]  # fmt: skip
    assert batch([made, {**made, "group_id": "h", "at": "2026-05-02 09:00:00"}]) == ["b", "c", "b", "c"]


def test_days_of_a_roster_make_no_batch(tmp_path):
    def batch(name, rows, members):
        return [who for who, batch in joins(tmp_path / name, rows, members, "member_id, batch") if batch]

    spoken = {"at": "2026-05-01 12:00:00"}
    days = [listed("a", "01 00:00:00"), listed("b", "01 00:00:00"), listed("c", "01 00:00:00")]
    assert batch("days", [spoken], days) == []
    made = told("01 09:00:00", "invited", "a", "b", "c")
    assert batch("notice", [made, spoken], days) == ["b", "c"]  # a's date alone does not come before the making
    assert batch("older", [made, spoken], [listed("z", "01 00:00:00") | {"joined_at": moment("2026-04-20")}]) == []


def walk(rows, members):
    """The same by a walk through what is told, member by member."""
    events = []
    for row in rows:
        if "event" in row:
            events += [(row["at"], who, row["actor_id"]) for who in row["target_ids"]]
    out = [(at, who, None if inviter == who else inviter, "invite") for at, who, inviter in events]
    day = timedelta(days=1)
    for who in {row["member_id"] for row in members}:
        notices = [at for at, target, _ in events if target == who]
        last = None
        mine = [row for row in members if row["member_id"] == who]
        known = [
            (row["joined_at"] + timedelta(hours=8), {who: ""}.get(row["invited_by"], row["invited_by"] or ""))
            for row in mine
        ]
        for at, inviter in sorted(known, key=lambda one: (one[0], -ord(one[1] or chr(0)))):
            if (last is None or at - last > day) and all(abs(at - other) > day for other in notices):
                out.append((at, who, inviter or None, "invite" if inviter else "other"))
            last = at
    return sorted(out, key=lambda one: (one[0], one[1]))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.data())
def test_a_walk_gives_the_same(tmp_path_factory, data):
    times = st.integers(0, 30).map(lambda n: BEGIN + timedelta(hours=8 * n))
    people = st.sampled_from("abc")
    rows = data.draw(
        st.lists(st.fixed_dictionaries({"at": times, "actor_id": people, "target_ids": people.map(lambda who: [who])}), max_size=8, unique_by=lambda row: (row["at"], *row["target_ids"]))
    )  # fmt: skip
    rows = [{"at": BEGIN - timedelta(days=1)}, *({**row, "event": "invited"} for row in rows)]
    members = data.draw(
        st.lists(st.fixed_dictionaries({"member_id": people, "joined_at": times, "invited_by": st.none() | people}), max_size=8)
    )  # fmt: skip
    found = joins(tmp_path_factory.mktemp("walk"), rows, members, "joined_at, member_id, inviter_id, source, nth")
    assert [row[:4] for row in found] == walk(rows, members)
    for who in "abc":
        numbers = [row[4] for row in found if row[1] == who]
        assert numbers == list(range(1, len(numbers) + 1))
