"""Member lists that people keep: what their columns are called, in English and Chinese, and what their rows say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat.people import nfc
from qunkit.errors import UnreadableExport
from qunkit.exports import Batch
from qunkit.parsing import tables
from qunkit.parsing.csv import Records, filled
from qunkit.parsing.places import raw_batch
from qunkit.parsing.times import Order, order_of, read_times
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

NAMES = {
    "member_id": "member_id id user_id userid wxid uid uin qq qq号 qq号码 external_userid platform_id 成员id 用户id 微信id 企业微信id",
    "nickname": "name nickname nick 名称 名字 姓名 昵称 微信昵称 微信名 qq昵称 成员 成员昵称 用户昵称",
    "group_nickname": "group_nickname card group_card 群昵称 群内昵称 本群昵称 我在本群的昵称 群名片",
    "remark": "remark 备注 备注名",
    "account": "account alias wechat_id 微信号",
    "role": "role 角色 身份 群身份 群内身份 成员角色",
    "joined_at": "joined_at joined join_time join_date 入群时间 入群日期 加群时间 进群时间 加入时间",
    "invited_by": "invited_by inviter invitor 邀请人 邀请者 邀请人id 入群邀请人",
    "join_source": "join_source join_scene join_way 入群方式 加入方式 进群方式 加群方式",
    "group_id": "group_id chat_id room_id 群id 群号 群聊id",
    "group_name": "group group_name chat_name room_name 群 群名 群名称 群聊 群聊名称",
}
"""Column of MEMBERS, or group_name → headers that mean it. Case, blanks, ``_`` and ``-`` do not count."""
ROLES = {
    "owner": "owner creator 群主 创建者",
    "admin": "admin administrator manager 管理员 群管理员",
    "staff": "staff employee 工作人员 员工 客服",
    "member": "member 成员 群成员 普通成员",
}
"""Role → words for it."""
JOIN_SOURCES = {
    "invite": "invite invited 1 邀请 邀请入群 邀请进群 直接邀请 直接邀请入群 成员邀请 群成员邀请 由群成员邀请入群",
    "link": "link 2 链接 链接入群 邀请链接 链接邀请 通过邀请链接入群 通过链接入群",
    "qr": "qr qrcode 3 扫码 扫码入群 扫码进群 二维码 扫描二维码 群二维码 通过扫描群二维码入群 扫描群二维码入群 扫描二维码入群 二维码入群",
    "other": "other 其他 其它",
}
"""How somebody joined → words for it, WeCom's numbers (`join_scene`) among them."""
KEY = "members"
"""The member of a JSON document that holds the list."""
GROUPLESS = Text("it is a member list that does not say of which group.", "这是成员名单，但没有说明是哪个群。")
USE_ROSTER = Text("Use `qunkit roster FILE --group GROUP`.", "请用 `qunkit roster 文件 --group 群`。")
NO_TABLE = Text("is no list of members: it is no table.", "不是成员名单：文件内容不是表格。")
NEEDED = Text(
    "A list needs a column name, nickname, id or wxid; `qunkit formats roster_csv` has all names.",
    "名单需有一列“昵称”“群昵称”“姓名”“wxid”或“QQ号”；全部列名见 `qunkit formats roster_csv`。",
)
IS_CHAT = Text("is a chat, not a list of members.", "是聊天记录，不是成员名单。")
INGEST = Text(
    "`qunkit ingest` reads chats, and the members that they list.", "聊天记录及其中的成员请用 `qunkit ingest` 读取。"
)

_SURE = "wxid member_id platform_id uin qq号 qq号码 成员id 用户id 微信id 企业微信id"
"""Ids of nothing but people."""
_CONTACT = "userid external_userid"
"""Ids of people, in lists of contacts as well."""
_TIMES = "time date timestamp create_time str_time sent_at 时间 日期 发送时间 消息时间"
_SAID = "text content message messages msg 内容 消息 消息内容 聊天内容"
_CHAT = f"{_TIMES} {_SAID} type"
"""Columns of chats: a table that has one is not taken for a list of members unasked, nor asked if it has times and texts."""
_OF_LISTS = {"group_nickname", "role", "joined_at", "invited_by", "join_source"}
_OF_GROUPS = {"group_id", "group_name"}
_OF_CONTACTS = {"member_id", "nickname", "remark", "account"}
_WXID = re.compile(r"wxid_[-_A-Za-z0-9]+", re.ASCII)
_MOST, _LONGEST = 10, 20
"""So many columns of a strange table are shown, and so much of each."""
_BINARY = re.compile("[\0-\x08\x0e-\x1f\ufffd]")
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001
_EARLIEST, _LATEST = 915_148_800_000, 4_102_444_800_000

Row = dict[str, str | None]


def columns_of(headers: Iterable[str]) -> dict[str, str]:
    """Column of MEMBERS, or group_name → the header that means it."""
    found: dict[str, str] = {}
    for header in headers:
        name = _FIELDS.get(_folded(header))
        if name:
            found.setdefault(name, header)
    return found


def is_roster(headers: Iterable[str]) -> bool:
    """Whether these headers can be of nothing but a list of members of groups."""
    headers = list(headers)
    fields = set(columns_of(headers))
    groups = fields & _OF_GROUPS and _any(headers, _CONTACT)
    return _of_people(headers) and bool(fields & _OF_LISTS or groups or _any(headers, _SURE))


def is_contacts(headers: Iterable[str]) -> bool:
    """Whether these headers are of WeCom's people, of no group in particular."""
    headers = list(headers)
    return _of_people(headers) and _any(headers, _CONTACT) and not is_roster(headers)


def is_chat(headers: Iterable[str]) -> bool:
    """Whether a column is one of chats."""
    return _any(list(headers), _CHAT)


def read(source: Source) -> Iterator[Batch]:
    """The members of a table in any container. A row of nobody is a reject, and so is one whose join time cannot be read.

    Facts: ``group`` is the group's id or name, ``at`` when the list was made.

    Raises:
        UnreadableExport: no column is known, it is a chat, or nothing says which group it is.
    """
    headers = _headers(source)
    columns = columns_of(headers)
    if not columns.keys() & {"member_id", "nickname", "group_nickname"}:
        raise UnreadableExport(path=source.label, why=_strange(headers, tables.header(source)), hint=NEEDED)
    if _any(headers, _TIMES) and _any(headers, _SAID):
        raise UnreadableExport(path=source.label, why=IS_CHAT, hint=INGEST)
    group = _group(source)
    if not group and not columns.keys() & _OF_GROUPS:
        raise UnreadableExport(path=source.label, why=GROUPLESS, hint=USE_ROSTER)
    joined = columns.get("joined_at")
    order = order_of(_texts(source, joined)) if joined else None
    made = _moment(source.options.get("at"))
    for records, rows in _rows(source, columns):
        members = [_member(row) | group | {"complete": True, "seen_at": made} for row in rows]
        times, unread = _joined(records, joined, order)
        for member, time in zip(members, times, strict=True):
            member["joined_at"] = time
        strange = [not (one["member_id"] and (one.get("group_id") or one.get("group_name"))) for one in members]
        yield _batch(records, members, np.array(strange, np.bool_), unread)


def read_contacts(source: Source) -> Iterator[Batch]:
    """The people of a table of contacts, who are of no group in particular."""
    columns = {name: header for name, header in columns_of(_headers(source)).items() if name in _OF_CONTACTS}
    for records, rows in _rows(source, columns):
        members = [_member(row) | {"contact": True} for row in rows]
        strange = np.array([row.get("member_id") is None for row in rows], np.bool_)
        yield _batch(records, members, strange, np.zeros(len(rows), np.bool_))


def _batch(
    records: Records, members: list[dict[str, object]], strange: npt.NDArray[np.bool_], unread: npt.NDArray[np.bool_]
) -> Batch:
    """The members without the strange ones, and an account of all rows."""
    records = records.without(strange, "bad-record").without(unread[~strange], "bad-time")
    records = records.framed(np.ones(len(records.offsets), np.bool_))
    kept = [member for member, is_strange in zip(members, strange, strict=True) if not is_strange]
    return Batch(raw_batch(np.empty(0, np.int64)), records.rejects, records.framing, kept)


def own_group(source: Source) -> str | None:
    """The column, or the member of a JSON document, that says the group; None if the list does not say it."""
    found = columns_of([*source.head.top, *_headers(source)])
    return next((found[name] for name in ("group_name", "group_id") if name in found), None)


def _strange(headers: Sequence[str], told: Sequence[str]) -> Text:
    """Why a table of these columns is no list of members. `told`: those that are names for sure, and not what somebody said."""
    if not headers or _BINARY.search(" ".join(headers)):
        return NO_TABLE
    shown = [name if len(name) <= _LONGEST else name[:_LONGEST] + "…" for name in told[:_MOST]]
    shown += ["…"] if len(told) > _MOST else []
    if not shown:
        return Text("is no list of members: no column says who.", "不是成员名单：没有成员名称或 id 列。")
    return Text(
        f"is no list of members: no column says who. It has: {', '.join(shown)}.",
        f"不是成员名单：没有成员名称或 id 列。文件中的列：{'、'.join(shown)}。",
    )


def _headers(source: Source) -> Sequence[str]:
    """The column names; in a workbook they may stand below a title."""
    rows = [row for sheet in source.head.sheets.values() for row in sheet]
    return max(rows, key=lambda row: len(columns_of(row))) if rows else tables.names(source, key=KEY)


def _texts(source: Source, column: str) -> Iterator[str | None]:
    for records in tables.read_rows(source, [column], key=KEY):
        yield from records[column].to_pylist()


def _group(source: Source) -> dict[str, object]:
    """The group of the whole list, where it is one group's."""
    if "group" in source.options:
        return {"group_id": None, "group_name": source.options["group"]}
    told = columns_of(source.head.top)
    return {name: str(source.head.top[told[name]]) for name in told if name in _OF_GROUPS}


def _rows(source: Source, columns: dict[str, str]) -> Iterator[tuple[Records, list[Row]]]:
    """The rows, blanks around values and empty values left out; rows without any value are framing."""
    for records in tables.read_rows(source, list(columns.values()), key=KEY):
        values = [[(text or "").strip() or None for text in records[header].to_pylist()] for header in columns.values()]
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]
        empty = np.array([not any(row.values()) for row in rows], np.bool_)
        yield records.framed(empty), [row for row in rows if any(row.values())]


def _member(row: Row) -> dict[str, object]:
    """A row of MEMBERS without its times. Who has no id goes by the name, as senders without ids do."""
    account, name = row.get("account"), row.get("nickname") or row.get("group_nickname")
    wxid = account if account and _WXID.fullmatch(account) else None
    inviter = row.get("invited_by")
    is_id = inviter and _WXID.fullmatch(inviter)
    return {
        **row,
        "member_id": row.get("member_id") or wxid or (f"name:{nfc(name)}" if name else None),
        "role": _ROLES.get(_folded(row.get("role") or "")),
        "join_source": _JOIN_SOURCES.get(_folded(row.get("join_source") or "")),
        "invited_by": f"name:{nfc(inviter)}" if inviter and not is_id else inviter,
    }


def _joined(records: Records, header: str | None, order: Order | None) -> tuple[list[object], npt.NDArray[np.bool_]]:
    """When each joined, as `_moment` says it, and where that cannot be read."""
    if not header:
        return [None] * len(records.offsets), np.zeros(len(records.offsets), np.bool_)
    texts = filled(pc.utf8_trim_whitespace(records[header]))
    times = read_times(texts, order)
    read = pc.and_(pc.greater_equal(times.milliseconds, _EARLIEST), pc.less(times.milliseconds, _LATEST))
    read = pc.fill_null(read, False)
    told = zip(times.milliseconds.to_pylist(), times.is_wall.to_pylist(), read.to_pylist(), strict=True)
    found = [_told(time, is_wall) if is_read else None for time, is_wall, is_read in told]
    unread: npt.NDArray[np.bool_] = pc.and_(pc.is_valid(texts), pc.invert(read)).to_numpy(zero_copy_only=False)
    return found, unread


def _moment(text: str | None) -> object:
    """A time as milliseconds since 1970, or as the naive time of a wall clock; None if it is none."""
    times = read_times(pa.array([text], pa.string()))
    time = times.milliseconds[0].as_py()
    return None if time is None else _told(time, times.is_wall[0].as_py())


def _told(time: int, is_wall: bool) -> object:
    return _EPOCH + timedelta(milliseconds=time) if is_wall else time


def _of_people(headers: list[str]) -> bool:
    fields = columns_of(headers).keys()
    return "member_id" in fields and bool(fields & {"nickname", "group_nickname"}) and not _any(headers, _CHAT)


def _any(headers: Sequence[str], words: str) -> bool:
    return bool({_folded(header) for header in headers} & {_folded(word) for word in words.split()})


def _folded(header: str) -> str:
    """A header without what does not count."""
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", header).casefold())


_FIELDS = {_folded(word): name for name, words in NAMES.items() for word in words.split()}
_ROLES = {_folded(word): role for role, words in ROLES.items() for word in words.split()}
_JOIN_SOURCES = {_folded(word): source for source, words in JOIN_SOURCES.items() for word in words.split()}
