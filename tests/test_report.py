"""The weekly report says what the tables say, and nothing that the data do not show."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from qunkit.analyze import coverage
from qunkit.dataset import Scope
from qunkit.engines.duckdb import connect
from qunkit.report import every, weekly
from support.messages import moment, write_snapshot

WEEK = Scope(since=moment("2026-05-11"), until=moment("2026-05-18"), as_of=moment("2026-05-17 23:59:59"))


def report(tmp_path, rows, scope=WEEK):
    with connect(write_snapshot(tmp_path, rows), scope) as engine:
        return weekly(engine, scope, coverage(engine), empty=not rows)


def said(section, lang="en"):
    return [note.say(lang) for note in section.lines]


def chat(day, times, **columns):
    return [{"at": f"2026-05-{day:02} 09:{n:02}:00", **columns} for n in range(times)]


@pytest.fixture
def full(tmp_path):
    rows = (
        chat(5, 20, group_id="lively") + chat(12, 30, group_id="lively") + chat(17, 1, group_id="lively", sender_id="b")
    )
    rows += chat(6, 12, group_id="fell") + chat(1, 3, group_id="still")
    rows += [{"at": "2026-05-12 10:00:00", "group_id": "lively", "event": "invited", "target_ids": ["x", "y"]}]
    return report(tmp_path, rows)


def test_the_title_names_the_iso_week(full):
    assert full.title.say("en") == "Weekly report 2026-W20"
    assert full.facts["week"] == "2026-W20"


def figures(told):
    return {figure.column.name: (figure.value, figure.before, figure.usual) for figure in told.sections[0].figures}


def test_the_headlines_are_counted_figures(full):
    # 31 messages this week against 20 + 12; posters a, b against a; one group against two; x and y were invited. The data begin on 1 May: no whole week
    # without a hole lies before, so that no count is usual; none of any week is an ad
    assert figures(full) == {
        "messages": (31, 32, None), "posters": (2, 1, None), "groups": (1, 2, None), "joins": (2, 0, None), "removed": (0, 0, None), "ad_ratio": (0.0, 0.0, 0.0),
    }  # fmt: skip


def test_what_is_usual_is_the_median_of_whole_weeks(tmp_path):
    days = [(week, day) for week in range(4) for day in range(7)]  # 13 April to 10 May: 1, 2, 3, 4 messages a day
    rows = [
        {"at": f"{moment('2026-04-13') + timedelta(days=7 * week + day, hours=9, minutes=nth)}", "sender_id": f"s{nth}"}
        for week, day in days
        for nth in range(week + 1)
    ] + chat(17, 5)
    told = figures(report(tmp_path, rows))
    # of the weeks before, 7 · (1, 2, 3, 4) messages by 1, 2, 3, 4 people: the medians are 17.5 and 2.5
    assert (told["messages"], told["posters"]) == ((5, 28, 17.5), (1, 4, 2.5))


def test_the_chart_shows_the_days_with_the_week_before(full):
    (chart,) = full.sections[0].charts
    rows = {row[chart.at("x")].day: (row[chart.at("y")], row[chart.at("ghost")]) for row in chart.result.rows()}
    assert (rows[12], rows[17], rows[13], rows[5]) == ((30, 20), (1, None), (None, 12), (20, None))
    assert chart.about.say("en").startswith("Most in 5 days: 30 on 2026-05-12")


def test_days_without_any_data_are_named_as_holes(full):
    # data on 1, 5, 6, 12, 17 May; in 4 to 17 May the days 4, 7–11, 13–16 hold nothing
    assert any("10 days" in line for line in said(full.sections[0]))


def test_groups_that_fell_silent_and_those_that_still_are(full):
    fell, still = said(full.sections[1])
    assert fell.startswith("Group fell: 12 messages the week before, none this week")
    assert still == "Group still: silent for 16 days."  # 1 May 09:02 to 17 May 23:59:59


def test_every_group_spoke(tmp_path):
    (line,) = said(report(tmp_path, chat(11, 3)).sections[1], "zh")
    assert line == "没有：各群未出现异常沉默、衰退或广告泛滥。"


def test_the_tables_are_the_analyses_with_fewer_columns(full):
    groups, members = (section.result for section in full.sections if section.name in ("groups", "members"))
    names = [column.name for column in groups.columns]
    assert [dict(zip(names, row, strict=True))["messages"] for row in groups.rows()] == [31, 0, 0]
    assert next(iter(members.rows()))[0] == "Name a"


def test_a_week_without_messages_says_so_and_shows_no_members(tmp_path):
    told = report(tmp_path, [*chat(5, 3), {"at": "2026-05-12 10:00:00", "event": "renamed"}])
    assert said(told.sections[0])[0] == "No messages this week."
    assert [section.name for section in told.sections] == ["summary", "attention", "ads", "groups"]


def test_a_week_that_is_not_over_is_marked(tmp_path):
    assert any("not complete" in line for line in said(report(tmp_path, chat(13, 3)).sections[0]))
    assert not any("not complete" in line for line in said(report(tmp_path / "2", chat(17, 3)).sections[0]))


def test_a_week_that_the_data_do_not_reach_says_that_and_nothing_else(tmp_path):
    (section,) = report(
        tmp_path,
        chat(5, 3),
        Scope(since=moment("2026-06-01"), until=moment("2026-06-08"), as_of=moment("2026-06-07 23:00:00")),
    ).sections
    assert said(section) == ["The dataset holds no data of this week."]


def test_without_a_week_before_there_is_no_change(tmp_path):
    told = report(tmp_path, chat(17, 3))
    assert (figures(told)["messages"], figures(told)["posters"]) == ((3, None, None), (1, None, None))
    assert (
        said(told.sections[0])[0] == "The dataset holds no data of the week before: there is nothing to compare with."
    )
    assert not any("week before and" in line for line in said(told.sections[0]))


def test_a_first_week_that_is_not_over_says_up_to_when_the_data_go(tmp_path):
    """… and nothing of changes, for there are none."""
    summary = report(tmp_path, chat(13, 3)).sections[0]
    assert said(summary)[-1] == "The data end on 2026-05-13 09:02:00: this week is not complete and is not compared."
    assert said(summary, "zh")[-1] == "数据截至 2026-05-13 09:02:00，本周尚未结束，不作对比。"


def test_a_week_that_as_of_cuts_is_not_over(tmp_path):
    cut = Scope(since=moment("2026-05-11"), until=moment("2026-05-13 10:00:00"), as_of=moment("2026-05-13 09:59:59"))
    assert "The data end on 2026-05-12 09:02" in said(report(tmp_path, chat(12, 3), cut).sections[0])[-1]


def test_data_that_begin_after_the_week_are_no_empty_dataset(tmp_path):
    told = report(tmp_path, chat(25, 3))
    assert (told.title.say("en"), said(told.sections[0])) == (
        "Weekly report 2026-W20",
        ["The dataset holds no data of this week."],
    )


def test_of_no_messages_at_all_no_week_is_named(tmp_path):
    nothing = report(tmp_path, [])
    assert (nothing.title.say("en"), nothing.facts["since"]) == ("Weekly report", None)
    assert said(nothing.sections[0]) == ["The dataset has no messages."]


def of_one(tmp_path, group):
    """The report of a filter that chooses one group, and that group's page among the others."""
    rows = [row for day in (5, 12) for row in chat(day, 6, group_id="lively", text="还有吗？")]
    rows += [
        row | {"group_id": "lively", "sender_id": "b", "reply_to": f"m{nth}"} for nth, row in enumerate(chat(12, 3))
    ]
    rows += chat(13, 4, group_id="other", sender_id="c")
    folder, one = write_snapshot(tmp_path, rows), replace(WEEK, groups=(group,))
    with connect(folder, one) as engine:
        alone = weekly(engine, one, coverage(engine), empty=False)
    with connect(folder, WEEK) as engine:
        pages = dict(every(engine, WEEK, coverage(engine), empty=False).reports)
    return alone, pages


def test_of_one_chosen_group_the_report_is_its_page(tmp_path):
    alone, pages = of_one(tmp_path, "lively")
    page = pages["lively"]
    assert (alone.name, alone.title.say("en")) == ("weekly_group", page.title.say("en"))
    assert {"answers", "churn", "members", "hours"} <= {section.name for section in alone.sections}
    assert not {"groups"} & {section.name for section in alone.sections}
    for mine, theirs in zip(alone.sections, page.sections, strict=True):
        assert (mine.name, said(mine), mine.figures) == (theirs.name, said(theirs), theirs.figures)
        assert list(mine.result.rows() if mine.result else []) == list(theirs.result.rows() if theirs.result else [])
    # 6 + 3 messages on the 12th, 6 on the 5th: all that it counts is of this group
    assert (alone.facts["messages"], "groups" in alone.facts, alone.facts["week"]) == (15, False, "2026-W20")


def test_a_chosen_group_that_is_not_there_has_no_page(tmp_path):
    alone, _ = of_one(tmp_path, "nowhere")
    assert alone.name == "weekly"
