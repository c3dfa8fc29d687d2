"""Each sample export alone in a dataset, message by message against what was really said; and all of them together.

What an exporter loses is a line of a table below, with the value that its file allows: nothing is excused wholesale.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qunkit.ingest.run import ingest
from support.staged import messages

SAMPLES = Path(__file__).parents[1] / "samples"
META, *TOLD = [json.loads(line) for line in (SAMPLES / "truth.jsonl").read_text(encoding="utf-8").split("\n") if line]
NUMBERS = {told["server_id"]: number for number, told in enumerate(TOLD, 1)}

Lines = dict[int, dict[str, Any]]
"""Message number, from 1 → field → what the file allows."""

ME, KEVIN, LIU, ZHANG = "wxid_me0001aaaa11", "wxid_k3vv01zhao22", "wxid_liu88abcde22", "zhangdazui_1990"
AD, NEW, WANG = "wxid_ad777yhqzs22", "wxid_new01jia0022", "wxid_wang5wu00022"
LEFT, LI = "wxid_gone9left022", "25984982143567890@openim"
LINK = "冬季徒步装备清单(2024版)\nhttps://mp.example.invalid/s?__biz=AA==&mid=1&idx=1"

# Huan and 小美 (43) never speak and are in no list: no file can tell that they are two.
EVENTS: Lines = {
    1: {"event": "invited", "actor": KEVIN, "targets": [LIU, NEW]},
    24: {"event": "red_packet_taken", "actor": LIU, "targets": [KEVIN]},
    26: {"event": "patted", "actor": ZHANG, "targets": [KEVIN]},
    27: {"event": "recalled", "actor": LIU},
    28: {"event": "joined_qr", "actor": ZHANG, "targets": [AD]},
    32: {"event": "removed", "actor": ME, "targets": [AD]},
    33: {"event": "renamed", "actor": KEVIN},
    43: {"event": "invited", "actor": "name:李卓", "targets": ["name:Huan, 小美"]},
    44: {"event": "stranger_notice", "targets": ["name:Huan"]},
    45: {"event": "invited", "actor": ME, "targets": [WANG]},
    46: {"event": "invited", "actor": ME, "targets": [LI]},
    47: {"event": "patted", "actor": ZHANG, "targets": [LIU]},
}

# -- WeFlow ------------------------------------------------------------------------------------------------------------
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

# -- CipherTalk --------------------------------------------------------------------------------------------------------
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

# -- MemoTrace ---------------------------------------------------------------------------------------------------------
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
    # 小刘🍉 is shown by her remark 刘同事 only, so that 小刘🍉、新人:甲 might be one name
    1: {"actor": "name:凯文", "targets": ["name:小刘🍉、新人:甲"]},
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

# -- chatlog -----------------------------------------------------------------------------------------------------------
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
    47: {"kind": "text", "text": "", "event": None, "actor": None, "targets": []},  # the words of WeChat 4's pats
    50: {"text": "鹰嘴岩日出 太美了"},  # on one line
    24: {"actor": "name:小刘🍉"},  # shown by the remark 刘同事 only
    27: {"actor": "name:小刘🍉"},
    # nothing says whose export it is
    32: {"actor": "me"},
    45: {"actor": "me", "targets": ["name:王五 Wang"]},  # shown by the group nickname 王 五 only
    46: {"actor": "me"},
}
CHATLOG_LAST_DAY: Lines = {10: {"reply_to": None}}  # quotes 3, of the day before

_GROUP, _ROOM = "周末徒步·拼车群(东区)", "58192034417@chatroom"
_V2, _V3 = f"memotrace_v2/聊天记录/{_GROUP}/{_GROUP}", f"memotrace_v3/聊天记录/{_GROUP}({_ROOM})/{_GROUP}"
BEFORE_MIDNIGHT = tuple(range(1, 9))
IDS: dict[str, str] = {}

EXPECTED: dict[str, tuple[dict[str, str], tuple[int, ...], tuple[Lines, ...]]] = {
    f"weflow/json/{_GROUP}.json": (IDS, (), (WEFLOW, WEFLOW_JSON)),
    f"weflow/arkme-json/{_GROUP}.json": (IDS, (), (WEFLOW,)),
    f"weflow/chatlab/{_GROUP}.json": (IDS, (), (WEFLOW, WEFLOW_CHATLAB)),
    f"weflow/chatlab-jsonl/{_GROUP}.jsonl": (IDS, (), (WEFLOW, WEFLOW_CHATLAB)),
    f"ciphertalk/chatlab/{_GROUP}.json": (IDS, (), (CIPHERTALK,)),
    f"ciphertalk/chatlab-jsonl/{_GROUP}.jsonl": (IDS, (), (CIPHERTALK,)),
    f"{_V2}_utf8.csv": (IDS, (), (MEMOTRACE_2_CSV,)),
    f"{_V2}.txt": (MEMOTRACE_2_NAMES, MEMOTRACE_2_LEFT_OUT, (MEMOTRACE_2_TXT,)),
    f"{_V3}.csv": (MEMOTRACE_3_NAMES, (), (MEMOTRACE_3, MEMOTRACE_3_CSV)),
    f"{_V3}.txt": (MEMOTRACE_3_NAMES, (), (MEMOTRACE_3, MEMOTRACE_3_TXT)),
    f"chatlog/2024-06-01~2025-06-01/{_ROOM}_2024-06-01_2025-06-01.csv": (IDS, (), (CHATLOG,)),
    f"chatlog/2024-11-30~2024-12-01/{_ROOM}_2024-11-30_2024-12-01.csv": (IDS, (), (CHATLOG,)),
    f"chatlog/2024-12-01/{_ROOM}_2024-12-01_2024-12-01.csv": (IDS, BEFORE_MIDNIGHT, (CHATLOG, CHATLOG_LAST_DAY)),
}
"""Sample → how it shows people who have no id in it, the messages it leaves out, what it loses of the others."""


def as_told(number: int, names: dict[str, str]) -> dict[str, Any]:
    """A message of the truth, people as `names` shows them."""
    told, event = TOLD[number - 1], EVENTS.get(number, {})
    return {
        "ts": told["ts"],
        "sender": names.get(told["sender"], told["sender"]),
        "kind": told["type"],
        "text": told["text"],
        "reply_to": told["reply_to"],
        "mentions": [names.get(one, one) for one in told["mentions"]],
        "event": event.get("event"),
        "actor": names.get(event.get("actor", ""), event.get("actor")),
        "targets": [names.get(one, one) for one in event.get("targets", [])],
    }


def said(row: dict[str, Any]) -> dict[str, Any]:
    """The same of a row of the dataset."""
    return {
        "ts": int(row["sent_at"].timestamp()),
        "sender": row["sender_id"],
        "kind": row["kind"],
        "text": row["text"],
        "reply_to": row["reply_to"],
        "mentions": row["mention_ids"] or [],
        "event": row["event"],
        "actor": row["actor_id"],
        "targets": row["target_ids"] or [],
    }


def expected(sample: str) -> Lines:
    """Each message as the file allows it to be known. A line that says what the truth says is idle, and a mistake."""
    names, left_out, tables = EXPECTED[sample]
    lines = {number: as_told(number, names) for number in range(1, len(TOLD) + 1) if number not in left_out}
    for table in tables:
        for number in table.keys() & lines.keys():
            for key, value in table[number].items():
                assert lines[number][key] != value, f"idle: {number} {key}"
                lines[number][key] = value
    return lines


def found(sample: str, folder: Path) -> Lines:
    """What the dataset says after an ingest of the one file, numbered as in the truth."""
    summary = ingest([SAMPLES / sample], folder / "dataset")
    assert [(file.status, file.rejected) for file in summary.files] == [("ingested", 0)]
    rows = sorted(messages(folder / "dataset")[0], key=lambda row: (row["sent_at"], row["seq"]))
    numbers = [number for number in range(1, len(TOLD) + 1) if number not in EXPECTED[sample][1]]
    ids = {row["message_id"]: TOLD[number - 1]["server_id"] for row, number in zip(rows, numbers, strict=True)}
    lines = {number: said(row) for row, number in zip(rows, numbers, strict=True)}
    for line in lines.values():
        line["reply_to"] = ids.get(line["reply_to"], line["reply_to"])
    return lines


def differences(got: Lines, wanted: Lines) -> list[tuple[int, str, Any, Any]]:
    """Message, field, what is, what should be."""
    assert got.keys() == wanted.keys()
    return [
        (number, key, got[number][key], value)
        for number, line in wanted.items()
        for key, value in line.items()
        if got[number][key] != value
    ]


@pytest.mark.parametrize("sample", EXPECTED)
def test_every_message_is_as_it_was_said(sample: str, tmp_path: Path) -> None:
    assert differences(found(sample, tmp_path), expected(sample)) == []


def test_every_sample_that_a_format_reads_is_here(tmp_path: Path) -> None:
    summary = ingest([SAMPLES], tmp_path / "dataset")
    read = {Path(file.label).relative_to(SAMPLES).as_posix() for file in summary.files if file.status != "skipped"}
    assert read == set(EXPECTED)


TOGETHER: Lines = {
    # what other exports say besides is more than the truth, or the words of the smallest source
    16: {"text": LINK},
    22: {"text": WEFLOW[22]["text"]},
    42: {"text": "02:15"},
}
"""Lost by all samples together: nothing."""
UNMATCHED = [
    # chatlog has the owner's 3 and 36 as of "me", and nothing says who that is; WeChat 4's pat (47) is an empty text to it
    (TOLD[2]["ts"], "me", "text", TOLD[2]["text"]),
    (TOLD[35]["ts"], "me", "text", TOLD[35]["text"]),
    (TOLD[46]["ts"], ZHANG, "text", ""),
]
"""Rows that belong to messages of other exports, and cannot be known to."""


def test_all_samples_together_are_one_chat_in_any_order(tmp_path: Path) -> None:
    samples = [SAMPLES / sample for sample in EXPECTED]
    ingest(samples, tmp_path / "forwards")
    ingest(samples[::-1], tmp_path / "backwards", each=True)
    rows, fingerprint = messages(tmp_path / "forwards")
    assert messages(tmp_path / "backwards") == (rows, fingerprint)
    alone = [row for row in rows if row["native_id"] is None]
    assert [(int(row["sent_at"].timestamp()), row["sender_id"], row["kind"], row["text"]) for row in alone] == UNMATCHED
    known = {NUMBERS[row["native_id"]]: said(row) for row in rows if row["native_id"]}
    wanted = {number: as_told(number, {}) | TOGETHER.get(number, {}) for number in range(1, len(TOLD) + 1)}
    assert differences(known, wanted) == []
    assert len(rows) == len(TOLD) + len(UNMATCHED) == 54
