"""The made-up page of WeFlow, row by row; bubbles of every kind; where the data stand in a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.chat.weflow_page import Bubble
from qunkit.formats import weflow_html
from qunkit.ingest.run import ingest
from qunkit.parsing.script import json_value
from qunkit.parsing.source import open_source
from support.staged import messages

PAGE = Path(__file__).parents[1] / "samples/made/weflow_html/周三读书会.html"
BEGIN, FIRST_ID, STEP = 1733310000, 7000000000000000001, 1009
SAID: list[tuple[Any, ...]] = [
    (None, "system", '"雨"邀请"陈老师"加入了群聊', "invited"),
    ("name:小舒", "text", "今晚读第三章\n@陈老师\u2005来领读", None),
    ("name:陈老师", "text", "好[微笑]", None),
    ("name:雨", "image", "", None),
    ("name:陈老师", "quote", "是这一页吗 <3 & 4>", None),
    ("name:雨", "sticker", "", None),
    ("name:小舒", "link", "书评\nhttps://books.example.invalid/?a=1&b=2", None),
    ("name:小舒", "file", "第三章.pdf", None),
    ("name:雨", "voice", "", None),
    (None, "recall", '"雨" 撤回了一条消息', "recalled"),
]


def test_every_message_is_as_it_was_written(tmp_path: Path) -> None:
    ingest([PAGE], tmp_path)
    rows = messages(tmp_path)[0]
    assert [tuple(row[name] for name in ("sender_id", "kind", "text", "event")) for row in rows] == SAID
    assert [int(row["sent_at"].timestamp()) for row in rows] == [BEGIN + 60 * n for n in range(1, 11)]
    assert [row["native_id"] for row in rows] == [str(FIRST_ID + n * STEP) for n in range(1, 11)]
    assert (rows[4]["reply_to"], rows[4]["reply_how"]) == (rows[3]["message_id"], "id")
    assert {row["group_name"] for row in rows} == {"周三读书会"}
    assert [row["from_me"] for row in rows] == [False, True, False, False, False, False, True, True, False, False]


def rows(folder: Path, *said: dict[str, Any], behind: str = "];\n</script></html>") -> list[dict[str, Any]]:
    path = folder / "老王.html"
    lines = ",\n".join(json.dumps({"t": BEGIN, "s": 0, "b": "", **one}, ensure_ascii=False) for one in said)
    path.write_text(f"<!DOCTYPE html>\n<html><script>window.WEFLOW_DATA = [\n{lines}\n{behind}", "utf-8")
    assert weflow_html.sniff(open_source(path).head)
    return [row for batch in weflow_html.read(open_source(path)) for row in batch.messages.to_pylist()]


@pytest.mark.parametrize(
    ("markup", "kind", "text"),
    [
        ('<div class="message-text">早<br>好</div>', None, "早\n好"),
        ('<div class="x message-text y">早<br/>好<b>!</b></div>', None, "早\n好!"),
        ('<div class="message-text"></div>', None, ""),
        ("", None, None),
        ("<div>10:00</div>", None, None),
        ('<div class="message-media"><video src="a.mp4"></video></div>', "video", ""),
        ('<div class="message-media"><audio src="a.mp3"></audio></div>', "voice", ""),
        ('<img src="a.jpg"><div class="message-text">看</div>', None, "看"),
        ('<div class="message system"><span class="message-text">大家好</span></div>', "system", "大家好"),
        ('<div class="message-text">[群公告]明早</div>', "announcement", "明早"),
        ('<div class="message-text">微信红包怎么发</div>', None, "微信红包怎么发"),
        ("<div class='message-text'>&amp;lt;</div>", None, "&lt;"),
        ('<div class="message-text">没有关', None, "没有关"),
        ("</div></p><div class=message-text>早</div>", None, "早"),
    ],
)
def test_a_bubble(tmp_path: Path, markup: str, kind: str | None, text: str | None) -> None:
    (row,) = rows(tmp_path, {"b": f'<i class="sender-name">小王</i>{markup}'})
    assert (row["kind"], row["text"]) == (kind, text)
    assert row["sender_name"] == (None if kind == "system" else "小王")


def test_who_is_not_named_is_the_owner_or_the_other_one(tmp_path: Path) -> None:
    told = rows(tmp_path, {"s": 1}, {"s": 0}, {"s": True}, {"s": False}, {"s": None})
    assert [(row["sender_name"], row["from_me"]) for row in told] == [
        (None, True),
        ("老王", False),
        (None, True),
        ("老王", False),
        ("老王", False),
    ]


@pytest.mark.parametrize(
    "behind", ["];\n</script>", "]\n</script>", "] ;\r\nrender();</script>", "];</SCRIPT>", "]", "];", "];\n\n"]
)
def test_where_the_data_end(tmp_path: Path, behind: str) -> None:
    told = rows(tmp_path, {"b": '<p class="message-text">];</p>'}, {}, behind=behind)
    assert [row["text"] for row in told] == ["];", None]
    path = tmp_path / "老王.html"
    begin, end = json_value(open_source(path), "window.WEFLOW_DATA")
    text = path.read_bytes()
    assert text[begin - 2 : begin] == b"= "
    assert len(json.loads(text[begin:end])) == 2


@settings(deadline=None)
@given(st.text())
def test_no_markup_is_too_odd(markup: str) -> None:
    assert isinstance(Bubble(f'<a class="message-text">{markup}').said["message-text"], str)
