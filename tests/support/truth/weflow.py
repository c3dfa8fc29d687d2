"""What the exports of WeFlow lose."""

from __future__ import annotations

from support.truth.base import GROUP, IDS, LINK, Expected, Lines

WEFLOW: Lines = {
    # structured join notices stay unfilled templates
    1: {"text": '"$username$"邀请"$names$"加入了群聊', "actor": None, "targets": [None]},
    46: {"text": '你邀请"$names$"加入了群聊，并分享了$history$', "targets": [None]},
    16: {"text": LINK},  # more than the truth: the URL
    # 接龙: the first line only
    19: {"text": None},
    20: {"text": None},
    22: {"text": "群聊的聊天记录\n老陈: 山上有雪\n注意防滑\n小高: [消息]"},  # more than the truth: the lines
    23: {"text": None},  # 微信红包, whatever the greeting
    # pats: the room is the sender; the names of the structured one are left out
    26: {"sender": None, "text": '"" 拍了拍 ""', "actor": None, "targets": [None]},
    47: {"sender": None},
    41: {"text": None},  # the card's name
    42: {"text": "02:15"},
}
WEFLOW_JSON: Lines = {
    # shows nicknames and remarks, so notices and mentions that use group nicknames (凯文) or hidden nicknames (小刘🍉) name nobody it knows
    7: {"mentions": ["name:阿岚-领队", "name:凯文"]},
    24: {"actor": "name:小刘🍉", "targets": ["name:凯文"]},
    27: {"actor": "name:小刘🍉"},
    33: {"actor": "name:凯文"},
    47: {"targets": ["name:小刘🍉"]},
    50: {"text": None},  # 当前版本不支持展示该内容
}
WEFLOW_CHATLAB: Lines = {
    # the remark (刘同事) hides the nickname
    24: {"actor": "name:小刘🍉"},
    27: {"actor": "name:小刘🍉"},
    47: {"targets": ["name:小刘🍉"]},
    # nothing says whose export it is
    32: {"actor": "me"},
    45: {"actor": "me"},
    46: {"actor": "me"},
    50: {"text": None},  # 当前版本不支持展示该内容
}

BELONGS = {
    f"weflow/json/{GROUP}.json": "weflow_json",
    f"weflow/arkme-json/{GROUP}.json": "weflow_json",
    f"weflow/chatlab/{GROUP}.json": "chatlab_json",
    f"weflow/chatlab-jsonl/{GROUP}.jsonl": "chatlab_jsonl",
}

EXPECTED: Expected = {
    f"weflow/json/{GROUP}.json": (IDS, (), (WEFLOW, WEFLOW_JSON)),
    f"weflow/arkme-json/{GROUP}.json": (IDS, (), (WEFLOW,)),
    f"weflow/chatlab/{GROUP}.json": (IDS, (), (WEFLOW, WEFLOW_CHATLAB)),
    f"weflow/chatlab-jsonl/{GROUP}.jsonl": (IDS, (), (WEFLOW, WEFLOW_CHATLAB)),
}
