"""Long exports whose times ascend take a short way into the dataset: it ends where the long way does."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from qunkit.ingest import stage
from qunkit.ingest.run import ingest
from support.staged import messages

HEADER = '{"_type":"header","chatlab":{"version":"0.0.2"},"meta":{"name":"读书会","platform":"wechat","groupId":"1@chatroom"}}\n'


def export(path: Path, *, turned: bool = False, ids: bool = False, groups: int = 1) -> Path:
    """3,000 messages of five weeks, many in one second, some of them equal; `turned`: the last one before the others."""
    dice = random.Random(7)
    at, lines = datetime(2024, 11, 20), []
    for number in range(3000):
        at += timedelta(seconds=dice.choice((0, 0, 1, 2000)))
        text = dice.choice(("1", "好", "收到", f"第 {number} 句"))
        id_ = f',"platformMessageId":"{10**18 + number}"' if ids else ""
        lines.append(f'{{"_type":"message","sender":"w{dice.randrange(3)}","accountName":"甲","timestamp":{int(at.timestamp())},"type":{dice.choice((0, 0, 1))},"content":"{text}"{id_}}}\n')  # fmt: skip
    path.write_text(HEADER + "".join(lines[-1:] + lines[:-1] if turned else lines), "utf-8")
    return path


@pytest.mark.parametrize("ids", [False, True], ids=["no ids", "ids"])
def test_the_short_way_ends_where_the_long_way_does(tmp_path, monkeypatch, ids):
    file = export(tmp_path / "a.jsonl", ids=ids)
    ingest([file], tmp_path / "long")
    monkeypatch.setattr(stage, "SHORT", 50)
    taken = []
    show = stage.is_ready
    monkeypatch.setattr("qunkit.ingest.months.is_ready", lambda path: taken.append(show(path)) or taken[-1])
    ingest([file], tmp_path / "short")
    assert taken == [True, True]
    assert messages(tmp_path / "short") == messages(tmp_path / "long")
    ingest([file], tmp_path / "short")
    assert messages(tmp_path / "short") == messages(tmp_path / "long")


def test_a_time_that_goes_back_ends_it(tmp_path, monkeypatch):
    monkeypatch.setattr(stage, "SHORT", 50)
    ingest([export(tmp_path / "a.jsonl")], tmp_path / "straight")
    ingest([export(tmp_path / "b.jsonl", turned=True)], tmp_path / "turned")
    told = [
        {key: row[key] for key in ("sent_at", "sender_id", "kind", "text", "message_id")}
        for row in messages(tmp_path / "straight")[0]
    ]
    assert sorted(map(str, told)) == sorted(
        str({key: row[key] for key in ("sent_at", "sender_id", "kind", "text", "message_id")})
        for row in messages(tmp_path / "turned")[0]
    )


def test_batches_do_not_part_a_second(tmp_path, monkeypatch):
    """However the rows come in batches, equal ones of a second have the same numbers."""
    import pyarrow as pa

    from qunkit import schema

    monkeypatch.setattr(stage, "SHORT", 4)
    times = [0, 0, 0, 999, 1000, 1000, 2000, 2000, 2000, 2000, 5000]
    texts = ["1", "1", "2", "1", "1", "1", "3", "3", "3", "1", "1"]
    table = pa.table(
        {
            name: pa.nulls(len(times), field.type)
            for name, field in zip(schema.OBSERVATIONS.names, schema.OBSERVATIONS.arrow, strict=True)
        }
    )
    told = {
        "sent_at": pa.array(times, pa.timestamp("ms", "UTC")), "text": pa.array(texts), "kind": pa.array(["text"] * len(times)),
        "group_id": pa.array(["g"] * len(times)), "sender_id": pa.array(["w"] * len(times)), "sources": pa.array([["a"]] * len(times)),
        "occurrence": pa.array([1] * len(times), pa.int32()), "seq": pa.array([0] * len(times), pa.int32()),
    }  # fmt: skip
    for name, column in told.items():
        table = table.set_column(table.schema.get_field_index(name), name, column)
    for size in (1, 2, 3, 4, 7, 11):
        ascending, numbers, runs = stage._Ascending(), stage.Numbers(), []
        for start in range(0, len(times), size):
            runs += ascending.cut(table.slice(start, size))
        runs += ascending.rest()
        whole = pa.concat_tables([numbers.put(run) for run in runs])
        numbers.close()
        assert whole["occurrence"].to_pylist() == [1, 2, 1, 3, 1, 2, 1, 2, 3, 1, 1]
        assert whole["seq"].to_pylist() == [0, 1, 2, 0, 0, 1, 0, 1, 2, 3, 0]


@pytest.mark.parametrize(("turned", "most"), [(False, 1), (True, 2)], ids=["ascending", "not"])
def test_no_month_waits_that_is_over(tmp_path, monkeypatch, turned, most):
    """What waits of a month is memory."""
    open_, held = stage.MonthWriters._file, []

    def opened(writers, month, ready):
        file = open_(writers, month, ready)
        held.append(len(writers.files))
        return file

    monkeypatch.setattr(stage, "SHORT", 50)
    monkeypatch.setattr(stage.MonthWriters, "_file", opened)
    ingest([export(tmp_path / "a.jsonl", turned=turned)], tmp_path / "data")
    assert max(held) == most
