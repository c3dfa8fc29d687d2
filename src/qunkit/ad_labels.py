"""Learning from labels what an ad is in these groups, and how often the classifier errs.

Labels are the table that `qunkit ads audit` wrote, filled in; each is joined to its message by its key, so that nothing that a spreadsheet did to texts or ids matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qunkit import models, scratch
from qunkit.config import Config
from qunkit.errors import BadKey, BadLabels
from qunkit.methods.ad_judge import Judge
from qunkit.methods.ad_learning import learn
from qunkit.methods.ad_model import shipped
from qunkit.methods.ad_rules import Rules
from qunkit.privacy import Pseudonyms, load_key
from qunkit.question import Filters, Machine, ask_here
from qunkit.results import Column, Note, Result
from qunkit.words import Text

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np

    from qunkit.engines.duckdb import Engine

TITLE = Text("What was learnt of ads", "广告模型学习结果")
COLUMNS = (
    Column("model", "text", Text("model", "模型")),
    Column("labels", "int", Text("labels", "标注数")),
    Column("ads", "int", Text("ads", "广告数"), Text("labels that say so", "标注为广告的条数")),
    Column(
        "precision",
        "ratio",
        Text("precision", "精确率"),
        Text("of the messages that it flags, how many are ads", "判为广告的消息中确为广告的比例"),
    ),
    Column("recall", "ratio", Text("recall", "召回率"), Text("of the ads, how many it flags", "广告中被判出的比例")),
    Column("f1", "ratio", Text("F1", "F1"), Text("harmonic mean of the two", "精确率与召回率的调和平均")),
)
FILLED = {"1": 1, "ad": 1, "ads": 1, "yes": 1, "y": 1, "true": 1, "spam": 1, "广告": 1, "是": 1, "对": 1,
          "0": 0, "ham": 0, "no": 0, "n": 0, "false": 0, "ok": 0, "不是": 0, "否": 0, "非广告": 0, "正常": 0}  # fmt: skip
"""What a label may say."""
_NEEDED = ("key", "label")
_LEAST = 10
"""Labels without which nothing is learnt, and of each kind two."""
_KEY = "'m' || substring(md5(group_id || ' ' || message_id), 1, 16) AS key"
_LOOK = f"SELECT group_id, text, {_KEY} FROM posts WHERE text <> ''"
_PLACES = (
    f"SELECT * FROM (SELECT group_id, sent_at, seq, {_KEY} FROM posts) placed WHERE list_contains(:values, {{column}})"
)
_UNKNOWN = Text("{count} labels are of messages that the dataset does not have", "{count} 条标注的消息不在数据集中")
_KEPT = Text(
    "`qunkit ads` goes by {model} from now on; `--model shipped` goes back",
    "`qunkit ads` 今后使用 {model}；加 --model shipped 可改回",
)
_STRATUM = 10
"""Labels of flagged messages, and of others, that a group needs for an interval of its own."""
_NO_INTERVAL = Text(
    "no group has {least} labels of flagged messages and {least} of others, so the intervals stay as they were: `qunkit ads audit --group GROUP` draws from one",
    "没有哪个群同时有 {least} 条判为广告和 {least} 条未判为广告的标注，区间不变；可用 `qunkit ads audit --group 群` 对单个群抽样",
)
_UNDER = Text(
    "of each row its own prediction is counted as the model makes it without having seen the row, weighted by what it stands for",
    "每条标注按未见过它的模型预测，并按所代表的消息数加权",
)


@dataclass(frozen=True, slots=True)
class Label:
    """What somebody said of a message."""

    key: str
    is_ad: int
    bonus: float
    """What the sender did, in log-odds."""
    stands_for: float
    """Messages that it stands for."""


def read(path: Path) -> list[Label]:
    """The filled-in rows of a table: CSV, JSON lines or a workbook, in any of their encodings.

    Raises:
        MissingInput, UnreadableExport: there is no such table.
        BadLabels: it lacks a column, or a label says neither.
    """
    from qunkit.parsing.source import open_source
    from qunkit.parsing.tables import names, read_rows

    with scratch.Folder() as folder:
        source = open_source(path, spool_dir=Path(folder))
        found = names(source, _NEEDED)
        if lacking := [name for name in _NEEDED if name not in found]:
            raise BadLabels(path=path, why=Text(f"no column {lacking[0]}", f"缺少列 {lacking[0]}"))
        told = [name for name in ("key", "label", "p", "text_p", "stands_for") if name in found]
        rows = (row for records in read_rows(source, told) for row in records.rows.to_pylist())
        return list(_labels(path, rows))


def _labels(path: Path, rows: Iterator[dict[str, Any]]) -> Iterator[Label]:
    for line, row in enumerate(rows, 2):
        said = (row["label"] or "").strip().casefold().removesuffix(".0")
        if not said:
            continue
        if said not in FILLED:
            raise BadLabels(
                path=path,
                why=Text(
                    f"row {line}: a label {said}; 1 is an ad, 0 is none",
                    f"第 {line} 行：标注 {said} 无法识别；1 为广告，0 为非广告",
                ),
            )
        p, text_p = _number(row.get("p"), 0.5), _number(row.get("text_p"), 0.5)
        yield Label(
            (row["key"] or "").strip(), FILLED[said], _odds(p) - _odds(text_p), _number(row.get("stands_for"), 1.0)
        )


def learn_from(dataset: Path, settings: Config, paths: Sequence[Path], *, wait: float = 10.0) -> Result:
    """Learn from the labels in `paths` and make what was learnt the dataset's model; says how well it and the shipped one do.

    Raises:
        BadLabels: too few labels, or all say the same.
        NoDataset, DatasetLocked, DatasetDamaged, DatasetNewer: nothing was written.
    """
    import numpy as np

    told = _true(dataset, settings, [label for path in paths for label in read(path)])
    labels = list({label.key: label for label in told}.values())
    texts, groups = _messages(dataset, settings, labels)
    known = [label for label in labels if label.key in texts]
    y = np.array([label.is_ad for label in known], int)
    if len(known) < _LEAST or min(y.sum(), len(y) - y.sum()) < 2:
        why = Text(
            f"{len(known)} labels of messages of this dataset, {int(y.sum())} of them ads; {_LEAST} are needed, and some of each kind",
            f"与本数据集消息对应的标注有 {len(known)} 条，其中广告 {int(y.sum())} 条；至少需要 {_LEAST} 条，且两类都要有",
        )
        raise BadLabels(path=", ".join(map(str, paths)), why=why)
    own = shipped()
    said = [texts[label.key] for label in known]
    counts = np.sqrt(
        [label.stands_for for label in known]
    )  # in full, labels of what was flagged, which stand for few, would teach nothing
    learned = learn(
        own, said, y.astype(bool).tolist(), weights=(counts / counts.mean()).tolist(), name=models.next_name(dataset)
    )
    before = Judge(own, Rules(settings.ads))
    cells = [
        _row(before.name, y, _flags(before, said, known, before.model.score(said)), known),
        _row(learned.model.name, y, after := _flags(before, said, known, learned.out_of_fold), known),
    ]
    audits = _audits([groups[label.key] for label in known], y, after, known)
    number = int(learned.model.name.rpartition("-")[2])
    models.keep(
        dataset, learned.model, {"number": number, "labels": len(known), "ads": int(y.sum()), "audits": audits}, wait
    )
    notes = [Note(_UNDER), Note(_KEPT, (("model", learned.model.name),))]
    notes += [] if audits else [Note(_NO_INTERVAL, (("least", _STRATUM),))]
    missing = len(labels) - len(known)
    notes = [Note(_UNKNOWN, (("count", missing),)), *notes] if missing else notes
    return Result("ads_learn", TITLE, COLUMNS, cells, notes)


def _true(dataset: Path, settings: Config, labels: list[Label]) -> list[Label]:
    """The labels by the keys of their messages: an audit under --pseudonymise knows them by pseudonyms, which only who has the key to those can tell."""
    keys = {label.key for label in labels}
    with ask_here(dataset, settings, Filters(), Machine()) as question:
        keys -= {row["key"] for row in _looked_up(question.engine, "key", keys)}
    if not keys:
        return labels
    try:
        pseudonyms = Pseudonyms(load_key(create=False))
    except BadKey:
        return labels
    with ask_here(dataset, settings, Filters(pseudonymise=True), Machine()) as question:
        masked = {_place(row): row["key"] for row in _looked_up(question.engine, "key", keys)}
    with ask_here(dataset, settings, Filters(), Machine()) as question:
        plain = _looked_up(question.engine, "sent_at", {time for _, time, _ in masked})
    places = ((_place(row | {"group_id": pseudonyms.group(row["group_id"])}), row["key"]) for row in plain)
    true = {masked[place]: key for place, key in places if place in masked}
    return [replace(label, key=true.get(label.key, label.key)) for label in labels]


def _looked_up(engine: Engine, column: str, values: set[Any]) -> list[dict[str, Any]]:
    """Key and place of the messages of which `column` is one of `values`."""
    if not values:
        return []
    rows: list[dict[str, Any]] = engine.sql(_PLACES.format(column=column), values=sorted(values)).to_pylist()
    return rows


def _place(row: dict[str, Any]) -> tuple[str, datetime, int]:
    return row["group_id"], row["sent_at"], row["seq"]


def _messages(dataset: Path, settings: Config, labels: list[Label]) -> tuple[dict[str, str], dict[str, str]]:
    """Text and group of the labelled messages."""
    with ask_here(dataset, settings, Filters(), Machine()) as question:
        keys = sorted({label.key for label in labels})
        rows = question.engine.sql(
            f"SELECT * FROM ({_LOOK}) said WHERE list_contains(:keys, key)", keys=keys
        ).to_pylist()
    return {row["key"]: row["text"] for row in rows}, {row["key"]: row["group_id"] for row in rows}


def _flags(judge: Judge, texts: list[str], labels: list[Label], scores: np.ndarray) -> np.ndarray:
    """Whether each is flagged, what the sender did and the lists of qunkit.toml counted in."""
    import numpy as np

    allowed, denied = judge.rules.verdicts(texts)
    odds = np.array([_odds(float(score)) + label.bonus for score, label in zip(scores, labels, strict=True)])
    flagged: np.ndarray = denied | ((odds >= 0) & ~allowed)
    return flagged


def _row(name: str, y: np.ndarray, flagged: np.ndarray, labels: list[Label]) -> tuple[Any, ...]:
    import numpy as np

    weights = np.array([label.stands_for for label in labels])
    hits, found, ads = ((weights * one).sum() for one in (y * flagged, flagged, y))
    precision, recall = float(hits / found) if found else None, float(hits / ads) if ads else None
    f1 = float(2 * hits / (found + ads)) if found + ads else None
    return name, len(y), int(y.sum()), precision, recall, f1


def _audits(
    groups: list[str], y: np.ndarray, flagged: np.ndarray, labels: list[Label]
) -> list[tuple[str, float, float, float, float]]:
    """What the labels say of each group that has enough of its own: how often the classifier errs differs from group to group."""
    import numpy as np

    of, audits = np.array(groups, object), []
    for group in sorted(set(groups)):
        here = of == group
        if min((here & flagged).sum(), (here & ~flagged).sum()) >= _STRATUM:
            some = [label for label, yes in zip(labels, here, strict=True) if yes]
            audits.append((group, *_strata(y[here], flagged[here], some)))
    return audits


def _strata(y: np.ndarray, flagged: np.ndarray, labels: list[Label]) -> tuple[float, float, float, float]:
    """Of what was flagged, and of what was not: ads and labels, as many as they are worth (Kish 1965: (Σw)² ÷ Σw²)."""
    import numpy as np

    weights = np.array([label.stands_for for label in labels])
    told: list[float] = []
    for which in (flagged, ~flagged):
        some = weights[which]
        worth = float(some.sum() ** 2 / (some**2).sum())
        told += [float((some * y[which]).sum() / some.sum()) * worth, worth]
    found, of_found, missed, of_missed = told
    return found, of_found, missed, of_missed


def _odds(p: float) -> float:
    from math import log

    p = min(max(p, 1e-6), 1 - 1e-6)
    return log(p / (1 - p))


def _number(said: str | None, usual: float) -> float:
    """A number as a spreadsheet writes it; per cent, too."""
    try:
        return float((said or "").rstrip("%")) / (100 if (said or "").endswith("%") else 1)
    except ValueError:
        return usual
