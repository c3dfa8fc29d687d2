"""QQChatExporter's chunked JSONL: a folder with a manifest, here with one chunk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from qunkit.demo.model import Chat, Message
from support.writers import _qce, qce_json

TOOL = "QQChatExporter"
FORMAT = "qce_chunks"
KEEPS = qce_json.KEEPS
shown = qce_json.shown


def write(chat: Chat, messages: Sequence[Message], folder: Path) -> Path:
    """The chunk; the manifest beside its folder."""
    told = list(messages)
    home = folder / f"{_qce.stem(chat, told)}_chunked_jsonl"
    chunk = home / "chunks" / "c000001.jsonl"
    chunk.parent.mkdir(parents=True, exist_ok=True)
    listed = {"format": "jsonl", "chunksDir": "chunks", "chunks": [{"relativePath": "chunks/c000001.jsonl"}]}
    manifest = {"chatInfo": qce_json.about(chat, told), "chunked": listed}
    (home / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=2), encoding="utf-8")
    lines = (
        json.dumps(qce_json.record(chat, place, message), ensure_ascii=False) for place, message in enumerate(told)
    )
    chunk.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return chunk
