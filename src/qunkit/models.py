"""Models that were learnt for a dataset: a part of its state, written and checked like the messages, numbered from 1."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qunkit.config import FILE
from qunkit.config.tables import Config
from qunkit.errors import BadConfig
from qunkit.ingest import store
from qunkit.ingest.learned import PART
from qunkit.methods.ad_judge import Audit, Judge
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
    kept = _row(snapshot, "facts", *([] if shipped_one else ["weights"]))
    weights = kept.get("weights")
    judge = Judge(AdModel.unpacked(weights, str(snapshot.path / PART)) if weights else shipped(), rules)
    audits = json.loads(kept["facts"])["audits"] if kept else {}
    return replace(judge, audits=tuple(Audit(*row) for row in audits.get(judge.key, ())))


def facts(dataset: Path) -> dict[str, Any]:
    """What is known of what was learnt for the dataset: ``number`` of the model, ``labels``, and ``audits`` by the key of the judge that they are of."""
    with store.open_snapshot(dataset) as snapshot:
        kept = _row(snapshot, "facts")
    found: dict[str, Any] = json.loads(kept["facts"]) if kept else {"number": 0, "labels": [], "audits": {}}
    return found


def _row(snapshot: store.Snapshot, *columns: str) -> dict[str, Any]:
    """Of the one row of `PART`; nothing if there is none."""
    if PART not in snapshot.manifest["parts"]:
        return {}
    import pyarrow.parquet as pq

    [row] = pq.read_table(snapshot.path / PART, columns=list(columns)).to_pylist()
    return dict(row)


def keep(dataset: Path, model: AdModel | None, facts: Mapping[str, Any], wait: float = 10.0) -> str:
    """Make `model` the dataset's, or the shipped one (None), with what is known of it; returns the new snapshot's name.

    Raises:
        CannotCreate, DatasetLocked, DatasetDamaged, DatasetNewer: nothing was written.
    """
    with store.open_snapshot(dataset) as snapshot:
        tz = snapshot.tz
    with store.writing(dataset, tz, wait) as staging:
        _write(staging, model, facts)
        told = {name: fact for name, fact in staging.base.items() if name not in _OF_A_COMMIT}
        return store.commit(staging, told)


def _write(staging: store.Staging, model: AdModel | None, facts: Mapping[str, Any]) -> None:
    import pyarrow as pa

    from qunkit.ingest.parquet import writer

    columns = {
        "feature": "ads",
        "facts": json.dumps(facts, ensure_ascii=False, sort_keys=True),
        "weights": model.packed() if model else None,
    }
    table = pa.Table.from_pylist([columns], schema=_schema())
    with staging.create(PART) as file, writer(file, table.schema) as parquet:
        parquet.write_table(table)
    staging.finish(PART, 1)


def _schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema([("feature", pa.string()), ("facts", pa.string()), ("weights", pa.binary())])
