"""The weekly report: what happened this week against the week before, section after section; renderers draw them.

A section is a file of `sections`: its `PLACE` says where it stands. Every sentence is made of figures that stand in a result; nothing is counted here that an
analysis does not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from qunkit import enrich, registry
from qunkit.analyze import Engine, Models, analyze
from qunkit.dataset import Scope
from qunkit.results import Cell, Note, Report, Section
from qunkit.sections.summary import TITLE as _SUMMARY
from qunkit.week import Week
from qunkit.words import Text

TITLE = Text("Weekly report {week}", "社群周报 {week}")

_EMPTY_TITLE = Text("Weekly report", "社群周报")
_EMPTY = Text("The dataset has no messages.", "数据集中没有消息。")
_NO_DATA = Text("The dataset holds no data of this week.", "数据集中没有本周的数据。")


def weekly(
    engine: Engine, scope: Scope, facts: Mapping[str, Cell], *, empty: bool, models: Models = enrich.own_model
) -> Report:
    """The report of the week that `scope` opens; `facts` are told with it. `empty`: the dataset has no messages at all.

    `scope.since` and `scope.until` must be set: seven days, or up to as-of in a week that is not over. `models` are as in `analyze`.
    """
    if empty:
        told = {**facts, "week": None, "since": None, "until": None, "as_of": None}
        return Report("weekly", Note(_EMPTY_TITLE), [Section("summary", _SUMMARY, [Note(_EMPTY)])], told)
    week = Week(partial(analyze, engine, scope=scope, models=models), scope, facts)
    name = f"{scope.since:%G-W%V}" if scope.since else ""
    title, told = Note(TITLE, (("week", name),)), {"week": name, **facts}
    if not week.this["data_days"]:
        return Report("weekly", title, [Section("summary", _SUMMARY, [Note(_NO_DATA)])], told)
    modules = sorted(
        (registry.load("sections", name) for name in registry.names("sections")), key=lambda module: module.PLACE
    )
    sections = [section for section in (module.section(week) for module in modules) if section]
    models_named = [model for result in week.kept.values() if (model := result.facts.get("model"))]
    return Report("weekly", title, sections, told | ({"model": models_named[0]} if models_named else {}))
