"""Notes and facts in words: a phrase with its facts filled in, and the line that says what a table is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from string import Formatter

from qunkit.ink.cells import change, day, duration, is_change, is_missing, listed, number, percent
from qunkit.results import Cell, Note
from qunkit.words import Lang, Text

MORE = Text(
    "Only the first {limit} rows, {left} are left out; --format tsv gives all.",
    "只显示前 {limit} 行，其余 {left} 行未显示，--format tsv 可得到全部。",
)
CUT = Text(
    "Long texts cut (…): {count}; --format tsv gives all.", "{count} 处长文本已截断（…），--format tsv 可得到全部。"
)
IDS = Text("Ids are left out; --format tsv gives them.", "未显示 id，--format tsv 可得到。")
EMPTY = Text("nothing found", "没有数据")

_WITHIN = Text("{title}: {said}", "{title}：{said}")

_SHARES = ("share", "ratio", "rate", "coverage")
_SPAN = Text("{since} to {last}", "{since} 至 {last}")
_FROM = Text("from {since}", "{since} 起")
_TO = Text("to {last}", "至 {last}")
_DATA = Text("data {span}", "数据 {span}")
_HOLES = Text("days without data: {count}", "{count} 天无数据")
_LABELS: dict[str, Text] = {
    "as_of": Text("as of {value}", "截至 {value}"),
    "timezone": Text("time zone {value}", "时区 {value}"),
    "coverage": Text("coverage {value}", "覆盖 {value}"),
    "messages": Text("messages: {value}", "{value} 条消息"),
    "notices": Text("notices: {value}", "{value} 条提示"),
    "groups": Text("groups: {value}", "{value} 个群"),
    "dataset": Text("dataset {value}", "数据集 {value}"),
    "model": Text("model {value}", "模型 {value}"),
}
_OTHER = Text("{name} {value}", "{name} {value}")
_SAID_OTHERWISE = ("since", "until", "first", "last", "days", "holes")
_NOT_SAID = ("config", "week")  # a hash for machines; what the title of a report says


def pieces(note: Note, lang: Lang) -> Iterator[tuple[str, bool]]:
    """A note in pieces, not yet cleaned: (text, whether it is a number or a change that may stand out).

    A fact with its own format specification (``{share:.0%}``) is formatted by that. Else its name says how: ``change``
    and ``…_change`` with ▲▼ (a float is a share of 1), ``share``, ``ratio``, ``rate`` and ``coverage`` (or ending so) per
    cent, ``seconds`` a duration; integers but a ``year`` get thousands separators, dates are ISO; a phrase is said in the same language.

    Raises:
        KeyError: a field of the phrase has no fact.
    """
    facts = dict(note.facts)
    phrase = note.text.zh if lang == "zh" else note.text.en
    if not facts:  # the same rule as Text.say: without facts a brace is a brace
        yield phrase, False
        return
    for words, name, spec, conversion in Formatter().parse(phrase):
        if words:
            yield words, False
        if name is not None:
            value = Formatter().convert_field(facts[name], conversion)
            bold = isinstance(value, int | float) and not isinstance(value, bool)
            yield (format(value, spec) if spec else fact(name, value, lang)), bold


def sentence(note: Note, lang: Lang) -> str:
    """A note as one sentence, not yet cleaned; see `pieces`."""
    return "".join(text for text, _ in pieces(note, lang))


def within(title: Text, said: list[str], lang: Lang) -> list[str]:
    """Sentences about one section of a report, with its title, not yet cleaned."""
    return [_WITHIN.say(lang, title=title.say(lang), said=one) for one in said]


def fact(name: str, value: object, lang: Lang) -> str:
    """One fact in words, by its name and type; see `pieces`."""
    if is_missing(value):
        return "–"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(name, value, lang)
    if isinstance(value, date):
        return day(_whole(value))
    if isinstance(value, Text):
        return value.say(lang)
    if isinstance(value, Note):
        return sentence(value, lang)
    if isinstance(value, list | tuple):
        return listed((fact("", item, lang) for item in value), lang)
    return str(value)


def _number(name: str, value: float, lang: Lang) -> str:
    if name == "year":
        return str(value)
    if is_change(name):
        return change(value, share=isinstance(value, float))
    last = name.rpartition("_")[2]
    if last in _SHARES:
        return percent(value)
    return duration(value, lang) if last == "seconds" else number(value)


def _whole(value: date) -> date:
    """Midnight is the day itself."""
    return value.date() if isinstance(value, datetime) and value.time() == time() else value


def context(facts: Mapping[str, Cell], lang: Lang) -> list[str]:
    """What a table is about, in words, not yet cleaned: the window with its last day, as of, time zone, the data's own
    first and last day with the holes in between, and every other fact by its name (not the hash of the settings, nor the week, which a report has in its title)."""
    said = [*_window(facts, lang)]
    for name, value in facts.items():
        if name in (*_SAID_OTHERWISE, *_NOT_SAID) or is_missing(value):
            continue
        shown = _instant(value) if name == "as_of" and isinstance(value, datetime) else fact(name, value, lang)
        said.append(_LABELS.get(name, _OTHER).say(lang, name=name, value=shown[:12] if name == "dataset" else shown))
        if name == "timezone":
            said += _data(facts, lang)
    return said


def _instant(value: datetime) -> str:
    """The last instant of a day is that day."""
    return day(value if value.time() < time(23, 59, 59, 999000) else value.date())


def _window(facts: Mapping[str, Cell], lang: Lang) -> list[str]:
    """The window as people say it: `until` is exclusive, so midnight means that the day before is the last."""
    since, until = facts.get("since"), facts.get("until")
    if isinstance(until, date):
        end = _whole(until)
        until = end if isinstance(end, datetime) else end - timedelta(days=1)
    return _span(since, until, lang)


def _data(facts: Mapping[str, Cell], lang: Lang) -> list[str]:
    """What the data cover, and for how many days between they say nothing."""
    first, last, holes = facts.get("first"), facts.get("last"), facts.get("holes")
    span = _span(_date(first), _date(last), lang)
    said = [_DATA.say(lang, span=text) for text in span]
    if isinstance(holes, list | tuple) and holes:
        said.append(_HOLES.say(lang, count=number(len(holes))))
    return said


def _date(value: Cell) -> Cell:
    return value.date() if isinstance(value, datetime) else value


def _span(since: Cell, last: Cell, lang: Lang) -> list[str]:
    """Two ends, of which either may be open; the year once if it is the same."""
    start = day(_whole(since)) if isinstance(since, date) else None
    end = day(_whole(last)) if isinstance(last, date) else None
    if start and end:
        same_year = start[:5] if end.startswith(start[:5]) else ""
        return [start if start == end else _SPAN.say(lang, since=start, last=end.removeprefix(same_year))]
    if start:
        return [_FROM.say(lang, since=start)]
    return [_TO.say(lang, last=end)] if end else []
