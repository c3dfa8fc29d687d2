"""What every format of the shelf promises, on the real sample exports; a new format is tested as soon as the table names its samples."""

from __future__ import annotations

import ast
import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from qunkit import registry
from qunkit.errors import QunkitError
from qunkit.exports import Batch
from qunkit.ingest.ledger import Ledger
from qunkit.parsing.source import Source, open_source
from qunkit.schema import KINDS, MEMBERS, RAW, REASONS
from qunkit.words import Text
from support.truth import BELONGS, UNREAD
from support.truth.base import SAMPLES

NAMES = registry.names("formats")
READ = [sample for sample, name in BELONGS.items() if not hasattr(registry.load("formats", name), "REFUSED")]
SHARDS = 8
STRIDE = 13
SMALL = 16_000
"""Bytes."""
FEW_CUTS = 40
FEW, MANY = 40, 300
"""Changes of a byte."""


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
    ledger = Ledger()
    for batch in batches:
        ledger.add(batch)
    return Told(
        pa.Table.from_batches([batch.messages.replace_schema_metadata() for batch in batches], RAW.arrow),
        ledger.close(size, np.empty(0, np.int64)),
        [reject.reason for batch in batches for reject in batch.rejects],
        [row for batch in batches for row in batch.members],
        batches,
    )


def attempt(module: ModuleType, path: Path) -> Told | None:
    """What is said of a damaged file; None if it is refused, or read as nothing. Any other exception is a bug."""
    try:
        source = open_source(path)
        module.sniff(source.head)
        batches = list(module.read(source))
    except QunkitError:
        return None
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
def test_what_is_another_formats_raises_nothing_strange(name: str) -> None:
    """``--format-in`` may say anything."""
    module = registry.load("formats", name)
    for sample in (sample for sample, other in BELONGS.items() if other != name):
        attempt(module, SAMPLES / sample)


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


def _smallest() -> list[str]:
    samples: dict[str, str] = {}
    for sample in sorted(READ, key=lambda one: (SAMPLES / one).stat().st_size, reverse=True):
        samples[BELONGS[sample]] = sample
    return sorted(samples.values())


SMALLEST = _smallest()


@pytest.mark.parametrize("sample", SMALLEST, ids=[str(BELONGS[sample]) for sample in SMALLEST])
def test_a_cut_file_says_the_same_up_to_its_last_message(sample: str, tmp_path: Path) -> None:
    size = path_size(sample)
    _sweep(sample, tmp_path, lambda cut: cut % (size // FEW_CUTS + 1) == 0 or cut > size - FEW_CUTS)


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("sample", READ)
def test_so_it_does_wherever_it_is_cut(sample: str, shard: int, tmp_path: Path) -> None:
    """The smallest sample of a format at every byte if it is small, the others here and there."""
    stride = path_size(sample) // SMALL + 1 if sample in SMALLEST else STRIDE
    _sweep(sample, tmp_path, lambda cut: cut % stride == 0 and cut // stride % SHARDS == shard)


def path_size(sample: str) -> int:
    return (SAMPLES / sample).stat().st_size


def _sweep(sample: str, folder: Path, wanted: Any) -> None:
    module, path = module_of(sample), copied(sample, folder)
    whole = told(module, open_source(path)).messages
    for cut in filter(wanted, range(path.stat().st_size, 0, -1)):
        os.truncate(path, cut)
        if found := attempt(module, path):
            sure = max(found.messages.num_rows - 1, 0)
            assert found.messages.slice(0, sure).equals(whole.slice(0, sure)), cut


@pytest.mark.parametrize("sample", READ)
def test_a_changed_byte_raises_nothing_and_loses_nothing(sample: str, tmp_path: Path) -> None:
    _mutate(sample, tmp_path, Random(sample), FEW)


@pytest.mark.slow
@pytest.mark.parametrize("sample", READ)
def test_nor_do_many(sample: str, tmp_path: Path) -> None:
    _mutate(sample, tmp_path, Random(f"many {sample}"), MANY)


def _mutate(sample: str, folder: Path, dice: Random, times: int) -> None:
    module, path = module_of(sample), copied(sample, folder)
    original = path.read_bytes()
    for _ in range(times // 8 if sample.endswith(".xlsx") else times):  # each starts a worker process
        at, to = dice.randrange(len(original)), dice.choice([dice.randrange(256), *b'"\n\r,\\{}[]:\0 \xff'])
        path.write_bytes(original[:at] + bytes([to]) + original[at + 1 :])
        if found := attempt(module, path):
            assert set(found.reasons) <= set(REASONS), (at, to)
            assert set(found.messages["kind"].to_pylist()) <= {*KINDS, None}, (at, to)
