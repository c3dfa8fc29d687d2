"""One analysis on the command line: filters and Params in, a table out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from qunkit.cli.expose import told
from qunkit.cli.options import Engine, Groups, Machine, Now, Output, Place, Shown, When


def options(module: ModuleType) -> Sequence[type]:
    """The analysis's own options, then those of every question."""
    own = (module.Params,) if hasattr(module, "Params") else ()
    return (*own, Groups, When, Now, Shown, Output, Place, Machine, Engine)


def runner(name: str, module: ModuleType) -> Callable[..., int]:
    """What the command of the analysis `name` does."""

    def run(*objects: Any) -> int:
        from qunkit.cli.show import check, show

        *filters, output, place, machine, engine = objects
        check(output, columns=module.COLUMNS)
        next(one for one in filters if isinstance(one, Shown)).remarks()
        show(place.open(machine, engine).analyze(name, **told(*filters)), output, place)
        return 0

    return run
