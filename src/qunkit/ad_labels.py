"""Learning from labels what an ad is in these groups, and how often the classifier errs.

Labels are the table that `qunkit ads audit` wrote, filled in; each is joined to its message by its key, so that nothing that a spreadsheet did to texts or ids matters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite, log, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qunkit import models, scratch
from qunkit.analyses import ads_audit
from qunkit.config import Config
from qunkit.errors import BadLabels
from qunkit.methods.ad_judge import Judge
from qunkit.methods.ad_learning import learn
from qunkit.methods.ad_model import shipped
from qunkit.methods.ad_rules import Rules
from qunkit.question import Filters, Machine, ask_here
from qunkit.results import Column, Note, Result
from qunkit.words import Text

if TYPE_CHECKING:
    import numpy as np

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
_READ = ("key", "label", "p", "text_p", "stands_for", "flagged")
"""Columns that are looked at; the others are for who labels."""
_NEEDED = ("key", "label")
_YES_NO = frozenset(("true", "false", "1", "0", "yes", "no", "是", "否"))
_LEAST = 10
"""Labels without which nothing is learnt, and of each kind two."""
_LOOK = "SELECT group_id, message_id, text, 'm' || substring(md5(group_id || ' ' || message_id), 1, 16) AS key FROM posts WHERE text <> ''"
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
    """The filled-in rows of a table: CSV, JSON lines or a workbook, in any of their encodings, its columns called by their names or by their labels in either language.

    Raises:
        MissingInput, UnreadableExport: there is no such table.
        BadLabels: it lacks a column, a label says neither, or two of one message contradict each other.
    """
    from qunkit.parsing.source import open_source
    from qunkit.parsing.tables import names, read_rows

    called = _called()
    with scratch.Folder() as folder:
        source = open_source(path, spool_dir=Path(folder))
        found = {called[name]: said for said in names(source, _spellings(called)) if (name := _plain(said)) in called}
        if lacking := [_LABELS[name] for name in _NEEDED if name not in found]:
            one = lacking[0]
            raise BadLabels(
                path=path,
                why=Text(f"no column {one.en} (in Chinese: {one.zh})", f"缺少列“{one.zh}”（英文为 {one.en}）"),
            )
        told = (records.rows.to_pylist() for records in read_rows(source, list(found.values())))
        rows = ({name: row[said] for name, said in found.items()} for some in told for row in some)
        return list(_labels(path, rows))


_LABELS = {column.name: column.label for column in ads_audit.COLUMNS if column.name in _READ}


def _called() -> dict[str, str]:
    """The name of a column by that name and by what it is called in either language."""
    return {_plain(said): name for name, label in _LABELS.items() for said in (name, label.en, label.zh)}


def _spellings(called: dict[str, str]) -> list[str]:
    """What a header may have: names and labels as they are written."""
    return [*called, *(said for label in _LABELS.values() for said in (label.en, label.zh))]


def _plain(said: str | None) -> str:
    """What a spreadsheet or an input method made of it taken back: １ is 1."""
    return unicodedata.normalize("NFKC", said or "").strip().casefold()


def _labels(path: Path, rows: Iterator[dict[str, Any]]) -> Iterator[Label]:
    seen: dict[str, tuple[int, int]] = {}
    for line, row in enumerate(rows, 2):
        said = _plain(row["label"]).removesuffix(".0")
        if not said:
            continue
        if said not in FILLED:
            raise _wrong(
                path,
                line,
                Text(f"a label {said}; 1 is an ad, 0 is none", f"标注 {said} 无法识别；1 为广告，0 为非广告"),
            )
        key, is_ad = _plain(row["key"]), FILLED[said]
        before, other = seen.setdefault(key, (line, is_ad))
        if other != is_ad:
            raise _wrong(
                path,
                line,
                Text(
                    f"{key} is labelled {is_ad}, but {other} in row {before}",
                    f"{key} 标注为 {is_ad}，而第 {before} 行标注为 {other}",
                ),
            )
        flagged = _plain(row.get("flagged"))
        if flagged and flagged not in _YES_NO:
            raise _no(path, line, "flagged", flagged, Text("true or false", "是或否"))
        p, text_p = _share(path, line, row, "p"), _share(path, line, row, "text_p")
        stands_for = _number(path, line, row, "stands_for", 1.0)
        if stands_for <= 0:
            raise _no(path, line, "stands_for", stands_for, Text("above 0", "大于 0 的数"))
        yield Label(key, is_ad, _odds(p) - _odds(text_p), stands_for)


def _wrong(path: Path, line: int, why: Text) -> BadLabels:
    return BadLabels(path=path, why=Text(f"row {line}: {why.en}", f"第 {line} 行：{why.zh}"))


def _no(path: Path, line: int, name: str, said: object, expected: Text) -> BadLabels:
    label = _LABELS[name]
    return _wrong(
        path, line, Text(f"{label.en} {said} is not {expected.en}", f"“{label.zh}”列的 {said} 不是{expected.zh}")
    )


def _share(path: Path, line: int, row: dict[str, Any], name: str) -> float:
    p = _number(path, line, row, name, 0.5)
    if 0 <= p <= 1:
        return p
    raise _no(path, line, name, p, Text("from 0 to 1", "0 到 1 之间的数"))


def _number(path: Path, line: int, row: dict[str, Any], name: str, usual: float) -> float:
    """A number as a spreadsheet writes it, per cent too; `usual` where there is none."""
    said = _plain(row.get(name))
    if not said:
        return usual
    try:
        number = float(said.removesuffix("%")) / (100 if said.endswith("%") else 1)
    except ValueError:
        number = nan
    if not isfinite(number):
        raise _no(path, line, name, said, Text("a number", "数字"))
    return number


def learn_from(dataset: Path, settings: Config, paths: Sequence[Path], *, wait: float = 10.0) -> Result:
    """Learn from the labels in `paths` and make what was learnt the dataset's model; says how well it and the shipped one do.

    Raises:
        BadLabels: too few labels, or all say the same.
        NoDataset, DatasetLocked, DatasetDamaged, DatasetNewer: nothing was written.
    """
    import numpy as np

    labels = list({label.key: label for path in paths for label in read(path)}.values())
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
    p = min(max(p, 1e-6), 1 - 1e-6)
    return log(p / (1 - p))
