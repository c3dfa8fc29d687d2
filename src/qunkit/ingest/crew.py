"""Many files, read by several processes: each reads shares of them into a harvest of its own, which are put together in the order of the files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from qunkit.engines import _pool
from qunkit.ingest.harvest import Gathered, Harvest
from qunkit.ingest.identify import Candidate
from qunkit.ingest.store import Staging
from qunkit.ingest.summary import FileSummary
from qunkit.ingest.take import STDIN, Options, Run

_MANY = 64
"""Files below which starting processes takes longer than they save."""
_FILES = 32
_BYTES = 64 << 20
"""Of a share; a greater file is one of its own."""
_MOST = 8


@dataclass(frozen=True, slots=True)
class _Share:
    """What a process is to read, and where to."""

    number: int
    candidates: list[Candidate]


@dataclass(frozen=True, slots=True)
class _Read:
    """What came of a share."""

    files: list[FileSummary]
    gathered: Gathered
    seen: set[str]


def take(run: Run, candidates: Sequence[Candidate]) -> list[FileSummary]:
    """Read every file.

    Raises:
        OutOfResources: a process was killed, for want of memory as a rule.
    """
    workers = min(run.options.threads or os.cpu_count() or 1, _MOST)
    alone = len(candidates) < _MANY or workers < 2 or any(one.label == STDIN for one in candidates)
    if alone or run.harvest.forgotten:  # marks of who was forgotten grow with what is read
        return [file for candidate in candidates for file in run.take(candidate)]
    # the rest of the run is the driver's
    work = partial(_read, run.options, replace(run.staging, parts={}), run.seen)
    files: list[FileSummary] = []
    for read in _pool.spread(work, _shares(candidates), workers):
        _repeat(run.harvest.gathered, read)
        run.harvest.gathered.join(read.gathered)
        files += read.files
        run.seen |= read.seen
        for file in read.files:
            run.progress(file.label, file.size, file.size)
    return files


def _shares(candidates: Sequence[Candidate]) -> Iterator[_Share]:
    number, size = 0, 0
    held: list[Candidate] = []
    for candidate in candidates:
        bytes_ = candidate.path.stat().st_size if candidate.path.is_file() else 0
        if held and (len(held) == _FILES or size + bytes_ > _BYTES):
            yield _Share(number, held)
            number, held, size = number + 1, [], 0
        held.append(candidate)
        size += bytes_
    yield _Share(number, held)


def _read(options: Options, staging: Staging, seen: set[str], share: _Share) -> _Read:
    own = replace(staging, path=staging.spool / str(share.number))
    own.path.mkdir(mode=0o700, exist_ok=True)
    run = Run(Harvest(own), options, _untold, seen)
    files = [file for candidate in share.candidates for file in run.take(candidate)]
    return _Read(files, run.harvest.gathered, run.seen)


def _repeat(before: Gathered, read: _Read) -> None:
    """What an earlier share holds, too, was there before."""
    known = {source["id"]: source for source in before.sources}
    again = {source["id"]: source for source in read.gathered.sources if source["id"] in known}
    for file in read.files:
        if file.status == "ingested" and file.id in again:
            file.notes, file.before = [], []
            file.repeat(known[file.id], again[file.id]["name"])
    read.gathered.drop(set(again))


def _untold(label: str, done: int, size: int) -> None:
    """How far a process is within a file, nobody is told."""
