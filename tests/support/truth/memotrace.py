"""What the exports of MemoTrace lose."""

from __future__ import annotations

from support.truth.base import AD, GROUP, IDS, KEVIN, LEFT, LI, LINK, LIU, ME, NEW, ROOM, WANG, ZHANG, Expected, Lines

_V2, _V3 = f"memotrace_v2/聊天记录/{GROUP}/{GROUP}", f"memotrace_v3/聊天记录/{GROUP}({ROOM})/{GROUP}"

MEMOTRACE_2_CSV: Lines = {
    # cards have an empty text, replies among them
    10: {"text": None, "reply_to": None},
    12: {"text": None, "reply_to": None},
    49: {"text": None, "reply_to": None},
    16: {"text": None},
    17: {"text": None},
    18: {"text": None},
    19: {"text": None},
    20: {"text": None},
    21: {"text": None},
    22: {"text": None},
    23: {"text": None},
    25: {"text": None},
    50: {"text": None},
    # group nicknames are missing
    7: {"mentions": ["name:阿岚-领队", "name:凯文"]},
    1: {"actor": "name:凯文"},
    24: {"targets": ["name:凯文"]},
    26: {"targets": ["name:凯文"]},
    33: {"actor": "name:凯文"},
}
MEMOTRACE_2_NAMES = {
    ME: "name:阿岚",
    KEVIN: "name:Kevin_Zhao",
    LIU: "name:刘同事",
    ZHANG: "name:张大嘴",
    AD: "name:优惠券小助手【9_9包邮】",
    NEW: "name:新人_甲",
    WANG: "name:王五_Wang",
    LI: "name:李经理",
    LEFT: LEFT,
}
MEMOTRACE_2_LEFT_OUT = (18, 19, 20, 21, 22, 23, 25, 40, 41, 42, 50)
"""What the text of version 2 has no words for."""
MEMOTRACE_2_TXT: Lines = {
    # 小刘🍉 is shown by her remark 刘同事 only, so that 小刘🍉、新人:甲 might be one name, and is nobody's
    1: {"actor": "name:凯文", "targets": [None]},
    7: {"mentions": ["name:阿岚-领队", "name:凯文"]},
    12: {"reply_to": None},  # 引用:未知
    49: {"reply_to": None},  # it was never in the export
    16: {"text": LINK},
    17: {"text": ""},  # [文件]
    # notices keep nicknames as they are and use group nicknames, senders have neither
    24: {"actor": "name:小刘🍉", "targets": ["name:凯文"]},
    26: {"sender": None, "targets": ["name:凯文"]},  # a notice without a sender
    27: {"actor": "name:小刘🍉"},
    28: {"targets": ["name:优惠券小助手【9.9包邮】"]},
    32: {"actor": "me", "targets": ["name:优惠券小助手【9.9包邮】"]},
    33: {"actor": "name:凯文"},
    45: {"actor": "me", "targets": ["name:王五 Wang"]},
    46: {"actor": "me"},
    47: {"sender": None, "targets": ["name:小刘🍉"]},
}
MEMOTRACE_3_NAMES = {
    ME: "name:阿岚-领队",
    KEVIN: "name:凯文",
    LIU: "name:刘同事",
    ZHANG: "name:张大嘴",
    AD: "name:优惠券小助手【9_9包邮】",
    NEW: "name:新人_甲",
    WANG: "name:王 五",
    LI: "name:李经理",
    LEFT: LEFT,
}
MEMOTRACE_3: Lines = {
    # structured notices are whole XML, with ids
    1: {"actor": KEVIN, "targets": [LIU, NEW]},
    45: {"actor": "me", "targets": [WANG]},
    46: {"actor": "me", "targets": [LI]},
    32: {"actor": "me", "targets": ["name:优惠券小助手【9.9包邮】"]},
    28: {"targets": ["name:优惠券小助手【9.9包邮】"]},
    # only the remark of 小刘🍉 is shown elsewhere
    24: {"actor": "name:小刘🍉"},
    27: {"actor": "name:小刘🍉"},
    12: {"reply_to": None},  # 刘同事: 【图片】 might be any of the images
    49: {"reply_to": None},  # 无效的消息
    # more than the truth: the URLs
    16: {"text": LINK},
    18: {"text": "拼车接龙-东门\nhttps://mini.example.invalid/"},
    22: {"text": "- 2024-11-30 18:02:11 老陈: 山上有雪\n注意防滑\n- 2024-11-30 18:03:00 小高: 【图片】"},  # no title
}
MEMOTRACE_3_CSV: Lines = {47: {"text": None, "targets": []}}  # the words of WeChat 4's pats
MEMOTRACE_3_TXT: Lines = {
    18: {"kind": "link"},  # a mini program looks like a link
    47: {"kind": "text", "text": "", "event": None, "actor": None, "targets": []},  # nothing says that it was a pat
}

MEMOTRACE_3_JSON_NAMES = {who: name for who, name in MEMOTRACE_3_NAMES.items() if who != ZHANG}
"""Pats have the patter's id, and with it everything of the same name is known to be of that member."""
MEMOTRACE_3_JSON: Lines = {
    # structured notices are whole XML, with ids
    1: {"actor": KEVIN, "targets": [LIU, NEW]},
    45: {"targets": [WANG]},
    46: {"targets": [LI]},
    32: {"targets": ["name:优惠券小助手【9.9包邮】"]},
    28: {"targets": ["name:优惠券小助手【9.9包邮】"]},
    24: {"actor": "name:小刘🍉"},
    27: {"actor": "name:小刘🍉"},
    47: {"text": None, "targets": []},  # the words of WeChat 4's pats
    # more than the truth: the URL, and the lines
    16: {"text": LINK},
    22: {"text": "群聊的聊天记录\n2024-11-30 18:02:11 老陈: 山上有雪\n注意防滑\n2024-11-30 18:03:00 小高: [图片]"},
}

MEMOTRACE_3_XLSX_NAMES = {AD: "name:优惠券小助手【9_9包邮】"}
"""Everybody who is listed has an id; she was removed from the group, and is not."""
MEMOTRACE_3_XLSX: Lines = {
    45: {"actor": "me"},  # nothing says whose export it is
    46: {"actor": "me"},
    32: {"actor": "me", "targets": ["name:优惠券小助手【9.9包邮】"]},
    28: {"targets": ["name:优惠券小助手【9.9包邮】"]},
    47: {"text": None, "targets": []},  # the words of WeChat 4's pats
    12: {"reply_to": None},  # 刘同事: 【图片】 might be any of the images
    49: {"reply_to": None},  # 无效的消息
    # more than the truth: the URLs
    16: {"text": LINK},
    18: {"text": "拼车接龙-东门\nhttps://mini.example.invalid/"},
    22: {"text": "- 2024-11-30 18:02:11 老陈: 山上有雪\n注意防滑\n- 2024-11-30 18:03:00 小高: 【图片】"},  # no title
}

BELONGS = {
    f"{_V2}_utf8.csv": "memotrace_csv",
    f"{_V2}.txt": "memotrace_txt",
    f"{_V3}.csv": "memotrace_csv",
    f"{_V3}.txt": "memotrace_txt",
    f"{_V3}.html.json": "memotrace_html_json",
    f"{_V3}.xlsx": "memotrace_xlsx",
}

EXPECTED: Expected = {
    f"{_V2}_utf8.csv": (IDS, (), (MEMOTRACE_2_CSV,)),
    f"{_V2}.txt": (MEMOTRACE_2_NAMES, MEMOTRACE_2_LEFT_OUT, (MEMOTRACE_2_TXT,)),
    f"{_V3}.csv": (MEMOTRACE_3_NAMES, (), (MEMOTRACE_3, MEMOTRACE_3_CSV)),
    f"{_V3}.txt": (MEMOTRACE_3_NAMES, (), (MEMOTRACE_3, MEMOTRACE_3_TXT)),
    f"{_V3}.xlsx": (MEMOTRACE_3_XLSX_NAMES, (), (MEMOTRACE_3_XLSX,)),
    f"{_V3}.html.json": (MEMOTRACE_3_JSON_NAMES, (), (MEMOTRACE_3_JSON,)),
}
