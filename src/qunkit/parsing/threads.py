"""Work on several cores where Arrow, NumPy and the file system do it without Python."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
_MOST = 3
"""More threads only wait for Python, and hold more of a file in memory."""


def side_by_side(function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """``map``, a few items ahead; of a single item, here and now."""
    cores = min(os.cpu_count() or 1, _MOST)
    waiting: deque[Future[R]] = deque()
    items = iter(items)
    begun = [*islice(items, 2)]
    if len(begun) < 2:
        yield from map(function, begun)
        return
    with ThreadPoolExecutor(cores) as pool:
        for item in chain(begun, items):
            waiting.append(pool.submit(function, item))
            if len(waiting) > cores:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
