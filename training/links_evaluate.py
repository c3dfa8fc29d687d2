"""How the model of links does on channels that it was not fitted on: ``python training/links_evaluate.py DATA``; `make eval DATA=…` is that, too.

Prints each figure with its bar, and writes them to links-figures.json and from there into docs/methods/kol-links.md. Ends with an error if a bar is missed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import figures
import irc
import numpy as np
from figures import LINKS, LINKS_PAGE, Bar, Rows
from irc import Document
from links import both, choices, fitted, join, spoken
from links_rules import by_rules
from scipy.stats import spearmanr

from qunkit.methods.evidence import LIKELY, RULE, Evidence, evidence, ruled
from qunkit.methods.links import Weights, shipped

Answers = Callable[[Document], irc.Edges]
FOLDS = 3
OTHERS = ("dev", "channel-two")
STEPS = (LIKELY, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
MEANINGS = {
    "one": "it is a line, and no start",
    "far": "logarithm of how many lines back",
    "wait": "minutes between",
    "crowd": "logarithm of how many people spoke between",
    "next": "it is the line before",
    "mine": "by the same sender",
    "mine_last": "… and their last line",
    "mine_far": "… and `far`",
    "mine_soon": "… and the logarithm of minutes",
    "mine_names": "… and the answer names somebody",
    "mine_size": "… and how long the answer is",
    "last": "the last line of somebody else",
    "last_far": "… and `far`",
    "calls": "the answer addresses its sender",
    "calls_called": "… and was addressed by it",
    "calls_heard": "… and others addressed them since",
    "calls_mates": "… as it did last time",
    "names_other": "the answer addresses somebody else",
    "names_wait": "the answer addresses somebody, and minutes",
    "called_since": "it addresses who answers, who has said nothing since",
    "called_by": "it is the last that addresses who answers",
    "called_far": "it addresses who answers, and `far`",
    "says_other": "it addresses somebody else",
    "says_other_free": "… and the answer addresses nobody",
    "same_to": "both address the same person",
    "mates": "by whom the one who answers addressed last",
    "mates_free": "… and the answer addresses nobody",
    "mates_other": "not by whom the one who answers addressed last, and the answer addresses nobody",
    "theirs": "its sender last addressed who answers",
    "theirs_other": "its sender last addressed somebody else",
    "callers": "by who last addressed the one who answers",
    "callers_free": "… and the answer addresses nobody",
    "callers_mates": "… and they addressed them last, too",
    "since": "since the last line of who answers, who addresses nobody",
    "heard": "its sender was addressed since",
    "asks": "it asks",
    "asks_both": "… and so does the answer",
    "new": "its sender had said nothing for long",
    "first": "the first line of another's turn",
    "end": "the last line of another's turn",
    "shared": "how many pairs of characters both share, above chance",
}
STARTS = {
    "asks": "it asks",
    "size": "logarithm of its length, beside the mean",
    "away": "logarithm of lines since its sender's last",
}


def main(data: Path) -> None:
    """Measure, print, write."""
    parts = {part: irc.read(data, part) for part in irc.PARTS}
    folds, named = (cross_fitted(parts["train"], shown) for shown in (both, list))
    methods: dict[str, Mapping[str, Answers]] = {
        "the message before": dict.fromkeys(parts, previous),
        "rules": dict.fromkeys(parts, by_rules),
        "the model": {"train": partial(by_folds, folds), **dict.fromkeys(OTHERS, by_model)},
    }
    links: Rows = [{"method": name, **of_links(parts, answers)} for name, answers in methods.items()]
    members: Rows = [{"method": name, **of_members(parts["dev"], answers["dev"])} for name, answers in methods.items()]
    before, model = links[0], links[-1]
    fits: Rows = [
        {"fitted on": name, **of_links({"train": parts["train"]}, {"train": partial(by_folds, weights)})}
        for name, weights in (("the files as they are", named), ("and as if nobody had named anybody", folds))
    ]
    bars = [
        Bar("links, dev: F1", model["dev"], 0.66),
        Bar("links, channel-two: F1", model["channel-two"], 0.71),
        Bar("the message before, dev: F1, off 0.303 by", abs(before["dev"] - 0.303), 0.003, at_most=True),
        Bar(
            "the message before, channel-two: F1, off 0.499 by", abs(before["channel-two"] - 0.499), 0.003, at_most=True
        ),
        Bar("replies received per member, dev: ρ", members[-1]["ρ"], 0.91),
    ]
    weights = shipped()
    figures.write(
        {
            "bars": [bar.row() for bar in bars],
            "links": links,
            "fits": fits,
            "members": members,
            "sure": [*sureness([one for part in OTHERS for one in parts[part]])],
            "pairs": [
                {"of a pair": MEANINGS[name], "name": name, "weight": weight} for name, weight in weights.pair.items()
            ],
            "starts": [
                {"of a start": STARTS[name], "name": name, "weight": weight} for name, weight in weights.start.items()
            ],
        },
        LINKS_PAGE,
        LINKS,
    )
    sys.exit(figures.missed(bars))


def cross_fitted(
    documents: Sequence[Document], shown: Callable[[list[Document]], list[Document]]
) -> dict[str, Weights]:
    """For each file the weights of those of the other folds, as they are `shown` to the fit."""
    made = [choices(shown([document])) for document in documents]
    told = {}
    for fold in range(FOLDS):
        weights = fitted(join([one for place, one in enumerate(made) if place % FOLDS != fold]))
        told |= {document.name: weights for document in documents[fold::FOLDS]}
    return told


def asked(document: Document, weights: Weights | None = None) -> Evidence:
    """What `qunkit replies` would say of a file, but for what times tell."""
    said = evidence(document.turns, document.lines)
    return ruled(document.turns, document.lines, said, spoken(document), weights)


def by_model(document: Document, weights: Weights | None = None) -> irc.Edges:
    """What is left open counts as a start; later lines of a turn go on with the line before, unless they name somebody."""
    told = asked(document, weights)
    number = np.arange(len(document.who))
    first = document.turns.first[document.turns.of_line] == number
    parent = np.where(~first & (told.line_parent < 0), number - 1, told.line_parent)
    return document.edges(parent[document.annotated].tolist())


def by_folds(weights: Mapping[str, Weights], document: Document) -> irc.Edges:
    """By the weights for this file."""
    return by_model(document, weights[document.name])


def previous(document: Document) -> irc.Edges:
    """The message before."""
    return document.edges((document.annotated - 1).tolist())


def of_links(parts: Mapping[str, Sequence[Document]], answers: Mapping[str, Answers]) -> dict[str, float]:
    """F1 on each part, and had nobody begun with a name."""
    found = {part: scored(documents, answers[part]) for part, documents in parts.items()}
    hidden = {part: scored([one.anonymous() for one in documents], answers[part]) for part, documents in parts.items()}
    return {**found, **{f"{part}, no names": figure for part, figure in hidden.items()}}


def scored(documents: Sequence[Document], answers: Answers) -> float:
    """F1 of all files together."""
    return irc.f1([answers(one) for one in documents], [one.gold for one in documents])


def of_members(documents: Sequence[Document], answers: Answers) -> dict[str, float]:
    """Spearman's ρ of replies received, told and true: of all who speak in a file, and of those alone who do where it is annotated."""
    told, true, here = [], [], []
    for one in documents:
        got, gold = one.answered(answers(one)), one.answered(one.gold)
        people = np.unique(one.who).tolist()
        told += [got[who] for who in people]
        true += [gold[who] for who in people]
        here += np.isin(people, one.who[one.annotated]).tolist()
    some = np.array(here)
    return {
        "members": len(some),
        "ρ": float(spearmanr(told, true).statistic),
        "of the annotated range": int(some.sum()),
        "their ρ": float(spearmanr(np.array(told)[some], np.array(true)[some]).statistic),
    }


def sureness(documents: Sequence[Document]) -> Iterator[dict[str, Any]]:
    """How often what the model says is true, by how likely it finds it."""
    p, true = [], []
    for one in documents:
        told = asked(one)
        lines = one.annotated[told.line_how[one.annotated] == RULE]
        p += told.p[lines].tolist()
        true += [link in one.links for link in zip(told.line_parent[lines].tolist(), lines.tolist(), strict=True)]
    for low, high in pairwise(STEPS):
        some = (np.array(p) >= low) & (np.array(p) < high if high < 1 else True)
        yield {
            "p": f"{low:g} to {high:g}",
            "replies": int(some.sum()),
            "mean p": float(np.array(p)[some].mean()),
            "true": float(np.array(true)[some].mean()),
        }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
