"""WeFlow's SQL, and INSERT statements in general: against a slow reader, with damage, by the block."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qunkit.exports import Head
from qunkit.formats import weflow_sql
from qunkit.parsing.source import Source, open_source
from qunkit.parsing.sql_inserts import LIMIT, read_inserts

ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
Write = Callable[[str | bytes], Source]
BEGIN = "BEGIN;\nCREATE TABLE chat (\n  id TEXT\n);\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(text: str | bytes) -> Source:
        path = tmp_path / "群.sql"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return open_source(path)

    return _write


def insert(id_: str, said: str | None, columns: str = "id, said") -> str:
    words = "NULL" if said is None else "'" + said.replace("'", "''") + "'"
    return f"INSERT INTO chat ({columns}) VALUES ({id_}, {words});\n"


def found(source: Source, block: int = 4 << 20) -> tuple[list[tuple[Any, ...]], list[tuple[int, int, str]]]:
    """(rows, rejects); the ranges must tile the file."""
    rows: list[tuple[Any, ...]] = []
    rejects: list[tuple[int, int, str]] = []
    edges = []
    for records in read_inserts(source, "chat", ("id", "said", "more"), block):
        rows += [tuple(row.values()) for row in records.rows.to_pylist()]
        rejects += [(reject.start, reject.end, reject.reason) for reject in records.rejects]
        spans = [*zip(records.offsets.tolist(), records.ends.tolist(), strict=True), *records.framing]
        edges += spans + [(reject.start, reject.end) for reject in records.rejects]
    edges.sort()
    assert all(end == begin for (_, end), (begin, _) in pairwise(edges))
    assert [edges[0][0], edges[-1][1]] == [0, source.size]
    return rows, rejects


def test_statements_are_rows_and_the_rest_is_framing(write: Write) -> None:
    text = (
        BEGIN
        + insert("1", "it's\nlate")
        + "-- x\n"
        + insert("NULL", None)
        + insert("2", "x", "said, more")
        + "COMMIT;\n"
    )
    rows, rejects = found(write(text))
    assert rows == [("1", "it's\nlate", None), (None, None, None), (None, "2", "x")]
    assert rejects == []


@pytest.mark.parametrize(
    "words",
    ["", "'", "''", "'); DROP TABLE chat; --", "a;\nb", "\\'", "NULL", "(1, 2)", "\u2028'\u202e", insert("7", "x")],
)
def test_any_text_comes_back(write: Write, words: str) -> None:
    assert found(write(BEGIN + insert("1", words) + insert("2", "y"))) == ([("1", words, None), ("2", "y", None)], [])


@pytest.mark.parametrize(
    ("text", "ids", "reasons"),
    [
        (insert("1", "a")[:-9], [], ["truncated-tail"]),
        (insert("1", "a") + "INSERT INTO chat (id, said) VAL", ["1"], ["truncated-tail"]),
        (insert("1", "a").replace("a'", "a") + insert("2", "b"), ["2"], ["bad-record"]),
        (insert("1", "a").replace(", '", " '") + insert("2", "b"), ["2"], ["bad-record"]),
        (insert("1", "a").replace(");", ", 3);") + insert("2", "b"), ["2"], ["bad-record"]),
        (insert("1", "a").replace(");\n", "); ") + insert("2", "b"), ["1"], ["bad-record"]),  # one line, one statement
        (insert("1", "x" * LIMIT) + insert("2", "b"), ["2"], ["record-too-long"]),
        (insert("1", "x" * 3 * LIMIT) + insert("2", "b"), ["2"], ["record-too-long"]),
        (insert("1", "x\n" * LIMIT)[:-4] + insert("2", "b"), ["2"], ["record-too-long"]),
        ("x\n" * 2 * LIMIT + insert("2", "b"), ["2"], []),
        ("", [], []),
    ],
)
def test_damage_costs_its_own_record(write: Write, text: str, ids: list[str], reasons: list[str]) -> None:
    rows, rejects = found(write(BEGIN + text), 1 << 20)
    assert [row[0] for row in rows] == ids
    assert list(dict.fromkeys(reason for _, _, reason in rejects)) == reasons


def test_a_file_of_two_encodings(write: Write) -> None:
    text = (
        BEGIN.encode()
        + insert("1", "早").encode()
        + insert("2", "好").encode("gb18030")
        + b"\xff\n"
        + insert("3", "x").encode()
    )
    bad = insert("4", "?").encode().replace(b"?", b"\xff\xff")
    rows, rejects = found(write(text + bad + insert("5", "晚").encode()))
    assert rows == [("1", "早", None), ("2", "好", None), ("3", "x", None), ("5", "晚", None)]
    assert [reason for _, _, reason in rejects] == ["undecodable"]


# -- a slow reader: one regular expression over the whole text ----------------------------------------------------
_SLOW = re.compile(
    r"^INSERT INTO chat \(id, said\) VALUES \(([0-9]+|NULL), (NULL|'(?:[^']|'')*')\);(?:\n|\Z)", re.MULTILINE
)


def slow(text: str) -> list[tuple[Any, ...]]:
    told = [(match[1], match[2]) for match in _SLOW.finditer(text)]
    return [
        (None if id_ == "NULL" else id_, None if words == "NULL" else words[1:-1].replace("''", "'"), None)
        for id_, words in told
    ]


WORDS = st.none() | st.text(st.sampled_from("ab早🍉' \n\t;(),\u2028N"), max_size=30)


@settings(ANY, max_examples=200)
@given(
    st.lists(st.tuples(st.sampled_from(["1", "23", "NULL"]), WORDS), max_size=12), st.sampled_from(["utf-8", "gb18030"])
)
@example([("1", "'"), ("1", insert("2", "'"))], "utf-8")
def test_agrees_with_slow_reader(write: Write, said: list[tuple[str, str | None]], encoding: str) -> None:
    text = BEGIN + "".join(insert(*one) for one in said) + "COMMIT;\n"
    assert found(write(text.encode(encoding))) == (slow(text), [])
    assert len(slow(text)) == len(said)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("BEGIN;\nCREATE TABLE IF NOT EXISTS weflow_messages (\n", True),
        ("INSERT INTO weflow_messages (session_id) VALUES ('1');", True),
        ("BEGIN;\nCREATE TABLE IF NOT EXISTS other (\n", False),
        ("今天: INSERT INTO weflow_messages (x)", False),
        ("", False),
    ],
)
def test_sniff(text: str, answer: bool) -> None:
    assert weflow_sql.sniff(Head(text, ("a.sql",))) is answer
