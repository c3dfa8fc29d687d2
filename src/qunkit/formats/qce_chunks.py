"""QQChatExporter (QCE) JSON in chunks: one of the files with messages, as JSON lines.

The folder is `group_<name>_<number>_<date>_<time>_chunked_jsonl`. Each line of `chunks/c000001.jsonl` is a message as in the JSON export:

    {"id":"7440100000000000001","timestamp":1732982401000,"sender":{"uid":"u_k","uin":"10002","name":"Kevin"},"content":{"text":"早","elements":[]}}

A chunk looks for `manifest.json` beside its folder, which says the group's name and whose export it is, and for the group's number in the name of
the folder above.

Kept: as in the JSON export.

Lost: the same, too.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("QQChatExporter chunk, JSONL", "QQChatExporter 分块 JSONL")
HOW = Text(
    "In QQChatExporter (QCE) export the group as JSON in chunks (chunked JSONL). Give the folder it writes, its "
    "`manifest.json`, or chunks.",
    "在 QQChatExporter（QCE）中选择群聊，导出为分块 JSONL（chunked JSONL）。导入时给出它写出的文件夹、其中的 "
    "`manifest.json` 或各分块文件。",
)

_MANIFEST = "../manifest.json"
_FIRST_MEMBER = re.compile(r'\{\s*"(\w+)"')


def sniff(head: Head) -> bool:
    """The file begins with a message."""
    from qunkit.chat.qce import is_record

    begin = _FIRST_MEMBER.match(head.text)
    return bool(begin and head.first and begin[1] in head.first and is_record(head.first))


def read(source: Source) -> Iterator[Batch]:
    """The messages, then those who spoke."""
    import numpy as np

    from qunkit.chat.qce import COLUMNS, PLATFORM, Chat
    from qunkit.parsing.jsonl import read_lines
    from qunkit.parsing.places import raw_batch

    chat = Chat(source.parts, _object(source.beside(_MANIFEST) or b""))
    for records in read_lines(source, COLUMNS):
        yield chat.batch(records)
    none = raw_batch(np.empty(0, np.int64)).replace_schema_metadata(PLATFORM)
    yield Batch(none, members=chat.members())


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}
