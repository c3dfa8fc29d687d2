"""What WeChat shows of a message that is no text means the same in every format that keeps what is shown."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from qunkit.chat.wechat_shown import read as shown
from qunkit.formats import wechat_copy, wechat_mail_txt, wechat_pc_copy, wechatexporter_txt, wx_cli_txt
from support.reading import read

DAY = "—————  2024-12-04  —————\n\n\n小刘  19:30\n\n{}\n"
WRITTEN = (
    (wechat_copy, "a.txt", "·小刘\n2024年12月04日 19:30\n{}\n"),
    (wechat_mail_txt, "a.txt", DAY),
    (wx_cli_txt, "a.txt", '"群"的聊天记录如下:\n导出时间：2025-08-28 10:00:00\n\n' + DAY),
    (wechatexporter_txt, "a.txt", "群 - 微信聊天记录\n\n小刘 (2024-12-04 19:30:05):{}\n"),
    (wechat_pc_copy, "群 2024-12-04.txt", "小刘:\n{}\n"),
)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("[图片]", "image", ""),
        ("[图片] 微信图片_20260716170812.jpg", "image", ""),
        ("[Photo] IMG_1.HEIC", "image", ""),
        ("[视频]", "video", ""),
        ("[Video] a.mp4", "video", ""),
        ('[语音] 5"', "voice", ""),
        ("[动画表情]", "sticker", ""),
        ("[链接] 一 二 https://a.example.invalid/?x=1", "link", "一 二\nhttps://a.example.invalid/?x=1"),
        ("[Link] 只有标题", "link", "只有标题"),
        ("[文件] 第 三章.pdf", "file", "第 三章.pdf"),
        ("[微信红包]", "red_packet", ""),
        ("[微信红包] 恭喜发财", "red_packet", "恭喜发财"),
        ("[微信转账]", "transfer", ""),
        ("[小程序] 地图", "miniprogram", "地图"),
        ("[Mini Program] Map", "miniprogram", "Map"),
        ("[位置] 书店", "location", "书店"),
    ],
)
def test_what_is_shown(text: str, kind: str, words: str) -> None:
    assert shown(text) == (kind, words)


@pytest.mark.parametrize(
    "text", ["[微笑]", "[图片] 好看吗", "[图片]和[视频]", "[链接]标题", "看[文件] a.pdf", "[图片] 好\n看"]
)
def test_what_somebody_typed(text: str) -> None:
    assert shown(text) is None


@pytest.mark.parametrize(("module", "name", "file"), WRITTEN, ids=[module.__name__ for module, _, _ in WRITTEN])
def test_every_format_of_shown_texts_says_the_same(module: ModuleType, name: str, file: str, tmp_path: Path) -> None:
    for text, kind, words in (
        ("[链接] 一 二 https://a.example.invalid/", "link", "一 二\nhttps://a.example.invalid/"),
        ("[文件] 路线图.pdf", "file", "路线图.pdf"),
        ("[微笑]", None, "[微笑]"),
    ):
        rows, reasons = read(module, tmp_path / name, file.format(text))
        assert [(row["kind"], row["text"]) for row in rows] == [(kind, words)]
        assert reasons == []
