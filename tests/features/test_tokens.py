"""Words of texts, against what a person would say; and jieba against rjieba."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from qunkit.features import tokens
from support.needs import need

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我在京东领券了", "我 在 京东 领券 了"),  # 领券 is in no dictionary
        ("这件T恤、U盘和4S店", "这件 t恤 u盘 和 4s店"),
        ("哈哈哈 OK ok", "哈哈哈 ok ok"),
        ("ＫＦＣ的Ｗｉ－Ｆｉ", "kfc 的 wi-fi"),
        ("微\u200b信", "微信"),
        ("iPhone-15手机 don't e.g.", "iphone-15 手机 don't e.g"),
        ("café很好 приве́т", "café 很 好 приве т"),
        ("ありがとう 한국어", "ありがとう 한국어"),
        ("2026-11-22 19.9 100% ①", ""),
        ("👍😂🏕️ ～！……", ""),
        ("[捂脸]笑[呲牙] [图片]", "笑"),
        ("【重要】通知", "重要 通知"),
        ("@阿岚 a b\u2005周六集合 @小刘 来", "周六 集合 小 刘 来"),
        ("看https://U.jd.com/x?q=好吗 和m.tb.cn/h.5 a@b.com", "看 好 吗 和"),
        ("1号店\n第二行", "1号店 第二行"),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert tokens.words(text) == expected.split()


def lines() -> list[str]:
    """Every line of every text that the repository has."""
    files = [*(ROOT / "tests/samples").rglob("*"), *(ROOT / "src/qunkit/demo").rglob("*.py"), *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]  # fmt: skip
    bodies = [path.read_bytes().decode("utf-8", "replace") for path in files if path.is_file()]
    return sorted({line for body in bodies for line in body.splitlines()})


def strange_blocks(count: int) -> list[str]:
    """Blocks put together from words of the dictionary, single signs, letters and numbers."""
    dice, found = random.Random(20261122), []
    known = [word for word in _dictionary() if tokens._BLOCK.fullmatch(word)]
    mixed = [word for word in known if re.search("[0-9A-Za-z]", word)]
    pools = (
        lambda: dice.choice(known),
        lambda: dice.choice(known)[0],
        lambda: dice.choice(mixed),
        lambda: chr(dice.randrange(0x4E00, 0x9FD6)),
        lambda: dice.choice("abcxyzABST0123456789"),
    )
    for _ in range(count):
        some = dice.sample(pools, dice.randrange(1, 4))
        found.append("".join(dice.choice(some)() for _ in range(dice.randrange(1, 16))))
    return found


def _dictionary() -> list[str]:
    import jieba

    lines = (Path(jieba.__file__).parent / "dict.txt").read_text("utf-8").splitlines()
    return [line.split(" ")[0] for line in lines]


def test_rjieba_cuts_as_jieba_does() -> None:
    """Every block and every simple line of the repository, and some put together at random."""
    try:
        import rjieba
    except ImportError:
        rjieba = None
    need("rjieba", rjieba)
    assert tokens.cutter() is rjieba.cut
    one, other, told = tokens.jieba_cutter(), tokens.cutter(), lines()
    blocks = {block for line in told for block in tokens._BLOCK.findall(line)}
    simple = {run for line in told for run in tokens._SIMPLE.findall(line)}
    assert (len(blocks) > 10_000, len(simple) > 2_000) == (True, True)
    strange = strange_blocks(1_500)
    strange += ["，".join(some) for some in pairwise(strange)]
    assert [text for text in (*blocks, *simple, *strange) if one(text) != other(text)] == []
    for text in sorted(simple)[::9]:  # whole or by blocks, the words are the same
        assert tokens.words(text) == tokens.words(text + " [捂脸]" + "．" * 300)


def test_it_is_what_jieba_gives_by_itself() -> None:
    """The example of jieba's own page: 杭研 is not in the dictionary."""
    assert tokens.jieba_cutter()("他来到了网易杭研大厦") == ["他", "来到", "了", "网易", "杭研", "大厦"]


def test_jieba_says_nothing_and_neither_reads_nor_leaves_a_cache(tmp_path: Path) -> None:
    """A file in the temporary folder would be loaded as the dictionary, whoever put it there."""
    trap = tmp_path / "jieba.cache"
    trap.write_bytes(b"nonsense")
    code = "from qunkit.features.tokens import jieba_cutter; assert jieba_cutter()('去露营') == ['去', '露营']"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, check=True, env={"TMPDIR": str(tmp_path)})  # fmt: skip
    assert done.stdout + done.stderr == b""
    assert [path.name for path in tmp_path.iterdir()] == ["jieba.cache"]
    assert trap.read_bytes() == b"nonsense"


@pytest.mark.parametrize(
    "piece", ["a", "a.", "a-", "@", "[", "[a", "a@", "x@a.", "http://", "é", "1é", "龘", "@a\u2005"]
)
def test_a_hostile_text_costs_no_more_than_another(piece: str) -> None:
    """Twice the length, about twice the time; the square of it would be minutes."""
    begin = time.process_time()
    assert tokens.words(piece * 100_000) is not None
    assert time.process_time() - begin < 5
