"""WeFlow HTML.

`<group>.html` holds a script with one message a line:

    <script>window.WEFLOW_DATA = [
    {"i":2,"t":1732982302,"s":0,"a":"K","b":"<div class=\\"sender-name\\">Kevin Zhao</div><div class=\\"message-text\\">欢迎新朋友</div>","p":"2755705033944784198"},
    {"i":3,"t":1732982330,"s":1,"a":"阿","b":"<div class=\\"message-text\\">几点?</div>","p":"2793538709238718621","r":"2755705033944784198"}
    ];</script>

Kept: message ids, ids of quoted messages, shown names, instants, texts, the whole of 接龙, the words and the sender of what a reply quotes.

Lost by the exporter: ids of members, the type of most cards, captions of red packets, names of contact cards and video channels, who joined
in structured join notices (``$names$`` stays unfilled), who patted whom. Notices stand under the group's name.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("WeFlow HTML", "WeFlow HTML")
HOW = Text(
    "In WeFlow choose the group and export it as HTML. Keep the name of the file: only it says which group this is.",
    "在 WeFlow 中选择群聊，导出为 HTML。不要改文件名：只有文件名说明是哪个群。",
)

_VARIABLE = "window.WEFLOW_DATA"
_COLUMNS = {"t": "double", "s": "bool", "b": "string", "p": "string", "r": "string"}


def sniff(head: Head) -> bool:
    """A page with WeFlow's variable."""
    page = head.text.lstrip()[:16].lower().startswith(("<!doctype html", "<html"))
    return page and f"{_VARIABLE} =" in head.text


def read(source: Source) -> Iterator[Batch]:
    """The messages."""
    import numpy as np

    from qunkit.chat.weflow_wording import chat_of
    from qunkit.parsing.json_array import JsonArray
    from qunkit.parsing.places import raw_batch
    from qunkit.parsing.script import json_value

    chat = chat_of(source.parts[-1]) if source.parts else ""
    value, none = json_value(source, _VARIABLE), np.empty(0, np.int64)
    first, last = source.original(value).tolist()
    yield Batch(raw_batch(none), framing=[(0, first)] if first else [])
    if first < last:
        for records in JsonArray(source, _COLUMNS, part=(int(value[0]), int(value[1]))):
            yield _batch(records, chat)
    if last < source.size:
        yield Batch(raw_batch(none), framing=[(last, source.size)])


def _batch(records: Records, chat: str) -> Batch:
    import pyarrow.compute as pc

    from qunkit.chat.weflow_page import columns
    from qunkit.parsing.csv import filled
    from qunkit.parsing.json_rows import instants

    records, epoch = records.timed(instants(records["t"]))
    own = pc.fill_null(records["s"], False)
    return records.batch(
        epoch=epoch,
        group_name=chat,
        native_id=filled(records["p"]),
        quote_id=filled(records["r"]),
        from_me=own,
        **columns(pc.fill_null(records["b"], ""), own, chat),
    )
