"""The program: one call, one ``except``, one exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from qunkit import __version__
from qunkit.cli import session, streams
from qunkit.words import Text

_HELP = Text(
    "Turn exported group chats into answers.\n\nStart with `qunkit ingest EXPORTS`, then `qunkit report`.",
    "把导出的群聊变成答案。\n\n先运行 `qunkit ingest 导出文件`，再运行 `qunkit report`。",
)


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # NumPy's pool spins from its import on, and nobody multiplies matrices
    try:
        streams.prepare()
        code = run(sys.argv[1:])
        streams.finish()
    except streams.Stopped:  # before anything was begun, or while an error was told
        code = 128 + streams.came[0]
    if streams.came:
        streams.leave(code)
    sys.exit(code)


def run(args: Sequence[str]) -> int:
    """Run the command line `args`; what goes wrong is said on stderr. Returns the exit code."""
    try:
        session.start(args)
        code = _invoke(list(args[session.begins(args) :]))
        with streams.output():  # what typer wrote is in the buffer
            return code
    except BaseException as error:  # the one place where exceptions end
        from qunkit.cli import failures

        return failures.tell(error)


def application() -> Any:
    """The whole command. Typer takes a while to load: Ctrl-C is heard by then, and ends quietly."""
    import typer

    from qunkit.cli.mount import Commands

    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    app.callback(cls=Commands, help=_HELP.say(session.current.lang), add_help_option=False)(lambda: None)
    return typer.main.get_command(app)


def _invoke(args: list[str]) -> int:
    if args[:1] == ["--version"]:
        return _say(f"qunkit {__version__}")
    command = application()
    if not args or args[0] == "--help":
        return _say(command.get_help(command.make_context("qunkit", [], resilient_parsing=True)))
    from typer import Exit

    try:
        with command.make_context("qunkit", args) as context:
            command.invoke(context)
    except Exit as leaving:
        return leaving.exit_code
    return 0


def _say(text: str) -> int:
    with streams.output() as out:
        out.write(text + "\n")
    return 0
