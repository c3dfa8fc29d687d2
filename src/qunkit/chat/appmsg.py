"""What a message's own XML says: cards, quotes, forwards, media, as one value.

    <msg><appmsg><title>有</title><type>57</type><refermsg><svrid>2793</svrid>…</refermsg></appmsg></msg>

`from_xml` reads that text, `from_repr` the Python literal that MemoTrace 3 writes for types it does not know, and
`from_tree` a tree already parsed. None of them raises.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from qunkit.chat.kinds import wechat_kind
from qunkit.chat.markup import Tree, branch, children, leaf, repr_tree, xml_tree
from qunkit.schema import KINDS

_CARD = 49
_NUMBER = re.compile(r"\d{1,15}", re.ASCII)
_RECORDS = {
    "2": "image",
    "4": "video",
    "6": "location",
    "8": "file",
    "22": "channels",
    "23": "channels",
    "37": "sticker",
}
_MEDIA = {"img": "image", "voicemsg": "voice", "videomsg": "video", "emoji": "sticker"}


@dataclass(frozen=True, slots=True)
class Refer:
    """A quoted message: its native id, sender, the sender's name as the quoter sees it, its text as people see it."""

    svrid: str = ""
    chatusr: str = ""
    displayname: str = ""
    content: str = ""
    createtime: int | None = None
    """Seconds since 1970 UTC."""
    type: int = 0


@dataclass(frozen=True, slots=True)
class AppMsg:
    """What one message's XML says. Empty where it says nothing."""

    kind: str
    type: int = 0
    """Sub type of a card; 0 for anything else."""
    title: str = ""
    des: str = ""
    url: str = ""
    text: str = ""
    """What people read: the canonical text of the kind."""
    announcement: str = ""
    refer: Refer | None = None
    records: tuple[str, ...] = ()
    """Lines of a forwarded chat record: ``time name: text``."""
    label: str = ""
    poi: str = ""
    nickname: str = ""
    voice_ms: int | None = None
    fee: str = ""
    memo: str = ""
    pat: tuple[str, str] | None = None
    """Ids of who patted and who was patted."""
    more: Mapping[str, str] = field(default_factory=dict)
    """What else is worth keeping, for `extra`: description, memo, md5, duration, …"""


def from_xml(text: str) -> AppMsg | None:
    """The message of an XML text (≤ 1 MiB, no document type), also behind ``sender:\\n``; None if it is none."""
    return from_tree(xml_tree(text))


def from_repr(text: str) -> AppMsg | None:
    """The message of ``<64-bit type>\\n<repr of a dict>`` (MemoTrace 3); None if the text is not that."""
    return from_tree(repr_tree(text))


def from_tree(tree: Tree | None) -> AppMsg | None:
    """The message of a tree as `markup.xml_tree` builds it (the same as exporters' ``xml_dict``)."""
    return _message(tree, quoted=False) if tree else None


def forwarded(title: str, items: Sequence[Mapping[str, object]]) -> str:
    """The text of a forwarded chat record, from its title and the members of its ``dataitem`` elements, ``@datatype`` and so on."""
    return "\n".join((title, *map(_record_line, items))).strip()


def _message(tree: Tree, *, quoted: bool) -> AppMsg | None:
    """The message of `tree`; of a quoted one, its own quote is left out: they can be nested without end."""
    if "voipmsg" in tree:
        return AppMsg("call", text=_call(branch(tree, "voipmsg")))
    message = branch(tree, "msg")
    if "appmsg" in message:
        return _card(branch(message, "appmsg"), quoted=quoted)
    if "location" in message:
        return _location(branch(message, "location"))
    if "@nickname" in message:
        return _contact(message)
    return next((_media(kind, branch(message, name)) for name, kind in _MEDIA.items() if name in message), None)


def _card(card: Tree, *, quoted: bool) -> AppMsg:
    number = _number(leaf(card, "type")) or 0
    kind = wechat_kind(_CARD, number)
    title, url = leaf(card, "title"), leaf(card, "url")
    pat = branch(card, "patinfo")
    found = AppMsg(
        kind=kind,
        type=number,
        title=title,
        des=leaf(card, "des"),
        url=url,
        announcement=leaf(card, "textannouncement"),
        refer=None if quoted else _refer(branch(card, "refermsg")),
        records=tuple(_record_lines(card)),
        fee=leaf(card, "wcpayinfo", "feedesc"),
        memo=leaf(card, "wcpayinfo", "pay_memo"),
        pat=(leaf(pat, "fromusername"), leaf(pat, "pattedusername")) if pat else None,
    )
    return replace(found, text=_card_text(found, card), more=_card_more(found, card))


def _card_text(found: AppMsg, card: Tree) -> str:
    """The canonical text of a card."""
    if found.kind in ("link", "music", "live"):
        return "\n".join(filter(None, (found.title, found.url)))
    if found.kind == "forward":
        return "\n".join((found.title, *found.records)).strip()
    special = {
        "announcement": found.announcement,
        "channels": leaf(card, "finderFeed", "desc") or leaf(card, "finderFeed", "nickname"),
        "transfer": found.fee,
        "red_packet": leaf(card, "wcpayinfo", "sendertitle") or leaf(card, "wcpayinfo", "receivertitle"),
    }
    return special.get(found.kind) or found.title


def _card_more(found: AppMsg, card: Tree) -> dict[str, str]:
    """What a card says beyond its text."""
    app = leaf(card, "sourcedisplayname")
    more = {
        "description": "" if found.kind in ("forward", "transfer") else found.des,
        "memo": found.memo,
        "md5": leaf(card, "md5"),
        "bytes": leaf(card, "appattach", "totallen"),
        "app": app,
        "author": leaf(card, "finderFeed", "nickname"),
        "url": found.url if found.kind in ("miniprogram", "channels") else "",
    }
    return {key: value for key, value in more.items() if value}


def _refer(refer: Tree) -> Refer | None:
    if not refer:
        return None
    svrid = leaf(refer, "svrid")
    return Refer(
        svrid="" if svrid == "0" else svrid,
        chatusr=leaf(refer, "chatusr") or leaf(refer, "fromusr"),
        displayname=leaf(refer, "displayname"),
        content=_shown(leaf(refer, "content")),
        createtime=_number(leaf(refer, "createtime")),
        type=_number(leaf(refer, "type")) or 0,
    )


def _shown(content: str) -> str:
    """A quoted message as people see it: its text, or ``[图片]`` and the like."""
    tree = xml_tree(content) if content.startswith("<") else None
    inner = _message(tree, quoted=True) if tree else None
    if inner is None:
        return content
    return inner.text or f"[{KINDS[inner.kind].zh}]"


def _record_lines(card: Tree) -> list[str]:
    """The lines of a forwarded chat record, without what is nested deeper."""
    record = leaf(card, "recorditem")
    tree: object = xml_tree(record) if record else branch(card, "recorditem")
    return [_record_line(item) for item in children(tree, "recordinfo", "datalist", "dataitem")]


def _record_line(item: object) -> str:
    kind = _RECORDS.get(leaf(item, "@datatype"))
    words = leaf(item, "datadesc") or leaf(item, "datatitle")
    shown = words if words or kind is None else f"[{KINDS[kind].zh}]"
    name, time = leaf(item, "sourcename"), leaf(item, "sourcetime")
    return f"{time} {name}: {shown}".strip()


def _call(call: Tree) -> str:
    return next((text for name in call if (text := leaf(call, name, "msg"))), "")


def _location(place: Tree) -> AppMsg:
    label, poi = leaf(place, "@label"), leaf(place, "@poiname")
    more = {"label": label if poi else "", "x": leaf(place, "@x"), "y": leaf(place, "@y")}
    return AppMsg("location", text=poi or label, label=label, poi=poi, more=_said(more))


def _contact(card: Tree) -> AppMsg:
    nickname = leaf(card, "@nickname")
    more = {"username": leaf(card, "@username"), "account": leaf(card, "@alias")}
    return AppMsg("contact_card", text=nickname, nickname=nickname, more=_said(more))


def _media(kind: str, media: Tree) -> AppMsg:
    voice = _number(leaf(media, "@voicelength"))
    more = {
        "md5": leaf(media, "@md5"),
        "milliseconds": str(voice) if voice else "",
        "seconds": leaf(media, "@playlength"),
        "description": leaf(media, "@desc"),
    }
    return AppMsg(kind, voice_ms=voice, more=_said(more))


def _said(facts: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in facts.items() if value}


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None
