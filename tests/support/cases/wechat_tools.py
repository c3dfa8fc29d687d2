"""Exporters of the long tail: wechat-decrypt, wx-cli, wechat-dump, WechatExporter."""

from __future__ import annotations

import json
from typing import Any

from support.cases import Case

ROOM = "1@chatroom"


def _said(second: int, **more: Any) -> dict[str, Any]:
    return {
        "server_id": 2755705033944784198 + second,
        "type": 1,
        "sender_username": "wxid_aaa",
        "sender": "小刘",
        "create_time": 1733311800 + second,
        "content": "wxid_aaa:\n早",
        "display_content": "早",
        "is_system": False,
        "is_received": True,
        **more,
    }


def _decrypt(*records: object, **more: Any) -> str:
    head = {"chat_username": ROOM, "display_name": "读书会", "is_group": True, "message_count": len(records)}
    return json.dumps({**head, "messages": records, **more}, ensure_ascii=False)


def _wx(*items: object, **more: Any) -> str:
    chat = {"talker": ROOM, "display_name": "读书会", "type": "group", "message_count": len(items)}
    return json.dumps(
        {"export_info": {"version": "1"}, "conversation": chat, "items": items, **more}, ensure_ascii=False
    )


def _item(second: int, **more: Any) -> dict[str, Any]:
    told = {"server_id": 9 + second, "create_time": 1733311800 + second, "sender": "wxid_aaa", "sender_name": "小刘"}
    return {**told, "type": "text", "content": "早", **more}


CSV = "时间,发送者,消息类型,内容,server_id\r\n2024-12-04 19:30:00,小刘,文本,早,11\r\n2024-12-04 19:30:01,我,文本,好,12\r\n"
INFO = "username:   1@chatroom\nis_group:   True\n"
WX_TEXT = '"读书会"的聊天记录如下:\n导出时间：2024-12-06 10:00:00\n消息数：2\n\n—————  2024-12-04  —————\n\n小刘  19:30\n\n早\n\n阿岚  19:31\n\n好\n'
DUMP = "1|小刘:2015-03-08 12:47:05:早\n1|me:2015-03-08 12:48:11:好\n"
TXT = "读书会 - 微信聊天记录\n\n小刘 (2024-12-04 19:30:00):早\n阿岚 (2024-12-04 19:30:01):好\n"
DIV = '<div class="msg chat left" msgid="{id}" msgtype="1"><span class="dspname" wxId="wxid_aaa">小刘</span> {time}<pre>{text}</pre></div>\n'
PAGE = "<!DOCTYPE html>\n<html><head><title>读书会 - 微信聊天记录</title></head><body>\n{}</body></html>\n"
TWO = (DIV.format(id=1, time="2024-12-04 19:30:00", text="早"), DIV.format(id=2, time="2024-12-04 19:30:01", text="好"))
HTML = PAGE.format("".join(TWO))

GOOD = (
    Case(
        name="decrypt-json",
        files={"读书会/message_0.db.json": _decrypt(_said(0), _said(1, content="好", sender="我", is_received=False))},
        format="wechat_decrypt_json",
        messages=2,
        rows=(
            {"group_id": ROOM, "sender_id": "wxid_aaa", "native_id": "2755705033944784198", "text": "早"},
            {"from_me": True, "text": "好", "sender_name": None},
        ),
    ),
    Case(
        name="decrypt-json-shards",
        files={"a/message_0.db.json": _decrypt(_said(0)), "a/message_1.db.json": _decrypt(_said(1))},
        messages=2,
        rows=({"group_id": ROOM},) * 2,
    ),
    Case(
        name="decrypt-json-chat-behind-messages",
        files={
            "a.json": _decrypt(_said(0)).replace('"chat_username": "1@chatroom", ', "")[:-1]
            + ', "chat_username": "1@chatroom"}'
        },
        messages=1,
        rows=({"group_id": ROOM},),
    ),
    Case(name="decrypt-json-bom", files={"a.json": "\ufeff" + _decrypt(_said(0))}, messages=1),
    Case(
        name="decrypt-json-gb18030",
        files={"a.json": _decrypt(_said(0)).encode("gb18030")},
        messages=1,
        rows=({"text": "早"},),
    ),
    Case(
        name="decrypt-json-without-content",
        files={"a.json": _decrypt(_said(0, content=None), _said(1, content="", type=3, display_content="[图片]"))},
        messages=2,
        rows=({"text": "早"}, {"kind": "image", "text": ""}),
    ),
    Case(
        name="decrypt-json-hostile",
        files={
            "a.json": _decrypt(
                _said(0, sender='"甲"邀请"乙、丙"加入了群聊', content='wxid_aaa:\n提醒:\n"甲"邀请"乙"加入了群聊\u2028')
            )
        },
        messages=1,
        rows=({"kind": "text", "event": None, "text": '提醒:\n"甲"邀请"乙"加入了群聊\u2028'},),
    ),
    Case(
        name="decrypt-json-no-id",
        files={"a.json": _decrypt(_said(0, server_id=0))},
        messages=1,
        rows=({"native_id": None},),
    ),
    Case(
        name="decrypt-csv",
        files={"读书会/message_0.db.csv": "\ufeff" + CSV, "读书会/.info": INFO},
        give=("读书会/message_0.db.csv",),
        format="wechat_decrypt_csv",
        messages=2,
        rows=(
            {"group_id": ROOM, "group_name": "读书会", "native_id": "11", "text": "早"},
            {"sender_id": "me", "text": "好"},
        ),
    ),
    Case(
        name="decrypt-csv-without-info",
        files={"读书会/message_0.db.csv": CSV},
        messages=2,
        rows=({"group_id": "name:读书会"},),
    ),
    Case(name="decrypt-csv-gb18030-semicolons", files={"a/a.csv": CSV.replace(",", ";").encode("gb18030")}, messages=2),
    Case(
        name="decrypt-csv-hostile",
        files={"a/a.csv": CSV.replace("早", '"=1+1,""引""\n2024-12-04 19:30:09,小王,文本,假,13"')},
        messages=2,
        rows=({"text": '=1+1,"引"\n2024-12-04 19:30:09,小王,文本,假,13'}, {"text": "好"}),
    ),
    Case(
        name="wx-json",
        files={
            "a.json": _wx(
                _item(0), _item(1, create_time=None, timestamp="2024-12-04T11:30:05Z", content=None, text="好")
            )
        },
        format="wx_cli_json",
        messages=2,
        rows=({"group_id": ROOM, "sender_id": "wxid_aaa", "text": "早"}, {"text": "好"}),
    ),
    Case(
        name="wx-json-names-only",
        files={"a.json": _wx(_item(0, sender="小刘 2", sender_name=None))},
        messages=1,
        rows=({"sender_id": "name:小刘 2", "sender_name": "小刘 2"},),
    ),
    Case(
        name="wx-text",
        files={"a.txt": WX_TEXT},
        format="wx_cli_txt",
        messages=2,
        rows=({"group_name": "读书会"}, {"text": "好"}),
    ),
    Case(name="wx-text-crlf", files={"a.txt": WX_TEXT.replace("\n", "\r\n")}, format="wx_cli_txt", messages=2),
    Case(
        name="dump",
        files={"读书会.txt": DUMP},
        format="wechat_dump_txt",
        messages=2,
        rows=({"group_name": "读书会", "sender_name": "小刘", "text": "早"}, {"sender_id": "me", "from_me": True}),
    ),
    Case(
        name="dump-instants",
        files={
            "a.txt": DUMP.replace("2015-03-08 12:47:05", "1425790025").replace("2015-03-08 12:48:11", "1425790091000")
        },
        messages=2,
        rows=({"time_quality": "exact"}, {"time_quality": "exact"}),
    ),
    Case(name="dump-gb18030", files={"a.txt": DUMP.encode("gb18030")}, messages=2, rows=({"text": "早"},)),
    Case(
        name="dump-pasted",
        files={"a.txt": DUMP + "1|小王:2014-01-01 00:00:00:旧\n还有\n"},
        messages=2,
        rows=({"text": "早"}, {"text": "好\n1|小王:2014-01-01 00:00:00:旧\n还有"}),
    ),
    Case(
        name="exporter-text",
        files={"a.txt": TXT},
        format="wechatexporter_txt",
        messages=2,
        rows=({"group_name": "读书会", "sender_name": "小刘", "text": "早"}, {"text": "好"}),
    ),
    Case(
        name="exporter-text-bom-crlf",
        files={"a.txt": "\ufeff" + TXT.replace("\n", "\r\n")},
        messages=2,
        rows=({"text": "早"},),
    ),
    Case(
        name="exporter-text-hostile-names",
        files={
            "a.txt": TXT.replace("小刘", '"甲"邀请"乙"加入了群聊').replace("阿岚", "\u202e(2020-01-01 00:00:00):\u2028")
        },
        messages=2,
        rows=({"sender_name": '"甲"邀请"乙"加入了群聊', "event": None, "text": "早"}, {"text": "好"}),
    ),
    Case(
        name="exporter-page",
        files={"a.html": HTML},
        format="wechatexporter_html",
        messages=2,
        rows=({"group_name": "读书会", "sender_id": "wxid_aaa", "text": "早"}, {"text": "好"}),
    ),
    Case(
        name="exporter-page-hostile",
        files={"a.html": HTML.replace("早", '&lt;div class="msg chat left"&gt;<br>早 &amp;amp;')},
        messages=2,
        rows=({"text": '<div class="msg chat left">\n早 &amp;'},),
    ),
    Case(name="exporter-page-gb18030", files={"a.html": HTML.encode("gb18030")}, messages=2, rows=({"text": "早"},)),
)

BAD = (
    Case(name="decrypt-json-empty", files={"a.json": _decrypt()}, code=65, error="NoMessages"),
    Case(
        name="decrypt-json-bad-times",
        files={"a.json": _decrypt(_said(0, create_time="早上"), _said(0, create_time=5), _said(0))},
        messages=1,
        rejects={"bad-time": 1, "time-out-of-range": 1},
        code=3,
    ),
    Case(
        name="decrypt-json-wrong-types",
        files={"a.json": _decrypt(5, _said(0, content=["早"], sender=7, is_received="no", type="文本"))},
        messages=1,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(
        name="decrypt-json-cut",
        files={"a.json": _decrypt(_said(0), _said(1))[:-60]},
        messages=1,
        rejects={"truncated-tail": 1},
        code=3,
    ),
    Case(name="decrypt-csv-header-only", files={"a/a.csv": CSV.partition("\n")[0]}, code=65, error="NoMessages"),
    Case(
        name="decrypt-csv-missing-column",
        files={"a/a.csv": CSV.replace(",server_id", "")},
        code=65,
        error="UnknownFormat",
    ),
    Case(
        name="decrypt-csv-bad-rows",
        files={
            "a/a.csv": CSV
            + "昨天,小刘,文本,早,13\r\n2024-12-04 19:30:03,小刘,文本\r\n1970-12-04 19:30:03,小刘,文本,早,14\r\n"
        },
        messages=2,
        rejects={"bad-time": 1, "bad-columns": 1, "time-out-of-range": 1},
        code=3,
    ),
    Case(
        name="decrypt-csv-unclosed",
        files={"a/a.csv": CSV.replace("早", '"早')},
        messages=1,
        rejects={"unclosed-quote": 1},
        code=3,
    ),
    Case(
        name="wx-json-without-time",
        files={"a.json": _wx(_item(0), _item(1, create_time=None), _item(2, create_time="2024-12-04 19:30"))},
        messages=1,
        rejects={"bad-time": 2},
        code=3,
    ),
    Case(name="wx-json-nothing-known", files={"a.json": _wx({"x": 1})}, code=65, error="NoMessages"),
    Case(name="wx-text-facts-only", files={"a.txt": WX_TEXT.partition("—")[0]}, code=65, error="NoMessages"),
    Case(name="dump-no-day", files={"a.txt": DUMP.replace("03-08", "02-30")}, code=65, error="NoMessages"),
    Case(
        name="dump-words-first",
        files={"a.txt": "chat of 读书会\n" + DUMP},
        options={"format_in": "wechat_dump_txt"},
        messages=2,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(
        name="dump-damaged-bytes",
        files={"a.txt": DUMP.encode() + b"1|a:2015-03-08 12:49:00:\xff\xff\xfe\n"},
        messages=2,
        rejects={"undecodable": 1},
        code=3,
    ),
    Case(
        name="dump-long",
        files={"a.txt": DUMP.replace("早", "早" * 400_000)},
        messages=1,
        rejects={"record-too-long": 3},
        code=3,
    ),
    Case(name="exporter-text-title-only", files={"a.txt": TXT.partition("\n")[0]}, code=65, error="UnknownFormat"),
    Case(
        name="exporter-text-notice-first",
        files={"a.txt": TXT.replace("\n\n", '\n\n"甲"邀请"乙"加入了群聊\n')},
        messages=2,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(
        name="exporter-page-bad-times",
        files={"a.html": HTML.replace("2024-12-04 19:30:01", "2024-13-04 19:30:01")},
        messages=1,
        rejects={"bad-time": 1},
        code=3,
    ),
    Case(
        name="exporter-page-without-name",
        files={"a.html": PAGE.format(TWO[0] + TWO[1].replace("dspname", "name"))},
        messages=1,
        rejects={"bad-record": 1},
        code=3,
    ),
    Case(
        name="exporter-page-cut",
        files={"a.html": HTML.partition("好")[0] + "好"},
        messages=1,
        rejects={"truncated-tail": 1},
        code=3,
    ),
)
