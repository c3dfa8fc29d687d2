"""How well near-duplicates are found, how fast, and in how much memory: ``python benchmarks/copies.py [TEXTS]``.

Texts are invented: words of jieba's dictionary, drawn as often as they are used, with marks between them. A copy has a share of its signs replaced, left out or
doubled by another.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate, groupby
from pathlib import Path
from random import Random

import jieba

from qunkit.methods.copies import LEAST, band_keys, copies

_WORDS = 20_000
"""The most used ones."""
LENGTHS = {"12-25": (12, 25), "25-160": (25, 160)}
EDITS = (0.03, 0.08, 0.15)


@cache
def vocabulary() -> tuple[list[str], list[int]]:
    """Words, and how often they are used, added up."""
    lines = jieba.Tokenizer().get_dict_file().read().decode().splitlines()
    used = sorted(((int(count), word) for word, count, *_ in map(str.split, lines)), reverse=True)[:_WORDS]
    return [word for _, word in used], list(accumulate(count for count, _ in used))


def invented(dice: Random, least: int, most: int) -> str:
    """A text of `least` to `most` signs."""
    words, weights = vocabulary()
    size = dice.randint(least, most)
    parts = dice.choices(words, cum_weights=weights, k=size)
    text = "".join(word + (dice.choice("，。！ ") if dice.random() < 0.15 else "") for word in parts)
    return text[:size]


def edited(dice: Random, text: str, share: float) -> str:
    """`text` with a `share` of its signs replaced, left out, or others put in; one at least."""
    signs = list(text)
    others = invented(dice, len(text), len(text))
    for other in others[: max(1, round(share * len(text)))]:
        at, how = dice.randrange(len(signs)), dice.randrange(3)
        signs[at : at + (how < 2)] = [] if how == 0 else [other]
    return "".join(signs)


def recall(dice: Random, lengths: tuple[int, int], share: float, pairs: int) -> float:
    """Share of texts whose edited copy is found to be one, among all the others; both have the signs that it takes."""
    texts = [invented(dice, *lengths) for _ in range(pairs)]
    both = [(text, copy) for text in texts if len(copy := edited(dice, text, share)) >= LEAST]
    found = copies([text for text, _ in both] + [copy for _, copy in both])
    return sum(found[: len(both)] == found[len(both) :]) / len(both)


def false_pairs(dice: Random, texts: int) -> tuple[int, int]:
    """Pairs of texts that have nothing to do with each other and are taken for copies, and pairs in all."""
    unrelated = list({invented(dice, 12, 160) for _ in range(texts)})
    found = sorted(copies(unrelated).tolist())
    sizes = [len(list(some)) for _, some in groupby(found)]
    return sum(n * (n - 1) // 2 for n in sizes), len(unrelated) * (len(unrelated) - 1) // 2


def chat(dice: Random, texts: int) -> list[str]:
    """Distinct texts, as long as those of chats; one in ten is an edited copy of one before."""
    made: dict[str, None] = {}
    kept: list[str] = []
    while len(made) < texts:
        text = edited(dice, dice.choice(kept), 0.08) if kept and dice.random() < 0.1 else invented(dice, 12, 60)
        if text not in made:
            made[text] = None
            kept.append(text)
    return list(made)


def figures(texts: int) -> Iterator[str]:
    """What is found, line by line."""
    dice = Random(20261122)
    for name, lengths in LENGTHS.items():
        for share in EDITS:
            yield f"recall, {name} signs, {share:.0%} edits: {recall(dice, lengths, share, 5000):.4f}"
    yield "false pairs among unrelated: {} of {}".format(*false_pairs(dice, 50_000))
    base = invented(dice, 100, 100)
    template = list({edited(dice, base, 0.08) for _ in range(100_000)})
    seconds, _ = spent(template)
    yield f"{len(template)} copies of one text of 100 signs: {seconds:.1f} s CPU, {len(set(copies(template).tolist()))} copies"
    said = chat(dice, texts)
    before = peak()
    began = time.process_time()
    band_keys(said[:100_000])
    yield f"signatures: {min(texts, 100_000) / (time.process_time() - began):,.0f} texts/s"
    seconds, found = spent(said)
    yield f"{texts} texts of {sum(map(len, said)) / texts:.0f} signs: {texts / seconds:,.0f} texts/s, {len(set(found))} copies"
    yield f"peak MB: {peak()}, of which {before} were there before"


def spent(texts: Sequence[str]) -> tuple[float, list[int]]:
    """CPU seconds, and the copies."""
    began = time.process_time()
    found = copies(texts).tolist()
    return time.process_time() - began, found


def peak() -> int:
    """The most memory that this process had, in MB."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) >> 10 if found else 0


if __name__ == "__main__":
    for line in figures(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000):
        print(line, flush=True)
