"""The DuckDB engine: the views, their filters, parameters, pools, failures."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pyarrow as pa
import pytest

from qunkit import enrich
from qunkit.api import open_dataset
from qunkit.dataset import VIEWS, Kept, Scope
from qunkit.engines import _derived
from qunkit.engines import duckdb as engines
from qunkit.engines._quiet import quiet
from qunkit.engines.duckdb import connect
from qunkit.errors import DatasetDamaged, OutOfResources, ReadWriteFailed
from qunkit.ingest import build
from qunkit.schema import MEMBERS, MESSAGES
from support import workers
from support.datasets import make_dataset
from support.messages import TWELVE, moment, write_snapshot

EVERYTHING = Scope()


def column(snapshot, text, scope=EVERYTHING, **params):
    """The first column of a query's rows."""
    with connect(snapshot, scope, threads=2) as engine:
        return engine.sql(text, **params).column(0).to_pylist()


@pytest.fixture
def twelve(tmp_path):
    return write_snapshot(tmp_path, TWELVE)


# -- views ---------------------------------------------------------------------------------------------------------
def test_messages_hold_all_and_posts_what_people_said(twelve):
    assert column(twelve, "SELECT COUNT(*) FROM messages") == [12]
    assert column(twelve, "SELECT COUNT(*) FROM posts") == [11]
    assert column(twelve, "SELECT COUNT(*) FROM posts", Scope(bots=frozenset({"a", "nobody"}))) == [6]


def test_views_have_the_columns_of_the_schema(twelve, tmp_path):
    for folder in (twelve, tmp_path / "nothing"):
        with connect(folder, Scope()) as engine:
            assert engine.sql("SELECT * FROM messages").column_names == list(MESSAGES.names)
            assert engine.sql("SELECT * FROM posts").column_names == [
                *MESSAGES.names,
                *("day", "in_window", "official", "person", "chars"),
            ]
            types = engine.sql("SELECT sent_at, local_time, day, target_ids, from_me FROM posts").schema.types
            wanted = [pa.timestamp("us", "UTC"), pa.timestamp("us"), pa.date32(), pa.list_(pa.string()), pa.bool_()]
            assert types == wanted


def test_the_end_is_until_exclusive_and_as_of_inclusive(twelve):
    count = "SELECT COUNT(*) FROM messages"
    assert column(twelve, count, Scope(until=moment("2026-05-04 09:01:00"))) == [2]
    assert column(twelve, count, Scope(as_of=moment("2026-05-04 09:01:00"))) == [3]
    assert column(twelve, count, Scope(until=moment("2026-05-04 09:06:00"), as_of=moment("2026-05-04 09:01:00"))) == [3]


def test_in_window_marks_and_does_not_filter(twelve):
    scope = Scope(since=moment("2026-05-07 00:00:30"), until=moment("2026-05-11"))
    assert column(twelve, "SELECT message_id FROM posts WHERE in_window ORDER BY sent_at, seq", scope) == ["m8", "m9"]
    assert column(twelve, "SELECT COUNT(*) FROM posts WHERE NOT in_window", scope) == [7]


def test_days_begin_at_day_start(twelve):
    night = "SELECT day FROM posts WHERE message_id = 'm8'"
    assert [str(day) for day in column(twelve, night)] == ["2026-05-07"]
    assert [str(day) for day in column(twelve, night, Scope(day_start=4))] == ["2026-05-06"]


def test_days_know_holes_and_the_window_whatever_groups_are_chosen(twelve):
    scope = Scope(groups=("elsewhere",), since=moment("2026-05-05 12:00:00"), until=moment("2026-05-07"))
    assert column(twelve, "SELECT observed FROM days ORDER BY day", scope) == [True, True, True]
    assert column(twelve, "SELECT in_window FROM days ORDER BY day", scope) == [False, True, True]
    assert column(twelve, "SELECT observed FROM days ORDER BY day") == [
        True,
        True,
        True,
        True,
        False,
        False,
        True,
        True,
    ]


def test_staff_is_everywhere_or_in_one_group(tmp_path):
    rows = [{"at": "2026-05-04 09:00:00", "group_id": group, "sender_id": id} for group in "gh" for id in "ab"]
    snapshot = write_snapshot(tmp_path, rows)
    scope = Scope(staff=frozenset("a"), staff_of=frozenset({("h", "b")}))
    official = "SELECT group_id || sender_id FROM posts WHERE official ORDER BY group_id, sender_id"
    assert column(snapshot, official, scope) == ["ga", "ha", "hb"]
    official = "SELECT group_id || member_id FROM members WHERE official ORDER BY group_id, member_id"
    assert column(snapshot, official, scope) == ["ga", "ha", "hb"]


@pytest.mark.parametrize("id", ["'", "x' OR 1=1 --", "\\", "💥", "a\nb", "%", "{zone}"])
def test_hostile_ids_filter_like_any_other(tmp_path, id):
    rows = [{"at": "2026-05-04 09:00:00", "group_id": group, "sender_id": id} for group in (id, "g")]
    scope = Scope(groups=(id,), staff=frozenset({id}), bots=frozenset({"b" + id}))
    assert column(write_snapshot(tmp_path, rows), "SELECT group_id FROM posts WHERE official", scope) == [id]


def test_paths_with_quotes_and_globs_are_read_as_they_are(tmp_path):
    folder = tmp_path / "it's [all] {a} *"
    assert column(write_snapshot(folder, TWELVE), "SELECT COUNT(*) FROM messages") == [12]


def test_what_the_manifest_does_not_name_is_not_read(tmp_path, monkeypatch):
    """Not through a link either, which the check for strange files does not follow."""
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "key"))
    rows = [
        {"at": "2026-05-04 09:00:00", "group_id": "1@chatroom", "sender_id": "wxid_a", "sender_name": "A", "text": "hi"}
    ]
    dataset = open_dataset(make_dataset(tmp_path / "data", rows))
    [part] = dataset.path.glob("v*/messages/*/*.parquet")
    (tmp_path / "elsewhere").mkdir()
    shutil.copy(part, tmp_path / "elsewhere")
    (part.parents[1] / "month=2026-04").symlink_to(tmp_path / "elsewhere")
    for pseudonymise in (False, True):
        count = dataset.sql("SELECT count(*) AS n FROM messages", pseudonymise=pseudonymise)
        assert count.read_all().to_pylist() == [{"n": 1}]
    assert dataset.messages().read_all().num_rows == 1


def test_only_the_files_that_are_named_are_read(tmp_path):
    snapshot = write_snapshot(tmp_path, [*TWELVE, {"at": "2026-07-15 12:00:00"}])
    with connect(snapshot, Scope(), files=[*snapshot.glob("messages/month=2026-07/*")]) as engine:
        assert engine.sql("SELECT COUNT(*) AS n FROM messages").to_pylist() == [{"n": 1}]


# -- members -------------------------------------------------------------------------------------------------------
MEMBER = "SELECT {} FROM members WHERE member_id = '{}'"


def test_members_without_any_roster(twelve):
    assert column(twelve, "SELECT member_id FROM members WHERE listed IS NULL ORDER BY member_id") == list("abcds")
    assert [str(day) for day in column(twelve, MEMBER.format("first_seen", "b"))] == ["2026-05-04"]
    assert [str(day) for day in column(twelve, MEMBER.format("last_seen", "b"))] == ["2026-05-11"]


def test_the_newest_complete_roster_lists(tmp_path):
    def roster(day, ids, **more):
        return [{"member_id": id, "seen_at": moment(f"2026-05-{day}"), **more} for id in ids]

    members = [*roster("05", "ab"), *roster("09", "bcz", role="member"), *roster("10", "ad", complete=False)]
    snapshot = write_snapshot(tmp_path, TWELVE, members)
    assert column(snapshot, "SELECT member_id FROM members WHERE listed ORDER BY member_id") == list("bcz")
    assert column(snapshot, "SELECT member_id FROM members WHERE NOT listed ORDER BY member_id") == list("ads")
    # seen from afar, only the roster of the 5th was made; at the end of the data all count, also those made after its last message
    early = Scope(as_of=moment("2026-05-06"))
    assert column(snapshot, "SELECT member_id FROM members WHERE listed ORDER BY member_id", early) == list("ab")
    late = [*members, *roster("12", "q")]
    end = Scope(as_of=moment("2026-05-11 12:00:00"))
    assert column(write_snapshot(tmp_path, TWELVE, late), "SELECT member_id FROM members WHERE listed", end) == ["q"]


def test_rosters_are_told_in_the_datasets_zone(tmp_path):
    members = [{"member_id": "z", "seen_at": moment("2026-05-04 20:00"), "joined_at": moment("2026-03-31 18:00")}]
    snapshot = write_snapshot(tmp_path, TWELVE, members)
    for zone, joined, seen in (("Asia/Shanghai", "2026-04-01", "2026-05-05"), ("UTC", "2026-03-31", "2026-05-04")):
        days = [
            column(snapshot, MEMBER.format(name, "z"), Scope(timezone=zone))[0] for name in ("first_seen", "last_seen")
        ]
        assert [str(day) for day in days] == [joined, seen]


def test_bots_are_no_members(tmp_path):
    snapshot = write_snapshot(tmp_path, TWELVE, [{"member_id": "bot"}])
    scope = Scope(bots=frozenset({"bot", "a"}))
    assert column(snapshot, "SELECT member_id FROM members ORDER BY member_id", scope) == list("bcds")


# -- queries -------------------------------------------------------------------------------------------------------
def test_parameters_are_bound_and_text_and_comments_left_alone(twelve):
    text = "SELECT :word || ' :word 12:30' -- :nothing\n WHERE :n = 3"
    assert column(twelve, text, word="it's", n=3, unused=1) == ["it's :word 12:30"]
    with pytest.raises(KeyError):
        column(twelve, "SELECT :word")


def test_helpers_of_the_prelude(twelve):
    text = """SELECT [epoch_s(TIMESTAMP '1970-01-02 00:00:00.25'), iso_dow(DATE '2026-05-10'), days_between(DATE '2026-02-28', DATE '2026-03-01'),
        CAST(week_start(DATE '2026-05-10') = DATE '2026-05-04' AS INT), CAST(month_start(DATE '2026-05-10') = DATE '2026-05-01' AS INT)]"""
    assert column(twelve, text) == [[86400.25, 7, 1, 1, 1]]
    assert column(twelve, "SELECT explode(target_ids) FROM messages") == ["d"]


def test_nulls_come_first_ascending_and_last_descending(tmp_path):
    text = "SELECT x FROM (VALUES (1), (NULL), (2)) AS v(x) ORDER BY x"
    assert column(tmp_path, text) == [None, 1, 2]
    assert column(tmp_path, text + " DESC") == [2, 1, None]


def test_a_name_is_a_view_never_a_variable(twelve):
    hidden = pa.table({"x": [1]})
    with connect(twelve, Scope()) as engine, pytest.raises(Exception, match="hidden"):
        engine.sql("SELECT * FROM hidden")
    assert hidden.num_rows == 1


def test_tables_and_views_can_be_made_again(twelve):
    with connect(twelve, Scope()) as engine:
        for n in (1, 2):
            engine.table("parts", pa.table({"n": [n]}))
            assert engine.sql("SELECT n FROM parts").to_pydict() == {"n": [n]}
            engine.view("doubled", "SELECT 2 * n AS n FROM parts")
            assert engine.sql("SELECT n FROM doubled").to_pydict() == {"n": [2 * n]}


def test_a_stream_leaves_the_engine_free(twelve):
    with connect(twelve, Scope()) as engine:
        reader = engine.stream("SELECT seq FROM messages WHERE seq >= :least ORDER BY seq", least=3)
        assert engine.sql("SELECT COUNT(*) AS n FROM messages").to_pydict() == {"n": [12]}
        assert [row for batch in reader for row in batch.column(0).to_pylist()] == list(range(3, 12))


def test_nothing_is_written_to_stdout(twelve):
    code = f"""
from pathlib import Path
from qunkit.dataset import Scope
from qunkit.engines.duckdb import connect
with connect(Path({str(twelve)!r}), Scope()) as engine:
    engine.sql("SELECT sum(a.range * b.range) AS n FROM range(30000) a, range(12000) b")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout + done.stderr == b""


def test_no_bar_of_progress_is_on(twelve, tmp_path):
    asked = "SELECT current_setting('enable_progress_bar') AS shown"
    with connect(twelve, Scope()) as engine:
        assert engine.sql(asked).to_pydict() == engine.stream(asked).read_all().to_pydict() == {"shown": [False]}
    with build.connect(tmp_path, "1GB", 1) as connection:
        assert connection.execute(asked).fetchall() == [(False,)]


def test_where_it_is_off_it_is_not_named():
    """As in a notebook without ipywidgets, where DuckDB refuses any setting of it."""
    told = []

    def execute(text):
        told.append(text)
        return SimpleNamespace(fetchone=lambda: (False,))

    quiet(SimpleNamespace(execute=execute))
    assert not [text for text in told if text.startswith("SET")]


def test_the_spill_folder_is_private_and_goes(twelve):
    engine = connect(twelve, Scope())
    spill = Path(engine.sql("SELECT current_setting('temp_directory') AS d")["d"][0].as_py())
    assert spill.stat().st_mode & 0o777 == 0o700
    assert not list(Path().glob(".tmp"))
    engine.close()
    assert not spill.exists()


def test_a_query_larger_than_memory_says_so(twelve):
    with connect(twelve, Scope(), memory_limit="50MB", threads=1) as engine, pytest.raises(OutOfResources):
        engine.sql("SELECT LIST(range) AS m FROM range(20000000)")


def test_a_file_that_is_gone_or_broken_says_so(twelve):
    with connect(twelve, Scope()) as engine:
        [file] = twelve.glob("messages/*/*.parquet")
        body = file.read_bytes()
        for damage in (body[:-200], b""):
            file.write_bytes(damage)
            with pytest.raises(DatasetDamaged, match=r"part\.parquet"):
                engine.sql("SELECT COUNT(text) FROM messages")
        file.unlink()
        with pytest.raises(ReadWriteFailed, match=r"part\.parquet"):
            engine.sql("SELECT COUNT(text) FROM messages")


def test_a_mistake_in_sql_is_no_damage(twelve):
    with connect(twelve, Scope()) as engine, pytest.raises(duckdb.BinderException):
        engine.sql("SELECT nothing FROM messages")


def test_files_of_months_after_the_end_are_not_opened(tmp_path):
    snapshot = write_snapshot(tmp_path, [*TWELVE, {"at": "2026-07-15 12:00:00"}])
    (snapshot / "messages" / "month=2026-07" / "part.parquet").write_bytes(b"not Parquet")
    count = "SELECT COUNT(*) FROM messages"
    assert column(snapshot, count, Scope(until=moment("2026-06-01"))) == [12]
    assert column(snapshot, count, Scope(until=moment("2026-09-01"), as_of=moment("2026-05-31"))) == [12]
    with pytest.raises(DatasetDamaged):  # the last day of June reaches into July in another zone
        column(snapshot, count, Scope(until=moment("2026-06-30 12:00:00")))


# -- work in Python ------------------------------------------------------------------------------------------------
PARTS = pa.table({"part": ["a", "a", "b", "c", "c", "c"], "n": [1, 2, 3, 4, 5, 6]})
SUMS = {"part": ["a", "b", "c"], "n": [30, 30, 150]}


def parted(engine, function, text="SELECT * FROM given ORDER BY part, n"):
    engine.table("given", PARTS)
    engine.parts("made", function, text, "part", True)
    return engine.sql("SELECT * FROM made").to_pydict()


@pytest.mark.parametrize("rows", [0, 1 << 40])
def test_parts_here_and_in_a_pool(tmp_path, monkeypatch, rows):
    monkeypatch.setattr(engines, "_POOLED_PART_ROWS", rows)
    with connect(tmp_path, Scope(), threads=2) as engine:
        assert parted(engine, partial(workers.summed, times=10)) == SUMS
        nobody = "SELECT * FROM given WHERE n < 0 ORDER BY part, n"
        assert parted(engine, partial(workers.summed, times=10), nobody) == {"part": [], "n": []}
        assert (os.getpid() in parted(engine, workers.where)["pid"]) == bool(rows)
        one = "SELECT * FROM given WHERE part = 'c' ORDER BY part, n"
        assert parted(engine, workers.where, one) == {"pid": [os.getpid()]}  # nothing to share out


def test_one_piece_of_work_after_the_other_has_the_same_processes(tmp_path, monkeypatch):
    monkeypatch.setattr(engines, "_POOLED_PART_ROWS", 0)
    with connect(tmp_path, Scope(), threads=2) as engine:
        pids = [set(parted(engine, workers.where)["pid"]) for _ in range(2)]
        assert len(pids[0] | pids[1]) <= 2
        with pytest.raises(ZeroDivisionError):
            parted(engine, workers.broken)
        assert not set(parted(engine, workers.where)["pid"]) & (pids[0] | pids[1])  # nobody waits for what is broken


def test_a_kept_table_is_worked_out_once_while_the_engine_shows_the_same(tmp_path):
    folder, calls = write_snapshot(tmp_path, TWELVE), []

    def counted(table):
        calls.append(len(table))
        return table.select(["part"])

    query = "SELECT group_id AS part, seq FROM posts ORDER BY part, seq"
    with connect(folder, Scope()) as engine:
        for _ in range(2):
            engine.keep("told", Kept("SELECT COUNT(*) AS n FROM messages"))
            engine.keep("made", Kept(query, counted))
        assert engine.sql("SELECT n FROM told")["n"].to_pylist() == [len(TWELVE)]
        times, rows = len(calls), sum(calls)
        engine.narrow(Scope())  # the same
        engine.keep("made", Kept(query, counted))
        assert len(calls) == times
        engine.narrow(Scope(groups=("nobody's",)))
        engine.keep("told", Kept("SELECT COUNT(*) AS n FROM messages"))
        engine.keep("made", Kept(query, counted))
        assert engine.sql("SELECT n FROM told")["n"].to_pylist() == [0]
        assert (calls[times:], sum(calls)) == ([0], rows)


def test_texts_are_looked_at_once_for_an_engine(tmp_path, monkeypatch):
    folder = write_snapshot(tmp_path, TWELVE)
    with connect(folder, Scope()) as engine:
        enrich.show(engine, ["links"], posts="all_posts")
        known = engine.sql("SELECT * FROM features ORDER BY text")
        monkeypatch.setattr(_derived, "opened", None)
        enrich.show(engine, ["links"], posts="posts")  # they are among all
        assert engine.sql("SELECT * FROM features ORDER BY text").equals(known)
        engine.narrow(Scope(groups=("nobody's",)))
        with pytest.raises(TypeError):
            enrich.show(engine, ["links"])


def test_groups_that_are_held_are_the_same(tmp_path):
    folder = write_snapshot(tmp_path, TWELVE)
    groups = sorted({row.get("group_id", "g") for row in TWELVE})
    text = "SELECT * FROM posts ORDER BY group_id, sent_at, seq"
    with connect(folder, Scope()) as plain, connect(folder, Scope()) as held:
        held.hold(groups[:1])
        for scope in (*(Scope(groups=(one,)) for one in groups), Scope(groups=tuple(groups)), Scope()):
            plain.narrow(scope)
            held.narrow(scope)
            assert held.sql(text).equals(plain.sql(text))
            assert held.sql("SELECT COUNT(*) AS n FROM all_posts").equals(plain.sql("SELECT COUNT(*) AS n FROM all_posts"))  # fmt: skip


def test_a_script_needs_no_guard_for_a_pool(tmp_path):
    """Workers do not run it again."""
    script = tmp_path / "script.py"
    script.write_text("""
import os
import pyarrow as pa
from qunkit.engines._pool import Workers, each
from support import workers
print("once")
tables = [pa.table({"part": [n], "n": [n]}) for n in range(3)]
assert os.getpid() not in {table["pid"][0].as_py() for table in each(workers.where, tables, 2, large=True)}
with Workers() as crew:
    print(len(list(crew.processed(workers.where, tables, 2))))
""")
    paths = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))))
    done = subprocess.run([sys.executable, script], capture_output=True, check=True, env={**os.environ, "PYTHONPATH": paths})  # fmt: skip
    assert (done.stdout, done.stderr) == (b"once\n3\n", b"")


def test_a_worker_that_is_killed_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(engines, "_POOLED_PART_ROWS", 0)
    with connect(tmp_path, Scope(), threads=2) as engine, pytest.raises(OutOfResources):
        parted(engine, workers.killed)


def test_an_error_in_a_worker_comes_through(tmp_path, monkeypatch):
    monkeypatch.setattr(engines, "_POOLED_PART_ROWS", 0)
    with connect(tmp_path, Scope(), threads=2) as engine, pytest.raises(ZeroDivisionError):
        parted(engine, workers.broken)


def test_the_documented_views_are_there(tmp_path):
    assert MEMBERS.names
    with connect(write_snapshot(tmp_path, TWELVE, [{"member_id": "a"}]), Scope()) as engine:
        for view in VIEWS:
            assert engine.sql(f"SELECT * FROM {view}").num_rows


def test_rosters_are_what_the_newest_complete_one_and_others_list(tmp_path):
    members = [
        {"member_id": "a", "seen_at": moment("2026-05-05")},
        {"member_id": "z", "seen_at": moment("2026-05-09"), "nickname": "Z"},
        {"member_id": "y", "seen_at": moment("2026-05-10"), "complete": False},
    ]
    listed = "SELECT member_id || CASE WHEN listed THEN '+' ELSE '' END FROM rosters ORDER BY member_id"
    assert column(write_snapshot(tmp_path, TWELVE, members), listed) == ["a", "y", "z+"]


@pytest.mark.parametrize("now", ["2026-05-04 09:01:00", "2026-05-11 12:00:00", "2026-05-11 12:30:00"])
def test_known_ends_of_the_data_change_nothing(tmp_path, now):
    """The data of `TWELVE` begin at 09:00 on the 4th of May and end before noon on the 11th."""
    members = [{"member_id": id, "seen_at": moment(f"2026-05-{day}")} for id, day in (("a", "01"), ("q", "12"))]
    snapshot = write_snapshot(tmp_path, TWELVE, members)
    ends = column(snapshot, "SELECT MIN(local_time) FROM messages") + column(
        snapshot, "SELECT MAX(local_time) FROM messages"
    )
    for scope in (
        Scope(as_of=moment(now)),
        Scope(until=moment(now), since=moment("2026-05-04")),
        Scope(since=ends[0], until=ends[1]),
    ):
        for view in ("posts", "members", "days"):
            with connect(snapshot, scope) as one, connect(snapshot, replace(scope, data=tuple(ends))) as other:
                rows = [sorted(map(str, engine.sql(f"SELECT * FROM {view}").to_pylist())) for engine in (one, other)]
            assert rows[0] == rows[1], (scope, view)
