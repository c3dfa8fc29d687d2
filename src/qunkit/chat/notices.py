"""System notices: what happened, who did it and to whom, from the sentence or from its XML.

    "凯文"邀请"小刘🍉、新人:甲"加入了群聊   →  invited, by 凯文, of 小刘🍉 and 新人:甲

Names are hostile: they hold quotes, separators and whole sentences. Where a sentence can be cut in several ways, the one
with the most known names wins; an enumeration is taken apart only if every part is a known name. What looks like one and cannot be taken apart is nobody's name (`told_apart`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from qunkit.chat.other_notices import happened
from qunkit.chat.people import People
from qunkit.chat.templates import WECHAT, Span, Template, cuts, fold

ME = "me"
"""Id of the exporting account where its own id is not known yet."""

_LONGEST = 20_000
_TAIL = re.compile(r"(?<!\s)(?:\s++(?:撤[销銷]|\$revoke\$|Undo)|\s*+重新[编編][辑輯])$")
_SHARED = re.compile(r"，并分享了[^，]{0,40}$")
_UNFILLED = re.compile(r"\$\w{1,32}\$|\$\{\w{1,32}\}")
_WITH_ID = re.compile(r"(?P<name>[^\n]*)\((?P<id>[A-Za-z][-_A-Za-z0-9]{4,63}|\d{5,25}@openim)\)")
_WITH_NUMBER = re.compile(r"(?P<name>[^\n]*)\((?P<id>[1-9]\d{4,11})\)", re.ASCII)
_SURE_ID = re.compile(r"wxid_|\d+@openim$|\d+$", re.ASCII)
_MYSELF = frozenset({"你", "您", "我", "自己", "you", "me", "あなた"})
_DOCUMENT = re.compile(r"\s*(?:[\w.@-]{1,128}:\n\s*)?<(?:sysmsg|revokemsg)\b", re.ASCII)
_QUOTES = '"“”＂「」『』'
_NOBODY = People()
_OF_SEVERAL = frozenset({"invited", "removed"})
_SEPARATORS = ("、", ", ")

Pair = tuple[str | None, str | None]
"""Name and id of a member."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice says. A name or id is None where the export did not keep it."""

    event: str
    actor_name: str | None = None
    actor_id: str | None = None
    target_names: tuple[str | None, ...] = ()
    target_ids: tuple[str | None, ...] = ()
    text: str | None = None
    """The readable sentence."""


def looks_like_notice(text: str, platform: str = WECHAT) -> bool:
    """Whether `text` as a whole is one of the sentences or documents with which the chat program reports events."""
    _, body = trimmed(text)
    return _DOCUMENT.match(text) is not None or next(cuts(fold(body), platform), None) is not None


def from_sentence(text: str, people: People = _NOBODY, platform: str = WECHAT) -> Notice | None:
    """The notice of a plain sentence; None if no template of the platform fits. `people` decides between several readings."""
    found = reading(text, people, platform)
    if found is None:
        return None
    form, slots = found
    shown, _ = trimmed(text)
    names = [("A", slots["A"])] if "A" in slots else []
    with_id = _WITH_NUMBER if platform == "qq" else _WITH_ID
    names += [("T", name) for name in _enumerated(slots["T"], people, with_id)] if "T" in slots else []
    found_ids = _ids_behind([name for _, name in names], people, with_id)
    pairs = [_pair(name, match, slot in form.quoted) for (slot, name), match in zip(names, found_ids, strict=True)]
    for match in filter(None, found_ids):
        shown = shown.replace(match[0], match["name"].strip(), 1)
    actors = pairs[:1] if "A" in slots else []
    return assembled(form, actors, pairs[len(actors) :], shown)


def from_action(extra: str, platform: str) -> Notice | None:
    """The notice of a record that names its action (see `other_notices`); None if it names none."""
    found = happened(extra, platform)
    if found is None:
        return None
    event, actor, targets = found
    names, ids = zip(*targets, strict=True) if targets else ((), ())
    return Notice(event, *actor, names, ids)


def told_apart(notice: Notice, people: People) -> Notice:
    """The notice, without a name of several that stands for them all: who they are is not known then, nor how many. A known name may hold a separator."""
    if notice.event not in _OF_SEVERAL:
        return notice
    targets = zip(notice.target_names, notice.target_ids, strict=True)
    names = [None if id_ is None and name and _is_enumeration(name, people) else name for name, id_ in targets]
    return replace(notice, target_names=tuple(names))


def _is_enumeration(name: str, people: People) -> bool:
    return any(separator in name for separator in _SEPARATORS) and not people.knows(name)


def reading(text: str, people: People = _NOBODY, platform: str = WECHAT) -> tuple[Template, dict[str, str]] | None:
    """The template that fits a sentence best, and what stands in its slots."""
    _, body = trimmed(text)
    best = _best(body, people, platform)
    if best is None:
        return None
    template, spans = best
    return template, {slot: body[start:end].strip() for slot, (start, end) in spans.items()}


def assembled(template: Template, actors: list[Pair], targets: list[Pair], text: str) -> Notice:
    """The notice of a template whose slots hold these members, (name, id) each."""
    me: Pair = (None, ME)
    actor = me if template.me == "actor" else (actors or [(None, None)])[0]
    if template.me == "target":
        targets = [me, *targets]
    elif template.event == "patted" and not targets:
        targets = [actor]
    names, ids = zip(*targets, strict=True) if targets else ((), ())
    return Notice(template.event, actor[0], actor[1], names, ids, text)


def trimmed(text: str) -> tuple[str, str]:
    """The sentence without buttons behind it, and that without its last mark and what was shared."""
    if len(text) > _LONGEST:
        return text, ""
    shown = text.strip()
    while tail := _TAIL.search(shown):
        shown = shown[: tail.start()].rstrip()
    body = shown.rstrip(" .。")
    shared = _SHARED.search(fold(body))
    return shown, body[: shared.start()] if shared else body


def _best(body: str, people: People, platform: str) -> tuple[Template, dict[str, Span]] | None:
    """The reading with the largest share of known names; of equals the first."""
    readings = list(cuts(fold(body), platform))
    if len(readings) < 2:
        return readings[0] if readings else None
    return min(readings, key=lambda reading: (-_known(body, reading[1], people), reading[0].rank))


def _known(body: str, spans: dict[str, Span], people: People) -> float:
    names = [body[start:end].strip() for slot, (start, end) in spans.items() if slot in "AT"]
    return sum(map(people.knows, names)) / len(names) if names else 0.0


def _enumerated(names: str, people: People, with_id: re.Pattern[str]) -> list[str]:
    """The targets of a slot: several only if all of them are known, or all carry ids."""
    for separator in _SEPARATORS:
        parts = [f"{part})" for part in names.split(f"){separator}")]
        parts[-1] = parts[-1][:-1]
        if len(parts) > 1 and all(with_id.fullmatch(part.strip()) for part in parts):
            return [part.strip() for part in parts]
        split = people.split(names, separator)
        if len(split) > 1:
            return split
    return [names.strip()]


def _ids_behind(names: list[str], people: People, with_id: re.Pattern[str]) -> list[re.Match[str] | None]:
    """The ids that chatlog writes behind names, and QQ: ``凯文(wxid_aaa)``, ``小刘(10005)``.

    A nickname may end in brackets of its own, so a doubtful id counts only beside one that is certain.
    """
    found = [with_id.fullmatch(name) for name in names]
    sure = any(match and (match["id"] in people.ids or _SURE_ID.match(match["id"])) for match in found)
    return found if sure else [None] * len(names)


def _pair(name: str, match: re.Match[str] | None, quoted: bool) -> Pair:
    """Name and id of what stands in a slot. 你 without quotes is the exporting account, in quotes somebody's name."""
    if match:
        return match["name"].strip() or None, match["id"]
    if not quoted and name.lower() in _MYSELF:
        return None, ME
    if not quoted and len(name) > 1 and name[0] in _QUOTES and name[-1] in _QUOTES:
        name = name[1:-1].strip()
    return (None, None) if not name or _UNFILLED.fullmatch(name) else (name, None)
