"""Where in a page, or in a script of its own, the JSON value of a variable stands.

<script>window.WEFLOW_DATA = [
{"i": 1, "t": 1732982302},
{"i": 2, "t": 1732982330}
];</script>
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qunkit.parsing.decode import Ints

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

_REACH = 256
"""More than the begin of a value, and than what stands behind it."""
_END = re.compile(rb"[\]}][ \t]{0,9}(?:;[ \t]{0,9}\r?\n|;?\s{0,99}</script)", re.IGNORECASE)
"""Neither a raw line end nor the end of the script can stand in a string, nor a semicolon outside of one."""
_BEHIND = b"; \t\r\n"


def json_value(source: Source, variable: str) -> Ints:
    """Begin and end of the value in the text; both the end of the text, if the variable is not there.

    A value that the file cuts off reaches to its end.
    """
    import numpy as np

    begin = re.compile(re.escape(variable.encode()) + rb"[ \t]{0,9}=\s{0,9}(?=[\[{])")
    at, data, base, size = -1, b"", 0, 0
    for offset, block in source.blocks():
        size = offset + len(block)
        data, base = data[-_REACH:] + block, offset - len(data[-_REACH:])
        if at < 0 and (found := begin.search(data)):
            at = base + found.end()
        if at >= 0 and (closed := _END.search(data, max(at - base, 0))):
            return np.array([at, base + closed.start() + 1], np.int64)
    behind = len(data) - len(data.rstrip(_BEHIND))
    return np.array([at, max(at, size - behind)] if at >= 0 else [size, size], np.int64)
