"""Every input that reached something or broke something, and a round of random changes that is always the same. Needs no atheris.

What the finds were stands in finds/README.md; each stays, under the target that found it.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from fuzz.mutate import mutate
from fuzz.targets import HERE, TARGETS
from qunkit import registry

ROUNDS = 240
"""Random changes per target: more than four thousand in all."""
SHARDS = 4
LONGEST = 1 << 14


@pytest.mark.parametrize("name", TARGETS)
def test_every_input_of_the_corpus(name: str) -> None:
    target = TARGETS[name]
    for data in target.inputs()[: 3 if target.slow else None]:
        target.check(data)


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("name", TARGETS)
def test_random_changes(name: str, shard: int) -> None:
    target, dice = TARGETS[name], Random(f"{name} {shard}")
    inputs, words = target.inputs(), target.words
    for _ in range(1 if target.slow else ROUNDS // SHARDS):
        target.check(mutate(dice.choice(inputs), dice, words, inputs, LONGEST))


@pytest.mark.parametrize("path", sorted(HERE.glob("finds/*/*")), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_stays_mended(path: Path) -> None:
    assert path.name in (HERE / "finds" / "README.md").read_text(encoding="utf-8")
    target = TARGETS[path.parent.name]
    assert target.run(path.read_bytes()) == target.run(path.read_bytes())


def test_every_format_is_in_a_family() -> None:
    from fuzz.exports import Family

    families = [
        target.run.__self__ for target in TARGETS.values() if isinstance(getattr(target.run, "__self__", None), Family)
    ]
    told = {name for family in families if family.name != "any" for name in family.formats}
    assert {name for name in registry.names("formats") if not name.endswith("_xlsx")} == told


def test_the_harness_bites(monkeypatch: pytest.MonkeyPatch) -> None:
    """A format that loses a byte, and one that raises, are found."""
    from qunkit.formats import qce_txt
    from qunkit.ingest.ledger import LedgerBroken

    seed = next(seed for seed in TARGETS["text"].inputs() if seed.startswith(b"qce_txt"))
    TARGETS["text"].run(seed)
    original = qce_txt.read

    def forgetful(source: object) -> object:
        for batch in original(source):  # type: ignore[arg-type]
            batch.framing = []
            yield batch

    monkeypatch.setattr(qce_txt, "read", forgetful)
    with pytest.raises(LedgerBroken):
        TARGETS["text"].run(seed)


def test_the_corpus_is_small() -> None:
    assert sum(path.stat().st_size for path in HERE.glob("*/*/*")) < 1 << 20


def test_a_sealed_manifest_is_read() -> None:
    """Else nothing behind CURRENT would be tried."""
    inputs = [one for one in TARGETS["dataset"].inputs() if one.startswith(b"manifest.json sealed\n")]
    assert any(TARGETS["dataset"].run(one).startswith("Asia/Shanghai ") for one in inputs)
