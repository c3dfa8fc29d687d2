"""The tables that rooms hand each other: every column's type, unit and nullability, said once.

Declared in plain Python so that importing this costs nothing; `Table.arrow` builds the Arrow schema on first use.
docs/reference/schema.md is written from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from qunkit.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA_VERSION = 2


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its Arrow type by name, whether it may be null, and what it means."""

    name: str
    type: str
    nullable: bool
    meaning: Text
    since: int = 1
    """Schema version that has it: parts of older datasets may lack it, which is null."""


@dataclass(frozen=True)
class Table:
    """A named list of columns."""

    name: str
    fields: tuple[Field, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(field.name for field in self.fields)

    @property
    def newer(self) -> tuple[str, ...]:
        """Columns that parts of older datasets may lack."""
        return tuple(field.name for field in self.fields if field.since > 1)

    @cached_property
    def arrow(self) -> pa.Schema:
        """The Arrow schema."""
        import pyarrow as pa

        types = {
            "string": pa.string(),
            "bool": pa.bool_(),
            "int32": pa.int32(),
            "int64": pa.int64(),
            "double": pa.float64(),
            "binary": pa.binary(),
            "timestamp[ms, UTC]": pa.timestamp("ms", "UTC"),
            "timestamp[ms]": pa.timestamp("ms"),
            "list<string>": pa.list_(pa.string()),
        }
        return pa.schema([pa.field(f.name, types[f.type], f.nullable) for f in self.fields])


def _must(name: str, type_: str, en: str, zh: str) -> Field:
    return Field(name, type_, False, Text(en, zh))


def _may(name: str, type_: str, en: str, zh: str) -> Field:
    return Field(name, type_, True, Text(en, zh))


RAW = Table(
    "raw",
    (
        _must("offset", "int64", "byte of the file at which the record begins", "记录在文件中的起始字节"),
        _may("group_id", "string", "group id, as exported", "导出的群 id"),
        _may("group_name", "string", "group name, as exported", "导出的群名"),
        _may("native_id", "string", "the chat service's own message id, as exported", "平台消息 id"),
        _may("sender_id", "string", "sender id; null for notices", "发送者 id；系统消息为空"),
        _may("sender_name", "string", "sender name; null for notices", "发送者名称；系统消息为空"),
        _may("epoch", "int64", "instant, milliseconds since 1970 UTC, if the file has it", "UTC 毫秒时间戳"),
        _may("wall", "timestamp[ms]", "else the wall clock of the exporting machine", "否则为导出机器的本地时间"),
        _may("native_type", "string", "type code or label, as exported", "导出的类型代码或名称"),
        _may(
            "kind", "string", "the kind that code means; null: decide from the text", "对应的消息类别；空则由文本判断"
        ),
        _may(
            "text", "string", "text, as exported; null: the exporter did not keep it", "导出的文本；空表示导出时未保留"
        ),
        _may("quote_id", "string", "native id of the quoted message", "被引用消息的平台 id"),
        _may(
            "quote_time", "int64", "time of the quoted message, milliseconds on the row's own clock", "被引用消息的时间"
        ),
        _may("quote_sender", "string", "id or shown name of the quoted sender", "被引用者 id 或名称"),
        _may("quote_text", "string", "text of the quoted message, as shown", "被引用的文本"),
        _may("mention_ids", "list<string>", "mentioned ids, where the export lists them", "导出中列出的被@者 id"),
        _may("from_me", "bool", "sent by the exporting account", "是否由导出者发送"),
        _may("extra", "string", "what else the record says, a JSON object", "记录中的其他信息，JSON 对象"),
    ),
)

_WHO_AND_WHAT = (
    _may("sender_name", "string", "sender's name as this source shows it", "来源中显示的发送者名称"),
    _must("kind", "string", "kind of message, from the closed list of kinds", "消息类别（封闭列表）"),
    _may(
        "text",
        "string",
        "what people read; empty for media; null: the export did not keep it",
        "可读文本；媒体为空串；空值表示导出未保留",
    ),
    _may(
        "event", "string", "what a notice reports, from the closed list of events", "系统提示所报告的事件（封闭列表）"
    ),
    _may("actor_id", "string", "who did it: an id, `name:…`, or null", "操作者：id、`name:…` 或空"),
    _may("actor_name", "string", "the name the notice shows for the actor", "提示中显示的操作者名称"),
    _may("target_ids", "list<string>", "to whom it was done: ids or `name:…`", "对象：id 或 `name:…`"),
    _may("target_names", "list<string>", "the names the notice shows, in the same order", "提示中显示的名称，顺序相同"),
)

OBSERVATIONS = Table(
    "observations",
    (
        _must("platform", "string", "chat service: wechat, qq, telegram, …", "平台"),
        _may("group_id", "string", "group id as the source says it", "来源中的群 id"),
        _may("group_name", "string", "group name as the source says it", "来源中的群名"),
        _may("native_id", "string", "message id as the source says it", "来源中的消息 id"),
        _must(
            "occurrence",
            "int32",
            "1 for the first of equal messages in a source, 2 for the second, …",
            "同一来源中相同消息的序次",
        ),
        _must(
            "seq",
            "int32",
            "place among the messages of the same group and time in the source, from 0",
            "同群同一时刻内的次序，从 0 起",
        ),
        _must("sent_at", "timestamp[ms, UTC]", "instant", "时刻"),
        _must("local_time", "timestamp[ms]", "wall clock in the dataset's zone", "数据集时区的本地时间"),
        _must("time_quality", "string", "exact, local, minute, day or guessed", "时间质量"),
        _may("sender_id", "string", "sender id as the source says it", "来源中的发送者 id"),
        *_WHO_AND_WHAT,
        _may("quote_id", "string", "native id of the quoted message", "被引用消息的平台 id"),
        _may("quote_time", "timestamp[ms, UTC]", "instant of the quoted message", "被引用消息的时刻"),
        _may("quote_sender", "string", "id or shown name of the quoted sender", "被引用者 id 或名称"),
        _may("quote_text", "string", "text of the quoted message, as shown", "被引用的文本"),
        _may("mention_ids", "list<string>", "who was mentioned", "被@者"),
        _may("from_me", "bool", "sent by the exporting account", "是否由导出者发送"),
        _may("extra", "string", "what else the record says, a JSON object", "其他信息，JSON 对象"),
        _must(
            "sources", "list<string>", "sources that say exactly this, sha256 prefixes, sorted", "内容完全相同的来源"
        ),
    ),
)

MESSAGES = Table(
    "messages",
    (
        _must("platform", "string", "chat service: wechat, qq, telegram, …", "平台"),
        _must(
            "group_id",
            "string",
            "the service's group id, or `name:…` where no export gives one",
            "群 id；没有时为 `name:群名`",
        ),
        _may("group_name", "string", "the group's latest known name", "群的最新名称"),
        _must(
            "message_id",
            "string",
            "native id, or `h:…`, a hash of what identifies the message; unique in its group",
            "平台 id 或 `h:…` 哈希；群内唯一",
        ),
        _may("native_id", "string", "the chat service's own message id", "平台消息 id"),
        _must(
            "seq",
            "int32",
            "place among the messages of the same group and instant, from 0",
            "同群同一时刻内的次序，从 0 起",
        ),
        _must("sent_at", "timestamp[ms, UTC]", "instant", "时刻"),
        _must(
            "local_time",
            "timestamp[ms]",
            "wall clock in the dataset's zone: the calendar",
            "数据集时区的本地时间：日历依据",
        ),
        _must("time_quality", "string", "exact, local, minute, day or guessed", "时间质量"),
        _may(
            "sender_id",
            "string",
            "member id, or `name:…` where no export gives one; null for notices",
            "成员 id 或 `name:…`；系统消息为空",
        ),
        *_WHO_AND_WHAT,
        _may(
            "reply_to",
            "string",
            "message_id of the message this one answers, also if it is not in the dataset",
            "所回复消息的 message_id",
        ),
        _may(
            "reply_how",
            "string",
            "how that is known: id, time, text; `unknown`: it answers something, not known what",
            "回复依据",
        ),
        _may(
            "mention_ids",
            "list<string>",
            "members mentioned with @; `notify@all` for everyone",
            "被@的成员；`notify@all` 为所有人",
        ),
        _may("from_me", "bool", "sent by the exporting account", "是否由导出者发送"),
        _may("extra", "string", "what else the exports say, a JSON object", "其他信息，JSON 对象"),
        _must(
            "source", "string", "the source that won where sources disagree: sha256 prefix", "取值来源的 sha256 前缀"
        ),
    ),
)

MEMBERS = Table(
    "members",
    (
        _must("group_id", "string", "group id, or `name:…`", "群 id 或 `name:…`"),
        _must("member_id", "string", "member id", "成员 id"),
        _may("group_nickname", "string", "name in this group", "群昵称"),
        _may("nickname", "string", "the member's own name", "昵称"),
        _may("remark", "string", "name the exporting account gave", "备注"),
        _may("account", "string", "the service's public account name", "微信号"),
        _may("role", "string", "owner, admin, staff or member", "角色"),
        _may("joined_at", "timestamp[ms, UTC]", "when the member joined", "入群时间"),
        _may("invited_by", "string", "member id of the inviter", "邀请人 id"),
        Field(
            "join_source",
            "string",
            True,
            Text(
                "how the list says they joined: invite, link, qr or other",
                "名单所载的入群方式：invite、link、qr 或 other",
            ),
            since=2,
        ),
        _must("complete", "bool", "the list is the whole membership, not only who was seen", "是否为完整名单"),
        _may("seen_at", "timestamp[ms, UTC]", "when the list was made", "名单时间"),
        _must("source", "string", "sha256 prefix of the source", "来源 sha256 前缀"),
    ),
)

REJECTS = Table(
    "rejects",
    (
        _must("source", "string", "sha256 prefix of the source", "来源 sha256 前缀"),
        _must("path", "string", "the file, as it was given", "文件"),
        _must("format", "string", "format that read it", "格式"),
        _must("start", "int64", "first byte of the range", "起始字节"),
        _must("end", "int64", "byte after the range", "结束字节"),
        _may("line", "int64", "line of the first byte, from 1", "起始行号"),
        _must("reason", "string", "why, from the closed list of reasons", "原因（封闭列表）"),
        _must("raw", "binary", "the bytes", "原始字节"),
    ),
)

TABLES = (RAW, OBSERVATIONS, MESSAGES, MEMBERS, REJECTS)

KINDS: dict[str, Text] = {
    "text": Text("text", "文本"),
    "quote": Text("text that quotes a message", "引用回复"),
    "image": Text("image", "图片"),
    "voice": Text("voice message", "语音"),
    "video": Text("video", "视频"),
    "sticker": Text("sticker", "表情"),
    "file": Text("file", "文件"),
    "link": Text("link card", "链接"),
    "miniprogram": Text("mini program", "小程序"),
    "music": Text("music", "音乐"),
    "location": Text("location", "位置"),
    "contact_card": Text("contact card", "名片"),
    "channels": Text("channels video or card", "视频号"),
    "live": Text("live broadcast", "直播"),
    "note": Text("note or favourite", "笔记"),
    "forward": Text("forwarded chat record", "聊天记录"),
    "solitaire": Text("sign-up relay", "接龙"),
    "announcement": Text("group announcement", "群公告"),
    "red_packet": Text("red packet", "红包"),
    "transfer": Text("transfer", "转账"),
    "call": Text("call", "通话"),
    "pat": Text("pat", "拍一拍"),
    "recall": Text("recalled message", "撤回"),
    "system": Text("system notice", "系统提示"),
    "other": Text("other", "其他"),
}
"""Closed list of `MESSAGES.kind`. `other` stays: new type numbers appear every year."""

NOT_POSTS = ("pat", "recall", "system")
"""Kinds that are not a person's message; the view `posts` leaves them out."""

EVENTS: dict[str, Text] = {
    "invited": Text("invited", "邀请入群"),
    "joined_qr": Text("joined by QR code", "扫码入群"),
    "joined": Text("joined another way", "入群"),
    "removed": Text("removed", "移出群聊"),
    "left": Text("left", "退群"),
    "dissolved": Text("group dissolved", "解散群聊"),
    "renamed": Text("group renamed", "修改群名"),
    "owner_changed": Text("owner changed", "群主变更"),
    "confirm_mode": Text("invitation confirmation switched", "邀请确认变更"),
    "stranger_notice": Text("stranger notice", "陌生人提示"),
    "recalled": Text("message recalled", "撤回消息"),
    "patted": Text("pat", "拍一拍"),
    "red_packet_taken": Text("red packet taken", "领取红包"),
    "red_packet_sent": Text("red packet sent", "发出红包"),
    "pinned": Text("message pinned", "置顶消息"),
    "announced": Text("announcement posted", "发布公告"),
    "other": Text("other notice", "其他提示"),
}
"""Closed list of `MESSAGES.event`; null for people's own messages."""

TIME_QUALITIES = ("exact", "local", "minute", "day", "guessed")
"""`MESSAGES.time_quality`, finest first: an instant from the file; a wall clock and --tz; minute or day only; a guess."""

PLATFORMS: dict[str, Text] = {
    "wechat": Text("WeChat", "微信"),
    "wecom": Text("WeCom", "企业微信"),
    "qq": Text("QQ", "QQ"),
    "whatsapp": Text("WhatsApp", "WhatsApp"),
    "telegram": Text("Telegram", "Telegram"),
    "line": Text("LINE", "LINE"),
    "discord": Text("Discord", "Discord"),
    "slack": Text("Slack", "Slack"),
}
"""Names of `MESSAGES.platform`; an export may say another."""

ROLES = ("owner", "admin", "staff", "member")
JOIN_SOURCES = ("invite", "link", "qr", "other")
"""Closed list of `MEMBERS.join_source`: asked in by a member, by a link that a member sent, by the group's QR code, another way."""

REASONS: dict[str, Text] = {
    "truncated-tail": Text("the file ends in the middle of a record", "文件在记录中间结束"),
    "undecodable": Text("bytes that no supported encoding explains", "无法解码的字节"),
    "bad-record": Text("the record is not what the format says", "记录不符合格式"),
    "bad-json": Text("the record is not valid JSON", "记录不是有效的 JSON"),
    "bad-columns": Text("wrong number of columns", "列数不符"),
    "unclosed-quote": Text("a quote is never closed", "引号未闭合"),
    "bad-time": Text("the time cannot be read", "时间无法解析"),
    "time-out-of-range": Text("the time is outside 1999 to 2100", "时间超出 1999 至 2100"),
    "record-too-long": Text("the record is longer than the limit", "记录过长"),
    "no-sender": Text("no sender and no notice", "既无发送者也非系统提示"),
    "forgotten": Text("it held what was forgotten: its bytes are gone", "含有已遗忘的内容：原文已删除"),
}
"""Closed list of `REJECTS.reason`."""
