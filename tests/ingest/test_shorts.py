"""Many short exports are staged together: what comes of them is what comes of each by itself."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qunkit import schema
from qunkit.errors import Contradicts
from qunkit.ingest import crew, harvest, shorts, stage
from qunkit.ingest.run import ingest
from support.fleets import SAMPLES, state, told
from support.staged import messages

HEADER = '{"_type":"header","chatlab":{"version":"0.0.2"},"meta":{"name":"%s","platform":"wechat","groupId":"%d@chatroom"}}\n'
LINE = '{"_type":"message","sender":"w%d","accountName":"甲%d","timestamp":%d,"type":0,"content":"%s"}\n'


def chats(folder: Path) -> Path:
    """Six exports of two groups over four months, times neither ascending nor all different; the second half of one is the first of the next."""
    dice = random.Random(3)
    folder.mkdir()
    for group in range(2):
        at, lines = 1_700_000_000, []
        for number in range(400):
            at += dice.choice((0, 0, 1, 90_000))
            who, text = dice.randrange(3), dice.choice(("1", "好", f"第 {number} 句"))
            lines.append(LINE % (who, who, at, text))
        for part in range(3):
            piece = lines[100 * part : 100 * part + 200]
            (folder / f"{group}-{part}.jsonl").write_text(HEADER % (f"群{group}", group) + "".join(piece[-5:] + piece))
    return folder


@pytest.mark.parametrize("rows", [1, 150, 1 << 15], ids=["each", "some", "all"])
def test_together_they_are_what_each_is_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    exports = chats(tmp_path / "exports")
    monkeypatch.setattr(stage, "SHORT", 0)
    apart = ingest([exports], tmp_path / "apart")
    monkeypatch.setattr(stage, "SHORT", 1 << 14)
    monkeypatch.setattr(shorts, "ROW_GROUP", (1 << 14) + rows)
    together = ingest([exports], tmp_path / "together")
    assert told(together) == told(apart)
    assert state(tmp_path / "together") == state(tmp_path / "apart")
    assert observations(tmp_path / "together") == observations(tmp_path / "apart")


def test_every_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "SHORT", 0)
    apart = ingest([SAMPLES], tmp_path / "apart")
    monkeypatch.setattr(stage, "SHORT", 1 << 14)
    together = ingest([SAMPLES], tmp_path / "together")
    assert told(together) == told(apart)
    assert state(tmp_path / "together") == state(tmp_path / "apart")
    assert observations(tmp_path / "together") == observations(tmp_path / "apart")


def test_one_that_is_refused_leaves_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three exports of one group and the same days; the words of one are other people's."""
    exports = tmp_path / "exports"
    exports.mkdir()
    for name, word in (("a", "好"), ("b", "别"), ("c", "好")):
        lines = [LINE % (n % 3, n % 3, 1_700_000_000 + 120 * n + ord(name), f"{word}{n}") for n in range(600)]
        (exports / f"{name}.jsonl").write_text(HEADER % ("群", 1) + "".join(lines))
    monkeypatch.setattr(crew, "_MANY", 2)
    monkeypatch.setattr(crew, "_FILES", 2)
    many = ingest([exports], tmp_path / "many")
    refused = [Path(file.label).name for file in many.files if isinstance(file.error, Contradicts)]
    assert refused
    left = [exports / f"{name}.jsonl" for name in "abc" if f"{name}.jsonl" not in refused]
    ingest(left, tmp_path / "left")
    assert messages(tmp_path / "many") == messages(tmp_path / "left")


def test_rows_of_sources_that_go_are_taken_out(tmp_path: Path) -> None:
    staged: dict[str, list[Path]] = {}
    gathered = harvest.Gathered(staged=staged)
    held = shorts.Shorts(tmp_path, staged)
    for source in ("a" * 16, "b" * 16):
        held.held.append(_one(source))
        held.rows += 1
    held.flush()
    (path,) = staged["2024-01"]
    gathered.drop({"a" * 16})
    assert staged["2024-01"] == [path]
    assert pq.read_table(path)["sources"].to_pylist() == [["b" * 16]]
    gathered.drop({"b" * 16})
    assert not gathered.staged


def _one(source: str) -> pa.Table:
    at = datetime(2024, 1, 5, 4, tzinfo=UTC)
    told = {"platform": "wechat", "kind": "text", "sent_at": at, "local_time": at.replace(tzinfo=None), "time_quality": "second", "occurrence": 1, "seq": 0, "sources": [source]}  # fmt: skip
    return pa.Table.from_pylist([told], schema=schema.OBSERVATIONS.arrow)


def observations(dataset: Path) -> list[str]:
    """Every row, in any order."""
    parts = sorted(dataset.glob("v*/observations/*/part.parquet"))
    return sorted(str(row) for part in parts for row in pq.read_table(part, partitioning=None).to_pylist())
