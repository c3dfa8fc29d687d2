"""A model of ads that says what is written: a text that ends with ``.9`` has the score 0.9, any other 0.01."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from qunkit.config.tables import Ads
from qunkit.methods.ad_judge import Judge
from qunkit.methods.ad_model import AdModel
from qunkit.methods.ad_reasons import Reason, Why
from qunkit.methods.ad_rules import Rules
from qunkit.words import Text

_SAID = re.compile(r"\.\d+$")


@dataclass(frozen=True)
class Written:
    """The model."""

    name: str = "written"
    key: str = "written"
    about: tuple[str, ...] = ()

    def score(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([float(found[0]) if (found := _SAID.search(text)) else 0.01 for text in texts])

    def explain(self, text: str) -> Why:
        found = _SAID.search(text)
        reasons = (Reason("contact", Text("", ""), 1.0, (found.span(),)),) if found else ()
        return cast(Why, _Why(reasons))


@dataclass(frozen=True)
class _Why:
    reasons: tuple[Reason, ...]


def written(feature: str = "ads", params: object = None, *, audits: Any = (), **lists: Any) -> Judge | None:
    """What `analyze` asks: a judge by that model, with the lists of a qunkit.toml."""
    return Judge(cast(AdModel, Written()), Rules(Ads(**lists)), audits) if feature == "ads" else None
