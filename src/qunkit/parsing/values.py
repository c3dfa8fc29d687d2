"""Values of JSON that ought to be of one kind: whatever else stands there counts as nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def as_object(value: object) -> Mapping[str, Any]:
    """An object, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def as_objects(value: object) -> list[Mapping[str, Any]]:
    """Those of a list that are objects."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def as_text(value: object) -> str | None:
    """A text that says something."""
    return value if isinstance(value, str) and value else None


def as_written(value: object) -> str | None:
    """A text that says something, or a whole number as one."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else as_text(value)
