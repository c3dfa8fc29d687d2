"""Bad input is named, with its place and the way out; the other files still go in; the sums add up."""

import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from qunkit.errors import AmbiguousFormat, InputChanged, MissingInput, NoMessages, UnknownFormat, UnreadableExport
from qunkit.ingest import harvest, store
from qunkit.ingest.run import Options, ingest
from support.staged import messages

SAMPLES = Path(__file__).parents[1] / "samples"
HEADER = "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender\r\n"


def csv_rows(*texts, time=1732982302):
    lines = [f'{n},3,1,0,0,{time + n},2,"{t}",2024-11-30 23:58:22,甲,甲,wxid_jia\r\n' for n, t in enumerate(texts, 1)]
    return ("\ufeff" + HEADER + "".join(lines)).encode()


TEXT = "2024-05-01 09:00:00 甲\n早\n\n2024-05-01 09:00:09 乙\n好\n\n".encode()


@pytest.fixture
def export(tmp_path):
    """Write a file below a folder of exports."""

    def write(name, body):
        path = tmp_path / "exports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        return path

    return write


def only(summary):
    (file,) = summary.files
    return file


@pytest.mark.parametrize(
    ("name", "body", "error", "code"),
    [
        ("empty.csv", b"", NoMessages, 65),
        ("bom.csv", b"\xef\xbb\xbf", NoMessages, 65),
        ("lines.txt", b"\r\n\n\n", NoMessages, 65),
        ("one.txt", b"x", UnknownFormat, 65),
        ("random.bin", bytes(range(256)) * 40, UnknownFormat, 65),
        ("photo.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 400, UnknownFormat, 65),
        ("chat.db", b"SQLite format 3\0" + b"\0" * 100, UnknownFormat, 65),
        ("header.csv", ("\ufeff" + HEADER).encode(), NoMessages, 65),
        ("shop.csv", "商品,价格\n苹果,3\n".encode(), UnknownFormat, 65),
        ("list.json", b"[1, 2, 3]", UnknownFormat, 65),
        ("deep.json", b"[" * 100_000, UnknownFormat, 65),
        ("open.json", b'{"weflow": {"version": "1.0.3"', NoMessages, 65),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_leaves_nothing(tmp_path, export, name, body, error, code):
    summary = ingest([export(name, body)], tmp_path / "d")
    file = only(summary)
    assert (type(file.error), file.status, summary.code) == (error, "refused", code)
    assert name in file.error.sentence("en")
    assert file.error.hint("zh")
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize("name", ["nowhere.csv", "pipe", "/dev/zero"])
def test_what_is_no_file_is_named(tmp_path, name):
    os.mkfifo(tmp_path / "pipe")
    summary = ingest([tmp_path / name], tmp_path / "d")
    assert (type(only(summary).error), summary.code) == (MissingInput, 66)


def test_rubbish_in_a_folder_is_listed_and_does_not_change_the_code(tmp_path, export):
    good = export("群/群_utf8.csv", csv_rows("早", "好"))
    export("photo.jpg", b"\xff\xd8\xff")
    export("empty.txt", b"")
    export(".hidden.csv", b"?")
    summary = ingest([good.parents[1]], tmp_path / "d")
    assert [(Path(f.label).name, f.status) for f in summary.files] == [
        ("empty.txt", "skipped"),
        ("photo.jpg", "skipped"),
        ("群_utf8.csv", "ingested"),
    ]
    assert summary.code == 0


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("cut.json", b'{"weflow": {"version": "1.0.3"'),
        ("half.json", b'[{"a": 1}, {"a": 2'),
        ("long.json", b'[{"a": "' + b"x" * 70_000),
        ("half.jsonl", b'{"a": 1}\n{"a"'),
        ("like.csv", b"Time,SenderName,Sender,Talker,Text\n2024-11-30 23:58:22,Kai,wxid_aaa,1@chatroom,a\n"),
        ("row.csv", csv_rows() + b"1,2\r\n"),
    ],
)
def test_a_broken_export_in_a_folder_makes_the_run_partly_done(tmp_path, export, name, body):
    good = export("群/群_utf8.csv", csv_rows("早"))
    bad = export(name, body)
    summary = ingest([good.parents[1]], tmp_path / "d")
    assert {Path(f.label).name: f.status for f in summary.files} == {name: "refused", "群_utf8.csv": "ingested"}
    assert summary.code == 3
    assert ingest([bad], tmp_path / "d").code == 65


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("empty.csv", csv_rows()),
        ("package.json", b'{"name": "x", "private": true}'),
        ("long.json", b'[{"a": "' + b"x" * 70_000 + b'"}]\n'),
        ("lines.jsonl", b'{"a": 1}\n{"a": 2}\n'),
        ("notes.txt", "[2026-11-02] 小明：早".encode()),
    ],
)
def test_what_is_whole_and_no_export_is_passed_over(tmp_path, export, name, body):
    good = export("群/群_utf8.csv", csv_rows("早"))
    export(name, body)
    summary = ingest([good.parents[1]], tmp_path / "d")
    assert {Path(f.label).name: f.status for f in summary.files} == {name: "skipped", "群_utf8.csv": "ingested"}
    assert summary.code == 0


def test_the_same_rubbish_named_by_hand_makes_the_run_partly_done(tmp_path, export):
    good, bad = export("群/群_utf8.csv", csv_rows("早")), export("photo.jpg", b"\xff\xd8\xff")
    summary = ingest([bad, good, tmp_path / "gone"], tmp_path / "d")
    assert {Path(f.label).name: f.status for f in summary.files} == {
        "gone": "refused",
        "photo.jpg": "refused",
        "群_utf8.csv": "ingested",
    }
    assert summary.code == 3


def test_a_bad_row_is_a_reject_with_its_place_and_bytes_and_the_rest_goes_in(tmp_path, export):
    import pyarrow.parquet as pq

    rows = csv_rows("早", "好").splitlines(keepends=True)
    damaged = rows[0] + rows[1] + b"1,2,3\r\n" + rows[2]
    summary = ingest([export("群/群_utf8.csv", damaged)], tmp_path / "d")
    file = only(summary)
    assert (file.new, file.rejected, file.total, summary.code) == (2, 1, 3, 3)
    assert sum(file.bytes.values()) == len(damaged)
    with store.open_snapshot(tmp_path / "d") as snapshot:
        (reject,) = pq.read_table(snapshot.path / harvest.REJECTS).to_pylist()
    start = len(rows[0] + rows[1])
    assert (reject["reason"], reject["start"], reject["end"], reject["line"]) == ("bad-columns", start, start + 7, 3)
    assert reject["raw"] == b"1,2,3\r\n"


def test_times_out_of_range_are_rejects(tmp_path, export):
    body = csv_rows("早").replace(b"1732982303", b"99999999999")
    summary = ingest([export("群/群_utf8.csv", body + csv_rows("好").splitlines(keepends=True)[1])], tmp_path / "d")
    assert (only(summary).new, only(summary).rejected) == (1, 1)
    assert "1999" in next(note.say("en") for note in only(summary).notes)


def test_ingesting_the_same_bytes_again_is_a_no_op_that_says_so(tmp_path, export):
    first = export("群/群_utf8.csv", csv_rows("早", "好"))
    assert ingest([first], tmp_path / "d").snapshot == "v000001"
    again = ingest([first], tmp_path / "d")
    file = only(again)
    assert (file.status, file.new, file.known, again.snapshot, again.code) == ("already", 0, 2, None, 0)
    assert file.notes == []
    assert os.listdir(tmp_path / "d").count("v000001") == 1


def test_the_same_bytes_under_another_name_say_under_which_they_are_known(tmp_path, export):
    body = b"Time,SenderName,Sender,TalkerName,Talker,Content\n2024-12-01 08:00:00,Ann,wxid_ann,Hikers,1@chatroom,hi\n"
    ingest([export("a/old.csv", body)], tmp_path / "d")
    file = only(ingest([export("b/new.csv", body)], tmp_path / "d"))
    assert (file.status, file.groups) == ("already", [("1@chatroom", "Hikers")])
    assert "old.csv" in file.notes[0].say("zh")


def test_an_overlapping_export_adds_only_what_is_new(tmp_path, export):
    ingest([export("a/群/群_utf8.csv", csv_rows("早", "好", "在"))], tmp_path / "d")
    file = only(ingest([export("b/群/群_utf8.csv", csv_rows("早", "好", "在", "吗"))], tmp_path / "d"))
    assert (file.new, file.known) == (1, 3)


def test_each_commits_every_file_by_itself(tmp_path, export):
    paths = [export(f"{n}/群/群_utf8.csv", csv_rows(*"早好在"[:n])) for n in (1, 2, 3)]
    summary = ingest(paths, tmp_path / "d", each=True)
    assert (summary.snapshot, [file.new for file in summary.files]) == ("v000003", [1, 1, 1])


def test_the_ledger_accounts_for_every_byte_of_every_sample(tmp_path):
    import pyarrow.parquet as pq

    summary = ingest([SAMPLES / "memotrace_v2", SAMPLES / "memotrace_v3", SAMPLES / "chatlog"], tmp_path / "d")
    ingested = {file.id: file for file in summary.files if file.status == "ingested"}
    assert len(ingested) >= 6
    with store.open_snapshot(tmp_path / "d") as snapshot:
        runs = pq.read_table(snapshot.path / harvest.LEDGER).to_pylist()
    for id_, file in ingested.items():
        ranges = [(r["start"], r["end"]) for r in runs if r["source"] == id_]
        assert ranges[0][0] == 0
        assert ranges[-1][1] == file.size == sum(file.bytes.values())
        assert all(a[1] == b[0] for a, b in itertools.pairwise(ranges))
        assert file.total == file.new + file.known + file.rejected + file.forgotten


def test_a_file_that_changes_while_it_is_read_is_not_taken(tmp_path, export, monkeypatch):
    path = export("群/群_utf8.csv", csv_rows("早"))
    from qunkit.parsing.source import Source

    monkeypatch.setattr(Source, "unchanged", lambda self: False)
    summary = ingest([path], tmp_path / "d")
    assert (type(only(summary).error), summary.code) == (InputChanged, 75)


def test_two_formats_that_say_yes_are_an_error_that_names_both(tmp_path, export, monkeypatch):
    from qunkit import registry

    for name in registry.names("formats"):
        monkeypatch.setattr(registry.load("formats", name), "sniff", lambda head: True)
    file = only(ingest([export("群/群_utf8.csv", csv_rows("早"))], tmp_path / "d"))
    assert isinstance(file.error, AmbiguousFormat)
    assert all(name in str(file.error) for name in registry.names("formats"))


def test_as_group_names_the_group_where_the_file_cannot(tmp_path, export):
    path = export("群/群_utf8.csv", csv_rows("早"))
    ingest([path], tmp_path / "d", Options(as_group="123@chatroom"))
    assert groups(tmp_path / "d") == {"123@chatroom"}


def test_a_wall_clock_is_read_in_the_zone_that_tz_says(tmp_path, export):
    body = "2024-05-01 09:00:00 甲\n早\n\n2024-05-01 09:00:09 乙\n好\n\n".encode()
    ingest([export("群/群.txt", body)], tmp_path / "d", Options(tz="Asia/Tokyo"))
    with store.open_snapshot(tmp_path / "d") as snapshot:
        assert snapshot.tz == "Asia/Tokyo"
    assert {str(row) for row in column(tmp_path / "d", "sent_at")} == {
        "2024-05-01 00:00:00+00:00",
        "2024-05-01 00:00:09+00:00",
    }


def test_a_group_that_only_the_name_tells_is_asked_for_on_stdin(tmp_path):
    code = "import sys; from pathlib import Path; from qunkit.ingest.run import Options, ingest; print(ingest(['-'], Path(sys.argv[1])).files[0].error)"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "d")], input=TEXT, capture_output=True, check=True
    )
    assert b"does not say which group" in done.stdout
    assert not (tmp_path / "d").exists()


def test_a_folder_that_cannot_be_looked_into_is_named(tmp_path, export, monkeypatch):
    export("a/群/群_utf8.csv", csv_rows("早"))
    export("locked/群_utf8.csv", csv_rows("好"))
    real = os.scandir

    def scandir(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    summary = ingest([tmp_path / "exports"], tmp_path / "d")
    assert sorted((Path(f.label).name, f.status) for f in summary.files) == [
        ("locked", "refused"),
        ("群_utf8.csv", "ingested"),
    ]
    assert summary.code == 3


def test_an_empty_folder_is_named(tmp_path):
    (tmp_path / "empty").mkdir()
    summary = ingest([tmp_path / "empty"], tmp_path / "d")
    assert (str(only(summary).error), summary.code) == (f"{tmp_path / 'empty'}: no files in this folder.", 66)


def test_the_same_file_for_another_group_is_another_source(tmp_path, export):
    path = export("群/群_utf8.csv", csv_rows("早"))
    for group in ("1@chatroom", "2@chatroom"):
        assert only(ingest([path], tmp_path / "d", Options(as_group=group))).new == 1
    assert groups(tmp_path / "d") == {"1@chatroom", "2@chatroom"}


def test_stdin_is_a_source_like_any_other(tmp_path, export):
    code = "import sys; from pathlib import Path; from qunkit.ingest.run import Options, ingest; print(ingest(['-'], Path(sys.argv[1]), Options(as_group='1@chatroom')).files[0].new)"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "d")], input=csv_rows("早", "好"), capture_output=True, check=True
    )
    assert done.stdout == b"2\n"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-16-le", "utf-8"])
def test_a_file_saved_again_in_another_encoding_says_the_same(tmp_path, export, encoding):
    text = csv_rows("早上好", "在吗😀", "=1+1").decode("utf-8-sig")
    assert ingest([export("群/群_utf8.csv", csv_rows("早上好", "在吗😀", "=1+1"))], tmp_path / "d").code == 0
    file = only(ingest([export(f"{encoding}/群/群_utf8.csv", text.encode(encoding))], tmp_path / "d"))
    assert (file.new, file.known, file.rejected) == (0, 3, 0)


def test_a_run_killed_at_random_leaves_the_old_state_or_the_new(tmp_path, export):
    base, path = tmp_path / "d", export("b/群/群_utf8.csv", csv_rows(*map(str, range(500))))
    ingest([export("a/群/群_utf8.csv", csv_rows("早"))], base)
    code = "import sys; from pathlib import Path; from qunkit.ingest.run import ingest; ingest([Path(sys.argv[1])], Path(sys.argv[2]))"
    for number, delay in enumerate((0.3, 0.6, 0.8, 1.0, 1.2, 1.5)):
        dataset = tmp_path / f"killed{number}"
        shutil.copytree(base, dataset)
        child = subprocess.Popen([sys.executable, "-c", code, str(path), str(dataset)])
        try:
            child.wait(delay)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        assert len(column(dataset, "message_id")) in (1, 501)
        ingest([path], dataset)
        assert len(column(dataset, "message_id")) == 501


def test_an_unreadable_export_says_why_in_both_languages():
    error = UnreadableExport(path="x.txt", why="…", hint="→")
    assert (error.code, error.sentence("zh"), error.hint("en")) == (65, "x.txt：…", "→")


def column(dataset, name):
    import pyarrow.parquet as pq

    with store.open_snapshot(dataset) as snapshot:
        files = sorted(snapshot.path.glob("messages/*/*.parquet"))
        return [value for file in files for value in pq.ParquetFile(file).read([name])[name].to_pylist()]


def groups(dataset):
    return set(column(dataset, "group_id"))


CHAT = "2024-12-01 08:00:00 'Kevin'\n早\n\n2024-12-01 08:00:05 '小刘'\n早\n\n"


def grouped(path, **options):
    """Group ids and names after the ingest of one more file."""
    ingest([path], path.parent / "d", Options(**options))
    return {(row["group_id"], row["group_name"]) for row in messages(path.parent / "d")[0]}


def test_the_name_of_a_file_is_no_name_of_the_group_that_is_given(tmp_path):
    known = tmp_path / "a.csv"
    known.write_text(
        "Time,SenderName,Sender,TalkerName,Talker,Content\n2024-12-01 08:00:00,Kevin,wxid_kevin,徒步,1@chatroom,早\n"
    )
    assert grouped(known) == {("1@chatroom", "徒步")}
    export = tmp_path / "zzz.txt"
    export.write_text(CHAT, encoding="utf-8")
    assert grouped(export, as_group="1@chatroom") == {("1@chatroom", "徒步")}


def test_a_group_may_be_given_by_its_name(tmp_path):
    known = tmp_path / "a.csv"
    known.write_text(
        "Time,SenderName,Sender,TalkerName,Talker,Content\n2024-12-01 08:00:00,Kevin,wxid_kevin,徒步,1@chatroom,早\n"
    )
    export = tmp_path / "zzz.txt"
    export.write_text(CHAT, encoding="utf-8")
    assert grouped(export, as_group="徒步") == {("name:徒步", "徒步")}
    assert grouped(known) == {("1@chatroom", "徒步")}


def test_a_format_that_loses_count_costs_its_file_and_nothing_else(tmp_path, export, monkeypatch):
    from qunkit import registry

    module = registry.load("formats", "memotrace_csv")
    read = module.read

    def forgetful(source):
        for batch in read(source):
            if "bad" in source.label:
                batch.framing.clear()  # the header and the byte order mark
            yield batch

    monkeypatch.setattr(module, "read", forgetful)
    good, bad = export("好群/好群_utf8.csv", csv_rows("早", "好")), export("坏群/bad_utf8.csv", csv_rows("晚"))
    summary = ingest([good, bad], tmp_path / "d")
    files = {Path(file.label).name: file for file in summary.files}
    assert (files["好群_utf8.csv"].status, files["bad_utf8.csv"].status) == ("ingested", "refused")
    assert summary.code == 70
    told = files["bad_utf8.csv"].error.sentence("en")
    assert "bad_utf8.csv" in told
    assert "memotrace_csv at byte 0" in told
    assert [row["text"] for row in messages(tmp_path / "d")[0]] == ["早", "好"]
    monkeypatch.undo()
    assert ingest([bad], tmp_path / "d").code == 0
    assert sorted(row["text"] for row in messages(tmp_path / "d")[0]) == ["好", "早", "晚"]
