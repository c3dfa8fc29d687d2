"""Which messages are ads, as SQL that several analyses begin with: the text's own score, and on top of it what the sender did.

The score of the text (`qunkit.features.ads`) is a probability; behaviour adds to its log-odds, by at most what lifts 0.05 to 0.5 or 0.95 back to it. The weights
are conventions, not fitted: there is no labelled data with behaviour. A text that qunkit.toml allows (0) or denies (1) stays what it is, and so do
sign-ups (接龙), red packets and transfers, which are never ads. Staff are not judged by what they did: `official` messages are promotion where their text is.

An analysis says ``PART_SQL = SUSPECTS``, ``per_group = copies_of`` and ``SQL = f"WITH {JUDGED} …"``, with a parameter ``:threshold``. Its rows are in:

* ``promising``  what may be an ad by its text, staff's messages too, from `SINCE` on: the window, as much before, and 8 weeks before as-of.
* ``flagged``  the ads among them: ``p`` (of the text and what the sender did), ``text_p`` (of the text), ``copy`` (of near-duplicates, or null) and what speaks for and
  against it: ``hours`` since the sender joined (null: not known), ``is_first`` (the sender's first message in the group), ``elsewhere`` (the same in another group within 10
  minutes), ``others`` (people besides who posted the copy), ``times`` (how often the sender did), ``replies`` (explicit ones by others), how many messages the sender ``spoken`` in
  the group, and how many of them ``looks`` like ads by their text. ``judged`` has the others, too.

A message's key is (group_id, sent_at, seq): ids may return.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

BEHAVIOUR: dict[str, tuple[float, str, Text]] = {
    "new_today": (1.5, "hours < 24", Text("joined within a day", "入群不到一天")),
    "new": (0.7, "hours >= 24 AND hours < 72", Text("joined within three days", "入群不到三天")),
    "first": (0.7, "is_first", Text("the sender's first message here", "在本群的第一条消息")),
    "elsewhere": (
        2.5,
        "elsewhere",
        Text("the same in another group within 10 minutes", "10 分钟内在其他群发过相同内容"),
    ),
    "others": (1.0, "others > 0", Text("others post the same", "其他人也发相同内容")),
    "repeated": (0.8, "times > 2", Text("posted three times or more", "自己发过至少三次")),
    "only_ads": (
        1.0,
        "spoken >= 3 AND looks * 2 >= spoken",
        Text("half or more of the sender's messages look like ads", "其消息半数以上像广告"),
    ),
    "talks": (
        -1.5,
        "spoken >= 20 AND looks * 10 < spoken",
        Text("the sender talks, and few messages look like ads", "平时正常聊天，极少像广告"),
    ),
    "answered": (-0.7, "replies = 1", Text("somebody answered", "有人回复")),
    "answered_often": (-1.4, "replies > 1", Text("several people answered", "多人回复")),
}
"""What a sender did: its weight in log-odds, when, and in words."""

FEATURES = ("ads",)
SUSPICIOUS = 0.05
"""Below this score of the text nothing that the sender did makes it an ad."""
FLOOR, CEILING = 1e-6, 1 - 1e-6

SINCE = "LEAST(2 * epoch_s(:since) - epoch_s(:until), epoch_s(:as_of) - 4838400)"
"""From when on messages are looked at."""
NEVER = "'solitaire', 'red_packet', 'transfer'"
"""Kinds that are no ads."""
_CARD = 0.3
"""What stands for the score of a name card, which has no text."""

SUSPECTS = f"""
SELECT 0 AS part, texts.text
FROM (
  SELECT DISTINCT text FROM posts
  WHERE NOT official AND text <> '' AND kind NOT IN ({NEVER}) AND epoch_s(local_time) >= {SINCE}
) texts JOIN features ON features.text = texts.text
WHERE features.ads >= {SUSPICIOUS:e}
ORDER BY part, texts.text
"""

_WEIGHTS = " + ".join(f"CASE WHEN {when} THEN {weight:e} ELSE 0e0 END" for weight, when, _ in BEHAVIOUR.values())
_BOUND = 2.944438979166440
"""ln(0.95 / 0.05)."""

_COLUMNS = "group_id, group_name, message_id, seq, sent_at, local_time, in_window, sender_id, sender_name, person, official, kind, text, chars"


def _columns(of: str = "") -> str:
    return ", ".join(of + name for name in _COLUMNS.split(", "))


JUDGED = f"""
joined AS (
  SELECT group_id, member_id, MAX(local_time) AS joined_at
  FROM (
    SELECT group_id, explode(target_ids) AS member_id, local_time FROM messages WHERE event IN ('invited', 'joined_qr', 'joined')
  ) arrivals GROUP BY group_id, member_id
), senders AS (
  SELECT group_id, sender_id, MIN(local_time) AS first_at, COUNT(CASE WHEN epoch_s(local_time) >= {SINCE} THEN 1 END) AS spoken
  FROM posts GROUP BY group_id, sender_id
), known AS (
  SELECT senders.group_id, senders.sender_id, senders.first_at, senders.spoken,
    CASE WHEN epoch_s(senders.first_at) - epoch_s(began.first_at) >= 2419200 THEN senders.first_at END AS came_at
  FROM senders JOIN (SELECT group_id, MIN(local_time) AS first_at FROM messages GROUP BY group_id) began
    ON began.group_id = senders.group_id
), promising AS (
  SELECT {_columns("posts.")}, features.ads AS text_p, parts.copy
  FROM posts JOIN features ON features.text = posts.text LEFT JOIN parts ON parts.text = posts.text
  WHERE features.ads >= {SUSPICIOUS:e} AND posts.kind NOT IN ('contact_card', {NEVER}) AND epoch_s(posts.local_time) >= {SINCE}
  UNION ALL
  SELECT {_columns()}, {_CARD:e} AS text_p, NULL AS copy
  FROM posts WHERE kind = 'contact_card' AND epoch_s(local_time) >= {SINCE}
), suspects AS (  -- counted by windows, not by joins with itself: Spark works a subquery out wherever it is named
  SELECT placed.*,
    COALESCE(group_first <> group_last, FALSE) AS elsewhere,
    CASE WHEN copy IS NULL THEN 0 ELSE MAX(nth) OVER (PARTITION BY copy) - 1 END AS others
  FROM (
    SELECT promising.*,
      CASE WHEN copy IS NULL THEN 1 ELSE COUNT(*) OVER (PARTITION BY copy, person) END AS times,
      COUNT(CASE WHEN text_p >= 5e-1 THEN 1 END) OVER (PARTITION BY group_id, sender_id) AS looks,
      DENSE_RANK() OVER (PARTITION BY copy ORDER BY person) AS nth,
      CASE WHEN copy IS NOT NULL THEN
        MIN(group_id) OVER (PARTITION BY person, copy ORDER BY epoch_s(sent_at) RANGE BETWEEN 600 PRECEDING AND 600 FOLLOWING)
      END AS group_first,
      CASE WHEN copy IS NOT NULL THEN
        MAX(group_id) OVER (PARTITION BY person, copy ORDER BY epoch_s(sent_at) RANGE BETWEEN 600 PRECEDING AND 600 FOLLOWING)
      END AS group_last
    FROM promising WHERE NOT official
  ) placed
), repliers AS (
  SELECT group_id, reply_to, sender_id FROM posts WHERE reply_to IS NOT NULL GROUP BY group_id, reply_to, sender_id
), answered AS (
  SELECT group_id, reply_to, COUNT(*) AS repliers FROM repliers GROUP BY group_id, reply_to
), evidence AS (
  SELECT suspects.*, known.spoken,
    CASE WHEN joined.joined_at <= suspects.local_time THEN (epoch_s(suspects.local_time) - epoch_s(joined.joined_at)) / 3600
      ELSE (epoch_s(suspects.local_time) - epoch_s(known.came_at)) / 3600 END AS hours,
    suspects.local_time = known.first_at AS is_first,
    COALESCE(answered.repliers, 0) - CASE WHEN repliers.sender_id IS NULL THEN 0 ELSE 1 END AS replies,
    LN(LEAST(GREATEST(text_p, {FLOOR:e}), {CEILING:e}) / NULLIF(1 - LEAST(GREATEST(text_p, {FLOOR:e}), {CEILING:e}), 0)) AS odds
  FROM suspects
  JOIN known ON known.group_id = suspects.group_id AND known.sender_id = suspects.sender_id
  LEFT JOIN joined ON joined.group_id = suspects.group_id AND joined.member_id = suspects.sender_id
  LEFT JOIN answered ON answered.group_id = suspects.group_id AND answered.reply_to = suspects.message_id
  LEFT JOIN repliers ON repliers.group_id = suspects.group_id AND repliers.reply_to = suspects.message_id
    AND repliers.sender_id = suspects.sender_id
), judged AS (
  SELECT evidence.*,
    CASE WHEN text_p >= 1 THEN 1e0
      ELSE 1 / NULLIF(1 + EXP(-(odds + LEAST(GREATEST({_WEIGHTS}, -{_BOUND:.15e}), {_BOUND:.15e}))), 0) END AS p
  FROM evidence
), flagged AS (
  SELECT * FROM judged WHERE p >= :threshold
)"""


def copies_of(table: pa.Table, params: object) -> pa.Table:
    """The near-duplicates among the texts of one part: ``text`` and ``copy``, a text that stands for all that are one; null where it is too short to tell."""
    import pyarrow as pa

    from qunkit.chat.normal import normalise_all
    from qunkit.methods.copies import copies

    texts = table["text"].to_pylist()
    plain = normalise_all(texts)
    distinct = list(dict.fromkeys(plain))
    number_of = dict(zip(distinct, copies(distinct).tolist(), strict=True))
    numbers = [number_of[one] for one in plain]
    first: dict[int, str] = {}
    for number, text in zip(numbers, texts, strict=True):
        first.setdefault(number, text)
    named = [first[number] if number >= 0 else None for number in numbers]
    return pa.table({"text": pa.array(texts, pa.string()), "copy": pa.array(named, pa.string())})
