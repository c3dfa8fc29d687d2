"""What every format of the shelf promises, on the real sample exports; a new format is tested as soon as the table names its samples."""

from __future__ import annotations

import ast
import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from qunkit import registry
from qunkit.errors import QunkitError
from qunkit.exports import Batch
from qunkit.parsing.source import Source, open_source
from qunkit.schema import KINDS, MEMBERS, RAW, REASONS
from qunkit.words import Text
from support.reading import runs
from support.truth import BELONGS, UNREAD
from support.truth.base import SAMPLES

NAMES = registry.names("formats")
READ = [sample for sample, name in BELONGS.items() if not hasattr(registry.load("formats", name), "REFUSED")]
SMALL, LEAST = 1_000, 3
"""Bytes of a file that is cut at every byte, and of what is kept of a larger one; and messages of it, however long they are."""
ALL_MEMBERS = "weflow/arkme-json/周末徒步·拼车群(东区).json"
"""More stands around its messages than in them; weflow/json is of the same format."""
FEW_CUTS, LAST_CUTS = 40, 20
FEW, MANY = 40, 60
"""Changes of a byte."""
UNDATED = "made/whatsapp_txt/WhatsApp Chat - 读书会/_chat.txt"
"""Only its last days tell the order of day and month: cut before them, it is refused."""


@dataclass
class Told:
    """What a format says of a whole file."""

    messages: pa.Table
    runs: pa.Table
    reasons: list[str]
    members: list[dict[str, object]]
    batches: list[Batch] = field(default_factory=list)

    @property
    def ranges(self) -> list[tuple[str, int, int]]:
        """Runs of neighbours of one kind."""
        return [(row["kind"], row["start"], row["end"]) for row in self.runs.to_pylist()]


def module_of(sample: str) -> ModuleType:
    return registry.load("formats", BELONGS[sample])


def is_about_people(sample: str) -> bool:
    """Whether the format is of lists of members or contacts, or names files: there are no messages."""
    module = module_of(sample)
    return getattr(module, "ROSTER", False) or hasattr(module, "files")


def told(module: ModuleType, source: Source) -> Told:
    """Read everything."""
    return accounted(list(module.read(source)), source.size)


def accounted(batches: list[Batch], size: int) -> Told:
    """What batches say; their ranges must tile the file exactly."""
    return Told(
        pa.Table.from_batches([batch.messages.replace_schema_metadata() for batch in batches], RAW.arrow),
        runs(batches, size),
        [reject.reason for batch in batches for reject in batch.rejects],
        [row for batch in batches for row in batch.members],
        batches,
    )


def attempt(module: ModuleType, path: Path) -> Told | None:
    """What is said of a damaged file; None if it is refused, or read as nothing. Any other exception is a bug."""
    try:
        return tried(module, open_source(path))
    except QunkitError:
        return None


def tried(module: ModuleType, source: Source) -> Told | None:
    """What is said of any file; None if it is read as nothing."""
    module.sniff(source.head)
    batches = list(module.read(source))
    return accounted(batches, source.size) if batches else None


def copied(sample: str, folder: Path) -> Path:
    """A copy to be damaged, in the same folders: their names may hold the group's id."""
    path = folder / sample
    path.parent.mkdir(parents=True)
    shutil.copyfile(SAMPLES / sample, path)
    return path


ALL = sorted(
    unicodedata.normalize("NFC", path.relative_to(SAMPLES).as_posix()) for path in SAMPLES.rglob("*") if path.is_file()
)


@pytest.mark.parametrize("sample", ALL)
def test_one_format_at_most_says_yes_and_the_right_one(sample: str) -> None:
    head = open_source(SAMPLES / sample).head
    yes = [name for name in NAMES if registry.load("formats", name).sniff(head)]
    assert yes == [BELONGS[sample]] if sample in BELONGS else yes == []


def test_every_sample_is_read() -> None:
    assert set(ALL) - UNREAD == set(BELONGS)


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name != "mapped"]
)  # it reads what --map says, no tool's files
def test_a_format_has_a_sample(name: str) -> None:
    assert name in BELONGS.values()


@pytest.mark.parametrize("name", NAMES)
def test_a_format_has_a_title_in_both_languages(name: str) -> None:
    title = registry.load("formats", name).TITLE
    assert isinstance(title, Text)
    assert title.en.strip()
    assert title.zh.strip()


@pytest.mark.parametrize("name", NAMES)
def test_it_says_in_both_languages_how_it_is_made(name: str) -> None:
    how = registry.load("formats", name).HOW
    assert isinstance(how, Text)
    assert how.en != how.zh
    for told in (how.en, how.zh):
        assert told
        assert [" ".join(told.split())] == told.splitlines()
    assert any("\u4e00" <= character <= "\u9fff" for character in how.zh)


@pytest.mark.parametrize("name", NAMES)
def test_its_docstring_says_what_it_is_shows_a_sample_and_says_what_is_kept_and_lost(name: str) -> None:
    first, *paragraphs = (registry.load("formats", name).__doc__ or "").split("\n\n")
    assert "\n" not in first
    assert first.endswith(".")
    assert any(paragraph.startswith("    ") for paragraph in paragraphs)
    for what in ("Kept", "Lost"):  # `qunkit formats FILE` shows them
        assert [paragraph for paragraph in paragraphs if re.match(rf"{what}[^:\n]*: \S", paragraph)]


@pytest.mark.parametrize("name", NAMES)
def test_its_parts_stand_in_order(name: str) -> None:
    """Docstring, constants, classes, public functions (`sniff`, `read`), helpers."""
    module = registry.load("formats", name)
    parts = [_part(node) for node in ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8")).body]
    assert parts == sorted(parts)
    functions = [value for value in vars(module).values() if getattr(value, "__module__", "") == module.__name__]
    assert {one.__name__ for one in functions if not one.__name__.startswith("_")} - {"files"} == {"sniff", "read"}


def _part(node: ast.stmt) -> int:
    if isinstance(node, ast.FunctionDef):
        return 3 if node.name.startswith("_") else 2
    return 1 if isinstance(node, ast.ClassDef) else 0


@pytest.mark.parametrize("sample", READ)
def test_batches_keep_the_contract(sample: str) -> None:
    source = open_source(SAMPLES / sample)
    found = told(module_of(sample), source)
    assert found.messages.num_rows or is_about_people(sample)
    for batch in found.batches:
        assert batch.messages.schema == RAW.arrow
        batch.messages.validate(full=True)
        for reject in batch.rejects:
            assert 0 <= reject.start < reject.end <= source.size
            assert reject.reason in REASONS
        for row in batch.members:
            assert set(row) <= {*MEMBERS.names, "group_name", "contact"} - {"source"}
            assert row["member_id"]
    offsets = found.messages["offset"].to_numpy()
    assert (np.diff(offsets) > 0).all()
    assert set(found.messages["kind"].to_pylist()) <= {*KINDS, None}
    timed = zip(found.messages["epoch"].to_pylist(), found.messages["wall"].to_pylist(), strict=True)
    assert all((epoch is None) != (wall is None) for epoch, wall in timed)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_another_formats_raises_nothing_strange(name: str, opened: dict[str, Source]) -> None:
    """``--format-in`` may say anything."""
    module = registry.load("formats", name)
    for sample in (sample for sample, other in BELONGS.items() if other != name):
        with suppress(QunkitError):
            tried(module, opened[sample])


@pytest.fixture(scope="module")
def opened() -> Iterator[dict[str, Source]]:
    """Every sample, opened once: every workbook takes a process."""
    sources = {sample: open_source(SAMPLES / sample) for sample in BELONGS}
    yield sources
    for source in sources.values():
        for file in (source._rows, source._transcript and source._transcript.file):
            if file:
                file.close()


@pytest.mark.parametrize("sample", READ)
def test_a_whole_sample_has_no_rejects(sample: str) -> None:
    assert told(module_of(sample), open_source(SAMPLES / sample)).reasons == []


@pytest.mark.parametrize("size", [179, 1009])
@pytest.mark.parametrize("sample", READ)
def test_where_blocks_end_does_not_matter(sample: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the header of a CSV file must lie in the first block."""
    module = module_of(sample)
    whole = told(module, open_source(SAMPLES / sample))
    blocks = Source.blocks

    def tiny(self: Source, _: int = 0) -> Iterator[tuple[int, bytes]]:
        return blocks(self, size)

    monkeypatch.setattr(Source, "blocks", tiny)
    pieces = told(module, open_source(SAMPLES / sample))
    assert pieces.messages.equals(whole.messages)
    assert (pieces.ranges, pieces.members) == (whole.ranges, whole.members)


def path_size(sample: str) -> int:
    return (SAMPLES / sample).stat().st_size


def _swept() -> list[str]:
    """Every small sample, and of a format that has none the smallest. Of workbooks none: cut ones are refused, whatever is in them."""
    swept: dict[str, str] = {}
    for sample in sorted(READ, key=path_size):
        if (
            not sample.endswith(".xlsx")
            and sample != ALL_MEMBERS
            and (path_size(sample) <= SMALL or BELONGS[sample] not in swept.values())
        ):
            swept[sample] = BELONGS[sample]
    return sorted(swept)


SWEPT = _swept()


def reduced(sample: str) -> bytes:
    """A sample; of a large one what stands around its messages, the first, the last, and the shortest of every kind, then the next ones."""
    raw = (SAMPLES / sample).read_bytes()
    if len(raw) <= SMALL or is_about_people(sample):
        return raw
    found = told(module_of(sample), open_source(SAMPLES / sample))
    kinds = dict(zip(found.messages["offset"].to_pylist(), found.messages["kind"].to_pylist(), strict=True))
    ends = dict(pairwise(sorted({0, len(raw), *kinds, *(edge for _, *edges in found.ranges for edge in edges)})))
    left_out = set(kinds) - {min(kinds), max(kinds)}  # what others take their time from, and what no comma is behind
    size = len(raw) - sum(ends[at] - at for at in left_out)
    shortest = sorted(kinds, key=lambda at: ends[at] - at)
    rank = {at: [kinds[other] for other in shortest[:place]].count(kinds[at]) for place, at in enumerate(shortest)}
    for at in sorted(left_out, key=lambda at: (rank[at], ends[at] - at)):
        if size + ends[at] - at <= SMALL or len(kinds) - len(left_out) < LEAST:
            left_out.remove(at)
            size += ends[at] - at
    return b"".join(raw[at:end] for at, end in ends.items() if at not in left_out)


@pytest.mark.parametrize("sample", READ)
def test_a_cut_file_says_the_same_up_to_its_last_message(sample: str, tmp_path: Path) -> None:
    size = path_size(sample)
    few = range(1, size, size // FEW_CUTS + 1)
    _sweep(sample, (SAMPLES / sample).read_bytes(), tmp_path, {*few, *range(max(size - LAST_CUTS, 1), size)})


@pytest.mark.slow
@pytest.mark.parametrize("sample", SWEPT)
def test_so_it_does_at_every_byte_of_a_small_file(sample: str, tmp_path: Path) -> None:
    raw = reduced(sample)
    _sweep(sample, raw, tmp_path, set(range(1, len(raw))))


def _sweep(sample: str, raw: bytes, folder: Path, cuts: set[int]) -> None:
    module, path = module_of(sample), copied(sample, folder)
    path.write_bytes(raw)
    found = told(module, open_source(path))
    assert not found.reasons
    whole = found.messages
    for cut in sorted(cuts, reverse=True):
        os.truncate(path, cut)
        begun = pc.sum(pc.less(whole["offset"], cut)).as_py() or 0
        if found := attempt(module, path):
            sure = max(found.messages.num_rows - 1, 0)
            assert found.messages.slice(0, sure).equals(whole.slice(0, sure)), cut
            assert found.messages.num_rows >= begun - 1, cut
        else:
            assert begun < 2 or sample == UNDATED or sample.endswith(".xlsx"), cut


@pytest.mark.parametrize("sample", READ)
def test_a_changed_byte_raises_nothing_and_loses_nothing(sample: str, tmp_path: Path) -> None:
    _mutate(sample, (SAMPLES / sample).read_bytes(), tmp_path, Random(sample), FEW)


@pytest.mark.slow
@pytest.mark.parametrize("sample", SWEPT)
def test_nor_do_many_of_a_small_file(sample: str, tmp_path: Path) -> None:
    _mutate(sample, reduced(sample), tmp_path, Random(f"many {sample}"), MANY)


def _mutate(sample: str, original: bytes, folder: Path, dice: Random, times: int) -> None:
    module, path = module_of(sample), copied(sample, folder)
    for _ in range(times // 8 if sample.endswith(".xlsx") else times):  # each starts a worker process
        at, to = dice.randrange(len(original)), dice.choice([dice.randrange(256), *b'"\n\r,\\{}[]:\0 \xff'])
        path.write_bytes(original[:at] + bytes([to]) + original[at + 1 :])
        if found := attempt(module, path):
            assert set(found.reasons) <= set(REASONS), (at, to)
            assert set(found.messages["kind"].to_pylist()) <= {*KINDS, None}, (at, to)
