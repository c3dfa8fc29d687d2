"""How long a workbook takes to become a transcript, and how much memory, against bare openpyxl on the same machine in the same run.

Bare openpyxl only walks over the rows (`read_only`, values only) of the same file: it checks nothing, and writes nothing. Every measurement is a process
of its own, children included; the fastest of the rounds counts. The table then is how long `read_table` needs for the transcript.

    python benchmarks/workbook.py [--rows 200000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from pathlib import Path

_WORDS = "今天天气不错大家一起去爬山好不好我先报名了还有谁要来的请在群里说一声谢谢明天早上七点东门集合"
_HEADER = ["序号", "时间", "发送者昵称", "发送者微信ID", "发送者备注", "群昵称", "发送者身份", "消息类型", "内容"]

_END = """
import resource
peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
print(time.perf_counter() - begin, peak)
"""
_BARE = """
import sys, time, openpyxl
begin = time.perf_counter()
for sheet in openpyxl.load_workbook(sys.argv[1], read_only=True):
    for row in sheet.iter_rows(values_only=True):
        pass
"""
_OURS = """
import sys, time
from pathlib import Path
from qunkit.parsing.workbook import transcribe
begin = time.perf_counter()
with open(sys.argv[2], "wb") as out:
    transcribe(Path(sys.argv[1]), out)
"""
_TABLE = """
import sys, time
from pathlib import Path
from qunkit.parsing.sheets import read_table
from qunkit.parsing.source import open_source
source = open_source(Path(sys.argv[1]))
begin = time.perf_counter()
rows = sum(len(records.rows) for records in read_table(source, ["时间", "内容"], columns=sys.argv[3].split(",")))
assert rows == int(sys.argv[4]), rows
"""


def write(path: Path, count: int) -> None:
    """Messages as exporters write them: nine columns, texts as shared strings."""
    import openpyxl

    dice = random.Random(1)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("聊天记录")
    sheet.append(_HEADER)
    for number in range(count):
        who, begin = dice.randrange(500), dice.randrange(40)
        text = (_WORDS * 2)[begin : begin + dice.randint(1, 39)] + str(number)
        time = f"2024-12-{number % 28 + 1:02} 08:{number % 60:02}:{number % 59:02}"
        sheet.append([number, time, f"成员{who}", f"wxid_{who:04}", "", f"群名片{who}", f"成员{who}", "文本消息", text])
    book.save(path)


def measured(program: str, rounds: int, *words: object) -> tuple[float, float]:
    """Fastest seconds and highest MB of so many processes."""
    results = []
    for _ in range(rounds):
        command = [sys.executable, "-c", program + _END, *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        results.append(tuple(map(float, done.stdout.split())))
    return min(seconds for seconds, _ in results), max(memory for _, memory in results)


def main() -> None:
    """Print one line a step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder, "w.xlsx"), Path(folder, "out")
        write(path, asked.rows)
        print(f"{asked.rows} rows of {len(_HEADER)}, {path.stat().st_size / 1e6:.0f} MB; fastest of {asked.rounds}")
        floor, memory = measured(_BARE, asked.rounds, path)
        print(f"bare openpyxl {floor:6.1f} s  {memory:5.0f} MB")
        took, memory = measured(_OURS, asked.rounds, path, out)
        print(
            f"transcribe    {took:6.1f} s  {memory:5.0f} MB  ratio {took / floor:.2f}, {out.stat().st_size / 1e6:.0f} MB of text"
        )
        took, memory = measured(_TABLE, 1, path, out, ",".join(_HEADER), asked.rows)
        print(f"read_table    {took:6.1f} s")


if __name__ == "__main__":
    main()
