"""The program: one call, one ``except``, one exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import typer

from qunkit import __version__
from qunkit.cli import failures, session, streams
from qunkit.cli.mount import Commands
from qunkit.words import Text

_HELP = Text(
    "Turn exported group chats into answers.\n\nStart with `qunkit ingest EXPORTS`, then `qunkit report`.",
    "把导出的群聊变成答案。\n\n先运行 `qunkit ingest 导出文件`，再运行 `qunkit report`。",
)


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    streams.prepare()
    sys.exit(run(sys.argv[1:]))


def run(args: Sequence[str]) -> int:
    """Run the command line `args`; what goes wrong is said on stderr. Returns the exit code."""
    try:
        session.start(args)
        code = _invoke(list(args[session.begins(args) :]))
        with streams.output():  # what typer wrote is in the buffer
            return code
    except BaseException as error:  # the one place where exceptions end
        return failures.tell(error)


def application() -> Any:
    """The whole command."""
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    app.callback(cls=Commands, help=_HELP.say(session.current.lang), add_help_option=False)(lambda: None)
    return typer.main.get_command(app)


def _invoke(args: list[str]) -> int:
    if args[:1] == ["--version"]:
        return _say(f"qunkit {__version__}")
    command = application()
    if not args or args[0] == "--help":
        return _say(command.get_help(command.make_context("qunkit", [], resilient_parsing=True)))
    try:
        with command.make_context("qunkit", args) as context:
            command.invoke(context)
    except typer.Exit as leaving:
        return leaving.exit_code
    return 0


def _say(text: str) -> int:
    with streams.output() as out:
        out.write(text + "\n")
    return 0
