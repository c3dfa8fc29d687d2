"""How `churn risk` and `churn survival` do where the truth is known: ``python training/churn_evaluate.py DATA``; `make eval DATA=…` is that, too.

Published fits on CDNOW (of DATA) and on Rossi's convicts (of lifelines), and members with planted departures. Prints each figure with its bar, and writes them
to churn-figures.json and from there into docs/methods/churn.md. Ends with an error if a bar is missed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import churn_members
import figures
import numpy as np
from churn_members import HORIZON, ORIGIN, Member, Vector
from figures import Bar, Rows
from lifelines.datasets import load_rossi
from scipy.optimize import minimize
from scipy.special import betaln, expit, gammaln
from sklearn.metrics import brier_score_loss, roc_auc_score

from qunkit.methods import mbg, silence, survival

PAGE = Path(__file__).parents[1] / "docs/methods/churn.md"
KEPT = Path(__file__).parent / "churn-figures.json"
CDNOW = "cdnow/cdnow_customers_summary.csv"
PUBLISHED = {
    "BG/NBD": (0.2426, 4.4135, 0.7929, 2.4258, -9582.4),
    "MBG/NBD": (0.5248, 6.1830, 0.8914, 1.6140, -9582.1),
}
"""r, alpha, a, b and log-likelihood on CDNOW, by the package lifetimes."""
ROSSI = {"fin": -0.3794, "age": -0.0574, "prio": 0.0915}
GROUPS, BINS = 25, 10
SHORT = 60
"""Days of a log to which the shipped coefficients are scaled."""
LONG = 2000
"""Days after which nobody to speak of is left."""
SEEN = 90
"""Days within which members spoke of whom `churn risk` tells."""


def main(data: Path) -> None:
    """Measure, print, write."""
    groups = [churn_members.members(seed) for seed in range(GROUPS)]
    fits, departures, risks = cdnow(data), left(groups), silent(groups)
    cox, study = rossi()
    bars = [
        *(
            Bar(f"CDNOW, {name}: parameters, relative difference", fits[name][0], 1e-3, at_most=True)
            for name in PUBLISHED
        ),
        *(Bar(f"CDNOW, {name}: log-likelihood, difference", fits[name][1], 0.1, at_most=True) for name in PUBLISHED),
        Bar("Rossi, Cox: coefficients, difference", cox["coefficients"], 1e-4, at_most=True),
        Bar("Rossi, Cox: log-likelihood, difference", cox["log-likelihood"], 1e-2, at_most=True),
        Bar("Rossi, Kaplan-Meier: S(52), difference", cox["S(52)"], 1e-4, at_most=True),
        Bar("planted departures, `p_left`: AUC", departures[0]["AUC"], 0.917),
        Bar("planted departures, `p_left`: ECE", departures[0]["ECE"], 0.0475, at_most=True),
        Bar("planted members, `p_silent`: AUC above that of 14 days silent", risks[0]["AUC"] - risks[2]["AUC"], 0.08),
        Bar("planted members, `p_silent`: ECE", risks[0]["ECE"], 0.05, at_most=True),
        Bar(f"planted members, `p_silent` by {SHORT} days: ECE", risks[3]["ECE"], 0.05, at_most=True),
    ]
    tables = {
        "bars": [bar.row() | {"measured": f"{bar.figure:.3g}"} for bar in bars],
        "rossi": study,
        "left": departures,
        "silent": risks,
        "single": single(groups),
        "lasting": lasting(groups),
        "read": [{"file": CDNOW, "sha256": f"`{sha256((data / CDNOW).read_bytes()).hexdigest()}`"}],
    }
    figures.write(tables, PAGE, KEPT)
    sys.exit(figures.missed(bars))


# -- published fits ----------------------------------------------------------------------------------------------------
def cdnow(data: Path) -> dict[str, tuple[float, float]]:
    """Of each model the largest relative difference of its parameters, and that of the log-likelihood."""
    people = np.genfromtxt(data / CDNOW, delimiter=",", skip_header=1)[:, 1:].T
    found = {"BG/NBD": bg(*people), "MBG/NBD": tuple(mbg.fit(*people))}
    return {
        name: (float(np.abs(np.array(found[name][:4]) / told[:4] - 1).max()), abs(found[name][4] - told[4]))
        for name, told in PUBLISHED.items()
    }


def bg(x: Vector, last: Vector, known: Vector) -> tuple[float, ...]:
    """BG/NBD (Fader, Hardie & Lee 2005), for comparison alone: parameters and log-likelihood."""

    def loss(logs: Vector) -> float:
        return -float(_bg(np.exp(logs), x, last, known)[0].sum()) / len(x)

    found = minimize(loss, np.zeros(4), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-12, "maxiter": 5000})
    return (*np.exp(found.x).tolist(), -found.fun * len(x))


def _bg(at: Vector, x: Vector, last: Vector, known: Vector) -> tuple[Vector, Vector]:
    """The log-likelihood of each, and the probability that they have left: of who came once it is 0."""
    r, alpha, a, b = at
    repeats = np.maximum(x, 1)
    odds = np.log(a) - np.log(b + repeats - 1) + (r + x) * (np.log(alpha + known) - np.log(alpha + last))
    odds = np.where(x > 0, odds, -np.inf)
    there = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + known)
    return there + betaln(a, b + x) - betaln(a, b) + np.logaddexp(0, odds), expit(odds)


def rossi() -> tuple[dict[str, float], Rows]:
    """Rossi's convicts as members: arrested in week n is silent after n days; the others spoke on when the 52 of the study were over."""
    data = load_rossi()
    start = np.ones(len(data))
    last = np.where(data["arrest"] == 1, data["week"], 60).astype(float)
    lives = survival.lives(start, last, start, 52)
    found = survival.cox(lives, data.drop(columns=["week", "arrest"]))
    curve = survival.kaplan_meier(lives)
    share, likely = float(curve.survival[curve.at(52)]), found.attrs["log_likelihood"]
    coefficients = found["coef"][[*ROSSI]]
    off = {
        "coefficients": float(np.abs(coefficients - [*ROSSI.values()]).max()),
        "log-likelihood": abs(likely + 658.75),
        "S(52)": abs(share - 0.7361),
    }
    told = {**{name: f"{value:.4f}" for name, value in coefficients.items()}, "log-likelihood": f"{likely:.2f}", "S(52)": f"{share:.4f}"}  # fmt: skip
    known = {**{name: f"{value:.4f}" for name, value in ROSSI.items()}, "log-likelihood": "-658.75", "S(52)": "0.7361"}
    return off, [{"figure": name, "published": known[name], "measured": told[name]} for name in told]


# -- planted members ---------------------------------------------------------------------------------------------------
def left(groups: Sequence[list[Member]]) -> Rows:
    """Who has left by the day of judgement: `p_left`, and what else might tell."""
    now = [churn_members.snapshot(group, ORIGIN) for group in groups]
    met = [(one.active - 1, one.known - one.silent, one.known) for one in now]
    told = {
        "MBG/NBD: `p_left`": [mbg.fit(*one).left(*one) for one in met],
        "days silent ÷ 120": [one.silent / ORIGIN for one in now],
        "silent for 30 days": [(one.silent >= 30).astype(float) for one in now],
        "silent for 14 days": [(one.silent >= 14).astype(float) for one in now],
        "BG/NBD": [_bg(np.array(bg(*one)[:4]), *one)[1] for one in met],
    }
    return [judged(name, [one.left for one in now], p) for name, p in told.items()]


def silent(groups: Sequence[list[Member]]) -> Rows:
    """Who says nothing in the 14 days after; by long logs and by short ones."""
    rows: Rows = []
    for days in (ORIGIN, SHORT):
        logs = [since(group, ORIGIN - days) for group in groups]
        now = [churn_members.snapshot(log, ORIGIN, SEEN) for log in logs]
        x, truth = [silence.terms(*one[:3]) for one in now], [one.says_nothing for one in now]
        models = [model(log, ORIGIN - days) for log in logs]
        told = {
            f"{days} days: {models[0].basis}": [
                expit(terms @ one.coefficients) for terms, one in zip(x, models, strict=True)
            ],
            f"{days} days: as shipped": [expit(terms @ silence.SHIPPED[HORIZON]) for terms in x],
            f"{days} days: silent for 14": [(one.silent >= 14).astype(float) for one in now],
        }
        rows += [judged(name, truth, p) for name, p in told.items()]
    return rows


def since(group: list[Member], begin: int) -> list[Member]:
    """What a log knows that begins on that day."""
    return [Member(days, one.left) for one in group if len(days := one.days[one.days >= begin])]


def model(log: list[Member], begin: int) -> silence.Model:
    """The model of a log, as `churn risk` asks it: rolling origins back from the day of judgement, of 14 days of data or more."""
    past = [churn_members.snapshot(log, day, SEEN) for day in range(ORIGIN - HORIZON, begin + 12, -HORIZON)]
    x = np.concatenate([silence.terms(*one[:3]) for one in past])
    return silence.model(HORIZON, ORIGIN - begin, x, np.concatenate([one.says_nothing for one in past]))


def single(groups: Sequence[list[Member]]) -> Rows:
    """What is to be expected of one group of so many members: the ECE of its own fit, and of probabilities that are true."""
    dice = np.random.default_rng(0)
    rows: Rows = []
    for size in (100, 200, churn_members.MEMBERS):
        own, true, counted = [], [], []
        for group in groups:
            some = group[:size]
            now = churn_members.snapshot(some, ORIGIN, SEEN)
            p = expit(silence.terms(*now[:3]) @ model(some, 0).coefficients)
            own.append(ece(now.says_nothing, p))
            true.append(np.mean([ece((dice.random(len(p)) < p).astype(float), p) for _ in range(40)]))
            counted.append(len(p))
        rows.append({"members judged": round(np.mean(counted)), "ECE": float(np.mean(own)), "of true probabilities": float(np.mean(true))})  # fmt: skip
    return rows


def lasting(groups: Sequence[list[Member]]) -> Rows:
    """How many still are there after so many days, or post then or later: what is planted, and the curve of lapses, by silences of 30 days and of 14."""
    members = [one for group in groups for one in group]
    forever = [one for seed in range(GROUPS) for one in churn_members.members(seed, LONG)]
    posted = np.array([one.days[-1] - one.days[0] for one in forever])
    start, last = (np.array([one.days[end] for one in members]) for end in (0, -1))
    stayed = np.array([one.left for one in members]) - start
    curves = [survival.kaplan_meier(survival.lives(start, last, start, churn_members.DAYS - 1 - days)) for days in (30, 14)]  # fmt: skip
    return [
        {"days": day, "have not left": float((stayed >= day).mean()), "post then or later": float((posted >= day).mean())}
        | {f"silence of {days} days": float(curve.survival[curve.at(day)]) for days, curve in zip((30, 14), curves, strict=True)}
        for day in (7, 28, 56, 84)
    ]  # fmt: skip


def judged(name: str, truth: Sequence[Vector], p: Sequence[Vector]) -> dict[str, Any]:
    """AUC is the mean over groups; Brier and ECE are of all."""
    every, told = np.concatenate(truth), np.concatenate(p)
    ranks = [roc_auc_score(one, score) for one, score in zip(truth, p, strict=True)]
    return {"by": name, "AUC": float(np.mean(ranks)), "Brier": float(brier_score_loss(every, told)), "ECE": ece(every, told)}  # fmt: skip


def ece(truth: Vector, p: Vector) -> float:
    """The expected calibration error of ten bins of equal width."""
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    return float(sum(abs(truth[bins == k].sum() - p[bins == k].sum()) for k in range(BINS)) / len(p))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
