"""`replies`: every rung of the ladder by hand, on rows as they lie on disk, and what holds of any log."""

from __future__ import annotations

from hypothesis import given, settings

from qunkit.analyses.replies import HOW
from qunkit.dataset import Scope
from support.logs import EXAMPLES, logs, scopes, seen
from support.messages import EVER, NEVER, TWELVE, moment
from support.questions import ask, table

EDGE = ("message_id", "parent", "to_id", "how", "p")


def test_twelve_rows_by_hand():
    assert table(ask("replies", TWELVE, min_p=1), *EDGE) == [
        ("m1", "m0", "a", "continuation", 1.0),
        ("m2", "m0", "a", "quote", 1.0),
        ("m3", "m2", "b", "rule", None),  # b quoted a, who speaks next
        ("m4", "m3", "a", "rule", None),  # more than two minutes later: another turn of the same thread
        ("m8", "m7", "d", "quote", 1.0),  # though it names d too
    ]


def test_a_mention_is_of_the_last_line_of_who_is_named():
    rows = [
        {"at": "2026-05-04 09:00:00"},
        {"at": "2026-05-04 09:00:10"},
        {"at": "2026-05-04 09:00:20", "sender_id": "b", "mention_ids": ["nobody", "a"]},
        {"at": "2026-05-04 09:00:30", "sender_id": "c", "mention_ids": ["notify@all"]},
    ]
    assert table(ask("replies", rows, min_p=1), *EDGE)[1:] == [("m2", "m1", "a", "mention", None)]


def test_a_quote_of_what_is_not_there_is_still_a_quote():
    rows = [{"at": "2026-05-04 09:00:00", "reply_to": "gone"}, {"at": "2026-05-04 09:00:05", "reply_to": "m0"}]
    assert table(ask("replies", rows), *EDGE) == [("m0", "gone", None, "quote", 1.0), ("m1", "m0", "a", "quote", 1.0)]


def test_what_asks_or_is_long_starts_a_thread():
    def last(text):
        rows = [{"at": "2026-05-04 09:00:00"}, {"at": "2026-05-04 09:00:10", "sender_id": "b"}]
        found = ask("replies", [*rows, {"at": "2026-05-04 09:00:20", "text": text}], min_p=1)
        return table(found, "message_id", "how")

    assert last("好") == [("m2", "rule")]
    assert last("字" * 60) == [("m2", "rule")]
    assert last("字" * 61) == []
    assert last("在吗") == last("几点？") == []


def test_a_reply_may_be_to_the_day_before_the_window():
    rows = [{"at": "2026-05-03 23:59:50"}, {"at": "2026-05-04 00:00:10", "sender_id": "b", "mention_ids": ["a"]}]
    found = ask("replies", rows, scope=Scope(since=moment("2026-05-04")))
    assert table(found, *EDGE) == [("m1", "m0", "a", "mention", None)]


def test_times_tell_of_a_chat_that_is_quiet_but_for_answers():
    rows = []
    for day in range(1, 29):
        rows.append({"at": f"2026-05-{day:02} 0{day % 9}:00:00", "sender_id": "a", "text": "几点？"})
        rows.append({"at": f"2026-05-{day:02} 0{day % 9}:00:40", "sender_id": "b", "text": "到了吗"})
        rows.append({"at": f"2026-05-{day:02} 0{day % 9}:01:00", "sender_id": f"c{day % 3}"})
    found = ask("replies", rows)
    guessed = [row for row in found if row["how"] == "inferred"]
    assert {row["to_id"] for row in guessed} <= {"a", "b"}
    assert len(guessed) >= 20
    assert all(0.5 <= row["p"] <= 1 for row in guessed)
    assert not [row for row in ask("replies", rows, min_p=1) if row["how"] == "inferred"]


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), scopes())
def test_what_holds_of_any_log(rows, scope):
    found = ask("replies", rows, scope=scope)
    _, posts, _ = seen(rows, scope)
    since, until = scope.since or EVER, scope.until or NEVER
    inside = {row["id"]: row for row in posts if since <= row["at"] < until}
    order = {row["id"]: place for place, row in enumerate(posts)}
    ids = [row["message_id"] for row in found]
    assert len(set(ids)) == len(ids)
    assert set(ids) <= set(inside)
    assert {row["message_id"]: row["parent"] for row in found if row["how"] == "quote"} == {
        name: row["reply_to"] for name, row in inside.items() if row.get("reply_to")
    }
    for row in found:
        assert row["how"] in HOW
        if row["how"] != "quote":
            child, parent = posts[order[row["message_id"]]], posts[order[row["parent"]]]
            assert order[row["parent"]] < order[row["message_id"]]
            assert (child["group_id"], parent["sender_id"]) == (parent["group_id"], row["to_id"])
            assert row["how"] != "continuation" or child["sender_id"] == parent["sender_id"]
            assert row["how"] != "inferred" or child["sender_id"] != parent["sender_id"]
