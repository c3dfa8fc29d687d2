"""Parameters of portable SQL: written ``:name``, as Spark reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PARAMETER = re.compile(r"'[^']*'|--[^\n]*|:([a-z_][a-z0-9_]*)")


def used(text: str, params: Mapping[str, object]) -> dict[str, object]:
    """Those of `params` that the text names; quoted text and comments name none.

    Raises:
        KeyError: it names one that is not given.
    """
    return {name: params[name] for name in _PARAMETER.findall(text) if name}


def with_dollars(text: str) -> str:
    """The text with DuckDB's ``$name`` for ``:name``."""
    return _PARAMETER.sub(lambda found: f"${found[1]}" if found[1] else found[0], text)
