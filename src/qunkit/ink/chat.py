"""Messages as people read a chat: headings for groups and days, who says what and when, what it answers, what is only noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from qunkit.ink.cells import NULL, WEEKDAYS, day, number
from qunkit.ink.clean import lines, term
from qunkit.ink.columns import clip, width
from qunkit.ink.names import named
from qunkit.ink.sentences import CUT
from qunkit.results import Cell, Result, rest
from qunkit.schema import KINDS, NOT_POSTS
from qunkit.words import Lang, Text

_MORE = Text(
    "Only the first {limit} messages, {left} are left out; --group and --last choose, --format tsv gives all.",
    "只显示前 {limit} 条消息，其余 {left} 条未显示；可用 --group、--last 筛选，--format tsv 可得到全部。",
)
_SPEAKS = ("text", "quote", "solitaire", *NOT_POSTS)
"""Kinds whose text says what they are."""
_QUOTED = Text("{who}: {said}", "{who}：{said}")
_NOT_KNOWN = Text("(a message that is not there)", "（原消息不在数据中）")
_NOT_KEPT = Text("[not kept by the export]", "[导出时未保留]")
_LINES, _COLUMNS, _OF_A_QUOTE, _OF_A_NAME = 40, 2000, 160, 60
"""How much of one message a terminal shows: lines, and columns of text on them; columns of what is quoted, of a name."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message."""

    group: str
    day: str
    time: str
    """Empty where only the day is known."""
    who: str
    """Empty for a notice."""
    lines: list[str]
    """At least one."""
    quoted: str
    """Empty if it answers nothing."""
    cut: int
    """How many of these texts were too long and end in …."""


def chat(result: Result, lang: Lang, limit: int, *, short: bool = False) -> tuple[list[Said], list[str]]:
    """The first messages of a result that is a chat, and sentences on what was left out; `short`: long ones are cut."""
    source = result.rows()
    columns, rows, _ = named(result.columns, islice(source, limit))
    names = [column.name for column in columns]
    told = [_said(dict(zip(names, row, strict=True)), lang, short=short) for row in rows]
    return told, list(_left_out(rest(source), sum(one.cut for one in told), limit, lang))


def _left_out(left: int, cut: int, limit: int, lang: Lang) -> Iterator[str]:
    if left:
        yield _MORE.say(lang, limit=number(limit), left=number(left))
    if cut:
        yield CUT.say(lang, count=number(cut))


def _said(row: Mapping[str, Cell], lang: Lang, *, short: bool) -> Said:
    at = row["local_time"]
    told, quoted = [term(line) for line in _lines(row, lang)], term(_quoted(row, lang))
    who = "" if row["kind"] in NOT_POSTS or row["sender_name"] is None else term(str(row["sender_name"] or NULL))
    whole = (who, told, quoted)
    shown = (clip(who, _OF_A_NAME), _shortened(told), clip(quoted, _OF_A_QUOTE)) if short else whole
    return Said(
        group=str(row["group_name"] or NULL),
        day=_day(at, lang) if isinstance(at, date) else NULL,
        time=f"{at:%H:%M}" if isinstance(at, datetime) and row["time_quality"] != "day" else "",
        who=shown[0],
        lines=shown[1],
        quoted=shown[2],
        cut=sum(one != other for one, other in zip(whole, shown, strict=True)),
    )


def _day(at: date, lang: Lang) -> str:
    return f"{day(date(at.year, at.month, at.day))} {WEEKDAYS[at.weekday()].say(lang)}"


def _lines(row: Mapping[str, Cell], lang: Lang) -> list[str]:
    """The text, behind its kind in brackets if it is something else than text."""
    kind, text = str(row["kind"]), row["text"]
    first, *more = [line for line in lines(str(text or "")) if line.strip()] or [""]
    if kind in _SPEAKS and first:
        return [first, *more]
    if kind in ("text", "quote"):
        return [_NOT_KEPT.say(lang) if text is None else first]
    label = KINDS[kind].say(lang) if kind in KINDS else kind
    return [f"[{label}] {first}".rstrip(), *more]


def _quoted(row: Mapping[str, Cell], lang: Lang) -> str:
    """Whom and what a message answers, on one line; empty if it answers nothing."""
    if row["reply_to"] is None and row["kind"] != "quote":
        return ""
    if row.get("quote_kind") is None:
        return _NOT_KNOWN.say(lang)
    answered = {"kind": row["quote_kind"], "text": row["quote_text"]}
    return _QUOTED.say(lang, who=row["quote_sender"] or NULL, said=" ".join(_lines(answered, lang)))


def _shortened(told: list[str]) -> list[str]:
    """The lines that a terminal shows; there is an … if that is not all."""
    shown: list[str] = []
    left = _COLUMNS
    for line in told[:_LINES]:
        if left > 1:
            shown.append(clip(line, left))
            left -= width(line)
    return shown if len(shown) == len(told) else [*shown, "…"]
