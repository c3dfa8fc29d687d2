"""What advertisements' scores cost: distinct texts by one process, from raw text to p, against encoding the same texts once.

Invented messages of about twenty signs, in a third of which something stands that a plain one has not. The weights are noise: what is read costs the same.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from functools import partial

from asked import Asked, Row
from process import best, measured

TEXTS = 100_000
"""Enough for seconds: a million would tell the same."""
WAYS = ("encoded", "normalised", "marks", "scored")
_SAID = "我你他好吗的了在去买看吃明天今晚上群里大家谢谢孩子学校公司工作时候问题觉得还是没有什么多少钱快递收到价格东西周末加微信兼职免费领券日结"
_ODD = (
    "➕薇❤",
    "Ⓥ信",
    "ａｂｃ①②③",
    "加.微.信",
    "優惠劵",
    "\u200b",
    "🔥🔥",
    "9.9元",
    "13800001111",
    "https://a.example.invalid/x",
    "\n",
    " ",
)


def rows(asked: Asked) -> list[Row]:
    """One row a way, and how many times the first it costs."""
    count = min(asked.messages, TEXTS)
    took = best(asked.rounds, {way: partial(measured, "ads.worked", way, count) for way in WAYS})
    floor = took["encoded"].cpu
    return [
        {
            "": way,
            "texts": count,
            "CPU s": one.cpu,
            "texts/s": int(count / one.cpu),
            "× encoding": one.cpu / floor,
            "peak MB": one.peak,
        }
        for way, one in took.items()
    ]


def worked(way: str, count: int) -> Callable[[], int]:
    """What is to be timed; everything that a process loads once is loaded."""
    import numpy as np

    from qunkit.chat import normal
    from qunkit.methods import ad_marks
    from qunkit.methods.ad_model import WIDTH, AdModel

    texts = messages(count)
    model = AdModel("noise", np.random.default_rng(1).normal(size=WIDTH).astype(np.float16), 0.0)
    model.score(texts[:100])
    parts = [texts[first : first + 4096] for first in range(0, count, 4096)]
    works: dict[str, Callable[[], int]] = {
        "encoded": lambda: sum(len(text.encode("utf-32-le")) for text in texts),
        "normalised": lambda: sum(len(normal.batch(part)) for part in parts),
        "marks": lambda: sum(len(ad_marks.flags(normal.batch(part))) for part in parts),
        "scored": lambda: len(model.score(texts)),
    }
    return works[way]


def messages(count: int) -> list[str]:
    """Distinct, the same every time."""
    dice = random.Random(6)
    made: dict[str, None] = {}
    while len(made) < count:
        said = dice.choices(_SAID, k=dice.randint(8, 30))
        for _ in range(max(0, dice.randint(-5, 2)) if dice.random() < 0.9 else 1):
            said.insert(dice.randrange(len(said)), dice.choice(_ODD))
        made["".join(said)] = None
    return list(made)


if __name__ == "__main__":
    import run

    run.main(["ads", *sys.argv[1:]])
