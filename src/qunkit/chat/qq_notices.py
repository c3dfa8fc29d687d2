"""Sentences with which QQ reports events in a group, written as in `templates`: names stand between blanks or nothing.

    小王 加入了群聊            joined       target 小王
    阿岚将小王移出了群聊       removed      actor 阿岚, target 小王
    阿岚 戳了戳 小王           patted       actor 阿岚, target 小王

A sentence can often be cut in several ways; known names decide, then the order here.
"""

from __future__ import annotations

from typing import Literal

SENTENCES: tuple[tuple[str, Literal["", "actor", "target"], str], ...] = (
    ("invited", "", "{A}邀请{T}{join}"),
    ("invited", "", "{A}邀请{T}加入了本群"),
    ("invited", "", "{A}邀请{T}加入本群"),
    ("joined_qr", "", "{T}通过扫描{A}分享的二维码{join}"),
    ("joined_qr", "", "{T}通过扫描{A}分享的二维码加入本群"),
    ("joined", "", "{T}{join}"),
    ("joined", "", "{T}加入了本群"),
    ("joined", "", "{T}加入本群"),
    ("removed", "", "{A}将{T}{out}"),
    ("removed", "", "{A}将{T}移出了本群"),
    ("removed", "", "{A}将{T}移出本群"),
    ("removed", "", "{T}被{A}{out}"),
    ("removed", "", "{T}被{A}移出了本群"),
    ("removed", "", "{T}被{A}移出本群"),
    ("removed", "", "{T}被{out}"),
    ("removed", "", "{T}被移出本群"),
    ("left", "", "{T}退出了群聊"),
    ("left", "", "{T}退出群聊"),
    ("left", "", "{T}退出了本群"),
    ("left", "", "{T}已退出本群"),
    ("left", "", "{T}退出本群"),
    ("dissolved", "", "{A}解散了本群"),
    ("dissolved", "", "该群已被解散"),
    ("dissolved", "", "本群已被解散"),
    ("renamed", "", '{A}修改{name}为"{_}"'),
    ("renamed", "", '{A}将{name}修改为"{_}"'),
    ("renamed", "", "{name}已修改为{_}"),
    ("owner_changed", "", "{A}已将本群转让给{T}"),
    ("owner_changed", "", "{A}已将群主转让给{T}"),
    ("owner_changed", "", "{A}将群主转让给{T}"),
    ("owner_changed", "", "{T}已成为新群主"),
    ("owner_changed", "", "{T}成为新群主"),
    ("recalled", "", "{A}撤回了{T}的一条消息"),
    ("recalled", "", "{A}撤回了{T}的消息"),
    ("recalled", "", "{A}{recall}，{_}"),
    ("recalled", "", "{A}{recall}"),
    ("patted", "", "{A}戳了戳自己{_}"),
    ("patted", "", "{A}拍了拍自己{_}"),
    ("patted", "", "{A}戳了戳{T}"),
    ("patted", "", "{A}拍了拍{T}"),
    ("red_packet_taken", "", "{A}领取了{T}的红包，{_}"),
    ("red_packet_taken", "", "{A}领取了{T}的红包"),
    ("announced", "", "{A}发布了群公告{_}"),
    # there is no event for these, but who did it to whom is known
    ("other", "", "{A}取消了{T}的管理员身份"),
    ("other", "", "{A}将{T}设为管理员"),
    ("other", "", "{A}将{T}设置为管理员"),
    ("other", "", "{T}被{A}设为管理员"),
    ("other", "", "{T}已被设为管理员"),
    ("other", "", "{T}已成为管理员"),
    ("other", "", "{T}成为了管理员"),
    ("other", "", "{T}被{A}解除禁言"),
    ("other", "", "{T}被{A}禁言{_}"),
)
