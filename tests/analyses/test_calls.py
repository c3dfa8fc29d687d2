"""`calls`, `calls_people` and `calls_silent`: by hand, against plain Python, and everything that may mislead."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.analyses.calls import notes
from qunkit.analyses.calls_silent import Params as SilentParams
from qunkit.analyses.calls_silent import notes as silent_notes
from qunkit.dataset import Scope
from qunkit.methods.call_log import LONG
from qunkit.registry import load
from support.kol_worlds import WORLDS, simulate
from support.logs import EXAMPLES, logs, scopes, seen
from support.messages import EVER, NEVER, moment
from support.questions import ask, table
from support.questions import notes as notes_of

ALL = "notify@all"
TWELVE = (
    # Monday 4 May 2026: o announces, and says so again before anybody speaks
    {"at": "2026-05-04 09:00:00", "sender_id": "o", "kind": "announcement", "text": "周六九点集合\n带水"},
    {"at": "2026-05-04 09:00:30", "sender_id": "o", "text": "@所有人 看公告", "mention_ids": [ALL]},
    {"at": "2026-05-04 09:01:30", "sender_id": "a", "text": "收到"},
    {"at": "2026-05-04 09:05:30", "sender_id": "b", "kind": "quote", "text": "几点？", "reply_to": "m0"},
    {"at": "2026-05-04 09:05:31", "sender_id": "a", "text": "九点"},
    {"at": "2026-05-04 09:30:30", "sender_id": "c", "text": "收到", "mention_ids": ["o"]},
    {"at": "2026-05-04 10:00:00", "sender_id": "d", "text": "收到"},
    # Tuesday: a relay by a; b joins at once, c much later
    {"at": "2026-05-05 12:00:00", "sender_id": "a", "kind": "solitaire", "text": "#接龙\n拼车\n1. a"},
    {"at": "2026-05-05 12:10:00", "sender_id": "b", "kind": "solitaire", "text": "#接龙\n拼车\n1. a\n2. b"},
    {"at": "2026-05-05 20:00:00", "sender_id": "c", "kind": "solitaire", "text": "#接龙\n拼车\n1. a\n2. b\n3. c"},
    # Wednesday: staff, in one long line; then the data ends
    {
        "at": "2026-05-06 09:00:00",
        "sender_id": "s",
        "text": "各位团友早上好，本周订单今晚八点截止，还没下单的请尽快下单，谢谢",
    },
    {"at": "2026-05-06 09:05:00", "sender_id": "a", "text": "好"},
)
STAFF = Scope(staff=frozenset("s"))
ROSTER = [{"member_id": id, "seen_at": moment("2026-05-06 00:00")} for id in "oabcdesz"]


def test_twelve_rows_by_hand():
    newest_first = ask("calls", TWELVE, scope=STAFF)
    assert [row["message_id"] for row in newest_first] == ["m10", "m7", "m0"]
    rows = newest_first[::-1]
    assert table(rows, "message_id", "name", "kind", "text") == [
        ("m0", "Name o", "announcement", "周六九点集合 带水"),
        ("m7", "Name a", "solitaire", "#接龙 拼车 1. a"),
        ("m10", "Name s", "official", "各位团友早上好，本周订单今晚八点截止，还没下单的请尽快下单，谢谢"),
    ]
    # counted from 9:00:30: a after 60 s, b after 300 s, c after 1800 s; who answers twice is one
    assert table(rows, "in_5", "in_15", "in_30") == [(2, 2, 3), (0, 1, 1), (1, None, None)]
    assert table(rows, "first_s", "t50_s") == [(60.0, 300.0), (600.0, 600.0), (300.0, None)]
    # without a roster: others who wrote in the 28 days; a b c, then o b c d; fewer than five have no rate
    assert table(rows, "members", "base", "silent", "posters_silent", "rate") == [
        (3, "posters", None, 0, None),
        (4, "posters", None, 3, None),
        (None, "posters", None, None, None),
    ]
    assert table(rows, "explicit", "signed_up", "flags") == [
        (2, None, ["short_log"]),  # b quotes it, c names o
        (1, 2, ["short_log"]),  # b within the time; c, too, joins in the end
        (None, None, ["unfinished", "short_log"]),
    ]
    assert table(rows, "normal", "lift", "as_many") == [(None, None, None)] * 3  # fewer than twenty turns


def test_who_did_not_answer_with_a_roster():
    members = [*ROSTER, {"member_id": "n", "joined_at": moment("2026-05-05 01:00"), "seen_at": moment("2026-05-06")}]
    rows = ask("calls", TWELVE, members=members, scope=STAFF)[::-1]
    # others than o on the roster: a b c d e s z; n came on Tuesday. Of these a b c answered
    assert table(rows[:1], "members", "base", "silent", "posters_silent") == [(7, "roster", 4, 0)]
    assert rows[0]["rate"] == pytest.approx(3 / 7)
    # others than a: o b c d e s z n; b answered
    assert table(rows[1:2], "members", "silent", "rate") == [(8, 7, 1 / 8)]
    silent = ask("calls_silent", TWELVE, members=members, scope=STAFF, call="m0")
    assert {row["member_id"] for row in silent} == set("desz")
    assert table(silent, "known_by", "over", "official") == [
        ("roster", True, row["member_id"] == "s") for row in silent
    ]
    told = {row["member_id"]: (row["last_spoke"], row["spoke_later"]) for row in silent}
    assert told["d"] == (None, moment("2026-05-04 10:00"))
    assert told["z"] == (None, None)
    assert len(ask("calls_silent", TWELVE, members=members, scope=STAFF, call="m7")) == 7


def test_silent_takes_the_last_call_whose_time_is_over():
    rows = ask("calls_silent", TWELVE, scope=STAFF)
    assert table(rows, "message_id", "member_id", "known_by") == [
        ("m7", "d", "posters"),
        ("m7", "c", "posters"),
        ("m7", "o", "posters"),
    ]
    assert table(rows, "last_spoke", "spoke_later")[1] == (moment("2026-05-04 09:30:30"), moment("2026-05-05 20:00"))
    to_the_end = ask("calls_silent", TWELVE, scope=STAFF, call="m7", minutes=0)
    assert table(to_the_end, "member_id", "over", "spoke_later") == [("d", False, None), ("o", False, None)]
    assert ask("calls_silent", TWELVE, scope=STAFF, call="no such") == []
    of_any_message = ask("calls_silent", TWELVE, scope=STAFF, call="m10", minutes=5)
    assert [row["member_id"] for row in of_any_message] == ["c", "b", "d", "o"]


def test_what_is_said_below():
    rows = ask("calls_silent", TWELVE, scope=STAFF)
    said = [note.say("en") for note in silent_notes(pd.DataFrame(rows), SilentParams())]
    assert said[-1] == "To paste (3): @Name d @Name c @Name o"
    assert "recent posters" in said[0]
    of_staff = replace(STAFF, staff=frozenset("dc"))
    told = silent_notes(pd.DataFrame(ask("calls_silent", TWELVE, scope=of_staff)), SilentParams())
    assert told[-1].say("en") == "To paste (1): @Name o"
    none = pd.DataFrame(rows).head(0)
    assert "everybody" in silent_notes(none, SilentParams())[0].say("en")
    assert "id" in silent_notes(none, SilentParams(call="x"))[0].say("en")
    found = pd.DataFrame(ask("calls", TWELVE, scope=STAFF))
    params = load("analyses", "calls").Params()
    assert "roster" in notes(found, params)[0].say("en")
    assert "--many" in notes(found.head(0), params)[0].say("zh")


def asked(*rows, **more):
    """A quiet group; an announcement by o (m14) at 9:00 on 4 May; then `rows`, and the data goes on for a day."""
    early = {"at": "2026-04-20 09:00:00", "sender_id": "o", "text": "早"}
    first = {"at": "2026-05-04 09:00:00", "sender_id": "o", "kind": "announcement", "text": "通知"}
    last = {"at": "2026-05-05 09:00:00", "sender_id": "o", "text": "早"}
    days = [early | {"at": f"2026-04-{day} 09:00:00"} for day in range(21, 31)] + [
        early | {"at": f"2026-05-0{day} 09:00:00"} for day in (1, 2, 3)
    ]
    return ask("calls", [early, *days, first, *({"sender_id": "a", "text": "好"} | row for row in rows), last], **more)


def test_a_red_packet_near_is_told():
    assert asked()[0]["flags"] is None
    for at, told in (("09:30:00", ["red_packet"]), ("09:30:01", None)):
        assert asked({"at": f"2026-05-04 {at}", "kind": "red_packet"})[0]["flags"] == told


def test_texts_that_are_posted_again_and_again_are_told():
    ad = {"text": "日结三百，居家可做，加我好友"}
    more = [{"at": f"2026-05-04 {hour}:00:00", **ad} for hour in (12, 15)]
    assert asked({"at": "2026-05-04 09:03:00", **ad}, *more)[0]["flags"] == ["copies"]
    assert asked({"at": "2026-05-04 09:03:00", **ad}, more[0])[0]["flags"] is None
    assert asked({"at": "2026-05-04 09:03:00", **ad}, *more, {"at": "2026-05-04 09:03:00", "sender_id": "b"})[0]["in_5"] == 2  # fmt: skip


def test_answers_count_for_both_of_two_calls_that_overlap():
    second = {"at": "2026-05-04 09:10:00", "sender_id": "p", "mention_ids": [ALL]}
    rows = asked(second, {"at": "2026-05-04 09:12:00"})
    assert table(rows, "message_id", "in_30", "flags") == [("m15", 1, ["overlap"]), ("m14", 2, ["overlap"])]
    later = asked(second | {"at": "2026-05-04 09:31:00"})
    assert table(later, "flags") == [(None,), (None,)]


def test_the_end_of_the_data_and_holes_leave_windows_open():
    rows = [{"at": "2026-05-04 23:50:00", "sender_id": "o", "kind": "announcement"}, {"at": "2026-05-04 23:52:00"}]
    rows += [{"at": "2026-05-04 23:57:00", "group_id": "h"}]  # another group: the export goes as far
    next_day, day_after = {"at": "2026-05-05 08:00:00"}, {"at": "2026-05-06 08:00:00"}
    shown = ("in_5", "in_15", "in_30", "first_s", "rate", "flags")
    assert table(ask("calls", rows), *shown) == [(1, None, None, 120.0, None, ["unfinished", "short_log"])]
    assert table(ask("calls", [*rows, day_after]), *shown) == [
        (1, None, None, 120.0, None, ["unfinished", "short_log"])
    ]
    assert table(ask("calls", [*rows, next_day]), *shown) == [(1, 1, 1, 120.0, None, ["short_log"])]
    scope = Scope(until=moment("2026-05-05"), as_of=moment("2026-05-05 08:00"))
    assert table(ask("calls", [*rows, next_day], scope=scope), "in_5", "in_15") == [(1, None)]


def test_whole_minutes_count_half_a_minute_more():
    told = [
        {"at": f"2026-05-04 09:0{n}:00", "sender_id": "abcdefg"[n], "time_quality": "minute"} for n in (0, 1, 4, 5, 6)
    ]
    rows = [{"at": "2026-05-04 09:00:00", "sender_id": "o", "kind": "announcement", "time_quality": "minute"}, *told]
    rows += [{"at": "2026-05-05 09:00:00", "time_quality": "minute"}]
    found = ask("calls", rows)[0]
    # 0.5, 1.5 and 4.5 minutes; 5.5 is too late
    assert (found["in_5"], found["in_15"], found["first_s"], found["flags"]) == (3, 5, 30.0, ["by_minute", "short_log"])
    # half of five is three
    assert found["t50_s"] == 270.0
    plain = [row | {"kind": "text"} for row in rows]
    assert [row["in_5"] for row in ask("calls", plain, many=3)] == [3]
    assert ask("calls", plain, many=4) == []


def test_lists_without_a_text_are_no_calls_and_it_is_said_so():
    rows = [row | ({"text": None} if row.get("kind") == "solitaire" else {}) for row in TWELVE]
    found = ask("calls", rows, scope=STAFF)
    assert table(found, "message_id", "signed_up") == [("m10", None), ("m0", None)]
    assert any("of 1 groups: Group g." in note and "lost" in note for note in notes_of("calls", rows, scope=STAFF))
    assert not any("lost" in note for note in notes_of("calls", TWELVE, scope=STAFF))


def test_who_joined_a_relay_is_not_known_where_later_versions_are_lost():
    relay = [row for row in TWELVE if row.get("kind") == "solitaire"]
    lost = {"at": "2026-05-05 12:20:00", "sender_id": "d", "kind": "solitaire", "text": None}
    assert table(ask("calls", [relay[0], lost]), "signed_up", "explicit") == [(None, None)]
    assert table(ask("calls", [relay[0], lost, relay[2]]), "signed_up") == [(1,)]  # c, at least
    assert table(ask("calls", [lost | {"at": "2026-05-05 11:20:00"}, relay[0]]), "signed_up") == [(0,)]


def test_what_is_a_call():
    rows = [
        {"at": "2026-05-04 09:00:00", "sender_id": "s", "text": "字" * 29},
        {"at": "2026-05-04 10:00:00", "sender_id": "s", "text": "字" * 22},
        {"at": "2026-05-04 10:00:10", "sender_id": "s", "text": "字" * 8},
        {"at": "2026-05-04 11:00:00", "sender_id": "s", "text": "字" * 30, "kind": "quote", "reply_to": "m0"},
        {"at": "2026-05-04 12:00:00", "sender_id": "s", "text": "字" * 30, "mention_ids": ["a"]},
        {"at": "2026-05-04 13:00:00", "sender_id": "s", "text": "好", "mention_ids": ["a", ALL]},
        {"at": "2026-05-04 14:00:00", "sender_id": "a", "text": "字" * 30},
        {"at": "2026-05-04 15:00:00", "event": "announced", "actor_id": "a", "text": "a发布了群公告"},
        {"at": "2026-05-05 15:00:00", "sender_id": "a", "text": "好"},
    ]
    found = ask("calls", rows, scope=STAFF)[::-1]
    assert table(found, "message_id", "kind") == [("m1", "official"), ("m5", "everyone"), ("m7", "announcement")]
    assert found[2]["text"] == "a发布了群公告"


def test_many_lists_what_many_answered():
    rows = [{"at": "2026-05-04 09:00:00", "sender_id": "o", "text": "有人要草莓吗"}]
    rows += [{"at": f"2026-05-04 09:00:0{n}", "sender_id": f"p{n}"} for n in range(1, 5)]
    rows += [{"at": "2026-05-05 09:00:00"}]
    assert ask("calls", rows) == []
    assert table(ask("calls", rows, many=4), "message_id", "kind", "in_5") == [("m0", "many", 4)]
    assert len(ask("calls", rows, many=3)) == 2


def test_rates_are_of_five_or_more_and_of_a_log_of_seven_days():
    said = [{"at": f"2026-05-0{day} 12:00:00", "sender_id": f"p{n}"} for day in range(1, 10) for n in range(5)]
    call = {"sender_id": "o", "kind": "announcement"}
    answer = {"sender_id": "p1", "text": "收到"}
    rows = [
        {"at": "2026-05-08 11:29:59", **call},
        {"at": "2026-05-08 11:40:00", **answer},
        {"at": "2026-05-08 14:00:00", **call},
        {"at": "2026-05-08 14:10:00", **answer},
    ]
    found = ask("calls", said + rows)[::-1]
    # 12:00 on 1 May is 7 days before 12:00 on 8 May
    assert table(found, "members", "rate", "flags") == [(5, None, ["short_log"]), (5, 0.2, None)]
    assert ask("calls", [row for row in said if row["sender_id"] != "p4"] + rows)[0]["rate"] is None


def lively(answering=6):
    """Three weeks: a asks at 9 and at 10 every day, and as many as `answering` follow; b asks at 9:30 and 10:30, and one does. On the last day c announces at 8:30, and eight follow."""
    rows = []
    for day in range(21):
        for asker, minute, many in (("a", 0, answering), ("b", 30, 1), ("a", 60, answering), ("b", 90, 1)):
            at = moment("2026-05-01 09:00") + timedelta(days=day, minutes=minute)
            rows.append({"at": at, "sender_id": asker, "text": "有人吗"})
            rows += [{"at": at + timedelta(seconds=9 * n), "sender_id": f"p{n}"} for n in range(1, many + 1)]
    rows.append({"at": "2026-05-22 08:30:00", "sender_id": "c", "kind": "announcement", "text": "通知"})
    rows += [{"at": f"2026-05-22 08:31:{n}0", "sender_id": f"p{n}"} for n in range(5)]
    return [*rows, {"at": "2026-05-23 12:00:00", "sender_id": "b"}]


def test_usual_is_of_turns_after_silence_at_that_time_of_day():
    [found] = ask("calls", lively())
    # 8 to 12 o'clock after silence: 42 turns with 6, 42 with 1, and this one with 5
    assert found["normal"] == pytest.approx((42 * 6 + 42 + 5) / 85)
    assert found["lift"] == pytest.approx(5 - found["normal"])
    assert found["as_many"] == pytest.approx(43 / 85)


def test_people_by_hand():
    rows = {row["member_id"]: row for row in ask("calls_people", lively())}
    a, b, c = (rows[one] for one in "abc")
    normal = (42 * 6 + 42 + 5) / 85
    assert (a["turns"], a["responders"], a["normal"]) == (42, 6, pytest.approx(normal))
    assert a["lift"] == pytest.approx(6 - normal)
    assert 0 < a["shrunk"] < a["lift"]
    assert (a["p"], a["label"]) == (0.001, "above")
    assert (b["p"], b["label"], b["turns"]) == (1, None, 42)  # what is after the last call is not over
    assert (c["turns"], c["p"], c["q"], c["calls"], c["call_responders"]) == (1, None, None, 1, 5)
    assert next(iter(rows)) == "a"
    calls = {row["member_id"]: row for row in ask("calls_people", lively(), of="calls")}
    assert (calls["c"]["turns"], calls["a"]["turns"], calls["a"]["lift"]) == (1, 0, None)


def test_red_packets_are_left_out_of_what_is_usual():
    rows = lively()
    packets = [{"at": row["at"] + timedelta(minutes=4), "sender_id": "z", "kind": "red_packet"} for row in rows[:-8] if row["sender_id"] == "a"]  # fmt: skip
    found = {row["member_id"]: row for row in ask("calls_people", rows + packets)}
    assert found["a"]["turns"] == 0
    assert found["b"]["turns"] == 42


def test_people_of_a_world_where_some_move_others():
    chat = simulate(1, **WORLDS["base"])
    rows = [
        {"at": moment("2026-03-01") + timedelta(minutes=round(float(at), 3)), "sender_id": f"p{who:03}"}
        for at, who in zip(chat.at, chat.who, strict=True)
    ]
    found = ask("calls_people", rows)
    above = {int(row["member_id"][1:]) for row in found if row["label"]}
    best = set(np.argsort(-chat.pull)[:30].tolist())
    assert 5 <= len(above) <= 30
    assert len(above & best) >= 0.8 * len(above)
    assert ask("calls_people", rows, reverse=True, threads=4) == found


@st.composite
def calling(draw):
    """Random logs with announcements, mentions of everybody, relays and red packets."""
    rows = draw(logs())
    for row in rows:
        kind = draw(st.sampled_from(["text"] * 5 + ["announcement", "solitaire", "red_packet"]))
        if "event" not in row and kind != "text":
            row["kind"] = kind
            row |= (
                {"text": draw(st.sampled_from(["#接龙\n拼车\n1. a", "#接龙\n团购草莓\n1. b"]))}
                if kind == "solitaire"
                else {}
            )
    return rows


MINUTE = timedelta(minutes=1)


def brute(rows, scope):
    """The calls by sets, each in a loop: ids of its lines → figures."""
    history, posts, day = seen(rows, scope)
    since, until = scope.since or EVER, scope.until or NEVER
    observed = {day(row) for row in history}
    ends = max((row["at"] for row in history), default=EVER)
    end = min(scope.as_of or ends, (scope.until or ends + timedelta(milliseconds=1)))
    out = {}
    for group in {row["group_id"] for row in posts}:
        mine = [row for row in posts if row["group_id"] == group and row["at"] >= (since if scope.since else EVER) - timedelta(days=28)]  # fmt: skip
        turns, open_, root = [], {}, {}
        for n, row in enumerate(mine):
            row = mine[n] = row | {"place": n}
            if (
                turns
                and turns[-1][-1]["sender_id"] == row["sender_id"]
                and row["at"] - turns[-1][-1]["at"] <= 2 * MINUTE
            ):
                turns[-1].append(row)
            else:
                turns.append([row])
            if row.get("kind") == "solitaire":
                first, before = open_.get(row["text"], (n, row["at"]))
                root[n] = first if row["at"] - before <= timedelta(days=14) else n
                open_[row["text"]] = (root[n], row["at"])
        calls = []
        for turn in turns:
            quiet = not any(row.get("reply_to") or set(row.get("mention_ids") or []) - {ALL} for row in turn)
            chars = sum(len(row["text"]) for row in turn)
            kinds = {
                "announcement": any(row.get("kind") == "announcement" for row in turn),
                "everyone": any(ALL in (row.get("mention_ids") or []) for row in turn),
                "solitaire": any(root.get(row["place"]) == row["place"] for row in turn),
                "official": turn[0]["sender_id"] in scope.staff
                and quiet
                and chars >= LONG
                and not any(row["place"] in root for row in turn),
            }
            if any(kinds.values()):
                calls.append((turn, next(kind for kind, true in kinds.items() if true)))
        for turn, kind in calls:
            if not since <= turn[0]["at"] < until:
                continue
            last, author = turn[-1], turn[0]["sender_id"]
            hole = next((d for d in (day(last) + timedelta(days=k) for k in range(1, 400)) if d not in observed), None)
            heard = max((row["at"] for row in history if day(row) < hole), default=EVER) if hole and hole <= max(observed) else end  # fmt: skip
            after = [row for row in mine if row["place"] > last["place"] and row["sender_id"] != author]
            within = lambda m: {row["sender_id"] for row in after if row["at"] - last["at"] <= m * MINUTE}  # noqa: B023, E731
            over = lambda m: heard - last["at"] >= m * MINUTE  # noqa: B023, E731
            delays = sorted(
                min(row["at"] for row in after if row["sender_id"] == who) - last["at"] for who in within(30)
            )
            upto = last["at"] + 30 * MINUTE
            recent = {row["sender_id"] for row in mine if upto - timedelta(days=28) < row["at"] <= upto} - {author}
            ids, places = {row["id"] for row in turn}, {row["place"] for row in turn}
            told = {
                row["sender_id"]
                for row in after
                if row["at"] <= upto
                and (row.get("reply_to") in ids or author in (row.get("mention_ids") or []) or root.get(row["place"]) in places)
            }  # fmt: skip
            others = [one for one, _ in calls if one is not turn and abs(one[-1]["at"] - last["at"]) <= 30 * MINUTE]
            packet = [row for row in mine if row.get("kind") == "red_packet" and last["at"] - 5 * MINUTE <= row["at"] <= upto]  # fmt: skip
            out[frozenset(ids)] = (
                kind,
                *(len(within(m)) if over(m) else None for m in (5, 15, 30)),
                delays[0].total_seconds() if delays else None,
                delays[(len(delays) + 1) // 2 - 1].total_seconds() if delays and over(30) else None,
                len(recent) if over(30) else None,
                len(recent - within(30)) if over(30) else None,
                len(told) if over(30) else None,
                (bool(others), bool(packet), not over(30)),
            )
    return out


@settings(max_examples=EXAMPLES, deadline=None)
@given(calling(), scopes())
def test_sets_give_the_same(rows, scope):
    found = {}
    for row in ask("calls", rows, scope=scope):
        flags = row["flags"] or []
        first = row["message_id"]
        found[first] = (
            row["kind"], row["in_5"], row["in_15"], row["in_30"], row["first_s"], row["t50_s"], row["members"], row["posters_silent"], row["explicit"],
            tuple(name in flags for name in ("overlap", "red_packet", "unfinished")),
        )  # fmt: skip
        assert row["base"] == "posters"
        assert row["silent"] is None
        if row["rate"] is not None:
            assert row["rate"] == pytest.approx(row["in_30"] / row["members"], abs=1e-6)
    expected = brute(rows, scope)
    assert len(found) == len(expected)
    for ids, known in expected.items():
        [told] = [figures for id, figures in found.items() if id in ids]
        explicit = known[8] if told[8] is not None else None  # nobody quotes or names anybody: it is not known
        assert told == (*known[:8], explicit, known[9])
