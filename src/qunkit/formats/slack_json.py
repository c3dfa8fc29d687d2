"""The messages of a Slack workspace export: a file a channel and day, `<channel>/2024-12-01.json`.

    [{"type": "message", "user": "U7AAAAAAA", "text": "<@U7BBBBBBB> 几点?", "ts": "1733011270.000200",
      "user_profile": {"display_name": "阿岚", "real_name": "Lan"}},
     {"type": "message", "user": "U7BBBBBBB", "text": "七点", "ts": "1733011330.000100", "thread_ts": "1733011270.000200"}]

Kept: ids of channels (from `channels.json`), members and messages (a message's id is its time), texts, threads as answers to their
first message, mentions, names and kinds of files, who joined and left. Slack's markup is written out: ``<@U7BBBBBBB>`` as ``@name``.

Lost: reactions, the contents of attached cards, edits before the last, and private channels, unless the export has them.

A record may have 16 MiB: a longer one is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qunkit.exports import Batch, Head
from qunkit.parsing.values import as_objects, as_text
from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from qunkit.parsing.csv import Records
    from qunkit.parsing.source import Source

TITLE = Text("Slack JSON (workspace export)", "Slack JSON（工作区导出）")
HOW = Text(
    "In Slack export the workspace's data, as its owner. Give the zip whole, or unpacked: `users.json` and "
    "`channels.json` belong to it.",
    "由 Slack 工作区所有者导出工作区数据（zip）。整包或解压后导入，`users.json` 和 `channels.json` 要一并保留。",
)

_COLUMNS = {
    "type": "string",
    "subtype": "string",
    "user": "string",
    "bot_id": "string",
    "username": "string",
    "user_profile.display_name": "string",
    "user_profile.real_name": "string",
    "bot_profile.name": "string",
    "text": "string",
    "ts": "string",
    "thread_ts": "string",
}
_SAID = ("bot_message", "me_message", "thread_broadcast", "file_share", "file_comment", "file_mention")
"""Subtypes of people's messages; the others are notices."""
_TS = re.compile(r"\d{9,10}\.\d{6}", re.ASCII)
_PLAIN_TS = r"^\d{9,10}\.\d{6}$"
_FILES = r'"files"\s*:\s*\[\s*\{'
_LISTS = ("channels.json", "groups.json", "mpims.json", "dms.json")
_KINDS = {"image": "image", "video": "video", "audio": "music"}


def sniff(head: Head) -> bool:
    """An array of messages with Slack's times."""
    first = head.first or {}
    return not head.top and "type" in first and bool(_TS.fullmatch(str(first.get("ts"))))


def read(source: Source) -> Iterator[Batch]:
    """The messages of one channel and day."""
    from qunkit.chat import slack
    from qunkit.parsing.json_array import JsonArray

    folder = source.parts[-2] if len(source.parts) > 1 else None
    users = {str(user.get("id")): slack.shown(user) for user in slack.listed(source.beside("../users.json"))}
    names = {user: name for user, name in users.items() if name}
    group_id = _channel(source, folder)
    for records in JsonArray(source, _COLUMNS):
        yield _batch(records, names, group_id=group_id, group_name=folder)


def _channel(source: Source, folder: str | None) -> str | None:
    """The id of the channel that the folder is named after."""
    from qunkit.chat.slack import listed

    known = (one for name in _LISTS for one in listed(source.beside(f"../{name}")))
    return next((str(one["id"]) for one in known if one.get("id") and folder in (one.get("name"), one["id"])), None)


def _batch(records: Records, names: dict[str, str], **group: str | None) -> Batch:
    import pyarrow as pa
    import pyarrow.compute as pc

    from qunkit.parsing.csv import filled
    from qunkit.parsing.json_rows import instants

    records, epoch = records.timed(instants(_seconds(records["ts"])))
    subtype, nothing = records["subtype"], pa.scalar(None, pa.string())
    spoken = pc.or_(pc.is_null(subtype), pc.is_in(subtype, value_set=pa.array(_SAID)))
    answers = pc.fill_null(pc.and_(spoken, pc.not_equal(records["thread_ts"], records["ts"])), False)
    profile = pc.coalesce(filled(records["user_profile.display_name"]), filled(records["user_profile.real_name"]))
    ids = pc.coalesce(filled(records["user"]), filled(records["bot_id"]))
    known = pa.array([names.get(one or "") for one in ids.to_pylist()], pa.string())
    shown = pc.coalesce(profile, known, filled(records["username"]), filled(records["bot_profile.name"]))
    columns = {
        "kind": pc.if_else(spoken, pc.if_else(answers, "quote", "text"), "system"),
        "text": records["text"],
        "extra": pa.nulls(len(epoch), pa.string()),
        "mention_ids": pa.nulls(len(epoch), pa.list_(pa.string())),
    }
    _write_out(columns, names)
    _add_files(columns, records, spoken)
    _tell_notices(columns, records, names)
    batch = records.batch(
        epoch=epoch,
        native_id=records["ts"],
        native_type=pc.coalesce(subtype, records["type"]),
        sender_id=pc.if_else(spoken, ids, nothing),
        sender_name=pc.if_else(spoken, shown, nothing),
        quote_id=pc.if_else(answers, records["thread_ts"], nothing),
        **group,
        **columns,
    )
    batch.messages = batch.messages.replace_schema_metadata({"platform": "slack"})
    return batch


def _seconds(ts: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    sound = pc.match_substring_regex(ts, _PLAIN_TS)
    return pc.if_else(sound, ts, pa.scalar(None, pa.string())).cast(pa.float64())


def _write_out(columns: dict[str, pa.Array], names: Mapping[str, str]) -> None:
    """Take Slack's markup off the texts that have any."""
    import pyarrow.compute as pc

    from qunkit.chat.columns import put
    from qunkit.chat.slack import plain

    rows = pc.indices_nonzero(pc.fill_null(pc.match_substring_regex(columns["text"], "[<&]"), False))
    found = [plain(text, names) for text in columns["text"].take(rows).to_pylist()]
    columns["text"] = put(columns["text"], rows, [text for text, _ in found])
    columns["mention_ids"] = put(columns["mention_ids"], rows, [called or None for _, called in found])


def _add_files(columns: dict[str, pa.Array], records: Records, spoken: pa.Array) -> None:
    import pyarrow.compute as pc

    from qunkit.chat.columns import put
    from qunkit.parsing.json_rows import RECORD, loads, well_formed

    rows = pc.indices_nonzero(pc.and_(spoken, pc.match_substring_regex(records[RECORD], _FILES)))
    mixed = records.source.encoding == "mixed"
    told = [as_objects(loads(raw, mixed)["files"]) for raw in records[RECORD].take(rows).to_pylist()]
    kinds, texts = [], []
    for files, text in zip(told, columns["text"].take(rows).to_pylist(), strict=True):
        each = {_kind(file) for file in files}
        kinds.append(each.pop() if len(each) == 1 else "file")
        names = [as_text(file.get("name")) for file in files] if kinds[-1] == "file" else []
        texts.append(well_formed("\n".join(filter(None, [text, *names]))))
    columns["kind"], columns["text"] = put(columns["kind"], rows, kinds), put(columns["text"], rows, texts)


def _kind(file: Mapping[str, Any]) -> str:
    if file.get("subtype") == "slack_audio":
        return "voice"
    return _KINDS.get(str(file.get("mimetype")).partition("/")[0], "file")


def _tell_notices(columns: dict[str, pa.Array], records: Records, names: Mapping[str, str]) -> None:
    import pyarrow.compute as pc

    from qunkit.chat.columns import put
    from qunkit.chat.other_notices import told
    from qunkit.parsing.json_rows import RECORD, loads, well_formed

    rows = pc.indices_nonzero(pc.equal(columns["kind"], "system"))
    mixed = records.source.encoding == "mixed"
    extra = []
    for raw in records[RECORD].take(rows).to_pylist():
        one = loads(raw, mixed)
        inviter, member = ((names.get(who or ""), who) for who in map(as_text, (one.get("inviter"), one.get("user"))))
        action = as_text(one.get("subtype")) or ""
        extra.append(well_formed(told(action, inviter, [member]) if inviter[1] else told(action, member)))
    columns["extra"] = put(columns["extra"], rows, extra)
    columns["mention_ids"] = put(columns["mention_ids"], rows, [None] * len(rows))
