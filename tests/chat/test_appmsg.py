from __future__ import annotations

from html import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.chat.appmsg import AppMsg, Refer, forwarded, from_repr, from_tree, from_xml


def card(inside: str) -> str:
    return f'<?xml version="1.0"?>\n<msg><appmsg appid=""><des></des>{inside}</appmsg></msg>\n'


def quote(reply: str, content: str) -> str:
    refer = f"<type>1</type><svrid>2793538709238718621</svrid><chatusr>wxid_a</chatusr><displayname>阿岚</displayname><content>{escape(content)}</content><createtime>1732982330</createtime>"
    return card(f"<title>{escape(reply)}</title><type>57</type><refermsg>{refer}</refermsg>")


def test_quote() -> None:
    found = from_xml("wxid_b:\n" + quote("有,还差2个", "本周路线:\n东门 -> 鹰嘴岩"))
    assert found is not None
    assert (found.kind, found.text) == ("quote", "有,还差2个")
    assert found.refer == Refer("2793538709238718621", "wxid_a", "阿岚", "本周路线:\n东门 -> 鹰嘴岩", 1732982330, 1)


def test_a_quoted_card_shows_what_people_saw() -> None:
    image = '<?xml version="1.0"?>\n<msg><img md5="00" /></msg>'
    link = card("<title>清单</title><type>5</type><url>https://a.invalid/</url>")
    shown = [from_xml(quote("哦", inner)).refer.content for inner in (image, link, "<msg> broken")]  # type: ignore[union-attr]
    assert shown == ["[图片]", "清单\nhttps://a.invalid/", "<msg> broken"]


def test_quotes_of_quotes_are_not_followed() -> None:
    nested = "底"
    for _ in range(40):
        nested = quote("层", nested) if len(nested) < 200_000 else nested
    found = from_xml(nested)
    assert found is not None
    assert found.refer is not None
    assert found.refer.content == "层"


CARDS = {
    "link": ("<title>清单(2024)</title><type>5</type><url>https://a.invalid/?b=1&amp;c=2</url>", "清单(2024)\nhttps://a.invalid/?b=1&c=2"),
    "file": ('<title>路线 "最终".pdf</title><type>6</type><md5>9001</md5>', '路线 "最终".pdf'),
    "miniprogram": ("<title>拼车</title><type>33</type><url>https://m.invalid/</url>", "拼车"),
    "solitaire": ("<title>#接龙\n拼车\n\n1. 凯文 2人</title><type>53</type>", "#接龙\n拼车\n\n1. 凯文 2人"),
    "announcement": ("<title>群公告</title><type>87</type><textannouncement>明早集合。</textannouncement>", "明早集合。"),
    "red_packet": ("<title>微信红包</title><type>2001</type><wcpayinfo><sendertitle><![CDATA[大吉大利]]></sendertitle></wcpayinfo>", "大吉大利"),
    "transfer": ("<title>微信转账</title><type>2000</type><wcpayinfo><feedesc>￥35.00</feedesc><pay_memo>车费</pay_memo></wcpayinfo>", "￥35.00"),
    "channels": ("<title>当前版本不支持</title><type>51</type><finderFeed><nickname>山野</nickname><desc>日出\n太美</desc></finderFeed>", "日出\n太美"),
    "music": ("<title>歌</title><type>3</type><url>https://s.invalid/1</url>", "歌\nhttps://s.invalid/1"),
    "other": ("<title>新东西</title><type>9876</type>", "新东西"),
}  # fmt: skip


@pytest.mark.parametrize("kind", CARDS)
def test_cards(kind: str) -> None:
    inside, text = CARDS[kind]
    found = from_xml(card(inside))
    assert found is not None
    assert (found.kind, found.text) == (kind, text)


def test_what_a_card_says_beyond_its_text() -> None:
    assert from_xml(card(CARDS["transfer"][0])).more == {"memo": "车费"}  # type: ignore[union-attr]
    assert from_xml(card(CARDS["file"][0])).more == {"md5": "9001"}  # type: ignore[union-attr]
    assert from_xml(card(CARDS["channels"][0])).more == {"author": "山野"}  # type: ignore[union-attr]


def test_forwarded_lines() -> None:
    items = (
        '<dataitem datatype="1"><sourcename>老陈</sourcename><sourcetime>2024-11-30 18:02:11</sourcetime><datadesc>有雪\n防滑</datadesc></dataitem>'
        '<dataitem datatype="2"><sourcename>小高</sourcename><sourcetime>2024-11-30 18:03:00</sourcetime></dataitem>'
    )
    record = f'<recordinfo><datalist count="2">{items}</datalist></recordinfo>'
    found = from_xml(card(f"<title>群聊的聊天记录</title><type>19</type><recorditem><![CDATA[{record}]]></recorditem>"))
    assert found is not None
    assert found.records == ("2024-11-30 18:02:11 老陈: 有雪\n防滑", "2024-11-30 18:03:00 小高: [图片]")
    assert found.text == "群聊的聊天记录\n2024-11-30 18:02:11 老陈: 有雪\n防滑\n2024-11-30 18:03:00 小高: [图片]"


def test_forwarded_lines_that_an_exporter_has_taken_out_of_the_xml() -> None:
    lines = [
        {"@datatype": "1", "sourcename": "甲", "sourcetime": "8:00", "datadesc": "早"},
        {"@datatype": "2", "sourcename": None},
    ]
    assert forwarded("记录", lines) == "记录\n8:00 甲: 早\n: [图片]"
    assert forwarded("", []) == ""


def test_media_and_places() -> None:
    image = from_xml('<msg><img md5="0f34" length="48211" /></msg>')
    voice = from_xml('<msg><voicemsg voicelength="5240" length="9001" /></msg>')
    place = from_xml('<msg><location x="31.23" y="121.47" label="东区大道1号" poiname="东门停车场" /></msg>')
    person = from_xml('<msg username="wxid_d" nickname="司机老周" alias="laozhou" />')
    call = from_xml(
        '<voipmsg type="VoIPBubbleMsg"><VoIPBubbleMsg><msg><![CDATA[通话时长 02:15]]></msg></VoIPBubbleMsg></voipmsg>'
    )
    assert image == AppMsg("image", more={"md5": "0f34"})
    assert voice == AppMsg("voice", voice_ms=5240, more={"milliseconds": "5240"})
    assert place is not None
    assert (place.kind, place.text, place.label) == ("location", "东门停车场", "东区大道1号")
    assert person is not None
    assert (person.kind, person.text) == ("contact_card", "司机老周")
    assert call == AppMsg("call", text="通话时长 02:15")


def test_a_pat_card_holds_ids() -> None:
    pat = "<patinfo><fromusername>wxid_a</fromusername><pattedusername>wxid_b</pattedusername></patinfo>"
    found = from_xml(card(f'<title>"甲" 拍了拍 "乙"</title><type>62</type>{pat}'))
    assert found is not None
    assert (found.kind, found.text, found.pat) == ("pat", '"甲" 拍了拍 "乙"', ("wxid_a", "wxid_b"))


def test_a_literal_of_memotrace() -> None:
    text = "373662154801\n{'msg': {'appmsg': {'title': '群公告', 'des': None, 'type': '87', 'textannouncement': '明早7:30\\n东门'}}}"
    found = from_repr(text)
    assert found is not None
    assert (found.kind, found.type, found.text) == ("announcement", 87, "明早7:30\n东门")


@pytest.mark.parametrize(
    "text", ["", "早", "<msg>", "<msg/>", "<sysmsg type='revokemsg'/>", "1\n{'msg': 3}", "1\n{'msg': [1]}"]
)
def test_no_message(text: str) -> None:
    assert from_xml(text) is None
    assert from_repr(text) is None


trees = st.recursive(
    st.none() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["msg", "appmsg", "type", "title", "refermsg", "content", "recorditem", "recordinfo", "datalist", "dataitem", "location", "img", "voipmsg", "wcpayinfo", "patinfo", "@nickname", "#text"]
    ), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["msg", "voipmsg", "x"]), trees, max_size=2))
def test_any_tree_is_survived(tree: dict[str, object]) -> None:
    from_tree(tree)
    from_repr(f"49\n{tree!r}")
