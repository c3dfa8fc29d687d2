"""An .xlsx workbook as lines of JSON: ``["sheet", row number, "cell", …]``, whatever the workbook tries.

It is read in a process of its own (`_workbook_worker`), which has a limit on its memory and is ended when it stops reading. Cells are text: whole numbers without
a point, times as ``YYYY-MM-DD HH:MM:SS[.mmm]``, TRUE and FALSE, and a formula as it is written. Empty cells at the end of a row
and empty rows are left out.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
from pathlib import Path
from typing import IO

from qunkit.errors import ReadWriteFailed, UnreadableExport, reason
from qunkit.parsing import _workbook_worker as worker
from qunkit.parsing.archive import safe_members
from qunkit.words import Text

MEMORY = 2 << 30
"""Bytes of address space that the worker gets."""
SIZE = 2 << 30
"""Bytes of XML that a workbook may hold, and of text that may come of it."""
PATIENCE = 30.0
"""Seconds without a byte read or written until the worker is ended."""
OLE = bytes.fromhex("D0CF11E0A1B11AE1")

_CSV = Text(
    "Export as CSV, TXT or JSON instead, or split the workbook.", "请改用 CSV、TXT 或 JSON 导出，或拆分该工作簿。"
)
_SAVE = Text(
    "Export it again, or open it in a spreadsheet program and save it as .xlsx.",
    "请重新导出，或用表格软件打开后另存为 .xlsx。",
)
_OLD = Text("is an old .xls workbook, or encrypted.", "是旧式 .xls 工作簿，或已加密。")
_WITHOUT_PASSWORD = Text("Save it as .xlsx without a password.", "请另存为不带密码的 .xlsx。")
_LARGE = Text("holds more than 2 GiB.", "内容超过 2 GiB。")
_STUCK = Text("could not be read: the reader made no headway.", "无法读取：读取没有进展。")
_DAMAGED = Text("is a damaged workbook.", "是损坏的工作簿。")
_WORDS = {
    "sheets": (Text("has more than {most} sheets.", "工作表超过 {most} 个。"), _CSV, worker.SHEETS),
    "rows": (Text("has a sheet of more than {most:,} rows.", "有工作表超过 {most:,} 行。"), _CSV, worker.ROWS),
    "cell": (Text("has a cell of more than {most:,} characters.", "有单元格超过 {most:,} 个字符。"), _CSV, worker.CELL),
    "memory": (Text("needs too much memory.", "所需内存过多。"), _CSV, 0),
    "missing": (Text("lacks a sheet that it lists.", "缺少其目录中的工作表。"), _SAVE, 0),
    "entities": (
        Text("defines XML entities, which no workbook needs.", "定义了 XML 实体，正常工作簿不会如此。"),
        _SAVE,
        0,
    ),
    "unsafe": (
        Text("cannot be read safely: defusedxml is not installed.", "无法安全读取：未安装 defusedxml。"),
        Text("Install qunkit again.", "请重新安装 qunkit。"),
        0,
    ),
}


def transcribe(path: Path, out: IO[bytes], *, label: str | None = None, patience: float = PATIENCE) -> None:
    """Write the rows of every sheet to `out`.

    Raises:
        UnreadableExport: it is damaged, encrypted, too large, or no workbook.
    """
    shown = str(path) if label is None else label
    with path.open("rb") as file:
        if file.read(len(OLE)) == OLE:
            raise UnreadableExport(path=shown, why=_OLD, hint=_WITHOUT_PASSWORD)
    if sum(member.size or 0 for member in safe_members(path, shown)) > SIZE:
        raise UnreadableExport(path=shown, why=_LARGE, hint=_CSV)
    with _started(path) as process:
        try:
            word = _followed(process, out, patience)
        except OSError as error:
            raise ReadWriteFailed(path=shown, why=reason(error)) from error
        finally:
            process.kill()
    if isinstance(word, Text):
        raise UnreadableExport(path=shown, why=word, hint=_CSV)
    if process.returncode:
        why, hint, most = _WORDS.get(word, (_DAMAGED, _SAVE, 0))
        raise UnreadableExport(path=shown, why=Text(why.say("en", most=most), why.say("zh", most=most)), hint=hint)


def _started(path: Path) -> subprocess.Popen[bytes]:
    """The worker, which finds what this process finds, and nothing in the current folder: that may be a stranger's."""
    found = os.pathsep.join(filter(None, sys.path))
    here = {"OPENPYXL_DEFUSEDXML": "True", "OPENPYXL_LXML": "False", "PYTHONPATH": found}
    command = [sys.executable, "-P", "-m", worker.__name__, os.path.abspath(path), str(MEMORY)]
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env={**os.environ, **here},
    )


def _followed(process: subprocess.Popen[bytes], out: IO[bytes], patience: float) -> str | Text:
    """Copy what the worker writes until it ends; its last word, or why it was not waited for."""
    written, told = 0, b""
    with selectors.DefaultSelector() as both:
        for pipe in (process.stdout, process.stderr):
            both.register(pipe, selectors.EVENT_READ)  # type: ignore[arg-type]
        while both.get_map():
            ready = both.select(patience)
            if not ready:
                return _STUCK
            for key, _ in ready:
                block = os.read(key.fd, 1 << 18)
                if not block:
                    both.unregister(key.fileobj)
                elif key.fileobj is process.stderr:
                    told = (told + block.lstrip(b"."))[-1000:]
                else:
                    written += len(block)
                    if written > SIZE:
                        return _LARGE
                    out.write(block)
    out.flush()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        return _STUCK
    return told.decode("utf-8", "replace").strip(".")
