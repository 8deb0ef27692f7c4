"""Whether a plan holds all pods of the trace, device by device: exact, and from the trace's own numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import cache

from benchmarks.openb.trace import DEVICE, Node, Pod
from models.plan import Plan


def breaches(plan: Plan, nodes: Collection[Node], pods: Counter[Pod]) -> list[str]:
    """What is wrong with a plan: hosts too full, models not allowed, pods missing or placed twice."""
    named, node_of = dict(enumerate(sorted(pods))), {node.name: node for node in nodes}
    placed: Counter[Pod] = Counter()
    wrong: list[str] = []
    for host in plan.spec.hosts:
        content = {
            named[int(name.removeprefix("pod-"))]: len(ordinals) for name, ordinals in host.runs.items() if ordinals
        }
        placed.update(content)
        wrong += [f"{host.name}: {why}" for why in _wrong_on(node_of[host.host_type], content)]
    wrong += [
        f"{placed[pod]} of {pods[pod]} pods {pod} are placed"
        for pod in sorted(placed.keys() | pods.keys())
        if placed[pod] != pods[pod]
    ]
    return wrong


def _wrong_on(node: Node, content: dict[Pod, int]) -> Iterator[str]:
    if sum(pod.cpu * copies for pod, copies in content.items()) > node.cpu:
        yield "more CPU than there is"
    if sum(pod.memory * copies for pod, copies in content.items()) > node.memory:
        yield "more memory than there is"
    if not all(pod.may_use(node) for pod in content):
        yield f"a pod that {node.model} is no model for"
    asks = sorted((pod.milli for pod, copies in content.items() for _ in range(copies) if pod.milli), reverse=True)
    if not fit_on_devices(asks, node.gpus):
        yield f"no way to give {node.gpus} devices to {asks}"


def fit_on_devices(asks: Sequence[int], devices: int) -> bool:
    """Whether asks in milli fit: whole devices for themselves, shares on one device each. Exact, by enumeration."""
    whole = sum(ask // DEVICE for ask in asks if ask >= DEVICE)
    shares = tuple(sorted((ask for ask in asks if ask < DEVICE), reverse=True))
    return whole <= devices and _fit(shares, (DEVICE,) * (devices - whole))


@cache
def _fit(shares: tuple[int, ...], rooms: tuple[int, ...]) -> bool:
    """Give the largest share to one device after another; devices with equal room are alike."""
    if not shares:
        return True
    if sum(shares) > sum(rooms):
        return False
    first, rest = shares[0], shares[1:]
    return any(
        _fit(rest, tuple(sorted((*rooms[:n], rooms[n] - first, *rooms[n + 1 :]))))
        for n in range(len(rooms))
        if rooms[n] >= first and rooms[n] not in rooms[:n]
    )
