"""Complaints and who made them, as SQL that analyses begin with: ``FEATURES = FEATURES`` and ``WITH {hits(…)}, …``.

* ``told``  messages of people who are neither staff nor advertise: ``group_id, sender_id, seq, sent_at, hits`` (of texts and quotes alone) and what is asked for.
* ``hits``  one row for each of them and word that complains: the same columns, and ``hit``: ``family:word``. Words of `[complaints]` in qunkit.toml are among them, or are not.
"""

from __future__ import annotations

from collections.abc import Sequence

FEATURES = ("ads", "complaints")
AD = 0.5
"""From here on a text is an advertisement."""
FAMILY = "SUBSTRING(hit, 1, POSITION(':' IN hit) - 1)"
"""SQL: what a hit is about."""


def hits(columns: str, names: Sequence[str], posts: str, where: str) -> str:
    """The CTEs: `columns` are what is asked for of `posts`, `names` what they are called, `where` which messages count."""
    every = ", ".join(f"told.{name}" for name in ("group_id", "sender_id", "seq", "sent_at", *names))
    return f"""told AS (
  SELECT posts.group_id, posts.sender_id, posts.seq, posts.sent_at, {columns}, CASE WHEN posts.kind IN ('text', 'quote') THEN features.complaints END AS hits,
    CASE WHEN posts.kind IN ('text', 'quote') THEN LOWER(posts.text) END AS lower_text
  FROM {posts} LEFT JOIN features ON features.text = posts.text
  WHERE NOT posts.official AND COALESCE(features.ads, 0) < {AD:e} AND {where}
), listed AS (
  SELECT {every}, explode(told.hits) AS hit FROM told
), hits AS (
  SELECT told.* FROM listed told
  LEFT JOIN complaint_words ON complaint_words.kind = 'stop' AND POSITION(complaint_words.word IN SUBSTRING(told.hit, POSITION(':' IN told.hit) + 1)) > 0
  WHERE complaint_words.word IS NULL
  UNION ALL
  SELECT {every}, 'own:' || complaint_words.word AS hit
  FROM told JOIN complaint_words ON complaint_words.kind = 'own' AND POSITION(complaint_words.word IN told.lower_text) > 0
)"""
