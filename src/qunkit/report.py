"""The weekly report: what happened this week against the week before, section after section; renderers draw them.

A section is a file of `sections`: its `PLACE` says where it stands, its `PAGES`, if it has them, on which pages: that of all groups (``fleet``), those of one (``group``).
Every sentence is made of figures that stand in a result; nothing is counted here that an analysis does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Literal

from qunkit import enrich, registry
from qunkit.analyze import Engine, Models, Within, analyze
from qunkit.dataset import Scope
from qunkit.results import Cell, Note, Report, Result, Section
from qunkit.sections.summary import TITLE as _SUMMARY
from qunkit.week import WEEKS, Row, Week, monday
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.engines.duckdb import Engine as DuckDB

TITLE = Text("Weekly report {week}", "社群周报 {week}")

Page = Literal["fleet", "group"]
PAGES: tuple[Page, ...] = ("fleet", "group")
"""Where a section stands that says nothing of it."""
Progress = Callable[[Text | str, int, int], None]
"""Called with (what was done, steps done, steps in all)."""

_GROUP_TITLE = Text("{group} · weekly report {week}", "{group} · 社群周报 {week}")
_EMPTY_TITLE = Text("Weekly report", "社群周报")
_EMPTY = Text("The dataset has no messages.", "数据集中没有消息。")
_NO_DATA = Text("The dataset holds no data of this week.", "数据集中没有本周的数据。")
_HELD = 50
"""Groups whose messages are held in memory at a time, to be asked one by one."""
_COUNTED = ("messages", "notices", "groups")
"""Facts that are counted over all groups."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The report of all groups, and one of each."""

    index: Report
    names: Mapping[str, str]
    """Of the groups, by id."""
    reports: Iterator[tuple[str, Report]]
    """Id and report, made as they are read."""


def weekly(
    engine: Engine,
    scope: Scope,
    facts: Mapping[str, Cell],
    *,
    empty: bool,
    models: Models = enrich.own_model,
    progress: Progress | None = None,
    within: Within | None = None,
) -> Report:
    """The report of the week that `scope` opens; `facts` are told with it. `empty`: the dataset has no messages at all.

    `scope.since` and `scope.until` must be set: seven days, or up to as-of in a week that is not over. `models` are as in `analyze`; without `within`
    nothing is said that needs the weeks before of an analysis. Of one group that is chosen, it is the page of that group.
    """
    past = partial(_past, within, scope, models) if within else None

    def asked(name: str, params: Mapping[str, object]) -> Result:
        return analyze(engine, name, _told(name, params), scope=scope, models=models)

    week = Week(asked, scope, facts, past=past)
    if len(scope.groups) == 1 and not empty and week.this["data_days"] and (groups := week.rows("compare_groups")):
        return _only_group(week.of_group(groups[0]["group_id"], asked), groups[0], progress or _quiet)
    return _index(week, empty=empty, progress=progress or _quiet)


def every(
    engine: DuckDB,
    scope: Scope,
    facts: Mapping[str, Cell],
    *,
    empty: bool,
    models: Models = enrich.own_model,
    progress: Progress | None = None,
    within: Within | None = None,
) -> Pages:
    """The same, and a report of each group by itself.

    An analysis is asked once for all groups, and its rows are dealt out; only those that do not tell groups apart are asked group by group.
    """
    progress = progress or _quiet

    def asked(groups: tuple[str, ...], name: str, params: Mapping[str, object]) -> Result:
        engine.narrow(replace(scope, groups=groups))
        return analyze(engine, name, _told(name, params), scope=scope, models=models)

    past = partial(_past, within, scope, models) if within else None
    week = Week(partial(asked, scope.groups), scope, facts, past=past)
    index = _index(week, empty=empty, progress=progress)
    named = {} if empty or not week.this["data_days"] else {row["group_id"]: row for row in week.rows("compare_groups")}
    names = {id_: str(row["group_name"]) for id_, row in named.items()}

    def reports() -> Iterator[tuple[str, Report]]:
        near = sorted(names)  # as they lie in the files
        for nth, id_ in enumerate(near):
            if nth % _HELD == 0:
                engine.hold(near[nth : nth + _HELD])
            yield id_, _of_group(week.of_group(id_, partial(asked, (id_,))), names[id_], index.facts)
            progress(names[id_], nth + 1, len(names))

    return Pages(index, names, reports())


def _past(within: Within, scope: Scope, models: Models, name: str, params: Mapping[str, object]) -> Result:
    """An analysis of the week and those before it together."""
    wide = replace(scope, since=monday(scope) - timedelta(weeks=WEEKS))
    with within(wide) as engine:
        found = analyze(engine, name, _told(name, params), scope=wide, models=models)
        return replace(found, cells=list(found.rows()))


def _told(name: str, params: Mapping[str, object]) -> object:
    return registry.load("analyses", name).Params(**params)


def _index(week: Week, *, empty: bool, progress: Progress) -> Report:
    if empty:
        told = {**week.facts, "week": None, "since": None, "until": None, "as_of": None}
        return Report("weekly", Note(_EMPTY_TITLE), [Section("summary", _SUMMARY, [Note(_EMPTY)])], told)
    title = Note(TITLE, (("week", week.name),))
    if not week.this["data_days"]:
        told = {"week": week.name, **week.facts}
        return Report("weekly", title, [Section("summary", _SUMMARY, [Note(_NO_DATA)])], told)
    sections = list(_sections(week, "fleet", progress))
    return Report("weekly", title, sections, _facts(week))


def _only_group(week: Week, group: Row, progress: Progress) -> Report:
    """The page of the one group that was chosen: what is counted of all is counted of it."""
    sections = list(_sections(week, "group", progress))
    facts = _facts(week.fleet or week)
    return _page_of(str(group["group_name"]), sections, {key: fact for key, fact in facts.items() if key != "groups"})


def _of_group(week: Week, name: str, facts: Mapping[str, Cell]) -> Report:
    sections = list(_sections(week, "group", _quiet))
    return _page_of(name, sections, {key: fact for key, fact in facts.items() if key not in _COUNTED})


def _page_of(name: str, sections: list[Section], facts: dict[str, Cell]) -> Report:
    title = Note(_GROUP_TITLE, (("group", name), ("week", facts["week"])))
    return Report("weekly_group", title, [_alone(section) for section in sections], facts)


def _facts(week: Week) -> dict[str, Cell]:
    """Which week, what is known of it, and the model that judged ads."""
    models = [model for result in week.kept.values() if (model := result.facts.get("model"))]
    return {"week": week.name, **week.facts} | ({"model": models[0]} if models else {})


def _sections(week: Week, page: Page, progress: Progress) -> Iterator[Section]:
    """Those of a page, in their places."""
    modules = [module for module in _modules() if page in getattr(module, "PAGES", PAGES)]
    for nth, module in enumerate(modules, 1):
        if section := module.section(week):
            yield section
        progress(module.TITLE, nth, len(modules))


def _modules() -> list[ModuleType]:
    found = (registry.load("sections", name) for name in registry.names("sections"))
    return sorted(found, key=lambda module: module.PLACE)


def _alone(section: Section) -> Section:
    """A section of one group's page: that every row is of this group need not be said in each."""
    return replace(
        section,
        result=section.result and _without_group(section.result),
        sections=[_alone(one) for one in section.sections],
    )


def _without_group(result: Result) -> Result:
    kept = [at for at, column in enumerate(result.columns) if column.name not in ("group_id", "group_name")]
    cells = [tuple(row[at] for at in kept) for row in result.rows()]
    return replace(result, columns=tuple(result.columns[at] for at in kept), cells=cells)


def _quiet(done: Text | str, steps: int, of: int) -> None:
    """Nobody watches."""
