"""Every kind of damage has its code, whoever did it; a sound dataset has none; nothing is ever repaired."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qunkit.errors import DatasetNewer, NoDataset
from qunkit.ingest import build, months, parquet, store
from qunkit.ingest.check import check
from qunkit.ingest.findings import CODES, Checked, Finding
from qunkit.ingest.harvest import LEDGER, REJECTS
from qunkit.ingest.run import ingest

SAMPLES = Path(__file__).parents[1] / "samples"
HEADER = "Time,SenderName,Sender,TalkerName,Talker,Content\n"
ROWS = [
    "2024-11-30 23:59:00,Ann,wxid_ann,Hikers,1@chatroom,hi\n",
    "2024-12-01 08:00:00,Ann,wxid_ann,Hikers,1@chatroom,one\n",
    "2024-12-01 08:01:00,Bob,wxid_bob,Hikers,1@chatroom,two\n",
    "2024-12-01 08:02:00,Bob,wxid_bob,Hikers,1@chatroom,three\n",
    "2024-12-02 08:02:00,Cat,wxid_cat,Cooks,2@chatroom,four\n",
]
DECEMBER = months.messages("2024-12")
TOLD = months.observations("2024-12")


def found(dataset: Path, *, deep: bool = False) -> list[Finding]:
    return list(check(dataset, Checked(), read_data=deep))


def codes(dataset: Path, *, deep: bool = False) -> set[str]:
    """The codes of a check; and that it changed nothing."""
    before = bytes_of(dataset)
    told = found(dataset, deep=deep)
    assert bytes_of(dataset) == before
    assert all(finding.what.en and finding.what.zh for finding in told)
    return {finding.code for finding in told}


def bytes_of(dataset: Path) -> dict[str, str]:
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in sorted(dataset.rglob("*"))
    }


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two commits, two groups, two months, two rejects that touch."""
    folder = tmp_path_factory.mktemp("check")
    (folder / "a.csv").write_text(HEADER + "".join(ROWS[:2]))
    (folder / "b.csv").write_text(HEADER + "".join(ROWS[1:]) + "1,2\n3,4\n")
    ingest([folder / "a.csv"], folder / "d")
    ingest([folder / "b.csv"], folder / "d")
    return folder / "d"


@pytest.fixture
def dataset(sound: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return Path(shutil.copytree(sound, tmp_path / "d"))


def current(dataset: Path) -> Path:
    return dataset / (dataset / "CURRENT").read_text().split()[0]


def manifest(dataset: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((current(dataset) / "manifest.json").read_bytes())
    return found


def seal(dataset: Path, facts: dict[str, Any]) -> None:
    """Write a manifest, and CURRENT that fits: what somebody does who knows the format, or a bug."""
    path = current(dataset)
    body = json.dumps(facts, ensure_ascii=False).encode()
    (path / "manifest.json").write_bytes(body)
    (dataset / "CURRENT").write_text(f"{path.name} {hashlib.sha256(body).hexdigest()}\n")


def rewrite(dataset: Path, part: str, change: Callable[[pa.Table], pa.Table], **facts: object) -> None:
    """Change a part and reseal everything that says what is in it."""
    path = current(dataset) / part
    table = change(pq.read_table(path))
    path.unlink()  # older snapshots keep theirs
    with path.open("wb") as file, parquet.writer(file, table.schema) as changed:
        changed.write_table(table)
    path.chmod(0o600)
    told = manifest(dataset)
    body = path.read_bytes()
    told["parts"][part] |= {"rows": len(table), "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest(), **facts}
    seal(dataset, told)


def put(column: str, row: int, value: object) -> Callable[[pa.Table], pa.Table]:
    """Change one cell."""

    def change(table: pa.Table) -> pa.Table:
        values = table[column].to_pylist()
        values[row] = value
        field = table.schema.field(column)
        return table.set_column(table.schema.get_field_index(column), field, pa.array(values, field.type))

    return change


def digest_again(dataset: Path, part: str = DECEMBER) -> None:
    """Let the manifest say the digest and the fingerprint that the messages have."""
    from qunkit.ingest.canon import Digest

    digest, told = Digest(), manifest(dataset)
    for batch in pq.read_table(current(dataset) / part).to_batches():
        digest.add(batch)
    told["parts"][part]["digest"] = digest.close()
    told["fingerprint"] = build.fingerprint(told["parts"])
    seal(dataset, told)


# -- sound ---------------------------------------------------------------------------------------------------------
def test_a_sound_dataset_has_nothing_to_find(sound: Path) -> None:
    checked = Checked()
    assert list(check(sound, checked, read_data=True)) == []
    parts = manifest(sound)["parts"]
    assert (checked.rows, checked.sources) == (sum(facts["rows"] for facts in parts.values()), 2)
    assert checked.parts >= len(parts)
    assert not checked.damage


def test_all_samples_make_sound_datasets(tmp_path: Path) -> None:
    folders = [path for path in sorted(SAMPLES.iterdir()) if path.is_dir() and path.name != "datasets"]
    for folder in folders:
        ingest([folder], tmp_path / "d")
    assert found(tmp_path / "d", deep=True) == []


@pytest.mark.slow
def test_the_demo_makes_a_sound_dataset(tmp_path: Path) -> None:
    from qunkit.cli.main import run

    assert run(["demo", str(tmp_path / "demo")]) == 0
    ingest([tmp_path / "demo/exports"], tmp_path / "d")
    assert found(tmp_path / "d", deep=True) == []


def test_there_must_be_a_dataset_of_a_known_version(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(NoDataset):
        found(tmp_path / "none")
    (dataset / "dataset.json").write_text('{"schema": 99, "tz": "UTC"}')
    with pytest.raises(DatasetNewer):
        found(dataset)


# -- what the quick check finds ------------------------------------------------------------------------------------
def flip(path: Path, at: int = -20) -> None:
    body = bytearray(path.read_bytes())
    body[at] ^= 1
    path.write_bytes(body)


QUICK: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "bit of a part": (lambda d: flip(current(d) / DECEMBER), {"sha256"}),
    "part cut": (lambda d: os.truncate(current(d) / DECEMBER, 100), {"size"}),
    "part deleted": (lambda d: (current(d) / DECEMBER).unlink(), {"missing"}),
    "folder deleted": (lambda d: shutil.rmtree(current(d) / "messages"), {"missing"}),
    "part is a link": (lambda d: _link(current(d) / DECEMBER), {"link"}),
    "part of an older state": (
        lambda d: shutil.copy(d / "v000001" / DECEMBER, current(d) / DECEMBER),
        {"size", "sha256"},
    ),
    "parts swapped": (lambda d: _swap(current(d) / DECEMBER, current(d) / TOLD), {"size"}),
    "bit of the manifest": (lambda d: flip(current(d) / "manifest.json"), {"manifest"}),
    "manifest deleted": (lambda d: (current(d) / "manifest.json").unlink(), {"manifest"}),
    "manifest empty": (lambda d: (current(d) / "manifest.json").write_bytes(b""), {"manifest"}),
    "older manifest cut": (lambda d: os.truncate(d / "v000001/manifest.json", 30), {"manifest"}),
    "older manifest's count": (lambda d: _edit(d / "v000001/manifest.json", b'"new": 2', b'"new": 3'), {"manifest"}),
    "part of the older state": (lambda d: flip(d / "v000001" / DECEMBER), {"sha256"}),
    "CURRENT empty": (lambda d: (d / "CURRENT").write_bytes(b""), {"current"}),
    "CURRENT nonsense": (lambda d: (d / "CURRENT").write_text("../x 1\n"), {"current"}),
    "CURRENT deleted": (lambda d: (d / "CURRENT").unlink(), {"current"}),
    "CURRENT of another day": (lambda d: (d / "CURRENT").write_text(f"v000009 {'0' * 64}\n"), {"current"}),
    "CURRENT turned back": (lambda d: _turned_back(d), {"current"}),
    "dataset.json": (lambda d: (d / "dataset.json").write_text("{"), {"settings"}),
    "alerts.json": (lambda d: _private(d / "alerts.json"), {"alerts"}),
    "dataset.json deleted": (lambda d: (d / "dataset.json").unlink(), {"settings"}),
    "another zone": (lambda d: (d / "dataset.json").write_text('{"schema": 2, "tz": "UTC"}'), {"manifest"}),
    "file for all to read": (lambda d: (current(d) / DECEMBER).chmod(0o644), {"mode"}),
    "folder for all to read": (lambda d: d.chmod(0o755), {"mode"}),
    "stranger": (lambda d: _private(d / "letter.txt"), {"stranger"}),
    "stranger in a snapshot": (lambda d: _private(current(d) / "messages/x.parquet"), {"stranger"}),
    "left over": (lambda d: (d / ".new-abc").mkdir(mode=0o700), {"leftover"}),
    "unborn snapshot": (lambda d: shutil.copytree(current(d), d / "v000003"), {"leftover"}),
}


def _edit(path: Path, old: bytes, new: bytes) -> None:
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new))


def _link(path: Path) -> None:
    path.rename(path.parents[3] / "elsewhere")
    path.symlink_to(path.parents[3] / "elsewhere")


def _swap(one: Path, other: Path) -> None:
    a, b = one.read_bytes(), other.read_bytes()
    one.unlink()
    other.unlink()
    for path, body in ((one, b), (other, a)):
        path.write_bytes(body)
        path.chmod(0o600)


def _turned_back(dataset: Path) -> None:
    for name in ("v000003", "v000004"):
        shutil.copytree(current(dataset), dataset / name)


def _private(path: Path) -> None:
    path.write_text("!")
    path.chmod(0o600)


@pytest.mark.parametrize("damage", QUICK)
def test_the_quick_check_finds(dataset: Path, damage: str) -> None:
    harm, expected = QUICK[damage]
    harm(dataset)
    told = codes(dataset)
    also = {"stranger", "link", "missing"} if damage == "part is a link" else {"sha256", "size"}
    assert told & expected, told
    assert told <= expected | also, told


def test_one_damaged_file_does_not_hide_the_next(dataset: Path) -> None:
    flip(current(dataset) / DECEMBER)
    (current(dataset) / REJECTS).unlink()
    (dataset / "CURRENT").write_text("?")
    (dataset / ".new-x").mkdir()
    told = found(dataset)
    assert {finding.code for finding in told} >= {"sha256", "missing", "current", "leftover", "mode"}
    assert {str(current_ / DECEMBER) for current_ in [dataset / "v000002"]} <= {finding.path for finding in told}


def test_what_a_writer_has_unfinished_is_no_finding(dataset: Path) -> None:
    with store.writing(dataset, "Asia/Shanghai", 0) as staging:
        assert staging.path.exists()
        assert found(dataset) == []
    (dataset / ".new-x").mkdir(mode=0o700)
    assert codes(dataset) == {"leftover"}


def test_a_run_removes_what_a_killed_one_left(dataset: Path) -> None:
    (dataset / ".new-x").mkdir(mode=0o700)
    ingest([dataset / "none"], dataset)
    with store.writing(dataset, "Asia/Shanghai", 0):
        pass
    assert found(dataset) == []


# -- what only the deep check finds, for every seal is right -------------------------------------------------------
DEEP: dict[str, tuple[Callable[[Path], object], str]] = {
    "text edited": (lambda d: (rewrite(d, DECEMBER, put("text", 0, "!")), digest_again(d)), "derived"),
    "name edited": (lambda d: rewrite(d, DECEMBER, put("sender_name", 0, "!")), "derived"),
    "text edited, digest not": (lambda d: rewrite(d, DECEMBER, put("text", 0, "!")), "digest"),
    "message deleted": (lambda d: (rewrite(d, DECEMBER, lambda t: t.slice(1)), digest_again(d)), "derived"),
    "rows turned round": (lambda d: (rewrite(d, DECEMBER, _reversed), digest_again(d)), "order"),
    "message twice": (lambda d: (rewrite(d, DECEMBER, _twice), digest_again(d)), "order"),
    "one id twice": (lambda d: (rewrite(d, DECEMBER, _same_ids), digest_again(d)), "double"),
    "kind": (lambda d: rewrite(d, TOLD, put("kind", 0, "poem")), "value"),
    "event": (lambda d: rewrite(d, TOLD, put("event", 0, "eaten")), "value"),
    "time quality": (lambda d: rewrite(d, DECEMBER, put("time_quality", 0, "vague")), "value"),
    "reason": (lambda d: rewrite(d, REJECTS, put("reason", 0, "ugly")), "value"),
    "month": (lambda d: rewrite(d, TOLD, put("local_time", 0, 0)), "month"),
    "fingerprint": (lambda d: seal(d, manifest(d) | {"fingerprint": "0" * 16}), "fingerprint"),
    "rows": (lambda d: _claim(d, TOLD, rows=99), "rows"),
    "column gone": (lambda d: rewrite(d, TOLD, lambda t: t.drop(["extra"])), "schema"),
    "column of another type": (
        lambda d: rewrite(d, LEDGER, lambda t: t.set_column(2, "start", t["start"].cast("int32"))),
        "schema",
    ),
    "no Parquet": (lambda d: _nonsense(d, TOLD), "decoding"),
    "page": (lambda d: _bad_page(d, TOLD), "decoding"),
    "observation deleted": (lambda d: rewrite(d, TOLD, lambda t: t.slice(1)), "counts"),
    "observation of nobody": (lambda d: rewrite(d, TOLD, put("sources", 0, ["f" * 16])), "source"),
    "message of nobody": (lambda d: rewrite(d, DECEMBER, put("source", 0, "f" * 16)), "source"),
    "no accounts": (lambda d: _leave_out(d, LEDGER), "missing"),
    "no count": (lambda d: _uncounted(d), "counts"),
    "reject of nobody": (lambda d: rewrite(d, REJECTS, put("source", 0, "f" * 16)), "source"),
    "new": (lambda d: _account(d, new=99), "counts"),
    "negative known": (lambda d: _account(d, known=-1, new=_told(d) + 1), "counts"),
    "size": (lambda d: _account(d, size=7), "ledger"),
    "run shorter": (lambda d: rewrite(d, LEDGER, put("end", 0, 3)), "ledger"),
    "run of another kind": (lambda d: rewrite(d, LEDGER, put("kind", 0, "notice")), "ledger"),
    "count": (lambda d: rewrite(d, LEDGER, put("count", 1, 9)), "ledger"),
    "reject moved": (lambda d: rewrite(d, REJECTS, put("start", 0, 1)), "rejects"),
    "reject shortened": (lambda d: rewrite(d, REJECTS, put("raw", 0, b"1")), "rejects"),
    "reject deleted": (lambda d: rewrite(d, REJECTS, lambda t: t.slice(1)), "rejects"),
    "name nobody shows": (lambda d: rewrite(d, build.NAMES, put("sender_name", 0, "Zed")), "derived"),
    "month left out": (lambda d: _leave_out(d, DECEMBER), "derived"),
}


def _reversed(table: pa.Table) -> pa.Table:
    return table.take(pa.array(range(len(table)))[::-1])


def _twice(table: pa.Table) -> pa.Table:
    return pa.concat_tables([table.slice(0, 1), table])


def _same_ids(table: pa.Table) -> pa.Table:
    return put("message_id", 1, table["message_id"][0].as_py())(table)


def _claim(dataset: Path, part: str, **facts: object) -> None:
    told = manifest(dataset)
    told["parts"][part] |= facts
    seal(dataset, told)


def _account(dataset: Path, **facts: object) -> None:
    told = manifest(dataset)
    told["sources"][0] |= facts
    seal(dataset, told)


def _told(dataset: Path) -> int:
    records = manifest(dataset)["sources"][0]["records"]
    return int(records["message"] + records["notice"])


def _uncounted(dataset: Path) -> None:
    told = manifest(dataset)
    del told["sources"][0]["known"]
    seal(dataset, told)


def _nonsense(dataset: Path, part: str) -> None:
    body = b"PAR1 is not all of it"
    path = current(dataset) / part
    path.unlink()
    path.write_bytes(body)
    path.chmod(0o600)
    _claim(dataset, part, bytes=len(body), sha256=hashlib.sha256(body).hexdigest())


def _bad_page(dataset: Path, part: str) -> None:
    """The first bit that Parquet can be read without, and says something else: only the page's checksum tells."""
    path = current(dataset) / part
    good, before = path.read_bytes(), pq.read_table(path)
    for at in range(4, len(good)):
        body = bytearray(good)
        body[at] ^= 1
        path.unlink()
        path.write_bytes(body)
        path.chmod(0o600)
        with contextlib.suppress(OSError, pa.ArrowException, UnicodeDecodeError):
            table = pq.read_table(path)
            if table.schema == before.schema and table.to_pylist() != before.to_pylist():
                break
    _claim(dataset, part, sha256=hashlib.sha256(body).hexdigest())


def _leave_out(dataset: Path, part: str) -> None:
    (current(dataset) / part).unlink()
    told = manifest(dataset)
    del told["parts"][part]
    seal(dataset, told | {"fingerprint": build.fingerprint(told["parts"])})


@pytest.mark.parametrize("damage", DEEP)
def test_only_the_deep_check_finds(dataset: Path, damage: str) -> None:
    harm, expected = DEEP[damage]
    harm(dataset)
    assert codes(dataset) <= {"stranger"}  # an emptied folder
    told = codes(dataset, deep=True)
    assert expected in told, told


@pytest.mark.parametrize("damage", ["size", "new", "reject moved"])
def test_what_does_not_add_up_is_told_with_its_source(dataset: Path, damage: str) -> None:
    DEEP[damage][0](dataset)
    (what,) = {finding.what for finding in found(dataset, deep=True) if finding.code == DEEP[damage][1]}
    name = "b.csv" if damage == "reject moved" else manifest(dataset)["sources"][0]["name"]
    assert f"({name}): " in what.en
    assert f"（{name}）：" in what.zh


def test_every_code_is_found_by_a_test() -> None:
    quick = {code for _, expected in QUICK.values() for code in expected}
    assert quick | {code for _, code in DEEP.values()} == set(CODES)
