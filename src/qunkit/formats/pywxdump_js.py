"""PyWxDump HTML: the messages are in `data.js` beside the page, which only shows them.

Three variables, one a line:

    localStorage.setItem('isUseLocalData', 't')
    const local_mywxid = 'wxid_me0001aaaa11'
    const local_user_list = {"wxid_aaa": {"wxid": "wxid_aaa", "nickname": "Kevin", "remark": "", "account": "", "extra": null}}
    const local_msg_list = [{"id": 2, "MsgSvrID": "2755705033944784198", "type_name": "文本", "is_sender": 0, "talker": "wxid_aaa", …}]

Kept: ids of messages, members and group, names of members, whose export it is, what a reply quotes and when that was sent. Times are those of
the exporting computer's clock.

Lost: names of files, mini programs and videos, relays, announcements, red packets.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("PyWxDump HTML (data.js)", "PyWxDump HTML（data.js）")
HOW = Text(
    "In PyWxDump (wxdump ui): 聊天导出 → choose the group → HTML. Give the `data.js` of the folder it writes, or the "
    "folder.",
    "在 PyWxDump（wxdump ui）中：聊天导出 → 选择群聊 → HTML。导入它写出的文件夹，或其中的 `data.js`。",
)

_BEGIN = re.compile(
    r"\s*(?:localStorage\.setItem\(['\"]isUseLocalData|(?:const|let|var)\s+local_(?:mywxid|user_list|msg_list)\b)"
)
_STATEMENT = re.compile(rb"(?m)^(?:(?:const|let|var)[ \t]{1,9}(local_\w{1,40})[ \t]{0,9}=[ \t]{0,9}|[A-Za-z/])")
_REACH = 256
"""More than the begin of a statement, and than what stands behind its value."""
_BEHIND = b"; \t\r\n"
_ID = re.compile(r"[A-Za-z][-_A-Za-z0-9]{4,63}", re.ASCII)
_CAP = 64 << 20
"""Longest list of people."""

_Span = tuple[int, int]


def sniff(head: Head) -> bool:
    """A script that begins with PyWxDump's variables."""
    return _BEGIN.match(head.text) is not None


def read(source: Source) -> Iterator[Batch]:
    """The people, then the messages."""
    import numpy as np

    from qunkit.chat.pywxdump_people import groups, members
    from qunkit.chat.pywxdump_wording import asked, batch
    from qunkit.parsing.json_array import JsonArray
    from qunkit.parsing.places import raw_batch

    values, size = _values(source)
    people, owner = _people(source, values.get("local_user_list")), _owner(source, values.get("local_mywxid"))
    begin, end = values.get("local_msg_list", (size, size))
    first, last = source.original(np.array([begin, end], np.int64)).tolist()
    yield Batch(raw_batch(np.empty(0, np.int64)), framing=[(0, first)] if first else [], members=members(people))
    if begin == end:
        return
    for records in JsonArray(source, asked({}), part=(begin, end)):
        yield batch(records, owner, groups(people))
    if last < source.size:
        yield Batch(raw_batch(np.empty(0, np.int64)), framing=[(last, source.size)])


def _values(source: Source) -> tuple[dict[str, _Span], int]:
    """Where in the text the value of each variable stands, and where the text ends. A value reaches to the next statement."""
    values: dict[str, _Span] = {}
    name, begin, done, base, data = b"", 0, 0, 0, b""
    for block in chain((block for _, block in source.blocks()), [b""]):
        data += block
        upto = base + len(data) - (_REACH if block else 0)
        statements = [
            (base + found.start(), base + found.end(), found[1] or b"") for found in _STATEMENT.finditer(data)
        ]
        statements += [] if block else [(base + len(data), 0, b"")]
        for start, value, following in statements:
            if done <= start < upto or (not block and start == upto):
                behind = len(data[max(start - base - _REACH, 0) : start - base].rstrip(_BEHIND))
                end = max(start - base - _REACH, 0) + base + behind
                values.setdefault(name.decode(), (begin, max(begin, end)))
                name, begin = following, value
        done = max(done, upto)
        kept = max(done - base - _REACH, 0)
        data, base = data[kept:], base + kept
    return values, base + len(data)


def _text(source: Source, span: _Span | None) -> str:
    """The value of a variable; nothing if it has none, or is too long."""
    from qunkit.parsing.json_window import clipped

    if span is None or span[1] - span[0] > _CAP:
        return ""
    return b"".join(block for _, block in clipped(source.blocks(), *span)).decode("utf-8", "replace")


def _people(source: Source, span: _Span | None) -> dict[str, object]:
    try:
        people = json.loads(_text(source, span))
    except (ValueError, RecursionError):
        return {}
    return people if isinstance(people, dict) else {}


def _owner(source: Source, span: _Span | None) -> str | None:
    """Id of the exporting account, if PyWxDump was told it."""
    said = _text(source, span).strip("\"'")
    return said if _ID.fullmatch(said) else None
