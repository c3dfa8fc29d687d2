"""QQChatExporter's text, 5.5, system messages left out (an option: they look like messages)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Member, Message, clock
from support.writers import _qce
from support.writers._qq import NOTICES

TOOL = "QQChatExporter"
FORMAT = "qce_txt"
KEEPS = {"seconds", "quotes"}
DROPS = frozenset(NOTICES)
_RULE = "=" * 47


def shown(member: Member) -> str:
    """The name that a sender has in this format."""
    return member.name


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """One file."""
    told = [message for message in messages if message.kind not in NOTICES]
    lines = [
        "[QQChatExporter V5.5.80 / https://github.com/shuakami/qq-chat-exporter]",
        "[本软件是免费的开源项目~ 如果您是买来的，请立即退款！如果有帮助到您，欢迎给我点个Star~]",
        *("", _RULE, "           QQ聊天记录导出文件", _RULE, ""),
        f"聊天名称: {chat.name_at(messages[-1].ts + 1)}",
        *(
            "聊天类型: 群聊",
            f"参与人数: {len(chat.members)}",
            "导出时间: 2026-11-22 02:02:15",
            f"消息总数: {len(told)}",
        ),
        f"时间范围: {clock(told[0].ts)} - {clock(told[-1].ts)}",
        *(line for message in told for line in ("", "", *_lines(chat, message))),
        *("", _RULE, "              导出完成", _RULE, f"总计导出 {len(told)} 条消息", "导出时间: 2026-11-22 02:02:15"),
    ]
    path = folder / f"{_qce.stem(chat, list(messages))}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _lines(chat: Chat, message: Message) -> list[str]:
    who = message.sender.name if message.sender else ""
    lines = [f"{who}:", f"时间: {clock(message.ts)}", f"内容: {_qce.text(chat, message)}"]
    if message.mentions:
        lines.append(f"提及: {', '.join(member.name for member in message.mentions)}")
    if (quoted := message.reply_to) and quoted.sender:
        lines.append(f"回复: {clock(quoted.ts)[5:16]} {quoted.sender.name} - {_qce.text(chat, quoted)}")
    if found := _qce.resource(message):
        lines += ["资源: 1 个文件", f"  - {found[0]}: {found[1]}"]
    return lines
