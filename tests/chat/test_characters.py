"""The generated tables: what they say, and that training/tables.py makes the same."""

from __future__ import annotations

import sys
import unicodedata
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

from qunkit.chat import characters
from support.needs import need

ROOT = Path(__file__).parents[2]


def syllable(sign: str) -> str:
    return characters.syllables()[characters.spoken()[ord(sign)] - 1]


def test_syllables() -> None:
    assert [syllable(sign) for sign in "微薇信绿"] == ["wei", "wei", "xin", "lv"]
    assert syllable("加") == syllable("佳") == "jia"
    assert characters.spoken()[[ord(sign) for sign in "a1。\0"]].tolist() == [0, 0, 0, 0]
    assert list(characters.syllables()) == sorted(set(characters.syllables()))


def test_kinds() -> None:
    found = characters.kinds()[[ord(sign) for sign in "a1信.,\0"]].tolist()
    assert found == [
        characters.LETTER,
        characters.LETTER,
        characters.HAN,
        characters.SEPARATOR,
        characters.OTHER,
        characters.OTHER,
    ]


def test_marks_and_what_nobody_sees_are_dropped() -> None:
    """Of every category that has no sign of its own, in the Unicode of this Python as far as the table knows it."""
    kept = [
        hex(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in ("Mn", "Me", "Cf", "Cs")
        and characters.forms().forms[code] != characters.DROPPED
    ]
    assert kept == [] or unicodedata.unidata_version > "14"


def test_they_are_what_the_script_writes() -> None:
    need(
        "OpenCC and pypinyin",
        find_spec("opencc") and find_spec("pypinyin"),
        held_by="tests/chat/test_normal.py::test_every_code_point_twice_is_once",
    )
    spec = spec_from_file_location("tables", ROOT / "training/tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    if unicodedata.unidata_version == module.UNICODE:
        for name, text in module.tables().items():
            assert (ROOT / "src/qunkit/chat/data" / name).read_bytes() == text.encode(), name
