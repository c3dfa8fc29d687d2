"""The table that `qunkit ads audit` wrote, filled in: what somebody said of which message.

A spreadsheet may have had it between: CSV, JSON lines or a workbook, in any of their encodings, columns by their names or by their labels in either language.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, log, nan
from pathlib import Path
from typing import Any

from qunkit import scratch
from qunkit.analyses import ads_audit
from qunkit.errors import BadLabels
from qunkit.words import Text

FILLED = {"1": 1, "ad": 1, "ads": 1, "yes": 1, "y": 1, "true": 1, "spam": 1, "广告": 1, "是": 1, "对": 1,
          "0": 0, "ham": 0, "no": 0, "n": 0, "false": 0, "ok": 0, "不是": 0, "否": 0, "非广告": 0, "正常": 0}  # fmt: skip
"""What a label may say."""
_READ = ("key", "label", "p", "text_p", "stands_for", "flagged")
"""Columns that are looked at; the others are for who labels."""
_NEEDED = ("key", "label")
_LABELS = {column.name: column.label for column in ads_audit.COLUMNS if column.name in _READ}
_YES_NO = frozenset(("true", "false", "1", "0", "yes", "no", "是", "否"))


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
        yield Label(key, is_ad, odds(p) - odds(text_p), stands_for)


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


def odds(p: float) -> float:
    """The log-odds of a score; of 0 and 1 those of nearly."""
    p = min(max(p, 1e-6), 1 - 1e-6)
    return log(p / (1 - p))
