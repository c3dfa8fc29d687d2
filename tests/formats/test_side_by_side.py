"""Blocks that are worked on side by side see of a file what stood before them, however far the reading has come meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from qunkit import registry
from qunkit.parsing import json_array, jsonl, threads
from qunkit.parsing.source import open_source

CHATLAB = {"version": "0.0.2", "exportedAt": 1700000000}
META = {"name": "读书会", "platform": "wechat", "type": "group", "groupId": "1@chatroom"}
MEMBERS = [{"platformId": f"w{n}", "accountName": f"甲{n}"} for n in range(3)]
MESSAGES = [
    {"sender": f"w{n % 3}", "accountName": f"甲{n % 3}", "timestamp": 1700000000 + n, "type": 80 if n % 4 == 1 else 0, "content": f"第 {n} 句"}
    for n in range(40)
]  # fmt: skip


def written(folder: Path, name: str) -> Path:
    """Members listed after the messages; in lines, half-way."""
    path = folder / "a.json"
    if name == "chatlab_json":
        told: dict[str, Any] = {"chatlab": CHATLAB, "meta": META, "messages": MESSAGES, "members": MEMBERS}
        path.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        return path
    listed = [{"_type": "member", **one} for one in MEMBERS]
    said = [{"_type": "message", **one} for one in MESSAGES]
    lines = [{"_type": "header", "chatlab": CHATLAB, "meta": META}, *said[:20], *listed, *said[20:]]
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines), "utf-8")
    return path


def far_ahead(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """What threads may come to at worst: all is read before the first block is worked on."""
    yield from map(function, list(items))


@pytest.mark.parametrize("name", ["chatlab_json", "chatlab_jsonl"])
def test_it_does_not_matter_how_far_reading_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    path = written(tmp_path, name)
    monkeypatch.setattr(json_array, "JsonArray", partial(json_array.JsonArray, block=400))
    monkeypatch.setattr(jsonl, "read_lines", partial(jsonl.read_lines, block=400))

    def read(side_by_side: Callable[..., Iterator[Any]]) -> list[dict[str, Any]]:
        monkeypatch.setattr(threads, "side_by_side", side_by_side)
        batches = [*registry.load("formats", name).read(open_source(path))]
        assert len(batches) > 5
        found: list[dict[str, Any]] = pa.Table.from_batches([batch.messages for batch in batches]).to_pylist()
        return found

    one_by_one = read(map)
    assert len(one_by_one) == len(MESSAGES)
    assert read(far_ahead) == one_by_one
