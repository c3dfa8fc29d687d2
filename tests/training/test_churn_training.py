"""What was measured of churn: the page holds it, every bar was met, and the planted members are what they are said to be."""

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "training"))

import churn_members  # noqa: E402
import figures  # noqa: E402

FIGURES = figures.read(ROOT / "training/churn-figures.json")


def test_the_page_holds_what_was_measured():
    page = (ROOT / "docs/methods/churn.md").read_text("utf-8")
    assert page == figures.filled(page, FIGURES)
    for name, rows in FIGURES.items():
        assert f"<!-- eval: {name} -->\n\n{figures.table(rows)}" in page
    assert {row["so"] for row in FIGURES["bars"]} == {"met"}


def test_members_leave_when_it_is_said():
    group = churn_members.members(3)
    assert group[7].days.tolist() == churn_members.members(3)[7].days.tolist()
    assert len(group) == churn_members.MEMBERS
    for member in group:
        assert (np.diff(member.days) > 0).all()
        assert member.days[0] == member.days.min()
        assert member.days[-1] <= member.left
        assert member.days[-1] < churn_members.DAYS


def test_a_snapshot_by_hand():
    some = [
        churn_members.Member(np.array([2.0, 5, 9]), 9.5),  # on day 8: silent for 3, 2 active days, known for 6, there, speaks on the 9th
        churn_members.Member(np.array([1.0]), 4.0),  # left, and says nothing
        churn_members.Member(np.array([8.0, 30]), 40.0),  # speaks again after more than 14 days
        churn_members.Member(np.array([9.0]), 40.0),  # has not come
    ]  # fmt: skip
    assert np.array(churn_members.snapshot(some, 8)).T.tolist() == [[3, 2, 6, 0, 0], [7, 1, 7, 1, 1], [0, 1, 0, 0, 1]]
    assert np.array(churn_members.snapshot(some, 8, seen=3)).T.tolist() == [[3, 2, 6, 0, 0], [0, 1, 0, 0, 1]]
