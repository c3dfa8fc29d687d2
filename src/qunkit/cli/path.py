"""``qunkit path``: the folder of the current snapshot, for other tools."""

from __future__ import annotations

from qunkit.cli import streams
from qunkit.cli.options import Place
from qunkit.words import Text

HELP = Text(
    """Print the folder of the dataset's current state: plain Parquet that any tool reads.

    Example: duckdb -c "FROM '$(qunkit path)/messages/**/*.parquet'". A later ingest makes a new folder; the last two are kept.""",
    """显示数据集当前状态所在的文件夹，其中是任何工具都能读取的 Parquet 文件。

    示例：duckdb -c "FROM '$(qunkit path)/messages/**/*.parquet'"。之后的导入会产生新文件夹，只保留最近两个。""",
)

OPTIONS = (Place,)


def run(place: Place) -> int:
    """Print the path, absolute."""
    from qunkit.ingest.store import open_snapshot

    with open_snapshot(place.path) as snapshot, streams.output() as out:
        out.write(f"{snapshot.path.resolve()}\n")
    return 0
