"""Who ordered when: sign-up lists (接龙) that members joined, and messages worded as orders.

An analysis says ``PART_SQL = LINES`` (or a text with its columns) and ``per_group = orders_of``; its rows are in ``parts``: ``part`` (the group), ``member_id``, ``day``,
``orders``. A member orders once on each list that somebody else opened, on the day of their first version of it; and once on a day with orders in words ("+1", "我要两份").
Cancellations are not seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qunkit.methods.kol_log import ORDERED

if TYPE_CHECKING:
    import pyarrow as pa

SHEETLESS = """sheetless AS (
  SELECT group_id FROM posts WHERE kind IN ('solitaire', 'other') AND COALESCE(text, '') = '' GROUP BY group_id
)"""
"""``sheetless``: groups whose exports have lost the texts of lists, or have messages of which neither kind nor text is known, as some formats show lists: there, no order is not none."""

COLUMNS = f"group_id AS part, sender_id AS member_id, day, epoch_s(sent_at) AS t, CASE WHEN kind = 'solitaire' THEN text END AS sheet, {ORDERED} AS worded"
LINES = f"""
SELECT {COLUMNS}
FROM posts WHERE NOT official AND (kind = 'solitaire' OR {ORDERED})
ORDER BY part, sent_at, seq
"""


def orders_of(table: pa.Table, params: object) -> pa.Table:
    """The orders of one group by member and day."""
    import pyarrow as pa

    listed = table.filter(table["sheet"].is_valid())
    worded = table.filter(table["worded"]).select(["part", "member_id", "day"]).group_by(["part", "member_id", "day"])
    found = pa.concat_tables([_joined(listed), worded.aggregate([])])
    counted = found.group_by(["part", "member_id", "day"]).aggregate([([], "count_all")])
    return counted.rename_columns(["part", "member_id", "day", "orders"]).sort_by(
        [("part", "ascending"), ("member_id", "ascending"), ("day", "ascending")]
    )


def _joined(lists: pa.Table) -> pa.Table:
    """Of versions of lists, in order, the first of everybody who did not open the list."""
    import numpy as np

    from qunkit.arrays import column, numbers
    from qunkit.methods.relays import relays

    at = np.rint(numbers(lists["t"].cast("float64")) * 1000).astype(np.int64)
    who = lists["member_id"].to_pylist()
    met: set[tuple[int, str]] = set()
    kept = []
    for place, first in enumerate(relays(lists["sheet"].to_pylist(), at).tolist()):
        if (first, who[place]) not in met and who[first] != who[place]:
            kept.append(place)
        met.add((first, who[place]))
    return lists.select(["part", "member_id", "day"]).take(column(np.array(kept, np.int64)))
