"""WechatExporter's text and pages, whole and damaged."""

from __future__ import annotations

from support.cases import Case

HOSTILE = '"甲"邀请"乙、丙"加入了群聊: \u2028\u202e'
TITLE = "读书会 - 微信聊天记录\n\n"
TEXT = TITLE + "小刘 (2024-12-04 19:30:00):早\n阿岚 (2024-12-04 19:30:01):好\n"
INVITED = '"阿岚"邀请"小刘"加入了群聊'
DIV = '<div class="msg chat {side}" msgid="{id}" msgtype="{type}"><span class="dspname" wxId="wxid_aaa">小刘</span> {time}<pre>{text}</pre></div>\n'
NOTICE = '<div class="msg system" msgid="9" msgtype="10000"><span>{text}</span></div>\n'
PAGE = "<!DOCTYPE html>\n<html><head><title>读书会 - 微信聊天记录</title></head><body>\n{}</body></html>\n"


def _div(second: int, text: str, *, side: str = "left", kind: int = 1) -> str:
    return DIV.format(id=second, side=side, type=kind, time=f"2024-12-04 19:30:{second:02}", text=text)


TWO = (_div(0, "早"), _div(1, "好"))
HTML = PAGE.format("".join(TWO))

GOOD = (
    Case(
        name="text",
        files={"a.txt": TEXT},
        format="wechatexporter_txt",
        messages=2,
        rows=(
            {"group_name": "读书会", "sender_name": "小刘", "text": "早", "kind": "text", "time_quality": "local"},
            {"sender_id": "name:阿岚", "text": "好", "event": None},
        ),
    ),
    Case(
        name="text-bom-crlf",
        files={"a.txt": "\ufeff" + TEXT.replace("\n", "\r\n")},
        messages=2,
        rows=({"text": "早"}, {"text": "好"}),
    ),
    Case(name="text-gb18030", files={"a.txt": TEXT.encode("gb18030")}, messages=2, rows=({"sender_name": "小刘"},)),
    Case(name="text-utf-16", files={"a.txt": TEXT.encode("utf-16")}, messages=2, rows=({"text": "早"}, {"text": "好"})),
    Case(
        name="text-hostile-names",
        files={
            "a.txt": TEXT.replace("小刘", '"甲"邀请"乙"加入了群聊').replace(
                "阿岚", "\u202e(2020-01-01 00:00:00):\u2028"
            )
        },
        messages=2,
        rows=(
            {"sender_name": '"甲"邀请"乙"加入了群聊', "event": None, "text": "早"},
            {"sender_name": "\u202e(2020-01-01 00:00:00):\u2028", "text": "好"},
        ),
    ),
    Case(
        name="text-several-lines",
        files={"a.txt": TEXT.replace("早", "早\n\n(2024-12-04) 带伞\n老陈 (2024-12-01 08:00:00):旧的")},
        messages=2,
        rows=({"text": "早\n\n(2024-12-04) 带伞\n老陈 (2024-12-01 08:00:00):旧的"}, {"text": "好"}),
    ),
    Case(
        name="text-notice-and-reply",
        files={"a.txt": TEXT + f"{INVITED}\n「小刘：早」\n- - - - - - - - - - - - - - -\n好的\n"},
        messages=4,
        rows=(
            {"text": "早"},
            {"text": "好"},
            {"kind": "system", "event": "invited", "actor_name": "阿岚", "target_names": ["小刘"], "sender_id": None},
            {"kind": "quote", "text": "好的", "reply_how": "text"},
        ),
    ),
    Case(
        name="page",
        files={"a.html": HTML},
        format="wechatexporter_html",
        messages=2,
        rows=(
            {"group_name": "读书会", "sender_id": "wxid_aaa", "sender_name": "小刘", "text": "早", "from_me": False},
            {"text": "好", "kind": "text", "event": None, "time_quality": "local"},
        ),
    ),
    Case(
        name="page-hostile",
        files={
            "a.html": HTML.replace("早", '&lt;div class="msg chat left"&gt;<br>早 &amp;amp;').replace("小刘", HOSTILE)
        },
        messages=2,
        rows=({"text": '<div class="msg chat left">\n早 &amp;', "sender_name": HOSTILE, "event": None},),
    ),
    Case(
        name="page-bom-crlf",
        files={"a.html": "\ufeff" + HTML.replace("\n", "\r\n")},
        messages=2,
        rows=({"text": "早"}, {"text": "好"}),
    ),
    Case(name="page-gb18030", files={"a.html": HTML.encode("gb18030")}, messages=2, rows=({"sender_name": "小刘"},)),
    Case(
        name="page-kinds",
        files={
            "a.html": PAGE.format(
                _div(0, "早", side="right")
                + _div(1, "<img>", kind=3)
                + NOTICE.format(text=INVITED)
                + _div(3, "x", kind=34)
            )
        },
        messages=4,
        rows=(
            {"from_me": True, "text": "早"},
            {"kind": "image", "text": ""},
            {"kind": "system", "event": "invited", "sender_id": None, "target_names": ["小刘"]},
            {"kind": "voice", "text": ""},
        ),
    ),
)

BAD = (
    Case(name="empty", files={"a.txt": ""}, code=65, error="NoMessages"),
    Case(name="text-title-only", files={"a.txt": TITLE}, code=65, error="UnknownFormat"),
    Case(
        name="text-notice-first",
        files={"a.txt": TEXT.replace("\n\n", f"\n\n{INVITED}\n")},
        messages=2,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(
        name="text-no-such-day",
        files={"a.txt": TEXT.replace("12-04", "02-30")},
        code=65,
        error="NoMessages",
    ),
    Case(
        name="text-first-hour-wrong",
        files={"a.txt": TEXT.replace("19:30:00", "19:60:00")},
        messages=1,
        rejects={"bad-record": 1},
        code=3,
        rows=({"text": "好"},),
    ),
    Case(name="text-of-1970", files={"a.txt": TEXT.replace("2024", "1970")}, code=65, error="NoMessages"),
    Case(
        name="text-huge-line",
        files={"a.txt": TEXT.replace("早", "早" * 400_000)},
        messages=1,
        rejects={"record-too-long": 3},
        code=3,
        rows=({"text": "好"},),
    ),
    Case(
        name="text-damaged-bytes",
        files={"a.txt": TEXT.encode().replace("好".encode(), b"\xff\xff\xfe")},
        messages=1,
        rejects={"undecodable": 1},
        code=3,
    ),
    Case(
        name="text-cut-in-a-character",
        files={"a.txt": TEXT.encode()[:-2]},
        messages=2,
        rejects={"truncated-tail": 1},
        code=3,
        rows=({"text": "早"}, {"text": ""}),
    ),
    Case(
        name="page-bad-times",
        files={
            "a.html": PAGE.format(
                "".join(TWO) + _div(2, "x").replace("12-04", "13-04") + _div(3, "x").replace("2024-12", "")
            )
        },
        messages=2,
        rejects={"bad-time": 2},
        code=3,
    ),
    Case(
        name="page-notice-first",
        files={"a.html": PAGE.format(NOTICE.format(text=INVITED) + "".join(TWO))},
        messages=2,
        rejects={"bad-time": 1},
        code=3,
    ),
    Case(
        name="page-without-name",
        files={"a.html": PAGE.format(TWO[0] + TWO[1].replace("dspname", "name"))},
        messages=1,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(
        name="page-cut",
        files={"a.html": HTML.partition("好")[0] + "好"},
        messages=1,
        rejects={"truncated-tail": 1},
        code=3,
    ),
    Case(
        name="page-cut-in-a-character",
        files={"a.html": HTML.encode()[: HTML.encode().index("好".encode()) + 1]},
        messages=1,
        rejects={"truncated-tail": 1},
        code=3,
    ),
    Case(
        name="page-of-1970",
        files={"a.html": PAGE.format(TWO[0] + TWO[1].replace("2024", "1970"))},
        messages=1,
        rejects={"time-out-of-range": 1},
        code=3,
    ),
    Case(name="page-without-messages", files={"a.html": PAGE.format("")}, code=65, error="UnknownFormat"),
)
