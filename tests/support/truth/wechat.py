"""What WeChat itself gives out, written by hand after public descriptions: no tool makes it, so there is no writer to run."""

from __future__ import annotations

BELONGS = {
    "made/wechat_mail_txt/ios.txt": "wechat_mail_txt",
    "made/wechat_mail_txt/ios_12_hours.txt": "wechat_mail_txt",
    "made/wechat_mail_txt/android.txt": "wechat_mail_txt",
    "made/wechat_mail_eml/base64.eml": "wechat_mail_eml",
    "made/wechat_mail_eml/html.eml": "wechat_mail_eml",
    "made/wechat_copy/周三读书会.txt": "wechat_copy",
    "made/wechat_copy/mac.txt": "wechat_copy",
    "made/wechat_pc_copy/周三读书会 2024-12-04.txt": "wechat_pc_copy",
}

ELSEWHERE = dict.fromkeys(BELONGS, "tests/formats/test_wechat_truth.py")
