from __future__ import annotations

import ast
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.chat.markup import LIMIT, branch, children, leaf, literal_tree, repr_tree, xml_tree

LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]><msg>&j;</msg>"
)
QUADRATIC = f'<!DOCTYPE m [<!ENTITY a "{"x" * 50_000}">]><msg>{"&a;" * 50_000}</msg>'
EXTERNAL = '<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]><msg>&a;</msg>'

REFUSED = {
    "billion laughs": LAUGHS,
    "quadratic blow-up": QUADRATIC,
    "external entity": EXTERNAL,
    "document type alone": "<!DOCTYPE msg><msg/>",
    "document type behind a prefix": "1@chatroom:\n<!DOCTYPE msg><msg/>",
    "parameter entity": "<!DOCTYPE m [<!ENTITY % p SYSTEM 'http://x.invalid/'> %p;]><m/>",
    "unknown entity": "<msg>&nbsp;</msg>",
    "depth": "<a>" * 200_000,
    "closed depth": "<a>" * 65 + "</a>" * 65,
    "too long": f"<msg>{'x' * LIMIT}</msg>",
    "too long in bytes": f"<msg>{'字' * (LIMIT // 3 + 1)}</msg>",
    "never closed": "<msg><title>a</title>",
    "two roots": "<msg/><msg/>",
    "control character": "<msg>\x01</msg>",
    "lone surrogate": "<msg>\ud800</msg>",
    "words": "hello <b>",
    "nothing": "",
}


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_xml_is_refused_quickly(name: str) -> None:
    start = time.perf_counter()
    assert xml_tree(REFUSED[name]) is None
    assert time.perf_counter() - start < 2


def test_depth_limit_is_64() -> None:
    assert xml_tree("<a>" * 64 + "</a>" * 64) is not None


def test_shape_of_the_tree() -> None:
    text = '<?xml version="1.0"?>\n<m id="7"> 早 <t>1</t><t><![CDATA[<2>]]></t><e/><w x="y"/></m>\n'
    tree = {"m": {"@id": "7", "t": ["1", "<2>"], "e": None, "w": {"@x": "y"}, "#text": "早"}}
    assert xml_tree(text) == tree
    assert xml_tree("1@chatroom:\n" + text) == tree
    assert leaf(tree, "m", "@id") == "7"
    assert leaf(tree, "m", "t") == "1"
    assert leaf(tree, "m") == "早"
    assert leaf(tree, "m", "e") == leaf(tree, "x", "y") == ""
    assert children(tree, "m", "t") == ["1", "<2>"]
    assert children(tree, "m", "e") == []
    assert branch(tree, "m", "w") == {"@x": "y"}
    assert branch(tree, "m", "t") == {}


def test_a_declared_encoding_does_not_matter() -> None:
    assert xml_tree('<?xml version="1.0" encoding="gbk"?><a>中</a>') == {"a": "中"}


HOSTILE_REPRS = {
    "expression": "1\n{'a': 9**9**9}",
    "call": "1\n{'a': __import__('os')}",
    "deep": "1\n{'a': " + "[" * 90_000 + "]" * 90_000 + "}",
    "signs": "1\n{'a': " + "-" * 200_000 + "1}",
    "sums": "1\n{'a': " + "1+" * 100_000 + "1j}",
    "too long": "1\n{'a': '" + "x" * (1 << 18) + "'}",
    "unhashable": "1\n{{}: 1}",
    "set": "1\n{1, 2}",
    "huge number": "1\n{'a': " + "9" * 10_000 + "}",
    "no escape of Python": "1\n{'a': '\\d'}",
    "NUL": "1\n{'a': '\x00'}",
    "no number": "{'a': 1}",
    "not closed": "1\n{'a': 1",
}


@pytest.mark.parametrize("name", HOSTILE_REPRS)
def test_hostile_literals_are_refused_quickly(name: str) -> None:
    start = time.perf_counter()
    assert repr_tree(HOSTILE_REPRS[name]) is None
    assert time.perf_counter() - start < 2


def test_a_literal_alone() -> None:
    assert literal_tree(" {'a': [1, None]}\n") == {"a": [1, None]}
    for text in ("", "[1]", "{oops", "{'a': open('x')}", "{" * 30_000):
        assert literal_tree(text) is None


def test_a_literal() -> None:
    assert repr_tree("227633266737\n{'msg': {'t': '#接龙\\n1. 甲', 'd': None}}") == {
        "msg": {"t": "#接龙\n1. 甲", "d": None}
    }


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(codec=None)), st.sampled_from(["", "<msg>", "<sysmsg type='x'>", "1\n{'a': '", "a:\n<"]))
def test_nothing_raises(text: str, start: str) -> None:
    xml_tree(start + text)
    repr_tree(start + text)


plain = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from("abcdef"), plain, min_size=1))
def test_what_repr_writes_is_read_back(tree: dict[str, str]) -> None:
    assert repr_tree(f"49\n{tree!r}") == tree


def test_a_slip_of_the_parser_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """CPython before 3.11.5 says now and then that the depth of its own recursion is wrong."""
    told: list[str] = []
    parse = ast.literal_eval

    def slips(text: str) -> object:
        told.append(text)
        if len(told) == 1:
            raise SystemError
        return parse(text)

    monkeypatch.setattr(ast, "literal_eval", slips)
    assert literal_tree("{'a': 1}") == {"a": 1}
    assert len(told) == 2
