"""Samples of Telegram, Discord, Slack, WhatsApp and LINE, written by hand after how these tools write."""

from __future__ import annotations

_DISCORD = "读书会 - 文字频道 - 周末 [871000000000000001]"

BELONGS = {
    "made/telegram_json/一个群/result.json": "telegram_json",
    "made/telegram_json/全部/result.json": "telegram_json",
    f"made/discord_json/{_DISCORD}.json": "discord_json",
    f"made/discord_csv/{_DISCORD}.csv": "discord_csv",
    "made/slack_json/users.json": "slack_users_json",
    "made/slack_json/channels.json": "slack_channels_json",
    "made/slack_json/周末/2024-12-01.json": "slack_json",
    "made/whatsapp_txt/WhatsApp Chat with 周末徒步.txt": "whatsapp_txt",
    "made/whatsapp_txt/WhatsApp Chat - 读书会/_chat.txt": "whatsapp_txt",
    "made/whatsapp_txt/與讀書會的 WhatsApp 對話.txt": "whatsapp_txt",
    "made/line_txt/[LINE] 周末徒步的聊天.txt": "line_txt",
    "made/line_txt/読書会.txt": "line_txt",
    "made/line_txt/[LINE] Chat with Book club.txt": "line_txt",
}

ELSEWHERE = dict.fromkeys(BELONGS, "tests/formats/test_others_truth.py")
