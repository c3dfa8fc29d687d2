"""Archives: what they hold comes out byte by byte, and whatever they try, it is refused with a reason."""

from __future__ import annotations

import gzip
import io
import os
import stat
import struct
import tarfile
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.errors import OtherArchive, UnreadableExport
from qunkit.parsing import archive
from qunkit.parsing.archive import is_archive, other, safe_members, unpack
from qunkit.parsing.source import open_source

CHAT = "2024-12-01 00:00:08 凯文\n有,还差2个🍉\n\n".encode() * 50
Zip = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Zip:
    """Write a zip of the given (name or ZipInfo, bytes) with ordinary means."""

    def write(*files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w", method) as zipped:
            for name, body in files:
                zipped.writestr(name, body)
        return path

    return write


def taken(path: Path) -> dict[str, bytes]:
    found = {}
    for member in safe_members(path):
        out = io.BytesIO()
        unpack(member, out)
        found[member.name] = out.getvalue()
    return found


def refusal(path: Path) -> str:
    """Why an archive or one of its members is refused; in both languages, with a way out."""
    with pytest.raises(UnreadableExport) as caught:
        taken(path)
    error = caught.value
    assert str(path) in error.sentence("zh")
    assert error.hint("en")
    assert error.hint("zh")
    assert error.code == 65
    return error.sentence("en").replace(str(path.parent), "")


# -- a writer that obeys nothing -----------------------------------------------------------------------------------
def local(name: bytes, packed: bytes, size: int, crc: int, *, flags: int = 0x800, method: int = 8) -> bytes:
    head = struct.pack("<4s5H3L2H", b"PK\3\4", 20, flags, method, 0, 0, crc, len(packed), size, len(name), 0)
    return head + name + packed


def central(
    name: bytes, packed: int, size: int, crc: int, offset: int, *, flags: int = 0x800, method: int = 8, mode: int = 0
) -> bytes:
    head = (
        b"PK\1\2",
        20 | 3 << 8,
        20,
        flags,
        method,
        0,
        0,
        crc,
        packed,
        size,
        len(name),
        0,
        0,
        0,
        0,
        mode << 16,
        offset,
    )
    return struct.pack("<4s6H3L5H2L", *head) + name


def end(count: int, size: int, offset: int) -> bytes:
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, offset, 0)


def deflated(body: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(body) + packer.flush()


def raw_zip(path: Path, locals_: bytes, entries: list[bytes]) -> Path:
    directory = b"".join(entries)
    path.write_bytes(locals_ + directory + end(len(entries), len(directory), len(locals_)))
    return path


def single(path: Path, body: bytes = CHAT, *, name: bytes = b"a.txt", told: int | None = None, **facts: int) -> Path:
    """One member, whose entries may lie."""
    packed, size, crc = deflated(body), len(body) if told is None else told, facts.pop("crc", zlib.crc32(body))
    mode = facts.pop("mode", 0)
    begin = local(name, packed, size, crc, **facts)
    return raw_zip(path, begin, [central(name, len(packed), size, crc, 0, mode=mode, **facts)])


# -- what comes out ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_every_member_comes_out_as_it_went_in(make: Zip, method: int) -> None:
    files = {"群/聊天.txt": CHAT, "empty.txt": b"", "群/b.csv": os.urandom(3 << 20)}
    path = make(("群/", b""), *files.items(), method=method)
    assert taken(path) == files
    assert [member.label for member in safe_members(path, "x.zip")] == [f"x.zip/{name}" for name in files]


def test_data_descriptors_prefixes_comments_and_zip64_are_understood(tmp_path: Path) -> None:
    class Pipe(io.RawIOBase):  # not seekable: sizes follow the data
        def __init__(self) -> None:
            self.told = b""

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.told += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as zipped:  # type: ignore[call-overload]
        zipped.writestr("a.txt", CHAT)
        with zipped.open("b.txt", "w", force_zip64=True) as member:
            member.write(CHAT)
        zipped.comment = b"about"
    (tmp_path / "a.zip").write_bytes(b"PK\3\4 is how it begins, but this is junk" + pipe.told)
    assert taken(tmp_path / "a.zip") == {"a.txt": CHAT, "b.txt": CHAT}


@pytest.mark.parametrize(
    ("written", "flags", "read"),
    [
        ("聊天记录/群.csv".encode(), 0x800, "聊天记录/群.csv"),
        ("聊天记录/群.csv".encode("gb18030"), 0, "聊天记录/群.csv"),
        ("聊天记录/群.csv".encode(), 0, "聊天记录/群.csv"),
        ("聊天记录\\群.csv".encode("gb18030"), 0, "聊天记录/群.csv"),
        ("俞乗.txt".encode("gb18030"), 0, "俞乗.txt"),  # its second byte is a backslash in GB18030
        (b"caf\x82.txt", 0, "café.txt"),
        ("Cafe\u0301.txt".encode(), 0x800, "Café.txt"),
    ],
)
def test_names_are_read_as_tools_write_them(tmp_path: Path, written: bytes, flags: int, read: str) -> None:
    path = single(tmp_path / "a.zip", name=written, flags=flags)
    assert [member.name for member in safe_members(path)] == [read]


def test_gzip_is_a_file_with_one_member_named_without_its_ending(tmp_path: Path) -> None:
    path = tmp_path / "chat.json.gz"
    path.write_bytes(gzip.compress(CHAT) + gzip.compress(b"more"))
    assert taken(path) == {"chat.json": CHAT + b"more"}


def test_unpacking_needs_little_memory(tmp_path: Path, make: Zip) -> None:
    path = make(("a.txt", os.urandom(1 << 20) * 40))
    tracemalloc.start()
    with (tmp_path / "out").open("wb") as out:
        unpack(safe_members(path)[0], out)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (tmp_path / "out").stat().st_size == 40 << 20
    assert peak < 12 << 20


def test_only_zip_and_gzip_that_are_no_documents_are_archives(tmp_path: Path, make: Zip) -> None:
    assert is_archive(make(("a.txt", CHAT)))
    assert not is_archive(make(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")))
    (tmp_path / "a.gz").write_bytes(gzip.compress(CHAT))
    assert is_archive(tmp_path / "a.gz")
    (tmp_path / "PK.txt").write_bytes(b"PK war heute da")
    assert not is_archive(tmp_path / "PK.txt")
    assert not is_archive(tmp_path)


# -- what is refused -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name",
    ["../a.txt", "a/../../b", "/etc/passwd", "C:/a.txt", "c:a", "..\\a", "\\\\host\\a", "a/..", "..", "a\0b"],
)
def test_names_that_point_out_of_the_archive(tmp_path: Path, name: str) -> None:
    assert "points out of it" in refusal(single(tmp_path / "a.zip", name=name.encode()))


def test_the_second_byte_of_a_gbk_character_does_not_hide_a_way_up(tmp_path: Path) -> None:
    assert "points out of it" in refusal(single(tmp_path / "a.zip", name="..\\甲.txt".encode("gb18030"), flags=0))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices(tmp_path: Path, kind: int) -> None:
    assert "link or device" in refusal(single(tmp_path / "a.zip", b"/etc/passwd", mode=kind | 0o644))


@pytest.mark.parametrize("flag", [0x1, 0x41, 0x2000])
def test_encrypted_archives_say_so(tmp_path: Path, flag: int) -> None:
    assert "encrypted" in refusal(single(tmp_path / "a.zip", flags=flag | 0x800))


def test_other_compressions(make: Zip) -> None:
    assert "compression" in refusal(make(("a.txt", CHAT), method=zipfile.ZIP_LZMA))


@pytest.mark.parametrize(
    ("one", "other"),
    [("a.txt", "a.txt"), ("a.txt", "A.TXT"), ("Caf\u00e9", "Cafe\u0301"), ("STRASSE", "straße"), ("a", "a/")],
)
def test_two_files_of_one_name(tmp_path: Path, one: str, other: str) -> None:
    packed, crc = deflated(CHAT), zlib.crc32(CHAT)
    first, second = (local(name.encode(), packed, len(CHAT), crc) for name in (one, other))
    entries = [
        central(one.encode(), len(packed), len(CHAT), crc, 0),
        central(other.encode(), len(packed), len(CHAT), crc, len(first)),
    ]
    assert "one name" in refusal(raw_zip(tmp_path / "a.zip", first + second, entries))


def test_members_that_share_their_data(tmp_path: Path) -> None:
    packed, crc = deflated(CHAT), zlib.crc32(CHAT)
    begin = local(b"a", packed, len(CHAT), crc)
    entries = [central(name, len(packed), len(CHAT), crc, 0) for name in (b"a", b"b")]
    assert "overlap" in refusal(raw_zip(tmp_path / "a.zip", begin, entries))


def test_members_that_quote_one_another(tmp_path: Path) -> None:
    """David Fifield's bomb: the data of a member are a stored block that holds the next member's header, and so on."""
    kernel, count = deflated(b"\0" * 100_000), 20
    crc, size = zlib.crc32(b"\0" * 100_000), 100_000
    body, entries, offsets = local(b"%02d" % count, kernel, size, crc), [], []
    tail, data = len(kernel), b"\0" * 100_000
    entries = [(b"%02d" % count, tail, size, crc)]
    for number in range(count - 1, 0, -1):
        quoted = body[:32]
        block = struct.pack("<BHH", 0, len(quoted), len(quoted) ^ 0xFFFF)
        data = quoted + data
        tail += len(block) + len(quoted)
        name = b"%02d" % number
        head = local(name, b"", 0, 0)[:14]
        head = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0x800, 8, 0, 0, zlib.crc32(data), tail, len(data), len(name), 0)
        offsets = [offset + len(head) + len(name) + len(block) for offset in ([0] if not offsets else [0, *offsets])]
        body = head + name + block + body
        entries.insert(0, (name, tail, len(data), zlib.crc32(data)))
    places = [0, *offsets]
    directory = [central(*entry, place) for entry, place in zip(entries, places, strict=True)]
    path = raw_zip(tmp_path / "a.zip", body, directory)
    with zipfile.ZipFile(path) as zipped:  # it is a true bomb: the standard library of this Python may read it
        assert zipped.infolist()[0].file_size == len(data)
        assert len(zlib.decompress(body[32:], -15)) == len(data)
    assert "overlap" in refusal(path)


def test_members_that_reach_into_the_directory(tmp_path: Path) -> None:
    crc = zlib.crc32(CHAT)
    begin = local(b"a", CHAT, len(CHAT) + 20, crc, method=0)
    entry = central(b"a", len(CHAT) + 20, len(CHAT) + 20, crc, 0, method=0)
    assert "overlap" in refusal(raw_zip(tmp_path / "a.zip", begin, [entry]))


def test_a_bomb_by_its_ratio(tmp_path: Path) -> None:
    body = deflated(b"\0" * (64 << 20))
    assert len(body) > 60_000  # deflate does no better than 1032
    path = single(tmp_path / "a.zip", b"", told=0)
    size, packed = 64 << 20, body
    begin = local(b"a", packed, size, 0)
    assert "made to fill a disk" in refusal(raw_zip(path, begin, [central(b"a", len(packed), size, 0, 0)]))


def test_a_gzip_bomb_is_stopped_on_the_way(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"\0" * (64 << 20)))
    with (tmp_path / "out").open("wb") as out, pytest.raises(UnreadableExport, match="fill a disk"):
        unpack(safe_members(path)[0], out)
    assert (tmp_path / "out").stat().st_size <= path.stat().st_size * archive.RATIO + (2 << 20)


def test_huge_declared_sizes(tmp_path: Path) -> None:
    extra = struct.pack("<HHQ", 1, 8, 65 << 30)
    name, packed = b"a", deflated(CHAT)
    head = (b"PK\1\2", 45 | 3 << 8, 45, 0, 8, 0, 0, 0, len(packed), 0xFFFFFFFF, 1, len(extra), 0, 0, 0, 0, 0)
    entry = struct.pack("<4s6H3L5H2L", *head) + name + extra
    assert "69,793,218,560 bytes" in refusal(raw_zip(tmp_path / "a.zip", local(name, packed, 0, 0), [entry]))


def test_many_small_members_may_together_be_too_many(make: Zip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MEMBERS", 3)
    assert "more than 3 files" in refusal(make(*((str(number), b"") for number in range(4))))


def test_a_directory_too_large_is_not_read(make: Zip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_DIRECTORY", 100)
    assert "damaged or incomplete zip" in refusal(make(*((str(number), b"") for number in range(4))))


def test_more_within_than_declared(tmp_path: Path) -> None:
    """The standard library gives 100 bytes and calls the checksum right."""
    body = b"x" * 5000
    path = single(tmp_path / "a.zip", body, told=100, crc=zlib.crc32(body[:100]))
    assert zipfile.ZipFile(path).read("a.txt") == body[:100]
    assert "more than the archive declares" in refusal(path)


@pytest.mark.parametrize(("told", "crc"), [(len(CHAT), 1), (len(CHAT) + 1, zlib.crc32(CHAT))])
def test_other_bytes_than_declared(tmp_path: Path, told: int, crc: int) -> None:
    assert "damaged inside" in refusal(single(tmp_path / "a.zip", told=told, crc=crc))


def test_bytes_behind_the_end_of_the_data(tmp_path: Path) -> None:
    packed, crc = deflated(CHAT) + b"hidden", zlib.crc32(CHAT)
    begin = local(b"a", packed, len(CHAT), crc)
    path = raw_zip(tmp_path / "a.zip", begin, [central(b"a", len(packed), len(CHAT), crc, 0)])
    assert "damaged inside" in refusal(path)


def test_every_cut_of_an_archive_is_refused(tmp_path: Path, make: Zip) -> None:
    whole = make(("a.txt", CHAT), ("b.txt", CHAT)).read_bytes()
    for cut in range(4, len(whole), 7):
        (tmp_path / "cut.zip").write_bytes(whole[:cut])
        assert is_archive(tmp_path / "cut.zip")
        assert "cut.zip" in refusal(tmp_path / "cut.zip")


def test_every_cut_of_a_gzip_file_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(CHAT)
    for cut in range(2, len(whole)):
        (tmp_path / "a.gz").write_bytes(whole[:cut])
        assert "damaged" in refusal(tmp_path / "a.gz")


@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_a_changed_byte_changes_nothing_or_is_refused(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No other error than ours, and never other bytes under the old names."""
    path = tmp_path_factory.getbasetemp() / "mutated.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("群/a.txt", CHAT)
        zipped.writestr("b.txt", b"stored", zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    try:
        found = taken(path)
    except UnreadableExport:
        return
    for body in found.values():
        assert body in (CHAT, b"stored", b"")


def test_a_member_that_is_an_archive_is_just_bytes(make: Zip, tmp_path: Path) -> None:
    """42.zip: each layer is harmless, and only the first is opened."""
    inner = make(("0.txt", b"\0" * 100_000)).read_bytes()
    path = make(*((f"{number}.zip", inner) for number in range(16)))
    assert set(taken(path).values()) == {inner}


def test_what_it_cannot_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\3\4" + os.urandom(500))
    assert "damaged or incomplete zip" in refusal(path)
    for word in ("File is not", "zipfile", "Bad magic"):  # what Python says of it
        assert word not in refusal(path)


@pytest.mark.parametrize("name", ["w.xlsx", "W.XLSX", "w.xlsm"])
def test_an_incomplete_workbook_is_called_one(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"PK\3\4" + os.urandom(500))
    with pytest.raises(UnreadableExport) as caught:
        taken(path)
    assert caught.value.sentence("zh") == f"{path}：Excel 文件不完整。"
    assert "下载" in (caught.value.hint("zh") or "")
    assert "zip" not in caught.value.sentence("en") + (caught.value.hint("en") or "")


def test_a_chinese_name_is_shown_as_it_is(make: Zip) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = make(("周末徒步.txt", CHAT), ("周末徒步.txt", CHAT))
    with pytest.raises(UnreadableExport) as caught:
        taken(path)
    assert "“周末徒步.txt”" in caught.value.sentence("zh")


def tar(mode: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        info = tarfile.TarInfo("聊天.txt")
        info.size = len(CHAT)
        archive.addfile(info, io.BytesIO(CHAT))
    return out.getvalue()


OTHERS = {
    "a.rar": (b"Rar!\x1a\x07\x01\x00" + b"\0" * 400, "RAR"),
    "b.rar": (b"Rar!\x1a\x07\x00" + b"\0" * 9, "RAR"),
    "a.7z": (b"7z\xbc\xaf\x27\x1c\0\4" + b"\0" * 400, "7z"),
    "a.tar": (tar("w"), "tar"),
    "a.tar.gz": (tar("w:gz"), "tar"),
    "a.tar.xz": (tar("w:xz"), "xz"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_archives_are_known_by_name(tmp_path: Path, name: str) -> None:
    path, (body, kind) = tmp_path / name, OTHERS[name]
    path.write_bytes(body)
    assert (other(path), is_archive(path)) == (kind, False)
    with pytest.raises(OtherArchive) as caught:
        open_source(path)
    assert kind in caught.value.sentence("zh")
    assert "解压" in (caught.value.hint("zh") or "")


@pytest.mark.parametrize(
    "body", [b"", b"Rar!", b"7z", CHAT, gzip.compress(CHAT, mtime=0), gzip.compress(CHAT, mtime=0)[:20], b"\x1f\x8b"]
)
def test_nothing_else_is_such_an_archive(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "a").write_bytes(body)
    assert other(tmp_path / "a") is None


def test_a_hundred_thousand_members_take_seconds(tmp_path: Path) -> None:
    path, count = tmp_path / "a.zip", 50_000
    entries, body = [], bytearray()
    for number in range(count):
        name = b"%d" % number
        entries.append(central(name, 2, 0, 0, len(body)))
        body += local(name, b"\3\0", 0, 0)
    directory = b"".join(entries)
    zip64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(directory), len(body))
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(body) + len(directory), 1)
    path.write_bytes(bytes(body) + directory + zip64 + locator + end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF))
    began = time.process_time()
    assert len(safe_members(path)) == count
    assert time.process_time() - began < 10
