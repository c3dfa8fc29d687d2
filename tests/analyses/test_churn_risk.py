"""`churn_risk` against figures worked out by hand, and against snapshots made day by day in plain Python."""

from __future__ import annotations

from datetime import timedelta
from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings

from qunkit.analyses import churn_risk
from qunkit.dataset import Scope
from qunkit.ink.cells import show
from qunkit.methods import mbg, silence
from support.logs import EXAMPLES, crowd, logs, scopes, seen
from support.messages import moment
from support.questions import ask, notes, table

TWELVE = (
    {"at": "2026-05-01 09:00:00", "sender_id": "a"},
    {"at": "2026-05-01 10:00:00", "sender_id": "b"},
    {"at": "2026-05-02 11:00:00", "sender_id": "a"},
    {"at": "2026-05-02 12:00:00", "sender_id": "c"},
    {"at": "2026-05-03 09:00:00", "event": "removed", "actor_id": "a", "target_ids": ["c"]},
    {"at": "2026-05-04 09:00:00", "sender_id": "s"},
    # 5 and 6 May: nothing in any group
    {"at": "2026-05-07 09:00:00", "sender_id": "b"},
    {"at": "2026-05-07 23:00:00", "sender_id": "b"},
    {"at": "2026-05-08 09:00:00", "sender_id": "d"},
    {"at": "2026-05-09 09:00:00", "sender_id": "b"},
    {"at": "2026-05-10 09:00:00", "sender_id": "s"},
    {"at": "2026-05-10 10:00:00", "sender_id": "d"},
)
STAFF = Scope(staff=frozenset("s"))


def test_twelve_rows_by_hand():
    # Days with data: 1 2 3 4 7 8 9 10. a: silent since the 2nd (3 4 7 8 9 10: 6), 2 days, known since the 1st (7 after it);
    # b: silent 1 day, 3 days; d: today, 2 days, known since the 8th. c was removed.
    rows = ask("churn_risk", TWELVE, scope=STAFF)
    assert table(rows, "member_id", "days_silent", "active_days", "days_known", "last_spoke", "basis") == [
        ("a", 6, 2, 7, moment("2026-05-02 11:00:00"), "shipped"),
        ("b", 1, 3, 7, moment("2026-05-09 09:00:00"), "shipped"),
        ("d", 0, 2, 2, moment("2026-05-10 10:00:00"), "shipped"),
    ]
    a = rows[0]
    told = (-0.080, 0.826 * log(7), -0.841 * log(3), 0.133 * log(8))  # 1.607, -0.924, 0.277
    assert [a[name] for name in ("base", "by_silence", "by_activity", "by_tenure")] == pytest.approx(told, abs=1e-9)
    assert a["p_silent"] == pytest.approx(0.7068, abs=5e-5)  # σ(0.87995) = 1 / (1 + 0.41480)
    assert rows[2]["p_silent"] == pytest.approx(0.2978, abs=5e-5)  # σ(-0.080 - 0.924 + 0.146)
    week = ask("churn_risk", TWELVE, scope=STAFF, horizon="7")[0]
    assert (week["base"], week["by_silence"]) == (0.116, pytest.approx(0.806 * log(7)))


def test_reasons_in_words():
    a = ask("churn_risk", TWELVE, scope=STAFF)[0]
    assert a["reasons"] == ["silent 6 +1.6", "active 2 -0.9", "known 7 +0.3"]
    column = next(column for column in churn_risk.COLUMNS if column.name == "reasons")
    assert show(a["reasons"], column, "zh") == "6 天未发言（+1.6）、活跃 2 天（-0.9）、已知 7 天（+0.3）"
    assert show(a["reasons"], column, "en") == "silent 6 d (+1.6), active 2 d (-0.9), known 7 d (+0.3)"
    assert show(["", "silent", "gone 6 +1.6"], column, "zh") == "、silent、gone 6 +1.6"


def test_who_has_left_is_asked_of_everybody_who_ever_came(monkeypatch):
    # c, who was removed, is no row but tells of departures, too: seen on the 2nd alone, silent for 3 4 7 8 9 10.
    assert {row["p_left"] for row in ask("churn_risk", TWELVE, scope=STAFF)} == {None}
    assert {row["p_left"] for row in ask("churn_risk", TWELVE, scope=STAFF, left=True)} == {None}  # 4 are too few
    monkeypatch.setattr(mbg, "LEAST", 4)
    met = np.array([(1, 1, 7), (2, 6, 7), (0, 0, 6), (1, 2, 2)], float).T  # a b c d: repeats, last, known
    told = mbg.fit(*met).left(*met)
    rows = ask("churn_risk", TWELVE, scope=STAFF, left=True)
    assert table(rows, "member_id", "p_left") == [
        (who, pytest.approx(p, abs=1e-6)) for who, p in zip("abd", told[[0, 1, 3]], strict=True)
    ]


def test_the_two_models_may_contradict_each_other_and_a_note_says_so(monkeypatch):
    monkeypatch.setattr(mbg, "LEAST", 4)
    monkeypatch.setattr(
        churn_risk, "_left", lambda told: 0.5
    )  # of a (0.7068) below, of b and d above: b σ(-0.080 + 0.573 - 1.166 + 0.277) = 0.402, d 0.2978
    told = [note for note in notes("churn_risk", TWELVE, scope=STAFF, left=True) if "two models" in note]
    assert [("of 2 members" in note, "next 14 days" in note) for note in told] == [(True, True)]
    assert not [note for note in notes("churn_risk", TWELVE, scope=STAFF) if "two models" in note]


def test_a_window_narrows_nothing_and_a_note_says_so():
    late = Scope(since=moment("2026-05-09"), staff=frozenset("s"))
    for name in ("churn_risk", "churn_silent"):
        assert ask(name, TWELVE, scope=late) == ask(name, TWELVE, scope=STAFF)
        assert len([note for note in notes(name, TWELVE, scope=late) if "narrow nothing" in note]) == 1
        assert not [note for note in notes(name, TWELVE, scope=STAFF) if "narrow nothing" in note]
    assert [note for note in notes("kol_rising", TWELVE, scope=late) if "changes nothing here" in note]
    until = Scope(until=moment("2026-05-09"))
    assert not [note for note in notes("kol_rising", TWELVE, scope=until) if "changes nothing here" in note]


SEEN = [(0, "old"), (1, "edge"), *((day, "now") for day in range(2, 92))]


def test_who_came_long_ago_tells_of_departures(monkeypatch):
    monkeypatch.setattr(mbg, "LEAST", 3)
    begin = moment("2026-01-01 09:00")
    rows = [{"at": begin + timedelta(days=n), "sender_id": who} for n, who in SEEN]
    assert {row["member_id"] for row in ask("churn_risk", rows, left=True) if row["p_left"] is not None} == {"edge", "now"}  # fmt: skip


def test_what_can_be_left_out():
    assert [row["member_id"] for row in ask("churn_risk", TWELVE, scope=STAFF, min_days=3)] == ["b"]
    assert [row["member_id"] for row in ask("churn_risk", TWELVE, scope=STAFF, top=1)] == ["a"]


def test_ninety_days_and_not_one_more():
    begin = moment("2026-01-01 09:00")
    rows = [{"at": begin + timedelta(days=n), "sender_id": who} for n, who in SEEN]
    assert {row["member_id"] for row in ask("churn_risk", rows)} == {"edge", "now"}


def test_a_hole_of_months_is_not_silence():
    # a spoke last on the 2nd of January, and in the exports that is two days with data before the end
    rows = [{"at": f"2026-{day} 10:00:00", "sender_id": who} for day, who in (("01-01", "a"), ("01-02", "a"), ("06-01", "b"), ("06-02", "b"))]  # fmt: skip
    assert table(ask("churn_risk", rows), "member_id", "days_silent") == [("a", 2), ("b", 0)]


def snapshots(rows, horizon):
    """Every member of every group at every origin: (days silent, active days, days known), and whether silent; and the log's days."""
    _, posts, day = seen(rows, Scope())
    observed = sorted({day(row) for row in seen(rows, Scope())[0]})
    heard = lambda after, to: len([d for d in observed if after < d <= to])  # noqa: E731
    last, out = observed[-1], []
    for back in range(1, 25):
        origin = last - timedelta(days=back * horizon)
        if (
            heard(observed[0] - timedelta(1), origin) < 14
            or 4 * heard(origin, origin + timedelta(horizon)) < 3 * horizon
        ):
            continue
        for key in sorted({(row["group_id"], row["sender_id"]) for row in posts}):
            days = {day(row) for row in posts if (row["group_id"], row["sender_id"]) == key}
            past = [d for d in days if d <= origin]
            if past and heard(max(past), origin) <= 90:
                after = any(origin < d <= origin + timedelta(horizon) for d in days)
                out.append((heard(max(past), origin), len(past), heard(min(past), origin), not after))
    return np.array(out, float), len(observed)


@pytest.mark.parametrize(("horizon", "long", "basis"), [(7, 90, "scaled"), (14, 90, "scaled"), (7, 60, "fitted")])
def test_rolling_origins_by_plain_python(horizon, long, basis, monkeypatch):
    monkeypatch.setattr(silence, "LONG", long)
    rows = crowd()
    past, days = snapshots(rows, horizon)
    assert days == 68
    model = silence.model(horizon, days, silence.terms(*past.T[:3]), past[:, 3])
    assert model.basis == basis
    found = ask("churn_risk", rows, horizon=str(horizon))
    assert len(found) >= 100
    assert {row["basis"] for row in found} == {basis}
    for row in found:
        z = (
            model.coefficients
            @ silence.terms(*np.array([[row["days_silent"]], [row["active_days"]], [row["days_known"]]]))[0]
        )
        assert row["p_silent"] == pytest.approx(1 / (1 + exp(-z)), abs=1e-6)


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs(), scopes())
def test_reasons_add_up_and_the_riskiest_come_first(rows, scope):
    _, posts, day = seen(rows, scope)
    found = ask("churn_risk", rows, scope=scope)
    everybody = {(row["group_id"], row["sender_id"]) for row in posts} - {(g, s) for g in "gh" for s in scope.staff}
    assert set(table(found, "group_id", "member_id")) <= everybody
    for row in found:
        z = sum(row[name] for name in ("base", "by_silence", "by_activity", "by_tenure"))
        assert row["p_silent"] == pytest.approx(1 / (1 + exp(-z)), abs=1e-9)
        mine = [one for one in posts if (one["group_id"], one["sender_id"]) == (row["group_id"], row["member_id"])]
        assert row["active_days"] == len(set(map(day, mine)))
        assert row["last_spoke"] == mine[-1]["at"]
    assert table(found, "p_silent") == sorted(table(found, "p_silent"), reverse=True)
