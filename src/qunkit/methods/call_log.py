"""What analyses of calls read of a group: ``PART_SQL = LINES``, then `read` in ``per_group``.

A call (号召) is a turn that asks something of all. By its form it is, the first that holds:

* ``announcement``  a group announcement (群公告).
* ``everyone``  it names everybody (@所有人).
* ``solitaire``  the first version of a sign-up relay (接龙). What others send of it later are answers.
* ``official``  staff's, of 30 characters or more; it quotes and names nobody and is of no relay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.arrays import flags, known, numbers, places
from qunkit.methods.calls import MINUTE, Usual, responders, strata, usual
from qunkit.methods.moves import MOVES
from qunkit.methods.relays import relays
from qunkit.methods.turns import STORM as STORM_S
from qunkit.methods.turns import Turns, turns
from qunkit.words import Text

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

KINDS = {
    "announcement": Text("announcement", "群公告"),
    "everyone": Text("@everyone", "@所有人"),
    "solitaire": Text("sign-up relay", "接龙"),
    "official": Text("staff post", "官方发言"),
    "many": Text("many answered", "多人响应"),
}
"""Kinds of calls; the last is told by what came of it, not by its form."""
BASES = {"roster": Text("roster", "名单"), "posters": Text("recent posters", "近期发言者")}
"""Who those are of whom it is asked whether they answered."""
RECENT = 28
"""Days in which who wrote is a recent poster."""
LONG = 30
"""Characters from which a turn of staff is a call."""
COPIED = 3
"""Times that somebody posts the same text of `_COPY` characters, from which it is no answer to anything."""
STORM = int(STORM_S * 1000)
"""For so long a red packet makes people write."""
_COPY = 12
_EVERYONE = "notify@all"

LINES = f"""
WITH {MOVES}, ends AS (
  SELECT day, last_at, observed AND NOT COALESCE(LEAD(observed) OVER (ORDER BY day), TRUE) AS stops FROM days
), heard AS (  -- until when the data goes on from a day: to the next day without any
  SELECT day, COALESCE(MIN(CASE WHEN stops THEN last_at END) OVER (ORDER BY day ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING), LEAST(:as_of, :until)) AS heard_until
  FROM ends
), said AS (
  SELECT group_id, message_id, sender_id, official, in_window, local_time, sent_at, seq, time_quality, reply_to, mention_ids, kind, chars, day,
    CASE WHEN kind = 'solitaire' AND text <> '' THEN text END AS relay,
    CASE WHEN chars >= {_COPY} AND kind IN ('text', 'link', 'miniprogram', 'channels', 'live', 'note') THEN SUBSTRING(MD5(text), 1, 12) END AS copy
  FROM posts WHERE local_time >= :since - INTERVAL '{RECENT}' DAY AND time_quality <> 'day'
  UNION ALL
  SELECT group_id, message_id, actor_id, FALSE, local_time >= :since, local_time, sent_at, seq, time_quality, NULL, NULL, 'announcement', 0, CAST(local_time AS DATE), NULL, NULL
  FROM messages
  WHERE event = 'announced' AND actor_id IS NOT NULL AND local_time >= :since - INTERVAL '{RECENT}' DAY AND time_quality <> 'day'
), told AS (
  SELECT said.group_id AS part, FALSE AS listed, said.message_id, said.sender_id, said.official, said.in_window, said.local_time, said.sent_at, said.seq,
    epoch_s(said.sent_at) AS t, hour(said.local_time) AS hour, epoch_s(heard.heard_until) - epoch_s(said.local_time) AS heard_s,
    said.time_quality = 'minute' AS by_minute, said.reply_to, said.mention_ids, said.kind, COALESCE(said.chars, 0) AS chars, said.relay, said.copy
  FROM said LEFT JOIN heard ON heard.day = said.day
  UNION ALL
  SELECT rosters.group_id, TRUE, NULL, rosters.member_id, FALSE, FALSE, arrivals.joined_at, NULL, 0, 0e0, 0, 0e0, FALSE, NULL, NULL, 'system', 0, NULL, NULL
  FROM rosters LEFT JOIN arrivals ON arrivals.group_id = rosters.group_id AND arrivals.member_id = rosters.member_id
  WHERE rosters.listed
)
SELECT part, listed, message_id, sender_id, official, in_window, local_time, t, hour, heard_s, by_minute, reply_to, mention_ids, kind, chars, relay, copy
FROM told ORDER BY part, sent_at, seq, sender_id
"""
"""The window and the 28 days before it; and, first, who is on the newest complete roster, with when they joined."""


@dataclass(frozen=True, slots=True)
class Chat:
    """One group: its lines in order, its turns, who is listed. Times are in milliseconds."""

    rows: pa.Table
    """The lines."""
    people: pa.Array
    """Ids of senders and listed members, by their numbers."""
    turns: Turns
    """Their times are in seconds."""
    who: Ints
    at: Ints
    local: Ints
    """By the wall clock."""
    heard: Ints
    """Of each line, for how long after it the data goes on."""
    half: int
    """What is added to delays where the exports have whole minutes."""
    in_window: Flags
    official: Flags
    quoted: Ints
    """Of each line, the one that it quotes; -1: none that is here."""
    naming: Ints
    named: Ints
    """Lines with a mention, and the person whom it names; -1: everybody, -2: nobody who is known here."""
    root: Ints
    """Of each line the first version of the relay that it is of; -1: it is none."""
    lost: Ints
    """Lines that are of a relay whose text is lost."""
    packet: Ints
    """When red packets were sent."""
    copied: Flags
    """Whether its sender posts the same again and again."""
    listed: Ints
    """Numbers of those on the newest complete roster; empty where there is none."""
    joined: Ints
    """When they did, by the wall clock; long ago if that is not known."""

    @property
    def explicit(self) -> bool:
        """Whether the exports say at all who is answered."""
        return bool((self.quoted >= 0).any() or (self.named >= 0).any())


def read(table: pa.Table) -> Chat:
    """The chat of one part of `LINES`."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    coded = table["sender_id"].combine_chunks().dictionary_encode()
    people, number = coded.dictionary, numbers(coded.indices).astype(np.int64)
    on_roster = flags(table["listed"])
    rows = table.filter(pa.array(~on_roster))
    who = number[~on_roster]
    at = np.rint(numbers(rows["t"].cast(pa.float64())) * 1000).astype(np.int64)
    wall = table["local_time"].cast(pa.timestamp("ms")).combine_chunks()
    local = np.where(known(wall), numbers(wall.cast(pa.int64())), np.iinfo(np.int64).min)
    kind = rows["kind"].combine_chunks()
    naming, named = _named(rows, people)
    relay_at = np.flatnonzero(known(rows["relay"].combine_chunks()))
    root = np.full(len(who), -1)
    root[relay_at] = relay_at[relays(rows["relay"].drop_null().to_pylist(), at[relay_at])]
    return Chat(
        rows=rows,
        people=people,
        turns=turns(who, at / 1000),
        who=who,
        at=at,
        local=local[~on_roster],
        heard=np.rint(numbers(pc.fill_null(rows["heard_s"].cast(pa.float64()), 0.0)) * 1000).astype(np.int64),
        half=MINUTE // 2 if len(who) and flags(rows["by_minute"]).mean() > 0.5 else 0,
        in_window=flags(rows["in_window"]),
        official=flags(rows["official"]),
        quoted=places(rows["reply_to"], rows["message_id"]),
        naming=naming,
        named=named,
        root=root,
        lost=np.flatnonzero(_is(kind, "solitaire") & (root < 0)),
        packet=at[_is(kind, "red_packet")],
        copied=_copied(rows["copy"].combine_chunks(), who),
        listed=number[on_roster],
        joined=local[on_roster],
    )


def by_form(chat: Chat) -> Ints:
    """Of each turn its place in `KINDS`; -1: by its form it is no call."""
    import numpy as np

    found = np.full(len(chat.turns), -1)
    of_line, chars = chat.turns.of_line, numbers(chat.rows["chars"].cast("int64"))
    speaks = chat.official[chat.turns.first] & (np.bincount(of_line, chars, len(found)) >= LONG)
    to_one = np.r_[of_line[known(chat.rows["reply_to"].combine_chunks())], of_line[chat.naming[chat.named != _ALL]]]
    speaks[to_one] = False
    speaks[of_line[chat.root >= 0]] = False
    relay = chat.root == np.arange(len(chat.root))
    announced = _is(chat.rows["kind"].combine_chunks(), "announcement")
    found[speaks] = _CODES["official"]
    found[of_line[relay]] = _CODES["solitaire"]
    found[of_line[chat.naming[chat.named == _ALL]]] = _CODES["everyone"]
    found[of_line[announced]] = _CODES["announcement"]
    return found


def line_of(chat: Chat, calls: Ints) -> Ints:
    """Of each call, a turn, the line that stands for it: the first announcement or relay, mention of everybody, else the longest."""
    import numpy as np

    weight = np.minimum(numbers(chat.rows["chars"].cast("int64")), 1 << 20)
    kind = chat.rows["kind"].combine_chunks()
    weight = weight + (1 << 21) * (chat.root == np.arange(len(chat.root)))
    weight[chat.naming[chat.named == _ALL]] += 1 << 22
    weight = weight + (1 << 23) * _is(kind, "announcement")
    spans = zip(chat.turns.first[calls].tolist(), chat.turns.last[calls].tolist(), strict=True)
    return np.array([first + int(weight[first : last + 1].argmax()) for first, last in spans], np.int64)


@dataclass(frozen=True, slots=True)
class Rated:
    """The responders of every turn beside what is usual."""

    counts: Ints
    over: Flags
    """Whether the data goes on until the time for answers is over."""
    counted: Flags
    """What the usual is of: turns of the window whose time is over, and no red packet near."""
    stratum: Ints
    usual: Usual


def rate(chat: Chat, minutes: int) -> Rated:
    """How many answer each turn within so many minutes."""
    found, within = chat.turns, minutes * MINUTE
    counts = responders(chat.who, chat.at, within - chat.half)[found.last]
    over = chat.heard[found.last] >= within
    counted = over & chat.in_window[found.first] & ~storms(chat, chat.at[found.last], within)
    hour = numbers(chat.rows["hour"].cast("int64"))[found.first]
    stratum = strata(chat.at[found.first], hour, counted)
    return Rated(counts, over, counted, stratum, usual(stratum, counts, counted))


def storms(chat: Chat, at: Ints, within: int) -> Flags:
    """At which times a red packet was sent up to `STORM` before, or within so many milliseconds."""
    import numpy as np

    found: Flags = np.searchsorted(chat.packet, at + within, "right") > np.searchsorted(chat.packet, at - STORM)
    return found


_ALL, _NOBODY = -1, -2
_CODES = {code: number for number, code in enumerate(KINDS)}


def _named(rows: pa.Table, people: pa.Array) -> tuple[Ints, Ints]:
    """Lines with a mention, and whom it names."""
    import numpy as np
    import pyarrow.compute as pc

    lists = rows["mention_ids"].combine_chunks()
    naming = numbers(pc.list_parent_indices(lists)).astype(np.int64)
    names = pc.list_flatten(lists)
    found = numbers(pc.fill_null(pc.index_in(names, value_set=people), _NOBODY)).astype(np.int64)
    return naming, np.where(_is(names, _EVERYONE), _ALL, found)


def _copied(copy: pa.Array, who: Ints) -> Flags:
    """Which lines have a text that their sender posts `COPIED` times or more."""
    import numpy as np

    text = numbers(copy.dictionary_encode().indices).astype(np.int64)
    there = known(copy)
    _, place, times = np.unique(
        text[there] * (who.max(initial=0) + 1) + who[there], return_inverse=True, return_counts=True
    )
    found = np.zeros(len(who), bool)
    found[there] = times[place] >= COPIED
    return found


def _is(column: pa.Array, value: str) -> Flags:
    import pyarrow as pa
    import pyarrow.compute as pc

    found: Flags = numbers(pc.fill_null(pc.equal(column, value), False).cast(pa.int8())) > 0
    return found
