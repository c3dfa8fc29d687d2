"""The text of src/qunkit/answers.py: a method for each analysis, with the parameters that its Params have and the filters of all."""

from __future__ import annotations

from dataclasses import Field, fields
from typing import Any

from qunkit import registry
from qunkit.dataset import option_of
from qunkit.question import Filters

FILE = "src/qunkit/answers.py"
WIDTH = 120
_NOT_ASKED = ("unfinished",)
"""Of the filters, what the report alone says."""
_HEAD = '''"""A method for each analysis. Written by docs/generate.py: do not edit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

if TYPE_CHECKING:
    import pandas as pd


class Asked(TypedDict, total=False):
    """Filters, the same for every analysis; `qunkit.question` and `qunkit.window` say what they mean."""

{filters}


class Answers(ABC):
    """Answers as pandas frames: `qunkit COMMAND --help` says what their columns mean."""

    @abstractmethod
    def frame(self, name: str, /, **asked: Any) -> pd.DataFrame:
        """The table of the analysis `name`."""

{methods}'''


def module() -> str:
    """The whole file."""
    filters = [f"    {one.name}: {_filter(one)}" for one in fields(Filters) if one.name not in _NOT_ASKED]
    own = (
        name for name in registry.names("analyses") if registry.load("analyses", name).__name__.startswith("qunkit.")
    )
    return _HEAD.format(filters="\n".join(filters), methods="\n".join(map(_method, own)))


def _filter(one: Field[Any]) -> str:
    return "str | Sequence[str]" if "tuple" in str(one.type) else str(one.type)


def _method(name: str) -> str:
    analysis = registry.load("analyses", name)
    params = fields(analysis.Params) if hasattr(analysis, "Params") else ()
    about = "".join(f"\n        * `{one.name}`: {_escaped(option_of(one)[0].en)}" for one in params)
    doc = f'"""{_escaped(analysis.TITLE.en)}.{about and f"{chr(10)}{about}{chr(10)}        "}"""'
    taken = [f"{one.name}: {_type(one)} = {_literal(one.default)}" for one in params]
    given = [f'"{name}"', *(f"{one.name}={one.name}" for one in params), "**asked"]
    head = _call(
        f"    def {name}(", ["self", *(["*", *taken] if taken else []), "**asked: Unpack[Asked]"], ") -> pd.DataFrame:"
    )
    return f"{head}\n        {doc}\n{_call('        return self.frame(', given, ')')}\n"


def _call(begin: str, words: list[str], end: str) -> str:
    """On one line, or a word a line, as the formatter has it."""
    line = begin + ", ".join(words) + end
    if len(line) <= WIDTH:
        return line
    indent = " " * (len(begin) - len(begin.lstrip()))
    return "\n".join([begin, *(f"{indent}    {word}," for word in words), indent + end])


def _type(one: Field[Any]) -> str:
    choices = option_of(one)[1]
    return f"Literal[{', '.join(map(_literal, choices))}]" if choices else str(one.type)


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
