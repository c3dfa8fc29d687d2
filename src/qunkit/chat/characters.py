"""What each code point is, as arrays to look it up in: its plainest form, its kind, its digit, its syllable. From data/, which training/tables.py writes."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DROPPED = -1
"""The form of what does not stay."""
SEVERAL = sys.maxunicode + 1
"""From here on, forms are those of several characters."""
OTHER, SEPARATOR, HAN, LETTER = range(4)
"""Kinds. Digits are letters, of whatever alphabet."""
_SEPARATORS = " .·•・‧∙。、-—―_*~|/\\^'`´\"=#…☆★○●◎◇◆□■△▲▽▼※→←↑↓♪♬☞☜"
"""What people put between characters that are to be read as one word. No comma and no colon: those part what is listed, and words from ids."""
_DIGITS = ("0〇零", "1一壹幺", "2二贰", "3三叁", "4四肆", "5五伍", "6六陆", "7七柒", "8八捌", "9九玖")
_HAN = (
    range(0x3007, 0x3008),
    range(0x3400, 0x4DC0),
    range(0x4E00, 0xA000),
    range(0xF900, 0xFB00),
    range(0x20000, 0x32000),
)


@dataclass(frozen=True, slots=True)
class Forms:
    """The plainest form of each code point, and those of several characters: form ``SEVERAL + i`` is ``letters[begins[i]:][:sizes[i]]``."""

    forms: NDArray[np.int32]
    begins: NDArray[np.int64]
    sizes: NDArray[np.int64]
    letters: NDArray[np.int32]


@cache
def forms() -> Forms:
    """Read once a process."""
    import numpy as np

    found = np.arange(SEVERAL, dtype=np.int32)
    for line in _lines("dropped.txt"):
        first, last = (int(code, 16) for code in line.split("-"))
        found[first : last + 1] = DROPPED
    several: list[str] = []
    for line in _lines("plain.tsv"):
        plain, dressed = line.replace("\\n", "\n", 1).split("\t", 1) if line.startswith("\\n") else line.split("\t", 1)
        found[list(map(ord, dressed))] = ord(plain) if len(plain) == 1 else SEVERAL + len(several)
        several += [plain] * (len(plain) > 1)
    sizes = np.array([len(plain) for plain in several], np.int64)
    letters = np.array(list(map(ord, "".join(several))), np.int32)
    return Forms(found, np.cumsum(sizes) - sizes, sizes, letters)


@cache
def kinds() -> NDArray[np.uint8]:
    """The kind of each code point."""
    import numpy as np

    found = np.full(SEVERAL, OTHER, np.uint8)
    found[[code for code in range(0xFB00) if chr(code).isalnum()]] = LETTER
    for block in _HAN:
        found[block.start : block.stop] = HAN
    found[list(map(ord, _SEPARATORS))] = SEPARATOR
    return found


@cache
def digits() -> NDArray[np.uint32]:
    """The code of the digit that a digit or a digit word tells, 0 for what is neither."""
    import numpy as np

    found = np.zeros(SEVERAL, np.uint32)
    for alike in _DIGITS:
        found[list(map(ord, alike))] = ord(alike[0])
    return found


@cache
def syllables() -> tuple[str, ...]:
    """Every syllable, sorted: the number of a syllable is its place here, and one."""
    return tuple(line.split(" ")[0] for line in _lines("syllables.txt"))


@cache
def spoken() -> NDArray[np.uint16]:
    """The number of the syllable of each code point, 0 for what is none."""
    import numpy as np

    found = np.zeros(SEVERAL, np.uint16)
    for number, line in enumerate(_lines("syllables.txt"), 1):
        found[list(map(ord, line.split(" ")[1]))] = number
    return found


def _lines(name: str) -> list[str]:
    """Ended by line feeds alone: the tables hold every other sign that breaks a line."""
    return (files("qunkit.chat") / "data" / name).read_bytes().decode("utf-8").removesuffix("\n").split("\n")
