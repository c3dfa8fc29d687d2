"""WeCom's message archive, and the files that say who its ids are."""

from __future__ import annotations

import json
from typing import Any

from support.cases import Case


def _record(second: int, words: str = "早", **more: Any) -> dict[str, Any]:
    told = {
        "msgid": f"m{second}",
        "action": "send",
        "from": "ZhangSan",
        "tolist": ["LiSi"],
        "roomid": "wr1",
        "msgtime": 1700000000000 + second * 1000,
        "msgtype": "text",
        "text": {"content": words},
    }
    return told | more


def _lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)


def _array(*records: dict[str, Any], **more: Any) -> str:
    return json.dumps([*records], ensure_ascii=False, **more)


TWO = (_record(0), _record(1, "好"))
SWITCH = {"msgid": "s", "action": "switch", "time": 1700000000000, "user": "ZhangSan"}
HOSTILE = '"甲"邀请"乙"加入了群聊\n2024-12-01 08:00:00 丙\n\u2028\u202e、[图片]'
GROUP = {
    "chat_id": "wr1",
    "name": "徒步",
    "owner": "LiSi",
    "member_list": [{"userid": "LiSi", "name": "李四", "join_time": 1}],
}

GOOD = (
    Case(
        name="lines",
        files={"a.jsonl": _lines(*TWO)},
        format="wecom_jsonl",
        messages=2,
        rows=({"platform": "wecom", "group_id": "wr1", "sender_id": "ZhangSan", "text": "早"}, {"text": "好"}),
    ),
    Case(name="array", files={"a.json": _array(*TWO)}, format="wecom_json", messages=2, rows=({"text": "早"},)),
    Case(name="array-indented", files={"a.json": _array(*TWO, indent=2)}, format="wecom_json", messages=2),
    Case(name="lines-bom-crlf", files={"a.jsonl": "\ufeff" + _lines(*TWO).replace("\n", "\r\n")}, messages=2),
    Case(name="lines-gb18030", files={"a.jsonl": _lines(*TWO).encode("gb18030")}, messages=2, rows=({"text": "早"},)),
    Case(name="array-utf16", files={"a.json": _array(*TWO).encode("utf-16")}, messages=2, rows=({"text": "早"},)),
    Case(name="no-last-line-end", files={"a.jsonl": _lines(*TWO)[:-1]}, messages=2),
    Case(name="switch-among-them", files={"a.jsonl": _lines(SWITCH, *TWO)}, format="wecom_jsonl", messages=2),
    Case(
        name="decrypted-beside",
        files={"a.jsonl": _lines(*({"seq": 1, "decrypted": one} for one in TWO))},
        format="wecom_jsonl",
        messages=2,
    ),
    Case(
        name="hostile-text",
        files={"a.jsonl": _lines(_record(0, HOSTILE))},
        messages=1,
        rows=({"kind": "text", "event": None, "text": HOSTILE},),
    ),
    Case(
        name="chat-of-two",
        files={"a.jsonl": _lines(_record(0, roomid=""), _record(1, roomid="", tolist=["ZhangSan"]) | {"from": "LiSi"})},
        messages=2,
        rows=({"group_id": "name:LiSi、ZhangSan"}, {"group_id": "name:LiSi、ZhangSan"}),
    ),
    Case(name="same-text-twice", files={"a.jsonl": _lines(_record(0), _record(0, msgid="other"))}, messages=2),
    Case(name="the-same-in-both-forms", files={"a.jsonl": _lines(*TWO), "b.json": _array(*TWO)}, messages=2),
    Case(
        name="names-of-a-table",
        files={"a.jsonl": _lines(*TWO), "b.csv": "userid,name\nZhangSan,张三\nLiSi,李四\n"},
        messages=2,
        rows=({"sender_id": "ZhangSan"},),
    ),
    Case(
        name="names-of-a-group",
        files={"a.jsonl": _lines(*TWO), "b.json": json.dumps({"errcode": 0, "group_chat": GROUP})},
        messages=2,
        rows=({"group_id": "wr1", "group_name": "徒步"},),
    ),
    Case(name="names-of-a-map", files={"contacts.json": '{"ZhangSan": "张三"}'}, format="wecom_contacts_json"),
)  # fmt: skip

BAD = (
    Case(name="empty", files={"a.jsonl": ""}, code=65, error="NoMessages", says="empty"),
    Case(name="switches-only", files={"a.jsonl": _lines(SWITCH, SWITCH)}, code=65, error="NoMessages"),
    Case(
        name="encrypted",
        files={"a.jsonl": _lines({"seq": 1, "msgid": "1", "encrypt_random_key": "AA", "encrypt_chat_msg": "AA"})},
        code=65,
        error="UnreadableExport",
        says="private key",
    ),
    Case(name="cut-line", files={"a.jsonl": _lines(*TWO)[:-9]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="cut-array", files={"a.json": _array(*TWO)[:-9]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(
        name="broken-line",
        files={"a.jsonl": _lines(TWO[0]) + "{oops\n" + _lines(TWO[1])},
        messages=2,
        rejects={"bad-json": 1},
        code=3,
    ),
    Case(
        name="bad-times",
        files={"a.jsonl": _lines(*TWO, _record(2, msgtime="bald"), _record(3, msgtime=7))},
        messages=2,
        rejects={"bad-time": 1, "time-out-of-range": 1},
        code=3,
    ),
    Case(name="nobody", files={"a.jsonl": _lines(*TWO, _record(2) | {"from": ""})}, messages=2, rejects={"no-sender": 1}, code=3),
    Case(
        name="no-type", files={"a.jsonl": _lines(*TWO, _record(2, msgtype=None))}, messages=2, rejects={"bad-record": 1}, code=3
    ),
    Case(
        name="decryption-failed",
        files={"a.jsonl": _lines(*({"seq": 1, "decrypted": one} for one in (*TWO, None)))},
        messages=2,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(name="wrong-types", files={"a.jsonl": _lines(TWO[0], {name: [7] for name in _record(0)})}, messages=1, rejects={"bad-time": 1}, code=3),
    Case(
        name="a-list-among-lines",
        files={"a.jsonl": _lines(TWO[0]) + "[1]\n" + _lines(TWO[1])},
        messages=2,
        rejects={"bad-json": 1},
        code=3,
    ),
    Case(name="no-people", files={"contacts.json": '{"userlist": [], "errcode": 0}'}, code=65, error="NoMessages"),
    Case(name="contacts-cut", files={"a.json": '{"errcode": 0, "userlist": [{"userid": "a"'}, code=65, error="UnreadableExport", says="whole"),
    Case(name="contacts-header-only", files={"a.csv": "userid,name\n"}, code=65, error="NoMessages"),
)  # fmt: skip
