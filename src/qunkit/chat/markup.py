"""XML and Python literals that chat programs leave in text columns, read into one plain tree.

Both come out in the shape that exporters write: ``{"msg": {"appmsg": {"title": "…", "@appid": ""}}}``. An element with
only text is that text, one with nothing is None, repeated elements are a list, attributes begin with ``@``, text beside
elements is ``#text``.

The text is hostile: sizes and depths are bounded, document types are refused, and nothing here raises.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

LIMIT = 1 << 20
"""Bytes of XML or literal that are looked at."""
_DEPTH = 64
_REPR_LIMIT = 1 << 18
_BRACKETS = 20_000

Tree = dict[str, object]

_PREFIX = re.compile(r"\s*[\w.@-]{1,128}:\s*(?=<)", re.ASCII)
_NUMBER = re.compile(r"\s*\d{1,20}\s*\n(?=\{)", re.ASCII)


def xml_tree(text: str) -> Tree | None:
    """The tree of an XML document, with or without the sender prefix ``id:\\n``; None if it is not one, or not safe."""
    prefix = _PREFIX.match(text)
    body = (text[prefix.end() :] if prefix else text).strip()
    if not body.startswith("<") or len(body) > LIMIT:
        return None
    try:
        encoded = body.encode()
        if len(encoded) > LIMIT:
            return None
        parser = DefusedXMLParser(target=_Builder(), encoding="utf-8", forbid_dtd=True)
        parser.feed(encoded)
        tree: Tree = parser.close()
    except (ParseError, DefusedXmlException, ValueError):
        return None
    return tree


def repr_tree(text: str) -> Tree | None:
    """The tree of ``<type number>\\n<repr of a dict>``, as MemoTrace 3 leaves types it does not know; else None."""
    number = _NUMBER.match(text)
    return literal_tree(text[number.end() :]) if number else None


def literal_tree(text: str) -> Tree | None:
    """The dict that Python's ``repr`` wrote; None if it is none, or too large."""
    if len(text) > _REPR_LIMIT or sum(map(text.count, "{[(")) > _BRACKETS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # "\\d" in what is no repr: a SyntaxError, not a line on stderr
            try:
                tree = ast.literal_eval(text.strip())
            except (
                SystemError
            ):  # now and then, where the collector runs Python meanwhile: CPython gh-106905, mended in 3.11.5
                tree = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return None
    return tree if isinstance(tree, dict) else None


def branch(tree: object, *path: str) -> Tree:
    """The sub-tree at `path`, empty if there is none; of repeated elements the first."""
    for name in path:
        tree = _first(tree.get(name)) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}


def leaf(tree: object, *path: str) -> str:
    """The text at `path`, stripped; empty if there is none."""
    parent = branch(tree, *path[:-1])
    found = _first(parent.get(path[-1]))
    if isinstance(found, dict):
        found = found.get("#text")
    return found.strip() if isinstance(found, str) else ""


def children(tree: object, *path: str) -> list[object]:
    """Every element at `path`: a list also where there is one."""
    found = branch(tree, *path[:-1]).get(path[-1])
    if isinstance(found, list):
        return found
    return [] if found is None else [found]


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value


class _Builder:
    """Target of the XML parser: builds the tree, and refuses depth."""

    def __init__(self) -> None:
        self.root: Tree = {}
        self.open: list[tuple[Tree, list[str]]] = [(self.root, [])]
        self.names: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if len(self.names) >= _DEPTH:
            raise ValueError("too deep")
        self.names.append(name)
        self.open.append(({f"@{key}": value for key, value in attributes.items()}, []))

    def data(self, text: str) -> None:
        self.open[-1][1].append(text)

    def end(self, name: str) -> None:
        node, texts = self.open.pop()
        text = "".join(texts).strip()
        if node and text:
            node["#text"] = text
        self._add(self.open[-1][0], self.names.pop(), node or text or None)

    def close(self) -> Tree:
        return self.root

    @staticmethod
    def _add(parent: Tree, name: str, value: object) -> None:
        if name not in parent:
            parent[name] = value
            return
        known = parent[name]
        if isinstance(known, list):
            known.append(value)
        else:
            parent[name] = [known, value]
