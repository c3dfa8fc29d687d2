"""Texts without their disguises: what becomes of them, that twice is once, and the way back."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.chat import characters, normal
from qunkit.chat.normal import normalise, normalise_all, traced

SPECIAL = "微薇威徽溦❤vVⓋ√xX信芯心wqQ扣叩抠加+➕伽群裙峮羣卷券劵优惠领企鹅球求 .。-_~*\n\t138一壹〇零①⑳㈠aei连衣子:：号我㍿\u200b\u0301\ufe0f\u20e3\0"
PIECES = [
    "微信",
    "v信",
    "vx",
    "wei xin",
    "加",
    "伽",
    " ",
    ".",
    "扣扣",
    "12345",
    "一三八零零",
    "裙",
    "优惠卷",
    "a b c",
    "❤",
    "\u200b",
    "㍿",
    "\n",
    "weixin",
    "我",
    ":",
]
TEXTS = st.one_of(
    st.text(st.characters(), max_size=20),  # of all of Unicode, surrogates too
    st.text(st.sampled_from(SPECIAL), max_size=20),
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
)


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        # dresses of letters and digits
        ("ＡＸ１２３", "ax123"),
        ("①②③⑩⑳", "1231020"),
        ("⑴⒈⒜❶➀⓿", "11a110"),
        ("Ⓐⓑ🅒🅓🄴🅵🇬", "abcdefg"),
        ("1️⃣3️⃣8️⃣🔟", "13810"),
        ("㊀㈡㊙Ⅷ½", "12秘viii1/2"),
        ("𝟙𝟚𝒜𝔟", "12ab"),
        # what nobody sees, and marks
        ("加\u200b微\u2060\u202e\ufeff信\u00ad", "加微信"),
        ("éａ́n̈İ", "eani"),
        ("❤️☺️\U000e0041", "❤☺"),
        ("👍🏽👩\u200d💻", "👍👩💻"),
        # traditional
        ("優惠劵，連衣裙", "优惠券,连衣裙"),
        ("羣主開發", "群主开发"),
        # blanks and breaks
        ("  早上  好呀\u3000\t大家 ", "早上 好呀 大家"),
        ("一\r\n\r\n 二\u2028", "一\n二"),
        # separators between single characters
        ("加.微.信", "加微信"),
        ("请加.微.信呀", "请加微信呀"),
        ("1 3 8-0 0 1*3", "1380013"),
        ("a b c", "abc"),
        ("a b", "a b"),
        ("i am a boy", "i am a boy"),
        ("3.5 元，4.5 元起", "3.5 元,4.5 元起"),
        ("1.3.8", "138"),
        ("V：a b c 1 2 3", "微:abc123"),
        ("苹果，梨，桃", "苹果,梨,桃"),
        ("你好....我....在", "你好....我....在"),
        # digit words
        ("一三八零零", "13800"),
        ("壹叁捌〇幺", "13801"),
        ("三三两两，二零二零", "三三两两,二零二零"),
        ("13八0零", "13800"),
    ],
)
def test_what_becomes_of_it(raw: str, plain: str) -> None:
    assert normalise(raw) == plain


@pytest.mark.parametrize(
    "raw",
    [
        "薇信",
        "溦信",
        "徽信",
        "微❤",
        "薇❤",
        "v信",
        "V❤",
        "Ⓥ信",
        "√信",
        "vx",
        "WX",
        "wx:",
        "微-信",
        "v.x",
        "weixin",
        "WeChat",
    ],
)
def test_weixin(raw: str) -> None:
    assert normalise(raw).rstrip(":") == "微信"


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("➕V", "加微"),
        ("伽薇❤", "加微信"),
        ("＋扣扣", "加qq"),
        ("+群", "加群"),
        ("加裙", "加群"),
        ("进峮", "进群"),
        ("裙主 裙号", "群主 群号"),
        ("裙：123456", "群:123456"),
        ("叩：12345678", "q:12345678"),
        ("企鹅12345", "qq12345"),
        ("球球号123456", "qq号123456"),
        ("加威信", "加微信"),
        ("威信abc_123", "微信abc_123"),
        ("薇：abc_123", "微:abc_123"),
        ("优惠卷", "优惠券"),
        ("领卷", "领券"),
        ("➕Ｖ.❤：ａｂｃ①③⑧", "加微信:abc138"),
    ],
)
def test_in_context(raw: str, plain: str) -> None:
    assert normalise(raw) == plain


@pytest.mark.parametrize(
    "raw",
    ["连衣裙", "裙子", "没有威信", "威信扫地", "领卷子", "试卷", "扣分", "扣子", "企鹅真可爱", "求求你", "1+1", "ctrl+v", "tv信号", "http://wx.qq.com/a", "weixin.qq.com", "咖啡", "薇薇", "国徽"],
)  # fmt: skip
def test_out_of_context(raw: str) -> None:
    assert normalise(raw) == raw


def test_every_code_point_twice_is_once() -> None:
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    once = normalise_all(every)
    assert normalise_all(once) == once


@pytest.mark.parametrize("around", ["加{}信", "{}12345", "a {} b", "{0}{0}：abcdef", "+{}", "{}卷{}"])
def test_every_code_point_in_company_twice_is_once(around: str) -> None:
    every = [around.format(chr(code), chr(code)) for code in range(0x20000)]
    once = normalise_all(every)
    assert normalise_all(once) == once


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_twice_is_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TEXTS, max_size=6))
def test_company_changes_nothing(texts: list[str]) -> None:
    assert normalise_all(texts) == [normalise(text) for text in texts] == [traced(text).text for text in texts]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_the_way_back(text: str) -> None:
    found = traced(text)
    assert len(found.text) == len(found.starts) == len(found.ends)
    assert list(found.starts) == sorted(found.starts)
    assert list(found.ends) == sorted(found.ends)
    for sign, start, end in zip(found.text, found.starts, found.ends, strict=True):
        assert 0 <= start < end <= len(text)
        assert _could_be(sign, text[start:end]), (sign, text[start:end])


WORDS = {
    "微": "微vVⓋ√薇溦徽威葳❤♥♡",
    "信": "信❤芯心xX",
    "加": "加+➕＋伽",
    "q": "扣叩企球求抠",
    "群": "裙峮",
    "券": "卷",
}


def _could_be(sign: str, raw: str) -> bool:
    """Whether the characters of `raw` have `sign` among their plainest forms, or are a disguise of it."""
    plain = "".join(map(_form, raw))
    if (
        sign in plain
        or (sign.isdigit() and any(_digit(one) == sign for one in plain))
        or (sign in " \n" and raw.strip() == "")
    ):
        return True
    return any(one in WORDS.get(sign, "") for one in plain) or plain.replace(" ", "") in (
        "weixin",
        "wechat",
        "vx",
        "wx",
        "v-x",
    )


def _form(sign: str) -> str:
    table = characters.forms()
    form = int(table.forms[ord(sign)])
    if form < characters.SEVERAL:
        return chr(form) if form >= 0 else ""
    begin, size = table.begins[form - characters.SEVERAL], table.sizes[form - characters.SEVERAL]
    return "".join(map(chr, table.letters[begin : begin + size]))


def _digit(sign: str) -> str:
    return chr(characters.digits()[ord(sign)])


@pytest.mark.parametrize(
    ("raw", "text", "starts", "ends"),
    [
        ("a\u200bé!", "ae!", (0, 2, 3), (1, 3, 4)),
        ("⑳元", "20元", (0, 0, 1), (1, 1, 2)),
        ("  a \n b ", "a\nb", (2, 3, 6), (3, 6, 7)),
        ("加.薇.❤", "加微信", (0, 2, 2), (2, 5, 5)),  # 薇.❤ as a whole makes 微信
        ("weixin1", "微信1", (0, 0, 6), (6, 6, 7)),
        ("v信", "微信", (0, 1), (1, 2)),
        ("", "", (), ()),
        ("\u200b\0", "", (), ()),
    ],
)
def test_where_it_came_from(raw: str, text: str, starts: tuple[int, ...], ends: tuple[int, ...]) -> None:
    assert traced(raw) == normal.Normal(text, starts, ends)


def test_no_texts() -> None:
    assert normalise_all([]) == []
    assert normalise_all(["", "", "a", ""]) == ["", "", "a", ""]


@pytest.mark.parametrize(
    "piece", ["v ", "加 ", "+", "w x ", "伽微", "v❤加", "加伽", " . ", "扣1234 5", "w.e.i ", "微. "]
)
def test_a_hostile_text_costs_what_another_costs(piece: str) -> None:
    """Eight times as long takes no more than about eight times as long; a square would take 64 times."""
    short, long = (_cost(piece * (size // len(piece))) for size in (20_000, 160_000))
    assert long < 24 * short + 0.05


def _cost(text: str) -> float:
    costs = []
    for _ in range(3):
        began = time.process_time()
        normalise(text)
        costs.append(time.process_time() - began)
    return min(costs)


def test_what_each_round_undoes_a_little_of_is_left_after_some() -> None:
    """Of ``+.v+.v`` the first round reads the first 加, the second its 微, and so on."""
    assert normalise("+.v" * 20) == "加微" * 20
    assert normalise("+.v" * 400).startswith("加微加微")
    assert normalise_all(["+.v" * 400, "+.v" * 20])[1] == "加微" * 20


def test_rounds_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []
    once = normal._undisguised
    monkeypatch.setattr(normal, "_undisguised", lambda part: rounds.append(1) or once(part))
    normalise("+.v" * 5000)
    assert len(rounds) == 5
    rounds.clear()
    normalise("+.v" * 300)
    assert len(rounds) == 64
