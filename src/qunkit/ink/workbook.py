"""A workbook (.xlsx) of numbers, times and texts, written front to back: into a file or a pipe, with the same bytes.

Nothing here can write a formula, a link or a macro, and no library looks at a text and thinks it one. openpyxl puts the time of
the run into the file, and what it writes into the machine's folder for temporary files first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from html import escape
from itertools import count
from typing import IO, BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from qunkit.ink.cells import is_missing, machine
from qunkit.ink.clean import is_formula, xlsx_text
from qunkit.results import Cell

ROWS = 1_048_576
"""Of one sheet, its heading among them."""
COLUMNS = 16_384

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_NAMELESS = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
_MOST = 2_000_000_000
"""Bytes of one sheet's XML: beyond 2 GiB a zip needs what not every program reads, if it is written to a pipe."""
_EPOCH = date(1899, 12, 30)
_FIRST = date(1900, 3, 1)
"""Spreadsheets know a 29th of February 1900, and nothing before that year."""
_BAR = "FF9CC9E5"
"""A light blue: black figures stand out on it."""
_EXACT = 10**15
"""Spreadsheets keep 15 digits of a number."""

PLAIN, HEADING, OVER_NUMBERS, INTEGER, DECIMAL, PERCENT, DAY, INSTANT, PROSE, LITERAL = range(10)
"""Styles; a literal is a text that would become a formula when somebody edits it, but for its style."""
_FORMATS = (0, 0, 0, 3, 4, 164, 165, 166, 0, 0)
_FOLDED = ' wrapText="1"'
_ALIGNED = {HEADING: _FOLDED, OVER_NUMBERS: _FOLDED + ' horizontal="right"', PROSE: _FOLDED}
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="0.0%"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="166" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    f'<cellXfs count="{len(_FORMATS)}">'
    + "".join(
        f'<xf numFmtId="{number}" fontId="{int(style in (HEADING, OVER_NUMBERS))}" fillId="0" borderId="0" xfId="0" '
        f'applyNumberFormat="{int(number > 0)}" applyFont="1" applyAlignment="1" quotePrefix="{int(style == LITERAL)}">'
        f'<alignment vertical="top"{_ALIGNED.get(style, "")}/></xf>'
        for style, number in enumerate(_FORMATS)
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class _Straight:
    """Bytes go out as they come: nothing is gone back to, not even where that could be done."""

    def __init__(self, out: BinaryIO) -> None:
        self.write, self.flush = out.write, out.flush


class Sheet:
    """One sheet while it is written. `cut`: characters left out of each text that was longer than a cell may be."""

    def __init__(self, out: IO[bytes], width: int) -> None:
        self._out = out
        self._letters = [_letter(at) for at in range(width)]
        self._size = 0
        self.rows = 0
        self.cut: list[int] = []
        self.bars: list[int] = []
        """Columns of shares of 1 that have a bar behind each number."""

    @property
    def is_full(self) -> bool:
        """Whether no more rows go in."""
        return self.rows >= ROWS or self._size > _MOST

    def add(self, cells: Sequence[Cell], styles: Sequence[int]) -> None:
        """One row; `styles` say how numbers are shown, and of which texts the lines are folded."""
        self.rows += 1
        drawn = map(self._cell, (f"{letter}{self.rows}" for letter in self._letters), cells, styles)
        self._size += self._out.write(f'<row r="{self.rows}">{"".join(drawn)}</row>'.encode())

    def _cell(self, place: str, cell: Cell, style: int) -> str:
        if is_missing(cell):
            return ""
        if isinstance(cell, bool):
            return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
        if isinstance(cell, float) or (isinstance(cell, int) and abs(cell) < _EXACT):
            return f'<c r="{place}" s="{style}"><v>{cell!r}</v></c>'
        if (serial := _serial(cell)) is not None:
            return f'<c r="{place}" s="{INSTANT if isinstance(cell, datetime) else DAY}"><v>{serial!r}</v></c>'
        text, left_out = xlsx_text(machine(cell))
        if left_out:
            self.cut.append(left_out)
        style = LITERAL if is_formula(text) else style if style in _ALIGNED else PLAIN
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(text, quote=False)}</t></is></c>'


def _serial(cell: Cell) -> float | None:
    """A time as spreadsheets count: days since the end of 1899. None for what is none, or none to them."""
    if not isinstance(cell, date):
        return None
    if not isinstance(cell, datetime):
        return (cell - _EPOCH).days if cell >= _FIRST else None
    if cell.tzinfo or cell.date() < _FIRST:
        return None
    of_day = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second, microseconds=cell.microsecond)
    return (cell.date() - _EPOCH).days + of_day / timedelta(days=1)


def _letter(at: int) -> str:
    """The name of a column: A, B, … Z, AA."""
    return (_letter(at // 26 - 1) if at >= 26 else "") + chr(ord("A") + at % 26)


class Workbook:
    """Sheets one after another; `close` says in which order people see them."""

    def __init__(self, out: BinaryIO) -> None:
        self._zip = ZipFile(cast("BinaryIO", _Straight(out)), "w", ZIP_DEFLATED)
        self._sheets: list[tuple[str, str]] = []
        """Name and, if it has a heading, the range of its table."""

    @contextmanager
    def sheet(self, title: str, widths: Sequence[int], *, table: bool = True) -> Iterator[Sheet]:
        """A sheet; the first row of a `table` is its heading, which stays in sight, filters, and is printed on every page."""
        name = self._name(title)
        with self._part(f"xl/worksheets/sheet{len(self._sheets) + 1}.xml") as out:
            out.write(_opening(widths, table=table).encode())
            sheet = Sheet(out, len(widths))
            yield sheet
            last = f"{_letter(max(len(widths), 1) - 1)}{max(sheet.rows, 1)}"
            bars = [f"{_letter(at)}2:{_letter(at)}{sheet.rows}" for at in sheet.bars] if sheet.rows > 1 else []
            out.write(_closing(f"A1:{last}" if table else "", bars).encode())
        self._sheets.append((name, last if table else ""))

    @property
    def last(self) -> str:
        """The name of the sheet written last."""
        return self._sheets[-1][0]

    def close(self, *, last_first: bool = False) -> None:
        """Write what holds the sheets together; `last_first`: people see the sheet written last before the others."""
        numbers = list(range(1, len(self._sheets) + 1))
        order = [numbers[-1], *numbers[:-1]] if last_first else numbers
        for name, body in _frame(self._sheets, order).items():
            with self._part(name) as out:
                out.write((_HEAD + body).encode())
        with self._part("xl/styles.xml") as out:
            out.write(_STYLES.encode())
        self._zip.close()

    def _part(self, name: str) -> IO[bytes]:
        info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))  # the same data, the same bytes
        info.compress_type = ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return self._zip.open(info, "w")

    def _name(self, title: str) -> str:
        """A name that a sheet may have, and no other has."""
        clean = xlsx_text(title)[0].translate(_NAMELESS).replace("\n", " ").replace("\t", " ").strip("' ") or "_"
        taken = {"history", *(name.casefold() for name, _ in self._sheets)}  # Excel keeps that one for itself
        endings = (f" ({number})" if number > 1 else "" for number in count(1))
        return next(name for end in endings if (name := _short(clean, 31 - len(end)) + end).casefold() not in taken)


def _short(name: str, units: int) -> str:
    """`name` in so many UTF-16 code units."""
    return name.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore").strip("' ")


def _opening(widths: Sequence[int], *, table: bool) -> str:
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if table else ""
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{wide}" customWidth="1"/>' for at, wide in enumerate(widths, 1)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f"{f'<cols>{columns}</cols>' if columns else ''}<sheetData>"
    )


def _closing(range_: str, bars: Sequence[str]) -> str:
    found = f'<autoFilter ref="{range_}"/>' if range_ else ""
    found += "".join(_bar(column, nth) for nth, column in enumerate(bars, 1))
    return f'</sheetData>{found}<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'


def _bar(column: str, priority: int) -> str:
    """Bars behind the numbers of a column: none at 0, the whole cell at 1."""
    ends = '<cfvo type="num" val="0"/><cfvo type="num" val="1"/>'
    return (
        f'<conditionalFormatting sqref="{column}"><cfRule type="dataBar" priority="{priority}">'
        f'<dataBar>{ends}<color rgb="{_BAR}"/></dataBar></cfRule></conditionalFormatting>'
    )


def _frame(sheets: Sequence[tuple[str, str]], order: Sequence[int]) -> dict[str, str]:
    """The parts that name the sheets, which are numbered from 1, in their order."""
    parts = [f"/xl/worksheets/sheet{number}.xml" for number in order]
    listed, names = "", ""
    for at, number in enumerate(order):
        name, last = sheets[number - 1]
        listed += f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        if last:
            names += _defined("_FilterDatabase", at, f"{_quoted(name)}!$A$1:{_fixed(last)}", ' hidden="1"')
            names += _defined("Print_Titles", at, f"{_quoted(name)}!$1:$1")
    types = "".join(f'<Override PartName="{part}" ContentType="{_TYPES}.worksheet+xml"/>' for part in parts)
    bonds = "".join(_bond(number, "worksheet", f"worksheets/sheet{number}.xml") for number in sorted(order))
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>{types}'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>',
        "_rels/.rels": _bonds(_bond(1, "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets>'
        f"{f'<definedNames>{names}</definedNames>' if names else ''}</workbook>",
        "xl/_rels/workbook.xml.rels": _bonds(bonds + _bond(len(order) + 1, "styles", "styles.xml")),
    }


def _bonds(bonds: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{bonds}</Relationships>'


def _bond(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _defined(name: str, at: int, range_: str, more: str = "") -> str:
    return f'<definedName name="_xlnm.{name}" localSheetId="{at}"{more}>{escape(range_, quote=False)}</definedName>'


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _fixed(place: str) -> str:
    """C12 as $C$12."""
    letters = place.rstrip("0123456789")
    return f"${letters}${place.removeprefix(letters)}"
