"""What a map of the settings, or of `--map`, says of a table: which column is what."""

from __future__ import annotations

from collections.abc import Mapping

from qunkit.words import Text

FIELDS: dict[str, Text] = {
    "time": Text("when it was said", "时间"),
    "text": Text("what was said", "内容"),
    "sender": Text("name of who said it, as shown", "显示的发送者名称"),
    "sender_id": Text("the service's id of who said it", "发送者的平台 id"),
    "sender_name": Text("the same as sender, beside sender_id", "与 sender 相同，可与 sender_id 并用"),
    "group": Text("name of the group", "群名"),
    "group_id": Text("the service's id of the group", "群的平台 id"),
    "group_name": Text("the same as group, beside group_id", "与 group 相同，可与 group_id 并用"),
    "id": Text("the service's id of the message", "消息的平台 id"),
    "reply_to": Text("that of the message it answers", "所回复消息的平台 id"),
    "kind": Text(
        "kind of message: a name of the list of kinds, or WeChat's number", "消息类别：类别名，或微信的类型数字"
    ),
}
"""Fields that a mapping names columns for; time, text and one of the senders are needed."""


def lacking(columns: Mapping[str, str]) -> Text | None:
    """What a mapping of fields to columns lacks, if anything."""
    senders = ("sender", "sender_id", "sender_name")
    missing = [name for name in ("time", "text") if name not in columns]
    missing += [] if any(name in columns for name in senders) else ["sender"]
    if not missing:
        return None
    names = ", ".join(missing)
    return Text(f"lacks {names}", f"缺少 {names}")
