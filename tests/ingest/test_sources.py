"""A file taken out again: the dataset is as if it had never been ingested, and the file can be had back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from qunkit.errors import NoDataset, NoSuchSource
from qunkit.ingest import store
from qunkit.ingest.check import check
from qunkit.ingest.findings import Checked
from qunkit.ingest.run import Options, ingest
from qunkit.ingest.sources import chosen, drop

SAMPLES = Path(__file__).parents[1] / "samples"
HEADER = "Time,SenderName,Sender,TalkerName,Talker,Content\n"
ROWS = [f"2024-1{at // 3}-01 08:00:0{at},Ann,wxid_ann,Hikers,1@chatroom,{text}\n" for at, text in enumerate("abcdef")]


def export(path: Path, *rows: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + "".join(rows))
    return path


def state(dataset: Path) -> dict[str, Any]:
    """Every table of the dataset, and what the manifest says of the sources but for what was new at the time.

    Observations of one place in a moment are in no order.
    """
    with store.open_snapshot(dataset) as snapshot:
        tables = {part: pq.read_table(snapshot.path / part).to_pylist() for part in snapshot.manifest["parts"]}
        tables = {part: sorted(rows, key=repr) if "observations" in part else rows for part, rows in tables.items()}
        tables["sources"] = [
            {name: fact for name, fact in one.items() if name not in ("new", "known")}
            for one in snapshot.manifest["sources"]
        ]
        return tables | {"fingerprint": snapshot.fingerprint, "tz": snapshot.tz}


def test_what_is_dropped_never_was(tmp_path: Path) -> None:
    """Months that only one file has, messages that both have, rejects, another group, a list of members."""
    kept = export(tmp_path / "kept.csv", *ROWS[:4], "1,2\n")
    both = export(tmp_path / "in/both.csv", *ROWS[1:], "3,4\n", ROWS[0].replace("1@chatroom", "2@chatroom"))
    (tmp_path / "in/list.csv").write_text("wxid,昵称,群名称\nwxid_ann,安,Hikers\n")
    ingest([kept], tmp_path / "first")
    wanted = state(tmp_path / "first")
    for name, order in (("after", [kept, tmp_path / "in"]), ("before", [tmp_path / "in", kept])):
        dataset = tmp_path / name
        for path in order:
            ingest([path], dataset)
        whole = state(dataset)
        dry = drop(dataset, [str(tmp_path / "in")], dry=True)
        assert state(dataset) == whole
        done = drop(dataset, [str(tmp_path / "in")])
        assert (dry.before, dry.after) == (done.before, done.after) == (7, 4)
        assert [one["name"] for one in done.sources] == [one["name"] for one in dry.sources] == ["both.csv", "list.csv"]
        assert state(dataset) == wanted
        assert list(check(dataset, Checked(), read_data=True)) == []
        summary = ingest([both, tmp_path / "in/list.csv"], dataset)
        assert summary.files[0].new == 3
        assert state(dataset) == whole


@pytest.mark.parametrize("gone", ["weflow", "memotrace_v3", "chatlog"])
def test_exports_of_real_tools(tmp_path: Path, gone: str) -> None:
    names = ["weflow", "memotrace_v3", "chatlog"]
    ingest([SAMPLES / name for name in names], tmp_path / "d")
    drop(tmp_path / "d", [str(SAMPLES / gone)])
    ingest([SAMPLES / name for name in names if name != gone], tmp_path / "first")
    left, first = state(tmp_path / "d"), state(tmp_path / "first")
    for table in (
        left,
        first,
    ):  # where a moment has several messages, their places in the files: the highest of all files stays
        for part in table:
            if part.startswith("observations/month="):
                table[part] = sorted(({**row, "seq": None} for row in table[part]), key=repr)
    assert left == first


def test_of_all_dropped_the_dataset_takes_the_zone_of_the_next_file(tmp_path: Path) -> None:
    path = export(tmp_path / "a.csv", *ROWS)
    ingest([path], tmp_path / "d", Options(tz="America/New_York"))
    assert (drop(tmp_path / "d", ["*"]).after, list(check(tmp_path / "d", Checked(), read_data=True))) == (0, [])
    ingest([path], tmp_path / "d", Options(tz="Asia/Shanghai"))
    ingest([path], tmp_path / "first", Options(tz="Asia/Shanghai"))
    assert state(tmp_path / "d") == state(tmp_path / "first")


def test_how_sources_are_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    paths = ["in/a.csv", "in/b.csv", "other/a.csv"]
    known = [{"id": 4 * at, "name": Path(path).name, "path": str(tmp_path / path)} for at, path in zip("abc", paths, strict=True)]  # fmt: skip
    known.append({"id": "dddd", "name": "stdin", "path": None})

    def meant(*patterns: str) -> str:
        return "".join(one["id"][0] for one in chosen(known, patterns))

    assert meant("in/a.csv") == meant(str(tmp_path / "in/a.csv")) == "a"
    assert meant("a.csv") == meant("a.*") == "ac"
    assert meant("other/..") == meant("in", "other/") == "acb"
    assert (meant("bb"), meant("*"), meant("dddd", "stdin")) == ("b", "acbd", "d")
    for nothing in ("", "in/c.csv", "e"):
        with pytest.raises(NoSuchSource):
            meant("a.csv", nothing)


def test_there_must_be_a_dataset(tmp_path: Path) -> None:
    with pytest.raises(NoDataset):
        drop(tmp_path / "none", ["*"])
    assert not (tmp_path / "none").exists()
