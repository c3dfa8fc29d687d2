"""An unknown file is told by its shape and what it is most like; who asks for it is shown its begin, harmlessly."""

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


def unknown(content: bytes, folder: Path, *, shown: bool = False) -> UnknownFormat:
    path = folder / "file.txt"
    path.write_bytes(content)
    source = open_source(path)
    with pytest.raises(UnknownFormat) as caught:
        identify(source, shown=shown)
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
    sentence = unknown("早\x1b[31m红\u202e\n\u200b尾".encode() + b"x" * 99, tmp_path, shown=True).sentence("zh")
    assert "早\\x1b[31m红\\u202e\\n\\u200b尾" in sentence
    assert "x" * 41 not in sentence
    assert all(char.isprintable() for char in sentence)


@pytest.mark.parametrize(
    ("content", "en", "zh"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "is a picture (JPEG)", "是图片 (JPEG)"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is a picture (PNG)", "是图片 (PNG)"),
        (b"GIF89a\x01\0", "is a picture (GIF)", "是图片 (GIF)"),
        (b"RIFF\x10\n\0\0WEBPVP8 ", "is a picture (WebP)", "是图片 (WebP)"),
        (b"\0\0\0\x18ftypheic", "is a picture (HEIC)", "是图片 (HEIC)"),
        (b"\0\0\0\x20ftypisom", "is a video or sound (MP4)", "是视频或音频 (MP4)"),
        (b"ID3\x03\0\0", "is a sound (MP3)", "是音频 (MP3)"),
        (b"\x02#!SILK_V3\x0c", "is a voice message (SILK or AMR)", "是语音（SILK 或 AMR）"),
        (b"%PDF-1.7\n", "is a PDF document", "是 PDF 文档"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 99, "is an old Office document", "是旧式 Office 文档"),
        (b"PK\x03\x04[Content_Types].xml\nPK\x03\x04word/document.xml", "is a Word document (DOCX)", "是 Word 文档 (DOCX)"),
        (b"SQLite format 3\0\x10", "is a database (SQLite)", "是数据库 (SQLite)"),
    ],
)  # fmt: skip
def test_what_people_keep_beside_exports_is_called_by_its_name(
    content: bytes, en: str, zh: str, tmp_path: Path
) -> None:
    error = unknown(content, tmp_path)
    assert en in error.sentence("en")
    assert zh in error.sentence("zh")
    assert "“" not in error.sentence("zh")


def test_a_text_that_begins_like_nothing_is_no_picture(tmp_path: Path) -> None:
    assert "is plain text" in unknown(b"ID3 and GIF", tmp_path).sentence("en")
    assert "begins “ID3 and GIF”" in unknown(b"ID3 and GIF", tmp_path, shown=True).sentence("en")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("log.csv", "when,who,said\n2024-12-01,Ann,hi\n"),
        ("log.tsv", "when\twho\tsaid\n2024-12-01\tAnn\thi\n"),
        ("log.jsonl", '{"when": 1, "who": "Ann", "said": "hi"}\n'),
    ],
)
def test_an_unknown_table_is_read_with_map_and_has_these_columns(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UnknownFormat) as caught:
        identify(open_source(tmp_path / name))
    for lang, listed in (("en", "when, who, said"), ("zh", "when、who、said")):
        hint = caught.value.hint(lang) or ""
        assert "--map time=…,sender=…,text=…" in hint
        assert listed in hint
        assert "(mapped)" not in caught.value.sentence(lang)


def test_an_unknown_text_has_no_columns(tmp_path: Path) -> None:
    assert "--map" not in (unknown(b"milk, eggs, bread\n", tmp_path).hint("en") or "")
