"""How well two exports of a group agree, and why they do not."""

from __future__ import annotations

import pytest

from support.staged import commit_built, telling

A, B, C = "a" * 16, "b" * 16, "c" * 16
HOUR = 3600


def chat(count=600, gap=120, **columns):
    """A message every two minutes, each with words of its own, by three members in turn."""
    return [
        telling(number * gap, text=f"第{number}条", sender_id=f"w{number % 3}", **columns) for number in range(count)
    ]


def judged(dataset, first, second):
    """The matches after the second export, and the seams."""
    commit_built(dataset, {A: first})
    built = commit_built(dataset, {B: second})
    return built.matches, built.seams


def test_the_same_messages_match_wholly(tmp_path):
    (match,), seams = judged(tmp_path / "d", chat()[:400], chat()[200:])
    # messages 200 to 399 stand in both; they span 400 minutes: of the hours 6:40 to 13:20 the whole ones but the first and last
    assert match.rate == 1
    assert 100 <= match.of < 200
    assert match.cause is None
    assert (seams.count, seams.ambiguous) == (0, 0)


def test_an_export_of_texts_only_matches_wholly(tmp_path):
    pictures = [row | {"kind": "image", "text": ""} if number % 4 == 0 else row for number, row in enumerate(chat())]
    for name, exports in (("poor", (pictures, pictures[1::2])), ("rich", (pictures[1::2], pictures))):
        (match,), _ = judged(tmp_path / name, *exports)
        assert match.rate == 1


@pytest.mark.parametrize(("shift", "said"), [(8, "8 h ahead"), (-5.5, "5.5 h behind")])
def test_a_wrong_zone_is_named_with_its_hours(tmp_path, shift, said):
    moved = [
        telling(number * 120 + shift * HOUR, text=row["text"], sender_id=row["sender_id"])
        for number, row in enumerate(chat())
    ]
    (match,), _ = judged(tmp_path / "d", chat(), moved)
    assert match.rate < 0.01
    assert match.refused
    assert said in match.cause.en


def test_renamed_members_are_named_as_the_cause(tmp_path):
    def name(row, one):
        return row | {"sender_id": None, "sender_name": one if row["sender_id"] == "w1" else row["sender_id"]}

    (match,), _ = judged(tmp_path / "d", [name(row, "小刘") for row in chat()], [name(row, "刘总") for row in chat()])
    assert match.rate == pytest.approx(2 / 3, abs=0.02)
    assert not match.refused
    assert "another name" in match.cause.en


def test_too_small_an_overlap_is_not_judged(tmp_path):
    matches, _ = judged(tmp_path / "d", chat()[:220], chat()[200:])
    assert matches == []


def test_the_best_neighbour_counts(tmp_path):
    moved = [
        telling(number * 120 + 8 * HOUR, text=row["text"], sender_id=row["sender_id"])
        for number, row in enumerate(chat())
    ]
    commit_built(tmp_path / "d", {A: chat()})
    commit_built(tmp_path / "d", {B: moved})
    (match,) = commit_built(tmp_path / "d", {C: chat()[10:]}).matches
    assert match.rate == 1


def test_messages_without_ids_that_two_exports_cut_are_ambiguous(tmp_path):
    """Three equal "1" in one second: the first export ends after two of them, the second begins with the third."""
    three = [telling(0, text="1", sender_id="w1") for _ in range(3)]
    _, seams = judged(
        tmp_path / "d",
        [telling(-60, text="前", sender_id="w1"), *three[:2]],
        [three[2], telling(60, text="后", sender_id="w1")],
    )
    assert (seams.count, seams.ambiguous) == (1, 1)
    with_ids = [row | {"native_id": str(number) * 18} for number, row in enumerate(three, 1)]
    _, seams = judged(tmp_path / "ids", with_ids[:2], with_ids[2:])
    assert seams.ambiguous == 0
