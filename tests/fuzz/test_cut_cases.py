"""Every small made-up file cut here and there: what was whole before the cut is said as before, whatever the file's faults are."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.exports import Family
from qunkit import registry
from qunkit.errors import QunkitError
from qunkit.parsing.source import open_source
from support.cases import Case, families

CUTS = 8
"""Of each file; its last bytes besides."""
EVERY = Family("any", ("",))


def cuts(size: int) -> list[int]:
    """Where to cut, the longest first."""
    return sorted({*range(1, size, size // CUTS + 1), *range(max(size - 4, 1), size)}, reverse=True)


def content(case: Case) -> tuple[str, bytes]:
    """Name and bytes of a case's first file."""
    name, raw = next(iter(case.files.items()))
    return name, raw.encode() if isinstance(raw, str) else raw


ALL = {
    f"{family}-{case.name}": case
    for family, module in families().items()
    for case in (*module.GOOD, *module.BAD)
    if not content(case)[1].startswith(b"PK")  # every cut of an archive or a workbook is tested where they are read
}
WHOLE = {
    f"{family}-{case.name}": case
    for family, module in families().items()
    for case in module.GOOD
    if case.format and len(case.files) == 1 and not content(case)[1].startswith((b"PK", b"\x1f\x8b"))
    if "maps" not in case.options
}
"""A container that is cut is refused; which file is mapped how, is the run's matter."""


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_no_cut_breaks_a_reader(name: str) -> None:
    _, raw = content(ALL[name])
    head = (ALL[name].format or "-").encode() + b"\n"
    for cut in cuts(len(raw)):
        EVERY.run(head + raw[:cut])


@pytest.mark.slow
@pytest.mark.parametrize("name", WHOLE)
def test_what_was_whole_before_the_cut_is_said_as_before(name: str, tmp_path: Path) -> None:
    case = WHOLE[name]
    place, raw = content(case)
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = _messages(case, path, raw)
    assert whole is not None
    for cut in cuts(len(raw)):
        found = _messages(case, path, raw[:cut]) or []
        sure = max(len(found) - 1, 0)
        assert found[:sure] == whole[:sure], cut


def _messages(case: Case, path: Path, raw: bytes) -> list[dict[str, object]] | None:
    """What the case's format reads, or None."""
    path.write_bytes(raw)
    try:
        source = open_source(path, options={name: str(fact) for name, fact in case.options.get("facts", {}).items()})
        return [
            row
            for batch in registry.load("formats", str(case.format)).read(source)
            for row in batch.messages.to_pylist()
        ]
    except QunkitError:
        return None
