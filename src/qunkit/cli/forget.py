"""``qunkit forget``: a member or a group taken out of the dataset, without a trace and for good."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from qunkit.cli import consent
from qunkit.cli.expose import argument, option
from qunkit.cli.options import Output, Place
from qunkit.errors import UsageError
from qunkit.results import Column, Note, Result
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.ingest.extent import Forgotten

HELP = Text(
    f"""Take a member out of the dataset for good, or a whole group: messages, notices, rosters, quotes, mentions, and the name wherever others wrote it.

    MEMBER is an id, or a name; --group tells members of one name apart. Nothing of them stays in any file of the dataset, and no later
    export brings them back; keep the key ($QUNKIT_KEY), for it is what knows them. Backups and the exports themselves are yours to clear:
    see docs/forget.md. {consent.WITHOUT_YES.en}""",
    f"""从数据集中彻底删除一名成员或整个群：消息、系统提示、名单、引用、@，以及他人文字中的名字。

    MEMBER 为 id 或名字；同名时用 --group 区分。数据集的任何文件中都不再留有其内容，之后导入的聊天记录也不会使其重现；请保管好密钥
    （$QUNKIT_KEY），它用于识别已删除的成员。备份和导出文件需自行清理，见 docs/forget.md。{consent.WITHOUT_YES.zh}""",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Who."""

    member: str | None = argument(Text("id or name of the member; none: the group", "成员的 id 或名字；不给出时删除整个群"), "[MEMBER]", None)  # fmt: skip
    group: tuple[str, ...] = option((), Text("group of the member, or the one to forget: name, id or glob", "成员所在的群，或要删除的群：群名、id 或通配符"), metavar="GROUP")  # fmt: skip
    yes: bool = consent.yes()
    wait: float = option(10.0, Text("seconds to wait for others who read or write", "等待其他读写者的秒数"), metavar="SECONDS")  # fmt: skip


OPTIONS = (Params, Place, Output)
COLUMNS = (
    Column("group_id", "text", Text("group id", "群 id")),
    Column("group", "text", Text("group", "群")),
    Column("messages", "int", Text("messages", "消息")),
    Column("notices", "int", Text("notices", "提示"), Text("what they did, or what was done to them alone", "其所为或仅涉及其本人的系统提示")),
    Column("roster", "int", Text("roster rows", "名单行")),
    Column("mentions", "int", Text("mentions", "被@"), Text("messages of others that stay without the mention", "他人的消息，仅去掉@")),
    Column("quotes", "int", Text("quotes", "被引用"), Text("messages of others that stay without the quote", "他人的消息，仅去掉引用")),
)  # fmt: skip
_WHO = Text("Give a member, or a group with --group.", "请给出成员，或用 --group 指定群。")
_ADD_YES = Text("Nothing was done. To forget all this for good, add --yes.", "未作任何改动。确认彻底删除请加 --yes。")
_ASK = Text("Forget all this for good?", "确认彻底删除？")
_WOULD, _DONE = Text("What would go", "将删除的内容"), Text("Forgotten", "已删除")
_BEFORE = Text("forgotten already; older states are cleared away", "此前已删除；旧状态已清除")
_MEANT = Text("meant is {member}", "所指的成员：{member}")
_OUTSIDE = Text(
    "backups and the exports themselves are not touched; keep the key ({key}), without it nothing more can be ingested",
    "备份和导出文件未作改动；请保管好密钥（{key}），缺少密钥将无法继续导入",
)
_SHARED = Text(
    "others go by {names} too: messages that show only that name stay, and so does the name in texts",
    "还有其他成员使用名字 {names}：仅显示该名字的消息以及文字中的该名字将保留",
)
_MODEL = Text(
    "what was learnt from labels ({model}) is dropped: it may hold words of theirs; learn again from the labels of others",
    "从标注学到的内容（{model}）已一并删除：其中可能含有其文字；请用其他人的标注重新学习",
)
_MODEL_WOULD = Text(
    "what was learnt from labels ({model}) would be dropped too: it may hold words of theirs",
    "从标注学到的内容（{model}）也将被删除：其中可能含有其文字",
)
_SETTINGS = Text(
    "qunkit.toml names them too: that file is yours to change", "qunkit.toml 中也有其名字或 id，请自行修改"
)


def run(params: Params, place: Place, output: Output) -> int:
    """Show what would go, ask, and let it go."""
    from qunkit.cli.show import check, show

    if params.member is None and not params.group:
        raise UsageError(what=_WHO)
    check(output, place)
    dataset = place.open()
    if not params.yes:
        show(_table(dataset.forget(params.member, params.group, dry_run=True), done=False), output, place)
        consent.ask(_ASK, _ADD_YES)
    forgotten = dataset.forget(params.member, params.group, wait=params.wait)
    show(_table(forgotten, done=True), output, place)
    return 0


def _table(forgotten: Forgotten, *, done: bool) -> Result:
    from qunkit.privacy import key_path

    notes = [] if done or not forgotten.member else [Note(_MEANT, (("member", forgotten.member),))]
    notes += [Note(_OUTSIDE, (("key", key_path()),))] if done and forgotten.affected else []
    if forgotten.shared:
        notes.append(Note(_SHARED, (("names", ", ".join(sorted(forgotten.shared))),)))
    if forgotten.model:
        notes.append(Note(_MODEL if done else _MODEL_WOULD, (("model", forgotten.model),)))
    notes += [Note(_SETTINGS)] if forgotten.settings else []
    rows = [astuple(one) for one in forgotten.affected]
    return Result("forget", _DONE if done else _WOULD, COLUMNS, rows, notes, empty=_BEFORE)
