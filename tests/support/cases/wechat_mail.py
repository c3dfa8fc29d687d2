"""Chats that WeChat sent by e-mail: their text, and the mail itself."""

from __future__ import annotations

import base64
import quopri

from support.cases import Case

DAY = "—————  2024-12-4  —————\n\n\n"
TITLE = '微信群"读书会"的聊天记录如下:\n\n'
MAIL = TITLE + DAY + "小刘 19:30\n\n早\n\n\n阿岚 19:31\n\n好\n"
ANDROID = "读书会 微信群上的聊天记录如下，请查收。\n\n—————  2024-12-04  —————\n\n\n小刘  19:30\n\n早\n\n\n阿岚  19:31\n\n好\n"
TEXT_PART = 'Content-Type: text/plain; charset="{charset}"\nContent-Transfer-Encoding: {how}\n\n'
HEADERS = "MIME-Version: 1.0\n" + TEXT_PART


def _base64(text: str) -> str:
    return base64.encodebytes(text.encode()).decode()


def _parts(*parts: str) -> str:
    told = "".join(f"--b1\n{part}\n" for part in parts)
    return f'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b1"\n\npreamble\n{told}--b1--\n'


EML = HEADERS.format(charset="utf-8", how="base64") + _base64(MAIL)
ATTACHED = 'Content-Type: text/plain\nContent-Disposition: attachment; filename="a.txt"\n\nnot this\n'
TEXT = TEXT_PART.format(charset="utf-8", how="base64") + _base64(MAIL)

GOOD = (
    Case(
        name="text",
        files={"a.txt": MAIL},
        format="wechat_mail_txt",
        messages=2,
        rows=(
            {"group_name": "读书会", "sender_name": "小刘", "text": "早", "time_quality": "minute"},
            {"sender_id": "name:阿岚", "text": "好", "kind": "text", "event": None},
        ),
    ),
    Case(
        name="text-with-its-headers",
        files={
            "a.txt": "发件人：阿岚 <a@mail.example.invalid>\nDate: 2024-12-06 10:00\n主题: 聊天记录\n\n\nDear:\n\n      "
            + MAIL
        },
        format="wechat_mail_txt",
        messages=2,
        rows=({"group_name": "读书会"},),
    ),
    Case(
        name="text-bom-crlf",
        files={"a.txt": "\ufeff" + MAIL.replace("\n", "\r\n")},
        messages=2,
        rows=({"text": "早"}, {"text": "好"}),
    ),
    Case(name="text-gb18030", files={"a.txt": MAIL.encode("gb18030")}, messages=2, rows=({"text": "早"},)),
    Case(
        name="text-utf-16", files={"a.txt": ("\ufeff" + MAIL).encode("utf-16-le")}, messages=2, rows=({"text": "早"},)
    ),
    Case(name="text-cut", files={"a.txt": MAIL[:-2]}, messages=2, rows=({"text": "早"}, {"text": ""})),
    Case(
        name="text-of-two-chats",
        files={"a.txt": MAIL + "\n" + ANDROID.replace("读书会", "徒步群").replace("12-04", "11-30")},
        messages=4,
        rows=({"group_name": "徒步群"}, {"group_name": "徒步群"}, {"group_name": "读书会"}, {"group_name": "读书会"}),
    ),
    Case(
        name="text-half-days",
        files={"a.txt": MAIL.replace("19:30", "上午12:30").replace("19:31", "下午7:31")},
        messages=2,
        rows=({"sender_name": "小刘", "text": "早"}, {"sender_name": "阿岚", "text": "好"}),
    ),
    Case(
        name="text-name-of-a-time",
        files={"a.txt": ANDROID.replace("小刘  ", "喵喵11:00-20:00  ")},
        messages=2,
        rows=({"sender_name": "喵喵11:00-20:00"},),
    ),
    Case(
        name="text-hostile-names",
        files={"a.txt": MAIL.replace("小刘", '"甲、乙"加入了群聊').replace("阿岚", "\u202e岚\u2028—————")},
        messages=2,
        rows=({"sender_name": '"甲、乙"加入了群聊', "event": None}, {"sender_name": "\u202e岚\u2028—————"}),
    ),
    Case(
        name="text-several-lines",
        files={"a.txt": MAIL.replace("早\n", "早\n\n集合 8:30\n\n—————  2024-12-1  —————\n\n带伞\n")},
        messages=2,
        rows=({"text": "早\n\n集合 8:30\n\n—————  2024-12-1  —————\n\n带伞"}, {"text": "好"}),
    ),
    Case(
        name="text-without-title",
        files={"读书会.txt": MAIL.partition("\n\n")[2]},
        messages=2,
        rows=({"group_name": "读书会"},),
    ),
    Case(
        name="text-reply-and-media",
        files={
            "a.txt": MAIL
            + "\n\n小刘 19:32\n\n「阿岚：好」\n- - - - - - - - - - - - - - -\n走\n\n\n小刘 19:33\n\n图片1（可在附件中查看）\n"
        },
        messages=4,
        rows=(
            {"text": "早"},
            {"text": "好"},
            {"kind": "quote", "text": "走", "reply_how": "text"},
            {"kind": "image", "text": ""},
        ),
    ),
    Case(
        name="eml",
        files={"a.eml": EML},
        format="wechat_mail_eml",
        messages=2,
        rows=(
            {"group_name": "读书会", "sender_name": "小刘", "text": "早", "time_quality": "minute"},
            {"text": "好"},
        ),
    ),
    Case(
        name="eml-crlf", files={"a.eml": EML.replace("\n", "\r\n")}, messages=2, rows=({"text": "早"}, {"text": "好"})
    ),
    Case(
        name="eml-attachment-first",
        files={"a.eml": _parts(ATTACHED, TEXT)},
        format="wechat_mail_eml",
        messages=2,
        rows=({"text": "早"}, {"text": "好"}),
    ),
    Case(
        name="eml-8bit-gb18030",
        files={"a.eml": (HEADERS.format(charset="gb2312", how="8bit") + MAIL).encode("gb18030")},
        messages=2,
        rows=({"sender_name": "小刘", "text": "早"},),
    ),
    Case(
        name="eml-quoted-printable",
        files={
            "a.eml": HEADERS.format(charset="utf-8", how="quoted-printable")
            + quopri.encodestring(MAIL.encode()).decode()
        },
        messages=2,
        rows=({"group_name": "读书会", "text": "早"}, {"text": "好"}),
    ),
)

BAD = (
    Case(name="empty", files={"a.txt": ""}, code=65, error="NoMessages"),
    Case(
        name="text-in-another-text",
        files={"a.txt": "2024-12-04 19:30:05 小刘\n" + MAIL},
        options={"format_in": "wechat_mail_txt"},
        messages=2,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(name="text-days-only", files={"a.txt": TITLE + DAY}, code=65, error="NoMessages"),
    Case(name="text-title-only", files={"a.txt": TITLE}, code=65, error="UnknownFormat"),
    Case(name="text-no-day", files={"a.txt": MAIL.replace(DAY, "")}, code=65, error="UnknownFormat"),
    Case(name="text-no-such-day", files={"a.txt": MAIL.replace("12-4", "2-30")}, code=65, error="NoMessages"),
    Case(
        name="text-cut-in-a-header",
        files={"a.txt": MAIL.partition("阿岚")[0] + "阿岚 19:31"},
        messages=1,
        rejects={"truncated-tail": 1},
        code=3,
        rows=({"text": "早"},),
    ),
    Case(
        name="text-cut-in-a-character",
        files={"a.txt": MAIL.encode()[:-2]},
        messages=2,
        rejects={"truncated-tail": 1},
        code=3,
    ),
    Case(
        name="text-words-before-a-name",
        files={"a.txt": MAIL.replace("—————\n\n\n小刘", "—————\n\n你好\n\n小刘")},
        messages=2,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(
        name="text-no-hour",
        files={"a.txt": MAIL.replace("19:30", "29:30")},
        messages=1,
        rejects={"bad-record": 1},
        code=3,
        rows=({"text": "好"},),
    ),
    Case(name="text-of-1970", files={"a.txt": MAIL.replace("2024", "1970")}, code=65, error="NoMessages"),
    Case(
        name="text-damaged-bytes",
        files={"a.txt": MAIL.encode().replace("好".encode(), b"\xff\xff\xfe")},
        messages=1,
        rejects={"undecodable": 1},
        code=3,
    ),
    Case(
        name="text-huge-line",
        files={"a.txt": MAIL.replace("早", "早" * 400_000)},
        messages=1,
        rejects={"record-too-long": 3},
        code=3,
        rows=({"text": "好"},),
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
        name="eml-headers-only",
        files={"a.eml": HEADERS.format(charset="utf-8", how="base64")},
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
    Case(
        name="eml-of-no-day",
        files={"a.eml": HEADERS.format(charset="utf-8", how="base64") + _base64(MAIL.replace(DAY, ""))},
        code=65,
        error="UnknownFormat",
    ),
    Case(
        name="eml-cut",
        files={"a.eml": HEADERS.format(charset="utf-8", how="8bit") + MAIL.partition("阿岚")[0] + "阿岚 19:31"},
        messages=1,
        rejects={"truncated-tail": 1},
        code=3,
        rows=({"text": "早"},),
    ),
    Case(
        name="eml-no-hour",
        files={"a.eml": HEADERS.format(charset="utf-8", how="base64") + _base64(MAIL.replace("19:30", "29:30"))},
        messages=1,
        rejects={"bad-record": 1},
        code=3,
        rows=({"text": "好"},),
    ),
)
