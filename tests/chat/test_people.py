from __future__ import annotations

import duckdb
import pyarrow as pa

from qunkit.chat.people import People, file_safe, nfc
from qunkit.ingest.identity import SAFE
from qunkit.schema import RAW


def batch(*rows: tuple[str | None, str | None, bool | None]) -> pa.RecordBatch:
    records = [
        {"offset": number, "group_id": "1@chatroom", "sender_id": sender, "sender_name": name, "from_me": mine}
        for number, (sender, name, mine) in enumerate(rows)
    ]
    return pa.RecordBatch.from_pylist(records, schema=RAW.arrow)


def test_senders() -> None:
    people = People()
    people.add_batch(
        batch(("wxid_a", "甲", False), ("wxid_b", "e\u0301", None), (None, "丙", None), (None, None, False))
    )
    people.add_batch(batch(("wxid_a", "阿甲", False), ("1@chatroom", "群", False)))
    assert people.ids == {"wxid_a", "wxid_b"}
    assert people.groups == {"1@chatroom"}
    assert people.names == {"甲": {"wxid_a"}, "阿甲": {"wxid_a"}, "\u00e9": {"wxid_b"}, "丙": set()}
    assert (people.id_of("甲"), people.id_of("\u00e9"), people.id_of("丙"), people.id_of("丁")) == (
        "wxid_a",
        "wxid_b",
        None,
        None,
    )
    assert people.knows("丙")
    assert not people.knows("群")
    assert people.name_of("wxid_a") == "阿甲"
    assert people.owner is None


def test_an_ambiguous_name_has_no_id() -> None:
    people = People()
    people.add_batch(batch(("wxid_a", "甲", False), ("wxid_b", "甲", False)))
    assert people.id_of("甲") is None
    assert people.knows("甲")


def test_owner_is_the_account_whose_messages_are_its_own() -> None:
    people = People()
    people.add_batch(
        batch(("wxid_a", "甲", False), ("wxid_me", "我", True), ("wxid_me", "阿岚", True), (None, "我", True))
    )
    people.add_batch(batch(("wxid_x", "x", True)))
    assert people.owner == "wxid_me"
    assert people.name_of("wxid_me") == "阿岚"
    assert not people.knows("我")


def test_rosters() -> None:
    people = People()
    people.add_members(
        [
            {"member_id": "wxid_a", "nickname": "甲", "group_nickname": "阿 甲", "remark": "", "account": "jia88"},
            {"member_id": "9@chatroom", "nickname": "群"},
            {"member_id": None, "nickname": "无"},
            {"nickname": "无"},
        ]
    )
    assert people.ids == {"wxid_a"}
    assert set(people.names) == {"甲", "阿 甲"}
    assert people.name_of("wxid_a") == "阿 甲"


def test_a_remark_is_shown_only_where_there_is_no_other_name() -> None:
    people = People()
    people.add_batch(batch(("wxid_a", "甲", False)))
    people.add_members([{"member_id": "wxid_a", "remark": "甲总"}, {"member_id": "wxid_b", "remark": "乙总"}])
    assert (people.name_of("wxid_a"), people.name_of("wxid_b")) == ("甲", "乙总")
    assert people.id_of("甲总") == "wxid_a"
    people.add_members([{"member_id": "wxid_b", "nickname": "乙", "remark": "乙总"}])
    assert people.name_of("wxid_b") == "乙"


def test_names_in_file_safe_form() -> None:
    people = People()
    people.add_members(
        [
            {"member_id": "wxid_a", "nickname": "新人:甲"},
            {"member_id": "wxid_b", "nickname": "b_c"},
            {"member_id": "wxid_d", "nickname": "b c"},
        ]
    )
    assert file_safe('a\\b/c:d*e?f"g<h>i|j k.l') == "a_b_c_d_e_f_g_h_i_j_k_l"
    assert people.id_of("新人_甲") == "wxid_a"
    assert people.id_of("b_c") == "wxid_b"
    assert people.id_of("b.c") is None
    assert people.knows("新人 甲")


def test_an_id_shown_as_a_name() -> None:
    people = People()
    people.add_batch(batch(("wxid_gone", None, False)))
    assert people.id_of("wxid_gone") == "wxid_gone"


def test_splitting() -> None:
    people = People()
    people.add_members([{"member_id": f"wxid_{name}", "nickname": name} for name in ("甲", "乙", "丙、丁")])
    assert people.split("甲、乙", "、") == ["甲", "乙"]
    assert people.split("甲、丙、丁、乙", "、") == ["甲", "丙、丁", "乙"]
    assert people.split("丙、丁", "、") == ["丙、丁"]
    people.add_members([{"member_id": "wxid_both", "nickname": "甲、乙"}])
    assert people.split("甲、乙、丙、丁", "、") == ["甲、乙", "丙、丁"]
    assert people.split("甲、戊", "、") == ["甲、戊"]
    assert people.split("甲、", "、") == ["甲、"]
    assert people.split("、".join(["甲"] * 5000), "、") == ["、".join(["甲"] * 5000)]


def test_sql_and_python_make_the_same_names_file_safe() -> None:
    names = [f"甲{sign}乙" for sign in map(chr, range(1, 0x3100)) if not sign.isalnum()]
    table = pa.table({"name": names})
    with duckdb.connect() as connection:
        connection.register("shown", table)
        found = [name for (name,) in connection.sql(f"SELECT {SAFE.format('name')} FROM shown").fetchall()]
    assert found == [file_safe(nfc(name)) for name in names]
    assert sum(name == "甲_乙" for name in found) == len('\\/:*?"<>|._') + sum(
        chr(code).isspace() for code in range(0x3100)
    )
