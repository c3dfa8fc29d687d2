"""Words of a text, 分词: ``我在京东领券了，25 元 Wi-Fi`` → ``["我", "在", "京东", "领券", "了", "元", "wi-fi"]``.

In order, repeated where they are repeated, in lower case, in NFKC. Chinese is cut by jieba's default dictionary with its model for words that are
not in it (HMM), as `jieba.lcut` does: decisions/0009. What other alphabets write without a blank is one word, joined ones too: ``wi-fi``, ``don't``.

No words, and left out: whatever holds no letter (numbers, marks, emoji); links and addresses of mail; ``@name`` where the chat program marked its
end with U+2005; what stands in square brackets, such as ``[捂脸]`` and ``[图片]``. Words that say little (的, 我们) stay: which those are, an
analysis says. A text without a word has an empty list; none at all, null.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from itertools import accumulate, chain
from typing import TYPE_CHECKING

from qunkit.chat.links import LINK, plain
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

COLUMN = "tokens"
TYPE = "list<string>"
VERSION = 1
HELP = Text("words of the text, in order, in lower case", "文本的词，按顺序，小写")

_HAN = "\u4e00-\u9fd5"
"""What jieba takes for Chinese."""
_OTHER = f"[^\\W_{_HAN}]"
_NEITHER = f"[^\\W_{_HAN}0-9A-Za-z]"
_APART = re.compile(f"(?<!{_OTHER})((?:{_OTHER}++(?:[-_.'’&]{_OTHER}++)+|[0-9A-Za-z]*+{_NEITHER}{_OTHER}*+))")
"""Words that jieba would take apart: joined ones, and those of alphabets that it does not know."""
_MOST = 256
"""Signs that jieba gets at a time: its model takes the square of their number."""
_BLOCK = re.compile(f"[{_HAN}0-9A-Za-z]{{1,{_MOST}}}")
"""Signs of which jieba makes words."""
_SIMPLE = re.compile(f"[{_HAN}0-9A-Za-z \\n,!?:;()~，。！？：；、（）“”《》【】…～—]{{0,{_MOST}}}")
"""A text of nothing but blocks and marks, as most are: jieba may have it whole."""
_MENTION = re.compile(r"@[^@\n\u2005]{1,64}\u2005")
_MAIL = re.compile(r"(?<![0-9a-z._%+-])[0-9a-z._%+-]{1,64}@(?:[0-9a-z-]{1,63}\.){1,4}[a-z]{2,24}", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\[\]\n]{1,16}\]")
_LETTER = re.compile(r"[^\W\d_]")


def compute(batch: pa.RecordBatch) -> pa.Array:
    """The words of each text of the column ``text``."""
    import pyarrow as pa

    found = [words(text) if text else None for text in batch.column("text").to_pylist()]
    flat = pa.array([word for one in found for word in one or ()], pa.string())
    ends = accumulate((len(one or ()) for one in found), initial=0)
    none = pa.array([one is None for one in found], pa.bool_())
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), flat, mask=none)


def words(text: str) -> list[str]:
    """The words of one text."""
    prose = text if _SIMPLE.fullmatch(text) else _prose(text)
    found = cutter()(prose) if _SIMPLE.fullmatch(prose) else _of_any(prose)
    return [word.lower() for word in found if word.isalpha() or _LETTER.search(word)]


def _of_any(prose: str) -> Iterator[str]:
    """The words of a text of whatever signs."""
    cut = cutter()
    for place, piece in enumerate(_APART.split(prose)):
        if place % 2:
            yield piece
        else:
            yield from chain.from_iterable(map(cut, _BLOCK.findall(piece)))


def _prose(text: str) -> str:
    """What of a text may be words."""
    if "@" in text:
        text = _MENTION.sub(" ", text)
    text = plain(text)
    for sign, pattern in ((".", LINK), ("@", _MAIL), ("[", _BRACKETS)):
        if sign in text:
            text = pattern.sub(" ", text)
    return text


@cache
def cutter() -> Callable[[str], list[str]]:
    """jieba's `lcut`, by rjieba where that is installed; loaded once a process."""
    with suppress(ImportError):
        from rjieba import cut

        return cut
    return jieba_cutter()


def jieba_cutter() -> Callable[[str], list[str]]:
    """jieba's own `lcut`. The dictionary is read from the package: jieba's cache lies in the temporary folder, where anybody may have put it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its patterns under Python 3.12, and of setuptools
        import jieba
    own = jieba.Tokenizer()
    own.FREQ, own.total = own.gen_pfdict(own.get_dict_file())
    own.initialized = True
    return own.lcut  # type: ignore[no-any-return]
