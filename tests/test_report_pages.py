"""The report of all groups as pages: each says of its group what the group's own report says, and they lead to each other."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from qunkit import open_dataset, pages
from qunkit.analyze import coverage
from qunkit.dataset import Scope
from qunkit.engines.duckdb import connect
from qunkit.errors import CannotCreate
from qunkit.ink import sentence
from qunkit.report import every, weekly
from qunkit.results import Report
from support.datasets import make_dataset
from support.messages import moment, write_snapshot

WEEK = Scope(since=moment("2026-05-11"), until=moment("2026-05-18"), as_of=moment("2026-05-17 23:59:59"))


def _said(day: int, times: int, group: str, sender: str = "a", text: str = "好的收到") -> list[dict[str, object]]:
    return [{"at": f"2026-05-{day:02} 09:{n:02}:00", "group_id": group, "group_name": f"群 {group}", "sender_id": sender, "text": text} for n in range(times)]  # fmt: skip


LOG = [
    *_said(4, 3, "g1"), *_said(5, 20, "g1"), *_said(12, 30, "g1"), *_said(13, 2, "g1", "b"), *_said(17, 1, "g1", "b"),
    *_said(6, 12, "g2", "c"), *_said(14, 5, "g2", "c"), *_said(15, 4, "g2", "d", "还有吗？"), *_said(2, 4, "g3", "e"),
]  # fmt: skip
"""This week g1 has 33 messages of 2 people against 23 of one, g2 has 9 of 2 against 12 of one, g3 none at all."""


def _reports(tmp_path: Path, log: list[dict[str, object]] = LOG, scope: Scope = WEEK) -> tuple[Report, dict[str, Report]]:  # fmt: skip
    with connect(write_snapshot(tmp_path, log), scope) as engine:
        made = every(engine, scope, coverage(engine), empty=not log)
        return made.index, dict(made.reports)


def _figures(report: Report) -> dict[str, tuple[object, object]]:
    return {one.column.name: (one.value, one.before) for one in report.sections[0].figures}


def test_a_page_a_group_with_its_own_figures(tmp_path: Path) -> None:
    index, groups = _reports(tmp_path)
    assert list(groups) == ["g1", "g2", "g3"]
    assert _figures(index)["messages"] == (42, 35)
    told = {id_: (_figures(report)["messages"], _figures(report)["posters"]) for id_, report in groups.items()}
    assert told == {"g1": ((33, 23), (2, 1)), "g2": ((9, 12), (2, 1)), "g3": ((0, 0), (0, 0))}
    assert "groups" in _figures(index)
    assert "groups" not in _figures(groups["g1"])
    assert groups["g2"].title.say("zh") == "群 g2 · 社群周报 2026-W20"


def test_groups_are_the_same_however_many_are_held_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = _reports(tmp_path)
    for held in (1, 2):
        monkeypatch.setattr("qunkit.report._HELD", held)
        assert repr(_reports(tmp_path / str(held))) == repr(told)


def test_days_and_hours_are_those_of_the_group(tmp_path: Path) -> None:
    _, groups = _reports(tmp_path)
    (daily,) = groups["g2"].sections[0].charts
    assert {row[0].day: row[1] for row in daily.result.rows() if row[1]} == {6: 12, 14: 5, 15: 4}
    hours = next(section for section in groups["g2"].sections if section.name == "hours").charts[0]
    busy = [row[:3] for row in hours.result.rows() if row[2]]
    assert busy == [(4, 9, 5), (5, 9, 4)]  # 14 May 2026 is a Thursday


@pytest.mark.parametrize("group", ["g1", "g2", "g3"])
def test_dealt_out_rows_are_those_of_the_group_asked_alone(tmp_path: Path, group: str) -> None:
    """But for churn risk, whose model goes by all groups."""
    _, groups = _reports(tmp_path)
    alone = replace(WEEK, groups=(group,))
    with connect(write_snapshot(tmp_path / "alone", LOG), alone) as engine:
        own = weekly(engine, alone, coverage(engine), empty=False)
    tables = {section.name: section for section in own.sections}
    compared = 0
    for section in groups[group].sections:
        if section.name in tables and section.result and (whole := tables[section.name].result):
            kept = [at for at, column in enumerate(whole.columns) if column.name not in ("group_id", "group_name")]
            assert list(section.result.rows()) == [tuple(row[at] for at in kept) for row in whole.rows()], section.name
            compared += 1
        for chart, other in zip(section.charts, getattr(tables.get(section.name), "charts", ()), strict=False):
            assert list(chart.result.rows()) == list(other.result.rows()), section.name
            compared += 1
    assert compared >= (1 if group == "g3" else 3)


def test_which_page_a_section_stands_on(tmp_path: Path) -> None:
    index, groups = _reports(tmp_path)
    fleet, one = ({section.name for section in report.sections} for report in (index, groups["g1"]))
    assert {"groups"} == {"groups", "churn"} & fleet
    assert {"churn"} == {"groups", "churn"} & one


def test_who_would_be_missed_most_comes_first(tmp_path: Path) -> None:
    """In g x spoke on 5 days up to 5 May and y on 20, in h z on 9 and v on 3; w speaks this week in both. All but w have been silent for 12 days."""
    log = [{"at": f"2026-05-{day:02} 08:00:00", "group_id": group, "sender_id": "w"} for day in range(1, 18) for group in "gh"]  # fmt: skip
    for group, who, days in (("g", "x", 5), ("g", "y", 20), ("h", "z", 9), ("h", "v", 3)):
        log += [{"at": f"{moment('2026-05-05 10:00:00') - timedelta(days=n)}", "group_id": group, "sender_id": who} for n in range(days)]  # fmt: skip
    _, groups = _reports(tmp_path, log)
    told = {
        id_: [row[0] for section in report.sections if section.name == "churn" and section.result for row in section.result.rows()]
        for id_, report in groups.items()
    }  # fmt: skip
    assert told == {"g": ["Name y", "Name x"], "h": ["Name z"]}


def test_the_days_that_the_owner_marks_stand_on_the_trend(tmp_path: Path) -> None:
    """Two of one day are one label; a day outside the four weeks is not told."""
    days = ((date(2026, 5, 12), "双十二"), (date(2026, 5, 12), "换群"), (date(2026, 5, 2), "劳动节"), (date(2025, 5, 12), "去年"))  # fmt: skip
    index, groups = _reports(tmp_path, scope=replace(WEEK, events=days))
    for report in (index, groups["g2"]):
        (daily,) = report.sections[0].charts
        at, event = daily.at("x"), daily.at("event")
        assert at is not None
        assert event is not None
        assert {row[at].day: row[event] for row in daily.result.rows() if row[event]} == {
            2: "劳动节",
            12: "双十二 / 换群",
        }
        assert sentence(daily.about, "zh").endswith("已标注：2026-05-02 劳动节、2026-05-12 双十二 / 换群。")


# -- files -------------------------------------------------------------------------------------------------------------
def _links(path: Path) -> set[str]:
    return {unquote(link) for link in re.findall('href="\\./([^"]*)"', path.read_text("utf-8"))}


def test_the_folder(tmp_path: Path) -> None:
    dataset = open_dataset(make_dataset(tmp_path / "data", LOG))
    steps: list[tuple[int, int]] = []
    for name in "ab":
        dataset.pages(tmp_path / name, "2026-W20", lang="zh", progress=lambda _, done, of: steps.append((done, of)))
    files = set(pages.file_names({"g1": "群 g1", "g2": "群 g2", "g3": "群 g3"}).values())
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"index.html", ".qunkit-pages", *files}
    assert _links(tmp_path / "a" / "index.html") == files
    assert all(_links(tmp_path / "a" / file) == {"index.html"} for file in files)
    one, other = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in "ab")
    assert one == other
    assert steps[-3:] == [(1, 3), (2, 3), (3, 3)]


def test_only_the_chosen_groups_have_pages(tmp_path: Path) -> None:
    open_dataset(make_dataset(tmp_path / "data", LOG)).pages(tmp_path / "out", "2026-W20", group="g2")
    assert _links(tmp_path / "out" / "index.html") == set(pages.file_names({"g2": "群 g2"}).values())


def test_no_folder_inside_the_dataset_and_none_with_other_files(tmp_path: Path) -> None:
    data = make_dataset(tmp_path / "data", LOG)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x.txt").write_text("mine", "utf-8")
    (tmp_path / "link").symlink_to(data)
    for folder in (data, data / "x", tmp_path / "link" / "x", tmp_path / "mine", tmp_path / "no" / "x"):
        with pytest.raises(CannotCreate):
            open_dataset(data).pages(folder)
    assert not (data / "x").exists()


def test_a_dataset_without_messages_has_an_index_alone(tmp_path: Path) -> None:
    open_dataset(make_dataset(tmp_path / "data", [])).pages(tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"index.html", ".qunkit-pages"}


def test_pseudonyms_go_all_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "key"))
    open_dataset(make_dataset(tmp_path / "data", LOG)).pages(tmp_path / "out", "2026-W20", pseudonymise=True)
    told = [path for path in (tmp_path / "out").iterdir() if path.suffix == ".html"]
    assert len(told) == 4
    assert not any("群 g" in path.read_text("utf-8") + path.name for path in told)
