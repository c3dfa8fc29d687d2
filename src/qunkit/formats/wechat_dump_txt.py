"""wechat-dump text, from Android.

One message a line, unless its text has several: its type number, who wrote it (`me`: the owner of the phone), when, and what:

    1|小刘:2015-03-08 12:47:05:明天几点
    1|me:2015-03-08 12:48:11:七点
    东门
    3|小刘:2015-03-08 12:49:00:|img:th_5eb63bbbe01eeed093cb22bb8f5acdc3

Kept: type, shown names, texts, the time to the second by the clock of the computer (or as a number of seconds or
milliseconds since 1970, then exactly), names of pictures. The group's name is the file's.

Lost: ids of members and messages, and which words of a notice are names.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.headed import Headed
    from qunkit.parsing.source import Source

TITLE = Text("wechat-dump text", "wechat-dump TXT")
HOW = Text(
    "With wechat-dump (ppwwyyxx/wechat-dump, for Android) run `./dump-msg.py decrypted.db output_dir`. It writes "
    "`<chat>.txt` for every chat.",
    "用 wechat-dump（ppwwyyxx/wechat-dump，适用于 Android）运行 `./dump-msg.py decrypted.db output_dir`，"
    "每个聊天写出一个 `<群名>.txt`。",
)

_HEADER = (
    r"^(?P<type>-?\d{1,18})\|(?P<name>[^\n]*?):"
    r"(?:(?P<wall>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d{1,6})?|(?P<seconds>\d{10})(?P<thousandths>\d{3})?):"
)
_FOUND = re.compile(_HEADER, re.ASCII)
_PICTURE = r"\|img:(?P<img>[^|\x00-\x1f\"\\]*)$"
_OWNER = "me"


def sniff(head: Head) -> bool:
    """Begins with a number, a name and a time."""
    return _FOUND.match(head.text.lstrip("\r\n")) is not None


def read(source: Source) -> Iterator[Batch]:
    """The messages. Ids are null: the file has none."""
    from qunkit.parsing.headed import Layout, headed

    layout = Layout(re.compile(rf"(?m){_HEADER}".encode()), time=_time, whole_line=False)
    for records in headed(source, layout):
        yield Batch(_messages(records), records.rejects, records.framing, suspects=records.refused)


def _time(header: re.Match[bytes], section: None) -> int | None:
    if header["seconds"]:
        return int(header["seconds"]) * 1000 + int(header["thousandths"] or 0)
    try:
        told = datetime.fromisoformat(header["wall"].decode()).replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(told.timestamp()) * 1000


def _messages(records: Headed) -> pa.RecordBatch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.kinds import wechat_kinds
    from qunkit.parsing.places import raw_batch

    code, name = records.group("type"), records.group("name")
    kind = wechat_kinds(code.cast(pa.int64()), pa.nulls(len(code), pa.int64()))
    notice, mine = pc.equal(kind, "system"), pc.equal(name, _OWNER)
    nothing = pa.scalar(None, pa.string())
    text, extra = _pictures(records.text())
    exact = pc.is_valid(records.group("seconds"))
    return raw_batch(
        records.offset,
        wall=pc.if_else(exact, pa.scalar(None, records.wall.type), records.wall),
        epoch=pc.if_else(exact, records.wall.cast(pa.int64()), pa.scalar(None, pa.int64())),
        native_type=code,
        kind=pc.if_else(pc.equal(kind, "other"), nothing, kind),
        sender_name=pc.if_else(pc.or_(notice, mine), nothing, name),
        from_me=pc.and_(mine, pc.invert(notice)),
        text=text,
        extra=extra,
    )


def _pictures(text: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The texts without the names of pictures at their end, and those names as JSON."""
    import pyarrow.compute as pc

    img = pc.struct_field(pc.extract_regex(text, _PICTURE), "img")
    extra = pc.binary_join_element_wise('{"img":"', img, '"}', "")
    return pc.replace_substring_regex(text, _PICTURE, ""), extra
