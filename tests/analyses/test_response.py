"""`response`, `response questions` and `response hours` against figures worked out by hand and against a slow reading of the same lines."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit import enrich
from qunkit.analyses import response as analysis
from qunkit.dataset import CONVENTIONS, Scope
from qunkit.engines.duckdb import connect
from qunkit.methods import evidence, response
from qunkit.methods.reply_log import read, ruled
from support.logs import EXAMPLES, logs, scopes
from support.messages import NEVER, moment, write_snapshot
from support.questions import ask, table

AD = "手机兼职刷单，日结300元，宝妈学生都可做，加V信：hao_xyz12 看 https://s.example.invalid/x 想做吗？"
STAFF = Scope(staff=frozenset("s"), exempt=("谢谢", "OK"))
TWELVE = (
    # Monday 4 May 2026: quoted after 40 seconds
    {"at": "2026-05-04 09:00:00", "sender_id": "a", "text": "几点开团？"},
    {"at": "2026-05-04 09:00:40", "sender_id": "b", "text": "快了", "reply_to": "m0"},
    # no questions: what is exempt, with a sign, and after a question in the same turn; an ad
    {"at": "2026-05-04 09:10:00", "sender_id": "a", "text": "谢谢？"},
    {"at": "2026-05-04 09:40:00", "sender_id": "e", "text": AD},
    # mentioned by staff after 4 minutes; ok is exempt, so the turn asks
    {"at": "2026-05-04 10:00:00", "sender_id": "c", "text": "有货吗"},
    {"at": "2026-05-04 10:00:20", "sender_id": "c", "text": "ok?"},
    {"at": "2026-05-04 10:04:00", "sender_id": "s", "text": "有", "mention_ids": ["c"]},
    # nobody for a day, out of working hours
    {"at": "2026-05-04 22:00:00", "sender_id": "d", "text": "今天发货吗"},
    # staff's own question is none
    {"at": "2026-05-05 23:00:00", "sender_id": "s", "text": "大家觉得呢"},
    # Wednesday: who writes next, after half a minute, to nobody in particular
    {"at": "2026-05-06 12:00:00", "sender_id": "b", "text": "在吗"},
    {"at": "2026-05-06 12:00:30", "sender_id": "f", "text": "图", "kind": "image"},
    # the data ends half an hour after the last question
    {"at": "2026-05-06 15:00:00", "sender_id": "a", "text": "能退款吗？"},
    {"at": "2026-05-06 15:30:00", "event": "other", "text": ""},
)


def test_twelve_rows_by_hand():
    rows = ask("response_questions", TWELVE, scope=STAFF)
    shown = table(rows, "message_id", "state", "working", "waited_s", "responder_name", "staff_s", "next_s")
    assert shown == [
        ("m11", "waiting", True, 1800.0, None, None, None),
        ("m9", "answered", True, 30.0, "Name f", None, 30.0),
        ("m7", "unanswered", False, 86400.0, None, None, 90000.0),
        ("m4", "staff", True, 240.0, "Name s", 240.0, 240.0),  # from the line that asks
        ("m0", "answered", True, 40.0, "Name b", None, 40.0),
    ]
    assert dict(table(rows, "message_id", "answer")) == {
        "m11": None,
        "m9": None,
        "m7": None,
        "m4": "有",
        "m0": "快了",
    }  # m9: a picture
    people = dict(table(rows, "message_id", "answerers"))
    assert people.pop("m9") == (rows[1]["evidence"] == "rule")
    assert people == {"m11": 0, "m7": 0, "m4": 1, "m0": 1}
    assert [row["evidence"] for row in rows] == [None, rows[1]["evidence"], None, "mention", "quote"]
    assert rows[1]["evidence"] in ("rule", "next")
    assert table(ask("response_questions", TWELVE, scope=STAFF, show="unanswered"), "message_id") == [("m11",), ("m7",)]
    assert len(ask("response_questions", TWELVE, scope=STAFF, show="answered")) == 3

    [told] = ask("response", TWELVE, scope=STAFF)
    assert (told["questions"], told["unanswered"], told["work_questions"], told["explicit"]) == (
        5,
        2,
        4,
        0.666666666667,
    )
    # five questions: 30, 40, 240 answered, 1800 and 86400 not: 3 of 5 within 5 minutes; the third is the median
    assert (told["answered_5m"], told["answered_30m"], told["median_s"], told["p90_s"]) == (0.6, 0.6, 240.0, None)
    assert (told["staff_5m"], told["staff_median_s"]) == (0.2, None)
    assert (told["work_30m"], told["clock"]) == (None, "second")  # four are below the floor


def test_working_hours_are_those_of_the_settings():
    night = {"response_begin": 21 * 60.0, "response_end": 9 * 60.0, "response_day_1": 1.0}
    scope = replace(STAFF, conventions=tuple((dict(CONVENTIONS) | night).items()))
    told = dict(table(ask("response_questions", TWELVE, scope=scope), "message_id", "working"))
    assert told == {"m0": False, "m4": False, "m7": True, "m9": False, "m11": False}  # the end does not count
    free = replace(scope, conventions=tuple((dict(CONVENTIONS) | night | {"response_day_1": 0.0}).items()))
    assert not any(row["working"] for row in ask("response_questions", TWELVE, scope=free))


def test_hours_by_hand():
    rows = ask("response_hours", TWELVE, scope=STAFF)
    assert len(rows) == 7 * 24
    told = {(row["weekday"], row["hour"]): row for row in rows if row["questions"]}
    assert table(
        told.values(), "weekday", "hour", "working", "questions", "answered", "staff_questions", "staff_answered"
    ) == [
        (1, 9, True, 1, 1, 1, 0),
        (1, 10, True, 1, 1, 1, 1),
        (1, 22, False, 1, 0, 1, 0),
        (3, 12, True, 1, 1, 1, 0),
        (3, 15, True, 1, 0, 1, 0),
    ]
    assert told[1, 9]["staff_share"] is None
    many = [{**row, "group_id": group, "message_id": f"{group}{n}", "reply_to": row.get("reply_to") and f"{group}0"} for group in "ghijk" for n, row in enumerate(TWELVE)]  # fmt: skip
    told = {(row["weekday"], row["hour"]): row for row in ask("response_hours", many, scope=STAFF)}
    assert table([told[1, 9], told[1, 10]], "staff_share", "median_s", "staff_median_s") == [
        (0.0, 40.0, None),
        (1.0, 240.0, 240.0),
    ]


def test_without_staff_nothing_is_said_of_them():
    scope = replace(STAFF, staff=frozenset(), staff_of=frozenset({("g", "s")}))
    other = [{**row, "group_id": "h", "message_id": f"h{n}"} for n, row in enumerate(TWELVE)]
    rows = {row["group_id"]: row for row in ask("response", (*TWELVE, *other), scope=scope)}
    assert (rows["g"]["staff_30m"], rows["h"]["staff_30m"]) == (0.2, None)
    assert rows["h"]["questions"] == 6  # s is a member there
    hours = ask("response_hours", TWELVE, scope=replace(STAFF, staff=frozenset()))
    assert {(row["staff_answered"], row["staff_share"]) for row in hours} == {(None, None)}


def test_clocks_without_seconds_and_days_alone():
    minutes = [{**row, "at": moment(row["at"]).replace(second=0), "time_quality": "minute"} for row in TWELVE]
    rows = ask("response_questions", minutes, scope=STAFF)
    assert dict(table(rows, "message_id", "waited_s"))["m4"] == 270.0
    assert ask("response", minutes, scope=STAFF)[0]["clock"] == "minute"
    [told] = ask("response", [{**row, "time_quality": "day"} for row in TWELVE], scope=STAFF)
    assert (told["clock"], told["questions"], told["unanswered"], told["answered_30m"]) == ("day", None, None, None)
    assert ask("response_questions", [{**row, "time_quality": "day"} for row in TWELVE], scope=STAFF) == []


def test_a_group_without_questions_has_no_rates():
    [told] = ask("response", [{"at": "2026-05-04 09:00:00", "text": "好"}])
    assert (told["questions"], told["unanswered"], told["answered_30m"], told["explicit"]) == (0, 0, None, None)


def lines_of(rows, scope, times):
    """What the analyses read."""
    with TemporaryDirectory() as folder:
        snapshot = write_snapshot(Path(folder), rows)
        with connect(snapshot, scope, threads=1) as engine:
            enrich.show(engine, ["ads"], {"ads": enrich.own_model("ads", None)}, "posts")
            return engine.sql(analysis.PART_SQL, **times)


def found_in(rows):
    """Of each question: seconds, whether answered, evidence; where the model of links says nothing."""
    ends = [moment(row["at"]) for row in rows]
    times = {"since": min(ends), "until": max(ends) + timedelta(milliseconds=1), "as_of": max(ends)}
    asked = response.questions(lines_of(rows, STAFF, times))
    return list(zip(asked.wait.tolist(), asked.answered.tolist(), asked.how.tolist(), strict=True))


def test_edges_of_responses_by_hand(monkeypatch):
    monkeypatch.setattr(response, "ruled", lambda table, chat: chat.evidence)
    asks = {"at": "2026-05-04 09:00:00", "sender_id": "a", "text": "几点？"}
    end = {"at": "2026-05-06 09:00:00", "sender_id": "z", "text": "早"}
    says = {"at": "2026-05-04 09:01:00", "sender_id": "b", "text": "十点"}
    assert found_in([asks, says, end]) == [(60.0, True, response.NEXT)]
    assert found_in([asks, {**says, "at": "2026-05-04 09:01:01"}, end])[0][:2] == (86400.0, False)
    assert found_in([asks, {**says, "text": "在吗？"}, end])[0][:2] == (86400.0, False)  # asks itself
    assert found_in([asks, {**says, "text": AD}, end])[0][:2] == (86400.0, False)
    assert found_in([asks, {**says, "sender_id": "a"}, end]) == []  # goes on: the turn does not end with a question
    assert found_in([asks, {**says, "text": AD, "reply_to": "m0"}, end])[0][:2] == (86400.0, False)
    # a mention answers the latest question, whatever was said since
    more = {"at": "2026-05-04 09:05:00", "sender_id": "a", "text": "顺便说一句"}
    named = {"at": "2026-05-04 09:06:00", "sender_id": "b", "text": "十点", "mention_ids": ["a"]}
    assert found_in([asks, more, named, end]) == [(360.0, True, evidence.MENTION)]
    # a day is a day, and the same second is no time
    quote = {"at": "2026-05-05 09:00:00", "sender_id": "b", "text": "十点", "reply_to": "m0"}
    assert found_in([asks, quote, end]) == [(86400.0, True, evidence.QUOTE)]
    assert found_in([asks, {**quote, "at": "2026-05-05 09:00:01"}, end])[0][:2] == (86400.0, False)
    assert found_in([asks, {**quote, "at": asks["at"]}, end]) == [(0.0, True, evidence.QUOTE)]


def test_people_who_answered_by_hand(monkeypatch):
    """b quotes and mentions, c mentions: two people. d writes next, e mentions when a has gone on, f quotes a second too late, g's is an ad, a quotes herself: none of them."""
    monkeypatch.setattr(response, "ruled", lambda table, chat: chat.evidence)
    rows = [
        {"at": "2026-05-04 09:00:00", "sender_id": "a", "text": "几点？"},
        {"at": "2026-05-04 09:00:10", "sender_id": "d", "text": "早"},
        {"at": "2026-05-04 09:00:20", "sender_id": "b", "text": "十点", "reply_to": "m0"},
        {"at": "2026-05-04 09:00:30", "sender_id": "c", "text": "对", "mention_ids": ["a"]},
        {"at": "2026-05-04 09:00:40", "sender_id": "b", "text": "十点整", "mention_ids": ["a"]},
        {"at": "2026-05-04 09:00:50", "sender_id": "g", "text": AD, "reply_to": "m0"},
        {"at": "2026-05-04 09:05:00", "sender_id": "a", "text": "好", "reply_to": "m0"},
        {"at": "2026-05-04 09:06:00", "sender_id": "e", "text": "在", "mention_ids": ["a"]},
        {"at": "2026-05-05 09:00:01", "sender_id": "f", "text": "十点", "reply_to": "m0"},
    ]
    times = {"since": moment("2026-05-04"), "until": moment("2026-05-06"), "as_of": moment("2026-05-05 23:59:59")}
    asked = response.questions(lines_of(rows, STAFF, times))
    assert (asked.people.tolist(), asked.by.tolist(), asked.how.tolist()) == ([2], [1], [response.NEXT])
    minutes = [row | {"time_quality": "minute"} for row in rows]
    late = [*minutes[:1], minutes[8] | {"at": "2026-05-05 09:00:00"}]  # with half a minute more it is too late, too
    assert response.questions(lines_of(late, STAFF, times)).people.tolist() == [0]


def test_answers_in_the_same_second_count():
    begin = moment("2026-05-04 09:00")
    rows = []
    for n in range(6):
        at = begin + timedelta(hours=n)
        rows += [{"at": at, "sender_id": "a", "text": "几点？"}, {"at": at, "sender_id": "b", "text": "十点", "reply_to": f"m{2 * n}"}]  # fmt: skip
    [told] = ask("response", rows)
    assert (told["answered_5m"], told["median_s"], told["p90_s"]) == (1.0, 0.0, 0.0)


def test_working_hours_end_before_their_end():
    rows = [
        {"at": f"2026-05-04 {at}:00", "sender_id": f"p{at}", "text": "几点？"}
        for at in ("08:59", "09:00", "20:59", "21:00")
    ]
    told = sorted(table(ask("response_questions", rows), "asked_at", "working"))
    assert [working for _, working in told] == [False, True, True, False]


def slowly(lines, chat, told):
    """The questions of a group: line → responses, each with whether it counts as an answer, by going through its lines again and again."""
    of_turn = chat.turns.of_line.tolist()
    asking = {}
    for turn in set(of_turn):
        telling = [k for k, line in enumerate(lines) if of_turn[k] == turn and line["said"] is not None and not line["is_exempt"]]  # fmt: skip
        if telling and lines[telling[-1]]["asks"]:
            asking[turn] = telling[-1]
    found = {k: [] for k in asking.values()}
    for k, line in enumerate(lines):
        earlier = [q for q in asking.values() if q < k and lines[q]["sender_id"] != line["sender_id"]]
        how, parent = int(told.line_how[k]), int(told.line_parent[k])
        if line["ad"] or how == evidence.START:
            continue
        if how == evidence.MENTION:
            theirs = [q for q in earlier if lines[q]["sender_id"] == lines[parent]["sender_id"]]
            q = max(theirs, default=None)
        elif how == evidence.SOFT:
            first = of_turn.index(of_turn[k]) == k and not line["asks"]
            latest = max((q for q in asking.values() if q < k), default=None)
            q = latest if first and latest in earlier and line["t"] - lines[latest]["t"] <= 60 else None
            how = response.NEXT
        else:
            q = asking.get(of_turn[parent]) if parent >= 0 else None
        if q in earlier:
            close = how in (evidence.QUOTE, evidence.RULE) or (how == evidence.MENTION and asking.get(of_turn[parent]) == q)  # fmt: skip
            found[q].append((k, close))
    return {
        q: replies for q, replies in sorted(found.items())
        if lines[q]["in_window"] and not lines[q]["ad"] and not lines[q]["official"]
    }  # fmt: skip


def product_limit(waits):
    """Kaplan and Meier's estimator: time → share still waiting."""
    left, curve = 1.0, {}
    for time in sorted({wait for wait, answered in waits if answered}):
        at_risk = len([1 for wait, _ in waits if wait >= time])
        left *= 1 - len([1 for wait, answered in waits if answered and wait == time]) / at_risk
        curve[time] = left
    return curve


def within(waits, seconds):
    return 1 - min((left for time, left in product_limit(waits).items() if time <= seconds), default=1.0) if len(waits) >= 5 else None  # fmt: skip


def until(waits, share):
    times = [time for time, left in product_limit(waits).items() if left <= 1 - share + 1e-9]
    return min(times) if len(waits) >= 5 and times else None


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(most=120), scopes(), st.sampled_from([(), ("几点",), ("在吗",)]))
def test_going_through_lines_again_and_again_gives_the_same(rows, scope, exempt):
    scope = replace(scope, exempt=exempt)
    since, end = scope.since or moment("2000-01-01"), min(scope.until or NEVER, scope.as_of or NEVER)
    last = max((moment(row["at"]) for row in rows if moment(row["at"]) < (scope.until or NEVER) and moment(row["at"]) <= (scope.as_of or NEVER)), default=end)  # fmt: skip
    times = {"since": since, "until": scope.until or last + timedelta(milliseconds=1), "as_of": scope.as_of or last}
    found = {row["group_id"]: row for row in ask("response", rows, scope=scope)}
    listed = Counter(
        (row["group_id"], row["message_id"], round(row["waited_s"], 2), row["answerers"])
        for row in ask("response_questions", rows, scope=scope)
    )
    whole = lines_of(rows, scope, times)
    known: Counter = Counter()
    for group in sorted(set(whole["part"].to_pylist())):
        part = whole.filter([one == group for one in whole["part"].to_pylist()])
        lines, chat = part.to_pylist(), read(part)
        told = slowly(lines, chat, ruled(part, chat))
        waits, staff = [], []
        for q, replies in told.items():
            seen = min(max(lines[q]["seen_for"], 0), 86400.0)
            delays = [(lines[k]["t"] - lines[q]["t"], lines[k]["official"]) for k, _ in replies]
            for kept, into in ((delays, waits), ([one for one in delays if one[1]], staff)):
                soonest = min((delay for delay, _ in kept if delay <= 86400), default=None)
                into.append((seen, False) if soonest is None else (soonest, True))
            people = {lines[k]["sender_id"] for k, close in replies if close and lines[k]["t"] - lines[q]["t"] <= 86400}
            known[group, lines[q]["message_id"], round(waits[-1][0], 2), len(people)] += 1
        if not any(line["in_window"] for line in lines):
            continue
        row = found.pop(group)
        assert row["questions"] == len(waits)
        assert row["unanswered"] == len([1 for _, answered in waits if not answered])
        for name, value in {"answered_5m": within(waits, 300), "answered_30m": within(waits, 1800), "median_s": until(waits, 0.5), "p90_s": until(waits, 0.9)}.items():  # fmt: skip
            assert (row[name] is None) == (value is None), name
            assert value is None or abs(row[name] - value) < 1e-6, name
        if scope.staff:
            assert (row["staff_30m"] is None) == (len(staff) < 5)
            assert row["staff_30m"] is None or abs(row["staff_30m"] - within(staff, 1800)) < 1e-6
    assert not found
    assert listed == known
