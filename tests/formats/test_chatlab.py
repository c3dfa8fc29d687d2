"""ChatLab's standard format, as a document and as lines: what its versions and other writers leave out, add or damage."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from qunkit import registry
from qunkit.exports import Batch
from qunkit.ingest.identify import said_yes
from qunkit.parsing.source import open_source

CHATLAB = {"version": "0.0.2", "exportedAt": 1700000000}
META = {"name": "读书会", "platform": "wechat", "type": "group", "groupId": "1@chatroom"}
KING = {"platformId": "wxid_wang", "accountName": "小王", "groupNickname": "王"}
LIN = {"platformId": "wxid_lin", "accountName": "阿林"}
MORNING = {"sender": "wxid_wang", "accountName": "小王", "timestamp": 1700000001, "type": 0, "content": "早"}
NIGHT = {"sender": "wxid_lin", "accountName": "阿林", "timestamp": 1700000002, "type": 0, "content": "晚"}
JOIN = '"小王"邀请"阿林"加入了群聊'
BOTH = pytest.mark.parametrize("name", ["chatlab_json", "chatlab_jsonl"])


def line(type_: str, said: Mapping[str, Any]) -> str:
    return json.dumps({"_type": type_, **said}, ensure_ascii=False)


HEADER = line("header", {"chatlab": CHATLAB, "meta": META})


def document(
    name: str,
    messages: Iterable[Mapping[str, Any]],
    members: Iterable[Mapping[str, Any]] = (),
    *,
    meta: Mapping[str, Any] = META,
    chatlab: Mapping[str, Any] = CHATLAB,
) -> str:
    """The same chat in one form or the other."""
    if name == "chatlab_json":
        told = {"chatlab": chatlab, "meta": meta, "members": [*members], "messages": [*messages]}
        return json.dumps(told, ensure_ascii=False, indent=1)
    lines = [line("header", {"chatlab": chatlab, "meta": meta})]
    lines += [line("member", one) for one in members] + [line("message", one) for one in messages]
    return "".join(f"{one}\n" for one in lines)


def batches(tmp_path: Path, name: str, text: str) -> list[Batch]:
    path = tmp_path / f"群.{name.removeprefix('chatlab_')}"
    path.write_text(text, "utf-8", newline="")
    source = open_source(path)
    assert list(said_yes(source.head)) == [name]
    return list(registry.load("formats", name).read(source))


def rows(found: Iterable[Batch]) -> list[dict[str, Any]]:
    return [row for batch in found for row in batch.messages.to_pylist()]


def texts(found: Iterable[Batch]) -> list[str]:
    return [row["text"] for row in rows(found)]


def members(found: Iterable[Batch]) -> dict[object, dict[str, object]]:
    return {row["member_id"]: row for batch in found for row in batch.members}


def rejects(found: Iterable[Batch]) -> list[tuple[int, int, str]]:
    return [(one.start, one.end, one.reason) for batch in found for one in batch.rejects]


@BOTH
def test_a_message_says_all_that_it_can(tmp_path: Path, name: str) -> None:
    full = {**MORNING, "groupNickname": "王", "platformMessageId": "2755705033944784198", "replyToMessageId": "8"}
    (row,) = rows(batches(tmp_path, name, document(name, [full], [KING])))
    assert (row["group_id"], row["group_name"], row["epoch"]) == ("1@chatroom", "读书会", 1700000001000)
    assert (row["sender_id"], row["sender_name"], row["kind"], row["text"]) == ("wxid_wang", "王", "text", "早")
    assert (row["native_id"], row["quote_id"], row["native_type"]) == ("2755705033944784198", "8", "0")


@BOTH
def test_version_1_has_no_ids_and_no_roles(tmp_path: Path, name: str) -> None:
    meta = {"name": "读书会", "platform": "wechat", "type": "group"}
    old = document(name, [MORNING], [LIN], meta=meta, chatlab={"version": "0.0.1", "exportedAt": 1700000000})
    found = batches(tmp_path, name, old)
    (row,) = rows(found)
    assert (row["group_id"], row["native_id"], row["quote_id"]) == (None, None, None)
    assert (row["group_name"], row["sender_id"], row["sender_name"]) == ("读书会", "wxid_wang", "小王")
    assert members(found) == {
        "wxid_lin": {
            "member_id": "wxid_lin",
            "nickname": "阿林",
            "group_nickname": None,
            "role": None,
            "complete": False,
            "seen_at": 1700000000000,
        }
    }


@BOTH
def test_the_owner_is_the_groups_and_roles_go_by_rank(tmp_path: Path, name: str) -> None:
    listed = [
        KING,
        {**LIN, "roles": [{"id": "member"}, {"id": "admin", "name": "管理员"}]},
        {"platformId": "wxid_zhou", "accountName": "周", "roles": [{"id": "title", "name": "龙王"}]},
        {"platformId": "wxid_he", "accountName": "何", "roles": []},
    ]
    found = members(batches(tmp_path, name, document(name, [MORNING], listed, meta={**META, "ownerId": "wxid_wang"})))
    roles = {member: row["role"] for member, row in found.items()}
    assert roles == {"wxid_wang": "owner", "wxid_lin": "admin", "wxid_zhou": "member", "wxid_he": None}
    assert (found["wxid_wang"]["nickname"], found["wxid_wang"]["group_nickname"]) == ("小王", "王")


@BOTH
def test_the_owner_did_not_make_the_export(tmp_path: Path, name: str) -> None:
    (row,) = rows(batches(tmp_path, name, document(name, [MORNING], [KING], meta={**META, "ownerId": "wxid_wang"})))
    assert row["from_me"] is None


@BOTH
def test_what_the_room_sends_is_a_notice_and_the_room_is_no_member(tmp_path: Path, name: str) -> None:
    room = {"platformId": "1@chatroom", "accountName": "读书会"}
    notice = {"sender": "1@chatroom", "accountName": "读书会", "timestamp": 1700000003, "type": 80, "content": JOIN}
    untyped = {**notice, "type": 99}
    found = batches(tmp_path, name, document(name, [notice, untyped, MORNING], [room, KING]))
    assert [(row["kind"], row["sender_id"], row["sender_name"], row["text"]) for row in rows(found)] == [
        ("system", None, None, JOIN),
        ("system", None, None, JOIN),
        ("text", "wxid_wang", "小王", "早"),
    ]
    assert set(members(found)) == {"wxid_wang"}


@BOTH
@pytest.mark.parametrize("time", [1700000001, 1700000001000, "1700000001"])
def test_milliseconds_are_told_by_their_size(tmp_path: Path, name: str, time: Any) -> None:
    (row,) = rows(batches(tmp_path, name, document(name, [{**MORNING, "timestamp": time}])))
    assert row["epoch"] == 1700000001000


@BOTH
@pytest.mark.parametrize(
    ("time", "reason"),
    [(None, "bad-time"), ("gestern", "bad-time"), (5, "time-out-of-range"), (1e18, "time-out-of-range")],
)
def test_a_time_that_is_none_loses_one_message(tmp_path: Path, name: str, time: Any, reason: str) -> None:
    found = batches(tmp_path, name, document(name, [MORNING, {**MORNING, "timestamp": time}, NIGHT]))
    assert texts(found) == ["早", "晚"]
    assert [one[2] for one in rejects(found)] == [reason]


@BOTH
@pytest.mark.parametrize(
    ("meta", "platform"), [(META, "wechat"), ({**META, "platform": "qq"}, "qq"), ({"name": "群"}, "wechat")]
)
def test_the_platform_is_what_the_header_says(
    tmp_path: Path, name: str, meta: Mapping[str, Any], platform: str
) -> None:
    found = batches(tmp_path, name, document(name, [MORNING], [KING], meta=meta))
    told = [batch.messages.schema.metadata for batch in found if batch.messages.num_rows]
    assert told == [{b"platform": platform.encode()}]


@BOTH
@pytest.mark.parametrize(
    ("code", "content", "kind", "text"),
    [
        (1, None, "image", ""),
        (2, None, "voice", ""),
        (5, None, "sticker", ""),
        (8, "东门", "location", "东门"),
        (20, "恭喜发财", "red_packet", "恭喜发财"),
        (25, "好的", "quote", "好的"),
        (99, "？", "other", "？"),
        (0, None, "text", None),
    ],
)
def test_types(tmp_path: Path, name: str, code: int, content: str | None, kind: str, text: str | None) -> None:
    (row,) = rows(batches(tmp_path, name, document(name, [{**MORNING, "type": code, "content": content}], [KING])))
    assert (row["kind"], row["text"], row["sender_id"]) == (kind, text, "wxid_wang")


def test_members_may_come_late_or_never(tmp_path: Path) -> None:
    late = batches(
        tmp_path,
        "chatlab_jsonl",
        "\n".join([HEADER, line("message", MORNING), line("member", KING), line("message", NIGHT)]),
    )
    assert texts(late) == ["早", "晚"]
    assert set(members(late)) == {"wxid_wang"}
    never = batches(tmp_path, "chatlab_jsonl", "\n".join([HEADER, line("message", MORNING)]))
    assert [row["sender_id"] for row in rows(never)] == ["wxid_wang"]
    assert members(never) == {}


def test_comments_and_empty_lines_are_framing(tmp_path: Path) -> None:
    parts = [
        "# 读书会\n",
        "\n",
        f"{HEADER}\n",
        "  \r\n",
        f"{line('message', MORNING)}\n",
        "# {\n",
        f"{line('message', NIGHT)}\n",
    ]
    found = batches(tmp_path, "chatlab_jsonl", "".join(parts))
    assert texts(found) == ["早", "晚"]
    assert rejects(found) == []
    places = [0]
    for part in parts:
        places.append(places[-1] + len(part.encode()))
    framed = {byte for batch in found for start, end in batch.framing for byte in range(start, end)}
    assert framed == {*range(places[4]), *range(places[5], places[6])}
    assert [row["offset"] for row in rows(found)] == [places[4], places[6]]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ('{"_type":"message","sender":"wxid_wang","time', "bad-json"),
        ("早上好", "bad-json"),
        ('["message"]', "bad-json"),
        ('{"_type":"reaction","sender":"wxid_wang","timestamp":1700000001}', "bad-record"),
        ('{"sender":"wxid_wang","timestamp":1700000001,"type":0,"content":"?"}', "bad-record"),
    ],
)
def test_a_damaged_line_loses_only_itself(tmp_path: Path, damage: str, reason: str) -> None:
    before, after = f"{HEADER}\n{line('message', MORNING)}\n", f"{line('message', NIGHT)}\n"
    found = batches(tmp_path, "chatlab_jsonl", f"{before}{damage}\n{after}")
    assert texts(found) == ["早", "晚"]
    start, bad = len(before.encode()), f"{damage}\n".encode()
    assert rejects(found) == [(start, start + len(bad), reason)]


def test_a_damaged_record_of_a_document_loses_only_itself(tmp_path: Path) -> None:
    broken = json.dumps({**MORNING, "content": "坏"}, ensure_ascii=False).replace('"type": 0', '"type": ?')
    head = json.dumps({"chatlab": CHATLAB, "meta": META, "members": []}, ensure_ascii=False)[:-1]
    records = ", ".join([json.dumps(MORNING, ensure_ascii=False), broken, json.dumps(NIGHT, ensure_ascii=False)])
    text = f'{head}, "messages": [{records}]}}'
    found = batches(tmp_path, "chatlab_json", text)
    assert texts(found) == ["早", "晚"]
    ((start, end, reason),) = rejects(found)
    assert reason == "bad-json"
    assert "坏" in text.encode()[start:end].decode()


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_a_last_line_that_is_cut_is_a_truncated_tail(tmp_path: Path, cut: int) -> None:
    before, last = f"{HEADER}\n{line('message', MORNING)}\n", line("message", NIGHT).encode()
    (tmp_path / "群.jsonl").write_bytes(before.encode() + last[:-cut])
    found = list(registry.load("formats", "chatlab_jsonl").read(open_source(tmp_path / "群.jsonl")))
    assert texts(found) == ["早"]
    start = len(before.encode())
    assert rejects(found) == [(start, start + len(last) - cut, "truncated-tail")]


def test_a_last_line_without_its_line_end_is_whole(tmp_path: Path) -> None:
    found = batches(tmp_path, "chatlab_jsonl", f"{HEADER}\n{line('message', MORNING)}")
    assert texts(found) == ["早"]
    assert rejects(found) == []


def test_forwarded_records_are_kept(tmp_path: Path) -> None:
    records = [{"sender": "wxid_lin", "content": "几点"}]
    forward = {**MORNING, "type": 26, "content": "聊天记录", "chatRecords": records}
    for name in ("chatlab_json", "chatlab_jsonl"):
        (row,) = rows(batches(tmp_path, name, document(name, [forward], [KING])))
        assert row["kind"] == "forward"
        assert json.loads(row["extra"]) == {"chatRecords": records}
