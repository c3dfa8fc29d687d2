"""One row a person, of rows that are one a group and member: what `qunkit members --people` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_SUMS = ("messages", "replies", "lately", "orders", "joins")
PERSONAL = ("person_active_days", "person_f_days", "person_back_ago")
"""Figures of the person over all groups, in every row of theirs: days in two groups are the same days."""
_FIRST = ("joined", "first_spoke", "days_silent")
_STAGE = {"friend": 3, "fan": 2, "user": 1, "silent": 0}
_ROLE = {"owner": 3, "admin": 2, "staff": 1, "member": 0}


def people(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a person: who they are by the group in which they posted the most, counts summed, days counted once, times from the first to the last, the highest stage and role.
    Who is known by name alone is somebody of one group."""
    import pandas as pd

    if not len(frame):
        return frame
    alone = frame["member_id"].str.startswith("name:")
    person = frame["member_id"].where(~alone, frame["group_id"] + "\x1f" + frame["member_id"])
    most = frame.assign(person=person).sort_values(
        ["gone", "messages", "group_id"], ascending=[True, False, True], kind="stable"
    )
    rows = most.groupby("person", sort=False)
    told = rows.first()
    told[list(_SUMS)] = rows[list(_SUMS)].sum()
    told["gone"] = rows["gone"].all()
    here = (~most["gone"]).groupby(most["person"], sort=False).sum()
    told["groups"] = here.where(here > 0, rows["groups"].sum())
    for name in PERSONAL:
        told[name.removeprefix("person_")] = told[name]
    told["sheetless"] = rows["sheetless"].max()
    told["official"] = rows["official"].any()
    for name in _FIRST:
        told[name] = rows[name].min()
    told["last_spoke"], told["ties"], told["days_known"] = (
        rows["last_spoke"].max(),
        rows["ties"].max(),
        rows["days_known"].max(),
    )
    for name, order in (("stage", _STAGE), ("role", _ROLE)):
        best = most[name].map(order).groupby(most["person"], sort=False).max()
        told[name] = best.map({rank: code for code, rank in order.items()}).astype(object).where(best.notna(), None)
    came = (
        most[most["joined"].notna()].sort_values("joined", kind="stable").drop_duplicates("person").set_index("person")
    )
    for name in ("source", "inviter_name", "inviter_id"):
        told[name] = came[name].reindex(told.index)
    told = pd.DataFrame(told).reset_index(drop=True)
    return told.sort_values(["messages", "member_id"], ascending=[False, True], kind="stable")
