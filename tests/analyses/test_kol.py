"""`kol`: by hand where all answers are quotes; gates; and a chat with planted influence, as the command sees it."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest

from qunkit.analyses.kol import Params, notes
from qunkit.dataset import Scope
from support.kol_worlds import WORLDS, simulate
from support.messages import moment
from support.questions import ask, table

BEGIN = moment("2026-03-01")


def quoted(days=30, answering="bcd", scope=None, **more):
    """Every day a speaks and all others quote that; half an hour later b speaks, and only a quotes it."""
    rows = []
    for day in range(days):
        at = BEGIN + timedelta(days=day, hours=9 + day % 3)
        first = len(rows)
        rows.append({"at": at, "sender_id": "a"})
        rows += [
            {"at": at + timedelta(minutes=n), "sender_id": who, "reply_to": f"m{first}"}
            for n, who in enumerate(answering, 1)
        ]
        rows.append({"at": at + timedelta(minutes=30), "sender_id": "b"})
        rows.append({"at": at + timedelta(minutes=31), "sender_id": "a", "reply_to": f"m{len(rows) - 1}"})
    return ask("kol", rows, **({"scope": scope} if scope else {}), **more)


def test_where_all_answers_are_quotes_the_volume_is_their_number():
    found = quoted()
    volume = {row["member_id"]: row["volume"] for row in found}
    # a: 30 turns x 3 quotes; b: 30 x 1; what b and a begin with nobody quotes may look like answers to one before
    assert volume["a"] == pytest.approx(90, abs=5)
    assert volume["b"] == pytest.approx(30, abs=5)
    assert found[0]["member_id"] == "a"
    a = found[0]
    assert (a["turns"], a["reach"]) == (60, 1.0)
    assert a["explicit"] == pytest.approx(1, abs=0.05)
    assert a["low"] < a["pull"] < a["high"]


def test_where_nobody_answers_there_is_no_pull():
    rows = [{"at": BEGIN + timedelta(hours=6 * n), "sender_id": "ab"[n % 2]} for n in range(60)]
    assert {(row["turns"], row["volume"], row["pull"], row["low"], row["high"]) for row in ask("kol", rows)} == {(30, 0, None, None, None)}  # fmt: skip


def test_fewer_than_twenty_turns_give_no_pull():
    found = {row["member_id"]: row for row in quoted(days=19)}
    assert (found["c"]["turns"], found["c"]["pull"], found["c"]["confidence"]) == (19, None, "few_turns")
    assert found["a"]["pull"] is not None
    assert {row["member_id"]: row for row in quoted(days=20)}["c"]["pull"] is not None


def test_only_what_is_in_the_window_counts():
    scope = Scope(since=BEGIN + timedelta(days=20))
    found = {row["member_id"]: row for row in quoted(scope=scope)}
    assert found["a"]["turns"] == 20  # two a day
    assert found["a"]["volume"] == pytest.approx(30, abs=3)


def test_top_is_per_group_and_staff_are_told():
    found = quoted(top=2, scope=Scope(staff=frozenset({"a"})))
    assert table(found, "member_id", "official", "labels") == [("a", True, []), ("b", False, [])]


@cache
def world(name, explicit=0.15, days=None):
    """Rows of a simulated chat: lines, and quotes of some of the answers."""
    chat = simulate(1, **WORLDS[name] | ({"days": days} if days else {}))
    dice = np.random.default_rng(1)
    rows = []
    for at, who, parent, goes_on in zip(chat.at, chat.who, chat.parent, chat.goes_on, strict=True):
        row = {"at": BEGIN + timedelta(minutes=round(float(at), 3)), "sender_id": f"p{who:03}", "text": "好"}
        quotes = parent >= 0 and not goes_on and dice.random() < explicit
        rows.append(row | ({"reply_to": f"m{parent}"} if quotes else {}))
    return chat, rows


def test_planted_kols_are_told_with_a_check_that_stands():
    chat, rows = world("base", days=30)
    found = ask("kol", rows)
    told = [int(row["member_id"][1:]) for row in found if "kol" in row["labels"]]
    assert 3 <= len(told) <= 15
    top = np.argsort(-chat.volume)
    assert len(set(told) & set(top[:10].tolist())) >= 0.6 * len(told)
    assert len({int(row["member_id"][1:]) for row in found[:10]} & set(top[:10].tolist())) >= 8
    assert found[0]["self_check"] >= 0.4
    assert found[0]["confidence"] == "high"


def test_where_nobody_pulls_more_hardly_anybody_is_a_kol():
    _, rows = world("null", days=30)
    found = ask("kol", rows)
    assert len([row for row in found if "kol" in row["labels"]]) <= 0.03 * len(found)


def test_below_two_tenths_the_pull_is_hidden_and_it_is_said_why():
    _, rows = world("base", days=30)
    dice = np.random.default_rng(2)
    wrong = [row | ({"reply_to": f"m{dice.integers(0, n)}"} if "reply_to" in row else {}) for n, row in enumerate(rows)]
    found = ask("kol", wrong)  # quotes of anything say nothing of who pulls
    assert found[0]["self_check"] < 0.2
    assert {row["pull"] for row in found} == {row["low"] for row in found} == {None}
    assert {row["confidence"] for row in found} == {"failed", "few_turns"}
    said = [note.say("en") for note in notes(pd.DataFrame(found), Params())]
    assert (
        said[1]
        == "Pull is hidden where the self-check is below 0.2 or its interval reaches below 0.1 (groups: 1): Group g."
    )


def test_without_quotes_nobody_is_a_kol_and_confidence_is_low():
    _, rows = world("base", 0.0, days=30)
    found = ask("kol", rows)
    assert not [row for row in found if row["labels"]]
    assert {row["confidence"] for row in found} == {"low", "few_turns"}
    assert found[0]["pull"] is not None
    said = [note.say("zh") for note in notes(pd.DataFrame(found), Params())]
    assert said[-1] == "所列回复获得中 0% 为明确回复（引用和@），其余由时间推断。"


AD = "手机兼职刷单，日结300元，宝妈学生都可做，加V信：hao_xyz12 看 https://s.example.invalid/x"


def by_member(found):
    return {row["member_id"]: row for row in found}


def test_ads_are_no_members_turns_and_no_answers_fall_to_others():
    rows = []
    for day in range(25):
        at = BEGIN + timedelta(days=day, hours=9)
        rows.append({"at": at, "sender_id": "a", "text": "早"})
        rows.append({"at": at + timedelta(minutes=2), "sender_id": "z", "text": AD})
        rows.append(
            {"at": at + timedelta(minutes=3), "sender_id": "b", "text": "骗子", "reply_to": f"m{len(rows) - 1}"}
        )
        rows.append({"at": at + timedelta(hours=5), "sender_id": "z", "text": "晚上吃什么"})
    out, in_ = by_member(ask("kol", rows)), by_member(ask("kol", rows, ads="in"))
    # 25 of the 50 messages of z are ads: they are no turns of z, and the answers to them are nobody's
    assert (out["z"]["turns"], in_["z"]["turns"]) == (25, 50)
    assert (out["z"]["ad_share"], in_["z"]["ad_share"]) == (0.5, 0.5)
    assert out["z"]["volume"] < 1
    assert in_["z"]["volume"] == pytest.approx(25, abs=1)
    assert out["a"]["volume"] < 1
    assert out["a"]["ad_share"] == 0
    staff = by_member(ask("kol", rows, scope=Scope(staff=frozenset({"z"}))))
    assert (staff["z"]["turns"], staff["z"]["ad_share"]) == (50, None)


def test_what_a_red_packet_makes_people_say_is_nobodys_doing():
    rows = []
    for day in range(25):
        at = BEGIN + timedelta(days=day, hours=9)
        rows.append({"at": at, "sender_id": "a", "kind": "red_packet", "text": "恭喜发财"})
        rows += [{"at": at + timedelta(seconds=20 * n), "sender_id": f"q{n}", "text": "谢谢老板"} for n in range(1, 6)]
        rows.append({"at": at + timedelta(minutes=4), "sender_id": "b", "text": "好", "reply_to": f"m{len(rows) - 1}"})
        rows.append({"at": at + timedelta(minutes=6), "sender_id": "c", "text": "吃了吗"})
        rows.append({"at": at + timedelta(hours=6), "sender_id": "a", "text": "下午好"})
    out, in_ = by_member(ask("kol", rows)), by_member(ask("kol", rows, red_packets="in"))
    assert (out["a"]["turns"], in_["a"]["turns"]) == (25, 50)
    assert in_["a"]["volume"] + in_["q1"]["volume"] > 25
    assert out["a"]["volume"] < 1
    assert "q1" not in out  # nothing else of theirs
    assert (out["b"]["turns"], out["c"]["turns"]) == (25, 25)  # b quotes somebody, c is later than 5 minutes


def test_staff_are_told_or_left_out():
    scope = Scope(staff=frozenset({"a"}))
    both, without = quoted(scope=scope), quoted(scope=scope, official="out")
    assert [row for row in both if row["member_id"] != "a"] == without


def test_of_a_half_life_old_turns_count_less():
    whole, current = by_member(quoted(days=60)), by_member(quoted(days=60, half_life=10.0))
    assert current["a"]["turns"] == whole["a"]["turns"] == 120
    # 3 quotes a day, of the day n ago 2^(-n/10) of them: about 3 / (1 - 2^(-.1)) = 44.8
    assert current["a"]["volume"] == pytest.approx(44.8 * (1 - 2**-6), rel=0.06)
    assert current["a"]["pull"] == pytest.approx(whole["a"]["pull"], rel=0.3)
    assert by_member(quoted(days=60, half_life=2.0))["a"]["confidence"] == "few_turns"  # 2 turns x 3.4 days' worth


def test_a_half_life_finds_who_leads_now():
    rows = []
    for day in range(80):
        at, who = BEGIN + timedelta(days=day, hours=9), "ab"[day >= 40]
        for n, speaker in enumerate("ab"):
            rows.append({"at": at + timedelta(hours=2 * n), "sender_id": speaker})
            if speaker == who:
                rows += [
                    {
                        "at": at + timedelta(hours=2 * n, minutes=k),
                        "sender_id": f"q{k}",
                        "reply_to": f"m{len(rows) - 1}",
                    }
                    for k in (1,)
                ]
    whole, current = by_member(ask("kol", rows)), by_member(ask("kol", rows, half_life=28.0))
    assert whole["a"]["volume"] == pytest.approx(whole["b"]["volume"], rel=0.05)
    assert current["b"]["volume"] > 2 * current["a"]["volume"]
    assert current["b"]["pull"] > 1.5 * current["a"]["pull"]


def test_one_person_over_groups_is_one_row():
    rows = []
    for group, many, days in (("g", 3, 40), ("h", 1, 20)):
        for day in range(days):
            at = BEGIN + timedelta(days=day, hours=9)
            first = len(rows)
            rows.append({"at": at, "sender_id": "a", "group_id": group})
            rows += [
                {
                    "at": at + timedelta(minutes=n),
                    "sender_id": f"{group}{n}",
                    "reply_to": f"m{first}",
                    "group_id": group,
                }
                for n in range(1, many + 1)
            ]
            rows.append({"at": at + timedelta(hours=9), "sender_id": "name:老K", "group_id": group})
    apart, told = ask("kol", rows), by_member(ask("kol", rows, people=True))
    mine = {row["group_id"]: row for row in apart if row["member_id"] == "a"}
    a = told["a"]
    assert (a["groups"], a["turns"], a["group_id"], a["group_name"], a["self_check"]) == (2, 60, None, None, None)
    assert a["volume"] == pytest.approx(mine["g"]["volume"] + mine["h"]["volume"])
    assert a["pull"] == pytest.approx((40 * mine["g"]["pull"] + 20 * mine["h"]["pull"]) / 60)
    assert a["low"] <= a["pull"] <= a["high"]
    # a is answered by 3 of 4 others, and by 1 of 2
    assert (mine["g"]["reach"], mine["h"]["reach"], a["reach"]) == (0.75, 0.5, pytest.approx(4 / 6))
    both = [row for row in ask("kol", rows, people=True) if row["member_id"] == "name:老K"]
    assert [row["groups"] for row in both] == [1, 1]  # the same name in two groups is two people
    assert [row["member_id"] for row in ask("kol", rows, people=True, top=1)] == ["a"]


def market():
    """Twenty days: a opens a list that six join, or offers something that six order; b tells of what she bought and c answers."""
    rows = []
    for day in range(20):
        at = BEGIN + timedelta(days=day, hours=10)
        first = len(rows)
        if day % 4 == 0:
            sheet = f"#接龙\n草莓 第{day}期\n\n1. 阿珍 2份"
            rows.append({"at": at, "sender_id": "a", "kind": "solitaire", "text": sheet})
            for n in range(2, 8):
                sheet += f"\n{n}. 买家{n} 1份"
                rows.append({"at": at + timedelta(minutes=n), "sender_id": f"q{n}", "kind": "solitaire", "text": sheet})
        else:
            rows.append({"at": at, "sender_id": "a", "text": "今天有樱桃"})
            rows += [
                {"at": at + timedelta(minutes=n), "sender_id": f"q{n}", "text": "要2份", "reply_to": f"m{first}"}
                for n in range(2, 8)
            ]
        rows.append({"at": at + timedelta(hours=4), "sender_id": "b", "text": "上次那个很好吃，推荐"})
        rows.append(
            {
                "at": at + timedelta(hours=4, minutes=1),
                "sender_id": "c",
                "text": "真的吗",
                "reply_to": f"m{len(rows) - 1}",
            }
        )
        rows.append({"at": at + timedelta(hours=8), "sender_id": "b", "text": "晚安"})
        rows.append({"at": at + timedelta(hours=9), "sender_id": "c", "text": "晚安"})
    rows += [
        {"at": BEGIN + timedelta(days=21, hours=n), "sender_id": f"q{n + 2}", "kind": "contact_card", "text": "阿珍"}
        for n in range(2)
    ]
    rows += [
        {"at": BEGIN + timedelta(days=21, hours=9), "sender_id": "b", "kind": "contact_card", "text": "Name b"}
    ]  # her own
    return [row | {"sender_name": "阿珍" if row["sender_id"] == "a" else f"Name {row['sender_id']}"} for row in rows]


def test_labels_by_hand():
    found = by_member(ask("kol", market()))
    a, b = found["a"], found["b"]
    # lists of the days 0, 4, 8, 12, 16; orders of the other 15 days by six people
    assert (a["lists"], a["orders"], a["cards"], a["tips"]) == (5, 90, 2, 0)
    assert {"leader", "card"} <= set(a["labels"])
    # the 20 tips that c answered; b's own card is nobody's word
    assert (b["tips"], b["cards"], b["labels"]) == (20, 0, ["koc"])
    assert not found["q2"]["labels"]
    assert not found["c"]["labels"]


def test_who_joins_a_list_that_began_before_the_window_did_not_open_it():
    last = BEGIN + timedelta(days=16, hours=10)
    opened = {row["member_id"]: row["lists"] for row in ask("kol", market(), scope=Scope(since=last))}
    assert (opened.pop("a"), set(opened.values())) == (1, {0})
    joined = ask(
        "kol", market(), scope=Scope(since=last + timedelta(minutes=3))
    )  # q2 joined before, q3 and others after
    assert {row["lists"] for row in joined} == {0}


def test_labels_are_conventions():
    def told(*changed):
        given = dict(Scope().conventions) | dict(changed)
        return {
            label
            for row in ask("kol", market(), scope=Scope(conventions=tuple(given.items())))
            for label in row["labels"]
        }

    assert {"koc", "leader", "card"} <= told()
    assert "koc" not in told(("koc_tips", 21.0))
    assert "koc" not in told(("koc", 0.0))
    assert "card" not in told(("card_people", 3.0))
    assert "leader" in told(("leader_lists", 6.0))
    assert "leader" in told(("leader_orders", 91.0))
    assert "leader" not in told(("leader_lists", 6.0), ("leader_orders", 91.0))
    assert "leader" not in told(("leader_people", 7.0))


def test_who_rises_is_called_so():
    rows = []
    for day in range(56):
        at = BEGIN + timedelta(days=day, hours=9)
        rows.append({"at": at, "sender_id": "a"})
        rows += [
            {"at": at + timedelta(minutes=n), "sender_id": f"q{n}", "reply_to": f"m{len(rows) - 1}"}
            for n in range(1, 5 if day >= 28 else 2)
        ]
    assert "rising" in by_member(ask("kol", rows))["a"]["labels"]
