from __future__ import annotations

import time
import unicodedata

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.chat.mentions import Matcher, fill
from qunkit.chat.people import People

GAP = "\u2005"
PEOPLE = People()
PEOPLE.add_members(
    [
        {"member_id": "wxid_me", "nickname": "阿岚", "group_nickname": "阿岚-领队"},
        {"member_id": "wxid_k", "nickname": "Kevin Zhao", "group_nickname": "凯文"},
        {"member_id": "wxid_w", "nickname": "王五 Wang", "group_nickname": "王 五"},
        {"member_id": "wxid_w2", "nickname": "王"},
        {"member_id": "wxid_x", "nickname": "同名"},
        {"member_id": "wxid_y", "nickname": "同名"},
        {"member_id": "wxid_s", "nickname": "All Star"},
        {"member_id": "wxid_f", "nickname": "新人_甲"},
        {"member_id": "wxid_e", "nickname": "Café"},
    ]
)

CASES: list[tuple[str, list[str]]] = [
    (f"@凯文·第5章{GAP}在吗", ["name:凯文·第5章"]),  # up to U+2005 all is the name
    (f"@阿岚-领队{GAP}几点出发? @凯文{GAP}开几辆车", ["wxid_me", "wxid_k"]),
    ("@阿岚-领队 几点出发? @凯文 开几辆车", ["wxid_me", "wxid_k"]),
    ("@所有人 7:30 东门", ["notify@all"]),
    (f"@所有人{GAP}集合", ["notify@all"]),
    ("@All hi", ["notify@all"]),
    ("@all", ["notify@all"]),
    (f"@All Star{GAP}来", ["wxid_s"]),
    (f"@Kevin Zhao{GAP}来", ["wxid_k"]),
    ("@Kevin Zhao来", []),
    (f"@王五 Wang{GAP}", ["wxid_w"]),
    (f"@王 五{GAP}", ["wxid_w"]),
    ("@王 六", ["wxid_w2"]),
    ("@王", ["wxid_w2"]),
    ("@王，来", ["wxid_w2"]),
    ("@凯文\n来", ["wxid_k"]),
    ("@凯文来", []),
    (f"@同名{GAP}", ["name:同名"]),
    (f"@没说过话的人{GAP}你好", ["name:没说过话的人"]),
    ("@没说过话的人 你好", []),
    (f"@凯文{GAP}@凯文{GAP}@阿岚 ", ["wxid_k", "wxid_me"]),
    (f"@新人:甲{GAP}早", ["wxid_f"]),
    (f"@Cafe\u0301{GAP}", ["wxid_e"]),
    ("mail: hr@all.example.invalid", []),
    (f"你好@凯文{GAP}", ["wxid_k"]),
    ("@", []),
    (f"@{GAP}", []),
    (f"@ {GAP}", []),
    (f"@ 凯文{GAP}@ 所有人{GAP}", ["wxid_k", "notify@all"]),
    (f"@a@b{GAP}", ["name:b"]),
    (f"@{'长' * 65}{GAP}", []),
    ("没有", []),
]


@pytest.mark.parametrize(("text", "ids"), CASES)
def test_mentions(text: str, ids: list[str]) -> None:
    assert Matcher(PEOPLE).find(text) == ids


def test_what_the_export_lists_wins_and_only_words_are_read() -> None:
    text = f"@凯文{GAP}"
    kinds = ["text", "text", "link", "announcement", "text", "system"]
    texts = [text, text, text, text, None, text]
    given_ids = pa.array([["wxid_q"], None, None, None, None, None], pa.list_(pa.string()))
    found = fill(given_ids, pa.array(kinds), pa.array(texts), PEOPLE).to_pylist()
    assert found == [["wxid_q"], ["wxid_k"], None, ["wxid_k"], None, None]


def test_an_empty_list_is_a_list() -> None:
    given_ids = pa.array([[]], pa.list_(pa.string()))
    assert fill(given_ids, pa.array(["text"]), pa.array(["@凯文"]), PEOPLE).to_pylist() == [[]]


def test_many_signs_are_read_quickly() -> None:
    start = time.perf_counter()
    Matcher(PEOPLE).find("@" * 1_000_000)
    Matcher(PEOPLE).find("@凯" * 500_000)
    assert time.perf_counter() - start < 3


def naive(text: str, names: dict[str, str]) -> list[str]:
    """Every place: what U+2005 ends, else every name, the longest that fits. Quadratic and plain."""
    found: list[str] = []
    for at, sign in enumerate(text):
        if sign != "@":
            continue
        marked = text[at + 1 :].split(GAP)[0] if GAP in text[at + 1 :] else ""
        if marked.strip() and len(marked) <= 64 and "@" not in marked and "\n" not in marked:
            found.append(names.get(marked.strip(), "name:" + marked.strip()))
            continue
        fitting = []
        for name in names:
            rest = text[at + 1 + len(name) :]
            ends = not rest or rest[0].isspace() or unicodedata.category(rest[0]).startswith(("P", "Z"))
            if text[at + 1 :].startswith(name) and ends:
                fitting.append(name)
        behind_word = at > 0 and (text[at - 1].isascii() and (text[at - 1].isalnum() or text[at - 1] in "._%+-"))
        if fitting:
            name = max(fitting, key=len)
            if not behind_word or text[at + 1 + len(name) :].startswith(GAP):
                found.append(names[name])
    return list(dict.fromkeys(found))


names_of = st.dictionaries(st.text(st.sampled_from("ab 甲乙-"), min_size=1, max_size=4).filter(lambda name: name == name.strip()), st.sampled_from(["wxid_1", "wxid_2", "wxid_3"]), max_size=5)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(names_of, st.text(st.sampled_from(f"@@ab 甲乙-{GAP}，\n好"), max_size=24))
def test_same_as_a_naive_search(names: dict[str, str], text: str) -> None:
    people = People()
    people.add_members([{"member_id": member, "nickname": name} for name, member in names.items()])
    everyone = dict.fromkeys(("所有人", "All", "all", "全体成员"), "notify@all")
    assert Matcher(people).find(text) == naive(text, names | everyone)
