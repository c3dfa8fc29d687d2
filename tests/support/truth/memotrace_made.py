"""Samples of MemoTrace that were made up by hand, of what no sample was exported; and those that keep days only."""

from __future__ import annotations

from support.truth.base import GROUP, ROOM

CHAT_2 = f"memotrace_v2/聊天记录/{GROUP}/{GROUP}_chat.txt"
CHAT_3 = f"memotrace_v3/聊天记录/{GROUP}({ROOM})/{GROUP}_chat.txt"
HTML_2 = "made/memotrace_html/2/周三读书会/周三读书会.html"
HTML_3 = "made/memotrace_html/3/周三读书会.html"
MD = "made/memotrace_md/周三读书会(70000000001@chatroom)/周三读书会.md"
TRAIN = "made/memotrace_train_json/周三读书会_train.json"
CONTACTS = "made/memotrace_contacts_csv/contacts.csv"

BELONGS = {
    CHAT_2: "memotrace_chat_txt",
    CHAT_3: "memotrace_chat_txt",
    HTML_2: "memotrace_html",
    HTML_3: "memotrace_html",
    MD: "memotrace_md",
    TRAIN: "memotrace_train_json",
    CONTACTS: "memotrace_contacts_csv",
}

ELSEWHERE = {
    CHAT_2: "tests/formats/test_memotrace_chat_txt.py",
    CHAT_3: "tests/formats/test_memotrace_chat_txt.py",
    HTML_2: "tests/formats/test_memotrace_html.py",
    HTML_3: "tests/formats/test_memotrace_html.py",
    MD: "tests/formats/test_memotrace_md.py",
    TRAIN: "tests/formats/test_memotrace_others.py",
    CONTACTS: "tests/formats/test_memotrace_others.py",
}
