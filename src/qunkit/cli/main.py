"""The program: one call, one ``except``, one exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import typer

from qunkit import __version__
from qunkit.cli import failures, session, streams
from qunkit.cli.expose import Speech, option, signed
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
        with streams.output():
            code = _invoke(list(args))
    except BaseException as error:  # the one place where exceptions end
        return failures.tell(error)
    return code


@dataclass(frozen=True, slots=True)
class _Root:
    """Options before the command."""

    version: bool = option(False, Text("show the version", "显示版本"))


def application() -> Any:
    """The whole command."""
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    app.callback(cls=Commands, invoke_without_command=True, help=_HELP.say(session.current.lang))(
        signed(_begin, (_Root, Speech))
    )
    return typer.main.get_command(app)


def _begin(*, version: bool, **_: object) -> None:
    if version:
        sys.stdout.write(f"qunkit {__version__}\n")
        raise typer.Exit


def _invoke(args: list[str]) -> int:
    try:
        with application().make_context("qunkit", args) as context:
            context.command.invoke(context)
            if context.invoked_subcommand is None:
                sys.stdout.write(context.get_help() + "\n")
    except typer.Exit as leaving:
        return leaving.exit_code
    return 0
