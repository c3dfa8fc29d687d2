"""The rules that the model of links replaced, to compare it with: who was addressed answers; else what neither asks nor is long goes on with its sender's own thread."""

from __future__ import annotations

import irc
import numpy as np
from irc import Document

from qunkit.methods.evidence import SOFT, evidence

ADDRESSED, THREAD = 3600.0, 600.0
"""Seconds."""
LONG = 60
"""Characters above which a message starts a thread."""


def by_rules(document: Document) -> irc.Edges:
    """Names as in the product, then the rules, turn by turn."""
    turns, told = document.turns, evidence(document.turns, document.lines)
    starts = document.asks | (np.array([*map(len, document.text)]) > LONG)
    addressed: dict[int, int] = {}
    own: dict[int, int] = {}
    names: dict[int, list[int]] = {}
    for line, who in document.named:
        names.setdefault(int(turns.of_line[line]), []).append(who)
    answers = np.full(len(turns), -1)
    for turn, who in enumerate(turns.who.tolist()):
        by, mine = addressed.get(who, -1), own.get(who, -1)
        if told.how[turn] != SOFT:
            answers[turn] = told.parent[turn]
        elif by > mine and turns.at[turn] - turns.at[by] <= ADDRESSED:
            answers[turn] = by
        elif not starts[turns.first[turn] : turns.last[turn] + 1].any() and mine >= 0:
            answers[turn] = mine if turns.at[turn] - turns.at[mine] <= THREAD else -1
        own[who] = turn
        addressed |= dict.fromkeys(names.get(turn, ()), turn)
    number = np.arange(len(document.who))
    later = np.where(told.line_parent >= 0, told.line_parent, number - 1)
    to = answers[turns.of_line]
    parent = np.where(turns.first[turns.of_line] < number, later, np.where(to >= 0, turns.last[to], -1))
    return document.edges(parent[document.annotated].tolist())
