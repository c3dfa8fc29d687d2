"""Samples of WeChat exporters that cannot be run here, written by hand after what is known of them."""

from __future__ import annotations

_GROUP = "周三读书会(共读)"

BELONGS = {
    f"made/wechat_decrypt_json/{_GROUP}/message_0.db.json": "wechat_decrypt_json",
    f"made/wechat_decrypt_json/{_GROUP}/message_1.db.json": "wechat_decrypt_json",
    f"made/wechat_decrypt_csv/{_GROUP}/message_0.db.csv": "wechat_decrypt_csv",
    f"made/wx_cli_json/{_GROUP}.json": "wx_cli_json",
    f"made/wx_cli_txt/{_GROUP}.txt": "wx_cli_txt",
    "made/wechat_dump_txt/周三读书会.txt": "wechat_dump_txt",
    f"made/wechatexporter_txt/{_GROUP}.txt": "wechatexporter_txt",
    "made/wechatexporter_html/周三读书会.html": "wechatexporter_html",
}

ELSEWHERE = dict.fromkeys(BELONGS, "tests/formats/test_wechat_truth.py")
