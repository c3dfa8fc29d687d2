"""How sure a model is that a text is an advertisement, 广告概率: ``加V领券，日入300`` → ``0.97``; from 0.5 on it counts as one.

Of the text alone; what its sender did before is no part of it. No text, or an empty one, has no p: null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.methods.ad_judge import Judge

COLUMN = "ads"
TYPE = "double"
VERSION = 2
HELP = Text("how sure the model is that the text is an advertisement, 0 to 1", "模型判断该文本为广告的概率，0 到 1")


def own_model() -> Judge:
    """The one that comes with the program."""
    from qunkit.methods.ad_judge import own

    return own()


def key(model: Judge) -> str:
    """What of a model changes a score."""
    return model.key


def views(model: Judge) -> dict[str, pa.Table]:
    """What else is known of it."""
    return {"audits": model.table()}


def compute(batch: pa.RecordBatch, model: Judge | None = None) -> pa.Array:
    """The p of each text of the column ``text``, by `model` or else by the program's own."""
    import numpy as np

    from qunkit import arrays

    texts = batch.column("text").to_pylist()
    told = np.array([bool(text) for text in texts], bool)
    found = np.full(len(texts), np.nan)
    found[told] = (model or own_model()).score([text for text in texts if text])
    return arrays.column(found)
