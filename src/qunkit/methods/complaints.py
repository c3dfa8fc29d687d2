"""What of a text is a complaint 投诉: the words of a list that anybody can read (data/complaints.txt), and what speaks against them where they stand.

    东西坏了两个，群主也没人理     坏了 (quality), 没人理 (service)
    过敏体质能用吗，会过敏吗       nothing: a fixed phrase, and a question

A word counts unless, in this order, it is part of a fixed phrase (``[not]``), a negation stands right before or behind it (``[negation]``, ``[after]``: up to two signs between), its clause asks
(``[question]``) or says what would be (``[offer]``), or, of deliveries and refunds, the message says that it is settled (``[solved]``). Clauses end with marks and line breaks. Texts are read
as `chat.normal` makes them: full-width, traditional and dressed signs are as plain ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from qunkit.chat.normal import normalise_all, traced
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

FAMILIES = {
    "quality": Text("quality", "质量"),
    "logistics": Text("delivery", "物流"),
    "refund": Text("refund", "退款"),
    "service": Text("service", "服务"),
    "price": Text("price and trust", "价格与信任"),
    "health": Text("health", "健康"),
    "grave": Text("grave", "严重"),
    "own": Text("own words", "自定义词"),
}
"""What complaints are about; ``own`` are the words of qunkit.toml, ``grave`` those of which one is enough to look at."""
_SETTLED = ("logistics", "refund")
"""Families that a word of ``[solved]`` settles."""
_MARKS = ",.。!?;:、…~\\n"
_NEAR, _FAR = f"[^没不未无别{_MARKS}\\s]{{0,6}}", "[^没不未无别。!?\\n]{0,16}"
"""What … and …… stand for: no negation."""
_CLOSE = f"[^{_MARKS}]{{0,2}}"
_BLANK = "\x01"
"""In the place of signs that belong to a fixed phrase."""


class Hit(NamedTuple):
    """A word that complains, and where it stands."""

    family: str
    word: str
    start: int
    end: int


class _List(NamedTuple):
    """The list, as patterns."""

    words: re.Pattern[str]
    any: str
    """What a text must match to be looked at: the same without names, for RE2."""
    fixed: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    aside: re.Pattern[str]
    settled: re.Pattern[str]


def complaints(texts: Sequence[str]) -> list[list[str]]:
    """Of each text its words that complain, as ``family:word``, each once, in order."""
    normal = normalise_all(texts)
    found: list[list[str]] = [[] for _ in normal]
    for place in _suspects(normal):
        found[place] = list(dict.fromkeys(f"{hit.family}:{hit.word}" for hit in hits(normal[place])))
    return found


def places(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where those of `words`, which `complaints` gave or which are one's own, stand in a text as it was sent."""
    normal = traced(text)
    told = [(hit.start, hit.end) for hit in hits(normal.text) if f"{hit.family}:{hit.word}" in words]
    found = [(normal.starts[start], normal.ends[end - 1]) for start, end in told]
    lower = text.lower()
    if len(lower) == len(text):
        own = [word.removeprefix("own:") for word in words if word.startswith("own:")]
        found += [(one.start(), one.end()) for word in own for one in re.finditer(re.escape(word), lower)]
    return sorted(found)


def hits(text: str) -> list[Hit]:
    """The words of a normal text that complain."""
    rules = _rules()
    bare = rules.fixed.sub(lambda one: _BLANK * len(one[0]), text)
    found = [Hit(str(one.lastgroup), one[0], one.start(), one.end()) for one in rules.words.finditer(bare)]
    if not found:
        return []
    settled = bool(rules.settled.search(text))
    return [hit for hit in found if not (settled and hit.family in _SETTLED) and not _void(text, bare, hit, rules)]


def _void(text: str, bare: str, hit: Hit, rules: _List) -> bool:
    """Whether something in its clause speaks against it."""
    start, end = _clause(bare, hit)
    before, after = bare[start : hit.start], bare[hit.end : end]
    return bool(
        rules.before.search(before)
        or rules.after.match(after)
        or rules.aside.search(text[start : hit.start])
        or rules.aside.search(text[hit.end : end])
    )


def _clause(text: str, hit: Hit) -> tuple[int, int]:
    """Where the clause of a word begins and ends."""
    start, end = hit.start, hit.end
    while start and text[start - 1] not in _ENDS and hit.start - start < _WIDEST:
        start -= 1
    while end < len(text) and text[end] not in _ENDS and end - hit.end < _WIDEST:
        end += 1
    return start, end


_ENDS = frozenset(",.。!?;:、…~\n")
_WIDEST = 60
"""Signs of a clause, on either side of a word: one that goes on is no clause."""


def _suspects(texts: list[str]) -> list[int]:
    """Which texts hold any word of the list at all."""
    import pyarrow as pa
    import pyarrow.compute as pc

    held: pa.Array = pc.match_substring_regex(pa.array(texts, pa.string()), _rules().any)
    return [int(place) for place in pc.indices_nonzero(held).to_pylist()]


@cache
def _rules() -> _List:
    told = _read(files("qunkit.methods").joinpath("data/complaints.txt").read_text("utf-8"))
    words = {family: told[family] for family in FAMILIES if family in told}
    either = {family: "|".join(sorted(map(_pattern, lines), key=len, reverse=True)) for family, lines in words.items()}
    return _List(
        re.compile("|".join(f"(?P<{family}>{pattern})" for family, pattern in either.items())),
        "|".join(either.values()),
        _any(told["not"]),
        _any(told["negation"], ends=f"{_CLOSE}$"),
        _any(told["after"], begins=_CLOSE),
        _any(told["question"] + told["offer"]),
        _any(told["solved"]),
    )


def _any(lines: list[str], begins: str = "", ends: str = "") -> re.Pattern[str]:
    return re.compile(f"{begins}(?:{'|'.join(map(_pattern, lines))}){ends}")


def _pattern(line: str) -> str:
    """``没|没有…发货``: either word, up to six signs, the other."""
    far = [[_either(part) for part in near.split("…")] for near in line.split("……")]
    return _FAR.join(_NEAR.join(near) for near in far)


def _either(part: str) -> str:
    words = sorted(part.split("|"), key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, words))})" if len(words) > 1 else re.escape(words[0])


def _read(text: str) -> dict[str, list[str]]:
    """The lines of each section."""
    told: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("["):
            lines = told.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return told
