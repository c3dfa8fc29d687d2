"""Every error: the sentence, the way out and the exit code, in both languages. Raise facts; the words are here.

Exit codes follow sysexits.h where it has one. Of several files that fail differently, the worst counts: `WORST_FIRST`; where others went in,
65 and 66 count as 3.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from typing import ClassVar

from qunkit.words import Lang, Text

CODES: dict[int, Text] = {
    0: Text("complete", "全部完成"),
    1: Text("ran well, and found something (`check`, `alerts`)", "运行正常，但发现了问题或有告警（`check`、`alerts`）"),
    2: Text("a command line that means nothing", "命令行有误"),
    3: Text("partly done: some of the input was rejected, refused, or is doubtful", "部分完成：有输入未能识别、被拒绝或存疑"),
    20: Text("the dataset is damaged; nothing was written", "数据集已损坏，没有写入任何内容"),
    65: Text("the input was refused", "输入被拒绝"),
    66: Text("there is no such input, or no dataset", "输入或数据集不存在"),
    69: Text("the cluster that was named does not answer, or gave up", "所指定的集群无响应，或执行失败"),
    70: Text("a bug; the old state is intact", "程序缺陷，原有数据完好"),
    71: Text("out of memory, files or processes", "内存、文件数或进程数不足"),
    73: Text("the dataset or the output cannot be created", "无法创建数据集或输出文件"),
    74: Text("reading or writing failed: the disk is full, or standard output is", "读写失败：如磁盘已满、标准输出不可写"),
    75: Text("another qunkit writes, or the input changes: try again later", "另一个 qunkit 正在写入，或输入正在变化：请稍后再试"),
    76: Text("the dataset is of a newer qunkit", "数据集由更新版本的 qunkit 写入"),
    77: Text("no permission", "没有权限"),
    78: Text("settings, keys, time zones or file systems that cannot be used", "配置、密钥、时区或文件系统不可用"),
    129: Text("ended by SIGHUP, without a word", "被 SIGHUP 终止，不作提示"),
    130: Text("ended by Ctrl-C, without a word", "被 Ctrl-C 终止，不作提示"),
    141: Text("nobody reads on, as with `| head`; without a word", "无人继续读取（如 `| head`），不作提示"),
    143: Text("ended by SIGTERM, without a word", "被 SIGTERM 终止，不作提示"),
}  # fmt: skip
"""Every exit code."""
WORST_FIRST = (70, 20, 74, 71, 73, 77, 78, 76, 75, 65, 66, 3, 0)
"""Codes of the files of one run."""


class QunkitError(Exception):
    """An error that qunkit foresaw. Raised with facts only: ``raise UnknownFormat(path=p, head=h)``."""

    code: ClassVar[int] = 70
    SENTENCE: ClassVar[Text] = Text("Something went wrong.", "出错了。")
    HINT: ClassVar[Text | None] = None

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.sentence("en"))

    def sentence(self, lang: Lang) -> str:
        """What happened, with its facts."""
        return self.SENTENCE.say(lang, **self._said(lang))

    def hint(self, lang: Lang) -> str | None:
        """The way out, or None."""
        return self.HINT.say(lang, **self._said(lang)) if self.HINT else None

    def _said(self, lang: Lang) -> dict[str, object]:
        """The facts, phrases among them in `lang`."""
        return {key: fact.say(lang) if isinstance(fact, Text) else fact for key, fact in self.facts.items()}

    def __reduce__(self) -> tuple[object, ...]:  # facts are keyword-only, and workers pickle errors
        return (_rebuild, (type(self), self.facts))


def _rebuild(kind: type[QunkitError], facts: dict[str, object]) -> QunkitError:
    return kind(**facts)


class UsageError(QunkitError):
    code = 2
    SENTENCE = Text("{what}", "{what}")


class BadOption(UsageError):
    SENTENCE = Text("{option}: {value!r} is not {expected}.", "{option}：{value!r} 不是{expected}。")


class SqlRefused(UsageError):
    """A SELECT that says what cannot be asked."""

    HINT = Text(
        "The tables are {views}; `qunkit sql --help` says more.", "可用的表：{views}；用法见 `qunkit sql --help`。"
    )


class SqlFailed(UsageError):
    """A SELECT that went wrong as rows were read. DuckDB's words may quote the rows."""

    SENTENCE = Text(
        "DuckDB says {kind} as it reads the rows; its words may quote messages and are not shown.",
        "DuckDB 读取数据时报错（{kind}）；其原文可能引用聊天内容，故不显示。",
    )
    HINT = Text(
        "TRY_CAST(x AS type) gives NULL where a value does not fit; `qunkit sql --help` says more.",
        "遇到无法转换的值，可改用 TRY_CAST(x AS 类型)，结果为 NULL；用法见 `qunkit sql --help`。",
    )


class NoSuchGroup(UsageError):
    SENTENCE = Text("No group matches {pattern!r}.", "没有与 {pattern!r} 匹配的群。")
    HINT = Text("`qunkit groups` lists them.", "用 `qunkit groups` 查看全部群。")


class NoCommonGroup(NoSuchGroup):
    SENTENCE = Text("No group of {pattern} has the tag {tag}.", "{pattern} 中没有带标签 {tag} 的群。")


class NoSuchMember(UsageError):
    SENTENCE = Text("No member is called {name!r}.", "没有名为 {name!r} 的成员。")
    HINT = Text(
        "`qunkit activity members` lists them with their ids.", "用 `qunkit activity members` 查看全部成员及其 id。"
    )


class NoMemberThere(NoSuchMember):
    SENTENCE = Text("No member of {groups} is called {name!r}.", "{groups} 中没有名为 {name!r} 的成员。")


class SeveralGroups(UsageError):
    SENTENCE = Text("{pattern} means several groups: {groups}.", "{pattern} 指多个群：{groups}。")
    HINT = Text("Groups are forgotten one at a time: give the id.", "每次只能删除一个群：请给出群 id。")


class SeveralMembers(UsageError):
    SENTENCE = Text("{name!r} may be several: {keys}.", "{name!r} 可能是多个成员：{keys}。")
    HINT = Text("Give the id, or the group with --group.", "请给出 id，或用 --group 指定群。")


class NoSuchSource(UsageError):
    SENTENCE = Text("No source matches {pattern!r}.", "没有与 {pattern!r} 匹配的来源。")
    HINT = Text("`qunkit sources list` lists them.", "用 `qunkit sources list` 查看全部来源。")


class NoSuchAlias(UsageError):
    SENTENCE = Text("Nothing was found or said of a name {alias!r}.", "没有关于名字 {alias!r} 的建议或记录。")
    HINT = Text(
        "`qunkit alias list --linked` shows all; `qunkit alias add` needs no suggestion.",
        "用 `qunkit alias list --linked` 查看全部；`qunkit alias add` 无需建议即可指定。",
    )


class IsAlias(UsageError):
    SENTENCE = Text("{name!r} is an alias of {member!r} now.", "{name!r} 现为 {member!r} 的别名。")
    HINT = Text(
        "Give the member; or take the alias back first: `qunkit alias reject`.",
        "请给出该成员，或先用 `qunkit alias reject` 撤回别名。",
    )


class OwnName(UsageError):
    SENTENCE = Text(
        "{name!r} is a member's own name or id, and no alias.", "{name!r} 是成员自己的名字或 id，不是别名。"
    )
    HINT = Text(
        "`qunkit alias list --linked` shows the aliases; a `name:…` of it, given in full, parts even a member's own name from the id.",
        "用 `qunkit alias list --linked` 查看别名；完整给出其中的 `name:…`，可将成员自己的名字与 id 分开。",
    )


# -- input ---------------------------------------------------------------------------------------------------------
class InputRefused(QunkitError):
    code = 65
    SENTENCE = Text("{path}: refused.", "{path}：已拒绝。")


class UnknownFormat(InputRefused):
    """`lost` says whether it may be an export all the same: then it is refused wherever it is met."""

    SENTENCE = Text("{path}: not a known export; it {what}.", "{path}：不是已知的导出格式，{what}。")
    HINT = Text(
        "`qunkit formats` lists what can be read and how to export it{more}.",
        "用 `qunkit formats` 查看支持的格式及其导出方法{more}。",
    )


class NestedArchive(InputRefused):
    SENTENCE = Text("{path}: an archive within an archive is not looked into.", "{path}：不读取压缩包内的压缩包。")
    HINT = Text("Unpack the inner archive first and give its folder.", "内层的压缩包请先解压，再传入文件夹。")


class OtherArchive(InputRefused):
    SENTENCE = Text(
        "{path}: a {kind} archive, which qunkit does not open.", "{path}：是 {kind} 压缩包，qunkit 不读取。"
    )
    HINT = Text(
        "Unpack it and give the folder; zip and gzip are opened as they are.",
        "请先解压，再传入文件夹；zip 和 gzip 可直接传入。",
    )


class AmbiguousFormat(InputRefused):
    SENTENCE = Text(
        "{path}: looks like {formats} at once.",
        "{path}：同时像 {formats}。",
    )
    HINT = Text(
        "Say which with --format-in NAME, and please report it: this is a bug.",
        "请用 --format-in NAME 指定，并告诉我们：这是一个缺陷。",
    )


class NoMessages(InputRefused):
    SENTENCE = Text("{path}: no messages found ({why}).", "{path}：没有找到消息（{why}）。")
    HINT = Text("Export the chat again and check that it is not empty.", "请重新导出，并确认聊天记录不为空。")


class NoMembers(NoMessages):
    SENTENCE = Text("{path}: no members found ({why}).", "{path}：没有找到成员（{why}）。")
    HINT = Text(
        "A list of members has a line with the names of its columns, and then a line a member.",
        "成员名单的第一行是列名，其后每行一名成员。",
    )


class UnreadableExport(InputRefused):
    """The format was recognised but what it holds cannot be used."""

    SENTENCE = Text("{path}: {why}", "{path}：{why}")
    HINT = Text("{hint}", "{hint}")


class Contradicts(InputRefused):
    """An export whose messages are not those that are known of the same group and time."""

    SENTENCE = Text(
        "{path}: only {matched} of {of} messages are those that the dataset has of the same group ({group}) and hours{cause}.",
        "{path}：与数据集中同一群（{group}）、同一时段的消息相比，{of} 条中只有 {matched} 条一致{cause}。",
    )
    HINT = Text(
        "Nothing of it was taken, for it would double the history. If it is right as it is, ingest it with --force; "
        "if members changed their names, `qunkit alias list` then shows who.",
        "未导入任何内容，否则历史会重复。若确认无误，请加 --force 导入；若只是成员改名，之后用 `qunkit alias list` 查看。",
    )


class FormatBroken(QunkitError):
    """What a format says of a file does not add up to the file."""

    SENTENCE = Text(
        "{path}: a bug in the format {format} at byte {at} ({what}); nothing of the file was taken.",
        "{path}：格式 {format} 在第 {at} 字节处有缺陷（{what}），该文件未导入任何内容。",
    )
    HINT = Text(
        "Please report this line (it holds nothing of your chats but the name of the file).",
        "请将本行反馈给我们（除文件名外不含聊天内容）。",
    )


class MissingInput(QunkitError):
    code = 66
    SENTENCE = Text("{path}: {why}.", "{path}：{why}。")
    HINT = Text("Check the name, or pass - to read standard input.", "请检查文件名，或用 - 读取标准输入。")


class LostSource(MissingInput):
    """A file that was read before and is to be read again."""

    HINT = Text(
        "Give the same file, byte for byte: `qunkit rejects retry FILE`. What the dataset has of it stays meanwhile.",
        "请给出逐字节相同的文件：`qunkit rejects retry 文件`。数据集中已有的内容不受影响。",
    )


class NoSuchFormat(MissingInput):
    SENTENCE = Text("{name}: neither a file nor a format.", "{name}：没有这个文件，也没有这个格式。")
    HINT = Text("{near}", "{near}")


class InputChanged(QunkitError):
    code = 75
    SENTENCE = Text(
        "{path}: changed while it was read; nothing of it was kept.", "{path}：读取时文件发生了变化，未导入。"
    )
    HINT = Text("Wait until the exporter has finished, then run again.", "请等导出完成后再运行。")


# -- dataset -------------------------------------------------------------------------------------------------------
class NoDataset(QunkitError):
    code = 66
    SENTENCE = Text("{path}: no dataset here.", "{path}：这里没有数据集。")
    HINT = Text(
        "Make one with `qunkit ingest EXPORTS --data {path}`, or point --data or $QUNKIT_DATA at it.",
        "先运行 `qunkit ingest 导出文件 --data {path}`，或用 --data 或 $QUNKIT_DATA 指定。",
    )


class DatasetDamaged(QunkitError):
    code = 20
    SENTENCE = Text("{path}: damaged ({why}); nothing was written.", "{path}：已损坏（{why}），没有写入任何内容。")
    HINT = Text(
        "Restore it from a backup, or ingest the exports into a new dataset.",
        "请从备份恢复，或将导出文件重新导入新数据集。",
    )


class ToldDamaged(DatasetDamaged):
    """What `qunkit alerts` has told: nothing else depends on it."""

    HINT = Text(
        "Delete the file: the next `qunkit alerts --since last-run` then tells everything that holds once more.",
        "请删除该文件：下次 `qunkit alerts --since last-run` 会把仍在持续的告警再报告一次。",
    )


class DatasetNewer(QunkitError):
    code = 76
    SENTENCE = Text(
        "{path}: written by a newer qunkit (schema {found}, this one knows {known}).",
        "{path}：由更新版本的 qunkit 写入（架构 {found}，当前支持 {known}）。",
    )
    HINT = Text("Upgrade qunkit.", "请升级 qunkit。")


class DatasetLocked(QunkitError):
    code = 75
    SENTENCE = Text("{path}: another qunkit is writing ({holder}).", "{path}：另一个 qunkit 正在写入（{holder}）。")
    HINT = Text("Run again later, or wait longer with --wait SECONDS.", "请稍后再试，或用 --wait 秒数 等待更久。")


class StillRead(DatasetLocked):
    SENTENCE = Text("{path}: an older state is still being read.", "{path}：旧状态仍在被读取。")
    HINT = Text(
        "Run again when the other qunkit has finished, or wait longer with --wait SECONDS.",
        "请等另一个 qunkit 结束后再试，或用 --wait 秒数 等待更久。",
    )


class OldStateRead(StillRead):
    """After a commit that forgets somebody."""

    SENTENCE = Text(
        "{path}: forgotten for all who read from now on, but the state before is still being read and lies there.",
        "{path}：已遗忘，之后的读取都不再包含；但此前的状态仍在被读取，尚未清除。",
    )
    HINT = Text(
        "Run it again when the other qunkit has finished, or wait longer with --wait SECONDS: that clears it away.",
        "请等另一个 qunkit 结束后再运行一次，或用 --wait 秒数 等待更久，即可清除。",
    )


class NoLocks(QunkitError):
    code = 78
    SENTENCE = Text(
        "{path}: this file system has no locks ({why}), so two writers could not be kept apart; nothing was written.",
        "{path}：此文件系统不支持文件锁（{why}），无法保证只有一个写入者，没有写入任何内容。",
    )
    HINT = Text(
        "Put the dataset on a local disk; a dataset that is there already can be read.",
        "请将数据集放在本地磁盘上；已有的数据集仍可读取。",
    )


class CannotCreate(QunkitError):
    code = 73
    SENTENCE = Text("{path}: cannot be created ({why}).", "{path}：无法创建（{why}）。")
    HINT = Text("Choose another place with --data or -o.", "请用 --data 或 -o 换一个位置。")


class UnknownTimeZone(QunkitError):
    code = 78
    SENTENCE = Text("{tz!r} is not a time zone that this machine knows.", "{tz!r} 不是本机已知的时区。")
    HINT = Text("Give a name such as Asia/Shanghai.", "请使用 Asia/Shanghai 这样的名称。")


class ReadWriteFailed(QunkitError):
    code = 74
    SENTENCE = Text("{path}: {why}.", "{path}：{why}。")
    HINT = Text(
        "Free some space or repair the disk, then run again: the old state is intact.",
        "请清理空间或检查磁盘后重试：原有数据完好。",
    )


class OutputFailed(QunkitError):
    code = 74
    SENTENCE = Text("Standard output: {why}.", "标准输出：{why}。")


class NoPermission(QunkitError):
    code = 77
    SENTENCE = Text("{path}: {why}.", "{path}：{why}。")
    HINT = Text("Check who may read and write there.", "请检查该位置的读写权限。")


class OutOfResources(QunkitError):
    code = 71
    SENTENCE = Text("Out of {what}.", "{what}不足。")
    HINT = Text(
        "Raise the limit, or give less memory to the engine with --memory-limit.",
        "请提高系统限制，或用 --memory-limit 降低引擎内存。",
    )


class BadConfig(QunkitError):
    code = 78
    SENTENCE = Text("{path}: {why}.", "{path}：{why}。")
    HINT = Text("docs/reference/config.md lists every key.", "docs/reference/config.md 列出了全部配置项。")


class BadLabels(QunkitError):
    code = 65
    SENTENCE = Text("{path}: {why}.", "{path}：{why}。")
    HINT = Text(
        "`qunkit ads audit -o labels.csv` writes messages to label: fill in the column label (标注) with 1 (an ad) or 0.",
        "`qunkit ads audit -o labels.csv` 可生成待标注的消息：在“标注”（label）列填 1（广告）或 0。",
    )


class NoTexts(InputRefused):
    """A file of texts, one a line, that is in no encoding."""

    SENTENCE = Text(
        "{path}: line {line} is not text in UTF-8, UTF-16 or GB18030.",
        "{path}：第 {line} 行不是 UTF-8、UTF-16 或 GB18030 编码的文本。",
    )
    HINT = Text(
        "Save it as plain text in UTF-8, a text a line; exports of chats are read by `qunkit ingest`.",
        "请另存为 UTF-8 纯文本，每行一条；聊天导出文件请用 `qunkit ingest` 导入。",
    )


class ModelDamaged(QunkitError):
    """A file of weights that cannot be read, or is none."""

    code = 65
    SENTENCE = Text(
        "{path}: not a model of advertisements, or a damaged one.", "{path}：不是广告模型文件，或文件已损坏。"
    )
    HINT = Text(
        "Learn the labels again with `qunkit ads learn`, or go back with `--model shipped`.",
        "请用 `qunkit ads learn` 重新学习，或用 `--model shipped` 改回内置模型。",
    )


class ModelOfAnotherVersion(ModelDamaged):
    SENTENCE = Text(
        "{path}: the model {name} was made by another version of qunkit.",
        "{path}：模型 {name} 由其他版本的 qunkit 生成。",
    )


class BadKey(QunkitError):
    """The key of pseudonyms and of what was forgotten."""

    code = 78
    SENTENCE = Text("{path}: no usable key ({why}).", "{path}：没有可用的密钥（{why}）。")
    HINT = Text(
        "The key stands for people's names and lies outside every dataset; say where with $QUNKIT_KEY, or restore it from a backup.",
        "密钥用于代替成员姓名，存放在数据集之外；请用 $QUNKIT_KEY 指定位置，或从备份恢复。",
    )


class ExtraMissing(QunkitError):
    code = 78
    SENTENCE = Text("This needs {module}, which is not installed.", "此功能需要 {module}，尚未安装。")
    HINT = Text("pip install 'qunkit[{extra}]'", "请运行 pip install 'qunkit[{extra}]'。")


# -- a cluster -----------------------------------------------------------------------------------------------------
class SparkMissing(QunkitError):
    code = 78
    SENTENCE = Text("Spark cannot be used here: {module} is not installed.", "此处无法使用 Spark：未安装 {module}。")
    HINT = Text(
        "pip install 'qunkit[{extra}]', in an environment of its own: docs/scale.md says which extra is for what.",
        "请在单独的环境中运行 pip install 'qunkit[{extra}]'；各选项的用途见 docs/scale.md。",
    )


class NoJava(QunkitError):
    code = 78
    SENTENCE = Text(
        "Spark needs Java 17 or later, and none starts here.", "Spark 需要 Java 17 或更高版本，此处无法启动。"
    )
    HINT = Text(
        "Install it or say with $JAVA_HOME where it is; a Connect server (--spark-url sc://…) needs none on this machine.",
        "请安装 Java，或用 $JAVA_HOME 指定位置；使用 Connect 服务器（--spark-url sc://…）时本机不需要 Java。",
    )


class SparkUnreachable(QunkitError):
    code = 69
    SENTENCE = Text("{address}: no Spark answers there ({why}).", "{address}：没有 Spark 响应（{why}）。")
    HINT = Text(
        "Check the address and that the server runs: docs/scale.md shows how to start one.",
        "请检查地址以及服务器是否在运行；启动方法见 docs/scale.md。",
    )


class NoSparkWorkers(SparkUnreachable):
    SENTENCE = Text(
        "{address}: the master gave no worker in {seconds} seconds.",
        "{address}：{seconds} 秒内没有分配到任何工作节点。",
    )
    HINT = Text(
        "Start workers, or wait until others' work is done; workers must be able to call this machine back.",
        "请启动工作节点，或等待其他任务结束；工作节点须能回连本机。",
    )


class NotOnWorkers(QunkitError):
    code = 66
    SENTENCE = Text(
        "{path}: Spark cannot read it, though this machine can.", "{path}：本机可以读取，但 Spark 无法读取。"
    )
    HINT = Text(
        "The dataset, and exports that Spark is to read, must lie under the same path here and on every worker, and their user be the one who works here.",
        "数据集以及由 Spark 读取的导出文件，在本机和每个工作节点上的路径必须相同，且工作节点须以本机的同一用户运行。",
    )


class NotOfWorkers(QunkitError):
    """What a worker wrote is not what is there."""

    code = 66
    SENTENCE = Text(
        "{path}: this machine does not see there what a Spark worker wrote.",
        "{path}：本机看不到 Spark 工作节点写入的内容。",
    )
    HINT = Text(
        "The same path must be the same folder here and on every worker: a mount that all of them see. Nothing was written.",
        "同一路径在本机和每个工作节点上必须是同一个文件夹（共享挂载）。没有写入任何内容。",
    )


class OtherPython(QunkitError):
    code = 78
    SENTENCE = Text(
        "The workers' Python is not {here}, as the one here.", "工作节点的 Python 版本与本机（{here}）不同。"
    )
    HINT = Text(
        "Let workers run the same minor version: $PYSPARK_PYTHON says which.",
        "请让工作节点使用相同的次版本，可用 $PYSPARK_PYTHON 指定。",
    )


class WorkerLacks(QunkitError):
    code = 78
    SENTENCE = Text("The workers' Python has no module {module}.", "工作节点的 Python 缺少模块 {module}。")
    HINT = Text(
        "Workers need pyarrow, pandas, numpy and jieba, and to read exports all that `pip install qunkit` brings; qunkit itself is sent to them.",
        "工作节点需要 pyarrow、pandas、numpy 和 jieba，读取导出文件时还需要 `pip install qunkit` 所带的全部依赖；qunkit 本身会自动发送。",
    )


class SparkFailed(QunkitError):
    code = 69
    SENTENCE = Text("Spark gave up: {kind}.", "Spark 执行失败：{kind}。")
    HINT = Text(
        "The cluster's logs say more; they may quote messages. The dataset is intact.",
        "详见集群日志（其中可能引用聊天内容）。数据集完好。",
    )


# -- analyses ------------------------------------------------------------------------------------------------------
class AnalysisBroken(QunkitError):
    """An analysis returned other columns than it declares: a bug in the analysis."""

    SENTENCE = Text(
        "The analysis {name} returned {found}, not {declared}.", "分析 {name} 返回了 {found}，而不是 {declared}。"
    )


# -- the operating system ------------------------------------------------------------------------------------------
WHY = {
    errno.ENOSPC: Text("no space left on the device", "磁盘空间不足"),
    errno.EDQUOT: Text("the disk quota is used up", "磁盘配额已用完"),
    errno.EFBIG: Text("the file would be larger than is allowed", "文件超过允许的大小"),
    errno.EBADF: Text("it is closed", "已关闭"),
    errno.EROFS: Text("the file system is read-only", "文件系统为只读"),
    errno.ENOENT: Text("no such file or folder", "文件或文件夹不存在"),
    errno.EACCES: Text("permission denied", "没有权限"),
    errno.EPERM: Text("permission denied", "没有权限"),
    errno.EIO: Text("the device failed", "设备读写出错"),
}
"""What the operating system says, by its number."""
RESOURCES = {
    errno.EMFILE: Text("open files", "可打开的文件数"),
    errno.ENFILE: Text("open files", "可打开的文件数"),
    errno.EAGAIN: Text("processes", "可用进程数"),
    errno.ENOMEM: Text("memory", "内存"),
}
"""Numbers that say that something is used up, and what."""


def worst(codes: Iterable[int]) -> int:
    """The code of a run of whose files each has one of `codes`."""
    return min(codes, key=WORST_FIRST.index)


def of_system(number: int, path: object) -> QunkitError:
    """What the operating system's error `number` at `path` comes to."""
    if number in RESOURCES:
        return OutOfResources(what=RESOURCES[number])
    kind = NoPermission if number in (errno.EACCES, errno.EPERM) else ReadWriteFailed
    return kind(path=path, why=reason(OSError(number, "")))


def reason(error: OSError) -> Text | str:
    """The operating system's reason."""
    if error.errno is None:
        return type(error).__name__
    return WHY.get(error.errno) or os.strerror(error.errno)  # not `strerror`: in Arrow's, there are Arrow's own words
