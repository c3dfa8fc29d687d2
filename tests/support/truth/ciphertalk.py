"""What the exports of CipherTalk lose."""

from __future__ import annotations

from support.truth.base import GROUP, IDS, Expected, Lines

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
    32: {"actor": "me"},  # nothing says whose export it is
    # [位置], [名片], [通话], 当前版本不支持展示该内容
    40: {"text": None},
    41: {"text": None},
    42: {"text": None},
    50: {"text": None},
}

BELONGS = {
    f"ciphertalk/chatlab/{GROUP}.json": "chatlab_json",
    f"ciphertalk/chatlab-jsonl/{GROUP}.jsonl": "chatlab_jsonl",
}

EXPECTED: Expected = {
    f"ciphertalk/chatlab/{GROUP}.json": (IDS, (), (CIPHERTALK,)),
    f"ciphertalk/chatlab-jsonl/{GROUP}.jsonl": (IDS, (), (CIPHERTALK,)),
}
