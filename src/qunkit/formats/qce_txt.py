"""QQChatExporter (QCE) text.

It writes `group_<name>_<number>_<date>_<time>.txt`; messages stand two empty lines apart:

    [QQChatExporter V5 / https://github.com/shuakami/qq-chat-exporter]
    聊天名称: 徒步群


    Kevin:
    时间: 2024-12-01 00:00:01
    内容: [回复 阿岚: 东门集合]
    还差2个
    回复: 11-30 23:58 阿岚 - 东门集合

Kept: the name of the group and one name of every sender, times to the second (of the exporting computer's clock), texts, who was quoted and the
quoted words, the names of files.

Lost: ids of members and messages, which lines are notices (QQChatExporter writes them like messages), recalls, the contents of pictures and
stickers. JSON keeps more.

The lines 提及, 回复 and 资源 behind a text repeat what it says already and are left out. A message begins behind an empty line with a name and a
colon, 时间 and 内容; such lines are text if their time is before that of the last message: a chat pasted into a message.

A record may have 1 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.headed import Headed
    from qunkit.parsing.source import Source

TITLE = Text("QQChatExporter text", "QQChatExporter TXT")
HOW = Text(
    "In QQChatExporter (QCE) choose the group and export it as TXT. Keep the file's name: only it holds the group's "
    "number.",
    "在 QQChatExporter（QCE）中选择群聊，导出为 TXT。不要改文件名：只有文件名里有群号。",
)

_MARK = "[QQChatExporter"
_HEADER = re.compile(r"(?m)^(?P<name>[^\n]+?):\r?\n时间: (?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\r?\n内容: ".encode())
_PREAMBLE = re.compile(r"[^\n]*(?:\n(?![^\n]+:\r?\n时间: )[^\n]*){0,40}".encode())
_CHAT = re.compile("(?m)^聊天名称: (.*?)\r?$")
_FOOTER = re.compile(
    r"(?m)^={20,}\r?\n +导出完成\r?\n={20,}\r?\n总计导出 \d+ 条消息(?:\r?\n导出时间: [^\n]*\n?)?".encode()
)
_GAP = 3
_LISTS = r"\n(?:提及|回复|资源): "
_RESOURCES = re.compile(r"\n资源: (\d{1,4}) 个文件((?:\n  - [^\n]*)*)\Z")
_QUOTED = re.compile(r"\n回复: \d\d-\d\d \d\d:\d\d ")
_MENTIONS = re.compile(r"\n提及: ([^\n]*)\Z")
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (wall clocks are naive)


def sniff(head: Head) -> bool:
    """The first line names the tool."""
    return head.first_line.startswith(_MARK)


def read(source: Source) -> Iterator[Batch]:
    """The messages. Sender ids and message ids are null: the file has none."""
    from qunkit.chat.qce import group_of
    from qunkit.parsing.headed import Layout, headed

    group_id, group_name = group_of(source.parts)
    layout = Layout(
        _HEADER, _time, banner=_FOOTER, preamble=_PREAMBLE, open=_opened, after_blank=True, gap=_GAP, whole_line=False
    )
    known: set[str] = set()
    for records in headed(source, layout):
        messages = _messages(records, known, group_id, group_name)
        yield Batch(messages, records.rejects, records.framing, suspects=records.refused)


def _time(match: re.Match[bytes], _: Any) -> int | None:
    try:
        return int((datetime.fromisoformat(match["time"].decode()) - _EPOCH).total_seconds()) * 1000
    except ValueError:
        return None


def _opened(match: re.Match[bytes], chat: str | None) -> str:
    """The chat's name: the file's first lines have it, its last do not."""
    found = _CHAT.search(match[0].decode("utf-8", "replace"))
    return chat or (found[1] if found else "")


def _messages(records: Headed, known: set[str], group_id: str | None, group_name: str | None) -> pa.RecordBatch:
    """The batch; `known` holds the names of those who spoke so far, and learns more."""
    from qunkit.chat.qce import PLATFORM, told
    from qunkit.parsing.places import raw_batch

    names = records.group("name")
    known.update(filter(None, names.unique().to_pylist()))
    return raw_batch(
        records.offset,
        wall=records.wall,
        group_id=group_id,
        group_name=records.of_section(lambda chat: chat or group_name),
        sender_name=names,
        **told(_texts(records, known), known),
    ).replace_schema_metadata(PLATFORM)


def _texts(records: Headed, known: Collection[str]) -> pa.Array:
    import pyarrow.compute as pc

    from qunkit.chat.columns import put

    text = records.text()
    rows = pc.indices_nonzero(pc.match_substring_regex(text, _LISTS))
    return put(text, rows, [_without_lists(words, known) for words in text.take(rows).to_pylist()])


def _without_lists(text: str, known: Collection[str]) -> str:
    """A text without the lists behind it, where they agree with it: of files, of what it quotes, of mentioned names."""
    from qunkit.chat.qce import quoted

    files = _RESOURCES.search(text)
    if files and 0 < files[2].count("\n") <= int(files[1]):
        text = text[: files.start()]
    if reply := quoted(text, known):
        behind = [place.start() for place in _QUOTED.finditer(text)]
        exact = [at for at in behind if text[at:].endswith(f" {reply[1]} - {reply[2]}")]
        text = text[: (exact or behind or [len(text)])[-1]]
    names = _MENTIONS.search(text)
    if names and "@" + names[1].split(", ")[0] in text:
        text = text[: names.start()]
    return text
