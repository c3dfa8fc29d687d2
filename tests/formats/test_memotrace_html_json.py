"""MemoTrace's `.html.json`: what every type of record says, with and without its XML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qunkit.chat.memotrace_record import told_by
from qunkit.formats import memotrace_html_json
from qunkit.parsing.json_rows import loads
from qunkit.parsing.source import open_source
from support.reading import read
from support.truth.base import SAMPLES

(SAMPLE,) = SAMPLES.glob("memotrace_v3/*/*/*.html.json")
Row = dict[str, Any]
TIME = 1733364000


def record(type_: object = "1", **more: object) -> Row:
    told = {
        "type": type_,
        "is_send": False,
        "timestamp": TIME,
        "server_id": "7",
        "display_name": "小满",
        "xml_dict": {},
    }
    return {**told, **more}


def only(tmp_path: Path, one: Row) -> Row:
    """What is read of a file of one record, without nulls."""
    (row,), reasons = read(memotrace_html_json, tmp_path / "群.html.json", json.dumps([one], ensure_ascii=False))
    assert reasons == []
    return {key: value for key, value in row.items() if value is not None}


def test_texts_go_by_the_column_and_say_the_same_as_one_by_one() -> None:
    rows = [row for batch in memotrace_html_json.read(open_source(SAMPLE)) for row in batch.messages.to_pylist()]
    records = json.loads(SAMPLE.read_text(encoding="utf-8"))
    assert len(rows) == len(records) == 51
    for row, one in zip(rows, records, strict=True):
        told = told_by(loads(json.dumps(one).encode()))
        assert {name: row[name] for name in told} == told
        assert (row["epoch"], row["group_id"]) == (one["timestamp"] * 1000, "58192034417@chatroom")


@pytest.mark.parametrize(("type_", "kind", "shown"), [("10000", "system", None), (10000, "pat", "小满")])
def test_a_pat_has_a_number_for_its_type_and_a_notice_a_string(
    type_: object, kind: str, shown: str | None, tmp_path: Path
) -> None:
    row = only(tmp_path, record(type_, text='"小满" 拍了拍 "书虫"'))
    assert (row["kind"], row.get("sender_name"), row["native_type"]) == (kind, shown, "10000")


def test_who_pats_is_known_by_id(tmp_path: Path) -> None:
    patinfo = {"fromusername": "wxid_xiaoman01", "pattedusername": "wxid_shuchong001"}
    xml = {"msg": {"appmsg": {"type": "62", "title": "拍", "patinfo": patinfo}}}
    row = only(tmp_path, record(10000, text="拍", xml_dict=xml))
    assert (row["sender_id"], row["kind"], row["text"]) == ("wxid_xiaoman01", "pat", "拍")


@pytest.mark.parametrize(
    ("type_", "more", "kind", "text"),
    [
        ("3", {"path": "./image/a"}, "image", ""),
        ("34", {"voice_to_text": "八点开始"}, "voice", "八点开始"),
        ("43", {}, "video", ""),
        ("47", {"desc": ""}, "sticker", ""),
        ("48", {"poiname": "", "label": "东区大道1号"}, "location", "东区大道1号"),
        ("42", {"nickname": "司机老周"}, "contact_card", "司机老周"),
        ("50", {"display_content": "通话时长 02:15"}, "call", "通话时长 02:15"),
        ("21474836529", {"title": "清单", "url": "https://a.invalid/"}, "link", "清单\nhttps://a.invalid/"),
        ("25769803825", {"file_name": "图.pdf"}, "file", "图.pdf"),
        ("141733920817", {"title": "拼车", "url": "https://a.invalid/"}, "miniprogram", "拼车"),
        ("81604378673", {"title": "聊天记录", "messages": [{"type": "1", "text": "x"}]}, "forward", "聊天记录"),
        ("8594229559345", {"text": "恭喜发财"}, "red_packet", "恭喜发财"),
        ("8589934592049", {"text": "发起转账", "fee_desc": "￥35.00"}, "transfer", "￥35.00"),
        ("219043332145", {"title": "日出"}, "channels", "日出"),
        ("227633266737", {}, "solitaire", None),
        ("1", {"text": ""}, "text", ""),
        ("999", {}, "other", None),
        ("x", {"text": "早"}, None, "早"),
        (None, {"text": "早"}, None, "早"),
    ],
)
def test_without_xml_the_exporters_own_words_stand(
    type_: object, more: Row, kind: str | None, text: str | None, tmp_path: Path
) -> None:
    row = only(tmp_path, record(type_, **more))
    assert (row.get("kind"), row.get("text")) == (kind, text)


def test_a_quote_without_xml_is_known_by_the_exporters_id(tmp_path: Path) -> None:
    row = only(tmp_path, record("244813135921", text="好", quote_server_id="99", quote_text="书虫: 几点: 八点?"))
    assert (row["quote_id"], row["quote_sender"], row["quote_text"]) == ("99", "书虫", "几点: 八点?")


def test_nothing_is_known_of_a_quote_that_was_not_found(tmp_path: Path) -> None:
    row = only(tmp_path, record("244813135921", text="好", quote_server_id="0", quote_text="1@chatroom: 无效的消息"))
    assert (row["kind"], row["text"]) == ("quote", "好")
    assert not {"quote_id", "quote_sender", "quote_text"} & row.keys()


@pytest.mark.parametrize("type_", ["1", "3"])
def test_no_message_has_the_id_0(type_: str, tmp_path: Path) -> None:
    assert "native_id" not in only(tmp_path, record(type_, server_id="0", text="早"))


@pytest.mark.parametrize(
    "xml", [None, [], "x", {"msg": None}, {"msg": {"appmsg": [1, None]}}, {"msg": {"appmsg": {"type": {}}}}]
)
def test_strange_xml_does_no_harm(xml: object, tmp_path: Path) -> None:
    row = only(tmp_path, record("244813135921", text="好", xml_dict=xml))
    assert (row["kind"], row["native_id"]) == ("quote", "7")


def test_halves_of_characters_are_repaired(tmp_path: Path) -> None:
    content = json.dumps([record("3"), record("25769803825", file_name="a")]).replace('"a"', '"\\ud83d"')
    rows, reasons = read(memotrace_html_json, tmp_path / "群.html.json", content)
    assert reasons == []
    assert rows[1]["text"] == "\ufffd"


def test_a_record_too_deep_to_look_into_is_kept(tmp_path: Path) -> None:
    deep = '{"a":' * 5000 + "1" + "}" * 5000
    content = json.dumps([record("3", xml_dict="DEEP")], ensure_ascii=False).replace('"DEEP"', deep)
    rows, reasons = read(memotrace_html_json, tmp_path / "群.html.json", content)
    assert len(rows) + len(reasons) == 1


def test_bad_times_are_rejects(tmp_path: Path) -> None:
    bad = [record(timestamp=time, text="x") for time in ("x", None, 0, 99999999999)]
    rows, reasons = read(memotrace_html_json, tmp_path / "群.html.json", json.dumps([*bad, record(text="早")]))
    assert [row["text"] for row in rows] == ["早"]
    assert sorted(reasons) == ["bad-time", "bad-time", "time-out-of-range", "time-out-of-range"]
