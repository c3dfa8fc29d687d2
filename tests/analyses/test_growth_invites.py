"""`growth_invites`, `growth_inviters` and `growth_tree` against figures worked out by hand, networkx, and trees that were planted in an export."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.api import open_dataset
from qunkit.dataset import Scope
from support.logs import BEGIN, EXAMPLES
from support.messages import moment
from support.questions import ask, notes, table


def at(text):
    return moment(f"2026-05-{text}")


def invited(when, actor, *targets, event="invited"):
    return {"at": at(when), "event": event, "actor_id": actor, "target_ids": list(targets)}


def posted(when, who, text="好"):
    return {"at": at(when), "sender_id": who, "text": text}


AD = "手机兼职刷单，日结300元，宝妈学生都可做，加V信：hao_xyz12 看 https://s.example.invalid/x"
ROWS = (
    invited("01 08:00", "a", "b", "c"),  # the founding batch
    posted("01 09:00", "a"),
    invited("02 09:00", "b", "d", "e"),
    invited("03 09:00", "d", "f", event="joined_qr"),
    posted("03 10:00", "f"),
    posted("05 09:00", "d", AD),
    *(posted(f"05 09:0{n}", "e") for n in range(1, 5)),
    invited("06 09:00", "s", "g", "t"),  # staff brings g and another of the staff
    {"at": at("07 09:00"), "event": "removed", "actor_id": "a", "target_ids": ["e"]},
    invited("08 09:00", "a", "e"),  # e comes again
    posted("25 12:00", "f"),  # 22 days after joining
    posted("25 13:00", "t"),
    posted("31 09:00", "s"),
)
SCOPE = Scope(staff=frozenset("st"))


def test_the_tree_by_hand():
    assert table(ask("growth_tree", ROWS, scope=SCOPE), "inviter_id", "member_id", "joined_at", "source", "batch", "depth", "below", "gone") == [
        ("a", "b", at("01 08:00"), "invite", True, 1, 3, None),
        ("a", "c", at("01 08:00"), "invite", True, 1, 0, None),
        ("b", "d", at("02 09:00"), "invite", False, 2, 1, None),
        ("b", "e", at("02 09:00"), "invite", False, 2, 0, None),  # removed, and there again
        ("d", "f", at("03 09:00"), "qr", False, 3, 0, None),
        ("s", "g", at("06 09:00"), "invite", False, 1, 0, None),
        ("s", "t", at("06 09:00"), "invite", False, 1, 0, None),
    ]  # fmt: skip
    late = ask("growth_tree", ROWS, scope=Scope(since=at("03"), until=at("07")))
    assert table(late, "member_id", "depth", "below") == [("f", 3, 0), ("g", 1, 0), ("t", 1, 0)]


def test_a_group_by_hand():
    row = ask("growth_invites", ROWS, scope=SCOPE)[0]
    assert table([row], "invited", "inviters", "by_staff", "gone", "still", "fission") == [
        (4, 3, 1, None, None, None)
    ]  # d e f g by b d s
    assert table([row], "trees", "in_trees", "size", "depth", "width", "root", "root_id") == [
        (2, 9, 6, 3, 2, "Name a", "a")
    ]
    # a-b a-c b-d b-e d-f: 5 pairs at 1; a-d a-e b-f c-b d-e at 2; a-f c-d c-e e-f at 3; c-f at 4
    assert row["virality"] == pytest.approx((5 + 10 + 12 + 4) / 15)
    # 28 days before 31 May 09:00 is 3 May 09:00: of a b c d e, f comes in them, by d
    assert table([row], "members_28", "invited_28", "k") == [(5, 1, 0.2)]
    short = ask("growth_invites", ROWS, scope=Scope(until=at("20")))[0]
    assert table([short], "members_28", "invited_28", "k") == [(None, None, None)]


def test_inviters_by_hand():
    rows = ask("growth_inviters", ROWS, scope=SCOPE)
    assert table(rows, "inviter_id", "official", "invites", "persons", "gone", "still", "descendants") == [
        ("b", False, 2, 2, None, None, 3),
        ("d", False, 1, 1, None, None, 1),
        ("s", True, 1, 1, None, None, 1),
        ("a", False, 1, 0, None, None, 3),  # b and c founded the group; e came again
    ]
    # d only advertised, e talked; f wrote within the hour and in the fourth week; g never did
    assert table(rows, "of_7", "activated", "of_28", "retained") == [
        (2, 1, 2, 0),
        (1, 1, 1, 1),
        (1, 0, 0, 0),
        (0, 0, 0, 0),
    ]
    assert table(rows, "messages", "ads", "ad_share", "ad_share_all") == [
        (5, 1, 0.2, round(1 / 7, 12)),
        (2, 0, None, None),
        (0, 0, None, None),
        (0, 0, None, round(1 / 7, 12)),
    ]
    # two of four activated; shares that differ no more than chance are the group's
    assert table(rows, "activation", "retention") == [(0.5, pytest.approx(1 / 3, abs=0.34)), (0.5, pytest.approx(1, abs=0.67)), (0.5, None), (None, None)]  # fmt: skip


def test_who_is_gone():
    members = [{"member_id": who, "seen_at": at("20 04:00")} for who in "abdfs"]
    tree = ask("growth_tree", ROWS, members=members, scope=SCOPE)
    assert [row["member_id"] for row in tree if row["gone"]] == ["c", "e", "g"]  # t posted since
    row = ask("growth_invites", ROWS, members=members, scope=SCOPE)[0]
    assert table([row], "invited", "gone", "still", "fission") == [(4, 2, 2, round(2 / 3, 12))]
    found = ask("growth_inviters", ROWS, members=members, scope=SCOPE)
    assert table(found, "inviter_id", "gone", "still") == [("b", 1, 1), ("d", 0, 1), ("s", 1, 0), ("a", 0, 0)]
    removed = [*ROWS, {"at": at("30 09:00"), "event": "removed", "actor_id": "a", "target_ids": ["g"]}]
    assert table(ask("growth_invites", removed, scope=SCOPE), "gone", "still") == [(1, None)]


def by_name(*names):
    """ROWS, whose notices tell the names of these alone."""
    return [
        {**row, "target_ids": ["name:" + who if who in names else who for who in row["target_ids"]]} if "target_ids" in row else row for row in ROWS
    ]  # fmt: skip


THEIRS = ("inviter_id", "invites", "persons", "of_7", "activated", "of_28", "retained", "messages", "ads")
NOTHING = (None,) * 6
THREE = ("growth_tree", "growth_inviters", "growth_invites")


def test_what_became_of_joiners_whom_no_poster_can_be_is_not_known():
    # all posters have ids, and no joiner is among them
    rows = by_name(*"bcdefgt")
    assert table(ask("growth_inviters", rows, scope=SCOPE), *THEIRS) == [
        ("b", 2, 2, *NOTHING),
        ("s", 2, 2, *NOTHING),  # that t is staff is not known
        ("d", 1, 1, *NOTHING),
        ("a", 1, 0, 0, 0, 0, 0, 0, 0),
    ]
    # d, by id, is among them: so would e be, who was then silent
    assert table(ask("growth_inviters", by_name("e"), scope=SCOPE), *THEIRS)[0] == ("b", 2, 2, 2, 0, 2, 0, 1, 1)
    # who of the two that are called e joined is not known: of d and e d is left
    twins = [{**row, "sender_name": "e"} if row.get("sender_id") in ("e", "f") else row for row in by_name("e")]
    assert table(ask("growth_inviters", twins, scope=SCOPE), *THEIRS)[0] == ("b", 2, 2, 1, 0, 1, 0, 1, 1)


def test_a_note_says_how_many_joins_cannot_be_told_apart():
    def told(rows, scope=SCOPE):
        """The numbers with which notes of the three begin."""
        said = [[note for note in notes(name, rows, scope) if "could not be told apart" in note] for name in THREE]
        return [[int(note.split()[0]) for note in one] for one in said]

    assert told(ROWS) == [[], [], []]
    assert told(by_name(*"bcdefgt")) == [[6], [6], [6]]  # d e f g t, and e again; not the founding batch
    assert told(by_name(*"bcdefgt"), Scope(since=at("03"), until=at("07"))) == [[3], [3], [3]]  # f g t
    assert told([*ROWS, {"at": at("09 09:00"), "event": "invited", "actor_id": "a"}]) == [[1], [1], [1]]  # no name


def test_who_never_posted_is_called_as_notices_call_them():
    def told(when, actor, *targets):
        names = {"actor_name": actor.upper() + when[:2], "target_names": [who.upper() + when[:2] for who in targets]}
        return invited(when, actor, *targets) | names

    rows = [posted("01 09:00", "a"), told("02 09:00", "y", "x"), told("03 09:00", "a", "y"), told("04 09:00", "x", "z"), told("05 09:00", "z", "v", "w")]  # fmt: skip
    roster = [{"member_id": "x"}, {"member_id": "z", "nickname": "Zoe"}]  # one without a name
    for members, last in (((), "Z05"), (roster, "Zoe")):
        tree = ask("growth_tree", rows, members=members)
        assert table(tree, "inviter_name", "name") == [("Y03", "X04"), ("X04", last), (last, "v"), (last, "w")]
        inviters = {row["inviter_id"]: row["inviter_name"] for row in ask("growth_inviters", rows, members=members)}
        assert inviters == {"a": "Name a", "y": "Y03", "x": "X04", "z": last}
        assert ask("growth_invites", rows, members=members)[0]["root"] == "Y03"


def test_groups_without_notices_say_nothing():
    row = ask("growth_invites", [posted("01 09:00", "a"), {**posted("30 09:00", "a"), "group_id": "h"}])[0]
    assert {value for name, value in row.items() if name not in ("group_id", "group_name", "members_28")} == {None}
    assert ask("growth_inviters", [posted("01 09:00", "a")]) == []


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 50), st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"), st.booleans()),
        max_size=30,
    )
)
def test_three_tables_and_networkx_agree(told):
    rows = [{"at": BEGIN, "sender_id": "z"}]
    rows += [
        {"at": BEGIN + timedelta(days=n), "sender_id": who}
        if talks
        else {"at": BEGIN + timedelta(days=n), "event": "invited", "actor_id": by, "target_ids": [who]}
        for n, by, who, talks in sorted(told)
    ]
    tree = ask("growth_tree", rows)
    graph = networkx.DiGraph([(row["inviter_id"], row["member_id"]) for row in tree])
    assert networkx.is_forest(graph) if len(graph) else not tree
    assert all(degree <= 1 for _, degree in graph.in_degree())
    for row in tree:
        assert row["below"] == len(networkx.descendants(graph, row["member_id"]))
        assert row["depth"] == len(networkx.ancestors(graph, row["member_id"]))
    [group] = ask("growth_invites", rows)
    inviters = ask("growth_inviters", rows)
    counted = [row for row in tree if not row["batch"]]
    assert sum(row["persons"] for row in inviters) == len(counted) == (group["invited"] or 0)
    assert {row["inviter_id"] for row in counted} == {row["inviter_id"] for row in inviters if row["persons"]}
    assert (group["in_trees"] or 0) == len(graph)
    if tree:
        biggest = graph.subgraph({group["root_id"]} | networkx.descendants(graph, group["root_id"])).to_undirected()
        assert group["size"] == len(biggest) == max(map(len, networkx.weakly_connected_components(graph)))
        assert group["virality"] == pytest.approx(networkx.average_shortest_path_length(biggest), abs=1e-9)


HOSTILE = ['小刘"邀请"', "甲、乙", "加入了群聊", "新人*甲", "A, B", "你"]


def _chatlab(parent, names):
    """A tree as WeChat's sentences, in ChatLab's JSON lines: the sender of a notice is the group."""
    ids = [f"wxid_{who:06}" for who in range(len(names))]
    meta = {"name": "裂变群", "platform": "wechat", "type": "group", "groupId": "1@chatroom"}
    told = [{"_type": "header", "chatlab": {"version": "0.0.2", "exportedAt": 1800000000}, "meta": meta}]
    told += [{"_type": "member", "platformId": id_, "accountName": name} for id_, name in zip(ids, names, strict=True)]
    lines = []
    for child, by in enumerate(parent):
        text = f'"{names[by or 0]}"邀请"{names[child]}"加入了群聊'
        text = text if child % 3 else f'" {names[child]}"通过扫描"{names[by or 0]}"分享的二维码加入群聊'
        lines += [("1@chatroom", "裂变群", 80, text)] if by is not None else []
        lines.append((ids[child], names[child], 0, f"你好{child}"))
    for n, (sender, name, type_, text) in enumerate(lines):
        about = {
            "timestamp": 1_777_600_000 + 600 * n,
            "type": type_,
            "content": text,
            "platformMessageId": str(10_000 + n),
        }
        told.append({"_type": "message", "sender": sender, "accountName": name, **about})
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in told)


def _ingested(path, file, text):
    (path / file).write_text(text, encoding="utf-8")
    open_dataset(path / "data").ingest(path / file, tz="Asia/Shanghai")
    return open_dataset(path / "data")


def _tree(dataset):
    found = dataset.analyze("growth_tree")
    names = [column.name for column in found.columns]
    rows = [dict(zip(names, row, strict=True)) for row in found.rows()]
    return [(row["inviter_id"], row["member_id"]) for row in rows]


@pytest.mark.parametrize("hostile", [False, True])
def test_a_planted_tree_comes_back_whole_from_an_export(tmp_path, hostile):
    parent = [None, 0, 0, 1, 1, 2, 5, 5, 5, 3, 9, 10, 10, 0, 13]
    names = [f"成员{n:02}" for n in range(len(parent))]
    names[3 : 3 + len(HOSTILE)] = HOSTILE if hostile else names[3 : 3 + len(HOSTILE)]
    found = _tree(_ingested(tmp_path, "裂变群.jsonl", _chatlab(parent, names)))
    assert sorted(found) == sorted(
        (f"wxid_{by:06}", f"wxid_{child:06}") for child, by in enumerate(parent) if by is not None
    )


def test_names_stand_where_there_are_no_ids_and_aliases_count(tmp_path):
    begin = datetime.fromisoformat("2026-05-13 09:00")
    said = [
        "Ann: Hello!",
        "Ann added Bob",
        "Bob: Hi",
        "Bobby: I have a new name",
        "Bobby added Carl",
        "Carl: Hi",
        "Carl added Dora",
    ]
    text = "".join(f"{begin + timedelta(minutes=n):%d/%m/%Y, %H:%M} - {line}\n" for n, line in enumerate(said))
    dataset = _ingested(tmp_path, "WhatsApp Chat with Book club.txt", text)
    last = ("name:Carl", "name:Dora")
    assert _tree(dataset) == [("name:Ann", "name:Bob"), ("name:Bobby", "name:Carl"), last]
    dataset.alias_add("Bobby", "Bob")
    assert _tree(dataset) == [("name:Ann", "name:Bob"), ("name:Bob", "name:Carl"), last]


def test_who_invited_nobody_known_has_no_descendants():
    rows = [posted("01 09:00", "a"), {"at": at("02 09:00"), "event": "invited", "actor_id": "a", "target_ids": [None]}]
    assert table(ask("growth_inviters", rows), "inviter_id", "invites", "persons", "descendants") == [("a", 1, 0, 0)]
    assert ask("growth_tree", rows) == []
