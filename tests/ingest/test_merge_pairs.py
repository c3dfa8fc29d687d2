"""Every two formats that a writer exists for, merged: nothing doubled, nothing lost but what is said, the same table in any order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from qunkit.ingest.run import Options, ingest
from support.pairs import ALL, DAYS, LENGTH, WRITERS, Export, Pair, every_pair, looks, pairs
from support.small_chats import platform, small_chat
from support.staged import messages

TOGETHER = 25
"""Pairs in one dataset, each a group of its own: a commit costs more than a small export."""
PARTS = 20
Table = tuple[list[dict[str, Any]], str]


def ingested(dataset: Path, *runs: Sequence[Path]) -> tuple[Table, int]:
    """What is in the dataset after these runs, and the bound that they print."""
    bound = 0
    for files in runs:
        summary = ingest(list(files), dataset, Options(threads=1))
        assert {(file.status, file.rejected) for file in summary.files} <= {("ingested", 0), ("already", 0)}
        bound += sum(seams.ambiguous for seams in summary.seams)
    return messages(dataset), bound


def check(several: Sequence[Pair], folder: Path, *, reversed_too: bool) -> None:
    """Merge these pairs: both exports in one run, and one after the other with a repetition.

    The bound is printed for a run, so a pair that lacks something is ingested alone, too: no other pair's bound stands for it.
    """
    first = [pair.exports[0].write(pair.chat, folder / f"{pair.number}a") for pair in several]
    second = [pair.exports[1].write(pair.chat, folder / f"{pair.number}b") for pair in several]
    (rows, fingerprint), bound = ingested(folder / "one", [*second, *first])
    assert ingested(folder / "ab", first, second, first)[0] == (rows, fingerprint)
    if reversed_too:
        assert ingested(folder / "ba", second, first)[0] == (rows, fingerprint)
    groups = defaultdict(list)
    for row in rows:
        groups[row["group_name"] or row["group_id"]].append(row)
    total = 0
    for pair, *files in zip(several, first, second, strict=True):
        found = looks([*groups.pop(pair.chat.name, []), *groups.pop(pair.chat.id, [])])
        wanted = pair.messages()
        assert found - wanted == Counter(), pair
        missing = (wanted - found).total()
        assert not missing or missing <= ingested(folder / f"alone{pair.number}", files)[1], pair
        total += missing
    assert not groups
    assert total <= bound


def part_of(seed: int, part: int) -> list[Pair]:
    return pairs(seed, every_pair())[part * TOGETHER : (part + 1) * TOGETHER]


def test_every_pair_is_in_some_part() -> None:
    assert (PARTS - 1) * TOGETHER < len(every_pair()) <= PARTS * TOGETHER
    wechat = [name for name in ALL if platform(name) == "wechat"]
    assert len(every_pair()) >= len(wechat) * (len(wechat) + 1) / 2 >= 400


@pytest.mark.parametrize("part", range(PARTS))
def test_two_exports_of_a_chat_become_one(tmp_path: Path, part: int) -> None:
    """All pairs of formats, each with one cut."""
    check(part_of(0, part), tmp_path, reversed_too=False)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("seed", range(1, 4))
def test_two_exports_of_a_chat_become_one_wherever_they_are_cut(tmp_path: Path, part: int, seed: int) -> None:
    check(part_of(seed, part), tmp_path, reversed_too=True)


def test_chats_of_two_services_stay_two(tmp_path: Path) -> None:
    """One export of every service, all of a group of one name and of people of the same names."""
    names = ["weflow_txt", "qce_txt", "telegram_json", "line_txt", "whatsapp_txt"]
    files = []
    for name in names:
        chat = small_chat(0, platform(name))
        files.append(WRITERS[name].write(chat, chat.messages, tmp_path / name))
    rows = ingested(tmp_path / "d", files)[0][0]
    assert len({row["group_id"] for row in rows}) == len(names)
    whole = [Export(name, 0, LENGTH).kept(small_chat(0, platform(name))) for name in names]
    assert len(rows) == sum(map(len, whole))


@pytest.mark.parametrize("writer", ["chatlog_csv", "wechat_copy", "weflow_json"])
def test_days_add_nothing_to_days_that_others_know(tmp_path: Path, writer: str) -> None:
    """… in any order; a day that only they know, they tell."""
    (days,) = DAYS
    chat = small_chat(0)
    turn = next(place for place, message in enumerate(chat.messages) if message.ts >= chat.messages[0].ts + 5400)
    fine = Export(writer, turn, LENGTH).write(chat, tmp_path / "fine")
    daily = WRITERS[days].write(chat, chat.messages, tmp_path / "days")
    (alone, _), _ = ingested(tmp_path / "alone", [fine])
    merged, _ = ingested(tmp_path / "one", [daily, fine])
    assert ingested(tmp_path / "other", [fine], [daily])[0] == merged
    kept = [row for row in merged[0] if row["time_quality"] != "day"]
    assert looks(kept) == looks(alone)
    midnights = {row["local_time"].date() for row in merged[0] if row["time_quality"] == "day"}
    assert [day.isoformat() for day in sorted(midnights)] == ["2025-11-30"]
