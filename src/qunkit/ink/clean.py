"""One string made harmless for one kind of output: terminal, Markdown, HTML, TSV, CSV, XLSX, XML, JSON.

Sources: Unicode's Default_Ignorable_Code_Point for what cannot be seen; the OWASP list of formula triggers (with the
full-width forms, which spreadsheets take as well) for CSV; CommonMark and GFM for Markdown; ECMA-376 for XLSX.
"""

from __future__ import annotations

import html as markup
import json
import re
import unicodedata
from functools import lru_cache

_EMOJI = "©®\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_BREAK = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")

# What holds emoji together is kept where it does so: a joiner between two emoji, a selector behind one, a keycap.
_GLUE = re.compile(
    f"((?:(?<=[{_EMOJI}])|(?<=[{_EMOJI}]\ufe0f))\u200d(?=[{_EMOJI}])|(?<=[{_EMOJI}])[\ufe0e\ufe0f]|(?<=[0-9#*])\ufe0f(?=\u20e3))"
)
# Nothing in here needs a look: ASCII, kana, Chinese, full-width forms. Most names and messages end here.
_QUIET = re.compile("[ -~\u3001-\u3029\u3041-\u3096\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e]*")

_HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
# Marks and letters that show nothing, whatever their category says.
_BLANK = frozenset(
    [
        *"\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U00016fe4\U0001d159",
        *map(chr, range(0x180B, 0x1810)),  # Mongolian selectors
        *map(chr, range(0xFE00, 0xFE10)),  # variation selectors
        *map(chr, range(0xE0000, 0xE1000)),  # tags, and more selectors
    ]
)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{{{code:x}}}"


def _is_picture(code: int) -> bool:
    """Set aside for emoji and ideographs: what Python's Unicode does not know yet is a new one, not a control."""
    return 0x1F000 <= code <= 0x1FAFF or 0x20000 <= code <= 0x2FFFD or 0x30000 <= code <= 0x3FFFD


@lru_cache(maxsize=1 << 14)
def _visible(code: int) -> str | int:
    """What to show for one code point: itself, a space, or an escape that can be seen."""
    character = chr(code)
    kind = unicodedata.category(character)
    if kind == "Zs" or character == "\t":
        return " "
    if character in _BLANK or (kind in _HIDDEN and not (kind == "Cn" and _is_picture(code))):
        return _escape(character)
    return code


class _Visible:
    """A table for `str.translate` that is worked out as it is needed."""

    def __getitem__(self, code: int) -> str | int:
        return _visible(code)


def _calm(text: str) -> str:
    """At most three combining marks on one character, and none that would sit on what stands before the text."""
    calm: list[str] = ["◌"] if text and unicodedata.category(text[0]) in ("Mn", "Me") else []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= 3:
            calm.append(character)
        elif marks == 4:
            calm.append("…")
    return "".join(calm)


def term(text: str) -> str:
    """`text` for a terminal: one line, everything in it visible, nothing in it able to steer.

    Line ends become ⏎, tabs and odd spaces a space; controls, bidi marks, zero-width and tag characters, blank
    look-alikes, private use, unassigned code points and lone surrogates become escapes such as ``\\x1b`` and
    ``\\u{202e}``; joiners and selectors stay only inside emoji; a fourth combining mark on one character becomes "…".
    """
    if _QUIET.fullmatch(text):
        return text
    parts = _GLUE.split(_BREAK.sub("⏎", text))
    visible = [part if at % 2 else part.translate(_Visible()) for at, part in enumerate(parts)]
    return _calm("".join(visible))


# The @ of a mail address and of @someone on GitHub; not that of an id such as 1234@chatroom.
_MD_AT = re.compile(r"(?<![A-Za-z0-9.+_-])@(?=[A-Za-z0-9])|@(?=[A-Za-z0-9_-]*\.|$)")
_MD_MARKS = re.compile(
    r"[$*<>\[\\\]_`|~]"  # wherever they stand
    r"|^[=#]|^[-+](?=[- ]|$)|#(?=[0-9]|#*$)"  # headings, list items, rules, GitHub's #1
    r"|&(?=#?[A-Za-z0-9]+;)"  # entities
    r"|/(?=/)|\.(?=[^\W\d_])"  # http://evil.example, www.evil.example; some programs link evil.example and //evil, too
    r"|(?<![0-9]):(?=[A-Za-z0-9_+-]+:)|:(?=[A-Za-z_+-][A-Za-z0-9_+-]*:)",  # :emoji:, but not 23:59:01
)
_MD_NUMBERED = re.compile(r"^([0-9]{1,9})([.)])(?= |$)")


def lines(text: str) -> list[str]:
    """The lines of `text`, not yet cleaned."""
    return _BREAK.split(text)


def md(text: str) -> str:
    """`text` for GitHub-flavoured Markdown, inline or in a table cell: it renders as itself and as nothing else.

    Cleaned like `term`, then every character that could mark something up where it stands is escaped. The @ of a mail
    address or of @someone in Latin letters becomes ＠: GitHub links and calls those after it has undone the escapes.
    """
    clean = _MD_AT.sub("＠", term(text).strip(" "))
    return _MD_NUMBERED.sub(r"\1\\\2", _MD_MARKS.sub(r"\\\g<0>", clean))


def html(text: str) -> str:
    """`text` between tags or in a quoted attribute of HTML: cleaned like `term`, then escaped."""
    return markup.escape(term(text))


_STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SPACING = re.compile("\r\n|[\t\n\r\v\f\x85\u2028\u2029]")


def tsv_text(text: str) -> str:
    """`text` for one TSV cell: tabs and line ends become a space, what could steer a terminal a visible escape.

    Everything else is data and stays, invisible or not: programs compare it.
    """
    if text.isprintable():
        return text
    return _STEERING.sub(lambda found: _escape(found[0]), _SPACING.sub(" ", text))


# What a spreadsheet may pass over before a formula: blanks, quotes, and all that shows nothing.
_PASSED = (
    "[\\s'\"\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_FORMULA = re.compile(_PASSED + "*[=+\\-@|%\u2212\ufe62\ufe63\ufe66\ufe6b＝＋－＠]")
_FORMULA_BREAK = re.compile(_PASSED + "*?[\t\r\n]")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)


def csv_text(text: str) -> str:
    """`text` for one CSV cell that no spreadsheet takes for a formula: an apostrophe goes before one that could be.

    Plain numbers (an id such as -1001234) stay as they are. Line ends and tabs stay too, inside the quotes; what could
    steer a terminal becomes an escape, as in TSV, lone surrogates U+FFFD.
    """
    clean = text if text.isprintable() else _STEERING.sub(lambda found: _escape(found[0]), json_text(text))
    return "'" + clean if is_formula(clean) else clean


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could take `text` for a formula."""
    return bool(_FORMULA.match(text) or _FORMULA_BREAK.match(text)) and not _NUMBER.fullmatch(text)


_NOT_XML = re.compile(_STEERING.pattern.removesuffix("]") + "\ufffe\uffff]")
_XLSX_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # spreadsheets read _x001B_ as the control


def xlsx_text(text: str, limit: int = 32_767) -> tuple[str, int]:
    """`text` for one cell of a workbook, and how many characters of it were left out.

    Line ends and tabs stay; what could steer a terminal, and what XML cannot hold, becomes a visible escape. `limit` is the
    spreadsheets' own, in UTF-16 code units; a longer text ends in ….
    """
    if not text.isprintable():
        text = _NOT_XML.sub(lambda found: _escape(found[0]), _BREAK.sub("\n", text))
    kept = text
    if 2 * len(text) > limit and _units_of(text) > limit:
        room = text.encode("utf-16-le")[: 2 * (limit - 1)]
        kept = room.decode("utf-16-le", "ignore")  # no picture is cut into its halves
    shown = _XLSX_ESCAPE.sub("_x005F_", kept)
    return (shown + "…", len(text) - len(kept)) if len(kept) < len(text) else (shown, 0)


def _units_of(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def xml(text: str) -> str:
    """`text` between tags or in a quoted attribute of XML for programs: one line, everything in it data but what could steer a terminal or is no XML.

    That becomes a visible escape, tabs and line ends a space, as in TSV; then markup is escaped.
    """
    if not text.isprintable():
        text = _NOT_XML.sub(lambda found: _escape(found[0]), _SPACING.sub(" ", text))
    return markup.escape(text)


_SURROGATE = re.compile("[\ud800-\udfff]")
_JSON_STEERING = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e00ff]"
)


def json_text(text: str) -> str:
    """`text` as JSON can carry it: lone surrogates become U+FFFD, nothing else changes."""
    return text if text.isprintable() else _SURROGATE.sub("\ufffd", text)


def json_dump(value: object) -> str:
    """`value` (see `plain`) as JSON on one line: Chinese as it is, what a terminal would obey or hide as ``\\uXXXX``.

    Raises:
        ValueError: a number is not finite.
    """
    written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return written if written.isprintable() else _JSON_STEERING.sub(lambda found: _units(found[0]), written)


def _units(character: str) -> str:
    """The JSON escape of one character: its UTF-16 code units."""
    units = character.encode("utf-16-be").hex()
    return "".join("\\u" + units[at : at + 4] for at in range(0, len(units), 4))
