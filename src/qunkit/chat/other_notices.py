"""How chat programs other than WeChat report events in a group: the sentences of some, the coded actions of others.

WhatsApp and LINE print sentences, without quotes around names:

    Ann added Bob                       invited   actor Ann, target Bob
    BobがAnnをグループから削除しました       removed   actor Bob, target Ann

Telegram, Discord and Slack name the action and those concerned. A format puts that into the column ``extra``, as `told` writes it:

    {"notice": {"action": "invite_members", "actor": ["Ann", "user1"], "targets": [["Bob", null]]}}
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Literal

from qunkit.chat import qq_notices

Me = Literal["", "actor", "target"]
Sentence = tuple[str, Me, str]
"""Event, which part the exporting account has where it is not named, and the sentence: see `templates`."""
Person = tuple[str | None, str | None]
"""Shown name and id."""

_WHATSAPP: dict[tuple[str, Me], tuple[str, ...]] = {
    ("renamed", ""): (
        '{A} changed the subject from "{_}" to "{_}"',
        '{A} changed the subject to "{_}"',
        '{A} changed the group name from "{_}" to "{_}"',
        '{A} changed the group name to "{_}"',
        '{A}将主题从"{_}"更改为"{_}"',
        '{A}将主题更改为"{_}"',
        '{A}将群组名称从"{_}"更改为"{_}"',
        '{A}将群组名称更改为"{_}"',
        '{A}将群组名稱从"{_}"更改为"{_}"',
        '{A}将群组名稱更改为"{_}"',
        '{A}将主題从"{_}"更改为"{_}"',
        '{A}将主題更改为"{_}"',
    ),
    ("other", ""): (
        '{A} created group "{_}"',
        "{A} created this group",
        '{A}创建了群组"{_}"',
        '{A}建立了群组"{_}"',
        "{A} changed this group's icon",
        "{A} changed the group description",
    ),
    ("invited", "target"): ("you were added",),
    ("invited", ""): (
        "{A} added {T}",
        "{A}添加了{T}",
        "{A}已添加{T}",
        "{A}新增了{T}",
        "{A}已新增{T}",
        "{A}将{T}加入了群组",
        "{A}将{T}加入群组",
    ),
    ("joined", ""): (
        "{T} joined using this group's invite link",
        "{T} joined using a group invite link",
        "{T} joined using an invite link",
        "{T} joined from the community",
        "{T} joined this group",
        "{T} was added",
        "{T}使用此群组的邀请链接加入了群组",
        "{T}使用此群组的邀请链接加入",
        "{T}使用此群组的邀请連結加入了群组",
        "{T}使用此群组的邀请連結加入",
        "{T}通过邀请链接加入",
        "{T}已加入群组",
        "{T}加入了群组",
    ),
    ("removed", ""): (
        "{A} removed {T}",
        "{T} was removed",
        "{A}移除了{T}",
        "{A}已移除{T}",
        "{A}已将{T}移除",
        "{A}将{T}移除",
        "{A}将{T}移出了群组",
        "{T}已被移除",
    ),
    ("left", ""): (
        "{T} left",
        "{T}退出了群组",
        "{T}已退出群组",
        "{T}离开了群组",
        "{T}已离开群组",
        "{T}已退出",
        "{T}退出了",
        "{T}已离开",
        "{T}离开了",
    ),
    ("pinned", ""): ("{A} pinned a message", "{A}置顶了一条消息", "{A}已置顶一则讯息"),
}
_LINE: dict[tuple[str, Me], tuple[str, ...]] = {
    ("renamed", ""): (
        '{A} changed the group name to "{_}"',
        '{A} changed the name of the group to "{_}"',
        '{A}已将群组名称更改为"{_}"',
        '{A}将群组名称更改为"{_}"',
        '{A}已将群组名稱更改为"{_}"',
        '{A}将群组名稱更改为"{_}"',
        '{A}已将群组名稱變更为"{_}"',
        '{A}将群组名稱變更为"{_}"',
        '{A}がグループ名を"{_}"に変更しました',
    ),
    ("removed", ""): (
        "{A} removed {T} from the group",
        "{T} was removed from the group",
        "{A}已将{T}退出群组",
        "{A}将{T}退出群组",
        "{A}已将{T}移出群组",
        "{A}将{T}移出群组",
        "{A}已让{T}退出群组",
        "{A}が{T}をグループから削除しました",
        "{A}が{T}をグループから退会させました",
        "{A}が{T}を退会させました",
    ),
    ("invited", ""): (
        "{A} invited {T} to the group",
        "{A} invited {T} to the chat",
        "{A} added {T} to the group",
        "{A}已邀请{T}加入群组",
        "{A}邀请{T}加入群组",
        "{A}邀请{T}加入聊天",
        "{A}邀请{T}加入",
        "{A}已将{T}加入群组",
        "{A}将{T}加入群组",
        "{A}が{T}をグループに招待しました",
        "{A}が{T}をグループに追加しました",
        "{A}が{T}を招待しました",
    ),
    ("joined", ""): (
        "{T} joined the group",
        "{T} joined the chat",
        "{T} joined",
        "{T}已加入群组",
        "{T}加入了群组",
        "{T}加入群组",
        "{T}已加入聊天",
        "{T}加入聊天",
        "{T}がグループに参加しました",
        "{T}が参加しました",
    ),
    ("left", ""): (
        "{T} left the group",
        "{T} left the chat",
        "{T} left",
        "{T}已退出群组",
        "{T}退出了群组",
        "{T}退出群组",
        "{T}已离开聊天",
        "{T}离开聊天",
        "{T}がグループを退会しました",
        "{T}がグループから退会しました",
        "{T}が退会しました",
        "{T}がグループを退出しました",
        "{T}がグループから退出しました",
        "{T}が退出しました",
    ),
    ("recalled", ""): (
        "{A} unsent a message",
        "{A}已收回讯息",
        "{A}收回了讯息",
        "{A}收回讯息",
        "{A}がメッセージの送信を取り消しました",
    ),
}

SENTENCES: dict[str, tuple[Sentence, ...]] = {
    platform: tuple((event, me, sentence) for (event, me), sentences in known.items() for sentence in sentences)
    for platform, known in (("whatsapp", _WHATSAPP), ("line", _LINE))
} | {"qq": qq_notices.SENTENCES}
"""Platform → its sentences, folded as `templates` has them, the more exact before the more general."""

EVENTS: dict[str, dict[str, str]] = {
    "telegram": {
        "create_group": "invited",
        "invite_members": "invited",
        "join_group_by_link": "joined",
        "join_group_by_request": "joined",
        "remove_members": "removed",
        "edit_group_title": "renamed",
        "pin_message": "pinned",
    },
    "discord": {
        "RecipientAdd": "invited",
        "RecipientRemove": "removed",
        "GuildMemberJoin": "joined",
        "ChannelNameChange": "renamed",
        "ChannelPinnedMessage": "pinned",
    },
    "slack": {
        "channel_join": "joined",
        "group_join": "joined",
        "channel_leave": "left",
        "group_leave": "left",
        "channel_name": "renamed",
        "group_name": "renamed",
        "pinned_item": "pinned",
        "tombstone": "recalled",
    },
}
"""Platform → action → event; what is not listed is an ``other``."""

_BY_LINK = ("join_group_by_link", "join_group_by_request")
_BEGIN = '{"notice":'
_ALONE = {"invited": "joined", "removed": "left"}
_TOGETHER = {alone: together for together, alone in _ALONE.items()}
"""What one member does to another, and what it is called where a member does it alone."""


def told(action: str, actor: Person, targets: Iterable[Person] = ()) -> str:
    """The column ``extra`` of a notice that names its action."""
    notice = {"action": action, "actor": actor, "targets": list(targets)}
    return json.dumps({"notice": notice}, ensure_ascii=False, separators=(",", ":"))


def happened(extra: str, platform: str) -> tuple[str, Person, list[Person]] | None:
    """(event, actor, targets) of what `told` wrote; None: it did not write this.

    Who comes or goes without another's doing is the target, and there is no actor, as in notices of WeChat; nobody is invited by
    a link, but the actor is whose link it was.
    """
    if not extra.startswith(_BEGIN):
        return None
    notice = json.loads(extra)["notice"]
    actor, targets = tuple(notice["actor"]), [tuple(target) for target in notice["targets"]]
    event = EVENTS.get(platform, {}).get(notice["action"], "other")
    event = _TOGETHER.get(event, event)
    if event in _ALONE and [name for name, _ in targets or [actor]] == [actor[0]]:
        return _ALONE[event], (None, None), [actor]
    return "joined" if notice["action"] in _BY_LINK else event, actor, targets
