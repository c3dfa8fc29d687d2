"""PyWxDump's records: every type, every wording, both generations, and the three containers they come in."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qunkit.chat.pywxdump_wording import kind_of, undo
from qunkit.exports import Head
from qunkit.formats import pywxdump_csv, pywxdump_js, pywxdump_json
from qunkit.parsing.source import open_source
from qunkit.schema import KINDS
from support.truth.base import SAMPLES

Row = dict[str, Any]
NAMES = ("id", "MsgSvrID", "type_name", "is_sender", "talker", "room_name", "msg", "src", "CreateTime")
QUOTED = 1733011130000
"""2024-11-30 23:58:50 as if it were UTC."""


def record(**more: object) -> Row:
    told = {"id": 1, "MsgSvrID": "2755705033944784198", "type_name": "文本", "is_sender": 0, "talker": "wxid_aaa"}
    said = {"room_name": "1@chatroom", "msg": "早", "src": "", "CreateTime": "2024-12-01 08:00:00"}
    return {**told, **said, **more}


def as_csv(records: list[Row], old: bool) -> str:
    names = [name for name in NAMES if name not in ("msg", "src")]
    names.insert(6, "content")
    file = io.StringIO()
    writer = csv.DictWriter(file, names if old else NAMES, extrasaction="ignore")
    writer.writeheader()
    for one in records:
        content = json.dumps({name: one[name] for name in ("src", "msg")}, ensure_ascii=False)
        writer.writerow({**one, "content": content})
    return file.getvalue()


def as_js(records: list[Row]) -> str:
    listed = json.dumps(records, ensure_ascii=False)
    return f"const local_mywxid = 'wxid_me001'\nconst local_user_list = {{}}\nconst local_msg_list = {listed}\n"


CONTAINERS = {
    "csv": (pywxdump_csv, lambda records: as_csv(records, old=False)),
    "old-csv": (pywxdump_csv, lambda records: as_csv(records, old=True)),
    "json": (pywxdump_json, lambda records: json.dumps(records, ensure_ascii=False, indent=4)),
    "js": (pywxdump_js, as_js),
}


def rows(container: str, path: Path, *records: Row) -> list[Row]:
    """The messages without nulls and offsets."""
    module, written = CONTAINERS[container]
    path.write_bytes(written(list(records)).encode())
    source = open_source(path)
    assert module.sniff(source.head)
    found = [row for batch in module.read(source) for row in batch.messages.to_pylist()]
    return [{name: value for name, value in row.items() if value is not None and name != "offset"} for row in found]


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container_says_the_same(container: str, tmp_path: Path) -> None:
    item = {"datatype": "1", "sourcename": "老陈", "sourcetime": "2024-11-30 18:02:11", "datadesc": "有雪\n注意"}
    source: object = {"title": "记录", "datalist": {"count": "1", "dataitem": item}}
    told = [
        record(),
        record(type_name="系统通知", talker="未知", msg='"甲"邀请"乙"加入了群聊', MsgSvrID="0"),
        record(type_name="合并转发的聊天记录", msg="记录\n老陈: 有雪", src=source),
        record(is_sender=1, talker="我", msg="到\n了"),
    ]
    base = {"group_id": "1@chatroom", "wall": datetime(2024, 12, 1, 8), "native_id": "2755705033944784198"}
    said = {**base, "native_type": "文本", "kind": "text"}
    owner = {"sender_id": "wxid_me001"} if container == "js" else {"sender_name": "我"}
    notice = {"native_type": "系统通知", "kind": "system", "text": '"甲"邀请"乙"加入了群聊', "from_me": False}
    forward = {
        "native_type": "合并转发的聊天记录",
        "kind": "forward",
        "text": "记录\n2024-11-30 18:02:11 老陈: 有雪\n注意",
    }
    assert rows(container, tmp_path / "x", *told) == [
        {**said, "sender_id": "wxid_aaa", "text": "早", "from_me": False},
        {**{name: base[name] for name in ("group_id", "wall")}, **notice},
        {**base, **forward, "sender_id": "wxid_aaa", "from_me": False},
        {**said, **owner, "text": "到\n了", "from_me": True},
    ]


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("文本", "text"), ("图片", "image"), ("语音", "voice"), ("添加好友", "other"), ("推荐公众号", "contact_card"),
        ("视频", "video"), ("动画表情", "sticker"), ("位置", "location"), ("文件", "file"), ("文件(猜)", "file"),
        ("粘贴的文本", "link"), ("(分享)音乐", "music"), ("(分享)卡片式链接", "link"), ("游戏相关", "other"),
        ("用户上传的GIF表情", "sticker"), ("位置共享", "location"), ("合并转发的聊天记录", "forward"), ("(分享)笔记", "note"),
        ("(分享)小程序", "miniprogram"), ("(分享)收藏夹", "note"), ("(分享)小说(猜)", "link"), ("(分享)视频号名片", "channels"),
        ("(分享)视频号视频", "channels"), ("接龙", "solitaire"), ("引用回复", "quote"), ("视频号直播或直播回放", "live"),
        ("视频号直播或直播回放等", "live"), ("群公告", "announcement"), ("转账", "transfer"), ("赠送红包封面", "red_packet"),
        ("语音通话", "call"), ("企业微信打招呼(猜)", "contact_card"), ("企业微信添加好友(猜)", "contact_card"),
        ("系统通知", "system"), ("消息撤回1", "recall"), ("消息撤回57", "recall"), ("拍一拍", "pat"), ("邀请加群", "system"),
        ("未知", "other"), ("未知-49,15", "other"), ("", "other"),
    ],
)  # fmt: skip
def test_every_type(label: str, kind: str, tmp_path: Path) -> None:
    assert kind_of(label) == kind
    assert kind in KINDS
    (row,) = rows("csv", tmp_path / "x.csv", record(type_name=label, msg="x"))
    assert (row["kind"], row["native_type"]) == (kind, label)


@pytest.mark.parametrize(
    ("label", "msg", "src", "text", "extra"),
    [
        ("图片", "图片", "Image/2024-12/a.dat", "", None),
        ("视频", "视频", "", "", None),
        ("动画表情", "表情", "http://e/0", "", '{"url":"http://e/0"}'),
        ("语音", "语音时长：5.24秒", "a.wav", "", '{"seconds":"5.24"}'),
        ("语音", "语音时长：5.24秒\n翻译结果：七点\n东门", "a.wav", "七点\n东门", '{"seconds":"5.24"}'),
        ("语音", "x", "", "x", None),
        ("文件", "文件", "", None, None),
        ("文件", "FileStorage/a.pdf", "", "FileStorage/a.pdf", None),
        ("接龙", "接龙", "", None, None),
        ("群公告", "群公告", "", None, None),
        ("(分享)小程序", "(分享)小程序", "", None, None),
        ("未知", "未知", "", None, None),
        ("文件(猜)", "文件", "", None, None),
        ("赠送红包封面", "", "", None, None),
        ("(分享)卡片式链接", '清单\n三层\n第二\n\n<a href="https://m/?a=1" target="_blank">点击查看详情</a>', "", "清单\nhttps://m/?a=1", '{"description":"三层\\n第二"}'),
        ("(分享)卡片式链接", '清单\n\n\n<a href="" target="_blank">点击查看详情</a>', "", "清单", None),
        ("(分享)卡片式链接", "清单", "", "清单", None),
        ("转账", "转账：￥35.00\n转账说明：车\n费\n转账时间：2024-12-01 00:08:50\n", "", "￥35.00", '{"memo":"车\\n费"}'),
        ("转账", "x", "", "x", None),
        ("位置", '纬度:【31.2】 经度:【121.4】\n位置：大道1号 东门\n其他信息：{\n    "scale": "16"\n}', "", "大道1号 东门", '{"x":"31.2","y":"121.4"}'),
        ("位置", "纬度:【31.2】 经度:【121.4】\n位置： ", "", None, '{"x":"31.2","y":"121.4"}'),
        ("语音通话", "语音/视频通话[通话时长 02:15]", "", "通话时长 02:15", None),
        ("推荐公众号", '<msg nickname="周"/>', "", '<msg nickname="周"/>', None),
        ("合并转发的聊天记录", "记录\n甲: 早", "", "记录\n甲: 早", None),
        ("合并转发的聊天记录", "记录\n甲: 早", "{oops", "记录\n甲: 早", None),
        ("合并转发的聊天记录", "记录\n甲: 早", "{'datalist': {'dataitem': [{'datatype': '2', 'sourcename': '甲'}]}}", "记录\n甲: [图片]", None),
    ],
)  # fmt: skip
def test_wording(label: str, msg: str, src: str, text: str | None, extra: str | None) -> None:
    found = undo(label, msg, src)
    assert (found.text, found.extra) == (text, extra)
    assert found.kind == kind_of(label)


@pytest.mark.parametrize(
    ("msg", "said"),
    [
        ("有\n\n[引用](2024-11-30 23:58:50)阿岚:本周\n路线", ("有", "阿岚", QUOTED, "本周\n路线")),
        ("有\n\n还差\n\n[引用](2024-11-30 23:58:50)阿岚:", ("有\n\n还差", "阿岚", QUOTED, "")),
        ("有\n\n[引用](2024-11-30 23:58:50):早", ("有", None, QUOTED, "早")),
        ("有\n\n[引用](1970-01-01 00:00:00)阿岚:早", ("有", "阿岚", None, "早")),
        ("有\n\n[引用](2024-13-30 23:58:50)阿岚:早", ("有\n\n[引用](2024-13-30 23:58:50)阿岚:早", None, None, None)),
        ("有\n\n[引用](2024-11-30 23:58:50)阿岚:x\n\n[引用](2024-11-30 23:58:51)乙:y", ("有", "阿岚", QUOTED, "x\n\n[引用](2024-11-30 23:58:51)乙:y")),
        ("有", ("有", None, None, None)),
    ],
)  # fmt: skip
def test_quotes(msg: str, said: tuple[Any, ...]) -> None:
    found = undo("引用回复", msg)
    assert (found.text, found.quote_sender, found.quote_time, found.quote_text) == said
    assert found.kind == "quote"


@pytest.mark.parametrize(
    "text",
    ["\n\n[引用](2024-11-30 23:58:50)" * 20_000, "转账：" * 100_000, '\n\n<a href="' * 60_000, "纬度:【" * 90_000],
)
@pytest.mark.parametrize("label", ["引用回复", "转账", "(分享)卡片式链接", "位置"])
def test_hostile_wording_takes_linear_time(label: str, text: str) -> None:
    assert undo(label, text).kind == kind_of(label)


@pytest.mark.parametrize("flag", ["", "2", "x"])
def test_a_flag_that_is_none_says_nothing(flag: str, tmp_path: Path) -> None:
    (row,) = rows("csv", tmp_path / "x.csv", record(is_sender=flag))
    assert "from_me" not in row


def test_the_last_time_may_be_cut(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    text = as_csv([record(), record()], old=False).encode()
    for cut in range(1, 12):
        path.write_bytes(text[:-cut])
        batches = list(pywxdump_csv.read(open_source(path)))
        reasons = [one.reason for batch in batches for one in batch.rejects]
        whole = cut <= 2  # the line end
        assert (sum(len(batch.messages) for batch in batches), reasons) == (
            (2, []) if whole else (1, ["truncated-tail"])
        )


@pytest.mark.parametrize(
    "text",
    [
        "localStorage.setItem('isUseLocalData', 't')  // 't' : 'f' \nconst local_mywxid = \"wxid_me001\";\nconst local_user_list = {U};\nconst local_msg_list = {M};\nconsole.log(1)\n",
        "const local_msg_list = {M}\nconst local_user_list = {U}\nconst local_mywxid = 'wxid_me001'",
        "var local_mywxid='wxid_me001'\r\nlet local_msg_list={P}\r\nvar local_user_list={U}\r\n",
    ],
)  # fmt: skip
def test_the_variables_of_the_script_in_any_order(text: str, tmp_path: Path) -> None:
    users = {"wxid_aaa": {"wxid": "wxid_aaa", "nickname": "凯文", "remark": "", "account": "k", "extra": None}}
    told = [record(), record(talker="我", is_sender=1, msg="x\nconst local_msg_list = [1]")]
    values = {"U": json.dumps(users), "M": json.dumps(told), "P": json.dumps(told, indent=4)}
    path = tmp_path / "data.js"
    path.write_bytes(re.sub(r"\{(U|M|P)\}", lambda found: values[found[1]], text).encode())
    source = open_source(path)
    assert pywxdump_js.sniff(source.head)
    batches = list(pywxdump_js.read(source))
    senders = [row for batch in batches for row in batch.messages.column("sender_id").to_pylist()]
    assert senders == ["wxid_aaa", "wxid_me001"]
    assert [row["member_id"] for batch in batches for row in batch.members] == ["wxid_aaa"]
    assert not [one for batch in batches for one in batch.rejects]


def test_sniffs_its_own_files_only() -> None:
    header = ",".join(NAMES)
    assert pywxdump_csv.sniff(Head(header, ("x.csv",)))
    assert pywxdump_csv.sniff(Head(header.replace("msg,src", "content").replace(",", ";"), ("x.csv",)))
    for other in (header.replace("room_name,", ""), header.replace("msg,src,", ""), "localId,TalkerId", ""):
        assert not pywxdump_csv.sniff(Head(other, ("x.csv",)))
    assert pywxdump_json.sniff(Head("[", ("x.json",), {}, record()))
    assert not pywxdump_json.sniff(Head("{", ("x.jsonl",), {}, record()))
    assert not pywxdump_json.sniff(Head("[", ("x.json",), {}, {"MsgSvrID": "1"}))
    for other in ("", "const local_x = 1", "// const local_mywxid", '{"local_msg_list": []}'):
        assert not pywxdump_js.sniff(Head(other, ("data.js",)))


_TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20).filter(
    lambda text: "\r" not in text and "\0" not in text
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(st.lists(_TEXTS, min_size=1, max_size=8))
@example(
    ['"', ",", "\n\n", "2,3,文本,0,wxid_a,1@chatroom,x,,2024-12-01 08:00:00", "const local_msg_list = [", "\u2028"]
)
def test_any_text_comes_back_from_every_container(tmp_path: Path, texts: list[str]) -> None:
    told = [record(msg=text) for text in texts]
    for container in CONTAINERS:
        assert [row["text"] for row in rows(container, tmp_path / "x", *told)] == texts


def test_the_page_names_the_group_though_its_members_are_not_listed(tmp_path: Path) -> None:
    text = (SAMPLES / "made/pywxdump_js/58192034417@chatroom/data.js").read_text(encoding="utf-8")
    room = {"wxid": "58192034417@chatroom", "nickname": "周末群", "remark": "", "account": "", "extra": None}
    begin, end = (text.index(f"const local_{name}_list") for name in ("user", "msg"))
    path = tmp_path / "data.js"
    users = json.dumps({"58192034417@chatroom": room})
    path.write_text(f"{text[:begin]}const local_user_list = {users}\n{text[end:]}", encoding="utf-8")
    batches = list(pywxdump_js.read(open_source(path)))
    assert {(row["group_id"], row["group_name"]) for batch in batches for row in batch.messages.to_pylist()} == {
        ("58192034417@chatroom", "周末群")
    }
