"""A text as features read it: letters and digits in their plain form, without what nobody sees; and what a link is.

No pattern here repeats within a repetition over the same signs, and each begins only where no such sign stands before: a hostile text costs no more
than another.
"""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = re.compile(
    "[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
_USUAL = re.compile("[\x00-\x7f\u4e00-\u9fff，。！？；：、“”‘’（）《》【】「」…～—]*")
"""What a text may hold that is plain already, but for marks."""
_MARKS = re.compile("([！（），；？［］｛｝])")
"""Full-width marks end a link; the plain ones that NFKC makes of them are part of it."""
_ASCII, _HAN = "[0-9a-z_-]", "[0-9\u4e00-\u9fff-]"
_LABEL = rf"(?:{_ASCII}{{1,63}}|{_HAN}{{1,63}})\."
"""Part of a host: Chinese that touches a link is no part of it unless it stands between two dots."""
_END = "com|net|org|edu|gov|cn|top|xyz|vip|shop|club|app|link|site|online|info|live|store|work|tech|space|biz|mobi|dev|wang|io|cc|tv|me"
"""How a host ends that has neither ``https://`` before it nor a path behind; with a path, any two letters do."""
LINK = re.compile(
    rf"""
    (?:https?|ftp)://(?:[!-.0-9:;=_a-z~]{{0,64}}@)?(?P<host>(?:{_LABEL}){{1,8}}(?:xn--[0-9a-z-]{{1,59}}|[a-z]{{2,24}}|[0-9]{{1,3}}|中国|公司|网络))[!-~]*
    | (?<![0-9a-z@._/-])(?P<bare>(?:[0-9a-z][0-9a-z-]{{0,62}}\.){{1,8}}(?:(?:{_END})(?![0-9a-z_-]|\.[0-9a-z])|[a-z]{{2}}(?=/)))(?::[0-9]{{1,5}})?(?:[/?\#][!-~]*)?
    """,
    re.IGNORECASE | re.VERBOSE,
)


def plain(text: str) -> str:
    """`text` in NFKC (full-width letters and digits become plain ones), without what nobody sees. Full-width marks may stay."""
    if _USUAL.fullmatch(text):
        return text
    return unicodedata.normalize("NFKC", _MARKS.sub(r" \1", _UNSEEN.sub("", text)))
