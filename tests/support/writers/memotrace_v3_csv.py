"""The demo's own writer, and what its format keeps."""

from qunkit.demo.writers.memotrace_v3_csv import FORMAT, TOOL, shown, write

__all__ = ["FORMAT", "KEEPS", "TOOL", "shown", "write"]

KEEPS = {"seconds", "ids", "quotes", "kinds", "events"}
