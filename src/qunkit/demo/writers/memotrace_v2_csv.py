"""MemoTrace 2.x CSV: `聊天记录/<群名>/<群名>_utf8.csv`, byte order mark, CRLF.

It keeps raw XML for media and nothing at all of cards: quotes, links, 接龙 and announcements are empty rows of type 49.
No group id and no message ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qunkit.chat.people import file_safe
from qunkit.demo.model import Chat, Member, Message, clock
from qunkit.demo.writers.files import put
from qunkit.demo.writers.rows import python_row

TOOL = "MemoTrace 2"
FORMAT = "memotrace_csv"
FOLDER = "MemoTrace-2/聊天记录"
HEADER = "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender"
_TYPES = {
    "text": (1, 0),
    "quote": (49, 57),
    "image": (3, 0),
    "voice": (34, 0),
    "video": (43, 0),
    "sticker": (47, 0),
    "link": (49, 5),
    "file": (49, 6),
    "miniprogram": (49, 33),
    "solitaire": (49, 53),
    "announcement": (49, 87),
    "red_packet": (49, 2001),
    "pat": (10000, 4),
    "recall": (10000, 0),
    "system": (10000, 0),
}
_OWN_INVITATION = (10000, 8000)
_IMAGE = """<?xml version="1.0"?>
<msg>
	<img aeskey="00" encryver="1" cdnthumbaeskey="00" cdnthumburl="3057" cdnthumblength="3210" cdnthumbheight="120" \
cdnthumbwidth="90" cdnmidheight="0" cdnmidwidth="0" cdnhdheight="0" cdnhdwidth="0" cdnmidimgurl="3057" \
length="{length}" md5="{md5}" />
</msg>
"""
_VOICE = (
    '<msg><voicemsg endflag="1" cancelflag="0" forwardflag="0" voiceformat="4" voicelength="{ms}" length="{length}" '
    'bufid="0" clientmsgid="41" fromusername="{sender}" /></msg>'
)
_VIDEO = """<?xml version="1.0"?>
<msg>
	<videomsg aeskey="00" cdnthumbaeskey="00" cdnvideourl="3057" cdnthumburl="3057" length="{length}" \
playlength="{seconds}" cdnthumblength="2200" cdnthumbwidth="168" cdnthumbheight="298" fromusername="{sender}" \
md5="{md5}" rawmd5="{rawmd5}" newmd5="" />
</msg>
"""
_STICKER = (
    '<msg><emoji fromusername="{sender}" tousername="{room}" type="2" md5="{md5}" len="20480" cdnurl="{url}" '
    'width="240" height="240" desc="" ></emoji></msg>'
)
_XML = {"image": _IMAGE, "voice": _VOICE, "video": _VIDEO, "sticker": _STICKER}


def shown(member: Member) -> str:
    """The name a sender has in this format."""
    return member.person.nickname


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file in a folder of its own."""
    name = file_safe(chat.name_at(messages[-1].ts + 1))
    rows = [
        python_row(HEADER.split(",")),
        *(python_row(record(chat, n, message)) for n, message in enumerate(messages, 1)),
    ]
    return put(folder / FOLDER / name / f"{name}_utf8.csv", "".join(rows).encode("utf-8-sig"))


def record(chat: Chat, number: int, message: Message) -> tuple[object, ...]:
    """One message, columns in order."""
    who = ("", "", "")
    if message.sender:
        person = message.sender.person
        who = (file_safe(person.remark or person.nickname), person.nickname, person.id)
    own = int(message.spoken and message.sender is chat.me)
    return (number, 3, *_type(chat, message), own, message.ts, 2, _content(chat, message), clock(message.ts), *who)


def _type(chat: Chat, message: Message) -> tuple[int, int]:
    if message.event == "invited" and message.actor is chat.me:
        return _OWN_INVITATION
    return _TYPES["text" if message.note.get("form") == "text" else message.kind]


def _content(chat: Chat, message: Message) -> str:
    type_, subtype = _type(chat, message)
    if type_ == 49:
        return ""
    if message.kind in _XML and message.sender:
        return _XML[message.kind].format(sender=message.sender.person.id, room=chat.id, **message.note)
    return message.text + ("  " if subtype == _OWN_INVITATION[1] else "")
