"""The tables that the program reads characters by: ``python training/tables.py`` writes src/qunkit/chat/data, the same bytes every time.

``plain.tsv``      what a character is in its plainest form, by the characters that are not in it: ``a⇥ａⒶ𝐚…``, the form first. Nothing before the tab: dropped.
``dropped.txt``    ranges of code points of which nothing stays, in hexadecimal.
``syllables.txt``  the syllable in which a simplified character is mostly read, without its tone, by syllable: ``wei 微薇威…``.

OpenCC and pypinyin are needed here alone. Another version of Unicode than Python 3.11's would give another table, so that it is refused.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

UNICODE = "14.0.0"
DATA = Path(__file__).parents[1] / "src/qunkit/chat/data"
_HAN = (range(0x3007, 0x3008), range(0x3400, 0x4DC0), range(0x4E00, 0xA000))
"""〇, extension A and the basic block: what people type. Others are read as themselves."""
_HANGUL = range(0xAC00, 0xD7A4)
_BREAKS = "\n\x0b\x0c\x85\u2028\u2029"
_BLANKS = "\t\x1c\x1d\x1e\x1f\u2800\u3164\u115f\u1160\uffa0"
"""Blanks that Unicode takes for something else."""
_SKIN = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0000, 0xE1000)
_LETTERS = {  # in dresses that NFKC leaves on
    **{0x1F1E6 + place: chr(97 + place) for place in range(26)},  # regional indicators
    **{first + place: chr(97 + place) for first in (0x1F150, 0x1F170) for place in range(26)},  # white on black
    **dict(
        zip(
            map(ord, "🆎🆑🆒🆓🆔🆕🆖🆗🆘🆙🆚"),
            ["ab", "cl", "cool", "free", "id", "new", "ng", "ok", "sos", "up", "vs"],
            strict=True,
        )
    ),
    **dict.fromkeys(map(ord, "➕✚✛✜⊕⨁🞡"), "+"),
    **dict.fromkeys(map(ord, "♥♡❣❥🖤🤍🤎💙💚💛💜🧡💗💖💕💓💞💘💝"), "❤"),
    **dict.fromkeys(map(ord, "✓✔☑✅🗸"), "√"),
    **dict.fromkeys(map(ord, "〜∼～"), "~"),
    **dict.fromkeys(map(ord, "‐‑‒–−﹣－"), "-"),
    ord("🔟"): "10",
    ord("￥"): "¥",
    ord("劵"): "券",
    ord("妳"): "你",
    ord("帬"): "裙",
    ord("伩"): "信",
}


def main() -> None:
    """Write the tables."""
    if unicodedata.unidata_version != UNICODE:
        sys.exit(f"Unicode {UNICODE} is asked for (Python 3.11), not {unicodedata.unidata_version}")
    for name, text in tables().items():
        (DATA / name).write_text(text, "utf-8", newline="\n")
        print(f"{name}: {len(text.encode()):,} bytes")


def tables() -> dict[str, str]:
    """The content of each file."""
    forms = {code: form(chr(code)) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000}
    dropped = [*range(0xD800, 0xE000), *(code for code, plain in forms.items() if not plain)]
    dressed = defaultdict(list)
    for code, plain in forms.items():
        if plain and plain != chr(code):
            dressed[plain].append(chr(code))
    read = defaultdict(list)
    for code in (code for block in _HAN for code in block):
        if forms[code] == chr(code) and (syllable := _syllable(chr(code))):
            read[syllable].append(chr(code))
    return {
        "plain.tsv": "".join(f"{_written(plain)}\t{''.join(found)}\n" for plain, found in sorted(dressed.items())),
        "dropped.txt": "".join(f"{first:x}-{last:x}\n" for first, last in _ranges(sorted(dropped))),
        "syllables.txt": "".join(f"{syllable} {''.join(found)}\n" for syllable, found in sorted(read.items())),
    }


def form(character: str) -> str:
    """What stays of a character: the plainest form, and the form's own is itself."""
    before, after = character, _plainer(character)
    while after != before:
        before, after = after, "".join(map(_plainer, after))
    return after


def _plainer(character: str) -> str:
    """One step towards the plainest form."""
    code = ord(character)
    if character in _BREAKS:
        return "\n"
    if character in _BLANKS or unicodedata.category(character) == "Zs":
        return " "
    if code in _LETTERS:
        return _LETTERS[code]
    if code in _SKIN or code in _TAGS or unicodedata.category(character) in ("Cc", "Cf", "Cs", "Mn", "Me"):
        return ""
    if (number := _number(character)) is not None:
        return number
    if code in _HANGUL:
        return character
    plain = unicodedata.normalize("NFKD", character)
    if unicodedata.normalize("NFC", plain) in _hangul():
        return unicodedata.normalize("NFC", plain)
    if len(plain) > 2 and plain[0] + plain[-1] in ("()", "〔〕"):
        plain = plain[1:-1]  # ⒜, ㈠
    plain = plain.replace("\u2044", "/").lower()
    return "".join(_simplified(one) for one in plain)


def _number(character: str) -> str | None:
    """The plain digits of a digit or a dressed whole number, as ⑳ ❺ ⒈ are."""
    if unicodedata.category(character) not in ("Nd", "No"):
        return None
    value = unicodedata.numeric(character)
    return str(int(value)) if value == int(value) and value < 1000 else None


@cache
def _hangul() -> frozenset[str]:
    return frozenset(map(chr, _HANGUL))


@cache
def _converter() -> object:
    import opencc

    return opencc.OpenCC("t2s")


def _simplified(character: str) -> str:
    return str(_converter().convert(character)) if character >= "\u2e80" else character  # type: ignore[attr-defined]


def _syllable(character: str) -> str:
    """Its commonest reading, or nothing."""
    from pypinyin import Style, lazy_pinyin

    found = lazy_pinyin(character, style=Style.NORMAL, errors="ignore")
    return found[0] if found and found[0].isascii() and found[0].isalpha() else ""


def _written(plain: str) -> str:
    return plain.replace("\n", "\\n")


def _ranges(codes: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = -2
    for code in codes:
        if code != last + 1:
            if first >= 0:
                yield first, last
            first = code
        last = code
    yield first, last


if __name__ == "__main__":
    main()
