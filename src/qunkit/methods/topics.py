"""Words as topics 话题词: who said which, what is no topic, and how surprising or how much one's own a word is.

Words are those of the feature `tokens`, of texts, quotes and announcements, and `[topics] own` of qunkit.toml. They are counted by people: one person's flood is one. An
analysis says ``FEATURES = FEATURES`` and ``SQL = f"WITH {said(…)} …"``, with a parameter ``:ads``; its `finish` leaves out what `telling` does not keep.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cache
from math import lgamma, log, sqrt
from pathlib import Path
from typing import TYPE_CHECKING

from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

FEATURES = ("ads", "tokens")
ADS = Text("texts that look like ads: left out (out), or as any other (in)", "像广告的文本：out 不计入，in 照常计入")
OUT_OR_IN = ("out", "in")
LEAST = 3
"""People who must have used a word before it is asked whether that is many."""
PRIOR = 500.0
"""Words that the Dirichlet prior is worth (Monroe, Colaresi & Quinn 2008)."""
_FLOOR = 0.3
_AD = 0.5
_PSEUDONYM = re.compile("[gmx]-[a-z2-7]{16}")
"""What stands for names under --pseudonymise is no word."""
_PIECES = re.compile(r"[^\W_]+")

SHORTEST = "MIN_BY(text, (short, LENGTH(text), text)) FILTER (WHERE text IS NOT NULL) AS text"
"""The shortest text, one that says more than the word itself if there is any."""

NAMES = """
  SELECT member_id, name FROM members
  UNION
  SELECT rosters.member_id, CASE which.n WHEN 1 THEN rosters.nickname_here WHEN 2 THEN rosters.nickname ELSE rosters.remark END AS name
  FROM rosters CROSS JOIN (VALUES (1), (2), (3)) AS which(n)
"""
"""Every name that members of the chosen groups go by, with its member."""


def said(posts: str, columns: str, names: str, where: str) -> str:
    """CTEs that end in ``said``: one row for each word of a message of `posts`, with ``person``, ``text``, ``short`` and `columns`, whose names are `names`.

    The word '' stands for the message itself: its people are those who wrote anything.
    """
    return f"""told AS (
  SELECT posts.text, posts.person, {columns}, features.tokens, CASE WHEN SIZE(features.tokens) > 1 THEN 0 ELSE 1 END AS short
  FROM {posts} JOIN features ON features.text = posts.text
  WHERE posts.kind IN ('text', 'quote', 'announcement') AND posts.text <> '' AND {where}
    AND (:ads = 'in' OR posts.official OR COALESCE(features.ads, 0) < {_AD:e})
), more AS (
  SELECT word FROM topic_words WHERE kind = 'own' UNION ALL SELECT '' AS word
), said AS (
  SELECT explode(tokens) AS word, {names}, person, text, short FROM told
  UNION ALL
  SELECT more.word, {names}, person, CASE WHEN more.word <> '' THEN text END AS text, short
  FROM told JOIN more ON more.word = '' OR POSITION(more.word IN LOWER(told.text)) > 0
)"""


def telling(found: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """The rows whose ``word`` says something: no stop-word, pseudonym or name, unless it is one's own (``kind``)."""
    words = set(found["word"])
    told = zip(names["member_id"].tolist(), names["name"].tolist(), strict=True)
    out = stopwords() | of_names(words, told) | {word for word in words if _PSEUDONYM.fullmatch(word)}
    kept: pd.DataFrame = found[(found["kind"] == "own") | ~found["word"].isin(out)]
    return kept


def of_names(words: Collection[str], names: Iterable[tuple[str, str]]) -> set[str]:
    """Those of `words` that are somebody's whole name, or the first or last part of the names of one member alone.

    A part ends where a sign that is no letter stands, or anywhere in a run of letters: Chinese names are written without blanks.
    """
    lengths = sorted({len(word) for word in words})
    whole: set[str] = set()
    owners: dict[str, str | None] = {}
    for member, name in names:
        pieces = _PIECES.findall(name.lower())
        whole |= {name.lower().strip(), "".join(pieces)}
        for piece in {*pieces[:1], *pieces[-1:]}:
            inner = () if piece.isascii() else lengths
            for part in {piece, *(end for n in inner if n < len(piece) for end in (piece[:n], piece[-n:]))}:
                owners[part] = member if owners.get(part, member) == member else None
    return (whole | {part for part, owner in owners.items() if owner is not None}).intersection(words)


def surprise(senders: int, expected: float | None) -> float | None:
    """-ln P(X >= `senders`), X Poisson with mean `expected` + 0.3; None where nothing can be expected."""
    if expected is None or expected != expected:
        return None
    mean = expected + _FLOOR
    term = rest = 1.0
    count = senders
    while term > rest * 1e-17:
        count += 1
        term *= mean / count
        rest += term
    return max(0.0, mean - senders * log(mean) + lgamma(senders + 1) - log(rest))


def log_odds(here: int, there: int, all_here: int, all_there: int) -> float | None:
    """z of a word that makes up `here` of `all_here` and `there` of `all_there`: positive where it is said more here. None where there is nothing to compare with."""
    if not all_there or not all_here:
        return None
    prior = PRIOR * (here + there) / (all_here + all_there)
    rest_here, rest_there = all_here + PRIOR - here - prior, all_there + PRIOR - there - prior
    if not prior or rest_here <= 0 or rest_there <= 0:
        return None
    odds = log((here + prior) / rest_here) - log((there + prior) / rest_there)
    return odds / sqrt(1 / (here + prior) + 1 / (there + prior))


@cache
def stopwords() -> frozenset[str]:
    """Words that every chat is full of."""
    lines = Path(__file__).with_name("data").joinpath("stopwords.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
