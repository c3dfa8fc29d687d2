"""Calendar periods as SQL that several analyses begin with: 28-day blocks, weeks or months, and how much of each the data knows.

An analysis says ``WITH {CALENDAR}, …`` with a parameter ``:per`` that has one of `PER`. Its rows are in:

* ``ends``  one row: ``first_day``, ``last_day`` of the data.
* ``dated``  one row per day of the data: ``day, observed, in_window, period`` (the first day of the period it lies in).
* ``spans``  one row per period: ``period``, its ``last_day`` and ``length`` in days, ``in_window`` (it overlaps the window), ``finished`` (it does not end
  after the data), ``number`` (from 1, without gaps).

Blocks of 28 days are counted back from the last day of the data, so that the last one is never cut short; weeks begin on Monday, months on the 1st.
"""

from __future__ import annotations

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
