"""Calendar periods as SQL that several analyses begin with: 28-day blocks, weeks or months, and how much of each the data knows.

An analysis says ``WITH {CALENDAR}, …`` with a parameter ``:per`` that has one of `PER`. Its rows are in:

* ``ends``  one row: ``first_day``, ``last_day`` of the data.
* ``dated``  one row per day of the data: ``day, observed, in_window, period`` (the first day of the period it lies in).
* ``spans``  one row per period: ``period``, its ``last_day`` and ``length`` in days, ``in_window`` (it overlaps the window), ``finished`` (it does not end
  after the data), ``number`` (from 1, without gaps).

An analysis with a parameter ``:coverage``, too, may go on with ``{SPOKEN}``, which counts members without staff:

* ``named``  one row per group: ``group_id, group_name, first_day`` (of its first message).
* ``spoken``  one row per member and period in which they posted: ``group_id, sender_id, number``.
* ``held``  the periods of each group from its first message on: ``group_id, group_name``, the columns of ``spans``, ``days`` with data in any group, and ``known``: these are
  at least that share of the period.

Blocks of 28 days are counted back from the last day of the data, so that the last one is never cut short; weeks begin on Monday, months on the 1st.
"""

from __future__ import annotations

from qunkit.methods.moves import NAMED
from qunkit.words import Text

STATES = {
    "first": Text("log begins", "记录起始"),
    "unfinished": Text("unfinished", "未结束"),
    "holes": Text("data missing", "数据缺失"),
    "whole": Text("whole", "完整"),
}
"""What a period of a group is, the first that holds: the group's log begins in it; it ends after the data; it is not ``known``; whole."""
PER = ("28-days", "week", "month")

CALENDAR = """ends AS (
  SELECT MIN(day) AS first_day, MAX(day) AS last_day FROM days
), dated AS (
  SELECT days.day, days.observed, days.in_window,
    CASE :per WHEN 'week' THEN week_start(days.day) WHEN 'month' THEN month_start(days.day)
      ELSE ends.last_day - 28 * CAST(FLOOR(days_between(days.day, ends.last_day) / 28) AS INTEGER) - 27 END AS period
  FROM days CROSS JOIN ends
), bounded AS (
  SELECT period, BOOL_OR(in_window) AS in_window,
    CASE :per WHEN 'week' THEN period + 6 WHEN 'month' THEN month_start(period + 31) - 1 ELSE period + 27 END AS last_day
  FROM dated GROUP BY period
), spans AS (
  SELECT bounded.period, bounded.last_day, bounded.in_window, days_between(bounded.period, bounded.last_day) + 1 AS length,
    bounded.last_day <= ends.last_day AS finished, ROW_NUMBER() OVER (ORDER BY bounded.period) AS number
  FROM bounded CROSS JOIN ends
)"""

SPOKEN = f"""{NAMED}, spoken AS (
  SELECT said.group_id, said.sender_id, spans.number
  FROM (SELECT DISTINCT group_id, sender_id, day FROM posts WHERE NOT official) said
  JOIN dated ON dated.day = said.day JOIN spans ON spans.period = dated.period
  GROUP BY said.group_id, said.sender_id, spans.number
), filled AS (
  SELECT named.group_id, named.group_name, dated.period, COUNT(CASE WHEN dated.observed THEN 1 END) AS days
  FROM named JOIN dated ON dated.day >= named.first_day
  GROUP BY named.group_id, named.group_name, dated.period
), held AS (
  SELECT filled.group_id, filled.group_name, filled.days, spans.period, spans.last_day, spans.length, spans.in_window, spans.finished, spans.number,
    filled.days > 0 AND filled.days >= :coverage * spans.length AS known
  FROM filled JOIN spans ON spans.period = filled.period
)"""
