"""Members of two names: suggested with evidence, merged only on the owner's word, whatever the order of ingests."""

import itertools

import pytest

from qunkit.ingest.aliases import Verdict, listed, people, say
from support.staged import commit, members, messages, telling

A, B, C = "a" * 16, "b" * 16, "c" * 16
SAME = Verdict("g1", "name:阿岚", "name:岚姐", "same")


def chat(name, moments=range(0, 600, 60), **columns):
    """One telling a minute by a member of that name, with words of its own."""
    return [telling(second, text=f"第{second}秒", sender_name=name, **columns) for second in moments]


def rows(dataset):
    return [(row["sender_id"], row["text"]) for row in messages(dataset)[0]]


def suggested(dataset):
    return [(one.alias, one.member, one.support, one.purity) for one in listed(dataset) if one.status == "suggested"]


def test_a_rename_is_suggested_and_merged_when_it_is_accepted(tmp_path):
    commit(tmp_path / "d", {A: chat("阿岚")})
    commit(tmp_path / "d", {B: chat("岚姐", range(0, 660, 60))})  # one moment more: the name seen last is the member's
    assert suggested(tmp_path / "d") == [("name:阿岚", "name:岚姐", 10, 1.0)]
    assert len(rows(tmp_path / "d")) == 21
    assert say(tmp_path / "d", [SAME]) == "v000003"
    assert rows(tmp_path / "d") == [("name:岚姐", f"第{second}秒") for second in range(0, 660, 60)]
    assert [(one.alias, one.status, one.evidence) for one in listed(tmp_path / "d")] == [
        ("name:阿岚", "accepted", "owner")
    ]
    assert say(tmp_path / "d", [SAME]) is None


def test_what_was_said_counts_for_what_is_ingested_later_and_in_any_order(tmp_path):
    said = {A: chat("阿岚"), B: chat("岚姐"), C: chat("凯文")}
    tables = set()
    for number, order in enumerate(list(itertools.permutations(["say", *said]))[::5]):
        dataset = tmp_path / str(number)
        if order[0] == "say":
            continue  # nothing to speak of
        for step in order:
            if step == "say":
                say(dataset, [SAME])
            else:
                commit(dataset, {step: said[step]})
        tables.add(messages(dataset)[1])
        assert len(rows(dataset)) == 20
    assert len(tables) == 1


def test_four_moments_are_not_enough_and_a_common_phrase_is_no_evidence(tmp_path):
    commit(tmp_path / "d", {A: chat("阿岚", range(0, 240, 60)), B: chat("岚姐", range(0, 240, 60))})
    assert suggested(tmp_path / "d") == []
    commit(tmp_path / "e", {A: chat("阿岚"), B: chat("岚姐", range(0, 300, 60)) + chat("凯文", range(300, 600, 60))})
    assert suggested(tmp_path / "e") == []  # half of them speak for the one, half for the other: purity is 0.5


@pytest.mark.parametrize(("moments", "found"), [(5, [("name:阿岚", "name:岚姐", 5, 1.0)]), (4, [])])
def test_five_moments_are_enough(tmp_path, moments, found):
    commit(tmp_path / "d", {A: chat("阿岚", range(moments)), B: chat("岚姐", range(moments + 1))})
    assert suggested(tmp_path / "d") == found


@pytest.mark.parametrize(("theirs", "found"), [(90, [("name:阿岚", "name:岚姐", 90, 0.9)]), (89, [])])
def test_nine_of_ten_moments_must_be_with_the_one(tmp_path, theirs, found):
    """The other ten are with somebody whom the same export shows."""
    rival = chat("凯文", range(theirs, theirs + 10))
    commit(
        tmp_path / "d",
        {A: chat("阿岚", range(theirs + 10)), B: [*chat("岚姐", range(theirs)), *rival, *chat("岚姐", [900])]},
    )
    assert suggested(tmp_path / "d") == found


def test_moments_are_those_that_the_merge_would_make_one(tmp_path):
    """… whole seconds, words but for blanks and line ends, and cards of any words."""
    told = [telling(n * 60, text=f"第{n}条\n好", sender_name="阿岚") for n in range(3)]
    cards = [
        telling(200 + n, kind=kind, text="甲", sender_name="阿岚") for n, kind in enumerate(("link", "image", "quote"))
    ]
    other = [
        telling(n * 60 + 0.123, text=f" 第{n}条\r\n好\n", sender_id="w1", sender_name="岚姐") for n in range(3)
    ] + [telling(200.5 + n, kind=kind, text="", sender_id="w1") for n, kind in enumerate(("file", "image", "quote"))]
    empty = [telling(900 + n, text="", sender_name="阿岚") for n in range(9)]
    commit(
        tmp_path / "d",
        {A: [*told, *cards, *empty], B: [*other, *(row | {"sender_id": "w1", "sender_name": None} for row in empty)]},
    )
    assert suggested(tmp_path / "d") == [("name:阿岚", "w1", 6, 1.0)]
    say(tmp_path / "d", [Verdict("g1", "name:阿岚", "w1", "same")])
    assert {who for who, _ in rows(tmp_path / "d")} == {"w1"}
    assert len(rows(tmp_path / "d")) == 6 + 9


def test_pictures_of_one_minute_are_no_evidence(tmp_path):
    fine = chat("岚姐", range(15, 600, 60), sender_id="w1", kind="image")
    coarse = [
        telling(second, text="", kind="image", sender_name="阿岚", time_quality="minute")
        for second in range(0, 600, 60)
    ]
    commit(tmp_path / "d", {A: fine, B: coarse})
    assert suggested(tmp_path / "d") == []


def test_three_names_of_one_member_in_three_exports(tmp_path):
    """… two of them of the id, though the moments of the two do not all meet."""
    commit(
        tmp_path / "d",
        {A: chat("岚姐", sender_id="w1"), B: chat("阿岚", range(0, 360, 60)), C: chat("领队", range(240, 600, 60))},
    )
    assert suggested(tmp_path / "d") == [("name:阿岚", "w1", 6, 1.0), ("name:领队", "w1", 6, 1.0)]


def test_who_speaks_at_one_moment_in_one_export_is_two(tmp_path):
    both = [row for pair in zip(chat("阿岚"), chat("岚姐"), strict=True) for row in pair]
    commit(tmp_path / "d", {A: both, B: chat("凯文", range(1, 600, 60))})
    assert suggested(tmp_path / "d") == []


def test_minutes_are_compared_by_the_minute(tmp_path):
    fine = chat("岚姐", range(15, 600, 60), sender_id="w1")
    coarse = [row | {"sender_name": "阿岚", "sender_id": None, "time_quality": "minute"} for row in fine]
    for row in coarse:
        row["sent_at"] = row["sent_at"].replace(second=0)
        row["local_time"] = row["local_time"].replace(second=0)
    commit(tmp_path / "d", {A: fine, B: coarse})
    assert suggested(tmp_path / "d") == [("name:阿岚", "w1", 10, 1.0)]
    say(tmp_path / "d", [Verdict("g1", "name:阿岚", "w1", "same")])
    assert {who for who, _ in rows(tmp_path / "d")} == {"w1"}
    assert len(rows(tmp_path / "d")) == 10


def test_two_of_one_moment_stay_two_when_their_names_become_one(tmp_path):
    """In one export both names say "1" in one second: they are two messages, also of one member; the maximum of all exports counts."""
    both = [telling(0, text="1", sender_name="阿岚"), telling(0, text="1", sender_name="岚姐")]
    one = [telling(0, text="1", sender_name="阿岚")]
    three = [telling(0, text="1", sender_name="岚姐")] * 3
    for number, order in enumerate(itertools.permutations([both, one, three])):
        for source, told in zip((A, B, C), order, strict=True):
            commit(tmp_path / str(number), {source: told})
        say(tmp_path / str(number), [SAME])
        assert rows(tmp_path / str(number)) == [("name:岚姐", "1")] * 3
    commit(tmp_path / "d", {A: both, B: one})
    say(tmp_path / "d", [SAME])
    assert len(rows(tmp_path / "d")) == 2


def test_what_is_rejected_is_not_suggested_again_and_can_be_accepted_after_all(tmp_path):
    commit(tmp_path / "d", {A: chat("阿岚"), B: chat("岚姐")})
    say(tmp_path / "d", [Verdict("g1", "name:阿岚", "name:岚姐", "different")])
    assert [(one.status, one.alias) for one in listed(tmp_path / "d")] == [("rejected", "name:阿岚")]
    say(tmp_path / "d", [SAME])
    assert [(one.status, one.alias) for one in listed(tmp_path / "d")] == [("accepted", "name:阿岚")]
    assert len(rows(tmp_path / "d")) == 10
    say(tmp_path / "d", [Verdict("g1", "name:阿岚", "name:岚姐", "different")])
    assert len(rows(tmp_path / "d")) == 20


def test_a_name_that_was_linked_can_be_parted(tmp_path):
    known = [telling(0, text="早", sender_id="w1", sender_name="小王")]
    named = [telling(60, text="晚", sender_name="小王")]
    commit(tmp_path / "d", {A: known, B: named})
    (link,) = listed(tmp_path / "d")
    assert (link.alias, link.member, link.status, link.evidence) == ("name:小王", "w1", "linked", "name")
    assert {who for who, _ in rows(tmp_path / "d")} == {"w1"}
    say(tmp_path / "d", [Verdict("g1", "name:小王", "w1", "different")])
    assert rows(tmp_path / "d") == [("w1", "早"), ("name:小王", "晚")]


def test_a_roster_is_evidence(tmp_path):
    listed_member = {"group_id": "g1", "member_id": "w1", "group_nickname": "领队", "complete": True, "source": C}
    commit(tmp_path / "d", {A: [telling(0, sender_name="领队")]}, members=[listed_member])
    (link,) = listed(tmp_path / "d")
    assert (link.alias, link.member, link.evidence) == ("name:领队", "w1", "roster")


def test_two_accounts_of_one_member_are_one_in_every_group(tmp_path):
    old = [
        telling(n * 60, group_id=group, group_name=group, sender_id="w_old", sender_name="岚姐")
        for n, group in enumerate(("g1", "g2"))
    ]
    new = [
        telling(n * 60 + 30, group_id=group, group_name=group, sender_id="w_new", sender_name="岚姐")
        for n, group in enumerate(("g1", "g2"))
    ]
    by_name = [telling(200, group_name="g1", sender_name="岚姐")]
    notice = [telling(300, kind="system", event="removed", text="x", actor_id="w_old", target_ids=["w_old", "w9"])]
    row = {"group_id": "g1", "member_id": "w_old", "nickname": "岚", "complete": True, "source": C, "invited_by": "w9"}
    commit(tmp_path / "d", {A: [*old, *by_name, *notice], B: new}, members=[row])
    assert {who for who, _ in rows(tmp_path / "d")} == {"w_old", "w_new", "name:岚姐", None}
    say(tmp_path / "d", [Verdict(None, "w_old", "w_new", "same")])
    assert {who for who, _ in rows(tmp_path / "d")} == {"w_new", None}
    (told,) = [row for row in messages(tmp_path / "d")[0] if row["event"]]
    assert (told["actor_id"], told["target_ids"]) == ("w_new", ["w_new", "w9"])
    assert [row["member_id"] for row in members(tmp_path / "d")] == ["w_new"]


def test_an_alias_of_an_alias_is_the_members(tmp_path):
    commit(tmp_path / "d", {A: chat("一"), B: chat("二"), C: chat("三")})
    say(tmp_path / "d", [Verdict("g1", "name:一", "name:二", "same")])
    say(tmp_path / "d", [Verdict("g1", "name:二", "name:三", "same")])
    assert {who for who, _ in rows(tmp_path / "d")} == {"name:三"}
    assert sorted((one.alias, one.member) for one in listed(tmp_path / "d")) == [
        ("name:一", "name:三"),
        ("name:二", "name:三"),
    ]
    say(
        tmp_path / "d", [Verdict("g1", "name:三", "name:一", "same")]
    )  # the other way round: 三 was the member, now 一 stands for it
    assert len({who for who, _ in rows(tmp_path / "d")}) == 1


def test_a_member_whose_id_becomes_known_later_takes_the_alias_along(tmp_path):
    commit(tmp_path / "d", {A: chat("阿岚"), B: chat("岚姐")})
    say(tmp_path / "d", [SAME])
    commit(tmp_path / "d", {C: [telling(900, text="到", sender_id="w1", sender_name="岚姐")]})
    assert {who for who, _ in rows(tmp_path / "d")} == {"w1"}
    assert len(rows(tmp_path / "d")) == 11


def test_an_alias_holds_when_its_group_gets_its_id(tmp_path):
    nameless = {"group_id": None}
    commit(tmp_path / "d", {A: chat("阿岚", **nameless), B: chat("岚姐", **nameless)})
    say(tmp_path / "d", [Verdict("name:徒步", "name:阿岚", "name:岚姐", "same")])
    commit(tmp_path / "d", {C: chat("凯文", range(1, 600, 60))})
    assert {row["group_id"] for row in messages(tmp_path / "d")[0]} == {"g1"}
    assert {who for who, _ in rows(tmp_path / "d")} == {"name:岚姐", "name:凯文"}


def test_everybody_is_named(tmp_path):
    commit(
        tmp_path / "d",
        {A: [telling(0, sender_id="w1", sender_name="小王"), telling(9, sender_id="w1", sender_name="老王")]},
    )
    assert people(tmp_path / "d") == {("g1", "w1"): "老王"}


def test_a_names_alias_says_nothing_of_other_groups(tmp_path):
    other = [telling(0, text="hi", sender_name="阿岚", group_id="g2", group_name="烘焙")]
    commit(tmp_path / "d", {A: chat("阿岚"), B: chat("岚姐"), C: other})
    say(tmp_path / "d", [SAME])
    assert ("name:阿岚", "hi") in rows(tmp_path / "d")
