"""Keys and values of one file, checked: whatever is wrong is told with where it is and what is expected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from qunkit.config.columns import FIELDS, lacking
from qunkit.config.tables import (
    ENGINES,
    NAMES,
    Ads,
    Alerts,
    Complaints,
    Config,
    Kol,
    Lifecycle,
    Members,
    People,
    Response,
    Topics,
)
from qunkit.errors import BadConfig
from qunkit.words import LANGS, Lang, Text

_TABLES = (
    "lang", "day_start", "staff", "bots", "tags", "map", "names", "engine", "ads", "kol", "members", "lifecycle", "response",
    "topics", "complaints", "alerts", "events",
)  # fmt: skip
"""Keys of the file itself, in the order in which people are told of them."""
_HOURS = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)
_LACKED = re.compile(r"\(\?<?[=!]|\\[1-9]|\(\?P=|\\k<")
"""What other regular expressions have."""


_MEMBERS_BOUNDS: dict[str, tuple[float, float | None]] = {"core_score": (0, 5), "ad_share": (0, 1), "fan_days": (0, 28)}
"""Scores are of 5, shares of 1, and a stage goes by 28 days; everything else of `[members]` counts from 0 on."""


def day_of(text: str) -> date | None:
    """A date as 2026-11-11; None: it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Reader:
    """Checks one file's keys and values, and says where one is wrong."""

    path: Path

    def config(self, table: Mapping[str, Any]) -> Config:
        self._known(table, "", _TABLES)
        staff = self._table(table, "staff")
        groups = self._table(staff, "staff.groups")
        return Config(
            self._lang(table),
            self._hour(table),
            self._people(staff, "staff", ("groups",)),
            {name: self._people(self._table(groups, "staff.groups", name), f"staff.groups.{name}") for name in groups},
            self._people(self._table(table, "bots"), "bots"),
            {name: self._texts(value, f"tags.{name}") for name, value in self._table(table, "tags").items()},
            {name: self._map(self._table(table, "map"), name) for name in self._table(table, "map")},
            self._names(table),
            *self._engine(self._table(table, "engine")),
            self._ads(self._table(table, "ads")),
            self._kol(self._table(table, "kol")),
            self._members(self._table(table, "members")),
            self._lifecycle(self._table(table, "lifecycle")),
            self._response(self._table(table, "response")),
            self._topics(self._table(table, "topics")),
            self._complaints(self._table(table, "complaints")),
            self._alerts(self._table(table, "alerts")),
            self._marked(table.get("events", [])),
        )

    def _map(self, maps: Mapping[str, Any], pattern: str) -> Mapping[str, str]:
        columns = self._table(maps, "map", pattern)
        self._known(columns, f"map.{pattern}.", tuple(FIELDS))
        for name, column in columns.items():
            if not isinstance(column, str) or not column:
                raise self._wrong(f"map.{pattern}.{name}", Text("the name of a column", "列名"))
        if why := lacking(columns):
            raise BadConfig(path=self.path, why=Text(f"map.{pattern} {why.en}", f"map.{pattern} {why.zh}"))
        return columns

    def _engine(self, table: Mapping[str, Any]) -> tuple[str | None, str | None]:
        self._known(table, "engine.", ("name", "spark_url"))
        name, url = table.get("name"), table.get("spark_url")
        if name not in (None, *ENGINES):
            raise self._wrong("engine.name", Text(" or ".join(ENGINES), " " + " 或 ".join(ENGINES)))
        if not isinstance(url, str | None) or url == "":
            raise self._wrong("engine.spark_url", Text("an address such as sc://host", "地址（如 sc://host）"))
        return name, url

    def _ads(self, table: Mapping[str, Any]) -> Ads:
        usual = asdict(Ads())
        self._known(table, "ads.", tuple(usual))
        told: dict[str, Any] = {}
        for key, value in table.items():
            read = self._patterns if key.endswith("_patterns") else self._texts if usual[key] == () else self._ratio
            told[key] = read(value, f"ads.{key}")
        return Ads(**told)

    def _kol(self, table: Mapping[str, Any]) -> Kol:
        usual = asdict(Kol())
        self._known(table, "kol.", tuple(usual))
        told: dict[str, Any] = {}
        for key, value in table.items():
            told[key] = (self._labels if key == "labels" else self._least)(value, f"kol.{key}")
        return Kol(**told)

    def _members(self, table: Mapping[str, Any]) -> Members:
        usual = asdict(Members())
        del usual["file"]
        self._known(table, "members.", tuple(usual))
        tags = self._table(table, "members.tags")
        told: dict[str, Any] = {name: self._words(value, f"members.tags.{name}") for name, value in tags.items()}
        numbers: dict[str, Any] = {
            key: self._within(value, f"members.{key}", *_MEMBERS_BOUNDS.get(key, (0, None)))
            for key, value in table.items()
            if key != "tags"
        }
        return Members(**numbers, tags=told)

    def _lifecycle(self, table: Mapping[str, Any]) -> Lifecycle:
        self._known(table, "lifecycle.", tuple(asdict(Lifecycle())))
        shares = ("silence_chance", "ad_share", "half", "dormant")
        return Lifecycle(
            **{
                key: (self._ratio if key in shares else self._least)(value, f"lifecycle.{key}")
                for key, value in table.items()
            }
        )

    def _response(self, table: Mapping[str, Any]) -> Response:
        usual = Response()
        self._known(table, "response.", tuple(asdict(usual)))
        return Response(
            self._hours(table["hours"]) if "hours" in table else usual.hours,
            self._days(table["days"]) if "days" in table else usual.days,
            self._texts(table["exempt"], "response.exempt") if "exempt" in table else usual.exempt,
        )

    def _topics(self, table: Mapping[str, Any]) -> Topics:
        self._known(table, "topics.", tuple(asdict(Topics())))
        return Topics(**{key: self._texts(value, f"topics.{key}") for key, value in table.items()})

    def _complaints(self, table: Mapping[str, Any]) -> Complaints:
        self._known(table, "complaints.", tuple(asdict(Complaints())))
        return Complaints(**{key: self._texts(value, f"complaints.{key}") for key, value in table.items()})

    def _alerts(self, table: Mapping[str, Any]) -> Alerts:
        usual = asdict(Alerts())
        self._known(table, "alerts.", tuple(usual))
        told: dict[str, Any] = {}
        for key, value in table.items():
            shares = ("unanswered_share", "newcomers_share", "limit_chance")
            read = self._flag if isinstance(usual[key], bool) else self._ratio if key in shares else self._least
            told[key] = read(value, f"alerts.{key}")
        return Alerts(**told)

    def _marked(self, value: object) -> tuple[tuple[date, str], ...]:
        """Days with their labels."""
        expected = Text("tables of a date and a label", "由 date 和 label 组成的表")
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self._wrong("events", expected)
        for one in value:
            self._known(one, "events.", ("date", "label"))
        found = [(day, one.get("label")) for one in value if (day := self._date(one.get("date")))]
        if len(found) < len(value) or not all(isinstance(label, str) and label.strip() for _, label in found):
            raise self._wrong("events", expected)
        return tuple(sorted((day, str(label).strip()) for day, label in found))

    def _date(self, value: object) -> date | None:
        """A date of TOML, or one in a text."""
        if isinstance(value, str):
            return day_of(value)
        return value if isinstance(value, date) and not isinstance(value, datetime) else None

    def _hours(self, value: object) -> tuple[int, int]:
        found = _HOURS.fullmatch(value) if isinstance(value, str) else None
        if found:
            begin, end = (int(found[n]) * 60 + int(found[n + 1]) for n in (1, 3))
            if begin != end and begin < 1440 and end <= 1440 and int(found[2]) < 60 and int(found[4]) < 60:
                return begin, end
        raise self._wrong("response.hours", Text('hours such as "09:00-21:00"', '时段（如 "09:00-21:00"）'))

    def _days(self, value: object) -> tuple[int, ...]:
        if isinstance(value, list) and value and all(type(day) is int and 1 <= day <= 7 for day in value):
            return tuple(sorted(set(value)))
        raise self._wrong("response.days", Text("a list of weekdays, 1 to 7", "星期的列表（1 到 7）"))

    def _words(self, value: object, where: str) -> tuple[str, ...] | str:
        """A list of words or a condition; what a condition may say is known to who reads it."""
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, list) and value and all(isinstance(item, str) and item.strip() for item in value):
            return tuple(value)
        raise self._wrong(
            where, Text('a list of words or a condition such as "orders >= 2"', '词语列表或条件（如 "orders >= 2"）')
        )

    def _labels(self, value: object, where: str) -> tuple[str, ...]:
        labels, known = self._texts(value, where), Kol().labels
        if set(labels) <= set(known):
            return labels
        raise self._wrong(where, Text(f"a list of some of {', '.join(known)}", f"以下标签的列表：{'、'.join(known)}"))

    def _flag(self, value: object, where: str) -> bool:
        if isinstance(value, bool):
            return value
        raise self._wrong(where, Text("true or false", " true 或 false"))

    def _least(self, value: object, where: str) -> float:
        return self._within(value, where, 0, None)

    def _within(self, value: object, where: str, least: float, most: float | None) -> float:
        top = 1e9 if most is None else most
        if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= top:
            return float(value)
        if most is None:
            raise self._wrong(where, Text(f"a number from {least} on", f"不小于 {least} 的数"))
        raise self._wrong(where, Text(f"a number from {least} to {most}", f" {least} 到 {most} 之间的数"))

    def _patterns(self, value: object, where: str) -> tuple[str, ...]:
        """Regular expressions, each tried on a text: only RE2 itself knows what it understands."""
        found = self._texts(value, where)
        if not found:
            return found
        import pyarrow as pa
        import pyarrow.compute as pc

        for pattern in found:
            try:
                pc.match_substring_regex(pa.array(["a"]), pattern)
            except pa.ArrowInvalid as error:
                why = str(error).removeprefix("Invalid regular expression: ")
                raise BadConfig(path=self.path, why=_no_re2(where, pattern, why)) from None
        return found

    def _ratio(self, value: object, where: str) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1:
            return float(value)
        raise self._wrong(where, Text("a ratio between 0 and 1", " 0 到 1 之间的比例"))

    def _people(self, table: Mapping[str, Any], where: str, others: tuple[str, ...] = ()) -> People:
        self._known(table, where + ".", ("ids", "names", *others))
        return People(*(self._texts(table.get(key, []), f"{where}.{key}") for key in ("ids", "names")))

    def _lang(self, table: Mapping[str, Any]) -> Lang | None:
        value = table.get("lang")
        for lang in LANGS:
            if value == lang:
                return lang
        if value is not None:
            raise self._wrong("lang", Text("en or zh", "en 或 zh"))
        return None

    def _hour(self, table: Mapping[str, Any]) -> int:
        value = table.get("day_start", 0)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 23:
            return value
        raise self._wrong("day_start", Text("an hour from 0 to 23", "0 到 23 的整点"))

    def _names(self, table: Mapping[str, Any]) -> str | None:
        value = table.get("names")
        if value is None or value in NAMES:
            return value
        raise self._wrong("names", Text("group, nickname or remark", " group、nickname 或 remark"))

    def _table(self, table: Mapping[str, Any], where: str, name: str | None = None) -> Mapping[str, Any]:
        value = table.get(name if name is not None else where.rpartition(".")[2], {})
        if isinstance(value, dict):
            return value
        raise self._wrong(where if name is None else f"{where}.{name}", Text("a table", "表（table）"))

    def _texts(self, value: object, where: str) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(item, str) and item for item in value):
            return tuple(value)
        raise self._wrong(where, Text('a list of texts such as ["a", "b"]', '文本列表，如 ["a", "b"]'))

    def _known(self, table: Mapping[str, Any], where: str, keys: tuple[str, ...]) -> None:
        for key in table:
            if key not in keys:
                raise BadConfig(path=self.path, why=_unknown(where, key, keys))

    def _wrong(self, key: str, expected: Text) -> BadConfig:
        return BadConfig(path=self.path, why=Text(f"{key} is not {expected.en}", f"{key} 不是{expected.zh}"))


def _no_re2(where: str, pattern: str, why: str) -> Text:
    """What is wrong with a pattern; other engines have what RE2 lacks."""
    en, zh = (
        f"{where}: {pattern} is no regular expression of RE2 ({why})",
        f"{where}：{pattern} 不是有效的 RE2 正则表达式（{why}）",
    )
    if _LACKED.search(pattern):
        en += "; RE2 has neither lookaround, such as (?=…) and (?<!…), nor backreferences, such as \\1"
        zh += "；RE2 不支持 (?=…)、(?<!…) 等环视和 \\1 等反向引用"
    return Text(en, zh)


def _unknown(where: str, key: str, keys: tuple[str, ...]) -> Text:
    from difflib import get_close_matches

    near = get_close_matches(key, keys, n=1, cutoff=0.6)
    if not near:
        known = ", ".join(where + name for name in keys)
        return Text(f"unknown key {where}{key}; known are {known}", f"未知配置项 {where}{key}，可用的有 {known}")
    meant = where + near[0]
    return Text(f"unknown key {where}{key} (did you mean {meant}?)", f"未知配置项 {where}{key}（是否想写 {meant}？）")
