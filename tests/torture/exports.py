"""Small made-up exports, and the dataset that ingesting them one after the other must make."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from qunkit.errors import NoDataset
from qunkit.ingest import store

_HEAD = "消息记录（此消息记录为文本格式，不支持重新导入）\n\n{line}\n消息分组:我的群聊\n{line}\n消息对象:周三读书会\n{line}\n\n"
_LINE = "=" * 64
_SAID = ("早", "几点开始？", "收到", "[图片]", "明天见")


def write(folder: Path) -> list[Path]:
    """Three exports of one group: May and June; June again with more, and July; nothing new."""
    folder.mkdir()
    spans = ((5, 1, 6, 10), (6, 5, 7, 8), (5, 1, 5, 20))
    return [_export(folder / f"{n}.txt", *span) for n, span in enumerate(spans, 1)]


def _export(path: Path, month: int, day: int, last_month: int, last_day: int) -> Path:
    lines = [_HEAD.format(line=_LINE)]
    for at in ((m, d) for m in (5, 6, 7) for d in range(1, 29)):
        if (month, day) <= at <= (last_month, last_day):
            who = at[1] % 3
            lines.append(f"2026-{at[0]:02}-{at[1]:02} 8:{at[1]:02}:00 成员{who}(12003450{who})\n{_SAID[at[1] % 5]}\n\n")
    path.write_text("\ufeff" + "".join(lines), encoding="utf-8")
    return path


class States:
    """What CURRENT says after so many ingests: it holds the manifest's sha256, the manifest every part's, and a run makes the same bytes each time."""

    def __init__(self, dataset: Path, ingest: Callable[[Path], object], exports: list[Path]) -> None:
        self.known = {"": 0}
        for number, export in enumerate(exports, 1):
            ingest(export)
            self.known[_current(dataset)] = number

    def read(self, dataset: Path) -> int:
        """The number of the state that a reader finds, every byte of it checked."""
        try:
            with store.open_snapshot(dataset) as snapshot:
                files = {
                    path.relative_to(snapshot.path).as_posix() for path in snapshot.path.rglob("*") if not path.is_dir()
                }
                assert files == {*snapshot.manifest["parts"], "manifest.json"}
            return self.known[_current(dataset)]
        except NoDataset:
            return 0


def rubbish(dataset: Path, *, empty: bool) -> list[str]:
    """What a finished run leaves no more of."""
    if empty or not dataset.exists():
        return [str(dataset)] if dataset.exists() else []
    current = _current(dataset)[:7]
    return [name for name in os.listdir(dataset) if name.startswith(".new-") or (name[0] == "v" and name > current)]


def _current(dataset: Path) -> str:
    return (dataset / "CURRENT").read_text()
