"""What WeChat itself gives out: chats sent by e-mail, and copied messages with and without times."""

from __future__ import annotations

import base64

from support.cases import Case

MAIL = '微信群"读书会"的聊天记录如下:\n\n—————  2024-12-4  —————\n\n\n小刘 19:30\n\n早\n\n\n阿岚 19:31\n\n好\n'
ANDROID = "读书会 微信群上的聊天记录如下，请查收。\n\n—————  2024-12-04  —————\n\n\n小刘  19:30\n\n早\n\n\n阿岚  19:31\n\n好\n"
COPY = "·小刘\n2024年12月04日 19:30\n早\n\n·阿岚\n2024年12月04日 19:31\n好\n"
PC_COPY = "小刘:\n早\n\n阿岚:\n好\n\n小刘:\n走\n"
HEADERS = 'MIME-Version: 1.0\nContent-Type: text/plain; charset="{charset}"\nContent-Transfer-Encoding: {how}\n\n'
EML = HEADERS.format(charset="utf-8", how="base64") + base64.encodebytes(MAIL.encode()).decode()
TWO_PARTS = (
    'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b1"\n\npreamble\n--b1\nContent-Type: text/plain\n'
    'Content-Disposition: attachment; filename="a.txt"\n\nnot this\n--b1\n'
) + EML.partition("\n")[2]

GOOD = (
    Case(
        name="mail",
        files={"a.txt": MAIL},
        format="wechat_mail_txt",
        messages=2,
        rows=({"group_name": "读书会", "sender_name": "小刘", "text": "早", "time_quality": "minute"}, {"text": "好"}),
    ),
    Case(
        name="mail-with-its-headers",
        files={
            "a.txt": "发件人：阿岚 <a@mail.example.invalid>\nDate: 2024-12-06 10:00\n主题: 聊天记录\n\n\nDear:\n\n      "
            + MAIL
        },
        format="wechat_mail_txt",
        messages=2,
        rows=({"group_name": "读书会"},),
    ),
    Case(
        name="mail-bom-crlf", files={"a.txt": "\ufeff" + MAIL.replace("\n", "\r\n")}, messages=2, rows=({"text": "早"},)
    ),
    Case(name="mail-gb18030", files={"a.txt": MAIL.encode("gb18030")}, messages=2, rows=({"text": "早"},)),
    Case(
        name="mail-utf-16", files={"a.txt": ("\ufeff" + MAIL).encode("utf-16-le")}, messages=2, rows=({"text": "早"},)
    ),
    Case(name="mail-cut", files={"a.txt": MAIL[:-2]}, messages=2, rows=({"text": "早"}, {"text": ""})),
    Case(name="mail-of-two-chats", files={"a.txt": MAIL + "\n" + ANDROID.replace("读书会", "徒步群")}, messages=4),
    Case(
        name="mail-name-of-a-time",
        files={"a.txt": ANDROID.replace("小刘  ", "喵喵11:00-20:00  ")},
        messages=2,
        rows=({"sender_name": "喵喵11:00-20:00"},),
    ),
    Case(
        name="mail-hostile-names",
        files={"a.txt": MAIL.replace("小刘", '"甲、乙"加入了群聊').replace("阿岚", "\u202e岚\u2028—————")},
        messages=2,
        rows=({"sender_name": '"甲、乙"加入了群聊', "event": None}, {"sender_name": "\u202e岚\u2028—————"}),
    ),
    Case(
        name="mail-several-lines",
        files={"a.txt": MAIL.replace("早\n", "早\n\n集合 8:30\n\n—————  2024-12-1  —————\n\n带伞\n")},
        messages=2,
        rows=({"text": "早\n\n集合 8:30\n\n—————  2024-12-1  —————\n\n带伞"}, {"text": "好"}),
    ),
    Case(
        name="mail-without-title",
        files={"读书会.txt": MAIL.partition("\n\n")[2]},
        messages=2,
        rows=({"group_name": "读书会"},),
    ),
    Case(
        name="eml",
        files={"a.eml": EML},
        format="wechat_mail_eml",
        messages=2,
        rows=({"group_name": "读书会", "sender_name": "小刘", "text": "早"}, {"text": "好"}),
    ),
    Case(name="eml-attachment-first", files={"a.eml": TWO_PARTS}, format="wechat_mail_eml", messages=2),
    Case(
        name="eml-8bit-gb18030",
        files={"a.eml": (HEADERS.format(charset="gb2312", how="8bit") + MAIL).encode("gb18030")},
        messages=2,
        rows=({"sender_name": "小刘", "text": "早"},),
    ),
    Case(
        name="copy",
        files={"读书会.txt": COPY},
        format="wechat_copy",
        messages=2,
        rows=({"group_name": "读书会", "sender_name": "小刘", "text": "早", "time_quality": "minute"}, {"text": "好"}),
    ),
    Case(
        name="copy-bom-crlf", files={"a.txt": "\ufeff" + COPY.replace("\n", "\r\n")}, messages=2, rows=({"text": "早"},)
    ),
    Case(name="copy-gb18030", files={"a.txt": COPY.encode("gb18030")}, messages=2, rows=({"text": "早"},)),
    Case(
        name="copy-without-empty-lines",
        files={"a.txt": COPY.replace("\n\n", "\n")},
        messages=2,
        rows=({"text": "早"}, {"sender_name": "阿岚"}),
    ),
    Case(
        name="copy-pasted",
        files={"a.txt": COPY.replace("好\n", "看:\n\n·小刘\n2024年12月01日 08:00\n旧\n")},
        messages=2,
        rows=({"text": "早"}, {"text": "看:\n\n·小刘\n2024年12月01日 08:00\n旧"}),
    ),
    Case(
        name="copy-of-no-day",
        files={"a.txt": COPY.replace("2024年12月04日 19:31", "2024年02月30日 19:31")},
        messages=1,
        rows=({"text": "早\n\n·阿岚\n2024年02月30日 19:31\n好"},),
    ),
    Case(
        name="copy-headers-only",
        files={"a.txt": COPY.replace("早\n", "").replace("好\n", "")},
        messages=2,
        rows=({"text": ""},),
    ),
    Case(
        name="copy-hostile-names",
        files={"a.txt": COPY.replace("小刘", '你邀请"乙"加入了群聊').replace("阿岚", "\u202e、\u2028")},
        messages=2,
        rows=({"sender_name": '你邀请"乙"加入了群聊', "event": None}, {"sender_name": "\u202e、\u2028"}),
    ),
    Case(
        name="pc-copy-with-a-date",
        files={"读书会.txt": PC_COPY},
        options={"facts": {"date": "2024-12-04"}},
        format="wechat_pc_copy",
        messages=3,
        rows=({"group_name": "读书会", "time_quality": "day", "text": "早"}, {"text": "好"}, {"text": "走"}),
    ),
    Case(
        name="pc-copy-days-are-one-group",
        files={"读书会 2024-12-04.txt": PC_COPY, "读书会 2024-12-05.txt": PC_COPY.replace("走", "到了")},
        messages=6,
        rows=({"group_id": "name:读书会"},) * 6,
    ),
)

BAD = (
    Case(
        name="pc-copy-without-a-date",
        files={"a.txt": PC_COPY},
        format="wechat_pc_copy",
        code=65,
        error="UnreadableExport",
        says="--date",
    ),
    Case(
        name="pc-copy-of-no-day",
        files={"a.txt": PC_COPY},
        options={"facts": {"date": "2024-02-30"}},
        code=65,
        error="UnreadableExport",
        says="not when",
    ),
    Case(name="pc-copy-too-short-to-tell", files={"a.txt": "小刘:\n早\n"}, code=65, error="UnknownFormat"),
    Case(
        name="yaml-is-no-copy",
        files={"a.txt": "a:\n  x: 1\n\nb:\n  y: 2\n\na:\n  z: 3\n"},
        code=65,
        error="UnknownFormat",
    ),
    Case(
        name="mail-in-another-text",
        files={"a.txt": "2024-12-04 19:30:05 小刘\n" + MAIL},
        options={"format_in": "wechat_mail_txt"},
        messages=2,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(name="mail-empty", files={"a.txt": ""}, code=65, error="NoMessages"),
    Case(name="mail-days-only", files={"a.txt": MAIL.partition("小刘")[0]}, code=65, error="NoMessages"),
    Case(name="mail-title-only", files={"a.txt": MAIL.partition("\n")[0]}, code=65, error="UnknownFormat"),
    Case(
        name="mail-cut-in-a-header",
        files={"a.txt": MAIL.partition("阿岚")[0] + "阿岚 19:31"},
        messages=1,
        rows=({"text": "早"},),
        rejects={"truncated-tail": 1},
        code=3,
    ),
    Case(
        name="mail-words-before-a-name",
        files={"a.txt": MAIL.replace("—————\n\n\n小刘", "—————\n\n你好\n\n小刘")},
        messages=2,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(
        name="mail-no-hour",
        files={"a.txt": MAIL.replace("19:30", "29:30")},
        messages=1,
        rows=({"text": "好"},),
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(name="mail-of-1970", files={"a.txt": MAIL.replace("2024", "1970")}, rejects={}, code=65, error="NoMessages"),
    Case(
        name="mail-damaged-bytes",
        files={"a.txt": MAIL.encode().replace("好".encode(), b"\xff\xff\xfe")},
        messages=1,
        rejects={"undecodable": 1},
        code=3,
    ),
    Case(
        name="mail-huge-line",
        files={"a.txt": MAIL.replace("早", "早" * 400_000)},
        messages=1,
        rows=({"text": "好"},),
        rejects={"record-too-long": 3},
        code=3,
    ),
    Case(
        name="eml-without-text",
        files={"a.eml": EML.replace("text/plain", "image/jpeg")},
        options={"format_in": "wechat_mail_eml"},
        code=65,
        error="UnreadableExport",
        says="text",
    ),
    Case(
        name="eml-of-something-else",
        files={"a.eml": "MIME-Version: 1.0\nContent-Type: text/plain\n\nhi\n"},
        code=65,
        error="UnknownFormat",
    ),
    Case(name="copy-name-only", files={"a.txt": "·小刘\n早\n"}, code=65, error="UnknownFormat"),
    Case(
        name="copy-cut-in-a-date",
        files={"a.txt": COPY.partition("\n好")[0]},
        messages=1,
        rejects={"truncated-tail": 1},
        code=3,
    ),
    Case(
        name="copy-words-first",
        files={"a.txt": "你好\n\n" + COPY},
        options={"format_in": "wechat_copy"},
        messages=2,
        rejects={"bad-record": 1},
        code=3,
    ),
)
