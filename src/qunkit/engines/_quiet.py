"""No progress bar of DuckDB's own: it writes to stdout, also where that is no terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def quiet(connection: duckdb.DuckDBPyConnection) -> None:
    """Turn it off where it is on: in a notebook without ipywidgets it is not, and no setting of it may be named there."""
    (shown,) = connection.execute("SELECT current_setting('enable_progress_bar')").fetchone() or (True,)
    if shown:
        connection.execute("SET enable_progress_bar = false")
