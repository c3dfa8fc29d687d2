"""MemoTrace's wording, form by form."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunkit import schema
from qunkit.chat.memotrace_wording import LABELS, Wording, undo, undo_2, unescape_html, unescape_name

LINK = "【分享链接】\n标题：装备清单\n描述：三层\n穿衣法\n链接: https://mp.example.invalid/?a=1&b=2\n应用：某应用\n"
MD5 = "900150983cd24fb0d6963f7d28e17f72"
SOLITAIRE = "227633266737\n{'msg': {'appmsg': {'title': '#接龙\\n1. 凯文', 'type': '53', 'des': None}}}"


@pytest.mark.parametrize(
    ("label", "text", "found"),
    [
        ("文本", "引用\n引用：a: b", Wording("text", "引用\n引用：a: b")),
        ("文本", "【红包】: x", Wording("text", "【红包】: x")),
        ("图片", "【图片】", Wording("image", "")),
        ("视频", "【视频】", Wording("video", "")),
        ("语音", "【语音】", Wording("voice", "")),
        ("语音", "【语音】明天 见", Wording("voice", "明天 见")),
        ("表情包", "【表情包】 ", Wording("sticker", "")),
        ("表情包", "【表情包】 哈哈", Wording("sticker", "", extra='{"description":"哈哈"}')),
        (
            "文件",
            f"【文件】a b.pdf 0.20 MB  pdf {MD5}",
            Wording("file", "a b.pdf", extra=f'{{"md5":"{MD5}","size":"0.20 MB"}}'),
        ),
        ("文件", "【文件】a 1 KB.tar 12 B  gz ", Wording("file", "a 1 KB.tar", extra='{"size":"12 B"}')),
        ("文件", "【文件】说明", Wording("file", "【文件】说明")),
        (
            "分享链接",
            LINK,
            Wording(
                "link",
                "装备清单\nhttps://mp.example.invalid/?a=1&b=2",
                extra='{"app":"某应用","description":"三层\\n穿衣法"}',
            ),
        ),
        (
            "小程序",
            LINK.replace("三层\n穿衣法", "None"),
            Wording("miniprogram", "装备清单\nhttps://mp.example.invalid/?a=1&b=2", extra='{"app":"某应用"}'),
        ),
        (
            "音乐分享",
            LINK.replace("分享链接", "音乐分享"),
            Wording(
                "music",
                "装备清单\nhttps://mp.example.invalid/?a=1&b=2",
                extra='{"app":"某应用","description":"三层\\n穿衣法"}',
            ),
        ),
        ("引用消息", "好\n引用：新人:甲: 早: 安\n了", Wording("quote", "好", "新人:甲", "早: 安\n了")),
        ("引用消息", "\n引用：甲: 早", Wording("quote", "", "甲", "早")),
        ("引用消息", "好\n引用：58192034417@chatroom: 无效的消息", Wording("quote", "好")),
        ("引用消息", "好", Wording("quote", "好")),
        ("红包", "【红包】: 恭喜: 发财", Wording("red_packet", "恭喜: 发财")),
        ("转账", "【发起转账】:￥35.00\n备注: 车费\n", Wording("transfer", "￥35.00", extra='{"memo":"车费"}')),
        ("转账", "【发起转账】:￥35.00\n备注: None\n", Wording("transfer", "￥35.00")),
        (
            "位置分享",
            "【位置分享】\n坐标: (31.2,121.4)\n名称: \n标签: 东区\n",
            Wording("location", "东区", extra='{"x":"31.2","y":"121.4"}'),
        ),
        (
            "个人/公众号名片",
            "【名片】\n微信号:z\n昵称: 周\n签名: \n性别: \n地区:  \n",
            Wording("contact_card", "周", extra='{"account":"z"}'),
        ),
        ("音视频通话", "【音视频通话】\n通话时长 02:15", Wording("call", "通话时长 02:15")),
        (
            "视频号",
            "【视频号】\n描述: 日出\n太美\n发布者: 山野\n",
            Wording("channels", "日出\n太美", extra='{"author":"山野"}'),
        ),
        (
            "合并转发的聊天记录",
            "【合并转发的聊天记录】\n群聊的聊天记录\n- a: b\n",
            Wording("forward", "群聊的聊天记录\n- a: b"),
        ),
        ("未知类型", SOLITAIRE, Wording("solitaire", "#接龙\n1. 凯文")),
        ("未知类型", "227633266737\n{'msg': ", Wording("other", "227633266737\n{'msg': ")),
        ("新类型", "什么", Wording("other", "什么")),
        ("系统消息", "1@chatroom:\n<sysmsg>", Wording("system", "1@chatroom:\n<sysmsg>")),
        ("拍一拍", "", Wording("pat", "")),
        # without a label, what does not follow the wording exactly is somebody's own words
        (None, LINK, undo("分享链接", LINK)),
        (None, SOLITAIRE, Wording("solitaire", "#接龙\n1. 凯文")),
        (None, "好\n引用：甲: 早", Wording("quote", "好", "甲", "早")),
        (None, "好\n引用：甲没有说过", Wording(None, "好\n引用：甲没有说过")),
        (None, "【文件】明天要交", Wording(None, "【文件】明天要交")),
        (None, "【分享链接】给你", Wording(None, "【分享链接】给你")),
        (None, "【红包】来了", Wording(None, "【红包】来了")),
        (None, "【名片】\n给你", Wording(None, "【名片】\n给你")),
        (None, "【图片】", Wording(None, "【图片】")),  # a placeholder like any other
        (None, "12\n{'a': 1}", Wording(None, "12\n{'a': 1}")),
    ],
)
def test_undo(label: str | None, text: str, found: Wording) -> None:
    assert undo(label, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("好\n引用:甲:早\n安", Wording("quote", "好", "甲", "早\n安")),
        ("好\n引用:未知", Wording("quote", "好")),
        ("好\n引用:谁说的", Wording(None, "好\n引用:谁说的")),
        (
            "            [链接]:title:A &amp; B\n            description:d\n            url:https://x.invalid/?a=1&amp;b=2\n            name:\n            ",
            Wording("link", "A & B\nhttps://x.invalid/?a=1&b=2", extra='{"description":"d"}'),
        ),
        ("            [链接]:title:x", Wording(None, "            [链接]:title:x")),
        ("早", Wording(None, "早")),
    ],
)
def test_undo_2(text: str, found: Wording) -> None:
    assert undo_2(text) == found


def test_labels_are_kinds() -> None:
    assert set(LABELS.values()) <= set(schema.KINDS)


@given(st.text(max_size=20))
def test_names_come_back(name: str) -> None:
    escaped = name
    for char, code in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        escaped = escaped.replace(char, code)
    assert unescape_html(escaped) == name
    for char, code in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        escaped = escaped.replace(char, code)
    assert unescape_name(escaped) == name


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            *(f"【{label}】" for label in LABELS),
            "\n引用：",
            ": ",
            "\n标题：",
            "\n描述：",
            "\n链接: ",
            "\n",
            "12",
            "{'msg'",
            " 0.2 MB ",
        ]
    )
).map("".join)


@given(st.sampled_from([None, "?", *LABELS]), st.one_of(st.text(), FRAGMENTS))
def test_no_text_is_refused(label: str | None, text: str) -> None:
    found = undo(label, text)
    assert found.kind in schema.KINDS or (found.kind is None and label is None and found.text == text)
    undo_2(text)


@pytest.mark.parametrize(
    "unit",
    [
        "\n引用：",
        "【分享链接】\n标题：",
        "\n描述：",
        " 0.2 MB ",
        "【文件】 1 B  ",
        "\n备注: ",
        "            [链接]:title:",
        "[",
        "1",
    ],
)
def test_time_grows_with_length_only(unit: str) -> None:
    def seconds(times: int) -> float:
        text = next((mark for mark in ("【文件】", "【分享链接】\n标题：") if mark[0] == unit[0]), "") + unit * times
        begin = time.perf_counter()
        for _ in range(3):
            undo(None, text)
            undo_2(text)
        return time.perf_counter() - begin

    seconds(100)
    assert min(seconds(40_000) for _ in range(3)) < 40 * max(min(seconds(4_000) for _ in range(3)), 0.0005)
