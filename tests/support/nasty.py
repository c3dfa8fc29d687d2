"""Strings made to hurt: code points in three surroundings, all of them in rows, and what a grammar of nasty pieces gives."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from itertools import islice

CONTEXTS = ("{0}", "a{0}b", "{0}{0}")
"""Alone, inside, doubled."""

PIECES = (
    # HTML and XML
    "<script>alert(1)</script>", "</script>", '"><img src=x onerror=alert(1)>', "'><svg/onload=alert(1)>", "</title><script>",
    "</td></tr></table>", "<!--", "-->", "--!>", "<![CDATA[", "]]>", "<?php", "<!DOCTYPE x>", "<b>", "</p>", "<br/", "<a href=//evil.example>",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>1</script>", "vbscript:x", "expression(1)", "style=x:y", 'onmouseover="x"',
    "&lt;b&gt;", "&#x3c;img&#x3e;", "&#60;", "&nbsp;", "&amp;amp;", "&notit;", "&", "{{7*7}}", "{% raw %}", "${7*7}", "<%= 1 %>", "%0d%0a",
    # Markdown
    "`code`", "```\n# h\n```", "~~~", "[a](javascript:x)", "![x](http://evil.example/p.png)", "[a]: http://evil.example", "[^1]", "[^1]: x", "[x][y]",
    "| a | b |\n|---|---|", "|", "a\\|b", "# head", "#1", "- item", "+ x", "* x", "1. x", "1) x", "> q", "***", "---", "===", "- [ ] todo", "    code",
    "~~gone~~", "_a_ *b* **c**", "中*粗*中", "$x$", "$$", ":smile:", "@ann", "@org/team", "GH-1", "<http://a.example>", "<a@b.example>",
    "www.evil.example", "http://evil.example/x?a=b&c=d", "https://例子.测试", "ftp://a.example", "mailto:a@b.example", "xmpp:a@b.example", "//evil.example",
    "//localhost", "evil.com", "evil.com/x", "😀.com", "例子.中国", "xn--fiqs8s.xn--p1ai", "1.2.3.4", "a@b.example", "a@b", "\\", "\\\n", "\\\\", "!", "!["," ",
    # spreadsheets
    "=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://e","c")', '=IMPORTXML("http://e","//a")', "=cmd|'/C calc'!A0", "+cmd|' /C calc'!A0", "=WEBSERVICE(\"http://e\")",
    "＝1＋1", "＋1", "－1", "＠SUM", "−1", "\t=1", "\r=1", "\n=1", " =1", "\u3000=1", "\u200b=1", "\ufeff=1", "'=1", '"=1', '";=1', '",=1', "\u00ad=1", "%1", "|x",
    "ID;PWXL;N;E", "sep=;", "sep=\t", "_x001B_", "_x000D_", "_x005F_", "_x0041_", ",", ";", '"', '""', "'", "\t", "-1001234567890", "1e5", "TRUE", "#REF!", "[Book]Sheet!A1",
    # terminals
    "\x1b[31m", "\x1b]0;owned\x07", "\x1b]8;;http://e\x1b\\", "\x1b[2J", "\x1bP1;1|x\x1b\\", "\x9b31m", "\x9d0;x\x9c", "\x90", "\x9f", "\x07", "\x08\x08", "\x7f", "\x00", "\r", "\v", "\f",
    "\x1c", "\x85", "\r\n", "\n", "\u2028", "\u2029",
    # what is seen otherwise than it is, or not
    "\u202egpj.exe", "\u202d", "\u202a", "\u202b", "\u202c", "\u2066", "\u2067", "\u2068", "\u2069", "\u061c", "\u200e", "\u200f", "\u200b", "\u200c", "\u200d", "\u2060", "\u2063", "\ufeff",
    "\u00ad", "\u034f", "\u180e", "\u115f", "\u1160", "\u3164", "\uffa0", "\u2800", "\U000e0041\U000e007f", "\U000e0100", "\ufe0f", "\ufe0e", "\ufff9x\ufffay\ufffb", "\ue000", "\U0010ffff", "\ufffe",
    "\ud83d", "\udc00", "\ud83d\ude00", "\udc00\ud83d", "Z\u0335\u0321\u0322\u0327\u0328algo", "\u0301", "a" + "\u0301" * 40, "ก็็็็็็", "\u20e3", "שלום", "مرحبا", "ﷺ",
    # and what is meant well
    "张三", "小满🐼", "👨‍👩‍👧", "🏴‍☠️", "1\ufe0f\u20e3", "🇨🇳", "👍🏽", "a", "0", "x", ".", "-", "/", ":", "ß", "ſ", "İ",
)  # fmt: skip

_LETTERS = (
    "<>\"'`&;:/\\=+-@|[](){}#*_~!\n\r\t %$^.,0aAw张😀\u202e\u200d\u200b\ufe0f\u0301\x1b\0\x85\x9b\u2028\ud800=＝_x"
)
_PLAIN = ("L", "N", "Cn", "Co", "Cs")
_ROW = 64


def code_points(shard: int, shards: int) -> Iterator[str]:
    """The code points of one shard of `shards`."""
    return (chr(code) for code in range(shard, 0x110000, shards))


def is_telling(one: str) -> bool:
    """Whether a code point is no letter, digit or unassigned one of Unicode's; and each 389th."""
    return ord(one) % 389 == 0 or not unicodedata.category(one).startswith(_PLAIN)


def around(shard: int, shards: int) -> Iterator[str]:
    """The telling code points in each of the `CONTEXTS`."""
    return (context.format(one) for one in filter(is_telling, code_points(shard, shards)) for context in CONTEXTS)


def rows(shard: int, shards: int) -> Iterator[str]:
    """All code points of a shard, many to a string, with an ``a`` around each."""
    points = code_points(shard, shards)
    while row := list(islice(points, _ROW)):
        yield f"a{'a'.join(row)}a"


def made(shard: int, count: int) -> Iterator[str]:
    """So many strings of the grammar, the same for the same shard: pieces, letters that mark something up, anything at all."""
    chance = random.Random(shard)
    for _ in range(count):
        way = chance.random()
        if way < 0.6:
            yield "".join(chance.choices(PIECES, k=chance.randint(1, 4)))
        elif way < 0.85:
            yield "".join(chance.choices(_LETTERS, k=chance.randint(0, 24)))
        else:
            yield "".join(_any(chance) for _ in range(chance.randint(0, 16)))


def _any(chance: random.Random) -> str:
    return chr(chance.randrange(chance.choice((0x80, 0x3000, 0xA000, 0x110000))))


def batches(strings: Iterator[str], size: int = 1500) -> Iterator[list[str]]:
    """So many at a time."""
    while batch := list(islice(strings, size)):
        yield batch
