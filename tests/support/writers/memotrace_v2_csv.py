"""The demo's own writer, and what its format keeps."""

from qunkit.demo.writers.memotrace_v2_csv import FORMAT, TOOL, shown, write

__all__ = ["FORMAT", "KEEPS", "TOOL", "shown", "write"]

KEEPS = {"seconds", "sender_ids", "kinds", "events"}
EMPTIES = {"quote"}
