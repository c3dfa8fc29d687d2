"""Many files, read by several processes, here or on a cluster: each reads shares of them into a harvest of its own, which are put together in the order of the files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from qunkit import registry
from qunkit.engines import _pool
from qunkit.errors import NotOfWorkers, NotOnWorkers, WorkerLacks
from qunkit.ingest.harvest import Gathered, Harvest
from qunkit.ingest.identify import Candidate
from qunkit.ingest.store import Staging
from qunkit.ingest.summary import FileSummary
from qunkit.ingest.take import STDIN, Options, Run

S = TypeVar("S")
T = TypeVar("T")
_MANY = 64
"""Files below which starting processes takes longer than they save."""
_FILES = 32
_BYTES = 64 << 20
"""Of a share; a greater file is one of its own."""
_MOST = 8
_NEEDED = ("defusedxml", "openpyxl")
"""What some formats load late: a worker without it would refuse files that others read."""


@dataclass(frozen=True, slots=True)
class _Share:
    """What a process is to read, and where to."""

    number: int
    candidates: list[Candidate]
    sizes: list[int | None]
    """Of the files, as the driver sees them; None: it cannot read it."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What came of a share."""

    files: list[FileSummary]
    gathered: Gathered
    seen: set[str]
    """Files that manifests named."""
    written: dict[Path, int | None]
    """What is staged, with the sizes."""
    unlike: dict[Path, int | None]
    """Files that are not what the driver sees there, and of what size it sees them."""


def take(run: Run, candidates: Sequence[Candidate], spread: _pool.Spread | None = None) -> list[FileSummary]:
    """Read every file; `spread` says by whom: None is this process, or if they are many several of this machine.

    Standard input is here alone, and so are the marks of who was forgotten, which grow with what is read: then this process reads, whatever `spread` says.

    Raises:
        OutOfResources: a process was killed, for want of memory as a rule.
        NotOnWorkers, NotOfWorkers: a cluster does not see the same files.
    """
    workers = min(run.options.threads or os.cpu_count() or 1, _MOST)
    few = not spread and (len(candidates) < _MANY or workers < 2)
    if few or any(one.label == STDIN for one in candidates) or run.harvest.forgotten:
        return [file for candidate in candidates for file in run.take(candidate)]
    staging = _placed(run.staging)
    work = partial(_read, run.options, staging, set(run.seen), registry.names("formats"))
    files: list[FileSummary] = []
    with closing((spread or _here(workers))(work, _shares(candidates), staging.spool)) as reads:
        for read in reads:
            _must_be_there(read)
            _repeat(run.harvest.gathered, read)
            run.harvest.gathered.join(read.gathered)
            files += read.files
            run.seen |= read.seen
            for file in read.files:
                run.progress(file.label, file.size, file.size)
    return files


def _here(workers: int) -> _pool.Spread:
    """Processes of this machine."""

    def spread(function: Callable[[S], T], items: Iterable[S], folder: Path) -> Generator[T, None, None]:
        return _pool.spread(function, items, workers)

    return spread


def _placed(staging: Staging) -> Staging:
    """The staging area for those who are in another folder; the parts of the run are the driver's."""
    base = staging.base_path and staging.base_path.absolute()
    return replace(staging, dataset=staging.dataset.absolute(), path=staging.path.absolute(), base_path=base, parts={})


def _shares(candidates: Sequence[Candidate]) -> Iterator[_Share]:
    number, size = 0, 0
    held: list[Candidate] = []
    sizes: list[int | None] = []
    for candidate in candidates:
        bytes_ = _size(candidate.path)
        if held and (len(held) == _FILES or size + (bytes_ or 0) > _BYTES):
            yield _Share(number, held, sizes)
            number, held, sizes, size = number + 1, [], [], 0
        held.append(replace(candidate, path=candidate.path.absolute()))
        sizes.append(bytes_)
        size += bytes_ or 0
    yield _Share(number, held, sizes)


def _read(options: Options, staging: Staging, seen: set[str], formats: Sequence[str], share: _Share) -> _Read:
    """A share, into a folder that no second try of it has."""
    _must_be_able(formats)
    seen_here = zip(share.candidates, share.sizes, strict=True)
    unlike = {one.path: size for one, size in seen_here if _size(one.path) != size}
    own = replace(staging, path=Path(tempfile.mkdtemp(prefix=f"{share.number}-", dir=staging.spool)))
    run = Run(Harvest(own), options, _untold, set(seen))
    files = [file for candidate in share.candidates for file in run.take(candidate)]
    run.harvest.set_down()
    gathered = run.harvest.gathered
    staged = [path for paths in gathered.staged.values() for path in paths]
    written = {path: _size(path) for path in (*staged, *gathered.lists, *gathered.rejects.values())}
    return _Read(files, gathered, run.seen - seen, written, unlike)


def _must_be_able(formats: Sequence[str]) -> None:
    """Whoever reads on another machine must read what is read here, in the same way.

    Raises:
        WorkerLacks: it has not all formats, some of which other packages bring, or not what they need.
    """
    missing = [*(set(formats) - set(registry.names("formats"))), *(name for name in _NEEDED if not find_spec(name))]
    if missing:
        raise WorkerLacks(module=min(missing))


def _must_be_there(read: _Read) -> None:
    """Whether it was read and written where this machine sees it, too.

    Raises:
        NotOnWorkers: an export is not there for a worker, or is another file.
        NotOfWorkers: what was staged is not here.
    """
    for path, size in read.unlike.items():
        if size is not None and _size(path) == size:  # else it changed, or went away
            raise NotOnWorkers(path=path)
    for path, size in read.written.items():
        if _size(path) != size:
            raise NotOfWorkers(path=path)


def _size(path: Path) -> int | None:
    """Of a file that can be read."""
    try:
        return path.stat().st_size if os.access(path, os.R_OK) else None
    except OSError:
        return None


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
