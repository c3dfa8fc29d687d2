"""Every small made-up file: what is read, what is rejected and why, and with which exit code."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from qunkit.errors import NoDataset
from qunkit.ingest.run import Options, ingest
from qunkit.ingest.summary import FileSummary
from qunkit.schema import REASONS
from support.cases import Case, families
from support.staged import messages, rejects

FAMILIES = families()
CASES = {
    f"{family}-{case.name}": case
    for family, module in FAMILIES.items()
    for case in (*module.GOOD, *module.BAD)
}  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_has_enough_of_both(family: str) -> None:
    module = FAMILIES[family]
    assert len(module.GOOD) >= 8
    assert len(module.BAD) >= 10
    assert all(case.code == 0 and not case.rejects and not case.error for case in module.GOOD)
    assert all(case.code or case.rejects or case.error for case in module.BAD)
    names = [case.name for case in (*module.GOOD, *module.BAD)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_case(case: Case, tmp_path: Path) -> None:
    for name, content in case.files.items():
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    options: dict[str, Any] = dict(case.options)
    options["facts"] = tuple(options.get("facts", {}).items())
    given = [tmp_path / "in" / name for name in case.give or case.files]
    summary = ingest(given, tmp_path / "data", Options(**options))
    said = _said(summary.files)
    assert summary.code == case.code, said
    if case.format:
        assert summary.files[0].format == case.format, said
    errors = [file.error for file in summary.files if file.error]
    assert (type(errors[0]).__name__ if errors else None) == case.error, said
    assert case.says in "".join(f"{error.sentence('en')} {error.hint('en')}" for error in errors[:1])
    rows = _rows(tmp_path / "data")
    assert len(rows) == case.messages, said
    assert Counter(row["reason"] for row in _rejects(tmp_path / "data")) == Counter(case.rejects)
    assert set(case.rejects) <= set(REASONS)
    for row, wanted in zip(rows, case.rows, strict=False):
        assert {name: row[name] for name in wanted} == dict(wanted)
    assert len(rows) >= len(case.rows)


def _said(files: list[FileSummary]) -> list[tuple[Any, ...]]:
    return [(file.label, file.format, file.status, file.records, file.error) for file in files]


def _rows(dataset: Path) -> list[dict[str, Any]]:
    try:
        return sorted(messages(dataset)[0], key=lambda row: (row["sent_at"], row["seq"]))
    except NoDataset:
        return []


def _rejects(dataset: Path) -> list[dict[str, Any]]:
    try:
        return rejects(dataset)
    except NoDataset:
        return []
