"""chatlog's CSV: `<talker>_<start>_<end>.csv`, Go's quoting, LF, no byte order mark, no message ids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message, clock, day_of
from qunkit.demo.writers.files import put
from qunkit.demo.writers.rows import go_row

TOOL = "chatlog"
FORMAT = "chatlog_csv"
FOLDER = "chatlog"
HEADER = ("Time", "SenderName", "Sender", "TalkerName", "Talker", "Content")
_HOST = "http://127.0.0.1:5030"
_CARDS: dict[str, Callable[[Message], str]] = {
    "image": lambda message: f"![图片]({_HOST}/image/{message.note['md5']})",
    "voice": lambda message: f"[语音]({_HOST}/voice/{message.id})",
    "video": lambda message: f"![视频]({_HOST}/video/{message.note['md5']},{message.note['rawmd5']})",
    "sticker": lambda message: f"![动画表情]({message.note['url']})",
    "link": lambda message: f"[链接|{message.text}]({message.note['url']})",
    "file": lambda message: f"[文件|{message.text}]({_HOST}/file/{message.note['md5']})",
    "miniprogram": lambda message: f"[小程序|{message.note['by']}]({message.note['url']})",
    "announcement": lambda message: "[群公告]",
    "red_packet": lambda message: "[红包]",
    "pat": lambda message: message.text if message.structured else "",
}


def shown(member: Member) -> str:
    """The name a sender has in this format."""
    return member.card or member.person.remark or member.person.nickname


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file, named after the days that were asked for."""
    first, last = day_of(messages[0].ts), day_of(messages[-1].ts)
    name = chat.name_at(messages[-1].ts + 1)
    rows = [go_row(HEADER), *(go_row(record(chat, name, message)) for message in messages)]
    return put(folder / FOLDER / f"{chat.id}_{first}_{last}.csv", "".join(rows).encode())


def record(chat: Chat, name: str, message: Message) -> tuple[str, ...]:
    """One message, columns in order."""
    who = (shown(message.sender), message.sender.person.id) if message.sender else ("", "系统消息")
    return (clock(message.ts), *who, name, chat.id, _content(chat, message))


def _content(chat: Chat, message: Message) -> str:
    if message.reply_to:
        return _quotation(message.reply_to) + message.text
    if message.event == "invited":
        return _invitation(chat, message)
    if message.kind == "solitaire":
        return message.text if message.note["form"] == "text" else "[分享]"
    return _CARDS[message.kind](message) if message.kind in _CARDS else message.text


def _quotation(quoted: Message) -> str:
    """The quoted message before the reply, every line behind a ``>``; empty lines are lost."""
    who = f"{quoted.sender.name}({quoted.sender.person.id})" if quoted.sender else ""
    text = _CARDS["image"](quoted) if quoted.kind == "image" else quoted.text
    lines = [f"{who} {clock(quoted.ts)[5:]}", *(line for line in text.split("\n") if line)]
    return "".join(f"> {line}\n" for line in lines)


def _invitation(chat: Chat, message: Message) -> str:
    """Structured ones are shown with ids; the exporting account's own are plain and end in two blanks."""
    if message.actor is chat.me:
        return message.text + "  "
    if not message.structured or message.actor is None:
        return message.text
    guests = "、".join(f"{guest.name}({guest.person.id})" for guest in message.targets)
    return f'"{message.actor.name}({message.actor.person.id})"邀请"{guests}"加入了群聊'
