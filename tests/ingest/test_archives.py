"""Archives, workbooks, manifests and rosters on their way into a dataset."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest

from qunkit import registry
from qunkit.errors import MissingInput, NestedArchive, NoMessages, OtherArchive, UnknownFormat, UnreadableExport
from qunkit.exports import Batch, Head
from qunkit.ingest import harvest, identify, store
from qunkit.ingest.run import ingest
from qunkit.ingest.summary import IngestSummary
from qunkit.parsing.places import raw_batch
from qunkit.words import Text

SAMPLES = Path(__file__).parents[1] / "samples"
HEADER = "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender\r\n"
Put = Callable[[str, bytes], Path]


def csv(*texts: str) -> bytes:
    lines = [
        f'{n},3,1,0,0,{1732982302 + n},2,"{t}",2024-11-30 23:58:22,甲,甲,wxid_jia\r\n' for n, t in enumerate(texts, 1)
    ]
    return ("\ufeff" + HEADER + "".join(lines)).encode()


@pytest.fixture
def put(tmp_path: Path) -> Put:
    def _put(name: str, body: bytes) -> Path:
        path = tmp_path / "exports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        return path

    return _put


def zipped(**files: bytes) -> bytes:
    return zip_of(files)


def zip_of(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def became(summary: IngestSummary, folder: Path) -> dict[str, str]:
    return {os.path.relpath(file.label, folder / "exports"): file.status for file in summary.files}


def groups(dataset: Path) -> set[str]:
    with store.open_snapshot(dataset) as snapshot:
        table = pq.read_table(snapshot.path / "messages", columns=["group_name"])
    return set(table["group_name"].to_pylist())


# -- zip and gzip --------------------------------------------------------------------------------------------------
def test_the_files_in_a_zip_are_sources_of_their_own(tmp_path: Path, put: Put) -> None:
    files = {
        "群甲/群甲_utf8.csv": csv("早", "好"),
        "群乙/群乙_utf8.csv": csv("早"),
        "群甲/photo.jpg": b"\xff\xd8",
        "__MACOSX/群甲/._群甲_utf8.csv": b"\0\5\x16\7",
        ".DS_Store": b"x",
        "a/.git/config": b"x",
    }
    summary = ingest([put("backup.zip", zip_of(files))], tmp_path / "d")
    assert became(summary, tmp_path) == {
        "backup.zip/群甲/群甲_utf8.csv": "ingested",
        "backup.zip/群乙/群乙_utf8.csv": "ingested",
        "backup.zip/群甲/photo.jpg": "skipped",
    }
    assert ([file.new for file in summary.files], summary.code) == ([2, 1, 0], 0)
    assert groups(tmp_path / "d") == {"群甲", "群乙"}
    assert sum(summary.files[0].bytes.values()) == summary.files[0].size == len(files["群甲/群甲_utf8.csv"])


def test_a_file_is_the_same_packed_and_unpacked(tmp_path: Path, put: Put) -> None:
    body = csv("早", "好")
    ingest([put("群/群_utf8.csv", body)], tmp_path / "d")
    summary = ingest(
        [put("a.zip", zip_of({"群/群_utf8.csv": body})), put("群/群_utf8.csv.gz", gzip.compress(body))], tmp_path / "d"
    )
    assert became(summary, tmp_path) == {"a.zip/群/群_utf8.csv": "already", "群/群_utf8.csv.gz/群_utf8.csv": "already"}


def test_nothing_of_a_member_stays_on_the_disk(tmp_path: Path, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    plain = identify.open_source

    def watched(path: Path, **options: object) -> object:
        seen.append(sorted(os.listdir(path.parent)))
        return plain(path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(identify, "open_source", watched)
    ingest([put("a.zip", zip_of({f"群{n}/群{n}_utf8.csv": csv("早") for n in range(4)}))], tmp_path / "d")
    assert len(seen) == 4
    assert all([name for name in names if name.startswith("member")] == ["member"] for names in seen)
    assert not list((tmp_path / "d").rglob("member"))


def test_archives_in_archives_are_not_looked_into_and_that_is_said(tmp_path: Path, put: Put) -> None:
    files = {"群/群_utf8.csv": csv("早"), "inner.zip": zipped(a=b"a"), "b.gz": gzip.compress(csv("早"))}
    summary = ingest([put("a.zip", zip_of(files))], tmp_path / "d")
    assert became(summary, tmp_path) == {
        "a.zip/群/群_utf8.csv": "ingested",
        "a.zip/inner.zip": "refused",
        "a.zip/b.gz": "refused",
    }
    assert summary.code == 3
    assert [type(file.error) for file in summary.files[1:]] == [NestedArchive] * 2
    assert "within" in summary.files[1].error.sentence("en")  # type: ignore[union-attr]


def test_a_zip_of_nothing_but_zips_asks_to_unpack_the_inner_ones(tmp_path: Path, put: Put) -> None:
    path = put("a.zip", zip_of({"inner.zip": zipped(a=b"a"), "photo.jpg": b"\xff\xd8"}))
    error = ingest([path], tmp_path / "d").files[0].error
    assert isinstance(error, NestedArchive)
    assert "内层的压缩包请先解压" in (error.hint("zh") or "")
    assert ingest([path.parent], tmp_path / "d").code == 65
    put("群/群_utf8.csv", csv("早"))
    assert ingest([path.parent], tmp_path / "d").code == 3


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("chat.csv"))
    return out.getvalue()


RAR = b"Rar!\x1a\x07\x01\x00" + b"\0" * 100


OTHERS = {
    "a.rar": RAR,
    "a.7z": b"7z\xbc\xaf\x27\x1c" + b"\0" * 100,
    "a.tgz": tarred(),
    "in.zip": zip_of({"a.rar": RAR}),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_archives_are_refused_wherever_they_are_met(tmp_path: Path, put: Put, name: str) -> None:
    """There may be chats in them, and nobody looks at what a cron job passes over."""
    path = put(name, OTHERS[name])
    (file,) = ingest([path], tmp_path / "d").files
    assert (file.status, type(file.error)) == ("refused", OtherArchive)
    put("群/群_utf8.csv", csv("早"))
    summary = ingest([path.parent], tmp_path / "d")
    assert sorted(became(summary, tmp_path).values()) == ["ingested", "refused"]
    assert summary.code == 3


@pytest.mark.parametrize(
    "files", [{}, {"a.jpg": b"\xff\xd8"}, {"__MACOSX/a": b"x", ".b": b"y"}, {"e.csv": HEADER.encode()}]
)
def test_a_zip_without_an_export_is_refused(tmp_path: Path, put: Put, files: dict[str, bytes]) -> None:
    path = put("a.zip", zip_of(files))
    summary = ingest([path], tmp_path / "d")
    assert (summary.files[-1].label, summary.files[-1].status) == (str(path), "refused")
    assert isinstance(summary.files[-1].error, NoMessages)
    assert summary.code == 65
    good = put("群/群_utf8.csv", csv("早"))
    assert ingest([path, good], tmp_path / "d").code == 3  # it was named by hand
    assert ingest([path.parent], tmp_path / "d").code == 0  # it was met in a folder


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (zip_of({"群/群_utf8.csv": csv("早")})[:-30], "incomplete"),
        (zip_of({"../群_utf8.csv": csv("早")}), "points out"),
        (gzip.compress(csv("早"), mtime=0)[:-9], "damaged"),
        (gzip.compress(b"\0" * (40 << 20), mtime=0), "fill a disk"),
    ],
)
def test_a_bad_archive_is_refused_and_the_others_go_in(tmp_path: Path, put: Put, body: bytes, why: str) -> None:
    bad, good = put("bad", body), put("群/群_utf8.csv", csv("早"))
    summary = ingest([bad, good], tmp_path / "d")
    assert [file.status for file in summary.files] == ["refused", "ingested"]
    assert isinstance(summary.files[0].error, UnreadableExport)
    assert why in summary.files[0].error.sentence("en")
    assert summary.code == 3


def test_a_damaged_member_costs_only_itself(tmp_path: Path, put: Put) -> None:
    body = bytearray(zip_of({"甲/甲_utf8.csv": csv(*"早" * 300), "乙/乙_utf8.csv": csv("早")}))
    body[120] ^= 0xFF
    summary = ingest([put("a.zip", bytes(body))], tmp_path / "d")
    assert became(summary, tmp_path) == {"a.zip/甲/甲_utf8.csv": "refused", "a.zip/乙/乙_utf8.csv": "ingested"}
    assert not list((tmp_path / "d").rglob("member"))


def test_links_in_archives_reach_nothing(tmp_path: Path, put: Put) -> None:
    put("secret/群_utf8.csv", csv("秘密"))
    link = zipfile.ZipInfo("群/群_utf8.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, str(tmp_path / "exports/secret/群_utf8.csv"))
    summary = ingest([put("a.zip", out.getvalue())], tmp_path / "d")
    assert summary.code == 65
    assert "link or device" in summary.files[0].error.sentence("en")  # type: ignore[union-attr]


def test_documents_are_no_archives(tmp_path: Path, put: Put) -> None:
    document = zip_of({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
    summary = ingest([put("a/report.docx", document).parent], tmp_path / "d")
    assert became(summary, tmp_path) == {"a/report.docx": "skipped"}
    assert isinstance(summary.files[0].error, UnknownFormat)


def test_each_takes_an_archive_as_one(tmp_path: Path, put: Put) -> None:
    path = put("a.zip", zip_of({f"群{n}/群{n}_utf8.csv": csv("早") for n in range(3)}))
    assert ingest([path, put("群/群_utf8.csv", csv("好"))], tmp_path / "d", each=True).snapshot == "v000002"


@pytest.mark.parametrize("how", ["zip", "gz", "plain"])
def test_standard_input_may_be_an_archive(tmp_path: Path, how: str) -> None:
    sample = SAMPLES / "weflow/json/周末徒步·拼车群(东区).json"
    body = sample.read_bytes()
    body = {"zip": zip_of({"a/b.json": body}), "gz": gzip.compress(body), "plain": body}[how]
    code = "import sys; from qunkit.ingest.run import ingest; from pathlib import Path; s = ingest(['-'], Path('d'))\n"
    code += "print([(f.label, f.status) for f in s.files], s.code)"
    done = subprocess.run([sys.executable, "-c", code], input=body, capture_output=True, cwd=tmp_path, check=True)
    label = {"zip": "-/a/b.json", "gz": "-/stdin", "plain": "-"}[how]
    assert done.stdout.decode() == f"[({label!r}, 'ingested')] 0\n"


def test_a_nameless_group_is_asked_for_also_where_standard_input_is_packed(tmp_path: Path) -> None:
    body = "2024-05-01 09:00:00 甲\n早\n\n2024-05-01 09:00:09 乙\n好\n\n".encode()
    code = "import sys; from qunkit.ingest.run import ingest; from pathlib import Path\n"
    code += "print(ingest(['-'], Path('d')).files[0].error)"
    done = subprocess.run(
        [sys.executable, "-c", code], input=gzip.compress(body), capture_output=True, cwd=tmp_path, check=True
    )
    assert "which group" in done.stdout.decode()


# -- workbooks -----------------------------------------------------------------------------------------------------
@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put a format of one's own on the shelf, alone."""

    def _shelf(**members: object) -> None:
        module = ModuleType("made_up")
        module.__dict__.update({"TITLE": Text("made up", "虚构"), "__doc__": "Made up.", **members})
        monkeypatch.setattr(registry, "names", lambda shelf: ("made_up",))
        monkeypatch.setattr(registry, "load", lambda shelf, name: module)

    return _shelf


def test_a_workbook_goes_in_with_every_byte_of_its_transcript(
    tmp_path: Path, put: Put, shelf: Callable[..., None]
) -> None:
    from qunkit.parsing.csv import wall_clock
    from qunkit.parsing.sheets import read_table

    def read(source):  # type: ignore[no-untyped-def]
        for records in read_table(source, ["时间", "内容"]):
            timed, times = records.timed(wall_clock(records["时间"]))
            yield timed.batch(wall=times, text=timed["内容"], sender_name="甲")

    shelf(sniff=lambda head: bool(head.sheets), read=read)
    book = openpyxl.Workbook()
    for row in [
        ["会话"],
        ["时间", "内容"],
        ["2024-12-01 08:00:00", "早"],
        ["?", "坏"],
        ["2024-12-01 08:00:01", "=1+1"],
    ]:
        book.active.append(row)
    path = put("群.xlsx", b"")
    book.save(path)
    packed = put("群.zip", zip_of({"群.xlsx": path.read_bytes()}))
    summary = ingest([path, packed], tmp_path / "d")
    file = summary.files[0]
    assert (file.status, file.new, file.rejected, summary.code) == ("ingested", 2, 1, 3)
    assert sum(file.bytes.values()) == file.size
    assert summary.files[1].status == "already"
    with store.open_snapshot(tmp_path / "d") as snapshot:
        (reject,) = pq.read_table(snapshot.path / harvest.REJECTS).to_pylist()
        texts = pq.read_table(snapshot.path / "messages", columns=["text"])["text"].to_pylist()
    assert json.loads(reject["raw"]) == ["Sheet", 4, "?", "坏"]
    assert reject["line"] == 4
    assert texts == ["早", "=1+1"]


def test_a_workbook_of_nothing_is_empty_and_an_unknown_one_is_told(tmp_path: Path, put: Put) -> None:
    book, other = openpyxl.Workbook(), openpyxl.Workbook()
    other.active.append(["商品", "价格"])
    empty, unknown = put("e.xlsx", b""), put("u.xlsx", b"")
    book.save(empty)
    other.save(unknown)
    summary = ingest([empty, unknown], tmp_path / "d")
    assert [type(file.error) for file in summary.files] == [NoMessages, UnknownFormat]
    assert "it is a workbook" in summary.files[1].error.sentence("en")  # type: ignore[union-attr]
    assert "empty" in summary.files[0].error.sentence("en")  # type: ignore[union-attr]


# -- manifests -----------------------------------------------------------------------------------------------------
CHUNKED = next((SAMPLES / "qce_v5/chunked").iterdir())
CHUNKS = sorted(f"chunks/{path.name}" for path in (CHUNKED / "chunks").iterdir())


@pytest.fixture
def chunked(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CHUNKED, tmp_path / "exports" / CHUNKED.name))


def test_a_manifest_brings_its_files(tmp_path: Path, chunked: Path) -> None:
    summary = ingest([chunked / "manifest.json"], tmp_path / "d")
    assert {os.path.relpath(file.label, chunked): file.status for file in summary.files} == dict.fromkeys(
        ["manifest.json", *CHUNKS], "ingested"
    )
    assert summary.files[0].total == 0
    assert sum(file.new for file in summary.files) > 10
    again = ingest([chunked / "manifest.json"], tmp_path / "d")
    assert [file.status for file in again.files] == ["already"] * len(summary.files)


@pytest.mark.parametrize("each", [False, True])
def test_files_that_are_read_anyway_are_not_read_twice(tmp_path: Path, chunked: Path, each: bool) -> None:
    for given in ([chunked], [chunked / CHUNKS[0], chunked / "manifest.json", chunked / CHUNKS[1]]):
        shutil.rmtree(tmp_path / "d", ignore_errors=True)
        summary = ingest(given, tmp_path / "d", each=each)
        labels = sorted(os.path.relpath(file.label, chunked) for file in summary.files)
        assert labels == sorted(["manifest.json", *CHUNKS])
        assert {file.status for file in summary.files} == {"ingested"}


def test_what_a_manifest_names_and_is_not_there_is_missed(tmp_path: Path, chunked: Path) -> None:
    (chunked / CHUNKS[0]).unlink()
    summary = ingest([chunked / "manifest.json"], tmp_path / "d")
    missing = {os.path.relpath(file.label, chunked): type(file.error) for file in summary.files if file.error}
    assert missing == {CHUNKS[0]: MissingInput}
    assert summary.code == 3


def test_a_manifest_in_a_zip_finds_its_files_there(tmp_path: Path, put: Put) -> None:
    files = {f"x/{name}": (CHUNKED / name).read_bytes() for name in ["manifest.json", *CHUNKS]}
    summary = ingest([put("a.zip", zip_of(files))], tmp_path / "d")
    assert became(summary, tmp_path) == dict.fromkeys([f"a.zip/{name}" for name in files], "ingested")
    files.pop(f"x/{CHUNKS[-1]}")
    summary = ingest([put("b.zip", zip_of(files))], tmp_path / "d2")
    assert became(summary, tmp_path)[f"b.zip/x/{CHUNKS[-1]}"] == "refused"


def test_a_manifest_cannot_reach_out_of_its_folder(tmp_path: Path, put: Put, shelf: Callable[..., None]) -> None:
    wanted = ["../../secret.csv", "/etc/passwd", "link", "good"]
    put("secret.csv", b"secret")
    path = put("a/b/manifest", b"manifest")
    put("a/b/good", b"good")
    (path.parent / "link").symlink_to("../../secret.csv")

    def read(source):  # type: ignore[no-untyped-def]
        yield Batch(raw_batch(np.empty(0, np.int64)), framing=[(0, source.size)])

    shelf(sniff=lambda head: True, read=read, files=lambda source: wanted if source.size == 8 else [])
    summary = ingest([path], tmp_path / "d")
    assert [file.status for file in summary.files].count("refused") == 3
    assert {os.path.basename(file.label) for file in summary.files if file.status == "ingested"} == {"manifest", "good"}


# -- rosters -------------------------------------------------------------------------------------------------------
def roster(group: str | None) -> Callable[..., object]:
    def read(source):  # type: ignore[no-untyped-def]
        names = source.raw(0, source.size).decode().split()[1:]
        people = [{"member_id": name, "nickname": name.upper(), "group_id": group} for name in names]
        yield Batch(raw_batch(np.empty(0, np.int64)), framing=[(0, source.size)], members=people)

    return read


def sniff(head: Head) -> bool:
    return head.text.startswith("roster")


def test_a_roster_needs_no_messages(tmp_path: Path, put: Put, shelf: Callable[..., None]) -> None:
    shelf(sniff=sniff, read=roster("1@chatroom"), ROSTER=True)
    summary = ingest([put("members.txt", b"roster a b")], tmp_path / "d")
    assert (summary.files[0].status, summary.files[0].total, summary.code) == ("ingested", 0, 0)
    with store.open_snapshot(tmp_path / "d") as snapshot:
        told = pq.read_table(snapshot.path / "members/part.parquet").to_pylist()
    assert {(row["group_id"], row["member_id"], row["nickname"]) for row in told} == {
        ("1@chatroom", "a", "A"),
        ("1@chatroom", "b", "B"),
    }


def test_the_same_roster_of_another_group_is_another_source(
    tmp_path: Path, put: Put, shelf: Callable[..., None]
) -> None:
    path = put("members.txt", b"roster a b")
    for group in ("1@chatroom", "2@chatroom"):
        shelf(sniff=sniff, read=roster(group), ROSTER=True)
        assert ingest([path], tmp_path / "d").files[0].status == "ingested"
    assert ingest([path], tmp_path / "d").files[0].status == "already"


@pytest.mark.parametrize(("body", "members"), [(b"roster", {"ROSTER": True}), (b"roster a", {})])
def test_nobody_in_a_roster_and_people_in_what_is_none(
    tmp_path: Path, put: Put, shelf: Callable[..., None], body: bytes, members: dict[str, object]
) -> None:
    shelf(sniff=sniff, read=roster("1@chatroom"), **members)
    summary = ingest([put("members.txt", body)], tmp_path / "d")
    assert (type(summary.files[0].error), summary.code) == (NoMessages, 65)
