"""Months that are held are put together by columns, others by SQL: random worlds come out the same, to the last byte of every part."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.merged import compare_everything
from support.staged import commit, telling

IDS = [None, "7", "8", "9007199254740993001", "9007199254740993100", "9007199254740993000"]
"""Two of them are one float64, which the last is printed as."""
SECONDS = st.sampled_from([0, 0, 1, 1, 15, 61, 12, 4000])
"""Some of November, most of December."""
SENDERS = st.sampled_from([("w1", "甲"), ("w2", "乙"), (None, "甲"), (None, "丙"), ("w1", "甲二")])
TEXTS = st.sampled_from(["1", " 1", "好", "第一行\n第二行", "第一行\r\n第二行", "", None])
CARDS = st.sampled_from(
    [("image", "[图片]"), ("image", ""), ("link", "标题"), ("link", "另一个标题"), ("pat", "拍了拍")]
)


@st.composite
def tellings(draw, quality):
    """What one source says, in the order of its times."""
    ids = draw(st.booleans())
    seconds = sorted(draw(st.lists(SECONDS, min_size=1, max_size=8)))
    if quality == "minute":
        seconds = sorted((second + 50) // 60 * 60 - 50 for second in seconds)
    return [telling(second, **draw(row(quality, ids))) for second in seconds]


@st.composite
def row(draw, quality, ids):
    """Columns of one telling."""
    said = {"time_quality": quality, "group_id": draw(st.sampled_from(["g1", "g1", "g2"]))}
    said["sender_id"], said["sender_name"] = draw(SENDERS)
    said["text"] = draw(TEXTS)
    if draw(st.integers(0, 2)) == 0:
        said["kind"], said["text"] = draw(CARDS)
    if ids:
        said["native_id"] = draw(st.sampled_from(IDS))
    if draw(st.integers(0, 4)) == 0:
        said |= {"kind": "system", "sender_id": None, "sender_name": None, "event": "invited"}
        said |= {"actor_id": draw(st.sampled_from(["name:甲", "me", "w2", None])), "target_ids": ["name:乙", "w9"]}
    if draw(st.integers(0, 3)) == 0:
        said["mention_ids"] = draw(st.sampled_from([["name:丙", "w1"], ["w1"], ["me"], []]))
    if draw(st.integers(0, 3)) == 0:
        said |= {"kind": "quote", "quote_sender": draw(st.sampled_from(["甲", "w2", None]))}
        said |= draw(
            st.sampled_from(
                [{"quote_text": "1"}, {"quote_id": "7"}, {"quote_id": IDS[3]}, {"quote_time": telling(0)["sent_at"]}]
            )
        )
    said["from_me"] = draw(st.sampled_from([None, False, True]))
    return said


@st.composite
def worlds(draw):
    """Up to three exports that overlap, some of them of the same chat."""
    sources = {}
    for source in "abc"[: draw(st.integers(1, 3))]:
        known = draw(st.sampled_from([[], *sources.values()]))
        own = draw(tellings(draw(st.sampled_from(["exact", "exact", "local", "minute", "day"]))))
        sources[source * 16] = sorted(
            [*known[draw(st.integers(0, len(known))) :], *own], key=lambda one: one["sent_at"]
        )
    return sources


def parts(dataset):
    """What the manifest says of every part of messages, their sha256 among it."""
    manifest = json.loads((dataset / (dataset / "CURRENT").read_text().split()[0] / "manifest.json").read_text())
    return {part: facts for part, facts in manifest["parts"].items() if part.startswith("messages/")}


@settings(max_examples=10, deadline=None)
@given(world=worlds(), apart=st.booleans())
def test_held_or_not_is_the_same(world, apart):
    """What is found by columns, and what comparing everything with everything finds."""
    runs = [{source: told} for source, told in world.items()] if apart else [world]
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        held = [commit(Path(folder) / "held", sources) for sources in runs]
        compare_everything(patch)
        assert [commit(Path(folder) / "compared", sources) for sources in runs] == held
        assert parts(Path(folder) / "compared") == parts(Path(folder) / "held")
