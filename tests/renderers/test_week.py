"""Headline figures, charts and sections below sections, in formats other than HTML."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import openpyxl
import pytest

from qunkit import registry
from support import week
from support.shelves import BYTES, REPORTS


def _written(name: str, lang: str = "en", **options: Any) -> Any:
    out: Any = io.BytesIO() if name in BYTES else io.StringIO(newline="")
    registry.load("renderers", name).write(week.group(), out, lang, **options)
    return out.getvalue()


@pytest.mark.parametrize("name", REPORTS)
def test_the_same_twice(name: str) -> None:
    assert _written(name) == _written(name)


@pytest.mark.parametrize("name", ["terminal", "markdown"])
def test_people_read_figures_and_trends_as_lines(name: str) -> None:
    said = " ".join(_written(name, **({"width": 120} if name == "terminal" else {})).split())
    assert "messages: 20,431; ▲ 8.2% on the week before (18,882); ▲ 3.4% on the median of 8 weeks (19,750)" in said
    assert "leaves: –; No roster and no notices: not known." in said
    assert "Messages a day: ▃" in said
    assert "28 days: highest 6,900 on 11-20, out of the limits." in said
    assert "Newcomers who still post, %, by weeks since they came: Half of the newcomers" in said
    assert said.index("Staying and leaving") < said.index("At risk") < said.index("Ads among messages")


def test_a_terminal_draws_maps() -> None:
    said = _written("terminal", width=80)
    assert "Thu  · · · · · · · ░░" in said
    assert "Highest: " in said
    assert "Highest: " not in _written("terminal", width=25)  # there it has no room


def test_markdown_has_headings_of_two_depths() -> None:
    heads = [line for line in _written("markdown").split("\n") if line.startswith("#")]
    assert heads[3:5] == ["## Staying and leaving", "### At risk"]


def test_tsv_has_figures_as_a_table() -> None:
    lines = _written("tsv").split("\n")
    assert lines[2:6] == [
        "figure\tvalue\tbefore\tusual\tweeks\tn",
        "messages\t20431\t18882\t19750\t8\t",
        "posters\t1286\t1301\t1290\t5\t",
        "ad_share\t0.0312\t0.0416\t0.021\t8\t20431",
    ]
    assert "# risk: At risk" in lines


def test_csv_has_figures_as_a_table() -> None:
    rows = list(csv.reader(io.StringIO(_written("csv"), newline="")))
    assert rows[4] == ["posters", "1286", "1301", "1290", "5", ""]


def test_jsonl_has_figures() -> None:
    records = [json.loads(line) for line in _written("jsonl").split("\n")[:-1]]
    assert {"section": "activity", "figure": {"figure": "joins", "value": 87, "before": None, "usual": None, "weeks": None, "n": None}} in records  # fmt: skip
    assert {record["section"] for record in records} >= {"kol", "risk"}


def test_json_has_the_data_of_charts() -> None:
    said = json.loads(_written("json"))
    activity, churn = said["sections"][0], said["sections"][2]
    assert activity["figures"][5] == {
        "name": "leaves", "type": "int", "label": "leaves", "value": None, "before": None, "usual": None, "weeks": 8, "n": None,
        "note": "No roster and no notices: not known.",
    }  # fmt: skip
    trend = activity["charts"][0]
    assert (trend["name"], trend["kind"], trend["roles"]["ghost"]) == ("messages", "trend", "messages_before")
    assert trend["about"].startswith("Messages a day over 28 days")
    assert len(trend["result"]["rows"]) == 28
    assert trend["result"]["rows"][9]["messages"] is None
    assert [section["name"] for section in churn["sections"]] == ["risk"]
    assert len(churn["sections"][0]["result"]["rows"]) == 4


def test_xlsx_has_figures_as_numbers() -> None:
    book = openpyxl.load_workbook(io.BytesIO(_written("xlsx")))
    assert book.sheetnames == [
        "Notes", "Activity", "Activity (2)", "Activity (3)", "Key people and their pull", "Key people and their pull (2)", "Staying and leaving", "At risk", "Ads",
    ]  # fmt: skip
    rows = list(book["Activity"].iter_rows())
    assert [cell.value for cell in rows[3]] == ["ad share", 0.0312, 0.0416, 0.021, 8, 20431]
    assert [cell.number_format for cell in rows[3]][1:4] == ["0.0%"] * 3
    assert rows[4][0].value == "wait for an answer, median (s)"
    assert [cell.value for cell in rows[6]] == ["leaves", None, None, None, None, None]
    assert "No roster and no notices: not known." in [row[0].value for row in book["Notes"].iter_rows()]
