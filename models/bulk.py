"""Work that makes very many objects in one go."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """Pause the search for reference cycles, for a `with` block or (as a decorator) for a function.

    Every so many new objects Python walks over all that it knows in search of cycles. Where hundreds of
    thousands of objects are made that all stay, and none are in cycles, that finds nothing and takes up to half
    of the time. Objects outside cycles are freed as ever; cycles wait for the end of the block. Blocks may stand
    inside each other: the outermost one starts the search again, after an error, too.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
