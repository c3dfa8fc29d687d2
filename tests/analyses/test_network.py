"""`network`, its members and its bridges: rows by hand, and what holds of any log, against `replies` and networkx."""

from __future__ import annotations

from datetime import timedelta

import networkx as nx
import pytest
from hypothesis import given, settings

from qunkit.dataset import Scope
from support.circle_worlds import world
from support.logs import EXAMPLES, logs, scopes, seen
from support.messages import EVER, NEVER, moment
from support.questions import ask, table

MAY = moment("2026-05-04 09:00:00")
ROWS = [
    # a week by week: a and b answer each other, c answers a, d is there and nobody has to do with them
    {"at": "2026-05-04 09:00:00", "sender_id": "a"},
    {"at": "2026-05-04 09:01:00", "sender_id": "b", "reply_to": "m0"},
    {"at": "2026-05-04 09:02:00", "sender_id": "a", "reply_to": "m1"},
    {"at": "2026-05-04 09:03:00", "sender_id": "c", "mention_ids": ["a"]},
    {"at": "2026-05-04 09:04:00", "sender_id": "c", "reply_to": "m3"},  # one's own line
    {"at": "2026-05-05 09:00:00", "sender_id": "d", "reply_to": "gone"},
    {"at": "2026-05-12 09:00:00", "sender_id": "b", "mention_ids": ["nobody"]},
    {"at": "2026-05-12 09:01:00", "sender_id": "c", "reply_to": "m6"},
    {"at": "2026-05-19 09:00:00", "sender_id": "a", "reply_to": "m7"},
    {"at": "2026-05-19 09:01:00", "sender_id": "b", "reply_to": "m8"},
    {"at": "2026-05-30 09:00:00", "sender_id": "b", "mention_ids": ["d", "notify@all"]},  # d spoke too long ago to be answered
    {"at": "2026-05-31 09:00:00", "sender_id": "a"},
]  # fmt: skip
NETWORK = ("members", "edges", "reciprocity", "density", "mean_degree", "transitivity", "giant", "core_order", "core_members", "steady", "circles", "why")  # fmt: skip


def test_twelve_rows_by_hand():
    [row] = ask("network", ROWS)
    # edges: b→a, a→b, c→a (mention), c→b, a→c, b→a. Smaller directions: ab 1, ac 1, bc 0; twice (1 + 1) of 6 are returned.
    # The log is 27 days long: ab has 3 edges, ac 2, bc 1, so that 2 of 6 pairs are ties of two, and a member has 4/4 on average.
    # a, b, c are all tied: transitivity 1, 3 of 4 hang together, and all three have two ties among them.
    # Weeks back from 05-31: a posted in the 1st, 2nd and 4th, b in all: both are steady; c in two, d in one.
    assert table([row], *NETWORK) == [(4, 6, pytest.approx(4 / 6), pytest.approx(2 / 6), 1.0, 1.0, 0.75, 2, 3, 2, None, "few")]  # fmt: skip
    assert (row["modularity"], row["transitivity_z"]) == (
        None,
        None,
    )  # three ties among three: chance can do nothing else


def test_members_by_hand():
    found = ask("network_members", ROWS)
    names = ("member_id", "gave", "got", "ties", "mutual", "core", "circle")
    assert sorted(table(found, *names)) == [
        ("a", 2, 3, 2, 2, 2, None),
        ("b", 2, 2, 2, 1, 2, None),
        ("c", 2, 1, 2, 1, 2, None),
        ("d", 0, 0, 0, 0, 0, None),
    ]
    assert found[0]["member_id"] == "a"
    assert sum(row["pagerank"] for row in found) == pytest.approx(1, abs=1e-5)
    assert table(ask("network_members", ROWS, top=1), "member_id") == [("a",)]


def test_density_is_of_the_last_28_days_and_only_what_is_in_the_window_counts():
    rows = [*ROWS, {"at": "2026-06-20 09:00:00", "sender_id": "a"}, {"at": "2026-06-20 09:01:00", "sender_id": "e"}]
    [row] = ask("network", rows)
    # from 05-23 on: no edge of two; a, b and e are active then
    assert table([row], "edges", "density", "mean_degree", "steady") == [(6, 0.0, 0.0, 0)]
    [row] = ask("network", ROWS, scope=Scope(since=moment("2026-05-12")))
    # c→b, a→c, b→a; the window is 19 days long
    assert table([row], "members", "edges", "reciprocity", "density", "steady") == [(3, 3, 0.0, 0.0, None)]
    assert ask("network", ROWS, scope=Scope(since=moment("2026-06-01"))) == []


def test_where_nobody_answers_nothing_is_told():
    rows = [{"at": MAY + timedelta(days=n), "sender_id": who} for n in range(30) for who in "ab"]
    [row] = ask("network", rows)
    assert table([row], *NETWORK) == [(2, 0, *[None] * 7, 2, None, "few")]
    assert {row["pagerank"] for row in ask("network_members", rows)} == {None}
    [row] = ask("network", rows[:1])
    assert table([row], *NETWORK) == [(1, 0, *[None] * 7, None, None, "few")]


def test_among_peers_staff_are_nobody():
    scope = Scope(staff=frozenset("a"))
    [row] = ask("network", ROWS, scope=scope, peers=True)
    assert table([row], "members", "edges", "giant") == [(3, 1, pytest.approx(2 / 3))]  # c→b is left
    assert sorted(table(ask("network_members", ROWS, scope=scope, peers=True), "member_id")) == [("b",), ("c",), ("d",)]
    assert table(ask("network_members", ROWS, scope=scope), "member_id", "official")[0] == ("a", True)


def test_planted_circles_are_told_by_both():
    by, to, planted = world(1, 40, 500, inside=0.95)
    rows = []
    for n, (one, other) in enumerate(zip(by, to, strict=True)):
        at = MAY + timedelta(minutes=10 * n)
        rows.append({"at": at, "sender_id": f"p{other:02}"})
        rows.append({"at": at + timedelta(minutes=1), "sender_id": f"p{one:02}", "reply_to": f"m{2 * n}"})
    [row] = ask("network", rows)
    assert table([row], "edges", "circles", "why") == [(500, 4, None)]
    circles = {
        member: circle for member, circle in table(ask("network_members", rows), "member_id", "circle") if circle
    }
    pairs = {(circle, int(planted[int(member[1:])])) for member, circle in circles.items()}
    assert len(circles) > 25
    assert len(pairs) <= 6  # four circles, and a stray or two


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), scopes())
def test_it_is_what_replies_say(rows, scope):
    _, posts, _ = seen(rows, scope)
    since, until = scope.since or EVER, scope.until or NEVER
    told = {row["group_id"]: row for row in ask("network", rows, scope=scope)}
    members = ask("network_members", rows, scope=scope)
    said = [row for row in ask("replies", rows, scope=scope) if row["how"] in ("quote", "mention")]
    groups = {row["group_id"] for row in posts if since <= row["at"] < until}
    assert set(told) == groups
    for group in groups:
        active = {row["sender_id"] for row in posts if row["group_id"] == group and since <= row["at"] < until}
        graph = nx.MultiDiGraph()
        graph.add_nodes_from(active)
        graph.add_edges_from(
            (row["sender_id"], row["to_id"])
            for row in said
            if row["group_id"] == group and row["to_id"] in active - {row["sender_id"]}
        )
        row, simple = told[group], nx.Graph(graph)
        assert (row["members"], row["edges"]) == (len(active), graph.size())
        here = {one["member_id"]: one for one in members if one["group_id"] == group}
        assert {name: (one["gave"], one["got"], one["ties"]) for name, one in here.items()} == {
            name: (graph.out_degree(name), graph.in_degree(name), simple.degree(name)) for name in active
        }
        if not graph.size():
            assert row["giant"] is row["reciprocity"] is row["core_order"] is None
            continue
        assert row["giant"] == pytest.approx(max(map(len, nx.connected_components(simple))) / len(active), abs=1e-6)
        assert row["transitivity"] is None or row["transitivity"] == pytest.approx(nx.transitivity(simple), abs=1e-6)
        back = sum(min(graph.number_of_edges(a, b), graph.number_of_edges(b, a)) for a in active for b in active)
        assert row["reciprocity"] == pytest.approx(back / graph.size(), abs=1e-6)
        assert {name: one["core"] for name, one in here.items()} == nx.core_number(simple)


# -- bridges ---------------------------------------------------------------------------------------------------------
def talk(member, group, days, turns=1):
    return [
        {"at": MAY + timedelta(days=day, hours=turn), "sender_id": member, "group_id": group}
        for day in range(days)
        for turn in range(turns)
    ]


def test_a_bridge_is_active_on_three_days_in_two_groups():
    rows = [*talk("a", "g", 3), *talk("a", "h", 3), *talk("b", "g", 3), *talk("b", "h", 2), *talk("c", "h", 9)]
    rows += [*talk("name:老K", "g", 5), *talk("name:老K", "h", 5)]
    [row] = ask("network_bridges", rows)
    # fewer than 20 turns: no pull; half of the turns here and half there: ln 2
    assert table([row], "member_id", "groups", "turns", "by", "betweenness") == [("a", 2, 6, "answers", None)]
    assert row["group_names"] == ["Group g", "Group h"]
    assert row["entropy"] == pytest.approx(0.693147)
    assert row["score"] == pytest.approx(row["entropy"] * row["weakest"], abs=1e-6)


def test_whose_turns_do_not_count_in_a_group_is_no_bridge_to_it():
    rows = [
        {"at": MAY + timedelta(days=day, hours=9), "sender_id": "a", "group_id": "g", "text": "早"} for day in range(4)
    ]
    rows += [
        {"at": MAY + timedelta(days=day, hours=10), "sender_id": "a", "group_id": "h", "text": "谢谢"}
        for day in range(4)
    ]
    assert [row["member_id"] for row in ask("network_bridges", rows)] == ["a"]
    packets = [row | {"kind": "red_packet"} if row["group_id"] == "h" else row for row in rows]
    assert {row["group_id"] for row in ask("kol", packets)} == {"g", "h"}
    assert ask("network_bridges", packets) == []


def market(group, most):
    """Thirty days: of nine people each speaks once a day, half an hour after the other, and the later ones are quoted by more, up to `most`."""
    rows = []
    for day in range(30):
        for speaker in range(9):
            at, id = MAY + timedelta(days=day, minutes=30 * speaker), f"{group}{day}-{speaker}"
            rows.append({"at": at, "sender_id": f"p{speaker}", "group_id": group, "message_id": id})
            rows += [
                {
                    "at": at + timedelta(minutes=n),
                    "sender_id": f"p{(speaker + n) % 9}",
                    "group_id": group,
                    "reply_to": id,
                    "message_id": f"{id}-{n}",
                }
                for n in range(1, 1 + speaker * most // 8)
            ]
    return rows


def test_the_weakest_group_counts_and_pull_comes_before_answers():
    rows = market("g", 8) + market("h", 7)
    rows += [
        {"at": MAY + timedelta(days=day, hours=9), "sender_id": "z", "group_id": group, "message_id": f"z{group}{day}"}
        for group in "gh"
        for day in range(4)
    ]
    found = ask("network_bridges", rows)
    kol = {(row["member_id"], row["group_id"]): row for row in ask("kol", rows)}
    assert {kol["p8", group]["confidence"] for group in "gh"} <= {"high", "medium"}
    p8 = next(row for row in found if row["member_id"] == "p8")
    assert (p8["weakest"], p8["by"]) == (min(kol["p8", "g"]["pull"], kol["p8", "h"]["pull"]), "pull")
    assert (found[0]["member_id"], found[0]["by"]) == ("p8", "pull")
    assert (found[-1]["member_id"], found[-1]["by"]) == ("z", "answers")  # too few turns


def test_a_pull_that_could_not_be_checked_gives_no_bridge_a_place_by_pull():
    rows = market("g", 8) + [{key: value for key, value in row.items() if key != "reply_to"} for row in market("h", 8)]
    found = ask("network_bridges", rows)
    kol = {(row["member_id"], row["group_id"]): row for row in ask("kol", rows)}
    assert (kol["p8", "h"]["confidence"], kol["p8", "g"]["confidence"]) == ("unchecked", "high")
    assert kol["p8", "h"]["pull"] is not None
    assert {row["by"] for row in found} == {"answers"}


def test_betweenness_by_hand_above_five_groups():
    # a chain: x is in groups 0 and 1, y in 1 to 4, z in 4 and 5; w in 1 and 2 beside y
    rows = [
        *talk("x", "g0", 3),
        *talk("x", "g1", 3),
        *talk("z", "g4", 3),
        *talk("z", "g5", 3),
        *talk("w", "g1", 3),
        *talk("w", "g2", 3),
    ]
    rows += [row for n in range(1, 5) for row in talk("y", f"g{n}", 3)]
    found = {row["member_id"]: row["betweenness"] for row in ask("network_bridges", rows)}
    # 15 pairs of groups. x: g0 to each of 5; z: g5 to each of 5.
    # y: of 1-3, 1-4, 2-3, 2-4, 3-4 all, of 1-2 half; of 0-3, 0-4 all, of 0-2 half; of 1-5, 2-5, 3-5 all; 0-5 all: 5 + .5 + 2 + .5 + 3 + 1
    # w: half of 1-2 and of 0-2
    assert found == {
        "x": pytest.approx(5 / 15, abs=1e-6),
        "z": pytest.approx(5 / 15, abs=1e-6),
        "y": pytest.approx(12 / 15, abs=1e-6),
        "w": pytest.approx(1 / 15, abs=1e-6),
    }
    five = ask("network_bridges", [row for row in rows if row["group_id"] != "g5"])
    assert {row["betweenness"] for row in five} == {None}
