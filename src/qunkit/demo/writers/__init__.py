"""One writer per export format: a group's messages, byte for byte as that tool would have exported them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from qunkit.demo.model import Chat, Member, Message
from qunkit.demo.writers import chatlab_jsonl, chatlog_csv, memotrace_v2_csv, memotrace_v3_csv, weflow_json


class Writer(Protocol):
    """What a module of this folder offers."""

    TOOL: str
    FORMAT: str
    """The format of qunkit that reads it."""

    def shown(self, member: Member) -> str:
        """The name that a sender has in this format."""

    def write(self, chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
        """Write `messages` (at least one) of `chat` below `folder`; returns the file."""


WRITERS: tuple[Writer, ...] = (weflow_json, memotrace_v3_csv, chatlog_csv, chatlab_jsonl, memotrace_v2_csv)
