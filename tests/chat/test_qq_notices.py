"""QQ's sentences: what happened, who did it and to whom."""

from __future__ import annotations

import pytest

from qunkit.chat.notices import ME, from_sentence
from qunkit.chat.people import People

KNOWN = People()
KNOWN.add_members(
    [{"member_id": f"1000{number}", "nickname": name} for number, name in enumerate(("阿岚", "小王", "邀请", "甲被乙"))]
)


@pytest.mark.parametrize(
    ("sentence", "event", "actor", "targets"),
    [
        ("小王 加入了群聊", "joined", None, ["小王"]),
        ("刘(东区): 甲加入本群。", "joined", None, ["刘(东区): 甲"]),
        ("阿岚邀请小王加入了本群。", "invited", "阿岚", ["小王"]),
        ("阿岚 邀请 小王 加入了群聊", "invited", "阿岚", ["小王"]),
        ("邀请邀请小王加入了群聊", "invited", "邀请", ["小王"]),
        ("小王通过扫描阿岚分享的二维码加入群聊", "joined_qr", "阿岚", ["小王"]),
        ("阿岚 将 小王 移出了群聊", "removed", "阿岚", ["小王"]),
        ("甲被乙被阿岚移出本群", "removed", "阿岚", ["甲被乙"]),
        ("小王被移出群聊", "removed", None, ["小王"]),
        ("小王退出了群聊。", "left", None, ["小王"]),
        ("阿岚修改群名称为“读书会”", "renamed", "阿岚", []),
        ("阿岚已将本群转让给小王", "owner_changed", "阿岚", ["小王"]),
        ("小王撤回了一条消息", "recalled", "小王", []),
        ("小王 撤回了一条消息，并亲了你一口", "recalled", "小王", []),
        ("阿岚 撤回了 小王 的一条消息", "recalled", "阿岚", ["小王"]),
        ("阿岚 戳了戳 小王", "patted", "阿岚", ["小王"]),
        ("小王戳了戳自己的头", "patted", "小王", ["小王"]),
        ("小王领取了阿岚的红包", "red_packet_taken", "小王", ["阿岚"]),
        ("阿岚将小王设为管理员", "other", "阿岚", ["小王"]),
        ("小王被阿岚禁言10分钟", "other", "阿岚", ["小王"]),
    ],
)
def test_a_sentence(sentence: str, event: str, actor: str | None, targets: list[str]) -> None:
    notice = from_sentence(sentence, KNOWN, "qq")
    assert notice is not None
    assert (notice.event, notice.actor_name, list(notice.target_names)) == (event, actor, targets)


@pytest.mark.parametrize(
    ("sentence", "actor", "targets", "text"),
    [
        ("小刘(10005)加入本群。", None, [("小刘", "10005")], "小刘加入本群。"),
        ("刘(东区)(10005)加入本群。", None, [("刘(东区)", "10005")], "刘(东区)加入本群。"),
        ("阿岚(120034501)邀请小刘(10005)、老陈(10006)加入了本群。", ("阿岚", "120034501"), [("小刘", "10005"), ("老陈", "10006")], "阿岚邀请小刘、老陈加入了本群。"),
        ("小刘(2019)加入本群。", None, [("小刘(2019)", None)], "小刘(2019)加入本群。"),
    ],
)  # fmt: skip
def test_a_number_behind_a_name_is_the_account(
    sentence: str, actor: tuple[str, str] | None, targets: list[tuple[str, str | None]], text: str
) -> None:
    notice = from_sentence(sentence, KNOWN, "qq")
    assert notice is not None
    assert (notice.actor_name, notice.actor_id) == (actor or (None, None))
    assert list(zip(notice.target_names, notice.target_ids, strict=True)) == targets
    assert notice.text == text


def test_you_are_the_exporting_account() -> None:
    notice = from_sentence("你邀请小王加入了群聊", KNOWN, "qq")
    assert notice is not None
    assert (notice.actor_id, notice.target_names) == (ME, ("小王",))


@pytest.mark.parametrize("sentence", ["[1]", "", "加入了群聊", "群里今天好热闹", "小王\n加入了群聊"])
def test_no_sentence_of_qq(sentence: str) -> None:
    assert from_sentence(sentence, KNOWN, "qq") is None


def test_wechat_has_other_sentences() -> None:
    assert from_sentence("小王 加入了群聊", KNOWN) is None
    assert from_sentence("阿岚 戳了戳 小王", KNOWN) is None
