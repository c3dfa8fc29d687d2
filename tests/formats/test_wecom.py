"""WeCom's message archive, every type of it, as lines and as an array."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qunkit import registry
from qunkit.demo.fleet import invent
from qunkit.demo.model import Chat
from qunkit.errors import UnreadableExport
from qunkit.exports import Batch
from qunkit.ingest.identify import said_yes
from qunkit.ingest.run import ingest
from qunkit.parsing import json_rows
from qunkit.parsing.source import open_source
from support.staged import members, messages
from support.truth.base import SAMPLES

ROOM = "wrDx2bDwAAq0001HikingEast"
ZHOU, LIU, CHEN, HE, BOT = "ZhouLan", "LiuYang", "wmDx2bDwAAexternalChen", "woDx2bDwAAexternalHe", "wbDx2bDwAArobot"
CHAT = {"msgid": "1_1", "action": "send", "from": "a", "tolist": ["b"], "roomid": "wr1", "msgtime": 1547087894783}
BOTH = pytest.mark.parametrize("sample", ["made/wecom_jsonl/chatdata.jsonl", "made/wecom_json/chatdata.json"])

SAID = [
    (ZHOU, "text", "周六东门集合，\n有人拼车吗"),
    (CHEN, "text", "有，还差2个"),
    (ZHOU, "quote", "好的，帮你置顶"),
    (CHEN, "image", ""),
    (None, "recall", None),
    (None, "system", None),  # agreed to be archived
    (LIU, "voice", ""),
    (LIU, "video", ""),
    (CHEN, "contact_card", "东区户外俱乐部"),
    (CHEN, "location", "东门停车场"),
    (HE, "sticker", ""),
    (ZHOU, "file", "路线.gpx"),
    (ZHOU, "link", "冬季徒步装备清单(2024版)\nhttps://mp.example.invalid/s?mid=1"),
    (ZHOU, "miniprogram", "拼车接龙-东门"),
    (CHEN, "forward", "群聊的聊天记录\n山上有雪\n注意防滑\n[图片]\n天气"),
    (ZHOU, "other", "周五前报名\n带头灯"),  # todo
    (ZHOU, "other", "几点出发\n7点\n8点"),  # vote
    (ZHOU, "other", "报名表\n姓名\n车牌"),  # collect
    (ZHOU, "red_packet", "新年快乐"),
    (LIU, "red_packet", "恭喜发财"),
    (LIU, "other", "行前会"),  # meeting
    (LIU, "link", "装备表\nhttps://doc.example.invalid/1"),
    (BOT, "text", "**今日路况**：畅通"),
    (BOT, "link", "service\nhttps://n.example.invalid/1\n天气\nhttps://n.example.invalid/2"),
    (LIU, "other", "出发"),  # calendar
    (CHEN, "text", "这条路\n走得通吗"),  # mixed, with a picture
    (HE, "image", ""),  # mixed, of a picture alone
    (LIU, "call", None),
    (LIU, "call", "02:15"),
    (LIU, "channels", "鹰嘴岩日出"),
    (LIU, "file", "照片.zip"),
    (LIU, "file", "行程.pdf"),
    (None, "system", None),  # disagreed
    (ZHOU, "text", "在吗"),
    (LIU, "text", "在"),
    (CHEN, "text", "分割线\n------\n不是引用"),
]


def batches(path: Path, text: str | bytes, name: str = "wecom_jsonl") -> list[Batch]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    source = open_source(path)
    assert list(said_yes(source.head)) == [name]
    return list(registry.load("formats", name).read(source))


def lines(*records: Mapping[str, Any]) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)


def rows(found: list[Batch]) -> list[dict[str, Any]]:
    return [row for batch in found for row in batch.messages.to_pylist()]


def text(words: str, **more: Any) -> dict[str, Any]:
    return {**CHAT, "msgtype": "text", "text": {"content": words}, **more}


@BOTH
def test_every_type_is_what_it_is(sample: str, tmp_path: Path) -> None:
    summary = ingest([SAMPLES / sample], tmp_path / "data")
    assert [(file.status, file.rejected) for file in summary.files] == [("ingested", 0)]
    found = sorted(messages(tmp_path / "data")[0], key=lambda row: (row["sent_at"], row["seq"]))
    assert [(row["sender_id"], row["kind"], row["text"]) for row in found] == SAID
    assert {row["platform"] for row in found} == {"wecom"}
    assert {row["time_quality"] for row in found} == {"exact"}
    assert [int(row["sent_at"].timestamp() * 1000) for row in found[:2]] == [1732982362123, 1732982422123]
    assert {row["group_id"] for row in found} == {ROOM, "name:LiuYang、ZhouLan"}
    assert [row["group_id"] for row in found].count("name:LiuYang、ZhouLan") == 3
    assert found[0]["native_id"] == "9007199254740994_1732982362_external"


@BOTH
def test_recalls_name_who_did_it_and_what_is_gone(sample: str, tmp_path: Path) -> None:
    ingest([SAMPLES / sample], tmp_path / "data")
    (recall,) = [row for row in messages(tmp_path / "data")[0] if row["kind"] == "recall"]
    assert (recall["event"], recall["actor_id"], recall["sender_id"]) == ("recalled", HE, None)
    assert json.loads(recall["extra"]) == {"recalls": "9007199254740999_1732982602_external"}


@BOTH
def test_who_is_sent_a_message_is_a_member(sample: str) -> None:
    source = open_source(SAMPLES / sample)
    name = sample.split("/")[1]
    found = [row for batch in registry.load("formats", name).read(source) for row in batch.members]
    last = 1732982302123 + 36 * 60_000
    assert found == [
        {"group_id": ROOM, "member_id": one, "complete": False, "seen_at": last}
        for one in sorted([ZHOU, LIU, CHEN, HE, BOT])
    ]


@pytest.mark.parametrize("few", [0, 32])
def test_members_are_seen_when_they_were_sent_something_last(
    few: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_rows, "_FEW", few)
    told = [
        text("1", msgid="1", tolist=["b", "c"]),
        text("2", msgid="2", tolist=["c"], msgtime=1547087894999),
        text("3", msgid="3", tolist=[], roomid="wr2"),
        text("4", msgid="4", tolist=None, roomid="wr2"),
    ]
    found = batches(tmp_path / "a.jsonl", lines(*told))
    assert {(row["group_id"], row["member_id"]): row["seen_at"] for row in found[-1].members} == {
        ("wr1", "a"): 1547087894999,
        ("wr1", "b"): 1547087894783,
        ("wr1", "c"): 1547087894999,
        ("wr2", "a"): 1547087894783,
    }


@pytest.mark.parametrize(
    ("words", "sender", "quoted", "said"),
    [
        ('这是一条引用/回复消息：\n"陈师傅：\n有，还差2个"\n------\n好的', "陈师傅", "有，还差2个", "好的"),
        ("这是一条引用/回复消息：“李四：早”\n------\n早\n------\n好", "李四", "早", "早\n------\n好"),
        ('引用："早上好"\n------\n早', None, "早上好", "早"),
        ('引用："\n------\n早', None, None, "早"),
    ],
)
def test_quotes_are_text_before_a_rule(words: str, sender: str, quoted: str, said: str, tmp_path: Path) -> None:
    (row,) = rows(batches(tmp_path / "a.jsonl", lines(text(words))))
    assert (row["kind"], row["quote_sender"], row["quote_text"], row["text"]) == ("quote", sender, quoted, said)


@pytest.mark.parametrize("words", ["上面\n------\n下面", "引用：早", "------\n早", "引用：\n-------\n早"])
def test_a_rule_alone_is_no_quote(words: str, tmp_path: Path) -> None:
    (row,) = rows(batches(tmp_path / "a.jsonl", lines(text(words))))
    assert (row["kind"], row["quote_text"], row["text"]) == ("text", None, words)


def test_both_directions_of_a_chat_of_two_are_one_chat(tmp_path: Path) -> None:
    there, back = text("在吗", roomid=""), text("在", roomid="", msgid="2_1") | {"from": "b", "tolist": ["a"]}
    missing = {name: value for name, value in text("?", msgid="3_1").items() if name != "roomid"}
    found = rows(batches(tmp_path / "a.jsonl", lines(there, back, missing)))
    assert [(row["group_id"], row["group_name"]) for row in found] == [(None, "a、b")] * 3


def test_switches_are_no_messages(tmp_path: Path) -> None:
    switch = {"msgid": "125_3", "action": "switch", "time": 1554119421840, "user": "a"}
    first, *_ = batches(tmp_path / "a.jsonl", lines(switch, text("早")))
    assert (len(first.messages), first.rejects, first.framing) == (1, [], [(0, len(lines(switch)))])


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({key: value for key, value in CHAT.items() if key != "action"} | {"msgid": "2"}, "bad-record"),
        (text("早") | {"from": ""}, "no-sender"),
        (text("早") | {"from": None}, "no-sender"),
        (text("早") | {"msgtime": "gestern"}, "bad-time"),
        (text("早") | {"msgtime": 12}, "time-out-of-range"),
    ],
)
def test_what_is_no_message_is_kept_as_a_reject(record: dict[str, Any], reason: str, tmp_path: Path) -> None:
    first, *_ = batches(tmp_path / "a.jsonl", lines(text("早"), record))
    assert [one.reason for one in first.rejects] == [reason]
    assert len(first.messages) == 1


@pytest.mark.parametrize(
    "body",
    [None, "早", 7, [], {}, {"content": None}, {"content": 7}, {"item": 7}, {"item": [7, {"type": 5, "content": []}]}],
)
@pytest.mark.parametrize("type_", ["text", "mixed", "chatrecord", "vote", "collect", "news", "voiptext", "lately", ""])
def test_a_body_of_another_shape_breaks_nothing(type_: str, body: object, tmp_path: Path) -> None:
    found = batches(tmp_path / "a.jsonl", lines(text("早"), {**CHAT, "msgid": "2", "msgtype": type_, type_: body}))
    assert len(rows(found)) + sum(len(batch.rejects) for batch in found) == 2


def test_an_item_whose_content_is_no_json_is_its_own_words(tmp_path: Path) -> None:
    items = {"item": [{"type": "text", "content": "早"}, {"type": "ChatRecordText", "content": '{"content":"好"}'}]}
    (row,) = rows(batches(tmp_path / "a.jsonl", lines({**CHAT, "msgtype": "mixed", "mixed": items})))
    assert (row["kind"], row["text"]) == ("text", "早\n好")


def test_what_is_still_encrypted_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableExport, match="encrypted"):
        batches(tmp_path / "a.jsonl", '{"seq":1,"msgid":"1","encrypt_random_key":"AA","encrypt_chat_msg":"AA"}\n')


@pytest.mark.parametrize("few", [0, 32])
def test_lines_with_and_without_decryption_beside_them(
    few: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_rows, "_FEW", few)
    whole = {"seq": 1, "msgid": "1_1", "encrypt_chat_msg": "AA", "decrypted": text("早")}
    failed = {"seq": 2, "msgid": "1_2", "encrypt_chat_msg": "AA", "decrypted": None}
    first, *_ = batches(tmp_path / "a.jsonl", lines(whole, failed, whole))
    assert [one.reason for one in first.rejects] == ["bad-record"]
    assert [row["text"] for row in first.messages.to_pylist()] == ["早", "早"]


def test_an_array_alone_is_a_document(tmp_path: Path) -> None:
    found = batches(tmp_path / "a.json", json.dumps([text("早")]), "wecom_json")
    assert [row["text"] for row in rows(found)] == ["早"]
    found = batches(tmp_path / "b.json", json.dumps({"chatdata": [{"decrypted": text("早")}]}), "wecom_json")
    assert [row["text"] for row in rows(found)] == ["早"]


def _people(tmp_path: Path, name: str, text: str) -> list[dict[str, Any]]:
    (tmp_path / name).write_text(text, "utf-8")
    source = open_source(tmp_path / name)
    (format_,) = said_yes(source.head)
    assert format_.startswith("wecom_contacts")
    return [row for batch in registry.load("formats", format_).read(source) for row in batch.members]


CONTACTS = {
    "a.csv": "userid,name,remark,alias,department\nZhangSan,张三,老张,jack,销售\n",
    "user_list.json": '{"errcode":0,"userlist":[{"userid":"ZhangSan","name":"张三","remark":"老张","alias":"jack","department":[1]}]}',
    "array.json": '[{"userid":"ZhangSan","name":"张三","remark":"老张","alias":"jack"}]',
    "external.json": '{"errcode":0,"external_contact":{"external_userid":"ZhangSan","name":"张三","remark":"老张","alias":"jack"}}',
}


@pytest.mark.parametrize("name", CONTACTS)
def test_who_an_id_is(name: str, tmp_path: Path) -> None:
    (row,) = _people(tmp_path, name, CONTACTS[name])
    wanted = {"contact": True, "member_id": "ZhangSan", "nickname": "张三", "account": "jack"}
    assert {key: row[key] for key in wanted} == wanted
    assert row["remark"] == ("老张" if name != "external.json" else None)  # the API has it beside the contact


def test_the_remark_beside_an_external_contact(tmp_path: Path) -> None:
    one = {
        "external_contact": {"external_userid": "wm1", "name": "陈师傅"},
        "follow_info": {"userid": "a", "remark": "陈总"},
    }
    (row,) = _people(tmp_path, "a.json", json.dumps({"errcode": 0, "external_contact_list": [one]}))
    assert (row["member_id"], row["nickname"], row["remark"]) == ("wm1", "陈师傅", "陈总")


@pytest.mark.parametrize("text", ['{"a": "b"}', '{"errcode": 0, "errmsg": "ok"}', '{"userid": 1}', '[{"userid": "a"}]'])
def test_not_every_small_document_is_of_contacts(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(text, "utf-8")
    assert not said_yes(open_source(tmp_path / "a.json").head)


@pytest.mark.parametrize(
    "text",
    [
        '{"errcode":0,"userlist":7}',
        '{"errcode":0,"userlist":[7,{"userid":7},{"userid":"a","name":[]}]}',
        '{"errcode":0,"group_chat":[]}',
        '{"errcode":0,"group_chat":{"member_list":[{"userid":"a"}]}}',
        '{"errcode":0,"external_contact":' * 3000 + "1" + "}" * 3000,
    ],
)
def test_contacts_of_another_shape_break_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(text, "utf-8")
    ingest([tmp_path / "a.json"], tmp_path / "data")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_the_archive_gets_its_names_from_beside_it(order: tuple[int, ...], tmp_path: Path) -> None:
    samples = [
        "made/wecom_jsonl/chatdata.jsonl",
        "made/wecom_contacts_csv/通讯录.csv",
        "made/wecom_contacts_json/客户群.json",
    ]
    for number in order:
        ingest([SAMPLES / samples[number]], tmp_path / "data")
    told = {row["member_id"]: row for row in members(tmp_path / "data") if row["complete"]}
    assert {
        one: (row["nickname"], row["role"], row["invited_by"], row["join_source"]) for one, row in told.items()
    } == {
        ZHOU: ("周岚", "owner", None, "invite"),
        LIU: ("刘洋", "admin", ZHOU, "invite"),
        CHEN: ("陈师傅", "member", LIU, "qr"),
    }
    names = {row["member_id"]: row["nickname"] for row in members(tmp_path / "data") if row["nickname"]}
    assert names[BOT] == "路况机器人"
    assert {row["group_name"] for row in messages(tmp_path / "data")[0]} == {"周末徒步·东区", "LiuYang、ZhouLan"}


def _written(chat: Chat) -> list[dict[str, Any]]:
    """What people of an invented chat said, as the archive of their company would keep it."""
    everyone = sorted({member.person.id for member in chat.members})
    told = []
    for message in chat.messages:
        if not message.sender or message.kind not in ("text", "image", "file", "link"):
            continue
        bodies = {
            "text": ("text", {"content": message.text}),
            "image": ("image", {"md5sum": "0" * 32, "filesize": 1, "sdkfileid": "x"}),
            "file": ("file", {"filename": message.text, "fileext": "pdf", "filesize": 1}),
            "link": ("link", {"title": message.text, "description": "", "link_url": "", "image_url": ""}),
        }
        type_, body = bodies[message.kind]
        sender = message.sender.person.id
        head = {"msgid": f"{message.id}_external", "action": "send", "from": sender}
        to = {"tolist": [one for one in everyone if one != sender], "roomid": chat.id, "msgtime": message.ts * 1000}
        told.append({**head, **to, "msgtype": type_, type_: body})
    return told


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_an_invented_fleet_comes_back(name: str, tmp_path: Path) -> None:
    fleet = invent(seed=8, groups=2, weeks=1, plain=False, end=date(2026, 11, 15))
    told = [one for chat in fleet for one in _written(chat)]
    assert len(told) > 500
    (tmp_path / name).write_text(lines(*told) if name == "a.jsonl" else json.dumps(told), "utf-8")
    summary = ingest([tmp_path / name], tmp_path / "data")
    assert (summary.code, summary.files[0].new) == (0, len(told))
    found = {row["native_id"]: row for row in messages(tmp_path / "data")[0]}
    for one in told:
        row = found[one["msgid"]]
        said = next(iter(one[one["msgtype"]].values())) if one["msgtype"] != "image" else ""
        assert (row["group_id"], row["sender_id"], row["kind"] in (one["msgtype"], "solitaire"), row["text"]) == (
            one["roomid"],
            one["from"],
            True,
            said,
        )
        assert int(row["sent_at"].timestamp() * 1000) == one["msgtime"]
    listed = {(row["group_id"], row["member_id"]) for row in members(tmp_path / "data")}
    assert listed == {(one["roomid"], who) for one in told for who in (one["from"], *one["tolist"])}
