"""GEXF 1.3 for Gephi: who answers whom, as a directed graph.

A node is a member of a group, an edge all rows from one to another; what its weight and its attributes are, the file says itself (``description``). Rows from somebody to
themselves are no edges. Only a result whose columns say from whom to whom (`results.Column.edge`) is a graph: `qunkit replies`. The same in every language, and without
the date that Gephi would put in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from qunkit import ink
from qunkit.results import Cell, Report, Result
from qunkit.words import Lang, Text

TITLE = Text("GEXF, a graph for Gephi", "GEXF 网络图，可用 Gephi 打开")
SUFFIX = ".gexf"
GRAPH = True

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">
"""
_OF_NODES = (("member", "string"), ("group", "string"), ("group_name", "string"))


def write(thing: Result | Report, out: TextIO, lang: Lang) -> list[str]:
    """Write the graph of `thing`; `lang` is that of what is returned: what was left out.

    Raises:
        BadOption: it is no graph.
    """
    graph = ink.graph(thing, "gexf")
    out.write(_HEAD)
    out.write(f"<meta><creator>qunkit</creator><description>{ink.xml(' '.join(graph.about))}</description></meta>\n")
    out.write('<graph defaultedgetype="directed" mode="static">\n')
    out.writelines(_attributes("node", _OF_NODES))
    out.writelines(_attributes("edge", graph.fields))
    out.write("<nodes>\n")
    for at, node in enumerate(graph.nodes):
        out.write(f'<node id="n{ink.xml(str(at))}" label="{ink.xml(node.name)}">')
        out.writelines(_values((node.member, node.group, node.group_name)))
        out.write("</node>\n")
    out.write("</nodes>\n<edges>\n")
    for at, edge in enumerate(graph.edges):
        ends = f'source="n{ink.xml(str(edge.source))}" target="n{ink.xml(str(edge.target))}"'
        out.write(f'<edge id="e{ink.xml(str(at))}" {ends} weight="{ink.xml(ink.machine(edge.weight))}">')
        out.writelines(_values(graph.values(edge)))
        out.write("</edge>\n")
    out.write("</edges>\n</graph>\n</gexf>\n")
    return graph.missing(lang)


def _attributes(of: str, fields: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield f'<attributes class="{ink.xml(of)}" mode="static">\n'
    for at, (name, type_) in enumerate(fields):
        yield f'<attribute id="{ink.xml(str(at))}" title="{ink.xml(name)}" type="{ink.xml(type_)}"/>\n'
    yield "</attributes>\n"


def _values(cells: Sequence[Cell]) -> Iterator[str]:
    yield "<attvalues>"
    for at, cell in enumerate(cells):
        if cell is not None:
            yield f'<attvalue for="{ink.xml(str(at))}" value="{ink.xml(ink.machine(cell))}"/>'
    yield "</attvalues>"
