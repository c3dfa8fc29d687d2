"""Source: identity, encoding, text as UTF-8, and the way back to the file's own bytes."""

from __future__ import annotations

import hashlib
import os
import random
import sys
import tracemalloc
import unicodedata
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from qunkit.errors import MissingInput
from qunkit.parsing import decode
from qunkit.parsing.decode import WayBack, cut_character, gb18030_or_mixed, transcribe
from qunkit.parsing.source import Source, open_source

CHAT = "2024-12-01 00:00:08 凯文\n有,还差2个🍉\n\n2024-12-01 00:00:30 刘同事\n一起去吗？下午三点东门上车\n\n"
ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

Write = Callable[[bytes], Source]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(content: bytes) -> Source:
        path = tmp_path / "chat.txt"
        path.write_bytes(content)
        return open_source(path)

    return _write


def text_of(source: Source, size: int = 4 << 20) -> bytes:
    return b"".join(block for _, block in source.blocks(size))


# -- identity ------------------------------------------------------------------------------------------------------
def test_hash_size_and_label_are_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    content = CHAT.encode("gb18030") * 70_000  # more than one block
    path.write_bytes(content)
    source = open_source(path, options={"date": "2024-12-01"})
    assert source.sha256 == hashlib.sha256(content).hexdigest()
    assert source.size == len(content)
    assert source.label == str(path)
    assert source.options == {"date": "2024-12-01"}
    assert open_source(path, label="-").label == "-"


def test_parts_are_the_last_four_components_in_nfc(tmp_path: Path) -> None:
    folder = tmp_path / "x" / "聊天记录" / unicodedata.normalize("NFD", "Café(1@chatroom)")
    folder.mkdir(parents=True)
    (folder / "a.txt").write_bytes(b"")
    assert open_source(folder / "a.txt").parts == ("x", "聊天记录", "Café(1@chatroom)", "a.txt")
    assert open_source(folder / "a.txt", parts=("in.zip", "b.txt")).parts == ("in.zip", "b.txt")


def test_parts_do_not_depend_on_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "g").mkdir()
    (tmp_path / "g" / "a.txt").write_bytes(b"")
    monkeypatch.chdir(tmp_path / "g")
    assert open_source(Path("a.txt")).parts == open_source(tmp_path / "g" / "a.txt").parts


def test_a_name_that_is_not_utf8_can_still_be_printed(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb5\xc4.txt"))
    path.write_bytes(b"")
    source = open_source(path)
    assert source.parts[-1] == "\ufffd\ufffd.txt"
    assert source.label.encode().endswith("/\ufffd\ufffd.txt".encode())


@pytest.mark.parametrize("name", ["missing", "folder", "pipe", "/dev/null", "/proc/self/mem"])
def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(MissingInput) as caught:
        open_source(tmp_path / name)
    for lang in ("en", "zh"):
        assert str(tmp_path / name) in caught.value.sentence(lang)
    assert caught.value.facts["why"]


def test_unchanged_sees_growth_replacement_and_removal(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc")
    source = open_source(path)
    assert source.unchanged()
    other = tmp_path / "b.txt"
    other.write_bytes(b"abc")
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)
    assert not source.unchanged()
    source = open_source(path)
    with path.open("ab") as file:
        file.write(b"d")
    assert not source.unchanged()
    path.unlink()
    assert not source.unchanged()


# -- which encoding ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "encoding", "bom"),
    [
        (b"", "utf-8", 0),
        (b"\xef\xbb\xbf", "utf-8-sig", 3),
        (b"\n\n", "utf-8", 0),
        (b"1", "utf-8", 0),
        (CHAT.encode(), "utf-8", 0),
        (CHAT.encode("utf-8-sig"), "utf-8-sig", 3),
        (CHAT.encode("gb18030"), "gb18030", 0),
        ("\ufeff".encode("gb18030") + CHAT.encode("gb18030"), "gb18030", 4),
        (b"\xff\xfe" + CHAT.encode("utf-16-le"), "utf-16-le", 2),
        (b"\xfe\xff" + CHAT.encode("utf-16-be"), "utf-16-be", 2),
        (CHAT.encode("utf-16-le"), "utf-16-le", 0),
        (CHAT.encode("utf-16-be"), "utf-16-be", 0),
        ("2024-12-01 00:00:08 Kevin\nhi\n".encode("utf-16-le"), "utf-16-le", 0),  # also valid UTF-8, all of it
        ("2024-12-01 00:00:08 Kevin\nhi\n".encode("utf-16-be"), "utf-16-be", 0),
        ((CHAT + "一二三四五六七八九十" * 900).encode("utf-16-le"), "utf-16-le", 0),  # 一 is N in the other order
        (("一\n上" * 900 + CHAT).encode("utf-16-be"), "utf-16-be", 0),
        (b"2024-12-01 00:00:08 A\n\0\0x\0\n\n", "utf-8", 0),  # somebody sent NULs
        ("2024-12-01 00:00:08 阿\n\0a\0b\n\n".encode("gb18030"), "gb18030", 0),
        (CHAT.encode() + "下午三点".encode("gb18030"), "mixed", 0),
        (b"\xef\xbb\xbf" + CHAT.encode() + b"\xff\n", "mixed", 3),
        (CHAT.encode() * 3 + b"\xb5\xc4\n", "mixed", 0),  # valid GB18030 from end to end, but nearly all of it is UTF-8
        (bytes(range(1, 256)) * 40, "mixed", 0),
        (("好的" * 30 + "\x01" * 9).encode("gb18030"), "mixed", 0),  # too many control characters
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(random.Random(1).randbytes(500)), "mixed", 0),
    ],
)
def test_encoding(write: Write, content: bytes, encoding: str, bom: int) -> None:
    source = write(content)
    assert (source.encoding, source.bom) == (encoding, bom)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16-le", "utf-16-be"])
def test_a_file_cut_at_any_byte_keeps_its_encoding(write: Write, encoding: str) -> None:
    content = (CHAT * 2).encode(encoding)
    whole = (CHAT * 2).encode()
    for size in range(len(CHAT.encode(encoding)), len(content)):
        source = write(content[:size])
        assert source.encoding == encoding
        text = text_of(source)
        cut = cut_character(text)
        assert whole.startswith(text[: len(text) - cut])
        edges = source.original(np.array([len(text) - cut, len(text)]))
        assert edges[1] == size
        assert size - edges[0] < 4
        assert (cut > 0) == (edges[0] < size)


def test_utf16_with_half_a_surrogate_pair_is_read_with_a_replacement(write: Write) -> None:
    half = "🍉".encode("utf-16-le")[:2]
    content = CHAT.encode("utf-16-le") + half + "早\n".encode("utf-16-le") + half[::-1][:1]
    source = write(content)
    text = text_of(source)
    assert text == CHAT.encode() + "\ufffd早\n".encode() + decode.CUT
    assert source.original(np.array([len(CHAT.encode()), len(CHAT.encode()) + 3])).tolist() == [
        len(CHAT.encode("utf-16-le")),
        len(CHAT.encode("utf-16-le")) + 2,
    ]


@ANY
@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=40))
def test_gb18030_is_told_from_utf8_on_the_whole_file(write: Write, words: str) -> None:
    for encoding in ("utf-8", "gb18030"):
        content = f"2024-12-01 00:00:08 K\n{words}\n\n".encode(encoding)
        try:
            content.decode()
            expected = "utf-8"  # some short GBK words are valid UTF-8: nobody can tell
        except UnicodeDecodeError:
            expected = "gb18030"
        assert write(content).encoding == expected


def test_a_wrong_byte_in_much_utf8_does_not_make_it_gb18030(write: Write) -> None:
    good = "".join(chr(0x4E00 + (7 * i) % 9000) for i in range(2000)).encode()
    for at in range(0, 300, 7):
        assert write(good[:at] + b"\xfe" + good[at:]).encoding == "mixed"


def test_every_code_of_gb18030_keeps_its_length() -> None:
    """What the way back relies on: encoding a decoded character gives as many bytes as there were."""
    codes = [bytes([a, b]) for a in range(0x81, 0xFF) for b in (*range(0x40, 0x7F), *range(0x80, 0xFF))]
    codes += [
        bytes([a, b, c, d])
        for a in range(0x81, 0x85)
        for b in range(48, 58)
        for c in range(0x81, 0xFF)
        for d in range(48, 58)
    ]
    widths = decode._gb18030_widths()
    known = 0
    for code in codes:
        try:
            char = code.decode("gb18030")
        except UnicodeDecodeError:
            continue
        assert len(char) == 1
        assert widths[ord(char)] == len(code)
        known += 1
    assert known > 60_000


# -- text and the way back -----------------------------------------------------------------------------------------
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
RECORDS = st.lists(
    st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("好的早🍉\r\n")), max_size=12).map(
        lambda words: f"2024-12-01 00:00:08 凯文\n{words}\n\n"
    ),
    min_size=1,
    max_size=12,
)


@ANY
@given(RECORDS, st.sampled_from(ENCODINGS), st.sampled_from([1, 7, 1 << 20]), st.sampled_from([2, 16, 1 << 20]))
def test_places_lead_back_to_the_records_own_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, records: list[str], encoding: str, block: int, chunk: int
) -> None:
    monkeypatch.setattr(decode, "CHUNK", chunk)
    plain = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)
    own = [record.encode(plain) for record in records]
    bom = {"utf-8-sig": b"\xef\xbb\xbf", "utf-16": b"\xff\xfe"}.get(encoding, b"")
    path = tmp_path / "a.txt"
    path.write_bytes(bom + b"".join(own))
    source = open_source(path)
    assume(source.encoding.startswith(plain))
    assert text_of(source, block) == "".join(records).encode()
    places = np.cumsum([0, *(len(record.encode()) for record in records)])
    expected = np.cumsum([len(bom), *map(len, own)])
    assert source.original(places).tolist() == expected.tolist()
    assert [source.original(places[i : i + 1])[0] for i in range(len(places))] == expected.tolist()
    for i, record in enumerate(own):
        assert source.raw(int(expected[i]), int(expected[i + 1])) == record


@ANY
@given(
    st.text(st.characters(), max_size=60),
    st.sampled_from(["gb18030", "utf-16-le", "utf-16-be"]),
    st.sampled_from([2, 10, 64]),
)
def test_every_character_leads_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, encoding: str, chunk: int
) -> None:
    monkeypatch.setattr(decode, "CHUNK", chunk)
    if encoding == "gb18030":
        text = text.encode("utf-8", "replace").decode()
    own = text.encode(encoding, "surrogatepass" if encoding.startswith("utf-16") else "strict")
    text = own.decode(
        encoding, "surrogatepass" if encoding.startswith("utf-16") else "strict"
    )  # neighbours may have paired up
    assume(not own or not 0xD800 <= ord(text[-1]) <= 0xDBFF)
    path = tmp_path / "a"
    path.write_bytes(own)
    with path.open("rb") as original, (tmp_path / "spool").open("wb+") as spool:
        way_back = WayBack(transcribe(original, encoding, spool))
        expected_text = "".join("\ufffd" if 0xD800 <= ord(char) <= 0xDFFF else char for char in text)
        assert (tmp_path / "spool").read_bytes() == expected_text.encode()
        places = np.cumsum([0, *(len(char.encode()) for char in expected_text)])
        expected = np.cumsum(
            [0, *(len(char.encode(encoding, "surrogatepass" if "16" in encoding else "strict")) for char in text)]
        )
        assert way_back(original, places).tolist() == expected.tolist()


@given(st.binary(max_size=12))
def test_cut_character_agrees_with_the_decoder(tail: bytes) -> None:
    text = "早".encode() + tail
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(text)
    except UnicodeDecodeError:
        return
    assert cut_character(text) == len(decoder.getstate()[0])


def test_two_readers_of_one_transcribed_source_do_not_disturb_each_other(write: Write) -> None:
    source = write(CHAT.encode("gb18030"))
    pairs = list(zip(source.blocks(7), source.blocks(7), strict=True))
    assert all(one == other for one, other in pairs)
    assert b"".join(block for (_, block), _ in pairs) == CHAT.encode()
    assert [offset for (offset, _), _ in pairs] == list(range(0, len(CHAT.encode()), 7))


def test_mixed_text_is_handed_out_as_it_is(write: Write) -> None:
    content = CHAT.encode() + "下午三点".encode("gb18030") + b"\xff"
    source = write(content)
    assert text_of(source) == content
    assert source.original(np.array([0, len(content)])).tolist() == [0, len(content)]


# -- head ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_head_is_the_first_64_kib_decoded(write: Write, encoding: str) -> None:
    text = "2024-12-01 00:00:08 凯文\r\n" + "早上好" * 20_000
    head = write(text.encode(encoding)).head
    assert text.startswith(head.text)
    assert 65_533 <= len(head.text.encode()) <= 65_536
    assert head.first_line == "2024-12-01 00:00:08 凯文"
    assert head.name == "chat.txt"


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n", b"1", b"\xff\xfe"])
def test_head_of_next_to_nothing(write: Write, content: bytes) -> None:
    head = write(content).head
    assert head.text in ("", "\n\n", "1")
    assert head.top == {}
    assert head.first is None


@pytest.mark.parametrize("content", [b'{"a": 1, "messages": []}', b'\xef\xbb\xbf [{"a": 1}]'])
def test_head_of_json_asks_the_skimmer(write: Write, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    fake = ModuleType("qunkit.parsing.json_array")
    fake.skim = lambda source: ({"label": source.label}, {"a": 1})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, fake.__name__, fake)
    source = write(content)
    assert source.head.top == {"label": source.label}
    assert source.head.first == {"a": 1}


def test_head_of_what_only_looks_like_json(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def skim(source: Source) -> tuple[dict[str, object], None]:
        raise ValueError

    fake = ModuleType("qunkit.parsing.json_array")
    fake.skim = skim  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, fake.__name__, fake)
    assert write(b"[LINE] chat").head.text == "[LINE] chat"


# -- memory --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("content", [b"\0" * (1 << 20), "早上好，".encode("gb18030") * (1 << 17)])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        for _ in range(40):
            file.write(content)
    tracemalloc.start()
    try:
        source = open_source(path)
        for _, block in source.blocks():
            assert block
        source.original(np.array([source.size // 2]))
        assert tracemalloc.get_traced_memory()[1] < 30 << 20
    finally:
        tracemalloc.stop()


def test_second_look_reads_on_from_where_the_file_is(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("早上好".encode("gb18030") + b"\xff")
    with path.open("rb") as file:
        assert gb18030_or_mixed(file) == "mixed"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("群.txt", "群.txt"),
        ("群 (1).txt", "群.txt"),
        ("群 - 副本.txt", "群.txt"),
        ("群 - 副本 (2).csv", "群.csv"),
        ("群 副本 2.json", "群.json"),
        ("group copy.json", "group.json"),
        ("群(1).csv", "群(1).csv"),  # MemoTrace: another chat of the same name
        ("群(东区).txt", "群(东区).txt"),
        (" (1).txt", " (1).txt"),
    ],
)
def test_the_mark_of_a_copy_is_no_part_of_the_name(name: str, told: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert open_source(tmp_path / name).parts[-1] == told
