"""Learning labels: towards them, from where it starts, always the same, and what is said of how well it does."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from qunkit.chat.normal import normalise
from qunkit.methods import ad_learning
from qunkit.methods.ad_learning import ENOUGH, FOLDS, learn
from qunkit.methods.ad_model import design
from support.tiny_ads import ADS, CHATS, LABELS, TEXTS, empty, tiny

PLACES = ("东门", "西门", "河边", "楼下", "公园", "车站", "学校")
MANY = [text + place for text, place in itertools.product(TEXTS, PLACES)]
SAID = [label for label, _ in itertools.product(LABELS, PLACES)]


def test_it_takes_the_labels_to_heart() -> None:
    """What the tiny model takes for an advertisement, said to be none often enough, and things like it."""
    texts = ["收二手童车，加微信tong_che1", "收二手书，加微信shu_ben22", "转一辆童车，要的加微信che_che3"]
    before = tiny().score(["转一箱书，要的加微信shu_xiang4"])
    after = learn(tiny(), texts, [False] * 3).model.score(["转一箱书，要的加微信shu_xiang4"])
    assert before[0] > 0.5 > after[0]
    assert (learn(tiny(), texts, [False] * 3).model.score(texts) < 0.5).all()


def test_what_the_labels_say_nothing_of_stays() -> None:
    """Columns that no label has are as they were, to the bit; those that one has are not."""
    model = learn(tiny(), ["早"], [True]).model
    touched = set(design(["早"]).indices.tolist())
    assert set(np.flatnonzero(model.weights != tiny().weights).tolist()) == touched
    assert len(touched) == 3  # a character, a syllable, two signs or fewer


def test_without_labels_nothing_changes() -> None:
    learned = learn(tiny(), [], [], name="none")
    assert learned.out_of_fold.shape == (0,)
    assert learned.model.name == "none"
    assert learned.model.score(TEXTS).tolist() == tiny().score(TEXTS).tolist()


def test_more_weight_moves_it_further() -> None:
    light, heavy = (
        learn(tiny(), ["明天还去爬山吗？"], [True], weight=weight).model.score(["明天还去爬山吗？"])
        for weight in (0.1, 10)
    )
    assert tiny().score(["明天还去爬山吗？"]) < light < heavy


def test_by_hand() -> None:
    """From nothing, one text of one character with weight 1: three columns of 3, 3 and 1, and a bias. Each moves by its value times the same α, and
    the least of log(1 + exp(-20 α)) + 10 α² (3² + 3² + 1² + 1² = 20) is where α = 1 / (1 + exp(20 α)): 0.0827…"""
    model = learn(empty(), ["好"], [True], weight=1).model
    alpha = 0.05
    for _ in range(200):
        alpha = alpha / 2 + 1 / (1 + math.exp(20 * alpha)) / 2
    assert math.isclose(model.bias, alpha, rel_tol=1e-4)
    moved = np.sort(model.weights[np.flatnonzero(model.weights)].astype(float))
    assert np.allclose(moved, [alpha, 3 * alpha, 3 * alpha], rtol=1e-3)


def test_it_is_the_least() -> None:
    """Another method finds nothing better, on columns written out in full."""
    rows = design(TEXTS)[:, :]
    used = np.unique(rows.indices)
    full = np.hstack([rows[:, used].toarray(), np.ones((len(TEXTS), 1))])
    signs = np.where(LABELS, 1.0, -1.0)

    def loss(moved: np.ndarray) -> float:
        return float(20 * np.logaddexp(0, -signs * (full @ moved)).sum() + moved @ moved / 2)

    def gradient(moved: np.ndarray) -> np.ndarray:
        margins = signs * (full @ moved)
        return moved - 20 * full.T @ (signs / (1 + np.exp(margins)))

    best = minimize(loss, np.zeros(full.shape[1]), jac=gradient, method="CG", options={"gtol": 1e-5, "maxiter": 2000})
    ours = learn(empty(), TEXTS, LABELS).model
    found = np.append(ours.weights[used].astype(float), ours.bias)
    assert loss(found) <= best.fun * 1.0001
    assert np.allclose(found, best.x, atol=2e-3)


def test_weights_of_labels_are_repetitions() -> None:
    """A label that counts three times is three labels, but for the folds."""
    texts, labels = TEXTS[:3] + TEXTS[-3:], LABELS[:3] + LABELS[-3:]
    thrice = learn(empty(), texts + texts[:1] * 2, labels + labels[:1] * 2).model
    weighed = learn(empty(), texts, labels, weights=[3, 1, 1, 1, 1, 1]).model
    assert np.allclose(thrice.weights, weighed.weights, atol=1e-3)


def test_the_order_of_the_labels_does_not_matter() -> None:
    shuffled = np.random.default_rng(5).permutation(len(MANY))
    one = learn(tiny(), MANY, SAID)
    two = learn(tiny(), [MANY[place] for place in shuffled], [SAID[place] for place in shuffled])
    assert one.model.packed() == two.model.packed() == learn(tiny(), MANY, SAID).model.packed()
    assert one.out_of_fold[shuffled].tolist() == two.out_of_fold.tolist()


def test_learning_starts_from_the_scale_too() -> None:
    """A model that is scaled is continued as it scores, not as it was before its scale."""
    scaled = replace(tiny(), scale=(0.5, 0.25))
    again = learn(scaled, [], []).model
    assert again.scale == (1.0, 0.0)
    assert np.allclose(again.logits(TEXTS), scaled.logits(TEXTS), atol=0.02)


# -- what is said of it ------------------------------------------------------------------------------------------------
def test_no_label_is_judged_by_a_model_that_has_seen_it() -> None:
    """Said of nonsense of which nothing can be known, labels are of no help: a model that had seen them would be sure."""
    dice = np.random.default_rng(3)
    texts = ["".join(dice.choice(list("甲乙丙丁戊己庚辛壬癸"), 12)) for _ in range(40)]
    labels = (dice.random(40) < 0.5).tolist()
    learned = learn(empty(), texts, labels)
    assert ((learned.model.score(texts) > 0.5) == labels).all()
    assert 0.2 < ((learned.out_of_fold > 0.5) == labels).mean() < 0.8


def test_out_of_fold_by_hand() -> None:
    """The labels of a fold get the p of what the other four make."""
    folds = np.array([ad_learning._fold(text) for text in TEXTS])
    assert set(folds.tolist()) == set(range(FOLDS))
    learned = learn(empty(), TEXTS, LABELS)
    for fold in range(FOLDS):
        others = [place for place in range(len(TEXTS)) if folds[place] != fold]
        model = learn(empty(), [TEXTS[place] for place in others], [LABELS[place] for place in others]).model
        held = [TEXTS[place] for place in np.flatnonzero(folds == fold)]
        assert np.allclose(model.score(held), learned.out_of_fold[folds == fold], atol=2e-3)


def test_texts_that_are_the_same_when_normalised_share_a_fold() -> None:
    assert normalise("➕薇❤ kk_99887") == normalise("加微信 kk_99887")
    assert ad_learning._fold("➕薇❤ kk_99887") == ad_learning._fold("加微信 kk_99887")


def test_few_labels_are_not_scaled() -> None:
    assert len(TEXTS) < ENOUGH <= len(MANY)
    assert not learn(empty(), TEXTS, LABELS).scaled
    assert learn(empty(), TEXTS, LABELS).model.scale == (1.0, 0.0)
    assert learn(empty(), MANY, SAID).scaled
    assert not learn(empty(), MANY, [True] * len(MANY)).scaled


def test_platt_by_hand() -> None:
    """Of those at logit 1, three of four are advertisements, of those at -1 one of four: 4,000 of each make targets all but 0 and 1, so that
    p is 3/4 and 1/4, slope ln 3, shift 0."""
    logits = np.repeat([1.0, -1.0], 4000)
    said = np.tile([True, True, True, False], 2000) ^ (logits < 0)
    slope, shift = ad_learning._platt(logits, said, np.ones(8000))
    assert math.isclose(slope, math.log(3), rel_tol=1e-2)
    assert math.isclose(shift, 0.0, abs_tol=1e-2)


def test_platt_never_turns_the_order_round() -> None:
    logits = np.repeat([1.0, -1.0], 50)
    assert ad_learning._platt(logits, logits < 0, np.ones(100)) == (1.0, 0.0)


def test_platt_is_finite_where_all_is_clear() -> None:
    logits = np.repeat([30.0, -30.0], 50)
    slope, shift = ad_learning._platt(logits, logits > 0, np.ones(100))
    assert 0 < slope < 1
    assert abs(shift) < 1


def test_the_cut_is_where_f1_may_be_expected_to_be_greatest() -> None:
    """p of 0.9, 0.4 and 0.1, ten of each: 14 advertisements. The first kind alone gives an F1 of 2 · 9 / (10 + 14) = .75, the first two
    2 · 13 / (20 + 14) = .765, all 2 · 14 / (30 + 14) = .64: the cut is at .382, between .4 and .1, and half of what F1 is."""
    shares = {0.9: 2.0, 0.4: 0.0, 0.1: -2.0}
    slope, shift = 1.0, 0.0

    def platt(*_: object) -> tuple[float, float]:
        return slope, shift

    logits = np.repeat([math.log(p / (1 - p)) for p in shares], 10)
    original = ad_learning._platt
    ad_learning._platt = platt
    try:
        _, moved = ad_learning._scale(logits, logits > 0, np.ones(30))
    finally:
        ad_learning._platt = original
    cut = 13 / 34
    assert math.isclose(moved, -math.log(cut / (1 - cut)), rel_tol=1e-9)


def test_what_it_was_made_of_is_said() -> None:
    model = learn(tiny(), TEXTS, LABELS, name="learned-1").model
    assert (model.name, dict(model.about)) == ("learned-1", {"from": "tiny", "labels": 24, "advertisements": 12})


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="not of one length"):
        learn(empty(), ADS, [True])
    with pytest.raises(ValueError, match="not of one length"):
        learn(empty(), CHATS, [False] * len(CHATS), weights=[1.0])
