"""The worker of `workbook`: a workbook's XML behind resource limits. Rows go to standard output; standard error gets a dot for every read
of the file, and at last a word if the workbook cannot be used.

openpyxl finds the sheets and says which numbers are dates. The cells themselves are read with expat: openpyxl needs three to four times as
long for them, stops where the sheet's dimension says, which some tools write wrongly, and leaves out rows whose numbers do not ascend.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import lru_cache
from io import FileIO
from typing import IO, Any
from xml.parsers import expat

SHEETS, ROWS, COLUMNS, CELL = 64, 1_048_576, 16_384, 32_767
_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_TAGS = {f"{space} {tag}": tag for space in _NAMESPACES for tag in ("row", "c", "v", "f", "t", "si", "rPh")}
_WHOLE = re.compile(r"-?\d+", re.ASCII)
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class Unusable(Exception):
    """Says the word for standard error."""


class _Watched(FileIO):
    """A file whose every read is told."""

    def read(self, size: int | None = -1, /) -> bytes:
        os.write(2, b".")
        return super().read(size) or b""


def main(path: str, memory: int) -> None:
    """Write every row that is not empty."""
    for what, limit in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 32)):
        resource.setrlimit(what, (limit, limit))
    sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl would load it, to know its numbers
    try:
        _write(path)
    except Unusable as error:
        word = str(error)
    except MemoryError:
        word = "memory"
    except Exception as error:  # whatever becomes of damaged XML
        word = "entities" if type(error).__name__ == "EntitiesForbidden" else "damaged"
    else:
        return
    os.write(2, word.encode())
    os._exit(1)


def _write(path: str) -> None:
    import warnings

    import openpyxl
    from openpyxl.reader.excel import SHARED_STRINGS, ExcelReader
    from openpyxl.styles.stylesheet import apply_stylesheet

    warnings.simplefilter("ignore")
    if not openpyxl.DEFUSEDXML or openpyxl.LXML:
        raise Unusable("unsafe")
    book = ExcelReader(_Watched(path), read_only=True, keep_links=False)
    book.read_manifest()
    book.read_workbook()
    apply_stylesheet(book.archive, book.wb)
    sheets = [(sheet.name, part.target) for sheet, part in book.parser.find_sheets() if "chartsheet" not in part.Type]
    if len(sheets) > SHEETS:
        raise Unusable("sheets")
    if any(part not in book.valid_files for _, part in sheets):
        raise Unusable("missing")
    strings: list[str] = []
    if listed := book.package.find(SHARED_STRINGS):
        with book.archive.open(listed.PartName[1:]) as file:
            _Reader(book.wb, strings, None).parse(file)
    write = sys.stdout.buffer.write
    for name, part in sheets:

        def row(number: int, cells: list[str], name: str = name) -> None:
            line = json.dumps([name, number, *cells], ensure_ascii=False, separators=(",", ":"))
            write(line.encode("utf-8", "replace") + b"\n")

        with book.archive.open(part) as file:
            _Reader(book.wb, strings, row).parse(file)
    sys.stdout.buffer.flush()


class _Reader:
    """Reads the XML of a sheet, and tells its rows; or that of the shared strings, and collects them."""

    def __init__(self, book: Any, strings: list[str], tell: Callable[[int, list[str]], None] | None) -> None:
        self.book, self.strings, self.tell = book, strings, tell
        self.count = self.row = self.column = 0
        self.cells: list[str] = []
        self.kind, self.style, self.place = "n", 0, ""
        self.pieces: list[str] = []
        self.value = self.rich = ""
        self.formula: str | None = None
        self.shared: str | None = None
        self.masters: dict[str, Any] = {}
        self.phonetic = False

    def parse(self, file: IO[bytes]) -> None:
        """Read to the end."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text, parser.buffer_size = True, 1 << 16
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self.pieces.append
        while block := file.read(1 << 16):
            parser.Parse(block)
        parser.Parse(b"", True)

    def _start(self, name: str, facts: dict[str, str]) -> None:
        tag = _TAGS.get(name)
        self.pieces.clear()
        if tag == "c":
            self.kind, self.style, self.place = facts.get("t", "n"), int(facts.get("s", 0)), facts.get("r", "")
            self.column = _column(self.place.rstrip("0123456789")) if self.place else self.column + 1
            self.value, self.rich, self.formula = "", "", None
        elif tag == "row":
            self.row, self.column, self.cells = int(float(facts.get("r", self.row + 1))), 0, []
            self.count += 1
            if max(self.row, self.count) > ROWS:
                raise Unusable("rows")
            if self.row < 1:
                raise ValueError(self.row)
        elif tag == "f":
            self.shared = facts.get("si") if facts.get("t") == "shared" else None
        elif tag == "si":
            self.rich = ""
        elif tag == "rPh":
            self.phonetic = True

    def _end(self, name: str) -> None:
        tag = _TAGS.get(name)
        if tag == "c":
            self._cell()
        elif tag == "v":
            self.value = "".join(self.pieces)
        elif tag == "t" and not self.phonetic:
            self.rich += "".join(self.pieces)
        elif tag == "f":
            self.formula = "".join(self.pieces)
        elif tag == "rPh":
            self.phonetic = False
        elif tag == "si":
            self.strings.append(_plain(self.rich))
        elif tag == "row" and self.cells and self.tell:
            self.tell(self.row, self.cells)

    def _cell(self) -> None:
        text = self._text()
        if len(text) > CELL:
            raise Unusable("cell")
        if text:
            self.cells += [""] * (self.column - len(self.cells))
            self.cells[self.column - 1] = text

    def _text(self) -> str:
        value, kind = self.value, self.kind
        if self.formula is not None:
            return self._formula(self.formula)
        if kind == "inlineStr":
            return _plain(self.rich)
        if not value:
            return ""
        if kind == "s":
            if (index := int(value)) < 0:
                raise IndexError(index)
            return self.strings[index]
        if kind == "n":
            return self._date(float(value)) if self.style in self.book._date_formats else _number(value)
        if kind == "b":
            return "TRUE" if int(value) else "FALSE"
        if kind == "d":
            from openpyxl.utils.datetime import from_ISO8601

            return _moment(from_ISO8601(value))
        return _plain(value)

    def _formula(self, told: str) -> str:
        """As it is written; where only the first cell of a range has it, as it would be written here."""
        from openpyxl.formula.translate import Translator

        if self.shared is not None and not told and self.shared in self.masters:
            return str(self.masters[self.shared].translate_formula(self.place))
        if self.shared is not None and told:
            self.masters[self.shared] = Translator("=" + told, self.place)
        return "=" + told

    def _date(self, value: float) -> str:
        from openpyxl.utils.datetime import from_excel

        try:
            return _moment(from_excel(value, self.book.epoch, timedelta=self.style in self.book._timedelta_formats))
        except (OverflowError, ValueError):
            return "#VALUE!"


def _refuse(*_: object) -> None:
    raise Unusable("entities")


@lru_cache(COLUMNS)
def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter.upper()) + 1
    if not 0 < column <= COLUMNS:
        raise ValueError(letters)
    return column


def _plain(text: str) -> str:
    """Without the ``_x000D_`` that stand for characters which XML cannot hold."""
    if "_x" not in text or not _ESCAPED.search(text):
        return text
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _number(text: str) -> str:
    """Whole numbers without a point."""
    if _WHOLE.fullmatch(text):
        return text
    value = float(text)
    return str(int(value)) if value.is_integer() else repr(value)


def _moment(value: datetime | time | timedelta) -> str:
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        sign = "-" if seconds < 0 else ""
        return f"{sign}{abs(seconds) // 3600}:{abs(seconds) // 60 % 60:02}:{abs(seconds) % 60:02}"
    precise = "milliseconds" if value.microsecond else "seconds"
    return value.isoformat(" ", precise) if isinstance(value, datetime) else value.isoformat(precise)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
