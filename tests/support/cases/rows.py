"""Tables of no known format, and member lists."""

from __future__ import annotations

import json

from support.cases import Case

MAP = {"time": "when", "sender": "who", "text": "said", "group": "room"}
MAPPED = {"facts": {"map": json.dumps(MAP)}}
ROSTER = {"facts": {"roster": "", "group": "读书会"}}
HEAD = "when,who,said,room\n"
TWO = "2024-12-01 08:03:10,阿岚,早,读书会\n2024-12-01 08:03:11,小刘,好,读书会\n"
LINES = '{"when":1700000000,"who":"阿岚","said":"早","room":"读书会"}\n{"when":1700000001,"who":"小刘","said":"好","room":"读书会"}\n'
HOSTILE = '"2024-12-01 08:03:10","甲""、乙","""甲""邀请""乙""加入了群聊\n2024-12-01 08:03:10,丙,\u2028\u202e",读书会\n'
NAMES = "wxid,昵称\nwxid_a,阿岚\n"
LONG = "x" * 300_000

GOOD = (
    Case(
        name="csv",
        files={"a.csv": HEAD + TWO},
        options=MAPPED,
        format="mapped",
        messages=2,
        rows=({"group_id": "name:读书会", "sender_id": "name:阿岚", "text": "早", "time_quality": "local"}, {"text": "好"}),
    ),
    Case(name="csv-bom-crlf", files={"a.csv": "\ufeff" + (HEAD + TWO).replace("\n", "\r\n")}, options=MAPPED, messages=2),
    Case(name="csv-gb18030", files={"a.csv": (HEAD + TWO).encode("gb18030")}, options=MAPPED, messages=2, rows=({"text": "早"},)),
    Case(name="csv-semicolons", files={"a.csv": (HEAD + TWO).replace(",", ";")}, options=MAPPED, messages=2),
    Case(name="csv-utf16-tabs", files={"a.txt": (HEAD + TWO).replace(",", "\t").encode("utf-16")}, options=MAPPED, messages=2),
    Case(name="lines", files={"a.jsonl": LINES}, options=MAPPED, format="mapped", messages=2, rows=({"time_quality": "exact"},)),
    Case(name="one-line", files={"a.jsonl": LINES.split("\n")[0]}, options=MAPPED, messages=1),
    Case(name="array", files={"a.json": "[" + LINES.strip().replace("\n", ",") + "]"}, options=MAPPED, messages=2),
    Case(
        name="hostile",
        files={"a.csv": HEAD + HOSTILE},
        options=MAPPED,
        messages=1,
        rows=({"sender_name": '甲"、乙', "event": None, "text": '"甲"邀请"乙"加入了群聊\n2024-12-01 08:03:10,丙,\u2028\u202e'},),
    ),
    Case(name="without-sender", files={"a.csv": HEAD + TWO.replace("小刘", "")}, options=MAPPED, messages=2, rows=({}, {"kind": "system"})),
    Case(name="huge-text", files={"a.csv": HEAD + TWO.replace("早", LONG)}, options=MAPPED, messages=2, rows=({"text": LONG},)),
    Case(name="groups-of-rows", files={"a.csv": HEAD + TWO.replace("好,读书会", "好,徒步")}, options=MAPPED, messages=2),
    Case(name="as-group", files={"a.csv": HEAD + TWO}, options={**MAPPED, "as_group": "5@chatroom"}, messages=2, rows=({"group_id": "5@chatroom"},)),
    Case(name="mapped-by-name", files={"log.csv": HEAD + TWO}, options={"maps": (("l*.csv", json.dumps(MAP)),)}, format="mapped", messages=2),
    Case(name="roster", files={"a.csv": NAMES}, options=ROSTER, format="roster_csv"),
    Case(name="roster-gb18030", files={"a.csv": NAMES.encode("gb18030")}, options=ROSTER, format="roster_csv"),
    Case(name="roster-blank-rows", files={"a.csv": NAMES + ",\n,\n\n"}, options=ROSTER, format="roster_csv"),
    Case(name="roster-of-many-groups", files={"a.csv": "群号,wxid,昵称\n1,wxid_a,甲\n2,wxid_a,甲\n"}, format="roster_csv"),
    Case(name="roster-lines", files={"a.jsonl": '{"group":"g","wxid":"wxid_a","name":"甲"}\n'}, format="roster_json"),
)  # fmt: skip

BAD = (
    Case(name="empty", files={"a.csv": ""}, options=MAPPED, code=65, error="NoMessages", says="empty"),
    Case(name="header-only", files={"a.csv": HEAD}, options=MAPPED, code=65, error="NoMessages"),
    Case(name="no-such-column", files={"a.csv": "x,y\n1,2\n"}, options=MAPPED, code=65, error="UnreadableExport", says="It has: x, y."),
    Case(name="no-such-member", files={"a.jsonl": '{"a":{"b":1}}\n'}, options=MAPPED, code=65, error="UnreadableExport", says="It has: a.b."),
    Case(name="no-table", files={"a.txt": "只是一句话"}, options=MAPPED, code=65, error="UnreadableExport", says="no column when, who"),
    Case(name="unmapped", files={"a.csv": HEAD + TWO}, code=65, error="UnknownFormat"),
    Case(name="bad-time", files={"a.csv": HEAD + TWO + "bald,a,b,c\n"}, options=MAPPED, messages=2, rejects={"bad-time": 1}, code=3),
    Case(
        name="time-out-of-range",
        files={"a.csv": HEAD + TWO + "1812-01-01 00:00:00,a,b,c\n"},
        options=MAPPED,
        messages=2,
        rejects={"time-out-of-range": 1},
        code=3,
    ),
    Case(name="short-row", files={"a.csv": HEAD + TWO + "2024-12-01 08:03:12,阿岚\n"}, options=MAPPED, messages=2, rejects={"bad-columns": 1}, code=3),
    Case(name="open-quote", files={"a.csv": HEAD + TWO + '2024-12-01 08:03:12,阿岚,"早'}, options=MAPPED, messages=2, rejects={"truncated-tail": 1}, code=3),
    Case(name="cut-line", files={"a.jsonl": LINES[:-9]}, options=MAPPED, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="day-or-month", files={"a.csv": HEAD + "3/4/2024 8:03,a,b,c\n"}, options=MAPPED, code=65, error="UnreadableExport", says="year first"),
    Case(name="lines-wrong-types", files={"a.jsonl": LINES + '{"when":[1],"who":2,"said":{}}\n[]\n'}, options=MAPPED, messages=2, rejects={"bad-time": 1, "bad-json": 1}, code=3),
    Case(name="roster-empty", files={"a.csv": ""}, options=ROSTER, code=65, error="NoMembers"),
    Case(name="roster-header-only", files={"a.csv": "wxid,昵称\n"}, options=ROSTER, code=65, error="NoMembers"),
    Case(name="roster-without-group", files={"a.csv": NAMES}, code=65, error="UnreadableExport", says="qunkit roster FILE --group"),
    Case(name="roster-strange-header", files={"a.csv": "Mitglied,Rolle\n1,2\n"}, options=ROSTER, code=65, error="UnreadableExport", says="Mitglied, Rolle"),
    Case(name="roster-of-nobody", files={"a.csv": "wxid,昵称,备注\nwxid_a,甲,\n,,谁\n"}, options=ROSTER, rejects={"bad-record": 1}, code=3),
    Case(name="roster-bad-time", files={"a.csv": "wxid,昵称,入群时间\nwxid_a,甲,bald\n"}, options=ROSTER, rejects={"bad-time": 1}, code=3),
    Case(name="roster-row-without-group", files={"a.csv": "群号,wxid,昵称\n1,wxid_a,甲\n,wxid_b,乙\n"}, rejects={"bad-record": 1}, code=3),
)  # fmt: skip
