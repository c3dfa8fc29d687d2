"""Messages → features: what can be said of a text alone, worked out once for each distinct text. The same function on every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from qunkit import registry
from qunkit.results import Note
from qunkit.schema import Field, Table
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    Batches = Iterator[pa.RecordBatch]

TEXT = Field("text", "string", False, Text("the text of one or more messages", "文本"))
_TEXTS = "SELECT text FROM texts_of_{posts}"
_NOT_KEPT = Text(
    "What was worked out of the texts cannot be kept in the dataset: the next time it is worked out again.",
    "文本特征无法保存到数据集，下次需重新计算。",
)


class Model(Protocol):
    """What a feature may go by, beside the text."""

    @property
    def name(self) -> str:
        """What people know it by."""
        ...

    @property
    def learned(self) -> bool:
        """Whether it was learnt for this dataset."""
        ...

    def notes(self, ask: Callable[[str], pa.Table]) -> list[Note]:
        """What has to be said of it beside an answer; `ask` runs a query on what the engine shows."""
        ...


class Engine(Protocol):
    """What features need of an engine."""

    def table(self, name: str, table: pa.Table) -> None: ...

    def derive(self, name: str, function: Callable[[Batches], Batches], text: str, table: Table) -> bool: ...

    def view(self, name: str, sql: str) -> None: ...


def own_model(feature: str, params: object = None) -> Model | None:
    """The model that a feature brings along, if it goes by one."""
    module = registry.load("features", feature)
    return module.own_model() if hasattr(module, "own_model") else None


def table(feature: str, model: Model | None = None) -> Table:
    """The texts and what `feature` says of them; named by the feature, its version and the key of its model."""
    module = registry.load("features", feature)
    column = Field(module.COLUMN, module.TYPE, True, module.HELP)
    which = f"-{module.key(model)}" if model is not None else ""
    return Table(f"{feature}-{module.VERSION}{which}", (TEXT, column))


def show(
    engine: Engine,
    features: Sequence[str],
    models: Mapping[str, Model] = MappingProxyType({}),
    posts: str = "posts",
) -> list[Note]:
    """Make the view ``features`` (see `dataset`) with a column for each of `features`; what has to be said of it.

    `posts` is the view whose texts they are of. A feature that goes by a model takes the one of `models`, else its own; what more there is to know of it are views of its own.
    """
    kept = [_derive(engine, feature, models.get(feature) or own_model(feature), posts) for feature in features]
    first, *others = [f"feature_{feature}" for feature in features]
    columns = ", ".join(registry.load("features", feature).COLUMN for feature in features)
    joins = " ".join(f"JOIN {other} ON {other}.text = {first}.text" for other in others)
    engine.view("features", f"SELECT {first}.text, {columns} FROM {first} {joins}")
    return [] if all(kept) else [Note(_NOT_KEPT)]


def _derive(engine: Engine, feature: str, model: Model | None, posts: str) -> bool:
    made, module = table(feature, model), registry.load("features", feature)
    for name, rows in module.views(model).items() if model is not None else ():
        engine.table(name, rows)
    function = partial(over, module.compute if model is None else partial(module.compute, model=model), made)
    return engine.derive(f"feature_{feature}", function, _TEXTS.format(posts=posts), made)


def over(compute: Callable[[pa.RecordBatch], pa.Array], made: Table, batches: Batches) -> Batches:
    """The batches of texts, each with what `compute` says of it: the columns of `made`."""
    import pyarrow as pa

    for batch in batches:
        yield pa.RecordBatch.from_arrays([batch.column("text"), compute(batch)], schema=made.arrow)
