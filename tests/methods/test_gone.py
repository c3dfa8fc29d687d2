"""Who is gone: the same by every analysis that says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from qunkit.dataset import Scope
from qunkit.engines.duckdb import connect
from qunkit.methods.gone import GONE
from qunkit.methods.moves import MOVES
from support.messages import moment, write_snapshot
from support.questions import ask

PEOPLE = ("since_old", "rejoined", "absent", "absent_posted", "removed", "left", "removed_listed", "stays")
FIRST = [{"at": f"2026-05-01 09:00:{n:02}", "sender_id": who} for n, who in enumerate(PEOPLE)]
ROWS = [
    {"at": "2026-05-01 08:00:00", "sender_id": "stays"},
    {"at": "2026-05-01 08:30:00", "event": "invited", "actor_id": "stays", "target_ids": [*PEOPLE[:-1]]},
    *FIRST,
    {"at": "2026-05-02 09:00:00", "event": "removed", "actor_id": "stays", "target_ids": ["rejoined", "removed"]},
    {"at": "2026-05-02 10:00:00", "event": "removed", "actor_id": "stays", "target_ids": ["removed_listed"]},
    {"at": "2026-05-03 09:00:00", "event": "invited", "actor_id": "stays", "target_ids": ["rejoined"]},
    {"at": "2026-05-05 09:00:00", "event": "left", "actor_id": "left"},
    {"at": "2026-05-06 09:00:00", "sender_id": "absent_posted"},
    {"at": "2026-05-06 10:00:00", "sender_id": "stays"},
]


def roster(at: str | None, *members: str, complete: bool = True) -> list[dict[str, object]]:
    return [{"member_id": one, "seen_at": moment(at) if at else None, "complete": complete} for one in members]


WITHOUT = {"removed", "left", "removed_listed"}
"""By notices alone."""
ALL_BUT_ABSENT = [one for one in PEOPLE if "absent" not in one]
CASES = {
    "no roster": ([], WITHOUT),
    # 08:00 in Shanghai on the 1st: before everybody's first message, whom it does not list
    "older than the log": (roster("2026-05-01 00:00", "stays"), WITHOUT),
    # on the 4th: lists who rejoined and who was removed; two are not on it, of whom one has posted since
    "newest": (roster("2026-05-04 00:00", *(one for one in ALL_BUT_ABSENT if one != "removed")), {"absent", "removed", "left"}),
    "newest of two": (roster("2026-05-03 16:00", "absent") + roster("2026-05-04 00:00", *(one for one in PEOPLE if "absent" not in one)), {"absent", "left"}),
    "listed again after an absence": (roster("2026-05-04 00:00", "stays") + roster("2026-05-04 16:00", *PEOPLE), {"left"}),
    "not complete": (roster("2026-05-04 00:00", "stays", complete=False), WITHOUT),
    "no date": (roster(None, "stays"), WITHOUT),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_every_analysis_says_the_same(case, tmp_path):
    listed, gone = CASES[case]
    with connect(write_snapshot(tmp_path, ROWS, listed), Scope()) as engine:
        rows = engine.sql(f"WITH {MOVES}, {GONE} SELECT member_id, gone FROM presence ORDER BY member_id").to_pylist()
    assert {row["member_id"] for row in rows} == set(PEOPLE)
    assert {row["member_id"] for row in rows if row["gone"]} == gone
    members = ask("members", ROWS, members=listed, left="in")
    assert {row["member_id"] for row in members if row["segment"] == "left"} == gone
    here = set(PEOPLE) - gone
    assert {row["member_id"] for row in ask("members", ROWS, members=listed)} == here
    assert {row["member_id"] for row in ask("churn_risk", ROWS, members=listed)} == here
    assert {row["member_id"] for row in ask("churn_silent", ROWS, members=listed, days=0)} == here
    tree = ask("growth_tree", ROWS, members=listed)
    assert len(tree) == len(PEOPLE) - 1
    assert {row["member_id"] for row in tree if row["gone"]} == gone
    for name in ("growth_inviters", "growth_invites"):
        assert [row["gone"] for row in ask(name, ROWS, members=listed)] == [len(gone)]


def test_who_never_spoke_is_gone_by_the_newest_roster_alone(tmp_path: Path):
    old, new = roster("2026-05-02 00:00", "quiet", "back", "stays"), roster("2026-05-04 00:00", "stays")
    rows = [*ROWS, {"at": "2026-05-05 12:00:00", "event": "joined_qr", "actor_id": "back"}]
    never = {row["member_id"] for row in ask("churn_silent", rows, members=old + new, days=99)}
    assert never == {"back"}  # whom the newest roster does not have either, and who joined after it
    assert {"quiet", "back"} <= {row["member_id"] for row in ask("churn_silent", rows, members=old, days=99)}


def test_of_one_instant_the_message_counts(tmp_path: Path):
    rows = [{"at": "2026-05-01 09:00:00", "sender_id": "a"}, {"at": "2026-05-01 09:00:00", "event": "left", "actor_id": "a"}]  # fmt: skip
    assert [row["segment"] for row in ask("members", rows)] == ["active"]
