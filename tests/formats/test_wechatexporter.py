"""WechatExporter's text and page by hand, the text also against a slow reader. The samples are compared in test_wechat_truth.py."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.chat.notices import looks_like_notice
from qunkit.errors import UnreadableExport
from qunkit.formats import wechatexporter_html, wechatexporter_txt
from support.reading import read, sniffs

ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
AT = "2024-12-04 19:30:05"
TITLE = "读书会 - 微信聊天记录\n\n"
SAID = f"小刘 ({AT}):早\n"
JOINED = '"甲"邀请"乙"加入了群聊'


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (TITLE + SAID, True),
        ("a - b - 微信聊天记录\n" + SAID, True),
        (TITLE, False),
        (SAID, False),
        (TITLE + "小刘:早\n", False),
        ("读书会-微信聊天记录\n\n" + SAID, False),
    ],
)
def test_sniff_of_the_text(tmp_path: Path, text: str, answer: bool) -> None:
    assert sniffs(wechatexporter_txt, tmp_path / "a.txt", text) == answer


@pytest.mark.parametrize(
    "notice",
    [
        JOINED,
        '"乙"通过扫描"甲"分享的二维码加入群聊',
        '你将"乙"移出了群聊',
        '"甲" 撤回了一条消息',
        '"甲" 拍了拍 "乙"',
        "A invited B to the group chat",
        '"甲"修改群名为“周末”',
        "甲领取了乙的红包",
        '"甲"已成为新群主',
    ],
)
def test_a_notice_is_at_the_time_of_the_message_before(tmp_path: Path, notice: str) -> None:
    rows, reasons = read(
        wechatexporter_txt, tmp_path / "a.txt", f"{TITLE}{SAID}{notice}\n阿岚 (2024-12-05 00:00:00):好\n"
    )
    assert reasons == []
    assert [(row["kind"], row["sender_name"], row["text"]) for row in rows] == [
        (None, "小刘", "早"),
        ("system", None, notice),
        (None, "阿岚", "好"),
    ]
    assert rows[0]["wall"] == rows[1]["wall"] == datetime(2024, 12, 4, 19, 30, 5)


@pytest.mark.parametrize(
    "line", ["先看红包封面", "我邀请了乙", "加入我们", "拍了拍", "group chat", "「阿岚：早」", "- - - - -"]
)
def test_other_lines_go_on_with_the_message(tmp_path: Path, line: str) -> None:
    rows, _ = read(wechatexporter_txt, tmp_path / "a.txt", f"{TITLE}{SAID}{line}\n")
    assert [(row["kind"], row["text"]) for row in rows if row["kind"] != "quote"] == [(None, f"早\n{line}")] or (
        line == "「阿岚：早」" and rows[0]["kind"] == "quote"
    )


def test_a_reply_that_quotes_has_no_sender(tmp_path: Path) -> None:
    quote = "「阿岚：几点\n集合」\n- - - - - - - -\n七点\n东门\n"
    rows, reasons = read(wechatexporter_txt, tmp_path / "a.txt", TITLE + SAID + quote + SAID.replace("早", "好"))
    assert reasons == []
    told = [(row["kind"], row["sender_name"], row["text"], row["quote_sender"], row["quote_text"]) for row in rows]
    assert told == [
        (None, "小刘", "早", None, None),
        ("quote", None, "七点\n东门", "阿岚", "几点\n集合"),
        (None, "小刘", "好", None, None),
    ]


def slow(text: str) -> list[tuple[str, str | None, str]]:
    """Headers that do not go back, and notices, line by line. A notice below a line pasted from earlier is taken to be pasted, too."""
    found: list[tuple[str, str | None, list[str]]] = []
    newest = last = ""
    for line in text.removesuffix("\n").split("\n")[2:]:
        match = re.match(r"(.*) \((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\):", line)
        last = match[2] if match else last
        if match and match[2] >= newest:
            newest = match[2]
            found.append((newest, match[1], [line[match.end() :]]))
        elif not match and looks_like_notice(line) and last >= newest:
            found.append((newest, None, [line]))
        else:
            found[-1][2].append(line)
    return [(time, name, "\n".join(lines)) for time, name, lines in found]


LINES = st.sampled_from(
    ["早", "a b (2020-01-01 00:00:00):旧", JOINED, "红包", "(1)", "\u2028", "小刘 (2024):早", '"甲" 撤回了一条消息']
)
RECORDS = st.lists(
    st.tuples(st.sampled_from(["小刘", "新人 (1)", "a):", ""]), st.integers(0, 99_999), st.lists(LINES, max_size=5)),
    min_size=1,
    max_size=10,
)


@settings(ANY, max_examples=150)
@given(RECORDS)
def test_the_text_agrees_with_the_slow_reader(tmp_path: Path, records: list[tuple[str, int, list[str]]]) -> None:
    time, text = datetime(2024, 12, 4), TITLE
    for name, seconds, body in records:
        time += timedelta(seconds=seconds)
        text += f"{name} ({time}):" + "\n".join(["话", *body, "完"]) + "\n"
    rows, reasons = read(wechatexporter_txt, tmp_path / "a.txt", text)
    assert reasons == []
    assert [(str(row["wall"]), row["sender_name"], row["text"]) for row in rows] == slow(text)


# -- the page ------------------------------------------------------------------------------------------------------------
PAGE = "<!DOCTYPE html>\n<html><head><title>读书会 - 微信聊天记录</title></head><body>\n{}\n</body></html>\n"


def message(words: str, *, kind: str = "1", side: str = "left", time: str = AT) -> str:
    name = '<span class="dspname" wxId="wxid_aaa">小&amp;刘</span>'
    return f'<div class="msg chat {side}" msgid="1" msgtype="{kind}"><div>{name} {time}\n{words}</div></div>'


@pytest.mark.parametrize(
    ("page", "answer"),
    [
        (PAGE.format(message("<pre>早</pre>")), True),
        (PAGE.format(message("<pre>早</pre>")).replace("<!DOCTYPE html>\n", ""), True),
        (PAGE.format(""), False),
        (PAGE.format(message("<pre>早</pre>").replace("dspname", "name")), False),
        (message("<pre>早</pre>"), False),
    ],
)
def test_sniff_of_the_page(tmp_path: Path, page: str, answer: bool) -> None:
    assert sniffs(wechatexporter_html, tmp_path / "a.html", page) == answer


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("<pre>早</pre>", "早"),
        ("<pre>一<br>二<br/>三\n四</pre>", "一\n二\n三\n四"),
        ('<pre>好<img alt="[微笑]" src="1.png">的<a href="x">网址</a></pre>', "好[微笑]的网址"),
        ("<pre>a &lt;b&gt; &amp;amp; &quot;</pre>", 'a <b> &amp; "'),
        ("<p>标题</p>", "标题"),
        ("<pre></pre>", ""),
    ],
)
def test_words_of_the_page(tmp_path: Path, words: str, text: str) -> None:
    (row,), reasons = read(wechatexporter_html, tmp_path / "a.html", PAGE.format(message(words)))
    assert reasons == []
    assert (row["text"], row["sender_id"], row["sender_name"], row["group_name"]) == (
        text,
        "wxid_aaa",
        "小&刘",
        "读书会",
    )


@pytest.mark.parametrize(
    ("number", "kind"),
    [("1", None), ("3", "image"), ("34", "voice"), ("43", "video"), ("47", "sticker"), ("49", None), ("x", None)],
)
def test_kinds_of_the_page(tmp_path: Path, number: str, kind: str | None) -> None:
    (row,), _ = read(wechatexporter_html, tmp_path / "a.html", PAGE.format(message("<pre>早</pre>", kind=number)))
    assert (row["kind"], row["text"]) == (kind, "" if kind else "早")


def test_the_owner_is_on_the_right(tmp_path: Path) -> None:
    page = PAGE.format(message("<pre>早</pre>") + "\n" + message("<pre>好</pre>", side="right"))
    rows, _ = read(wechatexporter_html, tmp_path / "a.html", page)
    assert [row["from_me"] for row in rows] == [False, True]


def test_notices_of_the_page_are_at_the_time_before(tmp_path: Path) -> None:
    notice = f'<div class="msg notice"><span>{JOINED}</span></div>'
    page = PAGE.format(f"{notice}\n{message('<pre>早</pre>')}\n{notice}")
    rows, reasons = read(wechatexporter_html, tmp_path / "a.html", page)
    assert reasons == ["bad-time"]
    assert [(row["kind"], row["text"], str(row["wall"])) for row in rows] == [(None, "早", AT), ("system", JOINED, AT)]


def test_many_messages_are_several_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wechatexporter_html, "_ROWS", 3)
    page = PAGE.format("\n".join(message(f"<pre>{number}</pre>") for number in range(10)))
    rows, reasons = read(wechatexporter_html, tmp_path / "a.html", page)
    assert [row["text"] for row in rows] == list("0123456789")
    assert reasons == []


def test_a_page_too_large_to_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wechatexporter_html, "_LIMIT", 10)
    with pytest.raises(UnreadableExport):
        read(wechatexporter_html, tmp_path / "a.html", PAGE.format(message("")))


@pytest.mark.parametrize(
    "script",
    [
        '<script src="读书会_files/Data/msg-1.js"></script>',
        '<script type="text/javascript">\nload("Files/Data/msg-" + page + ".js");\n</script>',
    ],
)
@pytest.mark.parametrize("where", ["alone", "before", "behind"])
def test_a_page_that_loads_its_messages_is_refused(tmp_path: Path, script: str, where: str) -> None:
    said = message("<pre>早</pre>")
    page = PAGE.format({"alone": script, "before": script + said, "behind": said + script}[where])
    path = tmp_path / "a.html"
    assert sniffs(wechatexporter_html, path, page)
    with pytest.raises(UnreadableExport) as caught:
        read(wechatexporter_html, path, page)
    assert "msg-*.js" in caught.value.sentence("en")
    assert "异步加载" in str(caught.value.facts["hint"])


def test_words_about_such_a_script_are_words(tmp_path: Path) -> None:
    page = PAGE.format("<script>var a = 1;</script>" + message("<pre>Files/Data/msg-1.js</pre>"))
    (row,), _ = read(wechatexporter_html, tmp_path / "a.html", page)
    assert row["text"] == "Files/Data/msg-1.js"
