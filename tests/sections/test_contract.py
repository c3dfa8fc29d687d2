"""What every section of the report has."""

from __future__ import annotations

import pytest

from qunkit import registry
from qunkit.dataset import Scope
from qunkit.engines.duckdb import connect
from qunkit.report import weekly
from support.messages import moment, write_snapshot

NAMES = registry.names("sections")
WEEK = Scope(since=moment("2026-05-11"), until=moment("2026-05-18"), as_of=moment("2026-05-17 23:59:59"))


def test_every_section_has_a_place_of_its_own_and_a_title():
    modules = [registry.load("sections", name) for name in NAMES]
    assert len({module.PLACE for module in modules}) == len(NAMES) > 5
    assert all(module.TITLE.en != module.TITLE.zh for module in modules)


@pytest.mark.parametrize("rows", [1, 40])
def test_sections_go_by_the_names_of_their_files_and_stand_in_their_places(tmp_path, rows):
    log = [
        {"at": f"2026-05-{11 + n % 7} 09:00:{n:02}", "sender_id": f"s{n % 4}", "text": "还有吗？"} for n in range(rows)
    ]
    with connect(write_snapshot(tmp_path, log), WEEK) as engine:
        report = weekly(engine, WEEK, {"last": moment("2026-05-17")}, empty=False)
    told, sections = [section.name for section in report.sections], [section for _, section in report.walk()]
    assert told == sorted(told, key=lambda name: registry.load("sections", name).PLACE)
    assert all(_group_ids(section) for section in sections)
    assert {"summary", "attention", "ads", "groups", "members", "hours"} <= set(told) <= set(NAMES)


def _group_ids(section):
    """Whether groups have ids in its tables, by which their names lead to pages."""
    results = [section.result, *(chart.result for chart in section.charts)]
    names = [{column.name for column in result.columns} for result in results if result]
    return all("group_id" in told for told in names if "group_name" in told)
