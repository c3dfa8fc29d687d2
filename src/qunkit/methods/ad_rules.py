"""What the owner of a dataset says of texts: words, patterns and templates that are ads, or are not, whatever a model thinks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING

from qunkit.chat.normal import normalise, normalise_all
from qunkit.config import Ads

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Rules:
    """The lists of qunkit.toml. Words and templates are compared in plain form (`qunkit.chat.normal`), patterns with the text as it was sent."""

    lists: Ads = field(default_factory=Ads)

    def verdicts(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Which of `texts` are allowed, which denied. What is allowed is not denied."""
        import pyarrow as pa

        raw, plain = pa.array(texts, pa.string()), pa.array(normalise_all(texts), pa.string())
        allowed = _any(raw, self.lists.allow_patterns)
        allowed |= _any(plain, [*_words(self.lists.allow), *_templates(self.lists.templates)])
        denied = _any(raw, self.lists.deny_patterns) | _any(plain, _words(self.lists.deny))
        return allowed, denied & ~allowed

    def deciding(self, text: str) -> tuple[str, str] | None:
        """The key of qunkit.toml that decides of a text, and its entry; None: the model does. What allows goes first."""
        import pyarrow as pa

        plain = normalise(text)
        for key, of in (
            ("allow_patterns", pa.array([text])),
            ("allow", pa.array([plain])),
            ("templates", pa.array([plain])),
            ("deny_patterns", pa.array([text])),
            ("deny", pa.array([plain])),
        ):
            for entry in getattr(self.lists, key):
                if _any(of, _PATTERNS[key]([entry])).any():
                    return f"ads.{key}", entry
        return None

    def wrong(self) -> tuple[str, str] | None:
        """A pattern that RE2 does not understand, and what it says; None: all are well."""
        import pyarrow as pa

        for pattern in (*self.lists.allow_patterns, *self.lists.deny_patterns):
            try:
                _any(pa.array(["a"]), [pattern])
            except pa.ArrowInvalid as error:
                return pattern, str(error)
        return None


def _any(texts: pa.Array, patterns: Sequence[str]) -> np.ndarray:
    """Which of `texts` one of `patterns` matches. Arrow's expressions are RE2's: linear in the text."""
    import numpy as np
    import pyarrow.compute as pc

    found = (pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False) for pattern in patterns)
    return reduce(np.logical_or, found, np.zeros(len(texts), bool)).astype(bool)


def _words(words: Sequence[str]) -> list[str]:
    return [re.escape(plain) for word in words if (plain := normalise(word))]


def _templates(templates: Sequence[str]) -> list[str]:
    return [_template(normalise(one)) for one in templates]


def _template(plain: str) -> str:
    """A whole text, * for anything."""
    return "(?s)^" + ".*".join(re.escape(piece) for piece in plain.split("*")) + "$"


_PATTERNS: dict[str, Callable[[Sequence[str]], Sequence[str]]] = {
    "allow": _words,
    "deny": _words,
    "templates": _templates,
    "allow_patterns": list,
    "deny_patterns": list,
}
"""By key, how its entries are looked for."""
