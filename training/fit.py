"""A logistic of examples as an `AdModel`, with its threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from examples import Examples
from qunkit.methods.ad_model import AdModel, design

STRENGTH = 5.0
"""Of the data against the pull towards 0: scikit-learn's C."""
FLAGGED = 0.008
"""Share of the talk that the threshold is found on: less than the 1 % that is promised, so that other talk keeps it."""


def fitted(examples: Examples, talk: Sequence[str], name: str, about: Mapping[str, Any] | None = None) -> AdModel:
    """The model of these examples, so that p ≥ 0.5 flags `FLAGGED` of `talk`."""
    logistic = LogisticRegression(C=STRENGTH, max_iter=2000, tol=1e-5)
    logistic.fit(design(examples.texts), np.array(examples.ads))
    raw = AdModel(name, logistic.coef_[0].astype(np.float16), 0.0, about=dict(about or {}))
    bias = -float(np.quantile(raw.logits(talk), 1 - FLAGGED, method="higher"))
    return AdModel(name, raw.weights, round(bias - 1e-4, 4), about=raw.about)
