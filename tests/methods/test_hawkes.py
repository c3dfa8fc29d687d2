"""The Hawkes process against direct maximum likelihood, against planted influence, and by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import rankdata

from qunkit.methods import runs
from qunkit.methods.hawkes import fit
from qunkit.methods.influence import ignited, likeliest, ranks, self_check, spread
from qunkit.methods.runs import WINDOW, Log
from support.kol_measures import checked, covered, flagged, planted, rooted
from support.kol_worlds import logged, simulate
from support.logs import EXAMPLES


def small(seed=3, explicit=0.2, half=0.0):
    """A log of five people and ten days, with hours of four kinds."""
    log = logged(simulate(seed, members=5, days=10, daily=8), explicit)
    return replace(log, hour=log.hour // 6 * 6, half=half)


def said_directly(log, theta):
    """The logarithm of the likelihood as the definition says it: pull, share, base, profile of the four hours, echo, rate, own rate, what is said."""
    n, turns = log.members, len(log.who)
    pull, share, base = np.exp(theta[:n]), np.exp(theta[n : 2 * n]), np.exp(theta[2 * n : 3 * n])
    share = share / share.sum()
    profile = np.exp(theta[3 * n : 3 * n + 4])
    profile *= 24 / profile.sum()  # the other hours have none, as nobody speaks then
    echo, rate, own = np.exp(theta[3 * n + 4 : 3 * n + 7])
    said = np.exp(theta[3 * n + 7 :])
    total = -(base.sum() * 1440 * log.days + echo * turns + (pull * (1 - share))[log.who].sum())

    def density(rate, delay):
        return np.where(delay <= WINDOW, rate * np.exp(-rate * delay) / (1 - np.exp(-rate * WINDOW)), 1.0)

    i, j = np.tril_indices(turns, -1)
    delay = log.at[i] - log.at[j] + log.half
    known = log.known[i]
    asked = np.where(known >= 0, j == known, delay <= WINDOW)
    i, j, delay = i[asked], j[asked], delay[asked]
    heard = np.where(log.known[i] >= 0, said[log.who[i]], 1 - said[log.who[i]])
    answer = pull[log.who[j]] * share[log.who[i]] * density(rate, delay) * heard
    made = np.where(log.who[j] == log.who[i], echo * density(own, delay), answer)
    rates = np.bincount(i, made, turns) + np.where(log.known < 0, base[log.who] * profile[log.hour // 6], 0)
    return total + np.log(rates).sum()


def parameters(log, found):
    """What `said_directly` wants."""
    scales = [found.echo, found.rate, found.own_rate]
    return np.log(np.r_[found.pull, found.share, found.base, found.profile[[0, 6, 12, 18]], scales, found.said] + 1e-12)


@pytest.mark.parametrize("half", [0.0, 0.5])
def test_its_likelihood_is_the_definitions(half):
    log = small(half=half)
    found = fit(log, strength=0, count=0, rounds=5)
    assert found.likelihoods[-1] == pytest.approx(said_directly(log, parameters(log, found)), abs=1e-5)


def echoing(log, every=4, later=3.0):
    """The log, and after each so many turns one more by the same sender."""
    some = np.arange(0, len(log.who), every)
    at = np.r_[log.at, log.at[some] + later]
    order = np.argsort(at, kind="stable")
    place = np.argsort(order)
    who, hour = np.r_[log.who, log.who[some]][order], np.r_[log.hour, log.hour[some]][order]
    known = np.r_[np.where(log.known < 0, -1, place[log.known]), np.full(len(some), -1)][order]
    return replace(log, who=who, at=at[order], hour=hour, known=known)


def test_em_finds_what_direct_maximum_likelihood_finds():
    log = small(seed=1)
    log = echoing(replace(log, who=log.who[:200], at=log.at[:200], hour=log.hour[:200], known=log.known[:200], days=6))
    found = fit(log, strength=0, count=0, rounds=20000, precision=1e-13)
    start = np.log(np.r_[[0.3] * 5, [0.2] * 5, [0.002] * 5, [1.0] * 4, 0.1, 0.4, 0.8, [0.2] * 5])
    direct = minimize(
        lambda theta: -said_directly(log, theta), start, method="L-BFGS-B",
        options={"maxiter": 5000, "maxfun": 10**6, "ftol": 1e-15, "gtol": 1e-6},
    )  # fmt: skip
    best = np.exp(direct.x)
    assert -direct.fun == pytest.approx(found.likelihoods[-1], abs=1e-3)
    assert found.echo > 0.05
    np.testing.assert_allclose(found.pull, best[:5], atol=1e-3)
    np.testing.assert_allclose(found.share, best[5:10] / best[5:10].sum(), atol=1e-3)
    np.testing.assert_allclose(found.base, best[10:15], atol=1e-3)
    np.testing.assert_allclose((found.echo, found.rate, found.own_rate), best[19:22], atol=1e-3)
    np.testing.assert_allclose(found.said, best[22:], atol=1e-3)


def grows(likelihoods):
    return all(after >= before - 1e-9 * abs(before) for before, after in pairwise(likelihoods))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.3]), st.sampled_from([(0.0, 0.0), (10.0, 0.5), (2.0, 0.0)]))
def test_the_likelihood_never_falls(seed, explicit, believed):
    log = small(seed, explicit)
    strength, count = believed
    found = fit(log, strength=strength, count=count, rounds=40, precision=-1.0)
    assert len(found.likelihoods) == 40
    assert grows(found.likelihoods)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from([0.0, 0.1, 3.0, 20.0, 21.0, 900.0])), max_size=12), st.data()
)
def test_any_log_is_fitted(turns, data):
    n = len(turns)
    at = np.cumsum([0.0, *[gap for _, gap in turns]])[1:]
    known = [data.draw(st.integers(-1, i - 1)) for i in range(n)]
    who = np.array([w for w, _ in turns], np.int64)
    log = Log(who, at, (at // 60 % 24).astype(np.int64), np.array(known, np.int64), 3, 1.0)
    found = fit(log)
    assert grows(found.likelihoods)
    assert found.share.sum() == pytest.approx(1)
    # every turn has one cause: another's turn, one's own, or none
    assert ((found.caused + found.fresh) < 1 + 1e-9).all()
    assert found.answers.sum() == pytest.approx(found.caused.sum())
    for values in (*spread(log, found), ignited(log, found), *likeliest(log, found)):
        assert np.isfinite(values).all()


def test_how_much_is_held_at_a_time_changes_nothing(monkeypatch):
    log = small()
    whole = fit(log, rounds=8)
    told = likeliest(log, whole)
    monkeypatch.setattr(runs, "_CHUNK", 50)
    monkeypatch.setattr(runs, "_HELD", 0)
    assert len(list(runs._Runs(log))) > 5
    parts = fit(log, rounds=8)
    np.testing.assert_allclose(parts.pull, whole.pull, rtol=1e-9)
    np.testing.assert_allclose(parts.likelihoods, whole.likelihoods, rtol=1e-12)
    for one, other in zip(likeliest(log, whole), told, strict=True):
        np.testing.assert_allclose(one, other)


def test_a_crowd_does_not_take_the_memory():
    many = 3000  # all within one window: no more than so many before each are looked at
    log = Log(np.arange(many) % 50, np.sort(np.random.default_rng(1).random(many)), np.zeros(many, np.int64), np.full(many, -1), 50, 1.0)  # fmt: skip
    assert max(len(run.others.parent) + len(run.own.parent) for run in runs._Runs(log)) <= runs._CHUNK + 256
    assert sum(run.others.many.sum() + run.own.many.sum() for run in runs._Runs(log)) < 256 * many


def by_hand(known):
    """0 at 0, 1 at 1 minute, 2 at 2, 0 at 3, then 1 a day later."""
    who, at = np.array([0, 1, 2, 0, 1]), np.array([0.0, 1.0, 2.0, 3.0, 1440.0])
    return Log(who, at, np.zeros(5, np.int64), np.array(known), 3, 2.0)


def test_known_parents_are_the_only_ones():
    log = by_hand([-1, 0, 1, 2, 0])
    found = fit(log)
    assert found.answers.tolist() == [2, 1, 1, 0, 0]  # also a day later: people said so
    assert found.caused.tolist() == [0, 1, 1, 1, 1]
    assert found.fresh.tolist() == [1, 0, 0, 0, 0]
    assert likeliest(log, found)[0].tolist() == [-1] * 5
    # all goes back to the first turn of 0, whose own fourth turn does not count: two others and one a day later
    assert ignited(log, found).tolist() == [3, 0, 0, 0, 0]


def test_of_equal_causes_the_nearest_is_told():
    log = Log(np.array([0, 1, 2]), np.array([0.0, 0.0, 1.0]), np.zeros(3, np.int64), np.full(3, -1), 3, 1.0)
    found = replace(fit(log), pull=np.full(3, 0.5), share=np.full(3, 1 / 3))
    parent, p = likeliest(log, found)
    assert parent.tolist() == [-1, 0, 1]
    assert 0 < p[2] < 0.5


def test_drawn_families_are_as_likely_as_the_causes():
    log = small(explicit=0.0)
    found = fit(log)
    # of one remove: how often a turn is nobody's child is `fresh`, so credit is at most all that is not fresh
    credit = ignited(log, found, draws=200)
    assert credit.sum() <= (1 - found.fresh).sum() * 1.05
    assert credit.sum() >= found.caused.sum() * 0.5
    again = ignited(log, found, draws=200)
    assert (credit == again).all()


def medians(told):
    return tuple(median(values) for values in zip(*told, strict=True))


def bars(world, explicit, seeds):
    return medians(planted(world, explicit, seed) for seed in range(seeds))


@pytest.mark.parametrize("explicit", [0.0, 0.15])
def test_planted_influence_is_found_in_two_chats(explicit):
    pull, volume, top = bars("base", explicit, 2)
    assert (pull >= 0.85, volume >= 0.9, top >= 0.88) == (True, True, True)


@pytest.mark.slow
@pytest.mark.parametrize("explicit", [0.0, 0.15])
def test_planted_influence_is_found(explicit):
    pull, volume, top = bars("base", explicit, 8)
    assert (pull >= 0.85, volume >= 0.9, top >= 0.88) == (True, True, True)


@pytest.mark.slow
@pytest.mark.parametrize("explicit", [0.0, 0.15])
def test_planted_influence_is_found_among_all_that_confounds_it(explicit):
    pull, volume, _ = bars("confounded", explicit, 8)
    assert (pull >= 0.8, volume >= 0.8) == (True, True)


def test_root_credit_finds_who_begins_threads():
    volume, credit = rooted(0.0, 0)
    assert credit > volume
    assert credit >= 0.7


@pytest.mark.slow
@pytest.mark.parametrize(("against", "least"), [(0.0, 0.75), (0.4, 0.6)])
def test_root_credit_finds_who_begins_threads_in_many_chats(against, least):
    volume, credit = medians(rooted(against, seed) for seed in range(6))
    assert (credit > volume, credit >= least) == (True, True)


def test_where_all_are_alike_nobody_stands_out():
    assert flagged("null", 0) <= 0.03 < flagged("base", 0)


@pytest.mark.slow
def test_where_all_are_alike_few_ever_stand_out():
    assert np.mean([flagged("null", seed) for seed in range(8)]) <= 0.03
    assert min(flagged("base", seed) for seed in range(3)) >= 0.1


def checks(world, explicit, seeds):
    return [checked(world, explicit, seed) for seed in range(seeds)]


def test_the_self_check_tells_chats_with_kols_from_those_without():
    with_, without = (checks(world, 0.15, 2) for world in ("base", "null"))
    assert [check.stands for check in with_] == [True, True]
    assert min(check.rho for check in with_) > 0.5
    assert max(check.rho for check in without) < 0.35
    assert all(check.low < check.rho for check in with_ + without)


@pytest.mark.slow
@pytest.mark.parametrize("explicit", [0.05, 0.15, 0.3])
def test_where_all_are_alike_the_self_check_seldom_stands(explicit):
    """Of halves of quotes, not of people, every other chat passed."""
    assert sum(check.stands for check in checks("null", explicit, 12)) <= 1
    assert all(check.stands for check in checks("base", explicit, 4))


def mean_covered(world, explicit, seeds):
    return np.mean([covered(world, explicit, seed) for seed in range(seeds)])


def test_intervals_hold_most_of_what_was_planted():
    assert mean_covered("base", 0.15, 2) >= 0.85
    assert mean_covered("null", 0.15, 1) >= 0.85


@pytest.mark.slow
@pytest.mark.parametrize(("world", "explicit"), [("base", 0.0), ("base", 0.15), ("base", 0.4), ("null", 0.15)])
def test_intervals_hold_what_was_planted(world, explicit):
    assert 0.85 <= mean_covered(world, explicit, 8) <= 1.0


def test_too_few_links_or_members_check_nothing():
    assert self_check(small(explicit=0.0)) is None
    assert self_check(logged(simulate(0, members=6, days=10, daily=8), 0.5)) is None


@given(st.lists(st.integers(0, 5), max_size=20))
def test_ranks_are_those_of_scipy(values):
    assert ranks(np.array(values, float)).tolist() == rankdata(values).tolist()
