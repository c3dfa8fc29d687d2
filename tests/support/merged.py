"""The merge as it would be without short cuts."""

from __future__ import annotations

from qunkit.ingest import merge


def compare_everything(monkeypatch):
    """No month is held, and every telling is compared with every other, whatever is known of them."""
    monkeypatch.setattr(merge, "_HELD", -1)
    monkeypatch.setattr(merge, "NEAR", "CREATE OR REPLACE TEMP TABLE near AS SELECT telling FROM observed")
    monkeypatch.setattr(merge, "_KINDS", f"SELECT ids, two_named, mixed, days, true FROM ({merge._KINDS})")
