"""Notices as the exporting account sees them: "你" where it is concerned, names in straight quotes elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from qunkit.demo.dice import Dice
from qunkit.demo.model import Chat, Member, Message

STRUCTURED = 0.6
"""Share of invitations and pats that the chat service keeps as a template with ids."""


def invited(chat: Chat, dice: Dice, ts: int, inviter: Member, guests: Sequence[Member]) -> Message:
    """Somebody brings one or more people in."""
    names = "、".join(guest.name for guest in guests)
    text = f'{_who(chat, inviter)}邀请"{names}"加入了群聊'
    return _notice(chat, ts, text, "invited", inviter, guests, dice.chance(STRUCTURED))


def joined_by_code(chat: Chat, ts: int, guest: Member, sharer: Member) -> Message:
    """Somebody scans the QR code that a member has shared."""
    text = f'" {guest.name}"通过扫描{_who(chat, sharer)}分享的二维码加入群聊'
    return _notice(chat, ts, text, "joined_qr", sharer, (guest,))


def removed(chat: Chat, ts: int, by: Member, member: Member) -> Message:
    """Somebody is thrown out. Who leaves by himself leaves no notice."""
    return _notice(chat, ts, f'{_who(chat, by)}将"{member.name}"移出了群聊', "removed", by, (member,))


def renamed(chat: Chat, ts: int, by: Member, name: str) -> Message:
    """The group gets another name."""
    notice = _notice(chat, ts, f"{_who(chat, by)}修改群名为“{name}”", "renamed", by, ())
    notice.note = {"name": name}
    return notice


def took_packet(chat: Chat, ts: int, taker: Member, giver: Member) -> Message:
    """Somebody takes a red packet; only giver and taker see it, so one of them is the exporting account."""
    names = ["你" if who is chat.me else who.name for who in (taker, giver)]
    return _notice(chat, ts, f"{names[0]}领取了{names[1]}的红包", "red_packet_taken", taker, (giver,))


def recall(chat: Chat, message: Message) -> None:
    """Turn a message into the notice that it was taken back."""
    sender = message.sender
    if sender is None:
        return
    message.text = "你撤回了一条消息" if sender is chat.me else f'"{sender.name}" 撤回了一条消息'
    message.kind, message.event, message.actor, message.sender = "recall", "recalled", sender, None
    message.mentions, message.reply_to, message.answers, message.note = (), None, None, {}


def pat(chat: Chat, dice: Dice, ts: int, by: Member, whom: Member, where: str) -> Message:
    """拍一拍, with the words that the patted person has chosen."""
    text = ("我拍了拍" if by is chat.me else f'"{by.name}" 拍了拍') + f' "{whom.name}"' + (f" {where}" if where else "")
    message = _notice(chat, ts, text, "patted", by, (whom,), dice.chance(STRUCTURED))
    message.kind, message.sender = "pat", by
    return message


def _who(chat: Chat, member: Member) -> str:
    return "你" if member is chat.me else f'"{member.name}"'


def _notice(
    chat: Chat,
    ts: int,
    text: str,
    event: str,
    actor: Member,
    targets: Sequence[Member],
    structured: bool = False,
) -> Message:
    message = chat.say(ts, None, "system", text)
    message.event, message.actor, message.targets = event, actor, tuple(targets)
    message.structured = structured
    return message
