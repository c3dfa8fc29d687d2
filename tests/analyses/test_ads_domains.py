"""`ads domains` against figures worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from qunkit.api import open_dataset
from qunkit.dataset import Scope
from support.ad_words import written
from support.datasets import make_dataset
from support.messages import moment
from support.questions import ask, table

DAY = Scope(since=moment("2026-05-04"), until=moment("2026-05-05"), staff=frozenset({"s"}))
LOG = [
    {"at": "2026-05-03 23:59:59", "sender_id": "a", "text": "https://a.com/1"},  # before the window
    {"at": "2026-05-04 09:00:00", "sender_id": "a", "text": "看 https://a.com/1 和 https://A.com/2，加V：hao_88"},
    {"at": "2026-05-04 09:01:00", "sender_id": "b", "text": "https://a.com/1", "group_id": "h"},
    {"at": "2026-05-04 09:02:00", "sender_id": "b", "text": "标题\nhttps://a.com/3", "group_id": "h", "kind": "link"},
    {"at": "2026-05-04 09:03:00", "sender_id": "s", "text": "https://a.com/4", "group_id": "h"},
    {"at": "2026-05-04 09:04:00", "sender_id": "c", "text": "薇：ｈａｏ＿８８ 或 １３８００００１１１１"},
    {"at": "2026-05-04 09:05:00", "sender_id": "c", "text": "扣扣 123456"},
    {"at": "2026-05-04 09:06:00", "sender_id": "c", "text": "￥AbC123dEf45￥ 打开淘宝"},
    {"at": "2026-05-04 09:07:00", "sender_id": "c", "text": "帮我砍一刀", "kind": "miniprogram", "extra": '{"app": "拼购", "url": "x"}'},
    {"at": "2026-05-04 09:08:00", "sender_id": "a", "text": "一元秒杀", "kind": "miniprogram", "extra": '{"app":"拼购"}'},
    {"at": "2026-05-04 09:09:00", "sender_id": "a", "text": "一元秒杀", "kind": "miniprogram"},
    {"at": "2026-05-04 09:10:00", "sender_id": "a", "text": " ", "kind": "miniprogram", "extra": "[1"},  # no name at all
    {"at": "2026-05-04 09:11:00", "sender_id": "a", "text": "静静", "kind": "contact_card"},
    {"at": "2026-05-04 09:12:00", "sender_id": "a", "text": "https://a.com/1", "kind": "forward"},  # words of others
    {"at": "2026-05-04 09:13:00", "sender_id": "a", "text": "#接龙\n1. 小鹿 13800001111", "kind": "solitaire"},
    {"at": "2026-05-04 09:14:00", "sender_id": "a", "text": "订单号 13800001111，共 12345678 元"},  # counts things
    {"at": "2026-05-05 00:00:00", "sender_id": "a", "text": "https://a.com/1"},  # after it
]  # fmt: skip


def test_a_day_by_hand():
    found = ask("ads_domains", LOG, scope=DAY)
    assert table(found, "kind", "value", "messages", "members", "groups") == [
        ("domain", "a.com", 4, 3, 2),  # a once, b twice, s once
        ("miniprogram", "拼购", 2, 2, 1),
        ("wechat", "hao_88", 2, 2, 1),
        ("card", "静静", 1, 1, 1),
        ("miniprogram", "一元秒杀", 1, 1, 1),
        ("phone", "13800001111", 1, 1, 1),
        ("qq", "123456", 1, 1, 1),
        ("taokouling", "AbC123dEf45", 1, 1, 1),
    ]
    link, app = found[:2]
    assert table([link], "group_id", "group_name", "sender_id", "sender_name", "official_share", "first_at", "last_at") == [
        ("h", "Group h", "b", "Name b", 1 / 4, moment("2026-05-04 09:00:00"), moment("2026-05-04 09:03:00"))
    ]  # fmt: skip
    assert app["sender_id"] == "c"  # as many as a, and sooner


def test_ads_are_told_by_their_text_and_staff_post_none():
    rows = [
        {"at": "2026-05-04 09:00:00", "sender_id": who, "text": text, "kind": kind, "extra": extra}
        for who in ("a", "s")
        for text, kind, extra in (
            ("看 https://a.com/1 .9", "text", None),
            ("看 https://a.com/1 .4", "text", None),
            ("一元.5", "miniprogram", '{"app":"拼购"}'),
            ("静静.9", "contact_card", None),
        )
    ]
    found = ask("ads_domains", rows, scope=DAY, models=written)
    told = {(row["value"], row["messages"], row["ads"]) for row in found}
    assert told == {("a.com", 4, 1), ("拼购", 2, 1), ("静静.9", 2, 0)}


def test_by_group_and_by_member():
    links = [row for row in ask("ads_domains", LOG, scope=DAY, per="group") if row["kind"] == "domain"]
    assert table(links, "group_id", "messages", "members", "groups", "sender_id", "official_share") == [
        ("h", 3, 2, 1, "b", pytest.approx(1 / 3)),
        ("g", 1, 1, 1, "a", 0.0),
    ]
    links = [row for row in ask("ads_domains", LOG, scope=DAY, per="member") if row["kind"] == "domain"]
    assert table(links, "sender_id", "messages", "members", "group_id", "official_share") == [
        ("b", 2, 1, "h", 0.0),
        ("a", 1, 1, "g", 0.0),
        ("s", 1, 1, "h", 1.0),
    ]


def test_only_the_first_or_one_kind_are_shown():
    assert table(ask("ads_domains", LOG, scope=DAY, top=2), "value") == [("a.com",), ("拼购",)]
    assert len(ask("ads_domains", LOG, scope=DAY, top=0)) == 8
    assert table(ask("ads_domains", LOG, scope=DAY, kind="qq"), "kind", "value") == [("qq", "123456")]
    assert table(ask("ads_domains", LOG, scope=DAY, kind="miniprogram", top=1), "value") == [("拼购",)]


def test_under_pseudonyms_no_pseudonym_or_placeholder_is_a_contact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "key"))
    rows = [
        {"at": "2026-05-04 09:00:00", "sender_id": "wxid_abc123", "text": "加V：hao_88 或 13800001111 https://a.com QQ：123456"},
        {"at": "2026-05-04 09:01:00", "sender_id": "wxid_def456", "text": "微信：wxid_abc123，加 wxid_abc123，V：wxid_abc123"},
    ]  # fmt: skip
    dataset = open_dataset(make_dataset(tmp_path / "data", rows))
    assert {row[0] for row in dataset.analyze("ads_domains").rows()} == {"domain", "wechat", "qq", "phone"}
    assert list(dataset.analyze("ads_domains", pseudonymise=True).rows()) == []
