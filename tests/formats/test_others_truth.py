"""Each sample of Telegram, Discord, Slack, WhatsApp and LINE alone in a dataset, message by message against what its maker meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qunkit.ingest.run import ingest
from support.staged import members, messages
from support.truth.base import SAMPLES
from support.truth.others import BELONGS

Row = tuple[Any, ...]
_DISCORD = "读书会 - 文字频道 - 周末 [871000000000000001]"
LAN, KEVIN, HE, DING = "user7100001", "user7100002", "user7100003", "user7100004"
D_LAN, D_KEVIN, D_BOT = "801000000000000001", "801000000000000002", "801000000000000003"


def said(group: str, clock: str, sender: str | None, kind: str, text: str | None, **more: Any) -> Row:
    """A message, wall clock of Asia/Shanghai; `more`: reply, mentions."""
    return (group, clock, sender, kind, text, None, None, (), more.get("reply"), tuple(more.get("mentions", ())))


def notice(
    group: str, clock: str, text: str | None, event: str, actor: str | None, *targets: str | None, kind: str = "system"
) -> Row:
    """A notice."""
    return (group, clock, None, kind, text, event, actor, targets, None, ())


T1, T2 = "1589001122", "880011"
TELEGRAM = [
    notice(T1, "2024-12-01 08:00:00", None, "invited", LAN, KEVIN, HE),
    said(
        T1,
        "2024-12-01 08:01:10",
        LAN,
        "text",
        "大家早，地图 https://map.example.invalid/east?a=1 请 小禾 看一下",
        mentions=[HE],
    ),
    said(T1, "2024-12-01 08:01:10", HE, "quote", '["收到"] "好"\n\n第二段', reply="2"),
    said(T1, "2024-12-01 08:02:00", KEVIN, "image", "昨天的山"),
    said(T1, "2024-12-01 08:03:00", KEVIN, "file", "书单.pdf"),
    said(T1, "2024-12-01 08:04:00", "user7100009", "sticker", ""),
    said(T1, "2024-12-01 08:05:00", HE, "voice", ""),
    said(T1, "2024-12-01 08:06:00", HE, "other", "周六几点？"),
    said(T1, "2024-12-01 08:07:00", LAN, "location", "东门\n东区大道1号"),
    notice(T1, "2024-12-01 08:08:00", None, "joined", LAN, DING),
    notice(T1, "2024-12-01 08:09:00", None, "removed", LAN, DING),  # by name in the file; the id is that of the join
    notice(T1, "2024-12-01 08:10:00", None, "left", None, KEVIN),
    notice(T1, "2024-12-01 08:11:00", "周末读书会（二期）", "renamed", LAN),
    said(T1, "2024-12-01 08:12:00", HE, "contact_card", "李\n经理"),
]
TELEGRAM_ALL = [
    said("1589005566", "2023-01-01 00:00:00", HE, "text", "新年好"),
    said(T2, "2024-12-02 09:00:00", LAN, "text", "甲群第一句"),
    said(T2, "2024-12-02 09:01:00", HE, "text", "甲群第二句"),
    said("7100009", "2024-12-02 09:02:00", LAN, "call", ""),
    said("1589003344", "2024-12-02 09:03:00", "channel1589003344", "text", "乙群第一句"),
]
D = "871000000000000001"
DISCORD = [
    notice(D, "2024-12-01 08:00:00", "Joined the server.", "joined", None, D_KEVIN),
    said(
        D,
        "2024-12-01 08:01:10",
        D_LAN,
        "text",
        '@everyone 早，"第一段"\n\n@凯文 看地图',
        mentions=[D_KEVIN, "notify@all"],
    ),
    said(D, "2024-12-01 08:01:11", D_KEVIN, "quote", "好的", reply="1312000000000000002"),
    said(D, "2024-12-01 08:03:00", D_BOT, "image", "昨天的山"),
    said(D, "2024-12-01 08:04:00", D_LAN, "file", "书单.pdf"),
    notice(D, "2024-12-01 08:05:00", "Removed 凯文 from the group.", "removed", D_LAN, D_KEVIN),
    said(D, "2024-12-01 08:06:00", D_LAN, "sticker", ""),
]
DISCORD_CSV = [
    notice(D, "2024-12-01 08:00:00", "Joined the server.", "joined", None, D_KEVIN),
    # account names for nicknames, everyone is nobody's id, no replies
    said(D, "2024-12-01 08:01:10", D_LAN, "text", '@everyone 早，"第一段"\n\n@kevin 看地图', mentions=[D_KEVIN]),
    said(D, "2024-12-01 08:01:11", D_KEVIN, "text", "好的"),
    said(D, "2024-12-01 08:03:00", D_BOT, "image", "昨天的山"),
    said(D, "2024-12-01 08:04:00", D_LAN, "file", "书单.pdf\n地图.pdf"),
]
S = "C7AAAAAAA"
S_LAN, S_KEVIN, S_HE = "U7AAAAAAA", "U7BBBBBBB", "U7CCCCCCC"
SLACK = [
    notice(S, "2024-12-01 08:00:00", "@Kevin Zhao has joined the channel", "invited", S_LAN, S_KEVIN),
    said(
        S,
        "2024-12-01 08:01:10",
        S_LAN,
        "text",
        "@channel 早 & 好 <第一段>\n\n@Kevin Zhao 看 地图 (https://map.example.invalid/east) 和 https://a.example.invalid",
        mentions=["notify@all", S_KEVIN],
    ),
    said(S, "2024-12-01 08:01:11", S_KEVIN, "quote", "好的", reply="1733011270.000200"),
    said(S, "2024-12-01 08:03:00", S_LAN, "file", "书单.pdf"),
    said(S, "2024-12-01 08:04:00", S_HE, "image", "昨天的山"),
    said(S, "2024-12-01 08:05:00", "B7AAAAAAA", "text", "今天晴"),
    notice(S, "2024-12-01 08:06:00", "@he has left the channel", "left", None, S_HE),
    notice(S, "2024-12-01 08:07:00", 'has renamed the channel from "周末旧" to "周末"', "renamed", S_LAN),
]
W = "name:周末徒步"
W_LAN, W_KEVIN, W_PHONE, W_HE = "name:阿岚", "name:Kevin, Z. (East)", "name:+86 138 0000 0000", "name:小禾"
WHATSAPP = [
    notice(
        W,
        "2024-11-28 07:58:00",
        "Messages and calls are end-to-end encrypted. Only people in this chat can read, listen to, or share them.",
        "other",
        None,
    ),
    notice(W, "2024-11-28 07:59:00", '阿岚 created group "周末徒步: 东区"', "other", W_LAN),
    notice(W, "2024-11-28 08:00:00", "阿岚 added Kevin, Z. (East)", "invited", W_LAN, W_KEVIN),
    said(W, "2024-11-28 08:01:00", W_LAN, "text", "大家早"),
    said(W, "2024-11-28 08:01:00", W_LAN, "text", "本周路线:\n东门集合 -> 鹰嘴岩\n\n备选: 室内"),
    said(W, "2024-11-28 08:02:00", W_KEVIN, "other", ""),
    said(W, "2024-11-28 08:03:00", W_PHONE, "text", "收到"),
    said(W, "2024-11-28 08:03:00", W_KEVIN, "image", "昨天的山"),
    said(W, "2024-11-29 00:05:00", W_KEVIN, "file", "书单.pdf"),
    said(W, "2024-11-29 00:06:00", W_LAN, "text", "改七点"),
    notice(W, "2024-11-29 00:07:00", "This message was deleted", "recalled", W_LAN, kind="recall"),
    notice(W, "2024-11-29 00:08:00", "+86 138 0000 0000 left", "left", None, W_PHONE),
    notice(W, "2024-11-29 00:09:00", "小禾 joined using this group's invite link", "joined", None, W_HE),
    notice(W, "2024-11-29 00:10:00", "阿岚 removed 小禾", "removed", W_LAN, W_HE),
    notice(
        W, "2024-11-29 00:11:00", '阿岚 changed the subject from "周末徒步: 东区" to "徒步: 二期"', "renamed", W_LAN
    ),
    said(W, "2024-11-29 00:12:00", W_KEVIN, "location", "https://maps.example.invalid/?q=30.5,114.3"),
]
I_GROUP, I_LIU = "name:读书会", "name:~ 小刘🍉"
WHATSAPP_IOS = [
    notice(I_GROUP, "2024-12-01 08:00:00", "Messages and calls are end-to-end encrypted.", "other", None),
    notice(I_GROUP, "2024-12-01 08:00:01", "阿岚 added ~ 小刘🍉", "invited", W_LAN, I_LIU),
    said(I_GROUP, "2024-12-01 08:01:10", W_LAN, "text", "早,\n第二行\u2028还是第二行\n\n最后一行"),
    said(I_GROUP, "2024-12-01 08:01:40", I_LIU, "image", ""),
    said(I_GROUP, "2024-12-01 12:05:00", I_LIU, "text", "@阿岚 几点?", mentions=[W_LAN]),
    said(I_GROUP, "2024-12-01 12:06:00", W_LAN, "voice", ""),
    said(I_GROUP, "2024-12-01 12:07:00", W_LAN, "file", "书单.pdf"),
    notice(I_GROUP, "2024-12-01 12:08:00", "This message was deleted.", "recalled", I_LIU, kind="recall"),
    said(I_GROUP, "2024-12-01 12:09:00", W_LAN, "text", "看这段:\n[11/30/24, 9:00:00\u202fAM] 老丁: 引用的旧话"),
    notice(I_GROUP, "2024-12-31 23:59:59", "~ 小刘🍉 left", "left", None, I_LIU),
    said(I_GROUP, "2025-01-01 00:00:00", W_LAN, "text", "新年好"),
]
Z, Z_LAN = "name:讀書會", "name:阿嵐"
WHATSAPP_ZH = [
    notice(Z, "2024-12-01 08:00:00", "訊息和通話有端對端加密。只有此對話中的人可以讀取、聆聽或分享。", "other", None),
    notice(Z, "2024-12-01 08:00:00", "阿嵐建立了群組「讀書會」", "other", Z_LAN),
    notice(Z, "2024-12-01 08:01:00", "阿嵐新增了小禾", "invited", Z_LAN, W_HE),
    said(Z, "2024-12-01 12:05:00", W_HE, "text", "收到"),
    said(Z, "2024-12-01 21:05:00", Z_LAN, "other", ""),
    notice(Z, "2024-12-01 23:59:00", "此訊息已刪除", "recalled", W_HE, kind="recall"),
    notice(Z, "2024-12-02 00:00:00", "小禾已離開群組", "left", None, W_HE),
]
L, L_DING = "name:周末徒步", "name:老丁"
LINE = [
    notice(L, "2024-12-01 08:00:00", "阿嵐邀請老丁加入群組。", "invited", Z_LAN, L_DING),
    notice(L, "2024-12-01 08:01:00", "老丁已加入群組。", "joined", None, L_DING),
    said(L, "2024-12-01 08:02:00", Z_LAN, "text", "大家早 @小禾", mentions=[W_HE]),
    said(L, "2024-12-01 08:02:00", W_HE, "text", '第一行 "引號"\n\n2024/12/25（三）\n19:00 東門見'),
    said(L, "2024-12-01 08:03:00", W_HE, "sticker", ""),
    said(L, "2024-12-01 12:05:00", L_DING, "image", ""),
    said(L, "2024-12-01 23:59:00", Z_LAN, "call", "☎ 通話時間 1:23"),
    notice(L, "2024-12-02 07:59:00", "小禾已收回訊息", "recalled", W_HE, kind="recall"),
    said(L, "2024-12-02 08:00:00", Z_LAN, "text", "看這段：\n07:30\t老丁\t昨天的話\n2024/12/01（日）"),
    notice(L, "2024-12-02 08:00:00", "阿嵐已將老丁退出群組。", "removed", Z_LAN, L_DING),
    notice(L, "2024-12-02 08:01:00", "小禾已退出群組。", "left", None, W_HE),
    notice(L, "2024-12-02 08:02:00", "阿嵐已將群組名稱更改為「徒步二期」。", "renamed", Z_LAN),
]
J, J_RAN, J_KEVIN = "name:読書会", "name:ラン", "name:ケビン"
LINE_JA = [
    notice(J, "2024-12-01 08:00:00", "ランがケビンをグループに招待しました。", "invited", J_RAN, J_KEVIN),
    notice(J, "2024-12-01 08:01:00", "ケビンがグループに参加しました。", "joined", None, J_KEVIN),
    said(J, "2024-12-01 21:05:00", J_KEVIN, "sticker", ""),
    said(J, "2024-12-01 21:06:00", J_RAN, "text", "おはよう"),
    notice(J, "2024-12-02 00:05:00", "ケビンがグループを退会しました。", "left", None, J_KEVIN),
]
E_, E_ANN, E_BOB = "name:Book club", "name:Ann", "name:Bob"
LINE_EN = [
    notice(E_, "2024-12-13 08:00:00", "Ann invited Bob to the group.", "invited", E_ANN, E_BOB),
    said(E_, "2024-12-13 08:01:00", E_BOB, "text", "good morning"),
    said(E_, "2024-12-13 21:05:00", E_ANN, "image", ""),
    notice(E_, "2024-12-14 00:00:00", "Bob left the group.", "left", None, E_BOB),
    notice(E_, "2024-12-14 00:01:00", "unsent a message", "recalled", E_ANN, kind="recall"),
]

TRUTH: dict[str, tuple[str, str, list[Row]]] = {
    "made/telegram_json/一个群/result.json": ("telegram", "exact", TELEGRAM),
    "made/telegram_json/全部/result.json": ("telegram", "exact", TELEGRAM_ALL),
    f"made/discord_json/{_DISCORD}.json": ("discord", "exact", DISCORD),
    f"made/discord_csv/{_DISCORD}.csv": ("discord", "exact", DISCORD_CSV),
    "made/slack_json/周末/2024-12-01.json": ("slack", "exact", SLACK),
    "made/whatsapp_txt/WhatsApp Chat with 周末徒步.txt": ("whatsapp", "minute", WHATSAPP),
    "made/whatsapp_txt/WhatsApp Chat - 读书会/_chat.txt": ("whatsapp", "local", WHATSAPP_IOS),
    "made/whatsapp_txt/與讀書會的 WhatsApp 對話.txt": ("whatsapp", "minute", WHATSAPP_ZH),
    "made/line_txt/[LINE] 周末徒步的聊天.txt": ("line", "minute", LINE),
    "made/line_txt/読書会.txt": ("line", "minute", LINE_JA),
    "made/line_txt/[LINE] Chat with Book club.txt": ("line", "minute", LINE_EN),
}
"""Sample → platform, quality of its times, and every message."""
ROSTERS = ["made/slack_json/users.json", "made/slack_json/channels.json"]


def test_every_sample_has_a_truth() -> None:
    assert set(TRUTH) | set(ROSTERS) == set(BELONGS)


@pytest.mark.parametrize("sample", TRUTH)
def test_every_message_is_as_it_was_meant(sample: str, tmp_path: Path) -> None:
    platform, quality, wanted = TRUTH[sample]
    summary = ingest([SAMPLES / sample], tmp_path / "data")
    assert [(file.format, file.status, file.rejected) for file in summary.files] == [(BELONGS[sample], "ingested", 0)]
    rows = sorted(messages(tmp_path / "data")[0], key=lambda row: (row["sent_at"], row["seq"]))
    assert [as_row(row) for row in rows] == wanted
    assert {(row["platform"], row["time_quality"]) for row in rows} == {(platform, quality)}


def as_row(row: dict[str, Any]) -> Row:
    targets, mentions = tuple(row["target_ids"] or ()), tuple(row["mention_ids"] or ())
    clock = row["local_time"].strftime("%Y-%m-%d %H:%M:%S")
    who = (row["group_id"], clock, row["sender_id"])
    return (*who, row["kind"], row["text"], row["event"], row["actor_id"], targets, row["reply_to"], mentions)


def test_a_whole_slack_export_knows_its_channels_people(tmp_path: Path) -> None:
    summary = ingest([SAMPLES / "made/slack_json"], tmp_path / "data")
    assert (summary.code, {file.status for file in summary.files}) == (0, {"ingested"})
    found = {(row["group_id"], row["member_id"], row["complete"]) for row in members(tmp_path / "data")}
    assert {(S, S_LAN, True), (S, S_KEVIN, True)} <= found
