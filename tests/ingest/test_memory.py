"""A file of three times the size takes no more memory: peak resident size of a process that ingests it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from support import memory

SIZES = (120 << 20, 360 << 20)
GROWTH = 1.25
_START, _STEP = 1_600_000_000, 20
"""Seconds: months of 130,000 messages, for what a month takes is bounded otherwise, by the limit on the memory of the merge."""
_HEADER = '{"_type":"header","chatlab":{"version":"0.0.2"},"meta":{"name":"读书会","platform":"wechat","groupId":"1@chatroom"}}\n'
_CSV = "\ufefflocalId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender\r\n"
_DOCUMENT = '{"chatlab":{"version":"0.0.2"},"meta":{"name":"读书会","platform":"wechat","groupId":"1@chatroom"},"members":[],"messages":['
_RECORD = '{"sender":"wxid_1","accountName":"甲1","timestamp":1700000001,"type":0,"content":"第 1 句话，大家早上好"}'
_QQ = """消息记录（此消息记录为文本格式，不支持重新导入）

================================================================
消息分组:我的QQ群
================================================================
消息对象:读书会
================================================================

2023-11-14 22:13:20 甲(10001)
第 1 句话，大家早上好

2023-11-14 22:13:21 乙(10002)
第 2 句话，大家早上好

"""
_INGEST = """
import sys
from pathlib import Path
from qunkit.ingest.run import ingest
summary = ingest([Path(sys.argv[1])], Path(sys.argv[2]))
print(summary.files[0].status, sum(summary.files[0].records.values()))
"""


def csv_row(n: int) -> str:
    return f'{n},3,1,0,{n % 2},{_START + _STEP * n},2,"第 {n} 句话，大家早上好",2023-11-14 22:13:20,甲{n % 90},甲{n % 90},wxid_{n % 90}\r\n'


def json_line(n: int) -> str:
    return f'{{"_type":"message","sender":"wxid_{n % 90}","accountName":"甲{n % 90}","timestamp":{_START + _STEP * n},"type":0,"content":"第 {n} 句话，大家早上好"}}\n'


def text_record(n: int) -> str:
    clock = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(_START + _STEP * n))
    return f"{clock} 甲{n % 90}\n第 {n} 句话，大家早上好\n\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "header", "record"),
    [("群_utf8.csv", _CSV, csv_row), ("a.jsonl", _HEADER, json_line), ("读书会.txt", "", text_record)],
    ids=["csv", "jsonl", "txt"],
)
def test_peak_memory_does_not_grow_with_the_file(
    tmp_path: Path, name: str, header: str, record: Callable[[int], str]
) -> None:
    peaks = []
    for size in SIZES:
        path = tmp_path / str(size) / name
        path.parent.mkdir()
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(header)
            n = 0
            while file.tell() < size if n % 10_000 == 0 else True:
                file.write(record(n))
                n += 1
        peaks.append(_peak(path, n))
        path.unlink()
    assert peaks[1] < GROWTH * peaks[0], peaks


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("群_utf8.csv", _CSV + csv_row(1)),
        ("群_utf8.csv", _CSV + csv_row(1) + csv_row(2)[:-40]),
        ("a.jsonl", _HEADER + json_line(1)),
        ("a.json", _DOCUMENT + _RECORD + ",\n"),
        ("a.json", _DOCUMENT + _RECORD + ",\n" + _RECORD[:-4]),
        ("读书会.txt", "".join(map(text_record, range(3)))),
        ("读书会.txt", _QQ),
    ],
    ids=["csv", "csv-within-a-record", "jsonl", "json", "json-within-a-record", "txt", "headed-txt"],
)
def test_nor_with_a_line_that_never_ends(tmp_path: Path, name: str, header: str) -> None:
    peaks = []
    for size in SIZES:
        path = tmp_path / str(size) / name
        path.parent.mkdir()
        path.write_text(header, encoding="utf-8", newline="")
        os.truncate(path, size)
        peaks.append(_peak(path, 2))
        path.unlink()
    assert peaks[1] < GROWTH * peaks[0], peaks


def _peak(path: Path, least: int) -> int:
    """MiB at most while the file is ingested."""
    (status, records), peak = memory.peak(_INGEST, path, path.with_suffix(".data"))
    assert status == "ingested"
    assert int(records) >= least
    return peak
