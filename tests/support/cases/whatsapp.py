"""Chats that WhatsApp exported, of both kinds of telephones, whole and damaged."""

from __future__ import annotations

from support.cases import Case
from support.cases._packed import zipped

HOSTILE = '"甲、乙"加入了群聊\u2028\u202e'
NAME = "WhatsApp Chat with 群.txt"
ANDROID = "13/12/2024, 08:00 - 阿岚: 早\n13/12/2024, 08:01 - 凯文: 好\n"
IOS = "[13/12/2024, 08:00:01] 阿岚: 早\r\n[13/12/2024, 08:00:02] 凯文: 好\r\n"

GOOD = (
    Case(
        name="android",
        files={NAME: ANDROID},
        format="whatsapp_txt",
        messages=2,
        rows=(
            {"platform": "whatsapp", "group_id": "name:群", "group_name": "群", "time_quality": "minute", "text": "早"},
            {"sender_id": "name:凯文", "sender_name": "凯文", "text": "好", "kind": "text", "event": None},
        ),
    ),
    Case(
        name="android-crlf-bom",
        files={NAME: "\ufeff" + ANDROID.replace("\n", "\r\n")},
        messages=2,
        rows=({"text": "早"}, {"text": "好"}),
    ),
    Case(name="android-gb18030", files={NAME: ANDROID.encode("gb18030")}, messages=2, rows=({"text": "早"},)),
    Case(name="android-utf-16", files={NAME: ANDROID.encode("utf-16")}, messages=2, rows=({"text": "早"},)),
    Case(
        name="android-several-lines",
        files={NAME: ANDROID.replace("早\n", "早\n\n  带伞: 7:30\n12/12/2024 不算\n")},
        messages=2,
        rows=({"text": "早\n\n  带伞: 7:30\n12/12/2024 不算"}, {"text": "好"}),
    ),
    Case(
        name="android-told-order",
        files={NAME: "03/04/2024, 08:00 - 阿岚: 早\n"},
        options={"facts": {"date_order": "mdy"}},
        messages=1,
        rows=({"text": "早"},),
    ),
    Case(
        name="android-hostile-name",
        files={NAME: f"13/12/2024, 08:00 - {HOSTILE}: 早: {HOSTILE}\n"},
        messages=1,
        rows=({"text": f"早: {HOSTILE}", "kind": "text", "event": None},),
    ),
    Case(
        name="android-name-like-a-notice",
        files={NAME: '13/12/2024, 08:00 - "甲、乙"加入了群聊: 早\n'},
        messages=1,
        rows=({"sender_name": '"甲、乙"加入了群聊', "event": None},),
    ),
    Case(
        name="android-notices",
        files={
            NAME: "13/12/2024, 08:00 - 阿岚 added 凯文\n13/12/2024, 08:01 - 凯文 left\n"
            '13/12/2024, 08:02 - 阿岚 changed the subject to "群: 二"\n13/12/2024, 08:03 - 阿岚: 凯文 left\n'
        },
        messages=4,
        rows=(
            {"kind": "system", "event": "invited", "sender_id": None, "actor_name": "阿岚", "target_names": ["凯文"]},
            {"kind": "system", "event": "left", "target_names": ["凯文"]},
            {"kind": "system", "event": "renamed", "actor_name": "阿岚"},
            {"kind": "text", "event": None, "sender_name": "阿岚", "text": "凯文 left"},
        ),
    ),
    Case(
        name="android-media",
        files={
            NAME: "13/12/2024, 08:00 - 阿岚: <Media omitted>\n13/12/2024, 08:01 - 阿岚: a.jpg (file attached)\n昨天的山\n"
            "13/12/2024, 08:02 - 阿岚: 书单.pdf (file attached)\n13/12/2024, 08:03 - 阿岚: This message was deleted\n"
        },
        messages=4,
        rows=(
            {"kind": "other", "text": ""},
            {"kind": "image", "text": "昨天的山"},
            {"kind": "file", "text": "书单.pdf"},
            {"kind": "recall", "event": "recalled", "actor_name": "阿岚"},
        ),
    ),
    Case(
        name="android-not-sorted",
        files={NAME: ANDROID + "13/12/2024, 07:59 - 阿岚: 迟到的消息\n"},
        messages=3,
        rows=({"text": "迟到的消息"}, {"text": "早"}),
    ),
    Case(
        name="ios-zip",
        files={"WhatsApp Chat - 群.zip": zipped({"_chat.txt": IOS})},
        messages=2,
        rows=({"group_name": "群", "time_quality": "local", "text": "早"}, {"sender_name": "凯文", "text": "好"}),
    ),
    Case(
        name="ios-pasted",
        files={"WhatsApp Chat - 群/_chat.txt": IOS + "[12/12/2024, 09:00:00] 老陈: 旧的\r\n"},
        messages=2,
        rows=({"group_name": "群"}, {"text": "好\n[12/12/2024, 09:00:00] 老陈: 旧的"}),
    ),
    Case(
        name="ios-half-days-and-marks",
        files={
            "_chat.txt": "\u200e[2024/12/13 上午12:05:01] 阿岚: \u200eimage omitted\r\n"
            "[2024/12/13 下午12:05:02] 凯文: \u200e<attached: 1.opus>\r\n"
        },
        messages=2,
        rows=({"kind": "image", "text": ""}, {"kind": "voice", "text": ""}),
    ),
    Case(
        name="two-groups",
        files={NAME: ANDROID, "WhatsApp Chat with 乙群.txt": ANDROID},
        messages=4,
        rows=({"group_name": "乙群"}, {"group_name": "群"}),
    ),
)

BAD = (
    Case(name="empty", files={NAME: ""}, code=65, error="NoMessages"),
    Case(
        name="order-unsure",
        files={NAME: "03/04/2024, 08:00 - 阿岚: 早\n04/04/2024, 08:00 - 阿岚: 早\n"},
        code=65,
        error="UnreadableExport",
        says="--date-order",
    ),
    Case(
        name="no-such-day",
        files={NAME: "31/02/2024, 08:00 - 阿岚: 早\n"},
        code=65,
        error="UnreadableExport",
        says="31/02/2024",
    ),
    Case(
        name="told-another-order",
        files={NAME: ANDROID},
        options={"facts": {"date_order": "mdy"}},
        code=65,
        error="NoMessages",
    ),
    Case(
        name="first-day-wrong",
        files={NAME: "31/02/2024, 08:00 - 阿岚: 早\n" + ANDROID},
        messages=2,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(
        name="huge-line",
        files={NAME: ANDROID + "13/12/2024, 08:02 - 阿岚: " + "长" * 400_000 + "\n"},
        messages=2,
        rejects={"record-too-long": 3},
        code=3,
    ),
    Case(
        name="undecodable",
        files={NAME: ANDROID.encode() + "13/12/2024, 08:02 - 阿岚: ".encode() + b"\xff\xfe\x80\n"},
        messages=2,
        rejects={"undecodable": 1},
        code=3,
    ),
    Case(name="other-text", files={"_chat.txt": "hello\n"}, code=65, error="UnknownFormat"),
    Case(name="no-hour", files={NAME: ANDROID.replace("08:0", "28:0")}, code=65, error="NoMessages"),
    Case(
        name="first-hour-wrong",
        files={NAME: ANDROID.replace("08:00", "24:60")},
        messages=1,
        rejects={"bad-record": 1},
        code=3,
        rows=({"text": "好"},),
    ),
    Case(
        name="words-before-the-first",
        files={NAME: "上面的话\n" + ANDROID},
        options={"format_in": "whatsapp_txt"},
        messages=2,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(
        name="cut-in-a-character",
        files={NAME: ANDROID.encode()[:-2]},
        messages=2,
        rejects={"truncated-tail": 1},
        code=3,
        rows=({"text": "早"}, {"text": ""}),
    ),
    Case(name="before-whatsapp", files={NAME: ANDROID.replace("2024", "1970")}, code=65, error="UnreadableExport"),
    Case(
        name="ios-header-of-no-second",
        files={"_chat.txt": IOS.replace("08:00:01", "08:00:61")},
        messages=1,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(
        name="ios-media-of-a-zip-only",
        files={"WhatsApp Chat - 群.zip": zipped({"1.jpg": b"\xff\xd8\xff\xe0"})},
        code=65,
        error="UnknownFormat",
        says="picture",
    ),
)
