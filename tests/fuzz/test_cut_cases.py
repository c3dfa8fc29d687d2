"""Every small made-up file cut here and there: what was whole before the cut is said as before, whatever the file's faults are."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from fuzz.exports import Family
from qunkit import registry
from qunkit.errors import QunkitError
from qunkit.ingest import identify
from qunkit.parsing.source import Source, open_source
from qunkit.schema import RAW
from support.cases import Case, families
from support.reading import runs

CUTS = 8
"""Of each file; its last bytes besides."""
SMALL = 1_000
"""Bytes of a file whose reader is tried at every byte."""
EVERY = Family("any", ("",))
FAMILIES = families()


def cuts(size: int) -> list[int]:
    """Where to cut, the longest first."""
    return sorted({*range(1, size, size // CUTS + 1), *range(max(size - 4, 1), size)}, reverse=True)


def close_cuts(size: int) -> list[int]:
    """The same, but every byte of a small file."""
    return cuts(size) if size > SMALL else list(range(size - 1, 0, -1))


def content(case: Case) -> tuple[str, bytes]:
    """Name and bytes of a case's first file."""
    name, raw = next(iter(case.files.items()))
    return name, raw.encode() if isinstance(raw, str) else raw


def cases(family: str) -> list[Case]:
    """Those whose file is no archive nor workbook: every cut of one is tested where they are read."""
    module = FAMILIES[family]
    return [case for case in (*module.GOOD, *module.BAD) if not content(case)[1].startswith(b"PK")]


ALL = {f"{family}-{case.name}": case for family in FAMILIES for case in cases(family)}


def is_whole(case: Case, family: str) -> bool:
    """Whether its messages are known. A container that is cut is refused; which file is mapped how, is the run's matter."""
    is_plain = case.format and len(case.files) == 1 and not content(case)[1].startswith(b"\x1f\x8b")
    return bool(is_plain and case in FAMILIES[family].GOOD and "maps" not in case.options)


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_no_cut_breaks_a_reader(name: str) -> None:
    """… nor what comes behind it, up to the commit."""
    _, raw = content(ALL[name])
    head = (ALL[name].format or "-").encode() + b"\n"
    for cut in cuts(len(raw)):
        EVERY.run(head + raw[:cut])


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_what_was_whole_before_the_cut_is_said_as_before(family: str, tmp_path: Path) -> None:
    """And every byte is accounted for. What several cases begin with is cut once."""
    tried = set()
    for number, case in enumerate(cases(family)):
        place, raw = content(case)
        path = tmp_path / str(number) / place
        path.parent.mkdir(parents=True)
        format_ = _format(case, path, raw)
        whole = _messages(case, format_, path, raw) if format_ and is_whole(case, family) else None
        assert whole is not None or not is_whole(case, family), case.name
        for cut in close_cuts(len(raw)) if format_ else ():
            what = (format_, str(_facts(case)), raw[:cut])
            if whole is not None or what not in tried:
                tried.add(what)
                found = _messages(case, format_, path, raw[:cut])
                if whole is not None and found is not None:
                    sure = max(found.num_rows - 1, 0)
                    assert found.slice(0, sure).equals(whole.slice(0, sure)), (case.name, cut)


def _facts(case: Case) -> dict[str, str]:
    return {name: str(fact) for name, fact in case.options.get("facts", {}).items()}


def _source(case: Case, path: Path, raw: bytes) -> Source:
    path.write_bytes(raw)
    return open_source(path, options=_facts(case))


def _format(case: Case, path: Path, raw: bytes) -> str | None:
    """As what the whole file is read."""
    try:
        return identify.identify(_source(case, path, raw), case.format)[0]
    except QunkitError:
        return None


def _messages(case: Case, format_: str, path: Path, raw: bytes) -> pa.Table | None:
    """What the format reads, which must tile the file; None if it is refused."""
    module = registry.load("formats", format_)
    try:
        source = _source(case, path, raw)
        module.sniff(source.head)
        batches = list(module.read(source))
    except QunkitError:
        return None
    if batches:
        runs(batches, source.size)
    return pa.Table.from_batches([batch.messages.replace_schema_metadata() for batch in batches], RAW.arrow)
