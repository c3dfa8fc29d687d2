"""Whether what a module writes went through `ink`: a look at its syntax tree, as far as that tells.

A value is inked if it is a literal, what an `ink` function returns, or made of such values: by f-strings, +, joining, comprehensions, local
variables, functions of the same module, and parameters to which all calls in the module give inked values. All else is not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

INKS = frozenset(
    {
        "term",
        "md",
        "html",
        "tsv_text",
        "tsv_cell",
        "csv_text",
        "csv_cell",
        "json_dump",
        "xml",
        "number",
        "HOURS",
        "href",
        "chart_markup",
        "page_head",
        "page_end",
    }
)
"""What of `ink` can be written as it is."""
STREAMS = frozenset({"write", "writelines", "writerow", "writerows"})
PAPER = frozenset({"say", "head", "flow"})
KEEPING = frozenset({"rstrip", "translate", "strip", "encode"})
"""Methods of a text that put nothing into it."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module:
    """One module's tree."""

    def __init__(self, code: str) -> None:
        self.tree = ast.parse(code)
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self._asked: set[object] = set()

    @cached_property
    def functions(self) -> dict[str, Function]:
        """Functions and methods by name."""
        return {node.name: node for node in ast.walk(self.tree) if isinstance(node, Function)}

    def faults(self) -> Iterator[str]:
        """Lines that write what is not inked, and the function they stand in."""
        for call in (node for node in ast.walk(self.tree) if isinstance(node, ast.Call)):
            written = list(self._written(call))
            if any(not self.inked(value) for value in written):
                place = self._function(call)
                yield f"{place.name if place else ''}:{call.lineno}: {ast.unparse(call)[:80]}"

    def _written(self, call: ast.Call) -> Iterator[ast.expr]:
        """What a call writes, if it writes."""
        match call.func:
            case ast.Attribute(attr=attr) if attr in STREAMS and len(call.args) == 1:
                yield call.args[0]
            case ast.Attribute(value=ast.Name(id="paper"), attr=attr) if attr in PAPER:
                yield call.args[0]
            case ast.Name(id="styled") | ast.Attribute(attr="add_row"):
                yield from call.args
            case ast.Name(id="print") | ast.Attribute(attr="echo"):
                yield ast.Name("never inked")

    def inked(self, value: ast.expr) -> bool:
        """Whether a value can be written as it is, or, if it is a row of values, each of them."""
        match value:
            case ast.Constant() | ast.Lambda():
                return True
            case ast.JoinedStr(values=values) | ast.BoolOp(values=values):
                return all(self.inked(one) for one in values)
            case ast.List(elts=values) | ast.Tuple(elts=values):
                return all(self.inked(one) for one in values)
            case ast.FormattedValue(value=one) | ast.Starred(value=one) | ast.Subscript(value=one):
                return self.inked(one)
            case ast.GeneratorExp(elt=one) | ast.ListComp(elt=one):
                return self.inked(one)
            case ast.BinOp(left=left, right=right) | ast.IfExp(body=left, orelse=right):
                return self.inked(left) and self.inked(right)
            case ast.Call():
                return self._called(value)
            case ast.Attribute(value=ast.Name(id="ink"), attr=attr):
                return attr in INKS
            case ast.Name():
                return self._named(value)
        return False

    def _called(self, call: ast.Call) -> bool:
        match call.func:
            case ast.Attribute(value=ast.Name(id="ink"), attr=attr):
                return attr in INKS
            case ast.Attribute(value=joint, attr="join"):
                return self.inked(joint) and self.inked(call.args[0])
            case ast.Attribute(value=one, attr=attr) if attr in KEEPING:
                return self.inked(one)
            case ast.Attribute(value=ast.Name() as one, attr="getvalue"):
                return self._is_page(one)
            case ast.Attribute(value=ast.Name(id="self"), attr=name) | ast.Name(id=name) if name in self.functions:
                return self._returns(self.functions[name])
            case ast.Attribute(value=ast.Name() as phrase, attr="say") if self._is_phrase(phrase):
                return all(self.inked(word.value) for word in call.keywords)
            case ast.Name(id="style_of"):
                return True
            case ast.Name(id="map"):
                return self.inked(ast.Call(call.args[0], [], []))
            case ast.Name(id="str" | "list" | "tuple" | "sorted" | "zip" | "dict" | "enumerate" | "styled"):
                return all(self.inked(one) for one in call.args)
        return False

    def _is_page(self, name: ast.Name) -> bool:
        """A page in memory: what is written to it is looked at where that is done."""
        return all(isinstance(one, ast.Call) and ast.unparse(one.func) == "io.StringIO" for one in self._given(name))

    def _is_phrase(self, name: ast.Name) -> bool:
        """A phrase of the program's own, written in the module."""
        given = list(self._given(name))
        return bool(given) and all(
            isinstance(one, ast.Call)
            and ast.unparse(one.func) == "Text"
            and all(isinstance(word, ast.Constant) for word in one.args)
            for one in given
        )

    def _returns(self, function: Function) -> bool:
        if function in self._asked:  # it calls itself: what else it returns decides
            return True
        self._asked.add(function)
        own = [node for node in ast.walk(function) if self._function(node) is function]
        values = [node.value for node in own if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom)]
        sound = bool(values) and all(one is not None and self.inked(one) for one in values)
        self._asked.discard(function)
        return sound

    def _named(self, name: ast.Name) -> bool:
        function = self._function(name)
        key = (name.id, function)
        if key in self._asked:
            return True
        self._asked.add(key)
        given = list(self._given(name))
        sound = bool(given) and all(self.inked(one) for one in given)
        self._asked.discard(key)
        return sound

    def _given(self, name: ast.Name) -> Iterator[ast.expr]:
        """All values that a name may have, rows of values among them."""
        function = self._function(name)
        found = False
        for node in ast.walk(function or self.tree):
            for target, value in _bound(node):
                if name.id == target:
                    found = True
                    yield value
        if not found and function and name.id in _parameters(function):
            yield from self._passed(function, name.id)
        elif not found and function:
            yield from (value for node in self.tree.body for target, value in _bound(node) if target == name.id)

    def _passed(self, function: Function, parameter: str) -> Iterator[ast.expr]:
        at = _parameters(function).index(parameter)
        for call in (node for node in ast.walk(self.tree) if isinstance(node, ast.Call)):
            if ast.unparse(call.func).rpartition(".")[2] == function.name:
                named = {word.arg: word.value for word in call.keywords}
                if parameter in named:
                    yield named[parameter]
                elif at < len(call.args):
                    yield call.args[at]
        yield from function.args.defaults

    def _function(self, node: ast.AST) -> Function | None:
        """The function that a node stands in."""
        above = self.parents.get(node)
        while above and not isinstance(above, Function):
            above = self.parents.get(above)
        return above


def _parameters(function: Function) -> list[str]:
    return [one.arg for one in (*function.args.args, *function.args.kwonlyargs) if one.arg != "self"]


def _bound(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names that a node binds, and to what."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from (pair for target in targets for pair in _pairs(target, value))
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.AugAssign(target=target, value=value):
            yield from _pairs(target, value)
        case ast.NamedExpr(target=target, value=value) | ast.For(target=target, iter=value):
            yield from _pairs(target, value)
        case ast.comprehension(target=target, iter=value):
            yield from _pairs(target, value)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "extend"), args=[value]):
            yield name, value


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match target, value:
        case ast.Name(id=name), _:
            yield name, value
        case ast.Tuple(elts=[_, second]), ast.Call(func=ast.Name(id="enumerate"), args=[counted, *_]):
            yield from _pairs(second, counted)
        case ast.Tuple(elts=targets), ast.Call(func=ast.Name(id="zip"), args=values) | ast.Tuple(elts=values):
            if len(targets) == len(values):
                yield from (pair for one, given in zip(targets, values, strict=True) for pair in _pairs(one, given))
        case ast.Tuple(elts=targets), _:
            yield from (pair for one in targets for pair in _pairs(one, value))
