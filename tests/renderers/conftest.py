"""Invented results, as a fixture: tests here take them by name."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """The module `sample.py` beside this file."""
    spec = spec_from_file_location("renderers_sample", Path(__file__).with_name("sample.py"))
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
