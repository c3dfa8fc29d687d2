"""Samples of WeCom's message archive, written by hand: nothing but WeCom itself makes one."""

from __future__ import annotations

BELONGS = {
    "made/wecom_jsonl/chatdata.jsonl": "wecom_jsonl",
    "made/wecom_json/chatdata.json": "wecom_json",
}

ELSEWHERE = dict.fromkeys(BELONGS, "tests/formats/test_wecom.py")
