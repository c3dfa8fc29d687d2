"""An exception → what people read on stderr and the exit code. Never a value, a name or a text of the chats."""

from __future__ import annotations

import errno
import re
import signal
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import typer

from qunkit.cli import streams
from qunkit.cli.session import current
from qunkit.errors import RESOURCES, OutOfResources, QunkitError, of_system
from qunkit.words import Lang, Text

NOTE = "note: "

_USAGE = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")

_SILENT = tuple(128 + number for number in (signal.SIGHUP, signal.SIGINT, signal.SIGPIPE, signal.SIGTERM))
"""Who sent a signal, or closed the pipe, knows it."""

_NOT_CLOSED = ("error closing file",)
"""What Arrow says of it, without the number."""
_NO_THREAD = "can't start new thread"
_IN_CHINESE = (
    (r"No such option: ([^ ]+?)\.?", "没有选项 {0}。"),
    (r"No such option: ([^ ]+?)\.? Did you mean (.+)\?", "没有选项 {0}，是否想用 {1}？"),
    (r"No such option: ([^ ]+?) \(Possible options: (.+)\)", "没有选项 {0}，是否想用 {1}？"),
    (r"Missing argument '(.+)'\.", "缺少参数 {0}。"),
    (r"Option '?([^ ']+)'? requires an argument\.", "选项 {0} 需要一个值。"),
    (r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)", "多余的参数：{0}。"),
    (r"Invalid value for '([^']+)'.*: .*(?:integer|float|number|range).*", "{0}：不是有效的数值。"),
)
"""Typer's frequent complaints; the rest stays English."""
_BUG = Text("Internal error: {kind} at {place}.", "内部错误：{kind}，位置 {place}。")
_REPORT = Text(
    "This is a bug; please report this line and what --debug shows. Neither holds anything of your chats.",
    "这是一个缺陷，请将本行和 --debug 显示的堆栈反馈给我们，其中都不含聊天内容。",
)


def tell(error: BaseException) -> int:
    """Say on stderr what went wrong, in the language of the run, and return the exit code."""
    try:
        if current.debug and not isinstance(error, typer.Exit):
            sys.stderr.writelines(_trace(error))
        return _tell(error)
    except OSError:  # nobody listens on stderr either
        streams.abandon(sys.stderr)
        return code_of(error)


def code_of(error: BaseException) -> int:
    """The exit code alone."""
    if streams.came:
        return 128 + streams.came[0]
    if isinstance(error, QunkitError):
        return error.code
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return 128 + signal.SIGINT
    if isinstance(error, BrokenPipeError):
        return 128 + signal.SIGPIPE
    if isinstance(error, _USAGE):
        return 2
    known = foreseen(error)
    return known.code if known else 70


def _trace(error: BaseException) -> Iterator[str]:
    """The places an error came by, its causes and parts first, without what it says: that may quote a chat."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    parts = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for earlier in (*([before] if before else []), *parts):
        yield from _trace(earlier)
    if type(error).__name__ == "_RemoteTraceback":  # a worker's, as text
        yield from (f"{line}\n" for line in str(error).split("\n") if line.startswith('  File "'))
    yield from (*traceback.format_tb(error.__traceback__), _kind(error), "\n")


def _tell(error: BaseException) -> int:
    lang, code = current.lang, code_of(error)
    if code in _SILENT:
        return code
    if isinstance(error, _USAGE):
        say(*_usage(error, lang))
    elif known := foreseen(error):
        say(known.sentence(lang), known.hint(lang))
    else:
        say(_BUG.say(lang, kind=_kind(error), place=_place(error)), _REPORT.say(lang))
    return code


def say(sentence: str, hint: str | None = None, label: str = "error: ") -> None:
    """One message on stderr, cleaned for a terminal; the hint on a line of its own."""
    from qunkit import ink

    for line in (f"qunkit: {label}{sentence}", f"qunkit: {hint}" if hint else None):
        if line:
            sys.stderr.write(ink.term(line) + "\n")
    sys.stderr.flush()


def foreseen(error: BaseException) -> QunkitError | None:
    """The error of `errors` that this one comes to, or None for a bug."""
    if isinstance(error, QunkitError):
        return error
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException":
        return OutOfResources(what=RESOURCES[errno.ENOMEM])
    if isinstance(error, RuntimeError) and error.args == (_NO_THREAD,):
        return OutOfResources(what=RESOURCES[errno.EAGAIN])
    if not isinstance(error, OSError) or (error.errno is None and error.args != _NOT_CLOSED):
        return None
    return of_system(error.errno or errno.EIO, error.filename or Text("a file", "文件"))


def _usage(error: BaseException, lang: Lang) -> tuple[str, str | None]:
    """What typer complains about."""
    sentence = str(error.format_message())  # type: ignore[attr-defined]
    context = getattr(error, "ctx", None)
    help = Text("`{path} --help` shows how it is used.", "用 `{path} --help` 查看用法。")
    return _said(sentence, lang), help.say(lang, path=context.command_path) if context else None


def _said(sentence: str, lang: Lang) -> str:
    if lang == "zh":
        for pattern, chinese in _IN_CHINESE:
            found = re.fullmatch(pattern, sentence, re.DOTALL)
            if found:
                return chinese.format(*found.groups())
    return sentence


def _kind(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _place(error: BaseException) -> str:
    """Module and line, the innermost of qunkit's own."""
    own = str(Path(__file__).parents[1])
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(own)] or list(frames)
    if not ours:
        return "?"
    name = ".".join(Path(ours[-1].filename).relative_to(own).with_suffix("").parts) if own in ours[-1].filename else "?"
    return f"qunkit.{name}:{ours[-1].lineno}"
