"""PyWxDump CSV, of all versions since 2.4.

`export/58192034417@chatroom/58192034417@chatroom_0_5000.csv`, a file for every 5000 messages:

    id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime
    2,2755705033944784198,文本,0,wxid_aaa,58192034417@chatroom,欢迎,,2024-11-30 23:58:22
    10,2876341355155756065,引用回复,0,wxid_aaa,58192034417@chatroom,"有,还差2个

    [引用](2024-11-30 23:58:50)阿岚:本周路线",,2024-12-01 00:00:08

Until August 2024 the columns msg and src were one, ``content``, with ``{"src": "", "msg": "欢迎"}``.

Kept: ids of messages, members and group, whose export it is, what a reply quotes and when that was sent. Times are those of the
exporting computer's clock.

Lost: names (see `pywxdump_users_json`), names of files, mini programs and videos, relays, announcements, red packets.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.parsing.csv_walk import columns_of
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("PyWxDump CSV", "PyWxDump CSV")
HOW = Text(
    "In PyWxDump (wxdump ui): 聊天导出 → choose the group → CSV. Give the whole folder it writes: only its "
    "`users.json` holds names.",
    "在 PyWxDump（wxdump ui）中：聊天导出 → 选择群聊 → CSV。导入它写出的整个文件夹：只有其中的 `users.json` 有名称。",
)

_COLUMNS = ("MsgSvrID", "type_name", "is_sender", "talker", "room_name", "CreateTime")
_WORDS = ("msg", "src", "content")
_STARTS = re.compile(
    rb'"?\d{1,9}"?[,;\t]"?\d[\d.E+]{0,20}"?[,;\t](?:"[^"\n]{1,60}"|[^,;\t\n"]{1,60})[,;\t]"?[01]"?[,;\t]', re.ASCII
)

_TIME = len("2024-11-30 23:58:22")


def sniff(head: Head) -> bool:
    """The header names PyWxDump's columns, of either generation."""
    names = set(columns_of(head.text))
    return names.issuperset(_COLUMNS) and not names.isdisjoint(("msg", "content"))


def read(source: Source) -> Iterator[Batch]:
    """The messages of one page. Names are null: the file has none."""
    from qunkit.parsing.csv import read_records

    old = "msg" not in columns_of(source.head.text)
    for records in read_records(source, columns=(*_COLUMNS, *_WORDS), starts_record=_STARTS):
        records = _without_cut_time(records)
        yield _batch(_parted(records) if old else records)


def _without_cut_time(records: Records) -> Records:
    """Without a last record whose time is cut off: what is left of it may look like another time."""
    end = records.source.size
    last = records.ends == end
    if last.any() and b"\n" not in records.source.raw(end - 2, end):
        return records.without(last & (len(records["CreateTime"][-1].as_py() or "") < _TIME), "truncated-tail")
    return records


def _parted(records: Records) -> Records:
    """With the members of `content` as columns."""
    import numpy as np
    import pyarrow as pa

    found = [_object(content) for content in records["content"].to_pylist()]
    records = records.without(np.array([one is None for one in found], np.bool_), "bad-json")
    for name in ("msg", "src"):
        column = pa.array([_text(one.get(name)) for one in found if one is not None], pa.string())
        records.rows = records.rows.set_column(records.rows.schema.get_field_index(name), name, column)
    return records


def _object(content: str | None) -> dict[str, object] | None:
    try:
        value = json.loads(content or "")
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _text(value: object) -> str | None:
    """A string; of anything else, what Python writes of it, as in the later generation."""
    text = value if value is None or isinstance(value, str) else repr(value)
    return text and text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _batch(records: Records) -> Batch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.pywxdump_wording import columns
    from qunkit.parsing.csv import wall_clock

    records, wall = records.timed(wall_clock(records["CreateTime"]))
    flag, place = records["is_sender"], records["src"]
    from_me = pc.if_else(
        pc.is_in(flag, value_set=pa.array(["0", "1"])), pc.equal(flag, "1"), pa.scalar(None, pa.bool_())
    )
    return records.batch(wall=wall, from_me=from_me, **columns(records.rows, lambda rows: place.take(rows).to_pylist()))
