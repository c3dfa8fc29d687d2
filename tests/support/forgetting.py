"""A chat of which somebody is forgotten, and where what they said still is."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

CODECS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
HEADER = "Time,SenderName,Sender,TalkerName,Talker,Content\n"
ANN, BOB, EVE = ("阿岚", "wxid_alan001"), ("鲍勃", "wxid_bob00001"), ("夏娃", "wxid_eve00001")
SECRET = "夏娃的秘密愿望清单"


def csv(*rows: tuple[int, str, str, str], room: str = "1@chatroom", name: str = "徒步群") -> str:
    """A chatlog export: second, name, id, text."""
    lines = [
        f'2024-12-01 08:{at // 60:02}:{at % 60:02},{who},{id_},{name},{room},"{text}"\n' for at, who, id_, text in rows
    ]
    return HEADER + "".join(lines)


def blobs(dataset: Path) -> Iterator[tuple[str, bytes]]:
    """Every file's name and bytes, and of Parquet all values without compression."""
    for path in sorted(dataset.rglob("*")):
        name = str(path.relative_to(dataset))
        yield name, os.fsencode(name)
        if path.is_file():
            yield name, path.read_bytes()
        if path.suffix == ".parquet":
            plain = io.BytesIO()
            pq.write_table(pq.read_table(path, partitioning=None), plain, compression="none", use_dictionary=False)
            yield name, plain.getvalue()


def residue(dataset: Path, *words: str) -> set[tuple[str, str]]:
    """Where which of the words still is, in any encoding."""
    coded = [(word, word.encode(codec, "replace")) for word in words for codec in CODECS]
    return {(name, word) for name, blob in blobs(dataset) for word, code in coded if code in blob}


CHAT = csv(
    (0, *ANN, "大家早"),
    (1, *EVE, SECRET),
    (2, *BOB, "@夏娃\u2005 你好，去问 wxid_eve00001 吧，annual 夏娃2号"),
    (2, *BOB, "好"),
    (2, *BOB, "好"),
    (3, *EVE, "好"),
    (4, *EVE, "[图片]"),
    (5, *ANN, "unrelated evening"),
)
