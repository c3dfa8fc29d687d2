"""What `qunkit check` may find: a closed list of codes, what each means, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.words import Text

_RESTORE = Text(
    "Restore the dataset from a backup, or ingest the exports into a new one.",
    "请从备份恢复数据集，或将导出文件导入新数据集。",
)
_NEXT = Text(
    "Nothing is lost; the next ingest clears it away.",
    "数据没有丢失；下次导入时会自动清理。",
)

DAMAGE, WARNING, NOTE = "damage", "warning", "note"
SEVERITIES = {
    DAMAGE: Text("damage", "损坏"),
    WARNING: Text("warning", "警告"),
    NOTE: Text("note", "提示"),
}


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding."""

    severity: str
    meaning: Text
    way_out: Text = _RESTORE


CODES: dict[str, Code] = {
    "settings": Code(DAMAGE, Text("dataset.json cannot be understood", "dataset.json 无法读取")),
    "current": Code(
        DAMAGE,
        Text("CURRENT does not name a sound snapshot", "CURRENT 没有指向完好的快照"),
        Text(
            "Restore CURRENT from a backup of the same day, or the whole dataset.",
            "请从同一天的备份恢复 CURRENT，或恢复整个数据集。",
        ),
    ),
    "manifest": Code(DAMAGE, Text("a manifest is not what was written", "清单与写入时不符")),
    "missing": Code(DAMAGE, Text("a part is not there, or cannot be read", "数据文件缺失或无法读取")),
    "size": Code(DAMAGE, Text("a part has another size than was written", "数据文件大小与写入时不符")),
    "sha256": Code(DAMAGE, Text("a part has other bytes than were written", "数据文件内容与写入时不符")),
    "link": Code(
        DAMAGE, Text("a link or a device where a file or folder should be", "应为普通文件或文件夹，却是链接或设备")
    ),
    "mode": Code(
        WARNING,
        Text("others than the owner may read or write it", "除所有者外，其他人也可读写"),
        Text("chmod -R go-rwx on the dataset's folder.", "请对数据集文件夹执行 chmod -R go-rwx。"),
    ),
    "stranger": Code(
        NOTE,
        Text("a file or folder that is no part of the dataset", "不属于数据集的文件或文件夹"),
        Text("Move it elsewhere.", "请移到别处。"),
    ),
    "alerts": Code(
        WARNING,
        Text("alerts.json does not say which alerts were told", "alerts.json 无法读取，不知哪些告警已报告"),
        Text(
            "Delete it: the next `qunkit alerts --since last-run` tells everything that holds once more.",
            "请删除：下次 `qunkit alerts --since last-run` 会把仍在持续的告警再报告一次。",
        ),
    ),
    "leftover": Code(NOTE, Text("what a killed run left", "中断的运行留下的文件"), _NEXT),
    "decoding": Code(DAMAGE, Text("a part cannot be decoded", "数据文件无法解码")),
    "rows": Code(DAMAGE, Text("a part has another number of rows than its manifest says", "数据文件行数与清单不符")),
    "schema": Code(DAMAGE, Text("a part has other columns than its table", "数据文件的列与规定不符")),
    "order": Code(DAMAGE, Text("messages are not in the order of group, time and seq", "消息未按群、时间、seq 排列")),
    "double": Code(DAMAGE, Text("two messages of a group have one id", "同一群中有重复的 message_id")),
    "value": Code(DAMAGE, Text("a value outside its closed list", "取值不在封闭列表内")),
    "month": Code(DAMAGE, Text("a row in another month's part", "记录位于其他月份的文件中")),
    "digest": Code(DAMAGE, Text("messages do not have the digest that the manifest says", "消息摘要与清单不符")),
    "fingerprint": Code(DAMAGE, Text("the fingerprint is not that of the messages", "指纹与消息不符")),
    "ledger": Code(DAMAGE, Text("a source's ranges do not tile its file", "来源的区间未能恰好覆盖整个文件")),
    "counts": Code(DAMAGE, Text("a source's counts do not add up", "来源的计数不相符")),
    "rejects": Code(DAMAGE, Text("rejects are not those of the ledger", "未识别的记录与账目不符")),
    "source": Code(DAMAGE, Text("something comes from a source that the manifest does not know", "来源不在清单中")),
    "derived": Code(
        DAMAGE,
        Text("messages are not what the observations give", "消息与原始观察推算的结果不符"),
        Text(
            "Restore the dataset from a backup, or ingest the exports into a new one; if it was never touched by hand, report it: it is a bug.",
            "请从备份恢复数据集，或将导出文件导入新数据集；如果从未手工改动，请告诉我们：这是一个缺陷。",
        ),
    ),
}
"""Code → meaning and way out; docs/reference/findings.md is written from here."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be."""

    code: str
    path: str
    what: Text


@dataclass(slots=True)
class Checked:
    """What was looked at."""

    parts: int = 0
    bytes: int = 0
    rows: int = 0
    sources: int = 0
    forgotten: int = 0
    """Records of members and groups that were forgotten: the accounts keep their number."""
    damage: bool = False
    """Whether there was a finding worse than a warning."""
