"""Notices that come as XML: who did what with ids, and the sentence that people saw.

    <sysmsg type="sysmsgtemplate">…<template>"$username$"邀请"$names$"加入了群聊</template>
      <link_list><link name="names"><memberlist><member><username>wxid_a</username><nickname>甲</nickname>…
    <sysmsg type="delchatroommember"><delchatroommember><plain>你邀请"甲"加入了群聊</plain><link><memberlist>…
    <sysmsg type="revokemsg"><revokemsg><replacemsg>"甲" 撤回了一条消息</replacemsg>…
    <sysmsg type="pat"><pat><fromusername>…</fromusername><template>"${wxid_a}" 拍了拍 "${wxid_b}"</template>…

A template is read before its names are filled in, so that no name can change what it says.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

from qunkit.chat.markup import Tree, branch, children, leaf, xml_tree
from qunkit.chat.notices import ME, Notice, Pair, assembled, from_sentence, reading, trimmed
from qunkit.chat.people import People

_VARIABLE = re.compile(r"\$(\w{1,64})\$")
_PATTED = re.compile(r"\$\{([^{}]{1,128})\}")
_TAG = re.compile(r"</?[A-Za-z_][^<>]{0,2000}>")
_SENTENCES = ("replacemsg", "plain", "text", "content", "title")
_EVENTS = {"mmchatroomtopmsg": "pinned", "mmchatroombarannouncememt": "announced"}


def from_document(text: str, people: People) -> Notice | None:
    """The notice of an XML text, also behind ``room@chatroom:\\n``; None if the text is no such document.

    Sentences that merely hold markup (links, pictures of a red packet) are read without it.
    """
    tree = xml_tree(text)
    card = branch(tree, "msg", "appmsg")
    if leaf(card, "patinfo", "pattedusername"):
        return _pat_card(card, people)
    if tree is None or "sysmsg" not in tree:
        return _marked_up(text, people)
    system = branch(tree, "sysmsg")
    kind = leaf(system, "@type")
    body = branch(system, kind) or system
    template = branch(body, "content_template")
    if leaf(template, "template"):
        return _templated(template, people)
    if leaf(body, "pattedusername"):
        return _pat(body, leaf(body, "template"), people)
    return _plain(kind, body, people)


def _pat(pat: Tree, sentence: str, people: People) -> Notice:
    """A pat between two ids. The sentence may name them ``${id}``."""
    text = _PATTED.sub(lambda match: people.name_of(match[1]) or match[1], sentence)
    actor, target = leaf(pat, "fromusername") or None, leaf(pat, "pattedusername")
    return Notice("patted", people.name_of(actor or ""), actor, (people.name_of(target),), (target,), text)


def _pat_card(card: Tree, people: People) -> Notice:
    """A pat as WeChat 4 keeps it: a card whose title is the sentence."""
    found = _pat(branch(card, "patinfo"), leaf(card, "title"), people)
    said = from_sentence(found.text or "", people)
    if said is None or said.event != "patted":
        return found
    return replace(found, actor_name=said.actor_name or found.actor_name, target_names=said.target_names)


def _templated(template: Tree, people: People) -> Notice:
    """A template with lists of members for its variables."""
    sentence = leaf(template, "template")
    links = {leaf(link, "@name"): link for link in children(template, "link_list", "link")}
    shown, _ = trimmed(_VARIABLE.sub(lambda match: _said(match[0], links.get(match[1])), sentence))
    found = reading(sentence, people)
    if found is None:
        return Notice("other", text=shown)
    form, slots = found
    actors = _members(slots["A"], links) if "A" in slots else []
    targets = _members(slots["T"], links) if "T" in slots else []
    return assembled(form, actors, targets, shown)


def _said(variable: str, link: object) -> str:
    """What a variable says: its members' names, or a button's title; hidden buttons say nothing."""
    if not isinstance(link, dict):
        return variable
    if leaf(link, "@hidden") == "1":
        return ""
    names = [leaf(member, "nickname") or leaf(member, "username") for member in _member_nodes(link)]
    return (leaf(link, "separator") or "、").join(names) if names else leaf(link, "title") or variable


def _members(slot: str, links: dict[str, object]) -> list[Pair]:
    """(name, id) of everyone in a slot such as ``$names$``; one unknown member where the template is not filled."""
    nodes = [node for name in _VARIABLE.findall(slot) for node in _member_nodes(links.get(name))]
    pairs: list[Pair] = [(leaf(node, "nickname") or None, leaf(node, "username") or None) for node in nodes]
    return pairs or [(None, None)]


def _member_nodes(link: object) -> list[object]:
    return children(link, "memberlist", "member")


def _plain(kind: str, body: Tree, people: People) -> Notice:
    """A sentence of its own, and sometimes ids beside it."""
    sentence = next((text for name in _SENTENCES if (text := leaf(body, name))), "")
    notice = from_sentence(sentence, people) or Notice(_EVENTS.get(kind, "other"), text=trimmed(sentence)[0])
    if notice.event == "other" and kind == "revokemsg":
        notice = replace(notice, event="recalled")
    ids = [str(found) for found in children(body, "link", "memberlist", "username") if found]
    if not ids or not notice.target_ids:
        return notice
    names = _as_many([name for name in notice.target_names if name], len(ids))
    if ME in notice.target_ids:
        names, ids = (None, *names), [ME, *ids]
    return replace(notice, target_names=names, target_ids=tuple(ids))


def _as_many(names: list[str], count: int) -> tuple[str | None, ...]:
    """The names that go with `count` ids; unknown where the sentence cannot be cut into as many."""
    parts = names if len(names) == count else "、".join(names).split("、")
    return tuple(parts) if len(parts) == count else (None,) * count


def _marked_up(text: str, people: People) -> Notice | None:
    """A plain sentence with tags in it."""
    sentence = unescape(_TAG.sub("", text))
    return from_sentence(sentence, people) if sentence != text else None
