"""The options that commands share; `expose` makes them options of the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qunkit import registry
from qunkit.cli.expose import option, told
from qunkit.cli.session import current
from qunkit.cli.streams import must_have_room
from qunkit.config.tables import ENGINES, NAMES
from qunkit.errors import BadOption, UsageError
from qunkit.results import Note
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.api import Dataset

ALIASES = {"md": "markdown"}
"""Short names of renderers."""
_NEW_KEY = Text(
    "a key for pseudonyms was made: {path}. Keep it, apart from what you share: with it the same people have the same pseudonyms again.",
    "已生成化名所用的密钥：{path}。请妥善保存，勿与输出一起分享：用同一密钥，同一成员的化名不变。",
)
_HERE = Text(
    "`qunkit {command}` is answered by DuckDB on this machine: leave out --engine and --spark-url.",
    "`qunkit {command}` 只能由本机的 DuckDB 计算：请去掉 --engine 和 --spark-url。",
)
_SIZE = re.compile(r"\d+(?:\.\d+)?[KMGT]i?B", re.ASCII | re.IGNORECASE)


def format_names() -> list[str]:
    """What --format takes."""
    short = {long: alias for alias, long in ALIASES.items()}
    return [short.get(name, name) for name in registry.names("renderers")]


@dataclass(frozen=True, slots=True)
class Groups:
    """Which groups."""

    group: tuple[str, ...] = option(
        (),
        Text("only this group: name, id or glob; may be repeated", "只看此群：群名、id 或通配符，可重复"),
        metavar="GROUP",
    )
    tag: tuple[str, ...] = option(
        (),
        Text("only groups that qunkit.toml gives this tag; may be repeated", "只看带此标签的群，可重复"),
        metavar="TAG",
    )


@dataclass(frozen=True, slots=True)
class When:
    """Which time; see `qunkit.window`."""

    since: str | None = option(None, Text("from this date or time", "起始日期或时间"), metavar="DATE")
    until: str | None = option(
        None, Text("to this date, inclusive, or before this time", "截止日期（含）或时间（不含）"), metavar="DATE"
    )
    last: str | None = option(
        None, Text("the last 7d, 4w or 3m, up to as-of", "截至时间之前的 7d、4w 或 3m（天、周、月）"), metavar="LENGTH"
    )
    week: str | None = option(
        None, Text("an ISO week such as 2026-W20, or last: the last complete one", "ISO 周，如 2026-W20；last 为最近的完整一周"), metavar="WEEK"
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Now:
    """What "now" is, and when days begin."""

    as_of: str | None = option(
        None, Text('"now": nothing later is seen (default: the last message)', "截至时间，之后的内容不计（默认最后一条消息）"), metavar="DATE"
    )  # fmt: skip
    day_start: int | None = option(
        None, Text("hour at which a day begins (default: 0)", "一天从几点算起（默认 0）"), metavar="HOUR"
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """How people are shown."""

    names: str | None = option(
        None,
        Text("name of a member to show: the one in the group (default), the own one, or your remark", "成员显示群昵称（默认）、昵称或备注"),
        metavar="|".join(NAMES),
    )  # fmt: skip
    pseudonymise: bool = option(
        False,
        Text("pseudonyms for people and groups, in texts too; filters take the true names", "以化名代替成员和群（包括文本中的）；筛选仍用真实名称"),
    )  # fmt: skip

    def remarks(self) -> list[Note]:
        """What a listing has to say; where the key is made now, that is said on stderr, for the place of a file tells who made it."""
        if not self.pseudonymise:
            return []
        from qunkit.cli.failures import NOTE, say
        from qunkit.privacy import NOTE as PSEUDONYMISED
        from qunkit.privacy import key_path, load_key

        new = not key_path().exists()
        load_key(create=True)
        if new:
            say(_NEW_KEY.say(current.lang, path=key_path()), label=NOTE)
        return [Note(PSEUDONYMISED)]


@dataclass(frozen=True, slots=True)
class Machine:
    """How much of the machine to use."""

    memory_limit: str | None = option(
        None, Text("memory for the query engine, such as 2GB", "查询引擎可用内存，如 2GB"), metavar="SIZE"
    )
    threads: int | None = option(
        None, Text("threads for the query engine (default: all)", "查询引擎线程数（默认全部）"), metavar="N"
    )

    def checked(self) -> dict[str, Any]:
        """The limits as `open_dataset` takes them.

        Raises:
            BadOption: no size, or no number of threads.
        """
        if self.memory_limit is not None and not _SIZE.fullmatch(self.memory_limit):
            expected = Text("a size such as 512MB or 2GB", "内存大小（如 512MB、2GB）")
            raise BadOption(option="--memory-limit", value=self.memory_limit, expected=expected)
        if self.threads is not None and self.threads < 1:
            raise BadOption(option="--threads", value=self.threads, expected=Text("1 or more", "大于等于 1 的整数"))
        return told(self)


@dataclass(frozen=True, slots=True)
class Engine:
    """What answers, and reads exports."""

    engine: str | None = option(
        None, Text("engine: duckdb, on this machine (default), or spark", "引擎：duckdb（本机，默认）或 spark"), metavar="|".join(ENGINES)
    )  # fmt: skip
    spark_url: str | None = option(
        None, Text("where Spark is: sc://host, spark://host:port or local[N] (default: this machine)", "Spark 的地址：sc://host、spark://host:port 或 local[N]（默认本机）"), metavar="URL"
    )  # fmt: skip

    def must_be_here(self, command: str) -> None:
        """Refuse Spark for a command that is DuckDB's alone.

        Raises:
            UsageError: it was asked for.
        """
        if self.engine == "spark" or self.spark_url:
            raise UsageError(what=Text(_HERE.say("en", command=command), _HERE.say("zh", command=command)))


@dataclass(frozen=True, slots=True)
class Place:
    """Which dataset."""

    data: str | None = option(
        None, Text("dataset folder (default: $QUNKIT_DATA, else qunkit-data)", "数据集文件夹（默认 $QUNKIT_DATA，否则 qunkit-data）"), metavar="DIR"
    )  # fmt: skip
    config: str | None = option(
        None,
        Text("settings that go before the dataset's qunkit.toml", "优先于数据集 qunkit.toml 的配置文件"),
        metavar="FILE",
    )

    @property
    def path(self) -> Path:
        """The dataset's folder."""
        from qunkit.api import dataset_path

        return dataset_path(self.data)

    def open(self, machine: Machine = Machine(), engine: Engine = Engine()) -> Dataset:
        """The dataset, with its settings read; from now on the run speaks the language they say.

        Raises:
            BadConfig: the settings cannot be understood.
            BadOption: a limit of `machine` that is none.
            OutOfResources: the process may not have the memory that reading takes.
        """
        from qunkit.api import open_dataset

        must_have_room()
        dataset = open_dataset(self.path, settings=self.config, **machine.checked(), **told(engine))
        current.prefer(dataset.settings.lang)
        return dataset


@dataclass(frozen=True, slots=True)
class Output:
    """How and where to."""

    format: str | None = option(
        None,
        Text("how to write the result (default: terminal; in a pipe tsv, a report md)", "输出格式（默认：终端为表格，管道为 tsv，周报为 md）"),
        metavar=lambda: "|".join(format_names()),
    )  # fmt: skip
    output: str | None = option(
        None,
        Text("write to this file, whole or not at all", "写入文件（要么完整，要么不写）"),
        "-o",
        "--output",
        metavar="FILE",
    )
