"""MemoTrace 3.x CSV: `聊天记录/<群名>(<群 id>)/<群名>.csv`, byte order mark, CRLF.

Message ids are exact; senders have names only. Structured notices are raw XML, cards it does not know are a number and
the repr of a Python dict.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from qunkit.chat.people import file_safe
from qunkit.demo.model import Chat, Member, Message, clock
from qunkit.demo.writers.files import put
from qunkit.demo.writers.rows import python_row

TOOL = "MemoTrace 3"
FORMAT = "memotrace_csv"
FOLDER = "MemoTrace-3/聊天记录"
HEADER = ["消息ID", "类型", "发送人", "时间", "内容", "备注", "昵称", "更多信息"]
_TYPES = {
    "text": "文本",
    "quote": "引用消息",
    "image": "图片",
    "voice": "语音",
    "video": "视频",
    "sticker": "表情包",
    "link": "分享链接",
    "file": "文件",
    "miniprogram": "小程序",
    "solitaire": "未知类型",
    "announcement": "未知类型",
    "red_packet": "红包",
    "pat": "拍一拍",
    "recall": "系统消息",
    "system": "系统消息",
}


def shown(member: Member) -> str:
    """The name a sender has in this format."""
    return member.card or file_safe(member.person.remark or member.person.nickname)


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file in a folder that carries the group's id."""
    name = file_safe(chat.name_at(messages[-1].ts + 1))
    rows = [python_row(HEADER), *(python_row(record(chat, name, message)) for message in messages)]
    return put(folder / FOLDER / f"{name}({chat.id})" / f"{name}.csv", "".join(rows).encode("utf-8-sig"))


def record(chat: Chat, name: str, message: Message) -> tuple[str, ...]:
    """One message, columns in order."""
    who = shown(message.sender) if message.sender else name
    type_ = _TYPES["text" if message.note.get("form") == "text" else message.kind]
    return (message.id, type_, who, clock(message.ts), _content(chat, message), who, who, "more")


def _content(chat: Chat, message: Message) -> str:
    if message.reply_to:
        return f"{message.text}\n引用：{_quoted(chat, message.reply_to)}"
    if message.event == "invited" and (message.structured or message.actor is chat.me):
        return f"{chat.id}:\n{_sysmsg(chat, message)}"
    return _CARDS[message.kind](message) if message.kind in _CARDS else message.text


def _quoted(chat: Chat, quoted: Message) -> str:
    who = shown(quoted.sender) if quoted.sender else ""
    return f"{who}: {_content(chat, quoted) if quoted.reply_to is None else quoted.text}"


def _sysmsg(chat: Chat, message: Message) -> str:
    if message.actor is None or message.actor is chat.me:
        ids = "".join(f"<username><![CDATA[{guest.person.id}]]></username>" for guest in message.targets)
        text = f"<![CDATA[{message.text}  ]]>"
        return (
            f'<sysmsg type="delchatroommember"><delchatroommember><plain>{text}</plain><text>{text}</text><link>'
            f"<scene>invite</scene><text><![CDATA[  撤销]]></text><memberlist>{ids}</memberlist></link>"
            "</delchatroommember></sysmsg>"
        )
    return (
        '<sysmsg type="sysmsgtemplate"><sysmsgtemplate><content_template type="tmpl_type_profile"><plain></plain>'
        '<template><![CDATA["$username$"邀请"$names$"加入了群聊]]></template><link_list>'
        f"{_link('username', (message.actor,), '')}{_link('names', message.targets, '<separator><![CDATA[、]]></separator>')}"
        "</link_list></content_template></sysmsgtemplate></sysmsg>"
    )


def _link(name: str, members: Sequence[Member], separator: str) -> str:
    listed = "".join(
        f"<member><username><![CDATA[{member.person.id}]]></username>"
        f"<nickname><![CDATA[{member.name}]]></nickname></member>"
        for member in members
    )
    return f'<link name="{name}" type="link_profile"><memberlist>{listed}</memberlist>{separator}</link>'


def _card(kind: str, message: Message, by: str, app: str) -> str:
    return f"【{kind}】\n标题：{message.text}\n描述：{by}\n链接: {message.note['url']}\n应用：{app}\n"


def _file(message: Message) -> str:
    extension = message.text.rpartition(".")[2]
    return f"【文件】{message.text} {message.note['mb']} MB  {extension} {message.note['md5']}"


def _appmsg(code: int, title: str, type_: str, **more: object) -> str:
    """A card that MemoTrace does not know: its number, then the parsed XML as Python prints it."""
    appmsg = {
        "@appid": "",
        "@sdkver": "0",
        "title": title,
        "des": None,
        "action": "view",
        "type": type_,
        "showtype": "0",
        "url": None,
        **more,
    }
    rest = {"fromusername": None, "scene": "0", "appinfo": {"version": "1", "appname": None}}
    return f"{code}\n{ {'msg': {'appmsg': appmsg, **rest}} }"


def _solitaire(message: Message) -> str:
    return message.text if message.note["form"] == "text" else _appmsg(227633266737, message.text, "53")


def _announcement(message: Message) -> str:
    item = '<group_notice_item type="18"></group_notice_item>'
    return _appmsg(373662154801, "群公告", "87", announcement=item, textannouncement=message.text)


_CARDS: dict[str, Callable[[Message], str]] = {
    "image": lambda message: "【图片】",
    "voice": lambda message: "【语音】",
    "video": lambda message: "【视频】",
    "sticker": lambda message: "【表情包】 ",
    "link": lambda message: _card("分享链接", message, message.note["by"], "None"),
    "file": _file,
    "miniprogram": lambda message: _card("分享链接", message, "None", message.note["by"]),
    "solitaire": _solitaire,
    "announcement": _announcement,
    "red_packet": lambda message: f"【红包】: {message.text}",
    "pat": lambda message: message.text if message.structured else "",
}
