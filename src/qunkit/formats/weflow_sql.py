"""WeFlow SQL for PostgreSQL.

It writes `<group>.sql`, a table and one INSERT a message:

    BEGIN;
    CREATE TABLE IF NOT EXISTS weflow_messages (…);
    INSERT INTO weflow_messages (session_id, local_id, message_id, create_time, sender, is_send, local_type, media_type, content, media_path)
      VALUES ('58192034417@chatroom', '2', '2755705033944784400', 1732982302, 'wxid_aaa', FALSE, 1, NULL, '欢迎新朋友', NULL);
    COMMIT;

Each INSERT is on one line but for line ends within texts (the second line above belongs to the first).

Kept: group id, sender ids, instants, types, texts, the whole of 接龙, the words and the shown sender of what a reply quotes.

Lost by the exporter: the last digits of message ids (they are rounded, and joined with exact ones of other exports where the group, the
second and the rounded number agree), names of senders, captions of red packets, names of contact cards and video channels, who joined in
structured join notices (``$names$`` stays unfilled), who patted whom.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("WeFlow SQL", "WeFlow SQL")
HOW = Text(
    "In WeFlow choose the group and export it as PostgreSQL. Keep the name of the file: only it says what this group "
    "is called.",
    "在 WeFlow 中选择群聊，导出为 PostgreSQL。不要改文件名：只有文件名里有群名。",
)

_TABLE = "weflow_messages"
_COLUMNS = ("session_id", "message_id", "create_time", "sender", "is_send", "local_type", "content")
_BEGIN = re.compile(r"\s*(?:BEGIN|CREATE|INSERT)\b")
_STATEMENT = re.compile(rf"^(?:CREATE TABLE IF NOT EXISTS|INSERT INTO) {_TABLE} \(", re.MULTILINE)


def sniff(head: Head) -> bool:
    """SQL that makes or fills WeFlow's table."""
    return _BEGIN.match(head.text) is not None and _STATEMENT.search(head.text) is not None


def read(source: Source) -> Iterator[Batch]:
    """The messages."""
    from qunkit.chat.weflow_wording import chat_of
    from qunkit.parsing.sql_inserts import read_inserts

    chat = chat_of(source.parts[-1]) if source.parts else None
    for records in read_inserts(source, _TABLE, _COLUMNS):
        yield _batch(records, chat)


def _batch(records: Records, chat: str | None) -> Batch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.weflow_wording import kinds, notices, told
    from qunkit.parsing.csv import filled, numbers
    from qunkit.parsing.json_rows import instants

    records, epoch = records.timed(instants(numbers(records["create_time"]).cast(pa.float64(), safe=False)))
    code, sender, room = numbers(records["local_type"]), filled(records["sender"]), filled(records["session_id"])
    kind = kinds(code, pa.nulls(len(code), pa.string()))
    notice = notices(kind, sender, room)
    return records.batch(
        epoch=epoch,
        group_id=room,
        group_name=chat,
        native_id=filled(records["message_id"]),
        sender_id=pc.if_else(notice, pa.scalar(None, pa.string()), sender),
        native_type=records["local_type"],
        from_me=pc.equal(pc.utf8_upper(records["is_send"]), "TRUE"),
        **told(kind, records["content"]),
    )
