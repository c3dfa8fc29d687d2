"""One SQL text for two engines: what DuckDB and Spark read differently must not be written, and every text is in order.

The rules were learnt by running some 160 constructs on both. Functions are allowed by name: a new one must be run on both
engines first, with nulls, ties and a time before 1970, and then be added here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime

import pytest

from qunkit import registry
from qunkit.dataset import OF_ANALYSES, VIEWS, Scope
from qunkit.engines._views import views

FUNCTIONS = set(
    """
    epoch_s iso_dow days_between week_start month_start explode size
    count sum avg min max median stddev_pop stddev_samp var_pop var_samp corr max_by min_by percentile_cont bool_and bool_or
    row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value
    coalesce nullif greatest least cast abs floor ceil round sign sqrt exp ln log10 log2 power
    length lower upper trim substring replace translate position chr md5
    year month day hour minute second weekofyear grouping
    """.split()  # noqa: SIM905
)
"""The first line: helpers of the engines' preludes."""
OF_VIEWS = ("day_list()", "wall_clock()", "file_safe()", "no ORDER BY", "raw_messages:", "seen_messages:")
"""What the views may, and no analysis."""
KEYWORDS = set(
    """
    and or not in exists on as over filter values from select where when then else by all union using join group sets within with
    is between like
    """.split()  # noqa: SIM905
)
"""Words that may stand before a parenthesis without being functions."""

BANNED = {
    r'"|`': "each engine has its own quotes for names; write names that need none",
    r"::": "write CAST(x AS type)",
    r"//|\*\*|\[|\]|\{|\}|->|=>|==|@": "an operator or literal of DuckDB only",
    r"\b\d+\.\d*(?![\d.]*e)": "a decimal literal: Spark divides DECIMALs otherwise; write 1e0",
    r"\bQUALIFY\b|\bRECURSIVE\b|\bEXCLUDE\b|\bSAMPLE\b|\bPIVOT\b|\bUNPIVOT\b|\bASOF\b|\bPOSITIONAL\b|\bGLOB\b|\bSIMILAR\b": "not in every Spark, or in none",
    r"\bEXTRACT\s*\(\s*(DOW|DAYOFWEEK|ISODOW|WEEK|EPOCH)": "counted from 0 or 1, Monday or Sunday; write iso_dow(d), epoch_s(t)",
    r"\bday\s*[+-]\s*INTERVAL": "date ± interval has two types; write day + 1",
    r"\b(raw|seen)_messages\b": "a view of the engine's own",
    r"\bLIMIT\b(?![^()]*$)": "LIMIT inside",
    r";": "one statement only",
    r"\b(CURRENT_DATE|CURRENT_TIMESTAMP|NOW|RANDOM|RAND|UUID)\b": "now is :as_of, and nothing is random",
}
WHOLE = r"TINYINT|SMALLINT|INT|INTEGER|BIGINT|LONG"


def faults(text: str) -> list[str]:
    """What is wrong with a portable text; nothing, as a rule."""
    found = [f"{sign}: read differently within quotes" for sign in ("\\", "${") if sign in text]
    text = re.sub(r"'[^']*'", "''", re.sub(r"--[^\n]*", "", text))
    found += [
        f"{match[0]}: {why}" for pattern, why in BANNED.items() for match in re.finditer(pattern, text, re.IGNORECASE)
    ]
    for name, arguments, rest in _calls(text):
        if name not in FUNCTIONS | KEYWORDS and not _is_named_here(name, text):
            found.append(f"{name}(): not known to mean the same on both engines")
        found += _of_call(name, arguments, rest)
    found += [
        f"/ {match[1]}: division by zero is NaN here and an error there; NULLIF"
        for match in re.finditer(r"/\s*(?!NULLIF\s*\(|\d)(\S+)", text)
    ]
    if not re.search(r"\bORDER BY\b[^()]*$", text):
        found.append("no ORDER BY at the end: the order of rows is part of the answer")
    return found


def _of_call(name: str, arguments: str, rest: str) -> Iterator[str]:
    distinct = re.match(r"\s*DISTINCT\b", arguments, re.IGNORECASE)
    if name == "count" and distinct and "," in _outer(arguments):
        yield "COUNT(DISTINCT a, b)"
    if name in ("max_by", "min_by") and not re.match(
        rf"\s*FILTER\s*\(\s*WHERE\s+{re.escape(_first(arguments))}\s+IS NOT NULL", rest, re.IGNORECASE
    ):
        yield f"{name}({arguments}): DuckDB leaves nulls out, Spark gives them back; FILTER (WHERE … IS NOT NULL)"
    if distinct and re.match(r"\s*(FILTER\s*\([^()]*\)\s*)?OVER\b", rest, re.IGNORECASE):
        yield "COUNT(DISTINCT …) OVER"
    whole = name == "cast" and re.search(rf"\bAS\s+({WHOLE})\s*$", arguments, re.IGNORECASE)
    if whole and not re.match(r"\s*(FLOOR|CEIL|ROUND|COUNT|SUM|LENGTH)\s*\(|\s*:", arguments, re.IGNORECASE):
        yield f"CAST({arguments}): DuckDB rounds, Spark cuts off; FLOOR or ROUND first"


def _calls(text: str) -> Iterator[tuple[str, str, str]]:
    """Every name before a parenthesis, what the parentheses hold, and what follows them."""
    for match in re.finditer(r"\b([A-Za-z_]\w*)\s*\(", text):
        depth, at = 1, match.end()
        while depth and at < len(text):
            depth += {"(": 1, ")": -1}.get(text[at], 0)
            at += 1
        yield match[1].lower(), text[match.end() : at - 1], text[at:]


def _first(arguments: str) -> str:
    return arguments.partition(",")[0].strip()


def _outer(arguments: str) -> str:
    """The arguments without what is in parentheses."""
    while "(" in arguments:
        arguments, before = re.sub(r"\([^()]*\)", "", arguments), arguments
        if arguments == before:
            break
    return arguments


def _is_named_here(name: str, text: str) -> bool:
    """An alias with column names: ``(VALUES …) AS w(weekday)``."""
    return bool(re.search(rf"\)\s*AS\s+{name}\s*\(", text, re.IGNORECASE))


def texts() -> Iterator[tuple[str, str]]:
    for name in registry.names("analyses"):
        module = registry.load("analyses", name)
        for part in ("SQL", "PART_SQL"):
            if hasattr(module, part):
                yield f"{name}.{part}", getattr(module, part)
        for table, kept in getattr(module, "KEPT", {}).items():
            yield f"{name}.{table}", kept.sql


TEXTS = dict(texts())


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_portable(name):
    module, _, table = name.partition(".")
    kept = getattr(registry.load("analyses", module), "KEPT", {}).get(table)
    ordered = not kept or kept.function  # a table that is only read has no order
    assert [fault for fault in faults(TEXTS[name]) if ordered or not fault.startswith("no ORDER BY")] == []


def test_the_views_are_portable():
    day = datetime(2026, 5, 4)
    scope = Scope(
        ("g",), day, day, day, 4, frozenset("a"), frozenset({("g", "it's \\")}), frozenset("b"), names="remark"
    )
    for some in (scope, Scope()):
        for name, text in views("SELECT 1", "SELECT 1", some).items():
            assert [fault for fault in faults(text) if not fault.startswith(OF_VIEWS)] == [], name


@pytest.mark.parametrize("name", TEXTS)
def test_every_parameter_is_known(name):
    module = registry.load("analyses", name.partition(".")[0])
    known = {"since", "until", "as_of"} | {field.name for field in fields(module.Params)}
    bare = re.sub(r"'[^']*'|--[^\n]*", "", TEXTS[name])
    assert set(re.findall(r":([a-z_]\w*)", bare)) <= known


@pytest.mark.parametrize("name", TEXTS)
def test_every_view_is_known(name):
    text = re.sub(r"'[^']*'|--[^\n]*", "", TEXTS[name])
    made = set(re.findall(r"(\w+)\s+AS\s*\(", text, re.IGNORECASE))
    module = registry.load("analyses", name.partition(".")[0])
    used = {*getattr(module, "USES", ()), *getattr(module, "KEPT", ())}
    read = set(re.findall(r"\b(?:FROM|JOIN)\s+([a-z_]\w*)", text))
    assert read <= {*VIEWS, *OF_ANALYSES, "features", "audits", "parts"} | made | used


GOOD = "SELECT a, COUNT(DISTINCT b) AS n, SUM(c) / NULLIF(n, 0) AS r FROM posts WHERE local_time > :as_of - INTERVAL '7' DAY GROUP BY a ORDER BY a"


@pytest.mark.parametrize(
    ("instead", "of"),
    [
        ("DAYOFWEEK(b)", "COUNT(DISTINCT b)"),
        ("EXTRACT(DOW FROM b)", "COUNT(DISTINCT b)"),
        ("COUNT(DISTINCT b, c)", "COUNT(DISTINCT b)"),
        ("COUNT(DISTINCT b) OVER (PARTITION BY a)", "COUNT(DISTINCT b)"),
        ("COUNT(DISTINCT b) FILTER (WHERE c) OVER w", "COUNT(DISTINCT b)"),
        ("CAST(b / 2 AS BIGINT)", "COUNT(DISTINCT b)"),
        ("b::DATE", "COUNT(DISTINCT b)"),
        ("1.0 * b", "COUNT(DISTINCT b)"),
        ("LOG(b)", "COUNT(DISTINCT b)"),
        ("CONCAT(b, c)", "COUNT(DISTINCT b)"),
        ("REGEXP_REPLACE(b, 'x', 'y')", "COUNT(DISTINCT b)"),
        ("STRING_AGG(b, ',')", "COUNT(DISTINCT b)"),
        ("KURTOSIS(b)", "COUNT(DISTINCT b)"),
        ("HASH(b)", "COUNT(DISTINCT b)"),
        ("DATE_TRUNC('week', b)", "COUNT(DISTINCT b)"),
        ("DATE_DIFF('day', b, c)", "COUNT(DISTINCT b)"),
        ("[b, c]", "COUNT(DISTINCT b)"),
        ("NOW()", "COUNT(DISTINCT b)"),
        ("/ n", "/ NULLIF(n, 0)"),
        ("day - INTERVAL '7' DAY", ":as_of - INTERVAL '7' DAY"),
        ("FROM raw_messages", "FROM posts"),
        ("GROUP BY a QUALIFY n > 1", "GROUP BY a"),
        ("GROUP BY a", "GROUP BY a ORDER BY a"),
        ("ORDER BY a; SELECT 1", "ORDER BY a"),
        ("MAX_BY(b, c)", "COUNT(DISTINCT b)"),
        ("MAX_BY(b, c) FILTER (WHERE c IS NOT NULL)", "COUNT(DISTINCT b)"),
        ('SUM("b")', "COUNT(DISTINCT b)"),
        ("MIN('\\t')", "COUNT(DISTINCT b)"),
        ("MIN('${b}')", "COUNT(DISTINCT b)"),
    ],
)
def test_the_lint_bites(instead, of):
    assert faults(GOOD) == []
    assert of in GOOD
    assert faults(GOOD.replace(of, instead))


def test_text_and_comments_may_hold_anything():
    assert faults(GOOD.replace("WHERE", "WHERE b <> 'x::y 1.5 [' AND /* no */ -- DAYOFWEEK(x);\n")) != []
    assert faults(GOOD.replace("WHERE", "WHERE b <> 'x::y 1.5 [' AND -- DAYOFWEEK(x);\n")) == []
