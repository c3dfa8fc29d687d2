"""How senders of ads hide from lists of words: homophones, look-alikes, separators, dress of digits and letters, traditional characters.

Homophones are of two halves. What is fitted on sees one, what is judged on the other: a disguise that was learnt by heart proves nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from random import Random

FIT, JUDGE = 0, 1
"""The halves."""

KEYS = (
    "微信|加|群|兼职|刷单|日赚|日结|贷款|借钱|免费|优惠|红包|私聊|联系|代理|加盟|招|代购|高仿|返利|佣金|赚钱|提现|秒|扫码|二维码|领取|领|出售|出|收|卖|低价|便宜|代练|外挂|辅助|"
    "账号|皮肤|会员|充值|博彩|棋牌|彩票|下注|时时彩|减肥|美白|祛斑|医院|套现|信用卡|花呗|办证|发票|代办|股票|内幕|老师|带你|理财|数字货币|裸聊|美女|约|资源|看片|激情|包邮|特价|"
    "批发|正品|货源|厂家|投票|助力|砍价|拼团|注册|链接|下载|点击|服务器|招募|推广|关注|直播|流量卡|软件|课程|培训|包过|考证|论文"
)
"""What such lists have."""

_KEY = re.compile(KEYS)
_HAN = re.compile("[一-鿿]")
_LOOK_ALIKES = {
    "微": "薇威徽溦❤葳崴",
    "信": "❤伩芯❣",
    "加": "➕伽茄+咖枷",
    "群": "裙峮羣君",
    "券": "劵卷",
    "免": "勉兔",
    "费": "廢沸",
    "钱": "💰錢浅",
    "红": "🧧洪",
    "赚": "蹲謙",
    "贷": "待袋",
    "款": "欸",
    "扫": "掃埽",
    "码": "馬玛",
    "私": "厶思",
    "聊": "撩廖",
    "刷": "唰涮",
    "单": "単箪",
    "代": "玳岱",
    "职": "枳耳只",
    "购": "構贝勾",
    "会": "茴",
    "员": "圆贠",
    "号": "呺hao",
    "卖": "賣売",
    "收": "収",
    "领": "령玲",
    "看": "👀着",
    "点": "點奌",
    "日": "曰",
    "万": "w萬",
    "元": "圆亓",
    "Q": "qＱ扣ⓠ",
    "q": "扣叩ⓠ",
    "V": "√Ⓥⅴ∨",
    "v": "√Ⓥⅴ∨",
}
_DRESSES = (
    str.maketrans("0123456789", "０１２３４５６７８９"),
    str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨"),
    str.maketrans("0123456789", "零一二三四五六七八九"),
    str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖"),
    str.maketrans("0123456789", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"),
    str.maketrans("0123456789", "O123456789".replace("O", "o")),
)
_SEPARATORS = (" ", ".", "-", "/", "*", "、", "_", "~", "|", "·", "​")
_EMOJI = "🔥💰❤🌹✅🎉💥⭐😘🌟😊👍✨"


def homophones(text: str, dice: Random, half: int, share: float = 0.6) -> str:
    """This share of the characters of key words, each as another that sounds the same."""
    return _KEY.sub(lambda found: "".join(_homophone(sign, dice, half, share) for sign in found[0]), text)


def any_homophones(text: str, dice: Random, half: int, share: float = 0.3) -> str:
    """This share of all characters."""
    return _HAN.sub(lambda found: _homophone(found[0], dice, half, share), text)


def look_alikes(text: str, dice: Random, half: int) -> str:
    """Other spellings of single characters."""
    return "".join(_look_alike(sign, dice) for sign in text)


def separated(text: str, dice: Random, half: int) -> str:
    """A sign between the characters of key words, or of all."""
    sign = _SEPARATORS[int(dice.random() * len(_SEPARATORS))]
    if dice.random() < 0.3:
        return sign.join(text) if len(text) < 40 else text
    return _KEY.sub(lambda found: sign.join(found[0]) + (sign if dice.random() < 0.5 else ""), text)


def strewn(text: str, dice: Random, half: int) -> str:
    """Emoji between characters."""
    return "".join(sign + (_EMOJI[int(dice.random() * len(_EMOJI))] if dice.random() < 0.12 else "") for sign in text)


def dressed(text: str, dice: Random, half: int) -> str:
    """Digits in other dress."""
    return text.translate(_DRESSES[int(dice.random() * len(_DRESSES))])


def wide(text: str, dice: Random, half: int) -> str:
    """Latin letters, digits and signs full-width."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def traditional(text: str, dice: Random, half: int) -> str:
    """As written in Taiwan and Hong Kong."""
    changed: str = _traditional().convert(text)
    return changed


DISGUISES: dict[str, Callable[[str, Random, int], str]] = {
    "homophones": homophones,
    "any_homophones": any_homophones,
    "look_alikes": look_alikes,
    "separated": separated,
    "strewn": strewn,
    "dressed": dressed,
    "wide": wide,
    "traditional": traditional,
}


def disguised(text: str, dice: Random, half: int) -> str:
    """One or two of them."""
    for _ in range(1 + (dice.random() < 0.3)):
        text = list(DISGUISES.values())[int(dice.random() * len(DISGUISES))](text, dice, half)
    return text


def unpunctuated(text: str, dice: Random) -> str:
    """Without signs, or with blanks in their place: as some people type, and some exports keep."""
    kept = "" if dice.random() < 0.7 else " "
    return "".join(sign if unicodedata.category(sign)[0] in "LNS" else kept for sign in text)


def _homophone(sign: str, dice: Random, half: int, share: float) -> str:
    if dice.random() >= share:
        return sign
    others = _sounding().get(sign, ("", ""))[half]
    return others[int(dice.random() * len(others))] if others else sign


def _look_alike(sign: str, dice: Random) -> str:
    others = _LOOK_ALIKES.get(sign)
    return others[int(dice.random() * len(others))] if others and dice.random() < 0.7 else sign


@cache
def _sounding() -> dict[str, tuple[str, str]]:
    """Of each common character the others that sound the same but for the tone, in two halves by code point."""
    from pypinyin import lazy_pinyin

    signs = [bytes((high, low)).decode("gb2312", "ignore") for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF)]
    groups: dict[str, list[str]] = {}
    for sign in filter(None, signs):
        groups.setdefault(lazy_pinyin(sign)[0], []).append(sign)
    return {sign: _halves(sign, group) for group in groups.values() for sign in group}


def _halves(sign: str, group: list[str]) -> tuple[str, str]:
    others = [other for other in group if other != sign]
    even, odd = ("".join(other for other in others if ord(other) % 2 == half) for half in (FIT, JUDGE))
    return even, odd


@cache
def _traditional():  # type: ignore[no-untyped-def]
    from opencc import OpenCC

    return OpenCC("s2t")
