"""By what tellings are compared: cheap ways say what dear ones say."""

from __future__ import annotations

import re
import sys
import unicodedata

import duckdb
import pytest

from qunkit.ingest.alike import PLAIN, WORDS
from support.merged import compare_everything
from support.staged import commit, messages, telling
from support.tiny_worlds import together, worlds

EVERY_SIGN = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
PLAIN_SIGNS = [sign for sign in EVERY_SIGN if re.fullmatch(PLAIN, sign)]
EARLY = {"text": "早", "sender_id": "w1", "sender_name": "凯文"}


def test_nfc_leaves_plain_signs_as_they_are_whatever_is_beside_them():
    """None is another in NFC, a mark on what is before it, or the second half of a sign."""
    pairs = (unicodedata.decomposition(sign).split() for sign in EVERY_SIGN)
    halves = {chr(int(pair[1], 16)) for pair in pairs if len(pair) == 2 and not pair[0].startswith("<")}
    assert len(PLAIN_SIGNS) > 23_000
    for sign in PLAIN_SIGNS:
        assert unicodedata.normalize("NFC", sign) == sign
        assert not unicodedata.combining(sign)
        assert sign not in halves


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("早上好", "早上好"),
        ("第一行\n第二行 ok", "第一行\n第二行 ok"),
        (" 早 \n", "早"),
        ("\t早\r\n好\r", "早\n好"),
        ("cafe\u0301", "café"),
        ("早\u3000", "早\u3000"),
        ("か\u3099", "が"),
        ("", ""),
        (" ", ""),
        (None, None),
    ],
)
def test_words(text, words):
    assert duckdb.execute(f"SELECT {WORDS.format('$said')}", {"said": text}).fetchall() == [(words,)]


def test_what_is_alone_needs_no_comparing(tmp_path, monkeypatch):
    """A world merged as it is, and one of which every telling is compared with every other, are one."""
    sources = together([one.sources(group) for group, one in worlds(7, 60)])
    for number, source in enumerate(sources):  # begins in none of the minutes that matter
        sources[source] += [telling(-20 * 86400 - 600 * number, group_id=f"g{group}", **EARLY) for group in range(60)]
    commit(tmp_path / "near", sources)
    compare_everything(monkeypatch)
    commit(tmp_path / "all", sources)
    assert messages(tmp_path / "near") == messages(tmp_path / "all")
