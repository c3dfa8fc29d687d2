"""GraphML for Gephi, yEd, networkx and others: who answers whom, as a directed graph.

A node is a member of a group, an edge all rows from one to another; what its weight and its attributes are, the file says itself (``desc``). Rows from somebody to
themselves are no edges. Only a result whose columns say from whom to whom (`results.Column.edge`) is a graph: `qunkit replies`. The same in every language.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from qunkit import ink
from qunkit.results import Cell, Report, Result
from qunkit.words import Lang, Text

TITLE = Text("GraphML, a graph for Gephi and other programs", "GraphML 网络图，可用 Gephi 等软件打开")
SUFFIX = ".graphml"
GRAPH = True

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""
_TYPES = {"integer": "int"}
_OF_NODES = ("label", "member", "group", "group_name")


def write(thing: Result | Report, out: TextIO, lang: Lang) -> list[str]:
    """Write the graph of `thing`; `lang` is that of what is returned: what was left out.

    Raises:
        BadOption: it is no graph.
    """
    graph = ink.graph(thing, "graphml")
    out.write(_HEAD)
    out.write(f"<desc>{ink.xml(' '.join(graph.about))}</desc>\n")
    fields = [("weight", "double"), *graph.fields]
    out.writelines(_key(f"n{at}", "node", name, "string") for at, name in enumerate(_OF_NODES))
    out.writelines(_key(f"e{at}", "edge", name, _TYPES.get(type_, type_)) for at, (name, type_) in enumerate(fields))
    out.write('<graph edgedefault="directed">\n')
    for at, node in enumerate(graph.nodes):
        out.write(f'<node id="n{ink.xml(str(at))}">')
        out.writelines(_data("n", (node.name, node.member, node.group, node.group_name)))
        out.write("</node>\n")
    for edge in graph.edges:
        out.write(f'<edge source="n{ink.xml(str(edge.source))}" target="n{ink.xml(str(edge.target))}">')
        out.writelines(_data("e", (edge.weight, *graph.values(edge))))
        out.write("</edge>\n")
    out.write("</graph>\n</graphml>\n")
    return graph.missing(lang)


def _key(id: str, of: str, name: str, type_: str) -> str:
    return f'<key id="{ink.xml(id)}" for="{ink.xml(of)}" attr.name="{ink.xml(name)}" attr.type="{ink.xml(type_)}"/>\n'


def _data(of: str, cells: tuple[Cell, ...]) -> Iterator[str]:
    for at, cell in enumerate(cells):
        if cell is not None:
            yield f'<data key="{ink.xml(of)}{ink.xml(str(at))}">{ink.xml(ink.machine(cell))}</data>'
