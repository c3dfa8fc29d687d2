"""The HTML page, read by html5lib: one file, nothing that runs or loads, and what it says."""

from __future__ import annotations

import io
import re
from base64 import b64encode
from datetime import date, datetime
from hashlib import sha256
from types import ModuleType
from typing import Any

import html5lib
import pytest

from qunkit.ink.page import SCRIPT
from qunkit.renderers import html
from qunkit.results import Column, Note, Report, Result, Section
from qunkit.words import Lang, Text
from support import week

REPORTS = {"nav", "section", "a", "script"}
DRAWN = {"dl", "dt", "dd", "figure", "figcaption", "details", "summary", "svg", "g", "path", "line", "text"}
OF_REPORTS = {"id", "href", "aria-label", "data-n"}
OF_DRAWN = {
    *("viewBox", "role", "fill", "transform", "d", "x2", "y2", "font-size", "text-anchor"),
    *("stroke-width", "stroke-dasharray", "opacity"),
}
"""What pages of reports have beside the others, and pages with drawings."""


def _page(thing: Any, lang: Lang = "zh", **options: Any) -> str:
    out = io.StringIO()
    html.write(thing, out, lang, **options)
    return out.getvalue()


def _tree(thing: Any, lang: Lang = "zh", **options: Any) -> Any:
    """Parsed by the standard's own rules, of which none may be broken."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(_page(thing, lang, **options))


def _rows(tree: Any) -> list[list[str]]:
    return [[cell.text or "" for cell in row] for row in tree.iter("tr")]


def _thing(sample: ModuleType, name: str) -> Any:
    return getattr(week, name)() if name in ("fleet", "group") else getattr(sample, name)()


@pytest.mark.parametrize("thing", ["ordinary", "empty", "hours", "hostile", "weekly", "chat", "fleet", "group"])
def test_P25_the_page_loads_nothing_and_runs_only_its_own(sample: ModuleType, thing: str) -> None:
    """A report may sort its tables; no other page has a script at all."""
    page = _page(_thing(sample, thing))
    tree = _tree(_thing(sample, thing))
    sorts = isinstance(_thing(sample, thing), Report)
    drawn = thing in ("fleet", "group")
    assert [script.text for script in tree.iter("script")] == [SCRIPT] * sorts
    tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert tags - (REPORTS if sorts else set()) - (DRAWN if drawn else set()) <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "h1",
        "h2",
        "h3",
        "b",
        "br",
        "span",
        "p",
        "ul",
        "li",
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "footer",
    }
    assert {name for element in tree.iter() for name in element.attrib} - (OF_REPORTS if sorts else set()) - (
        OF_DRAWN if drawn else set()
    ) <= {
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "class",
        "tabindex",
    }
    style = tree.findtext("head/style")
    assert not re.search(r"url\(|@import|expression|</", style)
    found = {meta.attrib.get("http-equiv") or meta.attrib.get("name"): meta.attrib.get("content") for meta in tree.iter("meta")}  # fmt: skip
    digest = b64encode(sha256(style.encode()).digest()).decode()
    script = f" script-src 'sha256-{b64encode(sha256(SCRIPT.encode()).digest()).decode()}';" if sorts else ""
    assert found["Content-Security-Policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}';{script} img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert {link.attrib["href"][0] for link in tree.iter("a")} <= {"#", "."}
    assert found["referrer"] == "no-referrer"
    assert page.index("Content-Security-Policy") < page.index("<title>")


def test_a_table_by_hand(sample: ModuleType) -> None:
    tree = _tree(sample.ordinary())
    rows = _rows(tree)
    assert rows[0][:5] == ["成员", "群", "消息数", "占比", "较上周"]
    assert rows[1] == ["小满🐼", "阅读打卡①群", "1,234", "45.7%", "▲ 12.0%", "3分20秒", "176", "05-17", "▃▄▆▂▁▆█", "是"]
    assert len(rows) == 6
    assert tree.find("body/main/h1").text == tree.findtext("head/title") == "关键成员"
    assert [item.text for item in tree.iter("li")] == ["占比的分母是 2,700 条成员消息。", "回复不足 5 次时不给出时长。"]
    assert "时区 Asia/Shanghai" in tree.findtext("body/footer/p")


def test_numbers_stand_at_the_right(sample: ModuleType) -> None:
    kinds = [cell.attrib.get("class", "") for cell in _tree(sample.ordinary()).find(".//tbody/tr")]
    assert kinds == ["", "", "n", "n", "n", "n", "n", "d", "d", "d"]


def test_the_language_is_said(sample: ModuleType) -> None:
    assert _tree(sample.ordinary(), "zh").attrib["lang"] == "zh-CN"
    assert _tree(sample.ordinary(), "en").attrib["lang"] == "en"


def test_nothing_found(sample: ModuleType) -> None:
    tree = _tree(sample.empty())
    assert [item.text for item in tree.iter("li")] == ["没有数据"]
    assert tree.find(".//table") is None


def test_a_map_has_weekdays_across(sample: ModuleType) -> None:
    rows = _rows(_tree(sample.hours()))
    assert rows[0] == ["时", "周一", "周二", "周三", "周四", "周五", "周六", "周日"]
    # 20:00 on Thursday: (20 * 7 + 4 * 5) % 23 + 40 = 62 messages in 4 weeks; Sundays were not observed
    assert (rows[21][0], rows[21][4], rows[21][7]) == ("20", "15.5", "–")
    kinds = [cell.attrib["class"] for cell in list(_tree(sample.hours()).iter("tr"))[21]]
    # 15.5 is the highest; on Monday (140 + 5) % 23 + 40 = 47, 11.75 an hour: more than three quarters; Sunday has no shade
    assert (kinds[0], kinds[1], kinds[4], kinds[7]) == ("n", "n s4", "n s4", "n s0")
    # at 7 on Wednesday (49 + 15) % 23 = 18, 4.5 an hour: the second quarter; on Monday 8, 2 an hour: the first
    assert [cell.attrib["class"] for cell in list(_tree(sample.hours()).iter("tr"))[8]][1:4:2] == ["n s1", "n s2"]


def test_a_report_has_its_sections(sample: ModuleType) -> None:
    tree = _tree(sample.weekly(), "en")
    assert tree.find("body/main/h1").text == "Week 20 of 2026"
    assert [head.text for head in tree.iter("h2")] == ["At a glance", "Key people", "Busy hours", "Alerts"]
    assert len(list(tree.iter("table"))) == 2
    assert _page(sample.weekly(), "en").count("time zone Asia/Shanghai") == 1


def test_a_week_by_hand() -> None:
    tree = _tree(week.fleet(groups=3), "en")
    assert [link.attrib["href"] for link in tree.find("body/main/nav").iter("a")] == ["#summary", "#attention", "#ads", "#hours", "#groups"]  # fmt: skip
    assert [section.attrib["id"] for section in tree.iter("section")] == [
        "summary",
        "attention",
        "ads",
        "hours",
        "groups",
    ]
    cards = [[part.text for part in card] for card in tree.find(".//dl")]
    # 20,431 / 18,882 = 1.082; / 19,750 = 1.034. Shares differ in points: 3.12 - 4.16, 3.12 - 2.1
    assert cards[0] == [
        "messages",
        "20,431",
        "▲ 8.2% on the week before (18,882)",
        "▲ 3.4% on the median of 8 weeks (19,750)",
    ]
    assert cards[2][2:] == [
        "▼ 1 pp on the week before (4.2%)",
        "▲ 1 pp on the median of 8 weeks (2.1%)",
        "n = 20,431",
    ]
    assert cards[5] == ["leaves", "–", "No roster and no notices: not known."]
    charts = [figure.findtext("figcaption") for figure in tree.iter("figure")]
    assert charts == [
        "Messages a day",
        "Ads among messages",
        "Messages by hour and weekday",
        "Wait for the first answer",
    ]
    assert [details.findtext("summary") for details in tree.iter("details")] == ["Data of this chart"] * 4


def test_sections_below_sections() -> None:
    tree = _tree(week.group(), "en")
    assert [head.text for head in tree.iter("h3")] == ["At risk"]
    assert "risk" in [section.attrib["id"] for section in tree.iter("section")]
    assert "#risk" not in [link.attrib["href"] for link in tree.iter("a")]


def test_names_of_groups_lead_to_their_pages() -> None:
    links = {"0@chatroom": "徒步 <a>&?#-1.html", "2@chatroom": "x.html"}
    tree = _tree(week.fleet(groups=3), "en", links=links)
    led = {link.text: link.attrib["href"] for link in tree.iter("a") if link.attrib["href"].startswith(".")}
    # of the three rows of the last table two have a page; the one of 2@chatroom stands among those needing attention, too
    assert led == {week.GROUPS[0]: "./%E5%BE%92%E6%AD%A5%20%3Ca%3E%26%3F%23-1.html", week.GROUPS[2]: "./x.html"}


def test_the_way_back() -> None:
    tree = _tree(week.group(), "zh", up="index.html")
    assert (tree.find("body/main/nav/a").text, tree.find("body/main/nav/a").attrib["href"]) == (
        "← 全部群",
        "./index.html",
    )


def test_ids_left_out_are_said_once() -> None:
    assert _page(week.fleet(), "en").count("Ids are left out") == 1


def test_cells_say_by_what_they_are_sorted() -> None:
    columns = tuple(
        Column(type_, type_, Text(type_, type_)) for type_ in ("text", "int", "ratio", "date", "datetime", "bool")
    )
    rows = [("a", 1234, 0.5, date(2026, 5, 17), datetime(2026, 5, 17, 9, 5), True), (None,) * 6]
    tree = _tree(
        Report(
            "r", Note(Text("r", "r")), [Section("s", Text("s", "s"), result=Result("r", Text("r", "r"), columns, rows))]
        )
    )
    ranks = [[cell.attrib.get("data-n") for cell in row] for row in tree.find(".//tbody")]
    assert ranks == [[None, "1234", "0.5", "20260517000000", "20260517090500", "1"], [None, "", "", "", "", ""]]
