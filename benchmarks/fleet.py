"""A folder of 2,000 small files against the same messages in one file."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import exports
from asked import Asked, Row
from exports import Chat
from process import best, measured

FILES = 2000
FORMAT = "chatlab_jsonl"


def rows(asked: Asked) -> list[Row]:
    """One row."""
    many, one = folder(asked), exports.made(Chat(asked.messages), [FORMAT])[FORMAT]
    out = exports.CACHE / "out"
    took = best(
        asked.rounds,
        {
            "one": partial(measured, "ingest.whole", one, out, asked.messages),
            "many": partial(measured, "ingest.whole", many, out, asked.messages),
        },
    )
    shutil.rmtree(out)
    return [
        {
            "format": FORMAT,
            "files": files(asked),
            "one file, s": took["one"].seconds,
            "many, s": took["many"].seconds,
            "÷ one file": took["many"].seconds / took["one"].seconds,
            "CPU ÷ one file's": took["many"].cpu / took["one"].cpu,
            "ms a file": 1000 * (took["many"].seconds - took["one"].seconds) / files(asked),
            "peak MB": took["many"].peak,
        }
    ]


def files(asked: Asked) -> int:
    """How many."""
    return min(FILES, asked.messages // 100)


def folder(asked: Asked) -> Path:
    """The messages in so many files, one after the other."""
    messages, count = asked.messages, files(asked)
    made = exports.CACHE / f"{messages}" / f"fleet-{count}"
    if not made.exists():
        unfinished = made.with_name("fleet.part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        for number in range(count):
            chat = Chat(messages, 0, messages * number // count, messages * (number + 1) // count)
            one = exports.made(chat, [FORMAT])[FORMAT]
            one.replace(unfinished / f"{number:04}.jsonl")
            shutil.rmtree(chat.folder)
        unfinished.rename(made)
    return made
