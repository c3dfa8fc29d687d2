"""Which Parquet files of a snapshot an engine reads: an explicit list, and nothing else that lies in the folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from qunkit.dataset import Scope


def of_snapshot(snapshot: Path, files: Sequence[Path] | None) -> list[Path]:
    """The files that its manifest names; None: all that lie in a folder without a manifest."""
    return sorted(snapshot.rglob("*.parquet") if files is None else files)


def of_messages(files: Sequence[Path], scope: Scope) -> list[Path]:
    """Those of messages, without the months that lie after the end of the scope.

    A day's grace, since a month may be counted in another zone than the window.
    """
    ends = [time for time in (scope.until, scope.as_of) if time]
    last = f"{min(ends) + timedelta(days=1):month=%Y-%m}" if ends else f"month={date.max:%Y-%m}"
    return [file for file in files if file.match("messages/month=*/*.parquet") and file.parent.name <= last]


def of_members(files: Sequence[Path]) -> list[Path]:
    """Those of members."""
    return [file for file in files if file.match("members/*.parquet")]
