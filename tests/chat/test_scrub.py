"""Texts without the people in them: who is known, what is known by its form, and what stays."""

import re

import pytest

from qunkit.chat.as_read import UNSEEN, AsRead, as_read
from qunkit.chat.scrub import PERSON, Known, Scrubber
from qunkit.chat.spelling import fold

G = "1@chatroom"


@pytest.fixture(scope="module")
def scrubber():
    known = Known()
    for id, pseudonym in (
        ("wxid_mint01", "m-mint"),
        ("88001234", "m-qq"),
        ("1234567@chatroom", "g-one"),
        ("U 7", "m-odd"),
    ):
        known.add_id(id, pseudonym)
    for name, pseudonym in {
        "薄荷": "m-mint", "薄荷糖": "m-sugar", "王": "m-wang", "Ann": "m-ann", "Maximilian": "m-max", "新人:甲": "m-new",
        "小太阳☀️": "m-sun", "666": "m-six", "54321": "m-dig", "...": "m-dots", "周末徒步": "g-hike", "me": "m-me", "phone": "m-phone",
    }.items():  # fmt: skip
        known.add_name(G, name, pseudonym)
    known.add_name(G, "阿岚", "m-lan")
    known.add_name(G, "阿岚", "m-lan2")
    known.add_name("2@chatroom", "路人", "m-away")
    known.add_name("", "梧桐里邻居群", "g-far")
    return Scrubber(lambda: known)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("薄荷你好", "m-mint你好", id="anywhere"),
        pytest.param("薄荷糖来吗", "m-sugar来吗", id="longest"),
        pytest.param("王者荣耀，@王 来", "王者荣耀，@m-wang 来", id="one-sign-after-at"),
        pytest.param("「王：几点」\n- - - - -\n八点", "「m-wang：几点」\n- - - - -\n八点", id="one-sign-quoted"),
        pytest.param("「路上的谁：几点」", f"「{PERSON}：几点」", id="stranger-quoted"),
        pytest.param("ANN, annual, hiAnn", "m-ann, annual, hiAnn", id="short-latin-whole-words"),
        pytest.param("xmaximilianx", "xm-maxx", id="long-latin-anywhere"),
        pytest.param("IMG_新人_甲.jpg", "IMG_m-new.jpg", id="as-files-spell-it"),
        pytest.param("小太阳☀来了", "m-sun来了", id="without-variation-selector"),
        pytest.param("66666 和 666，@666 来", "66666 和 666，@m-six 来", id="short-numbers-are-figures"),
        pytest.param("54321年54321号154321", "m-dig年m-dig号154321", id="long-numbers-whole"),
        pytest.param("好吧...", "好吧...", id="punctuation-is-no-name"),
        pytest.param("me too", "me too", id="everyday-word"),
        pytest.param("阿岚在吗", f"{PERSON}在吗", id="two-people"),
        pytest.param("路人甲", "路人甲", id="of-another-group"),
        pytest.param("周末徒步和梧桐里邻居群", "g-hike和g-far", id="groups"),
        pytest.param("@所有人 @all", "@所有人 @all", id="everyone"),
        pytest.param("@谁 谁谁\u2005在吗", f"@{PERSON}\u2005在吗", id="marked-stranger"),
        pytest.param("@谁谁，在吗", f"@{PERSON}，在吗", id="stranger"),
        pytest.param("@薄荷 在吗", "@m-mint 在吗", id="called"),
        pytest.param("wxid_mint01:", "m-mint:", id="id"),
        pytest.param("WXID_MINT01x", "[account]", id="not-that-id"),
        pytest.param("找 88001234，群1234567@chatroom", "找 m-qq，群g-one", id="ids"),
        pytest.param("U 7 said", "m-odd said", id="id-with-a-blank"),
        pytest.param("13800138000", "[phone]", id="mobile"),
        pytest.param("+86 138-0013-8000，１３８００１３８０００", "[phone]，[phone]", id="mobile-spellings"),
        pytest.param("(010)62345678 0571-87654321 400-123-4567", "[phone] [phone] [phone]", id="landlines"),
        pytest.param("+44 7700 900123", "[phone]", id="abroad"),
        pytest.param("4001234567 8001234567, 400 1234567", "[phone] [phone], [phone]", id="service-numbers"),
        pytest.param("1 3 8 1 2 3 4 5 6 7 8, 1/3/8/1/2/3/4/5/6/7/8", "[phone], [phone]", id="digit-by-digit"),
        pytest.param("138/1234/5678 138_1234_5678 138。1234。5678 138 - 1234 - 5678 138·1234·5678 86/138/1234/5678", "[phone] [phone] [phone] [phone] [phone] 86/[phone]", id="signs-between-groups"),
        pytest.param("852-91234567 (852)91234567 85291234567 853 6612 3456 886-912-345-678 65-91234567", " ".join(["[phone]"] * 6), id="codes-without-a-plus"),
        pytest.param("010 6666 7777，0571 - 88888888，010.6234.5678", "[phone]，[phone]，[phone]", id="landlines-in-parts"),
        pytest.param("QQ群：123 456 789，qq 1234 5678，群号 1 2 3 4 5 6 7，QQ:123-456-789，加我 123 456 789", "QQ群：[account]，qq [account]，群号 [account]，QQ:[account]，加我 [account]", id="accounts-in-parts"),
        pytest.param("一3八1二三4五6七8，幺三八幺二三四五六七八，壹叁捌壹贰叁肆伍陆柒捌，一三八 一二三四 五六七八", "[phone]，[phone]，[phone]，[phone]", id="in-words-of-every-kind"),
        pytest.param("2024-11-30 13812345678，1 13812345678 2 13912345678", "2024-11-30 [phone]，1 [phone] 2 [phone]", id="behind-figures"),
        pytest.param("0571-8888 8888, 010-6666-7777", "[phone], [phone]", id="landlines-apart"),
        pytest.param("138.0013.8000, 138001 38000, (852) 9123 4567, 415-555-2671", "[phone], [phone], [phone], [phone]", id="apart"),
        pytest.param("b23.tv/abc123 youtu.be/xyz discord.gg/abcd a.co.uk 张三.中国", "[link] [link] [link] [link] [link]", id="short-links"),
        pytest.param("Q 1234567, 群 123456789, 卫星号abcde12", "Q [account], 群 [account], 卫星号[account]", id="accounts"),
        pytest.param("11010119900307123X", "[id-number]", id="identity"),
        pytest.param("6222 0212 3456 7890 123", "[bank-card]", id="card"),
        pytest.param("mint.a+b@mail.example.com.cn", "[e-mail]", id="mail"),
        pytest.param("看https://a.example/x?id=13800138000，好", "看[link]，好", id="link"),
        pytest.param("www.example.com/a。 m.example.cn/b", "[link]。 [link]", id="bare-links"),
        pytest.param("https://a.example/x吗？", "[link]？", id="question-stays"),
        pytest.param("￥aB3dE5fG7hI￥ (aB3dE5fG7hI)", "[code] [code]", id="codes"),
        pytest.param("pages/goods/index.html?id=7 #小程序://拼团/AbC", "[mini-program] [mini-program]", id="mini-programs"),
        pytest.param("wxid_other99 gh_0123abcd", "[account] [account]", id="accounts"),
        pytest.param("QQ：123456789，加我 87654321，微信号：lulu_2020", "QQ：[account]，加我 [account]，微信号：[account]", id="after-words"),
        pytest.param("加我V：lidali_88，V：lidali_88，抖音号 amy666，小红书号：9527amy", "加我V：[account]，V：[account]，抖音号 [account]，小红书号：[account]", id="accounts-of-others"),
        pytest.param("一三九一二三四五六七八，一三九一二三四五六七八九", "[phone]，一三九一二三四五六七八九", id="in-words"),
        pytest.param("2026-05-04 09:00 共12345元，3.5kg，第1234567次", "2026-05-04 09:00 共12345元，3.5kg，第1234567次", id="numbers-stay"),
        pytest.param("e\u0301a", "éa", id="nfc"),
        pytest.param("a\U00100000\U0010ffff薄荷", "a��m-mint", id="no-way-round"),
    ],
)  # fmt: skip
def test_what_becomes_of_a_text(scrubber, text, shown):
    assert scrubber.scrub(G, "text", text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2024-11-30 09:00，2024/11/30 18:30-20:00，2024.11.30，2024_11_30，2024年11月30日 18点30",
        "11/30/2024 1200，13/12/2024 10:00，15-10-2024 9-30",
        "2024-11-30 2024-12-01，2024.11.30 2024.12.01，2024-10-15 2024-10-16 9:30，1999-11-30 123",
        "1-3 2024-11-30 9:00，本群 2024-11-30 09:00 集合，QQ群2024-11-30 开",
        "10:00-12:00 15:30，8:00-9:00/9:00-10:00",
        "价格138/份，168/1280/1980元，￥138/1288/1588，199/1299/1999 元，65 8000 9000元，138.5 元",
        "订单 852 单，共852-900人，QQ群 500人，QQ群 1000-2000人，群 3 个 20 人，群 100 200 300，加 2000 3000",
        "1/3/5/7/9，1.5/2.5/3.5，1920/1080，138/12/34，第3/12期，100/200/300/400，QQ 9.7.13，比分 3-1 2-0 1-3，1 3 8 1，+1 +1 +1",
        "6 1 3 5 7 9 8 6 4 2 0 2，1 3 5 7 9 8 6 4 2 0 2 6",
        "一五一十，一三五七九，二〇二四年一一月三〇日",
    ],
)
def test_ordinary_figures_stay(scrubber, text):
    assert scrubber.scrub(G, "text", text) == text


@pytest.mark.parametrize(
    "text",
    [
        "138加1234加5678，138,1234,5678，138*1234*5678，6222/0212/3456/7890，0571/88888888，QQ：123/456/789",
        "138\n1234\n5678，44 7700 900123，123456789",
    ],
)
def test_what_docs_privacy_says_that_stays(scrubber, text):
    assert scrubber.scrub(G, "text", text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("KEVIN哥和小Kevin说的kevin2", "m-kev哥和小m-kev说的m-kev2", id="joined-to-other-words"),
        pytest.param("Ｋｅｖｉｎ 𝓚𝓮𝓿𝓲𝓷 ⓚⓔⓥⓘⓝ", "m-kev m-kev m-kev", id="dressed-letters"),
        pytest.param("ke\u200bvin k\u0336e\u0336v\u0336i\u0336n\u0336!", "m-kev m-kev!", id="hidden-and-struck-through"),
        pytest.param("薄\u2060荷 薄\ufe00荷\ufe0f\u200d。", "m-mint m-mint。", id="unseen-within-and-behind"),
        pytest.param("mei  lin, MEI\u3000LIN, Mei\u200b \u200bLin", "m-mei, m-mei, m-mei", id="blanks"),
        pytest.param("MeiLin哥，@meilin, xMEILINx, Al Lee, AlLee, @allee", "m-mei哥，@m-mei, xm-meix, m-al, AlLee, @[person]", id="blanks-left-out"),
        pytest.param("Lee Ann, Le Eann, LeeAnn", f"m-lee, m-eann, {PERSON}", id="blanks-left-out-by-two"),
        pytest.param("Kit Carson KitCarson", "m-kit m-carson", id="who-is-spelt-so"),
        pytest.param("jose JOSÉ Jose\u0301", "m-jose m-jose m-jose", id="accents"),
        pytest.param("김하 김한 ｶﾞｸﾄ", "m-kim 김한 m-gakt", id="whole-signs"),
        pytest.param("Анн Анна", "Анн m-anna", id="other-alphabets-whole"),
        pytest.param("wxid\u200b_mint01 138\u200b0013\u20608000 1️⃣3️⃣800138000", "m-mint [phone] [phone]", id="ids-and-numbers"),
        pytest.param("１３８－１２３４－５６７８ 138‑1234‑5678 138—1234−5678 138\u30001234\u00a05678 138ー1234─5678 138\u28001234\u28005678", " ".join(["[phone]"] * 6), id="phones-in-any-dress"),
        pytest.param("𝟏𝟑𝟖12345678 ①13812345678 138\U0001d17312345678 ２", "[phone] ①[phone] [phone] 2", id="digits-in-any-dress"),
        pytest.param("ｗｘｉｄ＿ＭＩＮＴ01 ｗ\u200bｘｉｄ_𝓶𝓲𝓷𝓽01 ｗｘｉｄ_ａｂｃ123 ｗｗｗ．ａ．ｃｏｍ，ａ ℹwxid_mint01", "m-mint m-mint [account] [link]，ａ ℹm-mint", id="ids-in-any-dress"),
        pytest.param("选A.，1. 买菜，❤️ 小~", "选A.，1. 买菜，❤️ 小~", id="one-sign-is-no-name"),
        pytest.param("@A.\u2005和 @❤ 和 @小~ 来", "@m-a\u2005和 @m-heart 和 @m-xiao 来", id="but-after-at"),
        pytest.param("12:30 1.5 2008年 ①②", "12:30 1.5 2008年 ①②", id="figures-stay"),
        pytest.param("  家 👨\u200d👩\u200d👧  好\n\n吗", "  家 👨\u200d👩\u200d👧  好\n\n吗", id="the-rest-as-it-is"),
    ],
)  # fmt: skip
def test_names_are_found_as_people_read_them(text, shown):
    known = Known()
    known.add_id("wxid_mint01", "m-mint")
    for name, pseudonym in {
        "Kevin": "m-kev", "薄荷": "m-mint", "Mei Lin": "m-mei", "José": "m-jose", "김하": "m-kim", "ガクト": "m-gakt",
        "Анна": "m-anna", "A.": "m-a", "1": "m-one", "❤️": "m-heart", "小~": "m-xiao", "1.5": "m-x", "2008": "m-y", "12": "m-z",
        "①②": "m-w", "ㅤ": "m-empty", "Al Lee": "m-al", "Lee Ann": "m-lee", "Le Eann": "m-eann", "Kit Carson": "m-kit", "KitCarson": "m-carson",
    }.items():  # fmt: skip
        known.add_name(G, name, pseudonym)
    assert Scrubber(lambda: known).scrub(G, "text", text) == shown


def test_what_a_text_reads_as_has_a_way_back_from_every_sign():
    planes = (
        *range(0xD800),
        *range(0xE000, 0x20000),
        *range(0xE0000, 0xF0000),
    )  # the others hold ideographs or nothing
    signs = "".join(map(chr, planes))
    assert "".join(re.findall(f"[{UNSEEN}]", signs)) == "".join(sign for sign in signs if not fold(sign))
    text = signs[: 0x20000 - 0x800]
    reading = AsRead(text)
    for start in range(0, len(reading.read) - 1, 997):
        span = reading.span(start, start + 1)
        assert span is None or as_read(text[slice(*span)]) == reading.read[start].strip()
    assert reading.span(0, len(reading.read)) == (text.index("\t"), len(text))


def test_placeholders_are_not_names(scrubber):
    """Somebody calls herself "phone": the placeholder stays what it is."""
    assert scrubber.scrub(G, "text", "13800138000 phone") == "[phone] m-phone"


def test_a_relay_keeps_who_is_known_and_nothing_else(scrubber):
    text = "#接龙 周六\n1. 薄荷 两大一小\n2. 谁谁 138\n3、王小明"
    assert scrubber.scrub(G, "solitaire", text) == f"#接龙 周六\n1. m-mint\n2. {PERSON}\n3、{PERSON}"
    assert scrubber.scrub(G, "text", "1. 买菜") == "1. 买菜"


def test_who_is_meant_by_a_name(scrubber):
    assert scrubber.called("薄荷") == {"m-mint"}
    assert scrubber.called("wxid_mint01") == {"m-mint"}
    assert scrubber.called("路人") == {"m-away"}
    assert scrubber.called("阿岚") == {"m-lan", "m-lan2"}
    assert scrubber.called("谁") == scrubber.called("ANN") == set()


def test_nobody_is_known_before_the_first_text():
    calls = []
    scrubber = Scrubber(lambda: calls.append(1) or Known())
    assert not calls
    assert scrubber.scrub("g", "text", "@谁 早") == f"@{PERSON} 早"
    scrubber.scrub("g", "text", "晚")
    assert len(calls) == 1


@pytest.mark.parametrize(
    "piece",
    [
        "+1234567890 ", "@", "0086-", "a.b-", "1 ", "「", "加我", "(0", "1. ", "www.", "\x00", "￥a1", "_a@-", "薄荷",
        "1 3 8 ", "138/1234/", "1/3/8/", "852-", "886 9-1-", "QQ 123 ", "QQ群：1 2 3 ", "一3八", "2024-11-30 ", "0571 8888 ",
    ],
)  # fmt: skip
def test_hostile_texts_hide_nothing(scrubber, piece):
    """And do not take for ever: what repeats within a repetition would."""
    shown = scrubber.scrub(G, "solitaire", piece * (60_000 // len(piece)) + "\n薄荷")
    assert shown.endswith("m-mint")
    assert "薄荷" not in shown


def test_a_text_with_more_names_than_can_wait_is_not_shown(scrubber):
    assert scrubber.scrub(G, "text", "@薄荷 " * 0xFFFE) == "[text]"
