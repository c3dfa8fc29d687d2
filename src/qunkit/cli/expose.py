"""How a dataclass becomes options: one mechanism for the Params of analyses, of commands, and for what all share."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, get_type_hints

import typer

from qunkit.cli.session import current
from qunkit.errors import BadOption
from qunkit.words import Text


def option(
    default: Any,
    help: Text,
    *flags: str,
    metavar: str | Callable[[], str] | None = None,
    choices: tuple[str, ...] = (),
    least: float | None = None,
    most: float | None = None,
) -> Any:
    """A field that becomes an option; without `flags` it is ``--field-name``. A `metavar` to be called is made for the help; `choices`, `least` and `most`
    are as in `dataset.option`."""
    told = {"help": help, "flags": flags, "metavar": metavar, "choices": choices, "least": least, "most": most}
    return field(default=default, metadata=told)


def argument(help: Text, metavar: str, default: Any = MISSING) -> Any:
    """A field that becomes an argument, needed unless it has a default."""
    metadata = {"help": help, "metavar": metavar, "argument": True}
    return field(metadata=metadata) if default is MISSING else field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Speech:
    """Language and tracebacks: options of every command, which `session.start` has read already."""

    lang: str | None = option(None, Text("language of what people read", "界面语言"), metavar="en|zh")
    debug: bool = option(False, Text("show the traceback of an error, without values", "出错时显示堆栈（不含数据）"))


def told(*objects: Any) -> dict[str, Any]:
    """Names and values of all options in `objects`."""
    return {one.name: getattr(thing, one.name) for thing in objects for one in fields(thing)}


def expose(run: Callable[..., int], kinds: Sequence[type]) -> Callable[..., None]:
    """`run` as typer sees it: every field of `kinds` is an option, and `run` gets one object of each kind.

    The returned function leaves with the exit code that `run` returns.
    """

    def command(**values: Any) -> None:
        raise typer.Exit(run(*(_fill(kind, values) for kind in kinds)))

    parameters = [_parameter(kind, one) for kind in (*kinds, Speech) for one in fields(kind)]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    return command


def _fill(kind: type, values: dict[str, Any]) -> Any:
    """An object of `kind` from the values of all options.

    Raises:
        BadOption: a value outside its closed list, or its range.
    """
    given = {}
    for one in fields(kind):
        value = values[one.name]
        _must_be_chosen(one, value)
        _must_be_within(one, value)
        given[one.name] = tuple(value) if isinstance(value, list) else value
    return kind(**given)


def _must_be_chosen(one: Field[Any], value: object) -> None:
    choices = one.metadata.get("choices")
    if choices and value not in choices:
        names = ", ".join(choices)
        expected = Text(f"one of {names}", f"以下之一：{names}")
        raise BadOption(option=_flags(one)[0], value=value, expected=expected)


def _must_be_within(one: Field[Any], value: Any) -> None:
    least, most = one.metadata.get("least"), one.metadata.get("most")
    if value is None or (least is None and most is None):
        return
    low, high = float("-inf") if least is None else least, float("inf") if most is None else most
    if low <= value <= high:  # not a number is none
        return
    if most is None:
        expected = Text(f"{least} or more", f"大于等于 {least} 的数")
    elif least is None:
        expected = Text(f"{most} or less", f"小于等于 {most} 的数")
    else:
        expected = Text(f"a number from {least} to {most}", f" {least} 到 {most} 之间的数")
    raise BadOption(option=_flags(one)[0], value=value, expected=expected)


def _flags(one: Field[Any]) -> tuple[str, ...]:
    """How the option is spelt; analyses say `flag`, commands `flags`."""
    said = one.metadata.get("flags") or (one.metadata.get("flag"),)
    return tuple(flag for flag in said if flag) or ("--" + one.name.replace("_", "-"),)


def _parameter(kind: type, one: Field[Any]) -> inspect.Parameter:
    hint = get_type_hints(kind)[one.name]
    info = _argument(one) if one.metadata.get("argument") else _option(one, hint)
    annotation = list[str] if hint == tuple[str, ...] else hint
    return inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, default=info, annotation=annotation)


def _argument(one: Field[Any]) -> Any:
    default = ... if one.default is MISSING else one.default
    help = one.metadata["help"].say(current.lang)
    return typer.Argument(default, metavar=one.metadata["metavar"], help=help, show_default=False)


def _option(one: Field[Any], hint: object) -> Any:
    return typer.Option(
        list(one.default) if isinstance(one.default, tuple) else one.default,
        *_flags(one),
        help=one.metadata["help"].say(current.lang),
        metavar=_metavar(one, hint),
        show_default=one.default not in (None, False, (), ""),
    )


def _metavar(one: Field[Any], hint: object) -> str:
    """What stands for the value in the help: the choices, what was said, or N for a number."""
    if one.metadata.get("choices"):
        return "|".join(one.metadata["choices"])
    said = one.metadata.get("metavar")
    return str(said() if callable(said) else said) if said else "N" if "int" in str(hint) else "VALUE"
