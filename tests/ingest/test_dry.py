"""A dry run tells what a run would do, and leaves every byte as it was."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from qunkit.errors import CannotCreate, DatasetDamaged, DatasetNewer
from qunkit.ingest.run import Options, ingest

HEADER = "Time,SenderName,Sender,TalkerName,Talker,Content\n"
FIRST = "2024-12-01 08:00:00,Ann,wxid_ann,Hikers,1@chatroom,hi\n"
SECOND = "2024-12-01 08:01:00,Bob,wxid_bob,Hikers,1@chatroom,ho\n"
DRY = Options(dry=True)


def tree(folder: Path) -> dict[str, tuple[int, int, int, str]]:
    """Every file and folder: mode, inode, time of change, and what is in it."""
    found = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        at = path.lstat()
        body = path.read_bytes() if path.is_file() else b"\n".join(sorted(map(os.fsencode, os.listdir(path))))
        facts = (stat.S_IMODE(at.st_mode), at.st_ino, at.st_mtime_ns, hashlib.sha256(body).hexdigest())
        found[str(path.relative_to(folder))] = facts
    return found


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """A good file, one with a row that cannot be read, and a photo."""
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "a.csv").write_text(HEADER + FIRST)
    (folder / "b.csv").write_text(HEADER + FIRST + SECOND + "1,2\n")
    (folder / "c.jpg").write_bytes(b"\xff\xd8\xff")
    return folder


@pytest.mark.parametrize("each", [False, True])
def test_where_there_is_no_dataset_none_is_left(tmp_path: Path, exports: Path, each: bool) -> None:
    dry = ingest([exports], tmp_path / "d", DRY, each=each)
    assert not (tmp_path / "d").exists()
    real = ingest([exports], tmp_path / "d", each=each)
    assert list(dry.to_result().rows()) == list(real.to_result().rows())
    assert (dry.code, dry.snapshot) == (real.code, None) == (3, None)


def test_an_existing_dataset_keeps_every_byte_and_time(tmp_path: Path, exports: Path) -> None:
    ingest([exports / "a.csv"], tmp_path / "d")
    before = tree(tmp_path / "d")
    dry = ingest([exports], tmp_path / "d", DRY)
    assert tree(tmp_path / "d") == before
    assert [(file.status, file.new) for file in dry.files] == [("already", 0), ("ingested", 1), ("skipped", 0)]
    real = ingest([exports], tmp_path / "d")
    assert list(dry.to_result().rows()) == list(real.to_result().rows())
    assert dry.code == real.code == 3


def test_the_same_is_refused(tmp_path: Path, exports: Path) -> None:
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / "letter.txt").write_text("!")
    for options in (Options(), DRY):
        with pytest.raises(CannotCreate):
            ingest([exports], strange, options)
        (summary,) = ingest([exports / "c.jpg"], tmp_path / "none", options).files
        assert (summary.status, type(summary.error).__name__) == ("refused", "UnknownFormat")
    assert not (tmp_path / "none").exists()
    ingest([exports], tmp_path / "d")
    part = next((tmp_path / "d").glob("v*/observations/names.parquet"))
    part.write_bytes(part.read_bytes()[:-1])
    for options in (Options(again=True), Options(again=True, dry=True)):
        with pytest.raises(DatasetDamaged):
            ingest([exports], tmp_path / "d", options)
    (tmp_path / "d/dataset.json").write_text('{"schema": 99, "tz": "UTC"}')
    with pytest.raises(DatasetNewer):
        ingest([exports], tmp_path / "d", DRY)


def test_the_words_say_that_nothing_was_written(tmp_path: Path, exports: Path) -> None:
    dry = ingest([exports], tmp_path / "d", DRY)
    said = dry.for_people("en")
    assert said.title.en == "Dry run"
    assert [row[3] for row in said.rows()] == ["would go in", "would go in"]
    notes = [note.say("en") for note in said.notes]
    assert any("nothing was written" in note for note in notes)
    assert notes[-1] == "2 files, would add 2, would reject 1, 1 group"
    assert "nothing was written" in dry.to_result().notes[-1].say("en")


def test_a_rehearsal_leaves_nothing_in_the_temporary_folder(
    tmp_path: Path, exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    ingest([exports], tmp_path / "d", DRY)
    assert not list((tmp_path / "tmp").iterdir())
