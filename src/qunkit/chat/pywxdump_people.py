"""Who is who in PyWxDump: `users.json` and the `local_user_list` of its `data.js`."""

from __future__ import annotations

from collections.abc import Mapping

_GROUP, _PUBLIC = "@chatroom", "gh_"


def members(users: Mapping[str, object]) -> list[dict[str, object]]:
    """Rows of MEMBERS: the people as contacts, for a nickname is theirs in every group; and the members of groups that tell them."""
    rows: list[dict[str, object]] = []
    for user, told in users.items():
        about = told if isinstance(told, Mapping) else {}
        if user.endswith(_GROUP):
            rows += _of_group(user, about)
        elif user and not user.startswith(_PUBLIC):
            names = {name: _text(about.get(name)) for name in ("nickname", "remark", "account")}
            rows.append({"contact": True, "member_id": user, **names})
    return rows


def _of_group(room: str, about: Mapping[str, object]) -> list[dict[str, object]]:
    extra = about.get("extra")
    extra = extra if isinstance(extra, Mapping) else {}
    group, owner = {"group_id": room, "group_name": _text(about.get("nickname"))}, _text(extra.get("owner"))
    listed = extra.get("wxid2userinfo")
    listed = listed if isinstance(listed, Mapping) else {}
    cards = {one: _text(info.get("roomNickname")) for one, info in listed.items() if isinstance(info, Mapping)}
    if owner:
        cards.setdefault(owner, None)
    return [
        {**group, "member_id": one, "group_nickname": card, "role": "owner" if one == owner else None}
        for one, card in cards.items()
        if one
    ]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
