"""`replies`: every rung of the ladder by hand, on rows as they lie on disk, and what holds of any log."""

from __future__ import annotations

from hypothesis import given, settings

from qunkit.analyses.replies import HOW
from qunkit.dataset import Scope
from qunkit.methods.evidence import LIKELY
from support.logs import EXAMPLES, logs, scopes, seen
from support.messages import EVER, NEVER, TWELVE, moment
from support.questions import ask, notes, table

EDGE = ("message_id", "parent", "to_id", "how", "p")


def test_twelve_rows_by_hand():
    found = ask("replies", TWELVE, min_p=1)
    assert table(found, *EDGE[:-1]) == [
        ("m1", "m0", "a", "continuation"),
        ("m2", "m0", "a", "quote"),
        ("m3", "m2", "b", "rule"),  # b quoted a, who speaks next
        ("m4", "m3", "a", "continuation"),  # more than two minutes later: another turn of the same thread
        ("m8", "m7", "d", "quote"),  # though it names d too
        ("m11", "m10", "a", "rule"),  # the only line of the hour before
    ]
    p = {row["message_id"]: row["p"] for row in found}
    assert p["m1"] == p["m2"] == p["m8"] == 1
    assert LIKELY <= p["m4"] < p["m3"] < 1


def test_who_goes_on_with_their_own_answers_nobody():
    rows = [{"at": f"2026-05-04 09:0{3 * n}:00"} for n in range(3)]
    found = ask("replies", rows, min_p=1)
    assert table(found, *EDGE[:-1]) == [("m1", "m0", "a", "continuation"), ("m2", "m1", "a", "continuation")]
    assert all(LIKELY <= row["p"] < 1 for row in found)  # not of one turn: the model's
    assert notes("replies", rows, min_p=1) == []  # and there is no reply by rule


def test_it_is_said_where_p_was_measured():
    told = notes("replies", TWELVE, lang="zh", min_p=1)
    assert told[0].startswith("按规则 2 条，按时间推断 0 条。规则的概率只在英文 IRC 频道")


def test_a_mention_is_of_who_is_named():
    rows = [
        {"at": "2026-05-04 09:00:00"},
        {"at": "2026-05-04 09:00:10", "sender_id": "d"},
        {"at": "2026-05-04 09:00:20", "sender_id": "b", "mention_ids": ["nobody", "a"]},
        {"at": "2026-05-04 09:00:30", "sender_id": "c", "mention_ids": ["notify@all"]},
    ]
    found = table(ask("replies", rows, min_p=1), *EDGE)
    assert [row for row in found if row[3] == "mention"] == [("m2", "m0", "a", "mention", None)]


def test_of_the_lines_of_who_is_named_the_one_that_says_the_same():
    said = ["阳光玫瑰还有货吗", "明天下雨", "有货，阳光玫瑰还有的"]
    rows = [{"at": f"2026-05-04 09:0{3 * n}:00", "text": text} for n, text in enumerate(said)]
    rows[-1] |= {"sender_id": "b", "mention_ids": ["a"]}
    assert table(ask("replies", rows, min_p=1), *EDGE)[-1] == ("m2", "m0", "a", "mention", None)


def test_a_quote_of_what_is_not_there_is_still_a_quote():
    rows = [{"at": "2026-05-04 09:00:00", "reply_to": "gone"}, {"at": "2026-05-04 09:00:05", "reply_to": "m0"}]
    assert table(ask("replies", rows), *EDGE) == [("m0", "gone", None, "quote", 1.0), ("m1", "m0", "a", "quote", 1.0)]


def test_what_asks_starts_a_thread_where_nothing_led_to_it():
    def last(text, sender):
        rows = [{"at": "2026-05-04 09:00:00"}, {"at": "2026-05-04 09:00:10", "sender_id": "b", "mention_ids": ["a"]}]
        rows.append({"at": "2026-05-04 09:00:20", "sender_id": sender, "text": text})
        return table(ask("replies", rows, min_p=1), "message_id", "parent", "how")[1:]

    assert last("好", "a") == last("几点？", "a") == [("m2", "m1", "rule")]
    assert last("几点？", "c") == last("在吗", "c") == []


def test_a_picture_says_nothing_of_itself():
    rows = [{"at": "2026-05-04 09:00:00"}, {"at": "2026-05-04 09:00:10", "sender_id": "b", "mention_ids": ["a"]}]
    rows.append({"at": "2026-05-04 09:00:20", "kind": "image", "text": None})
    assert table(ask("replies", rows, min_p=1), *EDGE[:-1])[1:] == [("m2", "m1", "b", "rule")]


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
    assert len(guessed) >= 20  # of the 28 that c0, c1 and c2 say: the model is less sure of them
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
        assert (row["p"] is None) == (row["how"] == "mention")
        if row["how"] != "quote":
            child, parent = posts[order[row["message_id"]]], posts[order[row["parent"]]]
            assert order[row["parent"]] < order[row["message_id"]]
            assert (child["group_id"], parent["sender_id"]) == (parent["group_id"], row["to_id"])
            assert row["how"] != "continuation" or child["sender_id"] == parent["sender_id"]
            assert row["how"] not in ("rule", "inferred") or child["sender_id"] != parent["sender_id"]
