"""Models that were learnt for a dataset: a part of its state, written and checked like the messages, numbered from 1."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qunkit.config import FILE, Config
from qunkit.errors import BadConfig
from qunkit.ingest import store
from qunkit.ingest.learned import PART
from qunkit.methods.ad_judge import Judge
from qunkit.methods.ad_model import AdModel, shipped
from qunkit.methods.ad_rules import Rules
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

_OF_A_COMMIT = ("schema", "qunkit", "snapshot", "tz", "calendar", "features", "parts", "before")
"""What a commit says anew."""


def judge(snapshot: store.Snapshot, settings: Config, *, shipped_one: bool = False) -> Judge:
    """What says what is an ad in a dataset: the model that was learnt for it, or the shipped one, behind the lists of qunkit.toml.

    Raises:
        BadConfig: a pattern of theirs that nobody understands.
        DatasetDamaged: the model cannot be read.
    """
    rules = Rules(settings.ads)
    if wrong := rules.wrong():
        pattern, why = wrong
        raise BadConfig(path=snapshot.dataset / FILE, why=Text(f"{pattern}: {why.en}", f"{pattern}：{why.zh}"))
    kept = None if shipped_one else read(snapshot)
    if kept is None:
        return Judge(shipped(), rules)
    model, facts = kept
    return Judge(model, rules, tuple(tuple(row) for row in facts["audits"]))


def read(snapshot: store.Snapshot) -> tuple[AdModel, dict[str, Any]] | None:
    """The model of ads that was learnt for the dataset and what is known of it, if there is one."""
    if PART not in snapshot.manifest["parts"]:
        return None
    import pyarrow.parquet as pq

    [row] = pq.read_table(snapshot.path / PART).to_pylist()
    return AdModel.unpacked(row["weights"], str(snapshot.path / PART)), json.loads(row["facts"])


def next_name(dataset: Path) -> str:
    """What the next model is called."""
    with store.open_snapshot(dataset) as snapshot:
        kept = read(snapshot)
    return f"learned-{kept[1]['number'] + 1 if kept else 1}"


def keep(dataset: Path, model: AdModel, facts: Mapping[str, Any], wait: float = 10.0) -> str:
    """Make `model` the dataset's; returns the new snapshot's name.

    Raises:
        CannotCreate, DatasetLocked, DatasetDamaged, DatasetNewer: nothing was written.
    """
    with store.open_snapshot(dataset) as snapshot:
        tz = snapshot.tz
    with store.writing(dataset, tz, wait) as staging:
        _write(staging, model, facts)
        told = {name: fact for name, fact in staging.base.items() if name not in _OF_A_COMMIT}
        return store.commit(staging, told)


def _write(staging: store.Staging, model: AdModel, facts: Mapping[str, Any]) -> None:
    import pyarrow as pa

    from qunkit.ingest.parquet import writer

    columns = {
        "feature": "ads",
        "facts": json.dumps(facts, ensure_ascii=False, sort_keys=True),
        "weights": model.packed(),
    }
    table = pa.Table.from_pylist([columns], schema=_schema())
    with staging.create(PART) as file, writer(file, table.schema) as parquet:
        parquet.write_table(table)
    staging.finish(PART, 1)


def _schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema([("feature", pa.string()), ("facts", pa.string()), ("weights", pa.binary())])
