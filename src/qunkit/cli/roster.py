"""``qunkit roster``: a list of a group's members in, the same account as of exports out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from qunkit.cli.expose import argument, option
from qunkit.cli.failures import tell
from qunkit.cli.options import Output, Place
from qunkit.cli.session import current
from qunkit.errors import BadOption
from qunkit.results import Note
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.api import Dataset

HELP = Text(
    """Read a list of a group's members, kept as CSV, JSON or XLSX, into the dataset.

    Columns may be: id, name, group nickname, remark, account, role, join time, inviter, under their usual names (`qunkit formats
    roster_csv`). The list is taken for the whole membership at its time.""",
    """将群成员名单（CSV、JSON 或 XLSX）读入数据集。

    可有的列：id、昵称、群昵称、备注、微信号、角色、入群时间、邀请人，使用常见列名即可（见 `qunkit formats roster_csv`）。
    名单视为该时间的全体成员。""",
)


@dataclass(frozen=True, slots=True)
class Params:
    """What the list does not say itself."""

    files: tuple[str, ...] = argument(Text("lists of members", "成员名单"), "FILE...")
    group: str | None = option(None, Text("id or name of the group, unless a column says it", "群的 id 或名称；名单自带群列时可省略"), metavar="GROUP")  # fmt: skip
    at: str | None = option(None, Text("when the list was made", "名单的日期或时间"), metavar="DATE")
    tz: str | None = option(None, Text("zone of times without one (default: the dataset's, Asia/Shanghai for a new one)", "未注明时区的时间所用的时区（默认为数据集时区，新建时为 Asia/Shanghai）"), metavar="ZONE")  # fmt: skip
    wait: float = option(10.0, Text("seconds to wait while another qunkit writes", "其他 qunkit 正在写入时等待的秒数"), metavar="SECONDS")  # fmt: skip
    quiet: bool = option(False, Text("no notes", "不显示提示"), "-q", "--quiet")


OPTIONS = (Params, Place, Output)
_UNKNOWN = Text(
    "no group of the dataset has the name or id “{group}”{near}; the list counts as soon as an export of that group is there; "
    "if it is misspelt, run this again with the right one",
    "数据集中没有名称或 id 为“{group}”的群{near}；导入该群的聊天记录后，名单即会生效；如果写错了，请改正后重新运行",
)
_NEAR = Text(" (similar: {names})", "（相近的有：{names}）")
_ALIKE, _MOST = 0.3, 3
"""How like a group's name must be to what was typed, and how many such are named."""


def run(params: Params, place: Place, output: Output) -> int:
    """Ingest; the exit code is the summary's."""
    from qunkit.cli.show import FOR_PEOPLE, check, chosen, show

    _must_be_a_time(params.at)
    inputs = [Path(name) for name in params.files]
    check(output, place, inputs)
    dataset = place.open()
    summary = dataset.roster(*params.files, group=params.group, at=params.at, tz=params.tz, wait=params.wait)
    result = summary.to_result()
    style = chosen(output, result)
    if style in FOR_PEOPLE:
        result = summary.for_people(current.lang, get_terminal_size().columns if style == "terminal" else None)
    if params.group and any(file.error is None for file in summary.files):
        result.notes += _doubts(params.group, dataset)
    result.notes = [] if params.quiet else result.notes
    show(result, output, place, inputs)
    for file in summary.files:
        if file.error:
            tell(file.error)
    return summary.code


def _doubts(group: str, dataset: Dataset) -> list[Note]:
    """A note where no chat of the group is there yet: lists may come first, but it may as well be a slip."""
    from qunkit.chat.people import nfc

    rows = dataset.sql("SELECT DISTINCT group_id, group_name FROM messages").read_all().to_pylist()
    names = {nfc(name) for row in rows for name in row.values() if name}
    if nfc(group) in names:
        return []
    near = _near(nfc(group), sorted(names))
    said = Text(_NEAR.say("en", names=", ".join(near)), _NEAR.say("zh", names="、".join(near))) if near else ""
    return [Note(_UNKNOWN, (("group", group), ("near", said)))]


def _near(typed: str, names: list[str]) -> list[str]:
    """The names most like what was typed."""
    from difflib import get_close_matches

    holding = [name for name in names if typed.strip("*") in name or name in typed]
    return list(dict.fromkeys([*holding, *get_close_matches(typed, names, _MOST, _ALIKE)]))[:_MOST]


def _must_be_a_time(at: str | None) -> None:
    if at is None:
        return
    import pyarrow as pa

    from qunkit.parsing.times import read_times

    if read_times(pa.array([at])).milliseconds.null_count:
        raise BadOption(option="--at", value=at, expected=Text("a date or time", "日期或时间"))
