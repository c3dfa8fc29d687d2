"""Invented people: nicknames with emoji, spaces and punctuation, and ids as the chat service makes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from qunkit.chat.people import file_safe
from qunkit.demo.dice import Dice
from qunkit.demo.model import Person
from qunkit.demo.phrases import ads
from qunkit.demo.talk import Voice, lines, words

_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_SLOTS = {
    "fruit": "柚子 芒果 山竹 樱桃 荔枝 橘子 葡萄 青梅 石榴 桂花 栗子 蜜桃 柠檬 椰子 梨",
    "weather": "晚风 初雪 小雨 云朵 月光 晴天 星河 薄雾 朝霞 春日 夏至 秋分 山岚 潮汐 夜航",
    "mood": "慢慢来 不想上班 早睡早起 认真生活 随遇而安 今天也要加油 在努力了 不吃香菜 爱吃辣 想放假 三分糖 去冰 省着点花 自在 不着急",
    "animal": "鲸 鹿 兔子 水獭 刺猬 熊 考拉 橘猫 麻雀 海豚 松鼠 企鹅 小羊 鹅 河马",
    "given": "晓雯 子墨 佳琪 建国 雨桐 志远 思远 丽娟 浩然 梦洁 海燕 文静 俊杰 小军 秀兰 一鸣 慧敏 国强 晨曦 婷婷 立新 可欣 永红 嘉怡 大伟",
    "short": "静 磊 敏 强 燕 军 芳 勇 琳 涛 娜 杰 兰 斌 萍 鹏 颖 峰 洁 凯",
    "english": "Kevin Lily Tina Leo Momo Vivian Jason Coco Amy Ryan Sunny Echo Daisy Tony Zoe Mia Frank Olivia Eric Yuki Nina Sam Iris Ben",
    "last": "Zhao Wang Liu Chen Lin Xu Zhou Wu Huang Sun He Tang Gao Ma",
    "role": "打工人 产品经理 老师 设计师 面包师 程序猿 退休中 在读 摸鱼学家 全职妈妈 骑行爱好者 咖啡师",
    "emoji": "🌻 🍀 ☀️ 🌙 🐳 🍉 🌸 🐰 ✨ 🍋 🎈 🐱 🌊 🍁 ☕ 🦋 🌵 🍬 🐣 💫",
    "thing": "气泡水 旧书包 热水壶 小板凳 纸飞机 录音机 向日葵 长颈鹿 红气球 白日梦 蓝裙子 玻璃糖 铅笔盒 帆布鞋 自行车 芝士蛋糕",
}
_PATTERNS = """
{fruit}{animal}
{weather}{|吹过|里|与{animal}}{|{emoji}}
{surname}{given}
{given}
{surname}{short}
{小|阿|大|老}{short}{|{emoji}}
{english} {last}
{english}{|{emoji}|.{last}}
{mood}的{animal}
{thing}{|{emoji}}
{mood}
{english}-{role}
{surname}{姐|哥|老师|叔|阿姨|先生}
{emoji}{weather}{emoji2}
{fruit}味{thing}
一{只|头}{animal}
一{颗|筐}{fruit}
AAA{surname}{short}
{given}{mood|的小店|妈妈|爸爸}
"""
_CHOSEN_IDS = (
    "kevin_zhao",
    "momo",
    "linlin",
    "sunny",
    "wangdali",
    "xiaoxue",
    "chenyu",
    "laoma",
    "hetao",
    "muzi",
    "qiqi",
)


def people(dice: Dice, taken: set[str]) -> Iterator[Person]:
    """People without end. What is in `taken` (ids and names) does not come again; about one in 25 has a remark."""
    slots, patterns = words(_SLOTS), lines(_PATTERNS)
    while True:
        nickname = _unused(dice, slots, patterns, taken)
        remark = f"{Voice(dice, slots).say('{surname}{short}')}（{dice.pick(('同事', '邻居', '同学', '团友'))}）"
        known = dice.chance(0.04) and _claim(remark, taken)
        yield Person(_account_id(dice, taken), nickname, remark if known else "")


def advertisers(dice: Dice, taken: set[str]) -> Iterator[tuple[Person, tuple[str, ...]]]:
    """Accounts that will post ads, without end, each with the texts of its trade; every other one has coupons."""
    slots = words({})
    coupons, *others = (_trade(block) for block in ads.TRADES.strip().split("\n\n"))
    while True:
        names, texts = coupons if dice.chance(0.5) else dice.pick(others)
        nickname = _unused(dice, slots, names, taken)
        yield Person(_account_id(dice, taken), nickname), texts


def _trade(block: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = tuple(line for line in block.split("\n") if not line.startswith("> "))
    return names, tuple(line[2:] for line in block.split("\n") if line.startswith("> "))


def _unused(dice: Dice, slots: Mapping[str, Sequence[str]], patterns: Sequence[str], taken: set[str]) -> str:
    """A name that nobody has yet; after a few attempts with a number after it."""
    attempts = 0
    while True:
        name = Voice(dice, slots).say(dice.pick(patterns)) + (str(dice.between(2, 9999)) if attempts > 30 else "")
        if _claim(name, taken):
            return name
        attempts += 1


def _claim(name: str, taken: set[str]) -> bool:
    """True if nobody has the name yet, not even after an exporter has made it file-safe."""
    key = file_safe(name)
    if key in taken:
        return False
    taken.add(key)
    return True


def _account_id(dice: Dice, taken: set[str]) -> str:
    """A new id: mostly ``wxid_`` with twelve letters and 22, sometimes one that its owner chose."""
    while True:
        chosen = f"{dice.pick(_CHOSEN_IDS)}_{dice.between(1970, 2009)}"
        account = chosen if dice.chance(0.1) else f"wxid_{dice.token(_BASE36, 12)}22"
        if _claim(account, taken):
            return account
