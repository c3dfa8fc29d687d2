"""What QQChatExporter writes of a message in every container: its text, and its resource."""

from __future__ import annotations

from qunkit.demo.model import Chat, Message
from support.writers._qq import NOTICES, sentence

MEDIA = {"image": ("图片", "image", "jpg"), "voice": ("语音", "audio", "silk"), "video": ("视频", "video", "mp4")}
PROMPTS = {"link": "[分享]", "miniprogram": "[QQ小程序]", "announcement": "[群公告]"}


def stem(chat: Chat, messages: list[Message]) -> str:
    """Name of the file: the group's, its number, date and time."""
    name = chat.name_at(messages[-1].ts + 1).replace("/", "_")
    return f"group_{name}_{chat.id.partition('@')[0]}_20261122_020215"


def resource(message: Message) -> tuple[str, str] | None:
    """Type and file name of what comes with a message."""
    if message.kind == "file":
        return "file", message.text
    if message.kind in MEDIA:
        _, type_, ending = MEDIA[message.kind]
        return type_, f"{message.id[-8:]}.{ending}"
    return None


def text(chat: Chat, message: Message) -> str:
    """The member `text`: what is no word stands in brackets."""
    if message.kind in NOTICES:
        return sentence(chat, message)
    if message.reply_to:
        return f"[回复 {_name(message.reply_to)}: {text(chat, message.reply_to)}]\n{message.text}"
    if found := resource(message):
        return f"[{MEDIA[message.kind][0] if message.kind in MEDIA else '文件'}: {found[1]}]"
    if message.kind in PROMPTS:
        return f"[卡片消息: {PROMPTS[message.kind]}{message.text}]"
    if message.kind == "red_packet":
        return "[UNKNOWN_9消息]"
    return "[开心]" if message.kind == "sticker" else message.text


def _name(message: Message) -> str:
    return message.sender.name if message.sender else ""
