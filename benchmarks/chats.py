"""Invented chats of any length, a batch at a time: the same messages for the same (messages, group, groups), whatever else is made.

A group has 500 members who speak by Zipf's law over three years, a few at a time in bursts, by day and in the evening. What they say is put together
from lists of words: a fifth are stock answers, most are a sentence or two, some lines, links and adverts; about 20 characters in the mean. Pictures, stickers, cards, quotes, joins and recalls lie between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MEMBERS = 500
BATCH = 50_000
BEGIN = 1_695_571_200
"""2023-09-25 00:00 in Shanghai, a Monday."""
_DAYS = 1092
_MOST = 10_000_000
"""Messages in so many days: nobody reads more. A greater chat goes on for longer."""
SHANGHAI = 8 * 3600
_BURST = 15
"""Messages in a burst of talk."""
_CIRCLE = 4
"""People who say most of a burst."""

KINDS = ("text", "quote", "image", "sticker", "voice", "link", "invited", "joined_qr", "recalled")
_SHARES = (0.835, 0.04, 0.05, 0.035, 0.012, 0.02, 0.002, 0.001, 0.005)
_HOURS = (2, 1, 1, 1, 1, 2, 5, 12, 22, 30, 34, 32, 36, 34, 28, 26, 28, 32, 36, 48, 60, 66, 48, 18)
"""How much is said in each hour of the day."""

Strings = pa.StringArray
Dice = np.random.Generator


@dataclass(frozen=True, slots=True)
class Group:
    """A group chat."""

    number: int = 0

    @property
    def id(self) -> str:
        """As WeChat has it."""
        return f"{58_192_034_417 + self.number}@chatroom"

    @property
    def name(self) -> str:
        """As people see it."""
        return f"{_PLACES[self.number % len(_PLACES)]}{_CLUBS[self.number // len(_PLACES) % len(_CLUBS)]}群{self.number + 1}"


@lru_cache(8)
def accounts(group: Group) -> Strings:
    """The ids of a group's members; two fifths of them are also in the next group."""
    return pa.array([f"wxid_{(number + group.number * 300) * 7919 + 10**7:x}22" for number in range(MEMBERS)])


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages in the order in which they were sent."""

    group: Group
    number: np.ndarray[Any, np.dtype[np.int64]]
    """Of the message in its group, from 0."""
    at: np.ndarray[Any, np.dtype[np.int64]]
    """Seconds since 1970."""
    kind: np.ndarray[Any, np.dtype[np.int64]]
    """Place in KINDS."""
    sender: np.ndarray[Any, np.dtype[np.int64]]
    """Place among the members; of a notice, who did it."""
    text: Strings
    """What is said, a card's title, or a notice's sentence; empty for media."""
    quoted: np.ndarray[Any, np.dtype[np.int64]]
    """Place in the batch of what a quote answers."""

    def part(self, start: int, stop: int) -> Batch:
        """Those whose number is in the range; a quote of an earlier one is of the first."""
        first, last = np.searchsorted(self.number, (start, stop))
        columns = (getattr(self, name)[first:last] for name in ("number", "at", "kind", "sender", "text"))
        return Batch(self.group, *columns, np.maximum(self.quoted[first:last] - first, 0))

    def of(self, *kinds: str) -> pa.BooleanArray:
        """Which messages are of one of `kinds`."""
        return pa.array(np.isin(self.kind, [KINDS.index(kind) for kind in kinds]))

    @property
    def clock(self) -> Strings:
        """The wall clock in Shanghai, to the second."""
        return pa.array(self.at + SHANGHAI).cast(pa.timestamp("s")).cast(pa.string())

    @property
    def ids(self) -> Strings:
        """The chat service's own ids: 19 digits."""
        return pa.array(2_755_705_033_944_784_198 + self.group.number * 10**15 + self.number * 7919).cast(pa.string())


def days(messages: int) -> int:
    """How long a chat of so many messages goes on: whole weeks, at most three years unless it is huge."""
    return min(_DAYS * max(1, -(-messages // _MOST)), messages // 700 * 7 + 14)


def batches(
    messages: int, group: int = 0, start: int = 0, stop: int | None = None, *, whole: int | None = None
) -> Iterator[Batch]:
    """`messages` messages of a group, or those of them from number `start` to before `stop`; as long as a chat of `whole` ones."""
    stop, length = messages if stop is None else stop, days(whole or messages)
    for begin in range(start // BATCH * BATCH, stop, BATCH):
        batch = _batch(Group(group), np.arange(begin, min(begin + BATCH, messages)), messages, length)
        yield batch if start <= begin and begin + len(batch.number) <= stop else batch.part(start, stop)


def _batch(group: Group, number: np.ndarray[Any, Any], messages: int, length: int) -> Batch:
    dice = np.random.default_rng((2026, group.number, messages, int(number[0])))
    count = len(number)
    kind = dice.choice(len(KINDS), count, p=_SHARES)
    bursts = min(messages / _BURST, length * 48)
    place = (number + dice.random(count)) / messages * bursts
    at, sender = _times(place, bursts, length), _senders(dice, place)
    back = np.minimum(dice.integers(1, 9, count), np.arange(count))
    return Batch(group, number, at, kind, sender, _texts(dice, kind, sender), np.arange(count) - back)


def _times(place: np.ndarray[Any, Any], bursts: float, length: int) -> np.ndarray[Any, Any]:
    """Seconds, ever later; `place` is counted in bursts. Most of a burst lies at its begin, bursts go by the hours of the day."""
    burst = np.floor(place)
    part, day = np.modf((burst + (place - burst) ** 5) / bursts * length)
    hours = np.concatenate([[0], np.cumsum(_HOURS)]) / sum(_HOURS)
    return (BEGIN + day * 86400 + np.interp(part, hours, np.arange(25) * 3600)).astype(np.int64)


def _senders(dice: Dice, place: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Who speaks: mostly the few who are in the burst, who are drawn by Zipf's law, too."""
    seats = (np.floor(place) * _CIRCLE + dice.integers(0, _CIRCLE, len(place))).astype(np.uint64)
    drawn = ((seats + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(11)) / 2**53
    anybody = dice.random(len(place))
    return np.searchsorted(_ZIPF, np.where(anybody < 0.8, drawn, dice.random(len(place))))


def _texts(dice: Dice, kind: np.ndarray[Any, Any], sender: np.ndarray[Any, Any]) -> Strings:
    """What is said in each message of `kind`."""
    count = len(kind)
    one, two = _sentences(dice, count), _sentences(dice, count)
    others = NAMES.take(pa.array(dice.integers(0, MEMBERS, count)))
    forms = (
        _STOCK.take(pa.array(dice.integers(0, len(_STOCK), count))),
        one,
        _joined(one, _MARKS.take(pa.array(dice.integers(0, len(_MARKS), count))), two),
        _joined("@", others, "\u2005", one),
        _joined(one, "：\n1. ", two, "\n2. ", _numbers(dice, count), "点在老地方集合\n收到请回复"),
        _joined(one, " https://b.example.invalid/s/", _numbers(dice, count, 10**9), "?from=chat"),
        _joined("【限时特惠】", two, "！原价 ", _numbers(dice, count, 500), " 元，今天只要 9.9，加微信 vx",
                _numbers(dice, count, 10**7), "\n复制打开 https://shop.example.invalid/t/", _numbers(dice, count, 10**8)),
    )  # fmt: skip
    said = pc.choose(pa.array(dice.choice(len(forms), count, p=_FORMS)), *forms)
    names = NAMES.take(pa.array(sender))
    notices = (
        _joined('"', names, '"邀请"', others, '"加入了群聊'),
        _joined('"', others, '"通过扫描"', names, '"分享的二维码加入群聊'),
        _joined('"', names, '" 撤回了一条消息'),
    )
    silent = pa.array([""] * count)
    return pc.choose(pa.array(kind), said, said, silent, silent, silent, one, *notices)


def _sentences(dice: Dice, count: int) -> Strings:
    """Who does what where, and how it ends."""
    words = [slot.take(pa.array(dice.integers(0, len(slot), count))) for slot in _SLOTS]
    return _joined(*words)


def _numbers(dice: Dice, count: int, below: int = 12) -> Strings:
    return pa.array(dice.integers(1, below, count)).cast(pa.string())


def _joined(*parts: Strings | str) -> Strings:
    return pc.binary_join_element_wise(*parts, "")


def _words(text: str) -> Strings:
    return pa.array([word.replace("_", "") for word in text.split()])


def _zipf(count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    weights = 1 / np.arange(1, count + 1)
    return np.cumsum(weights / weights.sum())


def _names(count: int) -> list[str]:
    """Names as people give themselves: no two the same."""
    made = (begin + end for end in _ENDS for begin in _BEGINS)
    return [next(made) for _ in range(count)]


_FORMS = (0.20, 0.32, 0.25, 0.05, 0.13, 0.03, 0.02)
"""Shares of stock answers, one sentence, two, a mention, lines, a link, an advert."""
_BEGINS = _words(
    "小鹿 阿岳 豆豆 米粒 老周 林木木 晓晓 大熊 青柠 阿宝 静静 南风 团团 橙子 山竹 小满 阿福 念念 石头 可乐 芒果 乐乐 阿青 小北 夏天"
).to_pylist()
_ENDS = ("", "妈妈", "爸爸", "🌻", "-领队", "（二班）", "在路上", "同学", "不吃辣", "2023", "的店", " Lee", "姐", "哥", "要早睡", "🍉", "在线", "老师", "_甲", "呀")  # fmt: skip
_PLACES = _words("东区 西区 南门 湖边 老城 江北 滨海 松林 云山 桥头 学府 新苑").to_pylist()
_CLUBS = _words("周末徒步 亲子阅读 团购 羽毛球 二手交换 早起打卡 家长 宠物互助 摄影 夜跑 拼车 菜友").to_pylist()
_STOCK = _words(
    "好的 收到 嗯嗯 哈哈哈 哈哈哈哈哈 可以 谢谢 +1 赞 👍 好嘞 没问题 辛苦了 666 ok OK 在吗 是的 不客气 早 早安 晚安 [捂脸] [强] [破涕为笑] 对 嗯 好 行 报名"
)
_MARKS = _words("， 。 ！ … ～ ，不过 ，而且 ，所以 。另外")
_SLOTS: Sequence[Strings] = (
    _words("我 我们 大家 你们 孩子 我家那位 群主 老师 邻居 领队 _ _ _ _ 有人 谁 刚才店里 物业 隔壁班 同事"),
    _words("今天 明天 昨晚 周末 下周三 一会儿 中午 早上七点 国庆 月底 刚刚 这两天 _ _ _ 本来 终于 又 也 还"),
    _words(
        "想去 准备去 没时间去 到了 路过 打算约 在等 买了 看中了 带着 忘了 订了 想问问 正在找 报名了 取消了 试过 推荐 不太懂 拍了 "
        "听说过 排队买 退掉了 修好了 借到了"
    ),
    _words(
        "鹰嘴岩 那家面馆 奶茶 绘本 帐篷 停车位 体检 羽毛球场 快递 作业 拼车 牛肉火锅 电影票 雨伞 登山杖 充电宝 家长会 疫苗 新书 芒果 "
        "榴莲蛋糕 猫粮 滑板车 口语课 水果团购 二手书桌 会议室 夜跑路线 相机 车票 身份证 防晒霜"
    ),
    _words("吗？ 呢 了 吧 。 ！ ， _ _ _ 啊 ，一起吗？ ，有人要吗 ，看看天气再说 ，求推荐 ，不错 ，有点贵 ，下次再约 ，别忘了带水 ，几点集合？ [微笑] 😂 ，太难了"),
)  # fmt: skip
NAMES = pa.array(_names(MEMBERS))
"""The members' names in a group."""
_ZIPF = _zipf(MEMBERS)
