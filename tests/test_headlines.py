"""Headline figures over several weeks, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qunkit import ink
from qunkit.analyze import coverage
from qunkit.dataset import Scope
from qunkit.engines.duckdb import connect
from qunkit.headlines import ad_ratio
from qunkit.report import every
from qunkit.results import Figure, Report
from support.messages import moment, write_snapshot
from support.waits import QUESTIONS
from support.weeks import week

WEEK = Scope(since=moment("2026-05-11"), until=moment("2026-05-18"), as_of=moment("2026-05-17 23:59:59"))


def _reports(tmp_path: Path, log: list[dict[str, object]], scope: Scope = WEEK) -> tuple[Report, dict[str, Report]]:
    folder = write_snapshot(tmp_path, log)
    with connect(folder, scope) as engine:
        made = every(engine, scope, coverage(engine), empty=False, within=lambda wide: connect(folder, wide))
        return made.index, dict(made.reports)


def _figures(report: Report) -> dict[str, Figure]:
    return {one.column.name: one for one in report.sections[0].figures}


def test_the_median_wait_of_all_questions_against_other_weeks(tmp_path: Path) -> None:
    index, groups = _reports(tmp_path, QUESTIONS)
    found = _figures(index)["first_response_s"]
    assert (found.value, found.before, found.usual, found.weeks, found.n) == (20, 20, 30, 2, 7)
    own = _figures(groups["g"])["first_response_s"]
    assert (own.value, own.before, own.usual, own.weeks, own.n) == (30, 20, 30, 2, 5)


def test_too_few_questions_have_no_median_and_say_so(tmp_path: Path) -> None:
    found = _figures(_reports(tmp_path, QUESTIONS)[1]["h"])["first_response_s"]
    assert (found.value, found.n) == (None, 2)
    assert found.note is not None
    assert found.note.say("en") == "Fewer than 5 questions."


def test_a_week_that_is_not_over_is_not_compared(tmp_path: Path) -> None:
    log = [row for row in QUESTIONS if str(row["at"]) < "2026-05-16"]
    found = _figures(_reports(tmp_path, log)[1]["g"])["first_response_s"]
    assert (found.value, found.before, found.usual) == (30, None, None)


def test_leaves_stand_by_their_evidence(tmp_path: Path) -> None:
    """Two left by notice this week and one the week before; nobody has a roster."""
    log = [
        *QUESTIONS,
        {"at": "2026-05-12 10:00:00", "group_id": "g", "event": "left", "target_ids": ["x", "y"]},
        {"at": "2026-05-05 10:00:00", "group_id": "g", "event": "left", "target_ids": ["z"]},
    ]
    index, groups = _reports(tmp_path, log)
    found = _figures(index)
    assert (found["leaves_self"].value, found["leaves_self"].before, found["leaves_self"].usual) == (2, 1, 1)
    assert found["leaves_roster"].value is None
    assert found["leaves_roster"].note is not None
    assert found["leaves_roster"].note.say("zh") == "没有两份完整成员名单可比。"
    assert _figures(groups["h"])["leaves_self"].value is None


def test_the_ratio_of_ads_is_of_all_messages_with_its_range(tmp_path: Path) -> None:
    """No ads among 10 + 4 messages and one of b: what errors leave open is said all the same."""
    index, groups = _reports(tmp_path, QUESTIONS)
    found = _figures(index)["ad_ratio"]
    assert (found.value, found.n, found.before, found.usual, found.weeks) == (0, 15, 0, 0, 2)
    assert found.note is not None
    assert found.note.say("zh").endswith("较上周变化 +0.0 至 +0.0 个百分点（95%）。")
    own = _figures(groups["h"])["ad_ratio"]
    assert (own.n, own.before, own.usual) == (4, None, None)  # h has no week before


def test_the_ratio_of_ads_of_all_groups_against_other_weeks() -> None:
    """The row of all groups, not the greatest: 0.05, 0.02 less than in the week before; of the weeks before that have messages the median of 0.01, 0.03, 0.07."""
    ads = [
        {"group_id": "g", "messages": 40, "ad_ratio": 0.5, "change": 0.4, "trend": [None] * 6 + [0.1, 0.5]},
        {"messages": 400, "ad_ratio": 0.05, "ad_ratio_low": 0.03, "ad_ratio_high": 0.1, "change": -0.02, "change_low": -0.061, "change_high": 0.014,
         "trend": [None, None, None, None, 0.01, 0.03, 0.07, 0.05]},
    ]  # fmt: skip
    [found] = ad_ratio(week(ads=ads))
    assert (found.value, found.before, found.usual, found.weeks, found.n) == (0.05, pytest.approx(0.07), 0.03, 3, 400)
    assert found.note is not None
    said = "Between {low_ratio} and {high_ratio}, for what the classifier gets wrong. Change on the week before: -6.1 to +1.4 pp (95 %)."
    assert ink.sentence(found.note, "en") == said.format(low_ratio="3.0%", high_ratio="10.0%")
    [running] = ad_ratio(replace(week(ads=ads), scope=WEEK, facts={"last": moment("2026-05-13")}))
    assert (running.value, running.before, running.usual) == (0.05, None, None)
    assert ad_ratio(week(ads=[])) == []


@pytest.mark.parametrize(("lang", "said"), [("en", "Groups by stage: "), ("zh", "各阶段群数：")])
def test_groups_by_stage(tmp_path: Path, lang: str, said: str) -> None:
    index, groups = _reports(tmp_path, QUESTIONS)
    assert any(line.say(lang).startswith(said) for line in index.sections[0].lines)  # type: ignore[arg-type]
    assert not any(line.say(lang).startswith(said) for line in groups["g"].sections[0].lines)  # type: ignore[arg-type]
