"""`members` against figures worked out by hand and against plain Python; segments share everybody out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.analyses.members import COLUMNS, Params
from qunkit.analyze import analyze
from qunkit.dataset import Scope
from qunkit.engines.duckdb import connect
from qunkit.errors import BadConfig, BadOption
from qunkit.methods.member_tags import check
from qunkit.methods.segments import SEGMENTS, scores
from support.logs import EXAMPLES, logs, scopes, seen
from support.messages import moment, write_snapshot
from support.questions import ask, notes, table
from support.stages import Stages, conventions

RULES = conventions(new_days=5, silent_days=4, away_days=6, back_days=3, risk_days=2, tag_messages=1)
TWELVE = (
    {"at": "2026-05-01 09:00:00", "sender_id": "a", "text": "大家好"},
    {"at": "2026-05-02 09:00:00", "sender_id": "b", "text": "你好", "kind": "quote", "reply_to": "m0"},
    {"at": "2026-05-03 09:00:00", "sender_id": "a", "text": "欢迎宝妈", "kind": "quote", "reply_to": "m1"},
    {"at": "2026-05-04 09:00:00", "event": "invited", "actor_id": "a", "target_ids": ["c", "e"]},
    {"at": "2026-05-05 09:00:00", "sender_id": "c", "text": "+1"},
    {"at": "2026-05-06 09:00:00", "sender_id": "s", "text": "收到"},
    {"at": "2026-05-07 09:00:00", "sender_id": "c", "text": "谢谢", "kind": "quote", "reply_to": "m5"},
    {"at": "2026-05-08 09:00:00", "sender_id": "d", "text": "路过", "sender_name": "宝妈小丁"},
    {"at": "2026-05-09 09:00:00", "sender_id": "a", "kind": "solitaire", "text": "#接龙\n周末团购\n1. 阿"},
    {"at": "2026-05-10 09:00:00", "sender_id": "c", "kind": "solitaire", "text": "#接龙\n周末团购\n1. 阿\n2. 西"},
    {"at": "2026-05-11 09:00:00", "sender_id": "b", "text": "早"},
    {"at": "2026-05-12 09:00:00", "sender_id": "a", "text": "早"},
)
STAFF = Scope(staff=frozenset("s"), conventions=RULES)
SHOWN = (
    "member_id",
    "segment",
    "stage",
    "days_silent",
    "active_days",
    "messages",
    "replies",
    "orders",
    "ties",
    "r",
    "f",
    "m",
)


def test_twelve_rows_by_hand():
    rows = ask("members", TWELVE, scope=STAFF)
    # Terciles of four: rank 1 scores 1, ranks 2 and 3 score 2, rank 4 scores 3; c and d, whom nobody answered, share ranks 1 and 2: 1. a and b were quoted once each: ranks 3.5, 2*3.5-1 = 6, 6*3/8: 3.
    assert table(rows, *SHOWN) == [
        ("a", "core", "fan", 0, 4, 4, 1, 0, 1, 3, 3, 3),
        ("c", "at_risk", "fan", 2, 3, 3, 0, 2, 0, 2, 2, 1),  # "+1", and the list that a opened
        ("b", "returned", "user", 1, 2, 2, 1, 0, 1, 2, 2, 3),  # said nothing from the 3rd to the 10th
        ("d", "silent", "user", 4, 1, 1, 0, 0, 0, 1, 1, 1),
        ("s", "staff", None, 6, 1, 1, 1, 0, None, None, None, None),
        ("e", "silent", None, None, 0, 0, 0, 0, 0, None, None, None),  # joined and never spoke
    ]
    assert table(rows, "joined", "source", "inviter_name", "joins")[1] == (date(2026, 5, 4), "invite", "Name a", 1)
    assert table(rows, "first_spoke", "last_spoke")[0] == (moment("2026-05-01 09:00"), moment("2026-05-12 09:00"))
    assert [row["joined"] for row in rows] == [None, date(2026, 5, 4), None, None, None, date(2026, 5, 4)]


def test_thresholds_change_segments():
    def segment(**changed):
        scope = replace(STAFF, conventions=conventions(**{"silent_days": 4, "risk_days": 2, "away_days": 6} | changed))
        return dict(table(ask("members", TWELVE, scope=scope), "member_id", "segment"))

    assert segment() == {"a": "core", "b": "returned", "c": "new", "d": "silent", "e": "new", "s": "staff"}
    assert segment(new_days=8)["c"] == "at_risk"  # came 8 days before the end
    assert segment(back_days=1, new_days=0)["b"] == "active"
    assert segment(silent_days=5, risk_days=4, new_days=0)["d"] == "at_risk"
    assert segment(core_score=3, new_days=0, risk_days=9)["c"] == "active"  # M is 1 of 3
    assert segment(fan_days=5)["a"] == "core"


def test_a_roster_tells_roles_and_who_is_gone():
    at = moment("2026-05-10 00:00")  # 08:00 in Shanghai
    roster = [
        {"member_id": "a", "seen_at": at, "role": "owner", "nickname": "阿", "remark": "团长"},
        {"member_id": "c", "seen_at": at, "role": "member", "joined_at": moment("2026-05-04 01:00")},
        {"member_id": "n", "seen_at": at, "joined_at": moment("2026-03-01 01:00"), "invited_by": "a"},
    ]
    rows = {row["member_id"]: row for row in ask("members", TWELVE, members=roster, scope=STAFF, left="in")}
    assert {id: row["segment"] for id, row in rows.items() if row["segment"] == "left"} == {
        "d": "left",
        "s": "left",
        "e": "left",
    }
    assert rows["b"]["segment"] == "returned"  # not on it, but has spoken since
    assert (rows["a"]["role"], rows["a"]["aliases"], rows["b"]["role"]) == ("owner", ["团长", "阿"], None)
    assert (rows["n"]["segment"], rows["n"]["joined"], rows["n"]["inviter_id"]) == ("silent", date(2026, 3, 1), "a")
    assert set(rows) - {"d", "s", "e"} == {
        row["member_id"] for row in ask("members", TWELVE, members=roster, scope=STAFF)
    }


def test_tags_by_words_and_by_conditions():
    tags = (("妈妈", ("宝妈", "娃")), ("复购", "orders >= 2"), ("核心", "segment=核心"))

    def told(scope, **params):
        return {row["member_id"]: row["tags"] for row in ask("members", TWELVE, scope=scope, **params) if row["tags"]}

    scope = replace(STAFF, member_tags=tags)
    assert told(scope) == {"a": ["妈妈", "核心"], "c": ["复购"], "d": ["妈妈"]}  # d is called so
    assert told(replace(scope, conventions=conventions(tag_messages=2, new_days=5))) == {
        "a": ["核心"],
        "c": ["复购"],
        "d": ["妈妈"],
    }
    assert told(scope, where=("tags=妈妈",)) == {"a": ["妈妈", "核心"], "d": ["妈妈"]}


def test_orders_are_not_known_where_lists_are_lost_and_not_none():
    def orders(rows, **params):
        return {row["member_id"]: row["orders"] for row in ask("members", rows, scope=STAFF, **params)}

    whole = orders(TWELVE)
    assert 0 in whole.values()
    assert not [note for note in notes("members", TWELVE, STAFF) if "sign-up list" in note]
    for people in (False, True):
        unread = [*TWELVE, {"at": "2026-05-09 12:00:00", "sender_id": "a", "kind": "solitaire", "text": None}]
        assert orders(unread, people=people) == {
            who: n or None for who, n in whole.items()
        }  # a lower bound, and null for 0
    assert [note for note in notes("members", unread, STAFF) if "are lost in the exports of 1 groups" in note]
    other = {"at": "2026-05-09 12:00:00", "sender_id": "a", "kind": "other", "text": None}
    assert orders([*TWELVE, other]) == {who: n or None for who, n in whole.items()}  # perhaps a list
    assert [note for note in notes("members", [*TWELVE, other], STAFF) if "may be among them" in note]


def test_rows_are_chosen_by_columns():
    def told(**params):
        return [row["member_id"] for row in ask("members", TWELVE, scope=STAFF, **params)]

    assert told(where=("active_days>=2", "replies>0")) == ["a", "b"]
    assert told(segment=("core", "沉默")) == ["a", "d", "e"]
    assert told(segment=("silent",), where=("days_silent>=0",)) == ["d"]
    with pytest.raises(BadOption, match="--where"):
        Params(where=("days>2",))
    with pytest.raises(BadOption, match=r"--segment: '.*' is not one of left, staff"):
        Params(segment=("kern",))


def test_ad_accounts_are_who_mostly_posts_ads():
    ad = "手机兼职刷单，日结300元，宝妈学生都可做，加V信：hao_xyz12 看 https://s.example.invalid/x"
    rows = [*TWELVE, *({"at": f"2026-05-12 1{n}:00:00", "sender_id": "x", "text": ad} for n in range(3))]
    found = {row["member_id"]: row["segment"] for row in ask("members", rows, scope=STAFF)}
    assert found["x"] == "ad"
    assert Counter(found.values())["ad"] == 1
    few = {row["member_id"]: row["segment"] for row in ask("members", rows[:-1], scope=STAFF)}
    assert few["x"] != "ad"  # two messages tell too little


def test_one_row_a_person():
    rows = [{**row, "group_id": group} for group in "gh" for row in TWELVE if "reply_to" not in row]
    rows += [
        {"at": "2026-05-11 10:00:00", "sender_id": sender, "group_id": group}
        for sender in ("d", "name:n")
        for group in "gh"
    ]
    found = {
        row["member_id"]: row for row in ask("members", rows, scope=STAFF, people=True) if row["member_id"] != "name:n"
    }
    assert (found["a"]["groups"], found["a"]["messages"], found["d"]["days_silent"]) == (2, 6, 1)
    assert found["a"]["active_days"] == 3  # the 1st, 9th and 12th, in both groups
    named = [row for row in ask("members", rows, scope=STAFF, people=True) if row["member_id"] == "name:n"]
    assert [(row["groups"], row["group_id"]) for row in named] == [
        (1, "g"),
        (1, "h"),
    ]  # a name in two groups is two people


def test_days_of_a_person_are_days_of_all_groups():
    def told(rows, **params):
        return {(row["group_id"], row["member_id"]): row for row in ask("members", rows, scope=scope, **params)}

    scope = Scope(conventions=conventions(away_days=3, back_days=9, new_days=0, silent_days=20, risk_days=20))
    days = {"g": (1, 2, 8, 9), "h": (4, 5, 6, 9)}
    rows = [{"at": f"2026-05-{day:02} 09:00:00", "sender_id": who, "group_id": group} for group in "gh" for day in days[group] for who in "ab"]  # fmt: skip
    rows += [{"at": f"2026-05-{day:02} 10:00:00", "sender_id": "x"} for day in range(1, 10)]
    rows += [{"at": "2026-05-09 11:00:00", "event": "removed", "actor_id": "x", "target_ids": ["b"]}]
    # In g they said nothing from the 3rd to the 7th, but in h they did.
    assert told(rows)["g", "a"]["segment"] == "returned"
    whole = {row["member_id"]: row for row in told(rows, people=True).values()}
    assert (whole["a"]["active_days"], whole["a"]["segment"], whole["a"]["groups"]) == (7, "active", 2)
    # f: 7 of x's 9 days, not 8; and b, who left g, is one person still, in h
    assert (whole["b"]["active_days"], whole["b"]["groups"], whole["b"]["group_id"]) == (7, 1, "h")
    assert whole["x"]["f"] > whole["a"]["f"]
    cut = ask("members", rows, scope=replace(scope, since=moment("2026-05-06")), people=True)
    assert dict(table(cut, "member_id", "active_days")) == {"a": 3, "b": 3, "x": 4}  # 6 8 9


def test_a_tag_that_means_nothing_is_told_by_its_file():
    check({"妈妈": ("宝妈",), "复购": "orders >= 2"}, COLUMNS, None)
    with pytest.raises(BadConfig, match=r"mine\.toml: members\.tags\.x is not a condition"):
        check({"x": "order >= 2"}, COLUMNS, Path("mine.toml"))


@pytest.mark.parametrize("typed", ["name=小鹿", "name~小", "inviter_name!=a", "group_name=妈妈群", "tags=妈妈", "aliases~m-x y", "member_id~wxid"])  # fmt: skip
def test_pseudonyms_are_compared_with_pseudonyms_alone(typed):
    with pytest.raises(BadOption, match="pseudonym"):
        Params(where=(typed,)).masked()
    Params(where=("name=m-abcdefghijklmnop", "group_id~g-ab", "tags=tag 1", "active_days>=2", "segment=core")).masked()


def test_a_name_begins_with_its_mark_alone():
    rows = [{"at": "2026-05-01 09:00:00", "sender_id": "name:rename:x", "sender_name": ""}, {"at": "2026-05-01 09:01:00", "event": "joined_qr", "actor_id": "name:surname:y"}]  # fmt: skip
    assert dict(table(ask("members", rows), "member_id", "name"))["name:surname:y"] == "surname:y"


def test_the_notes_count_and_say_where_nobody_can_be_a_friend():
    rows = [{key: cell for key, cell in row.items() if key != "reply_to"} for row in TWELVE]

    def notes(rows):
        with TemporaryDirectory() as folder, connect(write_snapshot(Path(folder), rows), STAFF) as engine:
            return [note.say("en") for note in analyze(engine, "members", scope=STAFF).notes]

    assert notes(TWELVE) == ["Segments of the rows listed: staff 1, silent 2, returned 1, at risk 1, core 1."]
    assert notes(rows)[1].endswith("nobody there can be told to be a friend: Group g.")


@given(st.lists(st.integers(0, 6), min_size=1, max_size=70))
def test_scores_are_of_ranks_and_equals_score_equally(values):
    found = scores(pd.Series(values, dtype=float), pd.Series(["g"] * len(values)))
    levels = 3 if len(values) < 50 else 5
    for value, score in zip(values, found, strict=True):
        below, same = sum(v < value for v in values), sum(v == value for v in values)
        rank = below + (same + 1) / 2
        assert score == int(levels * (rank - 0.5) / len(values) + 1e-9) + 1
        assert 1 <= score <= levels


def expected(rows, scope):
    """Everybody by plain Python: (group, member) → figures."""
    history, posts, day = seen(rows, scope)
    rule = dict(scope.conventions)
    observed = sorted({day(row) for row in history})
    if not observed:
        return {}
    ago = {d: len([1 for one in observed if one > d]) for d in observed}
    later = lambda d: len([1 for one in observed if one > d])  # noqa: E731
    out = {}
    for group in {row["group_id"] for row in history}:
        mine = [row for row in posts if row["group_id"] == group]
        events = [row for row in history if row["group_id"] == group and "event" in row]
        block = lambda row: 3 - ago[day(row)] // 7 if ago[day(row)] < 28 else None  # noqa: E731
        stages = Stages(mine, scope, day, block)
        tellable = any(row.get("reply_to") or row.get("mention_ids") is not None for row in mine)
        invited = {who for row in events if row["event"] == "invited" for who in row["target_ids"]} - scope.bots
        people = {row["sender_id"] for row in mine} | invited
        for who in people:
            said = [row for row in mine if row["sender_id"] == who]
            days = sorted({day(row) for row in said})
            gone = max(
                (row["at"] for row in events if row["event"] == "removed" and who in row["target_ids"]), default=None
            )
            came = [row["at"] for row in events if row["event"] == "invited" and who in row["target_ids"]]
            last = max((row["at"] for row in said), default=None)
            left = bool(gone and not (came and max(came) >= gone) and not (last and last >= gone))
            silent = later(days[-1]) if days else None
            known = max([later(min(came).date()), *([later(days[0])] if days else [])]) if came else None
            if known is None and days and said[0]["at"].date() >= min(map(day, mine)) + timedelta(days=60):
                known = later(days[0])
            gaps = [(later(b), later(a) - later(b) - 1) for a, b in pairwise(days)]
            back = min((at for at, gap in gaps if gap >= rule["members_away_days"]), default=None)
            staff = who in scope.staff
            out[group, who] = {
                "left": left, "staff": staff, "silent": silent, "known": known, "back": back,
                "first": said[0]["at"] if said else None, "last": last,
                "stage": None if staff or not days else stages.stage(who, 3) or "silent",
                "ties": None if staff or not tellable else stages.ties(who, 3),
            }  # fmt: skip
    return out


def segment_of(one, row, levels, rule):
    """The first that holds."""
    silent = one["silent"]
    if one["left"]:
        return "left"
    if one["staff"]:
        return "staff"
    if one["known"] is not None and one["known"] < rule["members_new_days"]:
        return "new"
    if silent is None or silent >= rule["members_silent_days"]:
        return "silent"
    if one["back"] is not None and one["back"] < rule["members_back_days"]:
        return "returned"
    if silent >= rule["members_risk_days"]:
        return "at_risk"
    best = ceil(rule["members_core_score"] * levels / 5)
    return "core" if row["r"] is not None and min(row["r"], row["f"], row["m"]) >= best else "active"


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    logs(),
    scopes(),
    st.sampled_from([RULES, conventions(), conventions(new_days=20, friend_ties=1, friend_replies=0, fan_days=2)]),
)
def test_plain_python_gives_the_same_and_segments_share_everybody_out(rows, scope, rules):
    scope = replace(scope, conventions=rules)
    known = expected(rows, scope)
    found = {(row["group_id"], row["member_id"]): row for row in ask("members", rows, scope=scope, left="in")}
    assert set(found) == set(known)
    for key, one in known.items():
        row = found[key]
        assert (row["first_spoke"], row["last_spoke"], row["days_silent"]) == (one["first"], one["last"], one["silent"])
        assert (row["stage"], row["ties"]) == (one["stage"], one["ties"])
        assert row["segment"] in SEGMENTS
        assert row["segment"] == segment_of(one, row, 3, dict(rules))
    listed = [row["member_id"] for row in ask("members", rows, scope=scope)]
    assert len(listed) == len([1 for one in known.values() if not one["left"]])
