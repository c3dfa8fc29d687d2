"""Nothing of a chat comes alive in any kind of output: every code point, those that tell in three surroundings, and 24,000 strings made to hurt.

Each sink is read back by another program than wrote it: html5lib, markdown-it (with tables, HTML and links made of anything that
looks like one), Python's csv, pandas, json and openpyxl. A failure names the strings.
"""

from __future__ import annotations

import csv
import html
import io
import itertools
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

import html5lib
import openpyxl
import pandas
import pytest
from markdown_it import MarkdownIt

from qunkit import ink
from support import nasty

SHARDS = 8
MADE = 3_400
"""Strings of the grammar a shard."""

# Unicode 15 DerivedCoreProperties.txt: Default_Ignorable_Code_Point
IGNORABLE = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
SURROGATES = "\ud800-\udfff"
GLUE = "\u200d\ufe0e\ufe0f"
"""What may stay, between emoji and behind them."""
HIDDEN = re.compile(f"[{CONTROLS}\t\n\r{BIDI}{SURROGATES}{IGNORABLE}\u2028\u2029]")
STEERING = re.compile(f"[{CONTROLS}{BIDI}{SURROGATES}]")

Check = Callable[[Sequence[str]], None]


def guilty(strings: Sequence[str], check: Check) -> None:
    """Check all strings at once, and, if that fails, find those that fail alone."""
    try:
        check(strings)
    except Exception as failure:
        if len(strings) == 1:
            raise
        culprits = [ascii(one) for one in strings if _fails(one, check)]
        raise AssertionError(f"{', '.join(culprits[:20]) or 'only together'}: {failure!s:.300}") from failure


def _fails(one: str, check: Check) -> bool:
    try:
        check([one])
    except Exception:
        return True
    return False


# -- what each sink promises -------------------------------------------------------------------------------------------
def term(strings: Sequence[str]) -> None:
    """One line of bytes without anything that steers or hides; emoji keep what holds them together."""
    for text in strings:
        shown = ink.term(text)
        shown.encode()
        for found in HIDDEN.finditer(shown):
            assert found[0] in GLUE
            before = shown[: found.start()].rstrip(GLUE)[-1]
            assert unicodedata.category(before) in ("So", "Sk", "Sm", "Po", "Pd", "Nd", "Cn"), ascii(shown)


MARKDOWN = MarkdownIt("commonmark", {"html": True, "linkify": True}).enable(["table", "strikethrough", "linkify"])
TAG = re.compile(r"<td>kept</td>|<[^>]*>")


def _page(cells: Sequence[str]) -> str:
    rows = "".join(f"| {cell} | kept |\n" for cell in cells)
    items = "".join(f"- {cell}\n- said {cell} so\n" for cell in cells)
    heads = "".join(f"\n# {cell}\n\n{cell}\n" for cell in cells[:: max(1, len(cells) // 300)])
    return f"| a | b |\n|---|---|\n{rows}\n{items}{heads}"


def md(strings: Sequence[str]) -> None:
    """The skeleton of a page is that of a page of x, and no renderer finds a link; the cells say what was said."""
    cells = [ink.md(text) for text in strings]
    page = MARKDOWN.render(_page([cell or "x" for cell in cells]))
    assert TAG.findall(page) == TAG.findall(MARKDOWN.render(_page(["x"] * len(cells))))
    said = [html.unescape(one) for one in re.findall(r"<td>(.*?)</td>\n<td>kept</td>", page)]
    assert [one.replace("＠", "@") for one in said] == [
        (ink.term(text).strip(" ") or "x").replace("＠", "@") for text in strings
    ]


def html_(strings: Sequence[str]) -> None:
    """In an element, in an attribute, in the title: no element more, no attribute more, and the text is what was said."""
    shown = [ink.html(text) for text in strings]
    rows = "".join(f'<tr><td>{cell}</td><td title="{cell}" class="n">x</td></tr>' for cell in shown)
    tree = html5lib.parse(
        f"<!DOCTYPE html><html><head><title>{''.join(shown)}</title></head><body><table><tbody>{rows}</tbody></table></body></html>",
        namespaceHTMLElements=False,
    )
    skeleton = [(element.tag, sorted(element.attrib)) for element in tree.iter()]
    row = [("tr", []), ("td", []), ("td", ["class", "title"])]
    head = [(tag, []) for tag in ("html", "head", "title", "body", "table", "tbody")]
    assert skeleton == head + row * len(strings)
    said = [ink.term(text) for text in strings]
    assert [cell.text or "" for cell in tree.findall(".//td[1]")] == said
    assert [cell.attrib["title"] for cell in tree.findall(".//td[2]")] == said
    assert (tree.findtext("head/title") or "") == "".join(said)


def tsv(strings: Sequence[str]) -> None:
    """One cell of one line, and nothing that steers."""
    cells = [ink.tsv_cell(text) for text in strings]
    for cell in cells:
        cell.encode()
    assert not STEERING.search("".join(cells))
    written = "".join(f"{cell}\t{cell}\n" for cell in cells)
    assert [line.count("\t") for line in re.split("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", written)] == [1] * len(
        cells
    ) + [0]


PASSED = re.compile(f"[\\s'\"{IGNORABLE}\u2800]*")
"""What a spreadsheet could pass over before a formula; an apostrophe that we put there is not passed over."""
TRIGGERS = set("=+-@|%＝＋－＠−﹢﹣﹦﹫")


def live(cell: str) -> bool:
    """Whether a spreadsheet could take a cell for a formula."""
    if cell.startswith("'") or re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell):
        return False
    return cell[PASSED.match(cell).end() :][:1] in TRIGGERS or cell[:1] in set("\t\r\n\0")  # type: ignore[union-attr]


def csv_(strings: Sequence[str]) -> None:
    """Python and pandas find the same rows and columns; no cell could be a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([["a", "b"], *([ink.csv_cell(text), "kept"] for text in strings)])
    out.getvalue().encode()
    assert not STEERING.search(out.getvalue())
    rows = list(csv.reader(io.StringIO(out.getvalue(), newline="")))[1:]
    assert [row[1:] for row in rows] == [["kept"]] * len(strings)
    assert [row[0] for row in rows if live(row[0])] == []
    frame = pandas.read_csv(io.StringIO(out.getvalue(), newline=""), dtype=str, keep_default_na=False)
    assert frame.shape == (len(strings), 2)
    assert frame["a"].tolist() == [row[0] for row in rows]


def json_(strings: Sequence[str]) -> None:
    """What was said comes back, halves of characters as U+FFFD; nothing steers on the way."""
    written = [ink.json_dump(ink.plain(text)) for text in strings]
    assert not STEERING.search("".join(written))
    assert not re.search(
        "[\xad\u180e\u200b-\u200f\u2028\u2029\u2060-\u206f\ufeff\U000e0000-\U000e00ff]", "".join(written)
    )
    assert json.loads(f"[{','.join(written)}]") == [re.sub(f"[{SURROGATES}]", "\ufffd", text) for text in strings]


def xlsx(strings: Sequence[str]) -> None:
    """openpyxl finds as many rows, and text in each: no formula, no link."""
    out = io.BytesIO()
    book = ink.Workbook(out)
    with book.sheet("s", (20, 9), table=False) as sheet:
        for text in strings:
            sheet.add((text, "kept"), (0, 0))
    book.close()
    rows = list(openpyxl.load_workbook(out)["s"].iter_rows())
    assert [[cell.data_type for cell in row] for row in rows] == [["s", "s"]] * len(strings)
    assert [(row[0].value, row[1].value) for row in rows] == [(ink.xlsx_text(text)[0], "kept") for text in strings]
    assert not any(cell.hyperlink for row in rows for cell in row)
    shown = [re.sub("_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), row[0].value) for row in rows]
    assert not STEERING.search("".join(shown))
    assert [(one, text) for one, text in zip(shown, strings, strict=True) if text.isprintable() and one != text] == []


SINKS: dict[str, Check] = {
    "term": term, "md": md, "html": html_, "tsv": tsv, "csv": csv_, "json": json_, "xlsx": xlsx,
}  # fmt: skip


WRITERS: dict[str, Callable[[str], str]] = {
    "term": ink.term, "md": ink.md, "html": ink.html, "tsv": ink.tsv_cell, "csv": ink.csv_cell,
    "json": lambda text: ink.json_dump(ink.plain(text))[1:-1], "xlsx": lambda text: ink.xlsx_text(text)[0],
}  # fmt: skip


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("sink", SINKS)
def test_P29_telling_code_points(sink: str, shard: int) -> None:
    """Marks, signs, blanks, controls; and each 389th of all."""
    _all(SINKS[sink], nasty.around(shard, SHARDS))


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("sink", SINKS)
def test_P29_strings_made_to_hurt(sink: str, shard: int) -> None:
    _all(SINKS[sink], nasty.made(shard, MADE))


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("sink", SINKS)
def test_P29_every_code_point(sink: str, shard: int) -> None:
    """In rows of many, which is as good as alone: what is no mark, sign, blank or control is written as it is wherever it stands."""
    _all(SINKS[sink], nasty.rows(shard, SHARDS))
    write = WRITERS[sink]
    a = write("a")
    for one in itertools.filterfalse(nasty.is_telling, nasty.code_points(shard, SHARDS)):
        written = write(one)
        assert write(f"a{one}a") == f"{a}{written}{a}", ascii(one)
        assert write(one + one) == written + written, ascii(one)


def _all(check: Check, strings: Iterator[str]) -> None:
    seen = 0
    for batch in nasty.batches(strings):
        guilty(batch, check)
        seen += len(batch)
    assert seen >= 2_000


def test_every_code_point_is_looked_at() -> None:
    assert sum(text.count("a") - 1 for shard in range(4) for text in nasty.rows(shard, 4)) == 1_114_112 + 1
    assert set("<>&\"'=+-@|*_`[]\x1b\u202e\u200b\x9b") <= set(filter(nasty.is_telling, nasty.code_points(0, 1)))
    assert len({text for shard in range(SHARDS) for text in nasty.made(shard, MADE)}) > 20_000


# -- the checks themselves --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sink", "name", "text"),
    [
        ("term", "term", "a\u202eb"),
        ("term", "term", "a\u200db"),
        ("term", "term", "\x9b31m"),
        ("md", "md", "a | b"),
        ("md", "md", "evil.com"),
        ("md", "md", "//localhost"),
        ("md", "md", "<b>"),
        ("html", "html", "<b>"),
        ("html", "html", '" onmouseover="x'),
        ("html", "html", "&amp;"),
        ("tsv", "tsv_cell", "a\tb"),
        ("tsv", "tsv_cell", "\x1b[2J"),
        ("csv", "csv_cell", "=1+1"),
        ("csv", "csv_cell", "\u200b＝1"),
        ("csv", "csv_cell", "\t"),
        ("json", "json_dump", "\u202e"),
    ],
)
def test_a_sink_that_lets_it_through_is_caught(
    monkeypatch: pytest.MonkeyPatch, sink: str, name: str, text: str
) -> None:
    SINKS[sink]([text])
    through = (lambda value: f'"{value}"') if sink == "json" else (lambda value: value)
    monkeypatch.setattr(ink, name, through)
    with pytest.raises(AssertionError, match=re.escape(ascii(text)[:12])):
        guilty([text, "x"], SINKS[sink])


def test_a_workbook_with_a_formula_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    xlsx(["=1+1"])
    formula = '<c r="A1"><f>1+1</f></c>'
    monkeypatch.setattr(ink.Sheet, "_cell", lambda *_: formula)
    with pytest.raises(AssertionError):
        xlsx(["=1+1"])
