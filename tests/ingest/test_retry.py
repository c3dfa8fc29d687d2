"""Better parsers and better options: a new reading takes the old one's place, as if it had come first."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from qunkit import ink, registry
from qunkit.errors import LostSource, NoDataset, UnreadableExport
from qunkit.exports import Batch
from qunkit.ingest import harvest, store
from qunkit.ingest import retry as module_retry
from qunkit.ingest.check import check
from qunkit.ingest.findings import Checked
from qunkit.ingest.retry import retry
from qunkit.ingest.run import Options, ingest
from support.staged import members, messages, rejects

HEADER = "Time,SenderName,Sender,TalkerName,Talker,Content\n"
ROWS = [f"2024-12-01 08:00:0{at},Ann,wxid_ann,Hikers,1@chatroom,{text}\n" for at, text in enumerate("abcdef")]
OTHER = "2024-12-01 08:00:03,Bob,wxid_bob,Hikers,1@chatroom,x\n"
FORMAT = "chatlog_csv"
OLD = "c"
"""The text that the parser of yesterday stumbles over."""


@pytest.fixture
def yesterday(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A parser that rejects the row with OLD in it; call the fixture to have the one of today."""
    from qunkit.exports import Reject

    module = registry.load("formats", FORMAT)
    read = module.read

    def worse(source: Any) -> Iterator[Batch]:
        for batch in read(source):
            texts = batch.messages["text"].to_pylist()
            if OLD in texts:
                at = texts.index(OLD)
                offsets = batch.messages["offset"].to_pylist()
                start, end = offsets[at], offsets[at + 1] if at + 1 < len(offsets) else source.size
                keep = [row != at for row in range(len(texts))]
                kept = batch.messages.filter(pa.array(keep))
                batch = Batch(kept, [*batch.rejects, Reject(start, end, "bad-record")], batch.framing)
            yield batch

    import pyarrow as pa

    monkeypatch.setattr(module, "read", worse)
    return monkeypatch.undo


def export(path: Path, *rows: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + "".join(rows))
    return path


def state(dataset: Path) -> tuple[object, ...]:
    """All that a dataset holds, but for the history of its ingests."""
    with store.open_snapshot(dataset) as snapshot:
        observed = [pq.read_table(path).to_pylist() for path in sorted(snapshot.path.glob("observations/**/*.parquet"))]
        ledger = pq.read_table(snapshot.path / harvest.LEDGER).to_pylist()
        sources = [{k: v for k, v in one.items() if k not in ("new", "path")} for one in snapshot.manifest["sources"]]
        counts = {part: facts["rows"] for part, facts in snapshot.manifest["parts"].items()}
    return messages(dataset), members(dataset), rejects(dataset), observed, ledger, sources, counts


def test_a_retry_leaves_what_the_better_parser_would_have_made_at_first(tmp_path: Path, yesterday: Any) -> None:
    bad, good = export(tmp_path / "in/a.csv", *ROWS[:4]), export(tmp_path / "in/b.csv", *ROWS[2:], OTHER)
    ingest([bad, good], tmp_path / "d")
    assert len(rejects(tmp_path / "d")) == 2
    yesterday()
    retrial = retry(tmp_path / "d")
    assert (retrial.code, [one.file.status for one in retrial.tried]) == (0, ["ingested", "ingested"])
    assert [(one.before["records"]["reject"], one.rejected) for one in retrial.tried if one.before] == [(1, 0), (1, 0)]
    ingest([bad, good], tmp_path / "first")
    assert state(tmp_path / "d") == state(tmp_path / "first")
    assert {row["text"] for row in messages(tmp_path / "d")[0]} == {*"abcdefx"}
    assert retry(tmp_path / "d").tried == []


def test_a_parser_that_is_no_better_changes_nothing(tmp_path: Path, yesterday: Any) -> None:
    ingest([export(tmp_path / "a.csv", *ROWS)], tmp_path / "d")
    before = state(tmp_path / "d")
    retrial = retry(tmp_path / "d")
    assert (retrial.code, retrial.tried[0].rejected) == (3, 1)
    assert state(tmp_path / "d") == before


def test_a_file_that_is_gone_can_be_given_from_elsewhere(tmp_path: Path, yesterday: Any) -> None:
    path = export(tmp_path / "in/a.csv", *ROWS)
    ingest([path], tmp_path / "d")
    before = state(tmp_path / "d")
    moved = tmp_path / "elsewhere/b.csv"
    moved.parent.mkdir()
    shutil.move(path, moved)
    yesterday()
    retrial = retry(tmp_path / "d")
    error = retrial.tried[0].file.error
    assert (retrial.code, type(error)) == (66, LostSource)
    assert error is not None
    assert str(path) in error.sentence("en")
    assert "rejects retry FILE" in str(error.hint("en"))
    assert state(tmp_path / "d") == before
    other = export(tmp_path / "elsewhere/other.csv", *ROWS[:2])
    retrial = retry(tmp_path / "d", [moved.parent])
    assert [(one.file.label, one.file.error is None) for one in retrial.tried] == [
        (str(moved), True),
        (str(other), False),
    ]
    assert retrial.code == 3
    export(path, *ROWS)
    ingest([path], tmp_path / "first")
    assert state(tmp_path / "d") == state(tmp_path / "first")


def test_a_file_that_changed_is_not_the_one_that_was_read(tmp_path: Path, yesterday: Any) -> None:
    path = export(tmp_path / "a.csv", *ROWS)
    ingest([path], tmp_path / "d")
    before = state(tmp_path / "d")
    yesterday()
    export(path, *ROWS, OTHER)
    retrial = retry(tmp_path / "d")
    assert (retrial.code, type(retrial.tried[0].file.error)) == (65, UnreadableExport)
    assert state(tmp_path / "d") == before


def test_a_file_in_an_archive_is_found_there(tmp_path: Path, yesterday: Any) -> None:
    export(tmp_path / "a.csv", *ROWS)
    with zipfile.ZipFile(tmp_path / "chats.zip", "w") as packed:
        packed.write(tmp_path / "a.csv", "in/a.csv")
        packed.writestr("in/photo.jpg", b"\xff\xd8\xff")
    ingest([tmp_path / "chats.zip"], tmp_path / "d")
    yesterday()
    (tmp_path / "moved").mkdir()
    shutil.move(tmp_path / "chats.zip", tmp_path / "moved/chats.zip")
    assert retry(tmp_path / "d").code == 66
    assert retry(tmp_path / "d", [tmp_path / "moved/chats.zip"]).code == 0
    assert rejects(tmp_path / "d") == []


def test_the_options_of_then_hold(tmp_path: Path, yesterday: Any) -> None:
    path = export(tmp_path / "a.csv", *ROWS)
    told = Options(tz="Europe/Berlin", as_group="42@chatroom", format_in=FORMAT)
    ingest([export(tmp_path / "z.csv", *ROWS[:1])], tmp_path / "d", Options(tz="Asia/Shanghai"))
    ingest([path], tmp_path / "d", told)
    yesterday()
    assert retry(tmp_path / "d").code == 0
    ingest([tmp_path / "z.csv"], tmp_path / "first", Options(tz="Asia/Shanghai"))
    ingest([path], tmp_path / "first", told)
    assert state(tmp_path / "d") == state(tmp_path / "first")


def test_one_of_two_readings_of_the_same_bytes_is_read_again_and_the_other_stays(
    tmp_path: Path, yesterday: Any
) -> None:
    one, two = export(tmp_path / "a.csv", *ROWS), export(tmp_path / "b.csv", *ROWS)
    ingest([one], tmp_path / "d")
    ingest([two], tmp_path / "d", Options(as_group="42@chatroom"))
    two.unlink()
    yesterday()
    assert retry(tmp_path / "d").code == 3
    groups = [row["group_id"] for row in messages(tmp_path / "d")[0]]
    assert (groups.count("1@chatroom"), groups.count("42@chatroom")) == (6, 5)


def test_standard_input_has_to_be_given_as_a_file(
    tmp_path: Path, yesterday: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = export(tmp_path / "a.csv", *ROWS)
    with path.open("rb") as file:
        monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": file}))
        ingest(["-"], tmp_path / "d")
    yesterday_error = retry(tmp_path / "d").tried[0].file.error
    assert yesterday_error is not None
    assert "standard input" in yesterday_error.sentence("en")


def test_there_must_be_a_dataset(tmp_path: Path) -> None:
    with pytest.raises(NoDataset):
        module_retry.retry(tmp_path / "none")
    assert not (tmp_path / "none").exists()


# -- ingest --again ------------------------------------------------------------------------------------------------
def test_again_with_the_right_zone_is_as_if_it_had_been_given_at_first(tmp_path: Path) -> None:
    one, two = export(tmp_path / "a.csv", *ROWS), export(tmp_path / "b.csv", ROWS[0].replace("12-01", "11-01"))
    ingest([two], tmp_path / "first")
    ingest([one], tmp_path / "first", Options(tz="Europe/Berlin"))
    for name, asked in (("again", {"again": True}), ("not asked", {})):  # another zone is reason enough
        ingest([one, two], tmp_path / name)
        summary = ingest([one], tmp_path / name, Options(tz="Europe/Berlin", **asked))
        (file,) = summary.files
        assert (summary.code, file.new, file.known, file.told_before) == (0, 0, 6, 6)
        told = [note.say("en") for note in summary.to_result().notes]
        assert any("read as Asia/Shanghai are now read as Europe/Berlin" in note for note in told)
        assert any("days and hours stay those of Asia/Shanghai" in note for note in told)
        assert state(tmp_path / name) == state(tmp_path / "first")
    assert ingest([one], tmp_path / "not asked", Options(tz="Europe/Berlin")).files[0].status == "already"


@pytest.mark.parametrize("dry", [False, True])
def test_the_calendar_follows_if_all_files_are_read_in_another_zone(tmp_path: Path, dry: bool) -> None:
    """The slip of a first ingest is undone by the same with the right zone; days are those of New York no more."""
    exports = [export(tmp_path / "a.csv", *ROWS), export(tmp_path / "b.csv", ROWS[0].replace("12-01", "11-30"))]
    ingest(exports, tmp_path / "d", Options(tz="America/New_York"))
    before = state(tmp_path / "d")
    summary = ingest(exports, tmp_path / "d", Options(tz="Asia/Shanghai", dry=dry))
    assert (summary.code, [file.known for file in summary.files]) == (0, [6, 1])
    told = [note.say("zh") for note in summary.to_result().notes]
    assert any("日期和时刻现按 Asia/Shanghai 计（原为 America/New_York）" in note for note in told)
    ingest(exports, tmp_path / "first", Options(tz="Asia/Shanghai"))
    assert state(tmp_path / "d") == (before if dry else state(tmp_path / "first"))
    with store.open_snapshot(tmp_path / "d") as snapshot:
        assert snapshot.tz == ("America/New_York" if dry else "Asia/Shanghai")
    if not dry:
        assert [one.code for one in check(tmp_path / "d", Checked(), read_data=True)] == []
        later = ingest([export(tmp_path / "c.csv", OTHER)], tmp_path / "d")
        assert (later.files[0].zone, later.calendar, later.calendar_before) == ("Asia/Shanghai", "Asia/Shanghai", None)


def test_times_that_no_zone_changes_are_not_read_again(tmp_path: Path) -> None:
    columns = {"time": "at", "sender": "who", "text": "said"}
    path = tmp_path / "log.csv"
    path.write_text("at,who,said\n2024-12-01T08:00:00Z,Ann,hi\n")
    asked = {"as_group": "1@chatroom", "facts": (("map", json.dumps(columns)),)}
    assert ingest([path], tmp_path / "d", Options(**asked)).files[0].zone is None
    assert ingest([path], tmp_path / "d", Options(tz="Europe/Berlin", **asked)).files[0].status == "already"


def test_with_other_options_than_then_nothing_is_read_again_without_asking(tmp_path: Path) -> None:
    """--date-order, say, may not be lost on the way to another zone."""
    path = export(tmp_path / "a.csv", *ROWS)
    ingest([path], tmp_path / "d", Options(format_in=FORMAT))
    (file,) = ingest([path], tmp_path / "d", Options(tz="Europe/Berlin")).files
    assert (file.status, [note.say("en")[:53] for note in file.notes]) == (
        "already",
        ["it was read as Asia/Shanghai and with other options, "],
    )
    assert ingest([path], tmp_path / "d", Options(tz="Europe/Berlin", format_in=FORMAT)).files[0].told_before == 6


def test_what_reading_again_changed_is_told(tmp_path: Path, yesterday: Any) -> None:
    path = export(tmp_path / "a.csv", *ROWS)
    ingest([path], tmp_path / "d")
    yesterday()
    summary = ingest([path], tmp_path / "d", Options(again=True))
    (file,) = summary.files
    assert (file.new, file.known, file.rejected, file.told_before, file.rejected_before) == (1, 5, 0, 5, 1)
    said = "read again: a.csv; messages and notices: 6 (before: 5), rejected: 0 (before: 1)"
    assert said in [ink.sentence(note, "en") for note in summary.to_result().notes]
    assert rejects(tmp_path / "d") == []


def test_again_with_another_group_moves_the_messages(tmp_path: Path) -> None:
    path = export(tmp_path / "a.csv", *ROWS)
    ingest([path], tmp_path / "d")
    ingest([path], tmp_path / "d", Options(as_group="42@chatroom", again=True))
    rows = messages(tmp_path / "d")[0]
    assert ({row["group_id"] for row in rows}, len(rows)) == ({"42@chatroom"}, 6)
    ingest([path], tmp_path / "first", Options(as_group="42@chatroom"))
    assert state(tmp_path / "d") == state(tmp_path / "first")


def test_the_same_bytes_of_two_groups_stay_two(tmp_path: Path) -> None:
    text = "2024-05-01 09:00:00 甲\n早\n\n2024-05-01 09:00:09 乙\n好\n\n"
    for group in ("徒步", "读书"):
        (tmp_path / group).mkdir()
        (tmp_path / group / f"{group}.txt").write_text(text)
    folders = [tmp_path / "徒步", tmp_path / "读书"]
    ingest(folders, tmp_path / "d")
    before = messages(tmp_path / "d")
    assert len(before[0]) == 4
    ingest(folders[:1], tmp_path / "d", Options(again=True))
    assert messages(tmp_path / "d") == before


def test_what_cannot_be_read_again_stays(tmp_path: Path) -> None:
    path = export(tmp_path / "a.csv", *ROWS)
    ingest([path], tmp_path / "d")
    before = state(tmp_path / "d")
    refused = ingest([path], tmp_path / "d", Options(format_in="qq_txt", again=True))
    assert refused.files[0].status == "refused"
    assert state(tmp_path / "d") == before


def test_a_new_reading_that_contradicts_the_rest_leaves_the_old_one(tmp_path: Path) -> None:
    rows = [f"2024-12-01 {8 + at // 60:02}:{at % 60:02}:00,Ann,wxid_ann,Hikers,1@chatroom,m{at}\n" for at in range(300)]
    one, two = export(tmp_path / "a.csv", *rows), export(tmp_path / "b.csv", *rows[:-1])
    ingest([one, two], tmp_path / "d")
    before = state(tmp_path / "d")
    refused = ingest([two], tmp_path / "d", Options(tz="Asia/Tokyo", again=True))
    assert (refused.files[0].status, refused.code) == ("refused", 65)
    assert state(tmp_path / "d") == before
    other = export(tmp_path / "c.csv", OTHER.replace("1@chatroom", "2@chatroom"))
    mixed = ingest([two, other], tmp_path / "d", Options(tz="Asia/Tokyo", again=True))
    assert [file.status for file in mixed.files] == ["refused", "ingested"]
    texts = [row["text"] for row in messages(tmp_path / "d")[0]]
    assert (len(texts), texts.count("x")) == (301, 1)
    with store.open_snapshot(tmp_path / "d") as snapshot:
        assert len(snapshot.manifest["sources"]) == 3
