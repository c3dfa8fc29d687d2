from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.chat.placeholders import undo
from qunkit.schema import KINDS

TABLE = {
    "image": ["[图片]", "【图片】", "[Photo]", "<省略影音内容>", "![图片](http://127.0.0.1:5030/image/0f34)"],
    "voice": ["[语音]", "[语音消息]", "【语音】", '[语音] 5"', "[语音] 12″", "[语音](http://127.0.0.1/voice/1)"],
    "video": ["[视频]", "【视频】", "[视频]15s", "[Video]", "![视频](http://127.0.0.1/video/9e10)"],
    "sticker": ["[动画表情]", "[表情包]", "【表情包】", "【表情包】 ", "[表情]", "[Sticker]", "![动画表情](http://e.invalid/0)", "[表情：微笑]"],
    "link": ["[链接]", "【分享链接】", "[分享]"],
    "file": ["[文件]", "【文件】"],
    "location": ["[位置]", "【位置分享】"],
    "contact_card": ["[名片]", "【名片】"],
    "red_packet": ["[红包]", "[微信红包]", "【红包】"],
    "transfer": ["[转账]", "[微信转账]", "【发起转账】"],
    "miniprogram": ["[小程序]", "[Mini Program]"],
    "forward": ["[聊天记录]", "[转发的聊天记录]", "【合并转发的聊天记录】"],
    "call": ["[语音通话]", "【音视频通话】"],
    "other": ["[其他消息]"],
}  # fmt: skip
CASES = [(kind, text) for kind, texts in TABLE.items() for text in texts]
WORDS = ["[微笑]", "[微笑][强]", "好的[图片]", "[图片]好的", "图片", "视频", "表情", "未知", "[", "【内购价9.9】", "![图片]", "[语音] 很长", "<b>", "[图片]\n[图片]", ""]  # fmt: skip


def one(kind: str | None, text: str | None) -> tuple[str | None, str | None]:
    kinds, texts = undo(pa.array([kind], pa.string()), pa.array([text], pa.string()))
    return kinds[0].as_py(), texts[0].as_py()


@pytest.mark.parametrize(("kind", "text"), CASES)
def test_placeholders(kind: str, text: str) -> None:
    assert kind in KINDS
    for said in (None, "text", "other", kind):
        assert one(said, text) == (kind, "")
    assert one("quote", text) == ("quote", text)
    assert one("system", text) == ("system", text)


@pytest.mark.parametrize("text", WORDS)
def test_words(text: str) -> None:
    assert one(None, text) == (None, text)
    assert one("text", text) == ("text", text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("image", "图片"), ("sticker", "表情"), ("video", "视频"), ("other", "未知"), ("voice", "语音时长：5.24秒")],
)
def test_bare_words_where_the_kind_is_known(kind: str, text: str) -> None:
    assert one(kind, text) == (kind, "")
    assert one("link", text) == ("link", text)


def test_titles_are_kept() -> None:
    assert one(None, "[链接|清单](https://a.invalid/?b=1)") == ("link", "清单\nhttps://a.invalid/?b=1")
    assert one("text", "[链接|清单]") == ("link", "清单")
    assert one(None, "[合并转发|群聊的聊天记录]") == ("forward", "群聊的聊天记录")


def test_null_text_stays_null() -> None:
    assert one(None, None) == (None, None)
    assert one("image", None) == ("image", None)


SLOW = {text.strip(): kind for kind, text in CASES}


def slowly(kind: str | None, text: str | None) -> tuple[str | None, str | None]:
    """The rule, row by row, over the table of this file."""
    trimmed = (text or "").strip(" \t\r\n")
    found = SLOW.get(trimmed)
    if re.fullmatch(r'\[语音\] [0-9]{1,3}"', trimmed):
        found = "voice"
    if found and (kind in (None, "text", "other") or kind == found):
        return found, ""
    bare = {"图片": "image", "视频": "video", "表情": "sticker", "未知": "other"}.get(text or "")
    return kind, "" if bare and bare == kind else text


texts = st.one_of(
    st.none(),
    st.sampled_from([text for _, text in CASES] + WORDS),
    st.integers(0, 5000).map(lambda seconds: f'[语音] {seconds}"'),
    st.text(st.sampled_from("[]【】图片 \n好"), max_size=6),
    st.tuples(st.sampled_from(["", " ", "\n", "a"]), st.sampled_from([text for _, text in CASES])).map("".join),
)
kinds = st.none() | st.sampled_from(["text", "other", "image", "voice", "sticker", "quote", "system"])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(kinds, texts), max_size=30))
def test_columns_equal_rows(rows: list[tuple[str | None, str | None]]) -> None:
    kind, text = undo(
        pa.array([kind for kind, _ in rows], pa.string()), pa.array([text for _, text in rows], pa.string())
    )
    assert list(zip(kind.to_pylist(), text.to_pylist(), strict=True)) == [slowly(*row) for row in rows]
