"""Contacts and links that the features read in a text however they are dressed (`contacts`, `links`), and where they stand in it as it was written.

The forms of `scrub_forms` know how people write them; these know what qunkit itself would tell of a text. Most texts are passed over at a glance:
those without five letters or digits in a row, whatever their dress and whatever parts them, and without a dot.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from qunkit.chat import characters
from qunkit.chat.contacts import codes, named
from qunkit.chat.links import LINK, plain
from qunkit.chat.normal import traced

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Place = tuple[int, int, str]
"""Where it begins and ends, and the placeholder that stands for it."""
_PLACEHOLDERS = {"wx": "[account]", "qq": "[account]", "phone": "[phone]", "taokouling": "[code]"}
_SIGNS = "abcdefghijklmnopqrstuvwxyz0123456789_-"
_READ_AS_Q = "扣叩抠企鹅球秋求邱"
"""What `disguises` makes a letter of."""
_FEWEST = 5
"""Signs that the shortest contact has."""


def places(text: str) -> list[Place]:
    """Contacts and links of `text`, in their order, none within another."""
    found: list[Place] = []
    if _runs().search(text):
        found += _contacts(text)
    if _dots().search(text):
        found += _plainly(text, links=True)
    return list(_apart(found))


def _contacts(text: str) -> Iterator[Place]:
    normal = traced(text)
    for one in named(normal.text):
        start, end = min(normal.starts[one.start : one.end]), max(normal.ends[one.start : one.end])
        yield start, end, _PLACEHOLDERS[one.kind]
    yield from _plainly(text, links=False)


def _plainly(text: str, *, links: bool) -> Iterator[Place]:
    """What is read in the plain text, which is made sign by sign here."""
    if not any(True for _ in (LINK.finditer if links else codes)(plain(text))):
        return
    pieces = [plain(sign) for sign in text]
    at = [place for place, piece in enumerate(pieces) for _ in piece]
    whole = "".join(pieces)
    spans = (
        [(*link.span(), "[link]") for link in LINK.finditer(whole)]
        if links
        else [(code.start, code.end, _PLACEHOLDERS[code.kind]) for code in codes(whole)]
    )
    for start, end, shown in spans:
        yield at[start], at[end - 1] + 1, shown


def _apart(found: Iterable[Place]) -> Iterator[Place]:
    """Those that overlap as one, with the placeholder of the first."""
    last: Place | None = None
    for start, end, shown in sorted(found):
        if last and start < last[1]:
            last = last[0], max(end, last[1]), last[2]
            continue
        if last:
            yield last
        last = start, end, shown
    if last:
        yield last


@cache
def _runs() -> re.Pattern[str]:
    """Five letters or digits, or what is made such, with nothing but signs between them that are dropped; or one sign that becomes several."""
    import numpy as np

    table = characters.forms()
    forms = table.forms[: sys.maxunicode + 1]
    single = np.minimum(forms, sys.maxunicode)
    told = np.isin(forms, list(map(ord, _SIGNS))) | ((characters.digits()[single] > 0) & (forms <= sys.maxunicode))
    told[list(map(ord, _READ_AS_Q))] = True
    signs = np.isin(table.letters, list(map(ord, _SIGNS))).astype(np.int64)
    many = forms >= characters.SEVERAL
    several = np.zeros(len(forms), bool)
    several[many] = np.add.reduceat(signs, table.begins)[forms[many] - characters.SEVERAL] > 0
    between = (
        (forms == characters.DROPPED) | (many & ~several) | (characters.kinds()[single] == characters.SEPARATOR)
    ) & ~told
    between[sys.maxunicode] = False
    sign, gap = _class(told), _class(between)
    return re.compile(f"{_class(several)}|{sign}(?:{gap}*+{sign}){{{_FEWEST - 1}}}")


@cache
def _dots() -> re.Pattern[str]:
    """What has a dot in its plain form: no link is without."""
    dotted = [chr(code) for code in range(0x10000) if "." in unicodedata.normalize("NFKC", chr(code))]
    dotted += [chr(code) for code in range(0x1F100, 0x1F110) if "." in unicodedata.normalize("NFKC", chr(code))]
    return re.compile(f"[{''.join(map(re.escape, dotted))}]")


def _class(flags: NDArray[np.bool_]) -> str:
    """The code points that are flagged, as a class of characters."""
    import numpy as np

    edges = np.flatnonzero(np.diff(flags, prepend=False, append=False))
    runs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return "[" + "".join(f"{re.escape(chr(first))}-{re.escape(chr(after - 1))}" for first, after in runs) + "]"
