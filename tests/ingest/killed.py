"""A child that commits one small snapshot and dies at the n-th file call: ``python killed.py DATASET N before|after``.

It prints what it acknowledges. N = 0: it lives, and prints how many calls there were.
"""

import os
import signal
import sys
from pathlib import Path

from qunkit.ingest import store

CALLS = ("open", "mkdir", "fsync", "rename", "replace", "link", "unlink", "rmdir", "close", "chmod")
dataset, at, when = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
count = 0


def deadly(real):
    def call(*args, **kwargs):
        global count
        count += 1
        if count == at and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **kwargs)
        if count == at and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return call


for name in CALLS:
    setattr(os, name, deadly(getattr(os, name)))

with store.writing(dataset, "Asia/Shanghai", 1.0) as staging:
    number = staging.base.get("number", 0) + 1
    for part in (f"messages/month=2026-{number:02d}/part.parquet", "ledger/part.parquet"):
        with staging.create(part) as file:
            file.write(f"{part} of state {number}".encode() * 1000)
        staging.finish(part, number)
    (staging.spool / "scratch").write_bytes(b"x")
    print("committed", store.commit(staging, {"number": number, "fingerprint": str(number), "sources": []}), flush=True)
print("calls", count)
