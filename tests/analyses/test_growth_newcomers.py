"""`growth_newcomers` and `growth_unanswered` against figures worked out by hand and against plain Python."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.dataset import Scope
from support.logs import EXAMPLES, logs, scopes, seen
from support.messages import EVER, NEVER, moment
from support.questions import ask, notes, table

TWELVE = (
    {"at": "2026-05-01 09:00:00", "sender_id": "a", "text": "早"},
    {"at": "2026-05-02 09:00:00", "event": "invited", "actor_id": "a", "target_ids": ["b", "c", "d", "s"]},
    {"at": "2026-05-02 10:00:00", "sender_id": "b", "text": "大家好，请问怎么下单"},
    {"at": "2026-05-02 10:05:00", "sender_id": "a", "text": "看公告", "kind": "quote", "reply_to": "m2"},
    {"at": "2026-05-03 09:00:00", "sender_id": "b", "text": "谢谢"},
    {"at": "2026-05-04 09:00:00", "sender_id": "c", "text": "有人吗"},
    {"at": "2026-05-04 09:20:00", "sender_id": "a", "text": "早"},
    {"at": "2026-05-05 09:00:00", "event": "joined_qr", "actor_id": "a", "target_ids": ["e"]},
    {"at": "2026-05-10 09:00:00", "sender_id": "c", "text": "好"},
    {"at": "2026-05-11 09:00:00", "sender_id": "e", "text": "新人报到"},
    {"at": "2026-05-12 09:00:00", "sender_id": "s", "text": "欢迎", "mention_ids": ["e"]},
    {"at": "2026-05-16 09:00:00", "sender_id": "a", "text": "早"},
)
STAFF = Scope(staff=frozenset("s"))
STEPS = ("joined", "spoke", "answered", "returned")


def test_twelve_rows_by_hand():
    # b, c, d joined on the 2nd, e on the 5th; s is staff. b was quoted after 5 minutes and came back on the 3rd; c was not answered; d never spoke; e was mentioned after a day, and has not come back.
    [row] = ask("growth_newcomers", TWELVE, scope=STAFF)
    assert table([row], *STEPS, "basis", "source", "recent") == [(4, 3, 2, 1, "join", None, 0)]
    assert table([row], "spoke_share", "answered_share", "median_wait_s") == [(None, None, None)]  # of fewer than 5
    # Data on 2 3 4 5, not 6 7 8: of no newcomer do 5 of 7 days hold data
    assert table([row], "activation_n", "d7_n", "d30_n") == [(0, 0, 0)]
    assert table(ask("growth_newcomers", TWELVE, scope=STAFF, by="source"), "source", *STEPS) == [
        ("invite", 3, 2, 1, 1),
        ("qr", 1, 1, 1, 0),
    ]


def test_who_has_not_been_answered():
    [row] = ask("growth_unanswered", TWELVE, scope=STAFF)
    assert table([row], "member_id", "name", "inviter_name", "came_at", "spoke_at") == [
        ("c", "Name c", "Name a", moment("2026-05-02 09:00"), moment("2026-05-04 09:00")),
    ]
    assert table([row], "days_waiting", "messages", "next_s", "text", "message_id") == [(12, 2, 1200.0, "有人吗", "m5")]
    plain = [{key: cell for key, cell in one.items() if key not in ("reply_to", "mention_ids")} for one in TWELVE]
    assert ask("growth_unanswered", plain, scope=STAFF) == []  # nothing tells who was answered
    [funnel] = ask("growth_newcomers", plain, scope=STAFF)
    assert table([funnel], *STEPS) == [(4, 3, None, None)]
    ad = "手机兼职刷单，日结300元，宝妈学生都可做，加V信：hao_xyz12 看 https://s.example.invalid/x"
    posted = [{**one, "text": ad} if one.get("text") == "有人吗" else one for one in TWELVE]
    assert ask("growth_unanswered", posted, scope=STAFF) == []
    assert len(ask("growth_unanswered", posted, scope=STAFF, ads="in")) == 1


def month(joiners=6, answered=3):
    """Sixty days of a's talk; on the 10th `joiners` join and speak at 10:00, of whom the first few are answered after 1, 2, … minutes; p0 also speaks on days 7 and 30 after."""
    rows = [{"at": moment("2026-05-01 09:00") + timedelta(days=n), "sender_id": "a"} for n in range(60)]
    rows.append(
        {
            "at": "2026-05-10 09:30:00",
            "event": "invited",
            "actor_id": "a",
            "target_ids": [f"p{n}" for n in range(joiners)],
        }
    )
    for n in range(joiners):
        rows.append({"at": f"2026-05-10 10:{10 * n:02}:00", "sender_id": f"p{n}"})
        if n < answered:
            rows.append(
                {"at": f"2026-05-10 10:{10 * n + n + 1:02}:00", "sender_id": "a", "reply_to": f"m{len(rows) - 1}"}
            )
    return [*rows, *({"at": f"2026-{day} 12:00:00", "sender_id": "p0"} for day in ("05-17", "06-09"))]


def test_shares_waits_and_retention():
    [row] = ask("growth_newcomers", month())
    assert table([row], *STEPS) == [(6, 6, 3, 1)]
    assert table([row], "spoke_share", "answered_share", "returned_share", "unanswered_back_share") == [
        (1.0, 0.5, None, None)
    ]
    assert (row["answered_day"], row["median_wait_s"]) == (0.5, None)  # half of them are still waiting
    assert (
        ask("growth_newcomers", month(answered=4))[0]["median_wait_s"] == 210
    )  # of 60 120 180 240 and two who wait: between 180 and 240
    assert table([row], "activation_n", "activation", "d7_n", "retention_d7", "d30_n", "retention_d30") == [(6, 1.0, 6, 0.166666666667, 6, 0.166666666667)]  # fmt: skip
    # By 15 June the 36th day after 10 May is over; by 14 June it is not.
    assert ask("growth_newcomers", month(), scope=Scope(as_of=moment("2026-06-15 12:00")))[0]["d30_n"] == 6
    assert ask("growth_newcomers", month(), scope=Scope(as_of=moment("2026-06-14 12:00")))[0]["d30_n"] == 0


def test_without_joins_newcomers_are_who_first_posts_late():
    rows = [{"at": moment("2026-03-01 09:00") + timedelta(days=n), "sender_id": "a"} for n in range(80)]
    rows += [{"at": "2026-04-29 12:00:00", "sender_id": "b"}, {"at": "2026-04-30 12:00:00", "sender_id": "c"}]
    [row] = ask("growth_newcomers", rows)  # 30 April is the 60th day after 1 March
    assert table([row], "basis", "joined", "spoke", "spoke_share", "activation_n") == [("post", None, 1, None, None)]
    founded = [{"at": "2026-03-01 08:00:00", "event": "invited", "actor_id": "a", "target_ids": ["x", "y"]}, *rows]
    assert ask("growth_newcomers", founded)[0]["basis"] == "post"  # the making of the group tells of no newcomer


def test_where_posters_have_no_ids_nothing_is_known_of_joiners_with_ids():
    rows = [{**row, "sender_id": "name:" + row["sender_id"]} if "sender_id" in row else row for row in TWELVE]
    [row] = ask("growth_newcomers", rows)
    assert table([row], "untold", "ordered", "activation_n", "d7_n", *STEPS) == [(5, None, None, None, 5, None, None, None)]  # fmt: skip


def test_where_notices_have_names_alone():
    def named(who):
        return "name:" + who

    rows = [{**row, "target_ids": [*map(named, row["target_ids"])]} if "event" in row else row for row in TWELVE]
    [row] = ask("growth_newcomers", rows)
    assert table([row], "untold", *STEPS) == [(5, 5, None, None, None)]
    rows[7] = TWELVE[7]  # e is found among posters by the id: so the others would be
    [row] = ask("growth_newcomers", rows)
    assert table([row], "untold", *STEPS) == [(0, 5, 1, 1, 0)]
    twins = [{**row, "sender_name": "c"} if row.get("sender_id") in ("b", "c") else row for row in rows]
    [row] = ask("growth_newcomers", twins)
    assert table([row], "untold", *STEPS) == [(1, 5, 1, 1, 0)]  # two are called c


def test_who_is_not_named_is_counted_apart():
    rows = [*TWELVE, {"at": "2026-05-06 09:00:00", "event": "invited", "actor_id": "a"}]
    [row] = ask("growth_newcomers", rows, scope=STAFF)
    assert table([row], "untold", *STEPS) == [(1, 5, 3, 2, 1)]
    assert [note[:37] for note in notes("growth_newcomers", rows, STAFF)] == ["1 joins could not be told apart by pe"]
    assert notes("growth_newcomers", TWELVE, STAFF) == []


def test_who_ordered():
    first, more = "#接龙\n例 水果\n\n1. a 一份", "#接龙\n例 水果\n\n1. a 一份\n2. b 两份"
    assert ask("growth_newcomers", TWELVE, scope=STAFF)[0]["ordered"] is None  # no list at all
    calm = [{**row, "text": "早"} if "text" in row else row for row in TWELVE]
    opened = [*calm, {"at": "2026-05-12 10:00:00", "sender_id": "a", "kind": "solitaire", "text": first}]
    assert ask("growth_newcomers", opened, scope=STAFF)[0]["ordered"] == 0
    unread = [*opened, {"at": "2026-05-12 10:30:00", "sender_id": "a", "kind": "solitaire", "text": None}]
    assert ask("growth_newcomers", unread, scope=STAFF)[0]["ordered"] is None  # perhaps in the list that is lost
    assert [note for note in notes("growth_newcomers", unread, STAFF) if "are lost in the exports of 1 groups" in note]
    rows = [*opened, {"at": "2026-05-12 11:00:00", "sender_id": "b", "kind": "solitaire", "text": more}]
    assert ask("growth_newcomers", rows, scope=STAFF)[0]["ordered"] == 1  # b was answered, came back and ordered


def newcomers(rows, scope):
    """(group, member) → what became of them, where joins are known."""
    history, posts, day = seen(rows, scope)
    out = {}
    for group in {row["group_id"] for row in history}:
        mine = [row for row in posts if row["group_id"] == group]
        told = [row for row in history if row["group_id"] == group and row.get("event") == "invited"]
        began = min((row["at"] for row in mine), default=NEVER)
        early = [row for row in told if row["at"] <= told[0]["at"] + timedelta(seconds=60) and told[0]["at"] <= began]
        batch = {row["n"] for row in early} if sum(len(row["target_ids"]) for row in early) > 1 else set()
        by_id = {row["id"]: row for row in mine}
        first = {}
        for row in told:
            for who in row["target_ids"]:
                first.setdefault(who, row)
        for who, join in first.items():
            said = [row for row in mine if row["sender_id"] == who]
            if join["n"] in batch or who in scope.staff | scope.bots or (said and said[0]["at"] < join["at"]):
                continue
            if not (scope.since or EVER) <= join["at"]:
                continue
            answers = [row for row in mine if row["sender_id"] != who and by_id.get(row.get("reply_to"), row)["sender_id"] == who]  # fmt: skip
            answers += [row for row in mine if row["sender_id"] != who and who in row.get("mention_ids", ()) and said and row["at"] >= said[0]["at"]]  # fmt: skip
            at = min((row["at"] for row in answers), default=None)
            back = at is not None and max(map(day, said)) > min(map(day, answers))
            out[group, who] = (said[0] if said else None, at, back)
    return out, {row["group_id"] for row in posts if row.get("reply_to") or row.get("mention_ids") is not None}


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), scopes(), st.booleans())
def test_plain_python_gives_the_same(rows, scope, by_source):
    known, tellable = newcomers(rows, scope)
    found = {
        row["group_id"]: row
        for row in ask("growth_newcomers", rows, scope=scope, by="source" if by_source else "group")
    }
    assert set(found) == {group for group, _ in known}
    for group, row in found.items():
        mine = [one for (other, _), one in known.items() if other == group]
        spoke = [one for one in mine if one[0]]
        answered = [one for one in spoke if one[1]]
        asked = group in tellable
        steps = (
            len(mine),
            len(spoke),
            len(answered) if asked else None,
            sum(one[2] for one in answered) if asked else None,
        )
        assert table([row], *STEPS) == [steps]
    waiting = {
        (row["group_id"], row["member_id"]): row["spoke_at"] for row in ask("growth_unanswered", rows, scope=scope)
    }
    assert waiting == {key: one[0]["at"] for key, one in known.items() if one[0] and not one[1] and key[0] in tellable}
