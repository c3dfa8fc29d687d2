"""The model: p of texts in whatever company, its file, and its reasons."""

from __future__ import annotations

import io
import json
import math
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.chat.normal import normalise
from qunkit.errors import ModelDamaged, ModelOfAnotherVersion
from qunkit.methods import ad_marks, ad_model, ad_reasons, grams
from qunkit.methods.ad_model import WIDTH, AdModel, design
from support.tiny_ads import ADS, CHATS, TEXTS, empty, tiny

ANY = st.lists(
    st.one_of(
        st.sampled_from(TEXTS), st.text(max_size=20), st.text(st.sampled_from("加➕薇❤. 兼职①{}\n"), max_size=12)
    ),
    max_size=8,
)


def test_what_it_has_seen_it_knows() -> None:
    assert (tiny().score(ADS) > 0.9).all()
    assert (tiny().score(CHATS) < 0.1).all()


def test_disguises_change_nothing() -> None:
    plain, disguised = tiny().score(["加微信abc123，日入300", "➕.薇.❤ａｂｃ①②③，日入\u200b３００"])
    assert plain == disguised


def test_by_hand() -> None:
    """“好” is one character and one syllable, each counting 3, and two signs or fewer: (0.5 + 1 - 3 · 0.25 + 3 · 0.125) · 2 - 0.25 = 2."""
    weights = np.zeros(WIDTH, np.float16)
    columns = design(["好"]).indices
    assert len(columns) == 3
    weights[np.sort(columns)] = [-0.25, 0.125, 1.0]
    model = AdModel("by hand", weights, 0.5, (2.0, -0.25))
    assert model.logits(["好"]).tolist() == [2.0]
    assert model.score(["好"]).tolist() == [1 / (1 + math.exp(-2.0))]


def test_nothing_to_read() -> None:
    assert tiny().score([]).shape == (0,)
    one, two, three = tiny().score(["", "\u200b", "\0 "])
    assert one == two == three < 0.5


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY, st.integers(1, 5))
def test_company_changes_nothing(texts: list[str], size: int) -> None:
    whole = tiny().score(texts)
    parts = [tiny().score(texts[first : first + size]) for first in range(0, len(texts), size)]
    assert whole.tolist() == [p for part in parts for p in part.tolist()]
    assert whole.tolist() == tiny().score(texts[::-1]).tolist()[::-1]


def test_batches_of_the_model_are_no_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tiny().score(TEXTS * 3)
    rows = design(TEXTS * 3)
    monkeypatch.setattr(ad_model, "_MOST_TEXTS", 5)
    monkeypatch.setattr(ad_model, "_MOST_SIGNS", 60)
    assert tiny().score(TEXTS * 3).tolist() == whole.tolist()
    assert (design(TEXTS * 3) != rows).nnz == 0
    assert tiny().score(["好" * 100, "好"]).tolist() == [*tiny().score(["好" * 100]), *tiny().score(["好"])]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY)
def test_the_design_is_what_is_weighed(texts: list[str]) -> None:
    weights = tiny().weights.astype(float)
    assert np.allclose(design(texts) @ weights + tiny().bias, tiny().logits(texts), atol=1e-9)


# -- why ---------------------------------------------------------------------------------------------------------------
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.sampled_from(TEXTS), st.text(max_size=30)))
def test_reasons_add_up(text: str) -> None:
    model = replace(tiny(), scale=(1.5, -0.25))
    why = model.explain(text)
    assert why.logit == model.logits([text])[0]
    assert why.p == model.score([text])[0]
    assert math.isclose(why.bias + why.others + sum(reason.weight for reason in why.reasons), why.logit, abs_tol=1e-9)
    weights = [abs(reason.weight) for reason in why.reasons]
    assert weights == sorted(weights, reverse=True)
    assert len({reason.code for reason in why.reasons}) == len(why.reasons)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.sampled_from(TEXTS), st.text(st.sampled_from("加➕薇❤. 兼职①㍿\n\u200b"), max_size=12)))
def test_spans_point_into_the_raw_text(text: str) -> None:
    for reason in tiny().explain(text).reasons:
        assert list(reason.spans) == sorted(set(reason.spans))
        for start, end in reason.spans:
            assert 0 <= start < end <= len(text)
        if reason.code.startswith("says:") and reason.code[5:].strip():
            assert all(normalise(text[start:end]) for start, end in reason.spans)


def test_reasons_of_an_advertisement() -> None:
    text = "宝妈➕ 薇.❤：abc_12345，日入３００"
    why = tiny().explain(text)
    said = {reason.code: [text[start:end] for start, end in reason.spans] for reason in why.reasons}
    assert said["account"] == ["薇.❤：abc_12345"]
    assert said["contact"] == ["➕ 薇.❤"]
    assert said["wage"] == ["日入３"]
    account = next(reason for reason in why.reasons if reason.code == "account")
    assert (account.words.en, account.words.zh) == ("gives an account to contact", "留有联系账号")
    assert account.weight == float(tiny().weights[grams.WIDTH])
    pieces = [reason for reason in why.reasons if reason.code.startswith("says:")]
    assert len(pieces) == 8
    assert why.others != 0


def test_a_piece_is_read_as_characters_and_as_syllables() -> None:
    """“好” has one column of each kind: 3 · (0.5 + 0.25)."""
    weights = np.zeros(WIDTH, np.float16)
    weights[np.sort(design(["好"]).indices)[:2]] = [0.5, 0.25]
    [piece] = [reason for reason in AdModel("x", weights, 0.0).explain("好").reasons if reason.weight]
    assert (piece.code, piece.weight, piece.spans) == ("says:好", 2.25, ((0, 1),))


@pytest.mark.parametrize("piece", ["+.v", "a", "宝妈兼职加微信abc123日入300哈", "加.微."])
def test_a_long_text_costs_what_its_length_says(piece: str) -> None:
    """Ten times as long takes no more than about ten times as long, to score and to explain; a square would take a hundred times."""
    short, long = (_cost(piece * (size // len(piece))) for size in (20_000, 200_000))
    assert long < 30 * short + 0.1


def _cost(text: str) -> float:
    tiny().explain(text[:10])
    costs = []
    for _ in range(2):
        began = time.process_time()
        tiny().explain(text)
        costs.append(time.process_time() - began)
    return min(costs)


def test_of_a_long_text_the_first_places_are_told() -> None:
    text = "加微信abc123，" * 50_000
    why = tiny().explain(text)
    assert why.p == tiny().score([text])[0]
    assert all(len(reason.spans) <= 100 for reason in why.reasons)
    account = next(reason for reason in why.reasons if reason.code == "account")
    assert len(account.spans) == 100
    assert {text[start:end] for start, end in account.spans} == {"微信abc123"}
    pieces = [reason for reason in why.reasons if reason.code.startswith("says:")]
    assert len(pieces) == 8
    assert max(end for reason in pieces for _, end in reason.spans) <= ad_reasons.READ


# -- the file ----------------------------------------------------------------------------------------------------------
def test_the_file_brings_everything_back(tmp_path: Path) -> None:
    model = replace(tiny(), scale=(1.25, -0.5), about={"sha256": {"a": "b"}})
    model.save(tmp_path / "a.npz")
    back = AdModel.load(tmp_path / "a.npz")
    assert back.weights.tobytes() == model.weights.tobytes()
    assert replace(back, weights=None) == replace(model, weights=None)  # type: ignore[arg-type]
    assert back.score(TEXTS).tolist() == model.score(TEXTS).tolist()
    assert back.packed() == model.packed()


def test_the_file_is_small() -> None:
    """Even one of weights that nothing compresses: 2 · 65,536 of two bytes each, and marks."""
    noise = np.random.default_rng(1).normal(size=WIDTH).astype(np.float16)
    assert len(AdModel("noise", noise, 0.0).packed()) < 300_000


def _told(**changes: object) -> bytes:
    said = {
        "name": "x",
        "version": 1,
        "bias": 0.0,
        "scale": [1.0, 0.0],
        "marks": [mark.code for mark in ad_marks.MARKS],
        "about": {},
    }
    packed = io.BytesIO()
    weights = changes.pop("weights", np.zeros(WIDTH, np.float16))
    np.savez(packed, said=np.frombuffer(json.dumps(said | changes).encode(), np.uint8), weights=np.asarray(weights))
    return packed.getvalue()


def test_a_file_by_hand_is_read() -> None:
    assert AdModel.unpacked(_told(), "x").name == "x"


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"PK\x03\x04",
        b"{}",
        _told(weights=np.zeros(WIDTH - 1, np.float16)),
        _told(weights=np.zeros(WIDTH, np.float32)),
        _told(weights=np.zeros((2, WIDTH), np.float16)),
        _told(weights=np.full(WIDTH, np.nan, np.float16)),
        _told(weights=np.array([{}], object)),
        _told(bias="0"),
        _told(bias=float("nan")),
        _told(scale=[1.0]),
        _told(scale=None),
        _told(name=7),
        _told(marks=3),
        _told(about=[]),
        tiny().packed()[:-200],
        tiny().packed()[:5000] + bytes(500) + tiny().packed()[5500:],
    ],
)
def test_a_damaged_file_is_said_to_be_one(packed: bytes) -> None:
    with pytest.raises(ModelDamaged, match=r"^a\.npz: not a model") as raised:
        AdModel.unpacked(packed, "a.npz")
    assert not isinstance(raised.value, ModelOfAnotherVersion)


@pytest.mark.parametrize("changes", [{"version": 2}, {"marks": [mark.code for mark in ad_marks.MARKS][::-1]}])
def test_a_model_of_another_version_is_said_to_be_one(changes: dict[str, object]) -> None:
    with pytest.raises(ModelOfAnotherVersion, match="the model x was made by another version"):
        AdModel.unpacked(_told(**changes), "a.npz")


def test_every_bit_of_the_file_counts() -> None:
    """A file with one bit turned is refused, or it is one of the same model: no other weights are ever read."""
    sound = empty().packed()
    for place in range(0, len(sound), 7):
        turned = bytearray(sound)
        turned[place] ^= 1 << place % 8
        try:
            back = AdModel.unpacked(bytes(turned), "x")
        except ModelDamaged:
            continue
        assert back.packed() == sound
