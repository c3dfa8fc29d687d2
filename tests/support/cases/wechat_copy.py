"""Messages copied from WeChat, with and without times."""

from __future__ import annotations

from support.cases import Case

COPY = "·小刘\n2024年12月04日 19:30\n早\n\n·阿岚\n2024年12月04日 19:31\n好\n"
PC_COPY = "小刘:\n早\n\n阿岚:\n好\n\n小刘:\n走\n"
DATED = "读书会 2024-12-04.txt"

GOOD = (
    Case(
        name="plain",
        files={"读书会.txt": COPY},
        format="wechat_copy",
        messages=2,
        rows=(
            {"group_name": "读书会", "sender_name": "小刘", "text": "早", "time_quality": "minute"},
            {"sender_id": "name:阿岚", "text": "好", "kind": "text", "event": None},
        ),
    ),
    Case(
        name="bom-crlf",
        files={"a.txt": "\ufeff" + COPY.replace("\n", "\r\n")},
        messages=2,
        rows=({"text": "早"}, {"text": "好"}),
    ),
    Case(name="gb18030", files={"a.txt": COPY.encode("gb18030")}, messages=2, rows=({"sender_name": "小刘"},)),
    Case(name="utf-16", files={"a.txt": COPY.encode("utf-16")}, messages=2, rows=({"text": "早"}, {"text": "好"})),
    Case(
        name="without-empty-lines",
        files={"a.txt": COPY.replace("\n\n", "\n")},
        messages=2,
        rows=({"text": "早"}, {"sender_name": "阿岚"}),
    ),
    Case(
        name="without-dots",
        files={"a.txt": COPY.replace("·", "")},
        messages=2,
        rows=({"sender_name": "小刘"}, {"sender_name": "阿岚"}),
    ),
    Case(
        name="half-days",
        files={"a.txt": COPY.replace(" 19:30", " 下午7:30").replace(" 19:31", " 下午7:31")},
        messages=2,
        rows=({"text": "早"}, {"text": "好"}),
    ),
    Case(
        name="pasted",
        files={"a.txt": COPY.replace("好\n", "看:\n\n·小刘\n2024年12月01日 08:00\n旧\n")},
        messages=2,
        rows=({"text": "早"}, {"text": "看:\n\n·小刘\n2024年12月01日 08:00\n旧"}),
    ),
    Case(
        name="of-no-day",
        files={"a.txt": COPY.replace("2024年12月04日 19:31", "2024年02月30日 19:31")},
        messages=1,
        rows=({"text": "早\n\n·阿岚\n2024年02月30日 19:31\n好"},),
    ),
    Case(
        name="headers-only",
        files={"a.txt": COPY.replace("早\n", "").replace("好\n", "")},
        messages=2,
        rows=({"text": ""}, {"text": ""}),
    ),
    Case(
        name="hostile-names",
        files={"a.txt": COPY.replace("小刘", '你邀请"乙"加入了群聊:').replace("阿岚", "\u202e、\u2028")},
        messages=2,
        rows=({"sender_name": '你邀请"乙"加入了群聊:', "event": None}, {"sender_name": "\u202e、\u2028"}),
    ),
    Case(
        name="reply-and-media",
        files={
            "a.txt": COPY
            + "\n·小刘\n2024年12月04日 19:32\n走\n「阿岚：好」\n\n·小刘\n2024年12月04日 19:33\n[图片] a.jpg\n"
            + "\n·小刘\n2024年12月04日 19:34\n[链接] 书单 https://a.example.invalid/1\n"
        },
        messages=5,
        rows=(
            {"text": "早"},
            {"text": "好"},
            {"kind": "quote", "text": "走", "reply_how": "text"},
            {"kind": "image", "text": ""},
            {"kind": "link", "text": "书单\nhttps://a.example.invalid/1"},
        ),
    ),
    Case(
        name="pc-with-a-date",
        files={"读书会.txt": PC_COPY},
        options={"facts": {"date": "2024-12-04"}},
        format="wechat_pc_copy",
        messages=3,
        rows=(
            {"group_name": "读书会", "time_quality": "day", "sender_name": "小刘", "text": "早"},
            {"sender_name": "阿岚", "text": "好", "kind": "text", "event": None},
            {"text": "走"},
        ),
    ),
    Case(
        name="pc-days-are-one-group",
        files={DATED: PC_COPY, "读书会 2024-12-05.txt": PC_COPY.replace("走", "到了")},
        messages=6,
        rows=({"group_id": "name:读书会"},) * 6,
    ),
    Case(
        name="pc-bom-crlf",
        files={DATED: "\ufeff" + PC_COPY.replace("\n", "\r\n")},
        messages=3,
        rows=({"text": "早"}, {"text": "好"}, {"text": "走"}),
    ),
    Case(
        name="pc-gb18030",
        files={DATED: PC_COPY.encode("gb18030")},
        messages=3,
        rows=({"sender_name": "小刘", "text": "早"},),
    ),
    Case(
        name="pc-several-lines-and-names",
        files={DATED: PC_COPY.replace("早", "早: 8:30\n带伞").replace("阿岚", '"甲、乙"加入了群聊\u2028\u202e')},
        messages=3,
        rows=(
            {"text": "早: 8:30\n带伞"},
            {"sender_name": '"甲、乙"加入了群聊\u2028\u202e', "event": None, "text": "好"},
        ),
    ),
)

BAD = (
    Case(name="empty", files={"a.txt": ""}, code=65, error="NoMessages"),
    Case(name="name-only", files={"a.txt": "·小刘\n早\n"}, code=65, error="UnknownFormat"),
    Case(
        name="cut-in-a-date",
        files={"a.txt": COPY.partition("\n好")[0]},
        messages=1,
        rejects={"truncated-tail": 1},
        code=3,
        rows=({"text": "早"},),
    ),
    Case(
        name="cut-in-a-character",
        files={"a.txt": COPY.encode()[:-2]},
        messages=2,
        rejects={"truncated-tail": 1},
        code=3,
        rows=({"text": "早"}, {"text": ""}),
    ),
    Case(
        name="words-first",
        files={"a.txt": "你好\n\n" + COPY},
        options={"format_in": "wechat_copy"},
        messages=2,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(
        name="first-day-wrong",
        files={"a.txt": COPY.replace("12月04日 19:30", "02月30日 19:30")},
        messages=1,
        rejects={"bad-record": 1},
        code=3,
        rows=({"text": "好"},),
    ),
    Case(name="no-such-hours", files={"a.txt": COPY.replace("19:3", "下午13:3")}, code=65, error="NoMessages"),
    Case(name="of-1970", files={"a.txt": COPY.replace("2024", "1970")}, code=65, error="NoMessages"),
    Case(
        name="huge-line",
        files={"a.txt": COPY.replace("早", "早" * 400_000)},
        messages=1,
        rejects={"record-too-long": 3},
        code=3,
        rows=({"text": "好"},),
    ),
    Case(
        name="damaged-bytes",
        files={"a.txt": COPY.encode().replace("好".encode(), b"\xff\xff\xfe")},
        messages=1,
        rejects={"undecodable": 1},
        code=3,
    ),
    Case(
        name="pc-without-a-date",
        files={"a.txt": PC_COPY},
        format="wechat_pc_copy",
        code=65,
        error="UnreadableExport",
        says="--date",
    ),
    Case(
        name="pc-of-no-day",
        files={"a.txt": PC_COPY},
        options={"facts": {"date": "2024-02-30"}},
        code=65,
        error="UnreadableExport",
        says="not when",
    ),
    Case(name="pc-too-short-to-tell", files={"a.txt": "小刘:\n早\n"}, code=65, error="UnknownFormat"),
    Case(
        name="pc-yaml",
        files={"a.txt": "a:\n  x: 1\n\nb:\n  y: 2\n\na:\n  z: 3\n"},
        code=65,
        error="UnknownFormat",
    ),
    Case(
        name="pc-words-first",
        files={DATED: "你好\n\n" + PC_COPY},
        options={"format_in": "wechat_pc_copy"},
        messages=3,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(
        name="pc-damaged-bytes",
        files={DATED: PC_COPY.encode().replace("好".encode(), b"\xff\xff\xfe")},
        messages=2,
        rejects={"undecodable": 1},
        code=3,
    ),
)
