"""What several analyses read of a group to know who answers whom: ``PART_SQL = LINES``, then `read` in ``per_group``.

Who asks for single replies takes `SPOKEN` instead, and `ruled` of what was read: there the model of links speaks, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.arrays import flags, numbers, places
from qunkit.methods import evidence
from qunkit.methods.evidence import Evidence, Lines
from qunkit.methods.links import Spoken
from qunkit.methods.runs import Log
from qunkit.methods.sketches import sketches
from qunkit.methods.turns import Turns, turns

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

LINES = """
SELECT group_id AS part, message_id, sender_id, official, in_window, local_time, epoch_s(sent_at) AS t, hour(local_time) AS hour,
  reply_to, mention_ids, time_quality = 'minute' AS by_minute
FROM posts WHERE local_time >= :since - INTERVAL '1' DAY AND time_quality <> 'day'
ORDER BY part, sent_at, seq
"""
"""The window and a day before it, whose turns may be answered in it."""

SPOKEN = LINES.replace(
    "SELECT",
    """SELECT CASE WHEN kind IN ('text', 'quote') THEN text END AS said, CASE WHEN kind IN ('text', 'quote') THEN chars END AS chars,
  COALESCE(text LIKE '%？' OR text LIKE '%?' OR text LIKE '%吗' OR text LIKE '%呢' OR text LIKE '%怎么' OR text LIKE '%求', FALSE) AS asks,""",
    1,
)
"""The same, with what is said."""


@dataclass(frozen=True, slots=True)
class Chat:
    """One group: its lines in order, its turns, and what is known of answers."""

    people: pa.Array
    """Ids of senders, by their numbers."""
    turns: Turns
    lines: Lines
    evidence: Evidence
    """What people said."""
    log: Log
    """Turns, with parents that people named."""
    quoted: Ints
    """Of each line, the one that it quotes; -1: none that is here."""
    in_window: Flags
    """Of each line."""


def read(table: pa.Table) -> Chat:
    """The chat of one part of `LINES`."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    coded = table["sender_id"].combine_chunks().dictionary_encode()
    who, people = numbers(coded.indices).astype(np.int64), coded.dictionary
    quoted = places(table["reply_to"], table["message_id"])
    mentions = table["mention_ids"].combine_chunks()
    naming = numbers(pc.list_parent_indices(mentions).cast(pa.int64()))
    named = places(pc.list_flatten(mentions), people)
    at = numbers(table["t"].cast(pa.float64()))
    found = turns(who, at)
    lines = Lines(quoted, naming, named)
    told = evidence.evidence(found, lines)
    begin = float(at[0]) if len(at) else 0.0
    log = Log(
        who=found.who,
        at=(found.at - begin) / 60,
        hour=numbers(table["hour"].cast(pa.int64()))[found.first],
        known=np.where(told.explicit, told.parent, -1),
        members=len(people),
        days=max(1.0, float(np.ceil((at[-1] - begin) / 86400))) if len(at) else 1.0,
        half=0.5 if len(at) and flags(table["by_minute"]).mean() > 0.5 else 0.0,
    )
    return Chat(people, found, lines, told, log, quoted, flags(table["in_window"]))


def ruled(table: pa.Table, chat: Chat) -> Evidence:
    """What people said in one part of `SPOKEN`, and what the model of links says of the rest."""
    return evidence.ruled(chat.turns, chat.lines, chat.evidence, _spoken(table))


def _spoken(table: pa.Table) -> Spoken:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    length = np.log1p(numbers(table["chars"].cast(pa.float64())))
    usual = float(length[~np.isnan(length)].mean()) if (~np.isnan(length)).any() else 0.0
    texts = pc.fill_null(table["said"], "").to_pylist()
    return Spoken(
        numbers(table["t"].cast(pa.float64())) / 60,
        flags(table["asks"]),
        np.nan_to_num(length - usual),
        sketches(texts),
    )
