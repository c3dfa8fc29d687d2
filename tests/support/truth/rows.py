"""Member lists as people keep them, written by hand."""

from __future__ import annotations

BELONGS = {
    "made/roster_csv/名单.csv": "roster_csv",
    "made/roster_json/members.json": "roster_json",
    "made/roster_json/members.jsonl": "roster_json",
    "made/roster_xlsx/名单.xlsx": "roster_xlsx",
}

ELSEWHERE = dict.fromkeys(BELONGS, "tests/formats/test_rosters.py")
