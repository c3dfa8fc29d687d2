"""What one run of the program knows about itself: the language it speaks and whether it shows tracebacks."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from qunkit.errors import BadOption
from qunkit.words import LANGS, Lang, Text

VARIABLE = "QUNKIT_LANG"
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Who speaks which language, the first that says anything."""


@dataclass(slots=True)
class Session:
    """One run. `lang` is what --lang or $QUNKIT_LANG say; else what the locale says, until a dataset's qunkit.toml may say more."""

    lang: Lang = "en"
    told: bool = False
    debug: bool = False

    def prefer(self, lang: Lang | None) -> None:
        """Speak `lang` unless the option or the variable said otherwise."""
        if lang and not self.told:
            self.lang = lang


current = Session()
"""The one run of this process; `start` begins it anew."""


def start(args: Sequence[str]) -> None:
    """Begin a run: help and errors are told before options are parsed, so --lang and --debug are looked up here.

    Raises:
        BadOption: a language that qunkit does not speak.
    """
    current.lang, current.told, current.debug = _of_locale(), False, "--debug" in args
    for name, value in (("--lang", _value(args, "--lang")), ("$" + VARIABLE, os.environ.get(VARIABLE) or None)):
        if value is not None:
            current.lang, current.told = _lang(name, value), True
            return


def begins(args: Sequence[str]) -> int:
    """How many of `args` are --lang and --debug before the command: `start` has dealt with them."""
    count = 0
    while count < len(args) and (args[count] == "--debug" or args[count].startswith("--lang")):
        count += 2 if args[count] == "--lang" else 1
    return count


def _of_locale() -> Lang:
    """The language of the environment: Chinese for any zh, else English."""
    said = next((value for name in _LOCALE if (value := os.environ.get(name))), "")
    return "zh" if said.lower().startswith("zh") else "en"


def _lang(option: str, value: str) -> Lang:
    for lang in LANGS:
        if value == lang:
            return lang
    raise BadOption(option=option, value=value, expected=Text("en or zh", "en 或 zh"))


def _value(args: Sequence[str], option: str) -> str | None:
    for place, arg in enumerate(args):
        if arg == "--":
            return None
        if arg == option:
            return args[place + 1] if place + 1 < len(args) else ""
        if arg.startswith(option + "="):
            return arg.removeprefix(option + "=")
    return None
