"""Sentences with which WeChat (and QQ) report events in a group, in Chinese and English; `other_notices` has those of others.

    "凯文"邀请"小刘、甲"加入了群聊        invited      actor 凯文, targets 小刘 and 甲
    " 甲"通过扫描"凯文"分享的二维码加入群聊  joined_qr    actor 凯文 (whose code it was), target 甲

``{A}`` is the actor, ``{T}`` the target or targets, ``{_}`` anything. For events of membership the target is the member
who comes, goes or rises; the actor is who caused it. Templates are written folded (see `fold`): simplified characters,
straight quotes, small Latin letters, no mark at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice, product

from qunkit.chat.other_notices import SENTENCES, Me

Span = tuple[int, int]

_TRADITIONAL = "並請過掃維碼領紅條將離組員為關係隱於與裡們發啟確認復預設訊則親進還參開與龍"
_SIMPLIFIED = "并请过扫维码领红条将离组员为关系隐于与里们发启确认复预设讯则亲进还参开与龙"
_QUOTES = "“”„‟＂「」『』"
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FOLD = str.maketrans(
    _TRADITIONAL + _QUOTES + _UPPER + "\u00a0\u3000,’",
    _SIMPLIFIED + '"' * len(_QUOTES) + _UPPER.lower() + "  ，'",
)
WECHAT = "wechat"
_TRIES = 64
"""Ways of cutting one sentence by one template that are looked at."""

_WORDS = {
    "join": ("加入了群聊", "加入群聊", "加入了群组", "加入群组", "加入了群组聊天", "加入群组聊天"),
    "out": ("移出了群聊", "移出群聊", "移出了群组", "移出群组"),
    "recall": ("撤回了一条消息", "撤回了一条讯息", "收回了一则讯息", "收回了一条讯息", "撤回了一则讯息"),
    "name": ("群名", "群名称", "群组名称", "群聊名称"),
    "group": ("the group chat", "group chat"),
    "s": ("", " "),
}

_TEMPLATES: tuple[tuple[str, Me, str], ...] = (
    ("invited", "", '"{A}"邀请"{T}"{join}'),
    ("invited", "actor", '你邀请"{T}"{join}'),
    ("invited", "target", '"{A}"邀请你和"{T}"{join}，群聊参与人还有：{_}'),
    ("invited", "target", '"{A}"邀请你和"{T}"{join}'),
    ("invited", "target", '"{A}"邀请你{join}，群聊参与人还有：{_}'),
    ("invited", "target", '"{A}"邀请你{join}'),
    ("invited", "", "{A}邀请{T}加入了本群"),
    ("invited", "actor", "you invited {T} to {group}"),
    ("invited", "target", "{A} invited you and {T} to {group}"),
    ("invited", "target", "{A} invited you to a group chat with {_}"),
    ("invited", "target", "{A} invited you to {group}"),
    ("invited", "", "{A} invited {T} to {group}"),
    ("joined_qr", "", '"{T}"通过扫描"{A}"分享的二维码{join}'),
    ("joined_qr", "actor", '"{T}"通过扫描你分享的二维码{join}'),
    ("joined_qr", "", '"{T}"通过"{A}"的邀请二维码{join}'),
    ("joined_qr", "actor", '"{T}"通过你的邀请二维码{join}'),
    ("joined_qr", "target", '你通过扫描"{A}"分享的二维码{join}，{_}'),
    ("joined_qr", "target", '你通过扫描"{A}"分享的二维码{join}'),
    ("joined_qr", "target", "你通过扫描二维码{join}，{_}"),
    ("joined_qr", "target", "你通过扫描二维码{join}"),
    ("joined_qr", "", '"{T}"通过扫描二维码{join}'),
    ("joined_qr", "", "{T} joined {group} via the qr code shared by {A}"),
    ("joined_qr", "actor", "{T} joined {group} via the qr code you shared"),
    ("joined", "", "{T}通过游戏中心{join}"),
    ("joined", "", '"{T}"{join}'),
    ("joined", "", "{T}加入了本群"),
    ("joined", "", "{T}加入本群"),
    ("stranger_notice", "", '"{T}"与群里其他人都不是微信朋友关系，{_}'),
    ("stranger_notice", "", '"{T}"{_}with anyone else in this group chat{_}'),
    ("removed", "actor", '你将"{T}"{out}'),
    ("removed", "", '"{A}"将"{T}"{out}'),
    ("removed", "target", '你被"{A}"{out}'),
    ("removed", "actor", "you removed {T} from {group}"),
    ("removed", "target", "you were removed from {group} by {A}"),
    ("removed", "", "{A} removed {T} from {group}"),
    ("left", "", '"{T}"退出了群聊'),
    ("left", "", "{T}退出了本群"),
    ("left", "", "{T}已退出本群"),
    ("left", "", "{T} left {group}"),
    ("dissolved", "", '群主"{A}"已解散该群聊'),
    ("dissolved", "actor", "你已解散该群聊"),
    ("renamed", "", '"{A}"修改{name}为"{_}"'),
    ("renamed", "actor", '你修改{name}为"{_}"'),
    ("renamed", "actor", 'you changed the group name to "{_}"'),
    ("renamed", "", '{A} changed the group name to "{_}"'),
    ("owner_changed", "", '"{T}"已成为新群主'),
    ("owner_changed", "target", "你已成为新群主"),
    ("confirm_mode", "", '群主已启用"群聊邀请确认"{_}'),
    ("confirm_mode", "", "群主已恢复默认进群方式{_}"),
    ("confirm_mode", "actor", '你已启用"群聊邀请确认"{_}'),
    ("confirm_mode", "actor", "你已恢复默认进群方式{_}"),
    ("recalled", "", '"{A}"{s}{recall}'),
    ("recalled", "actor", "你{recall}"),
    ("recalled", "actor", "you recalled a message"),
    ("recalled", "", "{A} recalled a message"),
    ("recalled", "", "{A} {recall}"),
    ("patted", "", '"{A}"{s}拍了拍自己{_}'),
    ("patted", "actor", "我拍了拍自己{_}"),
    ("patted", "target", '"{A}"{s}拍了拍我{_}'),
    ("patted", "actor", '我拍了拍{s}"{T}"{_}'),
    ("patted", "actor", '你拍了拍{s}"{T}"{_}'),
    ("patted", "", '"{A}"{s}拍了拍{s}"{T}"{_}'),
    ("patted", "actor", 'i tickled "{T}"{_}'),
    ("patted", "", '"{A}" tickled "{T}"{_}'),
    ("red_packet_taken", "actor", "你领取了{T}的红包"),
    ("red_packet_taken", "target", "{A}领取了你的红包，{_}"),
    ("red_packet_taken", "target", "{A}领取了你的红包"),
    ("red_packet_taken", "", "{A}领取了{T}的红包"),
    ("red_packet_sent", "", "发出红包，请在手机上查看"),
)


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence cut at its slots: ``literals[i]`` stands before ``slots[i]``, the last literal ends the sentence."""

    rank: int
    """Place in the table: the more exact before the more general."""
    event: str
    me: Me
    literals: tuple[str, ...]
    slots: tuple[str, ...]
    inner: str
    """The longest literal between slots, which most sentences lack."""

    @property
    def quoted(self) -> frozenset[str]:
        """Slots between quotes: what stands there is a name, also if it is 你."""
        return frozenset(slot for slot, before in zip(self.slots, self.literals, strict=False) if before.endswith('"'))

    def cuts(self, folded: str) -> Iterator[dict[str, Span]]:
        """Every way (at most 64, leftmost first) in which `folded` is this sentence: slot → where it stands.

        `folded` begins with the first literal and ends with the last.
        """
        first, last = self.literals[0], self.literals[-1]
        if not self.slots:
            if folded == first:
                yield {}
            return
        end = len(folded) - len(last)
        for spans in islice(self._place(folded, 0, len(first), end), _TRIES):
            if all(self._fits(folded, number, span) for number, span in enumerate(spans)):
                yield dict(zip(self.slots, spans, strict=True))

    def _place(self, folded: str, number: int, start: int, end: int) -> Iterator[tuple[Span, ...]]:
        """Places for the slots from `number` on, between `start` and `end`."""
        if number == len(self.slots) - 1:
            if start <= end:
                yield ((start, end),)
            return
        literal = self.literals[number + 1]
        found = folded.find(literal, start, end)
        while found >= 0:
            for rest in self._place(folded, number + 1, found + len(literal), end):
                yield ((start, found), *rest)
            found = folded.find(literal, found + 1, end)

    def _fits(self, folded: str, number: int, span: Span) -> bool:
        """A name is one line; only between quotes may it be empty (an exporter did not fill the template)."""
        if self.slots[number].startswith("_"):
            return True
        return (self.literals[number].endswith('"') or span[0] < span[1]) and "\n" not in folded[span[0] : span[1]]


def fold(text: str) -> str:
    """`text` with each character replaced by the one that templates use; the same length."""
    return text.translate(_FOLD)


@cache
def templates(platform: str) -> tuple[tuple[str, tuple[tuple[str, tuple[Template, ...]], ...]], ...]:
    """Every template of a platform with its variants written out, by how they begin and then by how they end."""
    groups: dict[str, dict[str, list[Template]]] = {}
    known = SENTENCES.get(platform, _TEMPLATES)
    variants = [(event, me, variant) for event, me, text in known for variant in _variants(text)]
    for rank, (event, me, variant) in enumerate(variants):
        template = _compiled(rank, event, me, variant)
        groups.setdefault(template.literals[0], {}).setdefault(template.literals[-1], []).append(template)
    return tuple((start, tuple((end, tuple(fit)) for end, fit in ends.items())) for start, ends in groups.items())


@lru_cache(maxsize=1 << 10)
def _ending(platform: str, last: str) -> tuple[tuple[str, tuple[tuple[str, tuple[Template, ...]], ...]], ...]:
    """… those that can end with this character."""
    fitting = (
        (start, tuple((end, known) for end, known in ends if not end or end[-1] == last))
        for start, ends in templates(platform)
    )
    return tuple((start, ends) for start, ends in fitting if ends)


def cuts(folded: str, platform: str = WECHAT) -> Iterator[tuple[Template, dict[str, Span]]]:
    """Every reading of a folded sentence by every template of the platform."""
    for start, ends in _ending(platform if platform in SENTENCES else WECHAT, folded[-1:]):
        if folded.startswith(start):
            for end, known in ends:
                if folded.endswith(end):
                    for template in known:
                        if template.inner in folded:
                            for spans in template.cuts(folded):
                                yield template, spans


def _variants(text: str) -> Iterator[str]:
    """`text` with each ``{word}`` replaced by each of its forms."""
    parts = re.split(r"\{([a-z]+)\}", text)
    choices = [_WORDS[part] if number % 2 else (part,) for number, part in enumerate(parts)]
    return ("".join(choice) for choice in product(*choices))


def _compiled(rank: int, event: str, me: Me, text: str) -> Template:
    parts = re.split(r"\{([AT_])\}", text)
    slots = tuple(f"_{number}" if slot == "_" else slot for number, slot in enumerate(parts[1::2]))
    literals = tuple(parts[0::2])
    return Template(rank, event, me, literals, slots, max(literals[1:-1], key=len, default=""))
