"""Test-only writers: a made-up group, byte for byte as a tool would have exported it; one module a format, found by looking here.

A module is a `qunkit.demo.writers.Writer` (``TOOL``, ``FORMAT``, ``shown``, ``write``) with two more names:

``KEEPS``
    What the format keeps of every message, some of `FACTS`.
``DROPS`` (may be left out)
    Kinds of messages that the tool leaves out.
``joined`` (may be left out)
    For a tool that joins messages: the messages of a chat as they come back.
``EMPTIES`` (may be left out)
    "text" or "quote": kinds whose words the tool leaves out.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

FACTS = {
    "seconds": "times to the second, else to the minute",
    "ids": "message ids, exactly",
    "sender_ids": "the ids of senders",
    "quotes": "who answers whom, by an id or by words and time",
    "quoted_ids": "who answers whom, by the id of the quoted message",
    "kinds": "the kind of every message",
    "events": "joins, removals, renames, recalls and red packets",
}


def modules() -> dict[str, ModuleType]:
    """Every writer by its module's name."""
    names = sorted(file.stem for file in Path(__file__).parent.glob("[!_]*.py"))
    return {name: import_module(f"support.writers.{name}") for name in names}
