"""GraphML and GEXF, read back by networkx: who answers whom, summed, whatever they are called."""

from __future__ import annotations

import dataclasses
import io
import re
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunkit import ink, registry
from qunkit.errors import BadOption
from qunkit.results import Column
from qunkit.words import Text
from support.nasty import PIECES
from support.shelves import GRAPHS

READ = {"graphml": nx.read_graphml, "gexf": nx.read_gexf}
STEERING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
NAMED = "label"


def _write(name: str, thing: Any, lang: str = "en") -> str:
    out = io.StringIO(newline="")
    registry.load("renderers", name).write(thing, out, lang)
    return out.getvalue()


def _read(name: str, thing: Any) -> Any:
    return READ[name](io.BytesIO(_write(name, thing).encode()))


@pytest.mark.parametrize("name", GRAPHS)
def test_every_graph_is_read_back(name: str) -> None:
    assert set(READ) == set(GRAPHS)


@pytest.mark.parametrize("name", GRAPHS)
def test_edges_by_hand(sample: ModuleType, name: str) -> None:
    found = _read(name, sample.edges())
    assert found.is_directed()
    assert not found.is_multigraph()
    nodes = {node: (one[NAMED], one["member"], one["group"], one["group_name"]) for node, one in found.nodes(data=True)}
    assert nodes == {
        "n0": ('Ana "<&>" Lindqvist', "b", "1@chatroom", "周末徒步🥾"),
        "n1": ("小满🐼", "a", "1@chatroom", "周末徒步🥾"),
        "n2": ("=老K\\x1b[31m", "b", "2@chatroom", "2@chatroom"),
        "n3": ("a", "a", "2@chatroom", "2@chatroom"),  # who has no name goes by the id
    }
    told = {
        (one, other): {key: value for key, value in edge.items() if key != "id"}
        for one, other, edge in found.edges(data=True)
    }
    none = {"quote": 0, "mention": 0, "inferred": 0}
    assert told == {
        # 1 + 0.75 + 0.5, of three rows that all have a p
        ("n0", "n1"): none | {"weight": 2.25, "count": 3, "quote": 1, "inferred": 2, "how": "quote", "p": 0.75},
        ("n1", "n0"): none | {"weight": 1.0, "count": 1, "mention": 1, "how": "mention"},  # without a p: 1
        ("n2", "n3"): none | {"weight": 1.0, "count": 1, "mention": 1, "how": "mention"},
    }


@pytest.mark.parametrize("name", GRAPHS)
def test_what_is_left_out_is_told_in_the_file_and_beside_it(sample: ModuleType, name: str) -> None:
    said = {
        "en": "Rows that are no edges: 1 lead from members to themselves, 1 have one end only; --format tsv gives all.",
        "zh": "未计入网络图：1 行为成员对自己，1 行缺少一端；--format tsv 可得到全部。",
    }
    for lang in said:
        assert registry.load("renderers", name).write(sample.edges(), io.StringIO(), lang) == [said[lang]]
    text = _write(name, sample.edges())
    assert text == _write(name, sample.edges(), "zh")
    about = next(one for one in ElementTree.fromstring(text).iter() if one.tag.endswith(("}desc", "}description"))).text
    assert about == (
        "Replies. Nodes are members of groups. An edge goes from sender_id to to_id of the table; count: its rows. "
        "weight: the sum of p over its rows, where a row without p counts as 1; p: the mean of the rows that have it. "
        "how: the first kind that an edge has, of quote, mention, inferred; each of these: how many of its rows are of that kind. "
        f"{said['en']} Said by 小满🐼."
    )


@pytest.mark.parametrize("name", GRAPHS)
def test_nothing_is_a_graph_without_nodes(sample: ModuleType, name: str) -> None:
    found = _read(name, dataclasses.replace(sample.edges(), cells=()))
    assert (found.is_directed(), len(found), found.size()) == (True, 0, 0)


@pytest.mark.parametrize("name", GRAPHS)
def test_two_ends_are_enough(name: str) -> None:
    source, target = (Column(end, "text", Text(end, end), edge=end) for end in ("source", "target"))
    from qunkit.results import Result

    found = _read(name, Result("r", Text("r", "r"), (source, target), [("a", "b"), ("a", "b"), ("b", "c")]))
    labels = nx.get_node_attributes(found, NAMED)
    assert {(labels[one], labels[other]): edge["weight"] for one, other, edge in found.edges(data=True)} == {
        ("a", "b"): 2.0,
        ("b", "c"): 1.0,
    }


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("thing", ["ordinary", "hostile", "chat", "weekly"])
def test_what_is_no_graph_is_refused_with_the_way_out(sample: ModuleType, name: str, thing: str) -> None:
    with pytest.raises(BadOption) as refused:
        _write(name, getattr(sample, thing)())
    assert refused.value.sentence("en") == (
        f"--format: '{name}' is not a format for tables: `qunkit replies --format {name}` gives a graph, csv gives any table."
    )


@pytest.mark.parametrize("name", GRAPHS)
@given(
    text=st.text(st.characters(exclude_categories=()), min_size=1, max_size=30) | st.sampled_from(PIECES).filter(bool)
)
def test_a_name_is_a_label_whatever_it_is(sample: ModuleType, name: str, text: str) -> None:
    written = _write(name, sample.edges((text, "b", text)))
    assert not STEERING.search(written.replace("\n", ""))
    found = _read(name, sample.edges((text, "b", text)))
    labels = nx.get_node_attributes(found, NAMED)
    assert len(labels) == 4
    assert found.size() == 3
    if text.isprintable() and not re.search(r"\s", text):
        assert labels["n1"] == labels["n2"] == text


@pytest.mark.parametrize("name", GRAPHS)
def test_that_bites(sample: ModuleType, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ink, "xml", str)
    with pytest.raises(ElementTree.ParseError):
        _read(name, sample.edges(("</graph>", "b", "c")))


# -- the schemas, as far as these files go: which element may stand in which, and its attributes -----------------------
TREES = {
    "graphml": {
        "graphml": ({"desc", "key", "graph"}, set()),
        "desc": (set(), set()),
        "key": (set(), {"id", "for", "attr.name", "attr.type"}),
        "graph": ({"node", "edge"}, {"edgedefault"}),
        "node": ({"data"}, {"id"}),
        "edge": ({"data"}, {"source", "target"}),
        "data": (set(), {"key"}),
    },
    "gexf": {
        "gexf": ({"meta", "graph"}, {"version"}),
        "meta": ({"creator", "description"}, set()),
        "creator": (set(), set()),
        "description": (set(), set()),
        "graph": ({"attributes", "nodes", "edges"}, {"defaultedgetype", "mode"}),
        "attributes": ({"attribute"}, {"class", "mode"}),
        "attribute": (set(), {"id", "title", "type"}),
        "nodes": ({"node"}, set()),
        "edges": ({"edge"}, set()),
        "node": ({"attvalues"}, {"id", "label"}),
        "edge": ({"attvalues"}, {"id", "source", "target", "weight"}),
        "attvalues": ({"attvalue"}, set()),
        "attvalue": (set(), {"for", "value"}),
    },
}
SPACES = {"graphml": "{http://graphml.graphdrawing.org/xmlns}", "gexf": "{http://gexf.net/1.3}"}


@pytest.mark.parametrize("name", GRAPHS)
def test_elements_and_attributes_are_those_of_the_schema(sample: ModuleType, name: str) -> None:
    root = ElementTree.fromstring(_write(name, sample.edges()))
    assert root.tag == SPACES[name] + name
    for one in root.iter():
        children, attributes = TREES[name][one.tag.removeprefix(SPACES[name])]
        assert {child.tag for child in one} <= {SPACES[name] + tag for tag in children}
        assert {key for key in one.attrib if "}" not in key} == attributes
    ids = [one.get("id") for one in root.iter(SPACES[name] + "node")]
    assert len(set(ids)) == len(ids) == 4
    ends = [one.get(end) for one in root.iter(SPACES[name] + "edge") for end in ("source", "target")]
    assert {*ends} <= {*ids}
