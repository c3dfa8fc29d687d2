"""The fault shim (qfault.c): built where a compiler is, armed through a file that it and the tests map."""

from __future__ import annotations

import mmap
import os
import struct
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from support.needs import tool

SOURCE = Path(__file__).with_name("qfault.c")
BEFORE, AFTER, FULL, FAILS, INTERRUPTED, SHORT, FILES, NO_LINKS, NO_LOCKS = range(1, 10)
NAMES = {
    BEFORE: "killed before",
    AFTER: "killed after",
    FULL: "disk full",
    FAILS: "device fails",
    INTERRUPTED: "interrupted",
    SHORT: "short write",
    FILES: "too many files",
    NO_LINKS: "no hard links",
    NO_LOCKS: "no locks",
}
_CALLS = 1024
_BLOCK = struct.Struct(f"qqiiii32s512s{_CALLS}H")


class Fault(NamedTuple):
    """What happens, at which file call (0: nothing, the calls are only counted), and whether at every later one too."""

    kind: int = 0
    at: int = 0
    sticky: bool = False

    def __str__(self) -> str:
        return f"{NAMES.get(self.kind, 'nothing')} at call {self.at}{' and ever after' if self.sticky else ''}"


@dataclass(frozen=True)
class Seen:
    """What the shim saw."""

    calls: int
    tripped: int
    op: str
    suits: tuple[int, ...] = field(repr=False)
    """Of every call the kinds of faults that suit it, a bit each."""

    def faults(self, kinds: Iterable[tuple[int, bool]]) -> list[Fault]:
        """Every fault of these kinds at every call that it suits. (At others a lasting one is that of the next that it suits.)"""
        assert self.calls == len(self.suits), "more calls than the shim remembers"
        calls = list(enumerate(self.suits, 1))
        return [Fault(kind, at, sticky) for kind, sticky in kinds for at, suits in calls if suits >> kind & 1]


def build(folder: Path) -> Path:
    """The compiled shim in `folder`."""
    made = folder / "qfault.so"
    subprocess.run([tool("cc"), "-shared", "-fPIC", "-O2", "-o", made, SOURCE, "-ldl"], check=True)
    return made


@dataclass
class Shim:
    """A compiled shim and the block that arms it."""

    library: Path
    block: Path
    memory: mmap.mmap

    @classmethod
    def make(cls, folder: Path) -> Shim:
        block = folder / "block"
        block.write_bytes(bytes(4096))
        with block.open("r+b") as file:
            return cls(build(folder), block, mmap.mmap(file.fileno(), 4096))

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to have the shim in it."""
        return {**os.environ, "LD_PRELOAD": str(self.library), "QFAULT": str(self.block)}

    def arm(self, root: Path, fault: Fault) -> None:
        """From now on, file calls below `root` count."""
        said = _BLOCK.pack(0, fault.at, fault.kind, fault.sticky, 0, 1, b"", os.fsencode(root), *bytes(_CALLS))
        self.memory[: _BLOCK.size] = said

    def disarm(self) -> Seen:
        """Stop counting."""
        calls, _, _, _, tripped, _, op, _, *suits = _BLOCK.unpack(self.memory[: _BLOCK.size])
        self.memory[: _BLOCK.size] = bytes(_BLOCK.size)
        return Seen(calls, tripped, op.rstrip(b"\0").decode(), tuple(suits[:calls]))
