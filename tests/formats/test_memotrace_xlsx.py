"""MemoTrace's workbook: what its CSV says, with the ids of the people it lists."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from qunkit.exports import Head
from qunkit.formats import memotrace_csv, memotrace_xlsx
from qunkit.parsing.source import open_source
from support.truth.base import META, SAMPLES, TOLD

Row = dict[str, Any]
(SAMPLE,) = SAMPLES.glob("memotrace_v3/*/*/*.xlsx")
(BESIDE,) = SAMPLES.glob("memotrace_v3/*/*/*.csv")
HEADER = ["消息ID", "类型", "发送人", "时间", "内容", "备注", "昵称", "更多信息"]
PEOPLE = ["wxid", "微信号", "类型", "群昵称", "昵称"]


def rows_of(path: Path) -> tuple[list[Row], list[Row], list[str]]:
    """Messages, members, reasons of rejects."""
    batches = list(memotrace_xlsx.read(open_source(path)))
    rows = [row for batch in batches for row in batch.messages.to_pylist()]
    members = [member for batch in batches for member in batch.members]
    return rows, members, [reject.reason for batch in batches for reject in batch.rejects]


def saved(folder: Path, messages: Sequence[Sequence[object]], people: Sequence[Sequence[str]] = ()) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "聊天记录"
    for row in [HEADER, *messages]:
        sheet.append(list(row))
    if people:
        listed = book.create_sheet("成员信息")
        for row in [PEOPLE, *people]:
            listed.append(list(row))
    path = folder / "群.xlsx"
    book.save(path)
    return path


def said(id_: str, sender: str, nickname: str, text: str = "早", label: str = "文本") -> list[str]:
    return [id_, label, sender, "2024-12-01 08:00:00", text, sender, nickname, "more"]


def test_the_sample_says_what_the_csv_says_and_who_spoke() -> None:
    rows, members, reasons = rows_of(SAMPLE)
    beside = [row for batch in memotrace_csv.read(open_source(BESIDE)) for row in batch.messages.to_pylist()]
    assert reasons == []
    assert [row | {"offset": 0, "sender_id": None} for row in rows] == [row | {"offset": 0} for row in beside]
    listed = {member["member_id"] for member in members}
    assert listed == set(META["members"]) - {"wxid_ad777yhqzs22"}
    for row, told in zip(rows, TOLD, strict=True):
        assert row["sender_id"] == (told["sender"] if told["sender"] in listed else None)


def test_the_members_of_the_sample() -> None:
    _, members, _ = rows_of(SAMPLE)
    (kevin,) = [one for one in members if one["member_id"] == "wxid_k3vv01zhao22"]
    (liu,) = [one for one in members if one["member_id"] == "wxid_liu88abcde22"]
    assert (kevin["group_nickname"], kevin["nickname"], kevin["account"]) == ("凯文", "Kevin Zhao", None)
    assert (liu["group_nickname"], liu["nickname"], liu["account"]) == ("刘同事", "小刘🍉", "liu88")


@pytest.mark.parametrize(
    ("people", "want"),
    [
        ([["wxid_a", "", "0", "小 王", "王:五"]], "wxid_a"),
        ([["wxid_a", "", "0", "小_王", "王_五"]], "wxid_a"),
        ([["wxid_a", "", "0", "小 王", "别人"], ["wxid_b", "", "0", "小 王", "王:五"]], "wxid_b"),
        ([["wxid_a", "", "0", "小 王", "王:五"], ["wxid_b", "", "0", "小 王", "王:五"]], None),
        ([["", "", "0", "小 王", "王:五"]], None),
        ([], None),
    ],
    ids=["same", "as-in-file-names", "two-names-tell", "two-alike", "no-id", "no-sheet"],
)
def test_a_sender_has_an_id_where_both_names_are_of_one_member(
    people: list[list[str]], want: str | None, tmp_path: Path
) -> None:
    (row,), _, _ = rows_of(saved(tmp_path, [said("1", "小 王", "王:五")], people))
    assert (row["sender_id"], row["sender_name"]) == (want, "小 王")


def test_a_notice_has_no_sender_even_under_a_members_name(tmp_path: Path) -> None:
    people = [["wxid_a", "", "0", "群", "群"]]
    (row,), _, _ = rows_of(saved(tmp_path, [said("1", "群", "群", "甲撤回了一条消息", "系统消息")], people))
    assert (row["sender_id"], row["sender_name"], row["kind"]) == (None, None, "system")


def test_texts_that_a_spreadsheet_takes_for_formulas_are_texts(tmp_path: Path) -> None:
    rows, _, _ = rows_of(saved(tmp_path, [said("1", "甲", "甲", "=1+1, 好"), said("2", "甲", "甲", "=SUM(A1)")]))
    assert [row["text"] for row in rows] == ["=1+1, 好", "=SUM(A1)"]


def test_rows_with_nothing_but_a_place_of_media_are_no_messages(tmp_path: Path) -> None:
    path = ["", "", "", "", "./voice/1.mp3"]
    rows, _, reasons = rows_of(saved(tmp_path, [path, said("1", "甲", "甲", "【语音】", "语音"), path]))
    assert ([(row["kind"], row["text"]) for row in rows], reasons) == ([("voice", "")], [])


def test_bad_times_are_rejects(tmp_path: Path) -> None:
    late = said("1", "甲", "甲")
    late[3] = "明天"
    rows, _, reasons = rows_of(saved(tmp_path, [late, said("2", "甲", "甲")]))
    assert ([row["native_id"] for row in rows], reasons) == (["2"], ["bad-time"])


def test_sniffs_its_columns_wherever_they_stand() -> None:
    assert memotrace_xlsx.sniff(open_source(SAMPLE).head)
    assert memotrace_xlsx.sniff(Head("", ("x.xlsx",), sheets={"a": (("导出",), tuple(HEADER))}))
    assert not memotrace_xlsx.sniff(Head("", ("x.xlsx",), sheets={"a": (("时间", "发送者", "内容"),)}))
    assert not memotrace_xlsx.sniff(Head(",".join(HEADER), ("x.csv",)))
