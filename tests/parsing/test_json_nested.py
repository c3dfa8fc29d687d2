"""Many arrays in one document, each in an object of a list: whole, cut, and with any byte changed."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from qunkit.parsing.json_array import JsonArray
from qunkit.parsing.source import open_source

REACTIONS = [{"type": "emoji", "recent": [{"from": "x"}]}, {"type": "emoji"}]
"""Objects in lists in objects, as the document itself has them."""
A = {"name": "A", "type": "group", "messages": [{"id": f"A{n}", "reactions": REACTIONS} for n in range(40)]}
EMPTY = {"type": "saved", "messages": []}
B = {"name": "B", "type": "group", "messages": [{"id": f"B{n}"} for n in range(3)], "left": None}
C = {"name": "C", "messages": [{"id": "C0"}]}
DOCUMENT = {
    "about": "all",
    "contacts": {"list": [{"messages": [{"id": "no message"}]}]},
    "chats": {"about": "", "list": [A, EMPTY, B]},
    "old": {"list": [C]},
    "end": 1,
}
WHOLE = [(one["name"], message["id"]) for one in (A, B, C) for message in one["messages"]]  # type: ignore[index]

Found = tuple[list[tuple[Any, str]], list[str], dict[str, Any]]


def read(path: Path, raw: bytes, block: int = 1 << 20) -> Found:
    """(name of the object and id of each record, reasons of rejects, outline); the ranges tile the file."""
    path.write_bytes(raw)
    array = JsonArray(open_source(path), {"id": "string"}, within=("chats", "old", "list"), block=block)
    rows: list[tuple[Any, str]] = []
    reasons: list[str] = []
    ranges: list[tuple[int, int]] = []
    for records in array:
        rows += [(array.outline.get("name"), one) for one in records["id"].to_pylist()]
        reasons += [reject.reason for reject in records.rejects]
        ranges += [*zip(records.offsets.tolist(), records.ends.tolist(), strict=True), *records.framing]
        ranges += [(reject.start, reject.end) for reject in records.rejects]
    ranges.sort()
    assert [start for start, _ in ranges] == [0, *(end for _, end in ranges[:-1])]
    assert ranges[-1][1] == len(raw)
    return rows, reasons, array.outline


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("block", [127, 1 << 20])
def test_every_array_is_read_with_its_own_outline(indent: int | None, block: int, tmp_path: Path) -> None:
    rows, reasons, outline = read(tmp_path / "a.json", json.dumps(DOCUMENT, indent=indent).encode(), block)
    assert (rows, reasons) == (WHOLE, [])
    assert outline == {name: DOCUMENT[name] for name in ("about", "contacts", "end")}


def test_what_is_not_entered_is_a_member_like_others(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(DOCUMENT), "utf-8")
    array = JsonArray(open_source(path), {"id": "string"})
    assert array.read_outline() == DOCUMENT
    assert [one for records in array for one in records["id"].to_pylist()] == []


def test_damage_costs_its_record_only(tmp_path: Path) -> None:
    raw = json.dumps(DOCUMENT, indent=1).encode().replace(b'"id": "A7"', b'"id": x"A7"')
    rows, reasons, _ = read(tmp_path / "a.json", raw)
    assert (rows, reasons) == ([row for row in WHOLE if row != ("A", "A7")], ["bad-json"])


def test_the_last_record_of_an_array_is_not_searched_for_in_the_next(tmp_path: Path) -> None:
    raw = json.dumps(DOCUMENT, indent=1).encode().replace(b'"id": "A39"', b'"id": x"A39"')
    rows, reasons, _ = read(tmp_path / "a.json", raw)
    assert (rows, reasons) == ([row for row in WHOLE if row != ("A", "A39")], ["bad-json"])


def test_behind_a_damaged_object_nobody_is_named(tmp_path: Path) -> None:
    raw = json.dumps(DOCUMENT, indent=1).encode().replace(b'"name": "B"', b'"name": x"B"')
    rows, reasons, _ = read(tmp_path / "a.json", raw)
    assert rows == [(None if name == "B" else name, one) for name, one in WHOLE]
    assert reasons == ["bad-json"]


@pytest.mark.parametrize("shard", range(4))
def test_no_changed_byte_gives_a_record_to_another_array(shard: int, tmp_path: Path) -> None:
    raw, dice = json.dumps(DOCUMENT, indent=1).encode(), Random(shard)
    for _ in range(150):
        at, to = dice.randrange(len(raw)), dice.choice(b'"\n{}[],:\\ x\0')
        rows, _, _ = read(tmp_path / "a.json", raw[:at] + bytes([to]) + raw[at + 1 :])
        strangers = {(name, one) for name, one in rows if name in ("A", "B", "C") and one} - set(WHOLE)
        assert {(name, one) for name, one in strangers if one[0] in "ABC" and one[0] != name} == set(), (at, to)


def test_a_cut_document_says_the_same_up_to_the_cut(tmp_path: Path) -> None:
    raw = json.dumps(DOCUMENT, indent=1).encode()
    for cut in range(1, len(raw), 41):
        rows, _, _ = read(tmp_path / "a.json", raw[:cut])
        assert rows == WHOLE[: len(rows)], cut
