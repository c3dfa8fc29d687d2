"""Markdown tables, parsed by another program."""

from __future__ import annotations

import html
import io
import re
from types import ModuleType
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qunkit.renderers import markdown
from qunkit.results import Column, Note, Report, Result, Section
from qunkit.words import Lang, Text

steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def _write(thing: Any, lang: Lang = "zh") -> str:
    out = io.StringIO()
    markdown.write(thing, out, lang)
    return out.getvalue()


def _cells(page: str) -> list[str]:
    return [html.unescape(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", PARSER.render(page))]


def test_a_table_by_hand(sample: ModuleType) -> None:
    cells = _cells(_write(sample.ordinary()))
    assert len(cells) == 6 * 10
    assert cells[:5] == ["成员", "群", "消息数", "占比", "较上周"]
    assert cells[10:20] == [
        "小满🐼",
        "阅读打卡①群",
        "1,234",
        "45.7%",
        "▲ 12.0%",
        "3分20秒",
        "176",
        "05-17",
        "▃▄▆▂▁▆█",
        "是",
    ]
    assert "<li>占比的分母是 2,700 条成员消息。</li>" in PARSER.render(_write(sample.ordinary()))


def test_numbers_stand_at_the_right(sample: ModuleType) -> None:
    assert "| --- | --- | --: | --: | --: | --: | --: | --- | --- | --- |" in _write(sample.ordinary())


def test_nothing_found(sample: ModuleType) -> None:
    assert "没有数据" in _write(sample.empty())


def test_a_map_has_weekdays_across(sample: ModuleType) -> None:
    cells = _cells(_write(sample.hours()))
    assert cells[:8] == ["时", "周一", "周二", "周三", "周四", "周五", "周六", "周日"]
    assert len(cells) == 8 * 25
    # 20:00 on Thursday: (20 * 7 + 4 * 5) % 23 + 40 = 62 messages in 4 weeks; Sundays were not observed
    assert cells[8 * 21 : 8 * 22][4] == "15.5"
    assert cells[8 * 21 : 8 * 22][7] == "–"
    assert "另有：消息数、观察天数、发言人数" in _write(sample.hours())


def test_a_report_has_its_sections(sample: ModuleType) -> None:
    page = _write(sample.weekly(), "en")
    assert re.findall(r"^#+ .*", page, re.MULTILINE) == [
        "# Week 20 of 2026",
        "## At a glance",
        "## Key people",
        "## Busy hours",
        "## Alerts",
    ]
    assert page.count("time zone Asia/Shanghai") == 1


def _report(text: str) -> Report:
    columns = (Column("name", "text", Text("name", "名称")), Column("names", "list", Text("names", "名单")))
    said = Note(Text("{who}", "{who} 说"), (("who", text),))
    result = Result("r", Text("r", "r"), columns, [(text, [text, "x"]), ("x", ["x"])], [said], {"tag": text})
    return Report("r", said, [Section("s", Text("s", "s"), [said], result)], {"tag": "x" + text})


@steady
@given(st.text(st.one_of(st.sampled_from("<>`*_[](){}#+-.!|~:&\n\r\t1a@\\ =$^/w"), st.characters()), max_size=40))
def test_the_skeleton_is_that_of_an_x(text: str) -> None:
    shape = re.compile("<[^>]*>")
    assert shape.findall(PARSER.render(_write(_report(text)))) == shape.findall(PARSER.render(_write(_report("x"))))
