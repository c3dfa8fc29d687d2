"""Who is who in PyWxDump: `users.json` and the `local_user_list` of its `data.js`."""

from __future__ import annotations

from collections.abc import Mapping

from qunkit.parsing.values import as_text

_GROUP, _PUBLIC = "@chatroom", "gh_"


def members(users: Mapping[str, object]) -> list[dict[str, object]]:
    """Rows of MEMBERS: the people as contacts, for a nickname is theirs in every group; and the members of groups that tell them."""
    rows: list[dict[str, object]] = []
    for user, told in users.items():
        about = told if isinstance(told, Mapping) else {}
        if user.endswith(_GROUP):
            rows += _of_group(user, about)
        elif user and not user.startswith(_PUBLIC):
            names = {name: as_text(about.get(name)) for name in ("nickname", "remark", "account")}
            rows.append({"contact": True, "member_id": user, **names})
    return rows


def groups(users: Mapping[str, object]) -> dict[str, str]:
    """Names of groups by id: a group whose members are not listed has no row of them that could tell it."""
    told = {room: as_text(about.get("nickname")) for room, about in users.items() if isinstance(about, Mapping)}
    return {room: name for room, name in told.items() if name and room.endswith(_GROUP)}


def _of_group(room: str, about: Mapping[str, object]) -> list[dict[str, object]]:
    extra = about.get("extra")
    extra = extra if isinstance(extra, Mapping) else {}
    group, owner = {"group_id": room, "group_name": as_text(about.get("nickname"))}, as_text(extra.get("owner"))
    listed = extra.get("wxid2userinfo")
    listed = listed if isinstance(listed, Mapping) else {}
    cards = {one: as_text(info.get("roomNickname")) for one, info in listed.items() if isinstance(info, Mapping)}
    if owner:
        cards.setdefault(owner, None)
    return [
        {**group, "member_id": one, "group_nickname": card, "role": "owner" if one == owner else None}
        for one, card in cards.items()
        if one
    ]
