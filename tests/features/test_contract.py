"""What every feature on the shelf promises; new files are found by themselves."""

from __future__ import annotations

import pickle
from functools import partial

import pyarrow as pa
import pytest

from qunkit import enrich, registry
from qunkit.words import Text

NAMES = registry.names("features")
TEXTS = [
    "明天去露营吗？",
    "",
    None,
    "看 https://U.jd.com/x",
    "[捂脸]",
    "ok",
    "明天去露营吗？",
    "\x00\u200b🏕️",
    "好" * 3000,
]


def compute(name: str, texts: list[str | None]) -> pa.Array:
    """The feature of texts, in one batch."""
    return registry.load("features", name).compute(pa.record_batch({"text": pa.array(texts, pa.string())}))


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_is(name: str) -> None:
    module = registry.load("features", name)
    assert name == module.COLUMN
    assert isinstance(module.VERSION, int)
    assert isinstance(module.HELP, Text)
    assert module.HELP.zh != module.HELP.en


@pytest.mark.parametrize("name", NAMES)
def test_it_keeps_the_length_and_the_type(name: str) -> None:
    for texts in (TEXTS, [], [None], ["", ""]):
        found = compute(name, texts)
        assert len(found) == len(texts)
        assert found.type == enrich.table(name).arrow.field(1).type


@pytest.mark.parametrize("name", NAMES)
def test_it_is_of_the_text_alone(name: str) -> None:
    """Wherever a text stands, and in whatever company, the same is said of it; and nothing of no text."""
    whole = compute(name, TEXTS).to_pylist()
    assert whole == [compute(name, [text]).to_pylist()[0] for text in TEXTS]
    assert whole[::-1] == compute(name, TEXTS[::-1]).to_pylist()
    assert [said is None for said in whole] == [not text for text in TEXTS]


def test_analyses_say_what_they_read() -> None:
    told = set()
    for name in registry.names("analyses"):
        module = registry.load("analyses", name)
        asked = getattr(module, "FEATURES", ())
        kept = "".join(one.sql for one in getattr(module, "KEPT", {}).values())
        sql = module.SQL + getattr(module, "PART_SQL", "") + kept
        read = " FROM features" in sql or "JOIN features" in sql
        assert read == bool(asked), name
        assert set(asked) <= set(NAMES), name
        told |= set(asked)
    assert told


@pytest.mark.parametrize("name", NAMES)
def test_another_process_can_be_sent_it(name: str) -> None:
    """By name, so that Spark's workers, whose package is a zip, find it without looking into folders."""
    function = partial(enrich.over, registry.load("features", name).compute, enrich.table(name))
    batch = pa.record_batch({"text": ["去露营"]})
    [made] = pickle.loads(pickle.dumps(function))(iter([batch]))
    assert made.schema == enrich.table(name).arrow
    assert len(pickle.dumps(function)) < 2000
