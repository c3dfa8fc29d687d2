"""Ad accounts, from the figures of `ads offenders`."""

from __future__ import annotations

from dataclasses import replace

from qunkit.sections.offenders import section
from support.weeks import dicts, week


def test_one_or_two_messages_make_nobody_an_ad_account():
    accounts = [{"sender_name": name, "ads": ads, "group_names": ["g"]} for name, ads in (("a", 9), ("b", 3), ("c", 2))]
    found = section(week(ads_offenders=accounts))
    assert [(row["sender_name"], row["ads"]) for row in dicts(found.result)] == [("a", 9), ("b", 3)]
    assert section(week(ads_offenders=accounts[2:])) is None


def test_of_the_only_group_that_is_asked_nothing_is_said_of_others():
    """The page of a group among others says that all of them were counted, and where; alone it need not."""
    rows = [{"sender_name": "a", "sender_id": "a", "other_ids": [], "ads": 9, "group_names": ["g"]}]
    here = {"compare_groups": [{"group_name": "g"}], "activity_members": [{"member_id": "a"}]}
    for groups in (1, 2):
        fleet = week(ads_offenders=rows, compare_groups=[{"group_name": "g"}] * groups)
        found = section(replace(week(**here), group="g", fleet=fleet))
        assert [line.say("zh") for line in found.lines] == ["按全部群合计。"] * (groups - 1)
        assert ("group_names" in dicts(found.result)[0]) == (groups == 2)
