"""Do members' questions get a response, by anybody and by staff, and how fast 首次响应: per group.

    group_name  questions  answered_5m  answered_30m  median_s  p90_s  staff_30m  staff_median_s  work_questions  work_30m  unanswered  explicit
    妈妈群            148         0.52          0.71       240  41400       0.44            2760             120      0.80          31      0.38

Questions are turns of members, not staff, whose last text ends with ？ ? 吗 呢 怎么 求. The first response is a quote, a mention of who asked, what a small model infers to be an
answer, or else who writes next, within a minute and to nobody in particular: `explicit` says how much of it people said themselves. Waiting ends at the response, after 24 hours, or with the data; shares and quantiles are Kaplan & Meier's (1958).
Working hours are those of `[response]` in qunkit.toml (docs/methods/response.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.methods import response
from qunkit.results import Column, Note
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

TITLE = Text("Response: how soon questions are answered", "提问响应")

CLOCKS = {
    "second": Text("seconds", "秒"),
    "minute": Text("minutes", "分钟"),
    "day": Text("days only", "仅日期"),
}
"""How fine the times of a group are, those of most messages."""

COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id"), spare=20),
    Column("group_name", "text", Text("group", "群")),
    Column(
        "questions", "int", Text("questions", "提问"),
        Text("turns of members whose last text ends with ？ ? 吗 呢 怎么 求; without staff's, ads, and what is exempt in qunkit.toml; null: times are days only",
             "成员以 ？ ? 吗 呢 怎么 求 结尾的发言轮次，不含官方人员、广告和 qunkit.toml 中的免响应用语；仅有日期时为空"),
    ),
    Column("answered_5m", "ratio", Text("in 5 min", "5 分钟响应率"), Text("of questions, first response by anybody within 5 minutes; null below 5 questions", "5 分钟内有人响应的提问占比；不足 5 个提问时为空"), spare=7),
    Column("answered_30m", "ratio", Text("in 30 min", "30 分钟响应率"), Text("of questions, within 30 minutes", "30 分钟内有人响应的提问占比"), spare=1),
    Column("answered_30m_low", "ratio", Text("of these sure", "较确定"), Text("the share within 30 minutes without who merely wrote next, within a minute and to nobody else", "不计仅紧接发言者（1 分钟内、未指向他人）的 30 分钟响应率"), spare=4),
    Column("median_s", "seconds", Text("median wait", "首响中位数"), Text("until the first response by anybody, unanswered questions counted; null: less than half in 24 hours", "至首次响应的时长中位数，未获响应的也计入；24 小时内不足一半时为空")),
    Column("p90_s", "seconds", Text("9 in 10", "首响 90 分位"), Text("until nine in ten have a response; null: fewer do in 24 hours", "九成提问获响应所需时长；24 小时内不足九成时为空"), spare=9),
    Column("staff_5m", "ratio", Text("staff in 5 min", "官方 5 分钟"), Text("of questions, first response by staff within 5 minutes; null: no staff in qunkit.toml", "5 分钟内官方响应的提问占比；未配置官方人员时为空"), spare=10),
    Column("staff_30m", "ratio", Text("staff in 30 min", "官方 30 分钟"), Text("of questions, by staff within 30 minutes", "30 分钟内官方响应的提问占比"), spare=2),
    Column("staff_median_s", "seconds", Text("staff's median", "官方首响中位数"), Text("until the first response by staff", "至官方首次响应的时长中位数"), spare=3),
    Column("staff_p90_s", "seconds", Text("staff's 9 in 10", "官方首响 90 分位"), Text("until nine in ten have one by staff", "九成提问获官方响应所需时长"), spare=11),
    Column("work_questions", "int", Text("in working hours", "工作时段提问"), Text("questions asked in working hours ([response] in qunkit.toml)", "工作时段内的提问（qunkit.toml 的 [response]）"), spare=8),
    Column("work_30m", "ratio", Text("of these in 30 min", "工作时段 30 分钟"), Text("of these, by anybody within 30 minutes", "其中 30 分钟内有人响应的占比"), spare=6),
    Column("work_median_s", "seconds", Text("their median", "工作时段中位数"), Text("of these, until the first response by anybody", "其中至首次响应的时长中位数"), spare=12),
    Column("work_staff_30m", "ratio", Text("of these, staff in 30 min", "工作时段官方 30 分钟"), Text("of these, by staff within 30 minutes", "其中 30 分钟内官方响应的占比"), spare=13),
    Column("work_staff_median_s", "seconds", Text("staff's median of these", "工作时段官方中位数"), Text("of these, until the first response by staff", "其中至官方首次响应的时长中位数"), spare=14),
    Column("unanswered", "int", Text("unanswered", "未响应"), Text("without a response within 24 hours, or so far (`qunkit response questions`)", "24 小时内或至今无人响应的提问（见 `qunkit response questions`）")),
    Column("explicit", "ratio", Text("explicit", "明确占比"), Text("of first responses, quotes and mentions; the rest is inferred", "首次响应中引用和@的占比，其余为推断"), spare=6),
    Column("clock", "text", Text("times in", "时间精度"), Text("what most messages' times tell; half a minute is added to waits of a clock without seconds", "多数消息的时间精度；无秒的时间，等待时长加半分钟"), words=CLOCKS, spare=5),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """`qunkit response` has no options of its own: working hours are in qunkit.toml."""


FEATURES = ("ads",)
PYTHON = True
PART_SQL = response.LINES

SQL = """
WITH named AS (
  SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name,
    CASE WHEN COUNT(CASE WHEN in_window AND time_quality = 'day' THEN 1 END) * 2 > COUNT(CASE WHEN in_window THEN 1 END) THEN 'day'
      WHEN COUNT(CASE WHEN in_window AND time_quality = 'minute' THEN 1 END) * 2 > COUNT(CASE WHEN in_window THEN 1 END) THEN 'minute' ELSE 'second' END AS clock,
    COUNT(CASE WHEN in_window THEN 1 END) AS posts
  FROM posts GROUP BY group_id
), staff AS (
  SELECT group_id, COUNT(*) AS known FROM accounts WHERE kind = 'staff' GROUP BY group_id
)
SELECT named.group_id, named.group_name, parts.questions, parts.answered_5m, parts.answered_30m, parts.answered_30m_low, parts.median_s, parts.p90_s,
  parts.staff_5m, parts.staff_30m, parts.staff_median_s, parts.staff_p90_s,
  parts.work_questions, parts.work_30m, parts.work_median_s, parts.work_staff_30m, parts.work_staff_median_s,
  parts.unanswered, parts.explicit_some, parts.answered, named.clock, COALESCE(here.known, 0) + COALESCE(everywhere.known, 0) AS staff
FROM named LEFT JOIN parts ON parts.part = named.group_id
LEFT JOIN staff here ON here.group_id = named.group_id
LEFT JOIN staff everywhere ON everywhere.group_id IS NULL
WHERE named.posts > 0
ORDER BY named.group_id
"""


def per_group(table: pa.Table, params: Params) -> pa.Table:
    """One row about one group's questions; seconds are rounded, so that every engine gives the same."""
    import pyarrow as pa

    from qunkit.methods.evidence import MENTION, QUOTE
    from qunkit.methods.response import answered_within, flags_of, quantile, questions

    asked = questions(table)
    work = flags_of(table, "working")[asked.line]
    anybody, staff = (asked.wait, asked.answered), (asked.staff_wait, asked.staff_answered)
    at_work, staff_at_work = ((wait[work], answered[work]) for wait, answered in (anybody, staff))
    whole = {
        "questions": len(asked.line),
        "work_questions": int(work.sum()),
        "unanswered": int((~asked.answered).sum()),
        "answered": int(asked.answered.sum()),
        "explicit_some": int((asked.answered & ((asked.how == QUOTE) | (asked.how == MENTION))).sum()),
    }
    figures = {
        "answered_5m": answered_within(*anybody, 300),
        "answered_30m": answered_within(*anybody, 1800),
        "answered_30m_low": answered_within(asked.sure_wait, asked.sure_answered, 1800),
        "median_s": quantile(*anybody, 0.5),
        "p90_s": quantile(*anybody, 0.9),
        "staff_5m": answered_within(*staff, 300),
        "staff_30m": answered_within(*staff, 1800),
        "staff_median_s": quantile(*staff, 0.5),
        "staff_p90_s": quantile(*staff, 0.9),
        "work_30m": answered_within(*at_work, 1800),
        "work_median_s": quantile(*at_work, 0.5),
        "work_staff_30m": answered_within(*staff_at_work, 1800),
        "work_staff_median_s": quantile(*staff_at_work, 0.5),
    }
    some = slice(0, min(1, table.num_rows))
    return pa.table(
        {
            "part": table["part"].slice(0, 1),
            **{name: pa.array([value][some], pa.int64()) for name, value in whole.items()},
            **{name: pa.array([_rounded(value)][some], pa.float64()) for name, value in figures.items()},
        }
    )


def finish(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Without what tells nothing; groups with most unanswered questions first."""
    answered = frame["answered"].astype(float)
    frame["explicit"] = frame["explicit_some"].astype(float) / answered.where(answered > 0)
    staff = [column.name for column in COLUMNS if "staff" in column.name]
    frame[staff] = frame[staff].astype(float).where(frame["staff"].astype(float) > 0)
    frame = frame.sort_values(["unanswered", "group_id"], ascending=[False, True], na_position="last", kind="stable")
    return frame[[column.name for column in COLUMNS]]


def notes(frame: pd.DataFrame, params: Params) -> list[Note]:
    """What cannot be told."""
    told = []
    if days := int((frame["clock"] == "day").sum()):
        told.append(Note(_DAYS, (("n", days),)))
    if len(frame) and frame["staff_30m"].isna().all() and (frame["answered_30m"].notna()).any():
        told.append(Note(_NO_STAFF))
    if len(frame) and frame["explicit"].notna().any():
        told.append(Note(_INFERRED))
    return told


_DAYS = Text(
    "Groups whose exports keep days only: {n}; how long questions wait cannot be told.",
    "{n} 个群的导出仅有日期，无法计算响应时长。",
)
_NO_STAFF = Text(
    "No staff is named for these groups: write [staff] into qunkit.toml to see their responses apart.",
    "这些群未配置官方人员：请在 qunkit.toml 的 [staff] 中填写，以单独统计官方响应。",
)
_INFERRED = Text(
    "Responses without a quote or mention are inferred (explicit says how many are not): single ones may be wrong.",
    "未引用也未@的响应为推断（明确占比列为非推断的比例），个别可能有误。",
)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 9)
