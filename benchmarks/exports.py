"""The invented chats as exports of the main formats, and as ready columns; kept in build/bench and made once.

Every writer is Arrow's joining of columns, so that ten gigabytes take a few minutes and no memory.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import chats
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from chats import Batch, Group, Strings

CACHE = Path(os.environ.get("QUNKIT_BENCH") or Path(__file__).parents[1] / "build/bench")
READY = 1_000_000
_LINK = "https://mp.example.invalid/s?__biz=AA=="


@dataclass(frozen=True)
class Format:
    """How a format begins, goes on and ends; `place` is where it has to lie."""

    place: Callable[[Group], str]
    rows: Callable[[Batch], Strings]
    head: Callable[[Group, int], str] = lambda group, messages: ""
    tail: str = ""
    last: int = 0
    """Characters at the end of the last row that go: a comma and a line break."""
    drops: tuple[str, ...] = ()
    """Kinds that the format does not show."""


@dataclass(frozen=True, slots=True)
class Chat:
    """What is exported: so many messages of a group, or those of them from number `start` to before `stop`."""

    messages: int
    group: int = 0
    start: int = 0
    stop: int | None = None

    @property
    def folder(self) -> Path:
        """Where its exports lie."""
        part = "" if self.stop is None else f"-{self.start}-{self.stop}"
        return CACHE / f"{self.messages}" / f"{self.group:04}{part}"

    def batches(self) -> Iterator[Batch]:
        """Its messages."""
        return chats.batches(self.messages, self.group, self.start, self.stop)


def made(chat: Chat, formats: Iterable[str]) -> dict[str, Path]:
    """The files of `formats`, those that are not there written in one pass."""
    group = Group(chat.group)
    paths = {name: chat.folder / FORMATS[name].place(group) for name in formats}
    missing = {name: path for name, path in paths.items() if not path.exists()}
    with ExitStack() as open_files:
        sinks = {}
        for name, path in missing.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            sinks[name] = open_files.enter_context(_unfinished(path).open("wb"))
            sinks[name].write(FORMATS[name].head(group, chat.messages).encode())
        for batch in chat.batches() if sinks else ():
            for name, sink in sinks.items():
                _write(sink, FORMATS[name], batch)
        for name, sink in sinks.items():
            sink.seek(-FORMATS[name].last, os.SEEK_END)
            sink.truncate()
            sink.write(FORMATS[name].tail.encode())
    for path in missing.values():
        _unfinished(path).replace(path)
    return paths


def ready(messages: int) -> Path:
    """The columns that are known once a file is read (time, sender, kind, text) of at most a million messages, as Parquet: what the floor writes."""
    chat = Chat(min(messages, READY))
    path = chat.folder / "ready.parquet"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with pq.ParquetWriter(_unfinished(path), _READY, compression="zstd") as writer:
            for table in map(columns, chat.batches()):
                writer.write_table(table)
        _unfinished(path).replace(path)
    return path


def columns(batch: Batch) -> pa.Table:
    """The ready columns of a batch."""
    kinds = pa.array(chats.KINDS).take(pa.array(batch.kind))
    at = pa.array(batch.at * 1000).cast(pa.timestamp("ms", "UTC"))
    return pa.table([at, _accounts(batch), kinds, batch.text], schema=_READY)


def shown(chat: Chat, format: str) -> int:
    """How many messages its export shows."""
    drops = FORMATS[format].drops
    return sum(len(batch.number) - pc.sum(batch.of(*drops)).as_py() for batch in chat.batches())


def _unfinished(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _write(sink: BinaryIO, format: Format, batch: Batch) -> None:
    """The bytes of the rows, straight from Arrow's buffer."""
    rows = format.rows(batch)
    rows = rows.filter(pc.invert(batch.of(*format.drops))) if format.drops else rows
    _, offsets, data = rows.buffers()
    ends = np.frombuffer(offsets, np.int32)[rows.offset : rows.offset + len(rows) + 1]
    sink.write(memoryview(data)[int(ends[0]) : int(ends[-1])])


def _join(*parts: Strings | str) -> Strings:
    return pc.binary_join_element_wise(*parts, "")


def _memo(batch: Batch) -> Strings:
    """What MemoTrace shows of a message."""
    quoted = _join(
        _names(batch).take(pa.array(batch.quoted)),
        ": ",
        pc.if_else(pc.equal(pc.binary_length(batch.text), 0), "【图片】", batch.text).take(pa.array(batch.quoted)),
    )
    cards = _join("【分享链接】\n标题：", batch.text, "\n描述：None\n链接: ", _LINK, "\n应用：None\n")
    media = {"image": "【图片】", "sticker": "【表情包】 ", "voice": "【语音】"}
    return _by_kind(batch, {**media, "link": cards, "quote": _join(batch.text, "\n引用：", quoted)})


def _by_kind(batch: Batch, shown: dict[str, Strings | str]) -> Strings:
    """The text, and for the kinds of `shown` what is given there."""
    every = [shown.get(kind, batch.text) for kind in chats.KINDS]
    whole = [pa.repeat(one, len(batch.text)) if isinstance(one, str) else one for one in every]
    return pc.choose(pa.array(batch.kind), *whole)


def _names(batch: Batch) -> Strings:
    return chats.NAMES.take(pa.array(batch.sender))


def _accounts(batch: Batch) -> Strings:
    return chats.accounts(batch.group).take(pa.array(batch.sender))


def _memotrace_txt(batch: Batch) -> Strings:
    who = pc.if_else(batch.of(*_NOTICES), "", _join(" ", _names(batch)))
    return _join(batch.clock, who, "\n", _memo(batch), "\n\n")


def _memotrace_csv(batch: Batch) -> Strings:
    who = _csv(pc.if_else(batch.of(*_NOTICES), batch.group.name, _names(batch)))
    types = pa.array(_MEMO_TYPES).take(pa.array(batch.kind))
    return _join(
        batch.ids, ",", types, ",", who, ",", batch.clock, ",", _csv(_memo(batch)), ",", who, ",", who, ",more\r\n"
    )


def _csv(text: Strings) -> Strings:
    quoted = _join('"', pc.replace_substring(text, '"', '""'), '"')
    return pc.if_else(pc.match_substring_regex(text, '[,"\r\n]'), quoted, text)


def _json(text: Strings) -> Strings:
    """The text as JSON writes it; the invented ones hold no other characters that need it."""
    for plain, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        text = pc.replace_substring(text, plain, written)
    return text


def _chatlab(batch: Batch, colon: str, comma: str) -> Strings:
    """The keys of a message in ChatLab's format, from the sender on."""
    notice = batch.of(*_NOTICES)
    sender = pc.if_else(notice, batch.group.id, _accounts(batch))
    name = pc.if_else(notice, batch.group.name, _names(batch))
    types = pa.array(_CHATLAB_TYPES).take(pa.array(batch.kind))
    links = _join("[", batch.text, "](", _LINK, ")")
    media = {"image": "[图片]", "sticker": "[表情包]", "voice": "[语音]"}
    answers = _join(comma, '"replyToMessageId"', colon, '"', batch.ids.take(pa.array(batch.quoted)), '"')
    return _join(
        '"sender"', colon, '"', sender, '"', comma, '"accountName"', colon, '"', _json(name), '"', comma, '"timestamp"', colon, pa.array(batch.at).cast(pa.string()),
        comma, '"type"', colon, types, comma, '"content"', colon, '"', _json(_by_kind(batch, {**media, "link": links})), '"',
        comma, '"platformMessageId"', colon, '"', batch.ids, '"', pc.if_else(batch.of("quote"), answers, ""),
    )  # fmt: skip


def _chatlab_jsonl(batch: Batch) -> Strings:
    return _join('{"_type":"message",', _chatlab(batch, ":", ","), "}\n")


def _chatlab_json(batch: Batch) -> Strings:
    return _join("    {\n      ", _chatlab(batch, ": ", ",\n      "), "\n    },\n")


def _weflow_json(batch: Batch) -> Strings:
    notice = batch.of(*_NOTICES)
    account = pc.if_else(notice, batch.group.id, _accounts(batch))
    name = _json(pc.if_else(notice, batch.group.name, _names(batch)))
    said = pc.if_else(batch.of("text"), _join("\n", batch.text), batch.text)
    quotes = _join(
        batch.text,
        "[引用 ",
        _names(batch).take(pa.array(batch.quoted)),
        "：",
        batch.text.take(pa.array(batch.quoted)),
        "]",
    )
    shown = {"text": said, "quote": quotes, "sticker": "[表情包]", "link": _join("[链接] ", batch.text, "\n", _LINK)}
    content = pc.if_else(batch.of("image", "voice"), "null", _join('"', _json(_by_kind(batch, shown)), '"'))
    types = (pa.array(column).take(pa.array(batch.kind)) for column in zip(*_WEFLOW_TYPES, strict=True))
    answers = _join(
        ',\n      "replyToMessageId": "',
        batch.ids.take(pa.array(batch.quoted)),
        '",\n      "appMsgType": "57",\n      "appMsgKind": "quote"',
    )
    cards = _join(
        ',\n      "appMsgType": "5",\n      "appMsgKind": "link",\n      "linkTitle": "',
        _json(batch.text),
        '",\n      "linkUrl": "',
        _LINK,
        '"',
    )
    more = pc.if_else(batch.of("quote"), answers, pc.if_else(batch.of("link"), cards, ""))
    return _join(
        '    {\n      "localId": ', pa.array(batch.number + 1).cast(pa.string()), ',\n      "createTime": ', pa.array(batch.at).cast(pa.string()),
        ',\n      "formattedTime": "', batch.clock, '",\n      "type": "', next(types), '",\n      "localType": ', next(types),
        ',\n      "content": ', content, ',\n      "isSend": 0,\n      "senderUsername": "', account, '",\n      "senderDisplayName": "', name,
        '",\n      "source": "",\n      "senderAvatarKey": "', account, '",\n      "platformMessageId": "', batch.ids, '"', more, "\n    },\n",
    )  # fmt: skip


def _whatsapp(batch: Batch) -> Strings:
    """As an English Android phone writes it: no seconds."""
    clock = pc.strftime(pa.array(batch.at + chats.SHANGHAI).cast(pa.timestamp("s")), "%d/%m/%Y, %H:%M")
    media = dict.fromkeys(("image", "sticker", "voice"), "<Media omitted>")
    link = _join(batch.text, " ", _LINK)
    return _join(clock, " - ", _names(batch), ": ", _by_kind(batch, {**media, "link": link}), "\n")


def _chatlab_about(group: Group, messages: int) -> dict[str, dict[str, Any]]:
    about = {"version": "0.0.2", "exportedAt": chats.BEGIN + chats.days(messages) * 86400, "generator": "WeFlow"}
    return {"chatlab": about, "meta": {"name": group.name, "platform": "wechat", "type": "group", "groupId": group.id}}


def _chatlab_members(group: Group) -> Iterator[dict[str, str]]:
    for account, name in zip(chats.accounts(group).to_pylist(), chats.NAMES.to_pylist(), strict=True):
        yield {"platformId": account, "accountName": name}


def _chatlab_lines(group: Group, messages: int) -> str:
    header = {"_type": "header", **_chatlab_about(group, messages)}
    lines = [header, *({"_type": "member", **member} for member in _chatlab_members(group))]
    return "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)


def _chatlab_head(group: Group, messages: int) -> str:
    return _opened({**_chatlab_about(group, messages), "members": list(_chatlab_members(group))})


def _weflow_head(group: Group, messages: int) -> str:
    about = {"version": "1.0.3", "exportedAt": chats.BEGIN + chats.days(messages) * 86400, "generator": "WeFlow"}
    names = {"wxid": group.id, "nickname": group.name, "remark": "", "displayName": group.name}
    return _opened({"weflow": about, "session": {**names, "type": "群聊", "messageCount": messages}})


def _opened(document: dict[str, Any]) -> str:
    """A JSON document up to its messages."""
    return json.dumps(document, ensure_ascii=False, indent=2).removesuffix("\n}") + ',\n  "messages": [\n'


_READY = pa.schema(
    [("sent_at", pa.timestamp("ms", "UTC")), ("sender", pa.string()), ("kind", pa.string()), ("text", pa.string())]
)
_NOTICES = ("invited", "joined_qr", "recalled")
_MEMO_TYPES = ("文本", "引用消息", "图片", "表情包", "语音", "分享链接", *["系统消息"] * 3)
_CHATLAB_TYPES = ("0", "25", "1", "5", "2", "7", "80", "80", "80")
_WEFLOW_TYPES = (
    ("文本消息", "1"), ("引用消息", "244813135921"), ("图片消息", "3"), ("动画表情", "47"), ("语音消息", "34"), ("链接消息", "21474836529"),
    *[("系统消息", "10000")] * 3,
)  # fmt: skip
_MEMO_HEAD = "\ufeff消息ID,类型,发送人,时间,内容,备注,昵称,更多信息\r\n"

FORMATS = {
    "memotrace_txt": Format(lambda group: f"聊天记录/{group.name}({group.id})/{group.name}.txt", _memotrace_txt),
    "memotrace_csv": Format(
        lambda group: f"聊天记录/{group.name}({group.id})/{group.name}.csv",
        _memotrace_csv,
        lambda group, messages: _MEMO_HEAD,
    ),
    "chatlab_jsonl": Format(lambda group: f"ChatLab/{group.name}.jsonl", _chatlab_jsonl, _chatlab_lines),
    "chatlab_json": Format(lambda group: f"ChatLab/{group.name}.json", _chatlab_json, _chatlab_head, "\n  ]\n}", 2),
    "weflow_json": Format(lambda group: f"WeFlow/{group.name}.json", _weflow_json, _weflow_head, "\n  ]\n}", 2),
    "whatsapp_txt": Format(lambda group: f"WhatsApp Chat with {group.name}.txt", _whatsapp, drops=_NOTICES),
}
MAIN: Sequence[str] = tuple(name for name in FORMATS if name != "whatsapp_txt")
"""What people export most, and what shapes of files there are: text, CSV, lines of JSON, one JSON document."""
