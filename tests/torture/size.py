"""How much is done, a share in every test run and everything by `make torture`; and the counts of it."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

FULL_RUN = os.environ.get("QUNKIT_TORTURE") == "full"
KEPT_IN = os.environ.get("QUNKIT_TORTURE_COUNTS")


class Counts:
    """What one test did: numbers; and marks of the states that it saw and names of the bugs that it found, each of which counts once however many
    tests saw it."""

    def __init__(self) -> None:
        self.numbers: Counter[str] = Counter()
        self.marks: set[bytes] = set()
        self.bugs: set[str] = set()

    def add(self, numbers: Mapping[str, int], marks: Iterable[bytes] = ()) -> None:
        """Count."""
        self.numbers.update(numbers)
        self.marks.update(marks)

    def found(self, bug: str) -> None:
        """A bug that was seeded came to light."""
        self.bugs.add(bug)

    def keep(self, test: str) -> None:
        """Leave them for `make torture` to add up."""
        if KEPT_IN:
            name = Path(KEPT_IN) / hashlib.sha256(test.encode()).hexdigest()[:16]
            name.with_suffix(".json").write_text(
                json.dumps({"test": test, "numbers": self.numbers, "bugs": sorted(self.bugs)})
            )
            name.with_suffix(".marks").write_bytes(b"".join(sorted(self.marks)))
