"""Features that are kept beside the snapshots: nothing of who was forgotten stays in them, nor of what was dropped, and nothing depends on them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qunkit.api import open_dataset
from qunkit.errors import OldStateRead
from qunkit.ingest import store
from qunkit.ingest.check import check
from qunkit.ingest.findings import Checked
from support.forgetting import CHAT, SECRET, csv, residue

WORDS = ("夏娃", "秘密", "愿望", "清单", SECRET)


@pytest.fixture(autouse=True)
def _own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "key"))


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, str], Path]:
    def write(name: str, body: str) -> Path:
        path = tmp_path / name
        path.write_text(body, "utf-8")
        return path

    return write


def words(data: Path) -> list[tuple[Any, ...]]:
    """Rows that begin with a word."""
    return [row[2:] for row in open_dataset(data).analyze("topics", min_senders=1, top=0).rows()]


def kept(data: Path) -> set[str]:
    """Where files with features are: names of snapshots."""
    return {path.parts[-3] for path in (data / "features").glob("*/*/*.parquet")}


def test_nothing_of_who_is_forgotten_stays_in_features(tmp_path: Path, put: Callable[[str, str], Path]) -> None:
    data = tmp_path / "data"
    open_dataset(data).ingest(put("chat.csv", CHAT))
    before = words(data)
    assert {name.partition("/")[0] for name, _ in residue(data, *WORDS)} == {"features", "v000001"}
    assert "愿望" in {row[0] for row in before}
    open_dataset(data).forget("wxid_eve00001")
    assert residue(data, *WORDS) == set()
    assert kept(data) == set()
    after = words(data)
    assert kept(data) == {"v000002"}
    assert residue(data, *WORDS) == set()
    assert {row[0] for row in after} < {row[0] for row in before}


def test_who_still_reads_the_old_state_keeps_its_words_apart(
    tmp_path: Path, put: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question that was asked before keeps what it works out where nobody looks any more, and the next `forget` clears it away."""
    data = tmp_path / "data"
    open_dataset(data).ingest(put("chat.csv", CHAT))
    with store.open_snapshot(data) as snapshot:
        with pytest.raises(OldStateRead):
            open_dataset(data).forget("wxid_eve00001", wait=0)
        words(data)
        old = snapshot.features / "tokens-1"
        old.mkdir(parents=True)
        shutil.copy(next((data / "features").glob("v000002/tokens-1/*.parquet")), old)
        (old / "late.parquet").write_text(SECRET)
        assert kept(data) == {"v000000", "v000002"}
    assert not residue(data / "features/v000002", *WORDS)
    open_dataset(data).forget("wxid_eve00001")
    assert residue(data, *WORDS) == set()
    assert kept(data) == {"v000002"}


def test_what_was_dropped_goes_with_the_last_state_that_had_it(tmp_path: Path, put: Callable[[str, str], Path]) -> None:
    data = tmp_path / "data"
    open_dataset(data).ingest(put("wrong.csv", CHAT))
    open_dataset(data).ingest(put("chat.csv", csv((9, "阿岚", "wxid_alan001", "去露营"))))
    assert "愿望" in {row[0] for row in words(data)}
    open_dataset(data).drop("wrong.csv")
    assert [row[0] for row in words(data)] == ["露营"]
    assert kept(data) == {"v000000", "v000003"}  # the state before may be read still
    open_dataset(data).ingest(put("more.csv", csv((10, "阿岚", "wxid_alan001", "下雪"))))
    assert kept(data) == {"v000003"}
    assert residue(data, SECRET, "愿望") == set()


def test_other_commits_leave_features_where_they_are(tmp_path: Path, put: Callable[[str, str], Path]) -> None:
    data = tmp_path / "data"
    for n, text in enumerate(("去露营", "下雪")):
        open_dataset(data).ingest(put(f"{n}.csv", csv((n, "阿岚", "wxid_alan001", text))))
        words(data)
        assert kept(data) == {"v000000"}
    assert len(list((data / "features").glob("*/tokens-1/*.parquet"))) == 2


def test_a_check_finds_nothing_wrong_with_them_and_nothing_is_lost_without(
    tmp_path: Path, put: Callable[[str, str], Path]
) -> None:
    data = tmp_path / "data"
    open_dataset(data).ingest(put("chat.csv", CHAT))
    before = words(data)
    assert list(check(data, Checked(), read_data=True)) == []
    shutil.rmtree(data / "features")
    assert list(check(data, Checked(), read_data=True)) == []
    (data / "features").write_text("no folder")
    assert words(data) == before
    notes = open_dataset(data).analyze("topics").notes
    assert "cannot be kept" in notes[-1].say("en")
