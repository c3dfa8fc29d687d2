"""The benchmarks run, their chats are what they say, and what they measure against gives the same answers. No test looks at a clock."""

import importlib
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))

import answers  # noqa: E402
import bare  # noqa: E402
import chats  # noqa: E402
import datasets  # noqa: E402
import exports  # noqa: E402
import page  # noqa: E402
import pyarrow.compute as pc  # noqa: E402
import run  # noqa: E402
from asked import Asked  # noqa: E402

from qunkit import open_dataset  # noqa: E402

MESSAGES = 1000
NEEDS_NETWORK = ("peers",)
BY_ANALYSIS = ("answers", "limited")
"""Many processes an analysis: one is enough."""


@pytest.fixture
def cache(tmp_path, monkeypatch):
    for module in (exports, datasets):
        monkeypatch.setattr(module, "CACHE", tmp_path)
    return tmp_path


def test_the_same_chat_is_invented_however_much_of_it_is_asked_for():
    whole, part = next(chats.batches(60_000)), next(chats.batches(60_000, start=100, stop=130))
    assert part.number.tolist() == list(range(100, 130))
    assert part.text.to_pylist() == whole.text[100:130].to_pylist()
    assert part.clock.to_pylist() == whole.clock[100:130].to_pylist()


def test_chats_look_like_chats():
    batch = next(chats.batches(50_000))
    texts = batch.text.filter(batch.of("text"))
    assert 18 < pc.mean(pc.utf8_length(texts)).as_py() < 23
    assert len(texts.unique()) > len(texts) / 2
    assert 0.08 < pc.mean(pc.match_substring(texts, "\n").cast("double")).as_py() < 0.2
    assert (batch.at[1:] >= batch.at[:-1]).all()
    assert set(batch.kind.tolist()) == set(range(len(chats.KINDS)))
    assert 1 < (batch.sender == 0).sum() / (batch.sender == 1).sum() < 3


@pytest.mark.parametrize("names", [exports.MAIN], ids=["all"])
def test_every_export_is_ingested_whole_and_says_the_same(names, cache):
    made = exports.made(exports.Chat(400), names)
    chat = open_dataset(cache / "dataset")
    summary = chat.ingest(*made.values())
    assert [(file.new + file.known, file.rejected) for file in summary.files] == [(400, 0)] * len(names)
    assert sum(file.new for file in summary.files) == 400


@pytest.mark.parametrize("name", sorted(bare.ANSWERS))
def test_an_answer_by_hand_is_the_analysis(name, cache):
    with answers.HELD:
        answers.same(str(datasets.made(MESSAGES, 4)), name)()


def test_every_analysis_without_parts_of_others_has_an_answer_by_hand():
    from qunkit import registry

    lacking = set(registry.names("analyses")) - set(bare.ANSWERS)
    assert {name.partition("_")[0] for name in lacking} == {
        "topics",
        "ads",
        "calls",
        "churn",
        "complaints",
        "growth",
        "kol",
        "lifecycle",
        "members",
        "network",
        "replies",
        "response",
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in run.BENCHMARKS if name not in NEEDS_NETWORK + BY_ANALYSIS])
def test_every_benchmark_runs(name, tmp_path):
    command = [sys.executable, ROOT / "benchmarks/run.py", name, "--messages", str(MESSAGES), "--rounds", "1", "--dry"]
    done = subprocess.run(command, capture_output=True, text=True, env={"QUNKIT_BENCH": str(tmp_path)}, timeout=300)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^\| --", done.stdout, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_ANALYSIS)
def test_an_analysis_is_measured(name, cache):
    data = datasets.made(MESSAGES, 4)
    row = importlib.import_module(name)._row("activity_sessions", str(data), Asked(MESSAGES, 1))
    assert row["analysis"] == "activity sessions"
    assert all(figure > 0 for figure in row.values() if isinstance(figure, int | float))


def test_formats_that_are_not_asked_for_are_left_out(cache):
    spec = importlib.util.spec_from_file_location("memory_of_ingests", ROOT / "benchmarks/memory.py")
    module = importlib.util.module_from_spec(spec)  # by its place: tests have a module of that name, too
    spec.loader.exec_module(module)
    rows = module.rows(Asked(MESSAGES, 1, ("memotrace_txt",)))
    assert [list(row) for row in rows] == [["messages", "memotrace_txt, MB"]]


def test_a_huge_chat_has_no_more_a_day():
    assert chats.days(100_000_000) == 10 * chats.days(10_000_000)


def test_figures_take_the_place_of_those_of_the_same_size(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "FIGURES", tmp_path / "figures.json")
    monkeypatch.setattr(page, "PAGE", tmp_path / "page.md")
    page.PAGE.write_text(
        "Before.\n<!-- bench: a -->\nold\n<!-- end -->\nAfter.\n<!-- bench: b -->\n<!-- end -->\n", "utf-8"
    )
    about = {"rounds": 3, "machine": "4 cores", "date": "2026-11-22"}
    page.add("a", 1000, {"rows": [{"x": "p|q", "n": 1234567, "f": 0.0123, "g": 1234.5}], **about})
    page.add("a", 100, {"rows": [{"x": "r", "n": None}], **about})
    page.add("a", 100, {"rows": [{"x": "s", "n": 7}], **about})
    assert list(json.loads(page.FIGURES.read_text("utf-8"))["a"]) == ["100", "1000"]
    assert page.PAGE.read_text("utf-8") == (
        "Before.\n<!-- bench: a -->\n"
        "\n100 messages, least of 3 rounds; 4 cores; 2026-11-22.\n\n| x | n |\n| --- | --: |\n| s | 7 |\n\n"
        "\n1,000 messages, least of 3 rounds; 4 cores; 2026-11-22.\n\n"
        "| x | n | f | g |\n| --- | --: | --: | --: |\n| p\\|q | 1,234,567 | 0.0123 | 1,234 |\n\n"
        "<!-- end -->\nAfter.\n<!-- bench: b -->\n<!-- end -->\n"
    )


def test_every_benchmark_has_its_place_on_the_page():
    assert re.findall(r"<!-- bench: (\w+) -->", page.PAGE.read_text("utf-8")) == list(run.BENCHMARKS)
