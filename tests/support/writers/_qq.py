"""What QQ says in its own words: notices, and the message that a reply quotes."""

from __future__ import annotations

from qunkit.demo.model import Chat, Message

NOTICES = ("system", "recall", "pat")


def sentence(chat: Chat, message: Message) -> str:
    """A notice as QQ words it, names between blanks."""
    actor = "你" if message.actor is chat.me else message.actor.name if message.actor else ""
    targets = "、".join(member.name for member in message.targets)
    return {
        "invited": f"{actor} 邀请 {targets} 加入了群聊",
        "joined_qr": f"{targets} 通过扫描 {actor} 分享的二维码加入群聊",
        "removed": f"{actor} 将 {targets} 移出了群聊",
        "renamed": f"{actor} 修改群名称为“{message.note.get('name')}”",
        "recalled": f"{actor} 撤回了一条消息",
        "red_packet_taken": f"{actor} 领取了 {targets} 的红包",
        "patted": f"{actor} 戳了戳 {targets}",
    }.get(message.event, message.text)
