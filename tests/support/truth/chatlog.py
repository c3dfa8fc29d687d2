"""What the exports of chatlog lose."""

from __future__ import annotations

from support.truth.base import IDS, LINK, ME, ROOM, TOLD, Expected, Lines

BEFORE_MIDNIGHT = tuple(range(1, 9))

CHATLOG: Lines = {
    # the owner's texts whose first line ends in a colon lose the owner's id; put together again, they are of "me"
    3: {"sender": "me"},
    36: {"sender": "me"},
    49: {"reply_to": None},  # it was never in the export, and there is no id
    16: {"text": LINK},
    18: {"text": None},  # [小程序|name of the program]
    # [分享], whatever it was
    19: {"kind": "other", "text": None},
    20: {"kind": "other", "text": None},
    21: {"text": None},  # [群公告]
    22: {
        "text": "群聊的聊天记录\n  老陈 2024-11-30 18:02:11\n  山上有雪\n  注意防滑\n\n  小高 2024-11-30 18:03:00\n"
        "  ![图片](http://127.0.0.1:5030/image/c4ca4238a0b923820dcc509a6f75849b)"
    },
    # [红包], [名片], [语音通话]
    23: {"text": None},
    41: {"text": None},
    42: {"text": None},
    40: {"text": "东区大道1号"},  # the address for the name
    47: {"text": None, "targets": []},  # the words of WeChat 4's pats
    50: {"text": "鹰嘴岩日出 太美了"},  # on one line
    24: {"actor": "name:小刘🍉"},  # shown by the remark 刘同事 only
    27: {"actor": "name:小刘🍉"},
    # nothing says whose export it is
    32: {"actor": "me"},
    45: {"actor": "me", "targets": ["name:王五 Wang"]},  # shown by the group nickname 王 五 only
    46: {"actor": "me"},
}
CHATLOG_JSON: Lines = {
    49: {"reply_to": None},  # it was never in the export, and there is no id
    16: {"text": LINK},  # more than the truth: the URL
    18: {"text": None},  # the name of the program stands for the title
    # relays and announcements have nothing but their type; so have red packets, contact cards and calls
    19: {"text": None},
    20: {"text": None},
    21: {"text": None},
    23: {"text": None},
    41: {"text": None},
    42: {"text": None},
    # more than the truth: the lines
    22: {"text": "群聊的聊天记录\n2024-11-30 18:02:11 老陈: 山上有雪\n注意防滑\n2024-11-30 18:03:00 小高: [图片]"},
    40: {"text": "东区大道1号"},  # the address for the name
    47: {"text": None, "targets": []},  # the words of WeChat 4's pats
    50: {"text": "鹰嘴岩日出 太美了"},  # on one line
    24: {"actor": "name:小刘🍉"},  # shown by the remark 刘同事 only
    27: {"actor": "name:小刘🍉"},
    45: {"targets": ["name:王五 Wang"]},  # shown by the group nickname 王 五 only
}
TXT_NAMES = IDS | {ME: "name:阿岚-领队"}
"""The owner's id is not there."""
CHATLOG_TXT = CHATLOG | {
    # the first line of the owner's texts, if it ends in a colon
    3: {"text": TOLD[2]["text"].removeprefix("本周路线:\n")},
    36: {"text": TOLD[35]["text"].removeprefix("提醒:\n")},
    # it says whose export it is
    32: {},
    45: {"targets": ["name:王五 Wang"]},
    46: {},
}
CHATLOG_LAST_DAY: Lines = {10: {"reply_to": None}}  # quotes 3, of the day before

_YEAR, _DAYS, _DAY = (
    f"chatlog/{asked}/{ROOM}_{first}_{last}"
    for asked, first, last in (
        ("2024-06-01~2025-06-01", "2024-06-01", "2025-06-01"),
        ("2024-11-30~2024-12-01", "2024-11-30", "2024-12-01"),
        ("2024-12-01", "2024-12-01", "2024-12-01"),
    )
)
_ENDINGS = {
    ".csv": ("chatlog_csv", IDS, CHATLOG, CHATLOG_LAST_DAY),
    ".json": ("chatlog_json", IDS, CHATLOG_JSON, CHATLOG_LAST_DAY),
    ".txt": ("chatlog_txt", TXT_NAMES, CHATLOG_TXT, CHATLOG_LAST_DAY),
    "_multi_talker.txt": ("chatlog_txt", TXT_NAMES, CHATLOG_TXT, CHATLOG_LAST_DAY),
}

BELONGS = {path + ending: name for path in (_YEAR, _DAYS, _DAY) for ending, (name, *_) in _ENDINGS.items()}

EXPECTED: Expected = {}
for _ending, (_, _names, _lost, _lost_last_day) in _ENDINGS.items():
    EXPECTED |= {
        _YEAR + _ending: (_names, (), (_lost,)),
        _DAYS + _ending: (_names, (), (_lost,)),
        _DAY + _ending: (_names, BEFORE_MIDNIGHT, (_lost, _lost_last_day)),
    }

_CONTACTS, _GROUPS = "made/chatlog_contacts_csv/contact.csv", "made/chatlog_chatrooms_csv/chatroom.csv"
BELONGS |= {_CONTACTS: "chatlog_contacts_csv", _GROUPS: "chatlog_chatrooms_csv"}
ELSEWHERE = {
    _CONTACTS: "tests/formats/test_chatlog_contacts_csv.py",
    _GROUPS: "tests/formats/test_chatlog_chatrooms_csv.py",
}
