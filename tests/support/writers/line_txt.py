"""`[LINE] <group>.txt` as a phone with Chinese (Taiwan) writes it: days on lines of their own, tabs, texts of several lines in quotes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message
from support.writers._shown import at

TOOL = "LINE"
FORMAT = "line_txt"
KEEPS: set[str] = set()
DROPS = frozenset({"pat"})
_WORDS = {"image": "[照片]", "voice": "[語音訊息]", "video": "[影片]", "sticker": "[貼圖]", "file": "[檔案]"}


def shown(member: Member) -> str:
    """The name a sender has in this format."""
    return member.name


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file; its title says the group."""
    name = chat.name_at(messages[-1].ts + 1)
    path = folder / f"[LINE] {name.replace('/', '_')}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"[LINE] {name}的聊天記錄\n儲存日期：{at(messages[-1]):%Y/%m/%d %H:%M}\n"]
    day = ""
    for message in messages:
        if message.kind not in DROPS:
            today = f"{at(message):%Y/%m/%d}（{'一二三四五六日'[at(message).weekday()]}）"
            lines.append(f"\n{today}\n" if today != day else "")
            lines.append(record(chat, message))
            day = today
    path.write_text("".join(lines), "utf-8", newline="")
    return path


def record(chat: Chat, message: Message) -> str:
    """A line, or several."""
    clock = f"{at(message):%H:%M}"
    actor = shown(message.actor or chat.owner)
    if message.kind == "recall":
        return f"{clock}\t\t{actor}已收回訊息\n"
    if message.kind == "system":
        names = "、".join(map(shown, message.targets))
        sentences = {
            "invited": f"{actor}邀請{names}加入群組。",
            "joined_qr": f"{names}已加入群組。",
            "removed": f"{actor}已將{names}退出群組。",
            "renamed": f"{actor}已將群組名稱更改為「{message.note.get('name')}」。",
        }
        return f"{clock}\t\t{sentences.get(message.event, '群組圖片已更改。')}\n"
    words = _WORDS.get(message.kind, message.text)
    if "\n" in words:
        words = '"' + words.replace('"', '""') + '"'
    return f"{clock}\t{shown(message.sender or chat.me)}\t{words}\n"
