"""Records as six exporters wrote them → what they mean. The records are copied from tests/samples; expectations are by hand."""

from __future__ import annotations

import json
import sys
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.chat.people import People
from qunkit.ingest.events import INTERPRETED, interpret
from qunkit.schema import EVENTS, KINDS, NOT_POSTS, RAW

ROOM = "58192034417@chatroom"
GROUP = "周末徒步·拼车群(东区)"
ME, KEVIN, LIU, ZHANG = "wxid_me0001aaaa11", "wxid_k3vv01zhao22", "wxid_liu88abcde22", "zhangdazui_1990"
AD, JIA, WANG, LI = "wxid_ad777yhqzs22", "wxid_new01jia0022", "wxid_wang5wu00022", "25984982143567890@openim"
ROSTER = [
    {"member_id": ME, "nickname": "阿岚", "group_nickname": "阿岚-领队"},
    {"member_id": KEVIN, "nickname": "Kevin Zhao", "group_nickname": "凯文"},
    {"member_id": LIU, "nickname": "小刘🍉", "remark": "刘同事"},
    {"member_id": ZHANG, "nickname": "张大嘴"},
    {"member_id": AD, "nickname": "优惠券小助手【9.9包邮】"},
    {"member_id": JIA, "nickname": "新人:甲"},
    {"member_id": WANG, "nickname": "王五 Wang", "group_nickname": "王 五"},
    {"member_id": LI, "nickname": "李经理"},
]
OWN = {"sender_id": ME, "sender_name": "阿岚", "from_me": True, "text": "到", "kind": "text"}
Row = dict[str, Any]


def batch(*rows: Row) -> pa.RecordBatch:
    base = {"epoch": 1732982400000, "group_id": ROOM, "group_name": GROUP}
    return pa.RecordBatch.from_pylist(
        [base | {"offset": number} | row for number, row in enumerate(rows)], schema=RAW.arrow
    )


def told(*rows: Row, roster: list[dict[str, object]] | None = None) -> list[Row]:
    """The rows interpreted, with a people that has read them and, by default, the whole roster."""
    raw, people = batch(*rows), People()
    people.add_batch(raw)
    people.add_members(ROSTER if roster is None else roster)
    interpreted: list[Row] = interpret(raw, people).to_pylist()
    return interpreted


def one(row: Row, roster: list[dict[str, object]] | None = None) -> Row:
    """A row interpreted beside one message of the owner's."""
    return told(row, OWN, roster=roster)[0]


def event(row: Row) -> tuple[str | None, str | None, list[str] | None]:
    return row["event"], row["actor_id"], row["target_ids"]


# -- notices, as exporters write them --------------------------------------------------------------------------------
INVITED = '"凯文"邀请"小刘🍉、新人:甲"加入了群聊'
SYSMSG = (
    f'{ROOM}:\n<sysmsg type="sysmsgtemplate"><sysmsgtemplate><content_template type="tmpl_type_profile"><plain></plain>'
    '<template><![CDATA["$username$"邀请"$names$"加入了群聊]]></template><link_list><link name="username"><memberlist>'
    f"<member><username>{KEVIN}</username><nickname>凯文</nickname></member></memberlist></link><link name='names'>"
    f"<memberlist><member><username>{LIU}</username><nickname>小刘🍉</nickname></member><member><username>{JIA}</username>"
    "<nickname>新人:甲</nickname></member></memberlist><separator>、</separator></link></link_list></content_template>"
    "</sysmsgtemplate></sysmsg>"
)
PAT = (
    "<msg><appmsg><title>&quot;张大嘴&quot; 拍了拍 &quot;凯文&quot;</title><type>62</type><patinfo>"
    f"<fromusername>{ZHANG}</fromusername><pattedusername>{KEVIN}</pattedusername></patinfo></appmsg></msg>"
)
NOTICES: dict[str, tuple[Row, str, str, tuple[str, str | None, list[str | None] | None]]] = {
    "memotrace 3, document": ({"kind": "system", "text": SYSMSG}, "system", INVITED, ("invited", KEVIN, [LIU, JIA])),
    "ciphertalk, room as sender": (
        {"sender_id": ROOM, "sender_name": GROUP, "kind": "system", "text": SYSMSG},
        "system", INVITED, ("invited", KEVIN, [LIU, JIA]),
    ),
    "pywxdump, names only": ({"kind": "system", "text": INVITED}, "system", INVITED, ("invited", KEVIN, [LIU, JIA])),
    "no kind, no sender": ({"text": INVITED}, "system", INVITED, ("invited", KEVIN, [LIU, JIA])),
    "room as sender, no kind": ({"sender_id": ROOM, "text": INVITED}, "system", INVITED, ("invited", KEVIN, [LIU, JIA])),
    "weflow txt, group's name as sender": (
        {"sender_name": GROUP, "text": '你将"优惠券小助手【9.9包邮】"移出了群聊'},
        "system", '你将"优惠券小助手【9.9包邮】"移出了群聊', ("removed", ME, [AD]),
    ),
    "chatlog, ids behind names": (
        {"kind": "system", "text": f'"凯文({KEVIN})"邀请"小刘🍉({LIU})、新人:甲({JIA})"加入了群聊'},
        "system", INVITED, ("invited", KEVIN, [LIU, JIA]),
    ),
    "weflow, not filled": (
        {"sender_id": ROOM, "kind": "system", "text": '"$username$"邀请"$names$"加入了群聊'},
        "system", '"$username$"邀请"$names$"加入了群聊', ("invited", None, [None]),
    ),
    "weflow, pat not filled": (
        {"sender_id": ROOM, "kind": "pat", "text": '"" 拍了拍 ""'}, "pat", '"" 拍了拍 ""', ("patted", None, [None]),
    ),
    "weclone, a text of nobody": (
        {"kind": "text", "text": "小刘🍉领取了凯文的红包"}, "system", "小刘🍉领取了凯文的红包", ("red_packet_taken", LIU, [KEVIN]),
    ),
    "recall": ({"kind": "system", "text": '"小刘🍉" 撤回了一条消息'}, "recall", '"小刘🍉" 撤回了一条消息', ("recalled", LIU, None)),
    "recall of one's own": ({"kind": "system", "from_me": True, "text": "你撤回了一条消息"}, "recall", "你撤回了一条消息", ("recalled", ME, None)),
    "pat as a notice": ({"kind": "system", "text": '"张大嘴" 拍了拍 "凯文"'}, "pat", '"张大嘴" 拍了拍 "凯文"', ("patted", ZHANG, [KEVIN])),
    "pat card": ({"sender_id": ROOM, "kind": "pat", "text": PAT}, "pat", '"张大嘴" 拍了拍 "凯文"', ("patted", ZHANG, [KEVIN])),
    "invited by me": ({"kind": "system", "text": '你邀请"王五 Wang"加入了群聊  '}, "system", '你邀请"王五 Wang"加入了群聊', ("invited", ME, [WANG])),
    "strangers": (
        {"kind": "system", "text": "李卓 invited Huan, 小美 to the group chat"},
        "system", "李卓 invited Huan, 小美 to the group chat", ("invited", "name:李卓", [None]),
    ),
    "an id shown as a name": ({"kind": "system", "text": '你将"wxid_gone9left022"移出了群聊'}, "system", '你将"wxid_gone9left022"移出了群聊', ("removed", ME, ["wxid_gone9left022"])),
    "unknown sentence": ({"kind": "system", "text": "以上是打招呼的内容"}, "system", "以上是打招呼的内容", ("other", None, None)),
    "unknown document": ({"kind": "system", "text": '<sysmsg type="paymsg"><paymsg/></sysmsg>'}, "system", "", ("other", None, None)),
    "broken document": ({"kind": "system", "text": "<sysmsg type="}, "system", "<sysmsg type=", ("other", None, None)),
}  # fmt: skip


@pytest.mark.parametrize("name", NOTICES)
def test_notices(name: str) -> None:
    row, kind, text, expected = NOTICES[name]
    found = one(row)
    assert (found["kind"], found["text"]) == (kind, text)
    assert event(found) == expected
    assert (found["sender_id"], found["sender_name"]) == (None, None)


def test_a_pat_keeps_the_sender_that_the_export_names() -> None:
    found = one({"sender_id": ZHANG, "sender_name": "张大嘴", "kind": "pat", "text": '"张大嘴" 拍了拍 "小刘🍉" 的肩膀'})
    assert (found["sender_id"], found["sender_name"], *event(found)) == (ZHANG, "张大嘴", "patted", ZHANG, [LIU])
    lost = one({"sender_name": "张大嘴", "kind": "pat", "text": ""})
    assert (lost["sender_id"], lost["sender_name"], lost["text"], *event(lost)) == (None, "张大嘴", "", "patted", ZHANG, None)  # fmt: skip


def test_the_sender_of_a_recall_is_who_recalled() -> None:
    found = one({"sender_id": LIU, "sender_name": "刘同事", "kind": "recall", "text": None})
    assert (found["sender_id"], found["sender_name"], *event(found)) == (None, None, "recalled", LIU, None)


def test_names_that_notices_show() -> None:
    row = one({"kind": "system", "text": '你邀请"王五 Wang"加入了群聊'})
    assert (row["actor_name"], row["target_names"]) == ("阿岚-领队", ["王五 Wang"])
    unfilled = one({"kind": "system", "text": '你邀请"$names$"加入了群聊'})
    assert (unfilled["target_ids"], unfilled["target_names"]) == ([None], [None])


def test_names_that_cannot_be_told_apart_are_nobodys() -> None:
    row = one({"kind": "system", "text": '"凯文"邀请"AAA团长、春日、月光🍁"加入了群聊'})
    assert (*event(row), row["target_names"]) == ("invited", KEVIN, [None], [None])
    assert row["text"] == '"凯文"邀请"AAA团长、春日、月光🍁"加入了群聊'
    known = [*ROSTER, *({"member_id": f"wxid_{n}", "nickname": name} for n, name in enumerate(("AAA团长", "春日")))]
    assert event(one(row | {"event": None}, known))[2] == [None]  # 月光🍁 is not known
    known += [{"member_id": "wxid_2", "nickname": "月光🍁"}]
    assert event(one(row | {"event": None}, known))[2] == ["wxid_0", "wxid_1", "wxid_2"]
    whole = [*ROSTER, {"member_id": "wxid_3", "nickname": "春、夏"}]
    assert event(one({"kind": "system", "text": '你将"春、夏"移出了群聊'}, whole))[2] == ["wxid_3"]
    alone = one({"kind": "system", "text": '"春、夏"通过扫描"凯文"分享的二维码加入群聊'})
    assert event(alone)[2] == ["name:春、夏"]  # a code is scanned by one


def test_me_without_an_owner() -> None:
    row = told({"kind": "system", "text": '你将"甲"移出了群聊'})[0]
    assert event(row) == ("removed", "me", ["name:甲"])
    assert row["actor_name"] is None


def test_names_are_compared_in_file_safe_form_too() -> None:
    roster: list[dict[str, object]] = [{"member_id": JIA, "nickname": "新人_甲"}]
    assert one({"kind": "system", "text": '你将"新人:甲"移出了群聊'}, roster)["target_ids"] == [JIA]


@pytest.mark.parametrize("kind", [None, "text", "quote", "other"])
@pytest.mark.parametrize("text", [INVITED, "你撤回了一条消息", SYSMSG.partition("\n")[2], "小刘🍉领取了凯文的红包"])
def test_a_member_who_quotes_a_notice_makes_no_event(kind: str | None, text: str) -> None:
    row = one({"sender_id": ZHANG, "sender_name": "张大嘴", "kind": kind, "text": text})
    assert (row["kind"], row["text"], row["sender_id"]) == (kind or "text", text, ZHANG)
    assert event(row) == (None, None, None)


# -- senders and kinds -----------------------------------------------------------------------------------------------
def test_own_messages_without_a_sender_are_the_owners() -> None:
    phantom = one({"from_me": True, "text": "本周路线:\n东门集合"})
    assert (phantom["sender_id"], phantom["sender_name"], phantom["text"]) == (ME, "阿岚-领队", "本周路线:\n东门集合")
    named = one({"from_me": True, "sender_name": "我", "text": "到"})
    assert (named["sender_id"], named["sender_name"]) == (ME, "阿岚-领队")
    other_name = one({"from_me": True, "sender_name": "阿岚（出差）", "text": "到"})
    assert (other_name["sender_id"], other_name["sender_name"]) == (ME, "阿岚（出差）")


def test_own_messages_of_an_unknown_owner() -> None:
    unknown = told({"from_me": True, "text": "到"}, {"from_me": True, "sender_name": "阿岚", "text": "到"})
    assert [(row["sender_id"], row["sender_name"], row["kind"]) for row in unknown] == [
        ("me", None, "text"),
        (None, "阿岚", "text"),
    ]


def test_kinds_are_never_null() -> None:
    rows = told(
        {"sender_id": LIU, "text": "收到"},
        {"sender_name": "刘同事", "text": "[图片]"},
        {"sender_id": LIU, "text": None},
        {"text": "什么"},
        {"text": None},
        {"sender_id": LIU, "text": "", "kind": None},
        {"kind": "image", "sender_id": LIU, "text": "[图片]"},
        {"sender_id": LIU, "text": "#接龙\n1. 甲"},
        {"sender_name": GROUP, "text": "大家好"},
    )
    kinds = ["text", "image", "other", "system", "system", "text", "image", "solitaire", "text"]
    assert [row["kind"] for row in rows] == kinds
    assert [row["text"] for row in rows] == ["收到", "", None, "什么", None, "", "", "#接龙\n1. 甲", "大家好"]
    assert [row["event"] for row in rows] == [None, None, None, "other", "other", None, None, None, None]
    assert rows[8]["sender_name"] == GROUP


# -- wrapping around texts -------------------------------------------------------------------------------------------
TEXTS = [
    ("\n欢迎新朋友[微笑][强]", LI, "欢迎新朋友[微笑][强]"),
    (f"{LI}:\n【企业客服】您好", LI, "【企业客服】您好"),
    (f"{KEVIN}:\n欢迎", KEVIN, "欢迎"),
    ("提醒:\n记得带水和头灯", ME, "提醒:\n记得带水和头灯"),
    ("=1+1, \"带引号\", 'a'", JIA, "=1+1, \"带引号\", 'a'"),
    ("「凯文：上面那条」\n- - - -\n不是引用", KEVIN, "「凯文：上面那条」\n- - - -\n不是引用"),
    ("👨\u200d👩\u200d👧全家都去\u200b", JIA, "👨\u200d👩\u200d👧全家都去\u200b"),
    ("a\u2028b\x0bc\x85d", JIA, "a\u2028b\x0bc\x85d"),
]


@pytest.mark.parametrize(("text", "sender", "expected"), TEXTS)
@pytest.mark.parametrize("kind", [None, "text"])
def test_words_are_kept(text: str, sender: str, expected: str, kind: str | None) -> None:
    row = one({"sender_id": sender, "text": text, "kind": kind})
    assert (row["text"], row["kind"]) == (expected, "text")


QUOTE = (
    f'{KEVIN}:\n<?xml version="1.0"?>\n<msg>\n\t<appmsg appid="" sdkver="0">\n\t\t<title>有,还差2个</title>\n\t\t<type>57</type>'
    f"<refermsg><type>1</type><svrid>2793538709238718621</svrid><fromusr>{ROOM}</fromusr><chatusr>{ME}</chatusr>"
    "<displayname>阿岚-领队</displayname><content>本周路线:\n东门集合 -&gt; 鹰嘴岩</content><createtime>1732982330</createtime>"
    "</refermsg></appmsg></msg>\n"
)


def test_a_quote_in_xml() -> None:
    for kind in (None, "other", "quote"):
        row = one({"sender_id": KEVIN, "kind": kind, "text": QUOTE})
        assert (row["kind"], row["text"]) == ("quote", "有,还差2个")
        assert (row["quote_id"], row["quote_time"]) == ("2793538709238718621", 1732982330000)
        assert (row["quote_sender"], row["quote_text"]) == (ME, "本周路线:\n东门集合 -> 鹰嘴岩")


def test_what_the_export_says_of_a_quote_wins() -> None:
    row = one({"sender_id": KEVIN, "kind": "quote", "text": QUOTE, "quote_id": "9", "quote_sender": "阿岚"})
    assert (row["quote_id"], row["quote_sender"], row["quote_text"]) == ("9", "阿岚", "本周路线:\n东门集合 -> 鹰嘴岩")


def test_an_instant_is_no_time_of_a_row_that_only_has_a_wall_clock() -> None:
    row = one({"sender_id": KEVIN, "text": QUOTE, "epoch": None, "wall": 1732982400000})
    assert (row["quote_id"], row["quote_time"]) == ("2793538709238718621", None)


def test_media_in_xml_have_no_words() -> None:
    image = '<?xml version="1.0"?>\n<msg>\n\t<img aeskey="00" length="48211" md5="0f343b09" />\n</msg>\n'
    row = one({"sender_id": LIU, "kind": "image", "text": image, "extra": '{"remark":"刘同事"}'})
    assert (row["kind"], row["text"]) == ("image", "")
    assert json.loads(row["extra"]) == {"md5": "0f343b09", "remark": "刘同事"}
    card = '<?xml version="1.0"?>\n<msg username="wxid_driver0001" nickname="司机老周" alias="laozhou" />\n'
    assert one({"sender_id": ZHANG, "text": card})["text"] == "司机老周"


def test_a_literal_of_memotrace() -> None:
    text = "227633266737\n{'msg': {'appmsg': {'@appid': '', 'title': '#接龙\\n周日拼车\\n\\n1. 凯文 2人', 'des': None, 'type': '53'}}}"
    row = one({"sender_name": "刘同事", "kind": "other", "text": text})
    assert (row["kind"], row["text"]) == ("solitaire", "#接龙\n周日拼车\n\n1. 凯文 2人")


@pytest.mark.parametrize("text", ["<msg> 这是我写的", "<!DOCTYPE a><msg/>", "1\n{'a': 9**9}", "<msg/>", "<b>粗</b>"])
def test_what_is_no_document_stays(text: str) -> None:
    row = one({"sender_id": ZHANG, "text": text})
    assert (row["kind"], row["text"]) == ("text", text)


def test_xml_that_somebody_typed_is_text() -> None:
    assert one({"sender_id": ZHANG, "kind": "text", "text": QUOTE.partition("\n")[2]})["kind"] == "text"


def test_mentions_are_read_after_the_clean_up() -> None:
    row = one({"sender_id": LI, "text": f"{LI}:\n@凯文\u2005@所有人 @李卓\u2005"})
    assert row["mention_ids"] == [KEVIN, "notify@all", "name:李卓"]
    assert one({"sender_id": LI, "text": "@凯文 ", "mention_ids": ["wxid_q"]})["mention_ids"] == ["wxid_q"]


# -- for any input ---------------------------------------------------------------------------------------------------
def test_ordinary_messages_cost_no_python() -> None:
    """As many Python calls for 20,000 messages as for 20."""

    def calls(count: int) -> int:
        raw, people, seen = (
            batch(*[{"sender_id": LIU, "sender_name": "刘同事", "text": f"第{n}条"} for n in range(count)]),
            People(),
            0,
        )
        people.add_batch(raw)

        def count_call(_frame: object, what: str, _arg: object) -> None:
            nonlocal seen
            seen += what == "call"

        sys.setprofile(count_call)
        try:
            interpret(raw, people)
        finally:
            sys.setprofile(None)
        return seen

    calls(1)
    assert calls(20_000) == calls(20)


def test_no_rows() -> None:
    assert told() == []


def test_slices() -> None:
    raw = batch(
        *[{"sender_id": LIU, "text": f"\n{n}"} for n in range(10)],
        {"text": INVITED},
        {"sender_id": LIU, "text": "[图片]"},
    )
    sliced = interpret(raw.slice(8), People()).to_pylist()
    assert [(row["offset"], row["kind"], row["text"]) for row in sliced] == [
        (8, "text", "8"), (9, "text", "9"), (10, "system", INVITED), (11, "image", ""),
    ]  # fmt: skip


fragments = st.sampled_from(
    [INVITED, SYSMSG, PAT, QUOTE, '"" 拍了拍 ""', "[图片]", "@凯文\u2005", "@", f"{KEVIN}:\n", "\n", "#接龙\n", "<msg>", "1\n{'msg': ", '"', "撤回了一条消息", "[链接|x](http://a.invalid)"]
)  # fmt: skip
anything = st.text(st.characters(codec="utf-8"), max_size=12)
texts = st.none() | st.lists(fragments | anything, max_size=4).map("".join)
names = st.none() | st.sampled_from([GROUP, "我", "凯文", "", "$names$"]) | anything
rows = st.fixed_dictionaries(
    {
        "offset": st.integers(0, 1 << 40),
        "sender_id": st.none() | st.sampled_from([ROOM, KEVIN, ME, "me", ""]) | anything,
        "sender_name": names,
        "kind": st.none() | st.sampled_from(sorted(KINDS)),
        "text": texts,
        "from_me": st.none() | st.booleans(),
        "mention_ids": st.none() | st.lists(st.none() | anything, max_size=2),
        "extra": st.none() | st.sampled_from(["{}", '{"a":1}', "[1]", "no"]),
        "epoch": st.none() | st.just(1732982400000),
        "quote_text": st.none() | anything,
        "group_id": st.none() | st.just(ROOM),
    }
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(rows, max_size=8))
def test_any_records_are_survived(records: list[Row]) -> None:
    raw, people = batch(*records), People()
    people.add_batch(raw)
    result = interpret(raw, people)
    assert result.schema == INTERPRETED
    assert result.schema.names[: len(RAW.names)] == list(RAW.names)
    untouched = ["offset", "group_id", "group_name", "native_id", "epoch", "wall", "native_type", "from_me"]
    assert result.select(untouched).equals(raw.select(untouched))
    for before, after in zip(raw.to_pylist(), result.to_pylist(), strict=True):
        assert after["kind"] in KINDS
        assert (after["event"] is not None) == (after["kind"] in NOT_POSTS)
        assert after["event"] is None or after["event"] in EVENTS
        assert after["event"] is not None or after["actor_id"] is after["target_ids"] is None
        assert len(after["target_ids"] or []) == len(after["target_names"] or [])
        assert (
            "name:$names$" not in [after["actor_id"], *(after["target_ids"] or [])]
            or before["sender_name"] == "$names$"
        )
        if after["kind"] in ("system", "recall"):
            assert after["sender_id"] is after["sender_name"] is None
        if before["text"] is None:
            assert after["text"] is None


def test_a_pat_under_the_patters_own_name_is_a_pat_and_quoted_by_another_it_is_not():
    sentence = '"张大嘴" 拍了拍 "凯文"'
    rows = [{"sender_id": "z1", "sender_name": name, "text": sentence} for name in ("张大嘴", "凯文")]
    table = pa.Table.from_pylist([{"offset": n, "epoch": 0, **row} for n, row in enumerate(rows)], schema=RAW.arrow)
    told = interpret(table.to_batches()[0], People())
    assert told.column("kind").to_pylist() == ["pat", "text"]
    assert told.column("event").to_pylist() == ["patted", None]
    assert told.column("actor_id").to_pylist() == ["z1", None]
