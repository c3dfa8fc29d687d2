"""wechat-dump's text, whole and damaged."""

from __future__ import annotations

from support.cases import Case

HOSTILE = '"甲"邀请"乙、丙"加入了群聊: \u2028\u202e'
NAME = "读书会.txt"
DUMP = "1|小刘:2015-03-08 12:47:05:早\n1|me:2015-03-08 12:48:11:好\n"

GOOD = (
    Case(
        name="plain",
        files={NAME: DUMP},
        format="wechat_dump_txt",
        messages=2,
        rows=(
            {"group_name": "读书会", "sender_name": "小刘", "text": "早", "kind": "text", "time_quality": "local"},
            {"sender_id": "me", "from_me": True, "text": "好", "event": None},
        ),
    ),
    Case(
        name="instants",
        files={NAME: DUMP.replace("2015-03-08 12:47:05", "1425790025").replace("2015-03-08 12:48:11", "1425790091000")},
        messages=2,
        rows=({"time_quality": "exact", "text": "早"}, {"time_quality": "exact", "text": "好"}),
    ),
    Case(
        name="parts-of-seconds",
        files={NAME: DUMP.replace("12:47:05", "12:47:05.123")},
        messages=2,
        rows=({"text": "早"},),
    ),
    Case(
        name="bom-crlf",
        files={NAME: "\ufeff" + DUMP.replace("\n", "\r\n")},
        messages=2,
        rows=({"text": "早"}, {"text": "好"}),
    ),
    Case(
        name="gb18030", files={NAME: DUMP.encode("gb18030")}, messages=2, rows=({"sender_name": "小刘", "text": "早"},)
    ),
    Case(name="utf-16", files={NAME: DUMP.encode("utf-16")}, messages=2, rows=({"text": "早"}, {"text": "好"})),
    Case(name="no-last-line-end", files={NAME: DUMP[:-1]}, messages=2, rows=({"text": "早"}, {"text": "好"})),
    Case(
        name="several-lines",
        files={NAME: DUMP.replace("早", "早\n\n1|不是\n12:30 集合")},
        messages=2,
        rows=({"text": "早\n\n1|不是\n12:30 集合"}, {"text": "好"}),
    ),
    Case(
        name="pasted",
        files={NAME: DUMP + "1|小王:2014-01-01 00:00:00:旧\n还有\n"},
        messages=2,
        rows=({"text": "早"}, {"text": "好\n1|小王:2014-01-01 00:00:00:旧\n还有"}),
    ),
    Case(
        name="hostile-names",
        files={NAME: DUMP.replace("小刘", HOSTILE)},
        messages=2,
        rows=({"sender_name": HOSTILE, "kind": "text", "event": None, "text": "早"},),
    ),
    Case(
        name="kinds",
        files={
            NAME: "3|小刘:2015-03-08 12:47:05:|img:th_5eb6\n34|小刘:2015-03-08 12:47:06:\n"
            '10000|读书会:2015-03-08 12:47:07:"阿岚"邀请"小刘"加入了群聊\n'
            '1|小刘:2015-03-08 12:47:08:"阿岚"邀请"小刘"加入了群聊\n'
        },
        messages=4,
        rows=(
            {"kind": "image", "text": "", "extra": '{"img":"th_5eb6"}'},
            {"kind": "voice", "text": ""},
            {"kind": "system", "event": "invited", "sender_id": None, "actor_name": "阿岚", "target_names": ["小刘"]},
            {"kind": "text", "event": None, "sender_name": "小刘"},
        ),
    ),
    Case(
        name="two-groups",
        files={"a.txt": DUMP, "b.txt": DUMP.replace("早", "晚")},
        messages=4,
        rows=({"group_name": "a", "text": "早"}, {"group_name": "b", "text": "晚"}),
    ),
)

BAD = (
    Case(name="empty", files={NAME: ""}, code=65, error="NoMessages"),
    Case(name="no-such-day", files={NAME: DUMP.replace("03-08", "02-30")}, code=65, error="NoMessages"),
    Case(name="no-such-hour", files={NAME: DUMP.replace(" 12:", " 25:")}, code=65, error="NoMessages"),
    Case(
        name="first-day-wrong",
        files={NAME: DUMP.replace("03-08 12:47", "02-30 12:47")},
        messages=1,
        rejects={"bad-record": 1},
        code=3,
        rows=({"text": "好"},),
    ),
    Case(name="of-1970", files={NAME: DUMP.replace("2015", "1970")}, code=65, error="NoMessages"),
    Case(
        name="first-out-of-range",
        files={NAME: DUMP.replace("2015-03-08 12:47:05", "0000000005")},
        messages=1,
        rejects={"time-out-of-range": 1},
        code=3,
        rows=({"text": "好"},),
    ),
    Case(
        name="words-first",
        files={NAME: "chat of 读书会\n" + DUMP},
        options={"format_in": "wechat_dump_txt"},
        messages=2,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(name="words-first-unknown", files={NAME: "chat of 读书会\n" + DUMP}, code=65, error="UnknownFormat"),
    Case(
        name="damaged-bytes",
        files={NAME: DUMP.encode() + b"1|a:2015-03-08 12:49:00:\xff\xff\xfe\n"},
        messages=2,
        rejects={"undecodable": 1},
        code=3,
    ),
    Case(
        name="huge-line",
        files={NAME: DUMP.replace("早", "早" * 400_000)},
        messages=1,
        rejects={"record-too-long": 3},
        code=3,
        rows=({"text": "好"},),
    ),
    Case(
        name="cut-in-a-character",
        files={NAME: DUMP.encode()[:-2]},
        messages=2,
        rejects={"truncated-tail": 1},
        code=3,
        rows=({"text": "早"}, {"text": ""}),
    ),
    Case(name="no-type", files={NAME: DUMP.replace("1|", "")}, code=65, error="UnknownFormat"),
    Case(name="no-time", files={NAME: "1|小刘:早\n1|me:好\n"}, code=65, error="UnknownFormat"),
)
