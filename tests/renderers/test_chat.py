"""Messages as people read them: the same in every renderer for people, a table in every other."""

from __future__ import annotations

import dataclasses
import io
import json
import re
from types import ModuleType
from typing import Any

import html5lib
from markdown_it import MarkdownIt
from rich.cells import cell_len

from qunkit import registry
from qunkit.words import Lang

PEOPLE = ("terminal", "markdown", "html")


def _write(name: str, thing: Any, lang: Lang = "zh", **options: Any) -> str:
    out = io.StringIO(newline="")
    registry.load("renderers", name).write(thing, out, lang, **options)
    return out.getvalue()


def test_a_chat_by_hand(sample: ModuleType) -> None:
    assert _write("terminal", sample.chat(), width=60) == (
        "消息\n"
        "\n"
        "── 周末徒步🥾 ──────────────────────────────────────────────\n"
        "2026-05-16 周六\n"
        "21:03 阿岚 (wxid_a)  明天七点东门集合，带够水和雨衣，山上下\n"
        "      午可能有阵雨，走不动的早点说\n"
        "21:03 Kai Berg  [图片]\n"
        "21:03 Kai Berg  好\n"
        "      ┃ 阿岚：明天七点东门集合\n"
        "\n"
        "2026-05-17 周日\n"
        '08:00 · "阿岚"邀请"小满"加入了群聊\n'
        "08:00 阿岚 (wxid_z)  #接龙 拼车\n"
        "      1. 阿岚 2位\n"
        "      2. Kai 1位\n"
        "08:00 阿岚 (wxid_z)  在\n"
        "      ┃ （原消息不在数据中）\n"
        "      Kai Berg  [导出时未保留]\n"
        "\n"
        "── 读书 ────────────────────────────────────────────────────\n"
        "2026-05-17 周日\n"
        "08:00 小满  [链接] 书单 https://books.example\n"
        "      ┃ Kai Berg：[图片]\n"
        "08:00 · [撤回]\n"
    )


def test_no_line_is_wider_than_the_terminal_and_colour_only_dims(sample: ModuleType) -> None:
    for width in (20, 33, 60, 120):
        lines = _write("terminal", sample.chat(sample.HOSTILE), width=width).split("\n")
        assert [line for line in lines if cell_len(line) > width or line != line.rstrip()] == []
    coloured = _write("terminal", sample.chat(), width=60, color=True)
    assert '\x1b[2m· "阿岚"邀请"小满"加入了群聊\x1b[0m' in coloured
    assert re.sub("\x1b\\[[0-9]*m", "", coloured) == _write("terminal", sample.chat(), width=60)


def test_every_renderer_for_people_says_the_same(sample: ModuleType) -> None:
    shown = {
        "markdown": re.sub("<[^>]*>", "", MarkdownIt("commonmark").render(_write("markdown", sample.chat()))),
        "html": "".join(html5lib.parse(_write("html", sample.chat()), namespaceHTMLElements=False).find("body").itertext()),
        "terminal": _write("terminal", sample.chat(), width=200),
    }  # fmt: skip
    words = [re.sub(r"[\s·─┃]|&quot;|\"", "", text).removeprefix("消息") for text in shown.values()]
    assert words[0] == words[1] == words[2]


def test_programs_get_the_table(sample: ModuleType) -> None:
    plain = dataclasses.replace(sample.chat(), chat=False)
    for name in ("tsv", "csv", "json", "jsonl"):
        assert _write(name, sample.chat()) == _write(name, plain)
    assert json.loads(_write("jsonl", sample.chat()).splitlines()[1])["kind"] == "image"


def test_P16_what_a_chat_leaves_out_is_said_below_it(sample: ModuleType) -> None:
    for name in PEOPLE:
        out = io.StringIO()
        said = registry.load("renderers", name).write(sample.chat(), out, "en", limit=4)
        assert said == ["Only the first 4 messages, 5 are left out; --group and --last choose, --format tsv gives all."]
        assert "and --last choose" in re.sub(r"\s+", " ", out.getvalue())
        assert "接龙" not in out.getvalue()
    long = ("长" * 2000, "\n".join(map(str, range(50))), "short")
    out = io.StringIO()
    # of the first two texts the end is missing, wherever they stand: as a name, as what is said, as what is answered
    said = registry.load("renderers", "terminal").write(sample.chat(long), out, "en", width=100)
    assert said == ["Long texts cut (…): 6; --format tsv gives all."]
    assert "\n      39\n      …\n" in out.getvalue()
    assert "\n      40\n" not in out.getvalue()
    assert _write("html", sample.chat(long)).count("长" * 2000) == 4  # twice a name, said and answered


def test_P29_a_chat_stays_text(sample: ModuleType) -> None:
    for name in PEOPLE:
        assert not set(_write(name, sample.chat(sample.HOSTILE))) & {"\x1b", "\x07", "\r", "\u202e", "\u2028", "\x85"}
    tame = tuple("x" for _ in sample.HOSTILE)
    tags = [
        [element.tag for element in html5lib.parse(_write("html", sample.chat(texts)), namespaceHTMLElements=False).iter()]
        for texts in (sample.HOSTILE, tame)
    ]  # fmt: skip
    assert [tag for tag in tags[0] if tag != "br"] == [tag for tag in tags[1] if tag != "br"]
    rendered = [
        re.findall("<[a-z0-9]+", MarkdownIt("commonmark", {"html": True}).render(_write("markdown", sample.chat(texts))))
        for texts in (sample.HOSTILE, tame)
    ]  # fmt: skip
    assert set(rendered[0]) == set(rendered[1])
