"""What the exports of CipherTalk lose."""

from __future__ import annotations

from support.truth.base import GROUP, IDS, LINK, Expected, Lines

CIPHERTALK: Lines = {
    # structured notices are reduced to what stands between the tags of their XML: nothing, or a word of it
    1: {"text": None, "event": "other", "actor": None, "targets": []},
    45: {"text": "invite", "event": "other", "actor": None, "targets": []},
    46: {"text": None, "event": "other", "actor": None, "targets": []},
    # group nicknames are missing
    7: {"mentions": ["name:阿岚-领队", "name:凯文"]},
    24: {"actor": "name:小刘🍉", "targets": ["name:凯文"]},
    27: {"actor": "name:小刘🍉"},
    33: {"actor": "name:凯文"},
    # neither the id nor the words of what a reply quotes
    10: {"reply_to": None},
    12: {"reply_to": None},
    49: {"reply_to": None},
    23: {"text": None},  # 微信红包
    # pats: the room is the sender
    26: {"sender": None, "targets": ["name:凯文"]},
    47: {"sender": None, "targets": ["name:小刘🍉"]},
    # [位置], [名片], [通话], 当前版本不支持展示该内容
    40: {"text": None},
    41: {"text": None},
    42: {"text": None},
    50: {"text": None},
}
CHATLAB: Lines = {32: {"actor": "me"}}  # nothing says whose export it is
FORWARDED: Lines = {
    # more than the truth: the lines
    22: {
        "text": "群聊的聊天记录\n1. [老陈] 2024-11-30 18:02:11 文本: 山上有雪\n注意防滑\n2. [小高] 2024-11-30 18:03:00 其他: [消息]"
    },
}
CIPHERTALK_JSON: Lines = {
    # group nicknames are missing, and the remark 刘同事 hides a nickname
    7: {"mentions": ["name:阿岚-领队", "name:凯文"]},
    24: {"actor": "name:小刘🍉", "targets": ["name:凯文"]},
    27: {"actor": "name:小刘🍉"},
    33: {"actor": "name:凯文"},
    # pats: the room is the sender
    26: {"sender": None},
    47: {"sender": None, "targets": ["name:小刘🍉"]},
    # more than the truth: the URL, the lines
    16: {"text": LINK},
    22: {"text": "群聊的聊天记录\n2024-11-30 18:02:11 老陈: 山上有雪\n注意防滑\n2024-11-30 18:03:00 小高: [图片]"},
}

HTML = "made/ciphertalk_html/周三读书会.html"

BELONGS = {
    HTML: "ciphertalk_html",
    f"ciphertalk/json/{GROUP}.json": "ciphertalk_json",
    f"ciphertalk/excel/{GROUP}.xlsx": "ciphertalk_xlsx",
    f"ciphertalk/chatlab/{GROUP}.json": "chatlab_json",
    f"ciphertalk/chatlab-jsonl/{GROUP}.jsonl": "chatlab_jsonl",
}

EXPECTED: Expected = {
    f"ciphertalk/excel/{GROUP}.xlsx": (IDS, (), (CIPHERTALK, FORWARDED)),
    f"ciphertalk/json/{GROUP}.json": (IDS, (), (CIPHERTALK_JSON,)),
    f"ciphertalk/chatlab/{GROUP}.json": (IDS, (), (CIPHERTALK, CHATLAB)),
    f"ciphertalk/chatlab-jsonl/{GROUP}.jsonl": (IDS, (), (CIPHERTALK, CHATLAB)),
}

ELSEWHERE = {HTML: "tests/formats/test_ciphertalk.py"}
