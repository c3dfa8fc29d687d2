"""What the weights of ads are fitted on is the same every time, and is what its templates say. Fitting itself needs the extra `train`, and no test."""

import json
import sys
from hashlib import sha256
from itertools import chain
from pathlib import Path
from random import Random

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "training"))

import compose  # noqa: E402
import corpora  # noqa: E402
import disguise  # noqa: E402
import examples  # noqa: E402
import figures  # noqa: E402
import grammar  # noqa: E402

from qunkit.methods.ad_model import shipped  # noqa: E402

FACTS = json.loads((ROOT / "training/ads.json").read_text("utf-8"))
ADS, CHAT = compose.families("ads"), compose.families("chat")
SOUNDS = {"贷": ("代待", "带"), "款": ("", "")}


class Dice(Random):
    """Always the same number."""

    def __init__(self, number: float) -> None:
        super().__init__(0)
        self.number = number

    def random(self) -> float:
        return self.number


def made(text: str, number: float, **slots: str) -> str:
    words = {name: grammar.skeleton(slot) for name, slot in slots.items()}
    return grammar.fill(grammar.skeleton(text), words, {"n": lambda dice: "7"}, Dice(number))


# -- the grammar -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("加我", "加我", "加我"),
        ("(加|找)我", "加我", "找我"),
        ("加[我]", "加我", "加"),
        ("[加|找|]我", "加我", "我"),
        ("招{work}", "招客服", "招主播"),
        ("日赚{n}\\n来", "日赚7\n来", "日赚7\n来"),
        ("(a(b|c)|d)", "ab", "d"),
        ("群#1", "群#1", "群#1"),
    ],
)
def test_a_skeleton_is_filled(text, first, last):
    assert made(text, 0.0, work="客服|主播") == first
    assert made(text, 0.999, work="客服|主播") == last


@pytest.mark.parametrize("text", ["(a", "a)", "[a", "(a]", "a]b"])
def test_a_bracket_too_many_is_no_skeleton(text):
    with pytest.raises(ValueError, match="bracket"):
        grammar.skeleton(text)


def test_a_file_has_slots_and_sections(tmp_path):
    (tmp_path / "jobs.txt").write_text(
        "# What it is.\n@work a|b\n\n== lead\n招{work}\n@全体 招\n#接龙\n== whole\n来\n", "utf-8"
    )
    family = grammar.read(tmp_path / "jobs.txt")
    assert (family.name, list(family.slots), {name: len(lines) for name, lines in family.sections.items()}) == (
        "jobs",
        ["work"],
        {"lead": 3, "whole": 1},
    )


# -- what is composed --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("family", ADS, ids=lambda family: family.name)
def test_ads_are_many_distinct_and_of_all_lengths(family):
    texts = compose.ads(family, 300, 1)
    assert len(set(texts)) == 300
    assert min(map(len, texts)) <= 10
    assert max(map(len, texts)) >= 45
    assert not any(sign in text for text in texts for sign in "{}")
    assert texts == compose.ads(family, 300, 1)
    assert texts != compose.ads(family, 300, 2)


@pytest.mark.parametrize("family", CHAT, ids=lambda family: family.name)
def test_talk_is_distinct_and_the_same_every_time(family):
    texts = compose.chat(family, 300, 1)
    assert len(set(texts)) == 300
    assert texts == compose.chat(family, 300, 1)


def test_every_skeleton_can_be_said():
    for family in (*ADS, *CHAT):
        for pieces in chain.from_iterable(family.sections.values()):
            assert grammar.fill(pieces, {**compose.SHARED, **family.slots}, compose.MADE, Random(1)).strip()


def test_ads_have_what_is_composed_of():
    assert {section for family in ADS for section in family.sections} == {"lead", "body", "whole"}
    assert {section for family in CHAT for section in family.sections} == {"lines"}


# -- disguises ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("hide", "text", "hidden"),
    [
        (disguise.homophones, "贷款吗贷", "代款吗贷"),  # the first other of the half, of key words alone
        (disguise.any_homophones, "贷款吗贷", "代款吗代"),
        (disguise.look_alikes, "加微信", "➕薇❤"),
        (disguise.separated, "要贷款的", " ".join("要贷款的")),
        (disguise.strewn, "加我", "加🔥我🔥"),
        (disguise.dressed, "日赚300", "日赚３００"),
        (disguise.wide, "vx:a1", "ｖｘ：ａ１"),
    ],
)
def test_a_disguise(hide, text, hidden, monkeypatch):
    monkeypatch.setattr(disguise, "_sounding", lambda: SOUNDS)
    assert hide(text, Dice(0.0), disguise.FIT) == hidden


def test_the_halves_share_no_homophone(monkeypatch):
    monkeypatch.setattr(disguise, "_sounding", lambda: SOUNDS)
    fit, judge = ({disguise.homophones("贷款", Random(seed), half, 1.0) for seed in range(20)} for half in (0, 1))
    assert (fit, judge) == ({"代款", "待款"}, {"带款"})
    assert disguise._halves("贷", ["贷", "代", "待", "带"]) == (
        "带",
        "代待",
    )  # 带 is U+5E26, even; 代 U+4EE3 and 待 U+5F85 are odd


def test_signs_go():
    assert disguise.unpunctuated("亲，加我！VX：a_1", Dice(0.0)) == "亲加我VXa1"
    assert disguise.unpunctuated("亲，加我！", Dice(0.9)) == "亲 加我 "


# -- what is read ------------------------------------------------------------------------------------------------------
def test_parts_of_the_chat_share_nothing(tmp_path):
    (tmp_path / "lccc").mkdir()
    turns = [f"第 {n} 句" for n in range(200)]
    (tmp_path / "lccc/toy_train.txt").write_text("\n".join(f"{turn}\t{turn}" for turn in turns[:150]), "utf-8")
    (tmp_path / "lccc/toy_valid.txt").write_text("\n".join(turns[100:]), "utf-8")
    (tmp_path / "lccc/toy_data.json").write_text(json.dumps({"valid": [turns[:2], ["再 见"]]}), "utf-8")
    chat = corpora.chat(tmp_path)
    assert sorted(chat.fit + chat.threshold + chat.test) == sorted({turn.replace(" ", "") for turn in turns} | {"再见"})
    assert min(map(len, (chat.fit, chat.threshold, chat.test))) > 20


def test_labelled_lines_are_read(tmp_path):
    (tmp_path / "mcqq").mkdir()
    (tmp_path / "mcqq/train.txt").write_text("收号 a==b==1\n在吗==0\n没有标签\n坏==2\n", "utf-8")
    found = corpora.labelled(tmp_path)
    assert (found.texts, found.ads) == (["收号 a==b", "在吗"], [True, False])
    assert corpora.hashes(tmp_path, ("mcqq/train.txt",)) == {
        "mcqq/train.txt": sha256((tmp_path / "mcqq/train.txt").read_bytes()).hexdigest()
    }


def test_a_part_is_the_same_whichever_others_there_are(monkeypatch):
    monkeypatch.setattr(disguise, "DISGUISES", {"strewn": disguise.strewn})
    first = examples.advertised(ADS[3])
    examples.talked(CHAT[0])
    assert examples.advertised(ADS[3]) == first
    assert len(first.texts) == examples.ADS
    assert set(examples.held_apart(ADS[3])) != set(compose.ads(ADS[3], examples.ADS, examples.SEED))


# -- what was written --------------------------------------------------------------------------------------------------
def test_the_weights_are_those_of_these_templates():
    packed = (ROOT / "src/qunkit/features/data/ads.npz").read_bytes()
    assert len(packed) == FACTS["bytes"] <= 600 * 1024
    assert sha256(packed).hexdigest() == FACTS["sha256"]
    assert compose.templates() == FACTS["templates"] == shipped().about["templates"]
    assert shipped().about["read"] == FACTS["read"]
    assert shipped().name == FACTS["name"]


ADVERTS = (
    "招兼职打字员，日结200，加微信abc12345",
    "【专业贷款】当天放款，不看征信，电话13800000000",
    "领券下单 ￥a1B2c3D4e5F￥ 打开淘宝",
    "出王者荣耀账号，200皮肤，价格私聊",
    "免费领皮肤，进群扫码",
    "家人们，阳光玫瑰今天特价9.9一斤，想要的私我",
)
TALK = (
    "我要两份",
    "还有吗？",
    "链接发我一下",
    "到货了吗",
    "谁发的广告，踢了吧",
    "明天几点集合",
    "我被骗了",
    "今晚有人打球吗",
    "作业写完了没",
    "哈哈哈哈",
)


def test_the_weights_tell_ads_from_talk():
    assert (shipped().score(ADVERTS) >= 0.5).all()
    assert (shipped().score(TALK) < 0.5).all()


def test_the_page_holds_what_was_measured():
    text = figures.PAGE.read_text("utf-8")
    assert figures.filled(text, figures.read()) == text
    assert figures.filled("<!-- eval: a -->\nold\n<!-- end -->", {"a": [{"n": 1000, "r": 0.5, "s": "x"}]}) == (
        "<!-- eval: a -->\n\n| n | r | s |\n| --: | --: | --- |\n| 1,000 | 0.500 | x |\n\n<!-- end -->"
    )
