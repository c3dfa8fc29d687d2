"""Spark answers as DuckDB does: every analysis, feature and the report, to the last cell and the order of rows.

On this machine (``local[2]``), on a standalone master with two workers, and through a Connect server with the thin client.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import fields
from datetime import timedelta
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from qunkit import enrich, registry
from qunkit.analyze import analyze, coverage
from qunkit.api import open_dataset
from qunkit.dataset import Scope, option_of
from qunkit.engines import duckdb, spark
from qunkit.engines._spark_session import opened
from qunkit.errors import DatasetDamaged, ReadWriteFailed
from qunkit.ingest import store
from qunkit.schema import MESSAGES
from support import clusters
from support.logs import crowd
from support.messages import TWELVE, moment, write_snapshot

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")]
ROWS, COPIES = 5000, 10
HOSTILE = "it's \\ ${env:HOME} :as_of 💥"
NAMES = [None, "", "新人*甲", "新人_甲", HOSTILE]
WORDS = (
    "今天",
    "天气",
    "不错",
    "几点？",
    "在吗",
    "看 https://u.jd.com/x",
    "[捂脸]",
    "Wi-Fi",
    "a\nb",
    "🎉",
    "加V：hao_88，扣扣 123456",
    "13800001111 ￥AbC123dEf45￥",
    "坏了",
    "没人理",
    "我要退款",
    "是假货",
    "已经打12315投诉",
    "缺货了",
    "还没发货",
    "吃了拉肚子",
)
SCOPES = {
    "everything": Scope(),
    "window": Scope(
        since=moment("2026-06-03"), until=moment("2026-07-01 12:00:00"), day_start=4, names="remark",
        groups=("g", HOSTILE), staff=frozenset({"p01"}), staff_of=frozenset({("g", "p03"), ("h", HOSTILE)}), bots=frozenset({"p02", HOSTILE}),
        complaint_words=(("缺货了",), ("退货",)),
    ),
    "past": Scope(until=moment("2026-12-01"), as_of=moment("2026-11-20 23:59:59.999000"), names="nickname", timezone="America/New_York"),
}  # fmt: skip
KEYS = {"messages": "group_id, sent_at, seq", "posts": "group_id, sent_at, seq", "members": "group_id, member_id", "days": "day"}  # fmt: skip


def _rows() -> Iterator[dict]:
    """A crowd with what is hard: times within a second, ties, nulls, names that are code elsewhere, long-gone groups."""
    dice = Random(11)
    for row in crowd(ROWS):
        row["at"] += timedelta(milliseconds=dice.choice([0, 0, 1, 500, 999]))
        row["group_name"] = dice.choice([None, *["Group " + row["group_id"]] * 4])
        row["time_quality"] = dice.choice(["exact", "exact", "exact", "minute", "day"])
        if "event" not in row:
            row["text"] = dice.choice([None, "", "".join(dice.choices(WORDS, k=dice.randint(1, 4)))])
            row["kind"] = dice.choice(
                ["text", "text", "text", "image", "quote", "quote", "miniprogram", "contact_card", "announcement"]
            )
            row |= {"sender_name": dice.choice(NAMES)} if dice.random() < 0.3 else {}
            row |= {"sender_id": f"name:{row['sender_id']}"} if dice.random() < 0.1 else {}
            row |= {"group_id": HOSTILE} if dice.random() < 0.02 else {}
        yield row
    at = moment("2026-06-05 09:00")  # newcomers: one is answered, one is not, one says nothing
    here = {"group_id": "g", "group_name": "Group g"}
    yield {"at": at, **here, "event": "invited", "actor_id": "p00", "target_ids": ["n0", "n1", "n2"]}
    yield {"at": at + timedelta(minutes=1), **here, "sender_id": "n0", "text": "报到"}
    yield {"at": at + timedelta(minutes=2), **here, "sender_id": "n1", "text": "你好", "message_id": "hello"}
    yield {"at": at + timedelta(minutes=3), **here, "sender_id": "p00", "text": "欢迎", "reply_to": "hello"}


def _members() -> Iterator[dict]:
    dice = Random(12)
    for n in range(60):
        for group in ("g", "h", HOSTILE):
            yield {
                "group_id": group, "member_id": f"p{n:02}", "complete": dice.random() < 0.7,
                "seen_at": dice.choice([None, moment("2026-05-20"), moment("2026-06-20 16:30")]),
                "joined_at": dice.choice([None, moment("2026-05-01 15:59:59")]),
                "nickname": dice.choice([None, "", f"n{n}"]), "remark": dice.choice([None, HOSTILE, f"r{n}"]),
            }  # fmt: skip


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory):
    """50,000 rows in a year, in a folder whose name is a pattern elsewhere."""
    folder = write_snapshot(tmp_path_factory.mktemp("parity") / "it's [all] {a} *", _rows(), _members())
    files = sorted(folder.glob("messages/*/*.parquet"))
    once = pa.concat_tables(pq.read_table(file, partitioning=None) for file in files)
    for file in files:
        file.unlink()
        file.parent.rmdir()
    whole = pa.concat_tables(_later(once, copy) for copy in range(COPIES)).sort_by("local_time")
    months = pc.strftime(whole["local_time"], "%Y-%m")
    for month in pc.unique(months).to_pylist():
        file = folder / "messages" / f"month={month}" / "part.parquet"
        file.parent.mkdir(parents=True)
        pq.write_table(whole.filter(pc.equal(months, month)), file, compression="zstd")
    return folder


def _later(table: pa.Table, copy: int) -> pa.Table:
    """The same rows 29 days later, and again, with other ids."""
    shift = pa.scalar(timedelta(days=29 * copy), pa.duration("ms"))
    changed = {name: pc.add(table[name], shift) for name in ("sent_at", "local_time")}
    changed["seq"] = pc.cast(pc.add(table["seq"], copy * ROWS), pa.int32())
    changed |= {name: pc.binary_join_element_wise(table[name], str(copy), "-") for name in ("message_id", "reply_to")}
    return pa.table({name: changed.get(name, table[name]) for name in MESSAGES.names}, schema=MESSAGES.arrow)


@pytest.fixture(scope="session")
def engines(cluster, snapshot):
    """Both engines on a scope, made once."""
    with ExitStack() as stack:
        made = {}

        def of(name):
            if name not in made:
                session = stack.enter_context(opened(cluster))
                made[name] = (
                    stack.enter_context(duckdb.connect(snapshot, SCOPES[name], threads=1)),
                    stack.enter_context(spark.connect(session, snapshot, SCOPES[name])),
                )
            return made[name]

        yield of


def same(told, known):
    """Equal, floats to 11 digits: sums of them differ in the last bits with the order."""
    if isinstance(told, list | tuple) and isinstance(known, list | tuple):
        return len(told) == len(known) and all(map(same, told, known))
    if isinstance(told, float) and isinstance(known, float):
        return math.isclose(told, known, rel_tol=1e-11)
    return told == known and type(told) is type(known)


def first_difference(told, known):
    return next((pair for pair in zip(told, known, strict=True) if not same(*pair)), None)


# -- views and analyses ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("view", KEYS)
@pytest.mark.parametrize("scope", SCOPES)
def test_views_are_the_same(engines, scope, view):
    known, told = (engine.sql(f"SELECT * FROM {view} ORDER BY {KEYS[view]}") for engine in engines(scope))
    assert known.num_rows
    assert told.schema.names == known.schema.names
    assert told.schema.types == known.schema.types
    if not told.cast(known.schema).equals(known):
        assert first_difference(told.to_pylist(), known.to_pylist()) is None


def questions() -> Iterator[pytest.ParameterSet]:
    """Every analysis with its defaults on one scope, for the views are compared on each, and with each other choice on the window.

    The thin client sends the same plans to the same server: the defaults show that.
    """
    for name, scope in zip(registry.names("analyses"), cycle(SCOPES)):
        yield pytest.param(name, scope, {}, id=f"{name}-{scope}")
        for field in fields(registry.load("analyses", name).Params):
            _, choices, _ = option_of(field)
            others = [choice for choice in choices if choice != field.default] or {bool: [not field.default]}.get(type(field.default), [])  # fmt: skip
            for other in others if field.name != "model" and find_spec("py4j") else ():  # there is one model
                yield pytest.param(name, "window", {field.name: other}, id=f"{name}-{field.name}-{other}")


@pytest.mark.parametrize(("name", "scope", "params"), list(questions()))
def test_every_analysis_is_the_same(engines, name, scope, params):
    module = registry.load("analyses", name)
    known, told = (analyze(engine, name, module.Params(**params), scope=SCOPES[scope]) for engine in engines(scope))
    known_rows, told_rows = list(known.rows()), list(told.rows())
    assert known_rows
    assert len(told_rows) == len(known_rows)
    assert first_difference(told_rows, known_rows) is None
    assert told.notes == known.notes


def test_coverage_is_the_same(engines):
    for name, scope in SCOPES.items():
        known, told = (coverage(engine, scope.since) for engine in engines(name))
        assert told == known


@pytest.mark.parametrize("name", registry.names("features"))
def test_every_feature_is_the_same(engines, name):
    shown = []
    for engine in engines("everything"):
        assert enrich.show(engine, [name]) == []
        shown.append(engine.sql("SELECT * FROM features ORDER BY text"))
    assert shown[0].num_rows > 500
    assert shown[1].to_pylist() == shown[0].to_pylist()


# -- the engine -----------------------------------------------------------------------------------------------------
def test_helpers_of_the_prelude(engines):
    text = """
      SELECT epoch_s(TIMESTAMP '1969-12-31 23:59:59.75') AS a, iso_dow(DATE '2026-05-10') AS b,
        days_between(DATE '2026-02-28', DATE '2026-03-01') AS c, week_start(DATE '2026-05-10') AS d, month_start(DATE '2026-05-10') AS e,
        week_start(CAST(NULL AS DATE)) AS f, 7 / 2 AS g, -7 % 3 AS h, :word AS i, :at - INTERVAL '1' DAY AS j, CAST(:at AS DATE) AS k ORDER BY a
    """
    given = {"word": HOSTILE, "at": moment("2026-05-10 00:00:00.001")}
    known, told = (engine.sql(text, **given, unused=1).to_pylist() for engine in engines("everything"))
    assert told == known
    assert known[0] | {"i": 0, "j": 0, "k": 0} == {
        "a": -0.25, "b": 7, "c": 1, "d": moment("2026-05-04").date(), "e": moment("2026-05-01").date(), "f": None, "g": 3.5, "h": -1, "i": 0, "j": 0, "k": 0,
    }  # fmt: skip


def test_nulls_come_first_ascending_and_last_descending(engines):
    for end, wanted in (("", [None, 1, 2]), (" DESC", [2, 1, None])):
        for engine in engines("everything"):
            text = f"SELECT x FROM (VALUES (1), (NULL), (2)) AS v(x) ORDER BY x{end}"
            assert engine.sql(text).column(0).to_pylist() == wanted


def test_functions_run_on_parts_in_the_workers(engines):
    """Those of the engine's own; the order within a part is that of the rows that were asked for."""

    def joined(table):
        import pyarrow as pa

        word = ["".join(table["letter"].to_pylist())] if len(table) else []
        return pa.table({"part": table["part"].slice(0, len(word)), "word": pa.array(word, pa.string())})

    _, engine = engines("everything")
    letters = pa.table({"part": ["a", "b"] * 500, "n": range(1000), "letter": [chr(65 + n // 2 % 26) for n in range(1000)]})  # fmt: skip
    engine.table("letters", letters)
    engine.parts("found", joined, "SELECT part, letter FROM letters ORDER BY part, n", "part", True)
    word = "".join(chr(65 + n % 26) for n in range(500))
    assert engine.sql("SELECT part, word FROM found ORDER BY part").to_pydict() == {"part": ["a", "b"], "word": [word, word]}  # fmt: skip
    engine.parts("found", joined, "SELECT part, letter FROM letters WHERE n < 0 ORDER BY part, n", "part", True)
    empty = engine.sql("SELECT * FROM found")
    assert (empty.num_rows, empty.column_names) == (0, ["part", "word"])


def test_tables_can_be_given_and_given_again(engines):
    _, engine = engines("everything")
    for letters in (["a", "b"], []):
        engine.table("given", pa.table({"letter": pa.array(letters, pa.large_string())}))
        assert engine.sql("SELECT letter FROM given ORDER BY letter")["letter"].to_pylist() == letters


def test_a_parameter_that_is_not_given_is_named(engines):
    with pytest.raises(KeyError, match="word"):
        engines("everything")[1].sql("SELECT :word AS x ORDER BY x")


def test_only_the_files_that_are_named_are_read(cluster, tmp_path, monkeypatch):
    write_snapshot(tmp_path / "here", [*TWELVE, {"at": "2026-07-15 12:00:00"}])
    monkeypatch.chdir(tmp_path)
    folder = Path("here")  # the cluster's processes are in other folders
    with opened(cluster) as session:
        count = "SELECT COUNT(*) AS n FROM messages ORDER BY n"
        with spark.connect(session, folder, Scope(), files=[*folder.glob("messages/month=2026-07/*")]) as engine:
            assert engine.sql(count).to_pylist() == [{"n": 1}]
        with spark.connect(session, folder, Scope(), files=[]) as engine:
            assert engine.sql(count).to_pylist() == [{"n": 0}]


def test_a_file_that_is_gone_or_broken_says_so(cluster, tmp_path):
    folder = write_snapshot(tmp_path, TWELVE)
    [file] = folder.glob("messages/*/*.parquet")
    with opened(cluster) as session, spark.connect(session, folder, Scope()) as engine:
        body = file.read_bytes()
        for damage in (body[:-200], b"not Parquet"):
            file.write_bytes(damage)
            with pytest.raises(DatasetDamaged, match=r"part\.parquet"):
                engine.sql("SELECT COUNT(text) AS n FROM messages ORDER BY n")
        file.unlink()
        with pytest.raises(ReadWriteFailed, match=r"part\.parquet"):
            engine.sql("SELECT COUNT(text) AS n FROM messages ORDER BY n")
        with pytest.raises(ReadWriteFailed, match=r"part\.parquet"):
            spark.connect(session, folder, Scope(), files=[file])


# -- the front door -------------------------------------------------------------------------------------------------
SETTINGS = """
[staff]
names = ["Name p01"]
[staff.groups."Group h"]
ids = ["p03"]
[bots]
ids = ["p02"]
[tags]
both = ["g", "h"]
"""
FILTERS = {
    "tags": {"tag": "both", "last": "4w", "as_of": "2026-06-28", "day_start": 4, "names": "remark"},
    "window": {"group": "Group *", "since": "2026-05-04", "until": "2026-06-30"},
}


@pytest.fixture(scope="session")
def dataset(snapshot, tmp_path_factory):
    """A committed one."""
    folder = tmp_path_factory.mktemp("dataset") / "it's {a} *"
    with store.writing(folder, "Asia/Shanghai", 0) as staging:
        for part in sorted(snapshot.rglob("*.parquet")):
            name = str(part.relative_to(snapshot))
            (staging.path / name).parent.mkdir(parents=True, exist_ok=True)
            (staging.path / name).write_bytes(part.read_bytes())
            staging.finish(name, pq.read_metadata(part).num_rows)
        store.commit(staging, {"sources": [], "fingerprint": "0123456789abcdef", "tz": "Asia/Shanghai"})
    (folder / "qunkit.toml").write_text(SETTINGS, "utf-8")
    return folder


@pytest.mark.parametrize("filters", FILTERS)
def test_filters_settings_and_facts_are_the_same(cluster, dataset, filters):
    here = open_dataset(dataset)
    there = open_dataset(dataset, engine="spark", spark_url=cluster)
    known, told = (one.analyze("activity_members", top=5, **FILTERS[filters]) for one in (here, there))
    assert told.facts == known.facts
    assert list(told.rows()) == list(known.rows())


def test_the_report_is_the_same_and_nothing_else_is_said(cluster, dataset):
    """The whole program: the same bytes, an empty stderr, no process left behind."""

    command = [sys.executable, "-m", "qunkit", "report", "--week", "2026-W24", "--data", str(dataset), "--format", "json"]  # fmt: skip
    known = subprocess.run(command, capture_output=True, check=True)
    command += ["--engine", "spark", "--spark-url", cluster]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as asking:
        told, said = asking.communicate()
        assert (said.decode(), asking.returncode) == ("", 0)
        assert clusters.left(asking.pid) == []
    assert told == known.stdout
    assert {"summary", "attention", "kol", "topics", "response"} <= {
        one["name"] for one in json.loads(told)["sections"]
    }
