"""Headline figures of the report that need more than one week of an analysis: who left, by which evidence, how soon questions are answered; and how much is ads.

Each stands against the week before and the median of up to 8 weeks before, where these are known; why there is no value is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from statistics import median

from qunkit.results import Column, Figure, Note
from qunkit.week import WEEKS, Row, Week, note
from qunkit.words import Text

_LEAVES = {
    "leaves_self": Text("No such notice. WeChat shows none: that is no evidence that nobody left.", "无此类提示。微信不提示退群，不代表无人退群。"),
    "leaves_roster": Text("No two complete rosters to compare.", "没有两份完整成员名单可比。"),
}  # fmt: skip
"""What it means that there is no number, by column of `qunkit growth`."""
_SINCE = Text("Since the roster of {since}.", "自 {since} 的名单起计。")
_WAIT = Column("first_response_s", "seconds", Text("first response, median", "首响中位数"), Text("of all questions of members, until the first response by anybody", "全部成员提问至首次响应的时长中位数"))  # fmt: skip
_FEW = Text("Fewer than {floor} questions.", "提问不足 {floor} 个。")
_SLOW = Text("Less than half within 24 hours.", "24 小时内不足一半。")
_BETWEEN = Text("Between {low_ratio} and {high_ratio}, for what the classifier gets wrong.", "考虑误判，在 {low_ratio} 至 {high_ratio} 之间。")  # fmt: skip

_MOVED = Text("{between} Change on the week before: {low} to {high} pp (95 %).", "{between}较上周变化 {low} 至 {high} 个百分点（95%）。")  # fmt: skip


def leaves(week: Week) -> list[Figure]:
    """Person-times of the week, as notices and as rosters have them."""
    if week.past is None:
        return []
    table = week.over_weeks("growth", {"per": "week"})
    columns = {column.name: column for column in table.columns}
    rows = week.rows_of(table)
    return [_left(week, columns[name], rows) for name in _LEAVES]


def _left(week: Week, column: Column, rows: Sequence[Row]) -> Figure:
    by_week: dict[int, list[Row]] = {}
    for row in rows:
        if row[column.name] is not None:
            by_week.setdefault(_back(week, row["period"]), []).append(row)
    counts = {back: sum(row[column.name] for row in told) for back, told in by_week.items()}
    if 0 not in counts:
        return Figure(column, None, note=Note(_LEAVES[column.name]))
    rosters = column.name == "leaves_roster"
    since = min(row["roster_since"] for row in by_week[0]) if rosters else None
    return _figure(week, column, counts, None, note(_SINCE, {"since": since}) if rosters else None)


def first_response(week: Week) -> list[Figure]:
    """Of all questions of a week together."""
    if week.past is None:
        return []
    from qunkit.methods.response import FLOOR

    asked: dict[int, list[Row]] = {}
    for row in week.rows_of(week.over_weeks("response_questions", {})):
        asked.setdefault(_back(week, row["asked_at"]), []).append(row)
    n = len(asked.get(0, []))
    found = {back: value for back, rows in asked.items() if (value := _median(rows)) is not None}
    why = None if 0 in found else note(_FEW, {"floor": FLOOR}) if n < FLOOR else Note(_SLOW)
    return [_figure(week, _WAIT, found, n, why)]


def _median(rows: Sequence[Row]) -> float | None:
    """As `qunkit response` has it, those without a response counted as well."""
    import numpy as np

    from qunkit.methods.response import quantile

    waited = np.array([row["waited_s"] for row in rows], dtype=float)
    return quantile(waited, np.array([row["state"] in ("answered", "staff") for row in rows], dtype=bool), 0.5)


def ad_ratio(week: Week) -> list[Figure]:
    """Of all messages of the groups together; against other weeks as counted, with the interval of that change."""
    row = week.rows("ads", total=True)[-1:]
    if not row or row[0]["ad_ratio"] is None:
        return []
    (told,) = row
    column = next(column for column in week.result("ads", total=True).columns if column.name == "ad_ratio")
    said = note(_BETWEEN, {"low_ratio": told["ad_ratio_low"], "high_ratio": told["ad_ratio_high"]})
    change, trend = (told["change"], told["trend"][:-1]) if week.is_whole else (None, [])
    if change is not None:
        low, high = (f"{100 * told[name]:+.1f}" for name in ("change_low", "change_high"))
        said = note(_MOVED, {"between": said, "low": low, "high": high})
    earlier = [ratio for ratio in trend if ratio is not None]
    before, usual = None if change is None else told["ad_ratio"] - change, median(earlier) if earlier else None
    return [Figure(column, told["ad_ratio"], before, usual, len(earlier) or 8, told["messages"], said)]


def _figure(week: Week, column: Column, by_week: dict[int, float], n: int | None, why: Note | None) -> Figure:
    earlier = [by_week[back] for back in range(1, WEEKS + 1) if back in by_week] if week.is_whole else []
    before = by_week.get(1) if week.is_whole else None
    return Figure(
        column, by_week.get(0), before, float(median(earlier)) if earlier else None, len(earlier) or 8, n, why
    )


def _back(week: Week, at: date) -> int:
    """How many weeks before this one; 0: this one."""
    day = at.date() if isinstance(at, datetime) else at
    return -((day - week.monday) // timedelta(days=7))


def stages(rows: Iterable[Row]) -> dict[str | None, int]:
    """Groups in each stage; None: too little is known of them."""
    found: dict[str | None, int] = {}
    for row in rows:
        found[row["stage"]] = found.get(row["stage"], 0) + 1
    return found
