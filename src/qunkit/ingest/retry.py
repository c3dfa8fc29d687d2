"""Sources with rejects, read again by the parsers of today: the new reading takes the old one's place, as if it had come first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from qunkit.errors import LostSource, QunkitError
from qunkit.ingest import identify, store
from qunkit.ingest.clock import DEFAULT_ZONE
from qunkit.ingest.harvest import Harvest
from qunkit.ingest.identify import Candidate
from qunkit.ingest.read import Progress
from qunkit.ingest.run import Options, finish
from qunkit.ingest.summary import FileSummary, IngestSummary
from qunkit.ingest.take import Run
from qunkit.parsing.source import path_parts
from qunkit.words import Text

STDIN = Text("came from standard input", "来自标准输入")
GONE = Text("is not there any more", "已不在原处")
NO_REJECTS = Text("is none of the files that have rejects", "不是含未识别记录的文件")


@dataclass(slots=True)
class Retried:
    """One source, before and after."""

    before: dict[str, Any] | None
    """Facts of the manifest; None: a file that was given and is no such source."""
    file: FileSummary

    @property
    def records(self) -> dict[str, int]:
        """Records per kind as they stand in the dataset now."""
        before: dict[str, int] = self.before["records"] if self.before else {}
        return self.file.records or before

    @property
    def rejected(self) -> int:
        """Rejects that are left."""
        return self.records.get("reject", 0)


@dataclass(slots=True)
class Retrial:
    """One run."""

    tried: list[Retried] = field(default_factory=list)
    summary: IngestSummary = field(default_factory=lambda: IngestSummary(Path()))

    @property
    def code(self) -> int:
        """As of an ingest; 0 if no source has rejects."""
        return self.summary.code if self.tried else 0


def retry(
    dataset: Path,
    files: Sequence[Path | str] = (),
    options: Options | None = None,
    *,
    wait: float = 10.0,
    progress: Progress = lambda label, done, size: None,
) -> Retrial:
    """Read every source with rejects again from where it lay, or those whose bytes are in `files` (or folders of them).

    What cannot be read again stays as it is; the summaries say why.

    Raises:
        NoDataset, DatasetLocked, DatasetDamaged, DatasetNewer: nothing was written.
    """
    store.zone(dataset)
    options = options or Options()
    retrial = Retrial()
    with store.writing(dataset, DEFAULT_ZONE, wait) as staging:
        run = Run(Harvest(staging, options.memory_limit, options.threads, options.force), options, progress)
        rejected = [source for source in staging.base["sources"] if source["records"]["reject"]]
        for before, found in _given(rejected, files) if files else _where_they_lay(rejected):
            retrial.tried.append(Retried(before, _read(run, options, before, found)))
        finish(run, [one.file for one in retrial.tried], run.harvest.build(), retrial.summary)
    return retrial


_Found = tuple[dict[str, Any] | None, Candidate | QunkitError]


def _read(run: Run, options: Options, before: dict[str, Any] | None, found: Candidate | QunkitError) -> FileSummary:
    """The source as the parsers of today read it, with the options of then."""
    if before is None or isinstance(found, QunkitError):
        error = found if isinstance(found, QunkitError) else LostSource(path=found.label, why=NO_REJECTS)
        return FileSummary.failed(str(error.facts["path"]), error)
    asked = before.get("asked", {})
    facts = tuple(asked.get("facts", {}).items())
    run.options = replace(
        options,
        tz=before["tz"],
        as_group=asked.get("as_group"),
        format_in=asked.get("format_in"),
        facts=facts,
        again=True,
    )
    run.place = before
    return run.take_file(found)[0]


def _where_they_lay(rejected: list[dict[str, Any]]) -> Iterator[_Found]:
    for before in rejected:
        path = before.get("path")
        yield before, _in(Path(path), before) if path else LostSource(path=before["name"], why=STDIN)


def _given(rejected: list[dict[str, Any]], files: Sequence[Path | str]) -> Iterator[_Found]:
    """The sources that are in the files."""
    for given in files:
        below, errors = identify.files(Path(given))
        yield from ((None, error) for error in errors)
        for candidate in below:
            found: list[_Found] = [
                (before, _in(candidate.path, before)) for before in rejected if _holds(candidate, before)
            ]
            yield from found or [(None, candidate)]


def _holds(candidate: Candidate, before: dict[str, Any]) -> bool:
    """Whether the file is the source, or an archive that has a file of its name."""
    if before.get("member"):
        return not isinstance(_in(candidate.path, before), QunkitError)
    with candidate.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == str(before["sha256"])


def _in(path: Path, before: dict[str, Any]) -> Candidate | QunkitError:
    """The source at `path`, or in the archive there; the facts of its path are those that it had."""
    candidate, parts = Candidate(path, str(path), False), tuple(before["parts"])
    try:
        if not path.is_file():
            return LostSource(path=path, why=GONE)
        if before["member"]:
            found = [
                one for one in identify.members(candidate) or () if one.member and one.member.name == before["member"]
            ]
            if not found:
                return LostSource(path=path, why=GONE)
            candidate = found[0]
    except QunkitError as error:
        return error
    natural = candidate.parts or path_parts(candidate.path)
    return candidate if natural == parts else replace(candidate, parts=parts)
