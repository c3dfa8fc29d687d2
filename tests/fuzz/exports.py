"""Export files of every family, read all the way; and the encodings of text."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from fuzz.harness import outcome
from qunkit import registry
from qunkit.errors import QunkitError
from qunkit.parsing.source import open_source
from support.truth import BELONGS
from support.truth.base import SAMPLES

LARGEST = 1 << 13
"""Bytes of a seed: small ones are read more often, and what a record may hold fits."""
FLAGS = {
    "date": ("date", "2024-12-01"),
    "dmy": ("date_order", "dmy"),
    "mdy": ("date_order", "mdy"),
    "private": ("private", "1"),
    "group": ("group", "58192034417@chatroom"),
    "at": ("at", "2024-12-01"),
    "map": ("map", json.dumps({"time": "time", "sender": "sender", "text": "text"})),
    "map-all": (
        "map",
        json.dumps(
            {name: name for name in ("time", "text", "sender_id", "sender_name", "group", "id", "reply_to", "kind")}
        ),
    ),
}
"""Word of the first line → the fact that the format is told."""
ENCODINGS = ("gb18030", "utf-16-le", "utf-16-be", "utf-16", "utf-8-sig")
"""Words of the first line: the rest is UTF-8 and is written so."""


@cache
def folder() -> Path:
    """Copies of the samples, beside which files lie as their exporters leave them; and room for spools."""
    place = Path(tempfile.mkdtemp(prefix="qunkit-fuzz-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    shutil.copytree(SAMPLES, place / "samples")
    (place / "spool").mkdir()
    return place


class Family:
    """The formats whose names end so."""

    def __init__(self, name: str, endings: Sequence[str]) -> None:
        self.name = name
        formats = registry.names("formats")
        self.formats = [one for one in formats if one.rpartition("_")[2] in endings or endings == ("",)]

    def run(self, data: bytes) -> str:
        """Write the file where its sample lies, read it, and put the sample back."""
        head, _, body = data.partition(b"\n")
        wanted, *flags = head.decode("utf-8", "replace").split(" ")
        known = wanted if wanted in self.formats else None
        path = _place(known or self.formats[0])
        options = dict(FLAGS[flag] for flag in flags if flag in FLAGS)
        encoding = next((flag for flag in flags if flag in ENCODINGS), None)
        written = path.read_bytes()
        try:
            path.write_bytes(body.decode("utf-8", "replace").encode(encoding) if encoding else body)
            return outcome(path, folder() / "spool", options, known)
        finally:
            path.write_bytes(written)

    def seeds(self) -> Iterator[bytes]:
        """The samples of these formats, and their small cases; of the family of all, samples that have to be sniffed."""
        for sample, name in sorted(BELONGS.items()):
            path = SAMPLES / sample
            if name in self.formats and path.suffix != ".xlsx":
                yield (b"-" if self.name == "any" else name.encode()) + b"\n" + path.read_bytes()[:LARGEST]
        if self.name != "any":
            yield from _cases(self.formats)
        if self.name == "csv":
            yield from _MAPPED


def decode(data: bytes) -> str:
    """Offsets lead back to characters' begins, and the text is what the encoding says."""
    path = folder() / "text.bin"
    path.write_bytes(data)
    try:
        source = open_source(path, spool_dir=folder() / "spool")
    except QunkitError as error:
        return type(error).__name__
    text = b"".join(block for _, block in source.blocks(97))
    if source.encoding == "mixed":
        assert text == data[source.bom :]
        return "mixed"
    places = [0, *(at for at, byte in enumerate(text) if byte & 0xC0 != 0x80), len(text)]
    back = source.original(np.array(places, np.int64))
    assert (np.diff(back) >= 0).all(), back
    assert back[0] == source.bom
    assert back[-1] == len(data), back[-1]
    encoding = source.encoding.replace("utf-8-sig", "utf-8")
    whole = text if encoding == "utf-8" else text.removesuffix(b"\xe2")
    shown = data[source.bom :].decode(encoding, "ignore" if encoding == "utf-8" else "replace")
    if encoding == "utf-8":
        assert whole.decode("utf-8", "ignore") == shown
    else:
        told = whole.decode("utf-8")
        assert shown.startswith(told) or "\ufffd" in told, (shown[:50], told[:50])
    return source.encoding


def decode_seeds() -> Iterator[bytes]:
    """One text in every encoding, cut and joined."""
    text = "2024-05-01 09:00:00 甲\n早👍𠮷\n\n2024-05-01 09:00:09 乙\n好的，明天见 ok\n\n"
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "big5"):
        raw = text.encode(encoding, "ignore")
        yield raw
        yield raw[:-1]
        yield "甲：早\n".encode() * 3 + raw
    yield b"\x84\x31\x95\x33" + text.encode("gb18030")
    yield b"\xff\xfe\x3d\xd8" + text.encode("utf-16-le")


def example(name: str) -> bytes:
    """The smallest sample of a format."""
    return _MAPPED[0].partition(b"\n")[2] if name == "mapped" else _place(name).read_bytes()


@cache
def _place(name: str) -> Path:
    """Where a file of this format lies: its smallest sample."""
    samples = [sample for sample, format_ in BELONGS.items() if format_ == name and (SAMPLES / sample).is_file()]
    if not samples:
        path = folder() / "某群.csv"
        path.touch()
        return path
    return folder() / "samples" / min(samples, key=lambda sample: ((SAMPLES / sample).stat().st_size, sample))


def _cases(formats: Sequence[str]) -> Iterator[bytes]:
    from support.cases import families

    for module in families().values():
        for case in (*module.GOOD, *module.BAD):
            content = next(iter(case.files.values()))
            raw = content.encode() if isinstance(content, str) else content
            if case.format in formats and len(raw) <= LARGEST and not raw.startswith((b"PK", b"\x1f\x8b")):
                flags = [flag for flag, (key, _) in FLAGS.items() if key in case.options.get("facts", {})]
                yield " ".join((case.format, *flags[:1])).encode() + b"\n" + raw


_MAPPED = (
    'mapped map\ntime,sender,text\n2024-12-01 08:00:00,甲,早\n2024-12-01 08:00:09,乙,"好,\n的"\n'.encode(),
    "mapped map\ntime;sender;text\n13/4/2024 下午 3:05;甲;早\n3.4.24 11:59 PM;乙;晚\n1733011200;丙;1\n".encode(),
    'mapped map-all\n[{"time":"2024-12-01T08:00:00+08:00","sender_id":"u1","sender_name":"甲","text":"早","group":"群","id":"1","reply_to":"","kind":"text"}]'.encode(),
    'mapped map\n{"time":1733011200123,"sender":"甲","text":"早"}\n{"time":"x","sender":null,"text":"晚"}\n'.encode(),
)
