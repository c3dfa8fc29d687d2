"""The weights of the model of links: ``python training/links.py DATA``; `make train DATA=…` is that, too.

Writes src/qunkit/methods/data/links.json: the weights, whose data they are of, and what was read, by its sha256. The same bytes every time: Newton's method ends at the one optimum, and
three decimals of it are kept.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import corpora
import irc
import numpy as np
from irc import Document
from numpy.typing import NDArray

from qunkit.methods.links import Facts, Pairs, Spoken, Weights, beginning, facts
from qunkit.methods.sketches import sketches

WEIGHTS = Path(__file__).parents[1] / "src/qunkit/methods/data/links.json"
PULL = 1.0
"""Of each weight towards 0, where its values spread by one."""
CITED = {
    "data": "irc-disentanglement, #ubuntu, https://github.com/jkkummerfeld/irc-disentanglement",
    "by": "Jonathan K. Kummerfeld, Sai R. Gouravajhala, Joseph J. Peper, Vignesh Athreya, Chulaka Gunasekara, Jatin Ganhotra, Siva Sankalp Patel, Lazaros C. Polymenakos, Walter S. Lasecki",
    "in": "A Large-Scale Corpus for Conversation Disentanglement, ACL 2019",
    "licence": "CC-BY-4.0, https://creativecommons.org/licenses/by/4.0/",
    "changes": "weights of a model that was fitted on the annotations; no text of it is here",
}
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Choices:
    """What each annotated turn might have been: a row for a start, then one for each line that it might answer."""

    values: NDArray[np.float32]
    of: NDArray[np.int64]
    """The turn of each row; turns are in order."""
    true: Floats
    """How much of its turn's truth each row is: annotators may give several."""
    names: tuple[tuple[str, ...], tuple[str, ...]]
    """Of columns: of pairs, and of starts."""


def main(data: Path) -> None:
    """Fit, and write."""
    documents = irc.read(data, "train")
    weights = fitted(choices(both(documents)))
    told = {
        "about": {**CITED, "read": corpora.hashes(data, irc.names(data, "train"))},
        "pair": weights.pair,
        "start": weights.start,
    }
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    WEIGHTS.parent.mkdir(parents=True, exist_ok=True)
    WEIGHTS.write_text(text, "utf-8")
    print(f"{WEIGHTS.name}: {len(weights.pair) + len(weights.start)} weights of {len(documents)} files")


def both(documents: Sequence[Document]) -> list[Document]:
    """Each as it is, and as it were had nobody begun with a name: in most groups few do."""
    return [*documents, *(document.anonymous() for document in documents)]


def spoken(document: Document) -> Spoken:
    """What its messages say."""
    length = np.log1p([len(text) for text in document.text])
    return Spoken(document.at / 60, document.asks, length - length.mean(), sketches(document.text))


def choices(documents: Sequence[Document]) -> Choices:
    """Those of all turns whose truth is within reach."""
    return join([_choices(document) for document in documents])


def join(parts: Sequence[Choices]) -> Choices:
    """All of some together."""
    offsets = np.cumsum([0, *(part.of[-1] + 1 if len(part.of) else 0 for part in parts)])
    return Choices(
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.of + offset for part, offset in zip(parts, offsets, strict=False)]),
        np.concatenate([part.true for part in parts]),
        parts[0].names,
    )


def _choices(document: Document) -> Choices:
    told = _facts(document)
    lines = document.annotated[told.first[document.annotated]]
    pairs = Pairs(told, lines)
    of_pairs, of_starts = dict(pairs.values()), dict(beginning(told, lines))
    answered = {(to, by) for to, by in document.links}
    true = np.array(
        [[(i, j) in answered for i, j in zip(row, lines.tolist(), strict=True)] for row in pairs.i.tolist()]
    )
    true = np.vstack([[(j, j) in answered for j in lines.tolist()], true & pairs.possible])
    some = true.any(axis=0)
    kept = np.vstack([np.ones(len(lines), bool), pairs.possible]) & some
    row = np.cumsum(kept.T).reshape(kept.T.shape).T - 1
    values = np.zeros((int(kept.sum()), len(of_pairs) + len(of_starts)), np.float32)
    for column, one in enumerate(of_pairs.values()):
        values[row[1:][kept[1:]], column] = one[kept[1:]]
    for column, one in enumerate(of_starts.values(), len(of_pairs)):
        values[row[0][some], column] = one[some]
    of = np.repeat(np.arange(some.sum()), kept.sum(axis=0)[some])
    shares = true / np.maximum(true.sum(axis=0), 1)
    return Choices(values, of, shares.T[kept.T], (tuple(of_pairs), tuple(of_starts)))


def _facts(document: Document) -> Facts:
    naming = np.array(document.named, np.int64).reshape(-1, 2)
    return facts(document.turns, spoken(document), naming[:, 0], naming[:, 1])


def fitted(some: Choices) -> Weights:
    """The weights under which the truth is likeliest, but for `PULL`."""
    scale = np.maximum(some.values.std(axis=0, dtype=np.float64), 1e-3).astype(np.float32)
    values, of = some.values / scale, some.of
    first = np.flatnonzero(np.r_[True, np.diff(of) > 0])

    def likelihood(weights: Floats) -> tuple[float, Floats]:
        score = (values @ weights.astype(np.float32)).astype(np.float64)
        score -= np.maximum.reduceat(score, first)[of]
        score -= np.log(np.add.reduceat(np.exp(score), first))[of]
        return float(some.true @ score - PULL / 2 * weights @ weights), np.exp(score)

    weights, size = np.zeros(values.shape[1]), np.inf
    now, p = likelihood(weights)
    while size > 1e-4:
        slope = ((some.true - p).astype(np.float32) @ values).astype(np.float64) - PULL * weights
        share = p.astype(np.float32)[:, None]
        apart = values - np.add.reduceat(values * share, first, axis=0)[of]
        curve = (apart * share).T @ apart
        step = np.linalg.solve(curve.astype(np.float64) + PULL * np.eye(len(weights)), slope)
        while (then := likelihood(weights + step))[0] < now and np.abs(step).max() > 1e-4:
            step /= 2
        weights, size, (now, p) = weights + step, float(np.abs(step).max()), then
    split, found = len(some.names[0]), (weights / scale).round(3).tolist()
    return Weights(
        dict(zip(some.names[0], found[:split], strict=True)), dict(zip(some.names[1], found[split:], strict=True))
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
