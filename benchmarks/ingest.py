"""How long a whole ingest takes and how much memory it needs, against a floor on the same machine in the same run.

The floor reads the file once and writes ready columns (time, sender, kind, text) as zstd Parquet: no ingest can be faster than that. Every
measurement is a process of its own; the fastest of the rounds counts.

    python benchmarks/ingest.py [--messages 1000000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

_WORDS = "今天天气不错大家一起去爬山好不好我先报名了还有谁要来的请在群里说一声谢谢明天早上七点东门集合"
_START = datetime(2025, 1, 1)  # noqa: DTZ001 (a wall clock)

_FLOOR = """
import re, sys, time, pyarrow as pa, pyarrow.parquet as pq
table = pq.read_table(sys.argv[2])
begin = time.perf_counter()
open(sys.argv[1], "rb").read()
pq.write_table(table, sys.argv[3], compression="zstd")
print(time.perf_counter() - begin, int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024)
"""
_INGEST = """
import re, sys, time
from pathlib import Path
from qunkit.ingest.run import ingest
begin = time.perf_counter()
summary = ingest([Path(sys.argv[1])], Path(sys.argv[3]))
seconds = time.perf_counter() - begin
if summary.code or summary.files[0].new != int(sys.argv[4]):
    sys.exit(f"not everything went in: {summary.files[0]}")
print(seconds, int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024)
"""


def invented(count: int) -> list[tuple[datetime, int, str]]:
    """(time, member, text): 500 members, Zipf; 20 characters on average, some in two lines; pictures; mentions."""
    dice = random.Random(1)
    members = dice.choices(range(500), [1 / (rank + 1) for rank in range(500)], k=count)
    now, told = _START, []
    for number, member in enumerate(members):
        now += timedelta(seconds=dice.randint(1, 60))
        begin = dice.randint(0, 40)
        text = (_WORDS * 2)[begin : begin + dice.randint(1, 39)]
        text = {0: "[图片]", 1: f"{text}\n第二行", 2: f"@成员3\u2005{text}"}.get(number % 12, text)
        told.append((now, member, text))
    return told


def write(folder: Path, told: list[tuple[datetime, int, str]]) -> dict[str, Path]:
    """The same messages in four formats, and as ready columns."""
    import csv

    import pyarrow as pa
    import pyarrow.parquet as pq

    paths = {name: folder / name / "群" / f"群.{name}" for name in ("txt", "csv", "jsonl", "json")}
    for path in paths.values():
        path.parent.mkdir(parents=True)
    paths["txt"].write_text("".join(f"{at} 成员{who}\n{text}\n\n" for at, who, text in told), "utf-8")
    with paths["csv"].open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            [
                "localId",
                "TalkerId",
                "Type",
                "SubType",
                "IsSender",
                "CreateTime",
                "Status",
                "StrContent",
                "StrTime",
                "Remark",
                "NickName",
                "Sender",
            ]
        )
        for number, (at, who, text) in enumerate(told):
            epoch = int(at.timestamp())
            rows.writerow([number, 3, 1, 0, 0, epoch, 2, text, at, f"成员{who}", f"成员{who}", f"wxid_{who:04}"])
    head = {
        "chatlab": {"version": "0.0.2"},
        "meta": {"name": "群", "platform": "wechat", "type": "group", "groupId": "1@chatroom"},
    }
    lines = [
        {"sender": f"wxid_{who:04}", "accountName": f"成员{who}", "timestamp": int(at.timestamp()), "type": 0, "content": text,
         "platformMessageId": str(2755705033944784198 + number)}
        for number, (at, who, text) in enumerate(told)
    ]  # fmt: skip
    with paths["jsonl"].open("w", encoding="utf-8") as file:
        for line in ({"_type": "header", **head}, *({"_type": "message", **line} for line in lines)):
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    paths["json"].write_text(json.dumps({**head, "messages": lines}, ensure_ascii=False, indent=2), "utf-8")
    columns = {
        "at": [at for at, _, _ in told],
        "who": [f"wxid_{who:04}" for _, who, _ in told],
        "kind": ["text"] * len(told),
    }
    pq.write_table(pa.table({**columns, "text": [text for _, _, text in told]}), folder / "ready.parquet")
    return paths


def measured(program: str, rounds: int, *words: object) -> tuple[float, float]:
    """Fastest seconds and highest MB of so many processes."""
    results = []
    for number in range(rounds):
        last = [*map(str, words)]
        last[2] += str(number)
        done = subprocess.run([sys.executable, "-c", program, *last], capture_output=True, text=True, check=True)
        results.append(tuple(map(float, done.stdout.split())))
    return min(seconds for seconds, _ in results), max(memory for _, memory in results)


def main() -> None:
    """Print one line a format."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = write(folder, invented(asked.messages))
        print(
            f"{asked.messages} messages; fastest of {asked.rounds}\nformat  MB   floor s  ingest s  ratio  messages/s  peak MB"
        )
        for format_, path in paths.items():
            floor, _ = measured(_FLOOR, asked.rounds, path, folder / "ready.parquet", folder / f"floor-{format_}")
            took, memory = measured(_INGEST, asked.rounds, path, "-", folder / f"dataset-{format_}", asked.messages)
            size = path.stat().st_size / 1e6
            print(
                f"{format_:6} {size:5.0f} {floor:8.2f} {took:9.2f} {took / floor:6.1f} {asked.messages / took:11.0f} {memory:8.0f}"
            )


if __name__ == "__main__":
    main()
