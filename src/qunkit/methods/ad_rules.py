"""What the owner of a dataset says of texts: words, patterns and templates that are ads, or are not, whatever a model thinks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING

from qunkit.chat.normal import normalise, normalise_all
from qunkit.config.tables import Ads
from qunkit.words import Text

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_ANYTHING = Text(
    "a template of any text whatever: then nothing would be an ad", "该模板匹配任意文本，将没有任何消息被判为广告"
)
_LISTS = ("allow_patterns", "allow", "templates", "deny_patterns", "deny")
"""In the order in which they decide."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The lists of qunkit.toml. Words are compared in plain form (`qunkit.chat.normal`), patterns with the text as it was sent, templates with both."""

    lists: Ads = field(default_factory=Ads)

    def verdicts(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Which of `texts` are allowed, which denied. What is allowed is not denied."""
        import pyarrow as pa

        raw, plain = pa.array(texts, pa.string()), pa.array(normalise_all(texts), pa.string())
        templates = [_pieces(one) for one in self.lists.templates if one]
        allowed = _any(raw, [*self.lists.allow_patterns, *(_whole(one) for one, _ in templates)])
        allowed |= _any(plain, [*_words(self.lists.allow), *(_whole(one) for _, one in templates)])
        denied = _any(raw, self.lists.deny_patterns) | _any(plain, _words(self.lists.deny))
        return allowed, denied & ~allowed

    def deciding(self, text: str) -> tuple[str, str] | None:
        """The key of qunkit.toml that decides of a text, and its entry; None: the model does. What allows goes first."""
        for key in _LISTS:
            for entry in getattr(self.lists, key):
                allowed, denied = Rules(replace(Ads(), **{key: (entry,)})).verdicts([text])  # type: ignore[arg-type]
                if allowed.any() or denied.any():
                    return f"ads.{key}", entry
        return None

    def wrong(self) -> tuple[str, Text] | None:
        """A template that lets everything through, and what is wrong with it; None: all are well. Patterns are checked where settings are read (`qunkit.config`)."""
        anything = (one for one in self.lists.templates if "*" in one and not any(map(normalise, one.split("*"))))
        return next(((one, _ANYTHING) for one in anything), None)

    def idle(self, texts: Sequence[str]) -> list[tuple[str, str]]:
        """Keys of qunkit.toml and entries of theirs that match none of `texts`: perhaps a slip of the pen."""
        return [
            (f"ads.{key}", entry)
            for key in _LISTS
            for entry in getattr(self.lists, key)
            if not self._met(key, entry, texts)
        ]

    def _met(self, key: str, entry: str, texts: Sequence[str]) -> bool:
        alone = Rules(replace(Ads(), **{key: (entry,)}))  # type: ignore[arg-type]
        return any(found.any() for found in alone.verdicts(texts))


def _any(texts: pa.Array, patterns: Sequence[str]) -> np.ndarray:
    """Which of `texts` one of `patterns` matches. Arrow's expressions are RE2's: linear in the text."""
    import numpy as np
    import pyarrow.compute as pc

    found = (pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False) for pattern in patterns)
    return reduce(np.logical_or, found, np.zeros(len(texts), bool)).astype(bool)


def _words(words: Sequence[str]) -> list[str]:
    return [re.escape(plain) for word in words if (plain := normalise(word))]


def _pieces(template: str) -> tuple[list[str], list[str]]:
    """What stands between the stars of a template: as it was written, and made plain."""
    pieces = template.split("*")
    return pieces, list(map(normalise, pieces))


def _whole(pieces: Sequence[str]) -> str:
    """A whole text that has `pieces` and anything between them."""
    return "(?s)^" + ".*".join(map(re.escape, pieces)) + "$"
