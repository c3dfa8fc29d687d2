"""What is fuzzed: each target takes bytes and raises for what must not be.

Inputs of exports begin with a line that says how the rest is read: ``FORMAT FLAG…``, where ``-`` stands for whatever sniffs. Then the file's bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fuzz import containers, exports, settings, wording
from fuzz.words import WORDS

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Target:
    """One function under test."""

    name: str
    run: Callable[[bytes], object]
    """Returns what can be compared with the next time."""
    seeds: Callable[[], Iterator[bytes]]
    slow: bool = False
    """Starts a process for each input."""

    def check(self, data: bytes) -> object:
        """Run an input; one in eight twice, which must make no difference."""
        told = self.run(data)
        assert zlib.crc32(data) % 8 or told == self.run(data), "not the same the second time"
        return told

    @property
    def words(self) -> list[bytes]:
        """What its inputs are made of."""
        return [word.encode() for word in WORDS.get(self.name, "").split("\n") if word]

    def corpus(self) -> list[Path]:
        """Inputs kept for what they reach."""
        return sorted(HERE.glob(f"corpus/{self.name}/*"))

    def finds(self) -> list[Path]:
        """Inputs that once broke something."""
        return sorted(HERE.glob(f"finds/{self.name}/*"))

    def inputs(self) -> list[bytes]:
        """Everything to start from."""
        return _inputs(self.name)


@cache
def _inputs(name: str) -> list[bytes]:
    target = TARGETS[name]
    return [*target.seeds(), *(path.read_bytes() for path in (*target.corpus(), *target.finds()))]


def _family(name: str, *endings: str) -> Target:
    family = exports.Family(name, endings)
    return Target(name, family.run, family.seeds)


_ALL = (
    _family("text", "txt", "copy", "md", "eml"),
    _family("csv", "csv", "mapped"),
    _family("json", "json", "js", "manifest"),
    _family("jsonl", "jsonl", "chunks"),
    _family("html", "html", "mht"),
    _family("sql", "sql"),
    _family("any", ""),
    Target("sheets", containers.sheets, containers.sheet_seeds),
    Target("xlsx", containers.xlsx, containers.xlsx_seeds),
    Target("workbook", containers.workbook, containers.workbook_seeds, slow=True),
    Target("archive", containers.archive, containers.archive_seeds),
    Target("decode", exports.decode, exports.decode_seeds),
    Target("appmsg", wording.appmsg, wording.appmsg_seeds),
    Target("notices", wording.notices, wording.notice_seeds),
    Target("times", wording.times, wording.time_seeds),
    Target("dataset", settings.dataset, settings.dataset_seeds),
    Target("config", settings.config, settings.config_seeds),
    Target("window", settings.window, settings.window_seeds),
)
TARGETS = {target.name: target for target in _ALL}
