"""One question asked of rows, as the command line asks it: a snapshot, an engine, an analysis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from qunkit.analyze import Models, analyze
from qunkit.dataset import Scope
from qunkit.engines.duckdb import connect
from qunkit.enrich import own_model
from qunkit.registry import load
from qunkit.results import Result
from qunkit.words import Lang
from support.messages import write_snapshot

EVERYTHING = Scope()


def ask(
    name: str,
    rows: Iterable[Mapping[str, Any]],
    *,
    members: Iterable[Mapping[str, Any]] = (),
    scope: Scope = EVERYTHING,
    threads: int = 1,
    reverse: bool = False,
    models: Models = own_model,
    **params: Any,
) -> list[dict[str, Any]]:
    """The rows of the analysis `name`, as dicts; `reverse` lets the files hold their rows backwards, which must not matter."""
    with answered(name, rows, members, scope, threads, reverse=reverse, models=models, **params) as result:
        names = [column.name for column in result.columns]
        return [dict(zip(names, row, strict=True)) for row in result.rows()]


def notes(name: str, rows: Iterable[Mapping[str, Any]], scope: Scope = EVERYTHING, lang: Lang = "en", **params: Any) -> list[str]:  # fmt: skip
    """What the analysis `name` says below its table."""
    with answered(name, rows, scope=scope, **params) as result:
        return [note.say(lang) for note in result.notes]


@contextmanager
def answered(
    name: str,
    rows: Iterable[Mapping[str, Any]],
    members: Iterable[Mapping[str, Any]] = (),
    scope: Scope = EVERYTHING,
    threads: int = 1,
    *,
    reverse: bool = False,
    models: Models = own_model,
    **params: Any,
) -> Iterator[Result]:
    """The result of the analysis `name`."""
    with TemporaryDirectory() as folder:
        snapshot = write_snapshot(Path(folder), rows, members, reverse=reverse)
        with connect(snapshot, scope, threads=threads) as engine:
            yield analyze(engine, name, load("analyses", name).Params(**params), scope=scope, models=models)


def table(rows: Iterable[Mapping[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """Some columns of rows."""
    return [tuple(row[name] for name in names) for row in rows]
