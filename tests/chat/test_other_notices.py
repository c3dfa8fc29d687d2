"""Every sentence and action of the tables, and what decides between several readings."""

from __future__ import annotations

import re

import pytest

from qunkit.chat.notices import ME, from_action, from_sentence, looks_like_notice
from qunkit.chat.other_notices import EVENTS, SENTENCES, told
from qunkit.chat.people import People
from qunkit.chat.templates import fold
from qunkit.schema import EVENTS as KNOWN

ALL = [(platform, *sentence) for platform in ("whatsapp", "line") for sentence in SENTENCES[platform]]


@pytest.mark.parametrize(("platform", "event", "me", "sentence"), ALL)
def test_every_sentence_is_read_as_its_event(platform: str, event: str, me: str, sentence: str) -> None:
    words = re.sub(r"\{[AT_]\}", "", sentence)
    assert words == fold(words)
    assert event in KNOWN
    names = {"A": "Xx", "T": "Yy", "_": "Zz"}
    notice = from_sentence(re.sub(r"\{([AT_])\}", lambda slot: names[slot[1]], sentence), People(), platform)
    assert notice is not None
    assert notice.event == event
    assert notice.actor_name == ("Xx" if "{A}" in sentence else None)
    assert notice.target_names == (("Yy",) if "{T}" in sentence else (None,) if me == "target" else ())


@pytest.mark.parametrize(
    ("platform", "text", "event", "actor", "targets"),
    [
        ("whatsapp", "You added Bob", "invited", ME, ("name:Bob",)),
        ("whatsapp", "Ann added you", "invited", "name:Ann", (ME,)),
        ("whatsapp", "您添加了小禾", "invited", ME, ("name:小禾",)),
        ("whatsapp", "Ann changed the subject from “A left” to “Bob added C”", "renamed", "name:Ann", ()),
        ("line", "あなたがケビンをグループに招待しました。", "invited", ME, ("name:ケビン",)),
        ("line", "小禾邀請阿嵐加入群組。", "invited", "name:小禾", ("name:阿嵐",)),
    ],
)
def test_sentences(platform: str, text: str, event: str, actor: str, targets: tuple[str, ...]) -> None:
    notice = from_sentence(text, People(), platform)
    assert notice is not None
    ids = [one or f"name:{name}" for name, one in zip(notice.target_names, notice.target_ids, strict=True)]
    assert (notice.event, notice.actor_id or f"name:{notice.actor_name}", tuple(ids)) == (event, actor, targets)


@pytest.mark.parametrize(
    "text",
    ["次郎が退出しました。", "次郎がグループを退会しました。", "次郎がグループを退出しました", "次郎が退会しました。"],
)
def test_who_leaves_a_japanese_group(text: str) -> None:
    notice = from_sentence(text, People(), "line")
    assert notice is not None
    assert (notice.event, notice.actor_name, notice.target_names) == ("left", None, ("次郎",))


def test_a_platform_has_only_its_own_sentences() -> None:
    assert from_sentence("Ann left", People(), "whatsapp") is not None
    assert from_sentence("Ann left", People()) is None
    assert from_sentence('"甲"邀请"乙"加入了群聊', People(), "whatsapp") is None
    assert from_sentence('"甲"邀请"乙"加入了群聊', People(), "qq") is not None
    assert looks_like_notice("Ann left", "whatsapp")
    assert not looks_like_notice("Ann left")


@pytest.mark.parametrize(("platform", "action"), [(p, action) for p, actions in EVENTS.items() for action in actions])
def test_every_action_is_an_event(platform: str, action: str) -> None:
    notice = from_action(told(action, ("甲", "1"), [("乙", "2")]), platform)
    assert notice is not None
    assert notice.event in KNOWN
    assert notice.event != "other"
    assert (notice.actor_name, notice.actor_id) == ("甲", "1")
    assert (notice.target_names, notice.target_ids) == (("乙",), ("2",))


@pytest.mark.parametrize(
    ("action", "targets", "event"),
    [
        ("invite_members", [("甲", None)], "joined"),
        ("invite_members", [], "joined"),
        ("remove_members", [("甲", None)], "left"),
        ("join_group_by_link", [], "joined"),
    ],
)
def test_who_comes_or_goes_alone_is_the_target(
    action: str, targets: list[tuple[str | None, str | None]], event: str
) -> None:
    notice = from_action(told(action, ("甲", "1"), targets), "telegram")
    assert notice is not None
    assert (notice.event, notice.actor_id, notice.target_ids) == (event, None, ("1",))


def test_who_joins_by_a_link_comes_by_whose_it_is() -> None:
    notice = from_action(told("join_group_by_link", ("阿岚", None), [("甲", "1")]), "telegram")
    assert notice is not None
    assert (notice.event, notice.actor_name, notice.target_ids) == ("joined", "阿岚", ("1",))


def test_what_names_no_action_is_no_notice() -> None:
    assert from_action('{"edited":true}', "telegram") is None
    unknown = from_action(told("set_chat_theme", ("甲", "1")), "telegram")
    assert unknown is not None
    assert (unknown.event, unknown.actor_id, unknown.target_ids) == ("other", "1", ())
