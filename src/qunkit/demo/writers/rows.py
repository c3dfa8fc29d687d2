"""CSV rows as the exporters' own languages write them, whatever Python runs the demo."""

from __future__ import annotations

from collections.abc import Iterable


def python_row(fields: Iterable[object]) -> str:
    """A row as Python's csv module writes it: quotes where needed, CRLF."""
    return ",".join(_quoted(str(field)) for field in fields) + "\r\n"


def go_row(fields: Iterable[object]) -> str:
    """A row as Go's encoding/csv writes it: a leading blank is quoted too, LF."""
    return ",".join(_quoted(str(field), field != "" and str(field)[0].isspace()) for field in fields) + "\n"


def _quoted(text: str, always: bool = False) -> str:
    if always or any(mark in text for mark in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
