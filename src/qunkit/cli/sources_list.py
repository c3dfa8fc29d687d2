"""``qunkit sources list``: the files that the dataset is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qunkit.cli.options import Output, Place
from qunkit.cli.session import current
from qunkit.results import Cell, Column, Result
from qunkit.words import Text, counted

HELP = Text(
    """List the files that the dataset is made of: what each says, and in which time zone its wall clocks were read.

    `qunkit sources drop` takes one out again; to ingest it again with another --tz reads its times anew.""",
    """列出数据集由哪些文件组成：各有多少内容，本地时间按哪个时区读取。

    用 `qunkit sources drop` 可移除；换一个 --tz 再次导入即可重新读取其时间。""",
)
OPTIONS = (Place, Output)
COLUMNS = (
    Column("file", "text", Text("file", "文件")),
    Column("group", "text", Text("group", "群"), Text("its group's name or id; of several their number", "群名或群 id；多个群时为个数")),
    Column("format", "text", Text("format", "格式"), spare=7),
    Column("messages", "int", Text("messages", "消息"), Text("messages and notices, told by others too or not", "消息和提示，含其他来源也有的")),
    Column("rejected", "int", Text("rejected", "未识别")),
    Column("zone", "text", Text("zone", "时区"), Text("in which its wall clocks were read; none where it has no wall clocks", "读取本地时间所用的时区；没有本地时间则为空"), spare=6),
    Column("path", "text", Text("path", "路径"), Text("where it lay", "导入时的位置"), spare=8),
    Column("source", "text", Text("source", "来源"), Text("id of the source: begin of a sha256", "来源 id"), spare=9),
)  # fmt: skip
EMPTY = Text("no sources", "没有来源")


def run(place: Place, output: Output) -> int:
    """Write the table."""
    from qunkit.cli.show import check, show
    from qunkit.ingest.sources import ordered
    from qunkit.ingest.store import open_snapshot

    check(output)
    with open_snapshot(place.open().path) as snapshot:
        rows = [row(source) for source in ordered(snapshot.manifest["sources"])]
    show(Result("sources list", Text("Sources", "来源"), COLUMNS, rows, empty=EMPTY), output, place)
    return 0


def row(source: Mapping[str, Any]) -> tuple[Cell, ...]:
    """A source of a manifest."""
    zone = source["tz"] if source.get("wall_clocks", True) else None
    told, rejected = source["new"] + source["known"], source["records"]["reject"]
    return (source["name"], _group(source), source["format"], told, rejected, zone, source.get("path"), source["id"])


def _group(source: Mapping[str, Any]) -> str | None:
    shown = [name or id_ for id_, name in source.get("groups", ())]
    return counted(len(shown), "group", "个群").say(current.lang) if len(shown) > 1 else next(iter(shown), None)
