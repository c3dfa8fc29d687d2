"""How the model of links is fitted and judged: reading annotated channels, the fit, and the page. On an invented channel; the true ones are in no test."""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "training"))

import figures  # noqa: E402
import irc  # noqa: E402
import links  # noqa: E402
import links_evaluate  # noqa: E402
from links_rules import by_rules  # noqa: E402

from qunkit.methods.links import shipped  # noqa: E402

CHANNEL = """\
=== ann has joined #shop
[23:58] <ann> is the oven on?
[23:58] <bob> which one
[23:59] <ann> bob: the big one
=== bob is now known as bob_away
[00:01] <bob_away> yes
[00:01] <cat> Ann, I can look
[00:01]  * cat looks
[00:02] <cat> it is
[00:30] <dan> cat what about bread?
"""
TRUTH = "0 0 -\n1 1 -\n1 2 -\n2 3 -\n4 4 -\n5 3 -\n1 6 - \n7 7 -\n6 8 -\n\n9 9 -\n"


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "irc/channel-two"
    folder.mkdir(parents=True)
    (folder / "shop.ascii.txt").write_text(CHANNEL, "latin-1")
    (folder / "shop.annotation.txt").write_text(TRUTH, "ascii")
    return tmp_path


@pytest.fixture
def shop(data):
    [document] = irc.read(data, "channel-two")
    return document


# -- what is read ------------------------------------------------------------------------------------------------------
def test_messages_are_lines_with_a_nick(shop):
    assert (shop.name, shop.size) == ("shop", 10)
    assert shop.place.tolist() == [1, 2, 3, 5, 6, 8, 9]
    assert shop.others == {(0, 0), (4, 4), (7, 7)}


def test_who_takes_another_nick_stays_who_they_are(shop):
    assert shop.who.tolist() == [0, 1, 0, 1, 2, 2, 3]


def test_the_clock_goes_on_after_midnight(shop):
    day = 24 * 60
    assert (shop.at / 60).tolist() == [day - 2, day - 2, day - 1, day + 1, day + 1, day + 2, day + 30]


def test_a_name_at_the_start_addresses_and_goes(shop):
    assert shop.named == ((2, 1), (4, 0), (6, 2))
    assert shop.text[2:] == ("the big one", "yes", "I can look", "it is", "what about bread?")
    assert shop.asks.tolist() == [True, False, False, False, False, False, True]
    assert shop.anonymous().named == ()
    assert shop.anonymous().text == shop.text


def test_the_truth_has_the_earlier_line_first(shop):
    assert (3, 5) in shop.gold
    assert (6, 8) in shop.gold
    assert len(shop.gold) == 10
    assert shop.links == {(0, 0), (0, 1), (1, 2), (2, 3), (0, 4), (4, 5), (6, 6)}


def test_only_what_is_annotated_counts(data, monkeypatch):
    monkeypatch.setitem(irc.PARTS, "channel-two", 6)
    [late] = irc.read(data, "channel-two")
    assert late.annotated.tolist() == [4, 5, 6]
    assert late.gold == {(1, 6), (7, 7), (6, 8), (9, 9)}
    assert late.others == {(7, 7)}


# -- how it is judged --------------------------------------------------------------------------------------------------
def test_f1_counts_links_and_starts(shop):
    # of 10 each: three lines that are no messages, the first, which starts, bob, ann, bob_away, and cat's second
    found = links_evaluate.previous(shop)
    assert found == {(0, 0), (4, 4), (7, 7), (1, 1), (1, 2), (2, 3), (3, 5), (5, 6), (6, 8), (8, 9)}
    assert irc.f1([found], [shop.gold]) == pytest.approx(2 * 8 / 20)
    assert irc.f1([found, {(0, 0)}], [shop.gold, {(0, 0), (1, 1)}]) == pytest.approx(2 * 9 / 23)


def test_replies_received_are_those_by_others(shop):
    # ann: by bob twice, and by cat; bob: by ann; cat answers herself
    assert shop.answered(shop.gold) == {0: 3, 1: 1}


def test_the_rules_that_were_replaced(shop):
    # bob's first starts, as nobody was addressed and bob has no thread; a name, who was addressed, a name, the same turn, and a name
    assert by_rules(shop) - shop.others == {(1, 1), (2, 2), (2, 3), (3, 5), (3, 6), (6, 8), (8, 9)}


def test_the_model_keeps_to_names_and_turns(shop):
    found = links_evaluate.by_model(shop) - shop.others
    assert {by for _, by in found} == {1, 2, 3, 5, 6, 8, 9}
    assert {(2, 3), (6, 8)} <= found
    assert found & {(1, 6), (3, 6)}
    assert found & {(6, 9), (8, 9)}


def test_members_are_ranked_by_what_they_receive(shop):
    assert links_evaluate.of_members([shop], lambda one: one.gold) == {
        "members": 4, "ρ": pytest.approx(1), "of the annotated range": 4, "their ρ": pytest.approx(1)
    }  # fmt: skip


# -- how it is fitted --------------------------------------------------------------------------------------------------
def test_each_turn_is_a_choice(shop):
    made = links.choices([shop])
    names = [*made.names[0], *(f"start {name}" for name in made.names[1])]
    # turns begin at messages 0, 1, 2, 3, 4, 6: cat's second goes on; before them are 0, 1, 2, 3, 4 and 6 lines
    assert np.bincount(made.of).tolist() == [1, 2, 3, 4, 5, 7]
    assert np.bincount(made.of, made.true).tolist() == [1] * 6
    starts = np.flatnonzero(np.r_[True, np.diff(made.of) > 0])
    assert made.true[starts].tolist() == [1, 0, 0, 0, 0, 1]
    assert made.values[starts, names.index("one")].tolist() == [0] * 6
    assert made.values[starts, names.index("start asks")].tolist() == [1, 0, 0, 0, 0, 1]
    lines = np.setdiff1d(np.arange(len(made.of)), starts)
    assert made.values[lines, names.index("one")].tolist() == [1] * 16
    # the nearest first: ann names bob, and of the two lines before the nearer is bob's
    assert made.values[made.of == 2][:, names.index("calls")].tolist() == [0, 1, 0]
    assert made.true[made.of == 2].tolist() == [0, 1, 0]


def test_truths_out_of_reach_are_left_out(data):
    path = data / "irc/channel-two/shop.ascii.txt"
    path.write_text(path.read_text("latin-1").replace("[00:01] <cat>", "[01:05] <cat>"), "latin-1")
    [document] = irc.read(data, "channel-two")
    assert len(np.unique(links.choices([document]).of)) == 5  # cat's first is more than an hour after what it answers


def test_the_fit_finds_what_the_choices_were_made_with():
    # 4,000 choices of a start and three lines; one value each
    dice, n = np.random.default_rng(1), 4000
    values = dice.normal(size=(n, 4, 2)).astype(np.float32)
    values[:, 0, 0] = values[:, 1:, 1] = 0
    score = values @ np.array([1.5, -1.0]) + dice.gumbel(size=(n, 4))
    true = np.eye(4)[score.argmax(axis=1)]
    made = links.Choices(values.reshape(-1, 2), np.repeat(np.arange(n), 4), true.ravel(), (("a",), ("b",)))
    found = links.fitted(made)
    assert found.pair["a"] == pytest.approx(1.5, abs=0.1)
    assert found.start["b"] == pytest.approx(-1.0, abs=0.1)
    assert links.fitted(made) == found


def test_every_file_is_read_named_and_nameless(shop):
    named, nameless = links.both([shop])
    assert (named.named, nameless.named) == (shop.named, ())


# -- what was written --------------------------------------------------------------------------------------------------
def test_the_weights_cite_whose_data_they_are_of():
    told = json.loads(links.WEIGHTS.read_text("utf-8"))
    assert {name: told["about"][name] for name in links.CITED} == links.CITED
    assert "CC-BY-4.0" in told["about"]["licence"]
    assert all(file.startswith("irc/train/") and len(mark) == 64 for file, mark in told["about"]["read"].items())
    assert (told["pair"], told["start"]) == (shipped().pair, shipped().start)


def test_training_writes_what_it_read(data, tmp_path, monkeypatch):
    monkeypatch.setattr(links, "WEIGHTS", tmp_path / "links.json")
    (data / "irc/channel-two").rename(data / "irc/train")
    monkeypatch.setitem(irc.PARTS, "train", 0)
    links.main(data)
    first = links.WEIGHTS.read_bytes()
    told = json.loads(first)
    for file in ("irc/train/shop.ascii.txt", "irc/train/shop.annotation.txt"):
        assert told["about"]["read"][file] == sha256((data / file).read_bytes()).hexdigest()
    assert set(told["pair"]) == set(shipped().pair)
    links.main(data)
    assert links.WEIGHTS.read_bytes() == first


def test_every_weight_is_explained():
    assert set(links_evaluate.MEANINGS) == set(shipped().pair)
    assert set(links_evaluate.STARTS) == set(shipped().start)


def test_the_page_holds_what_was_measured():
    text = figures.LINKS_PAGE.read_text("utf-8")
    assert figures.filled(text, figures.read(figures.LINKS)) == text
    assert "**missed**" not in text
