"""The system calls of a real run, as strace saw them: what each did to the files below a root."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from support.needs import tool

HARMLESS = ("flock", "fchmod", "chmod", "fchmodat")
"""What a power cut may undo without harm: locks die anyway, and a mode is no state."""
TRACED = (
    "open,openat,openat2,creat,write,pwrite64,writev,pwritev,pwritev2,sendfile,copy_file_range,splice,lseek,fsync,fdatasync,sync,syncfs,"
    "sync_file_range,msync,truncate,ftruncate,fallocate,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,"
    "mkdirat,rmdir,mknod,mknodat,close,dup,dup2,dup3,flock,chmod,fchmod,fchmodat,io_uring_setup,io_uring_enter,clone,clone3,fork,vfork"
)
ACK = re.compile(rb"done (\d+)\n")
_LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+|\?)(?: .*)?$")
_CUT = re.compile(r"(\d+) +(\w+)\((.*) <unfinished \.\.\.>$")
_REST = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)$")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


class Call(NamedTuple):
    """One thing done: create, open, write, size, sync, add, remove, move, close or ack; `handle` is of (process, descriptor)."""

    what: str
    path: str = ""
    other: str = ""
    handle: int = -1
    data: bytes = b""
    at: int = 0


class Unknown(Exception):
    """A call that the model does not know: it must learn it before it is believed."""


def record(command: list[str], root: Path, log: Path, **more: object) -> list[Call]:
    """Run `command` and return what it did below `root`, in order of completion."""
    tracer = [
        tool("strace"),
        "-f",
        "-xx",
        "-s",
        "100000000",
        "-qq",
        "-o",
        str(log),
        "-e",
        f"trace={TRACED}",
        "-e",
        "signal=none",
    ]
    done = subprocess.run([*tracer, *command], capture_output=True, text=True, check=False, **more)
    if done.returncode not in (0, 3):
        raise AssertionError(f"{command}: {done.returncode} {done.stderr[-2000:]}")
    with log.open() as lines:
        calls = list(_Reader(str(root)).read(lines))
    log.unlink()
    return calls


class _Reader:
    def __init__(self, root: str) -> None:
        self.root = root
        self.open: dict[int, tuple[str, int, bool]] = {}
        """Descriptor → path, position, append. Threads share descriptors; children that write below the root are not expected."""

    def read(self, lines: Iterator[str]) -> Iterator[Call]:
        cut: dict[tuple[str, str], str] = {}
        for line in lines:
            line = line.rstrip("\n")
            if found := _CUT.match(line):
                cut[found[1], found[2]] = found[3]
                continue
            if found := _REST.match(line):
                line = f"{found[1]} {found[2]}({cut.pop((found[1], found[2]))}{found[3]}"
            found = _LINE.match(line)
            if not found:
                if " +++ " not in line and " --- " not in line and "= ?" not in line:
                    raise Unknown(line[:200])
                continue
            _, name, arguments, result = found.groups()
            if result != "?" and int(result) >= 0:
                yield from self.call(name, arguments, int(result))

    def call(self, name: str, arguments: str, result: int) -> Iterator[Call]:
        """What one successful call did."""
        method = getattr(self, f"on_{name}", None)
        if method:
            yield from method(arguments, result)
        elif name in ("rename", "renameat", "renameat2", "link", "linkat"):
            old, new = (self.path(arguments, n) for n in (0, 1))
            if self.ours(new) or self.ours(old):
                yield Call("move" if name.startswith("rename") else "link", old, new)
        elif name in ("unlink", "unlinkat", "rmdir"):
            if self.ours(path := self.path(arguments, 0)):
                yield Call("remove", path)
        elif name in ("mkdir", "mkdirat"):
            if self.ours(path := self.path(arguments, 0)):
                yield Call("folder", path)
        elif name not in HARMLESS and not name.endswith(("fork", "clone", "clone3")):
            texts = [
                bytes.fromhex(text.replace("\\x", "")).decode(errors="replace") for text, _ in _TEXT.findall(arguments)
            ]
            first = arguments.split(",")[0]
            if any(map(self.ours, texts)) or (first.isdigit() and int(first) in self.open):
                raise Unknown(f"{name}({arguments[:100]})")

    def on_openat(self, arguments: str, result: int) -> Iterator[Call]:
        path = self.path(arguments, 0)
        self.open.pop(result, None)
        if not self.ours(path):
            return
        if "O_CREAT" in arguments or "O_TRUNC" in arguments:
            yield Call("create", path, data=b"cut" if "O_TRUNC" in arguments else b"")
        self.open[result] = (path, 0, "O_APPEND" in arguments)
        yield Call("open", path, handle=result)

    on_open = on_creat = on_openat

    def on_close(self, arguments: str, result: int) -> Iterator[Call]:
        if self.open.pop(int(arguments), None):
            yield Call("close", handle=int(arguments))

    def on_write(self, arguments: str, result: int) -> Iterator[Call]:
        handle = int(arguments.split(",")[0])
        data = b"".join(bytes.fromhex(text.replace("\\x", "")) for text, _ in _TEXT.findall(arguments))[:result]
        if handle in self.open:
            path, at, append = self.open[handle]
            if append:
                raise Unknown(f"appending to {path}")
            self.open[handle] = (path, at + result, append)
            yield Call("write", path, handle=handle, data=data, at=at)
        elif handle == 1:
            for number in ACK.findall(data):
                yield Call("ack", at=int(number))

    on_writev = on_write

    def on_pwrite64(self, arguments: str, result: int) -> Iterator[Call]:
        handle, at = int(arguments.split(",")[0]), int(arguments.rpartition(",")[2])
        if handle in self.open:
            data = b"".join(bytes.fromhex(text.replace("\\x", "")) for text, _ in _TEXT.findall(arguments))[:result]
            yield Call("write", self.open[handle][0], handle=handle, data=data, at=at)

    def on_lseek(self, arguments: str, result: int) -> Iterator[Call]:
        handle = int(arguments.split(",")[0])
        if handle in self.open:
            path, _, append = self.open[handle]
            self.open[handle] = (path, result, append)
        yield from ()

    def on_ftruncate(self, arguments: str, result: int) -> Iterator[Call]:
        handle, size = map(int, arguments.split(","))
        if handle in self.open:
            yield Call("size", handle=handle, at=size)

    def on_fsync(self, arguments: str, result: int) -> Iterator[Call]:
        if int(arguments) in self.open:
            yield Call("sync", handle=int(arguments))

    on_fdatasync = on_fsync

    def path(self, arguments: str, index: int) -> str:
        """The n-th path of a call, absolute; relative ones follow the descriptor before them."""
        found = list(_TEXT.finditer(arguments))[index]
        text = bytes.fromhex(found[1].replace("\\x", "")).decode(errors="surrogateescape")
        if text.startswith("/"):
            return text
        before = arguments[: found.start()].rstrip(", ").rpartition(",")[2].strip()
        if before.isdigit():
            return f"{self.open[int(before)][0]}/{text}" if int(before) in self.open else f"?/{text}"
        return f"./{text}"

    def ours(self, path: str) -> bool:
        """Whether a path is the root or below it."""
        return path == self.root or path.startswith(self.root + "/")
