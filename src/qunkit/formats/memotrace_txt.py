"""MemoTrace (WeChatMsg) text, versions 2.x and 3.x.

Version 2 writes `data/聊天记录/<chat>/<chat>.txt`, version 3 `聊天记录/<chat>(<room id>)/<chat>.txt`. A message is a line with its time
and its sender, then its words, then an empty line:

    2024-11-30 23:58:22 凯文
    欢迎新朋友

    2024-12-01 00:00:08 阿岚
    有,还差2个
    引用：凯文: 还有空位吗

Notices stand on the header line in version 2, and alone below a time in version 3:

    2024-11-30 23:58:10 "凯文"邀请"小刘"加入了群聊

    2024-12-01 00:10:10
    "小刘" 撤回了一条消息

Kept: times to the second (of the exporting computer's clock), shown names, texts, quoted words, notices.

Lost: ids of members and messages, and what was sent as image, voice, video or sticker. Version 2 also leaves out every type it does
not know (relays, announcements, forwarded chats, …), the names of files, and what a quote of an image quotes. The export as CSV keeps more.

Text without a header is rejected. A line that looks like a header is text if no empty line is before it, or if its time is before
that of the last message: a chat pasted into a message.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from qunkit.chat.memotrace_wording import Wording
    from qunkit.parsing.places import Lines, Records
    from qunkit.parsing.source import Source

    Ints = npt.NDArray[np.int64]

TITLE = Text("MemoTrace (WeChatMsg) text, 2.x and 3.x", "留痕 MemoTrace（WeChatMsg）TXT，2.x 与 3.x")
HOW = Text(
    "In MemoTrace (留痕, also called WeChatMsg): 打开群聊 → 导出 → TXT. Keep the folder it writes: only its name says "
    "which group this is.",
    "在留痕（MemoTrace，又名 WeChatMsg）中打开群聊 → 导出 → TXT。保留它写出的文件夹：只有文件夹名说明是哪个群。",
)

_HEADER = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?: (.*))?")
_HELD = ("\n引用", "\n{'", "拍了拍")
_BEGUN = ("【", "            [链接]:title:")


class _Block(NamedTuple):
    """The records of a block, and what only they can tell who know the blocks before."""

    records: Records
    places: Lines
    shown: pa.StringArray
    """What follows the time."""
    one_line: npt.NDArray[np.bool_]
    """Whether that is a notice."""


def sniff(head: Head) -> bool:
    """Begins with a header line; most header lines follow an empty line and do not put the name in quotes, as WeFlow does."""
    text = head.text.lstrip("\r\n")
    if not _HEADER.fullmatch(text.partition("\n")[0].rstrip("\r")):
        return False
    lines = [line.rstrip("\r") for line in text.split("\n")]
    found = [
        (before, match) for before, line in zip(["", *lines], lines, strict=False) if (match := _HEADER.fullmatch(line))
    ]
    names = [match[1] or "" for before, match in found if not before]
    quoted = sum(len(name) > 1 and name[0] == name[-1] == "'" for name in names)
    return 2 * len(names) > len(found) and 2 * quoted <= len(names)


def read(source: Source) -> Iterator[Batch]:
    """The messages, in batches of a block each. Sender ids and message ids are null: the file has none."""
    from qunkit.chat.memotrace_wording import group_of
    from qunkit.parsing.stamps import Stamp
    from qunkit.parsing.text import segment
    from qunkit.parsing.threads import side_by_side

    group_id, group_name = group_of(source.parts, ".txt")

    def batch(block: _Block) -> Batch:
        records = block.records
        messages = _messages(block, group_id=group_id, group_name=group_name)
        return Batch(messages, records.rejects, records.framing, suspects=records.refused)

    yield from side_by_side(batch, _blocks(segment(source, Stamp(followers=(b" ", b"\n", b"\r\n")))))


def _blocks(several: Iterable[Records]) -> Iterator[_Block]:
    import numpy as np

    from qunkit.parsing.places import lines, strings

    known: set[str] = set()
    for records in several:
        places = lines(records)
        shown = strings(records.data, np.minimum(places.head + 1, places.head_end), places.head_end)
        yield _Block(records, places, shown, _one_line_notices(places, shown, known))


def _messages(block: _Block, **group: str | None) -> pa.RecordBatch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.parsing.places import raw_batch, strings

    records, places, shown, one_line = block
    text = strings(records.data, places.body, places.body_end)
    notice = one_line | (places.head == places.head_end)
    nothing = pa.scalar(None, pa.string())
    columns = {
        "sender_name": pc.if_else(pa.array(notice), nothing, _names(shown)),
        "kind": pc.if_else(pa.array(notice), "system", nothing),
        "text": pc.if_else(pa.array(one_line), shown, text),
    }
    _take_off_wording(columns, _worded(records.data, places, notice))
    return raw_batch(records.offset, wall=pa.array(records.wall), **group, **columns)


def _one_line_notices(places: Lines, shown: pa.StringArray, known: set[str]) -> npt.NDArray[np.bool_]:
    """Which records are notices of version 2, a header line and nothing else.

    A member's empty message looks nearly the same: it has one more empty line, or the name of somebody who has spoken before. `known` holds the names
    of those who spoke so far, and learns more.
    """
    import numpy as np

    from qunkit.chat.notices import looks_like_notice

    named = places.head < places.head_end
    bare: npt.NDArray[np.bool_] = named & (places.body == places.body_end)
    speaking = np.flatnonzero(named & ~bare)
    encoded = shown.dictionary_encode()
    names, codes = encoded.dictionary.to_pylist(), encoded.indices.to_numpy()
    first = np.full(len(names), len(shown))
    first[codes[speaking[::-1]]] = speaking[::-1]
    for row in np.flatnonzero(bare):
        name = names[codes[row]]
        speaker = places.closing[row] == 2 or name in known or first[codes[row]] < row
        bare[row] = looks_like_notice(name) or not speaker
    known.update(names[code] for code in np.flatnonzero(first < len(shown)))
    return bare


def _names(shown: pa.StringArray) -> pa.StringArray:
    import pyarrow as pa

    from qunkit.chat.memotrace_wording import unescape_name

    encoded = shown.dictionary_encode()
    return pa.array(map(unescape_name, encoded.dictionary.to_pylist()), pa.string()).take(encoded.indices)


def _worded(data: bytes, places: Lines, notice: npt.NDArray[np.bool_]) -> Ints:
    """Rows in whose text the exporter's own words may be: few, so that the others need no look."""
    import numpy as np

    from qunkit.parsing.places import begin_with, hold

    begun = [begin_with(data, places.body, places.body_end, mark.encode()) for mark in _BEGUN]
    held = [hold(data, places.body, places.body_end, mark.encode()) for mark in _HELD]
    rows = np.unique(np.concatenate(begun + held))
    return rows[~notice[rows]]


def _take_off_wording(columns: dict[str, pa.Array], rows: Ints) -> None:
    import pyarrow as pa

    from qunkit.chat.columns import put
    from qunkit.chat.memotrace_wording import is_pat

    texts = columns["text"].take(pa.array(rows)).dictionary_encode()
    different = [_undo(text) for text in texts.dictionary.to_pylist()]
    found = [different[code] for code in texts.indices.to_pylist()]
    kinds = [
        wording.kind or ("pat" if is_pat(wording.text, name) else None)
        for wording, name in zip(found, columns["sender_name"].take(pa.array(rows)).to_pylist(), strict=True)
    ]
    length = len(columns["text"])
    columns["kind"] = put(columns["kind"], rows, kinds)
    for name in ("text", "quote_sender", "quote_text", "extra"):
        column = columns.get(name, pa.nulls(length, pa.string()))
        columns[name] = put(column, rows, [getattr(wording, name) for wording in found])


def _undo(text: str) -> Wording:
    """A text of either version without its wording."""
    from qunkit.chat.memotrace_wording import undo, undo_2

    wording = undo(None, text)
    return wording if wording.kind else undo_2(text)
