"""Instances one after the other, or several at a time in processes of one thread each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from benchmarks.packing.instances import Instance, Known
from benchmarks.packing.solved import solved
from benchmarks.rows import Row

THREADS = ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def rows_of(chosen: list[Instance], known: dict[str, Known], seconds: float, seed: int, jobs: int) -> Iterator[Row]:
    """The rows in the order of the instances, as they are solved."""
    solve = partial(solved, seconds=seconds, seed=seed)
    values = [known.get(instance.name) for instance in chosen]
    if jobs == 1:
        yield from map(solve, chosen, values)
        return
    os.environ.update(dict.fromkeys(THREADS, "1"))  # read by the libraries of the processes to come
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(solve, chosen, values)
