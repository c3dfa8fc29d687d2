"""A list of people as one line that can be pasted into a chat."""

from __future__ import annotations

from collections.abc import Sequence

from qunkit.results import Note
from qunkit.words import Text

MOST = 200
"""Names of a line: more, nobody pastes."""
_PASTE = Text("To paste ({n}): {names}", "可直接粘贴（{n} 人）：{names}")


def to_paste(names: Sequence[str]) -> Note:
    """The first `MOST` names as mentions, and how many there are in all."""
    return Note(_PASTE, (("names", " ".join(f"@{name}" for name in names[:MOST])), ("n", len(names))))
