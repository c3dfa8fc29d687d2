"""What every renderer of the shelf promises; a new file on the shelf is tested without an edit here."""

from __future__ import annotations

import dataclasses
import inspect
import io
import os
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit import registry
from qunkit.words import Text
from support.shelves import BYTES, TABLES

steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

NAMES = registry.names("renderers")
# A renderer that writes bytes says so, and one that writes graphs only; their own tests read them back.
TEXTS = [name for name in TABLES if name not in BYTES]
PEOPLE = ("terminal", "markdown", "html")
STEERING = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0))} - set("\t\r\n") | set(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def _write(name: str, thing: Any, lang: str = "en") -> str:
    out = io.StringIO(newline="")
    registry.load("renderers", name).write(thing, out, lang)
    return out.getvalue()


def _bytes(name: str, thing: Any, lang: str = "en") -> bytes:
    out = io.BytesIO()
    registry.load("renderers", name).write(thing, out, lang)
    return out.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_it_has_a_title_a_suffix_and_write(name: str) -> None:
    module = registry.load("renderers", name)
    assert isinstance(module.TITLE, Text)
    assert module.SUFFIX.startswith(".")
    assert list(inspect.signature(module.write).parameters)[:3] == ["thing", "out", "lang"]


@pytest.mark.parametrize("name", BYTES)
@pytest.mark.parametrize("thing", ["ordinary", "empty", "hours", "hostile"])
def test_bytes_are_the_same_twice(sample: ModuleType, name: str, thing: str) -> None:
    written = _bytes(name, getattr(sample, thing)())
    assert written == _bytes(name, getattr(sample, thing)())
    assert len(written) > 100


def test_suffixes_differ() -> None:
    suffixes = [registry.load("renderers", name).SUFFIX for name in NAMES]
    assert len(set(suffixes)) == len(suffixes)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("thing", ["ordinary", "empty", "hours", "hostile", "weekly"])
def test_the_same_twice_and_in_utf8(sample: ModuleType, name: str, thing: str) -> None:
    written = _write(name, getattr(sample, thing)())
    assert written == _write(name, getattr(sample, thing)())
    written.encode()
    assert written.endswith("\n") or not written


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in PEOPLE])
@pytest.mark.parametrize("thing", ["ordinary", "weekly", "hours"])
def test_machine_formats_ignore_the_language(sample: ModuleType, name: str, thing: str) -> None:
    assert _write(name, getattr(sample, thing)(), "zh") == _write(name, getattr(sample, thing)(), "en")


@pytest.mark.parametrize("name", [name for name in TEXTS if name in PEOPLE])
def test_people_get_their_language(sample: ModuleType, name: str) -> None:
    assert "关键成员" in _write(name, sample.ordinary(), "zh")
    assert "Key people" in _write(name, sample.ordinary(), "en")


@pytest.mark.parametrize("name", TEXTS)
@steady
@given(text=st.text(st.characters(exclude_categories=()), max_size=30))
def test_nothing_steers(sample: ModuleType, name: str, text: str) -> None:
    written = _write(name, sample.hostile((text, *sample.HOSTILE)))
    assert not set(written) & STEERING


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in PEOPLE])
def test_rows_are_written_as_they_come(sample: ModuleType, name: str) -> None:
    """The renderer asks for row n + 1 only when row n is written."""
    out = io.StringIO(newline="")
    seen: list[int] = []

    def rows() -> Any:
        for at in range(5):
            seen.append(out.getvalue().count(f"row-{at - 1}"))
            yield (f"row-{at}", [], at)

    registry.load("renderers", name).write(dataclasses.replace(sample.hostile(()), cells=rows()), out, "en")
    assert seen == [0, 1, 1, 1, 1]


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "Only the first 7 rows, 9,993 are left out; --format tsv gives all."),
        ("zh", "只显示前 7 行，其余 9,993 行未显示，--format tsv 可得到全部。"),
    ],
)
def test_P16_for_people_rows_are_capped_and_the_cap_is_told(
    sample: ModuleType, name: str, lang: str, said: str
) -> None:
    result = dataclasses.replace(sample.hostile(()), cells=((f"row-{at}", [], at) for at in range(10_000)))
    out = io.StringIO()
    assert registry.load("renderers", name).write(result, out, lang, limit=7) == [said]
    assert out.getvalue().count("row-") == 7
    assert said in out.getvalue().replace("\n  ", "")


@pytest.mark.parametrize("name", PEOPLE)
def test_P16_a_report_says_of_which_section(sample: ModuleType, name: str) -> None:
    report = sample.weekly()
    out = io.StringIO()
    left_out = registry.load("renderers", name).write(report, out, "en", limit=2)
    assert left_out[0] == "Key people: Only the first 2 rows, 3 are left out; --format tsv gives all."
    assert "Only the first 2 rows, 3 are left out" in out.getvalue()


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_left_out_is_nothing_said(sample: ModuleType, name: str) -> None:
    for thing in (sample.ordinary(), sample.empty(), sample.weekly()):
        assert not registry.load("renderers", name).write(thing, io.StringIO(newline=""), "en")


def test_the_same_bytes_in_another_world(sample: ModuleType) -> None:
    """Another time zone, locale and hash seed; a fresh process."""
    code = (
        "import sys, io; sys.path.insert(0, sys.argv[1]); import sample; from qunkit import registry\n"
        "for name in sys.argv[2:]:\n"
        "    registry.load('renderers', name).write(sample.weekly(), sys.stdout, 'zh')\n"
    )
    here = str(sample.__file__).rpartition("/")[0]
    world = {
        **os.environ,
        "TZ": "Asia/Kathmandu",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "COLUMNS": "100",
        "PYTHONUTF8": "1",
    }
    names = [name for name in TEXTS if name != "terminal"]
    run = subprocess.run([sys.executable, "-c", code, here, *names], env=world, capture_output=True, check=True)
    assert run.stdout.decode() == "".join(_write(name, sample.weekly(), "zh") for name in names)


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys; from qunkit import registry\n"
        "for name in registry.names('renderers'): registry.load('renderers', name)\n"
        "print(sorted({'pandas', 'pyarrow', 'duckdb', 'numpy', 'rich', 'wcwidth', 'jinja2'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert run.stdout == "[]\n"
