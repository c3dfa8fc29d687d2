"""The engines' parity: only with ``-m spark``, in the environments of `make spark`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from zlib import crc32

import pytest

from support import clusters

KINDS = ("local", "standalone") if find_spec("py4j") else ("connect",)
"""All of Spark, or the thin client; each cluster has a process of xdist to itself (``--dist loadgroup``), for a process has one driver."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "spark" not in (config.option.markexpr or ""):
        config.hook.pytest_deselected(items=[one for one in items if one.get_closest_marker("spark")])
        items[:] = [one for one in items if not one.get_closest_marker("spark")]
    config.hook.pytest_deselected(items=[one for one in items if _is_anothers(one)])
    items[:] = [one for one in items if not _is_anothers(one)]


def _is_anothers(item: pytest.Item) -> bool:
    """Whether it asks for a choice other than the default, of which one of the clusters has its turn: their SQL is the same."""
    given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    if not given.get("params") or "cluster" not in given:
        return False
    turn = crc32(f"{given['name']} {given['params']}".encode()) % len(KINDS)
    return bool(given["cluster"] != KINDS[turn])


@pytest.fixture(scope="session", params=[pytest.param(kind, marks=pytest.mark.xdist_group(kind)) for kind in KINDS])
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running cluster."""
    with clusters.running(request.param, tmp_path_factory.mktemp(request.param)) as url:
        yield url
