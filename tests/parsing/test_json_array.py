"""Streamed JSON arrays against json.loads: whole, cut at every byte, and damaged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from qunkit.parsing import json_array, json_rows, json_scan, json_stream
from qunkit.parsing.json_array import JsonArray, skim
from qunkit.parsing.json_rows import RECORD, loads, well_formed
from qunkit.parsing.json_scan import DEPTH_LIMIT, State, elements, walk
from qunkit.parsing.source import Source, open_source

COLUMNS = {"id": "int64", "words": "string", "sent": "bool"}
AWKWARD = 'ab"\\[]{}|,: \n\té中\u2028\x00\x7f😀/n'
RELAXED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

words = st.text(alphabet=st.sampled_from(AWKWARD), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 70), 1 << 70) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
layouts = st.sampled_from([{"indent": 2}, {"indent": 4}, {"separators": (",", ":")}, {}])


@dataclass
class Found:
    """What `JsonArray` says of a file."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    records: list[Any] = field(default_factory=list)
    ranges: list[tuple[int, int, str]] = field(default_factory=list)
    outline: dict[str, Any] = field(default_factory=dict)

    @property
    def ids(self) -> list[Any]:
        return [row["id"] for row in self.rows]

    @property
    def reasons(self) -> list[str]:
        return [what for _, _, what in self.ranges if what not in ("record", "framing")]


def read(path: Path, raw: bytes, block: int = 1 << 20, **options: Any) -> Found:
    """Everything, with the ranges tiling the file."""
    path.write_bytes(raw)
    found = Found()
    array = JsonArray(source := open_source(path), options.pop("columns", COLUMNS), block=block, **options)
    for records in array:
        found.rows += records.rows.drop_columns([RECORD]).to_pylist()
        found.records += [loads(record, source.encoding == "mixed") for record in records[RECORD].to_pylist()]
        found.ranges += [
            (*ends, "record") for ends in zip(records.offsets.tolist(), records.ends.tolist(), strict=True)
        ]
        found.ranges += [(*ends, "framing") for ends in records.framing]
        for reject in records.rejects:
            assert source.raw(reject.start, reject.end) == raw[reject.start : reject.end]
            found.ranges.append((reject.start, reject.end, reject.reason))
    found.ranges.sort()
    assert [start for start, _, _ in found.ranges] == [0, *(end for _, end, _ in found.ranges[:-1])][
        : len(found.ranges)
    ]
    assert all(start < end for start, end, _ in found.ranges)
    assert (found.ranges[-1][1] if found.ranges else 0) == len(raw)
    found.outline = array.outline
    return found


@st.composite
def records(draw: st.DrawFn, least: int = 0) -> list[dict[str, Any]]:
    """Records that begin alike, as a writer's do; what is nested in them begins otherwise."""
    told = draw(st.lists(st.tuples(words | st.none(), st.booleans() | st.none(), values), min_size=least, max_size=12))
    return [
        {"id": number, "words": said, "sent": sent, "more": [more, {"x": said}]}
        for number, (said, sent, more) in enumerate(told)
    ]


@st.composite
def documents(draw: st.DrawFn) -> tuple[list[dict[str, Any]], dict[str, Any] | None, bytes]:
    """(records, other members or None where the array is the document, the text)."""
    told = draw(records())
    layout = {"ensure_ascii": draw(st.booleans())} | draw(layouts)
    if draw(st.integers(0, 4)) == 0:
        return told, None, json.dumps(told, **layout).encode()
    before = draw(st.dictionaries(words, values, max_size=2))
    behind = draw(st.dictionaries(words, values, max_size=2))
    whole = {**before, "messages": told, **{name: value for name, value in behind.items() if name not in before}}
    return (
        told,
        {name: value for name, value in whole.items() if name != "messages"},
        json.dumps(whole, **layout).encode(),
    )


def as_asked(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: one[name] for name in COLUMNS} for one in told]


def exact(value: Any) -> Any:
    """As `loads` tells it: numbers as they are written."""
    return json.loads(json.dumps(value), parse_int=str)


def outlined(value: Any) -> Any:
    """As an outline tells it: numbers of more than 19 digits as they are written."""
    return json.loads(json.dumps(value), parse_int=lambda digits: int(digits) if len(digits) <= 19 else digits)


@pytest.fixture(params=["blocks", "records", "bytes"])
def speed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small documents through pyarrow as well, and with parts of a block that end anywhere."""
    if request.param != "records":
        monkeypatch.setattr(json_rows, "_FEW", 0)
    if request.param == "bytes":
        monkeypatch.setattr(json_scan, "_SPAN", 3)


# -- sound documents ---------------------------------------------------------------------------------------------------
@RELAXED
@given(documents(), st.sampled_from([1, 2, 7, 50, 1 << 20]))
def test_it_says_what_json_says(speed: None, tmp_path: Path, document: Any, block: int) -> None:
    told, others, raw = document
    found = read(tmp_path / "x.json", raw, block)
    assert found.rows == as_asked(told)
    assert found.records == [exact(one) for one in told]
    assert found.outline == outlined(others or {})
    assert found.reasons == []
    text = raw.decode()
    assert [
        json.loads(raw[start:end].rstrip(b" \n,").decode()) for start, end, what in found.ranges if what == "record"
    ] == told
    assert text.startswith(text[: found.ranges[0][0]])


@RELAXED
@given(documents())
def test_bytes_behind_a_record_belong_to_it_and_the_rest_is_framing(tmp_path: Path, document: Any) -> None:
    told, _, raw = document
    ranges = read(tmp_path / "x.json", raw).ranges
    assume(told)
    kinds = [what for _, _, what in ranges]
    assert kinds == ["framing", *["record"] * len(told), "framing"]
    assert all(raw[start : start + 1] == b"{" for start, _, what in ranges if what == "record")
    assert raw[ranges[-1][0] : ranges[-1][0] + 1] == b"]"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16-le", "utf-16-be", "utf-16", "gb18030"])
def test_offsets_are_those_of_the_original_file(encoding: str, tmp_path: Path) -> None:
    told = [{"id": number, "words": "早上好😀，天气不错" * number, "sent": True} for number in range(40)]
    text = json.dumps({"session": {"name": "周末徒步"}, "messages": told}, ensure_ascii=False, indent=2)
    found = read(tmp_path / "x.json", text.encode(encoding), 64)
    assert found.rows == as_asked(told)
    assert found.outline == {"session": {"name": "周末徒步"}}
    raw, plain = text.encode(encoding), encoding.removesuffix("-sig")
    starts = [start for start, _, what in found.ranges if what == "record"]
    assert [raw[start:].decode(plain, "ignore")[0] for start in starts] == ["{"] * 40


def test_the_key_of_the_array_can_be_told(tmp_path: Path) -> None:
    raw = b'{"messages": [{"id": 1}], "items": [{"id": 2}]}'
    found = read(tmp_path / "x.json", raw, key="items")
    assert (found.ids, found.outline) == ([2], {"messages": [{"id": 1}]})


@pytest.mark.parametrize(
    "raw", [b"{}", b"[]", b" \n", b'{"messages": []}', b'{"messages": {"id": 1}}', b'{"messages": null}']
)
def test_nothing_in_it(raw: bytes, tmp_path: Path) -> None:
    found = read(tmp_path / "x.json", raw)
    assert (found.rows, found.reasons) == ([], [])


def test_the_outline_can_be_had_first(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b'{"messages": [{"id": 1}, {"id": 2}], "session": {"wxid": "1@chatroom"}}')
    assert JsonArray(open_source(path), {}).read_outline() == {"session": {"wxid": "1@chatroom"}}


# -- what pyarrow refuses ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("record", "row"),
    [
        ('{"id": "9007199254740993"}', {"id": 9007199254740993}),
        ('{"id": 9223372036854775807}', {"id": (1 << 63) - 1}),
        ('{"id": 9223372036854775808}', {"id": None}),
        ('{"id": 1.0}', {"id": 1}),
        ('{"id": 1.5}', {"id": None}),
        ('{"id": NaN}', {"id": None}),
        ('{"id": "१"}', {"id": None}),
        ('{"id": true}', {"id": 1}),
        ('{"id": {"n": 1}}', {"id": None}),
        ('{"id": 1, "id": 2}', {"id": 2}),
        ('{"id": 1, "words": 18446744073709551617}', {"words": "18446744073709551617"}),
        ('{"id": 1, "words": 1.50}', {"words": "1.50"}),
        ('{"id": 1, "words": true}', {"words": "true"}),
        ('{"id": 1, "words": ["a", {"b": null}]}', {"words": '["a",{"b":null}]'}),
        ('{"id": 1, "words": "\\ud83d\\ude00"}', {"words": "😀"}),
        ('{"id": 1, "words": "\\ud83d!"}', {"words": "�!"}),
        ('{"id": 1, "words": "\\ude00\\ud83d"}', {"words": "��"}),
        ('{"id": 1, "words": "a\\u0000b"}', {"words": "a\0b"}),
        ('{"id": 1, "sent": 1}', {"sent": True}),
        ('{"id": 1, "sent": 0}', {"sent": False}),
        ('{"id": 1, "sent": "true"}', {"sent": True}),
        ('{"id": 1, "sent": 2}', {"sent": None}),
        ('{"id": 1, "zz": ' + "1" * 5000 + "}", {"id": 1}),
        ('{"id": ' + "1" * 5000 + "}", {"id": None}),
    ],
)
@pytest.mark.parametrize("copies", [1, 3, 200])
def test_a_member_of_another_type_is_converted_or_null(
    record: str, row: dict[str, Any], copies: int, tmp_path: Path
) -> None:
    """Alone, and as a whole file (whose types are then learned); beside sound ones, which must not change."""
    sound = '{"id": 7, "words": "早", "sent": true}'
    alone = read(tmp_path / "x.json", f"[{','.join([record] * copies)}]".encode(), 64)
    mixed = read(tmp_path / "x.json", f"[{','.join([sound, record] * copies)}]".encode())
    told = {"id": None, "words": None, "sent": None} | json.loads("{}") | row
    for found in (alone.rows, mixed.rows[1::2]):
        assert [{name: one[name] for name in row} for one in found] == [row] * copies, told
    assert mixed.rows[::2] == [{"id": 7, "words": "早", "sent": True}] * copies


def test_types_are_learned_from_the_file(tmp_path: Path) -> None:
    """What an exporter always writes, say 1 for true, costs one slow block."""
    reader = json_rows.RowReader(COLUMNS)
    data = b",".join(b'{"id": "%d", "words": %d, "sent": %d}' % (n, n, n % 2) for n in range(100))
    found = elements(data, 0, len(data))
    slow, _ = reader.read(data, found.starts, found.ends)
    assert reader._fast(data, found.starts, found.ends) is not None
    fast, _ = reader.read(data, found.starts, found.ends)
    assert fast.drop_columns([RECORD]).equals(slow.drop_columns([RECORD]))
    assert fast["words"].to_pylist()[:3] == ["0", "1", "2"]


def test_seconds_milliseconds_and_nonsense() -> None:
    import pyarrow as pa

    told = [1732982302.0, 1732982302.5, 1732982302123.0, 0.0, -1.0, 1e300, float("nan"), float("inf"), None]
    wanted = [1732982302000, 1732982302500, 1732982302123, 0, -1000, 10**15, None, None, None]
    assert json_rows.instants(pa.array(told, pa.float64())).to_pylist() == wanted


@given(st.text(alphabet=st.characters()))
def test_well_formed_joins_and_replaces(text: str) -> None:
    repaired = well_formed(text)
    repaired.encode()
    if not any("\ud800" <= char <= "\udfff" for char in text):
        assert repaired == text


# -- the scanner and the walker --------------------------------------------------------------------------------------------
@RELAXED
@given(records(), layouts, st.booleans(), st.integers(1, 9))
def test_the_scanner_finds_what_json_finds(told: Any, layout: Any, ascii_: bool, span: int) -> None:
    raw = json.dumps(told, ensure_ascii=ascii_, **layout).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_scan, "_SPAN", span)
        found = elements(raw, 1, len(raw))
    assert found.close == len(raw) - 1
    assert [json.loads(raw[start:end]) for start, end in zip(found.starts, found.ends, strict=True)] == told
    assert [walk(raw, int(start)) for start in found.starts] == [(State.WHOLE, int(end)) for end in found.ends]


@RELAXED
@given(values, layouts, st.data())
def test_the_walker_is_as_strict_as_json(value: Any, layout: Any, data: st.DataObject) -> None:
    raw = bytearray(json.dumps([value], **layout).encode())
    place = data.draw(st.integers(0, len(raw) - 1))
    change = data.draw(
        st.sampled_from([b"", b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"0", b"e", b".", b"-", b"\x01", b"nul"])
    )
    raw[place : place + data.draw(st.integers(0, 1))] = change
    state, end = walk(bytes(raw), 0)
    try:
        json.loads(bytes(raw), parse_int=str)
    except ValueError:
        assert state is not State.WHOLE or raw[end:].strip()
    else:
        assert (state, bytes(raw[end:]).strip()) == (State.WHOLE, b"")


@RELAXED
@given(values, layouts)
def test_the_walker_calls_every_prefix_cut(value: Any, layout: Any) -> None:
    raw = json.dumps([value], **layout).encode()
    assert {walk(raw[:cut], 0)[0] for cut in range(len(raw))} == {State.CUT}


# -- cut files -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("layout", [{"indent": 2}, {"separators": (",", ":")}])
@pytest.mark.parametrize("block", [1 << 20, 33])
def test_a_cut_file_keeps_its_complete_records(layout: Any, block: int, tmp_path: Path) -> None:
    told = [{"id": n, "words": w, "sent": True, "n": [{"id": 9}]} for n, w in enumerate(["早", 'a"}', "\\", "😀\n"])]
    raw = json.dumps(
        {"s": {"a": [1.5, None]}, "messages": told, "t": [{"id": 0}]}, ensure_ascii=False, **layout
    ).encode()
    whole = read(tmp_path / "x.json", raw, block)
    closers = [start + len(raw[start:end].rstrip(b" \n,")) for start, end, what in whole.ranges if what == "record"]
    for cut in range(len(raw)):
        found = read(tmp_path / "x.json", raw[:cut], block)
        complete = sum(closer <= cut for closer in closers)
        assert found.rows == whole.rows[:complete], raw[:cut]
        assert set(found.reasons) <= {"truncated-tail"}, raw[:cut]
        if any(start < cut < closer for (start, _, _), closer in zip(whole.ranges[1:], closers, strict=False)):
            assert found.reasons == ["truncated-tail"], raw[:cut]


def test_a_cut_between_two_records_is_told(tmp_path: Path) -> None:
    found = read(tmp_path / "x.json", b'{"messages": [{"id": 1}, {"id": 2},\n')
    assert found.ids == [1, 2]
    assert found.ranges[-1] == (34, 36, "truncated-tail")


# -- damage ----------------------------------------------------------------------------------------------------------------
@RELAXED
@given(records(least=3), layouts, st.sampled_from([60, 1 << 20]), st.data())
def test_a_damaged_byte_costs_one_record(
    speed: None, tmp_path: Path, told: Any, layout: Any, block: int, data: st.DataObject
) -> None:
    """A control character may stand nowhere in JSON."""
    raw = bytearray(json.dumps({"a": 1, "messages": told, "b": 2}, ensure_ascii=False, **layout).encode())
    ranges = [one for one in read(tmp_path / "x.json", bytes(raw)).ranges if one[2] == "record"]
    index = data.draw(st.integers(0, len(told) - 1))
    start, end, _ = ranges[index]
    end -= len(raw[start:end]) - len(raw[start:end].rstrip(b" \n,"))
    place = data.draw(st.integers(start, end - 1))
    assume(raw[place] < 0x80)
    raw[place] = 1
    found = read(tmp_path / "x.json", bytes(raw), block)
    assert found.rows == as_asked(told[:index] + told[index + 1 :])
    assert "bad-json" in found.reasons
    assert next(damage for damage in found.ranges if damage[0] <= place < damage[1])[2] == "bad-json"
    assert found.outline == {"a": 1, "b": 2}


TOLD = [{"id": n, "words": f"早{n}", "more": {"id": -1}} for n in range(30)]
TEXTS = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in TOLD]
ONE = TEXTS[15]


@pytest.mark.parametrize(
    ("damaged", "lost"),
    [
        (ONE.replace('"words":"', '"words":'), 1),
        (ONE.replace('早15"', "早15"), 1),
        (ONE.replace('早15"', '早15\\"'), 1),
        (ONE[:-1], 1),
        (ONE[1:], 1),
        (ONE.replace("}}", "}"), 1),
        (ONE.replace("}}", "]}"), 1),
        (ONE + "}", 0),
        (ONE + "]", 0),
        ("{" + ONE, 0),
        ("[" + ONE, 0),
        (ONE + ",null", 0),
        (ONE + ',"x",1.5,[1,{"x":3}]', 0),
        (ONE + ",{}", 0),
        (ONE + ",,", 0),
        (ONE + " nonsense", 0),
        (ONE + "\x00" * 5000, 0),
        (ONE.replace('"words"', '"words" "x"'), 1),
        ('{"id":15,"words":"\\ud83', 1),
        ('{"id":15,"words":01}', 1),
        ("null", 1),
        ("", 1),
    ],
)
@pytest.mark.parametrize("block", [100, 1 << 20])
@pytest.mark.parametrize("at", [0, 15, 29])
def test_damage_costs_no_more_than_it_must(damaged: str, lost: int, block: int, at: int, tmp_path: Path) -> None:
    texts = [*TEXTS[:at], damaged.replace("15", str(at)), *TEXTS[at + 1 :]]
    found = read(tmp_path / "x.json", f'{{"a":1,"messages":[{",".join(texts)}],"b":2}}'.encode(), block)
    survivors = [one["id"] for one in TOLD if one["id"] != at or not lost]
    assert [one for one in found.ids if one is not None] == survivors
    assert found.outline == {"a": 1, "b": 2}


def test_a_missing_comma_costs_nothing(tmp_path: Path) -> None:
    found = read(tmp_path / "x.json", b'[{"id": 1} {"id": 2}{"id": 3},{"id": 4}]')
    assert found.ids == [1, 2, 3, 4]
    assert found.ranges[2] == (10, 11, "bad-json")


@pytest.mark.parametrize("key", ["id", "k"])
def test_objects_within_a_damaged_record_are_no_records(key: str, tmp_path: Path) -> None:
    """Forwarded messages look like messages; compact JSON has no indentation to tell them apart."""
    nested = [{key: 100 + n, "words": "weiter"} for n in range(3)]
    told = [{"id": n, "words": f"早{n}", "list": nested, "z": 1} for n in range(20)]
    raw = json.dumps({"messages": told, "b": 2}, ensure_ascii=False, separators=(",", ":")).encode()
    found = read(tmp_path / "x.json", raw.replace("早7".encode(), b"\x00"))
    assert found.ids == [n for n in range(20) if n != 7]
    assert found.outline == {"b": 2}


def test_damage_in_the_header_costs_that_member(tmp_path: Path) -> None:
    found = read(tmp_path / "x.json", b'{"a": 1, "s": {"x": "y, "z": 2}, "messages": [{"id": 1}], "b": 2}')
    assert (found.ids, found.outline) == ([1], {"a": 1, "b": 2})
    assert found.ranges[1] == (9, 33, "bad-json")


def test_damage_in_the_trailer_costs_the_trailer(tmp_path: Path) -> None:
    found = read(tmp_path / "x.json", b'{"messages": [{"id": 1}], "b": 2, "c": {"x" 1}}')
    assert (found.ids, found.outline, found.reasons) == ([1], {"b": 2}, ["bad-json"])


@pytest.mark.parametrize(
    "raw", [b'[{"id": 1}] x', b'{"messages": [{"id": 1}]}{"messages": [{"id": 2}]}', b'[{"id": 1}]\x00\x00']
)
def test_what_follows_the_document_is_no_part_of_it(raw: bytes, tmp_path: Path) -> None:
    """Two exports pasted together may be of two groups."""
    found = read(tmp_path / "x.json", raw)
    assert (found.ids, found.reasons) == ([1], ["bad-json"])


def test_a_record_in_another_encoding(tmp_path: Path) -> None:
    texts = [json.dumps({"id": n, "words": f"早上好，今天去爬山吧{n}"}, ensure_ascii=False) for n in range(60)]
    parts = [text.encode("gb18030" if n == 30 else "utf-8") for n, text in enumerate(texts)]
    parts[40] = parts[40].replace("好".encode(), b"\xff\xff")
    found = read(tmp_path / "x.json", b"[" + b",\n".join(parts) + b"]", 500)
    assert found.ids == [n for n in range(60) if n != 40]
    assert [row["words"] for row in found.rows] == [f"早上好，今天去爬山吧{n}" for n in found.ids]
    assert found.reasons == ["undecodable"]


# -- limits ------------------------------------------------------------------------------------------------------------------
def nested(depth: int) -> str:
    return '{"id": 2, "z": ' + "[" * (depth - 1) + "]" * (depth - 1) + "}"


@pytest.mark.parametrize(("depth", "ids"), [(DEPTH_LIMIT, [1, 2, 3]), (DEPTH_LIMIT + 1, [1, 3]), (20_000, [1, 3])])
@pytest.mark.parametrize("beside", ["", ', "sent": 1'])
def test_no_record_is_deeper_than_the_limit(
    speed: None, depth: int, ids: list[int], beside: str, tmp_path: Path
) -> None:
    found = read(tmp_path / "x.json", f'[{{"id": 1{beside}}},{nested(depth)},{{"id": 3}}]'.encode())
    assert found.ids == ids
    assert found.reasons == ["bad-json"] * (3 - len(ids))


@pytest.mark.parametrize("block", [100, 1 << 20])
@pytest.mark.parametrize("length", [900, 1100, 9000])
def test_no_record_is_longer_than_the_limit(
    block: int, length: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_stream, "RECORD_CAP", 1000)
    records_ = ",".join(f'{{"id":{n},"words":"{"x" * (length if n == 20 else 5)}"}}' for n in range(40))
    found = read(tmp_path / "x.json", f'{{"messages":[{records_}],"b":2}}'.encode(), block)
    assert found.ids == [n for n in range(40) if n != 20 or length < 1000]
    assert set(found.reasons) == ({"record-too-long"} if length > 1000 else set())
    assert found.outline == {"b": 2}


def test_a_record_that_never_ends_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "RECORD_CAP", 1000)
    found = read(tmp_path / "x.json", b'[{"id":1,"words":"a"},{"id":2,"words":"' + b"x" * 9000, 100)
    assert found.ids == [1]
    assert set(found.reasons) == {"record-too-long"}
    assert len(found.reasons) > 3  # piece by piece: memory stays bounded


def test_a_member_too_long_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_array, "MEMBER_CAP", 1000)
    raw = b'{"a": 1, "pictures": "%s", "messages": [{"id": 1}], "b": 2}' % (b"x" * 9000)
    found = read(tmp_path / "x.json", raw, 100)
    assert (found.ids, found.outline) == ([1], {"a": 1, "b": 2})


HOSTILE = {
    "unbalanced": b'{"a":{"b":1},' * 2000,
    "invalid": b'{"a":1 "b":2},' * 2000,
    "now and then": (b'{"a":1,"b":2},' * 19 + b'{"a":{"b":2},') * 40,
    "deep": b'{"a":' * 9000,
    "brackets": b"[" * 40_000,
    "closing": b'{"a":1}],' * 3000,
    "closing all": b'{"a":1}]},' * 3000,
    "quotes": b'{"a":"' * 5000,
    "backslashes": b'{"a":"' + b"\\" * 40_000,
    "scalars": b"null,1," * 4000,
    "nothing between": b'{"a":1}' * 5000,
    "nulls behind": b'{"a":1} null ' * 3000,
}


@pytest.mark.parametrize("speed", ["blocks", "records"], indirect=True)
@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("ending", [b"", b'{"id":5}]}'])
def test_hostile_arrays_take_no_more_than_linear_time(speed: None, name: str, ending: bytes, tmp_path: Path) -> None:
    """40 KB; what took quadratic time would take minutes."""
    read(tmp_path / "x.json", b'{"messages":[' + HOSTILE[name] + ending, columns={"id": "int64", "a": "int64"})


# -- the skim ------------------------------------------------------------------------------------------------------------------
def skimmed(path: Path, raw: bytes) -> tuple[dict[str, Any], dict[str, Any] | None]:
    path.write_bytes(raw)
    return skim(open_source(path))


@pytest.mark.parametrize(
    ("raw", "top", "first"),
    [
        (
            b'{"a": 1, "o": {"x": "y"}, "l": [1], "messages": [{"id": 1}], "z": null}',
            {"a": 1, "o": {"x": "y"}, "z": None},
            {"id": 1},
        ),
        (b'{"items": [{"n": 1}], "messages": [{"id": 1}, {"id": 2}]}', {}, {"id": 1}),
        (b'{"tags": ["x"], "items": [{"n": 1}], "more": [{"n": 2}]}', {}, {"n": 1}),
        (b'{"messages": [], "items": [{"n": 1}]}', {}, None),
        (b'{"messages": [[{"role": "user"}]]}', {}, None),
        (b'[{"id": 1, "talker": "x"}, {"id": 2}]', {}, {"id": 1, "talker": "x"}),
        (b"[]", {}, None),
        (b"[1, 2]", {}, None),
        (b'{"_type":"header","x":{"y":1}}\n{"_type":"message"}\n', {}, {"_type": "header", "x": {"y": 1}}),
        (b'{"_type":"header","x":{"y":1}}\n', {"_type": "header", "x": {"y": 1}}, {"_type": "header", "x": {"y": 1}}),
        (b'# note\n\n{"a": 1}\n{"a": 2}', {}, {"a": 1}),
        (b'{\n"a": 1\n}', {"a": 1}, None),
        (b'{"a": "\\ud83d"}', {"a": "\ufffd"}, {"a": "\ufffd"}),
        (b'{"a": 1, "b": tru', {"a": 1}, None),
        (b'{"a": 1, "messages": [{"id": 1}, {"id": ', {"a": 1}, {"id": 1}),
        (b'{"a": 1, nonsense', {"a": 1}, None),
        (b"nonsense", {}, None),
        (b"", {}, None),
        (b'{"big": ' + b"1" * 5000 + b',\n"a": 1}', {"a": 1}, None),
        (b'{"big": ' + b"1" * 30 + b',\n"a": 1}', {"big": "1" * 30, "a": 1}, None),
    ],
)
def test_skim(raw: bytes, top: dict[str, Any], first: dict[str, Any] | None, tmp_path: Path) -> None:
    assert skimmed(tmp_path / "x.json", raw) == (top, first)


def test_skim_looks_behind_a_long_member_list_and_at_the_very_end(tmp_path: Path) -> None:
    members = [{"id": n, "avatar": "x" * 50_000} for n in range(60)]  # 3 MB
    told = [{"createTime": n, "content": "y" * 900} for n in range(9_000)]  # 8 MB
    whole = {
        "session": {"wxid": "1@chatroom"},
        "members": members,
        "messages": told,
        "pictures": {"a": "b"},
        "exportTime": 5,
        "end": "}",
    }
    top, first = skimmed(tmp_path / "x.json", json.dumps(whole).encode())
    assert top == {"session": {"wxid": "1@chatroom"}, "exportTime": 5, "end": "}"}
    assert first == told[0]


def test_skim_reads_no_more_than_it_must(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.json"
    with path.open("wb") as file:
        file.write(b'{"a": 1, "messages": [{"id": 1}, "')
        file.truncate(200 << 20)
    source = open_source(path)
    taken = []
    blocks = Source.blocks

    def counted(self: Source, size: int = 0) -> Iterator[tuple[int, bytes]]:
        for place, block in blocks(self, size):
            taken.append(len(block))
            yield place, block

    monkeypatch.setattr(Source, "blocks", counted)
    assert skim(source) == ({"a": 1}, {"id": 1})
    assert sum(taken) <= 8 << 20


@pytest.mark.parametrize("ending", [b"}", b', "b": {"z": 1}}', b""])
def test_skim_shows_what_large_objects_hold(ending: bytes, tmp_path: Path) -> None:
    """Small members of one that holds arrays; nothing of one that does not, nor of objects within."""
    long = b'"%s"' % (b"x" * 5000)
    held = (
        b'{"about": "", "list": [{"id": 1}, ' + long + b'], "deep": {"list": [' + long + b']}, "long": ' + long + b"}"
    )
    document = b'{"flat": {"x": 1, "y": ' + long + b'}, "a": ' + held + ending
    top, first = skimmed(tmp_path / "x.json", document + b"\n" * bool(ending))
    more = {"b": {"z": 1}} if b"b" in ending else {}
    assert top == {"a": {"about": "", "list": []}} | more
    assert first is None or first.keys() == {"flat", "a"} | more.keys()


@pytest.mark.parametrize("name", HOSTILE)
def test_skim_survives(name: str, tmp_path: Path) -> None:
    skimmed(tmp_path / "x.json", b'{"messages":[' + HOSTILE[name])
    skimmed(tmp_path / "x.json", b"{" + b'"a":[],' * 5000 + b'"b":{},' * 5000)
    skimmed(tmp_path / "x.json", b'{"a":' + HOSTILE[name])
    skimmed(tmp_path / "x.json", HOSTILE[name])


def test_memory_does_not_hold_the_file(tmp_path: Path) -> None:
    """The window never grows beyond twice the block while records are small."""
    path = tmp_path / "x.json"
    path.write_bytes(b"[" + b",".join(b'{"id": %d, "words": "%s"}' % (n, b"x" * 50) for n in range(20_000)) + b"]")
    array = JsonArray(open_source(path), COLUMNS, block=10_000)
    sizes = [(len(records.offsets), len(array._window.data)) for records in array]
    assert sum(count for count, _ in sizes) == 20_000
    assert max(size for _, size in sizes) <= 20_000
    assert all(np.diff([count for count, _ in sizes[1:-2]]) < 200)
    assert len(list(pairwise(sizes))) > 100


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("block", [7, 1 << 20])
def test_a_document_that_is_a_part_of_the_text(encoding: str, block: int, tmp_path: Path) -> None:
    """Its records have their places in the file; of what stands around it nothing is said."""
    before, document, behind = "var 变量 = [0]\nvar x = ", '[{"id": 1}, {"id": 2, "words": "早"}]', ";\nvar y = [{}]\n"
    path = tmp_path / "data.js"
    path.write_bytes((before + document + behind).encode(encoding))
    source = open_source(path)
    begin = len(before.encode())
    array = JsonArray(source, COLUMNS, part=(begin, begin + len(document.encode())), block=block)
    found = list(array)
    assert [row for records in found for row in records["id"].to_pylist()] == [1, 2]
    assert not [one for records in found for one in records.rejects]
    starts = [int(at) for records in found for at in records.offsets]
    assert [source.raw(at, at + 8) for at in starts] == [b'{"id": 1', b'{"id": 2']
    edges = sorted([at for records in found for span in records.framing for at in span])
    assert (edges[0], edges[-1]) == (
        len(before.encode(encoding)),
        len(before.encode(encoding)) + len(document.encode(encoding.removesuffix("-sig"))),
    )
