"""A run without a commit: the same staging area, elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from qunkit import scratch
from qunkit.errors import NoDataset
from qunkit.ingest import durable, store


@contextmanager
def rehearsing(dataset: Path, tz: str, *, shared: bool = False) -> Iterator[store.Staging]:
    """A staging area in the system's temporary folder, or, if it is to be `shared` with a cluster, beside the dataset.

    Nothing in the dataset is touched, not even a lock: it may be read-only.

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
        folder = stack.enter_context(_beside(dataset) if shared else scratch.Folder())
        yield store.Staging(dataset, Path(folder), tz, base, base_path)


def _beside(dataset: Path) -> scratch.Folder:
    """A folder on the mount where the dataset lies, or is to lie."""
    place = next(folder for folder in dataset.absolute().parents if folder.is_dir())
    with durable.placed(place):
        return scratch.Folder(place)
