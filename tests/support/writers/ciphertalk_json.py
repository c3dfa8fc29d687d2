"""CipherTalk's detailed JSON: `<群名>.json`, raw content as WeChat keeps it, ids as JavaScript prints them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path

from qunkit.demo.model import Chat, Message, clock
from qunkit.demo.writers import weflow_json
from qunkit.demo.writers.memotrace_v2_csv import _XML
from qunkit.demo.writers.memotrace_v3_csv import _sysmsg
from qunkit.demo.writers.weflow_json import shown
from support.writers.weflow_sql import rounded
from support.writers.weflow_txt import file_name

__all__ = ["FORMAT", "KEEPS", "TOOL", "shown", "write"]

TOOL = "CipherTalk"
FORMAT = "ciphertalk_json"
KEEPS = {"seconds", "sender_ids", "quotes", "kinds", "events"}
_CARDS = {"quote": 57, "link": 5, "file": 6, "miniprogram": 33, "solitaire": 53, "announcement": 87, "red_packet": 2001}


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file."""
    name = chat.name_at(messages[-1].ts + 1)
    about = {
        "version": "0.0.2",
        "exportedAt": messages[-1].ts + 600,
        "generator": "CipherTalk",
        "format": "detailed-json",
    }
    session = {"wxid": chat.id, "nickname": name, "remark": name, "displayName": name, "type": "群聊", "isGroup": True}
    records = [record(chat, name, number, message) for number, message in enumerate(messages, 1)]
    path = folder / "CipherTalk" / f"{file_name(name)}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"exportInfo": about, "session": session, "messages": records}
    path.write_bytes(json.dumps(document, ensure_ascii=False, indent=2).encode())
    return path


def record(chat: Chat, name: str, number: int, message: Message) -> dict[str, object]:
    """One message, keys in the order of the format."""
    told = weflow_json.record(chat, name, number, message)
    return {
        "localId": number,
        "platformMessageId": rounded(message.id),
        "createTime": message.ts,
        "formattedTime": clock(message.ts),
        "type": told["type"],
        "localType": told["localType"],
        "chatLabType": 0,
        "content": "" if message.kind != "text" else message.text,
        "rawContent": _raw(chat, message),
        "isSend": told["isSend"],
        "senderUsername": told["senderUsername"],
        "senderDisplayName": told["senderDisplayName"],
        "source": "",
    }


def _raw(chat: Chat, message: Message) -> str:
    if message.event == "invited" and (message.structured or message.actor is chat.me):
        return f"{chat.id}:\n{_sysmsg(chat, message)}"
    if not message.spoken or message.sender is None:
        return message.text
    sender = message.sender.person.id
    prefix = "" if message.sender is chat.me else f"{sender}:\n"
    if message.kind in _XML:
        return prefix + _XML[message.kind].format(sender=sender, room=chat.id, **message.note)
    if message.kind in _CARDS and message.note.get("form") != "text":
        return prefix + _card(message)
    return prefix + message.text


def _card(message: Message) -> str:
    more = {
        "quote": _refer(message.reply_to),
        "announcement": f"<textannouncement>{escape(message.text)}</textannouncement>",
        "red_packet": f"<wcpayinfo><sendertitle><![CDATA[{message.text}]]></sendertitle></wcpayinfo>",
    }
    url = escape(message.note.get("url", ""))
    return (
        f'<?xml version="1.0"?>\n<msg>\n\t<appmsg appid="" sdkver="0">\n\t\t<title>{escape(message.text)}</title>\n'
        f"\t\t<des></des>\n\t\t<type>{_CARDS[message.kind]}</type>\n\t\t<url>{url}</url>\n\t\t{more.get(message.kind, '')}\n"
        "\t</appmsg>\n</msg>\n"
    )


def _refer(quoted: Message | None) -> str:
    if quoted is None or quoted.sender is None:
        return ""
    return (
        f"<refermsg><type>1</type><svrid>{quoted.id}</svrid><chatusr>{quoted.sender.person.id}</chatusr>"
        f"<displayname>{escape(quoted.sender.name)}</displayname><content>{escape(quoted.text)}</content>"
        f"<createtime>{quoted.ts}</createtime></refermsg>"
    )
