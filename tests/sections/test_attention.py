"""Groups needing attention, from the figures of other analyses."""

from __future__ import annotations

from datetime import date, datetime

from qunkit.sections.attention import section
from support.weeks import dicts, week


def group(name, **more):
    return {"group_id": name, "group_name": f"Group {name}", "messages": 5, "messages_before": 5, "last_post": datetime(2026, 5, 12), "days_silent": 0} | more  # fmt: skip


def test_stages_that_need_somebody_ads_and_groups_that_only_fell_silent():
    found = section(
        week(
            lifecycle=[
                {"group_id": "dead", "group_name": "Group dead", "stage": "dead", "reason": "silent", "next": "close", "since": date(2026, 4, 1)},
                {"group_id": "ads", "group_name": "Group ads", "stage": "mature", "reason": "steady", "next": "keep", "since": date(2026, 4, 1)},
                {"group_id": "well", "group_name": "Group well", "stage": "growing", "reason": "up", "next": "nurture"},
                {"group_id": "fell", "group_name": "Group fell", "stage": None, "reason": "short", "next": "wait"},
                {"group_id": "still", "group_name": "Group still", "stage": None, "reason": "short", "next": "wait"},
            ],
            ads=[
                {"group_id": "ads", "ad_ratio": 0.4, "alarming": True},
                {"group_id": "well", "ad_ratio": 0.1, "alarming": False},
            ],
            compare_groups=[
                group("dead", messages=0, messages_before=0, days_silent=40),
                group("ads"),
                group("well"),
                group("fell", messages=0, messages_before=9, days_silent=5),
                group("still", messages=0, messages_before=0, days_silent=8),
                group("new", messages=0, messages_before=0, days_silent=6),
            ],
        )
    )  # fmt: skip
    dead, ads = dicts(found.result)
    assert (dead["group_id"], dead["reason"], dead["next"], dead["ad_ratio"]) == ("dead", "silent", "close", None)
    assert (ads["group_id"], ads["stage"], ads["since"], ads["reason"], ads["next"], ads["ad_ratio"]) == ("ads", "mature", None, "many_ads", "remove", 0.4)  # fmt: skip
    said = [line.say("en") for line in found.lines]
    assert said == [
        "Group fell: 9 messages the week before, none this week; last post 2026-05-12 00:00:00.",
        "Group still: silent for 8 days.",
    ]
    words = {column.name: column.words for column in found.result.columns}
    assert (words["reason"]["many_ads"].zh, "close" in words["next"]) == ("广告泛滥", True)


def test_nothing_to_do():
    found = section(week(lifecycle=[], ads=[], compare_groups=[group("well")]))
    assert (found.result, len(found.lines)) == (None, 1)
    assert found.lines[0].say("en").startswith("None:")
