"""What WeChat shows of a message where a chat is copied, mailed or exported as text."""

from __future__ import annotations

from datetime import datetime

from qunkit.demo.model import CHINA, Message

WORDS = {"image": "[图片]", "voice": '[语音] 5"', "video": "[视频]", "sticker": "[动画表情]"}
NOTICES = {"system", "recall", "pat"}


def words(message: Message) -> str:
    """The text, or the word for what has none."""
    if message.kind in WORDS:
        return WORDS[message.kind]
    if message.kind == "link":
        return f"[链接] {message.text} {message.note['url']}"
    if message.kind == "file":
        return f"[文件] {message.text}"
    return "[微信红包]" if message.kind == "red_packet" else message.text


def quoted(message: Message) -> str:
    """``名：原文`` of a message that is quoted."""
    return f"{message.sender.name if message.sender else ''}：{words(message)}"


def at(message: Message) -> datetime:
    """When, by the clock in Shanghai."""
    return datetime.fromtimestamp(message.ts, CHINA)
