"""An unknown file is shown harmlessly, and told what it is most like."""

from __future__ import annotations

from pathlib import Path

import pytest

from qunkit.errors import UnknownFormat
from qunkit.ingest.identify import identify
from qunkit.ingest.nearest import nearest
from qunkit.parsing.source import open_source

CHATLOG = "Time,SenderName,Sender,Talker,Text\n2024-11-30 23:58:22,凯文,wxid_aaa,1@chatroom,早\n"
"""chatlog's CSV without one column, and another under a new name."""
CHATLAB = '{"chatlab":{"version":"9"},"meta":{"name":"a"},"members":[],"entries":[{"platformMessageId":"9","accountName":"小王"}]}'


def unknown(content: bytes, folder: Path) -> UnknownFormat:
    path = folder / "file.txt"
    path.write_bytes(content)
    source = open_source(path)
    with pytest.raises(UnknownFormat) as caught:
        identify(source)
    return caught.value


@pytest.mark.parametrize(
    ("text", "name", "title"), [(CHATLOG, "chatlog_csv", "chatlog CSV"), (CHATLAB, "chatlab_json", "ChatLab")]
)
def test_the_nearest_format_is_named(text: str, name: str, title: str, tmp_path: Path) -> None:
    error = unknown(text.encode(), tmp_path)
    assert nearest(open_source(tmp_path / "file.txt").head) == name
    for lang in ("en", "zh"):
        assert f"{title}" in error.sentence(lang)
        assert name in error.sentence(lang)


@pytest.mark.parametrize("content", [b"milk, eggs, bread\n", b"%PDF-1.7 \x00\x01\x02", "今天天气很好。\n".encode()])
def test_what_is_like_nothing_is_not_compared(content: bytes, tmp_path: Path) -> None:
    error = unknown(content, tmp_path)
    assert "most like" not in error.sentence("en")
    assert "最接近" not in error.sentence("zh")


def test_the_begin_is_shown_harmlessly(tmp_path: Path) -> None:
    sentence = unknown("早\x1b[31m红\u202e\n\u200b尾".encode() + b"x" * 99, tmp_path).sentence("zh")
    assert "早\\x1b[31m红\\u202e\\n\\u200b尾" in sentence
    assert "x" * 41 not in sentence
    assert all(char.isprintable() for char in sentence)
