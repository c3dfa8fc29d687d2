"""How long a workbook takes to become a transcript, and the transcript a table, against bare openpyxl on the same file.

Bare openpyxl only walks over the rows (`read_only`, values only): it checks nothing, and writes nothing. A fifth of the asked messages.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

from asked import Asked, Row
from exports import CACHE
from process import best, measured

_WORDS = "今天天气不错大家一起去爬山好不好我先报名了还有谁要来的请在群里说一声谢谢明天早上七点东门集合"
_HEADER = ["序号", "时间", "发送者昵称", "发送者微信ID", "发送者备注", "群昵称", "发送者身份", "消息类型", "内容"]


def rows(asked: Asked) -> list[Row]:
    """One row a step."""
    count = asked.messages // 5
    path, out = CACHE / f"{asked.messages}" / "workbook.xlsx", CACHE / "transcript"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, count)
    steps = {"openpyxl": (path,), "transcript": (path, out), "table": (path, count)}
    took = best(asked.rounds, {name: partial(measured, f"workbook.{name}", *words) for name, words in steps.items()})
    out.unlink()
    bare = took["openpyxl"]
    return [
        {"step": name, "rows": count, "s": one.seconds, "÷ openpyxl": one.seconds / bare.seconds, "peak MB": one.peak}
        for name, one in took.items()
    ]


def write(path: Path, count: int) -> None:
    """Messages as exporters write them: nine columns, texts as shared strings."""
    from openpyxl import Workbook

    dice = random.Random(1)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("聊天记录")
    sheet.append(_HEADER)
    for number in range(count):
        who, begin = dice.randrange(500), dice.randrange(40)
        text = (_WORDS * 2)[begin : begin + dice.randint(1, 39)] + str(number)
        time = f"2024-12-{number % 28 + 1:02} 08:{number % 60:02}:{number % 59:02}"
        sheet.append([number, time, f"成员{who}", f"wxid_{who:04}", "", f"群名片{who}", f"成员{who}", "文本消息", text])
    book.save(path)


def openpyxl(path: str) -> Callable[[], None]:
    """Bare openpyxl."""
    from openpyxl import load_workbook

    def work() -> None:
        for sheet in load_workbook(path, read_only=True):
            for _ in sheet.iter_rows(values_only=True):
                pass

    return work


def transcript(path: str, out: str) -> Callable[[], None]:
    """The workbook as lines of JSON."""
    from qunkit.parsing.workbook import transcribe

    def work() -> None:
        with open(out, "wb") as file:
            transcribe(Path(path), file)

    return work


def table(path: str, count: int) -> Callable[[], None]:
    """The transcript as a table."""
    from qunkit.parsing.sheets import read_table
    from qunkit.parsing.source import open_source

    source = open_source(Path(path))

    def work() -> None:
        rows = sum(len(records.rows) for records in read_table(source, ["时间", "内容"], columns=_HEADER))
        if rows != count:
            raise RuntimeError(f"{rows} rows of {count}")

    return work
