"""``qunkit sql``: one SELECT on the views."""

from __future__ import annotations

from dataclasses import dataclass

from qunkit.cli.expose import argument, told
from qunkit.cli.options import Engine, Groups, Machine, Now, Output, Place, Shown, When
from qunkit.words import Text

HELP = Text(
    """Ask the dataset in SQL: one SELECT, in DuckDB's dialect, on the views messages, posts, members and days.

    The views show what the filters let through, but all of history before --until; posts.in_window tells what lies in the window.
    Nothing can be written, and no other file be read. Example: qunkit sql "SELECT kind, count(*) FROM messages GROUP BY kind".""",
    """用 SQL 查询数据集：一条 SELECT（DuckDB 方言），可用的视图有 messages、posts、members、days。

    视图只含符合条件的内容，但包含 --until 之前的全部历史；posts.in_window 表示是否在所选时间内。不能写入，也不能读取其他文件。
    示例：qunkit sql "SELECT kind, count(*) FROM messages GROUP BY kind"。""",
)


@dataclass(frozen=True, slots=True)
class Params:
    """The question."""

    select: str = argument(Text("the SELECT, quoted as one word", "SELECT 语句，用引号括起"), "SELECT")


OPTIONS = (Params, Groups, When, Now, Shown, Place, Machine, Engine, Output)


def run(params: Params, groups: Groups, when: When, now: Now, shown: Shown, place: Place, machine: Machine, engine: Engine, output: Output) -> int:  # fmt: skip
    """Write the rows."""
    from qunkit.cli.show import check, show
    from qunkit.cli.stream import as_result

    engine.must_be_here("sql")
    check(output)
    notes = shown.remarks()
    rows = place.open(machine).sql(params.select, **told(groups, when, now, shown))
    result = as_result("sql", Text("Rows", "查询结果"), rows)
    result.notes += notes
    show(result, output, place)
    return 0
