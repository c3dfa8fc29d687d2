"""JSON lines against json.loads of each line: whole, cut at every byte, and damaged."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.parsing import json_rows, jsonl
from qunkit.parsing.json_rows import RECORD, loads, well_formed
from qunkit.parsing.jsonl import read_lines
from qunkit.parsing.source import open_source

COLUMNS = {"id": "int64", "words": "string"}
AWKWARD = 'ab"\\[]{}|,: \n\r\té中\u2028\x00😀/#'
RELAXED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass
class Found:
    rows: list[dict[str, Any]] = field(default_factory=list)
    records: list[Any] = field(default_factory=list)
    ranges: list[tuple[int, int, str]] = field(default_factory=list)

    @property
    def whats(self) -> list[str]:
        return [what for _, _, what in self.ranges]


def read(path: Path, raw: bytes, block: int = 1 << 20) -> Found:
    """Everything, with the ranges tiling the file."""
    path.write_bytes(raw)
    found, source = Found(), open_source(path)
    for records in read_lines(source, COLUMNS, block=block):
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
    ends = [end for _, end, _ in found.ranges]
    assert [start for start, _, _ in found.ranges] == [0, *ends][:-1]
    assert ends[-1:] == ([len(raw)] if raw else [])
    return found


def objects(raw: bytes) -> list[Any]:
    """The slow and obvious way."""
    told = []
    for line in raw.split(b"\n"):
        try:
            value = json.loads(line.decode())
        except ValueError:
            continue
        if isinstance(value, dict):
            told.append(value)
    return told


@pytest.fixture(params=[0, 32])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files through pyarrow as well."""
    monkeypatch.setattr(json_rows, "_FEW", request.param)


texts = st.text(alphabet=st.sampled_from(AWKWARD), max_size=12)
notes = st.sampled_from([b"", b"  ", b"\t", b"# note", b'# {"id": 1}', b' # "'])


@st.composite
def files(draw: st.DrawFn) -> bytes:
    lines: list[bytes] = []
    for number in range(draw(st.integers(0, 9))):
        record = {"id": number, "words": draw(texts), "more": [{"id": 5, "x": draw(texts)}]}
        text = json.dumps(record, ensure_ascii=draw(st.booleans())).encode()
        lines.append(draw(st.sampled_from([b"", b" "])) + text + draw(st.sampled_from([b"", b" ", b"\t"])))
        lines += draw(st.lists(notes, max_size=1))
    end = draw(st.sampled_from([b"\n", b"\r\n"]))
    return end.join(lines) + draw(st.sampled_from([b"", end]))


@RELAXED
@given(files(), st.sampled_from([1, 3, 60, 1 << 20]))
def test_it_says_what_json_says_of_every_line(few: None, tmp_path: Path, raw: bytes, block: int) -> None:
    found = read(tmp_path / "x", raw, block)
    assert found.rows == [{"id": one["id"], "words": one["words"]} for one in objects(raw)]
    assert found.records == [json.loads(json.dumps(one), parse_int=str) for one in objects(raw)]
    assert set(found.whats) <= {"record", "framing"}


@RELAXED
@given(files(), st.data())
def test_a_damaged_line_costs_itself(few: None, tmp_path: Path, raw: bytes, data: st.DataObject) -> None:
    damaged = bytearray(raw or b" ")
    place = data.draw(st.integers(0, len(damaged) - 1))
    change = st.sampled_from([b"", b'"', b"}", b"{", b"[", b"]", b",", b"\\", b"\0", b"null", b"\n", b" {}", b"#"])
    damaged[place : place + data.draw(st.integers(0, 3))] = data.draw(change)
    try:
        damaged.decode()
    except UnicodeDecodeError:
        return
    wanted = [well_formed(str(one.get("words"))) for one in objects(bytes(damaged))]
    assert [str(row["words"]) for row in read(tmp_path / "x", bytes(damaged)).rows] == wanted


@pytest.mark.parametrize("block", [1 << 20, 20])
def test_a_cut_file_keeps_its_whole_lines(block: int, tmp_path: Path) -> None:
    lines = [json.dumps({"id": n, "words": w}, ensure_ascii=False) for n, w in enumerate(["早", '"}', "\\", "😀"])]
    raw = ("# note\n\n" + "\r\n".join(lines)).encode()
    whole = read(tmp_path / "x", raw, block)
    assert whole.whats == ["framing"] * 2 + ["record"] * 4
    for cut in range(len(raw)):
        found = read(tmp_path / "x", raw[:cut], block)
        assert found.rows == whole.rows[: len(objects(raw[:cut]))], raw[:cut]
        assert set(found.whats) <= {"record", "framing", "truncated-tail"}, raw[:cut]
        last = raw[:cut].rpartition(b"\n")[2].strip()
        assert ("truncated-tail" in found.whats) == (last.startswith(b"{") and not objects(last)), raw[:cut]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b'{"id": 1', "bad-json"),
        (b'{"id": 1}}', "bad-json"),
        (b'{"id": 1} {"id": 2}', "bad-json"),
        (b'{"id": 1} null', "bad-json"),
        (b"null", "bad-json"),
        (b"[1]", "bad-json"),
        (b"5", "bad-json"),
        (b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "bad-json"),
        (b'{"id": 1, "z": ' + b"[" * 64 + b"]" * 64 + b"}", "bad-json"),
        (b'{"id": 1, "z": ' + b"[" * 63 + b"]" * 63 + b"}", "record"),
        (b'{"id": 1, "z": "' + b"[{" * 99 + b'"}', "record"),
        (b'{"id": 1, "words": "\xff"}', "undecodable"),
        ('{"id": 1, "words": "早上好，今天去爬山吧"}'.encode("gb18030"), "record"),
        (b'{"id": 1, "id": 2}', "record"),
        (b'{"id": true}', "record"),
        (b"#" + b"\xff" * 9, "framing"),
    ],
)
def test_one_line_between_others(few: None, line: bytes, what: str, tmp_path: Path) -> None:
    raw = '{"id": 7, "words": "早上好，今天去爬山吧"}\n'.encode() * 50
    found = read(tmp_path / "x", raw + line + b"\n" + raw)
    assert found.whats == ["record"] * 50 + [what] + ["record"] * 50
    assert [row["id"] for row in found.rows if row != found.rows[50] or what != "record"][:50] == [7] * 50


def test_an_object_over_two_lines_and_two_on_one_do_not_even_out(few: None, tmp_path: Path) -> None:
    found = read(tmp_path / "x", b'{"id":\n{"x": 1}}\n{"id": 2}{"id": 3}\n{"id": 4}\n')
    assert found.whats == ["bad-json"] * 3 + ["record"]
    assert [row["id"] for row in found.rows] == [4]


@pytest.mark.parametrize("block", [100, 1 << 20])
@pytest.mark.parametrize("end", [b"\n", b""])
def test_a_line_too_long(block: int, end: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "RECORD_CAP", 1000)
    sound = b'{"id": 1}\n' * 30
    found = read(tmp_path / "x", sound + b'{"id": 2, "words": "' + b"x" * 5000 + b'"}' + end, block)
    assert [row["id"] for row in found.rows] == [1] * 30
    assert set(found.whats[30:]) == {"record-too-long"}


def test_the_last_line_may_end_with_the_file(tmp_path: Path) -> None:
    assert read(tmp_path / "x", b'{"id": 1}\n{"id": 2}').whats == ["record", "record"]
    assert read(tmp_path / "x", b'{"id": 1}\n{"id" 2').whats == ["record", "bad-json"]
    assert read(tmp_path / "x", b'{"id": 1}\n{"id": 2, "w": "\xe6\x97').whats == ["record", "truncated-tail"]
    assert read(tmp_path / "x", b'{"id": 1}\n   ').whats == ["record", "framing"]
    assert read(tmp_path / "x", b"").whats == []


NESTED = {"a": "string", "b.c": "string", "b.d.e": "int64", "l": "list"}


def _nested(path: Path, raw: bytes, columns: dict[str, str] = NESTED) -> list[dict[str, Any]]:
    path.write_bytes(raw)
    return [
        row
        for records in read_lines(open_source(path), columns)
        for row in records.rows.drop_columns([RECORD]).to_pylist()
    ]


inner = st.none() | st.dictionaries(
    st.sampled_from("cde"), st.none() | st.integers(0, 9) | texts | st.just({"e": 7}), max_size=3
)
outer = st.fixed_dictionaries(
    {}, optional={"a": st.none() | texts, "b": inner | texts, "l": st.none() | st.lists(texts, max_size=3)}
)


@RELAXED
@given(st.lists(outer, max_size=6))
def test_members_of_members_and_lists(few: None, tmp_path: Path, told: list[dict[str, Any]]) -> None:
    raw = "".join(json.dumps(one) + "\n" for one in told).encode()
    found = _nested(tmp_path / "x", raw)
    assert len(found) == len(told)
    for row, one in zip(found, told, strict=True):
        b = one["b"] if isinstance(one.get("b"), dict) else {}
        d = b["d"] if isinstance(b.get("d"), dict) else {}
        c = json.loads(json.dumps(b.get("c")), parse_int=str)  # numbers stay as they are written
        assert (row["a"], row["l"]) == (one.get("a"), one.get("l"))
        assert row["b.c"] == (c if c is None or isinstance(c, str) else json.dumps(c, separators=(",", ":")))
        assert row["b.d.e"] == d.get("e")


def test_a_member_whole_and_in_parts(few: None, tmp_path: Path) -> None:
    raw = b'{"a": {"b": 1}}\n{"a": "x"}\n'
    assert _nested(tmp_path / "x", raw, {"a": "string", "a.b": "string"}) == [
        {"a": '{"b":"1"}', "a.b": "1"},
        {"a": "x", "a.b": None},
    ]
