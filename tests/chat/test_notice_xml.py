from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.chat.notice_xml import from_document
from qunkit.chat.notices import Notice
from qunkit.chat.people import People

NOBODY = People()


def cdata(text: str) -> str:
    return f"<![CDATA[{text}]]>"


def link(name: str, *members: tuple[str, str], separator: str = "、") -> str:
    listed = "".join(
        f"<member><username>{cdata(member)}</username><nickname>{cdata(nickname)}</nickname></member>"
        for member, nickname in members
    )
    return f'<link name="{name}" type="link_profile"><memberlist>{listed}</memberlist><separator>{cdata(separator)}</separator></link>'


def template(sentence: str, *links: str) -> str:
    inner = f"<plain></plain><template>{cdata(sentence)}</template><link_list>{''.join(links)}</link_list>"
    return f'<sysmsg type="sysmsgtemplate"><sysmsgtemplate><content_template type="tmpl_type_profile">{inner}</content_template></sysmsgtemplate></sysmsg>'


KEVIN, LIU, JIA = ("wxid_k", "凯文"), ("wxid_liu", "小刘🍉"), ("wxid_new", "新人:甲")
HISTORY = '<link name="history" type="link_history"><title><![CDATA[聊天记录]]></title></link>'
REVOKE = '<link name="revoke" type="link_revoke" hidden="1"><title><![CDATA[撤销]]></title></link>'
SHOWN_REVOKE = '<link name="revoke" type="link_revoke"><title><![CDATA[撤销]]></title></link>'

TEMPLATES: list[tuple[str, Notice]] = [
    (
        template('"$username$"邀请"$names$"加入了群聊', link("username", KEVIN), link("names", LIU, JIA)),
        Notice("invited", "凯文", "wxid_k", ("小刘🍉", "新人:甲"), ("wxid_liu", "wxid_new"), '"凯文"邀请"小刘🍉、新人:甲"加入了群聊'),
    ),
    (
        template('你邀请"$names$"加入了群聊，并分享了$history$  $revoke$', link("names", LIU), HISTORY, REVOKE),
        Notice("invited", None, "me", ("小刘🍉",), ("wxid_liu",), '你邀请"小刘🍉"加入了群聊，并分享了聊天记录'),
    ),
    (
        template('你邀请"$username$"加入了群聊  $revoke$', link("username", LIU), SHOWN_REVOKE),
        Notice("invited", None, "me", ("小刘🍉",), ("wxid_liu",), '你邀请"小刘🍉"加入了群聊'),
    ),
    (
        template('" $adder$"通过扫描"$from$"分享的二维码加入群聊', link("adder", JIA), link("from", KEVIN)),
        Notice("joined_qr", "凯文", "wxid_k", ("新人:甲",), ("wxid_new",), '" 新人:甲"通过扫描"凯文"分享的二维码加入群聊'),
    ),
    (
        template('你将"$kickoutname$"移出了群聊', link("kickoutname", LIU)),
        Notice("removed", None, "me", ("小刘🍉",), ("wxid_liu",), '你将"小刘🍉"移出了群聊'),
    ),
    (
        template('"$username$"邀请你和"$names$"加入了群聊，群聊参与人还有：$others$', link("username", KEVIN), link("names", LIU), link("others", JIA)),
        Notice("invited", "凯文", "wxid_k", (None, "小刘🍉"), ("me", "wxid_liu"), '"凯文"邀请你和"小刘🍉"加入了群聊，群聊参与人还有：新人:甲'),
    ),
    (  # a name that is itself a template, and one that is a sentence
        template('"$username$"邀请"$names$"加入了群聊', link("username", ("wxid_x", "$names$")), link("names", ("wxid_y", '"移出了群聊'))),
        Notice("invited", "$names$", "wxid_x", ('"移出了群聊',), ("wxid_y",), '"$names$"邀请""移出了群聊"加入了群聊'),
    ),
    (  # not filled
        template('"$username$"邀请"$names$"加入了群聊'),
        Notice("invited", None, None, (None,), (None,), '"$username$"邀请"$names$"加入了群聊'),
    ),
    (  # a name the service did not send
        template('"$username$"邀请"$names$"加入了群聊', link("username", KEVIN), link("names", ("wxid_y", ""))),
        Notice("invited", "凯文", "wxid_k", (None,), ("wxid_y",), '"凯文"邀请"wxid_y"加入了群聊'),
    ),
    (template("$a$做了新的事", link("a", KEVIN)), Notice("other", text="凯文做了新的事")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "notice"), TEMPLATES)
def test_templates(text: str, notice: Notice) -> None:
    assert from_document(text, NOBODY) == notice
    assert from_document(f"58192034417@chatroom:\n{text}", NOBODY) == notice


def member_change(sentence: str, *ids: str) -> str:
    listed = "".join(f"<username>{cdata(member)}</username>" for member in ids)
    inner = f"<plain>{cdata(sentence)}</plain><text>{cdata(sentence)}</text><link><scene>invite</scene><text>{cdata('  撤销')}</text><memberlist>{listed}</memberlist></link>"
    return f'<sysmsg type="delchatroommember"><delchatroommember>{inner}</delchatroommember></sysmsg>'


MEMBER_CHANGES: list[tuple[str, Notice]] = [
    (
        member_change('你邀请"王五 Wang"加入了群聊  ', "wxid_w"),
        Notice("invited", None, "me", ("王五 Wang",), ("wxid_w",), '你邀请"王五 Wang"加入了群聊'),
    ),
    (
        member_change('你邀请"甲、乙"加入了群聊', "wxid_1", "wxid_2"),
        Notice("invited", None, "me", ("甲", "乙"), ("wxid_1", "wxid_2"), '你邀请"甲、乙"加入了群聊'),
    ),
    (
        member_change('你邀请"甲、乙、丙"加入了群聊', "wxid_1", "wxid_2"),
        Notice("invited", None, "me", (None, None), ("wxid_1", "wxid_2"), '你邀请"甲、乙、丙"加入了群聊'),
    ),
    (
        member_change('"凯文"邀请你和"乙"加入了群聊', "wxid_2"),
        Notice("invited", "凯文", None, (None, "乙"), ("me", "wxid_2"), '"凯文"邀请你和"乙"加入了群聊'),
    ),
]


@pytest.mark.parametrize(("text", "notice"), MEMBER_CHANGES)
def test_member_changes(text: str, notice: Notice) -> None:
    assert from_document(text, NOBODY) == notice


def test_recalls() -> None:
    sentence = cdata('"小刘🍉" 撤回了一条消息')
    text = f'<sysmsg type="revokemsg"><revokemsg><session>1@chatroom</session><newmsgid>7</newmsgid><replacemsg>{sentence}</replacemsg></revokemsg></sysmsg>'
    assert from_document(text, NOBODY) == Notice("recalled", "小刘🍉", text='"小刘🍉" 撤回了一条消息')
    assert from_document("<revokemsg>你撤回了一条消息</revokemsg>", NOBODY) == Notice(
        "recalled", None, "me", text="你撤回了一条消息"
    )
    new = '<sysmsg type="revokemsg"><revokemsg><content>新说法</content></revokemsg></sysmsg>'
    assert from_document(new, NOBODY) == Notice("recalled", text="新说法")


def test_pats_by_id() -> None:
    people = People()
    people.add_members([{"member_id": "wxid_a", "nickname": "甲", "group_nickname": "阿甲"}])
    sentence = cdata('"${wxid_a}" 拍了拍 "${wxid_b}" 的头')
    pat = f"<fromusername>wxid_a</fromusername><pattedusername>wxid_b</pattedusername><template>{sentence}</template>"
    system = f'<sysmsg type="pat"><pat>{pat}</pat></sysmsg>'
    assert from_document(system, people) == Notice(
        "patted", "阿甲", "wxid_a", (None,), ("wxid_b",), '"阿甲" 拍了拍 "wxid_b" 的头'
    )
    card = f'<msg><appmsg><title>"甲" 拍了拍 "乙"</title><type>62</type><patinfo>{pat}</patinfo></appmsg></msg>'
    assert from_document(card, people) == Notice("patted", "甲", "wxid_a", ("乙",), ("wxid_b",), '"甲" 拍了拍 "乙"')


def test_sentences_with_markup() -> None:
    receipt = '<img src="SystemMessages_HongbaoIcon.png"/>  小刘领取了凯文的<_wc_custom_link_ color="#FD9931" href="weixin://x">红包</_wc_custom_link_>'
    assert from_document(receipt, NOBODY) == Notice(
        "red_packet_taken", "小刘", None, ("凯文",), (None,), "小刘领取了凯文的红包"
    )
    escaped = "&quot;甲&quot; 拍了拍 &quot;乙&quot;"
    assert from_document(escaped, NOBODY) == Notice("patted", "甲", None, ("乙",), (None,), '"甲" 拍了拍 "乙"')


def test_other_system_documents() -> None:
    pinned = '<sysmsg type="mmchatroomtopmsg"><mmchatroomtopmsg><op>0</op></mmchatroomtopmsg></sysmsg>'
    assert from_document(pinned, NOBODY) == Notice("pinned", text="")
    assert from_document("<sysmsg type='paymsg'><paymsg/></sysmsg>", NOBODY) == Notice("other", text="")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "早",
        "<b>早</b>",
        "<msg/>",
        "<sysmsg",
        '<!DOCTYPE a><sysmsg type="x"/>',
        "<msg><appmsg><title>x</title></appmsg></msg>",
    ],
)
def test_no_notice(text: str) -> None:
    assert from_document(text, NOBODY) is None


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(st.characters(codec=None), max_size=30), st.integers(0, 400), st.sampled_from([*TEMPLATES, *MEMBER_CHANGES])
)
def test_damage_never_raises(noise: str, at: int, case: tuple[str, Notice]) -> None:
    text = case[0]
    for damaged in (text[:at] + noise + text[at:], text[:at], text[at:], text.replace("</", noise, 1)):
        notice = from_document(damaged, NOBODY)
        assert notice is None or len(notice.target_ids) == len(notice.target_names)
