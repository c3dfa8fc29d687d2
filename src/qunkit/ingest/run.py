"""The ingest corridor: identify → read → clock → identity → events → merge → store. One run is one commit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from qunkit.engines._pool import Spread
from qunkit.ingest import crew, identify, overlap, store
from qunkit.ingest.clock import DEFAULT_ZONE, check_zone
from qunkit.ingest.harvest import Harvest
from qunkit.ingest.read import Progress
from qunkit.ingest.rehearsal import rehearsing
from qunkit.ingest.summary import FileSummary, IngestSummary
from qunkit.ingest.take import STDIN, Options, Run

__all__ = ["Options", "finish", "ingest"]
_USUAL = Options()


def ingest(
    paths: Sequence[Path | str],
    dataset: Path,
    options: Options = _USUAL,
    *,
    wait: float = 10.0,
    each: bool = False,
    progress: Progress = lambda label, done, size: None,
    spread: Spread | None = None,
) -> IngestSummary:
    """Take files and folders ("-": standard input) into a dataset, which is made if there is none.

    Bad input is no exception: the summary says of every file what became of it. `each` commits after every file; `spread` is who reads
    (None: this machine), see `crew`.

    Raises:
        CannotCreate, DatasetLocked, DatasetDamaged, DatasetNewer, UnknownTimeZone: nothing was written.
    """
    if options.tz:
        check_zone(options.tz)
    summary = IngestSummary(dataset, dry=options.dry, zone_given=bool(options.tz))
    candidates = _candidates(paths, summary)
    if not candidates:
        return summary
    seen = {os.path.realpath(candidate.path) for candidate in candidates}
    for batch in [[one] for one in candidates] if each and not options.dry else [candidates]:
        _run(batch, seen, dataset, options, wait, progress, summary, spread)
    return summary


def finish(run: Run, files: list[FileSummary], matches: list[overlap.Match], summary: IngestSummary) -> None:
    """Commit what was built, and take `files` into the summary."""
    harvest, staging, options = run.harvest, run.staging, run.options
    summary.files, summary.calendar = summary.files + files, staging.tz
    of = {match.source: match for match in matches}
    for file in files:
        if file.status == "ingested" and file.id in of:
            file.compare(of[file.id], staging.tz, force=options.force)
    if harvest.gathered.sources:
        summary.snapshot = None if options.dry else harvest.commit()
        summary.seams.append(harvest.built.seams)
        for file in files:
            file.credit(harvest.built.new)
    elif not options.dry:
        store.confirm(staging.dataset)


def _run(
    candidates: list[identify.Candidate],
    seen: set[str],
    dataset: Path,
    options: Options,
    wait: float,
    progress: Progress,
    summary: IngestSummary,
    spread: Spread | None,
) -> None:
    tz = options.tz or DEFAULT_ZONE

    def taken(staging: store.Staging) -> tuple[Run, list[FileSummary], list[overlap.Match]]:
        harvest = Harvest(staging, options.memory_limit, options.threads, options.force)
        run = Run(harvest, options, progress, set(seen))
        files = crew.take(run, candidates, spread)
        return run, files, harvest.build()

    with (
        rehearsing(dataset, tz, shared=spread is not None)
        if options.dry
        else store.writing(dataset, tz, wait) as staging
    ):
        run, files, matches = taken(staging)
        if run.harvest.gathered.sources and not run.harvest.left and options.tz not in (None, staging.tz):
            staging.discard()  # nothing of the old calendar is left: as if the dataset had been made now
            staging.tz, summary.calendar_before = tz, staging.tz
            run, files, matches = taken(staging)
        seen |= run.seen
        finish(run, files, matches, summary)


def _candidates(paths: Sequence[Path | str], summary: IngestSummary) -> list[identify.Candidate]:
    found: list[identify.Candidate] = []
    for path in paths:
        if str(path) == STDIN:
            found.append(identify.Candidate(Path(STDIN), STDIN, False))
            continue
        below, errors = identify.files(Path(path))
        found += below
        summary.files += [FileSummary.failed(str(error.facts["path"]), error) for error in errors]
    return found
