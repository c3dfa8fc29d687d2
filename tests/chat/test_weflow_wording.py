from __future__ import annotations

import json

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunkit.chat.weflow_wording import Wording, chat_of, told, undo, undo_untold, untold
from qunkit.schema import KINDS


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("link", "[链接] 标题\nhttps://example.invalid/?a=1&amp;b=2", Wording("link", "标题\nhttps://example.invalid/?a=1&b=2")),
        ("link", "标题", Wording("link", "标题")),
        ("file", "[文件] 路线图 &quot;最终&quot;.pdf", Wording("file", '路线图 "最终".pdf')),
        ("miniprogram", "[小程序] 拼车", Wording("miniprogram", "拼车")),
        ("announcement", "[群公告] 明早\n东门", Wording("announcement", "明早\n东门")),
        ("forward", "[转发的聊天记录]群聊的聊天记录\n老陈: 有雪", Wording("forward", "群聊的聊天记录\n老陈: 有雪")),
        ("call", "[语音通话] 02:15", Wording("call", "02:15")),
        ("call", "[视频通话] 已取消", Wording("call", "已取消")),
        ("solitaire", "[接龙] #接龙", Wording("solitaire", None)),
        ("red_packet", "微信红包", Wording("red_packet", None)),
        ("channels", "当前版本不支持展示该内容，请升级至最新版本。", Wording("channels", None)),
        ("sticker", "[表情包]", Wording("sticker", "")),
        ("sticker", "[表情：抱抱]", Wording("sticker", "")),
        ("image", None, Wording("image", "")),
        ("voice", "明天见", Wording("voice", "明天见")),
        ("contact_card", None, Wording("contact_card", None)),
        ("transfer", "[转账] (甲 转账给 乙) ￥35.00 车费 和油费", Wording("transfer", "￥35.00", extra='{"memo":"车费 和油费","payee":"乙","payer":"甲"}')),
        ("transfer", "[转账] ￥35.00", Wording("transfer", "￥35.00")),
        ("transfer", "[转账] 已收款", Wording("transfer", "已收款")),
        ("location", "[位置] 东门 东区大道1号 (31.23,121.47)", Wording("location", "东门", extra='{"coordinates":"31.23,121.47","label":"东区大道1号"}')),
        ("location", "[位置] 咖啡 (国贸店) 大道1号 (31.2,-1.4)", Wording("location", "咖啡 (国贸店)", extra='{"coordinates":"31.2,-1.4","label":"大道1号"}')),
        ("location", "[位置] 东门", Wording("location", "东门")),
        ("location", "[位置]", Wording("location", None)),
        # where the type says nothing, the mark does
        ("other", "[转账] ￥1.00", Wording("transfer", "￥1.00")),
        (None, "[表情包]", Wording("sticker", "")),
        (None, "什么", Wording(None, "什么")),
        (None, None, Wording(None, None)),
        # as people read them
        ("file", "[文件]路线图.pdf", Wording("file", "路线图.pdf")),
        ("transfer", "[转账] (甲 转账给 乙)￥35.00", Wording("transfer", "￥35.00", extra='{"payee":"乙","payer":"甲"}')),
        ("red_packet", "[红包]微信红包", Wording("red_packet", None)),
        ("solitaire", "[链接]#接龙\n1. 甲", Wording("solitaire", "#接龙\n1. 甲")),
        ("channels", "[链接]当前版本不支持展示该内容，请升级至最新版本。", Wording("channels", None)),
        ("voice", "[其他消息]", Wording("voice", "")),
        ("call", "[其他消息]", Wording("call", None)),
        (None, "[其他消息]", Wording("other", None)),
        (None, "[链接]#接龙\n1. 甲", Wording("link", "#接龙\n1. 甲")),
        # a mark of another kind is what somebody wrote
        ("file", "[链接] x", Wording("file", "[链接] x")),
    ],
)  # fmt: skip
def test_undo(kind: str | None, text: str | None, wanted: Wording) -> None:
    assert undo(kind, text) == wanted


@pytest.mark.parametrize(
    ("text", "sender", "quoted", "wanted"),
    [
        ("有[引用 阿岚：几点]", None, None, ("有", "阿岚", "几点")),
        ("有[引用 阿岚：几点]", "阿岚", "几点", ("有", "阿岚", "几点")),
        ("有[引用 a]b：c：几点]", "a]b：c", "几点", ("有", "a]b：c", "几点")),
        ("有[引用 阿岚：[图片]]", None, None, ("有", "阿岚", "[图片]")),
        ("看[引用 甲：乙][引用 丙：丁]", None, None, ("看[引用 甲：乙]", "丙", "丁")),
        ("回[引用 阿岚：[引用 x：y] 早]", None, None, ("回", "阿岚", "[引用 x：y] 早")),
        ("回[引用 阿岚：早[引用 x：y]]", None, None, ("回", "阿岚", "早[引用 x：y]")),
        ("回[引用 [引用 x：y]：早]", None, None, ("回", "[引用 x", "y]：早")),
        ("好[引用 甲]乙：早]", None, None, ("好", "甲]乙", "早")),
        ("好[引用 甲：:[]", None, None, ("好", "甲", ":[")),
        ("好[引用 甲：早]]", None, None, ("好", "甲", "早]")),
        ("见[引用 1] 结论：好[微笑]", None, None, ("见[引用 1] 结论：好[微笑]", None, None)),
        ("看[引用 甲：乙] 这个", None, None, ("看[引用 甲：乙] 这个", None, None)),
        ("有", "阿岚", "几点", ("有", "阿岚", "几点")),
        ("[引用 阿岚：几点]", None, None, ("", "阿岚", "几点")),
        ("", None, None, ("", None, None)),
        (None, "阿岚", "几点", (None, "阿岚", "几点")),
    ],
)
def test_the_quote_of_a_reply(
    text: str | None, sender: str | None, quoted: str | None, wanted: tuple[str | None, ...]
) -> None:
    found = undo("quote", text, sender, quoted)
    assert found.kind == "quote"
    assert (found.text, found.quote_sender, found.quote_text) == wanted


def test_a_description_is_kept_aside() -> None:
    assert undo("link", "[链接] 标题", description="三层穿衣法").extra == '{"description":"三层穿衣法"}'
    assert undo("channels", "当前版本不支持展示该内容", description="日出") == Wording("channels", "日出")
    assert undo("red_packet", "微信红包", description="恭喜").extra == '{"description":"恭喜"}'


@settings(deadline=None)
@given(
    st.none() | st.sampled_from(sorted(KINDS)),
    st.none() | st.text("[]()：链接文件转账位置引用 ￥1,.\n微信红包", max_size=30),
)
def test_it_never_fails_and_extra_is_json(kind: str | None, text: str | None) -> None:
    found = undo(kind, text)
    assert found.kind in {*KINDS, None}
    assert found.extra is None or isinstance(json.loads(found.extra), dict)


@settings(deadline=None)
@given(st.text(max_size=20), st.text("甲乙 ]：[", min_size=1, max_size=6), st.text("是吗 ]：[", max_size=9))
def test_a_quote_that_is_told_apart_comes_off_exactly(reply: str, sender: str, quoted: str) -> None:
    found = undo("quote", f"{reply}[引用 {sender}：{quoted}]", sender, quoted)
    assert (found.text, found.quote_sender, found.quote_text) == (reply, sender, quoted)


@pytest.mark.parametrize(
    ("name", "chat"),
    [
        ("读书会.txt", "读书会"),
        ("群聊_读书会.txt", "读书会"),
        ("曾经的好友_老王_20240101-20240201.csv", "老王"),
        ("读书会_全部时间.sql", "读书会"),
        ("a.b.txt", "a.b"),
        ("群聊_.txt", "群聊_"),
        ("读书会", "读书会"),
        ("", ""),
    ],
)
def test_the_chat_of_a_file(name: str, chat: str) -> None:
    assert chat_of(name) == chat


ROWS = st.lists(st.text("[]()：链接文件引用 ￥1.\n微信红包其他消息甲", max_size=15), max_size=10)


@settings(deadline=None)
@given(ROWS)
def test_columns_without_kinds_say_what_each_text_says(texts: list[str]) -> None:
    columns = untold(pa.array(texts, pa.string()))
    for row, text in enumerate(texts):
        assert Wording(*(columns[name][row].as_py() for name in Wording._fields)) == undo_untold(text)


@settings(deadline=None)
@given(ROWS, st.data())
def test_columns_with_kinds_say_what_each_row_says(texts: list[str], data: st.DataObject) -> None:
    words = [data.draw(st.sampled_from([text, None])) for text in texts]
    given_kinds = [data.draw(st.none() | st.sampled_from(sorted(KINDS))) for _ in texts]
    columns = told(pa.array(given_kinds, pa.string()), pa.array(words, pa.string()))
    for row, (kind, text) in enumerate(zip(given_kinds, words, strict=True)):
        wanted = Wording(kind, text) if kind in ("text", "system") else undo(kind, text)
        assert Wording(*(columns[name][row].as_py() for name in Wording._fields)) == wanted


def test_a_long_text_that_looks_flattened_is_read_in_no_time() -> None:
    text = "a " * 200_000 + "invite 撤销"
    assert undo_untold(text) == Wording(None, text)
