"""Telegram, Discord, Slack, WhatsApp and LINE, whole and damaged."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from support.cases import Case

HOSTILE = '"甲、乙"加入了群聊\u2028\u202e<b>\n第二行'


# -- Telegram ----------------------------------------------------------------------------------------------------------
def telegram_message(number: int, text: object = "早", **more: Any) -> dict[str, Any]:
    told = {"id": number, "type": "message", "date": "2024-12-01T08:00:00", "date_unixtime": str(1733011200 + number)}
    return {**told, "from": "甲", "from_id": "user1", "text": text, **more}


def telegram(*messages: dict[str, Any], name: str | None = "群", number: int = 7) -> dict[str, Any]:
    return {"name": name, "type": "private_supergroup", "id": number, "messages": list(messages)}


def all_of_telegram(*chats: dict[str, Any], **more: Any) -> str:
    return json.dumps({"about": "Telegram is ad free", "chats": {"about": "", "list": list(chats)}, **more})


ONE = json.dumps(telegram(telegram_message(1), telegram_message(2)), ensure_ascii=False, indent=1)
TWO = all_of_telegram(telegram(telegram_message(1)), telegram(telegram_message(1), number=8))


# -- Discord -----------------------------------------------------------------------------------------------------------
def discord_message(number: int, **more: Any) -> dict[str, Any]:
    author = {"id": "801000000000000001", "name": "lan", "nickname": "阿岚", "isBot": False}
    told = {"id": str(number), "type": "Default", "timestamp": "2024-12-01T00:00:00.5+00:00", "content": "早"}
    return {**told, "author": author, "attachments": [], "mentions": [], **more}


def discord(*messages: dict[str, Any]) -> str:
    return json.dumps(
        {"guild": {"id": "1", "name": "会"}, "channel": {"id": "2", "name": "一"}, "messages": list(messages)}
    )


DISCORD_HEADER = "AuthorID,Author,Date,Content,Attachments,Reactions\r\n"
DISCORD_ROW = '"801000000000000001","lan","2024-12-01T00:00:00.1230000+00:00","早","",""\r\n'


# -- Slack -------------------------------------------------------------------------------------------------------------
def slack_message(ts: object, **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "text": "早", "ts": ts, **more}


def zipped(files: dict[str, str]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 12, 1, 0, 0, 0)), content)
    return held.getvalue()


SLACK_DAY = json.dumps([slack_message("1733011200.000100"), slack_message("1733011201.000100")])
SLACK_USERS = json.dumps([{"id": "U1", "team_id": "T1", "name": "lan", "profile": {"display_name": "阿岚"}}])
SLACK_CHANNELS = json.dumps([{"id": "C1", "name": "一", "created": 1, "members": ["U1"]}])

# -- WhatsApp, LINE ----------------------------------------------------------------------------------------------------
WHATSAPP = "WhatsApp Chat with 群.txt"
ANDROID = "13/12/2024, 08:00 - 阿岚: 早\n13/12/2024, 08:01 - 凯文: 好\n"
LINE = "[LINE] 群的聊天記錄\n儲存日期：2024/12/05 10:00\n\n2024/12/01（日）\n08:00\t阿嵐\t早\n08:01\t小禾\t好\n"

GOOD = (
    Case(name="telegram", files={"result.json": ONE}, format="telegram_json", messages=2),
    Case(name="telegram-all", files={"result.json": TWO}, format="telegram_json", messages=2, rows=({"group_id": "7"}, {"group_id": "8"})),
    Case(name="telegram-bom-crlf", files={"result.json": "\ufeff" + ONE.replace("\n", "\r\n")}, format="telegram_json", messages=2),
    Case(name="telegram-gb18030", files={"result.json": ONE.encode("gb18030")}, messages=2, rows=({"text": "早"},)),
    Case(
        name="telegram-hostile",
        files={"result.json": json.dumps(telegram(telegram_message(1, HOSTILE, **{"from": HOSTILE})))},
        messages=1,
        rows=({"text": HOSTILE, "sender_name": HOSTILE, "event": None},),
    ),
    Case(
        name="telegram-wrong-types",
        files={"result.json": json.dumps(telegram(telegram_message(1, {"a": 1}), telegram_message(2, [1, ["x"], {"text": None}], members=3)))},
        messages=2,
    ),
    Case(
        name="telegram-old-wall-clock",
        files={"result.json": json.dumps(telegram({**telegram_message(1), "date_unixtime": None}))},
        messages=1,
        rows=({"time_quality": "local"},),
    ),
    Case(
        name="telegram-elsewhere",
        files={"result.json": json.dumps(telegram(telegram_message(1, reply_to_message_id=5, reply_to_peer_id="channel9")))},
        messages=1,
        rows=({"kind": "text", "reply_to": None},),
    ),
    Case(name="discord", files={"a.json": discord(discord_message(1), discord_message(2))}, format="discord_json", messages=2),
    Case(
        name="discord-wrong-types",
        files={"a.json": discord(discord_message(1, attachments=[1, {"fileName": 3}], mentions=[None, {"id": 5}], author=None))},
        messages=1,
    ),
    Case(name="discord-csv", files={"会 - 一 [871000000000000001].csv": DISCORD_HEADER + DISCORD_ROW}, format="discord_csv", messages=1, rows=({"group_id": "871000000000000001"},)),
    Case(name="discord-csv-part", files={"会 - 一 [871000000000000001] (after 2024-01-01) [part 2].csv": DISCORD_HEADER + DISCORD_ROW}, messages=1, rows=({"group_id": "871000000000000001"},)),
    Case(
        name="slack-zip",
        files={"export.zip": zipped({"channels.json": SLACK_CHANNELS, "users.json": SLACK_USERS, "一/2024-12-01.json": SLACK_DAY})},
        messages=2,
        rows=({"group_id": "C1", "sender_name": "阿岚"},),
    ),
    Case(name="slack-day-alone", files={"一/2024-12-01.json": SLACK_DAY}, format="slack_json", messages=2, rows=({"group_id": "name:一", "sender_id": "U1"},)),
    Case(name="android", files={WHATSAPP: ANDROID}, format="whatsapp_txt", messages=2, rows=({"group_name": "群", "time_quality": "minute"},)),
    Case(name="android-crlf-bom", files={WHATSAPP: "\ufeff" + ANDROID.replace("\n", "\r\n")}, messages=2, rows=({"text": "早"}, {"text": "好"})),
    Case(name="android-gb18030", files={WHATSAPP: ANDROID.encode("gb18030")}, messages=2, rows=({"text": "早"},)),
    Case(
        name="android-told-order",
        files={WHATSAPP: "03/04/2024, 08:00 - 阿岚: 早\n"},
        options={"facts": {"date_order": "mdy"}},
        messages=1,
        rows=({"text": "早"},),
    ),
    Case(name="ios-zip", files={"WhatsApp Chat - 群.zip": zipped({"_chat.txt": "[13/12/2024, 08:00:01] 阿岚: 早\r\n"})}, messages=1, rows=({"group_name": "群", "time_quality": "local"},)),
    Case(name="android-hostile", files={WHATSAPP: '13/12/2024, 08:00 - "甲、乙"加入了群聊: 早\n'}, messages=1, rows=({"sender_name": '"甲、乙"加入了群聊', "event": None},)),
    Case(name="android-not-sorted", files={WHATSAPP: ANDROID + "13/12/2024, 07:59 - 阿岚: 迟到的消息\n"}, messages=3),
    Case(name="line", files={"群.txt": LINE}, format="line_txt", messages=2, rows=({"group_name": "群", "time_quality": "minute"},)),
    Case(name="line-crlf-bom", files={"群.txt": "\ufeff" + LINE.replace("\n", "\r\n")}, messages=2, rows=({"text": "早"}, {"text": "好"})),
    Case(name="line-utf-16", files={"群.txt": LINE.encode("utf-16")}, messages=2),
)  # fmt: skip

BAD = (
    Case(name="telegram-no-messages", files={"result.json": json.dumps(telegram())}, code=65, error="NoMessages"),
    Case(name="telegram-bad-time", files={"result.json": json.dumps(telegram(telegram_message(1), {**telegram_message(2), "date_unixtime": "soon", "date": "soon"}))}, messages=1, rejects={"bad-time": 1}, code=3),
    Case(name="telegram-far-future", files={"result.json": json.dumps(telegram(telegram_message(1), {**telegram_message(2), "date_unixtime": "99999999999"}))}, messages=1, rejects={"time-out-of-range": 1}, code=3),
    Case(name="telegram-cut", files={"result.json": ONE[:-40]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="telegram-all-cut", files={"result.json": TWO[:-60]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="telegram-no-objects", files={"result.json": '{"name": "群", "type": "private_group", "id": 7, "messages": [{"id": 1, "type": "message", "date_unixtime": "1733011200", "text": ""}, 5, "x"]}'}, messages=1, rejects={"bad-record": 2}, code=3),
    Case(
        name="telegram-all-damaged-chat",
        files={"result.json": all_of_telegram(telegram(telegram_message(1, "长" * 4000)), telegram(telegram_message(2), number=8)).replace('"id": 8', '"id": x8')},
        messages=1,
        rejects={"bad-json": 1, "bad-record": 1},
        code=3,
        rows=({"group_id": "7"},),
    ),
    Case(name="discord-bad-time", files={"a.json": discord(discord_message(1), discord_message(2, timestamp="yesterday"))}, messages=1, rejects={"bad-time": 1}, code=3),
    Case(name="discord-no-zone", files={"a.json": discord(discord_message(1), discord_message(2, timestamp="2024-12-01 08:00:00"))}, messages=1, rejects={"bad-time": 1}, code=3),
    Case(name="discord-empty", files={"a.json": discord()}, code=65, error="NoMessages"),
    Case(name="discord-csv-header-only", files={"a.csv": DISCORD_HEADER}, code=65, error="NoMessages"),
    Case(name="discord-csv-columns", files={"a.csv": DISCORD_HEADER + DISCORD_ROW + '"1","lan"\r\n'}, messages=1, rejects={"bad-columns": 1}, code=3),
    Case(name="discord-csv-missing-column", files={"a.csv": DISCORD_HEADER.replace(",Content", "") + "1,lan,2024-12-01,,\r\n"}, code=65, error="UnknownFormat"),
    Case(name="slack-bad-ts", files={"一/2024-12-01.json": json.dumps([slack_message("1733011200.000100"), slack_message(None), slack_message({}), slack_message("now")])}, messages=1, rejects={"bad-time": 3}, code=3),
    Case(name="slack-cut", files={"一/2024-12-01.json": SLACK_DAY[:-20]}, messages=1, rejects={"truncated-tail": 1}, code=3),
    Case(name="android-unsure", files={WHATSAPP: "03/04/2024, 08:00 - 阿岚: 早\n04/04/2024, 08:00 - 阿岚: 早\n"}, code=65, error="UnreadableExport", says="--date-order"),
    Case(name="android-no-such-day", files={WHATSAPP: "31/02/2024, 08:00 - 阿岚: 早\n"}, code=65, error="UnreadableExport", says="31/02/2024"),
    Case(name="android-other-order", files={WHATSAPP: ANDROID}, options={"facts": {"date_order": "mdy"}}, code=65, error="NoMessages"),
    Case(name="android-first-day-wrong", files={WHATSAPP: "31/02/2024, 08:00 - 阿岚: 早\n" + ANDROID}, messages=2, rejects={"bad-record": 1}, code=3),
    Case(name="android-huge-line", files={WHATSAPP: ANDROID + "13/12/2024, 08:02 - 阿岚: " + "长" * 400_000 + "\n"}, messages=2, rejects={"record-too-long": 3}, code=3),
    Case(name="android-undecodable", files={WHATSAPP: ANDROID.encode() + "13/12/2024, 08:02 - 阿岚: ".encode() + b"\xff\xfe\x80\n"}, messages=2, rejects={"undecodable": 1}, code=3),
    Case(name="ios-media-list-alone", files={"_chat.txt": "hello\n"}, code=65, error="UnknownFormat"),
    Case(name="line-title-only", files={"群.txt": LINE.partition("2024/12/01")[0]}, code=65, error="UnknownFormat"),
    Case(name="line-words-before-days", files={"群.txt": LINE.replace("\n\n", "\n\n上面的话\n\n", 1)}, messages=2, rejects={"bad-record": 1}, code=3),
    Case(name="line-no-such-day", files={"群.txt": LINE.replace("2024/12/01", "2024/13/01")}, code=65, error="NoMessages"),
)  # fmt: skip
