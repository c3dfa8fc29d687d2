"""chatlog (sjzar/chatlog) JSON.

One array, here with line breaks:

    [{"seq": 1732982302000, "time": "2024-11-30T23:58:22+08:00", "talker": "58192034417@chatroom", "talkerName": "周末群",
      "isChatRoom": true, "sender": "wxid_aaa", "senderName": "凯文", "isSelf": false, "type": 1, "subType": 0, "content": "欢迎新朋友"},
     {"seq": 1732982408000, "time": "2024-12-01T00:00:08+08:00", …, "sender": "wxid_aaa", "type": 49, "subType": 57, "content": "有,还差2个",
      "contents": {"refer": {"time": "2024-11-30T23:58:50+08:00", "sender": "wxid_me", "senderName": "阿岚", "content": "本周路线"}}}]

Kept: instants, ids of members and group, whose export it is, types, what a reply quotes and when that was sent, ids in most lines about
who joined.

Lost: message ids (``seq`` is the time with a running number), relays, announcements, titles of mini programs, who patted whom in WeChat 4,
and the words of red packets, contact cards and calls.

chatlog cuts the owner's own messages at the first line that ends in a colon and takes what is before it for the sender. They are
put together again.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("chatlog JSON", "chatlog JSON")
HOW = Text(
    "With `chatlog server` running, open "
    "`http://127.0.0.1:5030/api/v1/chatlog?time=2024-11-30~2024-12-01&talker=58192034417@chatroom&format=json` and "
    "save the page.",
    "运行 `chatlog server`，打开 "
    "`http://127.0.0.1:5030/api/v1/chatlog?time=2024-11-30~2024-12-01&talker=58192034417@chatroom&format=json` "
    "并保存页面。",
)

_OWN = {"sender": "string", "senderName": "string", "isSelf": "bool"}
_COLUMNS = {
    "time": "string",
    "talker": "string",
    "talkerName": "string",
    "sender": "string",
    "senderName": "string",
    "isSelf": "bool",
    "type": "int64",
    "subType": "int64",
    "content": "string",
}
_WORDLESS = ("text", "system")
_ROOM = "@chatroom"


def sniff(head: Head) -> bool:
    """An array of messages with seq, talker and isChatRoom."""
    return head.text.lstrip().startswith("[") and {"seq", "talker", "isChatRoom", "sender"} <= set(head.first or ())


def read(source: Source) -> Iterator[Batch]:
    """The messages, of every chat in the file."""
    from qunkit.parsing.json_array import JsonArray

    owner = cache(lambda: _owner(source))
    for records in JsonArray(source, _COLUMNS):
        yield _batch(records, owner)


def _owner(source: Source) -> str | None:
    """Id of the exporting account: the one that most of its messages have, first of all those that show a name."""
    import pyarrow.compute as pc

    from qunkit.chat.chatlog_wording import is_cut
    from qunkit.parsing.json_array import JsonArray

    named, said = Counter[str](), Counter[str]()
    for records in JsonArray(source, _OWN):
        own = records.rows.filter(pc.and_(records["isSelf"], pc.invert(is_cut(records["sender"]))))
        for sender, name in zip(own["sender"].to_pylist(), own["senderName"].to_pylist(), strict=True):
            said[sender or ""] += 1
            named[sender or ""] += bool(name)
    return min(said, key=lambda one: (-named[one], -said[one], one)) if said else None


def _batch(records: Records, owner: Callable[[], str | None]) -> Batch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.chatlog_wording import NOTICE
    from qunkit.chat.kinds import wechat_kinds
    from qunkit.parsing.csv import filled

    records, epoch = records.timed(_instants(records["time"]))
    sender, content = filled(records["sender"]), records["content"]
    notice, cut = pc.fill_null(pc.equal(sender, NOTICE), False), _is_cut(records, owner)
    nothing = pa.scalar(None, pa.string())
    kind = wechat_kinds(records["type"], records["subType"])
    columns = {
        "kind": pc.if_else(notice, "system", kind),
        "text": pc.if_else(cut, pc.binary_join_element_wise(sender, content, ":\n"), content),
    }
    _undo(columns, records, cut)
    nobody = pc.or_(pc.or_(notice, cut), pc.fill_null(pc.ends_with(sender, _ROOM), False))
    type_ = pc.binary_join_element_wise(
        records["type"].cast(pa.string()), pc.fill_null(records["subType"], 0).cast(pa.string()), "/"
    )
    return records.batch(
        epoch=epoch,
        group_id=filled(records["talker"]),
        group_name=filled(records["talkerName"]),
        sender_id=pc.if_else(nobody, nothing, sender),
        sender_name=pc.if_else(nobody, nothing, filled(records["senderName"])),
        native_type=type_,
        from_me=records["isSelf"],
        **columns,
    )


def _instants(times: pa.Array) -> pa.Array:
    """RFC 3339 with a zone as milliseconds since 1970 UTC, null where it is none."""
    import pyarrow as pa

    try:
        return times.cast(pa.timestamp("ms", "UTC")).cast(pa.int64())
    except pa.ArrowInvalid:
        from qunkit.chat.chatlog_wording import instant

        return pa.array([instant(time or "") for time in times.to_pylist()], pa.int64())


def _is_cut(records: Records, owner: Callable[[], str | None]) -> pa.Array:
    """Whether the sender is the first line of a message of the owner's: no id, or not the owner's and without a name."""
    import pyarrow.compute as pc

    from qunkit.chat.chatlog_wording import is_cut

    sender, own = records["sender"], pc.fill_null(records["isSelf"], False)
    no_id = is_cut(sender)
    nameless = pc.and_(
        pc.not_equal(pc.fill_null(sender, ""), ""), pc.equal(pc.fill_null(records["senderName"], ""), "")
    )
    doubtful = pc.and_(pc.and_not(own, no_id), nameless)
    if pc.any(doubtful).as_py():
        doubtful = pc.and_(doubtful, pc.not_equal(sender, owner() or ""))
    return pc.and_(own, pc.or_(no_id, doubtful))


def _undo(columns: dict[str, pa.Array], records: Records, cut: pa.Array) -> None:
    """Take the words of cards out of `contents`. Texts and notices have none, and of a card that was cut chatlog made nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.chatlog_wording import TOLD, from_contents
    from qunkit.chat.columns import put
    from qunkit.parsing.json_rows import RECORD, loads

    kind = columns["kind"]
    rows = pc.indices_nonzero(pc.invert(pc.or_(cut, pc.is_in(kind, value_set=pa.array([*_WORDLESS, None])))))
    told = zip(*(column.take(rows).to_pylist() for column in (kind, columns["text"], records[RECORD])), strict=True)
    mixed = records.source.encoding == "mixed"
    found = [from_contents(what, text, loads(record, mixed).get("contents")) for what, text, record in told]
    for name, type_ in TOLD.items():
        column = columns.get(name, pa.nulls(len(kind), type_))
        columns[name] = put(column, rows, [getattr(wording, name) for wording in found])
