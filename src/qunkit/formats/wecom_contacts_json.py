"""What WeCom's API returns of people and groups.

The message archive (会话内容存档) holds no names; these files say who is who, a group's file also who is in it:

    {"errcode": 0, "userlist": [{"userid": "ZhangSan", "name": "张三", "alias": "jack"}]}
    {"errcode": 0, "external_contact_list": [{"external_contact": {"external_userid": "wm1", "name": "陈师傅"}, "follow_info": {"remark": "陈总"}}]}
    {"errcode": 0, "group_chat": {"chat_id": "wr1", "name": "周末徒步", "owner": "ZhangSan", "admin_list": [{"userid": "LiSi"}],
      "member_list": [{"userid": "wm1", "join_time": 1572505491, "group_nickname": "领队", "name": "陈师傅", "invitor": {"userid": "LiSi"}}]}}

So are arrays of such people read, and a plain map ``{"ZhangSan": "张三"}`` in a file with "contact" in its name.

Kept: names; of a group its name, members, roles, join times, inviters and how they joined (`join_scene`: invitation, link, QR code).

Lost: departments, positions and tags.

The file is read whole and may have 64 MiB.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qunkit.errors import UnreadableExport
from qunkit.exports import Batch, Head
from qunkit.parsing.values import as_object, as_objects
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("WeCom contacts and groups, JSON", "企业微信联系人与客户群 JSON")
HOW = Text(
    "Save what WeCom's API returns of people (`user/list`, `externalcontact/batch/get_by_user`) or of a group "
    "(`externalcontact/groupchat/get`).",
    "保存企业微信接口返回的 JSON：成员用 `user/list`，客户用 `externalcontact/batch/get_by_user`，客户群用 "
    "`externalcontact/groupchat/get`。",
)
ROSTER = True

LIMIT = 64 << 20
"""Bytes of a file that is read whole."""
TOO_LARGE = Text("it is longer than 64 MiB", "文件超过 64 MiB")
SPLIT = Text("Save it in several files.", "请拆成多个文件。")
DAMAGED = Text("it is not whole JSON", "不是完整的 JSON")
SAVE = Text("Save what the API returned again.", "请重新保存接口返回的内容。")
_LISTS = ("userlist", "external_contact_list", "external_contact", "group_chat", "group_chat_list")
_IDS = ("userid", "external_userid")
_LATEST = 4_102_444_800
_SCENES = {1: "invite", 2: "link", 3: "qr"}


def sniff(head: Head) -> bool:
    """A list of the API's, or its first person; a map of texts only under a telling name."""
    from qunkit.chat.rosters import is_contacts

    if head.text.lstrip().startswith("["):
        return head.first is not None and (is_contacts(head.first) or "external_contact" in head.first)
    listed = any(f'"{name}"' in head.text for name in _LISTS) and "errcode" in head.top
    names = (
        bool(head.top) and head.first in (None, head.top) and all(isinstance(name, str) for name in head.top.values())
    )
    return listed or (names and "contact" in head.name.lower())


def read(source: Source) -> Iterator[Batch]:
    """The people."""
    import numpy as np

    from qunkit.parsing.places import raw_batch

    try:
        members = list(_people(_loaded(source)))
    except RecursionError as error:
        raise UnreadableExport(path=source.label, why=DAMAGED, hint=SAVE) from error
    yield Batch(raw_batch(np.empty(0, np.int64)), framing=[(0, source.size)], members=members)


def _loaded(source: Source) -> Any:
    """The whole document.

    Raises:
        UnreadableExport: it is too large, or damaged.
    """
    if source.size > LIMIT:
        raise UnreadableExport(path=source.label, why=TOO_LARGE, hint=SPLIT)
    try:
        return json.loads(b"".join(block for _, block in source.blocks()).decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise UnreadableExport(path=source.label, why=DAMAGED, hint=SAVE) from error


def _people(document: Any) -> Iterator[dict[str, object]]:
    """Rows of MEMBERS from whatever the API calls them."""
    if isinstance(document, list):
        for one in as_objects(document):
            yield from _people(one)
        return
    document = as_object(document)
    if any(name in document for name in _LISTS):
        for name in _LISTS:
            if name == "group_chat":
                yield from _group(as_object(document.get(name)))
            elif name in document:
                value = document[name]
                follow = as_object(document.get("follow_info"))
                yield from _people(
                    value if isinstance(value, list) else {**as_object(value), "remark": follow.get("remark")}
                )
    elif any(name in document for name in _IDS):
        yield from _contact(document)
    elif all(isinstance(name, str) for name in document.values()):
        for member, name in document.items():
            yield from _contact({"userid": member, "name": name})


def _contact(one: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    member = next(filter(None, (_text(one.get(name)) for name in _IDS)), None)
    if member:
        names = {"nickname": "name", "remark": "remark", "account": "alias"}
        yield {"contact": True, "member_id": member, **{name: _text(one.get(said)) for name, said in names.items()}}


def _group(chat: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    """The members of a group: all of them."""
    room, admins = _text(chat.get("chat_id")), {_text(one.get("userid")) for one in as_objects(chat.get("admin_list"))}
    for one in as_objects(chat.get("member_list")):
        member, joined, scene = _text(one.get("userid")), one.get("join_time"), one.get("join_scene")
        if room and member:
            yield {
                "group_id": room,
                "group_name": _text(chat.get("name")),
                "member_id": member,
                "nickname": _text(one.get("name")),
                "group_nickname": _text(one.get("group_nickname")),
                "role": "owner" if member == _text(chat.get("owner")) else "admin" if member in admins else "member",
                "join_source": _SCENES.get(scene) if isinstance(scene, int) else None,
                "joined_at": joined * 1000 if isinstance(joined, int) and 0 < joined < _LATEST else None,
                "invited_by": _text(as_object(one.get("invitor")).get("userid")),
                "complete": True,
            }


def _text(value: Any) -> str | None:
    return (
        value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if isinstance(value, str) and value
        else None
    )
