"""Samples of WeCom's message archive and of who is in it, written by hand: nothing but WeCom itself makes them."""

from __future__ import annotations

BELONGS = {
    "made/wecom_jsonl/chatdata.jsonl": "wecom_jsonl",
    "made/wecom_json/chatdata.json": "wecom_json",
    "made/wecom_contacts_csv/通讯录.csv": "wecom_contacts_csv",
    "made/wecom_contacts_json/通讯录.json": "wecom_contacts_json",
    "made/wecom_contacts_json/客户群.json": "wecom_contacts_json",
}

ELSEWHERE = dict.fromkeys(BELONGS, "tests/formats/test_wecom.py")
