"""MemoTrace (WeChatMsg) JSON beside the HTML page, version 3.x.

`聊天记录/<chat>(<room id>)/<chat>.html.json` holds the messages of the page, and more of each:

    [{"type": "1", "is_send": false, "timestamp": 1732982302, "server_id": "2755705033944784198",
      "display_name": "凯文", "avatar_src": "", "xml_dict": {}, "text": "欢迎新朋友"},
     {"type": "244813135921", "is_send": false, "timestamp": 1732982408, "server_id": "1695560838454876846",
      "display_name": "凯文", "avatar_src": "", "xml_dict": {"msg": {"appmsg": {"title": "有", "refermsg": {"svrid": "2793…"}}}},
      "text": "有", "quote_server_id": "2793…", "quote_type": 1, "quote_text": "阿岚: 本周路线"}]

Kept: message ids, instants, shown names, texts, the whole XML of cards: the quoted message's id, sender and words, even where it is not in the
export; the body of 接龙 and of announcements; who patted whom; structured notices with ids.

Lost: ids of senders (but of who pats), and the words of pats of WeChat 4.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("MemoTrace (WeChatMsg) 3.x JSON beside the HTML page", "留痕 MemoTrace（WeChatMsg）3.x 网页旁的 JSON")
HOW = Text(
    "In MemoTrace 3 (留痕): 打开群聊 → 导出 → HTML. Take `<chat>.html.json` beside the page, in the folder it writes: "
    "only that folder's name has the group's id.",
    "在留痕（MemoTrace）3 中打开群聊 → 导出 → HTML。导入网页旁的 `<群名>.html.json`，并保留它写出的文件夹："
    "只有文件夹名里有群 id。",
)

_COLUMNS = {
    "type": "string",
    "is_send": "bool",
    "timestamp": "double",
    "server_id": "string",
    "display_name": "string",
    "text": "string",
}


def sniff(head: Head) -> bool:
    """An array of records with MemoTrace's names."""
    return {"server_id", "display_name", "xml_dict", "timestamp"} <= set(head.first or {})


def read(source: Source) -> Iterator[Batch]:
    """The messages."""
    from qunkit.chat.memotrace_wording import group_of
    from qunkit.parsing.json_array import JsonArray

    group_id, group_name = group_of(source.parts, ".html.json", ".json")
    for records in JsonArray(source, _COLUMNS):
        yield _batch(records, group_id, group_name)


def _batch(records: Records, group_id: str | None, group_name: str | None) -> Batch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.kinds import wechat_kinds
    from qunkit.parsing.csv import filled, numbers
    from qunkit.parsing.json_rows import instants

    records, epoch = records.timed(instants(records["timestamp"]))
    code = records["type"]
    columns = {
        "native_id": filled(pc.replace_substring_regex(records["server_id"], "^0$", "")),
        "sender_name": filled(records["display_name"]),
        "native_type": filled(code),
        "kind": wechat_kinds(numbers(code), pa.nulls(len(code), pa.int64())),
        "text": records["text"],
        "from_me": records["is_send"],
    }
    _look_closer(columns, records)
    return records.batch(epoch=epoch, group_id=group_id, group_name=group_name, **columns)


def _look_closer(columns: dict[str, pa.Array], records: Records) -> None:
    """Take what is no plain text from the whole record."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.chat.columns import put
    from qunkit.chat.memotrace_record import TOLD, told_by
    from qunkit.parsing.json_rows import RECORD
    from qunkit.schema import RAW

    rows = pc.indices_nonzero(pc.invert(pc.fill_null(pc.equal(columns["kind"], "text"), False)))
    mixed = records.source.encoding == "mixed"
    found = [told_by(_record(raw, mixed)) for raw in records[RECORD].take(rows).to_pylist()]
    for name in TOLD:
        column = columns.get(name, pa.nulls(len(records.offsets), RAW.arrow.field(name).type))
        columns[name] = put(column, rows, [told[name] for told in found])


def _record(raw: bytes, mixed: bool) -> dict[str, object]:
    """A record in Python's types; an empty one if it is too deep for that."""
    from qunkit.parsing.json_rows import loads

    try:
        record = loads(raw, mixed)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}
