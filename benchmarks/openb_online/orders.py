"""In which order pods arrive: as stored from the published runs, or drawn as those were."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.openb.trace import Node, Pod

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Order:
    """Arrivals as indices into the pods by name, and the rank of each host, by name, where scores are equal."""

    pods: Ints
    rank: Ints


def stored(file: Path, variant: str, seed: int) -> Order | None:
    """The order of a published run; None where the file has none."""
    with np.load(file) as orders:
        names = f"{variant}/{seed}/pods", f"{variant}/{seed}/noderank"
        if names[0] not in orders:
            return None
        return Order(*(orders[name].astype(np.int64) for name in names))


def drawn(nodes: list[Node], pods: list[Pod], tune: float, seed: int) -> Order:
    """All pods in random order; then pods drawn with replacement until `tune` times all GPUs are asked for.

    A draw counts the milli of one of its devices, as published; the first that would pass the aim is left out.
    """
    draw = random.Random(seed)
    order = list(range(len(pods)))
    draw.shuffle(order)
    aim = tune * sum(node.gpus for node in nodes) * 1000
    asked = sum(pod.milli for pod in pods)
    while True:
        more = draw.randrange(len(pods))
        asked += min(pods[more].milli, 1000)
        if asked > aim:
            break
        order.append(more)
    rank = list(range(len(nodes)))
    draw.shuffle(rank)
    return Order(np.array(order), np.array(rank))
