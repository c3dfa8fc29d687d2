"""Tags of members: which words and conditions of `[members.tags]` hold for whom."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from qunkit.config import FILE
from qunkit.errors import BadConfig
from qunkit.methods.conditions import NoCondition, condition, holds
from qunkit.words import Text

if TYPE_CHECKING:
    import pandas as pd

    from qunkit.results import Column


def check(tags: Mapping[str, tuple[str, ...] | str], columns: tuple[Column, ...], file: Path | None) -> None:
    """Refuse a condition on `columns` that means nothing, by the name of the file that holds it.

    Raises:
        BadConfig: there is one.
    """
    for tag, rule in tags.items():
        if isinstance(rule, str):
            try:
                condition(rule, columns)
            except NoCondition as wrong:
                why = Text(
                    f"members.tags.{tag} is not {wrong.expected.en}", f"members.tags.{tag} 不是{wrong.expected.zh}"
                )
                raise BadConfig(path=file or FILE, why=why) from None


def listed(frame: pd.DataFrame, told: pd.DataFrame, key: str) -> list[list[str]]:
    """Of each row of `frame` what is told under its key, in order."""
    found: dict[str, set[str]] = {}
    for one, name in zip(told[key], told["told"], strict=True):
        found.setdefault(one, set()).add(name)
    return [sorted(found.get(one, ())) for one in frame[key]]


def called(tags: list[list[str]], names: list[list[str]], words: pd.DataFrame) -> list[list[str]]:
    """`tags` of every row, and those of which a word stands in one of its `names`; case does not matter."""
    wanted = [(tag, word.lower()) for tag, word in zip(words["member_id"], words["told"], strict=True)]
    return [
        sorted({*has, *(tag for tag, word in wanted if any(word in name.lower() for name in known))})
        for has, known in zip(tags, names, strict=True)
    ]


def ruled(
    frame: pd.DataFrame, worded: list[list[str]], rules: pd.DataFrame, columns: tuple[Column, ...]
) -> list[list[str]]:
    """Tags by words, and those whose condition on `columns` holds."""
    tags = [set(told) for told in worded]
    for tag, rule in zip(rules["member_id"], rules["told"], strict=True):
        asked = condition(rule, columns)
        for told, yes in zip(tags, holds(asked, frame[asked.column.name]), strict=True):
            if yes:
                told.add(tag)
    return [sorted(told) for told in tags]
