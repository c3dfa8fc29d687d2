"""Every sentence of a notice, in Chinese (simplified, traditional) and English, read by hand."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.chat.notices import from_sentence, looks_like_notice
from qunkit.chat.people import People
from qunkit.schema import EVENTS

Who = str | tuple[str | None, str | None] | None
"""A name, (name, id), or None for somebody unknown."""
ME: Who = (None, "me")


def people(*names: str) -> People:
    known = People()
    known.add_members({"member_id": f"wxid_{number}", "nickname": name} for number, name in enumerate(names))
    return known


def pair(who: Who) -> tuple[str | None, str | None]:
    return who if isinstance(who, tuple) else (who, None)


def check(text: str, event: str, actor: Who, targets: list[Who], known: People | None = None) -> None:
    notice = from_sentence(text, known) if known else from_sentence(text)
    assert notice is not None
    assert notice.event == event
    assert (notice.actor_name, notice.actor_id) == pair(actor)
    assert list(zip(notice.target_names, notice.target_ids, strict=True)) == [pair(target) for target in targets]
    assert event in EVENTS
    assert looks_like_notice(text)


CHINESE: list[tuple[str, str, Who, list[Who]]] = [
    ('"凯文"邀请"小刘🍉"加入了群聊', "invited", "凯文", ["小刘🍉"]),
    ('你邀请"王五 Wang"加入了群聊', "invited", ME, ["王五 Wang"]),
    ('你邀请"王五 Wang"加入了群聊  ', "invited", ME, ["王五 Wang"]),
    ('你邀请"王五 Wang"加入了群聊  撤销', "invited", ME, ["王五 Wang"]),
    ('你邀请"王五"加入了群聊  $revoke$', "invited", ME, ["王五"]),
    ('你邀请"李经理"加入了群聊，并分享了聊天记录', "invited", ME, ["李经理"]),
    ('你邀请"李经理"加入了群聊，并分享了$history$  $revoke$', "invited", ME, ["李经理"]),
    ('"凯文"邀请"甲"加入了群聊，并分享了$history$', "invited", "凯文", ["甲"]),
    ('"凯文"邀请你加入了群聊，群聊参与人还有：小刘、甲', "invited", "凯文", [ME]),
    ('"凯文"邀请你加入了群聊', "invited", "凯文", [ME]),
    ('"凯文"邀请你和"甲"加入了群聊', "invited", "凯文", [ME, "甲"]),
    ('"凯文"邀请你和"甲"加入了群聊，群聊参与人还有：乙、丙', "invited", "凯文", [ME, "甲"]),
    ('" 券"通过扫描"张大嘴"分享的二维码加入群聊', "joined_qr", "张大嘴", ["券"]),
    ('" 券"通过扫描你分享的二维码加入群聊', "joined_qr", ME, ["券"]),
    ('"券"通过"张大嘴"的邀请二维码加入群聊', "joined_qr", "张大嘴", ["券"]),
    ("你通过扫描二维码加入群聊，群聊参与人还有：甲、乙", "joined_qr", None, [ME]),
    ('你通过扫描"凯文"分享的二维码加入群聊', "joined_qr", "凯文", [ME]),
    ('"甲"加入了群聊', "joined", None, ["甲"]),
    ("甲通过游戏中心加入群聊", "joined", None, ["甲"]),
    ('"甲"与群里其他人都不是微信朋友关系，请注意隐私安全', "stranger_notice", None, ["甲"]),
    ('你将"甲"移出了群聊', "removed", ME, ["甲"]),
    ('"凯文"将"甲"移出了群聊', "removed", "凯文", ["甲"]),
    ('你被"凯文"移出群聊', "removed", "凯文", [ME]),
    ('群主"凯文"已解散该群聊', "dissolved", "凯文", []),
    ('群主"$identity$"已解散该群聊', "dissolved", None, []),
    ('"凯文"修改群名为“周末徒步·拼车群(东区)”', "renamed", "凯文", []),
    ("你修改群名为“拼车”", "renamed", ME, []),
    ('"甲"已成为新群主', "owner_changed", None, ["甲"]),
    ("你已成为新群主", "owner_changed", None, [ME]),
    ("群主已启用“群聊邀请确认”，群成员需群主确认才能邀请朋友进群。", "confirm_mode", None, []),
    ("群主已恢复默认进群方式。", "confirm_mode", None, []),
    ('"小刘🍉" 撤回了一条消息', "recalled", "小刘🍉", []),
    ("你撤回了一条消息", "recalled", ME, []),
    ("你撤回了一条消息 重新编辑", "recalled", ME, []),
    ("你撤回了一条消息重新编辑", "recalled", ME, []),
    ('"张大嘴" 拍了拍 "凯文"', "patted", "张大嘴", ["凯文"]),
    ('"张大嘴" 拍了拍 "小刘🍉" 的肩膀', "patted", "张大嘴", ["小刘🍉"]),
    ('"张大嘴" 拍了拍自己', "patted", "张大嘴", ["张大嘴"]),
    ('"张大嘴" 拍了拍我的头', "patted", "张大嘴", [ME]),
    ('我拍了拍 "凯文"', "patted", ME, ["凯文"]),
    ("我拍了拍自己", "patted", ME, [ME]),
    ("小刘🍉领取了凯文的红包", "red_packet_taken", "小刘🍉", ["凯文"]),
    ("你领取了凯文的红包", "red_packet_taken", ME, ["凯文"]),
    ("凯文领取了你的红包", "red_packet_taken", "凯文", [ME]),
    ("凯文领取了你的红包，你的红包已被领完", "red_packet_taken", "凯文", [ME]),
    ("你领取了自己的红包", "red_packet_taken", ME, [ME]),
    ("发出红包，请在手机上查看", "red_packet_sent", None, []),
    ("小王加入本群。", "joined", None, ["小王"]),
]
TRADITIONAL: list[tuple[str, str, Who, list[Who]]] = [
    ("「凱文」邀請「小劉」加入了群聊", "invited", "凱文", ["小劉"]),
    ('" 甲"通過掃描"凱文"分享的二維碼加入群聊', "joined_qr", "凱文", ["甲"]),
    ('你將"小劉"移出了群聊', "removed", ME, ["小劉"]),
    ('"小劉"與群裡其他人都不是微信朋友關係，請注意隱私安全', "stranger_notice", None, ["小劉"]),
    ('"小劉"收回了一則訊息', "recalled", "小劉", []),
    ("你收回了一則訊息", "recalled", ME, []),
    ("小劉領取了凱文的紅包", "red_packet_taken", "小劉", ["凱文"]),
    ('你邀請"小劉"加入了群聊，並分享了聊天記錄  撤銷', "invited", ME, ["小劉"]),
]
ENGLISH: list[tuple[str, str, Who, list[Who]]] = [
    ("Ann invited Bob to the group chat", "invited", "Ann", ["Bob"]),
    ("You invited Bob to the group chat.   ", "invited", ME, ["Bob"]),
    ("Ann invited you to a group chat with Bob, Cid", "invited", "Ann", [ME]),
    ("Ann invited you and Bob to the group chat", "invited", "Ann", [ME, "Bob"]),
    ('"Bob" joined the group chat via the QR Code shared by "Ann".', "joined_qr", "Ann", ["Bob"]),
    ('"Bob" joined group chat via the QR code you shared.', "joined_qr", ME, ["Bob"]),
    ('"Bob" is not friends with anyone else in this group chat.', "stranger_notice", None, ["Bob"]),
    ('You removed "Bob" from the group chat', "removed", ME, ["Bob"]),
    ('You were removed from the group chat by "Ann"', "removed", "Ann", [ME]),
    ('"Ann" changed the group name to "Hike 2"', "renamed", "Ann", []),
    ("Ann recalled a message", "recalled", "Ann", []),
    ("You recalled a message", "recalled", ME, []),
    ('"Ann" tickled "Bob"', "patted", "Ann", ["Bob"]),
]
UNFILLED: list[tuple[str, str, Who, list[Who]]] = [
    ('"$username$"邀请"$names$"加入了群聊', "invited", None, [None]),
    ('你邀请"$names$"加入了群聊，并分享了$history$  $revoke$', "invited", ME, [None]),
    ('"$adder$"通过扫描"$from$"分享的二维码加入群聊', "joined_qr", None, [None]),
    ('你将"$kickoutname$"移出了群聊', "removed", ME, [None]),
    ('"" 拍了拍 ""', "patted", None, [None]),
    ('"" 撤回了一条消息', "recalled", None, []),
]


@pytest.mark.parametrize(("text", "event", "actor", "targets"), [*CHINESE, *TRADITIONAL, *ENGLISH, *UNFILLED])
def test_sentences(text: str, event: str, actor: Who, targets: list[Who]) -> None:
    check(text, event, actor, targets)


WITH_IDS: list[tuple[str, Who, list[Who], str]] = [
    (
        '"凯文(wxid_aaa)"邀请"小刘🍉(wxid_bbb)、新人:甲(zhang_3)"加入了群聊',
        ("凯文", "wxid_aaa"),
        [("小刘🍉", "wxid_bbb"), ("新人:甲", "zhang_3")],
        '"凯文"邀请"小刘🍉、新人:甲"加入了群聊',
    ),
    (
        '你邀请"李经理(25984982143567890@openim)"加入了群聊，并分享了聊天记录  撤销',
        ME,
        [("李经理", "25984982143567890@openim")],
        '你邀请"李经理"加入了群聊，并分享了聊天记录',
    ),
    ('"a、b)(wxid_aaa)"邀请"c、d(wxid_ccc)"加入了群聊', ("a、b)", "wxid_aaa"), [("c、d", "wxid_ccc")], '"a、b)"邀请"c、d"加入了群聊'),
    ('"老王(北京)"邀请"阿明(Beijing)"加入了群聊', "老王(北京)", ["阿明(Beijing)"], '"老王(北京)"邀请"阿明(Beijing)"加入了群聊'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "actor", "targets", "shown"), WITH_IDS)
def test_ids_behind_names(text: str, actor: Who, targets: list[Who], shown: str) -> None:
    check(text, "invited", actor, targets)
    assert from_sentence(text).text == shown  # type: ignore[union-attr]


def test_an_id_behind_a_name_that_only_this_source_knows() -> None:
    known = People()
    known.add_members([{"member_id": "zhangdazui", "nickname": "张大嘴"}])
    text = '你将"张大嘴(zhangdazui)"移出了群聊'
    check(text, "removed", ME, [("张大嘴", "zhangdazui")], known)
    check(text, "removed", ME, ["张大嘴(zhangdazui)"])


HOSTILE: list[tuple[tuple[str, ...], str, str, Who, list[Who]]] = [
    # Enumerations: taken apart only where every part is known, and a name may hold the separator.
    (("甲", "乙"), '"凯文"邀请"甲、乙"加入了群聊', "invited", "凯文", ["甲", "乙"]),
    (("甲",), '"凯文"邀请"甲、乙"加入了群聊', "invited", "凯文", ["甲、乙"]),
    (("甲、乙", "丙"), '"凯文"邀请"甲、乙、丙"加入了群聊', "invited", "凯文", ["甲、乙", "丙"]),
    (("甲、乙", "甲", "乙"), '"凯文"邀请"甲、乙"加入了群聊', "invited", "凯文", ["甲、乙"]),
    (("甲", "乙"), '"凯文"邀请"甲"、"乙"加入了群聊', "invited", "凯文", ["甲", "乙"]),
    ((), '"凯文"邀请"甲"、"乙"加入了群聊', "invited", "凯文", ['甲"、"乙']),
    (("Bob", "Cid, Jr."), "Ann invited Bob, Cid, Jr. to the group chat", "invited", "Ann", ["Bob", "Cid, Jr."]),
    # Names that hold quotes and whole sentences.
    ((), '"他"说"的"邀请"甲"加入了群聊', "invited", '他"说"的', ["甲"]),
    ((), '你将"说"好"的"移出了群聊', "removed", ME, ['说"好"的']),
    (('x"邀请"y',), '"x"邀请"y"邀请"甲"加入了群聊', "invited", 'x"邀请"y', ["甲"]),
    (("x",), '"x"邀请"y"邀请"甲"加入了群聊', "invited", "x", ['y"邀请"甲']),
    (('a"邀请"b',), '"a"邀请"b"加入了群聊', "joined", None, ['a"邀请"b']),
    ((), '你将""甲"加入了群聊"移出了群聊', "removed", ME, ['"甲"加入了群聊']),
    ((), '"凯文"邀请"甲加入了群聊"加入了群聊', "invited", "凯文", ["甲加入了群聊"]),
    ((), '"$人"邀请"甲(乙)"加入了群聊', "invited", "$人", ["甲(乙)"]),
    (("红包的红包",), "甲领取了红包的红包的红包", "red_packet_taken", "甲", ["红包的红包"]),
    (('乙" 的',), '"甲" 拍了拍 "乙" 的" 的脸', "patted", "甲", ['乙" 的']),
    ((), '"甲" 拍了拍 "乙" 的"脸"', "patted", "甲", ["乙"]),
    ((), '"你"邀请"我"加入了群聊', "invited", "你", ["我"]),
    ((), '"You" recalled a message', "recalled", "You", []),
    ((), '"甲"领取了"你"的红包', "red_packet_taken", "甲", ["你"]),
    ((), '"撤销"邀请"撤销"加入了群聊  撤销', "invited", "撤销", ["撤销"]),
]


@pytest.mark.parametrize(("names", "text", "event", "actor", "targets"), HOSTILE)
def test_hostile_names(names: tuple[str, ...], text: str, event: str, actor: Who, targets: list[Who]) -> None:
    check(text, event, actor, targets, people(*names))


NO_NOTICES = [
    "",
    "欢迎新朋友",
    '"凯文"邀请"甲"加入了群聊\n这是谁？',
    '昨天"凯文"邀请"甲"加入了群聊',
    '看到"甲"加入了群聊吗',
    "领取了的红包",
    "你撤回了什么",
    "群聊",
    '"凯文"修改群名为',
    "加入了群聊",
    "大家看这个:\n <sysmsg>",
    "拍了拍",
    "x" * 30_000,
    '"' * 30_000,
]


@pytest.mark.parametrize("text", NO_NOTICES)
def test_words_are_no_notice(text: str) -> None:
    assert from_sentence(text) is None
    assert not looks_like_notice(text)


@pytest.mark.parametrize(
    "text", ['<sysmsg type="revokemsg"></sysmsg>', "1@chatroom:\n<sysmsg>", " <revokemsg>x</revokemsg>"]
)
def test_documents_look_like_notices(text: str) -> None:
    assert looks_like_notice(text)


@pytest.mark.parametrize(
    "text",
    ['"' + '"邀请"' * 4000 + '"加入了群聊', '"' + '" 拍了拍 "' * 2000 + '"', '你邀请"' + "甲、" * 9000 + '"加入了群聊'],
)
def test_a_sentence_with_many_readings_is_read_quickly(text: str) -> None:
    start = time.perf_counter()
    assert from_sentence(text, people("甲")) is not None
    assert time.perf_counter() - start < 2


words = st.text(st.characters(codec=None), max_size=12)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(words, words, st.sampled_from([*CHINESE, *ENGLISH, *UNFILLED]))
def test_nothing_raises(before: str, after: str, case: tuple[str, str, Who, list[Who]]) -> None:
    for text in (before + case[0] + after, case[0].replace("凯文", before), case[0].replace('"', after)):
        notice = from_sentence(text)
        assert notice is None or len(notice.target_ids) == len(notice.target_names)
        looks_like_notice(text)


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=8)
known_names = names.filter(lambda name: not set(name) & set('"“”„‟＂「」『』、()$你我'))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(known_names, known_names)
def test_any_two_names_come_out_as_they_went_in(inviter: str, guest: str) -> None:
    check(f'"{inviter}"邀请"{guest}"加入了群聊', "invited", inviter, [guest])
    check(f'"{inviter}"将"{guest}"移出了群聊', "removed", inviter, [guest])
    check(f'"{inviter}" 拍了拍 "{guest}" 的头', "patted", inviter, [guest])
