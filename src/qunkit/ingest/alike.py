"""By what tellings are compared: whose they are, of which class, in which words, and in which second.

All of it is SQL on a row of observations; `COMPARED` and `CONTENT` are on one with the ``group_key`` and ``sender_key`` of its row of ``identity``, to which
`IS_NAMED` leads: of `o` to `i`.
"""

from __future__ import annotations

_STEADY = "!-~\u2010-\u2027\u3000-\u3029\u3030-\u3098\u309b-\u30ff\u4e00-\u9fff\uff01-\uff5e\uffe0-\uffe6\ufe0f\u200d\U0001f300-\U0001faff"
"""Characters that NFC leaves as they are, whatever is beside them; and no blanks."""
PLAIN = f"([{_STEADY}]([ \n{_STEADY}]*[{_STEADY}])?)?"
"""What most texts are. To see it is cheaper than to look for anything in them."""
WORDS = f"""CASE WHEN regexp_full_match({{0}}, '{PLAIN}') THEN {{0}}
  ELSE trim(replace(nfc_normalize({{0}}), chr(13) || chr(10), chr(10)), chr(32) || chr(9) || chr(10) || chr(13)) END"""
"""What was written, but for blanks and line ends and the spelling of accents."""

_WORDED = "kind IN ('text', 'system', 'recall')"
CLASS = f"CASE WHEN {_WORDED} OR kind IN ('quote', 'image', 'voice', 'video', 'sticker', 'call', 'pat') THEN kind ELSE 'card' END"
"""The kind by which tellings are compared: exporters disagree on what kind of card a card is."""
_SUBJECT = "COALESCE(array_to_string(list_sort(list_transform(target_names, lambda n: nfc_normalize(n))), chr(30)), nfc_normalize(actor_name), '')"
SAME = f"""CASE WHEN kind = 'recall' AND event = 'recalled' THEN event
  WHEN kind = 'system' AND event <> 'other' THEN event || chr(30) || {_SUBJECT}
  WHEN {_WORDED} THEN {WORDS.format("text")} END"""
"""The text by which tellings are compared: what a member typed, but for blanks and line ends and the spelling of accents; of a notice what it
reports of whom, for each phone words it as it sees it (你邀请…, "凯文"邀请…). What stands for a card, a quote or a picture is the exporter's own
wording, or lost: it counts only where there are several, see `crowded`."""

SECOND = "epoch_ms({}) // 1000"
"""Some exporters keep fractions of a second; most do not."""

_BY = "CASE WHEN kind <> 'pat' THEN {} END"
"""The sender by which tellings are compared: only some exporters say who patted."""

ALIKE = f"""group_id, group_name, {SECOND.format("sent_at")}, {_BY.format("COALESCE(sender_id, 'name:' || sender_name)")}, {CLASS}, COALESCE({SAME}, {WORDS.format("text")}, '')"""
"""What equal tellings of one source share; they are numbered in their order."""

COMPARED = (_BY.format("sender_key"), CLASS, SAME)
"""Whose, of which class, and in which words. What is equal in these and in time is compared."""

_CONTENT = f"""md5(concat_ws(chr(31), group_key, CAST({{time}} AS VARCHAR),
    COALESCE({COMPARED[0]}, ''), {CLASS}, COALESCE({SAME}, chr(0)){{more}}))"""
CONTENT = _CONTENT.format(
    time=f"({SECOND.format('sent_at')}) * 1000", more=", IF(time_quality = 'minute', 'minute', NULL)"
)
"""A hash of what is compared, and of the group and second."""
CONTENT_OF_MINUTE = _CONTENT.format(time="epoch_ms(sent_at) // 60000 * 60000", more="")
"""… and of the group and minute."""

IS_NAMED = """o.platform = i.platform AND o.group_id IS NOT DISTINCT FROM i.group_id AND o.group_name IS NOT DISTINCT FROM i.group_name
  AND o.sender_id IS NOT DISTINCT FROM i.sender_id AND o.sender_name IS NOT DISTINCT FROM i.sender_name"""
"""Whether `i` says who spoke, and where."""
