"""The CSV reader against the csv module, against damage, and against the sum of its bytes."""

from __future__ import annotations

import csv
import io
import random
import re
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.exports import Batch, Reject
from qunkit.parsing.csv import read_records, wall_clock
from qunkit.parsing.csv_walk import columns_of, opening, split
from qunkit.parsing.source import open_source

STARTS = re.compile(rb"\d+;?,")


@dataclass
class Read:
    rows: list[tuple[str, ...]]
    offsets: list[int]
    ends: list[int]
    rejects: list[Reject]
    framing: list[tuple[int, int]]

    @property
    def reasons(self) -> list[str]:
        return [reject.reason for reject in self.rejects]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("csv")


def read(
    folder: Path,
    content: bytes,
    columns: tuple[str, ...] = ("id", "name", "text"),
    starts: re.Pattern[bytes] = STARTS,
    block: int = 4 << 20,
) -> Read:
    """Everything in `content`, after checking that the ranges tile it."""
    path = folder / "x.csv"
    path.write_bytes(content)
    source = open_source(path)
    result = Read([], [], [], [], [])
    for records in read_records(source, columns=columns, starts_record=starts, block=block):
        assert records.rows.num_rows == len(records.offsets) == len(records.ends)
        result.rows += list(zip(*(records[column].to_pylist() for column in columns), strict=True))
        result.offsets += records.offsets.tolist()
        result.ends += records.ends.tolist()
        result.rejects += records.rejects
        result.framing += records.framing
    tiles = [*zip(result.offsets, result.ends, strict=True), *result.framing]
    tiles += [(reject.start, reject.end) for reject in result.rejects]
    at = 0
    for begin, end in sorted(tiles):
        assert begin == at < end
        at = end
    assert at == len(content)
    return result


def written(
    rows: list[list[str]], *, line_end: str = "\r\n", delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL
) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator=line_end, delimiter=delimiter, quoting=quoting).writerows(rows)
    return text.getvalue()


HEADER = ["id", "name", "text"]
CELLS = st.text(
    st.sampled_from("ab\",;\t\n '中😀\u2028\x85\x0b\x00")
    | st.characters(exclude_categories=["Cs"], exclude_characters="\r"),
    max_size=8,
)


@settings(deadline=None, max_examples=300)
@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=30),
    line_end=st.sampled_from(["\r\n", "\n"]),
    delimiter=st.sampled_from(",;\t"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    bom=st.booleans(),
    block=st.sampled_from([64, 200, 4 << 20]),
)
def test_what_csv_writer_writes_is_read_back(
    folder: Path, rows: list[list[str]], line_end: str, delimiter: str, quoting: int, bom: bool, block: int
) -> None:
    text = written([HEADER, *rows], line_end=line_end, delimiter=delimiter, quoting=quoting)
    content = text.encode("utf-8-sig" if bom else "utf-8")
    got = read(folder, content, block=block)
    assert got.rows == [tuple(row) for row in rows]
    assert not got.rejects
    for row, begin, end in zip(rows, got.offsets, got.ends, strict=True):
        one = io.StringIO(content[begin:end].decode(), newline="")
        assert next(csv.reader(one, delimiter=delimiter)) == row


@settings(deadline=None, max_examples=200)
@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=30), block=st.sampled_from([64, 4 << 20]))
def test_rows_of_other_width_are_what_csv_reader_finds_of_other_width(
    folder: Path, rows: list[list[str]], block: int
) -> None:
    text = written([HEADER, *rows])
    got = read(folder, text.encode(), block=block)
    oracle = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert got.rows == [tuple(row) for row in oracle if len(row) == 3]
    assert set(got.reasons) <= {"bad-columns"}
    assert len(got.rejects) == sum(len(row) not in (0, 3) for row in oracle)


@settings(deadline=None, max_examples=500)
@given(
    soup=st.text('1",\r\nab;中', max_size=120),
    encoding=st.sampled_from(["utf-8", "gb18030"]),
    block=st.sampled_from([16, 4 << 20]),
)
def test_any_soup_of_bytes_is_accounted_for(folder: Path, soup: str, encoding: str, block: int) -> None:
    got = read(folder, b"id,name,text\n" + soup.encode(encoding), block=block)
    for begin, end, row in zip(got.offsets, got.ends, got.rows, strict=True):
        assert got.rejects or begin < end
        assert len(row) == 3


@settings(deadline=None, max_examples=300)
@given(soup=st.text('1",\nab', max_size=80))
def test_soup_that_is_strict_csv_reads_as_the_csv_module_reads_it(folder: Path, soup: str) -> None:
    text = "id,name,text\n" + soup
    if not _keeps_the_rules(soup):
        return
    oracle = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row][1:]
    got = read(folder, text.encode())
    assert got.rows == [tuple(row) for row in oracle if len(row) == 3]


def _keeps_the_rules(text: str) -> bool:
    """Quotes only around whole fields, the last field closed: character by character, the slow way."""
    state = "begin"
    for character in text:
        if state in ("begin", "plain") and character in ",\n":
            state = "begin"
        elif state == "begin":
            state = "quoted" if character == '"' else "plain"
        elif state == "quoted":
            state = "closing" if character == '"' else "quoted"
        elif state == "closing" and character in '",\n':
            state = "quoted" if character == '"' else "begin"
        elif character == '"' or state == "closing":
            return False
    return state != "quoted"


TABLE = [["1", "甲", "早"], ["2", "乙", '他说"好",\n就走了'], ["3", "丙", ""], ["4", "丁", "晚安"]]


@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_file_cut_anywhere_loses_only_its_last_record(folder: Path, encoding: str, line_end: str) -> None:
    content = written([HEADER, *TABLE], line_end=line_end).encode(encoding)
    whole = read(folder, content)
    assert whole.rows == [tuple(row) for row in TABLE]
    for cut in range(1, len(content)):
        got = read(folder, content[:cut])
        sound = sum(end <= cut for end in whole.ends)
        assert got.rows[:sound] == whole.rows[:sound]
        assert len(got.rows) - sound + len(got.rejects) <= 1
        assert set(got.reasons) <= {"truncated-tail"}


def test_a_cut_inside_quotes_or_before_the_last_column_is_a_truncated_tail(folder: Path) -> None:
    sound = b"id,name,text\n1,a,b\n"
    assert read(folder, sound + b'2,c,"d\ne').reasons == ["truncated-tail"]
    assert read(folder, sound + b"2,c").reasons == ["truncated-tail"]
    assert read(folder, sound + "2,c,中".encode()[:-1]).reasons == ["truncated-tail"]
    assert read(folder, sound + b"\0" * 40).reasons == ["truncated-tail"]
    assert read(folder, sound + b"2,c,d").rows == [("1", "a", "b"), ("2", "c", "d")]


@pytest.mark.parametrize("block", [64, 4 << 20])
def test_an_unclosed_quote_costs_its_own_record(folder: Path, block: int) -> None:
    rows = [f'{n},name{n},"text {n}, ""quoted""\nsecond line"\r\n' for n in range(100)]
    rows[40] = '40,name40,"text 40 never ends\r\n'
    content = "id,name,text\r\n" + "".join(rows)
    got = read(folder, content.encode(), block=block)
    assert [row[0] for row in got.rows] == [str(n) for n in range(100) if n != 40]
    assert got.reasons == ["unclosed-quote"]
    assert content.encode()[got.rejects[0].start : got.rejects[0].end].decode() == rows[40]


def test_an_unclosed_quote_where_no_other_quote_follows(folder: Path) -> None:
    rows = [f"{n},name,text\n" for n in range(50_000)]
    rows[7] = '7,name,"text\n'
    rows[49_999] = '49999,name,"the end\n'
    got = read(folder, ("id,name,text\n" + "".join(rows)).encode())
    assert len(got.rows) == 49_998
    assert got.reasons == ["unclosed-quote", "truncated-tail"]


def test_an_unclosed_quote_whose_pair_seems_to_close_at_the_next_opening(folder: Path) -> None:
    """The next quoted text begins with a newline: its opening quote looks like a closing one, and the sum of columns fits."""
    content = b'id,name,text\n1,a,"b\n2,c,d\n3,e,"\nf"\n4,g,h\n'
    got = read(folder, content)
    assert got.rows == [("2", "c", "d"), ("3", "e", "\nf"), ("4", "g", "h")]
    assert got.reasons == ["unclosed-quote"]


def test_stray_quotes_are_read_as_the_csv_module_reads_them(folder: Path) -> None:
    content = 'id,name,text\n1,a"b,c\n2,"d"e,f\n3,5" x,"y"\n4,g,h\n'
    oracle = list(csv.reader(io.StringIO(content)))[1:]
    assert read(folder, content.encode()).rows == [tuple(row) for row in oracle]


def test_a_swallowing_record_of_more_than_64_kib_is_damage(folder: Path) -> None:
    lines = "".join(f"{n},name,{'x' * 70}\n" for n in range(2, 1002))
    content = f'id,name,text\n1,a,"b\n{lines}"\n5000,z,z\n'
    got = read(folder, content.encode())
    assert [row[0] for row in got.rows] == [*(str(n) for n in range(2, 1002)), "5000"]
    assert got.reasons == ["unclosed-quote"] * 2  # the quote that was to close is one that opens


def test_fields_beyond_the_csv_modules_limit_are_read_and_records_beyond_1_mib_are_not(folder: Path) -> None:
    long, too_long = "中" * 60_000, "x" * (1 << 20)
    content = f'id,name,text\n1,a,{long}\n2,b,"{long}\n{long}"\n3,c,"{too_long}"\n4,d,{too_long}\n5,e,f\n'
    got = read(folder, content.encode())
    assert got.rows == [("1", "a", long), ("2", "b", f"{long}\n{long}"), ("5", "e", "f")]
    assert got.reasons == ["record-too-long"] * 2


@pytest.mark.parametrize("block", [1 << 20, 4 << 20])
@pytest.mark.parametrize("quote", [b"", b'"'])
def test_garbage_of_any_size_costs_bounded_pieces(folder: Path, quote: bytes, block: int) -> None:
    content = b"id,name,text\n1,a,b\n2,c," + quote + (b"\n" + b"xyz" * 20) * 150_000 + b"\n3,d,e\n4,f,g\n"
    got = read(folder, content, block=block)
    assert got.rows[0] == ("1", "a", "b")
    assert got.rows[-2:] == [("3", "d", "e"), ("4", "f", "g")]
    assert max(reject.end - reject.start for reject in got.rejects) <= block + (2 << 20)
    assert set(got.reasons) == {"record-too-long" if quote else "bad-columns"}


def test_encodings_read_alike(folder: Path) -> None:
    text = written([HEADER, *TABLE])
    assert {
        tuple(read(folder, text.encode(e)).rows) for e in ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be")
    } == {tuple(tuple(row) for row in TABLE)}


def test_a_file_of_two_encodings_is_decoded_record_by_record(folder: Path) -> None:
    good = [f"{n},小王,今天去爬山吗\r\n".encode("gb18030" if n % 2 else "utf-8") for n in range(300)]
    good[100] = b"100,\xff\xff,\x80\xff\r\n"
    damaged = "101,小王,今天去爬山吗，明天也去".encode()
    good[101] = damaged[:-1] + b"\r\n"  # UTF-8 with a broken last character: not to be read as GB18030
    got = read(folder, b"id,name,text\r\n" + b"".join(good))
    assert got.rows == [(str(n), "小王", "今天去爬山吗") for n in range(300) if n not in (100, 101)]
    assert got.reasons == ["undecodable", "undecodable"]


def test_nul_and_lone_cr_are_data(folder: Path) -> None:
    got = read(folder, b'id,name,text\n1,a\0b,"c\rd"\n2,e\rf,g\r\r\n3,h,i\n')
    assert got.rows == [("1", "a\0b", "c\rd"), ("2", "e\rf", "g\r"), ("3", "h", "i")]


def test_a_lone_cr_before_a_line_end_is_data_as_well(folder: Path) -> None:
    """pyarrow takes it for an empty line, and says nothing."""
    assert read(folder, b"id,name,text\n1,a,g\r\r\n2,b,h\r\n").rows == [("1", "a", "g\r"), ("2", "b", "h")]


def test_blank_lines_and_what_precedes_the_header_are_framing(folder: Path) -> None:
    got = read(folder, b"\xef\xbb\xbf\r\nsep=;\r\nid;name;text\r\n1;a;b,c\r\n\r\n2;d;e\r\n\r\n\n")
    assert got.rows == [("1", "a", "b,c"), ("2", "d", "e")]
    assert got.framing == [(0, 26), (35, 37), (44, 46), (46, 47)]


def test_a_column_named_twice_counts_once_and_an_absent_one_is_null(folder: Path) -> None:
    got = read(folder, b',id,id,text\n0,1,2,""\n', columns=("text", "id", "name"))
    assert got.rows == [("", "1", None)]


def test_empty_strings_and_words_for_null_stay_strings(folder: Path) -> None:
    got = read(folder, b'id,name,text\nNULL,,""\nNA,nan,null\n')
    assert got.rows == [("NULL", "", ""), ("NA", "nan", "null")]


def test_what_is_in_columns_nobody_asked_for_does_not_matter(folder: Path) -> None:
    content = b"id,name,text\n" + b"1,\xff\xff,a\n" * 3 + "2,中,b\n".encode()
    got = read(folder, content, columns=("id", "text"))
    assert got.rows == [("1", "a")] * 3 + [("2", "b")]


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf", b"id,name", b"id,name,text\n", b"\n\n", b"sep=,\n", b'"id\n'])
def test_files_without_records_are_all_framing(folder: Path, content: bytes) -> None:
    got = read(folder, content)
    assert got.rows == []
    assert got.framing == [(0, len(content))]


def test_header_names(folder: Path) -> None:
    assert columns_of('sep=\t\r\n" id"\tname\r\n1\t2') == ("id", "name")
    assert columns_of("no header") == ("no header",)
    assert opening("时间,发送者\n".encode("gb18030")).names == ("时间", "发送者")
    assert opening(b'a;b,c;"d;e"\n').names == ("a", "b,c", "d;e")


def test_split_reads_one_record_only() -> None:
    assert split(b'a,"b,""c""\n",', b",") == [b"a", b'b,"c"\n', b""]
    assert split(b'a,"b', b",") is None
    assert split(b"a\nb", b",") is None


def test_damage_everywhere_takes_linear_time(folder: Path) -> None:
    rng = random.Random(1)
    line = [b'1,a"b,c\n', b'2,"x,y\n', b"3,d\n", b'4,"",""\n', b'"""\n', b'5,"z"q,w\n']
    content = b"id,name,text\n" + b"".join(rng.choices(line, k=300_000))
    begin = time.perf_counter()
    read(folder, content)
    assert time.perf_counter() - begin < 30


def test_small_blocks_give_what_one_block_gives(folder: Path) -> None:
    rng = random.Random(2)
    rows = [[str(n), "名" * rng.randrange(9), '文,"\n' * rng.randrange(5)] for n in range(3000)]
    content = written([HEADER, *rows]).encode()
    whole = read(folder, content)
    assert read(folder, content, block=1000) == whole == read(folder, content, block=70_001)


def test_records_turned_down_keep_their_ranges(folder: Path) -> None:
    path = folder / "t.csv"
    path.write_bytes(
        b"id,name,text\n" + b"2024-01-01 00:00:00,a,b\nx,c,d\n1970-01-01 00:00:00,e,f\n2024/1/2 3:04,g,h\n"
    )
    (records,) = read_records(open_source(path), columns=HEADER, starts_record=STARTS)
    records, times = records.timed(wall_clock(records["id"]))
    assert [str(t) for t in times.to_pylist()] == ["2024-01-01 00:00:00", "2024-01-02 03:04:00"]
    assert records["name"].to_pylist() == ["a", "g"]
    assert [(r.reason, records.source.raw(r.start, r.end)) for r in records.rejects] == [
        ("bad-time", b"x,c,d\n"),
        ("time-out-of-range", b"1970-01-01 00:00:00,e,f\n"),
    ]
    batch: Batch = records.batch(text=records["text"], wall=times, group_name="群", from_me=pa.array([True, False]))
    assert batch.messages.column("text").to_pylist() == ["b", "h"]
    assert batch.messages.column("group_name").to_pylist() == ["群", "群"]
    assert batch.messages.column("kind").null_count == 2
    assert batch.messages.column("offset").to_pylist() == [13, 67]


def test_wall_clock_takes_what_spreadsheets_write() -> None:
    texts = pa.array(
        ["2024-12-01 08:03:10", "2024/12/1 8:03", "2024/12/1 8:03:09", "2024-13-01 00:00:00", "x", "", None]
    )
    assert [t and str(t) for t in wall_clock(texts).to_pylist()] == [
        "2024-12-01 08:03:10",
        "2024-12-01 08:03:00",
        "2024-12-01 08:03:09",
        None,
        None,
        None,
        None,
    ]


def test_wall_clock_reads_each_time_alike_whatever_stands_beside_it() -> None:
    texts = [
        "2024-12-01 08:03:10",
        "2024-12-01",
        "2024-12-01 08:03:10.5",
        "2024-12-01T08:03:10",
        "2024-12-01 08",
        "24-12-01",
    ]
    alone = [wall_clock(pa.array([text]))[0].as_py() for text in texts]
    assert alone == wall_clock(pa.array(texts)).to_pylist()
    assert [text for text, time in zip(texts, alone, strict=True) if time] == [texts[0], texts[3]]
