"""QQChatExporter (QCE) JSON in chunks: the list of its files.

The manifest is a JSON export with a list of files for messages; those files are read:

    {"metadata": {"name": "QQChatExporter V5 / https://github.com/shuakami/qq-chat-exporter"}, "chatInfo": {"name": "徒步群"},
     "chunked": {"format": "jsonl", "chunksDir": "chunks", "chunks": [{"relativePath": "chunks/c000001.jsonl", "count": 5000}]}}

Versions 5.0 to 5.4 say ``"format": "chunked-jsonl"`` in metadata, and list `chunks` with the member ``file``.

Kept: the names of the chunks.

Lost: nothing, for it holds no message; its statistics are counted anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qunkit.exports import Batch, Head
from qunkit.parsing.values import as_object
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("QQChatExporter manifest of chunks", "QQChatExporter 分块清单")
HOW = Text(
    "In QQChatExporter (QCE) export the group as JSON in chunks (chunked JSONL). Give the `manifest.json` of the "
    "folder it writes, or the folder.",
    "在 QQChatExporter（QCE）中选择群聊，导出为分块 JSONL（chunked JSONL）。导入时给出文件夹中的 `manifest.json`，"
    "或整个文件夹。",
)

_FOLDER = "chunks"
_LARGEST = 64 << 20
"""Bytes of a manifest: one of more lists no chunks that anybody has."""


def sniff(head: Head) -> bool:
    """A document of the tool that says how it is cut: a long list of chunks is no small member, so its name is looked for in the text."""
    from qunkit.chat.qce import is_record, is_tool

    metadata = head.top.get("metadata")
    if isinstance(metadata, Mapping) and metadata.get("format") == "chunked-jsonl":
        return True
    return is_tool(head.top) and '"chunked"' in head.text and not is_record(head.first)


def files(source: Source) -> list[str]:
    """The chunks, as paths from the manifest's folder, in order."""
    if source.size > _LARGEST:
        return []
    try:
        manifest = json.loads(source.raw(0, source.size))
    except (ValueError, RecursionError):
        return []
    chunked = as_object(as_object(manifest).get("chunked")) or as_object(manifest)
    listed, folder = chunked.get("chunks"), chunked.get("chunksDir")
    ones = listed if isinstance(listed, list) else []
    paths = [_path(as_object(one), folder if isinstance(folder, str) else _FOLDER) for one in ones]
    return [path for path in paths if path]


def read(source: Source) -> Iterator[Batch]:
    """Nothing but framing."""
    import numpy as np

    from qunkit.parsing.places import raw_batch

    yield Batch(raw_batch(np.empty(0, np.int64)), framing=[(0, source.size)])


def _path(chunk: Mapping[str, Any], folder: str) -> str | None:
    path = chunk.get("relativePath") or chunk.get("file") or chunk.get("fileName")
    if not isinstance(path, str):
        return None
    return path if "/" in path else f"{folder}/{path}"
