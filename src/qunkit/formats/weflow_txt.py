"""WeFlow text.

It writes `<group>.txt`. A message is a line with its time and its sender in single quotes, then its words, then an empty line:

    2024-11-30 23:58:22 'Kevin Zhao'
    欢迎新朋友

    2024-12-01 00:00:08 '阿岚'
    有,还差2个[引用 阿岚-领队：还有空位吗]

    2024-12-01 00:10:10 '周末群'
    "小刘" 撤回了一条消息

Kept: times to the second (of the exporting computer's clock), texts, the whole of 接龙, quoted words and their sender, and one name of every
sender: WeFlow has an option for remarks, nicknames or group nicknames. Notices stand under the group's name. In a private chat the account's own
messages are those of ``我``.

Lost by the exporter: ids of members and messages, what was sent as image, voice, video or sticker, captions of red packets, names of contact
cards and video channels, who joined in structured join notices (``$names$`` stays unfilled), who patted whom. JSON keeps more.

Text without a header is rejected. A line that looks like a header is text if no empty line is before it, or if its time is before
that of the last message: a chat pasted into a message.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.places import Records
    from qunkit.parsing.source import Source

TITLE = Text("WeFlow text", "WeFlow TXT")
HOW = Text(
    "In WeFlow choose the group and export it as TXT. Keep the name of the file: only it says which group this is.",
    "在 WeFlow 中选择群聊，导出为 TXT。不要改文件名：只有文件名说明是哪个群。",
)

_HEADER = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} (.*)")
_OWNER = "我"


def sniff(head: Head) -> bool:
    """Begins with a header line; most header lines behind an empty line have their name in single quotes."""
    text = head.text.lstrip("\r\n")
    if not _HEADER.fullmatch(text.partition("\n")[0].rstrip("\r")):
        return False
    lines = [line.rstrip("\r") for line in text.split("\n")]
    behind_blank = zip(["", *lines], lines, strict=False)
    names = [str(match[1]) for before, line in behind_blank if not before and (match := _HEADER.fullmatch(line))]
    return 2 * sum(len(name) > 1 and name[0] == name[-1] == "'" for name in names) > len(names)


def read(source: Source) -> Iterator[Batch]:
    """The messages, in batches of a block each. Sender ids and message ids are null: the file has none."""
    from qunkit.chat.weflow_wording import chat_of
    from qunkit.parsing.stamps import Stamp
    from qunkit.parsing.text import segment

    chat = chat_of(source.parts[-1]) if source.parts else ""
    for records in segment(source, Stamp(followers=(b" '",), closing=b"'")):
        yield Batch(_messages(records, chat), records.rejects, records.framing, suspects=records.refused)


def _messages(records: Records, chat: str) -> pa.RecordBatch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.weflow_wording import senders, untold
    from qunkit.parsing.places import lines, raw_batch, strings

    places = lines(records)
    shown = strings(records.data, places.head + 2, places.head_end - 1)
    own = pc.equal(shown, _OWNER)
    return raw_batch(
        records.offset,
        wall=pa.array(records.wall, pa.timestamp("ms")),
        group_name=chat,
        sender_name=senders(shown, chat),
        from_me=pc.if_else(own, own, pa.scalar(None, pa.bool_())),
        **untold(strings(records.data, places.body, places.body_end)),
    )
