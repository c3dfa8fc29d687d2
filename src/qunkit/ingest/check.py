"""Whether a dataset is what was written, to the last bit; with `read_data`, also whether it is what the exports say.

Nothing is repaired and nothing is written. What cannot be read is a finding like any other, so that one damaged file does not hide the next.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Generator, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qunkit.errors import DatasetDamaged, reason
from qunkit.ingest import durable, locks, parts, pruning, recheck, snapshots, told
from qunkit.ingest.findings import CODES, DAMAGE, Checked, Finding
from qunkit.words import Text

_USERS = ("qunkit.toml", "events.csv")
"""Files whose modes are their owner's business."""
_BY_REASON: dict[object, str] = {
    parts.MISSING: "missing",
    parts.OTHER_SIZE: "size",
    parts.OTHER_SHA256: "sha256",
    parts.NO_FILE: "link",
    parts.NO_FOLDER: "link",
}


NOT_THERE = Text("the snapshot {0} that it names is not there", "它指向的快照 {0} 不存在")
NEVER_CURRENT = Text("a snapshot that was never made current", "从未启用的快照")
OTHER_SEAL = Text(
    "its sha256 is not the one that CURRENT, or the next snapshot's manifest, has of it",
    "sha256 与 CURRENT 或下一个快照的清单所记不符",
)
OTHER_ZONE = Text("its time zone is not that of dataset.json", "时区与 dataset.json 不符")
NOT_WRITTEN_SO = Text("it is no manifest of this snapshot", "不是此快照的清单")
_Manifest = Generator[Finding, None, dict[str, Any] | None]


def check(
    dataset: Path,
    checked: Checked,
    *,
    read_data: bool = False,
    memory_limit: str | None = None,
    threads: int | None = None,
) -> Iterator[Finding]:
    """Everything that is wrong with a dataset, as it is found; `checked` grows as it is read.

    Raises:
        NoDataset: there is none.
        DatasetNewer: it was written by a newer qunkit.
    """
    work = _Check(dataset, checked)
    said: set[str] = set()
    with ExitStack() as held:
        for finding in _all(work, held, read_data=read_data, memory_limit=memory_limit, threads=threads):
            if finding.code == "link" and finding.path in said:  # in the place of a folder it is met with every part
                continue
            if finding.code in ("link", "stranger"):
                said.add(finding.path)
            checked.damage |= CODES[finding.code].severity == DAMAGE
            yield finding


def _all(
    work: _Check, held: ExitStack, *, read_data: bool, memory_limit: str | None, threads: int | None
) -> Iterator[Finding]:
    yield from work.settings()
    yield from work.snapshots(held)
    yield from work.strangers()
    yield from work.alerts()
    yield from work.modes()
    if read_data and work.newest:
        path, manifest = work.newest
        work.checked.sources = len(manifest["sources"])
        work.checked.forgotten = sum(sum(one.get("forgotten", {}).values()) for one in manifest["sources"])
        yield from recheck.check(path, manifest, work.checked, memory_limit, threads)


@dataclass(slots=True)
class _Check:
    """One look at a dataset's files."""

    dataset: Path
    checked: Checked
    tz: str | None = None
    """None if it cannot be known."""
    newest: tuple[Path, dict[str, Any]] | None = None
    """The current snapshot and its manifest, or where that cannot be known the newest that can be read."""
    working: bool = False
    """Somebody writes at this moment: what is unfinished is theirs."""
    good: dict[str, str] = field(default_factory=dict)
    """sha256 of files that were read, by their mark: snapshots share them."""

    def settings(self) -> Iterator[Finding]:
        """dataset.json.

        Raises:
            NoDataset: there is none.
            DatasetNewer: it was written by a newer qunkit.
        """
        self.working = _written_to(self.dataset)
        try:
            self.tz = snapshots.zone(self.dataset)
        except DatasetDamaged as error:
            yield _of("settings", error)

    def snapshots(self, held: ExitStack) -> Iterator[Finding]:
        """CURRENT, and every snapshot from the newest, held until all is checked."""
        with suppress(DatasetDamaged):  # what is wrong is said below
            held.enter_context(snapshots.held(self.dataset))
        names = snapshots.names(self.dataset)[::-1]
        current, seal = "", ""
        try:
            current, seal = snapshots.current(self.dataset)
        except DatasetDamaged as error:
            yield _of("current", error)
        if current and current not in names:
            yield Finding("current", str(self.dataset / "CURRENT"), _filled(NOT_THERE, current))
        above = [name for name in names if current and snapshots.number(name) > snapshots.number(current)]
        yield from self._above(above)
        seals: dict[str, str | None] = {current: seal}
        for name in names[len(above) :]:
            manifest = yield from self._manifest(self.dataset / name, seals.get(name), held)
            if manifest is not None:
                seals[snapshots.name_of(snapshots.number(name) - 1)] = manifest.get("before")
                if self.newest is None and name == (current or name):
                    self.newest = self.dataset / name, manifest
                yield from self._parts(self.dataset / name, manifest)

    def _above(self, names: list[str]) -> Iterator[Finding]:
        """Snapshots that CURRENT never came to name: a killed run leaves one; of more CURRENT was turned back."""
        if len(names) > 1:
            yield Finding("current", str(self.dataset / "CURRENT"), pruning.TURNED_BACK)
        elif names and not self.working:
            yield Finding("leftover", str(self.dataset / names[0]), NEVER_CURRENT)

    def _manifest(self, path: Path, seal: str | None, held: ExitStack) -> _Manifest:
        """The manifest, compared with the sha256 that is its `seal`; None if it is of no use."""
        try:
            parts.must_be_plain(path)
            file = held.enter_context(durable.open_file(path / "manifest.json"))
            locks.shared(file)
            return _read(path, file.read(), seal, self.tz)
        except OSError as error:
            if path.exists():  # else it was pruned just now
                yield Finding("manifest", str(path / "manifest.json"), _reason(reason(error)))
        except DatasetDamaged as error:
            yield _of("manifest", error)
        return None

    def _parts(self, path: Path, manifest: dict[str, Any]) -> Iterator[Finding]:
        """Every part is there with its bytes, and no file besides."""
        for part, facts in manifest["parts"].items():
            try:
                mark = parts.mark(path, part, facts["bytes"])
                if self.good.get(mark) != facts["sha256"]:
                    parts.compare(path / part, facts["sha256"])
                    self.checked.parts += 1
                    self.checked.bytes += facts["bytes"]
                    self.good[mark] = facts["sha256"]
            except DatasetDamaged as error:
                yield _of(_BY_REASON.get(error.facts["why"], "missing"), error)
            except OSError as error:
                yield Finding("missing", str(path / part), _reason(reason(error)))
        known = {path / part for part in manifest["parts"]} | {path / "manifest.json"}
        folders = {folder for file in known for folder in file.parents}
        for found in sorted(path.rglob("*")):
            if found not in known and found not in folders:
                yield Finding("stranger", str(found), Text("the manifest does not know it", "清单中没有它"))

    def strangers(self) -> Iterator[Finding]:
        """What else lies in the dataset's folder."""
        names = {*snapshots.FILES, *snapshots.names(self.dataset)}
        for name in sorted(set(os.listdir(self.dataset)) - names):
            path = str(self.dataset / name)
            if not name.startswith(durable.TEMPORARY):
                yield Finding("stranger", path, Text("it is none of the dataset's files", "不是数据集的文件"))
            elif not self.working:
                yield Finding("leftover", path, Text("the staging area of a killed run", "中断的运行的暂存区"))

    def alerts(self) -> Iterator[Finding]:
        """What was told of alerts.

        Raises:
            DatasetNewer: it was written by a newer qunkit.
        """
        try:
            told.load(self.dataset)
        except DatasetDamaged as error:
            if not (self.dataset / told.FILE).is_symlink():  # that is said of every link
                yield _of("alerts", error)

    def modes(self) -> Iterator[Finding]:
        """Folders 0700, files 0600."""
        for path in (self.dataset, *sorted(self.dataset.rglob("*"))):
            try:
                found = path.lstat()
            except OSError:
                continue  # pruned just now
            if stat.S_ISLNK(found.st_mode):
                yield Finding("link", str(path), parts.NO_FILE)
            elif path.name not in _USERS and stat.S_IMODE(found.st_mode) & 0o077:
                yield Finding("mode", str(path), Text(*(f"{stat.S_IMODE(found.st_mode):04o}",) * 2))


def _read(path: Path, body: bytes, seal: str | None, tz: str | None) -> dict[str, Any]:
    """A manifest; without the `seal` that CURRENT or the next manifest has of it, only its form can be looked at.

    Raises:
        DatasetDamaged: it is none.
    """
    try:
        if seal not in (None, hashlib.sha256(body).hexdigest()):
            raise DatasetDamaged(path=path / "manifest.json", why=OTHER_SEAL)
        manifest = snapshots.parse(path, body)
        usable = manifest["snapshot"] == path.name and all(source["id"] for source in manifest["sources"])
        usable = usable and all({"rows", "bytes", "sha256"} <= set(facts) for facts in manifest["parts"].values())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetDamaged(path=path / "manifest.json", why=type(error).__name__) from None
    if not usable or (tz and manifest.get("tz", tz) != tz):
        raise DatasetDamaged(path=path / "manifest.json", why=OTHER_ZONE if usable else NOT_WRITTEN_SO)
    return manifest


def _written_to(dataset: Path) -> bool:
    """Whether a writer holds the lock now."""
    try:
        with durable.open_file(dataset / "lock") as file:
            return not locks.shared(file)
    except OSError:
        return False


def _of(code: str, error: DatasetDamaged) -> Finding:
    return Finding(code, str(error.facts["path"]), _reason(error.facts["why"]))


def _reason(why: object) -> Text:
    return why if isinstance(why, Text) else Text(str(why), str(why))


def _filled(what: Text, *facts: object) -> Text:
    return Text(what.en.format(*facts), what.zh.format(*facts))
