"""Who says what is an ad: a model of texts, the lists of qunkit.toml before it, and what audits said of both."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from qunkit.methods.ad_marks import MARKS
from qunkit.methods.ad_model import AdModel, shipped
from qunkit.methods.ad_rules import Rules
from qunkit.methods.ad_sql import BEHAVIOUR
from qunkit.words import LANGS, Text

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


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


_OF_TEXTS = {mark.code: mark.words for mark in MARKS}
_MOST = 5
"""Reasons and places that are told of a message."""
_AGAINST = Text("not: {what}", "反证：{what}")


def words() -> dict[str, Text]:
    """Every code of a reason in words, and with a minus before it."""
    known = _OF_TEXTS | {code: said for code, (_, _, said) in BEHAVIOUR.items()}
    against = {
        f"-{code}": Text(*(_AGAINST.say(lang, what=said.say(lang)) for lang in LANGS)) for code, said in known.items()
    }
    return known | against


@dataclass(frozen=True)
class Judge:
    """A model and the rules that go before it."""

    model: AdModel
    rules: Rules = field(default_factory=Rules)
    audits: tuple[Audit, ...] = ()

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

        scores = self.model.score(texts)
        if not any(self._lists):
            return scores
        allowed, denied = self.rules.verdicts(texts)
        return np.where(allowed, 0.0, np.where(denied, 1.0, scores))

    def why(self, text: str, done: Sequence[tuple[float, str]] = ()) -> tuple[list[str], list[str]]:
        """What weighs most of a message: codes of reasons (a minus before what speaks against an ad), and places of the raw text; the weightiest first.

        `done` is what the sender did: weights in log-odds and codes.
        """
        said = self.model.explain(text).reasons if text else ()
        weighed = [*done, *((one.weight, one.code) for one in said if one.code in _OF_TEXTS)]
        weighed.sort(key=lambda one: (-abs(one[0]), one[1]))
        codes = dict.fromkeys(code if weight > 0 else f"-{code}" for weight, code in weighed)
        places = (text[start:end].strip() for one in said if one.weight > 0 for start, end in one.spans)
        return list(codes)[:_MOST], list(dict.fromkeys(place for place in places if place))[:_MOST]

    def table(self) -> pa.Table:
        """The audits as the view shows them."""
        import pyarrow as pa

        types = (pa.string(), pa.float64(), pa.string(), pa.int64(), pa.float64())
        columns = zip(*self.audits, strict=True) if self.audits else ([] for _ in types)
        arrays = [pa.array(list(cells), type_) for cells, type_ in zip(columns, types, strict=True)]
        return pa.table(arrays, names=list(Audit._fields))


def own() -> Judge:
    """The one that comes with the program."""
    return Judge(shipped())
