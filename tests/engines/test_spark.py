"""Spark where there is none: what is refused, what is said, what is sent. Its answers are tests/spark's."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from qunkit import registry
from qunkit.api import open_dataset
from qunkit.cli.main import run
from qunkit.config.tables import Config
from qunkit.engines import _spark_session
from qunkit.engines._spark_package import pack
from qunkit.engines._spark_reasons import reason
from qunkit.engines._views import among, text
from qunkit.errors import (
    BadConfig,
    BadOption,
    DatasetDamaged,
    NoJava,
    NotOnWorkers,
    OtherPython,
    OutOfResources,
    ReadWriteFailed,
    SparkFailed,
    SparkMissing,
    SparkUnreachable,
    UsageError,
    WorkerLacks,
)
from qunkit.question import Filters, Machine, ask
from support.datasets import make_dataset
from support.fleets import fleet
from support.messages import TWELVE


@pytest.fixture
def dataset(tmp_path):
    return make_dataset(tmp_path / "data", TWELVE)


def asked(dataset, **machine):
    with ask(dataset, Config(), Filters(), Machine(**machine)):
        pass


# -- what is refused ------------------------------------------------------------------------------------------------
def test_an_engine_that_is_none(dataset):
    with pytest.raises(BadOption, match="--engine: 'flink' is not one of duckdb, spark"):
        asked(dataset, engine="flink")
    with pytest.raises(UsageError, match="add --engine spark"):
        asked(dataset, spark_url="sc://127.0.0.1")


@pytest.mark.parametrize("url", ["127.0.0.1:7077", "yarn", "http://127.0.0.1"])
def test_an_address_that_is_none(dataset, url):
    with pytest.raises(BadOption, match="--spark-url"):
        asked(dataset, engine="spark", spark_url=url)


def test_a_server_has_limits_of_its_own(dataset):
    for limit in ({"threads": 2}, {"memory_limit": "2GB"}):
        with pytest.raises(UsageError, match="Connect server"):
            asked(dataset, engine="spark", spark_url="sc://127.0.0.1", **limit)


def test_pseudonyms_are_not_made_elsewhere(dataset):
    with pytest.raises(UsageError, match="--engine duckdb"):
        open_dataset(dataset, engine="spark").analyze("groups", pseudonymise=True)


@pytest.mark.parametrize("command", [["sql", "SELECT 1"], ["messages"]])
def test_commands_that_are_duckdbs_alone(dataset, command, capsys):
    for more in (["--engine", "spark"], ["--spark-url", "sc://127.0.0.1"]):
        assert run([*command, "--data", str(dataset), *more]) == 2
        assert f"`qunkit {command[0]}` is answered by DuckDB" in capsys.readouterr().err
    assert run([*command, "--data", str(dataset), "--engine", "duckdb"]) == 0


def test_settings_name_the_engine_and_options_go_before_them(dataset, capsys):
    (dataset / "qunkit.toml").write_text('[engine]\nname = "spark"\nspark_url = "mesos://x"', "utf-8")
    own = open_dataset(dataset)
    assert own.settings.hash == Config().hash
    with pytest.raises(BadOption, match="mesos"):
        own.analyze("groups")
    assert open_dataset(dataset, engine="duckdb").analyze("groups").facts["groups"] == 1
    assert own.messages().read_all().num_rows == 12
    assert run(["groups", "--data", str(dataset), "--engine", "duckdb"]) == 0


def test_exports_are_read_by_what_settings_and_options_name(tmp_path, monkeypatch):
    """Spark starts with the first file that it is to read: where it cannot, nothing is made."""
    exports, settings = fleet(tmp_path / "exports"), tmp_path / "q.toml"
    settings.write_text('[engine]\nname = "spark"\nspark_url = "mesos://x"', "utf-8")
    data = tmp_path / "data"
    with pytest.raises(BadOption, match="mesos"):
        open_dataset(data, settings=settings).ingest(exports)
    with pytest.raises(BadOption, match="flink"):
        open_dataset(data, engine="flink").ingest(exports)
    with pytest.raises(UsageError, match="add --engine spark"):
        open_dataset(data, spark_url="sc://127.0.0.1").ingest(exports)
    assert run(["ingest", str(exports), "--data", str(data), "--engine", "spark", "--spark-url", "yarn"]) == 2
    monkeypatch.setattr(_spark_session, "find_spec", lambda name: None)
    with pytest.raises(SparkMissing):
        open_dataset(data, engine="spark").ingest(exports)
    assert not data.exists()
    own = open_dataset(data, engine="spark")
    assert own.ingest(tmp_path / "nothing").code == 66
    with (exports / "0.jsonl").open("rb") as file:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(file))
        assert own.ingest("-").code == 0
    assert open_dataset(data, settings=settings, engine="duckdb").ingest(exports / "1.jsonl").code == 0


@pytest.mark.parametrize("line", ['name = "flink"', "spark_url = 7077", 'spark_url = ""', 'url = "sc://x"'])
def test_settings_that_mean_nothing(dataset, line):
    (dataset / "qunkit.toml").write_text(f"[engine]\n{line}", "utf-8")
    with pytest.raises(BadConfig, match=r"engine\."):
        open_dataset(dataset).analyze("groups")


# -- what is missing ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("url", "extra"), [("sc://127.0.0.1", "spark"), ("spark://127.0.0.1", "spark-local"), ("local[2]", "spark-local"), (None, "spark-local")])  # fmt: skip
def test_a_package_that_is_missing_is_named_with_its_extra(dataset, monkeypatch, url, extra):
    monkeypatch.setattr(_spark_session, "find_spec", lambda name: None)
    with pytest.raises(SparkMissing) as told:
        asked(dataset, engine="spark", spark_url=url)
    assert f"pip install 'qunkit[{extra}]'" in told.value.hint("en")


@pytest.mark.parametrize("url", ["sc://127.0.0.1:1/;token=secret", "spark://127.0.0.1:1,127.0.0.1:2"])
def test_a_server_that_does_not_answer(monkeypatch, url):
    monkeypatch.setattr(_spark_session, "_must_have", lambda modules, extra: None)
    monkeypatch.setitem(sys.modules, "pyspark", _Idle())
    monkeypatch.setitem(sys.modules, "pyspark.sql", _Idle())
    with pytest.raises(SparkUnreachable) as told, _spark_session.opened(url):
        pass
    assert "127.0.0.1:1" in str(told.value)
    assert "secret" not in str(told.value)


class _Idle:
    """Just enough of pyspark: no driver is up."""

    SparkSession = None

    class SparkContext:
        _active_spark_context = None


def test_java_is_looked_for_where_it_is_said_to_be(monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert _spark_session._java() is None
    assert "JAVA_HOME" in NoJava().hint("en")


# -- what Spark says ------------------------------------------------------------------------------------------------
class Said(Exception):
    """As pyspark raises it."""

    __module__ = "pyspark.errors.exceptions.captured"


class AnalysisException(Said):
    __module__ = Said.__module__


REASONS = [
    ("[PYTHON_VERSION_MISMATCH] Python in worker has different version: 3.12", OtherPython),
    ("ModuleNotFoundError: No module named 'pyarrow'", WorkerLacks),
    ("java.lang.OutOfMemoryError: Java heap space", OutOfResources),
    ("org.apache.spark.SparkException: Python worker exited unexpectedly (crashed)", OutOfResources),
    ("ExecutorLostFailure (executor 1 exited caused by one of the running tasks)", OutOfResources),
    ("java.io.IOException: No space left on device", ReadWriteFailed),
    ("[PATH_NOT_FOUND] Path does not exist: file:{there}", NotOnWorkers),
    ("[FAILED_READ_FILE.FILE_NOT_EXIST] reading file file://{there}. SQLSTATE", NotOnWorkers),
    ("java.io.FileNotFoundException: {there} (Permission denied)", NotOnWorkers),
    ("[PATH_NOT_FOUND] Path does not exist: file:{gone}", ReadWriteFailed),
    ("[FAILED_READ_FILE.NO_HINT] reading file file://{there}. SQLSTATE", DatasetDamaged),
    ("Job aborted: 'a text of the chats'", SparkFailed),
]


@pytest.mark.parametrize(
    ("words", "kind"), REASONS, ids=[kind.__name__ + str(n) for n, (_, kind) in enumerate(REASONS)]
)
def test_what_spark_says_is_told_without_its_words(tmp_path, words, kind):
    there = tmp_path / "part.parquet"
    there.touch()
    told = reason(Said(words.format(there=there, gone=tmp_path / "gone.parquet")), tmp_path)
    assert type(told) is kind
    assert "chats" not in str(told)
    if kind in (NotOnWorkers, DatasetDamaged):
        assert str(there) in str(told)


def test_what_py4j_logs_is_not_said(caplog):
    """It logs to the root of all loggers, with what Java said."""
    logging.getLogger().addFilter(_spark_session._is_not_py4js)
    try:
        for place in ("/x/py4j/clientserver.py", "/x/mine.py"):
            record = logging.LogRecord("root", logging.ERROR, place, 1, "said", None, None)
            logging.getLogger().handle(record)
        assert [one.pathname for one in caplog.records] == ["/x/mine.py"]
    finally:
        logging.getLogger().removeFilter(_spark_session._is_not_py4js)


def test_a_mistake_of_ours_stays_a_bug(tmp_path):
    for error in (AnalysisException("[UNRESOLVED_COLUMN]"), ZeroDivisionError()):
        assert reason(error, tmp_path) is error


# -- what is sent ---------------------------------------------------------------------------------------------------
def test_the_package_is_packed_whole_and_always_alike(tmp_path):
    (tmp_path / "other").mkdir()
    one, other = pack(tmp_path), pack(tmp_path / "other")
    assert (one.name, one.read_bytes()) == (other.name, other.read_bytes())
    names = set(ZipFile(one).namelist())
    assert {"qunkit/__init__.py", "qunkit/analyses/groups.py", "qunkit/engines/spark.py"} <= names
    assert not [name for name in names if name.endswith(".pyc") or Path(name).is_absolute()]


def test_shelves_are_found_in_the_package_as_it_is_sent(tmp_path):
    """What Spark's workers do: they have the zip on their path, and not unpacked."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); from qunkit import registry; print(registry.__file__, *registry.names('formats'), registry.load('formats', 'weflow_json').TITLE.en)"
    told = subprocess.run(
        [sys.executable, "-c", code, pack(tmp_path)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    place, *names = told.stdout.split()
    assert place.startswith(str(tmp_path))
    assert names[: len(registry.names("formats"))] == list(registry.names("formats"))


def test_literals_read_alike_everywhere():
    assert text("Group g") == "'Group g'"
    assert text("it's \\n") == "('it' || CHR(39) || 's ' || CHR(92) || 'n')"
    assert among("x", ()) == "FALSE"
    assert among("x", ("b", "a")) == "x IN ('a', 'b')"
