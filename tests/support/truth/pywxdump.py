"""What the exports of PyWxDump lose."""

from __future__ import annotations

from support.truth.base import IDS, LINK, ROOM, Expected, Lines

PYWXDUMP: Lines = {
    16: {"text": LINK},  # more than the truth: the URL
    # nothing but the name of the type
    17: {"text": None},
    18: {"text": None},
    19: {"text": None},
    20: {"text": None},
    21: {"text": None},
    50: {"text": None},
    23: {"kind": "other", "text": None},  # 未知
    # more than the truth: the lines
    22: {"text": "群聊的聊天记录\n2024-11-30 18:02:11 老陈: 山上有雪\n注意防滑\n2024-11-30 18:03:00 小高: [图片]"},
    40: {"text": "东区大道1号 东门停车场"},  # address and name are not parted
    49: {"reply_to": None},  # it was never in the export, and there is no id
    # group nicknames are nowhere
    1: {"actor": "name:凯文"},
    7: {"mentions": ["name:阿岚-领队", "name:凯文"]},
    24: {"targets": ["name:凯文"]},
    26: {"targets": ["name:凯文"]},
    33: {"actor": "name:凯文"},
}
NAMELESS: Lines = {
    # nicknames are in users.json only
    1: {"actor": "name:凯文", "targets": [None]},
    24: {"actor": "name:小刘🍉", "targets": ["name:凯文"]},
    27: {"actor": "name:小刘🍉"},
    28: {"actor": "name:张大嘴", "targets": ["name:优惠券小助手【9.9包邮】"]},
    32: {"targets": ["name:优惠券小助手【9.9包邮】"]},
    45: {"targets": ["name:王五 Wang"]},
    46: {"targets": ["name:李经理"]},
    47: {"targets": ["name:小刘🍉"]},
}
"""What the CSV and the JSON lose without their users.json."""
_ALONE = {number: PYWXDUMP.get(number, {}) | NAMELESS.get(number, {}) for number in PYWXDUMP | NAMELESS}

_CSV, _JSON, _JS = f"pywxdump/csv/{ROOM}", f"pywxdump/json/{ROOM}", f"made/pywxdump_js/{ROOM}"

BELONGS = {
    f"{_CSV}/{ROOM}_0_52.csv": "pywxdump_csv",
    f"{_CSV}/users.json": "pywxdump_users_json",
    f"{_JSON}/{ROOM}_0_52.json": "pywxdump_json",
    f"{_JSON}/users.json": "pywxdump_users_json",
    f"{_JS}/data.js": "pywxdump_js",
}
EXPECTED: Expected = {
    f"{_CSV}/{ROOM}_0_52.csv": (IDS, (), (_ALONE,)),
    f"{_JSON}/{ROOM}_0_52.json": (IDS, (), (_ALONE,)),
    f"{_JS}/data.js": (IDS, (), (PYWXDUMP,)),
}
ELSEWHERE = {f"{folder}/users.json": "tests/formats/test_pywxdump_users_json.py" for folder in (_CSV, _JSON)}
