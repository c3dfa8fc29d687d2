"""What is taken out, a person agrees to: with --yes, or asked at a terminal."""

from __future__ import annotations

import sys
from typing import Any

from qunkit.cli.expose import option
from qunkit.cli.session import current
from qunkit.errors import UsageError
from qunkit.words import Text

WITHOUT_YES = Text(
    "Without --yes it asks; off a terminal it only shows what would go, and ends with exit code 2.",
    "不加 --yes 时会先询问；不在终端中则只显示将移除的内容，退出码为 2。",
)
"""For the help of every such command."""


def yes() -> Any:
    """The option's field."""
    return option(False, Text("do it without asking", "不询问，直接执行"), "-y", "--yes")


def ask(question: Text, nothing: Text) -> None:
    """Go on if a person at a terminal says so; nobody is asked elsewhere.

    Raises:
        UsageError: else; it says `nothing`.
    """
    if not _agreed(question):
        raise UsageError(what=nothing)


def _agreed(question: Text) -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    from qunkit import ink

    sys.stderr.write(ink.term(question.say(current.lang)) + " [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
