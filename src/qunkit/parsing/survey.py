"""A look at certain lines of a text before it is read: what only the whole file can tell, such as the order of its dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

_LONGEST = 1 << 20
"""So much of the end of a longer line is looked at."""


def matches(source: Source, line: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """Every match in the text of a pattern that stays within a line (UTF-8, with ``(?m)^`` in front), in order; in bounded memory."""
    rest = b""
    for _, block in source.blocks():
        data = rest + block
        cut = data.rfind(b"\n") + 1
        yield from line.finditer(data, 0, cut)
        rest = data[cut:][-_LONGEST:]
    yield from line.finditer(rest)
