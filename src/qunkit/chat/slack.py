"""Slack's own markup in texts, and the people and channels that an export lists beside its messages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from qunkit.chat.mentions import EVERYONE

_MARK = re.compile(r"<(?P<sign>[@#!]?)(?P<target>[^<>|\n]{1,4000})(?:\|(?P<label>[^<>\n]{0,4000}))?>")
_EVERYONE = ("channel", "here", "everyone")
_ESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def plain(text: str, names: Mapping[str, str]) -> tuple[str, list[str]]:
    """What people read of a text, and the ids of those who are called in it. `names`: id → shown name."""
    called: dict[str, None] = {}

    def word(mark: re.Match[str]) -> str:
        sign, target, label = mark["sign"], mark["target"], mark["label"]
        if sign == "@":
            called[target] = None
            return f"@{names.get(target) or label or target}"
        if sign == "!" and target in _EVERYONE:
            called[EVERYONE] = None
            return f"@{target}"
        if sign == "#":
            return f"#{label or target}"
        if sign:
            return label or target
        return f"{label} ({target})" if label and label not in target else target

    text = _MARK.sub(word, text)
    for escaped, char in _ESCAPED:
        text = text.replace(escaped, char)
    return text, list(called)


def listed(document: bytes | None) -> Iterator[Mapping[str, Any]]:
    """The objects of an array; none if it is no such document."""
    try:
        told = json.loads(document or b"")
    except (ValueError, RecursionError):
        return
    yield from (one for one in (told if isinstance(told, list) else ()) if isinstance(one, Mapping))


def shown(user: Mapping[str, Any]) -> str | None:
    """The name that a user goes by: of a record of ``users.json`` or of a message's ``user_profile``."""
    profile = user.get("profile")
    profile = profile if isinstance(profile, Mapping) else {}
    names = (profile.get("display_name"), user.get("display_name"), profile.get("real_name"), user.get("real_name"))
    return next((name for name in (*names, user.get("name")) if isinstance(name, str) and name), None)
