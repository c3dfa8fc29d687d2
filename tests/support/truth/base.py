"""What was really said in the group that every exporter was run on, and the words for what a file loses of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parents[2] / "samples"
META, *TOLD = [json.loads(line) for line in (SAMPLES / "truth.jsonl").read_text(encoding="utf-8").split("\n") if line]
NUMBERS = {told["server_id"]: number for number, told in enumerate(TOLD, 1)}
GROUP, ROOM = "周末徒步·拼车群(东区)", "58192034417@chatroom"

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
    43: {"event": "invited", "actor": "name:李卓", "targets": [None]},
    44: {"event": "stranger_notice", "targets": ["name:Huan"]},
    45: {"event": "invited", "actor": ME, "targets": [WANG]},
    46: {"event": "invited", "actor": ME, "targets": [LI]},
    47: {"event": "patted", "actor": ZHANG, "targets": [LIU]},
}

IDS: dict[str, str] = {}
"""How people who have an id are shown: by it."""

Expected = dict[str, tuple[dict[str, str], tuple[int, ...], tuple[Lines, ...]]]
"""Sample → how it shows people who have no id in it, the messages it leaves out, what it loses of the others."""
