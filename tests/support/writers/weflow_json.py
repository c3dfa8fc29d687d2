"""The demo's own writer, and what its format keeps."""

from qunkit.demo.writers.weflow_json import FORMAT, TOOL, shown, write

__all__ = ["FORMAT", "KEEPS", "TOOL", "shown", "write"]

KEEPS = {"seconds", "ids", "sender_ids", "quotes", "quoted_ids", "events"}
