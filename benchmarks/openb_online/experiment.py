"""The experiment of Weng et al. (USENIX ATC 2023): what is allocated as pods arrive, one by one, and never leave."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.openb.trace import DEVICE, Node, Pod
from benchmarks.openb_online.orders import Order
from planner.simulation.advance_kernel import advance
from planner.simulation.blank import HostRows, Shapes, Typical, blank, classes_of
from planner.simulation.hosts_kernel import set_state
from planner.simulation.pointer_kernel import point_at
from planner.simulation.policies.codes import (
    DOT_PRODUCT,
    FGD,
    GPU_BEST_FIT,
    GPU_CLUSTERING,
    GPU_PACKING,
    LEAST_ALLOCATED,
    RANDOM,
)
from planner.simulation.state import HOST, NEVER, UP

Ints = npt.NDArray[np.int64]
POLICIES = {
    "FGD": FGD, "BestFit": GPU_BEST_FIT, "DotProd": DOT_PRODUCT, "GpuPacking": GPU_PACKING,
    "GpuClustering": GPU_CLUSTERING, "Random": RANDOM, "KubernetesDefault": LEAST_ALLOCATED,
}  # fmt: skip
"""By the names of the published table, and kube-scheduler's default scores, which are not in it."""
SCALE = np.array([128_000.0, 0.0, 8_000.0])
"""What scores relate to: millicores, memory (not scored), milli-GPU."""
TYPICAL = 0.95
"""Typical pods are the most frequent ones that make up so much of all."""


@dataclass(frozen=True)
class Outcome:
    """What became of the pods.

    Attributes
    ----------
    curve : dict of int to float
        Percent of all GPU capacity allocated, by percent of it asked for: the mean over arrivals that round to it.
    milli : int
        Milli-GPU allocated at the end.
    failed, pods : int
        Pods that found no host, and all.
    """

    curve: dict[int, float]
    milli: int
    failed: int
    pods: int


def run(nodes: list[Node], pods: list[Pod], order: Order, policy: str, seed: int) -> Outcome:
    """Let pods arrive on the hosts by a policy."""
    ranked = [nodes[n] for n in np.argsort(order.rank)]
    kinds = sorted(set(pods))
    of = {pod: n for n, pod in enumerate(kinds)}
    arriving = np.array([of[pods[n]] for n in order.pods])
    state = blank(
        _hosts(ranked),
        _shapes(kinds, ranked),
        classes_of(len(kinds)),
        np.stack([np.arange(len(arriving)), arriving, np.full(len(arriving), NEVER)], axis=1),
        policy=POLICIES[policy],
        rows=len(arriving),
        typical=_typical(pods, ranked) if policy == "FGD" else None,
        scale=SCALE,
        queues=False,
        seed=seed,
    )
    pointer = point_at(state)
    for h in range(len(ranked)):
        set_state(pointer, h, UP, 0)
    advance(pointer, len(arriving) + 1)
    return _outcome(state.containers[:, HOST] >= 0, np.array([pod.milli for pod in kinds])[arriving], ranked)


def _outcome(placed: npt.NDArray[np.bool_], milli: Ints, nodes: list[Node]) -> Outcome:
    capacity = sum(node.gpus for node in nodes) * DEVICE
    allocated = np.cumsum(np.where(placed, milli, 0))
    asked = np.rint(100 * np.cumsum(milli) / capacity).astype(np.int64)
    curve = {int(x): float(100 * allocated[asked == x].mean() / capacity) for x in np.unique(asked)}
    return Outcome(curve, int(allocated[-1]), int((~placed).sum()), len(placed))


def _models(nodes: list[Node]) -> list[str]:
    return sorted({node.model for node in nodes})


def _hosts(nodes: list[Node]) -> HostRows:
    models = _models(nodes)
    return HostRows(
        capacity=np.array([[node.cpu, node.memory] for node in nodes]),
        devices=np.array([node.gpus for node in nodes]),
        kind=np.array([models.index(node.model) for node in nodes]),
        domain=np.full((len(nodes), 3), -1),
        price=np.zeros(len(nodes), dtype=np.int64),
    )


def _asks(pod: Pod) -> tuple[int, int]:
    """Devices, and milli of each."""
    return -(-pod.milli // DEVICE), min(pod.milli, DEVICE)


def _allowed(pods: list[Pod], nodes: list[Node]) -> npt.NDArray[np.bool_]:
    return np.array([[not pod.milli or not pod.models or m in pod.models for m in _models(nodes)] for pod in pods])


def _shapes(pods: list[Pod], nodes: list[Node]) -> Shapes:
    return Shapes(
        size=np.array([[pod.cpu, pod.memory] for pod in pods]),
        asks=np.array([_asks(pod) for pod in pods]),
        allowed=_allowed(pods, nodes),
    )


def _typical(pods: list[Pod], nodes: list[Node]) -> Typical:
    """The most frequent pods, memory apart, by count and then by what they ask, the largest first.

    Shares are divided as in the published code: with others, the last bit of a score would be another.
    """
    counts = Counter((pod.cpu, min(pod.milli, DEVICE), _asks(pod)[0], pod.spec) for pod in pods)
    models = {pod.spec: pod.models for pod in pods}
    kept, total = list[tuple[int, int, int, str]](), 0
    for asked, n in sorted(counts.items(), key=lambda entry: (entry[1], entry[0]), reverse=True):
        if total >= TYPICAL * len(pods):
            break
        kept.append(asked)
        total += n
    return Typical(
        asks=np.array([(cpu, devices, milli) for cpu, milli, devices, _ in kept]),
        share=np.array([counts[asked] / len(pods) / (total / len(pods)) for asked in kept]),
        allowed=_allowed([Pod(cpu, 0, milli, models[spec]) for cpu, milli, _, spec in kept], nodes),
    )
