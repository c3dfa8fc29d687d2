"""The commands: hand-written ones and every analysis, found on the shelf and built only when one is called.

A command's name is its module's: `analyses/kol.py` is ``qunkit kol``, `analyses/activity_members.py` is ``qunkit activity
members``; the part before the underscore alone is the command ``activity``, if there is such a module.
"""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from qunkit import registry
from qunkit.cli.expose import expose
from qunkit.cli.session import current
from qunkit.errors import UsageError
from qunkit.words import Text

COMMANDS = {
    "ingest": Text("read exports into the dataset", "导入聊天记录"),
    "roster": Text("read a list of a group's members", "导入群成员名单"),
    "sources list": Text("the files that the dataset is made of", "数据集由哪些文件组成"),
    "sources drop": Text("take files out again", "移除已导入的文件"),
    "alias list": Text("names that may be a member's other name", "成员可能的其他名字"),
    "alias accept": Text("take such a suggestion", "接受别名建议"),
    "alias reject": Text("say that a name is not the member's", "声明名字不属于该成员"),
    "alias add": Text("say that a name or id is another member's", "指定名字或 id 属于某成员"),
    "forget": Text("take a member or a group out for good", "彻底删除成员或群"),
    "report": Text("the weekly report", "社群周报"),
    "alerts": Text("what needs somebody now, for cron", "告警：当前需要处理的情况"),
    "ads score": Text("how likely any text is an ad, and why", "给任意文本打广告分"),
    "ads learn": Text("learn from labelled messages what an ad is", "从标注中学习广告模型"),
    "messages": Text("the messages themselves", "导出消息"),
    "sql": Text("ask the dataset in SQL", "用 SQL 查询"),
    "path": Text("where the Parquet files are", "显示 Parquet 文件位置"),
    "check": Text("whether the dataset is sound", "检查数据集是否完好"),
    "rejects list": Text("what could not be read", "未能识别的记录"),
    "rejects show": Text("the rejects themselves", "未能识别的原文"),
    "rejects retry": Text("read files with rejects again", "重新读取含未识别记录的文件"),
    "formats": Text("which exports can be read, and how to make them", "支持的导出格式及导出方法"),
    "demo": Text("write invented exports to try qunkit on", "生成虚构的聊天记录供试用"),
}
"""The hand-written commands, in the order of the help; `cli/<name>.py` has the rest (``rejects show``: `cli/rejects_show.py`)."""

_BEFORE = {
    "--version": Text("show the version", "显示版本"),
    "--lang en|zh": Text("language of what people read", "界面语言"),
    "--debug": Text("show the traceback of an error, without values", "出错时显示堆栈（不含数据）"),
}
_SPOKEN = {
    "Usage: ": "用法：",
    "Options:": "选项:",
    "Arguments:": "参数:",
    "Commands:": "命令:",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]...",
    "Show this message and exit.": "显示帮助",
}
"""What typer says in every help text."""
_HEADING = re.compile(r"(?<=^\S\S):$|(?<=^\S\S\S):$", re.MULTILINE)
_TITLE = re.compile(r'^TITLE = Text\(\s*("[^"\n]*"),\s*("[^"\n]*"),?\s*\)$', re.MULTILINE)
_ANSWERS, _DATA = Text("Answers", "分析"), Text("Data", "数据")
_USUAL = Text("[default: {value}]", "[默认：{value}]")
_COLUMNS = Text("Columns", "输出列")
_SEE = Text("See also: {names}", "另见：{names}")
_NO_SUCH = Text("No such command: {name}.", "没有命令 {name}。")
_ONE_OF = Text("`qunkit {name}` is no command by itself. There are: {names}.", "`qunkit {name}` 需要子命令：{names}。")
_MORE = Text("`qunkit {name} COMMAND --help` says more of each.", "各命令的用法见 `qunkit {name} 命令 --help`。")
_NEAR = Text("No such command: {name}; did you mean {near}?", "没有命令 {name}，是否想用 {near}？")


def analyses() -> dict[str, str]:
    """Command → module of every analysis."""
    return {name.replace("_", " ", 1).replace("_", "-"): name for name in registry.names("analyses")}


def title(analysis: str) -> Text:
    """An analysis's TITLE, read from its file as text: to load thirty modules would take longer than all the rest of the help."""
    file = Path(registry.__file__).with_name("analyses") / f"{analysis}.py"
    found = _TITLE.search(file.read_text("utf-8")) if file.exists() else None
    if found:
        return Text(*(literal_eval(phrase) for phrase in found.groups()))
    stated: Text = registry.load("analyses", analysis).TITLE
    return stated


class Command(TyperCommand):
    """One command; `columns` are described at the end of its help."""

    columns: Sequence[tuple[str, str]] = ()

    def get_help(self, ctx: Any) -> str:
        """The help text."""
        return _speak(super().get_help(ctx))

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """``[OPTIONS]`` and the arguments, as they were written."""
        return ["[OPTIONS]", *(str(one.metavar) for one in self.get_params(ctx) if one.param_type_name == "argument")]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments, then options; the same under every version of typer."""
        params: list[Any] = self.get_params(ctx)
        arguments = [(one.metavar, one.help) for one in params if one.param_type_name == "argument"]
        options = [_record(one) for one in params if one.param_type_name == "option"]
        for heading, rows in (("Arguments", arguments), ("Options", options)):
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """What the columns mean, and what else to see."""
        if self.columns:
            with formatter.section(_COLUMNS.say(current.lang)):
                formatter.write_dl(self.columns)
        super().format_epilog(ctx, formatter)


class Family(Command):
    """What stands for commands of one first word where no second follows: it names them."""

    members: Sequence[str] = ()

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """As of a command that has others below it."""
        return ["COMMAND [ARGS]..."]

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """The commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].say(current.lang)) for name in self.members])


def _record(option: Any) -> tuple[str, str]:
    """How an option is spelt and what it does; typer's own wording differs between versions."""
    spelt = ", ".join(option.opts) + ("" if option.is_flag else f" {option.metavar}")
    usual = "  " + _USUAL.say(current.lang, value=option.default) if option.show_default else ""
    return spelt, option.help + usual


class Commands(TyperGroup):
    """All commands; the help of all needs their titles, a call only the one that is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order of the help."""
        return [*COMMANDS, *analyses()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, built now; None if there is none."""
        if cmd_name in COMMANDS:
            return _written(cmd_name)
        return _analysis(cmd_name, analyses()[cmd_name]) if cmd_name in analyses() else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The longest name that `args` begin with.

        Raises:
            UsageError: there is no such command; it names the nearest.
        """
        known = self.list_commands(ctx)
        for count in (2, 1):
            name, rest = " ".join(args[:count]), args[count:]
            mistyped = rest and not rest[0].startswith("-") and _below(name, known)
            if name in known and not mistyped:
                return name, self.get_command(ctx, name), rest
        alone = not args[1:] or args[1].startswith("-")
        if alone and (family := _below(args[0], COMMANDS)):
            return args[0], _family(args[0], family), args[1:]
        raise _no_such_command(args, known)

    def get_help(self, ctx: Any) -> str:
        """The help text."""
        return _speak(super().get_help(ctx))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """What may stand before the command; `session` and `main` read it themselves, for typer's own reading takes long."""
        lang = current.lang
        rows = [(name, text.say(lang)) for name, text in _BEFORE.items()]
        with formatter.section("Options"):
            formatter.write_dl([*rows, ("--help", "Show this message and exit.")])
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The commands under two headings."""
        titles = {name: title(module) for name, module in analyses().items()}
        for heading, rows in ((_DATA, COMMANDS), (_ANSWERS, titles)):
            if rows:
                with formatter.section(heading.say(current.lang)):
                    formatter.write_dl([(name, title.say(current.lang)) for name, title in rows.items()])


def build(
    name: str,
    run: Callable[..., int],
    kinds: Sequence[type],
    help: str,
    *,
    cls: type[Command] = Command,
    epilog: str | None = None,
    columns: Sequence[tuple[str, str]] = (),
) -> Any:
    """A command that gives `run` one object of each of `kinds`."""
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    app.command(name, cls=cls, help=help, epilog=epilog)(expose(run, kinds))
    command = typer.main.get_command(app)
    command.columns = columns  # type: ignore[attr-defined]
    return command


def _written(name: str) -> Any:
    module = import_module(f"qunkit.cli.{name.replace(' ', '_')}")
    return build(name, module.run, module.OPTIONS, module.HELP.say(current.lang), epilog=_kin(name))


def _family(name: str, members: Sequence[str]) -> Any:
    def run() -> int:
        en = _ONE_OF.say("en", name=name, names=", ".join(members))
        raise UsageError(what=Text(en, _ONE_OF.say("zh", name=name, names="、".join(members))))

    command = build(name, run, (), _MORE.say(current.lang, name=name), cls=Family)
    command.members = members
    return command


def _analysis(name: str, stem: str) -> Any:
    from qunkit.cli import answer

    module = registry.load("analyses", stem)
    return build(
        name,
        answer.runner(stem, module),
        answer.options(module),
        module.TITLE.say(current.lang),
        epilog=_kin(name),
        columns=_described(module),
    )


def _kin(name: str) -> str | None:
    """What names the commands of the same first word, if there are any."""
    family = sorted(
        other for other in (*analyses(), *COMMANDS) if other != name and other.split()[0] == name.split()[0]
    )
    return _SEE.say(current.lang, names=", ".join(f"qunkit {other}" for other in family)) if family else None


def _described(module: ModuleType) -> list[tuple[str, str]]:
    return [(column.name, (column.meaning or column.label).say(current.lang)) for column in module.COLUMNS]


def _below(name: str, known: Iterable[str]) -> list[str]:
    return [other for other in known if other.startswith(name + " ")]


def _no_such_command(args: Sequence[str], known: Sequence[str]) -> UsageError:
    wanted = " ".join(arg for arg in args[:2] if not arg.startswith("-"))
    near = get_close_matches(wanted, known, n=1) or get_close_matches(args[0], known, n=1) or _below(args[0], known)
    said = _NEAR if near else _NO_SUCH
    names = {"name": wanted, "near": " / ".join(near)} if near else {"name": wanted}
    return UsageError(what=Text(said.say("en", **names), said.say("zh", **names)))


def _speak(help: str) -> str:
    """A help text with typer's own words in the language of the run."""
    if current.lang == "zh":
        for english, chinese in _SPOKEN.items():
            help = help.replace(english, chinese)
        help = _HEADING.sub("：", help)
    return help
