"""Messages as WeChat itself stores them: type number, and XML behind the sender's id."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from qunkit.demo.model import Chat, Member, Message

TYPES = {
    "text": 1,
    "quote": 57 << 32 | 49,
    "image": 3,
    "voice": 34,
    "video": 43,
    "sticker": 47,
    "link": 5 << 32 | 49,
    "file": 6 << 32 | 49,
    "miniprogram": 33 << 32 | 49,
    "solitaire": 53 << 32 | 49,
    "announcement": 87 << 32 | 49,
    "red_packet": 2001 << 32 | 49,
    "pat": 62 << 32 | 49,
    "recall": 10000,
    "system": 10000,
}
_MEDIA = {"image": "img", "voice": "voicemsg", "video": "videomsg", "sticker": "emoji"}


def plain(message: Message) -> bool:
    """Whether it is a text, a 接龙 as text among them."""
    return message.kind == "text" or message.note.get("form") == "text"


def number(message: Message) -> int:
    """The type."""
    return TYPES["text" if plain(message) else message.kind]


def stored(chat: Chat, message: Message) -> str:
    """The content, the sender's id before it where it is not the owner's."""
    mine = message.sender is None or message.sender is chat.me
    return _content(chat, message) if mine else f"{message.sender.person.id}:\n{_content(chat, message)}"  # type: ignore[union-attr]


def _content(chat: Chat, message: Message) -> str:
    if plain(message):
        return message.text
    if message.kind in _MEDIA:
        notes = "".join(f" {key}={quoteattr(value)}" for key, value in message.note.items())
        return f"<msg><{_MEDIA[message.kind]}{notes} /></msg>"
    if message.event == "invited" and message.structured and message.actor is not chat.me:
        return f"{chat.id}:\n{_invitation(message)}"
    if message.kind in ("system", "recall", "pat"):
        return message.text
    return _card(chat, message)


def _card(chat: Chat, message: Message) -> str:
    code = TYPES[message.kind] >> 32
    title = {"announcement": "群公告", "red_packet": "微信红包"}.get(message.kind, message.text)
    more = ""
    if message.kind == "announcement":
        more = f"<textannouncement>{escape(message.text)}</textannouncement>"
    elif message.kind == "red_packet":
        more = f"<wcpayinfo><sendertitle>{escape(message.text)}</sendertitle></wcpayinfo>"
    elif message.reply_to:
        more = _refer(chat, message.reply_to)
    url = f"<url>{escape(message.note.get('url', ''))}</url>"
    appmsg = f'<appmsg appid="" sdkver="0"><title>{escape(title)}</title><type>{code}</type>{url}{more}</appmsg>'
    return f'<?xml version="1.0"?>\n<msg>{appmsg}</msg>'


def _refer(chat: Chat, quoted: Message) -> str:
    who = quoted.sender.person.id if quoted.sender else ""
    return (
        f"<refermsg><type>{number(quoted) & 0xFFFF}</type><svrid>{quoted.id}</svrid><fromusr>{chat.id}</fromusr>"
        f"<chatusr>{who}</chatusr><displayname>{escape(quoted.sender.name if quoted.sender else '')}</displayname>"
        f"<content>{escape(_content(chat, quoted) if quoted.reply_to is None else quoted.text)}</content>"
        f"<createtime>{quoted.ts}</createtime></refermsg>"
    )


def _invitation(message: Message) -> str:
    return (
        '<sysmsg type="sysmsgtemplate"><sysmsgtemplate><content_template type="tmpl_type_profile"><plain></plain>'
        '<template><![CDATA["$username$"邀请"$names$"加入了群聊]]></template><link_list>'
        + _link("username", [message.actor] if message.actor else [], "")
        + _link("names", message.targets, "<separator><![CDATA[、]]></separator>")
        + "</link_list></content_template></sysmsgtemplate></sysmsg>"
    )


def _link(name: str, members: Sequence[Member], separator: str) -> str:
    listed = "".join(
        f"<member><username>{member.person.id}</username><nickname><![CDATA[{member.name}]]></nickname></member>"
        for member in members
    )
    return f'<link name="{name}" type="link_profile"><memberlist>{listed}</memberlist>{separator}</link>'
