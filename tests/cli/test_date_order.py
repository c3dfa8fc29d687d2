"""``qunkit ingest --date-order``: asked for where a WhatsApp export does not show it, and how it is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qunkit import open_dataset

Run = Callable[..., Any]
TEXT = "03/04/2024, 08:00 - Ann: hello\n"


@pytest.fixture
def export(tmp_path: Path) -> str:
    """A chat of one day, which may be in March or in April."""
    path = tmp_path / "WhatsApp Chat with Hikers.txt"
    path.write_text(TEXT, "utf-8")
    return str(path)


def days(dataset: Path) -> list[str]:
    return [str(day)[:10] for batch in open_dataset(dataset).messages() for day in batch["local_time"].to_pylist()]


def test_without_it_the_file_is_refused_with_the_way_out(export: str, qunkit: Run, tmp_path: Path) -> None:
    ran = qunkit("ingest", export, "--data", str(tmp_path / "data"))
    assert ran.code == 65
    assert "03/04/2024" in ran.err
    assert "--date-order dmy, mdy or ymd" in ran.err


@pytest.mark.parametrize(("order", "day"), [("dmy", "2024-04-03"), ("mdy", "2024-03-04")])
def test_it_decides(order: str, day: str, export: str, qunkit: Run, tmp_path: Path) -> None:
    ran = qunkit("ingest", export, "--date-order", order, "--data", str(tmp_path / "data"))
    assert ran.code == 0
    assert days(tmp_path / "data") == [day]


def test_the_python_door_has_it_too(export: str, tmp_path: Path) -> None:
    summary = open_dataset(tmp_path / "data").ingest(export, date_order="mdy")
    assert summary.code == 0
    assert days(tmp_path / "data") == ["2024-03-04"]


def test_another_word_is_a_usage_error(export: str, qunkit: Run, tmp_path: Path) -> None:
    ran = qunkit("ingest", export, "--date-order", "american", "--data", str(tmp_path / "data"))
    assert ran.code == 2
    assert "dmy, mdy, ymd" in ran.err
