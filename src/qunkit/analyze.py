"""One analysis: query where the data is, finish here, check the columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

from qunkit import enrich, registry
from qunkit.dataset import Kept, Scope
from qunkit.errors import AnalysisBroken
from qunkit.results import Cell, Note, Result
from qunkit.rows import Rows
from qunkit.schema import NOT_POSTS
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Models = Callable[[str, object], enrich.Model | None]
"""The model that a feature goes by in an analysis with such parameters; None: it needs none."""
_MODEL = Text("Judged by {model}, which was learnt for this dataset.", "判定依据：本数据集学习的模型 {model}。")
_TICK = timedelta(milliseconds=1)
_NO_DATA = datetime(1970, 1, 1)  # noqa: DTZ001 (a wall clock, and nothing is there)


class Engine(enrich.Engine, Protocol):
    """What an analysis needs of an engine; `engines` holds those that there are."""

    def sql(self, text: str, **params: object) -> pa.Table: ...

    def table(self, name: str, table: pa.Table) -> None: ...

    def keep(self, name: str, kept: Kept) -> None: ...

    def parts(
        self,
        name: str,
        function: Callable[[pa.Table], pa.Table],
        text: str,
        key: str,
        python: bool,
        /,
        **params: object,
    ) -> None: ...


Within = Callable[[Scope], AbstractContextManager[Engine]]
"""Another engine on the same state of the dataset, which shows what another scope lets through."""


def analyze(
    engine: Engine,
    name: str,
    params: object = None,
    *,
    scope: Scope,
    facts: Mapping[str, Cell] | None = None,
    models: Models = enrich.own_model,
) -> Result:
    """The result of the analysis `name` with `params` (None: its defaults) on what `engine` shows of `scope`.

    `facts` are told with the result. Times that the scope leaves open are the ends of the data. `models` gives the model that a feature goes by, which is
    told with the result, too.

    Raises:
        LookupError: there is no such analysis.
        AnalysisBroken: it returned other columns than it declares.
    """
    module = registry.load("analyses", name)
    params = module.Params() if params is None else params
    features = _features(name)
    given = {feature: model for feature in features if (model := models(feature, params)) is not None}
    read = [module.SQL, *(kept.sql for kept in _kept(module, module.SQL).values())]
    posts = "all_posts" if any("all_posts" in text for text in read) else "posts"
    told = enrich.show(engine, features, given, posts) if features else []
    found = _answer(engine, name, params, _times(engine, scope))
    told += module.remarks(engine.sql) if hasattr(module, "remarks") else []
    if hasattr(module, "explained"):
        found = module.explained(found, params, given)
    _check(name, module, found)
    told += [note for model in given.values() for note in model.notes(engine.sql)]
    told += [Note(_MODEL, (("model", model.name),)) for model in given.values() if model.learned]
    notes = getattr(module, "notes", None)
    return Result(
        name=name,
        title=module.TITLE,
        columns=module.COLUMNS,
        cells=Rows(found, module.COLUMNS),
        notes=(notes(_frame(found), params) if notes else []) + told,
        facts=dict(facts or {}) | ({"model": ", ".join(model.name for model in given.values())} if given else {}),
    )


def coverage(engine: Engine, since: datetime | None = None) -> dict[str, Any]:
    """What the data covers: first and last local time, days from the one to the other; messages, notices and groups of the scope from `since`.

    ``holes``: days between on which no group of the dataset has any data; times are None where there are no messages.
    """
    notice = f"CASE WHEN kind IN {NOT_POSTS} THEN 1 END"
    text = f"SELECT COUNT(*) - COUNT({notice}) AS messages, COUNT({notice}) AS notices, COUNT(DISTINCT group_id) AS groups FROM messages"
    counted = engine.sql(f"{text} WHERE local_time >= :since", since=since) if since else engine.sql(text)
    days = engine.sql("SELECT day, observed, first_at, last_at FROM days ORDER BY day").to_pylist()
    return {
        "first": days[0]["first_at"] if days else None,
        "last": max((day["last_at"] for day in days if day["observed"]), default=None),
        "days": len(days),
        "holes": [day["day"] for day in days if not day["observed"]],
    } | {key: cells[0] for key, cells in counted.to_pydict().items()}


def _features(name: str) -> list[str]:
    """The features that an analysis reads, and those that it uses."""
    module = registry.load("analyses", name)
    own = set(getattr(module, "FEATURES", ()))
    return sorted(own.union(*(_features(used) for used in getattr(module, "USES", ()))))


def _answer(engine: Engine, name: str, params: Any, times: Mapping[str, datetime]) -> pa.Table | pd.DataFrame:
    """The table of an analysis, finished and with the columns it declares."""
    module = registry.load("analyses", name)
    for used in getattr(module, "USES", ()):
        _use(engine, used, times)
    given: dict[str, Any] = asdict(params) | dict(times)
    if hasattr(module, "PART_SQL"):
        _keep(engine, _kept(module, module.PART_SQL))
        python = getattr(module, "PYTHON", False)
        engine.parts("parts", partial(module.per_group, params=params), module.PART_SQL, "part", python, **given)
    _keep(engine, _kept(module, module.SQL))
    found = engine.sql(module.SQL, **given)
    if hasattr(module, "finish"):
        found = module.finish(found.to_pandas(), params)
    return found


def _kept(module: ModuleType, text: str) -> dict[str, Kept]:
    """The kept tables that `text` reads, and before each those that it is made of."""
    tables: Mapping[str, Kept] = getattr(module, "KEPT", {})
    found: dict[str, Kept] = {}
    for name in [name for name in tables if re.search(rf"\b{name}\b", text)]:
        found |= _kept(module, tables[name].sql) | {name: tables[name]}
    return found


def _keep(engine: Engine, tables: Mapping[str, Kept]) -> None:
    for name, kept in tables.items():
        engine.keep(name, kept)


def _use(engine: Engine, name: str, times: Mapping[str, datetime]) -> None:
    """Show the result of another analysis, with its defaults, as a view of its name."""
    import pyarrow as pa

    found = _answer(engine, name, registry.load("analyses", name).Params(), times)
    engine.table(name, found if isinstance(found, pa.Table) else pa.Table.from_pandas(found, preserve_index=False))


def _times(engine: Engine, scope: Scope) -> dict[str, datetime]:
    """since, until and as_of, none of them open: SQL has no type for a parameter that is null."""
    if scope.since and scope.until and scope.as_of:
        return {"since": scope.since, "until": scope.until, "as_of": scope.as_of}
    ends = engine.sql("SELECT MIN(first_at) AS first, MAX(last_at) AS last FROM days").to_pylist()[0]
    first, last = ends["first"] or _NO_DATA, ends["last"] or _NO_DATA
    return {"since": scope.since or first, "until": scope.until or last + _TICK, "as_of": scope.as_of or last}


def _check(name: str, module: ModuleType, found: pa.Table | pd.DataFrame) -> None:
    import pyarrow as pa

    names = found.column_names if isinstance(found, pa.Table) else list(found.columns)
    declared = [column.name for column in module.COLUMNS]
    if names != declared:
        raise AnalysisBroken(name=name, found=names, declared=declared)


def _frame(found: pa.Table | pd.DataFrame) -> pd.DataFrame:
    import pyarrow as pa

    return found.to_pandas() if isinstance(found, pa.Table) else found
