"""A logistic of examples as an `AdModel`, with its threshold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import compose
import examples
import numpy as np
from corpora import Labelled
from examples import Part
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression

from qunkit.methods.ad_model import AdModel, design

STRENGTH = 0.6
"""Of the examples against the pull towards 0: scikit-learn's C."""
FLAGGED = 0.008
"""Share of the talk that the threshold is found on: less than the 1 % that is promised, so that other talk keeps to it."""


class Workshop:
    """The parts to choose from, each turned into columns once."""

    def __init__(self, chat: Sequence[str], labelled: Labelled) -> None:
        self.ads = compose.families("ads")
        self.talk = compose.families("chat")
        real = [examples.overheard(chat), Part("labelled", labelled.texts, labelled.ads)]
        made = [*map(examples.advertised, self.ads), *map(examples.talked, self.talk)]
        self.parts = {part.name: part for part in (*made, *real)}
        self.rows = cache(lambda name: design(self.parts[name].texts))

    def names(self, without: Iterable[str] = ()) -> list[str]:
        """Of all parts but these."""
        left_out = set(without)
        return [name for name in self.parts if name not in left_out]

    def fitted(
        self, names: Sequence[str], talk: Sequence[str], called: str, about: Mapping[str, Any] | None = None
    ) -> AdModel:
        """The model of these parts, whose p ≥ 0.5 flags `FLAGGED` of `talk`."""
        rows = vstack([self.rows(name) for name in names], format="csr")
        ads = np.concatenate([self.parts[name].ads for name in names])
        return model(rows, ads, talk, called, about or {})


def model(
    rows: csr_matrix, ads: np.ndarray[Any, Any], talk: Sequence[str], called: str, about: Mapping[str, Any]
) -> AdModel:
    """Of columns and labels."""
    # Newton's method ends so near the one optimum that 16 bits of it are the same in whatever order a processor adds; L-BFGS does not.
    logistic = LogisticRegression(C=STRENGTH, solver="newton-cg", tol=1e-12, max_iter=100).fit(rows, ads)
    weights = logistic.coef_[0].astype(np.float16)
    logits = AdModel(called, weights, 0.0).logits(talk)
    threshold = float(np.quantile(logits, 1 - FLAGGED, method="higher"))
    return AdModel(called, weights, round(-threshold, 4), about=dict(about))
