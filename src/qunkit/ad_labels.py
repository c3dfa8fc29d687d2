"""Learning from labels what an ad is in these groups, and how often the classifier errs.

Labels are the table that `qunkit ads audit` wrote, filled in; each is joined to its message by its key, so that nothing that a spreadsheet did to texts or ids matters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qunkit import models
from qunkit.ad_label_table import Label, odds, read
from qunkit.config.tables import Config
from qunkit.errors import BadKey, BadLabels
from qunkit.methods.ad_judge import Audit, Judge
from qunkit.methods.ad_learning import Learned, learn
from qunkit.methods.ad_model import shipped
from qunkit.methods.ad_rules import Rules
from qunkit.methods.shares import LABELS
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
    Column(
        "used",
        "bool",
        Text("used", "采用"),
        Text("what `qunkit ads` goes by from now on", "`qunkit ads` 今后采用的模型"),
    ),
)
_LEAST = 10
"""Labels without which they are for nothing; of each kind, without which nothing is learnt."""
_KEY = "'m' || substring(md5(group_id || ' ' || message_id), 1, 16) AS key"
_LOOK = f"SELECT group_id, text, epoch_s(local_time) AS at, {_KEY} FROM posts"
_PLACES = (
    f"SELECT * FROM (SELECT group_id, sent_at, seq, {_KEY} FROM posts) placed WHERE list_contains(:values, {{column}})"
)
_UNKNOWN = Text("{count} labels are of messages that the dataset does not have", "{count} 条标注的消息不在数据集中")
_EARLIER = Text(
    "{count} labels given before count, too; --anew leaves them out",
    "连同以前的 {count} 条标注一并计入；加 --anew 则不计",
)
_KEPT = Text(
    "`qunkit ads` goes by {model} from now on; `--model shipped` goes back",
    "`qunkit ads` 今后使用 {model}；加 --model shipped 可改回",
)
_NOT_BETTER = Text(
    "what was learnt does no better than {model}, so `qunkit ads` stays with it; the labels say how often it errs",
    "学到的模型不优于 {model}，因此继续使用后者；标注用于估计其误差",
)
_TOO_FEW = Text(
    "{ads} of the labels are ads and {others} are not: of each {least} are needed to learn; until then `qunkit ads` stays with {model}, and the labels say how often it errs",
    "标注中广告 {ads} 条、非广告 {others} 条：两类各需 {least} 条才能学习；在此之前继续使用 {model}，标注用于估计其误差",
)
_NO_INTERVAL = Text(
    "no group has {least} labels, so the intervals stay as they were: `qunkit ads audit --group GROUP` draws from one",
    "没有哪个群有 {least} 条标注，区间不变；可用 `qunkit ads audit --group 群` 对单个群抽样",
)
_UNDER = Text(
    "of each row its own prediction is counted as the model makes it without having seen the row, weighted by what it stands for",
    "每条标注按未见过它的模型预测，并按所代表的消息数加权",
)


@dataclass(frozen=True, slots=True)
class _Told:
    """A label and its message."""

    label: Label
    group: str
    at: float
    text: str


def learn_from(
    dataset: Path, settings: Config, paths: Sequence[Path], *, anew: bool = False, wait: float = 10.0
) -> Result:
    """Learn from the labels in `paths` and, if not `anew`, those given before; says how well the shipped model does and how what was learnt.

    What was learnt becomes the dataset's model if it does better on labels that it has not seen. In any case the labels are kept, and say how often the model errs.

    Raises:
        BadLabels: too few labels.
        NoDataset, DatasetLocked, DatasetDamaged, DatasetNewer: nothing was written.
    """
    known = models.facts(dataset)
    before = [] if anew else [Label(*row) for row in known["labels"]]
    said = _true(dataset, settings, [label for path in paths for label in read(path)])
    given = {label.key: label for label in said}
    told = _found(dataset, settings, {label.key: label for label in before} | given)
    here = {one.label.key for one in told}
    if len(told) < _LEAST:
        why = Text(
            f"{len(told)} labels of messages of this dataset; {_LEAST} are needed",
            f"与本数据集消息对应的标注有 {len(told)} 条，至少需要 {_LEAST} 条",
        )
        raise BadLabels(path=", ".join(map(str, paths)), why=why)
    number, own, rules = known["number"] + 1, shipped(), Rules(settings.ads)
    usual = Judge(own, rules)
    cells, flags = [], {usual.key: _flags(usual, told, own.score([one.text for one in told]))}
    cells.append(_row(usual.name, told, flags[usual.key]))
    learned = _learned(told, f"learned-{number}")
    better = False
    if learned:
        judge = Judge(learned.model, rules)
        after = _flags(judge, told, learned.out_of_fold)
        cells.append(_row(judge.name, told, after))
        usual_row, learned_row = cells  # what flags more at random has a greater F1, too, where ads are many
        better = (learned_row.f1 or 0) > (usual_row.f1 or 0) and learned_row.wrong <= usual_row.wrong
        if better:
            flags[judge.key] = after
    audits = {key: _audits(told, found) for key, found in flags.items()}
    labels = [astuple(one.label) for one in told]
    models.keep(dataset, learned.model if learned and better else None, {"number": number, "labels": labels, "audits": audits}, wait)  # fmt: skip
    rows = [(*astuple(row)[:-1], better == (place == 1)) for place, row in enumerate(cells)]
    notes = _notes(told, learned, better, usual.name, cells)
    notes += _counted(len(given.keys() - here), len([one for one in before if one.key in here - given.keys()]))
    return Result("ads_learn", TITLE, COLUMNS, rows, notes)


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


def _learned(told: list[_Told], name: str) -> Learned | None:
    """What labels of messages with a text teach; None: too few of a kind."""
    import numpy as np

    worded = [one for one in told if one.text]
    ads = sum(one.label.is_ad for one in worded)
    if min(ads, len(worded) - ads) < _LEAST:
        return None
    counts = np.sqrt(
        [one.label.stands_for for one in worded]
    )  # in full, labels of what was flagged, which stand for few, would teach nothing
    said = [bool(one.label.is_ad) for one in worded]
    found = learn(shipped(), [one.text for one in worded], said, weights=(counts / counts.mean()).tolist(), name=name)
    scores = np.zeros(len(told))
    scores[[bool(one.text) for one in told]] = found.out_of_fold
    return replace(found, out_of_fold=scores)


def _notes(told: list[_Told], learned: Learned | None, better: bool, usual: str, cells: list[_Row]) -> list[Note]:
    notes = [Note(_UNDER)] if learned else []
    if not learned:
        ads = cells[0].ads
        facts = (("ads", ads), ("others", cells[0].labels - ads), ("least", _LEAST), ("model", usual))
        notes.append(Note(_TOO_FEW, facts))
    else:
        notes.append(Note(_KEPT if better else _NOT_BETTER, (("model", learned.model.name if better else usual),)))
    if max(Counter(one.group for one in told if one.text).values(), default=0) < LABELS:
        notes.append(Note(_NO_INTERVAL, (("least", LABELS),)))
    return notes


def _counted(missing: int, earlier: int) -> list[Note]:
    told = [(_UNKNOWN, missing), (_EARLIER, earlier)]
    return [Note(said, (("count", count),)) for said, count in told if count]


def _found(dataset: Path, settings: Config, labels: Mapping[str, Label]) -> list[_Told]:
    """The labels whose messages are there."""
    with ask_here(dataset, settings, Filters(), Machine()) as question:
        rows = question.engine.sql(
            f"SELECT * FROM ({_LOOK}) said WHERE list_contains(:keys, key) ORDER BY key", keys=sorted(labels)
        ).to_pylist()
    return [_Told(labels[row["key"]], row["group_id"], row["at"], row["text"] or "") for row in rows]


def _flags(judge: Judge, told: list[_Told], scores: np.ndarray) -> np.ndarray:
    """Whether each is flagged, what the sender did and the lists of qunkit.toml counted in; of what has no text, a card may be."""
    import numpy as np

    allowed, denied = judge.rules.verdicts([one.text for one in told])
    logits = np.array([odds(float(score)) + one.label.bonus for score, one in zip(scores, told, strict=True)])
    worded = np.array([bool(one.text) for one in told])
    cards = np.array([one.label.bonus > 0 for one in told])
    flagged: np.ndarray = np.where(worded, denied | ((logits >= 0) & ~allowed), cards)
    return flagged


@dataclass(frozen=True, slots=True)
class _Row:
    """How well a model does."""

    model: str
    labels: int
    ads: int
    precision: float | None
    recall: float | None
    f1: float | None
    wrong: float
    """Messages that the labels judge otherwise, as many as they stand for."""


def _row(name: str, told: list[_Told], flagged: np.ndarray) -> _Row:
    import numpy as np

    weights, y = np.array([one.label.stands_for for one in told]), np.array([one.label.is_ad for one in told])
    hits, found, ads = ((weights * one).sum() for one in (y * flagged, flagged, y))
    precision, recall = float(hits / found) if found else None, float(hits / ads) if ads else None
    f1 = float(2 * hits / (found + ads)) if found + ads else None
    return _Row(name, len(y), int(y.sum()), precision, recall, f1, float((weights * (y != flagged)).sum()))


def _audits(told: list[_Told], flagged: np.ndarray) -> list[Audit]:
    """What the labels say of the judge that flagged so."""
    return [
        Audit(one.group, one.at, "flagged" if yes else "passed" if one.text else "unread", one.label.is_ad, one.label.stands_for)
        for one, yes in zip(told, flagged, strict=True)
    ]  # fmt: skip
