"""Ad accounts, from the figures of `ads offenders`."""

from __future__ import annotations

from qunkit.sections.offenders import section
from support.weeks import dicts, week


def test_one_or_two_messages_make_nobody_an_ad_account():
    accounts = [{"sender_name": name, "ads": ads, "group_names": ["g"]} for name, ads in (("a", 9), ("b", 3), ("c", 2))]
    found = section(week(ads_offenders=accounts))
    assert [(row["sender_name"], row["ads"]) for row in dicts(found.result)] == [("a", 9), ("b", 3)]
    assert section(week(ads_offenders=accounts[2:])) is None
