"""Each rule fires, does not, and just does at the border, on rows of the analyses that it needs; numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from qunkit import registry
from qunkit.alert_rules import NEXT, PAST, REASONS, RULES, Facts, Need, working_hours
from qunkit.config.keys import KEYS
from qunkit.config.tables import Alerts, Config, Response

UNTIL = datetime(2026, 5, 18)
"""The last whole day is Sunday 17 May."""
NOW = datetime(2026, 5, 18, 10, 0)
LAST = date(2026, 5, 17)


def facts(settings=Alerts(), *, selling=(), **told):  # noqa: B008
    """Facts in which analyses say `told`: rows with some of their columns, the others null."""
    rows: dict[Need, list[dict[str, object]]] = {}
    for need in {need for rule in RULES.values() for need in rule.needs}:
        columns = [column.name for column in registry.load("analyses", need.analysis).COLUMNS]
        given = told.get(need.analysis, [])
        assert {name for row in given for name in row} <= set(columns)
        rows[need] = [dict.fromkeys(columns) | {"group_id": "g", "group_name": "Group g"} | row for row in given]
    return Facts(rows, Config(alerts=settings), UNTIL, NOW, frozenset(selling), begin=datetime(2026, 1, 1))


def fired(rule, told):
    return [(one.group_id, one.value, one.threshold) for one in RULES[rule].judge(told).alerts]


def test_every_rule_has_a_switch_a_reason_and_a_next_step_and_every_key_is_told():
    switches = {name for name, value in Alerts.__dataclass_fields__.items() if value.default is True}
    assert set(RULES) == switches
    assert {f"alerts.{name}" for name in Alerts.__dataclass_fields__} == {key for key in KEYS if key.startswith("alerts.")}  # fmt: skip
    assert all(text.en and text.zh for words in (REASONS, NEXT) for text in words.values())


# -- ads -------------------------------------------------------------------------------------------------------------
def group(name, **more):
    return {"group_id": name, "group_name": f"Group {name}", **more}


def test_ads_by_the_line_of_the_kind_of_group():
    told = facts(
        selling=["sells"],
        ads=[
            group("full", messages=20, ad_ratio=0.3, ad_ratio_low=0.2, alarming=True),
            group("perhaps", messages=20, ad_ratio=0.2, ad_ratio_low=0.19, alarming=True),
            group("sells", messages=90, ad_ratio=0.6, ad_ratio_low=0.4, alarming=True),
            group("well", messages=90, ad_ratio=0.19, ad_ratio_low=0.1, alarming=False),
            group("few", messages=19, ad_ratio=1.0, ad_ratio_low=0.9, alarming=True),
            group("none", messages=0),
        ],
    )
    found = RULES["ads"].judge(told)
    assert [(one.group_id, one.level, one.value, one.threshold, one.since) for one in found.alerts] == [
        ("full", "critical", 0.3, 0.2, date(2026, 5, 11)),
        ("perhaps", "warning", 0.2, 0.2, date(2026, 5, 11)),
        ("sells", "warning", 0.6, 0.5, date(2026, 5, 11)),
    ]
    assert found.unknown == 2  # few, none


# -- stages ----------------------------------------------------------------------------------------------------------
def test_silences_by_their_limit_and_for_28_days():
    told = facts(
        lifecycle=[
            group("just", stage="suspected", reason="silent", days_silent=9, silence_limit=9, next="check"),
            group("dead", stage="dead", reason="silent", days_silent=30, silence_limit=9, next="close"),
            group("slow", stage="dead", reason="silent", days_silent=67, silence_limit=40, next="close"),
            group("long", stage="dead", reason="silent", days_silent=58, silence_limit=9, next="close"),
            group("young", stage="dead", reason="silent", days_silent=31, next="close"),
            group("short", reason="short", next="wait"),
            group("few", reason="few", next="start"),
        ]
    )
    assert fired("silent", told) == [("just", 9, 9)]
    # slow: 67 - 40 = 27 days so; long: 58 - 30 = 28, and no alert any more; without a limit of its own 30 days count
    assert fired("dead", told) == [("dead", 30, 30), ("slow", 67, 40), ("young", 31, 30)]
    assert RULES["decline"].judge(told).unknown == 1  # too few speakers is known


def test_declines_by_what_they_fell_below_and_since_when():
    # the stage is told at the end of the week that begins with `since`: 20 April to 26 April is 21 days before 17 May
    told = facts(
        lifecycle=[
            group("dormant", stage="dormant", reason="far_below_peak", since=date(2026, 4, 20), speakers=3.0, peak=20.0, next="revive"),
            group("half", stage="declining", reason="below_peak", since=date(2026, 4, 14), speakers=9.0, peak=20.0, next="win_back"),
            group("down", stage="declining", reason="down", since=date(2026, 5, 11), speakers=8.0, speakers_before=10.0, next="win_back"),
            group("old", stage="declining", reason="down", since=date(2026, 4, 13), speakers=8.0, speakers_before=10.0, next="win_back"),
            group("ads", stage="ad_ridden", reason="ads", since=date(2026, 5, 11), ad_share=0.9, next="clean"),
        ]
    )  # fmt: skip
    # 0.2 · 20, 0.5 · 20, 0.9 · 10; half: 20 April is 27 days ago, old: 19 April 28
    assert fired("decline", told) == [("dormant", 3, 4), ("half", 9, 10), ("down", 8, 9)]
    assert [(one.group_id, one.level, one.value, one.threshold) for one in RULES["dead"].judge(told).alerts] == [
        ("ads", "critical", 0.9, 0.8)
    ]


# -- people ----------------------------------------------------------------------------------------------------------
def key_person(days_silent, active_days, labels=("kol",), state="silent"):
    who = {"member_id": "k", "name": "Kim"}
    return facts(
        kol=[{**who, "labels": list(labels)}],
        activity_members=[{**who, "active_days": active_days}],
        churn_silent=[
            {
                **who,
                "state": state,
                "days_silent": days_silent,
                "last_spoke": datetime(2026, 5, 17 - days_silent, 21) if days_silent < 17 else datetime(2026, 4, 20),
            }
        ],
    )


@pytest.mark.parametrize(
    ("silence", "active", "fires"),
    [
        (7, 50, True),  # ln .001 / ln (6/56) = 3.1: seven days are the least
        (9, 28, False),  # half of 56 days: ln .001 / ln .5 = 9.97
        (10, 28, True),
        (7, 56, True),  # every day
    ],
)
def test_key_people_by_their_own_rhythm(silence, active, fires):
    [*found] = RULES["kol_silent"].judge(key_person(silence, active)).alerts
    assert bool(found) == fires
    if found:
        assert (found[0].member_id, found[0].name, found[0].value) == ("k", "Kim", silence)
        assert found[0].since == date(2026, 5, 18) - timedelta(days=silence)


def test_only_leaders_and_kols_who_spoke_before_are_key():
    assert RULES["kol_silent"].judge(key_person(9, 50, ["leader", "koc"])).alerts
    assert not RULES["kol_silent"].judge(key_person(9, 50, ["koc", "card", "rising"])).alerts
    assert not RULES["kol_silent"].judge(key_person(9, 0)).alerts


def question(hour, responder=None, day=17, **more):
    return {"asked_at": datetime(2026, 5, day, hour), "member_id": "a", "responder_id": responder, **more}


def test_questions_wait_in_working_hours():
    # working hours are 9 to 21; it is 10 o'clock on the 18th: who asked at 18 on the 17th waits 3 + 1 hours, at 19 but 3
    late = [question(18) for _ in range(5)]
    assert fired("unanswered", facts(response_questions=late)) == [("g", 5, 5)]
    assert fired("unanswered", facts(response_questions=[*late[:4], question(19)])) == []
    answered = [question(12, "b") for _ in range(5)]
    assert fired("unanswered", facts(response_questions=late + answered)) == [("g", 5, 5)]  # half of ten
    assert fired("unanswered", facts(response_questions=late + answered + answered[:1])) == []
    young = [question(9, "b", day=18) for _ in range(9)]
    assert fired("unanswered", facts(response_questions=late + answered + young)) == [("g", 5, 5)]  # not old enough


@pytest.mark.parametrize(
    ("begin", "end", "rules", "hours"),
    [
        ((17, 8, 0), (17, 10, 0), Response(), 1),
        ((17, 20, 30), (18, 9, 30), Response(), 1),
        ((17, 22, 0), (18, 8, 0), Response(), 0),
        ((15, 12, 0), (18, 12, 0), Response(days=(1, 2, 3, 4, 5)), 9 + 3),  # Friday to Monday
        ((17, 20, 0), (18, 9, 0), Response(hours=(1260, 360)), 9),  # 21 to 6
        ((18, 1, 0), (18, 9, 0), Response(hours=(1260, 360)), 5),  # of the night that began on the 17th
        ((18, 1, 0), (18, 9, 0), Response(hours=(1260, 360), days=(1,)), 0),  # … a Sunday
        ((18, 12, 0), (18, 11, 0), Response(), 0),
    ],
)
def test_working_hours(begin, end, rules, hours):
    day, hour, minute = begin
    till, at, after = end
    assert working_hours(datetime(2026, 5, day, hour, minute), datetime(2026, 5, till, at, after), rules) == hours


def test_newcomers_who_were_left_alone():
    def told(answered, *waits, days=1):
        return facts(
            growth_newcomers=[{"answered": answered, "spoke": 9}],
            growth_unanswered=[{"days_waiting": days, "next_s": wait} for wait in waits],
        )

    # somebody wrote 59 minutes after the message of one, an hour after two others', and never after a fourth's
    waits = (3599, 3600, 9000, None)
    assert fired("newcomers", told(2, *waits)) == [("g", 0.5, 0.5)]
    assert fired("newcomers", told(3, *waits)) == []
    assert RULES["newcomers"].judge(told(0, *waits)) == ([], 1)  # of four nothing is said
    assert RULES["newcomers"].judge(told(0, *waits, *waits, days=0)) == ([], 1)  # they came today
    assert RULES["newcomers"].judge(told(None, *waits, *waits)) == ([], 1)  # no quote, no mention: nobody knows


# -- limits ----------------------------------------------------------------------------------------------------------
def daily(counts):
    """Messages of the last days up to the last whole one; None: no data."""
    first = LAST - timedelta(days=len(counts) - 1)
    return [{"period": first + timedelta(days=n), "messages": count} for n, count in enumerate(counts)]


def weeks_of(low, high, n=PAST):
    """Low and high on alternate weeks."""
    return [(low, high)[day // 7 % 2] for day in range(n)]


def test_a_spike_is_beyond_the_limit_of_its_day():
    # as in tests/methods/test_limits.py: nines and elevens, Poisson of mean 10. P(Y > 22) = 0.0003, P(Y > 21) = 0.0007: the limit at .0005 is 22
    quiet = weeks_of(9, 11)[:-1]
    assert [fired("spike", facts(activity=daily([*quiet, n]))) for n in (22, 23)] == [[], [("g", 23, 22)]]
    loud = Alerts(limit_messages=24)
    assert fired("spike", facts(loud, activity=daily([*quiet, 23]))) == []
    assert fired("spike", facts(Alerts(limit_chance=0.01), activity=daily([*quiet, 20]))) == [("g", 20, 19)]


def test_a_drop_is_of_seven_days_and_silence_is_none():
    usual = weeks_of(9, 11)[:-7]
    found = fired("drop", facts(activity=daily([*usual, *[3] * 7])))
    assert [(name, value) for name, value, _ in found] == [("g", 21)]
    assert 35 < found[0][2] < 60  # usual are 70
    assert fired("drop", facts(activity=daily([*usual, *[9] * 7]))) == []
    assert fired("drop", facts(activity=daily([*usual, *[0] * 7]))) == []
    assert fired("drop", facts(Alerts(limit_messages=80), activity=daily([*usual, *[3] * 7]))) == []


def test_what_is_not_known_is_no_alert_but_is_counted():
    short = facts(activity=daily([*weeks_of(9, 11, 27), 99]))
    assert RULES["spike"].judge(short) == ([], 1)  # 27 days before it are known
    assert fired("spike", facts(activity=daily([*weeks_of(9, 11, 28), 99]))) != []
    hole = facts(activity=daily([*weeks_of(9, 11)[:-3], None, None, None]))
    assert RULES["spike"].judge(hole) == ([], 1)
    assert RULES["drop"].judge(hole) == ([], 1)  # four known days of seven


# -- coming and going ------------------------------------------------------------------------------------------------
def weekly(counts, name, state="whole", end=LAST):
    """The last weeks up to one that ends with `end`."""
    first = end - timedelta(days=7 * len(counts) - 1)
    return [
        {
            "period": first + timedelta(days=7 * n),
            "last_day": first + timedelta(days=7 * n + 6),
            "state": state,
            name: count,
        }
        for n, count in enumerate(counts)
    ]


def test_leaves_against_the_median_of_the_weeks_before():
    assert fired("leaves", facts(growth=weekly([1, 2, 2, 3, 6], "leaves_removed"))) == [("g", 6, 6)]  # 3 · 2
    assert fired("leaves", facts(growth=weekly([1, 2, 2, 3, 5], "leaves_removed"))) == []
    assert fired("leaves", facts(growth=weekly([0, 0, 0, 0, 5], "leaves_self"))) == [("g", 5, 5)]
    assert fired("leaves", facts(growth=weekly([0, 0, 0, 0, 4], "leaves_self"))) == []
    roster = RULES["leaves"].judge(facts(growth=weekly([0, 0, 0, 0, 8], "leaves_roster"))).alerts
    assert [(one.reason, one.value) for one in roster] == [("leaves_roster", 8)]


def test_leaves_that_nothing_tells_are_unknown():
    for rows in (
        weekly([None] * 5, "leaves_self"),
        weekly([1, 1, 1, 9], "leaves_self"),  # three weeks before
        weekly([1, 1, 1, 1, 9], "leaves_self", end=LAST - timedelta(days=7)),  # too long ago
    ):
        assert RULES["leaves"].judge(facts(growth=rows)) == ([], 1)
    assert RULES["leaves"].judge(facts(growth=weekly([1] * 5, "leaves_self", state="holes"))) == ([], 0)


def test_joins_against_the_median_of_the_weeks_before():
    assert fired("joins", facts(growth=weekly([7, 7, 7, 7, 21], "joins"))) == [("g", 21, 21)]
    assert fired("joins", facts(growth=weekly([7, 7, 7, 7, 20], "joins"))) == []
    assert fired("joins", facts(growth=weekly([0, 0, 0, 0, 20], "joins"))) == [("g", 20, 20)]
    six_days_ago = weekly([0, 0, 0, 0, 20], "joins", end=LAST - timedelta(days=6))
    assert len(RULES["joins"].judge(replace(facts(growth=six_days_ago))).alerts) == 1
