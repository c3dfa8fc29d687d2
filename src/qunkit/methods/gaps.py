"""What the exports do not tell, and what that leaves out of a result: said below it, even where it has no rows.

An analysis says ``remarks = gaps.untimed``, or a function of its own that adds up several; they are asked with a function that gives the rows of a query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qunkit.methods.joins import TELLING
from qunkit.results import Note
from qunkit.words import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    Ask = Callable[[str], pa.Table]

_MOST = 5
"""Groups that are named."""
_OF_GROUPS = """
SELECT group_id, COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name,
  COUNT(CASE WHEN time_quality <> 'day' THEN 1 END) AS timed, COUNT(CASE WHEN kind = 'solitaire' AND COALESCE(text, '') = '' THEN 1 END) AS lost
FROM posts WHERE in_window GROUP BY group_id
"""
_UNTIMED = f"SELECT group_name FROM ({_OF_GROUPS}) told WHERE timed = 0 ORDER BY group_id"
_LOST = f"SELECT group_name FROM ({_OF_GROUPS}) told WHERE lost > 0 ORDER BY group_id"
_CUT = """
SELECT COUNT(CASE WHEN NOT in_window AND day < first_day THEN 1 END) AS before, COUNT(CASE WHEN NOT in_window AND day > first_day THEN 1 END) AS after
FROM (SELECT day, in_window, COALESCE(MIN(CASE WHEN in_window THEN day END) OVER (), MAX(day) OVER ()) AS first_day FROM days) told
"""
_UNNOTICED = f"""
WITH {TELLING}
SELECT told.group_name FROM ({_OF_GROUPS}) told LEFT JOIN telling ON telling.group_id = told.group_id WHERE telling.group_id IS NULL ORDER BY told.group_id
"""
_WHOLE = Text(
    "--since, --until, --last and --week narrow nothing here: it looks back over all history from --as-of, or from the end of the data.",
    "--since、--until、--last、--week 在此不起作用：本命令从 --as-of（默认数据末尾）回看全部历史。",
)
_UNBEGUN = Text(
    "Where the window begins (--since, --last, --week) changes nothing here: the weeks that are compared are counted back from its end.",
    "时间窗的起点（--since、--last、--week）在此不起作用：对比的各周从其终点往前推算。",
)
_NO_SHEETS = """
SELECT COALESCE(MAX_BY(group_name, sent_at) FILTER (WHERE group_name IS NOT NULL), group_id) AS group_name,
  COUNT(CASE WHEN kind = 'solitaire' AND COALESCE(text, '') = '' THEN 1 END) AS lost,
  COUNT(CASE WHEN kind = 'other' AND COALESCE(text, '') = '' THEN 1 END) AS other
FROM posts WHERE {shown} GROUP BY group_id
"""
_UNREAD = f"SELECT group_name FROM ({_NO_SHEETS.format(shown='TRUE')}) told WHERE lost > 0 ORDER BY group_name"
_UNSEEN = "SELECT group_name FROM ({told}) told WHERE lost = 0 AND other > 0 ORDER BY group_name"
_DAYS = Text(
    "Days alone, and no times of the day, are known of {n} groups, so that nobody can tell there who answers whom: {groups}. They have no rows. An export that keeps times (`qunkit formats` says which do) and is ingested, too, fills them in.",
    "{n} 个群的导出只有日期、没有时刻，无法判断谁回复谁，因此未列出：{groups}。换用保留时刻的格式（见 `qunkit formats`）重新导出并导入即可补全。",
)
_SHEETS = Text(
    "The texts of sign-up lists (接龙) are lost in the exports of {n} groups: {groups}. Nobody can tell there who opened one or joined it; an export with texts, ingested too, fills them in.",
    "{n} 个群的导出丢失了接龙正文：{groups}，无法判断由谁发起、谁参与；用保留正文的方式重新导出并导入即可补全。",
)

_JOINS = Text(
    "The exports of {n} groups hold no notice of anybody's coming or going, and no roster with join dates: {groups}. How many joined is not known there, which is not none.",
    "{n} 个群的导出中没有进退群提示，也没有带入群日期的名单：{groups}，入群人数未知（不代表无人入群）。",
)

_HIDDEN = Text(
    "The exports of {n} groups hold messages of which neither kind nor text is known: {groups}. Sign-up lists (接龙) may be among them (`qunkit formats` says which formats lose them), so lists and orders are at least what is shown, and null instead of 0.",
    "{n} 个群的导出中有类型和正文均未知的消息：{groups}，其中可能有接龙（哪些格式会丢失见 `qunkit formats`），因此接龙与下单数为至少值，0 记为空。",
)


def untimed(ask: Ask) -> list[Note]:
    """Which groups have no times of the day."""
    return _told(_DAYS, ask(_UNTIMED))


def lost_lists(ask: Ask) -> list[Note]:
    """Which groups have sign-up lists without their text."""
    return _told(_SHEETS, ask(_LOST)) + _told(_HIDDEN, ask(_UNSEEN.format(told=_NO_SHEETS.format(shown="in_window"))))


def lost_orders(ask: Ask) -> list[Note]:
    """The same in all history."""
    return _told(_SHEETS, ask(_UNREAD)) + _told(_HIDDEN, ask(_UNSEEN.format(told=_NO_SHEETS.format(shown="TRUE"))))


def unnarrowed(ask: Ask) -> list[Note]:
    """That a window changes nothing, where one was asked for."""
    [cut] = ask(_CUT).to_pylist()
    return [Note(_WHOLE)] if cut["before"] or cut["after"] else []


def unbegun(ask: Ask) -> list[Note]:
    """That the beginning of a window changes nothing, where one was asked for."""
    [cut] = ask(_CUT).to_pylist()
    return [Note(_UNBEGUN)] if cut["before"] else []


def unnoticed(ask: Ask) -> list[Note]:
    """Which groups have nothing that tells of joins."""
    return _told(_JOINS, ask(_UNNOTICED))


def named(groups: list[str]) -> Text:
    """The first of some groups, as each language lists names."""
    more = " …" if len(groups) > _MOST else ""
    return Text(", ".join(groups[:_MOST]) + more, "、".join(groups[:_MOST]) + more)


def _told(text: Text, found: pa.Table) -> list[Note]:
    groups = found["group_name"].to_pylist()
    return [Note(text, (("n", len(groups)), ("groups", named(groups))))] if groups else []
