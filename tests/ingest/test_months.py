"""Months that are built at a time, each on a cursor of its own, and months of which nothing is held: the parts are those of one after the other."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qunkit.errors import OutOfResources
from qunkit.ingest import merge, months
from support.staged import START, commit, commit_built, messages, telling

A, B = "a" * 16, "b" * 16
DAY = 86_400


def sources():
    """Two exports of five months: the later begins within the earlier; quotes by id, by time and by words, in the month and over its turn."""
    dice = random.Random(11)
    said = []
    for number in range(600):
        second = dice.choice((number * 6 * DAY // 24, dice.randrange(150) * DAY + dice.choice((0, 5, 15))))
        who = dice.choice(("w1", "w2", "w3"))
        row = {"sender_id": who, "sender_name": who.upper(), "text": dice.choice(("1", "好", f"第 {number % 90} 句"))}
        row |= {"native_id": str(number)} if number % 3 else {}
        row |= {"kind": "image", "text": dice.choice(("[图片]", "[图片](a.jpg)"))} if number % 7 == 0 else {}
        said.append((second, row))
    said.sort(key=lambda one: one[0])
    for place, (_, row) in enumerate(said):
        if place % 5 == 4:
            earlier, quoted = said[max(0, place - dice.choice((1, 3, 40)))]
            row |= {"kind": "quote", "quote_sender": quoted["sender_id"]}
            row |= dice.choice(
                (
                    {"quote_text": quoted["text"]},
                    {"quote_time": telling(earlier)["sent_at"]},
                    {"quote_id": quoted.get("native_id", "0")},
                )
            )
    told = [telling(second, **row) for second, row in said]
    return {A: told[:400], B: [row | {"native_id": None} for row in told[250:]]}


def parts(dataset):
    """What the manifest says of every part."""
    manifest = json.loads((dataset / (dataset / "CURRENT").read_text().split()[0] / "manifest.json").read_text())
    return {name: (facts["rows"], facts.get("digest")) for name, facts in manifest["parts"].items()}


@pytest.fixture
def at_a_time(monkeypatch):
    """Months are built three at a time, however small they are; how many are, each time."""
    pools = []

    class Pool(ThreadPoolExecutor):
        def __init__(self, workers):
            pools.append(workers)
            super().__init__(workers)

    monkeypatch.setattr(months, "_FEW", 0)
    monkeypatch.setattr(months, "ThreadPoolExecutor", Pool)
    return pools


def test_several_at_a_time_are_one_after_the_other(tmp_path, at_a_time, monkeypatch):
    told = sources()
    new = commit(tmp_path / "three", told, threads=3)
    assert at_a_time == [3]
    monkeypatch.setattr(months, "_FEW", 1 << 30)
    assert commit(tmp_path / "one", told) == new
    assert at_a_time == [3]
    assert messages(tmp_path / "three") == messages(tmp_path / "one")
    assert parts(tmp_path / "three") == parts(tmp_path / "one")
    rows = messages(tmp_path / "one")[0]
    assert {row["reply_how"] for row in rows} >= {"id", "time", "text"}
    assert len({row["local_time"].month for row in rows}) >= 5


def test_in_another_order_too(tmp_path, at_a_time):
    told = sources()
    commit(tmp_path / "together", told, threads=3)
    for source in (B, A):
        commit(tmp_path / "apart", {source: told[source]}, threads=3)
    assert len(at_a_time) == 3
    assert messages(tmp_path / "apart") == messages(tmp_path / "together")


@pytest.mark.parametrize("most", [0, 100, 130])
def test_what_is_not_held_is_the_same(tmp_path, monkeypatch, most):
    """Neither of no month, nor of those that are greater than others."""
    told = sources()
    commit(tmp_path / "held", told)
    monkeypatch.setattr(merge, "_HELD", most)
    held, resolve = [], merge.resolve
    monkeypatch.setattr(merge, "resolve", lambda *a, **b: held.append(resolve(*a, **b)) or held[-1])
    commit(tmp_path / "streamed", told)
    assert messages(tmp_path / "streamed") == messages(tmp_path / "held")
    assert parts(tmp_path / "streamed") == parts(tmp_path / "held")
    assert len({one.held is None for one in held}) == (2 if most else 1)


def test_one_that_fails_fails_the_run(tmp_path, at_a_time, monkeypatch):
    """The others wait for it in vain, and end."""
    told = sources()
    commit(tmp_path / "d", {B: told[B]})
    before = messages(tmp_path / "d")
    resolve, third = merge.resolve, []

    def fail(connection, **options):
        third.append(connection)
        if len(third) == 3:
            raise OutOfResources(what="memory")
        return resolve(connection, **options)

    monkeypatch.setattr(merge, "resolve", fail)
    with pytest.raises(OutOfResources):
        commit_built(tmp_path / "d", told, threads=3)
    assert messages(tmp_path / "d") == before
    assert [path.name for path in (tmp_path / "d").iterdir() if path.name.startswith(".new")] == []


def told(dataset):
    """Second and sources of every observation that is kept."""
    current = dataset / (dataset / "CURRENT").read_text().split()[0]
    tables = [pq.read_table(path) for path in sorted(current.glob("observations/month=*/part.parquet"))]
    rows = pa.concat_tables(tables).select(["sent_at", "sources"]).to_pylist()
    return sorted(
        (int((row["sent_at"] - START).total_seconds()), "".join(one[0] for one in row["sources"])) for row in rows
    )


@pytest.mark.parametrize("together", [True, False])
def test_equal_tellings_are_kept_once_where_exports_meet_if_only_in_an_instant(tmp_path, together):
    """Two exports of which one begins where the other ends, and a third that lies apart."""
    seconds = {A: (0, 10, 20), B: (20, 30), "c" * 16: (40, 50)}
    sources = {source: [telling(second) for second in here] for source, here in seconds.items()}
    for part in [sources] if together else [{source: rows} for source, rows in sources.items()]:
        commit(tmp_path / "d", part)
    assert told(tmp_path / "d") == [(0, "a"), (10, "a"), (20, "ab"), (30, "b"), (40, "c"), (50, "c")]
    assert len(messages(tmp_path / "d")[0]) == 6
