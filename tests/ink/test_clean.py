"""Whatever a chat holds, what comes out is inert: checked over all code points and on strings made to hurt."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qunkit import ink

steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

ALL = [chr(code) for code in range(0x110000)]
# Unicode 15 DerivedCoreProperties.txt: Default_Ignorable_Code_Point
IGNORABLE = {
    chr(code)
    for first, last in (
        (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
        (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    )
    for code in range(first, last + 1)
}  # fmt: skip
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
CONTROLS = {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))}

HURTING = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "<!--", "-->", "<![CDATA[",
    "&lt;b&gt;", "&#x3c;img&#x3e;", "&nbsp;", "`code`", "```\n# h\n", "~~~", "[a](javascript:x)", "![x](http://evil.example/p)",
    "[^1]: x", "| a | b |\n|---|---|", "|", "a\\|b", "# head", "- item", "+ x", "* x", "1. x", "1) x", "> q", "***", "===",
    "---", "- [ ] todo", "    code", "~~gone~~", "_a_ *b* **c**", "中*粗*中", "$x$", "<http://a.example>", "www.evil.example",
    "http://evil.example/x", "ftp://a.example", "a@b.example", "mailto:a@b.example", "\\", "\\\n", "=1+1", "+1", "-1", "@SUM(A1)",
    "=HYPERLINK(\"http://e\",\"c\")", "＝1", "−1", "\t=1", " =1", "\u200b=1", "'=1", '"=1', "\x1b]0;x\x07", "\x1b[2J", "\x9b2J",
    "\u202etxt.exe", "\u2066", "\ud83d", "\udc00", "\u2028", "\x85", "\0", "\r\n", "\ufeff", ",", '"', ";", "\u200d", "👩", "\ufe0f",
    "a\u0301\u0302\u0303\u0304\u0305", "👨‍👩‍👧", "🇨🇳", "1\ufe0f\u20e3", "\u3164", "张三",
]  # fmt: skip
hurting = st.one_of(
    st.lists(st.sampled_from(HURTING), max_size=4).map("".join),
    st.text(
        st.sampled_from(
            "<>\"'`&;:/\\=+-@|[](){}#*_~!\n\r\t %$^.,0aAw张😀\u202e\u200d\ufe0f\u0301\x1b\0\x85\u2028\ud800"
        )
    ),
    st.text(st.characters(exclude_categories=())),
)


def _joined(between: str) -> list[str]:
    """Every code point once, 256 to a string."""
    return [between + between.join(ALL[at : at + 256]) + between for at in range(0, len(ALL), 256)]


# -- terminal ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("between", ["", "a", "张"])
def test_term_leaves_nothing_hidden_of_any_code_point(between: str) -> None:
    shown = set("".join(ink.term(text) for text in _joined(between)))
    assert not shown & (IGNORABLE | CONTROLS)
    hidden = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert [c for c in sorted(shown) if unicodedata.category(c) in hidden] == []
    assert not shown & set("\u2800\U00016fe4\U0001d159")
    assert [c for c in shown if unicodedata.category(c) == "Zs"] == [" "]


def test_term_between_emoji_keeps_only_what_joins_them() -> None:
    shown = set("".join(ink.term(text) for text in _joined("😀")))
    assert shown & (IGNORABLE | CONTROLS) == {"\u200d", "\ufe0e", "\ufe0f"}


def test_term_keeps_what_can_be_read() -> None:
    letters = [c for c in ALL if unicodedata.category(c)[0] in "LNPS" and c not in IGNORABLE | set("\u2800\U0001d159")]
    assert len(letters) > 130_000
    assert [c for c in letters if ink.term(c) != c] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("阅读打卡①群", "阅读打卡①群"),
        ("\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("\u202egpj.exe", r"\u{202e}gpj.exe"),
        ("a\u200bb", r"a\u{200b}b"),
        ("a\u200db", r"a\u{200d}b"),
        ("\U000e0041", r"\u{e0041}"),
        ("\u3164", r"\u{3164}"),
        ("\ud83d", r"\u{d83d}"),
        ("\ue415", r"\u{e415}"),
        ("a\tb\u3000c\xa0d", "a b c d"),
        ("a\nb\r\nc\rd\u2028e\x85f\vg", "a⏎b⏎c⏎d⏎e⏎f⏎g"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("🏴‍☠️ ❤️ 1\ufe0f\u20e3 👍🏽 🇨🇳", "🏴‍☠️ ❤️ 1\ufe0f\u20e3 👍🏽 🇨🇳"),
        ("👩\u200d", r"👩\u{200d}"),
        ("x\ufe0f", r"x\u{fe0f}"),
        ("a\u0301\u0302\u0303", "a\u0301\u0302\u0303"),
        ("a\u0301\u0302\u0303\u0304\u0305b", "a\u0301\u0302\u0303…b"),
        ("\u0301a", "◌\u0301a"),
        ("\U0001fadf", "\U0001fadf"),
    ],
)
def test_term_by_hand(text: str, shown: str) -> None:
    assert ink.term(text) == shown


@steady
@given(hurting)
def test_term_is_one_line_that_can_be_encoded_and_stays_as_it_is(text: str) -> None:
    shown = ink.term(text)
    shown.encode()
    assert not set(shown) & (CONTROLS | BIDI | {"\u2028", "\u2029"})
    assert ink.term(shown) == shown
    assert not re.search("[\u0300-\u036f]{4}", shown)


# -- Markdown ------------------------------------------------------------------------------------------------------
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def _page(cell: str) -> str:
    return f"# {cell}\n\nsaid {cell}\n\n| a | b |\n|---|---|\n| {cell} | kept |\n| {cell} | {cell} |\n\n- {cell}\n- x {cell}\n"


def _skeleton(page: str) -> list[str]:
    """Elements, and the cell that must stay where it is."""
    return re.findall(r"<td>kept</td>|<[^>]*>", MARKDOWN.render(page))


@settings(steady, max_examples=400)
@given(hurting)
def test_markdown_has_the_skeleton_of_an_x_and_says_what_was_said(text: str) -> None:
    cell = ink.md(text)
    assert _skeleton(_page(cell)) == _skeleton(_page("x"))
    said = html.unescape(re.sub("<[^>]*>", "", MARKDOWN.renderInline(cell)))
    assert said.replace("＠", "@") == ink.term(text).strip(" ").replace("＠", "@")


def test_the_skeleton_test_bites() -> None:
    assert _skeleton(_page("a | b")) != _skeleton(_page("x"))
    assert _skeleton(_page("<b>")) != _skeleton(_page("x"))
    assert _skeleton(_page("*x*")) != _skeleton(_page("x"))


@steady
@given(hurting)
def test_markdown_leaves_github_nothing_to_link(text: str) -> None:
    """Programs link what has a dot before a letter or two slashes, and mail addresses; GitHub the last ones after undoing escapes."""
    cell = ink.md(text)
    assert not re.search(r"(?i)www\.[^\W\d_]|(?<!\\)//|(?<!\\)\.[^\W\d_]", cell)
    said = re.sub(r"\\(.)", r"\1", cell)
    assert not re.search(r"[\w.+-]@[\w-]*\.\w", said, re.ASCII)
    assert not re.search(r"(^|[^\w.+-])@[A-Za-z0-9]", said, re.ASCII)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-05-17 23:59 12.5%", "2026-05-17 23:59 12.5%"),
        ("a|b", r"a\|b"),
        ("Ads: 3 (of 9), 1) first, 2. second", "Ads: 3 (of 9), 1) first, 2. second"),
        ("R&D & 9.1, C#; a-b = {c}! ^^ 23:59:01", "R&D & 9.1, C#; a-b = {c}! ^^ 23:59:01"),
        ("http://a.cc www.中文 :+1: a/b", r"http:\//a\.cc www\.中文 \:+1: a/b"),
        ("&amp; &#35; &#x23;", r"\&amp; \&\#35; \&#x23;"),
        ("# x #1 ##", r"\# x \#1 \#\#"),
        ("-3", "-3"),
        ("12) x", r"12\) x"),
        ("1. x", r"1\. x"),
        ("- x", r"\- x"),
        ("a@b.cc @小明 @ann", r"a＠b\.cc @小明 ＠ann"),
        ("1234@chatroom", "1234@chatroom"),
        ("  x\ny ", "x⏎y"),
        ("", ""),
    ],
)
def test_markdown_by_hand(text: str, written: str) -> None:
    assert ink.md(text) == written


# -- HTML ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("R&D <b> \"x\" 'y'", "R&amp;D &lt;b&gt; &quot;x&quot; &#x27;y&#x27;"),
        ("&amp;", "&amp;amp;"),
        ("a\nb\x1b[31m\u202e", r"a⏎b\x1b[31m\u{202e}"),
        ("小满🐼", "小满🐼"),
        ("", ""),
    ],
)
def test_html_by_hand(text: str, written: str) -> None:
    assert ink.html(text) == written


# -- XLSX ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "=1+1"),
        ("a\tb\r\nc\u2028d", "a\tb\nc\nd"),
        ("\x1b[2J\0\u202e\ud83d\ufffe", r"\x1b[2J\x00\u{202e}\u{d83d}\u{fffe}"),
        ("_x001B_ _x1_ x000D_", "_x005F_x001B_ _x1_ x000D_"),
        ("_x000D_x000A_", "_x005F_x000D_x005F_x000A_"),
        ("小满🐼\u200b", "小满🐼\u200b"),
    ],
)
def test_xlsx_by_hand(text: str, written: str) -> None:
    assert ink.xlsx_text(text) == (written, 0)


@pytest.mark.parametrize(
    ("text", "shown", "left_out"),
    [
        ("a" * 32_767, "a" * 32_767, 0),
        ("a" * 32_768, "a" * 32_766 + "…", 2),
        ("🐼" * 16_383, "🐼" * 16_383, 0),
        ("🐼" * 16_384, "🐼" * 16_383 + "…", 1),  # 32,768 units; 32,766 are 16,383 pandas
        ("a" + "🐼" * 16_384, "a" + "🐼" * 16_382 + "…", 2),  # half a panda is none
    ],
    ids=["fits", "one too many", "pandas fit", "one panda too many", "no half panda"],
)
def test_a_long_text_is_cut_and_counted(text: str, shown: str, left_out: int) -> None:
    assert ink.xlsx_text(text) == (shown, left_out)
    assert len(shown.encode("utf-16-le")) <= 2 * 32_767


# -- TSV -----------------------------------------------------------------------------------------------------------
def test_tsv_over_all_code_points() -> None:
    for text in _joined("a"):
        assert not set(ink.tsv_text(text)) & (CONTROLS | BIDI | {"\u2028", "\u2029"})
        ink.tsv_text(text).encode()
    kept = [c for c in ALL if ink.tsv_text(c) == c]
    assert set(ALL) - set(kept) == CONTROLS | BIDI | {"\u2028", "\u2029"} | {chr(c) for c in range(0xD800, 0xE000)}


def test_tsv_by_hand() -> None:
    assert ink.tsv_text("a\tb\r\nc\nd") == "a b c d"
    assert ink.tsv_text("\x1b[2J\u202e\ud83d") == r"\x1b[2J\u{202e}\u{d83d}"
    assert ink.tsv_text("=1+1\u200b") == "=1+1\u200b"


# -- CSV -----------------------------------------------------------------------------------------------------------
@steady
@given(st.lists(hurting, min_size=1, max_size=4))
def test_csv_keeps_its_shape_and_holds_no_formula(texts: list[str]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows([[ink.csv_cell(t) for t in texts]] * 2)
    out.getvalue().encode()
    rows = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert [len(row) for row in rows] == [len(texts)] * 2
    for cell in rows[0]:
        first = re.sub('^[\\s\u200b\u200c\u200d\u2060\ufeff"]+', "", cell)[:1]
        assert first not in set("=+@|%＝＋－＠−")
        assert first != "-" or re.fullmatch(r"-\d+(\.\d+)?", cell)
        assert cell[:1] not in set("\t\r\n\0")
        assert not set(cell) & ((CONTROLS | BIDI) - set("\t\r\n"))


def test_csv_over_all_code_points() -> None:
    for text in _joined("a"):
        assert not set(ink.csv_text(text)) & ((CONTROLS | BIDI) - set("\t\r\n"))
        ink.csv_text(text).encode()


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("  @x", "'  @x"),
        ("－1", "'－1"),
        ("\ta", "'\ta"),
        ("\u200b=1", "'\u200b=1"),
        ("'=1", "''=1"),
        ("\xad\u3164\U000e0041=1", "'\xad\u3164\U000e0041=1"),
        ("-1001234567890", "-1001234567890"),
        ("-1+1", "'-1+1"),
        ("+8613800000000", "'+8613800000000"),
        ("a=1", "a=1"),
        ("两行\n文字", "两行\n文字"),
        ("\0x\ud800", r"\x00x" + "\ufffd"),
        (-5, "-5"),
        (-0.5, "-0.5"),
        (["=a", "b,c"], "'=a,b，c"),
        (None, ""),
        (True, "true"),
    ],
)
def test_csv_by_hand(cell: object, written: str) -> None:
    assert ink.csv_cell(cell) == written


# -- JSON ----------------------------------------------------------------------------------------------------------
def test_json_over_all_code_points() -> None:
    for text in _joined("a"):
        written = ink.json_dump(ink.plain(text))
        assert not set(written) & (CONTROLS | BIDI | {"\u200b", "\u2028", "\ufeff", "\U000e0041"})
        assert json.loads(written) == re.sub("[\ud800-\udfff]", "\ufffd", text)


def test_json_by_hand() -> None:
    assert ink.json_text("a\ud800\0\x1b") == "a\ufffd\0\x1b"
    assert ink.json_dump("群\x1b\x7f\x9b\u202e\U000e0041") == r'"群\u001b\u007f\u009b\u202e\udb40\udc41"'
    assert ink.json_dump("葛\U000e0100") == '"葛\U000e0100"'  # the form of a character: the same in any company
    assert ink.json_dump("葛\U000e0100\x1b") == '"葛\U000e0100\\u001b"'
    with pytest.raises(ValueError, match="float"):
        ink.json_dump(float("nan"))
