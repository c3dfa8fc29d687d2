"""A text without its disguises, 归一化: ``➕Ｖ.❤：ａｂｃ①③⑧`` → ``加微信:abc138``.

Each character in its plainest form (data/plain.tsv: NFKD without marks, lower case, simplified, dressed digits and letters bare), nothing that
nobody sees, one blank where there are several. Then what only the company of a character tells, again and again until nothing changes: other
spellings of 微信, 加, qq, 群 and 券 (`disguises`), digits written as words where at least five stand together, and separators between single
characters. Doing it twice is doing it once, but for texts made to be slow (`_MOST_ROUNDS`).

It is for programs to compare and count, never to be shown; `traced` leads back to what was written. All texts of a batch are one array of code
points, each ended by NUL, which no text keeps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunkit.chat import characters, disguises
from qunkit.chat.characters import DROPPED, HAN, LETTER, SEPARATOR, SEVERAL

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Codes = NDArray[np.uint32]
    Flags = NDArray[np.bool_]

END = "\0"
"""Behind every text of a batch."""
_FEWEST_WORDS = 5
"""Digits in a row, some of them words: fewer may be prose (三三两两)."""
_WIDEST = 3
"""Signs between two single characters that may part them."""
_FEWEST_ROUNDS, _LONG, _MOST_ROUNDS = 5, 1024, 64
"""What people write is plain after two or three rounds. Of ``+.v+.v+.v`` each round undoes one; so that nobody makes us go round as often as a text
has signs, one of more than `_LONG` signs is left as it is after the fewest rounds, any other after the most."""


@dataclass(frozen=True, slots=True)
class Normal:
    """One text, and the way back: ``raw[starts[i]:ends[i]]`` made ``text[i]``."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Normals:
    """A batch of texts: text i is ``joined[offsets[i] : offsets[i + 1] - 1]``, and `END` comes behind it."""

    codes: Codes
    offsets: Numbers
    starts: Numbers
    """Of each code, where in its own raw text that begins of which it was made."""
    ends: Numbers
    joined: str

    def __len__(self) -> int:
        return len(self.offsets) - 1


def normalise(text: str) -> str:
    """`text` without its disguises."""
    return batch([text]).joined[:-1]


def normalise_all(texts: Sequence[str]) -> list[str]:
    """The same of many texts, at a small part of the cost for each."""
    return batch(texts).joined.split(END)[:-1]


def traced(text: str) -> Normal:
    """The same, with the way back to what was written."""
    one = batch([text])
    return Normal(one.joined[:-1], tuple(one.starts[:-1].tolist()), tuple(one.ends[:-1].tolist()))


def batch(texts: Sequence[str]) -> Normals:
    """The same of many texts, as arrays."""
    import numpy as np

    part = _plain(texts)
    done: list[_Part] = []
    rounds = 0
    while len(part.codes):
        part, changed = _undisguised(part)
        rounds += 1
        again = changed[part.owners]
        if rounds >= _FEWEST_ROUNDS:
            long = np.bincount(part.owners) > _LONG
            again &= ~long[part.owners] & (rounds < _MOST_ROUNDS)
        done.append(part.only(~again))
        part = part.only(again)
    whole = _together(done)
    ends = np.flatnonzero(whole.codes == 0)
    offsets = np.concatenate(([0], ends + 1))
    return Normals(whole.codes, offsets, whole.starts, whole.ends, _text(whole.codes))


@dataclass(frozen=True, slots=True)
class _Part:
    """Some texts of a batch, on the way."""

    codes: Codes
    owners: Numbers
    """The text of each code, ascending."""
    starts: Numbers
    ends: Numbers

    def only(self, kept: Flags) -> _Part:
        return _Part(self.codes[kept], self.owners[kept], self.starts[kept], self.ends[kept])


def _plain(texts: Sequence[str]) -> _Part:
    """Each character in its plainest form, and one blank or break for several."""
    import numpy as np

    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    raw = np.frombuffer(END.join([*texts, ""]).encode("utf-32-le", "surrogatepass"), np.uint32)
    first = np.cumsum(lengths + 1) - lengths - 1
    owners = np.repeat(np.arange(len(texts)), lengths + 1)
    starts = np.arange(len(raw)) - np.repeat(first, lengths + 1)
    forms = characters.forms().forms[raw]
    forms[first + lengths] = 0
    if (forms >= SEVERAL).any():
        owners, starts, forms = _spelt(owners, starts, forms)
    kept = forms != DROPPED
    codes = forms[kept].astype(np.uint32)
    part = _Part(codes, owners[kept], starts[kept], starts[kept] + 1)
    return _one_blank(part)


def _spelt(owners: Numbers, starts: Numbers, forms: NDArray[np.int32]) -> tuple[Numbers, Numbers, NDArray[np.int32]]:
    """With all the characters of forms that have several."""
    import numpy as np

    table = characters.forms()
    places = np.flatnonzero(forms >= SEVERAL)
    which = forms[places] - SEVERAL
    sizes = np.ones(len(forms), np.int64)
    sizes[places] = table.sizes[which]
    whole = np.repeat(forms, sizes)
    lengths = sizes[places]
    inner = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    begins = (np.cumsum(sizes) - sizes)[places]
    whole[np.repeat(begins, lengths) + inner] = table.letters[np.repeat(table.begins[which], lengths) + inner]
    return np.repeat(owners, sizes), np.repeat(starts, sizes), whole


def _one_blank(part: _Part) -> _Part:
    """One blank for several, a break if one is among them, none at either end."""
    import numpy as np

    codes = part.codes
    blank = (codes == 32) | (codes == 10)
    if not blank.any():
        return part
    first, last = _runs(blank)
    broken = np.maximum.reduceat(codes == 10, first) if len(first) else first
    edge = (codes[first - 1] == 0) | (first == 0) | (codes[last + 1] == 0)
    kept = ~blank
    kept[first[~edge]] = True
    codes, ends = codes.copy(), part.ends.copy()
    codes[first] = np.where(broken, 10, 32)
    ends[first] = part.ends[last]
    return _Part(codes, part.owners, part.starts, ends).only(kept)


def _undisguised(part: _Part) -> tuple[_Part, Flags]:
    """The texts after one round, and which of them (by number) it changed."""
    import numpy as np

    changed = np.zeros(int(part.owners[-1]) + 1, bool)
    for step in (_joined, _respelt, _in_digits):
        part, touched = step(part)
        changed[touched] = True
    return part, changed


def _respelt(part: _Part) -> tuple[_Part, Numbers]:
    """With 微信, 加, qq, 群 and 券 for their disguises."""
    import numpy as np

    found = list(disguises.found(_text(part.codes)))
    if not found:
        return part, part.owners[:0]
    codes, starts, ends = part.codes.copy(), part.starts.copy(), part.ends.copy()
    kept = np.ones(len(codes), bool)
    for first, last, plain in found:
        middle = first + len(plain)
        codes[first:middle] = list(map(ord, plain))
        if middle < last:  # what is shorter than its disguise is made of all of it
            starts[first:middle], ends[first:middle] = part.starts[first], part.ends[last - 1]
            kept[middle:last] = False
    touched = part.owners[np.array([first for first, _, _ in found])]
    return _Part(codes, part.owners, starts, ends).only(kept), touched


def _joined(part: _Part) -> tuple[_Part, Numbers]:
    """Without separators between single characters: three at least, of which Chinese at either end may be part of more (请加.微.信呀)."""
    import numpy as np

    kinds = characters.kinds()[part.codes]
    parting = kinds == SEPARATOR
    if not parting.any():
        return part, part.owners[:0]
    first, last = _runs(parting)
    before, after = np.maximum(first - 1, 0), last + 1
    letter = np.concatenate(([False], kinds == LETTER, [False]))
    alone = letter[1:-1] & ~letter[:-2] & ~letter[2:]
    joinable = (
        (first > 0)
        & (last - first < _WIDEST)
        & ((kinds[before] == HAN) | alone[before])
        & ((kinds[after] == HAN) | alone[after])
    )
    # A single character with joints on both sides brings both. A point between digits may be that of a price: it goes with another such alone.
    digits = characters.digits()[part.codes] == part.codes
    point = (first == last) & (part.codes[first] == ord(".")) & digits[before] & digits[after]
    middle = joinable[:-1] & joinable[1:] & (last[:-1] + 2 == first[1:]) & (point[:-1] == point[1:])
    goes = np.concatenate((middle, [False])) | np.concatenate(([False], middle))
    if not goes.any():
        return part, part.owners[:0]
    dropped = np.zeros(len(part.codes) + 1, np.int8)
    dropped[first[goes]] += 1
    dropped[last[goes] + 1] -= 1
    return part.only(np.cumsum(dropped[:-1]) == 0), part.owners[first[goes]]


def _in_digits(part: _Part) -> tuple[_Part, Numbers]:
    """With digits for digit words where enough of either stand together."""
    import numpy as np

    values = characters.digits()[part.codes]
    words = (values > 0) & (values != part.codes)
    if not words.any():
        return part, part.owners[:0]
    first, last = _runs(values > 0)
    long = last - first >= _FEWEST_WORDS - 1
    inside = np.zeros(len(values) + 1, np.int8)
    inside[first[long]] += 1
    inside[last[long] + 1] -= 1
    told = words & (np.cumsum(inside[:-1]) > 0)
    return _Part(np.where(told, values, part.codes), part.owners, part.starts, part.ends), part.owners[told]


def _runs(flags: Flags) -> tuple[Numbers, Numbers]:
    """First and last place of each run. The last flag of a batch, that of its last NUL, is never set."""
    import numpy as np

    edges = np.flatnonzero(np.diff(flags, prepend=False))
    return edges[::2], edges[1::2] - 1


def _together(parts: Sequence[_Part]) -> _Part:
    """All texts in their order."""
    import numpy as np

    if not parts:
        none = np.zeros(0, np.int64)
        return _Part(none.astype(np.uint32), none, none, none)
    if len(parts) == 1:
        return parts[0]
    owners = np.concatenate([part.owners for part in parts])
    order = np.argsort(owners, kind="stable")
    columns = ([getattr(part, name) for part in parts] for name in ("codes", "starts", "ends"))
    codes, starts, ends = (np.concatenate(column)[order] for column in columns)
    return _Part(codes, owners[order], starts, ends)


def _text(codes: Codes) -> str:
    return codes.astype("<u4").tobytes().decode("utf-32-le")
