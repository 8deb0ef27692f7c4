"""Fleets drawn at random: Kubernetes-like services, host types of the clouds, rules, demand over time.

CPU requests run from 0.1 to 8 cores (log-uniform), memory from 0.25 to 64 GiB (so much a core, log-normal),
both in the round amounts that people write; replica counts are heavy-tailed. The same seed draws the same fleet.
"""

from __future__ import annotations

from math import ceil
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from benchmarks.fleet.supply import LARGEST, supply
from models.base import Metadata
from models.scenario import Scenario

Ints = npt.NDArray[np.int64]
Types = Literal["one", "aws", "gcp", "azure", "all"]
Rules = Literal["none", "host", "host+zone", "survive-zone"]

HOST_APART = {"rule": "anti_affinity", "level": "host"}
ZONE_SPREAD = {"rule": "topology_spread", "level": "zone", "max_skew": 1}
RULES: dict[Rules, list[dict[str, Any]]] = {
    "none": [],
    "host": [HOST_APART],
    "host+zone": [HOST_APART, ZONE_SPREAD],
    "survive-zone": [{"rule": "survive", "level": "zone"}],
}
MORE = ("network", "iops")
"""Resources beyond CPU and memory, in the order in which they are added."""


def drawn_scenario(
    types: Types = "all",
    containers: int = 1000,
    services: int = 200,
    rules: Rules = "none",
    slots: int = 1,
    seed: int = 0,
    resources: int = 2,
) -> Scenario:
    """Draw a fleet.

    Parameters
    ----------
    types : str
        The host types to rent: those of one cloud, of all three, or a single type of one's own.
    containers, services : int
        Replicas of all services together; each service has at least one.
    rules : str
        `host`: replicas of a service on hosts of their own; `host+zone`: spread over the zones, too;
        `survive-zone`: all find room again after the loss of any one zone.
    slots : int
        Points of the demand over a day; 1 is demand that never changes.
    seed : int
    resources : int
        2: CPU and memory; 3: network, too; 4: and I/O operations.

    Raises
    ------
    ValueError
        If there are fewer containers than services.
    """
    if containers < services:
        raise ValueError(f"found {containers} containers of {services} services, expected one each or more")
    draw = np.random.default_rng(seed)
    asked = _requests(draw, services, LARGEST[types], resources)
    counts = _replicas(draw, containers, services, apart="host" in rules)
    curves = _curves(draw, services, slots)
    spec = {
        "workloads": [_service(n, int(counts[n]), asked, curves) for n in range(services)],
        "rules": RULES[rules],
        **supply(types, zoned="zone" in rules),
    }
    name = f"fleet-{types}-{containers}-{services}-{rules}-t{slots}-r{resources}-s{seed}"
    return Scenario.model_validate({"metadata": Metadata(name=name), "spec": spec})


def _requests(draw: np.random.Generator, services: int, largest: int, resources: int) -> dict[str, Ints]:
    """Requests by resource, int64[services]: millicores, MiB, Mbit/s, operations/s.

    Twice as many are drawn, and different ones taken first: a few hundred services all differ.
    """
    drawn = 2 * services
    cpu = np.exp(draw.uniform(np.log(100), np.log(8000), drawn))
    cpu = np.where(cpu < 1000, _rounded(cpu, 50), _rounded(cpu, 250))
    per_core = np.exp(draw.normal(np.log(3.5 * 1024), 0.8, drawn))
    memory = np.clip(cpu / 1000 * per_core, 256, largest)
    steps = np.select([memory < 2048, memory < 8192, memory < 16384], [128, 512, 1024], 2048)
    asked = {"cpu": cpu, "memory": np.clip(_rounded(memory, steps), 256, largest)}
    for name, scale in list(zip(MORE, (150, 400), strict=True))[: resources - 2]:
        asked[name] = np.maximum(10, _rounded(draw.lognormal(np.log(scale), 0.8, drawn), 10)).clip(max=8 * scale)
    _, first = np.unique(np.stack(list(asked.values())), axis=1, return_index=True)
    chosen = np.r_[np.sort(first), np.setdiff1d(np.arange(drawn), first)][:services]
    return {name: amounts[chosen] for name, amounts in asked.items()}


def _rounded(values: npt.NDArray[np.float64], step: int | Ints) -> Ints:
    rounded: npt.NDArray[np.float64] = np.rint(values / step) * step
    return rounded.astype(np.int64)


def _replicas(draw: np.random.Generator, containers: int, services: int, *, apart: bool) -> Ints:
    """Heavy-tailed replica counts (Pareto), int64[services], that sum to `containers`.

    Replicas that keep apart need a host each: none of their services has more than a fiftieth of all
    containers, or 2,000 (but any has up to twice the mean).
    """
    weights = draw.pareto(1.2, services) + 0.05
    most = max(min(containers // 50, 2000), 2 * ceil(containers / services)) if apart else containers
    counts: Ints = np.minimum(most, 1 + (containers - services) * weights / weights.sum()).astype(np.int64)
    while (left := containers - int(counts.sum())) > 0:
        open_ones = np.flatnonzero(counts < most)
        chosen = draw.choice(open_ones, min(left, len(open_ones)), replace=False)
        counts[chosen] += np.minimum(most - counts[chosen], max(1, left // len(open_ones)))
    return counts


def _curves(draw: np.random.Generator, services: int, slots: int) -> npt.NDArray[np.float64] | None:
    """The share of their peak that services ask for, float[services, slots]; None if it never changes.

    Day and night as a wave: those of one market rise and fall together, markets one after the other.
    """
    if slots == 1:
        return None
    phase = draw.integers(0, 4, services) / 4 + draw.normal(0, 0.04, services)
    night = draw.uniform(0.2, 0.7, services)[:, None]
    wave = (1 + np.cos(2 * np.pi * (np.arange(slots) / slots - phase[:, None]))) / 2
    shares = night + (1 - night) * wave
    shares /= shares.max(axis=1, keepdims=True)
    return shares


def _service(n: int, replicas: int, asked: dict[str, Ints], curves: npt.NDArray[np.float64] | None) -> dict[str, Any]:
    requests = {name: _written(name, int(amounts[n])) for name, amounts in asked.items()}
    service: dict[str, Any] = {"name": f"service-{n}", "replicas": replicas, "requests": requests}
    if curves is not None:
        # Memory falls half as far as CPU does when there is less to do.
        shares = {"cpu": curves[n], "memory": (1 + curves[n]) / 2}
        service["profile"] = {
            name: [_written(name, ceil(round(share * int(asked[name][n]), 6))) for share in share_of]
            for name, share_of in shares.items()
        }
    return service


def _written(name: str, amount: int) -> str | int:
    return f"{amount}m" if name == "cpu" else f"{amount}Mi" if name == "memory" else amount
