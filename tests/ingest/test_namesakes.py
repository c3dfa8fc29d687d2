"""Members of one name beside an export that has names only: what stands twice is said, with how often and the way out."""

from __future__ import annotations

import pytest

from qunkit.ingest.run import ingest
from support.staged import commit_built, messages, telling

A, B, C = "a" * 16, "b" * 16, "c" * 16
NAMES = ("小明", "小明", "小红")
"""Of three members, in turn; nobody is renamed."""


def ids(numbers, gap=120, **columns):
    """… as an export with ids tells them."""
    return [told(number, gap, sender_id=f"w{number % 3}", **columns) for number in numbers]


def names(numbers, gap=120, **columns):
    """… as an export with names only tells them."""
    return [told(number, gap, **columns) for number in numbers]


def told(number, gap, **columns):
    return telling(number * gap, **{"text": f"第{number}条", "sender_name": NAMES[number % 3], **columns})


def matches(dataset, *runs):
    """The matches of the last of several runs."""
    for sources in runs:
        built = commit_built(dataset, sources)
    return built.matches


def counted(found):
    return [(one.name, one.members, one.messages) for one in found.namesakes]


@pytest.mark.parametrize("first", ["ids", "names"])
def test_what_stands_twice_is_counted_and_named_whichever_comes_first(tmp_path, first):
    exports = [{A: ids(range(400))}, {B: names(range(400))}]
    (match,) = matches(tmp_path / "d", *(exports if first == "ids" else exports[::-1]))
    # of 400 in turn of three, two called 小明: numbers 0, 1, 3, 4, …, 399
    assert counted(match) == [("小明", 2, 267)]
    assert len(messages(tmp_path / "d")[0]) == 400 + 267
    assert match.cause.en == "most of the others are told by a name that several members have"


def test_all_in_one_run_each_counts_once(tmp_path):
    built = commit_built(tmp_path / "d", {A: ids(range(400)), B: names(range(200)), C: names(range(180, 400))})
    found = {match.source: counted(match) for match in built.matches}
    assert found[B] == [("小明", 2, 134)]
    assert sum(one[2] for of in found.values() for one in of) == 267 == len(messages(tmp_path / "d")[0]) - 400


def test_what_stood_twice_before_is_not_told_again(tmp_path):
    known = {A: ids(range(400))}, {B: names(range(200))}
    (match,) = matches(tmp_path / "d", *known, {C: names(range(100, 400))})
    assert match.rate == 1  # of what B tells
    (match,) = matches(tmp_path / "e", *known, {C: ids([*range(50, 150), *range(400, 700)])})
    assert (match.rate, counted(match)) == (1, [])


def test_clocks_of_minutes_and_pictures_count_too(tmp_path):
    kinds = {"kind": "image", "text": ""}
    pictures = [row | kinds if number % 4 == 0 else row for number, row in enumerate(ids(range(400)))]
    coarse = [row | kinds if number % 4 == 0 else row for number, row in enumerate(names(range(400)))]
    for row in coarse:
        row |= {"time_quality": "minute", "sent_at": row["sent_at"].replace(second=0)}
    (match,) = matches(tmp_path / "d", {A: pictures}, {B: coarse})
    assert counted(match) == [("小明", 2, 267)]
    assert "several members" in match.cause.en


def test_renamed_members_are_still_the_cause_where_they_are_more(tmp_path):
    """小红 is 红姐 in the other export; of those called 小明 every sixth message is there."""
    other = [
        row | ({"sender_name": "红姐"} if number % 3 == 2 else {})
        for number, row in enumerate(names(range(400)))
        if number % 3 == 2 or number % 6 == 0
    ]
    (match,) = matches(tmp_path / "d", {A: ids(range(400))}, {B: other})
    assert "changed theirs" in match.cause.en
    assert counted(match) == [("小明", 2, 67)]


def test_one_that_only_one_id_has_is_no_namesake(tmp_path):
    other = [row | {"text": row["text"] + "!"} if n % 3 == 2 else row for n, row in enumerate(names(range(400)))]
    (match,) = matches(tmp_path / "d", {A: [row for row in ids(range(400)) if row["sender_id"] != "w1"]}, {B: other})
    assert counted(match) == []


def test_a_message_that_ids_tell_apart_is_one(tmp_path):
    """… also where one of two exports has no ids of members."""
    rows = [row | {"native_id": f"{number:018}"} for number, row in enumerate(ids(range(1, 401)))]
    named = [row | {"native_id": f"{number:018}"} for number, row in enumerate(names(range(1, 401)))]
    (match,) = matches(tmp_path / "d", {A: rows}, {B: named})
    assert (match.rate, counted(match)) == (1, [])


# -- through files ---------------------------------------------------------------------------------------------------
def files(folder, people=NAMES):
    """A chatlog CSV with ids, and WechatExporter's texts of its halves with names only."""
    said = [
        (f"2024-12-0{1 + number // 200} {number % 200 // 20 + 8:02}:{number % 20 * 3:02}:00", number)
        for number in range(400)
    ]
    header = "Time,SenderName,Sender,TalkerName,Talker,Content\n"
    rows = [
        f"{time},{people[n % len(people)]},wxid_aaaa{n % len(people)},徒步,1@chatroom,第{n}条\n" for time, n in said
    ]
    full = folder / "full.csv"
    full.write_text(header + "".join(rows), encoding="utf-8")
    halves = []
    for half in range(2):
        lines = [f"{people[n % len(people)]} ({time}):第{n}条\n" for time, n in said if n // 200 == half]
        halves.append(folder / f"m{half + 1}.txt")
        halves[-1].write_text("徒步 - 微信聊天记录\n\n" + "".join(lines), encoding="utf-8")
    return full, halves


def test_ingest_says_who_shares_a_name_and_the_way_out(tmp_path):
    full, halves = files(tmp_path, ("小明", "小红", "小明", "小兰", "小白", "小黑", "小青"))
    ingest([full], tmp_path / "d")
    summary = ingest(halves, tmp_path / "d")
    doubled = len(messages(tmp_path / "d")[0]) - 400
    assert (summary.code, doubled) == (3, 115)
    english, chinese = ([note.say(lang) for note in summary.to_result().notes] for lang in ("en", "zh"))
    assert sum("told by a name that several members have" in line for line in english) == 2
    (said,) = [line for line in english if "2 members are called 小明; messages told by that name only" in line]
    assert "m1.txt" in said
    assert "m2.txt" in said
    assert said.endswith(f"stand twice: {doubled}")
    assert any("重复计入 115 条" in line and "有 2 名成员都叫“小明”" in line for line in chinese)
    assert any("qunkit sources drop" in line for line in english)
    assert not any("alias list" in line or "changed" in line for line in english)


def test_of_many_shared_names_three_are_named_and_the_others_counted(tmp_path):
    pairs = ("甲", "乙", "丙", "丁", "戊") * 2
    full, (half, _) = files(tmp_path, (*pairs, *(f"独{number}" for number in range(15))))
    ingest([full], tmp_path / "d")
    (file,) = ingest([half], tmp_path / "d").files
    told = [note.say("en") for note in file.notes]
    assert sum("2 members are called" in line for line in told) == 3
    assert "other names that several members have: 2; messages told by them only, which stand twice: 32" in told
    assert sum("sources drop" in line for line in told) == 1
