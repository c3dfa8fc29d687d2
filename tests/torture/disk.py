"""A file system as a power cut leaves it: a file's data are sure once the file was synced, a name once its folder was.

What is not sure may be there or not. `Disk.cut` builds one of the states that are possible, by a model of how a file system may have written.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from torture.trace import Call

State = dict[str, bytes | None]
"""Path below the root → content; None: a folder."""
FIXED = ("none", "all", "names", "data")
"""Nothing that is not sure, all of it, names without data, data without names."""
RANDOM = ("some", "prefix")
"""Any of it, writes torn; names in order up to some point, writes torn."""


_CHANCE = re.compile(r"\.new-(?!v)[^/]*")


@dataclass(eq=False)
class Node:
    """A file or a folder: what is sure, what programs see, and the writes that are not sure."""

    folder: bool
    sure: bytes = b""
    now: bytearray = field(default_factory=bytearray)
    writes: list[tuple[int, bytes | None]] = field(default_factory=list)
    """(offset, data) since the last sync; data None: cut to that size."""
    sure_names: dict[str, Node] = field(default_factory=dict)
    names: dict[str, Node] = field(default_factory=dict)


class Disk:
    """Files below a root."""

    def __init__(self, root: str) -> None:
        self.root, self.top = root, Node(True)
        self.pending: list[tuple[Node, str, Node | None]] = []
        """(folder, name, what it names or None), in order, not synced yet."""
        self.handles: dict[int, Node] = {}

    def apply(self, call: Call) -> None:
        """Do what a program did."""
        getattr(self, f"_{call.what}")(call)

    def now(self) -> State:
        """What programs see."""
        return dict(_walk("", self.top, lambda node: node.names, lambda node: bytes(node.now)))

    def cut(self, model: str, dice: Random) -> State:
        """What may be there after a power cut."""
        changed: dict[int, dict[str, Node]] = {}
        for folder, name, node in self._chosen(model, dice):
            _enter(changed.setdefault(id(folder), dict(folder.sure_names)), name, node)
        names = lambda node: changed.get(id(node), node.sure_names)  # noqa: E731
        return dict(_walk("", self.top, names, lambda node: _content(node, model, dice)))

    def _chosen(self, model: str, dice: Random) -> list[tuple[Node, str, Node | None]]:
        if model in ("all", "names"):
            return self.pending
        if model in ("none", "data"):
            return []
        if model == "prefix":
            return self.pending[: dice.randrange(len(self.pending) + 1)]
        return [entry for entry in self.pending if dice.random() < 0.5]

    def _find(self, path: str) -> tuple[Node, str]:
        """The folder of a path, and the name in it."""
        *above, name = path[len(self.root) :].strip("/").split("/")
        node = self.top
        for one in above:
            node = node.names[one]
        return node, name

    def _at(self, path: str) -> Node:
        folder, name = self._find(path)
        return folder.names[name] if name else folder

    def _name(self, path: str, node: Node | None) -> None:
        folder, name = self._find(path)
        _enter(folder.names, name, node)
        self.pending.append((folder, name, node))

    def _create(self, call: Call) -> None:
        folder, name = self._find(call.path)
        if name not in folder.names:
            self._name(call.path, Node(False))
        elif call.data:
            _change(folder.names[name], 0, None)

    def _folder(self, call: Call) -> None:
        self._name(call.path, Node(True))

    def _open(self, call: Call) -> None:
        self.handles[call.handle] = self._at(call.path)

    def _close(self, call: Call) -> None:
        del self.handles[call.handle]

    def _write(self, call: Call) -> None:
        _change(self.handles[call.handle], call.at, call.data)

    def _size(self, call: Call) -> None:
        _change(self.handles[call.handle], call.at, None)

    def _sync(self, call: Call) -> None:
        node = self.handles[call.handle]
        node.sure, node.writes = bytes(node.now), []
        for folder, name, target in self.pending:
            if folder is node:
                _enter(node.sure_names, name, target)
        self.pending = [entry for entry in self.pending if entry[0] is not node]

    def _link(self, call: Call) -> None:
        self._name(call.other, self._at(call.path))

    def _move(self, call: Call) -> None:
        node = self._at(call.path)
        self._name(call.other, node)
        self._name(call.path, None)

    def _remove(self, call: Call) -> None:
        self._name(call.path, None)


def mark(state: State) -> bytes:
    """Eight bytes that tell states apart; random names and the note in the lock make no difference."""
    made = hashlib.sha256()
    for path, content in sorted(((_CHANCE.sub(".new", path), content) for path, content in state.items()), key=str):
        said = b"" if path.endswith("/lock") else content or b""
        made.update(f"{path}\0{-1 if content is None else len(said)}\0".encode(errors="surrogateescape"))
        made.update(said)
    return made.digest()[:8]


def lay_out(state: State, target: Path) -> None:
    """Make the files of a state below `target`, in the place of what is there."""
    shutil.rmtree(target, ignore_errors=True)
    os.mkdir(target, 0o700)
    for path, content in sorted(state.items()):
        if content is None:
            os.mkdir(f"{target}{path}", 0o700)
        else:
            with open(f"{target}{path}", "wb") as file:
                file.write(content)


def _walk(path: str, node: Node, names: object, content: object) -> Iterator[tuple[str, bytes | None]]:
    for name, below in names(node).items():
        yield f"{path}/{name}", None if below.folder else content(below)
        if below.folder:
            yield from _walk(f"{path}/{name}", below, names, content)


def _content(node: Node, model: str, dice: Random) -> bytes:
    found = bytearray(node.sure)
    for at, data in () if model in ("none", "names") else node.writes:
        if model in RANDOM and dice.random() < 0.5:
            continue
        torn = model in RANDOM and data and dice.random() < 0.5
        _put(found, at, data[: dice.randrange(len(data) + 1)] if torn and data else data)
    return bytes(found)


def _change(node: Node, at: int, data: bytes | None) -> None:
    node.writes.append((at, data))
    _put(node.now, at, data)


def _put(content: bytearray, at: int, data: bytes | None) -> None:
    if data is None:
        del content[at:]
    content.extend(bytes(max(0, at - len(content))))
    if data:
        content[at : at + len(data)] = data


def _enter(names: dict[str, Node], name: str, node: Node | None) -> None:
    if node is None:
        names.pop(name, None)
    else:
        names[name] = node
