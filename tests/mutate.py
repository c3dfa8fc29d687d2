"""Break the code on purpose, one place at a time, and see whether the tests notice: ``python tests/mutate.py store --sample 100``.

No library mutates SQL inside strings, and in the merge that is where the rules are. A mutant is one change of one token: a comparison, a logical
operator, a number, a call that is left out, a condition turned round, an aggregate, a join. Each runs the tests named beside its target in a
copy of the source; a mutant that they let live is printed. Not a part of the test run: it takes minutes to hours.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).parents[1]
_STORE = ("tests/ingest/test_store.py", "tests/torture/test_rot.py")
TARGETS = {
    "merge": (
        ("ingest/alike.py", "ingest/observed.py", "ingest/merge.py", "ingest/near.py", "ingest/held.py", "ingest/crowded.py", "ingest/turns.py", "ingest/identity.py", "ingest/overlap.py", "ingest/replies.py", "ingest/build.py", "ingest/revision.py"),
        ("tests/ingest/test_alike.py", "tests/ingest/test_merge.py", "tests/ingest/test_held.py", "tests/ingest/test_replies.py", "tests/ingest/test_aliases.py", "tests/ingest/test_overlap.py", "tests/ingest/test_merge_world.py"),
    ),
    "ledger": (("ingest/ledger.py",), ("tests/ingest/test_ledger.py",)),
    "accounts": (("ingest/accounts.py",), ("tests/ingest/test_check.py",)),
    "check": (("ingest/check.py", "ingest/recheck.py"), ("tests/ingest/test_check.py",)),
    "store": (("ingest/store.py", "ingest/snapshots.py", "ingest/pruning.py"), _STORE),
    "durable": (("ingest/durable.py", "ingest/parts.py", "ingest/locks.py"), _STORE),
    "forget": (
        ("ingest/forget.py", "ingest/gone.py", "ingest/keepout.py", "ingest/scrub.py", "ingest/tombstones.py", "ingest/whom.py"),
        ("tests/ingest/test_forget.py", "tests/cli/test_forget.py"),
    ),
    "scrub": (("chat/scrub.py", "chat/scrub_forms.py"), ("tests/chat/test_scrub.py",)),
    "pseudonyms": (("privacy.py", "engines/_masks.py"), ("tests/test_privacy.py", "tests/test_pseudonyms.py")),
    "clean": (("ink/clean.py",), ("tests/ink",)),
    "cells": (("ink/cells.py",), ("tests/ink",)),
}  # fmt: skip
"""Modules below src/qunkit, and the tests that have to notice."""
PATIENCE = 5
"""A mutant that takes so many times as long as the code as it is, is found out, too."""

_COMPARED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "is": "is not", "is not": "is", "in": "not in", "not in": "in"}  # fmt: skip
_SQL = re.compile(r"\b(SELECT|WHERE|HAVING|PARTITION BY|COALESCE|FILTER)\b")
_SQL_SWAPS = (
    (r"\bMAX\(", "MIN("), (r"\bMIN\(", "MAX("), (r"\bCOUNT\(DISTINCT ", "COUNT("), (r"\barg_min\(", "arg_max("), (r"\barg_max\(", "arg_min("),
    (r" AND ", " OR "), (r" OR ", " AND "), (r" = ", " <> "), (r" <> ", " = "), (r" < ", " <= "), (r" > ", " >= "), (r" >= ", " > "), (r" <= ", " < "),
    (r"IS NOT NULL", "IS NULL"), (r"IS NULL", "IS NOT NULL"), (r"IS NOT DISTINCT FROM", "="), (r"\bUNION ALL\b", "UNION"), (r"\bDISTINCT ", ""),
    (r"\bLEFT JOIN\b", "JOIN"), (r"\bANTI JOIN\b", "SEMI JOIN"), (r"\bSEMI JOIN\b", "ANTI JOIN"), (r"\bNOT ", ""), (r"(?<=[ (=])1(?=[ )\n])", "2"),
    (r"\bbool_and\b", "bool_or"), (r"\bbool_or\b", "bool_and"), (r"\btrim\(", "("), (r"nfc_normalize\(", "("),
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A file with the characters from `start` to `end` replaced."""

    file: str
    line: int
    start: int
    end: int
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.old!r} -> {self.new!r}"


def mutants(file: str) -> Iterator[Mutant]:
    """Every mutant of one module, in the order of its text."""
    text = (ROOT / "src/qunkit" / file).read_text("utf-8")
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    lines = text.splitlines()

    def at(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    tree = ast.parse(text)
    documents = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in _walk(tree):
        if not hasattr(node, "lineno") or id(node) in documents:
            continue
        start, end = at(node.lineno, node.col_offset), at(node.end_lineno, node.end_col_offset)
        for from_, to, new in _changes(node, text, start, end, at):
            yield Mutant(file, text.count("\n", 0, from_) + 1, from_, to, text[from_:to], new)


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below `node`, but not those in an f-string: Python 3.11 does not know where these are."""
    yield node
    if not isinstance(node, ast.JoinedStr):
        for child in ast.iter_child_nodes(node):
            yield from _walk(child)


def _changes(node: ast.AST, text: str, start: int, end: int, at) -> Iterator[tuple[int, int, str]]:
    match node:
        case ast.Compare(left=left, comparators=[right]):
            gap, stop = at(left.end_lineno, left.end_col_offset), at(right.lineno, right.col_offset)
            operator = text[gap:stop].strip(" ()\n")
            if operator in _COMPARED:
                where = text.index(operator, gap)
                yield where, where + len(operator), _COMPARED[operator]
        case ast.BoolOp(values=[first, second, *_]):
            gap, stop = at(first.end_lineno, first.end_col_offset), at(second.lineno, second.col_offset)
            found = re.search(r"\b(and|or)\b", text[gap:stop])
            if found:
                yield gap + found.start(), gap + found.end(), "or" if found[0] == "and" else "and"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield start, at(operand.lineno, operand.col_offset), ""
        case ast.Constant(value=bool(value)):
            yield start, end, str(not value)
        case ast.Constant(value=int(value)):
            yield start, end, str(value + 1)
        case ast.Constant(value=str()) | ast.JoinedStr() if _SQL.search(text[start:end]):
            for pattern, new in _SQL_SWAPS:
                for found in re.finditer(pattern, text[start:end]):
                    yield start + found.start(), start + found.end(), new
        case ast.Expr(value=ast.Call()) | ast.Raise():
            yield start, end, "pass"
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            test_start, test_end = at(test.lineno, test.col_offset), at(test.end_lineno, test.end_col_offset)
            yield test_start, test_end, f"(not ({text[test_start:test_end]}))"
        case ast.Return(value=ast.expr() as value):
            yield at(value.lineno, value.col_offset), at(value.end_lineno, value.end_col_offset), "None"


def lives(mutant: Mutant | None, tests: tuple[str, ...], tree: Path, limit: float | None = None) -> bool:
    """Whether the tests pass with the mutant (None: with the code as it is) in the copy of the source `tree`."""
    if mutant:
        file = tree / "qunkit" / mutant.file
        text = file.read_text("utf-8")
        file.write_text(text[: mutant.start] + mutant.new + text[mutant.end :], "utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-n",
        "0",
        "-m",
        "not slow",
        "-p",
        "no:cacheprovider",
        "--hypothesis-seed=1",
        *tests,
    ]
    surroundings = os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, timeout=limit, check=False)
        return done.returncode == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        if mutant:
            file.write_text(text, "utf-8")


def main() -> int:
    """Run; the exit code is 1 if a mutant lives."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--sample", type=int, help="so many mutants, chosen by chance (default: all)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    said = parser.parse_args()
    files, tests = TARGETS[said.target]
    found = [mutant for file in files for mutant in mutants(file)]
    random.Random(said.seed).shuffle(found)
    chosen = found[: said.sample]
    with tempfile.TemporaryDirectory() as folder:
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(said.jobs):
            shutil.copytree(ROOT / "src", Path(folder) / str(number), ignore=shutil.ignore_patterns("__pycache__"))
            trees.put(Path(folder) / str(number))

        begun = time.monotonic()
        if not lives(None, tests, Path(folder) / "0"):
            sys.exit("the tests fail without a mutant")
        limit = PATIENCE * (time.monotonic() - begun)

        def judged(mutant: Mutant) -> tuple[Mutant, bool]:
            tree = trees.get()
            try:
                return mutant, lives(mutant, tests, tree, limit)
            finally:
                trees.put(tree)

        with ThreadPoolExecutor(said.jobs) as pool:
            alive = []
            for mutant, survived in pool.map(judged, chosen):
                if survived:
                    alive.append(mutant)
                    print("alive:", mutant, flush=True)
    print(
        f"{said.target}: {len(chosen)} of {len(found)} mutants, {len(chosen) - len(alive)} found out, {len(alive)} alive"
    )
    return bool(alive)


if __name__ == "__main__":
    sys.exit(main())
