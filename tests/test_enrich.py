"""Features: worked out once for each distinct text, kept, and never believed more than a text itself."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qunkit import enrich
from qunkit.dataset import Scope
from qunkit.engines import _derived
from qunkit.engines.duckdb import Engine, connect
from qunkit.features import links, tokens
from support.messages import write_snapshot

SAID = ["去露营吗", "好", "去露营吗", "看 m.tb.cn/h.5", "", "好", None]
ROWS = [{"at": f"2026-05-04 09:00:{n:02}", "text": text} for n, text in enumerate(SAID)]
MORE = [*ROWS, {"at": "2026-05-05 09:00:00", "text": "下雪了"}]


def rows(*texts: str) -> list[dict[str, Any]]:
    return [{"at": f"2026-05-04 {n // 60 % 24:02}:{n % 60:02}:00", "text": text} for n, text in enumerate(texts)]


@contextmanager
def engine(folder: Path, said: list[dict[str, Any]], kept: Path | None, threads: int = 1) -> Iterator[Engine]:
    """An engine on a snapshot of `said`."""
    snapshot = write_snapshot(folder / f"snapshot{len(said)}", said)
    with connect(snapshot, Scope(), threads=threads, kept=kept) as made:
        yield made


def shown(engine: Engine, *features: str) -> dict[str, tuple[Any, ...]]:
    """What the view shows, by text; every text once."""
    assert enrich.show(engine, features) == []
    table = engine.sql("SELECT * FROM features ORDER BY text").to_pylist()
    found = {row["text"]: tuple(row[name] for name in features) for row in table}
    assert len(found) == len(table)
    return found


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where features are kept, in a dataset that has none yet."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data/features/v000000"


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are worked out, in any order."""
    seen: list[str] = []
    compute = tokens.compute

    def spy(batch: pa.RecordBatch) -> pa.Array:
        seen.extend(batch.column("text").to_pylist())
        return compute(batch)

    monkeypatch.setattr(tokens, "compute", spy)
    return seen


def files(kept: Path) -> list[Path]:
    return sorted((kept / "tokens-1").glob("*.parquet"))


def test_each_text_once_with_every_feature(tmp_path: Path) -> None:
    with engine(tmp_path, ROWS, None) as one:
        found = shown(one, "tokens", "links")
    assert found == {text: (tokens.words(text), links.hosts(text)) for text in ("去露营吗", "好", "看 m.tb.cn/h.5")}
    assert found["看 m.tb.cn/h.5"] == (["看"], ["m.tb.cn"])


def test_a_folder_from_here_on_is_one_that_keeps(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with engine(tmp_path, ROWS, kept.relative_to(tmp_path)) as one:
        shown(one, "tokens")  # says nothing
    assert len(files(kept)) == 1


def test_what_was_worked_out_is_not_worked_out_again(tmp_path: Path, kept: Path, worked_out: list[str]) -> None:
    with engine(tmp_path, ROWS, kept) as one:
        first = shown(one, "tokens")
    assert sorted(worked_out) == sorted(first) == sorted({text for text in SAID if text})
    worked_out.clear()
    for said, new in ((ROWS, []), (MORE, ["下雪了"]), (MORE, [])):
        with engine(tmp_path, said, kept) as one:
            assert shown(one, "tokens").items() >= first.items()
        assert worked_out == new
        worked_out.clear()
    assert len(files(kept)) == 2


def test_it_is_for_its_owner_alone(tmp_path: Path, kept: Path) -> None:
    with engine(tmp_path, ROWS, kept) as one:
        shown(one, "tokens")
    made = [kept.parent, *kept.parent.rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in made if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in made if path.is_file()} == {0o600}


def test_another_version_is_worked_out_anew(
    tmp_path: Path, kept: Path, worked_out: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in (1, 2, 1):
        monkeypatch.setattr(tokens, "VERSION", version)
        with engine(tmp_path, ROWS, kept) as one:
            shown(one, "tokens")
    assert len(worked_out) == 6


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty", "nonsense", "another's", "link"])
def test_a_damaged_file_is_worked_out_again(tmp_path: Path, kept: Path, damage: str, worked_out: list[str]) -> None:
    with engine(tmp_path, ROWS, kept) as one:
        first = shown(one, "tokens")
    [file] = files(kept)
    body = file.read_bytes()
    if damage == "link":
        file.rename(tmp_path / "elsewhere")
        file.symlink_to(tmp_path / "elsewhere")
    elif damage == "another's":
        pq.write_table(pa.table({"text": ["好"], "tokens": [["坏"]]}), kept / "tokens-1" / f"{'0' * 64}.parquet")
    else:
        flipped = body[:40] + bytes([body[40] ^ 1]) + body[41:]
        file.write_bytes({"flipped": flipped, "cut": body[:-9], "empty": b"", "nonsense": b"PAR1" * 9}[damage])
    worked_out.clear()
    for _ in range(2):
        with engine(tmp_path, ROWS, kept) as one:
            assert shown(one, "tokens") == first
    assert len(worked_out) == (0 if damage == "another's" else 3)
    assert not (kept / "tokens-1" / f"{'0' * 64}.parquet").exists()


def test_whoever_does_not_get_the_lock_keeps_nothing(tmp_path: Path, kept: Path) -> None:
    with engine(tmp_path, ROWS, kept) as one:
        shown(one, "tokens")
    before = files(kept)
    with (kept / "tokens-1/lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with engine(tmp_path, MORE, kept) as one:
            assert shown(one, "tokens")["下雪了"] == (["下雪", "了"],)
        assert files(kept) == before
    with engine(tmp_path, MORE, kept) as one:
        shown(one, "tokens")
    assert len(files(kept)) == 2


@pytest.mark.parametrize("instead", ["file", "link"])
def test_where_nothing_can_be_kept_it_is_said(tmp_path: Path, kept: Path, instead: str) -> None:
    """Nor is anything written where a link leads."""
    (tmp_path / "outside").mkdir()
    if instead == "file":
        kept.parent.write_text("no folder")
    else:
        kept.parent.symlink_to(tmp_path / "outside")
    with engine(tmp_path, ROWS, kept) as one:
        [note] = enrich.show(one, ["tokens"])
        assert one.sql("SELECT COUNT(*) AS n FROM features").to_pylist() == [{"n": 3}]
    assert "cannot be kept" in note.say("en")
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_disk_that_is_full_is_no_error(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = _derived._write

    def full(table: pa.Table, folder: Path) -> tuple[Path, str]:
        if folder.is_relative_to(kept):
            raise OSError(28, "full")
        return write(table, folder)

    monkeypatch.setattr(_derived, "_write", full)
    with engine(tmp_path, ROWS, kept) as one:
        assert len(enrich.show(one, ["tokens"])) == 1
        assert one.sql("SELECT COUNT(*) AS n FROM features").to_pylist() == [{"n": 3}]


def test_in_a_pool_it_is_the_same(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_derived, "_ROWS", 30)
    monkeypatch.setattr(_derived, "_ALONE", 0)
    said = rows(*(f"第{n}次去露营 s{n}.com/x" for n in range(100)))
    with engine(tmp_path, said, None) as one:
        alone = shown(one, "links")
    pooled: list[bool] = []
    written = _derived.each
    monkeypatch.setattr(_derived, "each", lambda *args, large: pooled.append(large) or written(*args, large=large))
    with engine(tmp_path, said, kept, threads=2) as one:
        assert shown(one, "links") == alone
    assert pooled == [True]
    assert len(alone) == 100
    assert len(list((kept / "links-1").glob("*.parquet"))) == 4  # 30 + 30 + 30 + 10


KILLED = """
import sys
from pathlib import Path
from test_enrich import engine, rows
from qunkit import enrich
from qunkit.engines import _derived
if __name__ == "__main__":
    _derived._ROWS, _derived._ALONE = 200, 0
    with engine(Path(sys.argv[1]), rows(*(f"第{n}次去露营，下雪了{n}" for n in range(4000))), Path(sys.argv[2]), threads=2) as one:
        enrich.show(one, ["tokens"])
"""


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_nothing_wrong_and_nobody_working(tmp_path: Path, kept: Path) -> None:
    said = rows(*(f"第{n}次去露营，下雪了{n}" for n in range(4000)))
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    paths = os.pathsep.join((*filter(None, [os.environ.get("PYTHONPATH")]), str(Path(__file__).parent)))
    with subprocess.Popen([sys.executable, str(script), str(tmp_path), str(kept)], env={**os.environ, "PYTHONPATH": paths}) as process:  # fmt: skip
        while not files(kept):
            time.sleep(0.01)
            assert process.poll() is None
        group = children(process.pid)
        process.send_signal(signal.SIGKILL)
    assert len(group) >= 2
    assert 0 < len(files(kept)) < 20
    until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in group) and time.monotonic() < until:
        time.sleep(0.05)
    assert not [pid for pid in group if Path(f"/proc/{pid}").exists()]
    with engine(tmp_path, said, kept) as one:
        assert len(shown(one, "tokens")) == 4000
    assert not list(kept.rglob(".new-*"))


def children(pid: int) -> list[int]:
    """Processes that `pid` started."""
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in told]
