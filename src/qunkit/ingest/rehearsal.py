"""A run without a commit: the same staging area, elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from qunkit import scratch
from qunkit.errors import NoDataset
from qunkit.ingest import store


@contextmanager
def rehearsing(dataset: Path, tz: str) -> Iterator[store.Staging]:
    """A staging area in the system's temporary folder. Nothing in the dataset is touched, not even a lock: it may be read-only.

    Raises:
        CannotCreate: no dataset could be made here.
        DatasetDamaged, DatasetNewer: what is there is not to be built upon.
    """
    if dataset.exists():
        store.make_room(dataset)  # where there is a folder it makes none
    with ExitStack() as stack:
        base, base_path = store.empty_manifest(), None
        with suppress(NoDataset):
            snapshot = stack.enter_context(store.open_snapshot(dataset))
            tz, base, base_path = snapshot.tz, snapshot.manifest, snapshot.path
        folder = stack.enter_context(scratch.Folder())
        yield store.Staging(dataset, Path(folder), tz, base, base_path)
