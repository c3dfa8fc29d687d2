"""What can be said in words of why a text looks like an advertisement, or like none: ``加微信abc_123，日入300`` asks to be contacted, names an
account, promises so much a day.

A mark is there or not. Each is found in the normalised texts of a whole batch at once; where it is found is kept, so that the raw text can be
highlighted. `FLAGS` are what the model weighs, in this order: a model is of one list of marks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from qunkit.chat.links import LINK
from qunkit.methods import ad_words
from qunkit.words import Text

if TYPE_CHECKING:
    import re

    import numpy as np
    from numpy.typing import NDArray

    from qunkit.chat.normal import Normals

    Spans = NDArray[np.int64]
    """First and last + 1 place of each, in the codes of the batch."""

_FEWEST_LAGS, _MOST_LAGS = 3, 24
"""Signs of what is said twice in a row."""
_LAUGHS = "哈呵嘿嘻啊呀唉嗯哦呜6.。~?!"
"""What friends repeat."""
_SIZES = (0, 3, 4, 6, 9, 13, 19, 26, 41, 61)
"""The fewest signs of a text, by mark."""
_MIDDLE = (19, 41)
"""From how many signs a text is no longer called short, and long."""
_MANY = 0.15
"""Share of a text's signs."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing to be found."""

    code: str
    words: Text
    find: Callable[[Normals], Spans]


def flags(normals: Normals) -> NDArray[np.bool_]:
    """A row a text, a column a mark."""
    import numpy as np

    found = np.zeros((len(normals), len(MARKS)), bool)
    for place, mark in enumerate(MARKS):
        found[texts_of(normals, mark.find(normals)[:, 0]), place] = True
    return found


def texts_of(normals: Normals, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """The text in which each place of the batch lies."""
    import numpy as np

    found: NDArray[np.int64] = np.searchsorted(normals.offsets, places, "right") - 1
    return found


def _spans(found: list[tuple[int, int]]) -> Spans:
    import numpy as np

    return np.array(found, np.int64).reshape(-1, 2)


def _searched(pattern: re.Pattern[str], normals: Normals) -> Spans:
    return _spans([found.span() for found in pattern.finditer(normals.joined)])


def _linked(normals: Normals) -> Spans:
    return _spans([found.span() for found in LINK.finditer(normals.joined)] if "." in normals.joined else [])


def _whole(normals: Normals, told: NDArray[np.bool_]) -> Spans:
    """All of the texts of which it is so."""
    import numpy as np

    return np.stack([normals.offsets[:-1][told], normals.offsets[1:][told] - 1], axis=1)


def _runs(flagged: NDArray[np.bool_]) -> Spans:
    import numpy as np

    edges = np.flatnonzero(np.diff(flagged, prepend=False, append=False))
    return edges.reshape(-1, 2)


def _sizes(normals: Normals) -> NDArray[np.int64]:
    import numpy as np

    return np.diff(normals.offsets) - 1


def _sized(fewest: int, most: int, normals: Normals) -> Spans:
    sizes = _sizes(normals)
    return _whole(normals, (sizes >= fewest) & (sizes <= most))


def _of_size(fewest: int, most: int | None) -> Mark:
    """The mark of texts of `fewest` signs to less than `most`. Each text has one of them: long texts are seldom talk."""
    en, zh = (
        ("short", "短文本")
        if fewest < _MIDDLE[0]
        else ("medium", "中等长度")
        if fewest < _MIDDLE[1]
        else ("long", "长文本")
    )
    if most is None:
        so_many = Text(f"{fewest} characters or more", f"{fewest} 字以上")
    elif fewest + 1 == most:
        so_many = Text(f"{fewest} characters", f"{fewest} 字")
    elif fewest == 0:
        so_many = Text(f"at most {most - 1} characters", f"不超过 {most - 1} 字")
    else:
        so_many = Text(f"{fewest} to {most - 1} characters", f"{fewest} 至 {most - 1} 字")
    words = Text(f"{en} text of {so_many.en}", f"{zh}（{so_many.zh}）")
    return Mark(f"size_{fewest}", words, partial(_sized, fewest, (most or 1 << 40) - 1))


def _lined(normals: Normals) -> Spans:
    """Three lines at least."""
    return _whole(normals, _counted(normals, normals.codes == 10) >= 2)


def _counted(normals: Normals, flagged: NDArray[np.bool_]) -> NDArray[np.int64]:
    import numpy as np

    return np.add.reduceat(flagged, normals.offsets[:-1], dtype=np.int64) if len(normals) else np.zeros(0, np.int64)


def _dense(chosen: Callable[[Normals], NDArray[np.bool_]], fewest: int, normals: Normals) -> Spans:
    """Runs of the chosen signs, in texts that have many of them."""
    flagged = chosen(normals)
    counted = _counted(normals, flagged)
    told = (counted >= fewest) & (counted >= _MANY * _sizes(normals))
    runs = _runs(flagged)
    return runs[told[texts_of(normals, runs[:, 0])]]


def _pictures(normals: Normals) -> NDArray[np.bool_]:
    codes = normals.codes
    return (
        (codes >= 0x1F000) & (codes < 0x1FB00)
        | (codes >= 0x2600) & (codes < 0x27C0)
        | (codes >= 0x2B00) & (codes < 0x2C00)
    )


def _signs(normals: Normals) -> NDArray[np.bool_]:
    """Marks that call for attention, no everyday punctuation."""
    import numpy as np

    return np.isin(normals.codes, np.array(list(map(ord, "【】「」『』★☆●◆■▲▼→↓←~!#$¥|+=*_-<>《》[]")), np.uint32))


def _digits(normals: Normals) -> NDArray[np.bool_]:
    return (normals.codes >= 48) & (normals.codes < 58)


def _again(normals: Normals) -> Spans:
    """The same few signs twice in a row or more, and one sign four times; what friends repeat is none."""
    import numpy as np

    codes = normals.codes
    loud = (codes != 0) & ~_digits(normals) & ~np.isin(codes, np.array(list(map(ord, _LAUGHS)), np.uint32))
    found = [np.zeros((0, 2), np.int64)]
    for lag in (1, *range(_FEWEST_LAGS, _MOST_LAGS + 1)):
        fewest, same = 3 if lag == 1 else lag, loud[:-lag] & (codes[:-lag] == codes[lag:])
        if np.count_nonzero(same) < fewest:  # of one text alone most often so
            continue
        runs = _runs(same)
        wide = runs[runs[:, 1] - runs[:, 0] >= fewest]
        wide[:, 1] += lag
        found.append(wide)
    # None reaches into the next text: every sign of what is repeated is one of the same run, and no end of a text is.
    return np.concatenate(found)


MARKS: tuple[Mark, ...] = (
    *(
        Mark(code, words, partial(_searched, ad_words.pattern(said)))
        for code, (words, said) in ad_words.FAMILIES.items()
    ),
    Mark("link", Text("contains a link", "含链接"), _linked),
    Mark("pictures", Text("many emoji", "emoji 密集"), partial(_dense, _pictures, 3)),
    Mark("signs", Text("many eye-catching symbols", "醒目符号密集"), partial(_dense, _signs, 4)),
    Mark("digits", Text("many digits", "数字密集"), partial(_dense, _digits, 6)),
    Mark("again", Text("repeats itself", "内容重复"), _again),
    Mark("lines", Text("three lines or more", "三行以上"), _lined),
    *(_of_size(fewest, most) for fewest, most in zip(_SIZES, (*_SIZES[1:], None), strict=True)),
)
