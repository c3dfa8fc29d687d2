"""A phrase that people read, in both languages, written where the thing is defined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Lang = Literal["en", "zh"]
LANGS: tuple[Lang, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Text:
    """One phrase in English and Chinese; ``{name}`` fields are filled by `say`."""

    en: str
    zh: str

    def say(self, lang: Lang, **facts: object) -> str:
        """The phrase in `lang` with its fields filled from `facts`.

        Raises:
            KeyError: a field of the phrase has no fact.
        """
        phrase = self.zh if lang == "zh" else self.en
        return phrase.format(**facts) if facts else phrase


def counted(count: int, en: str, zh: str) -> Text:
    """So many of something: ``counted(2, "file", "个文件")``."""
    return Text(f"{count:,} {en}{'' if count == 1 else 's'}", f"{count:,} {zh}")
