"""Every error: the sentence, the way out and the exit code, in both languages. Raise facts; the words are here.

Exit codes follow sysexits.h where it has one: 1 ran and found something, 2 usage, 3 partly done, 20 dataset damaged,
65 input refused, 66 input missing, 70 bug, 71 out of resources, 73 cannot create, 74 read/write failed, 75 try again
later, 76 newer dataset, 77 permission, 78 configuration.
"""

from __future__ import annotations

from typing import ClassVar

from qunkit.words import Lang, Text


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


class NoSuchGroup(UsageError):
    SENTENCE = Text("No group matches {pattern!r}.", "没有与 {pattern!r} 匹配的群。")
    HINT = Text("`qunkit groups` lists them.", "用 `qunkit groups` 查看全部群。")


# -- input ---------------------------------------------------------------------------------------------------------
class InputRefused(QunkitError):
    code = 65
    SENTENCE = Text("{path}: refused.", "{path}：已拒绝。")


class UnknownFormat(InputRefused):
    SENTENCE = Text("{path}: not a known export; it {what}.", "{path}：不是已知的导出格式，{what}。")
    HINT = Text(
        "`qunkit formats` lists what can be read and how to export it{columns}.",
        "用 `qunkit formats` 查看支持的格式及其导出方法{columns}。",
    )


class NestedArchive(UnknownFormat):
    SENTENCE = Text("{path}: an archive within an archive is not looked into.", "{path}：不读取压缩包内的压缩包。")
    HINT = Text("Unpack the inner archive first and give its folder.", "内层的压缩包请先解压，再传入文件夹。")


class OtherArchive(UnknownFormat):
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
        "Nothing of it was taken, for it would double the history. If it is right as it is, ingest it with --force.",
        "未导入任何内容，否则历史会重复。若确认无误，请加 --force 导入。",
    )


class MissingInput(QunkitError):
    code = 66
    SENTENCE = Text("{path}: {why}.", "{path}：{why}。")
    HINT = Text("Check the name, or pass - to read standard input.", "请检查文件名，或用 - 读取标准输入。")


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


class BadKey(QunkitError):
    """The key of pseudonyms and of what was forgotten."""

    code = 78
    SENTENCE = Text("{path}: no usable key ({why}).", "{path}：没有可用的密钥（{why}）。")
    HINT = Text(
        "The key stands for people's names and lies outside every dataset; say where with $QUNKIT_KEY, or restore it from a backup.",
        "密钥用于代替成员姓名，存放在数据集之外；请用 $QUNKIT_KEY 指定位置，或从备份恢复。",
    )


class AnalysisBroken(QunkitError):
    """An analysis returned other columns than it declares: a bug in the analysis."""

    SENTENCE = Text(
        "The analysis {name} returned {found}, not {declared}.", "分析 {name} 返回了 {found}，而不是 {declared}。"
    )
