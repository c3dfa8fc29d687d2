"""No text takes more than its length in time: four times as much of an attack takes nowhere near sixteen times as long.

Measured is the processor's time of this process, so that a busy machine makes no difference; a doubtful case is measured again.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from fuzz.exports import Family, example
from fuzz.targets import TARGETS
from fuzz.wording import PLATFORMS
from qunkit import registry

RATIO, ATTEMPTS = 10, 3
"""Of four times the length, where linear is 4 and quadratic 16; and how often a doubtful case is measured."""
LEAST = 0.03
"""Seconds: less is taken for so much, for the ratio of next to nothing is chance."""
SMALL, LARGE = 1 << 13, 1 << 15
READERS = [name for name in registry.names("formats") if not name.endswith("_xlsx")]
EVERY = Family("any", ("",))

WORST = ("\n", " ", '"', '{"a":[', '<div class="message">\n', "2024-12-01 08:00:00 甲\n")
ATTACKS = (
    *WORST, "\r\n", "\r", "\t", " \n", "'", "[", "(", "\\", "1", "甲", "@", "<", ">", "&", "&#1", ";", ",", ":", "-", "=", "*", "#", "\0",
    "{},", "{}\n", '"a,\n', 'a,"b\n', "<a>", "<a ", "<!--", "<![CDATA[", "/*", "('", "(1,'a'),", "INSERT INTO messages VALUES (",
    "[12/1/24, 08:00:00] ", "「", "「甲：", "<msg><appmsg>", "@a\u2005", "=E5", "=?utf-8?B?", "---------\n", "=======\n", "**", "\\ud83d", "\u2028", "\u202f",
)  # fmt: skip


def quadratic(run: Callable[[str], object], attack: str, length: int) -> str | None:
    """What is wrong, if anything."""
    for _ in range(ATTEMPTS):
        once, fourfold = (_seconds(run, attack * (size // len(attack) + 1)) for size in (length, 4 * length))
        if fourfold < RATIO * max(once, LEAST):
            return None
    return f"{attack[:20]!r}: {once:.2f} s, and of four times the length {fourfold:.2f} s"


def _seconds(run: Callable[[str], object], text: str) -> float:
    begin = time.process_time()
    run(text)
    return time.process_time() - begin


def _reader(name: str, before: bytes) -> Callable[[str], object]:
    """The format reading a text behind some of its own."""
    head = f"{name}{' map' if name == 'mapped' else ''}\n".encode() + before
    return lambda text: EVERY.run(head + text.encode())


@pytest.mark.parametrize("name", READERS)
def test_the_worst_that_every_reader_may_meet(name: str) -> None:
    sample = example(name)
    wrong = [quadratic(_reader(name, sample[: len(sample) * 2 // 3]), attack, SMALL) for attack in WORST]
    assert not any(wrong), wrong


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_whatever_is_repeated(name: str) -> None:
    sample = example(name)
    own = sample[len(sample) // 3 : len(sample) // 2].decode("utf-8", "replace") or "x"
    readers = [_reader(name, before) for before in (b"", sample, sample[: len(sample) * 2 // 3])]
    wrong = [quadratic(reader, attack, LARGE) for reader in readers for attack in (*ATTACKS, own)]
    assert not any(wrong), wrong


@pytest.mark.parametrize("platform", PLATFORMS)
def test_sentences(platform: str) -> None:
    run = TARGETS["notices"].run
    sentences = (
        '"甲"邀请"乙',
        "你将",
        "、乙",
        '"甲"',
        "拍了拍",
        "加入了群聊",
        "(wxid_a)、",
        "$names$",
        " added ",
        " changed ",
    )
    wrong = [
        quadratic(lambda text: run(f"{platform}\n{text}".encode()), one, SMALL)
        for one in (*sentences, *WORST, " ", "「", "@a\u2005", "#接龙 1.")
    ]
    assert not any(wrong), wrong


def test_markup() -> None:
    run = TARGETS["appmsg"].run
    pieces = (
        "<a>",
        "<a",
        "<msg>",
        "<a b='",
        "&lt;",
        "&amp;",
        "<![CDATA[",
        "{'a':",
        "[",
        "(",
        '"${a}"',
        "$a$",
        "</a>",
        "<a/>",
        "x: ",
        "1\n",
        " ",
        "\\N{",
    )
    whole = [quadratic(lambda text: run(text.encode()), one, SMALL) for one in pieces]
    inside = [
        quadratic(lambda text: run(f"<msg><a>{text}</a></msg>".encode()), one, SMALL)
        for one in ("<a/>", "<b></b>", "x", "&lt;", "]]&gt;")
    ]
    assert not any([*whole, *inside]), [*whole, *inside]


def test_times() -> None:
    run = TARGETS["times"].run
    pieces = (
        "1",
        "1/",
        "2024-",
        " ",
        "上午",
        ":00",
        "\u202f",
        "2024-12-01 ",
        "a.m.",
        "+08",
        ".1",
        "\n1",
        "\n2024-12-01",
        "\n1/2/2024",
    )
    wrong = [quadratic(lambda text: run(f"d\n2024-12-01 08:00{text}".encode()), one, SMALL) for one in pieces]
    assert not any(wrong), wrong
