"""WeFlow's JSON, 2026-03 and later: `<群名>.json` or `<群名>_<from>-<to>.json`.

Faithful in what it loses, too: names of structured join notices stay ``$names$``, of a 接龙 only the first line is kept,
and other people's texts begin with the line break that followed their id.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message, clock
from qunkit.demo.writers.files import put

TOOL = "WeFlow"
FORMAT = "weflow_json"
FOLDER = "WeFlow"
_TYPES = {
    "text": ("文本消息", 1),
    "quote": ("引用消息", 244813135921),
    "image": ("图片消息", 3),
    "voice": ("语音消息", 34),
    "video": ("视频消息", 43),
    "sticker": ("动画表情", 47),
    "link": ("链接消息", 21474836529),
    "file": ("文件消息", 25769803825),
    "miniprogram": ("小程序消息", 141733920817),
    "solitaire": ("其他消息", 227633266737),
    "announcement": ("群公告", 373662154801),
    "red_packet": ("其他消息", 8594229559345),
    "pat": ("其他消息", 266287972401),
    "recall": ("系统消息", 10000),
    "system": ("系统消息", 10000),
}
_CARDS: dict[str, Callable[[Message], str | None]] = {
    "image": lambda message: None,
    "voice": lambda message: None,
    "video": lambda message: None,
    "sticker": lambda message: "[表情包]",
    "link": lambda message: f"[链接] {message.text}\n{message.note['url']}",
    "file": lambda message: f"[文件] {message.text}",
    "miniprogram": lambda message: f"[小程序] {message.text}",
    "solitaire": lambda message: "[接龙] #接龙",
    "announcement": lambda message: f"[群公告] {message.text}",
    "red_packet": lambda message: "微信红包",
}
_SOURCE = (
    "<msgsource>&lt;msgsource&gt;&lt;silence&gt;1&lt;/silence&gt;&lt;membercount&gt;9&lt;/membercount&gt;"
    "&lt;signature&gt;v1_x&lt;/signature&gt;&lt;/msgsource&gt;</msgsource>"
)


def shown(member: Member) -> str:
    """The name a sender has in this format."""
    return member.person.remark or member.person.nickname


def write(chat: Chat, messages: Sequence[Message], folder: Path, *, part: str = "") -> Path:
    """One file; `part` is the range that the name ends with where an export does not hold everything."""
    name = chat.name_at(messages[-1].ts + 1)
    header = {
        "weflow": {"version": "1.0.3", "exportedAt": messages[-1].ts + 600, "generator": "WeFlow"},
        "session": _session(chat, name, messages),
        "messages": [record(chat, name, number, message) for number, message in enumerate(messages, 1)],
    }
    return put(folder / FOLDER / f"{name}{part}.json", json.dumps(header, ensure_ascii=False, indent=2).encode())


def _session(chat: Chat, name: str, messages: Sequence[Message]) -> dict[str, object]:
    return {
        "wxid": chat.id,
        "nickname": name,
        "remark": "",
        "displayName": name,
        "type": "群聊",
        "lastTimestamp": messages[-1].ts,
        "messageCount": len(messages),
    }


def record(chat: Chat, name: str, number: int, message: Message) -> dict[str, object]:
    """One message, keys in WeFlow's order."""
    sender = message.sender if message.spoken else None
    plain = message.note.get("form") == "text"
    type_, code = _TYPES["text" if plain else message.kind]
    account = sender.person.id if sender else chat.id
    return {
        "localId": number,
        "createTime": message.ts,
        "formattedTime": clock(message.ts),
        "type": type_,
        "localType": code,
        "content": content(chat, message),
        "isSend": int(sender is chat.me),
        "senderUsername": account,
        "senderDisplayName": shown(sender) if sender else name,
        "source": _SOURCE if message.reply_to else "",
        "senderAvatarKey": account,
        **_sticker(message),
        "platformMessageId": message.id,
        **_more(message),
    }


def content(chat: Chat, message: Message) -> str | None:
    """What a message looks like, in the words of WeFlow."""
    if message.kind in ("text", "solitaire") and message.note.get("form") != "card":
        return message.text if message.sender is chat.me else "\n" + message.text
    if message.reply_to:
        quoted = message.reply_to
        return f"{message.text}[引用 {_name(quoted)}：{_shown_text(quoted)}]"
    if message.event == "patted":
        return '"" 拍了拍 ""' if message.structured else message.text
    if message.event == "invited" and message.structured:
        return _template(chat, message)
    return _CARDS[message.kind](message) if message.kind in _CARDS else message.text


def _template(chat: Chat, message: Message) -> str:
    """The unfilled template of a structured invitation; the exporting account's own are kept as sentences."""
    return message.text if message.actor is chat.me else '"$username$"邀请"$names$"加入了群聊'


def _sticker(message: Message) -> dict[str, str]:
    if message.kind != "sticker":
        return {}
    return {"emojiMd5": message.note["md5"], "emojiCdnUrl": message.note["url"]}


def _more(message: Message) -> dict[str, str]:
    if message.reply_to:
        return _quotation(message.reply_to)
    if message.kind == "link":
        return {
            "appMsgType": "5",
            "appMsgKind": "link",
            "appMsgDesc": message.note["by"],
            "linkTitle": message.text,
            "linkUrl": message.note["url"],
        }
    return {}


def _quotation(quoted: Message) -> dict[str, str]:
    return {
        "replyToMessageId": quoted.id,
        "appMsgType": "57",
        "appMsgKind": "quote",
        "quotedContent": _shown_text(quoted),
        "quotedSender": _name(quoted),
        "quotedType": "3" if quoted.kind == "image" else "1",
        "quotedSvrid": quoted.id,
    }


def _name(message: Message) -> str:
    return message.sender.name if message.sender else ""


def _shown_text(message: Message) -> str:
    return "[图片]" if message.kind == "image" else " ".join(message.text.split())
