"""How the weights do on what they were not fitted on: ``python training/evaluate.py DATA``; `make eval DATA=…` is that.

Prints each figure with its bar, and writes them to figures.json and from there into docs/methods/ads-training.md. Ends with an error if a bar is missed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import corpora
import disguise
import examples
import figures
import numpy as np
from corpora import Chat, Labelled
from figures import Bar
from fit import Workshop
from scipy.special import logit
from sklearn.metrics import f1_score, roc_auc_score
from train import WEIGHTS

from qunkit.methods.ad_learning import Learned, _platt, learn
from qunkit.methods.ad_model import AdModel

LABELLED = "labelled"
"""The part of the group of players: left out of every model here but the shipped one and the footnote's."""
APART = (
    ("accounts", "qqtrade", "short", "secondhand", "software"),
    ("brushing", "agents", "jobs", "online", "pitches"),
    ("sales", "coupons", "replicas", "health", "offers"),
    ("dating", "groups", "contact", "channels", "servers"),
    ("loans", "gambling", "invest", "papers", "phishing"),
    ("cashback", "votes", "surveys", "fission"),
    ("courses", "beauty", "homes"),
)
"""Families that are left out together, like with like: what sells game accounts knows something of what sells likes."""
TALK_APART = ("market", "aboutads", "topics", "games", "daily")
DRAWS, LABELS = 5, 200
LENGTHS = ((0, 6), (6, 12), (12, 25), (25, 1 << 40))


def main(data: Path) -> None:
    """Measure, print, write."""
    chat, labelled = corpora.chat(data), corpora.labelled(data)
    shop = Workshop(chat.fit, labelled)
    unseen = shop.fitted(shop.names([LABELLED]), chat.threshold, "without the group")
    families, kinds = apart(shop, chat)
    learnt = [learnt_in(unseen, labelled, draw) for draw in range(DRAWS)]
    clean = float(np.mean([row["recall"] for row in families]))
    bars = [
        Bar(
            "everyday chat flagged, the shipped weights", flagged(AdModel.load(WEIGHTS), chat.test), 0.01, at_most=True
        ),
        Bar("everyday chat flagged, without the group", flagged(unseen, chat.test), 0.01, at_most=True),
        Bar("recall on families held apart", clean, 0.9),
        *(Bar(f"of that on {name.replace('_', ' ')}", recall / clean, 0.95) for name, recall in kinds.items()),
        Bar("another group: AUC", auc(unseen, labelled), 0.8),
        Bar(
            f"another group after {LABELS} labels: F1, median of {DRAWS}",
            float(np.median([row["F1"] for row in learnt])),
            0.68,
        ),
    ]
    tables = {
        "bars": [bar.row() for bar in bars],
        "families": families,
        "group": of_lengths(unseen, labelled),
        "learnt": learnt,
        "talk": list(talk_apart(shop, chat)),
        "random": [random_split(shop, chat, labelled)],
    }
    figures.write(tables)
    sys.exit(figures.missed(bars))


def flagged(model: AdModel, texts: Sequence[str]) -> float:
    """The share with p ≥ 0.5."""
    return float((model.score(texts) >= 0.5).mean())


def auc(model: AdModel, labelled: Labelled) -> float:
    """How often an ad of the group has more than what is none."""
    return float(roc_auc_score(labelled.ads, model.logits(labelled.texts)))


def apart(shop: Workshop, chat: Chat) -> tuple[list[dict[str, Any]], Mapping[str, float]]:
    """Recall on each family by a model that knew neither it nor its like, and on all of them in each disguise."""
    rows, disguised = [], {name: [] for name in disguise.DISGUISES}  # type: dict[str, list[float]]
    for names in APART:
        model = shop.fitted(shop.names([LABELLED, *names]), chat.threshold, "apart")
        for family in (family for family in shop.ads if family.name in names):
            texts = examples.held_apart(family)
            rows.append({"family": family.name, "messages": len(texts), "recall": flagged(model, texts)})
            for kind, hide in disguise.DISGUISES.items():
                dice = Random(f"{examples.SEED}:{family.name}:{kind}")
                disguised[kind].append(flagged(model, [hide(text, dice, disguise.JUDGE) for text in texts]))
    return rows, {kind: float(np.mean(recalls)) for kind, recalls in disguised.items()}


def of_lengths(model: AdModel, labelled: Labelled) -> list[dict[str, Any]]:
    """How the group of players is read by a model that never saw it, by the signs of a message."""
    sizes, ads, logits = np.array([*map(len, labelled.texts)]), np.array(labelled.ads), model.logits(labelled.texts)
    spans = [
        *(
            (f"{low} to {high - 1}" if high < 1 << 40 else f"{low} or more", (sizes >= low) & (sizes < high))
            for low, high in LENGTHS
        )
    ]
    return [_read(name, ads[chosen], logits[chosen]) for name, chosen in [*spans, ("all", sizes >= 0)]]


def _read(name: str, ads: np.ndarray[Any, Any], logits: np.ndarray[Any, Any]) -> dict[str, Any]:
    told = logits >= 0
    return {
        "signs": name,
        "messages": len(ads),
        "ads": int(ads.sum()),
        "AUC": float(roc_auc_score(ads, logits)),
        "recall": float(told[ads].mean()),
        "others flagged": float(told[~ads].mean()),
        "F1": float(f1_score(ads, told)),
    }


def learnt_in(base: AdModel, labelled: Labelled, draw: int) -> dict[str, Any]:
    """After some labels of the group, on the rest of it."""
    order = np.random.default_rng(draw).permutation(len(labelled.texts)).tolist()
    known, rest = order[:LABELS], order[LABELS:]
    said = [labelled.ads[at] for at in known]
    learned = learn(base, [labelled.texts[at] for at in known], said)
    model = learned.model
    logits, ads = model.logits([labelled.texts[at] for at in rest]), np.array([labelled.ads[at] for at in rest])
    before = base.logits([labelled.texts[at] for at in rest])
    return {
        "draw": draw + 1,
        "ads among the labels": sum(said),
        "F1 before": float(f1_score(ads, before >= 0)),
        "F1": float(f1_score(ads, logits >= 0)),
        "F1 where p is the share": float(f1_score(ads, logits >= likelier_than_not(learned, said))),
        "AUC": float(roc_auc_score(ads, logits)),
    }


def likelier_than_not(learned: Learned, said: Sequence[bool]) -> float:
    """The logit of a learned model at which Platt's scale alone says 0.5; `learn` moves it to where F1 is expected to be the greatest."""
    (slope, shift), ads = learned.model.scale, np.array(said)
    own = _platt((logit(learned.out_of_fold) - shift) / slope, ads, np.ones(len(ads)))
    return float(slope * (-own[1] / own[0]) + shift)


def talk_apart(shop: Workshop, chat: Chat) -> Iterator[dict[str, Any]]:
    """How much talk of a kind is flagged by a model that never saw its like, and by one that did."""
    seen = shop.fitted(shop.names([LABELLED]), chat.threshold, "seen")
    for family in (family for family in shop.talk if family.name in TALK_APART):
        model = shop.fitted(shop.names([LABELLED, family.name]), chat.threshold, "apart")
        texts = examples.held_apart_talk(family)
        yield {"talk": family.name, "never seen: flagged": flagged(model, texts), "seen: flagged": flagged(seen, texts)}


def random_split(shop: Workshop, chat: Chat, labelled: Labelled) -> dict[str, Any]:
    """The footnote: four fifths of the group fitted on with all else, the last fifth judged."""
    order = np.random.default_rng(0).permutation(len(labelled.texts)).tolist()
    cut = len(order) * 4 // 5
    known, rest = (Labelled([labelled.texts[at] for at in part], [labelled.ads[at] for at in part]) for part in (order[:cut], order[cut:]))  # fmt: skip
    model = Workshop(chat.fit, known).fitted(shop.names(), chat.threshold, "split")
    return {key: figure for key, figure in of_lengths(model, rest)[-1].items() if key != "signs"}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
