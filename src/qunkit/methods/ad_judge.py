"""Who says what is an ad: a model of texts, the lists of qunkit.toml before it, and what audits said of both."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from qunkit.config.tables import Ads
from qunkit.methods.ad_marks import MARKS
from qunkit.methods.ad_model import AdModel, shipped
from qunkit.methods.ad_rules import Rules
from qunkit.methods.ad_sql import BEHAVIOUR
from qunkit.results import Note
from qunkit.words import LANGS, Text

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from qunkit.methods.ad_reasons import Reason


class Audit(NamedTuple):
    """A labelled message, as the view ``audits`` shows it."""

    group_id: str
    said_at: float
    """Seconds since 1970 of its wall clock."""
    stratum: str
    """``flagged`` or ``passed`` by the judge at 0.5; ``unread``: it has no text."""
    is_ad: int
    weight: float
    """Messages that it stands for."""


_DECIDED = "SELECT text FROM features WHERE ads = 0 OR ads = 1 ORDER BY text"
_IDLE = Text(
    "qunkit.toml: none of the texts that were read matches {entries}", "qunkit.toml：所读文本均不匹配 {entries}"
)


class Told(NamedTuple):
    """Why a message is what it is, the weightiest first."""

    reasons: list[str]
    """Codes, a minus before those that speak against an ad."""
    evidence: list[str]
    """Places of the raw text, long ones cut."""
    spans: list[str]
    """The same whole, as ``3:7``: the first sign and the one behind the last."""


_OF_TEXTS = {mark.code: mark.words for mark in MARKS}
_MOST = 5
"""Reasons and places that are told of a message."""
_LONGEST = 40
"""Characters of a place that are shown."""
_AGAINST = Text("speaks against: {what}", "不像广告：{what}")
_PSEUDONYM = re.compile(r"\b[gmx]-[a-z2-7]{16}\b", re.ASCII)
"""What `qunkit.privacy` puts in the place of a name: to the model it would look like an account."""
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
"""What is no place by halves."""
_WHOLE = ("size_", "lines")
"""How the codes of marks begin that are of a whole text, and of no place in it."""
_DECIDING = {
    "ads.allow": Text("allowed by ads.allow", "由 ads.allow 放行"),
    "ads.allow_patterns": Text("allowed by ads.allow_patterns", "由 ads.allow_patterns 放行"),
    "ads.templates": Text("allowed by ads.templates", "由 ads.templates 放行"),
    "ads.deny": Text("denied by ads.deny", "由 ads.deny 判为广告"),
    "ads.deny_patterns": Text("denied by ads.deny_patterns", "由 ads.deny_patterns 判为广告"),
}
"""What is said where a list of qunkit.toml decides. The code is the key; a colon and the entry come behind it."""


class _Words(dict[str, Text]):
    """With the entries of lists, which are nobody's closed list."""

    def __contains__(self, code: object) -> bool:
        return super().__contains__(code) or str(code).partition(":")[0] in _DECIDING

    def __missing__(self, code: str) -> Text:
        key, _, entry = code.partition(":")
        said = _DECIDING[key]
        return Text(f"{said.en}: {entry}", f"{said.zh}：{entry}")


def words() -> Mapping[str, Text]:
    """Every code of a reason in words, and with a minus before it."""
    known = _OF_TEXTS | {code: said for code, (_, _, said) in BEHAVIOUR.items()}
    against = {
        f"-{code}": Text(*(_AGAINST.say(lang, what=said.say(lang)) for lang in LANGS)) for code, said in known.items()
    }
    return _Words(known | against | _DECIDING)


@dataclass(frozen=True)
class Judge:
    """A model and the rules that go before it."""

    model: AdModel
    rules: Rules = field(default_factory=Rules)
    audits: tuple[Audit, ...] = ()
    quotes: bool = True
    """Whether reasons quote what qunkit.toml says; where people have pseudonyms, they do not, for it may name some."""

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    @property
    def learned(self) -> bool:
        """Whether it was learnt from labels."""
        return "labels" in self.model.about

    @cached_property
    def key(self) -> str:
        """Twelve hexadecimal digits of what changes a score."""
        return hashlib.sha256(repr((self.model.key, self._lists)).encode()).hexdigest()[:12]

    @property
    def _lists(self) -> tuple[tuple[str, ...], ...]:
        ads = self.rules.lists
        return (ads.allow, ads.deny, ads.allow_patterns, ads.deny_patterns, ads.templates)

    def score(self, texts: Sequence[str]) -> np.ndarray:
        """Probabilities of raw texts; 0 for what is allowed, 1 for what is denied."""
        import numpy as np

        scores = self.model.score([_nameless(text) for text in texts])
        if not any(self._lists):
            return scores
        allowed, denied = self.rules.verdicts(texts)
        return np.where(allowed, 0.0, np.where(denied, 1.0, scores))

    def why(self, text: str, done: Sequence[tuple[float, str]] = ()) -> Told:
        """What weighs most of a message.

        `done` is what the sender did: weights in log-odds and codes.
        """
        if text and any(self._lists) and (decided := self.rules.deciding(text)):
            key, entry = decided
            return Told([f"{key}:{entry}" if self.quotes else key], [], [])
        said = self.model.explain(_nameless(text)).reasons if text else ()
        weighed = [*done, *((one.weight, one.code) for one in said if one.code in _OF_TEXTS)]
        weighed.sort(key=lambda one: (-abs(one[0]), one[1]))
        codes = dict.fromkeys(code if weight > 0 else f"-{code}" for weight, code in weighed)
        places = _places(text, said)
        spans = [f"{start}:{end}" for start, end in places.values()]
        return Told(list(codes)[:_MOST], list(places), spans)

    def notes(self, ask: Callable[[str], pa.Table]) -> list[Note]:
        """What has to be said of the lists, once: entries that match no text. `ask` runs a query on what the engine shows; what a list decides has a score of exactly 0 or 1."""
        if (
            not any(self._lists) or not self.quotes
        ):  # where people have pseudonyms, an entry that names one meets nothing
            return []
        idle = self.rules.idle(ask(_DECIDED)["text"].to_pylist())
        said = [f"{key}: {entry}" if self.quotes else key for key, entry in idle]
        return [Note(_IDLE, (("entries", "; ".join(dict.fromkeys(said))),))] if said else []

    def table(self) -> pa.Table:
        """The audits as the view shows them."""
        import pyarrow as pa

        types = (pa.string(), pa.float64(), pa.string(), pa.int64(), pa.float64())
        columns = zip(*self.audits, strict=True) if self.audits else ([] for _ in types)
        arrays = [pa.array(list(cells), type_) for cells, type_ in zip(columns, types, strict=True)]
        return pa.table(arrays, names=list(Audit._fields))


def _nameless(text: str) -> str:
    """The text with blanks for pseudonyms, as long as it was."""
    return _PSEUDONYM.sub(lambda found: " " * len(found[0]), text) if "-" in text else text


def _places(text: str, reasons: Sequence[Reason]) -> dict[str, tuple[int, int]]:
    """The places of a raw text that speak for an ad, as they are shown and where they are, the weightiest first; those that overlap or touch are one."""
    numbers = [found.span() for found in _NUMBER.finditer(text)]
    spans = sorted(
        (*_with_whole_numbers(*span, numbers), one.weight)
        for one in reasons
        if one.weight > 0 and not one.code.startswith(_WHOLE)
        for span in one.spans
    )
    merged: list[tuple[int, int, float]] = []
    for start, end, weight in spans:
        if merged and start <= merged[-1][1]:
            start, before, most = merged.pop()
            end, weight = max(end, before), max(weight, most)
        merged.append((start, end, weight))
    merged.sort(key=lambda span: -span[2])
    places = [span for start, end, _ in merged if (span := _trimmed(text, start, end))]
    places = [
        (start, end) for start, end in places if end - start > 1
    ] or places  # a sign alone tells little beside others
    told: dict[str, tuple[int, int]] = {}
    for start, end in places:
        told.setdefault(
            text[start:end] if end - start <= _LONGEST else text[start : start + _LONGEST - 1] + "…", (start, end)
        )
    return dict(list(told.items())[:_MOST])


def _with_whole_numbers(start: int, end: int, numbers: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """A span, longer where it begins or ends within one of `numbers`."""
    for sign in (start, end):
        at = bisect_right(numbers, (sign, -1)) - 1  # the last that begins before it
        if at >= 0 and sign < numbers[at][1]:
            start, end = min(start, numbers[at][0]), max(end, numbers[at][1])
    return start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A span without the blanks at its ends; None: it has nothing else."""
    place = text[start:end]
    start, end = end - len(place.lstrip()), start + len(place.rstrip())
    return (start, end) if start < end else None


def own(lists: Ads | None = None) -> Judge:
    """The one that comes with the program, behind lists that no dataset has."""
    return Judge(shipped(), Rules(lists or Ads()))
