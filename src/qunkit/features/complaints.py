"""Words of a text that complain, 投诉用语: ``到手坏了两个，客服不回消息`` → ``["quality:坏了", "service:客服不回"]``.

Before the colon stands what the complaint is about (`qunkit.methods.complaints.FAMILIES`), behind it the words of the text, in their plain form. They are those of a list that anybody can
read, unless something beside them speaks against it: a negation, a question, a promise. A text that does not complain has an empty list; none at all, null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qunkit.methods.complaints import complaints
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

COLUMN = "complaints"
TYPE = "list<string>"
VERSION = 1
HELP = Text("words of the text that complain, as family:word, each once", "文本中的投诉用语及其类别，不重复")


def compute(batch: pa.RecordBatch) -> pa.Array:
    """The words of each text of the column ``text``."""
    import pyarrow as pa

    texts = batch.column("text").to_pylist()
    found = complaints([text or "" for text in texts])
    told = [words if text else None for text, words in zip(texts, found, strict=True)]
    return pa.array(told, pa.list_(pa.string()))
