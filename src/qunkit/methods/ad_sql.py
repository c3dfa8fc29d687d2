"""Which messages are ads, as SQL that several analyses begin with: the text's own score, and on top of it what the sender did.

The score of the text (`qunkit.features.ads`) is a probability; behaviour adds to its log-odds, by at most what lifts 0.2 to 0.5 or 0.8 back to it. The weights
are conventions, not fitted: there is no labelled data with behaviour. A text that qunkit.toml allows (0) or denies (1) stays what it is, and so do
sign-ups (接龙), red packets and transfers, which are never ads. Staff are not judged by what they did: `official` messages are promotion where their text is.

A message is judged by what came before it, in all groups, chosen or not: filters do not change what it is, and the window hardly does. Beyond its end can lie what comes within
10 minutes in another group, and who answers; and which texts are one copy depends on what else was posted by then.

An analysis says ``KEPT = KEPT`` and reads ``judged``, or says ``SQL = f"WITH {FLAGGED} …"`` with a parameter ``:threshold``. Rows are of the chosen
groups and all time up to the end of the window:

* ``judged``  what may be an ad by its text, staff's messages too: ``p`` (of the text and what the sender did; of staff's messages, of the text), ``text_p`` (of the text),
  ``copy`` (the number of near-duplicates, or null) and what speaks for and against it: ``hours`` since the sender last joined (null: not known), ``is_first`` (the sender's
  first message in the group, and it has a link, a contact or the like), ``elsewhere`` (the same in another group within 10 minutes), ``others`` (copies by other people in the
  week before), ``times`` (how often the sender posted it), ``replies`` (others who answer it explicitly; beyond two the sender may be counted), how many messages the
  sender had ``spoken`` in the group, and how many of them ``looks`` like ads by their text.
* ``flagged``  the ads among them, without staff's.

A message's key is (group_id, sent_at, seq): ids may return. Spark works a subquery out wherever it is named: so none here is named twice, and an analysis should name but one of the two, once. DuckDB keeps ``judged`` for all who ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qunkit.dataset import Kept
from qunkit.words import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

BEHAVIOUR: dict[str, tuple[float, str, Text]] = {
    "new_today": (0.8, "hours < 24", Text("joined within a day", "入群不到一天")),
    "new": (0.4, "hours >= 24 AND hours < 72", Text("joined within three days", "入群不到三天")),
    "first": (
        0.8,
        "is_first",
        Text("the first message here, with a link, contact or card", "在本群的第一条消息就带链接、联系方式或卡片"),
    ),
    "elsewhere": (
        1.4,
        "elsewhere",
        Text("the same in another group within 10 minutes", "10 分钟内在其他群发过相同内容"),
    ),
    "others": (
        0.8,
        "others > 2",
        Text("others posted the same three times within a week", "一周内其他人发过至少三次相同内容"),
    ),
    "repeated": (0.8, "times > 2", Text("posted three times or more", "自己发过至少三次")),
    "only_ads": (
        0.8,
        "spoken >= 3 AND looks * 2 >= spoken",
        Text("half or more of the sender's messages so far look like ads", "其至今的消息半数以上像广告"),
    ),
    "talks": (
        -1.4,
        "spoken >= 20 AND looks * 10 < spoken",
        Text("the sender talks, and few messages look like ads", "平时正常聊天，极少像广告"),
    ),
    "answered": (-0.7, "replies = 1", Text("somebody answered", "有人回复")),
    "answered_often": (-1.4, "replies > 1", Text("several people answered", "多人回复")),
}
"""What a sender did: its weight in log-odds, when, and in words."""

FEATURES = ("ads",)
SUSPICIOUS = 0.2
"""Below this score of the text nothing that the sender did makes it an ad."""
FLOOR, CEILING = 1e-6, 1 - 1e-6

SINCE = "LEAST(2 * epoch_s(:since) - epoch_s(:until), epoch_s(:until) - 4838400)"
"""From when on `qunkit ads` counts: the window, as much time before it, and the 8 weeks before as-of."""
NEVER = "'solitaire', 'red_packet', 'transfer'"
"""Kinds that are no ads."""
_CARD = 0.3
"""What stands for the score of a name card, which has no text."""
_REACHING = "'link', 'miniprogram', 'channels', 'contact_card'"
"""Kinds that lead out of the group, whatever their text."""
_MARKS = ("account", "phone", "passcode", "code", "short_link", "link")
"""Marks of a text that does."""
_BEFORE = "6.048000005e5 PRECEDING"
"""The end of what is more than a week ago; times have milliseconds. What is within the week is counted as the difference of two sums, for Spark counts a frame that has two ends
anew for every row."""
_BATCH = 1 << 12
_BOUND = 1.4
"""What lifts a text that is just suspicious to 0.5, and a hair more: engines need not agree on the last digit."""

SUSPECTS = f"""
SELECT 0 AS part, texts.text
FROM (SELECT DISTINCT text FROM all_posts WHERE NOT official AND text <> '' AND kind NOT IN ({NEVER})) texts JOIN features ON features.text = texts.text
WHERE features.ads >= {SUSPICIOUS:e}
ORDER BY part, texts.text
"""

_WEIGHTS = " + ".join(f"CASE WHEN {when} THEN {weight:e} ELSE 0e0 END" for weight, when, _ in BEHAVIOUR.values())

_COLUMNS = "group_id, group_name, message_id, seq, sent_at, local_time, in_window, sender_id, sender_name, person, official, chosen, kind, text, chars"


def _columns(of: str = "") -> str:
    return ", ".join(of + name for name in _COLUMNS.split(", "))


_JUDGED = f"""
entries AS (
  SELECT group_id, member_id, joined_at
  FROM (
    SELECT group_id, explode(target_ids) AS member_id, local_time AS joined_at FROM messages WHERE event IN ('invited', 'joined_qr', 'joined')
    UNION ALL SELECT group_id, member_id, joined_at FROM listings WHERE joined_at IS NOT NULL
  ) told GROUP BY group_id, member_id, joined_at
), spoke AS (
  SELECT group_id, sender_id, sent_at, seq, ROW_NUMBER() OVER (PARTITION BY group_id, sender_id ORDER BY sent_at, seq) AS spoken,
    MIN(local_time) OVER (PARTITION BY group_id, sender_id ORDER BY sent_at, seq) AS first_at
  FROM posts
), began AS (
  SELECT group_id, MIN(local_time) AS first_at FROM messages GROUP BY group_id
), candidates AS (  -- `copy` and `alone`: one of them is null; what has no copies stands alone, not with all that have none
  SELECT {_columns("all_posts.")}, features.ads AS text_p, CASE WHEN NOT all_posts.official THEN {{copies}}.copy END AS copy,
    CASE WHEN all_posts.official OR {{copies}}.copy IS NULL THEN all_posts.seq END AS alone,
    COALESCE({{copies}}.reaching, FALSE) OR all_posts.kind IN ({_REACHING}) AS reaching
  FROM all_posts JOIN features ON features.text = all_posts.text LEFT JOIN {{copies}} ON {{copies}}.text = all_posts.text
  WHERE features.ads >= {SUSPICIOUS:e} AND all_posts.kind NOT IN ('contact_card', {NEVER})
  UNION ALL
  SELECT {_columns()}, {_CARD:e} AS text_p, NULL AS copy, seq AS alone, TRUE AS reaching FROM all_posts WHERE kind = 'contact_card'
), suspects AS (
  SELECT placed.*, copy IS NOT NULL AND group_first <> group_last AS elsewhere, CASE WHEN copy IS NULL THEN 1 ELSE posted END AS times,
    CASE WHEN copy IS NULL THEN 0 ELSE (copies - copies_before) - (posted - posted_before) END AS others
  FROM (
    SELECT candidates.*,
      COUNT(CASE WHEN text_p >= 5e-1 THEN 1 END) OVER (PARTITION BY group_id, sender_id ORDER BY sent_at, seq) AS looks,
      COUNT(*) OVER (PARTITION BY copy, alone ORDER BY epoch_s(sent_at)) AS copies,
      COUNT(*) OVER (PARTITION BY copy, alone ORDER BY epoch_s(sent_at) RANGE BETWEEN UNBOUNDED PRECEDING AND {_BEFORE}) AS copies_before,
      COUNT(*) OVER (PARTITION BY copy, alone, person ORDER BY epoch_s(sent_at)) AS posted,
      COUNT(*) OVER (PARTITION BY copy, alone, person ORDER BY epoch_s(sent_at) RANGE BETWEEN UNBOUNDED PRECEDING AND {_BEFORE}) AS posted_before,
      MIN(group_id) OVER (PARTITION BY copy, alone, person ORDER BY epoch_s(sent_at) RANGE BETWEEN 600 PRECEDING AND 600 FOLLOWING) AS group_first,
      MAX(group_id) OVER (PARTITION BY copy, alone, person ORDER BY epoch_s(sent_at) RANGE BETWEEN 600 PRECEDING AND 600 FOLLOWING) AS group_last
    FROM candidates
  ) placed
  WHERE chosen
), answered AS (
  SELECT group_id, reply_to, COUNT(*) AS repliers, MIN(sender_id) AS one, MAX(sender_id) AS other
  FROM (SELECT DISTINCT group_id, reply_to, sender_id FROM posts WHERE reply_to IS NOT NULL) said GROUP BY group_id, reply_to
), known AS (
  SELECT suspects.*, spoke.spoken, spoke.spoken = 1 AND suspects.reaching AS is_first,
    COALESCE(answered.repliers, 0) - CASE WHEN answered.repliers < 3 AND suspects.sender_id IN (answered.one, answered.other) THEN 1 ELSE 0 END AS replies,
    LN(LEAST(GREATEST(text_p, {FLOOR:e}), {CEILING:e}) / NULLIF(1 - LEAST(GREATEST(text_p, {FLOOR:e}), {CEILING:e}), 0)) AS odds,
    COALESCE(entries.joined_at, CASE WHEN epoch_s(spoke.first_at) - epoch_s(began.first_at) >= 2419200 THEN spoke.first_at END) AS came_at,
    ROW_NUMBER() OVER (PARTITION BY suspects.group_id, suspects.sent_at, suspects.seq ORDER BY entries.joined_at DESC) AS nth
  FROM suspects
  JOIN spoke ON spoke.group_id = suspects.group_id AND spoke.sent_at = suspects.sent_at AND spoke.seq = suspects.seq
  JOIN began ON began.group_id = suspects.group_id
  LEFT JOIN entries ON entries.group_id = suspects.group_id AND entries.member_id = suspects.sender_id AND entries.joined_at <= suspects.local_time
  LEFT JOIN answered ON answered.group_id = suspects.group_id AND answered.reply_to = suspects.message_id
), evidence AS (
  SELECT known.*, (epoch_s(local_time) - epoch_s(came_at)) / 3600 AS hours FROM known WHERE nth = 1
)
SELECT evidence.*,
  CASE WHEN official THEN text_p WHEN text_p >= 1 THEN 1e0
    ELSE 1 / NULLIF(1 + EXP(-(odds + LEAST(GREATEST({_WEIGHTS}, -{_BOUND:e}), {_BOUND:e}))), 0) END AS p
FROM evidence
"""


def judged(copies: str, before: str = "") -> Kept:
    """The table of what may be an ad, by the near-duplicates in `copies`; `before`: the query of these, where they are no kept table."""
    return Kept(f"WITH {before}{_JUDGED.format(copies=copies)}")


FLAGGED = """flagged AS (
  SELECT * FROM judged WHERE p >= :threshold AND NOT official
)"""


def copies_of(table: pa.Table) -> pa.Table:
    """What is known of the texts of one part: ``text``, ``copy`` (the number of near-duplicates that are one; null where it is too short to tell) and
    ``reaching``, whether it has a link, a contact or the like."""
    import numpy as np
    import pyarrow as pa

    from qunkit.methods.copies import copies

    texts = table["text"].to_pylist()
    plain, reaching = _read(texts)
    distinct = list(dict.fromkeys(plain))
    number_of = dict(zip(distinct, copies(distinct).tolist(), strict=True))
    numbers = np.array([number_of[one] for one in plain], np.int64)
    columns = {"text": pa.array(texts, pa.string()), "copy": pa.array(numbers, mask=numbers < 0)}
    return pa.table(columns | {"reaching": pa.array(reaching, pa.bool_())})


def _read(texts: Sequence[str]) -> tuple[list[str], list[bool]]:
    """Each of `texts` without its disguises, and whether it has one of `_MARKS`."""
    import numpy as np

    from qunkit.chat.normal import END, batch
    from qunkit.methods import ad_marks

    plain: list[str] = []
    found: list[bool] = []
    marks = [mark for mark in ad_marks.MARKS if mark.code in _MARKS]
    for start in range(0, len(texts), _BATCH):
        normals = batch(texts[start : start + _BATCH])
        plain += normals.joined.split(END)[:-1]
        told = np.zeros(len(normals), bool)
        for mark in marks:
            told[ad_marks.texts_of(normals, mark.find(normals)[:, 0])] = True
        found += told.tolist()
    return plain, found


KEPT = {"ad_copies": Kept(SUSPECTS, copies_of), "judged": judged("ad_copies")}
