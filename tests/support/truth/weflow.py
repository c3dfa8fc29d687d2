"""What the exports of WeFlow lose."""

from __future__ import annotations

from support.truth.base import AD, GROUP, IDS, KEVIN, LEFT, LI, LINK, LIU, ME, NEW, WANG, ZHANG, Expected, Lines

HTML = "made/weflow_html/周三读书会.html"

WEFLOW: Lines = {
    # structured join notices stay unfilled templates
    1: {"text": '"$username$"邀请"$names$"加入了群聊', "actor": None, "targets": [None]},
    46: {"text": '你邀请"$names$"加入了群聊，并分享了$history$', "targets": [None]},
    22: {"text": "群聊的聊天记录\n老陈: 山上有雪\n注意防滑\n小高: [消息]"},  # more than the truth: the lines
    23: {"text": None},  # 微信红包, whatever the greeting
    # pats: the room is the sender; the names of the structured one are left out
    26: {"sender": None, "text": '"" 拍了拍 ""', "actor": None, "targets": [None]},
    47: {"sender": None},
    41: {"text": None},  # the card's name
    42: {"text": "02:15"},
}
UNSUPPORTED: Lines = {50: {"text": None}}  # 当前版本不支持展示该内容; arkme JSON has a description
URL: Lines = {16: {"text": LINK}}  # more than the truth
FIRST_LINE: Lines = {19: {"text": None}, 20: {"text": None}}  # all there is of 接龙
WEFLOW_JSON: Lines = {
    # shows nicknames and remarks, so notices and mentions that use group nicknames (凯文) or hidden nicknames (小刘🍉) name nobody it knows
    7: {"mentions": ["name:阿岚-领队", "name:凯文"]},
    24: {"actor": "name:小刘🍉", "targets": ["name:凯文"]},
    27: {"actor": "name:小刘🍉"},
    33: {"actor": "name:凯文"},
    47: {"targets": ["name:小刘🍉"]},
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
}

NAMES = {
    ME: "name:阿岚",
    KEVIN: "name:Kevin Zhao",
    LIU: "name:刘同事",
    ZHANG: "name:张大嘴",
    AD: "name:优惠券小助手【9.9包邮】",
    NEW: "name:新人:甲",
    WANG: "name:王五 Wang",
    LI: "name:李经理",
    LEFT: LEFT,
}
"""Remarks and nicknames."""
GROUP_NICKNAMES = {**NAMES, ME: "name:阿岚-领队", KEVIN: "name:凯文", WANG: "name:王 五"}
QUOTED: Lines = {
    # quotes have no ids: a picture has no words to find it by, the other message was never in the export
    12: {"reply_to": None},
    49: {"reply_to": None},
}
NAMED = QUOTED | {number: {"actor": "me"} for number in (32, 45, 46)}
"""Nothing says whose export it is."""
WEFLOW_NICKNAMES: Lines = {
    24: {"actor": "name:小刘🍉"},
    27: {"actor": "name:小刘🍉"},
    47: {"targets": ["name:小刘🍉"]},
    45: {"targets": ["name:王五 Wang"]},
}
WECLONE: Lines = {41: {"kind": "other"}}  # an empty text
WEFLOW_SQL: Lines = {
    # without any name, notices and mentions name nobody it knows
    28: {"actor": "name:张大嘴", "targets": ["name:优惠券小助手【9.9包邮】"]},
    32: {"targets": ["name:优惠券小助手【9.9包邮】"]},
    45: {"targets": ["name:王五 Wang"]},
    47: {"actor": "name:张大嘴"},
    # the words are all there is of a quote: a picture has none, the other message was never in the export
    12: {"reply_to": None},
    49: {"reply_to": None},
}

BELONGS = {
    f"weflow/json/{GROUP}.json": "weflow_json",
    f"weflow/arkme-json/{GROUP}.json": "weflow_json",
    f"weflow/chatlab/{GROUP}.json": "chatlab_json",
    f"weflow/chatlab-jsonl/{GROUP}.jsonl": "chatlab_jsonl",
    f"weflow/txt/{GROUP}.txt": "weflow_txt",
    f"weflow/txt_groupnick/{GROUP}.txt": "weflow_txt",
    f"weflow/weclone/{GROUP}.csv": "weclone_csv",
    HTML: "weflow_html",
    f"weflow/sql/{GROUP}.sql": "weflow_sql",
    f"weflow/excel/{GROUP}.xlsx": "weflow_xlsx",
    f"weflow/excel_compact/{GROUP}.xlsx": "weflow_xlsx",
}

EXPECTED: Expected = {
    f"weflow/json/{GROUP}.json": (IDS, (), (WEFLOW, UNSUPPORTED, URL, FIRST_LINE, WEFLOW_JSON)),
    f"weflow/arkme-json/{GROUP}.json": (IDS, (), (WEFLOW, URL, FIRST_LINE)),
    f"weflow/chatlab/{GROUP}.json": (IDS, (), (WEFLOW, UNSUPPORTED, URL, FIRST_LINE, WEFLOW_CHATLAB)),
    f"weflow/chatlab-jsonl/{GROUP}.jsonl": (IDS, (), (WEFLOW, UNSUPPORTED, URL, FIRST_LINE, WEFLOW_CHATLAB)),
    f"weflow/txt/{GROUP}.txt": (NAMES, (), (WEFLOW, UNSUPPORTED, URL, NAMED, WEFLOW_JSON)),
    f"weflow/txt_groupnick/{GROUP}.txt": (
        GROUP_NICKNAMES,
        (),
        (WEFLOW, UNSUPPORTED, URL, NAMED, WEFLOW_NICKNAMES),
    ),
    f"weflow/sql/{GROUP}.sql": (IDS, (), (WEFLOW, UNSUPPORTED, URL, WEFLOW_JSON, WEFLOW_SQL)),
    f"weflow/excel/{GROUP}.xlsx": (IDS, (), (WEFLOW, UNSUPPORTED, NAMED)),
    f"weflow/excel_compact/{GROUP}.xlsx": (NAMES, (), (WEFLOW, UNSUPPORTED, NAMED, WEFLOW_JSON)),
    f"weflow/weclone/{GROUP}.csv": (NAMES, (), (WEFLOW, UNSUPPORTED, FIRST_LINE, QUOTED, WEFLOW_JSON, WECLONE)),
}

ELSEWHERE = {HTML: "tests/formats/test_weflow_html.py"}
