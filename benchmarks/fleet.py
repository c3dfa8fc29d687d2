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
    files = min(FILES, asked.messages // 100)
    many, one = _many(asked.messages, files), exports.made(Chat(asked.messages), [FORMAT])[FORMAT]
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
            "files": files,
            "one file, s": took["one"].seconds,
            "many, s": took["many"].seconds,
            "÷ one file": took["many"].seconds / took["one"].seconds,
            "CPU ÷ one file's": took["many"].cpu / took["one"].cpu,
            "ms a file": 1000 * (took["many"].seconds - took["one"].seconds) / files,
            "peak MB": took["many"].peak,
        }
    ]


def _many(messages: int, files: int) -> Path:
    """A folder with the messages in so many files, one after the other."""
    folder = exports.CACHE / f"{messages}" / f"fleet-{files}"
    if not folder.exists():
        unfinished = folder.with_name("fleet.part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        for number in range(files):
            chat = Chat(messages, 0, messages * number // files, messages * (number + 1) // files)
            made = exports.made(chat, [FORMAT])[FORMAT]
            made.replace(unfinished / f"{number:04}.jsonl")
            shutil.rmtree(chat.folder)
        unfinished.rename(folder)
    return folder
