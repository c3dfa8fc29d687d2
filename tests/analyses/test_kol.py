"""`kol`: by hand where all answers are quotes; gates; and a chat with planted influence, as the command sees it."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import numpy as np
import pytest

from qunkit.dataset import Scope
from qunkit.registry import load
from support.kol_worlds import WORLDS, simulate
from support.messages import moment
from support.questions import ask, notes, table

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
    assert all(row["q"] <= 0.1 for row in found if "kol" in row["labels"])
    assert {row["confidence"] for row in found if row["q"] is None} <= {"few_turns"}


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
    assert (
        notes("kol", wrong)[1]
        == "Pull is hidden where the self-check is below 0.2 or its interval reaches below 0.1 (groups: 1): Group g."
    )


def test_without_quotes_nobody_is_a_kol_and_pulls_are_told_to_be_unchecked():
    _, rows = world("base", 0.0, days=30)
    found = ask("kol", rows)
    assert not [row for row in found if row["labels"]]
    assert {row["confidence"] for row in found} == {"unchecked", "few_turns"}  # and says so where it is shown
    assert found[0]["pull"] is not None
    told = notes("kol", rows, lang="zh")
    assert told[0].startswith("1 个群的引用和@过少")
    assert told[-1] == "所列回复获得中 0% 为明确回复（引用和@），其余由时间推断。"


def test_what_cannot_be_checked_is_no_kols_pull_however_great():
    rows = [
        {"at": BEGIN + timedelta(days=day, hours=9, minutes=2 * n), "sender_id": "abcdefg"[n]}
        for day in range(40)
        for n in range(7)
    ]
    rows += [{"at": BEGIN + timedelta(days=day, hours=15), "sender_id": "abcdefg"[day % 6 + 1]} for day in range(40)]
    found = by_member(ask("kol", rows))
    assert found["a"]["pull"] > 2 * found["g"]["pull"]  # who begins every day, as times have it
    assert found["a"]["volume"] >= 2 / 7 * sum(row["volume"] for row in found.values())
    assert {(tuple(row["labels"]), row["confidence"]) for row in found.values()} == {((), "unchecked")}


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
    assert (out["q1"]["turns"], out["q1"]["volume"], out["q1"]["pull"]) == (0, 0, None)  # nothing else of theirs
    assert (out["b"]["turns"], out["c"]["turns"]) == (25, 25)  # b quotes somebody, c is later than 5 minutes


def test_every_member_who_posted_has_a_row_and_is_one_of_the_others():
    """Every day b quotes a; in the last hours z posts an ad, y takes part in a red packet's storm, and c goes on with a turn that began before the window."""
    rows = []
    for day in range(25):
        at = BEGIN + timedelta(days=day, hours=9)
        rows.append({"at": at, "sender_id": "a", "text": "早"})
        rows.append(
            {"at": at + timedelta(minutes=1), "sender_id": "b", "text": "早啊", "reply_to": f"m{len(rows) - 1}"}
        )
    end = BEGIN + timedelta(days=25)
    rows += [
        {"at": BEGIN + timedelta(days=4, hours=23, minutes=59), "sender_id": "c", "text": "在吗"},
        {"at": BEGIN + timedelta(days=5), "sender_id": "c", "text": "我明天去"},
        {"at": end, "sender_id": "z", "text": AD},
        {"at": end + timedelta(hours=1), "sender_id": "x", "kind": "red_packet", "text": "恭喜发财"},
        {"at": end + timedelta(hours=1, seconds=9), "sender_id": "y", "text": "谢谢"},
    ]
    names = [f"m{n}" for n in range(len(rows))]
    rows = [row | {"message_id": name} for row, name in zip(rows, names, strict=True)]
    found = by_member(ask("kol", rows, scope=Scope(since=BEGIN + timedelta(days=5))))
    assert set(found) == set("abcxyz")
    # b answered a, of five others
    assert (found["a"]["reach"], found["a"]["turns"]) == (0.2, 20)
    nothing = ("turns", "volume", "pull", "low", "high", "reach", "ignited", "tips", "explicit", "confidence", "labels")
    for who in "cxyz":
        assert table([found[who]], *nothing) == [(0, 0, None, None, None, 0, 0, 0, None, "few_turns", [])]
    assert (found["z"]["ad_share"], found["y"]["ad_share"]) == (1, 0)
    assert found["a"]["volume"] == pytest.approx(20, abs=0.5)


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


def test_the_checks_of_all_groups_are_said_whoever_is_listed():
    _, rows = world("base", days=30)
    dice = np.random.default_rng(2)
    wrong = [row | ({"reply_to": f"h{dice.integers(0, n)}"} if "reply_to" in row else {}) for n, row in enumerate(rows)]
    wrong = [row | {"group_id": "h", "group_name": "乙", "message_id": f"h{n}"} for n, row in enumerate(wrong)]
    rows = [*rows, *wrong, {"at": BEGIN, "sender_id": "z", "group_id": "few"}]
    low, high = sorted({row["self_check"] for row in ask("kol", rows)} - {None})
    for people in (False, True):
        told = notes("kol", rows, people=people, top=1)[people:]
        assert told[0] == f"Self-check, quotes and mentions of half of the people hidden: rank correlation {low:.2f} to {high:.2f} (groups: 2)."  # fmt: skip
        assert told[1].startswith("No self-check (groups: 1)")
        assert told[2].endswith("below 0.1 (groups: 1): 乙.")


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


def test_a_list_goes_on_for_two_weeks_and_belongs_to_who_opened_it():
    begin = moment("2026-05-20 09:00")

    def lists(days, /, **more):
        """a opens a list so many days before b joins it, in the window."""
        sheet = "#接龙\n周末采摘\n1. 阿珍"
        rows = [
            {"at": begin - timedelta(days=days), "sender_id": "a", "kind": "solitaire", "text": sheet},
            {"at": begin, "sender_id": "b", "kind": "solitaire", "text": sheet + "\n2. 小鹿"},
            {
                "at": begin + timedelta(hours=1),
                "sender_id": "c",
                "kind": "solitaire",
                "text": sheet + "\n2. 小鹿\n3. 老K",
            },
        ]
        found = by_member(ask("kol", rows, scope=Scope(since=begin - timedelta(**more))))
        return {who: row["lists"] for who, row in found.items()}

    assert lists(10, days=11) == {"a": 1, "b": 0, "c": 0}
    assert lists(10, hours=1) == {"b": 0, "c": 0}  # b and c joined what a had opened before the window
    assert lists(15, hours=1) == {"b": 1, "c": 0}  # after two weeks it is another list


def sheet(at, who, entries, about="草莓 一箱"):
    names = "\n".join(f"{n}. 买家{n} 1份" for n in range(1, entries + 1))
    return {"at": at, "sender_id": who, "kind": "solitaire", "text": f"#接龙\n{about}\n\n{names}"}


def test_a_list_that_never_closed_is_its_openers_however_long_ago_it_began():
    since = BEGIN + timedelta(days=30)
    versions = [
        sheet(BEGIN + timedelta(days=5), "a", 1),  # 12 days later it goes on, and 13 days after that
        sheet(BEGIN + timedelta(days=17), "b", 2),
        sheet(since + timedelta(hours=1), "b", 3),
        sheet(since + timedelta(hours=2), "c", 4),
        sheet(since + timedelta(days=1), "c", 5, "草莓  一箱。"),  # much the same heading
    ]
    scope = Scope(since=since)
    assert {row["member_id"]: row["lists"] for row in ask("kol", versions, scope=scope)} == {"b": 0, "c": 0}
    # where it has been closed for more than 14 days, b opens another
    late = [row | {"at": row["at"] - timedelta(days=4)} if row["at"] < since else row for row in versions]
    assert {row["member_id"]: row["lists"] for row in ask("kol", late, scope=scope)} == {"b": 1, "c": 0}
    assert ask("kol", versions[:2], scope=scope) == []


def test_lists_before_the_window_move_no_figure_but_of_lists():
    more = [sheet(BEGIN - timedelta(days=8), "d", 1)]
    days = [{"at": BEGIN + timedelta(days=d, hours=9), "sender_id": "abc"[d % 3], "message_id": f"n{d}"} for d in range(30)]  # fmt: skip
    scope = Scope(since=BEGIN)
    assert ask("kol", [*more, *days], scope=scope) == ask("kol", days, scope=scope)


def test_a_persons_lists_are_not_known_where_they_are_not_in_one_of_the_groups():
    fine = [{"at": BEGIN, "sender_id": "b", "group_id": "h"}]
    lost = [{"at": BEGIN + timedelta(hours=2), "sender_id": "b", "kind": "solitaire", "text": None}]
    assert table(ask("kol", [*fine, *lost], people=True), "groups", "lists") == [(2, None)]


def test_lists_may_be_among_messages_of_which_nothing_is_known():
    quiet = [row for row in market() if row.get("kind") != "solitaire"]
    assert {row["lists"] for row in ask("kol", quiet)} == {0}
    hidden = {
        "at": market()[-1]["at"] - timedelta(hours=1),
        "sender_id": "b",
        "kind": "other",
        "text": None,
        "message_id": "x1",
    }
    assert {row["lists"] for row in ask("kol", [*quiet, hidden])} == {None}
    assert [note for note in notes("kol", [*quiet, hidden]) if "may be among them" in note]
    assert {row["lists"] for row in ask("kol", [*market(), hidden])} == {None, 5}  # a's are a lower bound


def test_lists_without_a_text_are_not_known_and_not_none():
    rows = [row | ({"text": None} if row.get("kind") == "solitaire" and row["at"].day == 1 else {}) for row in market()]
    found = by_member(ask("kol", rows))
    assert (found["a"]["lists"], found["b"]["lists"]) == (4, None)  # of the days 4, 8, 12, 16 at least
    assert {"leader", "card"} <= set(found["a"]["labels"])
    [note] = [note for note in notes("kol", rows) if "lost" in note]
    assert "of 1 groups: Group g." in note
    none = by_member(ask("kol", [row | ({"text": None} if row.get("kind") == "solitaire" else {}) for row in market()]))
    assert {row["lists"] for row in none.values()} == {None}
    assert not [note for note in notes("kol", market()) if "lost" in note]
    both = by_member(ask("kol", rows, people=True))
    assert (both["a"]["lists"], both["b"]["lists"]) == (4, None)


def test_where_no_times_are_known_it_is_said_why_there_are_no_rows():
    rows = [{"at": f"2026-05-0{n} 00:00:00", "time_quality": "day"} for n in range(1, 6)]
    for name in ("kol", "kol_rising", "calls", "calls_people", "calls_silent", "replies", "network", "network_members"):
        assert ask(name, rows) == []
        [note] = [note for note in notes(name, rows) if "qunkit formats" in note]
        assert "of 1 groups, so that" in note
        timed = [*rows, {"at": "2026-05-06 09:00:00"}]
        assert not [note for note in notes(name, timed) if "qunkit formats" in note]


def test_network_position_is_told_if_asked_for():
    plain, told = quoted(), quoted(position=True)
    assert {(row["pagerank"], row["core"]) for row in plain} == {(None, None)}
    rows = {row["member_id"]: row for row in told}
    # a has ties with b, c and d; these have none with each other
    assert {row["core"] for row in told} == {1}
    assert sum(row["pagerank"] for row in told) == pytest.approx(1, abs=1e-5)
    assert max(rows, key=lambda who: rows[who]["pagerank"]) == "a"
    assert [row | {"pagerank": None, "core": None} for row in told] == plain


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("kol", "name labels volume pull low high confidence"),
        ("kol_rising", "name state pull change low high q"),
    ],
)
def test_what_an_answer_rests_on_does_not_give_way_to_a_narrow_terminal(name, kept):
    never = {column.name for column in load("analyses", name).COLUMNS if not column.spare}
    assert never == {"group_name", *kept.split()}


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


def test_people_are_told_the_least_check_of_their_groups_and_unchecked_pulls_last():
    _, rows = world("base", days=30)
    names = [row | {"message_id": f"m{n}"} for n, row in enumerate(rows)]
    blind = [
        {key: value for key, value in row.items() if key != "reply_to"} | {"group_id": "h", "message_id": f"h{n}"}
        for n, row in enumerate(rows)
    ]
    apart = {(row["group_id"], row["member_id"]): row for row in ask("kol", names + blind)}
    both = ask("kol", names + blind, people=True)
    one = both[0]
    known, unchecked = apart["g", one["member_id"]], apart["h", one["member_id"]]
    assert (known["confidence"], unchecked["confidence"]) == ("high", "unchecked")
    assert unchecked["self_check"] is None
    assert (one["pull"], one["confidence"]) == (pytest.approx(known["pull"]), "high")  # not the mean of both
    assert {row["self_check"] for row in both} == {known["self_check"]}
    least: dict[str, float] = {}
    for (_, member), row in apart.items():
        if row["q"] is not None:
            least[member] = min(row["q"], least.get(member, 1))
    assert {row["member_id"]: row["q"] for row in both if row["q"] is not None} == least
    told = notes("kol", names + blind, people=True)
    assert f"rank correlation {known['self_check']:.2f} (groups: 1)" in told[1]
    assert told[2].startswith("No self-check (groups: 1)")


def test_groups_are_named_as_each_language_does():
    _, rows = world("base", days=30)
    dice = np.random.default_rng(2)
    wrong = []
    for group in "gh":
        for n, row in enumerate(rows):
            quotes = {"reply_to": f"{group}{dice.integers(0, n)}"} if "reply_to" in row else {}
            wrong.append(row | quotes | {"group_id": group, "message_id": f"{group}{n}"})
    assert notes("kol", wrong)[1].endswith("(groups: 2): Group g, Group h.")
    assert notes("kol", wrong, lang="zh")[1].endswith("：Group g、Group h。")
    assert " to " in notes("kol", wrong)[0]
